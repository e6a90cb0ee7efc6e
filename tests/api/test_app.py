import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event, Semaphore
from typing import Any

import httpx
import pytest

from quotewise.api.app import create_app
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.index.embedders import Embedder
from quotewise.index.onnx_model import instruction_set
from quotewise.rag.passages import Passage
from quotewise.rag.pipeline import Pipeline
from quotewise.rag.readers import Reading
from quotewise.rag.readers.similarity import SimilarityReader
from tests.api.conftest import NOTES, Refused, ready, serving, wait_until, wait_until_ready
from tests.conftest import SEED, SEEDS, WHY

SPAN = {"start": int, "end": int}
DOCUMENT = dict.fromkeys(("id", "path", "title", "sha256", "media_type"), str)
CITATION = {
    "id": int,
    "quote": str,
    **SPAN,
    "line_start": int,
    "line_end": int,
    "page": type(None),
    "heading": [],
    "score": float,
    "highlights": [SPAN],
    "document": DOCUMENT,
    "place": str,
}
TIMINGS = dict.fromkeys(("embed", "search", "read", "total"), float)
ANSWER = {
    "question": str,
    "answered": bool,
    "state": str,
    "confidence": float,
    "threshold": float,
    "answer": str,
    "short_answer": {"text": str, "citation": int, "start": int, "end": int, "confidence": float},
    "citations": [CITATION],
    "closest": [],
    "passages": type(None),
    "timings_ms": TIMINGS,
    "interpretation": type(None),
    "contradictions": [],
    "request_id": str,
}
UNANSWERED = {
    **ANSWER,
    "answer": type(None),
    "short_answer": type(None),
    "citations": [],
    "closest": [{**CITATION, "highlights": []}],
}
PASSAGE = {
    "text": str,
    **SPAN,
    "line_start": int,
    "heading": [],
    "score": float,
    "similarity": float,
    "document": DOCUMENT,
    "place": str,
}


@pytest.fixture(scope="module")
def shy(library: Path) -> Iterator[httpx.Client]:
    """A service that never answers."""
    with ready(Settings(index=library, threshold=1.0)) as client:
        yield client


