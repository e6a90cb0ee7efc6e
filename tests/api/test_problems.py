import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.index.embedders import Embedder
from quotewise.rag.passages import Passage
from quotewise.rag.pipeline import Pipeline
from quotewise.rag.readers import Reading
from quotewise.rag.readers.similarity import SimilarityReader
from tests.api.conftest import Refused, ready
from tests.conftest import SEED, WHY

CLAIM = {"quote": "The U.S.", "start": 0, "end": 8, "document": {"path": SEED, "sha256": "0" * 64}}
SURROGATE = "why\ud800"
JSON = {"Content-Type": "application/json"}
EXTRACT = {"question": WHY, "texts": ["The U.S."]}

ONES: dict[str, dict[str, Any]] = {
    "/ask": {"question": WHY},
    "/search": {"question": WHY},
    "/verify": {"citations": [CLAIM]},
    "/extract": EXTRACT,
    "/extract/batch": {"requests": [EXTRACT]},
}
"""A body that each route accepts."""
NOT_QUESTIONS = ("", " \n\t\u2003", "x" * 2001, 5, None, ["why"], SURROGATE)
NOT_COUNTS = (0, -1, 1_000_000, 10**400, "2", True, 1.5, [2])
WRONG: dict[tuple[str, str], Sequence[Any]] = {
    ("/ask", "question"): NOT_QUESTIONS,
    ("/ask", "qestion"): [WHY],
    ("/ask", "top_k"): NOT_COUNTS,
    ("/ask", "max_quotes"): [4, *NOT_COUNTS],
    ("/ask", "collection"): [5, "x" * 1001, SURROGATE],
    ("/ask", "filter"): ["drinks/", {SURROGATE: 1}],
    ("/search", "question"): NOT_QUESTIONS,
    ("/search", "max_quotes"): [1],
    ("/search", "top_k"): NOT_COUNTS,
    ("/verify", "citations"): [[], [CLAIM] * 101],
    ("/verify", "citation"): [[CLAIM]],
    ("/verify", "collection"): [SURROGATE],
    ("/extract", "question"): NOT_QUESTIONS,
    ("/extract", "texts"): [[], ["a"] * 51, "a", None, {"0": "a"}, ["x" * 20_000] * 10 + ["x"]],
    ("/extract", "max_quotes"): [4, *NOT_COUNTS],
    ("/extract", "collection"): ["default"],
    ("/extract/batch", "requests"): [[], [EXTRACT] * 33, EXTRACT, None, [{**EXTRACT, "texts": ["x" * 20_000] * 6}] * 2],
    ("/extract/batch", "threshold"): [0],
}
"""Values of a field that its route refuses."""
NESTED: list[tuple[str, Any, str]] = [
    *(
        (path, {}, f"body.{field}")
        for path, field in (("/ask", "question"), ("/verify", "citations"), ("/extract/batch", "requests"))
    ),
    *(("/extract", {name: EXTRACT[name]}, f"body.{other}") for name, other in (("texts", "question"), ("question", "texts"))),
    *(("/ask", wrong, "body") for wrong in (None, [WHY])),
    ("/extract", [EXTRACT], "body"),
    *(
        ("/ask", {"question": WHY, "filter": {name: wrong}}, f"body.filter.{name}{at}")
        for name, at, wrong in (
            ("author", "", "Smith"),
            ("path_prefix", "", 5),
            ("media_type", "", []),
            ("metadata", "", "Smith"),
            ("metadata", "", {str(n): "x" for n in range(21)}),
            ("metadata", ".author", {"author": 5}),
            ("metadata", ".author", {"author": []}),
            ("ranges", "", {str(n): {"from": 1} for n in range(21)}),
            *(("ranges", ".year", {"year": wrong}) for wrong in (2019, {}, {"from": 1, "to": "2020-01-01"})),
            *(
                ("ranges", ".year.from", {"year": {"from": wrong}})
                for wrong in (True, None, "2019", "2019-02-30", 10**400, [1])
            ),
            ("ranges", ".year.least", {"year": {"least": 1}}),
            ("exclude", "", "games/"),
            ("exclude", ".path_prefix", {"path_prefix": 5}),
            ("exclude", ".exclude", {"exclude": {"path_prefix": "games/"}}),
        )
    ),
    ("/verify", {"citations": [CLAIM, {**CLAIM, "start": -1}]}, "body.citations.1.start"),
    *(
        ("/verify", {"citations": [{**CLAIM, name: wrong}]}, f"body.citations.0.{name}{at}")
        for name, at, wrong in (
            ("end", "", -8),
            ("end", "", 10**30),
            ("quote", "", ""),
            ("quote", "", SURROGATE),
            ("document", "", SEED),
            ("document", ".sha256", {"path": SEED, "sha256": "abc"}),
            ("document", ".path", {"path": SURROGATE, "sha256": "0" * 64}),
        )
    ),
    *(("/extract", {"question": WHY, "texts": ["a", wrong]}, "body.texts.1") for wrong in (5, ["a"], SURROGATE, "x" * 20_001)),
    ("/extract/batch", {"requests": [EXTRACT, WHY]}, "body.requests.1"),
    *(
        ("/extract/batch", {"requests": [EXTRACT, {**EXTRACT, name: wrong}]}, f"body.requests.1.{name}{at}")
        for name, at, wrong in (
            ("question", "", ""),
            ("texts", "", []),
            ("texts", ".1", ["a", SURROGATE]),
            ("max_quotes", "", 4),
        )
    ),
]
"""A path, a body, and the field within it that is at fault."""
MALFORMED = {
    "empty braces and a half": b'{"question": "why"',
    "no JSON at all": b"question=why",
    "not UTF-8": b'{"question": "\xff\xfe"}',
    "too deep": b'{"question":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    "a number of 5,000 digits": b'{"question": "why", "top_k": ' + b"9" * 5000 + b"}",
}


@pytest.fixture(scope="module", autouse=True)
def _a_normal_question_is_answered_after_all_that_these_tests_send(client: httpx.Client) -> Iterator[None]:
    before = client.post("/ask", json={"question": WHY}).json()
    yield
    after = client.post("/ask", json={"question": WHY}).json()
    assert before["answered"]
    assert after["citations"] == before["citations"]


def post(client: httpx.Client, path: str, body: Any) -> httpx.Response:
    return client.post(path, content=json.dumps(body), headers=JSON)


def check_refused(response: httpx.Response, field: str, refused: Refused) -> None:
    problem = refused(response, 422, "invalid-request")
    assert {error["field"] for error in problem["errors"]} == {field}
    assert field in problem["detail"]
    assert all(error["problem"] for error in problem["errors"])


@pytest.mark.parametrize(("path", "field"), WRONG)
def test_an_invalid_request_is_refused_with_the_field_that_is_wrong(
    client: httpx.Client, refused: Refused, path: str, field: str
) -> None:
    for value in WRONG[path, field]:
        check_refused(post(client, path, ONES[path] | {field: value}), f"body.{field}", refused)


def test_an_invalid_part_of_a_request_is_refused_by_its_place(client: httpx.Client, refused: Refused) -> None:
    for path, body, field in NESTED:
        check_refused(post(client, path, body), field, refused)


def test_a_lone_surrogate_in_the_metadata_of_a_filter_is_refused(client: httpx.Client, refused: Refused) -> None:
    for metadata, place in (({"author": SURROGATE}, r"author(\.\d+)?"), ({SURROGATE: "Smith"}, ".+")):
        response = post(client, "/ask", {"question": WHY, "filter": {"metadata": metadata}})
        for error in refused(response, 422, "invalid-request")["errors"]:
            assert re.fullmatch(rf"body\.filter\.metadata\.{place}", error["field"])


def test_odd_but_valid_text_is_taken_as_it_is(client: httpx.Client) -> None:
    questions = (f"{WHY}\0", "\0", 'title:"x AND (\\ NEAR *', "?!", "\u202e🍤", "x" * 2000, "🍤" * 2000)
    filters = ({"path_prefix": "\0"}, {"path_prefix": "000_\0"}, {"metadata": {"a\0'\"": "\0"}})
    bodies: list[dict[str, Any]] = [{"question": question} for question in questions]
    for body in [*bodies, *({"question": WHY, "filter": where} for where in filters)]:
        for path in ("/ask", "/search"):
            response = post(client, path, body)
            assert response.status_code == 200, response.text
            assert response.json()["question"] == body["question"]
            if "filter" in body:
                assert response.json().get("closest", response.json().get("passages")) == []


@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED)
def test_a_body_that_is_no_json_is_called_so(client: httpx.Client, refused: Refused, content: bytes) -> None:
    response = client.post("/ask", content=content, headers=JSON)
    assert refused(response, 400, "malformed-json")["detail"].startswith("the body is not JSON: ")


