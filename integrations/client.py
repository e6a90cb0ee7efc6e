"""A service over HTTP for Python programs, to be called or awaited: requests and responses as its OpenAPI document has them."""

import json
import weakref
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, Self
from urllib.parse import quote

import httpx
from pydantic import ValidationError
from pydantic_core import to_jsonable_python

from quotewise.api.links import view_url
from quotewise.api.running_service import key_headers
from quotewise.index.errors import QuotewiseError
from quotewise.index.store import DocumentReference
from quotewise.integrations.operations import AsyncOperations, Citation, Operations, Problem

_SECONDS = 60.0


class ServiceError(QuotewiseError, code="service-error"):
    """A request that was refused or failed; ``problem`` is as of RFC 9457, of status 0 where the service does not answer.

    ``retry_after`` is the seconds after which it may be sent again, where the service says so.
    """

    def __init__(self, problem: Problem, retry_after: int | None = None) -> None:
        super().__init__(problem.detail)
        self.problem, self.retry_after = problem, retry_after


class _Client:
    """What is the same whether it is waited for or awaited."""

    def __init__(self, url: str = "http://127.0.0.1:8000", key: str | None = None, timeout: float = _SECONDS) -> None:
        """Of a service at an address; the key is by default that of ``QUOTEWISE_KEY``, and ``timeout`` in seconds."""
        self.url = url.rstrip("/") + "/"
        headers = {"Authorization": f"Bearer {key}"} if key else key_headers()
        self._settings: dict[str, Any] = {"base_url": self.url, "headers": headers, "timeout": timeout}

    def link(self, citation: Citation) -> str:
        """The address of the page that shows a quote marked in its document."""
        return view_url(self.url, DocumentReference(**dict(citation.document)), citation.start, citation.end)


class Client(_Client, Operations):
    """A service, for use from many threads. Every method raises ServiceError."""

    def __init__(self, url: str = "http://127.0.0.1:8000", key: str | None = None, timeout: float = _SECONDS) -> None:
        super().__init__(url, key, timeout)
        self._http = httpx.Client(**self._settings)
        weakref.finalize(self, self._http.close)  # for who does not enter it

    def _send(self, method: str, path: str, answers: Mapping[int, Any], **parts: Any) -> Any:
        try:
            return _answer(self._http.request(method, **_request(path, **parts)), answers)
        except httpx.TransportError as error:
            raise _unreachable(self.url, error) from error

    def _events(self, method: str, path: str, events: Mapping[str, Any], **parts: Any) -> Iterator[Any]:
        try:
            with self._http.stream(method, **_request(path, **parts, events=True)) as response:
                if not response.is_success:
                    response.read()
                    raise _error(response)
                name = ""
                for line in response.iter_lines():
                    name, event = _event(name, line, events)
                    if event:
                        yield event
        except httpx.TransportError as error:
            raise _unreachable(self.url, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()


class AsyncClient(_Client, AsyncOperations):
    """A service, whose methods are awaited; each raises ServiceError."""

    def __init__(self, url: str = "http://127.0.0.1:8000", key: str | None = None, timeout: float = _SECONDS) -> None:
        super().__init__(url, key, timeout)
        self._http = httpx.AsyncClient(**self._settings)

    async def _send(self, method: str, path: str, answers: Mapping[int, Any], **parts: Any) -> Any:
        try:
            return _answer(await self._http.request(method, **_request(path, **parts)), answers)
        except httpx.TransportError as error:
            raise _unreachable(self.url, error) from error

    async def _events(self, method: str, path: str, events: Mapping[str, Any], **parts: Any) -> AsyncIterator[Any]:
        try:
            async with self._http.stream(method, **_request(path, **parts, events=True)) as response:
                if not response.is_success:
                    await response.aread()
                    raise _error(response)
                name = ""
                async for line in response.aiter_lines():
                    name, event = _event(name, line, events)
                    if event:
                        yield event
        except httpx.TransportError as error:
            raise _unreachable(self.url, error) from error

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()


def _request(
    path: str,
    parameters: Mapping[str, Any] | None = None,
    query: Mapping[str, Any] | None = None,
    headers: Mapping[str, Any] | None = None,
    body: Mapping[str, Any] | None = None,
    content: bytes | None = None,
    events: bool = False,
) -> dict[str, Any]:
    """The arguments of httpx; what is None is not sent."""
    sent = _given(headers)
    sent |= {"Accept": "text/event-stream"} if events else {}
    sent |= {"Content-Type": "application/octet-stream"} if content is not None else {}
    return {
        "url": path.format(**{name: quote(str(value)) for name, value in (parameters or {}).items()}).lstrip("/"),
        "params": _given(query),
        "headers": sent,
        "json": to_jsonable_python(_given(body), exclude_none=True) if body else None,
        "content": content,
    }


def _given(values: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (values or {}).items() if value is not None}


def _answer(response: httpx.Response, answers: Mapping[int, Any]) -> Any:
    kind = answers.get(response.status_code, Problem)
    if kind is Problem:
        raise _error(response)
    if kind is None:
        return None
    if kind in (str, bytes):
        return response.content.decode() if kind is str else response.content
    try:
        return kind.model_validate_json(response.content)
    except ValidationError as error:
        problem = _problem(
            "unknown-response", f"{response.url} does not answer as Quotewise does: {error}", response.status_code
        )
        raise ServiceError(problem) from error


def _event(name: str, line: str, events: Mapping[str, Any]) -> tuple[str, Any]:
    """The name of the event that the line belongs to, and the event, if the line has its data."""
    field, _, value = line.partition(": ")
    if field == "event":
        return value, None
    if field != "data" or name not in events:
        return name, None
    event = events[name].model_validate_json(value)
    if isinstance(event, Problem):
        raise ServiceError(event)
    return name, event


def _error(response: httpx.Response) -> ServiceError:
    seconds = response.headers.get("retry-after", "")
    try:
        problem = Problem.model_validate(json.loads(response.content))
    except ValueError:
        problem = _problem("unknown-response", f"{response.url} answers {response.status_code}", response.status_code)
    return ServiceError(problem, int(seconds) if seconds.isdigit() else None)


def _unreachable(url: str, error: httpx.TransportError) -> ServiceError:
    return ServiceError(_problem("unreachable", f"{url} does not answer: {error or type(error).__name__}", 0))


def _problem(kind: str, detail: str, status: int) -> Problem:
    title = kind.replace("-", " ").capitalize()
    return Problem(type=f"urn:quotewise:problem:{kind}", title=title, status=status, detail=detail, instance="")