def ask(client: httpx.Client, question: str = WHY, **rest: Any) -> dict[str, Any]:
    response = client.post("/ask", json={"question": question, **rest})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def said(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without what differs between two times it is given."""
    return {name: value for name, value in answer.items() if name not in ("timings_ms", "request_id")}


def found_in(client: httpx.Client, **asked: Any) -> list[str]:
    response = client.post("/search", json={"question": "tea", "collection": "notes", "top_k": 100, **asked})
    assert response.status_code == 200, response.text
    return sorted({passage["document"]["path"] for passage in response.json()["passages"]})


def shape(value: Any) -> Any:
    """The keys and types of a JSON value; those of a list are those of its elements, which are all alike."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        shapes = [shape(inner) for inner in value]
        assert all(found == shapes[0] for found in shapes)
        return shapes[:1]
    return type(value)


def check_stands(client: httpx.Client, citation: dict[str, Any], source: bytes) -> None:
    """A citation stands where it says, in the text served and in the file on disk."""
    text = client.get(f"/documents/{citation['document']['id']}/text").content.decode()
    assert text == source.decode()
    assert citation["document"]["sha256"] == hashlib.sha256(source).hexdigest()
    start, end = citation["start"], citation["end"]
    assert text[start:end] == citation["quote"] != ""
    assert citation["line_start"] == 1 + len(re.findall(r"\r\n|\r|\n", text[:start]))
    assert citation["line_end"] == 1 + len(re.findall(r"\r\n|\r|\n", text[:end]))
    assert all(start <= inner["start"] < inner["end"] <= end for inner in citation["highlights"])


def test_the_example_question_is_answered_in_exactly_the_form_of_the_contract(client: httpx.Client) -> None:
    answer = ask(client)
    assert shape(answer) == ANSWER
    assert answer["answered"] is True
    assert answer["question"] == WHY
    assert 0 < answer["confidence"] <= 1
    assert 1 <= len(answer["citations"]) <= 3
    assert any(cause in answer["answer"] for cause in ("too general", "tense relationship"))
    assert answer["citations"][0]["document"]["path"] == SEED
    assert answer["timings_ms"]["total"] >= max(answer["timings_ms"][stage] for stage in ("embed", "search", "read"))


@pytest.mark.parametrize(
    ("collection", "question"),
    [
        ("default", WHY),
        ("default", "who claimed responsibility?"),
        ("notes", "Where was tea first drunk?"),
        ("notes", "What did the regulars of the café play?"),
        ("notes", "Who played dominoes, and when was the café sold?"),
    ],
)
def test_every_citation_stands_at_its_offsets_of_the_served_text_and_of_the_file(
    eager: httpx.Client, collection: str, question: str
) -> None:
    answer = ask(eager, question, collection=collection)
    assert answer["citations"]
    for number, citation in enumerate(answer["citations"], 1):
        path = citation["document"]["path"]
        check_stands(eager, citation, (SEEDS / path).read_bytes() if collection == "default" else NOTES[path].encode())
        assert citation["id"] == number
        assert citation["highlights"]
    assert answer["answer"] == "\n".join(f"{c['quote']} [{c['id']}]" for c in answer["citations"])


def test_a_citation_carries_the_trail_of_headings_it_stands_under(eager: httpx.Client) -> None:
    citation = ask(eager, "Where was tea first drunk?", collection="notes", filter={"path_prefix": "drinks/tea"})["citations"][
        0
    ]
    assert (citation["document"]["title"], citation["heading"][0]) == ("Tea", "Tea")


def test_below_the_threshold_up_to_three_passages_are_offered_in_the_same_form(shy: httpx.Client) -> None:
    answer = ask(shy, "What did the regulars of the café play?", collection="notes")
    assert shape({**answer, "closest": [{**c, "heading": []} for c in answer["closest"]]}) == UNANSWERED
    assert (answer["answered"], answer["answer"], answer["citations"]) == (False, None, [])
    assert [citation["id"] for citation in answer["closest"]] == [1, 2, 3]
    for citation in answer["closest"]:
        check_stands(shy, citation, NOTES[citation["document"]["path"]].encode())
    assert any(citation["line_end"] > citation["line_start"] for citation in answer["closest"])


def test_a_request_keeps_the_id_it_came_with_and_gets_one_if_that_is_unsound(client: httpx.Client) -> None:
    given = client.post("/ask", json={"question": WHY}, headers={"X-Request-ID": "caller-1.2_3"})
    assert given.headers["x-request-id"] == given.json()["request_id"] == "caller-1.2_3"
    made = [
        client.post("/ask", json={"question": WHY}, headers=headers)
        for headers in ({}, {"X-Request-ID": "a b"}, {"X-Request-ID": "<script>"}, {"X-Request-ID": "a" * 65})
    ]
    ids = [response.headers["x-request-id"] for response in made]
    assert ids == [response.json()["request_id"] for response in made]
    assert len(set(ids)) == 4
    assert all(re.fullmatch("[0-9a-f]{32}", made_up) for made_up in ids)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({}, ["drinks/coffee.txt", "drinks/tea.md", "games/café 🍤.txt", "games/chess.md"]),
        ({"path_prefix": "drinks/"}, ["drinks/coffee.txt", "drinks/tea.md"]),
        ({"path_prefix": "games/café 🍤"}, ["games/café 🍤.txt"]),
        ({"paths": ["drinks/tea.md", "games/cafe\u0301 🍤.txt"]}, ["drinks/tea.md", "games/café 🍤.txt"]),
        ({"paths": ["drinks/"]}, []),
        ({"indexed_from": "2020-01-01", "indexed_to": "9999-12-31", "path_prefix": "drinks/t"}, ["drinks/tea.md"]),
        ({"indexed_to": "2020-01-01"}, []),
        ({"path_prefix": "DRINKS/"}, []),
        ({"path_prefix": "%"}, []),
        ({"media_type": "text/markdown"}, ["drinks/tea.md", "games/chess.md"]),
        ({"metadata": {"author": "Smith"}}, ["drinks/tea.md"]),
        ({"metadata": {"author": ["Smith", "Jones"]}}, ["drinks/tea.md", "games/chess.md"]),
        ({"metadata": {"author": ["Smith", "Jones"], "year": "2019"}}, ["drinks/tea.md"]),
        ({"metadata": {"author": "Smith"}, "path_prefix": "games/"}, []),
        ({"ranges": {"year": {"from": 2018.5, "to": 2019}}}, ["drinks/tea.md"]),
        ({"ranges": {"year": {"from": 10_000}}}, []),
        ({"ranges": {"year": {"from": "2018-01-01"}}}, []),
        ({"exclude": {"path_prefix": "games/"}}, ["drinks/coffee.txt", "drinks/tea.md"]),
        ({"exclude": {"ranges": {"year": {"to": 2019}}}, "media_type": "text/markdown"}, ["games/chess.md"]),
        ({"exclude": {}, "path_prefix": "games/c"}, ["games/café 🍤.txt", "games/chess.md"]),
    ],
)
def test_a_filter_leaves_exactly_the_documents_that_meet_all_of_it(
    client: httpx.Client, eager: httpx.Client, where: dict[str, Any], expected: list[str]
) -> None:
    assert found_in(client, filter=where) == expected
    answer = ask(eager, "tea", collection="notes", filter=where)
    assert answer["answered"] == bool(expected)
    assert {citation["document"]["path"] for citation in answer["citations"] + answer["closest"]} <= set(expected)


