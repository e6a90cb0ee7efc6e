"""Runs the app on uvicorn. Apart from the command line, so that other commands do not import a web server."""

import logging
import os
import signal
import socket
import sys
from typing import Any

import uvicorn

from api import logs, tracing
from api.app import create_app
from api.service import Service
from api.settings import Settings
from index.errors import QuotewiseError


class AddressError(QuotewiseError):
    """The address to listen on is taken, or not of this machine."""

    code = "address-unavailable"


def bound(host: str, port: int) -> socket.socket:
    """A socket bound to an address; port 0 takes a free one. Raises AddressError when the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off, which delays answers by 40 ms, only for sockets that say they are TCP.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise AddressError(f"cannot listen on {host}:{port}: {error.strerror}") from error
    return listener


def url(listener: socket.socket) -> str:
    """The address of a bound socket."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def prepare(settings: Settings) -> None:
    """Set up what tells of this process: its log and its traces. Raises TracingError."""
    logs.install(settings)
    tracing.install()


def serve(service: Service, listener: socket.socket) -> None:
    """Serve an open index on a bound socket until told to stop; requests under way may then finish within the bound."""
    app = create_app(lambda: service, service.settings)
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=service.settings.shutdown_seconds)
    signal.signal(signal.SIGTERM, _leave)
    uvicorn.Server(config).run(sockets=[listener])


def _leave(*_: Any) -> None:
    """End the process. uvicorn calls this when the last request has ended or its time is up, and the index is closed.

    A thread that still reads cannot be stopped, and would be waited for by any other way out.
    """
    tracing.flush()
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)