@pytest.mark.parametrize("path", ONES)
def test_no_body_and_one_of_another_type_are_refused(client: httpx.Client, refused: Refused, path: str) -> None:
    missing = refused(client.post(path, headers=JSON), 422, "invalid-request")
    assert [error["field"] for error in missing["errors"]] == ["body"]
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "application/vnd.x+json", None):
        headers = {"Content-Type": media_type} if media_type else {}
        for content in (b'{"question": "why"}', *([] if media_type and "json" in media_type else [b"question=why", b""])):
            problem = refused(client.post(path, content=content, headers=headers), 415, "unsupported-media-type")
            assert (media_type or "missing") in problem["detail"]
            assert "application/json" in problem["detail"]
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert client.post(path, content=json.dumps(ONES[path]), headers=headers).status_code == 200


@pytest.mark.parametrize("name", ["nope", "\0", "../default", "Default", "x" * 1000])
def test_an_unknown_collection_is_named_beside_those_there_are(client: httpx.Client, refused: Refused, name: str) -> None:
    for response in (
        post(client, "/ask", {"question": WHY, "collection": name}),
        post(client, "/search", {"question": WHY, "collection": name}),
        post(client, "/verify", {"citations": [CLAIM], "collection": name}),
        client.get("/documents", params={"collection": name}),
    ):
        assert "there are: default, foreign, notes" in refused(response, 404, "unknown-collection")["detail"]


