from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from quotewise.api.app import create_app
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.rag.defaults import AUTOMATIC
from quotewise.rag.pipeline import Pipeline
from quotewise.rag.readers.registry import Readers
from quotewise.rag.readers.span import SpanReader
from tests.api.conftest import Refused, ready, serving, wait_until
from tests.conftest import WHY

CAPITAL = "What is the capital of France?"
PARIS = "Paris is the capital of France."
BANANAS = "Bananas are yellow."
OPENED = "When did the café open?"
CAFE = "Das Haus 🍤.\r\n\r\nThe cafe\u0301 👨\u200d👩 opened in 1911. 🎱 Later it was sold.\r\n"


@pytest.fixture(scope="module")
def shy(library: Path) -> Iterator[httpx.Client]:
    """A service for which no quote answers, and that gives at most one a text."""
    with ready(Settings(index=library, threshold=1.0, max_quotes=1)) as client:
        yield client


@pytest.fixture(scope="module")
def similar(library: Path) -> Iterator[httpx.Client]:
    """A service whose documents the similarity reader reads."""
    with ready(Settings(index=library, reader="similarity", threshold=0.0)) as client:
        yield client


def post(client: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    response = client.post(path, json=body)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def extract(client: httpx.Client, question: str, *texts: str, **rest: Any) -> list[dict[str, Any]]:
    """The results of the texts, which stand at their offsets."""
    found = post(client, "/extract", question=question, texts=texts, **rest)
    assert [result["text"] for result in found["results"]] == list(range(len(texts)))
    for text, result in zip(texts, found["results"], strict=True):
        check_stands(text, result)
    results: list[dict[str, Any]] = found["results"]
    return results


def check_stands(text: str, result: dict[str, Any]) -> None:
    """Each quote of a result is the text at its offsets, and holds its highlights and, the first, the short answer."""
    for quote in result["quotes"]:
        assert text[quote["start"] : quote["end"]] == quote["quote"] != ""
        assert quote["highlights"]
        assert all(quote["start"] <= span["start"] < span["end"] <= quote["end"] for span in quote["highlights"])
    short = result["short_answer"]
    if short is not None:
        assert text[short["start"] : short["end"]] == short["text"] != ""
        assert result["quotes"][0]["start"] <= short["start"] < short["end"] <= result["quotes"][0]["end"]
    assert 0 <= result["answerability"] <= 1
    assert bool(result["answerability"]) <= bool(result["quotes"])


def test_a_question_is_answered_in_the_words_of_the_text_that_does(client: httpx.Client) -> None:
    found = post(client, "/extract", question=CAPITAL, texts=[BANANAS, PARIS])
    assert found.keys() == {"question", "results", "threshold", "truncated", "timings_ms", "request_id"}
    assert not found["truncated"]
    assert found["question"] == CAPITAL
    assert 0 < found["threshold"] < 1
    assert found["timings_ms"]["total"] >= found["timings_ms"]["read"] > 0
    bananas, paris = found["results"]
    assert (bananas["text"], bananas["answered"], bananas["short_answer"]) == (0, False, None)
    assert (paris["text"], paris["answered"]) == (1, True)
    assert paris["answerability"] >= found["threshold"] > bananas["answerability"]
    (quote,) = paris["quotes"]
    assert quote.keys() == {"quote", "start", "end", "score", "highlights"}
    assert (quote["quote"], quote["start"], quote["end"], quote["highlights"]) == (PARIS, 0, 31, [{"start": 0, "end": 5}])
    assert 0 < paris["short_answer"].pop("confidence") <= paris["answerability"]
    assert paris["short_answer"] == {"text": "Paris", "start": 0, "end": 5}


def test_offsets_count_code_points_of_the_text_as_it_was_sent(client: httpx.Client) -> None:
    (found,) = extract(client, OPENED, CAFE)
    assert found["answered"]
    assert "The cafe\u0301 👨\u200d👩 opened in 1911." in found["quotes"][0]["quote"]
    start = CAFE.index("1911")
    assert found["short_answer"]["start"] <= start
    assert found["short_answer"]["end"] >= start + 4


@pytest.mark.parametrize("blank", ["", " ", "\r\n\t\u2003"])
def test_a_blank_text_is_taken_but_says_nothing(client: httpx.Client, eager: httpx.Client, blank: str) -> None:
    nothing = {"answerability": 0, "answered": False, "quotes": [], "short_answer": None, "truncated": False}
    for some in (client, eager):
        first, paris, last = extract(some, CAPITAL, blank, PARIS, blank)
        assert (first, last) == ({"text": 0, **nothing}, {"text": 2, **nothing})
        assert paris["answered"]


def test_the_threshold_of_the_settings_decides_what_answers(eager: httpx.Client, shy: httpx.Client) -> None:
    assert post(eager, "/extract", question=CAPITAL, texts=[PARIS])["threshold"] == 0
    assert post(shy, "/extract", question=CAPITAL, texts=[PARIS])["threshold"] == 1
    assert extract(eager, CAPITAL, BANANAS)[0]["answered"]
    (found,) = extract(shy, CAPITAL, PARIS)
    assert (found["answered"], found["short_answer"]) == (False, None)
    assert found["quotes"][0]["quote"] == PARIS


def test_max_quotes_bounds_the_quotes_of_each_text(client: httpx.Client, shy: httpx.Client) -> None:
    said = (
        "The bridge fell because of the flood. A ferry ran afterwards. The bridge fell because its piles were rotten. "
        "Nobody had painted it for years. The bridge also fell because ice had pushed it."
    )
    question = "Why did the bridge fall?"
    assert len(extract(client, question, said)[0]["quotes"]) > 1
    for some, rest in ((client, {"max_quotes": 1}), (shy, {})):
        assert [len(result["quotes"]) for result in extract(some, question, said, said, **rest)] == [1, 1]


def test_a_batch_gives_each_request_what_it_gets_alone(client: httpx.Client) -> None:
    requests: list[dict[str, Any]] = [
        {"question": CAPITAL, "texts": [BANANAS, PARIS]},
        {"question": OPENED, "texts": [CAFE], "max_quotes": 1},
        {"question": OPENED, "texts": [""]},
    ]
    batch = client.post("/extract/batch", json={"requests": requests}, headers={"X-Request-ID": "mine"}).json()
    assert batch.keys() == {"results", "timings_ms", "request_id"}
    assert batch["request_id"] == "mine"
    assert batch["timings_ms"]["total"] >= batch["timings_ms"]["read"] > 0
    alone = [post(client, "/extract", **request) for request in requests]
    assert batch["results"] == [
        {name: one[name] for name in ("question", "results", "threshold", "truncated")} for one in alone
    ]


def test_as_much_as_the_bounds_allow_is_read(client: httpx.Client) -> None:
    assert len(extract(client, CAPITAL, *[PARIS] * 50)) == 50
    long = "x" * (20_000 - len(PARIS) - 1) + " " + PARIS
    texts = [long] * 10
    assert len(extract(client, CAPITAL, *texts)) == 10
    batch = post(client, "/extract/batch", requests=[{"question": CAPITAL, "texts": texts[:5]}] * 2)
    assert [len(found["results"]) for found in batch["results"]] == [5, 5]
    batch = post(client, "/extract/batch", requests=[{"question": CAPITAL, "texts": [PARIS]}] * 32)
    assert len(batch["results"]) == 32


PIECES = ("a. " * 7_000)[:20_000]
"""As many word pieces as a text can have: one in one and a half characters."""


def test_what_cannot_be_read_in_time_is_marked_as_cut(library: Path) -> None:
    with ready(Settings(index=library, extract_seconds=0.2)) as client:
        found = post(client, "/extract", question=CAPITAL, texts=[*[PIECES] * 9, PARIS])
        assert found["truncated"]
        unread = {"answerability": 0, "answered": False, "quotes": [], "short_answer": None, "truncated": True}
        assert found["results"][-1] == {"text": 9, **unread}
        batch = post(client, "/extract/batch", requests=[{"question": CAPITAL, "texts": [PIECES] * 5}] * 2)
        assert [one["truncated"] for one in batch["results"]] == [True, True]


class Counted:
    """The session of a model, and how often it was run."""

    def __init__(self, session: Any) -> None:
        self._session, self.runs = session, 0

    def run(self, *given: Any) -> Any:
        self.runs += 1
        return self._session.run(*given)


def test_nothing_is_read_any_more_for_a_client_that_has_gone(library: Path) -> None:
    settings = Settings(index=library, extract_seconds=600, reader="fast")
    service = Service.open(settings)
    reader = service.pipeline.text_reader()
    assert isinstance(reader, SpanReader)
    model: Any = reader.model
    counted = model._session = Counted(model._session)
    app = create_app(lambda: service, settings)
    slots = app.state.slots["questions"]
    with serving(app) as client:
        wait_until(lambda: client.get("/ready").status_code == 200)
        before = counted.runs
        with pytest.raises(httpx.ReadTimeout):
            client.post("/extract", json={"question": CAPITAL, "texts": [PIECES] * 10}, timeout=2)
        wait_until(lambda: slots.working == 0)
        pieces = model.tokenizer.encode(PIECES).ids
        assert counted.runs - before < 10 * len(pieces) / model._window / 2


@pytest.mark.usefixtures("default_reader")
def test_texts_need_no_collection(tmp_path: Path, refused: Refused) -> None:
    Service.open(Settings(index=tmp_path / "empty"), create=True).store.close()
    with ready(Settings(index=tmp_path / "empty")) as client:
        assert extract(client, CAPITAL, PARIS)[0]["answered"]
        refused(client.post("/ask", json={"question": WHY}), 404, "unknown-collection")


def test_texts_are_read_by_the_trained_reader_also_where_similarity_reads_the_documents(
    library: Path, similar: httpx.Client
) -> None:
    with ThreadPoolExecutor(8) as pool:  # all of them want the reader, which is only now loaded
        found = list(pool.map(lambda _: extract(similar, CAPITAL, PARIS), range(8)))
    assert found == [found[0]] * 8
    assert found[0][0]["short_answer"]["text"] == "Paris"
    with ready(Settings(index=library, reader=AUTOMATIC)) as default:
        assert found[0][0]["quotes"] == extract(default, CAPITAL, PARIS)[0]["quotes"]


def test_a_reader_that_cannot_be_loaded_leaves_the_service_alive_and_saying_why(
    library: Path, tmp_path: Path, refused: Refused
) -> None:
    settings = Settings(index=library, reader=str(tmp_path / "none"))
    with serving(create_app(lambda: Service.open(settings), settings)) as client:
        wait_until(lambda: "being opened" not in client.get("/ready").text)
        for response in (client.get("/ready"), client.post("/extract", json={"question": CAPITAL, "texts": [PARIS]})):
            assert str(tmp_path / "none" / "model.json") in refused(response, 503, "cannot-start")["detail"]
        assert client.get("/health").status_code == 200


def test_a_reader_that_is_lost_later_is_a_problem_of_its_own(library: Path, tmp_path: Path, refused: Refused) -> None:
    lost = Readers(str(tmp_path / "none"))

    def losing(settings: Settings) -> Service:
        service = Service.open(settings)
        pipeline = Pipeline(service.store, lambda name: service.pipeline.embedder_of("default"), lost)
        return replace(service, pipeline=pipeline)

    one = {"question": CAPITAL, "texts": [PARIS]}
    with ready(Settings(index=library, reader="similarity", collection="none"), losing) as client:
        for path, body in (
            ("/ask", {"question": WHY, "collection": "default"}),
            ("/extract", one),
            ("/extract/batch", {"requests": [one]}),
        ):
            problem = refused(client.post(path, json=body), 503, "reader-unavailable")
            assert str(tmp_path / "none" / "model.json") in problem["detail"]
