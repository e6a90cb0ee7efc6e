"""Runs the app on uvicorn. Apart from the command line, so that other commands do not import a web server."""

import asyncio
import gc
import ipaddress
import logging
import os
import signal
import socket
import sys
import threading
from typing import Any

import h11
import uvicorn
from quotewise.api import logs, tracing
from quotewise.api.app import create_app
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.index.errors import QuotewiseError
from uvicorn.protocols.http.h11_impl import H11Protocol

_SWITCH_SECONDS = 0.001


class AddressError(QuotewiseError, code="address-unavailable"):
    """The address to listen on is taken, or not of this machine."""


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


def listen(listener: socket.socket) -> None:
    """Take connections. Raises AddressError where another process, which had bound the same address too, listens by now."""
    try:
        listener.listen(2048)
    except OSError as error:
        raise AddressError(f"cannot listen on {url(listener)}: {error.strerror}") from error


def url(listener: socket.socket) -> str:
    """The address of a bound socket."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def is_local(listener: socket.socket) -> bool:
    """Whether only this machine can reach a bound socket."""
    return ipaddress.ip_address(listener.getsockname()[0]).is_loopback


class ClientTimeoutProtocol(H11Protocol):
    """uvicorn's HTTP, but a client has only so many seconds for the head of a request, and to take more of an answer."""

    PATIENCE_SECONDS = 20.0
    _cut: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_client()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE or self.conn.our_state is h11.DONE:  # no request that is being answered
            self._wait_for_client()
        elif not self.flow.write_paused:
            self._stop_waiting()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._wait_for_client()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait_for_client(self) -> None:
        if self._cut is None:
            self._cut = self.loop.call_later(self.PATIENCE_SECONDS, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._cut is not None:
            self._cut.cancel()
            self._cut = None


def prepare(settings: Settings) -> None:
    """Set up what tells of this process: its log and its traces. Raises TracingError."""
    logs.install(settings)
    tracing.install()


def serve(service: Service, listener: socket.socket) -> None:
    """Serve a warm service on a listening socket until told to stop; requests under way may then finish within the bound."""
    app = create_app(service, service.settings)
    config = uvicorn.Config(
        app,
        http=ClientTimeoutProtocol,
        ws="none",
        proxy_headers=False,
        server_header=False,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=service.settings.shutdown_seconds,
    )
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=app.openapi, daemon=True).start()  # which is kept; made by a request it would hold up all others
    _be_quick_to_answer()
    uvicorn.Server(config).run(sockets=[listener])


def _be_quick_to_answer() -> None:
    """Keep the thread that takes requests from waiting for others: it shares one lock with them and the garbage collector.

    A full collection looks through all that was imported, which took it 45 ms; and a thread that computes gives the lock up
    every 5 ms by default, to any of those that wait.
    """
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(_SWITCH_SECONDS)


def _leave(*_: Any) -> None:
    """End the process. uvicorn calls this when the last request has ended or its time is up, and the index is closed.

    A thread that still reads cannot be stopped, and would be waited for by any other way out.
    """
    tracing.flush()
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)
