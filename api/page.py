"""The pages for people: the chat at ``/``, the source view of each document, and the files that both are made of."""

import re
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse
from quotewise.api.errors import NotFoundError
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FILES = Path(__file__).parent / "static"
_DOCUMENT_ID = re.compile("[0-9a-f]{16}")


def install(app: FastAPI) -> None:
    """Add the pages to an app. They are static: what they show, they ask of the service as any other client does."""

    @app.get("/", include_in_schema=False)
    async def index() -> FileResponse:
        return _page("index.html")

    @app.get("/documents/{id}/view", include_in_schema=False)
    async def view(id: str) -> FileResponse:
        if not _DOCUMENT_ID.fullmatch(id):
            raise NotFoundError(f"{id!r} is no id of a document: expected 16 hexadecimal digits")
        return _page("view.html")

    app.mount("/static", GZipMiddleware(_Static(directory=FILES)))


def _page(name: str) -> FileResponse:
    return FileResponse(FILES / name, media_type="text/html", headers={"Cache-Control": "no-cache"})


class _Static(StaticFiles):
    """Files that are asked for again only to learn that they are the same."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response
