"""The routes of questions, documents and collections: requests into calls of the pipeline and back."""

import asyncio
import time
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Query, Request
from fastapi.responses import PlainTextResponse, StreamingResponse
from quotewise.api import events, examples, metrics, problems, schemas
from quotewise.api.bodies import JsonRoute
from quotewise.api.descriptors import check_descriptors
from quotewise.api.keys import ForbiddenError, Key
from quotewise.api.middleware import concurrency_limit
from quotewise.api.service import CannotStartError, NotReadyError, Service
from quotewise.index.errors import UnknownCollectionError
from quotewise.index.onnx_model import instruction_set
from quotewise.index.store import StoredDocument
from quotewise.rag.answers import Answer
from quotewise.rag.pipeline import AskOptions
from quotewise.rag.verification import CollectionSource, ReadOnce, verify


def service_of(request: Request) -> Service:
    """The open service. Raises NotReadyError or CannotStartError without it, with the reason for those who may see to it."""
    service: Service | None = request.app.state.service
    if service is None:
        obstacle: NotReadyError | CannotStartError = request.app.state.obstacle
        told: Key = request.state.caller
        reason = str(obstacle) if told.may("manage") else "the service is not ready; its log says why"
        raise type(obstacle)(reason)  # a new one each time, since one that is raised again grows by a traceback
    return service


async def opened(request: Request) -> Service:
    """The open service. Raises what ``service_of`` does."""
    return service_of(request)


async def json_only(request: Request) -> None:
    """Raises UnsupportedMediaTypeError for a POST of anything but JSON."""
    found = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if request.method == "POST" and found != "application/json":
        raise problems.UnsupportedMediaTypeError(found)


def collection_of(request: Request, service: Service, name: str | None) -> str:
    """The collection that a request is about: the one it names, or the caller's default one.

    Raises ForbiddenError where the caller does not see it, whether or not it is there, and UnknownCollectionError.
    """
    caller: Key = request.state.caller
    name = name or caller.default(service.settings.collection)
    if not caller.sees(name):
        raise ForbiddenError("this key may not use that collection")
    if caller.collections is not None and all(name != known.name for known in service.store.catalogue.collections()):
        raise UnknownCollectionError(f"there is no collection '{name}'")  # the store would name those of others
    return name


def own_id(request: Request, request_id: str) -> str:
    """A request id as that of the caller, since clients choose their ids and may choose the same."""
    return f"{request.state.caller.id} {request_id}"


def document_of(request: Request, service: Service, document_id: str) -> StoredDocument:
    """The document of this id. Raises UnknownDocumentError, also where the caller does not see its collection."""
    caller: Key = request.state.caller
    return service.store.catalogue.document(document_id, caller.collections)


_PIECE = 65_536
"""Characters of a text that are sent at a time."""
STATE_PROBLEMS = ("not-ready", "cannot-start", "stopped", "keys-unavailable")
INDEX_PROBLEMS = (
    *(*STATE_PROBLEMS, "index-locked", "index-damaged", "index-unavailable", "index-rebuilding"),
    *("document-damaged", "embedder-unavailable"),
)
BODY_PROBLEMS = (
    "malformed-json",
    "payload-too-large",
    "unsupported-media-type",
    "invalid-request",
    *concurrency_limit.PROBLEMS,
)
SEARCH_CODES = ("unknown-collection", "embedder-mismatch", *BODY_PROBLEMS, *INDEX_PROBLEMS)
_ASK_PROBLEMS = problems.responses(*SEARCH_CODES, "reader-unavailable")
_SEARCH_PROBLEMS = problems.responses(*SEARCH_CODES)
_EXTRACT_PROBLEMS = problems.responses(*BODY_PROBLEMS, *STATE_PROBLEMS, "reader-unavailable")
_READ_PROBLEMS = problems.responses("invalid-request", "unknown-document", "unknown-collection", *INDEX_PROBLEMS)
_TEXT_PROBLEMS = problems.responses("invalid-request", "unknown-document", "unknown-collection", "overloaded", *INDEX_PROBLEMS)

