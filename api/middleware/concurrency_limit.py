"""How many requests work at once: a bounded queue before the models, and one before whole texts, which are held in memory."""

import asyncio
import os
import re
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quotewise.api.errors import InvalidRequestError, OverloadedError
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
        acquiring: asyncio.Future[Any] = asyncio.ensure_future(self._semaphore.acquire())
        self.waiting += 1
        try:
            await asyncio.wait([acquiring, disconnected], timeout=_MAX_WAIT, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            if not acquiring.cancel():
                self._semaphore.release()
            raise
        finally:
            self.waiting -= 1
        taken = not acquiring.cancel()
        self.working += taken
        return taken

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
        slots, has_slot = self._slots["texts" if is_text else "questions"], False
        slots.check()
        body = [await receive()]  # all of it, by ``BodyLimits``
        slots.check()
        disconnected = asyncio.ensure_future(receive())
        scope.setdefault("state", {})["gone"] = disconnected.done

        async def replay() -> Message:
            return body.pop() if body else await disconnected

        def release() -> None:
            nonlocal has_slot
            if has_slot:
                has_slot = False
                slots.release()

        async def send_and_release(message: Message) -> None:
            if message["type"] == "http.response.body" and not message.get("more_body"):
                release()  # before the client knows that it may ask again
            await send(message)

        try:
            has_slot = await slots.acquire(disconnected)
            if disconnected.done():
                raise InvalidRequestError("the client has disconnected")
            if not has_slot:
                raise OverloadedError(f"no turn within {_MAX_WAIT:g} seconds; try again later")
            await self._app(scope, replay, send_and_release)
        finally:
            disconnected.cancel()
            release()
