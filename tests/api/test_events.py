import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event, Semaphore
from typing import Any

import httpx
import pytest

from quotewise.api.events import EVENTS
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.index.embedders import Embedder
from quotewise.index.errors import ReaderError
from quotewise.rag.answers import Answer, Citation, SearchResult
from quotewise.rag.passages import Passage
from quotewise.rag.pipeline import Pipeline
from quotewise.rag.readers import Reading
from quotewise.rag.readers.similarity import SimilarityReader
from tests.api.conftest import Refused, conform, ready
from tests.api.test_app import GatedReader, said
from tests.conftest import WHY

STREAM = {"Accept": "text/event-stream"}
Told = tuple[str, dict[str, Any]]


def told(lines: Iterator[str]) -> Iterator[Told]:
    """The events of a stream as they arrive, each a name and its data."""
    for line in lines:
        name, data, end = line, next(lines), next(lines)
        assert (name[:7], data[:6], end) == ("event: ", "data: ", "")
        yield name[7:], json.loads(data[6:])


def streamed(client: httpx.Client, question: str = WHY, **rest: Any) -> list[Told]:
    with client.stream("POST", "/ask", json={"question": question, **rest}, headers=STREAM) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].split(";")[0] == "text/event-stream"
        return list(told(response.iter_lines()))


def put_together(events: list[Told]) -> dict[str, Any]:
    """The answer of ``POST /ask`` with its passages, out of the events that tell it."""
    (_, passages), *citations, (_, answer), (_, done) = events
    found = [citation for _, citation in citations]
    text = "\n".join(f"{citation['quote']} [{citation['id']}]" for citation in found) if answer["answered"] else None
    closest = [passages["passages"][place]["text"] for place in answer.pop("closest")]
    return {**answer, "answer": text, "citations": found, "closest": closest, **passages, **done}


def with_closest_quotes(answer: dict[str, Any]) -> dict[str, Any]:
    return {**answer, "closest": [citation["quote"] for citation in answer["closest"]]}


@pytest.mark.parametrize("threshold", [0.0, 1.0])
def test_the_events_tell_in_their_order_and_once_what_the_whole_answer_tells(
    client: httpx.Client, openapi: dict[str, Any], threshold: float
) -> None:
    asked = {"threshold": threshold, "history": [{"question": "What happened?", "quotes": ["Nothing."]}]}
    events = streamed(client, **asked)
    names = [name for name, _ in events]
    plain = client.post("/ask", json={"question": WHY, "include_passages": True, **asked}).json()
    assert bool(plain["citations"]) == (threshold == 0)
    assert names == ["passages", *["citation"] * len(plain["citations"]), "answer", "done"]
    for name, data in events:
        conform(data, {"$ref": f"#/components/schemas/{EVENTS[name].__name__}"}, openapi)
    together = put_together(events)
    assert said(together) == said(with_closest_quotes(plain))
    assert together.keys() == plain.keys()
    assert together["timings_ms"].keys() == plain["timings_ms"].keys()


@pytest.mark.parametrize(
    ("accept", "events"),
    [
        ("text/event-stream", True),
        ("text/event-stream, */*;q=0.1", True),
        ("application/json;q=0.5, Text/Event-Stream;charset=utf-8;q=0.9", True),
        ("text/event-stream, application/json", False),
        ("text/event-stream;q=0.2, application/*", False),
        ("text/event-stream;q=0", False),
        ("*/*", False),
        ("text/*;q=nonsense,,;", False),
    ],
)
def test_events_are_sent_only_to_those_who_ask_for_them(client: httpx.Client, accept: str, events: bool) -> None:
    asked = {"question": "tea", "collection": "notes", "top_k": 1}
    response = client.post("/ask", json=asked, headers={"Accept": accept})
    found = response.headers["content-type"].split(";")[0]
    assert (response.status_code, found) == (200, "text/event-stream" if events else "application/json")


