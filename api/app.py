"""The HTTP service: an app factory that puts together the routes, the middleware and the life of the index."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

from asgi_correlation_id import CorrelationIdMiddleware
from fastapi import FastAPI, Header
from fastapi.responses import FileResponse
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from quotewise.api import logs, metrics, openai, openapi, routes, routes_documents, tracing
from quotewise.api.errors import CannotStartError, NotFoundError, NotReadyError
from quotewise.api.keys import Keys
from quotewise.api.metrics import Metrics, RequestMetrics, observe_answer
from quotewise.api.middleware import authenticate, error_responses
from quotewise.api.middleware.body_limits import BodyLimits
from quotewise.api.middleware.concurrency_limit import ConcurrencyLimit, slots_of
from quotewise.api.middleware.response_headers import Cors, SecurityHeaders
from quotewise.api.service import Service
from quotewise.api.settings import Settings, load_settings
from quotewise.index.errors import CatalogueUnavailableError

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_STATIC = Path(__file__).parent / "static"
_RETRY_SECONDS = 1.0
_REVALIDATE = {"Cache-Control": "no-cache"}
_log = logging.getLogger("quotewise")


def create_app(source: Service | Callable[[], Service], settings: Settings) -> FastAPI:
    """The service as an ASGI app, alive at once.

    Args:
        source: a service that is warm, which answers from the first request on; or what opens one, called once in a thread when
            the app starts, which is ready as soon as it has been warmed.
        settings: what holds before the index is open: limits of requests, and who may send them.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.service, app.state.obstacle = None, NotReadyError("the index is being opened")
        if isinstance(source, Service):
            source.observers.add(observe_answer)
            app.state.service = source
            yield
        else:
            opening = asyncio.create_task(_open(app, source))
            yield
            opening.cancel()
            with suppress(asyncio.CancelledError):
                await opening
        if app.state.service:
            await asyncio.to_thread(app.state.service.close)
        app.state.keys.close()

    app = FastAPI(
        title="Quotewise",
        version=version("quotewise"),
        summary="Answers questions about a folder of documents in the documents' own words.",
        lifespan=lifespan,
        docs_url=None,  # its pages load from another host
        redoc_url=None,
        telemetry=tracing.TELEMETRY,
    )
    for router in (routes.router, routes_documents.router, openai.router, metrics.router):
        app.router.routes.extend(router.routes)  # which ``include_router`` would make anew for each app, at its first request
    app.router.routes.append(Route("/mcp", routes.McpApp(), methods=["POST"], include_in_schema=False))
    _add_pages(app)
    _add_middleware(app, settings)
    app.openapi = lambda: openapi.document(app)  # type: ignore[method-assign]
    return app


def from_environment() -> FastAPI:
    """The app by the environment and settings file alone: ``uvicorn --factory quotewise.api.app:from_environment``."""
    settings = load_settings()
    logs.install(settings)
    tracing.install()
    return create_app(lambda: Service.open(settings), settings)


def _add_pages(app: FastAPI) -> None:
    """The chat at ``/``, the source view of each document, and the static files that both are made of."""

    @app.get("/", include_in_schema=False)
    async def index() -> FileResponse:
        return FileResponse(_STATIC / "index.html", headers=_REVALIDATE)

    @app.get("/documents/{id}/view", include_in_schema=False)
    async def view(id: str, accept: Annotated[str, Header()] = "") -> FileResponse:
        known = re.fullmatch("[0-9a-f]{16}", id) is not None
        if not known and "text/html" not in accept:  # as browsers ask, which get a page that says so
            raise NotFoundError(f"{id!r} is no id of a document: expected 16 hexadecimal digits")
        return FileResponse(_STATIC / "view.html", 200 if known else 404, _REVALIDATE)

    app.mount("/static", GZipMiddleware(StaticFiles(directory=_STATIC)))


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    """From the last, through which a request comes first, to the one closest to the routes."""
    app.state.keys = keys = Keys(settings.index, settings.catalogue)
    app.state.slots = slots_of(settings)
    app.state.metrics = Metrics(app.state)
    app.add_middleware(ConcurrencyLimit, slots=app.state.slots)
    app.add_middleware(BodyLimits, settings=settings)
    app.add_middleware(authenticate.Authenticate, keys=keys, settings=settings)
    app.add_middleware(error_responses.ErrorResponses)
    app.add_middleware(Cors, keys=keys, origins=settings.cors_origins)
    if settings.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))
    app.add_middleware(SecurityHeaders)
    app.add_middleware(CorrelationIdMiddleware, validator=lambda value: _REQUEST_ID.fullmatch(value) is not None)
    app.add_middleware(RequestMetrics, metrics=app.state.metrics, log_questions=settings.log_questions)
    error_responses.install(app)


def warmed(open_service: Callable[[], Service]) -> Service:
    """A service that is open and warm, or closed again. Raises what opening and ``Service.warm`` do."""
    service = open_service()
    try:
        service.warm()
    except BaseException:
        service.close()
        raise
    return service


async def _open(app: FastAPI, open_service: Callable[[], Service]) -> None:
    """Open the service as soon as the database of its catalogue answers."""
    try:
        service = None
        while service is None:
            try:
                service = await asyncio.to_thread(warmed, open_service)
            except CatalogueUnavailableError as error:
                if str(error) != str(app.state.obstacle):
                    _log.error("%s", error)
                app.state.obstacle = error
                await asyncio.sleep(_RETRY_SECONDS)
        service.observers.add(observe_answer)
        app.state.service = service
    except Exception as error:  # noqa: BLE001 - whatever it is, /ready and the log tell, and /health stays alive
        app.state.obstacle = CannotStartError(f"the service cannot start: {error}")
        _log.error("%s", app.state.obstacle)
