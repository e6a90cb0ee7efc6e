"""The pages for people: the chat at ``/``, the source view of each document, and the files that both are made of."""

import re
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from quotewise.api.errors import NotFoundError

FILES = Path(__file__).parent / "static"
_REVALIDATE = {"Cache-Control": "no-cache"}
_DOCUMENT_ID = re.compile("[0-9a-f]{16}")


def install(app: FastAPI) -> None:
    """Add the pages to an app. They are static and use the service as any other client does."""

    @app.get("/", include_in_schema=False)
    async def index() -> FileResponse:
        return FileResponse(FILES / "index.html", headers=_REVALIDATE)

    @app.get("/documents/{id}/view", include_in_schema=False)
    async def view(id: str) -> FileResponse:
        if not _DOCUMENT_ID.fullmatch(id):
            raise NotFoundError(f"{id!r} is no id of a document: expected 16 hexadecimal digits")
        return FileResponse(FILES / "view.html", headers=_REVALIDATE)

    app.mount("/static", GZipMiddleware(StaticFiles(directory=FILES)))
