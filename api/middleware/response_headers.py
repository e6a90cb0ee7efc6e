"""The headers with which responses leave: what browsers may do with them, and which pages of other origins may read them."""

import asyncio
from contextlib import suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quotewise.api import problems
from quotewise.api.errors import ForbiddenError
from quotewise.api.keys import Keys, KeysUnavailableError

_SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_EXPOSED = ("ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-ID")


class SecurityHeaders:
    """ASGI middleware that adds the security headers that a response does not set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                is_static = scope["path"].startswith("/static/")
                headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if is_static else "same-origin")
                headers.setdefault("Cache-Control", "no-cache" if is_static else "no-store")
                for name, value in _SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if "origin" not in headers.get("Vary", "").lower():
                    headers.add_vary_header("Origin")
            await send(message)

        await self._app(scope, receive, secured if scope["type"] == "http" else send)


class Cors(CORSMiddleware):
    """Cross-origin headers for the origins of the settings and of the valid browser keys; for others none at all."""

    def __init__(self, app: ASGIApp, keys: Keys, origins: tuple[str, ...]) -> None:
        super().__init__(app, origins, ("GET", "POST", "PUT", "PATCH", "DELETE"), ("*",), expose_headers=_EXPOSED)
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(raw=scope.get("headers", []))
        origin = headers.get("origin")
        if origin is not None and self._keys.is_remote:
            with suppress(KeysUnavailableError):
                await asyncio.to_thread(self._keys.exist)  # reads them anew
        if scope["type"] != "http" or origin is None or self.is_allowed_origin(origin):
            await super().__call__(scope, receive, send)
        elif scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await problems.response(scope["path"], ForbiddenError("this origin is not allowed"))(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def is_allowed_origin(self, origin: str) -> bool:
        try:
            return origin in self.allow_origins or origin in self._keys.browser_origins()
        except KeysUnavailableError:
            return False
