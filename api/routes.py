"""The routes of questions, documents and collections: a request into a use case, and its value into a response."""

import asyncio
import importlib
from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Query, Request
from fastapi.responses import PlainTextResponse, Response, StreamingResponse
from quotewise.api import events, problems, requests, responses
from quotewise.api.callers import Caller
from quotewise.api.descriptors import check_descriptors
from quotewise.api.errors import UnsupportedMediaTypeError
from quotewise.api.examples import EXAMPLES
from quotewise.api.middleware.body_limits import JsonRoute
from quotewise.api.service import CannotStartError, NotReadyError, Service
from quotewise.api.settings import Settings
from quotewise.index.sentences import Span
from quotewise.index.store import StoredDocument
from starlette.types import ASGIApp, Receive, Scope, Send


def service_of(request: Request) -> Service:
    """The open service. Raises NotReadyError or CannotStartError without it, with the reason for callers who manage it."""
    service: Service | None = request.app.state.service
    if service is None:
        error: NotReadyError | CannotStartError = request.app.state.obstacle
        reason = str(error) if caller_of(request).has_scope("manage") else "the service is not ready; its log says why"
        raise type(error)(reason)  # a new one each time, since one that is raised again grows by a traceback
    return service


async def _service(request: Request) -> Service:
    return service_of(request)


def caller_of(request: Request) -> Caller:
    """The caller, whom the middleware has authenticated."""
    caller: Caller = request.state.caller
    return caller


async def _caller(request: Request) -> Caller:
    return caller_of(request)


async def _request_id(request: Request) -> str:
    return str(request.state.id)


async def json_only(request: Request) -> None:
    """Raises UnsupportedMediaTypeError for a POST of anything but JSON."""
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if request.method == "POST" and media_type != "application/json":
        raise UnsupportedMediaTypeError(f"the content type is {media_type or 'missing'}; expected application/json")


def json_response(value: Any, status: int = 200, **headers: str) -> Response:
    """A response whose body is a dataclass as JSON, which is not validated again."""
    return Response(responses.to_json(value), status, headers, "application/json")


STATE_PROBLEMS = ("not-ready", "cannot-start", "stopped", "keys-unavailable")
INDEX_PROBLEMS = (
    *(*STATE_PROBLEMS, "index-locked", "index-damaged", "index-unavailable", "index-rebuilding"),
    *("document-damaged", "embedder-unavailable"),
)
BODY_PROBLEMS = (
    *("malformed-json", "payload-too-large", "unsupported-media-type", "invalid-request", "request-timeout", "overloaded"),
)
_SEARCH_CODES = ("unknown-collection", "embedder-mismatch", *BODY_PROBLEMS, *INDEX_PROBLEMS)
_READ_CODES = ("invalid-request", "unknown-document", "unknown-collection", *INDEX_PROBLEMS)
_ASK_PROBLEMS = problems.responses(*_SEARCH_CODES, "reader-unavailable")
_SEARCH_PROBLEMS = problems.responses(*_SEARCH_CODES)
_EXTRACT_PROBLEMS = problems.responses(*BODY_PROBLEMS, *STATE_PROBLEMS, "reader-unavailable")
_READ_PROBLEMS = problems.responses(*_READ_CODES)
_TEXT_PROBLEMS = problems.responses(*_READ_CODES, "document-changed", "overloaded")
_FEEDBACK_PROBLEMS = problems.responses(
    *("unknown-request", "unknown-document", "unknown-collection"), *BODY_PROBLEMS, *INDEX_PROBLEMS
)

Open = Annotated[Service, Depends(_service)]
By = Annotated[Caller, Depends(_caller)]
RequestId = Annotated[str, Depends(_request_id)]
DocumentId = Annotated[str, Path(pattern="^[0-9a-f]{16}$", openapi_examples=EXAMPLES["document_id"])]
router = APIRouter(dependencies=[Depends(json_only)], route_class=JsonRoute)


@router.post("/ask", response_model=responses.AskResponse, responses=_ASK_PROBLEMS | {200: events.RESPONSE})
def ask(
    body: Annotated[requests.AskRequest, Body(openapi_examples=EXAMPLES["ask"])],
    service: Open,
    caller: By,
    request_id: RequestId,
    request: Request,
) -> Response:
    """Answer a question in the words of the documents, or say that they do not and offer the closest passages.

    With `Accept: text/event-stream` what is found is sent as it becomes known, each event as one line of JSON:
    `passages`, each `citation`, `answer`, and `done`, or `error` with a problem, after which nothing comes.
    """
    question = (caller, body.question, body.collection, service.options(**body.options()), request_id)
    if events.accepted(request.headers.get("accept", "")):
        return events.answer_events(request.url.path, request_id, service.stream(*question))
    answer = service.ask(*question)
    passages = answer.passages if body.include_passages else None
    return json_response(responses.AskResponse.of(answer, passages=passages, request_id=request_id))


@router.post("/search", response_model=responses.SearchResponse, responses=_SEARCH_PROBLEMS)
def search(
    body: Annotated[requests.SearchRequest, Body(openapi_examples=EXAMPLES["search"])],
    service: Open,
    caller: By,
    request_id: RequestId,
) -> Response:
    """The passages closest to a question, whether they answer it or not."""
    options = service.options(body.top_k, where=body.filter.value())
    result = service.search(caller, body.question, body.collection, options)
    return json_response(responses.SearchResponse.of(result, request_id=request_id))