def test_the_collection_asked_is_the_one_that_answers(eager: httpx.Client) -> None:
    paths = {c["document"]["path"] for c in ask(eager, collection="notes")["citations"]}
    assert paths
    assert paths <= set(NOTES)
    assert said(ask(eager, collection="default")) == said(ask(eager))


def test_several_collections_are_asked_at_once_if_one_embedder_made_them(eager: httpx.Client, refused: Refused) -> None:
    def paths(question: str, **body: Any) -> set[str]:
        found = eager.post("/search", json={"question": question, **body}).json()["passages"]
        return {passage["document"]["path"] for passage in found}

    tea, both = "where was tea first drunk?", ["default", "notes"]
    assert paths(tea, collections=both) >= {SEED, "drinks/tea.md"}
    assert paths(tea, collections=["notes", "notes"]) == paths(tea, collection="notes")
    assert paths(tea, collection="default", collections=["notes"]) == paths(tea, collections=both)
    for question, path in ((tea, "drinks/tea.md"), (WHY, SEED)):
        answer = eager.post("/ask", json={"question": question, "collections": both}).json()
        assert answer["citations"][0]["document"]["path"] == path
    refused(eager.post("/ask", json={"question": tea, "collections": ["notes", "foreign"]}), 409, "embedder-mismatch")
    refused(eager.post("/ask", json={"question": tea, "collections": ["notes", "none"]}), 404, "unknown-collection")


def test_top_k_bounds_what_is_read_and_max_quotes_what_is_quoted(eager: httpx.Client) -> None:
    assert len(ask(eager, max_quotes=1)["citations"]) == 1
    assert len(eager.post("/search", json={"question": WHY, "collection": "notes", "top_k": 1}).json()["passages"]) == 1


