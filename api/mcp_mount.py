"""``/mcp``: the Model Context Protocol over HTTP, loaded at its first request, since its SDK takes half a second to import."""

import asyncio
import importlib

from quotewise.api.settings import Settings
from starlette.types import ASGIApp, Receive, Scope, Send


class McpMount:
    """ASGI app that hands requests to ``api.mcp``."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._app is None:
            module = await asyncio.to_thread(importlib.import_module, "quotewise.api.mcp")
            self._app = self._app or module.over_http(self._settings)
        await self._app(scope, receive, send)