@router.post("/extract", response_model=responses.ExtractResponse, responses=_EXTRACT_PROBLEMS)
def extract(
    body: Annotated[requests.ExtractRequest, Body(openapi_examples=EXAMPLES["extract"])],
    service: Open,
    caller: By,
    request_id: RequestId,
    request: Request,
) -> Response:
    """Find quotes that answer a question in texts of the caller's own, whatever found them; nothing is looked up or kept.

    What cannot be read within the service's `extract_seconds` (10 by default) is left out, and its text called `truncated`.
    """
    (result,), timings = _extract(service, caller, [body], request)
    return json_response(responses.ExtractResponse.of(result, timings_ms=timings, request_id=request_id))


@router.post("/extract/batch", response_model=responses.ExtractBatchResponse, responses=_EXTRACT_PROBLEMS)
def extract_batch(
    body: Annotated[requests.ExtractBatchRequest, Body(openapi_examples=EXAMPLES["extract_batch"])],
    service: Open,
    caller: By,
    request_id: RequestId,
    request: Request,
) -> Response:
    """What ``/extract`` does, for several questions with texts of their own; one mistake refuses the whole batch."""
    results, timings = _extract(service, caller, body.requests, request)
    return json_response(responses.ExtractBatchResponse(results, timings, request_id))


def _extract(service: Service, caller: Caller, bodies: list[requests.ExtractRequest], request: Request) -> Any:
    questions = [(body.question, body.texts, service.options(max_quotes=body.max_quotes)) for body in bodies]
    return service.extract(caller, questions, lambda: not request.state.gone())


@router.get("/documents", response_model=responses.DocumentPage, responses=_READ_PROBLEMS)
def documents(page: Annotated[requests.PageRequest, Query()], service: Open, caller: By) -> Response:
    """The documents of a collection by path, a page at a time."""
    return json_response(service.documents(caller, page.collection, page.offset, page.limit))


@router.get("/documents/{id}", response_model=StoredDocument, responses=_READ_PROBLEMS)
def document(id: DocumentId, service: Open, caller: By) -> Response:
    """What is known of a document."""
    return json_response(service.document(caller, id))


@router.get("/documents/{id}/text", responses=_TEXT_PROBLEMS, response_class=PlainTextResponse)
def text(id: DocumentId, part: Annotated[requests.TextRequest, Query()], service: Open, caller: By) -> StreamingResponse:
    """The text of a document or a part of it, to which offsets refer, in UTF-8; line endings are those of the file."""
    pieces = service.text(caller, id, part.start, part.end)
    first = next(pieces, "")  # so that an error of the first piece becomes an ordinary response
    return StreamingResponse(_encoded(chain([first], pieces)), media_type="text/plain")


def _encoded(pieces: Iterator[str]) -> Iterator[bytes]:
    for piece in pieces:
        yield piece.encode()


@router.post("/verify", response_model=responses.VerifyResponse, responses=_SEARCH_PROBLEMS)
def verify_citations(
    body: Annotated[requests.VerifyRequest, Body(openapi_examples=EXAMPLES["verify"])], service: Open, caller: By
) -> Response:
    """Check citations against the files as they are now."""
    claims = [claim.value() for claim in body.citations]
    return json_response(responses.VerifyResponse(service.verify(caller, claims, body.collection)))


@router.post("/feedback", status_code=201, response_model=responses.FeedbackResponse, responses=_FEEDBACK_PROBLEMS)
def feedback(
    body: Annotated[requests.FeedbackRequest, Body(openapi_examples=EXAMPLES["feedback"])], service: Open, caller: By
) -> Response:
    """Say whether an answer helped, and optionally which quote would have been right. What was asked is kept with it."""
    quote = body.right_quote
    right = (quote.document_id, Span(quote.start, quote.end)) if quote else None
    return json_response(responses.FeedbackResponse(service.feedback(caller, body.request_id, body.helpful, right)), 201)


@router.get("/collections", response_model=responses.CollectionList, responses=_READ_PROBLEMS)
def collections(service: Open, caller: By) -> Response:
    """The collections that the caller may use, how much they hold and what they were made with."""
    return json_response(service.collections(caller))


@router.get("/health")
async def health() -> responses.Alive:
    """Whether the process answers."""
    return responses.Alive()


@router.get("/ready", responses=problems.responses("descriptors-exhausted", *INDEX_PROBLEMS))
async def ready(service: Open, caller: By) -> responses.Ready:
    """Whether the index is open, the models are loaded and files can be opened; and how many collections the caller may use."""
    check_descriptors()
    return responses.Ready(
        await asyncio.to_thread(service.ready, caller)
    )  # not in the thread pool of the routes: it may be full


class McpApp:
    """ASGI app of ``POST /mcp``, loaded at its first request, since the SDK takes half a second to import."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._app is None:
            module = await asyncio.to_thread(importlib.import_module, "quotewise.api.mcp")
            self._app = self._app or module.create_app(self._settings)
        await self._app(scope, receive, send)
