"""The HTTP service: an app factory, and routes that turn requests into calls of the answerer and back."""

import asyncio
import logging
import re
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, FastAPI, Path, Query, Request
from fastapi.responses import PlainTextResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import examples, problems, schemas
from api.service import Service
from api.settings import load_settings
from rag.extraction import Extractor
from rag.verification import CollectionSource, verify

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_log = logging.getLogger("quotewise")


def create_app(open_service: Callable[[], Service], max_body_bytes: int = 1_000_000) -> FastAPI:
    """The service as an ASGI app. It is alive at once, and ready when ``open_service`` has opened and warmed the index.

    Args:
        open_service: called once, in a thread, when the app starts.
        max_body_bytes: the largest request body.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.service, app.state.reason = None, "the index is being opened"
        opening = asyncio.create_task(_open(app, open_service))
        yield
        opening.cancel()
        with suppress(asyncio.CancelledError):
            await opening
        if app.state.service:
            app.state.service.store.close()

    app = FastAPI(
        title="Quotewise",
        version=version("quotewise"),
        summary="Answers questions about a folder of documents in the documents' own words.",
        lifespan=lifespan,
        docs_url=None,  # its pages load from another host
        redoc_url=None,
    )
    app.include_router(_router)
    app.add_middleware(problems.BodyLimit, limit=max_body_bytes)
    app.add_middleware(_Identify)
    problems.install(app)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def from_environment() -> FastAPI:
    """The app by the environment and settings file alone: ``uvicorn --factory api.app:from_environment``."""
    settings = load_settings()
    return create_app(lambda: Service.open(settings), settings.max_body_bytes)


async def _open(app: FastAPI, open_service: Callable[[], Service]) -> None:
    try:
        service = await asyncio.to_thread(open_service)
        await asyncio.to_thread(service.warm)
        app.state.service = service
    except Exception as error:  # noqa: BLE001 - whatever it is, /ready and the log tell, and /health stays alive
        app.state.reason = f"the service cannot start: {error}"
        _log.error("%s", app.state.reason)


class _Identify:
    """ASGI middleware that gives each request an id, the client's own if it sent a sound one, and returns it.

    An error that nothing foresaw is logged under that id and answered with a problem that tells nothing of the inside.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["id"] = request_id

        started = False

        async def identified(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        try:
            await self._app(scope, receive, identified)
        except Exception:
            _log.exception("unexpected error in request %s", request_id)
            if started:
                raise
            detail = f"an unexpected error; the log of the service says more under {request_id}"
            await problems.problem(scope["path"], "internal-error", detail)(scope, receive, identified)


async def _service(request: Request) -> Service:
    service: Service | None = request.app.state.service
    if service is None:
        raise HTTPException(503, request.app.state.reason)
    return service


async def _json_only(request: Request) -> None:
    found = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if request.method == "POST" and found != "application/json":
        raise problems.UnsupportedMediaTypeError(found)


_INDEX_PROBLEMS = ("not-ready", "index-locked", "index-damaged", "index-unavailable", "embedder-unavailable")
_BODY_PROBLEMS = ("malformed-json", "payload-too-large", "unsupported-media-type", "invalid-request")
_SEARCH_CODES = ("unknown-collection", "embedder-mismatch", *_BODY_PROBLEMS, *_INDEX_PROBLEMS)
_ASK_PROBLEMS = problems.responses(*_SEARCH_CODES, "reader-unavailable")
_SEARCH_PROBLEMS = problems.responses(*_SEARCH_CODES)
_EXTRACT_PROBLEMS = problems.responses(*_BODY_PROBLEMS, "not-ready", "reader-unavailable")
_READ_PROBLEMS = problems.responses("invalid-request", "unknown-document", "unknown-collection", *_INDEX_PROBLEMS)

Open = Annotated[Service, Depends(_service)]
DocumentId = Annotated[str, Path(pattern="^[0-9a-f]{16}$", openapi_examples=examples.DOCUMENT_ID)]
_router = APIRouter(dependencies=[Depends(_json_only)])


@_router.post("/ask", responses=_ASK_PROBLEMS)
def ask(
    asked: Annotated[schemas.AskRequest, Body(openapi_examples=examples.ASK)], service: Open, request: Request
) -> schemas.AskResponse:
    """Answer a question in the words of the documents, or say that they do not and offer the closest passages."""
    settings = service.settings
    answer = service.answerer.ask(
        asked.question,
        asked.collection or settings.collection,
        asked.top_k or settings.top_k,
        asked.max_quotes or settings.max_quotes,
        asked.filter.value(),
        asked.threshold,
    )
    return schemas.AskResponse.of(answer, request.state.id, asked.include_passages)


@_router.post("/search", responses=_SEARCH_PROBLEMS)
def search(
    asked: Annotated[schemas.SearchRequest, Body(openapi_examples=examples.SEARCH)], service: Open, request: Request
) -> schemas.SearchResponse:
    """The passages closest to a question, whether they answer it or not."""
    settings = service.settings
    collection, top_k = asked.collection or settings.collection, asked.top_k or settings.top_k
    found = service.answerer.search(asked.question, collection, top_k, asked.filter.value())
    return schemas.SearchResponse(
        question=asked.question,
        passages=[schemas.Passage.of(passage) for passage in found.passages],
        timings_ms=schemas.Timings(**found.timings_ms),
        request_id=request.state.id,
    )


@_router.post("/extract", responses=_EXTRACT_PROBLEMS)
def extract(
    asked: Annotated[schemas.ExtractRequest, Body(openapi_examples=examples.EXTRACT)], service: Open, request: Request
) -> schemas.ExtractResponse:
    """Find quotes that answer a question in texts of the caller's own, whatever found them; nothing is looked up or kept."""
    began = time.perf_counter()
    extractor = service.extractor()
    loaded = time.perf_counter()
    found = _extracted(service, extractor, asked)
    timings = schemas.ExtractTimings.since(began, loaded)
    return schemas.ExtractResponse(**dict(found), timings_ms=timings, request_id=request.state.id)


@_router.post("/extract/batch", responses=_EXTRACT_PROBLEMS)
def extract_batch(
    asked: Annotated[schemas.ExtractBatchRequest, Body(openapi_examples=examples.EXTRACT_BATCH)],
    service: Open,
    request: Request,
) -> schemas.ExtractBatchResponse:
    """What ``/extract`` does, for several questions with texts of their own; one mistake refuses the whole batch."""
    began = time.perf_counter()
    extractor = service.extractor()
    loaded = time.perf_counter()
    found = [_extracted(service, extractor, one) for one in asked.requests]
    timings = schemas.ExtractTimings.since(began, loaded)
    return schemas.ExtractBatchResponse(results=found, timings_ms=timings, request_id=request.state.id)


def _extracted(service: Service, extractor: Extractor, asked: schemas.ExtractRequest) -> schemas.Extracted:
    settings = service.settings
    found = extractor.extract(asked.question, asked.texts, asked.max_quotes or settings.max_quotes)
    threshold = extractor.threshold if settings.threshold is None else settings.threshold
    return schemas.Extracted.of(asked.question, found, threshold)


@_router.get("/documents", responses=_READ_PROBLEMS)
def documents(asked: Annotated[schemas.PageRequest, Query()], service: Open) -> schemas.DocumentPage:
    """The documents of a collection by path, a page at a time."""
    name = asked.collection or service.settings.collection
    found = service.store.documents(name, asked.offset, asked.limit)
    return schemas.DocumentPage(
        documents=[schemas.Document.of(document) for document in found],
        total=service.store.size(name).documents,
        offset=asked.offset,
        limit=asked.limit,
    )


@_router.get("/documents/{id}", responses=_READ_PROBLEMS)
def document(id: DocumentId, service: Open) -> schemas.Document:
    """What is known of a document."""
    return schemas.Document.of(service.store.document(id))


@_router.get("/documents/{id}/text", responses=_READ_PROBLEMS, response_class=PlainTextResponse)
def text(id: DocumentId, service: Open) -> PlainTextResponse:
    """The text of a document, to which offsets refer, in UTF-8; line endings are those of the file."""
    return PlainTextResponse(service.store.text(id))


@_router.post("/verify", responses=_SEARCH_PROBLEMS)
def verify_citations(
    request: Annotated[schemas.VerifyRequest, Body(openapi_examples=examples.VERIFY)], service: Open
) -> schemas.VerifyResponse:
    """Check citations against the files as they are now."""
    name = request.collection or service.settings.collection
    source = CollectionSource(service.store, name, service.settings.max_file_bytes)
    return schemas.VerifyResponse(
        results=[schemas.Verification.of(verify(claim.value(), source)) for claim in request.citations]
    )


@_router.get("/collections", responses=_READ_PROBLEMS)
def collections(service: Open) -> schemas.CollectionList:
    """All collections, how much they hold and what they were made with."""
    found = [schemas.Collection.of(c, service.store.size(c.name)) for c in service.store.collections()]
    return schemas.CollectionList(collections=found, default=service.settings.collection)


@_router.get("/health")
async def health() -> schemas.Alive:
    """Whether the process answers."""
    return schemas.Alive()


@_router.get("/ready", responses=problems.responses(*_INDEX_PROBLEMS))
async def ready(service: Open) -> schemas.Ready:
    """Whether the index is open and the models are loaded."""
    return schemas.Ready(collections=len(service.store.collections()))


def _openapi(app: FastAPI) -> dict[str, Any]:
    """FastAPI's schema, with our problems in the place of its validation errors."""
    if app.openapi_schema is None:
        schema = FastAPI.openapi(app)
        components = schema["components"]["schemas"]
        template = "#/components/schemas/{model}"
        problem = problems.Problem.model_json_schema(ref_template=template)
        components |= problem.pop("$defs") | {"Problem": problem}
        for unused in ("HTTPValidationError", "ValidationError"):
            components.pop(unused, None)
        answered = schema["paths"]["/ask"]["post"]["responses"]["200"]["content"]["application/json"]
        answered["example"] = examples.ANSWER  # here, since FastAPI drops what is null from its examples
        app.openapi_schema = schema
    return app.openapi_schema
