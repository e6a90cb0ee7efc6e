"""The routes of questions, documents and collections: a request into a use case, and its value into a response."""

import asyncio
import importlib
import resource
from itertools import chain
from typing import Annotated, Any, NamedTuple

import psutil
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from quotewise.api import events, originals, problems, requests, responses
from quotewise.api.callers import Caller
from quotewise.api.errors import DescriptorsError, UnsupportedMediaTypeError
from quotewise.api.feedback import give as give_feedback
from quotewise.api.middleware import authenticate
from quotewise.api.service import Service
from quotewise.index.sentences import Span
from quotewise.index.store import StoredDocument
from quotewise.rag.pipeline import AskOptions

_MAX_DESCRIPTORS = 0.9
"""Share of the file descriptors that may be open in a process that is ready; the rest is for those who come to see why."""


class Call(NamedTuple):
    """What a use case is called with: the open service, the caller, and the id of the request."""

    service: Service
    caller: Caller
    request_id: str


def call_of(request: Request) -> Call:
    """The call of a request that the middleware has authenticated.

    Raises NotReadyError or CannotStartError while the service is not open, with the reason for callers who manage it.
    """
    service, caller, error = request.app.state.service, request.state.caller, request.app.state.obstacle
    if service is None:
        reason = str(error) if caller.has_scope("manage") else "the service is not ready; its log says why"
        raise type(error)(reason)  # a new one each time, since one that is raised again grows by a traceback
    return Call(service, caller, request.state.id)


async def _call(request: Request) -> Call:  # on the event loop, since the thread pool of the routes may be full
    return call_of(request)


async def json_only(request: Request) -> None:
    """Raises UnsupportedMediaTypeError for a POST or PATCH of anything but JSON."""
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if request.method in ("POST", "PATCH") and media_type != "application/json":
        raise UnsupportedMediaTypeError(f"the content type is {media_type or 'missing'}; expected application/json")


def json_response(value: Any, status: int = 200, **headers: str) -> Response:
    """A response whose body is a dataclass as JSON, which is not validated again."""
    return Response(responses.to_json(value), status, headers, "application/json")


REFUSALS = problems.responses(*authenticate.PROBLEMS)
"""Of every operation."""
STATE_PROBLEMS = ("not-ready", "cannot-start", "stopped", "keys-unavailable", "catalogue-unavailable")
_STORE_PROBLEMS = (
    *("index-locked", "index-damaged", "index-unavailable", "engine-unavailable", "index-rebuilding", "document-damaged"),
)
INDEX_PROBLEMS = (*STATE_PROBLEMS, *_STORE_PROBLEMS, "embedder-unavailable")
BODY_PROBLEMS = (
    "malformed-json",
    "payload-too-large",
    "unsupported-media-type",
    "invalid-request",
    "request-timeout",
    "overloaded",
)
_SEARCH_CODES = ("unknown-collection", "embedder-mismatch", *BODY_PROBLEMS, *INDEX_PROBLEMS)
_READ_CODES = ("invalid-request", "unknown-document", "unknown-collection", *INDEX_PROBLEMS)
_ASK_PROBLEMS = problems.responses(*_SEARCH_CODES, "reader-unavailable")
_OVERVIEW_PROBLEMS = problems.responses(
    "invalid-request", "unknown-collection", "embedder-mismatch", "reader-unavailable", "overloaded", *INDEX_PROBLEMS
)
_SEARCH_PROBLEMS = problems.responses(*_SEARCH_CODES)
_EXTRACT_PROBLEMS = problems.responses(*BODY_PROBLEMS, *STATE_PROBLEMS, "reader-unavailable")
_READ_PROBLEMS = problems.responses(*_READ_CODES)
_TEXT_PROBLEMS = problems.responses(*_READ_CODES, "document-changed", "overloaded")
_FILE_CODES = (*_READ_CODES, "document-changed", "folder-unavailable", "folder-read-only", "unreadable-document", "overloaded")
_FILE_PROBLEMS = problems.responses(*_FILE_CODES)
_PAGE_PROBLEMS = problems.responses(*_FILE_CODES, "unknown-page")
_FEEDBACK_CODES = ("unknown-request", "unknown-document", "unknown-collection", *BODY_PROBLEMS, *INDEX_PROBLEMS)
_FEEDBACK_PROBLEMS = problems.responses(*_FEEDBACK_CODES)

