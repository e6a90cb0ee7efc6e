"""A client puts questions to a service by the documented JSON: over HTTP, or to an app in this process without a socket."""

import tempfile
import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, cast

import httpx
from pydantic import BaseModel, ValidationError
from starlette.testclient import TestClient

from quotewise.api.app import create_app
from quotewise.api.callers import LOCAL
from quotewise.api.indexing import index_folder
from quotewise.api.running_service import key_headers
from quotewise.api.service import Service
from quotewise.api.settings import MAX_TOP_K, Settings
from quotewise.eval.gold import reason
from quotewise.eval.measures import Region
from quotewise.index.errors import QuotewiseError
from quotewise.rag.followups import Turn

_TRIES = 3
_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.5, 60.0
"""Before the second try of a request, twice that before the third; the most that a ``Retry-After`` may ask for."""
_PAGE = 1000


class AskingError(QuotewiseError):
    """A question got no answer: the service failed at it, or took too long."""

    code = "question-failed"


class UnreachableError(QuotewiseError):
    """There is no service at the address."""

    code = "service-unreachable"


class _Document(BaseModel):
    path: str
    sha256: str


class _Span(BaseModel):
    start: int
    end: int


class Excerpt(_Span):
    """A citation or a passage: ``[start, end)`` of a document."""

    document: _Document
    quote: str = ""
    highlights: list[_Span] = []

    @property
    def region(self) -> Region:
        return Region(self.document.path, self.start, self.end)


class _ShortAnswer(BaseModel):
    text: str


class Response(BaseModel):
    """What is read of an answer, or of a search result, which has only passages; ``passages`` are best first."""

    confidence: float | None = None
    threshold: float = 0.0
    citations: list[Excerpt] = []
    closest: list[Excerpt] = []
    short_answer: _ShortAnswer | None = None
    passages: list[Excerpt] = []
    timings_ms: dict[str, float] = {}


@dataclass(frozen=True, eq=False)
class Client:
    """A service that questions are put to. What fails in a way that may pass is tried three times.

    Every method raises AskingError, and UnreachableError where there is no service.
    """

    name: str
    http: httpx.Client
    index_seconds: float | None = None

    @classmethod
    def over_http(cls, url: str, timeout: float) -> "Client":
        """Of a service at an address such as ``http://127.0.0.1:8000``; ``timeout`` is in seconds."""
        try:
            client = cls(url, httpx.Client(base_url=url, timeout=timeout, headers=key_headers()))
        except (httpx.InvalidURL, ValueError) as error:
            raise UnreachableError(f"{url!r} is not the address of a service: {error}") from error
        weakref.finalize(client, client.http.close)
        return client

    def documents(self) -> dict[str, str]:
        """The sha256 of every document by path."""
        return {path: document["sha256"] for path, document in self._documents.items()}

    @cached_property
    def _documents(self) -> dict[str, Any]:
        documents: dict[str, Any] = {}
        while True:
            page = self._send("GET", f"/documents?limit={_PAGE}&offset={len(documents)}").json()
            documents |= {document["path"]: document for document in page["documents"]}
            if not page["documents"] or len(documents) >= page["total"]:
                return documents

    @cache  # noqa: B019 - one service a run
    def text(self, path: str) -> str | None:
        """The text of a document, None where there is none."""
        document = self._documents.get(path)
        return self._send("GET", f"/documents/{document['id']}/text").text if document else None

    def ask(self, question: str, threshold: float | None, history: Sequence[Turn] = ()) -> Response:
        """The answer, with all passages that were retrieved."""
        turns = [asdict(turn) for turn in history]
        return self._response("/ask", question=question, threshold=threshold, include_passages=True, history=turns)

    def search(self, question: str) -> Response:
        """As many passages as can be had."""
        return self._response("/search", question=question, top_k=MAX_TOP_K)

    def verified(self, citations: Sequence[Excerpt]) -> int:
        """How many of them verify."""
        results = self._send("POST", "/verify", {"citations": [one.model_dump() for one in citations]}).json()["results"]
        return sum(result["verdict"] == "valid" for result in results)

    def _response(self, path: str, **body: Any) -> Response:
        try:
            return Response.model_validate_json(self._send("POST", path, body).content)
        except ValidationError as error:
            raise AskingError(f"{path} did not answer as Quotewise does: {reason(error)}") from error

    def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        for number in range(1, _TRIES + 1):
            pause = _PAUSE_SECONDS * number
            try:
                response = self.http.request(method, path, json=body)
                if response.status_code == 200:
                    return response
                failure: QuotewiseError = AskingError(f"{path} answered {response.status_code}: {_detail(response)}")
                if response.status_code < 500 and response.status_code != 429:
                    break
                seconds = response.headers.get("retry-after", "")
                pause = min(float(seconds), _LONGEST_PAUSE_SECONDS) if seconds.isdigit() else pause
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
                failure = UnreachableError(f"there is no service at {self.name}: {error}")
            except httpx.TimeoutException:
                failure = AskingError(f"{path} took more than {self.http.timeout.read:g} seconds")
            except httpx.HTTPError as error:
                failure = AskingError(f"{path} broke off: {error or type(error).__name__}")
            if number < _TRIES:
                time.sleep(pause)
        raise failure


@contextmanager
def in_process(corpus: Path, settings: Settings) -> Iterator[Client]:
    """A client of an app of this process over a folder, which is indexed into a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        settings = settings.model_copy(update={"index": Path(folder), "rate": "1000000/second"})
        started = time.perf_counter()
        service = Service.open(settings, create=True)
        index_folder(service, LOCAL, corpus)
        index_seconds = round(time.perf_counter() - started, 3)
        service.warm()
        app = create_app(service, settings)
        with TestClient(app, "http://127.0.0.1", raise_server_exceptions=False, client=("127.0.0.1", 1)) as http:
            yield Client("in process", cast(httpx.Client, http), index_seconds)  # its class has the same methods


def _detail(response: httpx.Response) -> str:
    try:
        return str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return "no problem details"
