import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from quotewise.api.callers import LOCAL
from quotewise.api.feedback import Feedback
from quotewise.api.recent_answers import RecentAnswers, UnknownRequestError
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.eval.gold import gold_from_feedback
from quotewise.index.embedders import Embedder
from quotewise.index.ingest import Sync
from quotewise.rag.followups import Turn
from tests.api.conftest import Refused, conform, ready
from tests.conftest import SEED, SEEDS, WHY

TEA = "where was tea first drunk?"
RIGHT = {"document_id": "b2b170137b3621de", "start": 1152, "end": 1274}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder, notes: Path) -> Settings:
    """Of an index of the seeds and the notes, which remembers three answers."""
    found = Settings(index=tmp_path_factory.mktemp("index"), remembered_answers=3)
    service = Service.open(found, create=True)
    for folder, name in ((SEEDS, "default"), (notes, "notes")):
        Sync(service.store, embedder).run(folder, name)
    service.store.close()
    return found


@pytest.fixture(scope="module")
def asked(settings: Settings) -> Iterator[httpx.Client]:
    with ready(settings) as client:
        yield client


def ask(client: httpx.Client, question: str = WHY, collection: str = "default", request_id: str = "") -> dict[str, Any]:
    headers = {"X-Request-ID": request_id} if request_id else {}
    found: dict[str, Any] = client.post("/ask", json={"question": question, "collection": collection}, headers=headers).json()
    return found


def kept(settings: Settings, collection: str = "default") -> list[Feedback]:
    service = Service.open(settings)
    found = service.store.catalogue.feedback(collection)
    service.store.close()
    return [Feedback.model_validate_json(content) for _, content in found]


def test_feedback_is_kept_with_what_it_is_about_and_later_feedback_replaces_it(
    asked: httpx.Client, settings: Settings, openapi: dict[str, Any]
) -> None:
    answer = ask(asked)
    described = openapi["paths"]["/feedback"]["post"]
    examples = [one["value"] for one in described["requestBody"]["content"]["application/json"]["examples"].values()]
    ids = set()
    for example in examples:
        response = asked.post("/feedback", json={**example, "request_id": answer["request_id"]})
        assert response.status_code == 201, response.text
        conform(response.json(), described["responses"]["201"]["content"]["application/json"]["schema"], openapi)
        ids.add(response.json()["id"])
    assert len(ids) == 1
    [feedback] = kept(settings)
    assert (feedback.helpful, feedback.answer.question, feedback.answer.collection) == (False, WHY, "default")
    first = answer["citations"][0]
    assert (feedback.answer.quotes[0].quote, feedback.answer.quotes[0].path) == (first["quote"], SEED)
    assert feedback.right_quote
    text = asked.get(f"/documents/{RIGHT['document_id']}/text").text
    assert feedback.right_quote.quote == text[1152:1274]


@pytest.mark.parametrize("request_id", ["nobody-asked", "0" * 32, "A.b_c-1"])
def test_feedback_on_what_was_never_answered_is_not_found(asked: httpx.Client, refused: Refused, request_id: str) -> None:
    asked.post("/search", json={"question": WHY}, headers={"X-Request-ID": request_id})  # which answers nothing
    response = asked.post("/feedback", json={"request_id": request_id, "helpful": True})
    assert request_id in refused(response, 404, "unknown-request")["detail"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"helpful": "yes"}, "body.helpful"),
        ({"helpful": 1}, "body.helpful"),
        ({"wrong_quotes": [0]}, "body.wrong_quotes.0"),
        ({"wrong_quotes": [3]}, "body.wrong_quotes"),
        ({"helpful": None}, "body.helpful"),
        ({"request_id": "x" * 65}, "body.request_id"),
        ({"request_id": "a\nb"}, "body.request_id"),
        ({"request_id": "\ud800"}, "body.request_id"),
        ({"request_id": 5}, "body.request_id"),
        ({"comment": "x" * 100_000}, "body.comment"),
        ({"right_quote": []}, "body.right_quote"),
        ({"right_quote": {**RIGHT, "document_id": "../../etc/passwd"}}, "body.right_quote.document_id"),
        ({"right_quote": {**RIGHT, "start": -1}}, "body.right_quote.start"),
        ({"right_quote": {**RIGHT, "start": "0"}}, "body.right_quote.start"),
        ({"right_quote": {**RIGHT, "end": 10**30}}, "body.right_quote.end"),
        ({"right_quote": {**RIGHT, "end": 2**53}}, "body.right_quote.end"),
        ({"right_quote": {**RIGHT, "end": 1152}}, "body.right_quote.end"),
        ({"right_quote": {**RIGHT, "end": 1151}}, "body.right_quote.end"),
        ({"right_quote": {**RIGHT, "start": 4000, "end": 4001}}, "body.right_quote.end"),
        ({"right_quote": {**RIGHT, "quote": "The U.S."}}, "body.right_quote.quote"),
    ],
    ids=lambda value: ascii(value)[:60],
)
def test_feedback_that_cannot_be_is_refused_with_the_field_that_is_wrong(
    asked: httpx.Client, refused: Refused, settings: Settings, change: dict[str, Any], field: str
) -> None:
    ask(asked, request_id="fine")
    before = kept(settings)
    body = json.dumps({"request_id": "fine", "helpful": True, **change})
    response = asked.post("/feedback", content=body, headers={"Content-Type": "application/json"})
    assert [error["field"] for error in refused(response, 422, "invalid-request")["errors"]] == [field]
    assert kept(settings) == before