Called = Annotated[Call, Depends(_call)]
_SEED: dict[str, Any] = {"seed": {"summary": "The document of seeds/", "value": "b2b170137b3621de"}}
DocumentId = Annotated[str, Path(pattern="^[0-9a-f]{16}$", openapi_examples=_SEED)]
_FIRST: dict[str, Any] = {"first": {"summary": "The first page", "value": 1}}
Page = Annotated[int, Path(ge=1, le=1_000_000, openapi_examples=_FIRST)]
_PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}}
}
router = APIRouter(dependencies=[Depends(json_only)], responses=REFUSALS)


def answer(body: requests.AskRequest, call: Call) -> responses.AskResponse:
    """The response to a question. Raises what ``Service.ask`` does."""
    service, caller, request_id = call
    result = service.ask(caller, body.question, body.collection, body.options(), request_id)
    return responses.AskResponse.of(result, passages=result.passages if body.include_passages else None, request_id=request_id)


def find_passages(body: requests.SearchRequest, call: Call) -> responses.SearchResponse:
    """The response to a search. Raises what ``Service.search`` does."""
    result = call.service.search(call.caller, body.question, body.collection, body.options())
    return responses.SearchResponse.of(result, request_id=call.request_id)


@router.post("/ask", response_model=responses.AskResponse, responses=_ASK_PROBLEMS)
def ask(body: requests.AskRequest, call: Called, request: Request) -> Response:
    """Answer a question in the words of the documents, or say that they do not and offer the closest passages.

    With `Accept: text/event-stream` the response is a stream of events, each sent as soon as its data is known, as one line
    of JSON: `passages`, each `citation`, `answer`, and `done`, or `error` with a problem, which ends the stream.
    """
    if not events.accepted(request.headers.get("accept", "")):
        return json_response(answer(body, call))
    steps = call.service.stream(call.caller, body.question, body.collection, body.options(), call.request_id)
    return events.answer_events(request.url.path, call.request_id, steps)


@router.post("/search", response_model=responses.SearchResponse, responses=_SEARCH_PROBLEMS)
def search(body: requests.SearchRequest, call: Called) -> Response:
    """The passages closest to a question, whether they answer it or not."""
    return json_response(find_passages(body, call))


@router.post("/extract", response_model=responses.ExtractResponse, responses=_EXTRACT_PROBLEMS)
def extract(body: requests.ExtractRequest, call: Called, request: Request) -> Response:
    """Find quotes that answer a question in the texts of the request, which come from any retriever; nothing is stored.

    What cannot be read within the service's `extract_seconds` (10 by default) is left out, and its text is `truncated`.
    """
    (result,), timings = _extract(call, [body], request)
    return json_response(responses.ExtractResponse.of(result, timings_ms=timings, request_id=call.request_id))


@router.post("/extract/batch", response_model=responses.ExtractBatchResponse, responses=_EXTRACT_PROBLEMS)
def extract_batch(body: requests.ExtractBatchRequest, call: Called, request: Request) -> Response:
    """Extract quotes for several questions, each from its own texts; one invalid request refuses the whole batch."""
    results, timings = _extract(call, body.requests, request)
    return json_response(responses.ExtractBatchResponse(results, timings, call.request_id))


def _extract(call: Call, bodies: list[requests.ExtractRequest], request: Request) -> Any:
    questions = [(body.question, body.texts, AskOptions(max_quotes=body.max_quotes)) for body in bodies]
    return call.service.extract(call.caller, questions, lambda: not request.state.gone())


@router.get("/documents", response_model=responses.DocumentPage, responses=_READ_PROBLEMS)
def documents(page: Annotated[requests.PageRequest, Query()], call: Called) -> Response:
    """The documents of a collection by path, a page at a time."""
    return json_response(call.service.documents(call.caller, page.collection, page.offset, page.limit))


@router.get("/documents/{id}", response_model=StoredDocument, responses=_READ_PROBLEMS)
def document(id: DocumentId, call: Called) -> Response:
    """What is known of a document."""
    return json_response(call.service.document(call.caller, id))


