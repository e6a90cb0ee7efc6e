"""How much is taken in and worked on at once: bodies come plain and in time, and a bounded queue stands before the models."""

import asyncio
import os
import re
from typing import Any

from fastapi.responses import JSONResponse
from quotewise.api import problems
from quotewise.api.errors import (
    InvalidRequestError,
    OverloadedError,
    PayloadTooLargeError,
    RequestError,
    RequestTimeoutError,
    UnsupportedMediaTypeError,
)
from quotewise.api.settings import Settings
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PROBLEMS = ("request-timeout", "overloaded")
_SLOWEST = 50_000
"""Bytes a second at which a long body may take as much longer as it needs."""
_LONGEST_WAIT = 10.0
"""Seconds in a queue."""
_MOST_PARAMETERS = 50
_TEXTS = 4
"""Whole texts sent at the same time."""
_TEXT = re.compile("/documents/[^/]+/text")


class ConcurrencyLimit:
    """So many requests at work at once, and so many that wait for their turn; ``working`` and ``waiting`` count them."""

    def __init__(self, places: int, queue: int) -> None:
        self.working = self.waiting = 0
        self._places = asyncio.Semaphore(places)
        self._most = places + queue

    @property
    def full(self) -> bool:
        return self.working + self.waiting >= self._most

    async def enter(self, gone: "asyncio.Future[Message]") -> bool:
        """Wait for a turn, as long as is of use and the client is not ``gone``. Returns whether it came."""
        turn: asyncio.Future[Any] = asyncio.ensure_future(self._places.acquire())
        self.waiting += 1
        awaited: set[asyncio.Future[Any]] = {turn, gone}
        try:
            await asyncio.wait(awaited, timeout=_LONGEST_WAIT, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            if not turn.cancel():
                self._places.release()
            raise
        finally:
            self.waiting -= 1
        if not turn.done():
            turn.cancel()
            return False
        self.working += 1
        return True

    def leave(self) -> None:
        self.working -= 1
        self._places.release()


def questions_limit(settings: Settings) -> ConcurrencyLimit:
    """As many places as the settings say, or as there are cores, since each question uses them all."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return ConcurrencyLimit(settings.parallel or cores, settings.queue)


def concurrency_limits(settings: Settings) -> dict[str, ConcurrencyLimit]:
    """Those of an app: of questions, and of whole texts, each of which is held in memory until its client has taken it."""
    return {"questions": questions_limit(settings), "texts": ConcurrencyLimit(_TEXTS, settings.queue)}


class Admission:
    """ASGI middleware before everything that reads a body: refuses what is compressed, late, or one question too many.

    What is posted is a question. It takes its turn when its body has come, so that a slow client keeps nobody waiting, and
    ``request.state.gone`` says whether its client has left.
    """

    def __init__(self, app: ASGIApp, lanes: dict[str, ConcurrencyLimit], body_seconds: float) -> None:
        self._app = app
        self._lanes = lanes
        self._body_seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        text = scope["method"] == "GET" and _TEXT.fullmatch(scope["path"]) is not None
        if scope["method"] in ("GET", "HEAD", "OPTIONS") and not text:  # of which no body is read
            await self._app(scope, receive, send)
            return
        encoding = Headers(scope=scope).get("content-encoding", "identity").strip().lower()
        if encoding != "identity":
            detail = "the body is compressed or otherwise encoded; send it as it is"
            refusal = UnsupportedMediaTypeError(detail, headers={"Accept-Encoding": "identity"})
            await problems.response(scope["path"], refusal)(scope, receive, send)
            return
        lane = self._lanes["questions"] if scope["method"] == "POST" else self._lanes["texts"] if text else None
        visit = _Visit(scope, receive, send, lane, self._body_seconds)
        scope.setdefault("state", {})["gone"] = visit.gone
        try:
            visit.look_for_room()
            if text:  # whose body, which is none, nobody else asks for
                await visit.receive()
            await self._app(scope, visit.receive, visit.send)
        except Exception:
            if visit.refusal is None or visit.started:
                raise
        finally:
            visit.leave()
        if visit.refusal and not visit.started:
            await visit.refusal(scope, receive, send)


class _Visit:
    """One request on its way in, and the refusal in place of the app's answer if its body or its turn does not come."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, lane: ConcurrencyLimit | None, body_seconds: float) -> None:
        self.refusal: JSONResponse | None = None
        self.started = False
        self._path = scope["path"]
        self._receive, self._send, self._lane = receive, send, lane
        self._seconds = body_seconds
        self._deadline = asyncio.get_running_loop().time() + body_seconds
        self._arrived = self._at_work = False
        self._gone: asyncio.Future[Message] | None = None

    def look_for_room(self) -> None:
        if self._lane and self._lane.full:
            raise self._refused(OverloadedError("too many requests at once; try again in a moment"))

    async def receive(self) -> Message:
        if self._arrived:
            return await (self._gone or self._receive())
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            detail = f"the body did not arrive within {self._seconds:g} seconds, or at {_SLOWEST:,} bytes a second"
            raise self._refused(RequestTimeoutError(detail, headers={"Connection": "close"})) from None
        self._deadline += len(message.get("body", b"")) / _SLOWEST
        self._arrived = not message.get("more_body")
        if self._arrived and self._lane:
            self.look_for_room()
            self._gone = asyncio.ensure_future(self._receive())
            self._at_work = await self._lane.enter(self._gone)
            if self._gone.done():
                return self._gone.result()
            if not self._at_work:
                raise self._refused(OverloadedError(f"no turn within {_LONGEST_WAIT:g} seconds; try again later"))
        return message

    def gone(self) -> bool:
        """Whether the client has left before it had its answer."""
        return self._gone is not None and self._gone.done()

    async def send(self, message: Message) -> None:
        if self.refusal is None or self.started:
            self.started = True
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self._make_room()  # before the client knows that it may ask again
            await self._send(message)

    def leave(self) -> None:
        if self._gone:
            self._gone.cancel()
        self._make_room()

    def _make_room(self) -> None:
        if self._at_work and self._lane:
            self._at_work = False
            self._lane.leave()

    def _refused(self, error: RequestError) -> RequestError:
        self.refusal = problems.response(self._path, error)
        return error


class SizeLimit:
    """ASGI middleware that refuses to read bodies of more than ``limit`` bytes, by declared length or as they arrive.

    What is put is a document, which may have ``uploads`` bytes. Of a query no more than its length is looked at.
    """

    def __init__(self, app: ASGIApp, limit: int, uploads: int) -> None:
        self._app = app
        self._limit = limit
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("query_string", b"").count(b"&") >= _MOST_PARAMETERS:
            wrong = f"should have at most {_MOST_PARAMETERS} parameters"
            error = InvalidRequestError(f"query: {wrong}", [("query", wrong)])
            await problems.response(scope["path"], error)(scope, receive, send)
            return
        limit = self._uploads if scope.get("method") == "PUT" else self._limit
        declared = dict(scope.get("headers", ())).get(b"content-length", b"")
        seen = int(declared) if declared.isdigit() and int(declared) > limit else 0

        async def bounded() -> Message:
            nonlocal seen
            message = await receive() if seen <= limit else {}
            seen += len(message.get("body", b""))
            if seen > limit:
                raise PayloadTooLargeError(f"the body is larger than {limit:,} bytes")
            return message

        await self._app(scope, bounded if scope["type"] == "http" else receive, send)