def test_the_right_quote_is_one_of_the_collection_that_was_asked(asked: httpx.Client, refused: Refused) -> None:
    ask(asked, TEA, "notes", "tea")
    for document_id in (RIGHT["document_id"], "0" * 16):
        body = {"request_id": "tea", "helpful": False, "right_quote": {**RIGHT, "document_id": document_id}}
        assert document_id in refused(asked.post("/feedback", json=body), 404, "unknown-document")["detail"]


def test_of_several_collections_feedback_is_kept_with_the_one_of_the_passage_that_it_is_about(
    asked: httpx.Client, settings: Settings, refused: Refused
) -> None:
    def about_tea(collection: str) -> list[Feedback]:
        return [one for one in kept(settings, collection) if one.answer.question == TEA]

    def gold(collection: str) -> list[tuple[str, str]]:
        with Service.open(settings) as service:
            questions, _ = gold_from_feedback(service.store.catalogue, collection)
        return [(quote.path, quote.quote) for one in questions if one.question == TEA for quote in one.quotes]

    body = {"question": TEA, "collections": ["default", "notes"], "threshold": 0}
    answer = asked.post("/ask", json=body, headers={"X-Request-ID": "several"}).json()
    first = answer["citations"][0]
    assert first["document"]["path"] == "drinks/tea.md"
    asked.post("/feedback", json={"request_id": "several", "helpful": True}).raise_for_status()
    assert (about_tea("default"), gold("notes")) == ([], [("drinks/tea.md", first["quote"])])

    wrong = {"request_id": "several", "helpful": False, "wrong_quotes": [1]}
    asked.post("/feedback", json={**wrong, "right_quote": RIGHT}).raise_for_status()
    [feedback] = about_tea("default")
    assert (feedback.wrong_quotes, feedback.answer.also) == ((1,), ("notes",))
    assert (about_tea("notes"), [path for path, _ in gold("default")]) == ([], [SEED])

    coffee = next(
        one for one in asked.get("/documents", params={"collection": "notes"}).json()["documents"] if "coffee" in one["path"]
    )
    right = {"document_id": coffee["id"], "start": 0, "end": 33}
    asked.post("/feedback", json={**wrong, "right_quote": right}).raise_for_status()
    assert (about_tea("default"), gold("notes")) == ([], [("drinks/coffee.txt", "Coffee was first brewed in Yemen.")])
    refused(asked.post("/feedback", json={**wrong, "right_quote": {**right, "document_id": "0" * 16}}), 404, "unknown-document")


def test_only_the_latest_answers_are_remembered(asked: httpx.Client, refused: Refused) -> None:
    for number in range(5):
        ask(asked, request_id=f"r{number}")
    said = [asked.post("/feedback", json={"request_id": f"r{number}", "helpful": True}).status_code for number in range(5)]
    assert said == [404, 404, 201, 201, 201]


def test_none_is_remembered_where_none_is_to_be(seeds: Service) -> None:
    answer, answers = seeds.ask(LOCAL, WHY), RecentAnswers(0)
    answers.remember("local", "r", "default", answer, ())
    with pytest.raises(UnknownRequestError):
        answers.get("local", "r")


def test_of_a_long_conversation_the_latest_questions_are_remembered(seeds: Service) -> None:
    answer, answers = seeds.ask(LOCAL, WHY), RecentAnswers(1)
    answers.remember("local", "r", "default", answer, [Turn(str(number), ()) for number in range(50)])
    assert [turn.question for turn in answers.get("local", "r").history] == ["47", "48", "49"]


def test_feedback_does_not_wait_for_a_writer_and_its_question_is_stored_nowhere_else(
    asked: httpx.Client, settings: Settings
) -> None:
    secret = "who told the secret word zyzzyva?"
    ask(asked, secret, request_id="secret")
    stored = b"".join(path.read_bytes() for path in settings.index.rglob("*") if path.is_file())
    assert b"zyzzyva" not in stored
    service = Service.open(settings)
    with service.store.writing():
        assert asked.post("/feedback", json={"request_id": "secret", "helpful": False}).status_code == 201
    service.store.close()
    assert secret in [feedback.answer.question for feedback in kept(settings)]