def test_search_gives_passages_best_first_that_stand_at_their_offsets_and_never_overlap(client: httpx.Client) -> None:
    response = client.post("/search", json={"question": WHY, "top_k": 100}, headers={"X-Request-ID": "mine"})
    assert shape(response.json()) == {"question": str, "passages": [PASSAGE], "timings_ms": TIMINGS, "request_id": str}
    assert response.json()["request_id"] == "mine"
    everything = client.post("/search", json={"question": "tea", "collection": "notes", "top_k": 100}).json()["passages"]
    scores = [passage["score"] for passage in everything]
    assert scores == sorted(scores, reverse=True)
    covered: set[tuple[str, int]] = set()
    for passage in everything:
        path, start, end = passage["document"]["path"], passage["start"], passage["end"]
        assert NOTES[path][start:end] == passage["text"]
        assert passage["line_start"] == 1 + NOTES[path].count("\n", 0, start)
        places = {(path, place) for place in range(start, end)}
        assert not covered & places
        covered |= places


def test_the_documents_of_a_collection_come_by_path_a_page_at_a_time(client: httpx.Client) -> None:
    whole = client.get("/documents", params={"collection": "notes"}).json()
    assert [document["path"] for document in whole["documents"]] == sorted(NOTES)
    assert (whole["total"], whole["offset"], whole["limit"]) == (4, 0, 100)
    pages = [
        client.get("/documents", params={"collection": "notes", "limit": 3, "offset": offset}).json() for offset in (0, 3, 6)
    ]
    assert [len(page["documents"]) for page in pages] == [3, 1, 0]
    assert [document for page in pages for document in page["documents"]] == whole["documents"]
    assert {page["total"] for page in pages} == {4}
    assert [document["path"] for document in client.get("/documents").json()["documents"]] == [SEED]


def test_a_document_is_described_as_it_is_listed_and_served_as_it_is_on_disk(client: httpx.Client) -> None:
    for listed in client.get("/documents", params={"collection": "notes"}).json()["documents"]:
        assert client.get(f"/documents/{listed['id']}").json() == listed
        text = client.get(f"/documents/{listed['id']}/text")
        assert text.headers["content-type"] == "text/plain; charset=utf-8"
        assert text.headers["x-content-type-options"] == "nosniff"
        source = NOTES[listed["path"]]
        assert text.content == source.encode()
        assert (listed["characters"], listed["size_bytes"]) == (len(source), len(source.encode()))
        assert listed["collection"] == "notes"
    assert listed["metadata"] == {"author": "Jones"}


def test_a_citation_verifies_as_it_came_and_not_once_it_is_tampered_with(client: httpx.Client) -> None:
    citation = ask(client)["citations"][0]
    document = citation["document"]
    claims = {
        "valid": [citation],
        "changed": [
            {**citation, "document": {**document, "sha256": "0" * 64}},
            {**citation, "start": citation["start"] + 1},
            {**citation, "end": 2**53},
            {**citation, "quote": citation["quote"].replace("a", "e")},
        ],
        "missing": [
            {**citation, "document": {**document, "path": path}}
            for path in ("gone.txt", f"../seeds/{SEED}", "a\0", "/etc/passwd")
        ],
    }
    response = client.post("/verify", json={"citations": [claim for some in claims.values() for claim in some]})
    assert response.status_code == 200, response.text
    expected = [verdict for verdict, some in claims.items() for _ in some]
    assert [result["verdict"] for result in response.json()["results"]] == expected
    assert all(result["reason"] for result in response.json()["results"])


def test_a_citation_is_checked_against_the_collection_named(client: httpx.Client) -> None:
    citation = ask(client)["citations"][0]
    elsewhere = client.post("/verify", json={"citations": [citation], "collection": "notes"})
    assert [result["verdict"] for result in elsewhere.json()["results"]] == ["missing"]


def test_the_collections_are_listed_with_what_they_hold(client: httpx.Client) -> None:
    listed = client.get("/collections").json()
    assert (listed["default"], listed["processor"]) == ("default", instruction_set())
    assert {c["name"]: c["documents"] for c in listed["collections"]} == {"default": 1, "foreign": 0, "notes": 4}
    notes = next(c for c in listed["collections"] if c["name"] == "notes")
    assert (notes["embedder"], notes["dimension"], notes["chunk_tokens"]) == ("all-MiniLM-L6-v2", 384, 200)
    assert notes["chunks"] >= 4


