"""Limits of what a request carries: parameters of its query; encoding, size, arrival time and JSON values of its body."""

import asyncio
import json
import re
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quotewise.api.errors import InvalidRequestError, PayloadTooLargeError, RequestTimeoutError, UnsupportedMediaTypeError
from quotewise.api.settings import Settings

MAX_VALUES = 20_000
"""JSON values of a body, nested ones included: about four times as many as any accepted request has."""
_MAX_PARAMETERS = 50
_MIN_BYTES_PER_SECOND = 50_000
"""A body may take longer than ``body_seconds`` as long as it arrives at this rate."""
_INLINE_BYTES = 65_536
"""Larger bodies are parsed in a thread; one of this size takes the event loop under a millisecond."""
_SEPARATORS = b",", b"[", b"{"
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|([,\[{])', re.DOTALL)
"""A string, unterminated ones to the end of the body, so that no byte is scanned twice; or a separator of values, group 1."""
_T = TypeVar("_T")


class BodyLimits:
    """ASGI middleware that refuses a long query, and an encoded, large or slow body by its headers or while it arrives.

    The body of a PUT, a document, may have ``max_file_bytes``; any other ``max_body_bytes``.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if scope["query_string"].count(b"&") >= _MAX_PARAMETERS:
                wrong = f"should have at most {_MAX_PARAMETERS} parameters"
                raise InvalidRequestError(f"query: {wrong}", [("query", wrong)])
            encoding = Headers(scope=scope).get("content-encoding", "identity").strip().lower()
            if encoding != "identity" and scope["method"] not in ("GET", "HEAD", "OPTIONS"):
                detail = "the body is compressed or otherwise encoded; send it as it is"
                raise UnsupportedMediaTypeError(detail, headers={"Accept-Encoding": "identity"})
            receive = self._limited(scope, receive)
        await self._app(scope, receive, send)

    def _limited(self, scope: Scope, receive: Receive) -> Receive:
        settings, complete = self._settings, False
        limit = settings.max_file_bytes if scope["method"] == "PUT" else settings.max_body_bytes
        declared = Headers(scope=scope).get("content-length", "")
        size = int(declared) if declared.isdigit() and int(declared) > limit else 0
        deadline = asyncio.get_running_loop().time() + settings.body_seconds

        async def limited() -> Message:
            nonlocal size, deadline, complete
            if complete:  # what comes now is that the client disconnects
                return await receive()
            message: Message = {}
            if size <= limit:
                try:
                    async with asyncio.timeout_at(deadline):
                        message = await receive()
                except TimeoutError:
                    expected = f"within {settings.body_seconds:g} seconds, or at {_MIN_BYTES_PER_SECOND:,} bytes a second"
                    raise RequestTimeoutError(f"the body did not arrive {expected}", headers={"Connection": "close"}) from None
            arrived = len(message.get("body", b""))
            size, deadline = size + arrived, deadline + arrived / _MIN_BYTES_PER_SECOND
            if size > limit:
                raise PayloadTooLargeError(f"the body is larger than {limit:,} bytes")
            complete = not message.get("more_body")
            return message

        return limited


class JsonRoute(APIRoute):
    """A route whose JSON bodies have at most ``MAX_VALUES`` values and, if large, are parsed off the event loop."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            return await handle(_JsonRequest(request.scope, request.receive))

        return handled


class _JsonRequest(Request):
    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = await _off_loop_if_large(_parse, await self.body())
        return self._json


async def check_values(body: bytes) -> None:
    """Raises InvalidRequestError where a body of JSON has more than ``MAX_VALUES`` values."""
    await _off_loop_if_large(_check_values, body)


async def _off_loop_if_large(work: Callable[[bytes], _T], body: bytes) -> _T:
    if len(body) <= _INLINE_BYTES and _at_most_values(body) <= MAX_VALUES:
        return work(body)
    return await asyncio.to_thread(work, body)


def _parse(body: bytes) -> Any:
    _check_values(body)
    return json.loads(body.decode("utf-8-sig"))


def _check_values(body: bytes) -> None:
    if _at_most_values(body) <= MAX_VALUES:
        return
    values = 1
    for token in _TOKEN.finditer(body):  # in Python, so that other threads have their turn, and no further than needed
        values += token.lastindex is not None
        if values > MAX_VALUES:
            wrong = f"should have at most {MAX_VALUES:,} values, those within others included"
            raise InvalidRequestError(f"body: {wrong}", [("body", wrong)])


def _at_most_values(body: bytes) -> int:
    """An upper bound: each value but the first follows a separator, but separators in strings are counted too."""
    return 1 + sum(map(body.count, _SEPARATORS))
