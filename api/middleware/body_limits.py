"""Limits of what a request carries: parameters of its query; encoding, size, arrival time and JSON values of its body."""

import asyncio
import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quotewise.api.errors import (
    InvalidRequestError,
    MalformedJsonError,
    PayloadTooLargeError,
    RequestTimeoutError,
    UnsupportedMediaTypeError,
)
from quotewise.api.settings import Settings

MAX_VALUES = 20_000
"""JSON values of a body, nested ones included: about four times as many as any accepted request has."""
_MAX_PARAMETERS = 50
_MIN_BYTES_PER_SECOND = 50_000
"""A body may take longer than ``body_seconds`` as long as it arrives at this rate."""
_SEPARATORS = b",", b"[", b"{"
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|([,\[{])', re.DOTALL)
"""A string, unterminated ones to the end of the body, so that no byte is scanned twice; or a separator of values, group 1."""


class BodyLimits:
    """ASGI middleware that refuses a long query, and an encoded, large or slow body by its headers or while it arrives.

    The body of a PUT, a document, may have ``max_file_bytes``; any other ``max_body_bytes``. That of a POST or
    PATCH is JSON, and is handed on in one piece once it is known to have at most ``MAX_VALUES`` values.
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

        async def piece() -> Message:
            nonlocal size, deadline, complete
            message: Message = {}
            if size <= limit:
                try:
                    async with asyncio.timeout_at(deadline):
                        message = await receive()
                except TimeoutError:
                    expected = f"within {settings.body_seconds:g} seconds, or at {_MIN_BYTES_PER_SECOND:,} bytes a second"
                    detail = f"the body did not arrive {expected}"
                    raise RequestTimeoutError(detail, headers={"Connection": "close"}) from None
            if message.get("type") == "http.disconnect" and scope["method"] in ("POST", "PATCH", "PUT"):
                raise InvalidRequestError("the body ended early")
            arrived = len(message.get("body", b""))
            size, deadline = size + arrived, deadline + arrived / _MIN_BYTES_PER_SECOND
            if size > limit:
                has = f"has {size:,} bytes" if declared.isdigit() else "is still arriving"
                wrong = f"{has}, and may have at most {limit:,} bytes"
                raise PayloadTooLargeError(f"the body {wrong}", [("body", wrong)])
            complete = not message.get("more_body")
            return message

        async def limited() -> Message:
            if complete:  # what comes now is that the client disconnects
                return await receive()
            message = await piece()
            if scope["method"] not in ("POST", "PATCH"):
                return message
            pieces = [message.get("body", b"")]
            while not complete:
                message = await piece()
                pieces.append(message.get("body", b""))
            message["body"] = b"".join(pieces)
            await _check_json(message["body"])
            return message

        return limited


async def _check_json(body: bytes) -> None:
    """Raises MalformedJsonError where it is not UTF-8, and InvalidRequestError for more than ``MAX_VALUES`` values."""
    if b"\0" in body:  # as in UTF-16, whose quotation marks would not be found
        raise MalformedJsonError("the body is not JSON in UTF-8")
    # Each value but the first follows a separator; only where there are too many are those in strings told from others.
    if 1 + sum(map(body.count, _SEPARATORS)) > MAX_VALUES:
        await asyncio.to_thread(_check_values, body)


def _check_values(body: bytes) -> None:
    values = 1
    for token in _TOKEN.finditer(body):  # in Python, so that other threads have their turn, and no further than needed
        values += token.lastindex is not None
        if values > MAX_VALUES:
            wrong = f"should have at most {MAX_VALUES:,} values, those within others included"
            raise InvalidRequestError(f"body: {wrong}", [("body", wrong)])
