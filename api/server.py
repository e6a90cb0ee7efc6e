"""Runs the app on uvicorn. Apart from the command line, so that other commands do not import a web server."""

import gc
import ipaddress
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess
from typing import NoReturn

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from quotewise.api import logs, tracing
from quotewise.api.app import create_app, warmed
from quotewise.api.middleware.client_timeout import ClientTimeoutProtocol
from quotewise.api.running_service import INSTANCE, announced
from quotewise.api.service import Service
from quotewise.api.settings import Settings, load_settings
from quotewise.index.errors import QuotewiseError

_SWITCH_SECONDS = 0.001
_WORKER_SECONDS = 30
"""Within which a worker has to say that it is alive, or is replaced."""


class AddressError(QuotewiseError, code="address-unavailable"):
    """The address to listen on is in use, or not one of this machine."""


def bound(host: str, port: int) -> socket.socket:
    """A socket bound to an address; port 0 takes a free one. Raises AddressError."""
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
    """Accept connections. Raises AddressError where another process that had bound the same address listens by now."""
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


def prepare(settings: Settings) -> None:
    """Set up the log and the traces of this process. Raises TracingError."""
    logs.install(settings)
    tracing.install()


def serve(service: Service, listener: socket.socket) -> None:
    """Serve a warm service on a listening socket until SIGTERM; running requests may then finish within the time limit."""
    app = create_app(service, service.settings)
    announcement = ExitStack()
    signal.signal(signal.SIGTERM, lambda *_: _exit(announcement))
    instance = announcement.enter_context(announced(service.settings, url(listener)))
    threading.Thread(target=app.openapi, daemon=True).start()  # and keep it; made by a request it would hold up all others
    _favour_event_loop()
    with announcement:
        uvicorn.Server(_config(app, service.settings, instance)).run(sockets=[listener])


def serve_by_workers(service: Service, listener: socket.socket) -> None:
    """Serve by processes, each with a service of its own, until SIGTERM; one that dies is replaced. Closes ``service``."""
    settings = service.settings
    for name, value in settings.model_dump(mode="json", exclude_none=True).items():
        os.environ[f"{settings.PREFIX}{name.upper()}"] = ",".join(value) if isinstance(value, list) else str(value)
    service.close()
    with announced(settings, url(listener)) as instance:
        config = _config("quotewise.api.server:worker", settings, instance)
        Multiprocess(config, [listener]).run()


def worker() -> FastAPI:
    """The app of a worker, by the environment.

    It accepts connections when it is ready, since others take them until then, or when it knows that it cannot be yet. It ends
    with the process that started it, also where that is killed.
    """

    def end_with(starter: BaseProcess) -> None:
        starter.join()
        os.kill(os.getpid(), signal.SIGTERM)

    settings = load_settings()
    prepare(settings)
    source: Service | Callable[[], Service] = partial(Service.open, settings)
    with suppress(QuotewiseError):  # which the app tells
        source = warmed(partial(Service.open, settings))
    app = create_app(source, settings)
    if starter := parent_process():
        threading.Thread(target=end_with, args=[starter], daemon=True).start()
    _favour_event_loop()
    return app


def _config(app: "FastAPI | str", settings: Settings, instance: str) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=settings.workers,
        timeout_worker_healthcheck=_WORKER_SECONDS,
        http=ClientTimeoutProtocol,
        ws="none",
        proxy_headers=False,
        server_header=False,
        headers=[(INSTANCE, instance)],
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )


def _favour_event_loop() -> None:
    """Its thread shares one lock with all others: a full collection of what was imported takes 45 ms, and a thread that
    computes gives the lock up every 5 ms by default.
    """
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(_SWITCH_SECONDS)


def _exit(announcement: ExitStack) -> NoReturn:
    """End the process; uvicorn calls this when the index is closed, after the last request or when the time is up.

    A thread that still reads cannot be stopped, and any other way to end would wait for it.
    """
    announcement.close()
    tracing.flush()
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)
