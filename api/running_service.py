"""The service that runs on an index, known to commands on this machine by a small file in the folder of the index."""

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from quotewise.api.settings import Settings, without_password
from quotewise.index.errors import QuotewiseError

INSTANCE = "Quotewise-Instance"
"""The header of every response by which a service proves that it is the one that wrote the file."""
_FILE = "service.json"
_ANSWER_SECONDS, _PROBE_SECONDS = 60.0, 1.0
_FAILURES = (OSError, HTTPException, ValueError)


class ServiceRefusedError(QuotewiseError, code="service-refused"):
    """The running service refused a question; its own words say why."""


class _Announcement(BaseModel):
    url: str
    pid: int
    instance: str
    settings: dict[str, str | float | None]


@contextmanager
def announced(settings: Settings, url: str) -> Iterator[str]:
    """Tell commands of a service while it runs, if the index can be written to; gives the value of the header ``INSTANCE``."""
    path, instance = settings.index / _FILE, secrets.token_hex(16)
    url = url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
    told = _Announcement(
        url=url, pid=os.getpid(), instance=instance, settings=_unsent(settings) | {"threshold": settings.threshold}
    )
    with suppress(OSError):
        draft = path.with_name(f"{_FILE}.{instance}")
        draft.touch(0o600)
        draft.write_text(told.model_dump_json(), encoding="utf-8")
        draft.replace(path)
    try:
        yield instance
    finally:
        if (known := _read(settings.index)) and known.instance == instance:
            with suppress(OSError):
                path.unlink()


@dataclass(frozen=True, slots=True)
class RunningService:
    """A service on this machine that answers for an index."""

    url: str

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """The one that runs on the index of the settings and would answer by them, if there is one."""
        told = _read(settings.index)
        if told is None or any(told.settings.get(name) != value for name, value in _unsent(settings).items()):
            return None
        return cls._proven(told)

    @classmethod
    def on(cls, index: Path) -> Self | None:
        """The one that runs on an index, by whatever settings, if there is one."""
        told = _read(index)
        return cls._proven(told) if told else None

    @classmethod
    def _proven(cls, told: _Announcement) -> Self | None:
        service = cls(told.url)
        try:
            with service._request("GET", "/health", _PROBE_SECONDS, None, {}) as response:
                return service if response.headers.get(INSTANCE) == told.instance else None
        except _FAILURES:
            return None

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The JSON that answers a request, or None where the service cannot answer now, or not without a key.

        Raises ServiceRefusedError where it would refuse the request again.
        """
        key = key_headers()
        try:
            headers = {"Content-Type": "application/json", **key}
            with self._request("POST", path, _ANSWER_SECONDS, json.dumps(body), headers) as response:
                content = json.loads(response.read())
        except _FAILURES:
            return None
        if response.status == 200:
            return content
        if response.status >= 500 or response.status == 429 or (response.status in (401, 403) and not key):
            return None
        detail = content.get("detail") if isinstance(content, dict) else None
        raise ServiceRefusedError(
            f"{str(detail or response.status).removeprefix('body.')} (said by {self.url}; --local asks the index)"
        )

    @contextmanager
    def _request(
        self, method: str, path: str, seconds: float, body: str | None, headers: Mapping[str, str]
    ) -> Iterator[HTTPResponse]:
        parts = urlsplit(self.url)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)
        try:
            connection.request(method, path, body, headers)
            yield connection.getresponse()
        finally:
            connection.close()


def key_headers() -> dict[str, str]:
    """The header of a request to a service, where the environment has a key to it in ``QUOTEWISE_KEY``."""
    key = os.environ.get("QUOTEWISE_KEY")
    return {"Authorization": f"Bearer {key}"} if key else {}


def _read(folder: Path) -> _Announcement | None:
    try:
        return _Announcement.model_validate_json((folder / _FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def _unsent(settings: Settings) -> dict[str, str | float | None]:
    """Those that a request cannot carry; a threshold it can, but not that there is none."""
    place = without_password(settings.catalogue) if settings.catalogue else None
    unsent: dict[str, str | float | None] = {"catalogue": place, "reader": settings.reader, "retrieval": settings.retrieval}
    return unsent if settings.threshold is not None else {**unsent, "threshold": None}