def test_a_collection_of_another_embedder_is_refused_without_harm_to_others(client: httpx.Client, refused: Refused) -> None:
    for path in ("/ask", "/search"):
        response = post(client, path, {"question": WHY, "collection": "foreign"})
        assert "made by the embedder" in refused(response, 409, "embedder-mismatch")["detail"]


@pytest.mark.parametrize("suffix", ["", "/text"])
def test_an_unknown_document_is_not_found_and_a_malformed_id_is_refused(
    client: httpx.Client, refused: Refused, suffix: str
) -> None:
    assert "0123456789abcdef" in refused(client.get(f"/documents/0123456789abcdef{suffix}"), 404, "unknown-document")["detail"]
    for malformed in ("xyz", "B2B170137B3621DE", "b2b170137b3621d", "b2b170137b3621de0", "%00", "%FF"):
        problem = refused(client.get(f"/documents/{malformed}{suffix}"), 422, "invalid-request")
        assert [error["field"] for error in problem["errors"]] == ["path.id"]
    assert client.get(f"/documents/b2b170137b3621de%0A{suffix}").status_code == 422


def test_a_page_out_of_bounds_is_refused(client: httpx.Client, refused: Refused) -> None:
    wrong = (("limit", 0), ("limit", 1001), ("limit", "all"), ("offset", -1), ("offset", 10**30), ("collection", "x" * 1001))
    for field, value in wrong:
        problem = refused(client.get("/documents", params={field: value}), 422, "invalid-request")
        assert [error["field"] for error in problem["errors"]] == [f"query.{field}"]


def test_an_unknown_route_is_not_found(client: httpx.Client, refused: Refused) -> None:
    for path in ("/nothing", "/ask/x", "/documents/b2b170137b3621de/html", "/%2e%2e/%2e%2e/etc/passwd"):
        for method in ("GET", "POST"):
            assert method in refused(client.request(method, path), 404, "not-found")["detail"]


def test_a_wrong_method_is_told_the_right_one(client: httpx.Client, refused: Refused) -> None:
    for method, path, allowed in (
        ("GET", "/ask", "POST"),
        ("DELETE", "/documents/b2b170137b3621de", "GET"),
        ("GET", "/collections/default/documents/a.txt", "PUT, PATCH, DELETE"),
    ):
        response = client.request(method, path)
        refused(response, 405, "method-not-allowed")
        assert response.headers["allow"] == allowed


@pytest.mark.parametrize("where", ["body", "filter", "metadata"])
def test_a_request_with_ten_thousand_faults_gets_a_short_answer(client: httpx.Client, refused: Refused, where: str) -> None:
    faults: dict[str, Any] = dict.fromkeys(map(str, range(10_000)), 1)
    body = {"body": faults, "filter": {"filter": faults}, "metadata": {"filter": {"metadata": faults}}}[where]
    response = post(client, "/ask", {"question": WHY, **body})
    assert refused(response, 422, "invalid-request")["errors"]
    assert len(response.content) < 20_000


class BreakingReader(SimilarityReader):
    """The real reader with a fault in it, to see what becomes of an error that nobody foresaw."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        if question == "break":
            raise RuntimeError("a secret of the inside")
        return super().read(question, passages)


def test_an_unforeseen_error_tells_its_request_id_but_nothing_of_the_inside(
    library: Path, embedder: Embedder, refused: Refused
) -> None:
    def breaking(settings: Settings) -> Service:
        service = Service.open(settings)
        return replace(service, pipeline=Pipeline(service.store, lambda name: embedder, BreakingReader))

    with ready(Settings(index=library), breaking) as client:
        response = client.post("/ask", json={"question": "break"}, headers={"X-Request-ID": "unlucky"})
        assert response.status_code == 500
        assert "secret" not in response.text
        assert client.post("/ask", json={"question": WHY}).json()["answered"]
        refused(response, 500, "internal-error")
        assert response.headers["x-request-id"] == "unlucky"
