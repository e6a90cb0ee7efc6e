"""Runs the app on uvicorn. Apart from the command line, so that other commands do not import a web server."""

import socket

import uvicorn

from api.app import create_app
from api.service import Service
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


def serve(service: Service, listener: socket.socket) -> None:
    """Serve an open index on a bound socket until interrupted."""
    app = create_app(lambda: service, service.settings)
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])
