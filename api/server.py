"""Runs the app on uvicorn. Apart from the command line, so that other commands do not import a web server."""

import uvicorn

from api.app import create_app
from api.service import Service


def listen(service: Service) -> None:
    """Serve an open index until interrupted."""
    settings = service.settings
    app = create_app(lambda: service, settings.max_body_bytes)
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="info")