def test_health_and_readiness_say_no_more_than_they_must(client: httpx.Client) -> None:
    assert client.get("/health").json() == {"status": "alive"}
    assert client.get("/ready").json() == {"status": "ready", "collections": 3}


def test_while_the_index_is_being_opened_the_service_is_alive_but_not_ready(library: Path, refused: Refused) -> None:
    opened = Event()

    def slowly() -> Service:
        assert opened.wait(30)
        return Service.open(Settings(index=library))

    with serving(create_app(slowly, Settings())) as client:
        try:
            assert client.get("/health").json() == {"status": "alive"}
            for response in (client.get("/ready"), client.post("/ask", json={"question": WHY}), client.get("/documents")):
                assert "being opened" in refused(response, 503, "not-ready")["detail"]
                assert response.headers["retry-after"]
        finally:
            opened.set()
        wait_until_ready(client)
        assert ask(client)["answered"]


def test_an_open_service_answers_from_the_first_request_on(library: Path) -> None:
    service = Service.open(Settings(index=library))
    service.warm()
    with serving(create_app(service, service.settings)) as client:
        assert ask(client)["answered"]
        assert client.get("/ready").status_code == 200


def test_a_ready_service_has_brought_every_collection_up_to_date(library: Path, tmp_path: Path) -> None:
    index = shutil.copytree(library, tmp_path / "index")
    shutil.rmtree(index / "search")
    with ready(Settings(index=index)):
        derived = {f"search/{collection}/checksums.json" for collection in (1, 2)}
        assert derived <= {path.relative_to(index).as_posix() for path in index.rglob("checksums.json")}


def test_an_index_that_cannot_be_opened_leaves_the_service_alive_and_saying_why(tmp_path: Path, refused: Refused) -> None:
    with serving(create_app(lambda: Service.open(Settings(index=tmp_path / "none")), Settings())) as client:
        wait_until(lambda: "being opened" not in client.get("/ready").text)
        assert "there is no index" in refused(client.get("/ready"), 503, "cannot-start")["detail"]
        assert client.get("/health").status_code == 200


class GatedReader(SimilarityReader):
    """The real reader, but each reading waits at a gate, so that a test can look around meanwhile."""

    def __init__(self, embedder: Embedder, gate: Event, waiting: Semaphore) -> None:
        super().__init__(embedder)
        self._gate, self._waiting = gate, waiting

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        if not self._gate.is_set():
            self._waiting.release()
            assert self._gate.wait(30)
        return super().read(question, passages)


def test_questions_are_read_side_by_side_and_off_the_event_loop(library: Path, embedder: Embedder) -> None:
    gate, waiting = Event(), Semaphore(0)
    gate.set()

    def gated(settings: Settings) -> Service:
        service = Service.open(settings)
        pipeline = Pipeline(
            service.store, lambda name: embedder, lambda found=None, texts=(): GatedReader(found, gate, waiting)
        )
        return replace(service, pipeline=pipeline)

    with ready(Settings(index=library, parallel=4), gated) as client, ThreadPoolExecutor(4) as pool:
        alone = ask(client)
        gate.clear()
        try:
            asked = [pool.submit(ask, client) for _ in range(4)]
            assert all(waiting.acquire(timeout=10) for _ in asked)
            assert client.get("/health", timeout=5).status_code == 200
            assert client.get("/ready", timeout=5).status_code == 200
            assert not any(future.done() for future in asked)
        finally:
            gate.set()
        assert [said(future.result()) for future in asked] == [said(alone)] * 4


def test_eight_questions_at_once_get_the_answers_that_each_gets_alone(client: httpx.Client) -> None:
    questions = [WHY, "who claimed responsibility?", "when was the attack?", "how many people died?"] * 2
    alone = [said(ask(client, question)) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda question: said(ask(client, question)), questions))
    assert json.dumps(together) == json.dumps(alone)
