"""Runs the app on uvicorn. Apart from the command line, so that other commands do not import a web server."""

import socket

import uvicorn

from api.app import create_app
from api.service import Service
from api.terminal import errors


def listen(service: Service) -> None:
    """Serve an open index until interrupted. Raises OSError when the address cannot be listened on."""
    settings = service.settings
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.create_server((settings.host, settings.port), family=family, backlog=2048) as listener:
        host, port = listener.getsockname()[:2]
        errors.print(f"listening on http://{f'[{host}]' if family == socket.AF_INET6 else host}:{port}", markup=False)
        app = create_app(lambda: service, settings.max_body_bytes)
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])
