"""Every error on the way of a request becomes a response, whether FastAPI, a route or another middleware raises it."""

import asyncio
import logging
from http import HTTPStatus

from asgi_correlation_id import correlation_id
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quotewise.api import problems
from quotewise.api.errors import InvalidRequestError, MalformedJsonError, MethodNotAllowedError, NotFoundError
from quotewise.index.errors import QuotewiseError, StoppedError

_MAX_FIELDS = 20
_MAX_FIELD_NAME = 200
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_log = logging.getLogger("quotewise")


class ErrorResponses:
    """ASGI middleware that answers what the app and the middleware inside it raise.

    An unexpected error is logged under the id of the request, and the response discloses nothing but that id.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})["id"] = correlation_id.get()
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
            return
        except asyncio.CancelledError:  # uvicorn cancels what still runs when the time for shutdown is over
            error: QuotewiseError = StoppedError("the service is stopping")
            if started:
                return
        except Exception as raised:
            request_id = correlation_id.get() or "-"
            if started or not isinstance(raised, QuotewiseError):
                _log.exception("unexpected error in request %s", request_id)
            if started:
                raise
            error = raised if isinstance(raised, QuotewiseError) else problems.unexpected(request_id)
        await problems.response(scope["path"], error)(scope, receive, send)


def install(app: FastAPI) -> None:
    """Replace the handlers of FastAPI's and Starlette's own errors."""

    async def handle(request: Request, error: Exception) -> JSONResponse:
        return problems.response(request.scope["path"], _as_ours(request, error))

    for kind in (RequestValidationError, HTTPException):
        app.add_exception_handler(kind, handle)


def _as_ours(request: Request, error: Exception) -> QuotewiseError:
    if isinstance(error, RequestValidationError):
        wrong = error.errors()
        if any(e["type"] == "json_invalid" for e in wrong):
            return MalformedJsonError(f"the body is not JSON: {wrong[0].get('ctx', {}).get('error', 'it cannot be parsed')}")
        fields = [(".".join(map(str, e["loc"]))[:_MAX_FIELD_NAME], e["msg"]) for e in wrong[:_MAX_FIELDS]]
        return InvalidRequestError("; ".join(f"{field}: {message}" for field, message in fields[:5]), fields)
    assert isinstance(error, HTTPException)
    if error.status_code == 400:
        return MalformedJsonError("the body is not JSON: it is not UTF-8, nested too deep or holds too long a number")
    detail = error.detail
    if detail == HTTPStatus(error.status_code).phrase:
        detail = f"{request.method} {request.scope['path']} is not part of this service; see /openapi.json"
    if error.status_code == 405:
        return MethodNotAllowedError(detail, headers={"Allow": _allowed_methods(request)})
    return NotFoundError(detail) if error.status_code == 404 else InvalidRequestError(detail)


def _allowed_methods(request: Request) -> str:
    """The methods of all routes of a path; Starlette names those of the first only."""
    scopes = {method: {**request.scope, "method": method} for method in _METHODS}
    matches = {method: any(r.matches(scope)[0] is Match.FULL for r in request.app.routes) for method, scope in scopes.items()}
    return ", ".join(method for method, matched in matches.items() if matched)