Open = Annotated[Service, Depends(opened)]
DocumentId = Annotated[str, Path(pattern="^[0-9a-f]{16}$", openapi_examples=examples.DOCUMENT_ID)]
router = APIRouter(dependencies=[Depends(json_only)], route_class=JsonRoute)


def steps_of(asked: schemas.AskRequest, service: Service, request: Request) -> events.Steps:
    """What is found for a question, as it becomes known; whoever asks over HTTP, in any protocol, comes through here."""
    settings = service.settings
    collection = collection_of(request, service, asked.collection)
    options = AskOptions(
        asked.top_k or settings.top_k,
        asked.max_quotes or settings.max_quotes,
        asked.filter.value(),
        asked.threshold,
        asked.turns(),
    )
    for step in service.pipeline.stream(asked.question, collection, options):
        if isinstance(step, Answer):
            metrics.observe_answer(request, step)
            service.answers.remember(own_id(request, request.state.id), collection, step, asked.turns())
        yield step


def answer_of(asked: schemas.AskRequest, service: Service, request: Request) -> schemas.AskResponse:
    """The whole answer to a question. Raises what ``Pipeline.ask`` does."""
    *_, answer = steps_of(asked, service, request)
    assert isinstance(answer, Answer)
    return schemas.AskResponse.of(answer, request.state.id, asked.include_passages)


@router.post("/ask", response_model=schemas.AskResponse, responses=_ASK_PROBLEMS | {200: events.RESPONSE})
def ask(
    asked: Annotated[schemas.AskRequest, Body(openapi_examples=examples.ASK)], service: Open, request: Request
) -> schemas.AskResponse | StreamingResponse:
    """Answer a question in the words of the documents, or say that they do not and offer the closest passages.

    With `Accept: text/event-stream` what is found is sent as it becomes known, each event as one line of JSON:
    `passages`, each `citation`, `answer`, and `done`, or `error` with a problem, after which nothing comes.
    """
    if events.wanted(request):
        return events.answer_events(request, steps_of(asked, service, request))
    return answer_of(asked, service, request)


@router.post("/search", responses=_SEARCH_PROBLEMS)
def search(
    asked: Annotated[schemas.SearchRequest, Body(openapi_examples=examples.SEARCH)], service: Open, request: Request
) -> schemas.SearchResponse:
    """The passages closest to a question, whether they answer it or not."""
    settings = service.settings
    collection, top_k = collection_of(request, service, asked.collection), asked.top_k or settings.top_k
    found = service.pipeline.search(asked.question, collection, AskOptions(top_k, where=asked.filter.value()))
    return schemas.SearchResponse(
        question=asked.question,
        passages=[schemas.Passage.of(passage) for passage in found.passages],
        timings_ms=schemas.Timings.of(found.timings_ms),
        request_id=request.state.id,
    )


@router.post("/extract", responses=_EXTRACT_PROBLEMS)
def extract(
    asked: Annotated[schemas.ExtractRequest, Body(openapi_examples=examples.EXTRACT)], service: Open, request: Request
) -> schemas.ExtractResponse:
    """Find quotes that answer a question in texts of the caller's own, whatever found them; nothing is looked up or kept.

    What cannot be read within the service's `extract_seconds` (10 by default) is left out, and its text called `truncated`.
    """
    began = time.perf_counter()
    service.pipeline.text_reader()
    loaded = time.perf_counter()
    found = _extracted(service, asked, _within(service.settings.extract_seconds, request))
    timings = schemas.ExtractTimings.since(began, loaded)
    return schemas.ExtractResponse(**dict(found), timings_ms=timings, request_id=request.state.id)


@router.post("/extract/batch", responses=_EXTRACT_PROBLEMS)
def extract_batch(
    asked: Annotated[schemas.ExtractBatchRequest, Body(openapi_examples=examples.EXTRACT_BATCH)],
    service: Open,
    request: Request,
) -> schemas.ExtractBatchResponse:
    """What ``/extract`` does, for several questions with texts of their own; one mistake refuses the whole batch."""
    began = time.perf_counter()
    service.pipeline.text_reader()
    loaded = time.perf_counter()
    wanted = _within(service.settings.extract_seconds, request)
    found = [_extracted(service, one, wanted) for one in asked.requests]
    timings = schemas.ExtractTimings.since(began, loaded)
    return schemas.ExtractBatchResponse(results=found, timings_ms=timings, request_id=request.state.id)