def test_what_is_wrong_before_the_first_event_is_an_ordinary_problem(client: httpx.Client, refused: Refused) -> None:
    for asked, status, code in (
        ({"question": WHY, "collection": "nowhere"}, 404, "unknown-collection"),
        ({"question": WHY, "collection": "foreign"}, 409, "embedder-mismatch"),
        ({"question": WHY, "history": [{"question": "Who?"}] * 51}, 422, "invalid-request"),
        ({"question": " "}, 422, "invalid-request"),
    ):
        refused(client.post("/ask", json=asked, headers=STREAM), status, code)


class FailingReader(SimilarityReader):
    """The real reader, until it is given something to fail with."""

    failure: Exception | None = None

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        if self.failure:
            raise self.failure
        return super().read(question, passages)


@pytest.mark.parametrize(
    ("failure", "code"), [(ReaderError("the disk is gone"), "reader-unavailable"), (RuntimeError("a secret"), "internal-error")]
)
def test_what_goes_wrong_after_it_is_the_last_event(
    library: Path, embedder: Embedder, caplog: pytest.LogCaptureFixture, failure: Exception, code: str
) -> None:
    reader = FailingReader(embedder)

    def opened(settings: Settings) -> Service:
        service = Service.open(settings)
        return replace(service, pipeline=Pipeline(service.store, lambda name: embedder, lambda found=None, texts=(): reader))

    chat = {"model": "default", "messages": [{"role": "user", "content": WHY}], "stream": True}
    with ready(Settings(index=library), opened) as client:
        reader.failure = failure
        (first, _), (last, problem) = streamed(client)
        completion = client.post("/v1/chat/completions", json=chat)
    assert (first, last) == ("passages", "error")
    assert problem["type"] == f"urn:quotewise:problem:{code}"
    error = json.loads(completion.text.split("data: ")[-1])["error"]
    assert (error["type"], error["code"]) == ("server_error", code.replace("-", "_"))
    secret = code == "internal-error"
    assert (str(failure) in problem["detail"], str(failure) in error["message"]) == (not secret, not secret)
    assert (str(failure) in caplog.text) == secret


class WatchedAnswerer(Pipeline):
    """An pipeline that notes the steps it takes, and when it is made to stop."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.taken: list[str] = []
        self.stopped = Event()

    def stream(self, *given: Any, **named: Any) -> Iterator[SearchResult | Citation | Answer]:
        try:
            for step in super().stream(*given, **named):
                self.taken.append(type(step).__name__)
                yield step
        finally:
            self.stopped.set()


def test_passages_come_before_they_are_read_and_a_client_that_goes_away_stops_the_work(
    library: Path, embedder: Embedder, lost: Semaphore
) -> None:
    gate, waiting = Event(), Semaphore(0)
    gate.set()
    answerers: list[WatchedAnswerer] = []

    def watched(settings: Settings) -> Service:
        service = Service.open(settings)
        reader = GatedReader(embedder, gate, waiting)
        answerers.append(WatchedAnswerer(service.store, lambda name: embedder, lambda found=None, texts=(): reader, 0.0))
        return replace(service, pipeline=answerers[0])

    with ready(Settings(index=library), watched) as client:
        (pipeline,) = answerers
        pipeline.taken.clear()
        pipeline.stopped.clear()
        gate.clear()
        try:
            with client.stream("POST", "/ask", json={"question": WHY}, headers=STREAM) as response:
                name, passages = next(told(response.iter_lines()))
                assert (name, bool(passages["passages"])) == ("passages", True)
                assert waiting.acquire(timeout=10)
            assert lost.acquire(timeout=10)
            assert client.get("/health").status_code == 200  # by when who waits for the connection to be lost knows, too
        finally:
            gate.set()
        assert pipeline.stopped.wait(10)
        assert pipeline.taken == ["SearchResult", "Citation"]
        assert put_together(streamed(client))["answered"]
