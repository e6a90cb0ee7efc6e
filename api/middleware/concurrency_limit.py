"""How many requests work at once: a bounded queue before the models, and one before whole texts, which are held in memory."""

import asyncio
import os
import re
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quotewise.api.errors import OverloadedError
from quotewise.api.settings import Settings

_MAX_WAIT = 10.0
"""Seconds in a queue."""
_MAX_TEXTS = 4
"""Whole texts, or pages, sent at the same time."""
_TEXT = re.compile("/documents/[^/]+/(?:text|place|structure|pages/[^/]+)")


class Slots:
    """So many requests that work at once and so many that wait for a slot; ``working`` and ``waiting`` count them."""

    def __init__(self, slots: int, queue: int) -> None:
        self.working = self.waiting = 0
        self._semaphore = asyncio.Semaphore(slots)
        self._capacity = slots + queue

    def check(self) -> None:
        """Raises OverloadedError while all slots are taken and the queue is full."""
        if self.working + self.waiting >= self._capacity:
            raise OverloadedError("too many requests at once; try again in a moment")

    async def acquire(self, disconnected: "asyncio.Future[Message]") -> bool:
        """Wait for a slot until the client disconnects or ten seconds have passed. Returns whether one is taken."""
        acquired: asyncio.Future[Any] = asyncio.ensure_future(self._semaphore.acquire())
        awaited: set[asyncio.Future[Any]] = {acquired, disconnected}
        self.waiting += 1
        try:
            await asyncio.wait(awaited, timeout=_MAX_WAIT, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            if not acquired.cancel():
                self._semaphore.release()
            raise
        finally:
            self.waiting -= 1
        if not acquired.done():
            acquired.cancel()
            return False
        self.working += 1
        return True

    def release(self) -> None:
        self.working -= 1
        self._semaphore.release()


def slots_of(settings: Settings) -> dict[str, Slots]:
    """The slots of an app: for questions as many as ``parallel`` says, by default one a core, since each uses all cores."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return {"questions": Slots(settings.parallel or cores, settings.queue), "texts": Slots(_MAX_TEXTS, settings.queue)}


class ConcurrencyLimit:
    """ASGI middleware in which a POST, a question, and a GET of a text or page wait for a slot once their body has arrived.

    So a slow client blocks nobody. ``request.state.gone`` tells whether the client has disconnected.
    """

    def __init__(self, app: ASGIApp, slots: dict[str, Slots]) -> None:
        self._app, self._slots = app, slots

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope.get("method")
        is_text = method == "GET" and _TEXT.fullmatch(scope["path"]) is not None
        if not (is_text or method == "POST"):
            await self._app(scope, receive, send)
            return
        admission = _Admission(self._slots["texts" if is_text else "questions"], receive, send)
        scope.setdefault("state", {})["gone"] = admission.is_disconnected
        try:
            if is_text:  # nothing else reads its empty body
                await admission.receive()
            await self._app(scope, admission.receive, admission.send)
        finally:
            admission.end()


class _Admission:
    """One request, from the first byte of its body to the last of its answer."""

    def __init__(self, slots: Slots, receive: Receive, send: Send) -> None:
        slots.check()
        self._slots, self._receive, self._send = slots, receive, send
        self._has_slot = False
        self._disconnected: asyncio.Future[Message] | None = None

    async def receive(self) -> Message:
        if self._disconnected:
            return await self._disconnected
        message = await self._receive()
        if message.get("more_body"):
            return message
        self._slots.check()
        self._disconnected = asyncio.ensure_future(self._receive())
        self._has_slot = await self._slots.acquire(self._disconnected)
        if self._disconnected.done():
            return self._disconnected.result()
        if not self._has_slot:
            raise OverloadedError(f"no turn within {_MAX_WAIT:g} seconds; try again later")
        return message

    def is_disconnected(self) -> bool:
        return self._disconnected is not None and self._disconnected.done()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self._release()  # before the client knows that it may ask again
        await self._send(message)

    def end(self) -> None:
        if self._disconnected:
            self._disconnected.cancel()
        self._release()

    def _release(self) -> None:
        if self._has_slot:
            self._has_slot = False
            self._slots.release()