@router.get("/documents/{id}/text", responses=_TEXT_PROBLEMS, response_class=PlainTextResponse)
def text(id: DocumentId, part: Annotated[requests.TextRequest, Query()], call: Called) -> StreamingResponse:
    """The text of a document or a part of it, to which offsets refer, in UTF-8; line endings are those of the file."""
    pieces = call.service.text(call.caller, id, part.start, part.end)
    first = next(pieces, "")  # so that an error of the first piece becomes an ordinary response
    return StreamingResponse(map(str.encode, chain([first], pieces)), media_type="text/plain")


@router.get("/documents/{id}/place", response_model=responses.SpanPlace, responses=_FILE_PROBLEMS)
def place(id: DocumentId, span: Annotated[requests.SpanRequest, Query()], call: Called) -> Response:
    """Where a span of a document stands: its lines, its page and, for PDF, its boxes on the page, found in the file on disk."""
    return json_response(originals.span_place(call.service, call.caller, id, Span(span.start, span.end)))


@router.get("/documents/{id}/structure", response_model=responses.Structure, responses=_TEXT_PROBLEMS)
def structure(id: DocumentId, part: Annotated[requests.TextRequest, Query()], call: Called) -> Response:
    """The parts of a document (pages, slides, sheets) and its blocks (headings, items, rows), to show its text readably."""
    return json_response(originals.structure(call.service, call.caller, id, part.start, part.end))


@router.get("/documents/{id}/pages/{page}.png", responses={**_PICTURE, **_PAGE_PROBLEMS}, response_class=Response)
def page_image(id: DocumentId, page: Page, part: Annotated[requests.PageImageRequest, Query()], call: Called) -> Response:
    """A page of a PDF document as a picture, with a span marked where it stands on it, from the file on disk."""
    span = None if part.start is None or part.end is None else Span(part.start, part.end)
    image = originals.page_image(call.service, call.caller, id, page, span, part.width)
    return Response(image, media_type="image/png")


@router.post("/verify", response_model=responses.VerifyResponse, responses=_SEARCH_PROBLEMS)
def verify_citations(body: requests.VerifyRequest, call: Called) -> Response:
    """Check citations against the files as they are now."""
    claims = [claim.value() for claim in body.citations]
    return json_response(responses.VerifyResponse(call.service.verify(call.caller, claims, body.collection)))


@router.post("/feedback", status_code=201, response_model=responses.FeedbackResponse, responses=_FEEDBACK_PROBLEMS)
def feedback(body: requests.FeedbackRequest, call: Called) -> Response:
    """Store whether an answer helped and, optionally, which quote would have been right, with the question and its quotes."""
    quote = body.right_quote
    right = (quote.document_id, Span(quote.start, quote.end)) if quote else None
    feedback_id = give_feedback(*call[:2], body.request_id, body.helpful, right, body.wrong_quotes)
    return json_response(responses.FeedbackResponse(feedback_id), 201)


@router.get("/collections", response_model=responses.CollectionList, responses=_READ_PROBLEMS)
def collections(call: Called) -> Response:
    """The collections that the caller may use, how much they hold and what they were made with."""
    return json_response(call.service.collections(call.caller))


@router.get("/overview", response_model=responses.Overview, responses=_OVERVIEW_PROBLEMS)
def overview(of: Annotated[requests.OverviewRequest, Query()], call: Called) -> Response:
    """What a collection holds, and questions to begin with that its documents do answer; the first call seeks them."""
    return json_response(call.service.overview(call.caller, of.collection))


@router.get("/health")
async def health() -> responses.Alive:
    """Whether the process answers."""
    return responses.Alive()


@router.get("/ready", responses=problems.responses("descriptors-exhausted", *INDEX_PROBLEMS))
async def ready(call: Called) -> responses.Ready:
    """Whether the index is open, the models are loaded and files can be opened; and how many collections the caller may use."""
    limit, used = resource.getrlimit(resource.RLIMIT_NOFILE)[0], psutil.Process().num_fds()
    if limit != resource.RLIM_INFINITY and used > _MAX_DESCRIPTORS * limit:
        raise DescriptorsError(f"{used} of {limit} file descriptors are open; raise the limit (ulimit -n), or start again")
    # Not in the thread pool of the routes: it may be full.
    return responses.Ready(await asyncio.to_thread(call.service.ready, call.caller))


class McpApp:
    """ASGI app of ``POST /mcp``, whose module is loaded at the first request, since the SDK takes half a second to import."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        module = await asyncio.to_thread(importlib.import_module, "quotewise.api.mcp")
        await module.app(scope, receive, send)
