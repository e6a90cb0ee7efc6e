"""The routes that change documents: a PUT or DELETE into a job that is waited for, and the state of a longer one."""

import asyncio
import re
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Request
from fastapi.responses import JSONResponse, Response
from pydantic import WithJsonSchema
from quotewise.api import examples, problems, schemas
from quotewise.api.jobs import Job, Jobs, UnknownJobError
from quotewise.api.routes import INDEX_PROBLEMS, STATE_PROBLEMS, Open, collection_of
from quotewise.api.service import Service
from quotewise.index.atomic_files import PATTERN, document_path
from quotewise.index.errors import UnknownCollectionError
from quotewise.index.formats import CONTENT_TYPES
from quotewise.index.store import COLLECTION_NAME
from quotewise.index.uploads import ANY, Condition, Uploaded, Uploads
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

_ACCEPTED = {"", "application/octet-stream", *CONTENT_TYPES}
_TAG = r'(W/)?"([^"]*)"'
_CHANGE_CODES = (
    *("invalid-request", "invalid-path", "path-taken", "folder-read-only", "precondition-failed", "embedder-mismatch"),
    *("folder-unavailable", "overloaded", "stopped", *INDEX_PROBLEMS),
)
_PUT_CODES = ("payload-too-large", "unsupported-media-type", "invalid-name", "unreadable-document", *_CHANGE_CODES)
_ETAG_HEADER = {"ETag": {"description": "the sha256 of the file in quotes", "schema": {"type": "string"}}}
_LOCATION = {"Location": {"description": "where to ask for the job", "schema": {"type": "string"}}}
_JOB: dict[str, Any] = {"model": schemas.Job, "description": "Not done yet: ask for the job", "headers": _LOCATION}
_PUT_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"model": schemas.Document, "description": "Replaced, or the same as before", "headers": _ETAG_HEADER},
    201: {"description": "Added", "headers": _ETAG_HEADER},
    202: _JOB,
    **problems.responses(*_PUT_CODES),
}
_NOT_BLANK = {"type": "string", "pattern": r"^[^\x00]*[^\x00\s][^\x00]*$"}
_BODY = {
    "required": True,
    "description": "The file, best in UTF-8. It may also be called application/octet-stream, or not be called anything.",
    "content": {
        kind: {"schema": _NOT_BLANK if kind.startswith("text/") else {"type": "string", "format": "binary"}}
        for kind in CONTENT_TYPES
    },
}
_BODY["content"]["text/plain"]["examples"] = examples.UPLOAD  # type: ignore[index]

Name = Annotated[str, Path(openapi_examples=examples.UPLOAD_COLLECTION, json_schema_extra={"pattern": COLLECTION_NAME})]
DocumentPath = Annotated[str, Path(openapi_examples=examples.UPLOAD_PATH, json_schema_extra={"pattern": PATTERN})]
_IF_MATCH = "touch only a document with one of these sha256, each in quotes, or with * any"
IfMatch = Annotated[str | None, WithJsonSchema({"type": "string"}), Header(description=_IF_MATCH)]
_IF_NONE_MATCH = "touch nothing that is there already"
IfNoneMatch = Annotated[
    Literal["*"] | None, WithJsonSchema({"type": "string", "enum": ["*"]}), Header(description=_IF_NONE_MATCH)
]
JobId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
router = APIRouter()


@router.put(
    "/collections/{collection}/documents/{path:path}",
    status_code=201,
    response_model=schemas.Document,
    responses=_PUT_RESPONSES,
    openapi_extra={"requestBody": _BODY},
)
async def put(
    collection: Name,
    path: DocumentPath,
    service: Open,
    request: Request,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Add a document, or replace the one at its path: the body is the file, which the collection's folder gets too.

    The collection is made if need be. What takes long is answered with a job.
    """
    try:
        name = await asyncio.to_thread(collection_of, request, service, collection)
    except UnknownCollectionError:  # one that the caller may use, to be made
        name = collection
    path = _document_path(request, path)
    found = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if found not in _ACCEPTED:
        raise HTTPException(415, f"the content type is {found}; expected {' or '.join(CONTENT_TYPES)}: the body is the file")
    condition = _condition(if_match, if_none_match)
    jobs: Jobs = request.app.state.jobs
    jobs.take_place()
    try:
        pieces = [piece async for piece in request.stream()]
        data = await asyncio.to_thread(b"".join, pieces)  # which takes long for a large one
    except BaseException as error:
        jobs.give_place_back()
        if isinstance(error, ClientDisconnect):
            raise HTTPException(400, "the body ended early") from error
        raise
    return await _done(service, request, name, path, lambda uploads: uploads.put(name, path, data, condition))


@router.delete(
    "/collections/{collection}/documents/{path:path}",
    status_code=204,
    response_class=Response,
    responses={202: _JOB, **problems.responses(*_CHANGE_CODES, "unknown-collection", "unknown-document")},
)
async def delete(collection: Name, path: DocumentPath, service: Open, request: Request, if_match: IfMatch = None) -> Response:
    """Remove a document and its file. What has to wait long for its turn is answered with a job."""
    name = await asyncio.to_thread(collection_of, request, service, collection)
    path = _document_path(request, path)
    condition = _condition(if_match, None)
    request.app.state.jobs.take_place()
    return await _done(service, request, name, path, lambda uploads: uploads.remove(name, path, condition))


@router.get("/jobs/{id}", responses=problems.responses(*STATE_PROBLEMS, "invalid-request", "unknown-job"))
async def job(id: JobId, service: Open, request: Request) -> schemas.Job:
    """How far a change to a document has come. A job ends with the service, its document whole or untouched."""
    jobs: Jobs = request.app.state.jobs
    found = jobs.get(id)
    if not request.state.caller.sees(found.collection):
        raise UnknownJobError
    return found.shape()


def _document_path(request: Request, path: str) -> str:
    lost = "\n" * request.scope["path"].endswith("\n")  # the router's regular expressions pass over a line break at the end
    return document_path(path + lost)


async def _done(
    service: Service, request: Request, name: str, path: str, change: Callable[[Uploads], Uploaded | None]
) -> Response:
    jobs: Jobs = request.app.state.jobs
    settings = service.settings
    made_here, limit = service.store.folder / "uploads", settings.max_file_bytes
    uploads = Uploads(service.store, service.embedder_of, made_here, limit, settings.chunk_tokens, jobs.pause)
    job = jobs.run(name, path, request.url.path, partial(change, uploads))
    if not await jobs.wait(job, settings.upload_seconds):
        return JSONResponse(job.shape().model_dump(), 202, {"Location": f"/jobs/{job.id}"})
    return _answer(job)


def _answer(job: Job) -> Response:
    outcome = job.outcome.result()
    if outcome is None:
        return Response(status_code=204)
    if isinstance(outcome, problems.Problem):
        return problems.response(outcome)
    shape = schemas.Document.of(outcome.document)
    headers = {"ETag": f'"{shape.sha256}"', "Location": f"/documents/{shape.id}"}
    return JSONResponse(shape.model_dump(), 201 if outcome.created else 200, headers)


def _condition(if_match: str | None, if_none_match: str | None) -> Condition:
    if if_match is None:
        return Condition(absent=if_none_match is not None)
    strong = frozenset(tag for weak, tag in re.findall(_TAG, if_match) if not weak)
    return Condition(ANY if if_match.strip() == "*" else strong, if_none_match is not None)
