"""Bodies of JSON: bounded by the number of their values before they are parsed, and parsed off the event loop if large."""

import asyncio
import json
import re
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from quotewise.api.errors import InvalidRequestError

MAX_VALUES = 20_000
"""Values of a body, those within others included: some four times as many as any request that is accepted has."""
_AT_ONCE = 65_536
"""Bytes of a body that is parsed on the event loop, which takes it under a millisecond."""
_SEPARATORS = b",", b"[", b"{"
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|([,\[{])', re.DOTALL)
"""A string, to the end where it has none, so that no byte is looked at twice; or what begins or separates values."""


class JsonRequest(Request):
    """A request whose JSON is read by ``parsed``."""

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = await parsed(await self.body())
        return self._json


class JsonRoute(APIRoute):
    """A route whose requests are ``JsonRequest``."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            return await handle(JsonRequest(request.scope, request.receive))

        return handled


async def parsed(body: bytes) -> Any:
    """The value of a body in UTF-8.

    Raises:
        InvalidRequestError: it has more than ``MAX_VALUES`` values.
        ValueError, RecursionError: it is no JSON.
    """
    if len(body) <= _AT_ONCE and _most_values(body) <= MAX_VALUES:
        return json.loads(body.decode("utf-8-sig"))
    return await asyncio.to_thread(_parsed, body)


async def check(body: bytes) -> None:
    """Raises InvalidRequestError where a body has more than ``MAX_VALUES`` values."""
    if _most_values(body) > MAX_VALUES:
        await asyncio.to_thread(_check, body)


def _parsed(body: bytes) -> Any:
    _check(body)
    return json.loads(body.decode("utf-8-sig"))


def _check(body: bytes) -> None:
    if _most_values(body) <= MAX_VALUES:
        return
    found = 1
    for token in _TOKEN.finditer(body):  # in Python, so that other threads have their turn, and no further than needed
        found += token.lastindex is not None
        if found > MAX_VALUES:
            wrong = f"should have at most {MAX_VALUES:,} values, those within others included"
            raise InvalidRequestError(f"body: {wrong}", [("body", wrong)])


def _most_values(body: bytes) -> int:
    """Values follow a separator, but for the first; those in strings are counted too."""
    return 1 + sum(map(body.count, _SEPARATORS))
