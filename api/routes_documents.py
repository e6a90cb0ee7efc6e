"""The routes that change documents: PUT and DELETE into a job that is waited for, and the state of a job that takes longer."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Path, Request
from fastapi.responses import Response
from pydantic import Field, WithJsonSchema

from quotewise.api import changes, jobs, problems, requests
from quotewise.api.errors import UnsupportedMediaTypeError
from quotewise.api.routes import BODY_PROBLEMS, INDEX_PROBLEMS, REFUSALS, STATE_PROBLEMS, Called, json_only, json_response
from quotewise.index.atomic_files import PATTERN
from quotewise.index.errors import QuotewiseError
from quotewise.index.formats import CONTENT_TYPES
from quotewise.index.store import COLLECTION_NAME, StoredDocument
from quotewise.index.uploads import ANY, Condition, Uploaded


@dataclass(frozen=True, slots=True)
class Job:
    """An upload or a removal: with its document once it is done, with its problem once it has failed."""

    id: str
    state: Literal["queued", "running", "done", "failed"]
    collection: str
    path: str
    document: Annotated[StoredDocument | None, Field(description="what is indexed now; null for a removal")] = None
    problem: problems.Problem | None = None


_MEDIA_TYPES = {"", "application/octet-stream", *CONTENT_TYPES}
_TAG = r'(W/)?"([^"]*)"'
_CHANGE_CODES = (
    *("invalid-request", "invalid-path", "path-taken", "folder-read-only", "precondition-failed", "embedder-mismatch"),
    *("folder-unavailable", "overloaded", "stopped", "index-version", *INDEX_PROBLEMS),
)
_PUT_CODES = ("payload-too-large", "unsupported-media-type", "invalid-name", "unreadable-document", *_CHANGE_CODES)
_RENAME_CODES = ("unreadable-document", "unknown-collection", "unknown-document", *BODY_PROBLEMS, *_CHANGE_CODES)
_COLLECTION_CODES = (
    *("invalid-request", "unknown-collection", "collection-of-folder", "folder-unavailable", "index-version"),
    *INDEX_PROBLEMS,
)
_JOB: dict[int | str, dict[str, Any]] = {202: {"model": Job}}
_NOT_BLANK = {"type": "string", "pattern": r"^[^\x00]*[^\x00\s][^\x00]*$"}
_BODY = {
    "required": True,
    "description": "The file, best in UTF-8. The content type may also be application/octet-stream or missing.",
    "content": {
        kind: {"schema": _NOT_BLANK if kind.startswith("text/") else {"type": "string", "format": "binary"}}
        for kind in CONTENT_TYPES
    },
}

_COLLECTION: dict[str, Any] = {"uploads": {"summary": "A collection of uploads", "value": "uploads"}}
_PATH: dict[str, Any] = {"tea": {"summary": "A file in a folder", "value": "drinks/tea.txt"}}
Name = Annotated[str, Path(openapi_examples=_COLLECTION, json_schema_extra={"pattern": COLLECTION_NAME})]
DocumentPath = Annotated[str, Path(openapi_examples=_PATH, json_schema_extra={"pattern": PATTERN})]
_IF_MATCH = "change the document only if it has one of these sha256, each in quotes; * is any"
IfMatch = Annotated[str | None, WithJsonSchema({"type": "string"}), Header(description=_IF_MATCH)]
_IF_NONE_MATCH = "change nothing if there is a document or a file at the path"
IfNoneMatch = Annotated[
    Literal["*"] | None, WithJsonSchema({"type": "string", "enum": ["*"]}), Header(description=_IF_NONE_MATCH)
]
JobId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
router = APIRouter(responses=REFUSALS)


@router.put(
    "/collections/{collection}/documents/{path:path}",
    status_code=201,
    response_model=StoredDocument,
    responses={200: {"model": StoredDocument}, **_JOB, **problems.responses(*_PUT_CODES)},
    openapi_extra={"requestBody": _BODY},
)
async def put(
    collection: Name,
    path: DocumentPath,
    call: Called,
    request: Request,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Add a document, or replace the one at its path: the body is the file, which is also written to the collection's folder.

    A missing collection is created. A change that takes long is answered with a job.
    """

    def read() -> AsyncIterator[bytes]:
        media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if media_type not in _MEDIA_TYPES:
            raise UnsupportedMediaTypeError(
                f"the content type is {media_type}; expected {' or '.join(CONTENT_TYPES)}: the body is the file"
            )
        return request.stream()

    condition = _condition(if_match, if_none_match)
    return _response(request, await changes.put(*call[:2], collection, _whole(path, request), read, condition))


