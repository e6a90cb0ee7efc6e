"""The HTTP service: an app factory that puts the routes, the problems and the life of the index together."""

import asyncio
import logging
import re
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from quotewise.api import events, logs, metrics, openai, page, problems, routes, routes_documents, tracing
from quotewise.api.examples import EXAMPLES
from quotewise.api.middleware import authenticate, concurrency_limit
from quotewise.api.service import CannotStartError, NotReadyError, Service
from quotewise.api.settings import Settings, load_settings
from quotewise.index.errors import StoppedError
from starlette.datastructures import Headers, MutableHeaders
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
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
            source.observers.append(app.state.metrics.observe)
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

    app = FastAPI(
        title="Quotewise",
        version=version("quotewise"),
        summary="Answers questions about a folder of documents in the documents' own words.",
        lifespan=lifespan,
        docs_url=None,  # its pages load from another host
        redoc_url=None,
        responses=problems.responses(*authenticate.PROBLEMS),
        telemetry=tracing.TELEMETRY,
    )
    app.include_router(routes.router)
    app.include_router(routes_documents.router)
    app.include_router(openai.router)
    app.router.routes.append(Route("/mcp", routes.McpApp(settings), methods=["POST"], include_in_schema=False))
    page.install(app)
    app.add_middleware(concurrency_limit.SizeLimit, limit=settings.max_body_bytes, uploads=settings.max_file_bytes)
    authenticate.install(app, settings)
    app.add_middleware(_Identify)
    app.add_middleware(authenticate.SecurityHeaders)
    metrics.install(app, settings)
    problems.install(app)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def from_environment() -> FastAPI:
    """The app by the environment and settings file alone: ``uvicorn --factory quotewise.api.app:from_environment``."""
    settings = load_settings()
    logs.install(settings)
    tracing.install()
    return create_app(lambda: Service.open(settings), settings)


async def _open(app: FastAPI, open_service: Callable[[], Service]) -> None:
    try:
        service = await asyncio.to_thread(open_service)
        await asyncio.to_thread(service.warm)
        service.observers.append(app.state.metrics.observe)
        app.state.service = service
    except Exception as error:  # noqa: BLE001 - whatever it is, /ready and the log tell, and /health stays alive
        app.state.obstacle = CannotStartError(f"the service cannot start: {error}")
        _log.error("%s", app.state.obstacle)


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
        except asyncio.CancelledError:  # by the server, which has been told to stop and has waited as long as it may
            if not started:
                await problems.response(scope["path"], StoppedError("the service is stopping"))(scope, receive, identified)
        except Exception:
            _log.exception("unexpected error in request %s", request_id)
            if started:
                raise
            await problems.response(scope["path"], problems.unexpected(request_id))(scope, receive, identified)


def _openapi(app: FastAPI) -> dict[str, Any]:
    """FastAPI's schema, with our problems in the place of its validation errors."""
    if app.openapi_schema is None:
        schema = FastAPI.openapi(app)
        components = schema["components"]["schemas"]
        components |= events.schemas()
        for unused in ("HTTPValidationError", "ValidationError"):
            components.pop(unused, None)
        answered = schema["paths"]["/ask"]["post"]["responses"]["200"]["content"]["application/json"]
        answered["example"] = EXAMPLES["answer"]  # here, since FastAPI drops what is null from its examples
        components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        schema["security"] = [{"key": []}, {}]  # without any key, this machine itself is answered
        for path, item in schema["paths"].items():
            for operation in item.values():
                if path in authenticate.PROBES:
                    operation["security"] = []
                if path in authenticate.PROBES or "4XX" in operation["responses"]:  # which is said in another shape
                    for status in map(str, problems.responses(*authenticate.PROBLEMS)):
                        operation["responses"].pop(status)
        app.openapi_schema = schema
    return app.openapi_schema