def _within(seconds: float, request: Request) -> Callable[[], bool]:
    """Whether it is worth going on: no more seconds have passed, and the client is still there."""
    deadline = time.monotonic() + seconds
    return lambda: time.monotonic() < deadline and not request.state.gone()


def _extracted(service: Service, asked: schemas.ExtractRequest, wanted: Callable[[], bool]) -> schemas.Extracted:
    options = AskOptions(max_quotes=asked.max_quotes or service.settings.max_quotes)
    return schemas.Extracted.of(service.pipeline.extract(asked.question, asked.texts, options, wanted))


@router.get("/documents", responses=_READ_PROBLEMS)
def documents(asked: Annotated[schemas.PageRequest, Query()], service: Open, request: Request) -> schemas.DocumentPage:
    """The documents of a collection by path, a page at a time."""
    name = collection_of(request, service, asked.collection)
    found = service.store.catalogue.documents(name, asked.offset, asked.limit)
    return schemas.DocumentPage(
        documents=[schemas.Document.of(document) for document in found],
        total=service.store.catalogue.size(name).documents,
        offset=asked.offset,
        limit=asked.limit,
    )


@router.get("/documents/{id}", responses=_READ_PROBLEMS)
def document(id: DocumentId, service: Open, request: Request) -> schemas.Document:
    """What is known of a document."""
    return schemas.Document.of(document_of(request, service, id))


@router.get("/documents/{id}/text", responses=_TEXT_PROBLEMS, response_class=PlainTextResponse)
def text(id: DocumentId, service: Open, request: Request) -> StreamingResponse:
    """The text of a document, to which offsets refer, in UTF-8; line endings are those of the file."""
    found = service.store.catalogue.text(document_of(request, service, id).id)
    pieces = (found[start : start + _PIECE].encode() for start in range(0, len(found), _PIECE))
    return StreamingResponse(pieces, media_type="text/plain")  # in pieces, so that it is seen that a slow client takes them


@router.post("/verify", responses=_SEARCH_PROBLEMS)
def verify_citations(
    asked: Annotated[schemas.VerifyRequest, Body(openapi_examples=examples.VERIFY)], service: Open, request: Request
) -> schemas.VerifyResponse:
    """Check citations against the files as they are now."""
    name = collection_of(request, service, asked.collection)
    source = ReadOnce(CollectionSource(service.store, name, service.settings.max_file_bytes), 1)
    claims = [claim.value() for claim in asked.citations]
    by_path = sorted(range(len(claims)), key=lambda number: claims[number].path)  # so that each file is read once
    found = {number: schemas.Verification.of(verify(claims[number], source)) for number in by_path}
    return schemas.VerifyResponse(results=[found[number] for number in range(len(claims))])


@router.get("/collections", responses=_READ_PROBLEMS)
def collections(service: Open, request: Request) -> schemas.CollectionList:
    """The collections that the caller may use, how much they hold and what they were made with."""
    caller: Key = request.state.caller
    seen = [known for known in service.store.catalogue.collections() if caller.sees(known.name)]
    found = [schemas.Collection.of(known, service.store.catalogue.size(known.name)) for known in seen]
    default = caller.default(service.settings.collection)
    return schemas.CollectionList(collections=found, default=default, processor=instruction_set())


@router.get("/health")
async def health() -> schemas.Alive:
    """Whether the process answers."""
    return schemas.Alive()


@router.get("/ready", responses=problems.responses("descriptors-exhausted", *INDEX_PROBLEMS))
async def ready(service: Open, request: Request) -> schemas.Ready:
    """Whether the index is open, the models are loaded and files can be opened; and how many collections the caller may use."""
    check_descriptors()
    caller: Key = request.state.caller
    known = await asyncio.to_thread(
        service.store.catalogue.collections
    )  # not in the pool of the routes, which may be full just now
    return schemas.Ready(collections=sum(caller.sees(one.name) for one in known))
