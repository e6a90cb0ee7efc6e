"""Where questions are put: a service in this process or one over HTTP; both answer in the shapes of the HTTP interface."""

import os
import tempfile
import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Protocol, TypeVar

import httpx
from pydantic import TypeAdapter, ValidationError
from quotewise.api import responses
from quotewise.api.callers import LOCAL
from quotewise.api.service import Service
from quotewise.api.settings import MAX_TOP_K, Settings
from quotewise.index.errors import QuotewiseError, UnknownDocumentError
from quotewise.index.store import StoredDocument
from quotewise.rag.answers import Citation
from quotewise.rag.followups import Turn
from quotewise.rag.pipeline import AskOptions
from quotewise.rag.verification import Claim, CollectionSource, ReadOnce, Verdict, verify

Shape = TypeVar("Shape")
_TRIES = 3
KEY = "QUOTEWISE_KEY"
"""The environment variable with the key to a service at an address."""
_LONGEST_PAUSE_SECONDS = 60.0
_PAUSE_SECONDS = 0.5
"""Before the second try of a request; twice that before the third."""


class AskingError(QuotewiseError):
    """A question got no answer: the service failed at it, or took too long."""

    code = "question-failed"


class UnreachableError(QuotewiseError):
    """There is no service at the address."""

    code = "service-unreachable"


class Asked(Protocol):
    """A service that questions are put to."""

    name: str

    def documents(self) -> dict[str, str]:
        """The sha256 of every document by path. Raises AskingError, UnreachableError."""
        ...

    def ask(self, question: str, threshold: float | None, history: Sequence[Turn] = ()) -> responses.AskResponse:
        """The answer, with all passages that were found. Raises AskingError, UnreachableError."""
        ...

    def search(self, question: str) -> responses.SearchResponse:
        """As many passages as can be had. Raises AskingError, UnreachableError."""
        ...

    def text(self, path: str) -> str | None:
        """The text of a document, None where there is none."""
        ...

    def verified(self, citations: list[Citation]) -> int:
        """How many of them verify. Raises AskingError, UnreachableError."""
        ...


class InProcess:
    """A service of this process."""

    def __init__(self, service: Service) -> None:
        self.name = "in process"
        self._service = service
        self._settings = service.settings
        source = CollectionSource(service.store, self._settings.collection, self._settings.max_file_bytes)
        self._source = ReadOnce(source, None)

    def documents(self) -> dict[str, str]:
        return self._service.store.catalogue.digests(self._settings.collection)

    def ask(self, question: str, threshold: float | None, history: Sequence[Turn] = ()) -> responses.AskResponse:
        settings = self._settings
        try:
            options = AskOptions(settings.top_k, settings.max_quotes, threshold=threshold, history=history)
            answer = self._service.pipeline.ask(question, settings.collection, options)
        except QuotewiseError as error:
            raise AskingError(str(error)) from error
        return responses.AskResponse.of(answer, request_id="")

    def search(self, question: str) -> responses.SearchResponse:
        try:
            found = self._service.pipeline.search(question, self._settings.collection, AskOptions(MAX_TOP_K))
        except QuotewiseError as error:
            raise AskingError(str(error)) from error
        return responses.SearchResponse.of(found, request_id="")

    @cache  # noqa: B019 - one service a run
    def text(self, path: str) -> str | None:
        store = self._service.store
        try:
            return store.catalogue.text(store.catalogue.document_at(self._settings.collection, path).id)
        except UnknownDocumentError:
            return None

    def verified(self, citations: list[Citation]) -> int:
        claims = [Claim(c.document.path, c.document.sha256, c.start, c.end, c.quote) for c in citations]
        return sum(verify(claim, self._source).verdict is Verdict.VALID for claim in claims)


@contextmanager
def indexed(corpus: Path, settings: Settings) -> Iterator[Service]:
    """A service over a folder, indexed into a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        service = Service.open(settings.model_copy(update={"index": Path(folder)}), create=True)
        try:
            service.index(LOCAL, corpus)
            yield service
        finally:
            service.store.close()


class OverHttp:
    """A service at an address such as ``http://127.0.0.1:8000``.

    A request that fails in a way that may pass is tried three times. Where there is no service at all, the run is to stop.

    Args:
        url: of the service.
        timeout: seconds that one try may take.
    """

    def __init__(self, url: str, timeout: float) -> None:
        self.name = url
        try:
            self._client = httpx.Client(base_url=url, timeout=timeout, headers=key_headers())
        except (httpx.InvalidURL, ValueError) as error:
            raise UnreachableError(f"{url!r} is not the address of a service: {error}") from error
        weakref.finalize(self, self._client.close)

    def ask(self, question: str, threshold: float | None, history: Sequence[Turn] = ()) -> responses.AskResponse:
        turns = [asdict(turn) for turn in history]
        body = {"question": question, "threshold": threshold, "include_passages": True, "history": turns}
        return self._send(responses.AskResponse, "POST", "/ask", body)

    def search(self, question: str) -> responses.SearchResponse:
        return self._send(responses.SearchResponse, "POST", "/search", {"question": question, "top_k": MAX_TOP_K})

    @cache  # noqa: B019 - one service a run
    def text(self, path: str) -> str | None:
        found = self._documents.get(path)
        return None if found is None else self._response("GET", f"/documents/{found.id}/text").text

    def documents(self) -> dict[str, str]:
        return {path: document.sha256 for path, document in self._documents.items()}

    @cached_property
    def _documents(self) -> dict[str, StoredDocument]:
        found: dict[str, StoredDocument] = {}
        while True:
            page = self._send(responses.DocumentPage, "GET", f"/documents?limit={1000}&offset={len(found)}")
            found |= {document.path: document for document in page.documents}
            if not page.documents or len(found) >= page.total:
                return found

    def verified(self, citations: list[Citation]) -> int:
        claims = [responses.to_python(citation) for citation in citations]
        found = self._send(responses.VerifyResponse, "POST", "/verify", {"citations": claims})
        return sum(one.verdict == Verdict.VALID.value for one in found.results)

    def _send(self, shape: type[Shape], method: str, path: str, body: dict[str, Any] | None = None) -> Shape:
        try:
            return TypeAdapter(shape).validate_json(self._response(method, path, body).content)
        except ValidationError as error:
            raise AskingError(f"{path} did not answer as Quotewise does: {error.errors()[0]['msg']}") from error

    def _response(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        for number in range(1, _TRIES + 1):
            pause = _PAUSE_SECONDS * number
            try:
                response = self._client.request(method, path, json=body)
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
                failure: QuotewiseError = UnreachableError(f"there is no service at {self.name}: {error}")
            except httpx.TimeoutException:
                failure = AskingError(f"{path} took more than {self._client.timeout.read:g} seconds")
            except httpx.HTTPError as error:
                failure = AskingError(f"{path} broke off: {error or type(error).__name__}")
            else:
                if response.status_code == 200:
                    return response
                failure = AskingError(f"{path} answered {response.status_code}: {_detail(response)}")
                if response.status_code < 500 and response.status_code != 429:
                    break
                told = response.headers.get("retry-after", "")
                pause = min(float(told), _LONGEST_PAUSE_SECONDS) if told.isdigit() else pause
            if number < _TRIES:
                time.sleep(pause)
        raise failure


def key_headers() -> dict[str, str]:
    """The header of a request to a service at an address, where the environment has a key to it."""
    key = os.environ.get(KEY)
    return {"Authorization": f"Bearer {key}"} if key else {}


def _detail(response: httpx.Response) -> str:
    try:
        return str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return "no problem details"