@router.delete(
    "/collections/{collection}/documents/{path:path}",
    status_code=204,
    response_class=Response,
    responses={**_JOB, **problems.responses(*_CHANGE_CODES, "unknown-collection", "unknown-document")},
)
async def delete(collection: Name, path: DocumentPath, call: Called, request: Request, if_match: IfMatch = None) -> Response:
    """Remove a document and its file. A change that takes long is answered with a job."""
    condition = _condition(if_match, None)
    return _response(request, await changes.remove(*call[:2], collection, _whole(path, request), condition))


@router.patch(
    "/collections/{collection}/documents/{path:path}",
    response_model=StoredDocument,
    responses={**_JOB, **problems.responses(*_RENAME_CODES)},
    dependencies=[Depends(json_only)],
)
async def rename(
    body: requests.RenameDocument,
    collection: Name,
    path: DocumentPath,
    call: Called,
    request: Request,
    if_match: IfMatch = None,
) -> Response:
    """Move a document and its file to another path, at which there must be nothing; its id changes with its path."""
    condition = _condition(if_match, None)
    return _response(request, await changes.rename(*call[:2], collection, _whole(path, request), body.path, condition), 200)


@router.patch(
    "/collections/{collection}",
    status_code=204,
    response_class=Response,
    responses=problems.responses(*BODY_PROBLEMS, *_COLLECTION_CODES, "invalid-name", "name-taken"),
    dependencies=[Depends(json_only)],
)
def rename_collection(body: requests.RenameCollection, collection: Name, call: Called) -> Response:
    """Give a collection of uploads another name, also in the keys that are limited to it; the ids of its documents change."""
    changes.rename_collection(*call[:2], collection, body.name)
    return Response(status_code=204)


@router.delete(
    "/collections/{collection}", status_code=204, response_class=Response, responses=problems.responses(*_COLLECTION_CODES)
)
def delete_collection(collection: Name, call: Called) -> Response:
    """Remove a collection of uploads with all its documents and their files."""
    changes.remove_collection(*call[:2], collection)
    return Response(status_code=204)


@router.get("/jobs/{id}", response_model=Job, responses=problems.responses(*STATE_PROBLEMS, "invalid-request", "unknown-job"))
async def job(id: JobId, call: Called) -> Response:
    """The state of a change to a document. When the service stops, a job is either complete or has changed nothing."""
    return json_response(_job(await asyncio.to_thread(changes.find_job, *call[:2], id)))  # perhaps by a query


def _whole(path: str, request: Request) -> str:
    """The path with the line break at its end, which the router's regular expressions ignore."""
    return f"{path}\n" if request.scope["path"].endswith("\n") else path


def _job(job: jobs.Job) -> Job:
    outcome, address = job.outcome, f"/collections/{job.collection}/documents/{job.path}"
    return Job(
        id=job.id,
        state=job.state,
        collection=job.collection,
        path=job.path,
        document=outcome.document if isinstance(outcome, Uploaded) else None,
        problem=problems.details(address, outcome) if isinstance(outcome, QuotewiseError) else None,
    )


def _response(request: Request, job: jobs.Job, created: int = 201) -> Response:
    if job.state != "done" and job.state != "failed":
        return json_response(_job(job), 202, Location=f"/jobs/{job.id}")
    outcome = job.outcome
    if isinstance(outcome, QuotewiseError):
        return problems.response(request.url.path, outcome)
    if outcome is None:
        return Response(status_code=204)
    headers = {"ETag": f'"{outcome.document.sha256}"', "Location": f"/documents/{outcome.document.id}"}
    return json_response(outcome.document, created if outcome.created else 200, **headers)


def _condition(if_match: str | None, if_none_match: str | None) -> Condition:
    if if_match is None:
        return Condition(absent=if_none_match is not None)
    strong = frozenset(tag for weak, tag in re.findall(_TAG, if_match) if not weak)
    return Condition(ANY if if_match.strip() == "*" else strong, if_none_match is not None)
