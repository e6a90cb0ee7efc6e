import asyncio
import gc
import json
import re
import shutil
import socket
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.eval.bench.soak import hostile_requests, status
from quotewise.index.embedders import Embedder
from quotewise.rag.passages import Passage
from quotewise.rag.pipeline import Pipeline
from quotewise.rag.readers import Reading
from quotewise.rag.readers.similarity import SimilarityReader

from tests.api.conftest import Refused, ready
from tests.conftest import SEED, WHY

CLAIM = {"quote": "The U.S.", "start": 0, "end": 8, "document": {"path": SEED, "sha256": "0" * 64}}
SURROGATE = "why\ud800"
POSTED = ("/ask", "/search", "/extract", "/extract/batch", "/verify")
EXTRACT = {"question": WHY, "texts": ["The U.S."]}

INVALID: list[tuple[str, Any, str]] = [
    ("/ask", {}, "body.question"),
    ("/ask", {"question": ""}, "body.question"),
    ("/ask", {"question": " \n\t\u2003"}, "body.question"),
    ("/ask", {"question": "x" * 2001}, "body.question"),
    ("/ask", {"question": 5}, "body.question"),
    ("/ask", {"question": None}, "body.question"),
    ("/ask", {"question": ["why"]}, "body.question"),
    ("/search", {"question": " "}, "body.question"),
    ("/ask", {"question": WHY, "qestion": WHY}, "body.qestion"),
    ("/search", {"question": WHY, "max_quotes": 1}, "body.max_quotes"),
    *(("/ask", {"question": WHY, "top_k": wrong}, "body.top_k") for wrong in (0, -1, 1_000_000, 10**400, "8", True, 1.5, [8])),
    *(("/ask", {"question": WHY, "max_quotes": wrong}, "body.max_quotes") for wrong in (0, 4, "2", False)),
    ("/search", {"question": WHY, "top_k": 1_000_000}, "body.top_k"),
    ("/ask", {"question": WHY, "collection": 5}, "body.collection"),
    ("/ask", {"question": WHY, "collection": "x" * 1001}, "body.collection"),
    ("/ask", {"question": WHY, "filter": "drinks/"}, "body.filter"),
    ("/ask", {"question": WHY, "filter": {"author": "Smith"}}, "body.filter.author"),
    ("/ask", {"question": WHY, "filter": {"path_prefix": 5}}, "body.filter.path_prefix"),
    ("/ask", {"question": WHY, "filter": {"media_type": []}}, "body.filter.media_type"),
    ("/ask", {"question": WHY, "filter": {"metadata": "Smith"}}, "body.filter.metadata"),
    ("/ask", {"question": WHY, "filter": {"metadata": {"author": 5}}}, "body.filter.metadata.author"),
    ("/ask", {"question": WHY, "filter": {"metadata": {"author": []}}}, "body.filter.metadata.author"),
    ("/ask", {"question": WHY, "filter": {"metadata": {str(n): "x" for n in range(21)}}}, "body.filter.metadata"),
    ("/ask", None, "body"),
    ("/ask", [WHY], "body"),
    ("/verify", {"citations": []}, "body.citations"),
    ("/verify", {"citations": [CLAIM] * 101}, "body.citations"),
    ("/verify", {"citations": [CLAIM, {**CLAIM, "start": -1}]}, "body.citations.1.start"),
    ("/verify", {"citations": [{**CLAIM, "end": -8}]}, "body.citations.0.end"),
    ("/verify", {"citations": [{**CLAIM, "end": 10**30}]}, "body.citations.0.end"),
    ("/verify", {"citations": [{**CLAIM, "quote": ""}]}, "body.citations.0.quote"),
    ("/verify", {"citations": [{**CLAIM, "document": {"path": SEED, "sha256": "abc"}}]}, "body.citations.0.document.sha256"),
    ("/verify", {"citations": [{**CLAIM, "document": SEED}]}, "body.citations.0.document"),
    ("/verify", {"citation": [CLAIM], "citations": [CLAIM]}, "body.citation"),
    ("/ask", {"question": SURROGATE}, "body.question"),
    ("/search", {"question": SURROGATE}, "body.question"),
    ("/ask", {"question": WHY, "collection": SURROGATE}, "body.collection"),
    ("/ask", {"question": WHY, "filter": {"path_prefix": SURROGATE}}, "body.filter.path_prefix"),
    ("/ask", {"question": WHY, "filter": {"media_type": SURROGATE}}, "body.filter.media_type"),
    ("/ask", {"question": WHY, SURROGATE: 1}, "body"),
    ("/ask", {"question": WHY, "filter": {SURROGATE: 1}}, "body.filter"),
    ("/verify", {"citations": [{**CLAIM, "quote": SURROGATE}]}, "body.citations.0.quote"),
    ("/verify", {"citations": [CLAIM], "collection": SURROGATE}, "body.collection"),
    (
        "/verify",
        {"citations": [{**CLAIM, "document": {"path": SURROGATE, "sha256": "0" * 64}}]},
        "body.citations.0.document.path",
    ),
    ("/extract", {"texts": ["a"]}, "body.question"),
    ("/extract", {**EXTRACT, "question": " \n"}, "body.question"),
    ("/extract", {**EXTRACT, "question": "x" * 2001}, "body.question"),
    ("/extract", {**EXTRACT, "question": SURROGATE}, "body.question"),
    ("/extract", {"question": WHY}, "body.texts"),
    *(("/extract", {"question": WHY, "texts": wrong}, "body.texts") for wrong in ([], ["a"] * 51, "a", None, {"0": "a"})),
    *(("/extract", {"question": WHY, "texts": ["a", wrong]}, "body.texts.1") for wrong in (5, None, ["a"], SURROGATE)),
    ("/extract", {"question": WHY, "texts": ["", "x" * 20_001]}, "body.texts.1"),
    ("/extract", {"question": WHY, "texts": ["x" * 20_000] * 10 + ["x"]}, "body.texts"),
    *(("/extract", {**EXTRACT, "max_quotes": wrong}, "body.max_quotes") for wrong in (0, 4, -1, "2", True, 1.5)),
    ("/extract", {**EXTRACT, "collection": "default"}, "body.collection"),
    ("/extract", [EXTRACT], "body"),
    ("/extract/batch", {}, "body.requests"),
    *(("/extract/batch", {"requests": wrong}, "body.requests") for wrong in ([], [EXTRACT] * 33, EXTRACT, None)),
    ("/extract/batch", {"requests": [EXTRACT, WHY]}, "body.requests.1"),
    ("/extract/batch", {"requests": [EXTRACT, {**EXTRACT, "question": ""}]}, "body.requests.1.question"),
    ("/extract/batch", {"requests": [EXTRACT, {**EXTRACT, "texts": []}]}, "body.requests.1.texts"),
    ("/extract/batch", {"requests": [{**EXTRACT, "texts": ["a", SURROGATE]}]}, "body.requests.0.texts.1"),
    ("/extract/batch", {"requests": [{**EXTRACT, "max_quotes": 4}]}, "body.requests.0.max_quotes"),
    ("/extract/batch", {"requests": [{**EXTRACT, "texts": ["x" * 20_000] * 6}] * 2}, "body.requests"),
    ("/extract/batch", {"requests": [EXTRACT], "threshold": 0}, "body.threshold"),
]
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
    return client.post(path, content=json.dumps(body), headers={"Content-Type": "application/json"})


@pytest.mark.parametrize(
    ("path", "body", "field"), INVALID, ids=lambda value: str(value)[:60].encode("unicode_escape").decode()
)
def test_an_invalid_request_is_refused_with_the_field_that_is_wrong(
    client: httpx.Client, refused: Refused, path: str, body: Any, field: str
) -> None:
    problem = refused(post(client, path, body), 422, "invalid-request")
    assert {error["field"] for error in problem["errors"]} == {field}
    assert field in problem["detail"]
    assert all(error["problem"] for error in problem["errors"])


def test_a_lone_surrogate_in_the_metadata_of_a_filter_is_refused(client: httpx.Client, refused: Refused) -> None:
    for metadata, place in (({"author": SURROGATE}, r"author(\.\d+)?"), ({SURROGATE: "Smith"}, ".+")):
        response = post(client, "/ask", {"question": WHY, "filter": {"metadata": metadata}})
        for error in refused(response, 422, "invalid-request")["errors"]:
            assert re.fullmatch(rf"body\.filter\.metadata\.{place}", error["field"])


@pytest.mark.parametrize(("body", "limit"), [({"question": "x" * 2000}, 2000), ({"question": "🍤" * 2000}, 2000)])
def test_a_question_may_have_two_thousand_characters_however_wide(client: httpx.Client, body: Any, limit: int) -> None:
    assert len(post(client, "/ask", body).json()["question"]) == limit


@pytest.mark.parametrize(
    "body",
    [
        {"question": f"{WHY}\0"},
        {"question": "\0"},
        {"question": 'title:"x AND (\\ NEAR *'},
        {"question": "?!"},
        {"question": "\u202e🍤"},
        {"question": WHY, "filter": {"path_prefix": "\0"}},
        {"question": WHY, "filter": {"path_prefix": "000_\0"}},
        {"question": WHY, "filter": {"metadata": {"a\0'\"": "\0"}}},
    ],
    ids=lambda body: str(body)[:60].encode("unicode_escape").decode(),
)
def test_odd_but_valid_text_is_taken_as_it_is(client: httpx.Client, body: Any) -> None:
    for path in ("/ask", "/search"):
        response = post(client, path, body)
        assert response.status_code == 200, response.text
        assert response.json()["question"] == body["question"]
        if "filter" in body:
            assert response.json().get("closest", response.json().get("passages")) == []


@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED)
def test_a_body_that_is_no_json_is_called_so(client: httpx.Client, refused: Refused, content: bytes) -> None:
    response = client.post("/ask", content=content, headers={"Content-Type": "application/json"})
    assert refused(response, 400, "malformed-json")["detail"].startswith("the body is not JSON: ")


@pytest.mark.parametrize("path", POSTED)
def test_no_body_is_refused_as_a_missing_field(client: httpx.Client, refused: Refused, path: str) -> None:
    problem = refused(client.post(path, headers={"Content-Type": "application/json"}), 422, "invalid-request")
    assert [error["field"] for error in problem["errors"]] == ["body"]


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("text/plain", b'{"question": "why"}'),
        ("text/plain", b"question=why"),
        ("application/x-www-form-urlencoded", b"question=why"),
        ("application/vnd.x+json", b'{"question": "why"}'),
        (None, b'{"question": "why"}'),
        (None, b""),
    ],
)
def test_a_body_of_another_type_is_refused(
    client: httpx.Client, refused: Refused, content_type: str | None, content: bytes
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    for path in POSTED:
        problem = refused(client.post(path, content=content, headers=headers), 415, "unsupported-media-type")
        assert (content_type or "missing") in problem["detail"]
        assert "application/json" in problem["detail"]


def test_a_content_type_may_name_its_encoding(client: httpx.Client) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert client.post("/ask", content=b'{"question": "why"}', headers=headers).status_code == 200


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


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": 0}, "query.limit"),
        ({"limit": 1001}, "query.limit"),
        ({"limit": "all"}, "query.limit"),
        ({"offset": -1}, "query.offset"),
        ({"offset": 10**30}, "query.offset"),
        ({"collection": "x" * 1001}, "query.collection"),
    ],
)
def test_a_page_out_of_bounds_is_refused(client: httpx.Client, refused: Refused, query: dict[str, Any], field: str) -> None:
    problem = refused(client.get("/documents", params=query), 422, "invalid-request")
    assert [error["field"] for error in problem["errors"]] == [field]


@pytest.mark.parametrize("path", ["/nothing", "/ask/x", "/documents/b2b170137b3621de/html", "/%2e%2e/%2e%2e/etc/passwd"])
def test_an_unknown_route_is_not_found(client: httpx.Client, refused: Refused, path: str) -> None:
    for method in ("GET", "POST"):
        assert method in refused(client.request(method, path), 404, "not-found")["detail"]


def test_a_wrong_method_is_told_the_right_one(client: httpx.Client, refused: Refused) -> None:
    for method, path, allowed in (
        ("GET", "/ask", "POST"),
        ("DELETE", "/documents/b2b170137b3621de", "GET"),
        ("GET", "/collections/default/documents/a.txt", "PUT, DELETE"),
    ):
        response = client.request(method, path)
        refused(response, 405, "method-not-allowed")
        assert response.headers["allow"] == allowed


@pytest.mark.parametrize("path", POSTED)
def test_a_body_over_the_limit_is_refused_however_it_is_sent(client: httpx.Client, refused: Refused, path: str) -> None:
    body = b'{"question": "' + b"x" * 1_000_000 + b'"}'
    headers = {"Content-Type": "application/json"}
    chunks = (body[start : start + 65_536] for start in range(0, len(body), 65_536))
    for content in (body, chunks):
        problem = refused(client.post(path, content=content, headers=headers), 413, "payload-too-large")
        assert "1,000,000 bytes" in problem["detail"]


def test_a_body_declared_too_large_is_refused_before_it_is_sent(client: httpx.Client) -> None:
    with socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=10) as connection:
        connection.sendall(
            b"POST /ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000001\r\n\r\n"
        )
        assert connection.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_the_limit_of_the_body_is_that_of_the_settings(library: Path, refused: Refused) -> None:
    body = json.dumps({"question": WHY}).encode()
    headers = {"Content-Type": "application/json"}
    with ready(Settings(index=library, max_body_bytes=len(body))) as client:
        assert client.post("/ask", content=body, headers=headers).status_code == 200
        problem = refused(client.post("/ask", content=body + b" ", headers=headers), 413, "payload-too-large")
        assert f"{len(body)} bytes" in problem["detail"]


@pytest.mark.parametrize("where", ["body", "filter", "metadata"])
def test_a_request_with_ten_thousand_faults_gets_a_short_answer(client: httpx.Client, refused: Refused, where: str) -> None:
    faults: dict[str, Any] = dict.fromkeys(map(str, range(10_000)), 1)
    body = {"body": faults, "filter": {"filter": faults}, "metadata": {"filter": {"metadata": faults}}}[where]
    response = post(client, "/ask", {"question": WHY, **body})
    assert refused(response, 422, "invalid-request")["errors"]
    assert len(response.content) < 20_000


def repeated(head: str, unit: str, tail: str, longest: int = 999_000) -> bytes:
    """A body of about so many bytes, of one value after another."""
    count = (longest - len(head) - len(tail)) // (len(unit) + 1)
    return (head + ",".join([unit] * count) + tail).encode()


def named(head: str, value: str, tail: str) -> bytes:
    return (head + ",".join(f'"{number}":{value}' for number in range(60_000)) + tail).encode()


CLAIMED = json.dumps(CLAIM)
MEGABYTES = {
    "messages that are none": ("/v1/chat/completions", repeated('{"model":"default","messages":[', "0", "]}")),
    "empty messages": ("/v1/chat/completions", repeated('{"model":"default","messages":[', "{}", "]}")),
    "few messages that are none": ("/v1/chat/completions", repeated('{"model":"default","messages":[', "0", "]}", 38_000)),
    "parts that are none": (
        "/v1/chat/completions",
        repeated('{"model":"default","messages":[{"role":"user","content":[', "0", "]}]}", 38_000),
    ),
    "a history of none": ("/ask", repeated('{"question":"why?","history":[', "0", "]}", 38_000)),
    "fields that are none": ("/ask", named('{"question":"why?",', "1", "}")),
    "values that are none": ("/ask", repeated('{"question":"why?","filter":{"metadata":{"a":[', "0", "]}}}", 38_000)),
    "keys of a filter": ("/search", named('{"question":"why?","filter":{"metadata":{', "1", "}}}")),
    "texts that are none": ("/extract", repeated('{"question":"why?","texts":[', "[]", "]}")),
    "requests that are none": ("/extract/batch", repeated('{"requests":[', "{}", "]}")),
    "requests of fields that are none": ("/extract/batch", repeated('{"requests":[', '{"a":1,"b":2}', "]}", 60_000)),
    "claims that are none": ("/verify", repeated('{"citations":[', "null", "]}")),
    "the same claim": ("/verify", repeated('{"citations":[', CLAIMED, "]}")),
    "feedback of many fields": ("/feedback", named('{"request_id":"a","helpful":true,', "{}", "}")),
    "arguments of a tool": (
        "/mcp",
        repeated('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"ask","arguments":{"question":[', "0", "]}}}"),
    ),
    "strings and nothing between": ("/ask", b'"' * 999_000),
    "a string that does not end": ("/ask", b'"' + b'\\"' * 480_000 + b"," * 20_001),
    "nested": ("/ask", b'{"question":' + b"[" * 400_000 + b"]" * 400_000 + b"}"),
    "long numbers": ("/ask", repeated('{"question":"why?","filter":[', "9" * 4000, "]}")),
    "a long question": (
        "/v1/chat/completions",
        ('{"model":"default","messages":[{"role":"user","content":"' + "\\n" * 490_000 + '"}]}').encode(),
    ),
}


@pytest.mark.parametrize("name", MEGABYTES)
def test_a_megabyte_of_nothing_is_refused_for_little_more_than_its_reading(client: httpx.Client, name: str) -> None:
    """In processor time, which neighbours on the machine hardly change, of this process, which is the service too."""
    path, body = MEGABYTES[name]
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    client.post(path, json={}, headers=headers)  # where something is loaded for the first request
    begun = time.process_time()
    response = client.post(path, content=body, headers=headers)
    spent = time.process_time() - begun
    assert 400 <= response.status_code < 500, response.text[:1000]
    assert len(response.content) < 20_000
    assert spent < 0.15 + 8 * reading_time(body)


def test_no_step_of_the_event_loop_takes_long_whatever_comes_at_once(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In processor time of its thread, without the garbage collector, which a service does not let look at what it imported."""
    steps: list[tuple[float, str]] = []
    run = asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        begun = time.thread_time()
        run(handle)
        steps.append((time.thread_time() - begun, repr(handle)))

    settings = Settings(index=shutil.copytree(library, tmp_path / "index"), extract_seconds=0.2, upload_seconds=0)
    with ready(settings) as client:
        monkeypatch.setattr(asyncio.Handle, "_run", timed)
        gc.collect()
        gc.disable()
        try:
            json_type = {"Content-Type": "application/json"}
            several = [client.build_request("POST", path, content=body, headers=json_type) for path, body in MEGABYTES.values()]
            several += hostile_requests(str(client.base_url).rstrip("/")).values()
            several.append(client.build_request("PUT", "/collections/large/documents/a.txt", content=b"\0" * 25_000_000))
            with ThreadPoolExecutor(16) as pool:
                found = list(pool.map(lambda request: status(client, request), several))
        finally:
            gc.enable()
    assert {int(one) for one in found} <= {200, 202, 400, 403, 404, 422, 503}
    assert len(steps) > 1000
    assert max(steps)[0] < 0.05, sorted(steps)[-5:]


def reading_time(body: bytes) -> float:
    begun = time.process_time()
    with suppress(ValueError, RecursionError):
        json.loads(body)
    return time.process_time() - begun


def test_what_stands_in_strings_is_no_value(client: httpx.Client) -> None:
    claim = {**CLAIM, "quote": '[{,"\\' * 20_000}
    assert post(client, "/verify", {"citations": [claim]}).json()["results"][0]["verdict"] == "changed"


def test_a_query_of_thousands_of_names_is_refused_unread(client: httpx.Client, refused: Refused) -> None:
    query = "&".join(f"a{number}" for number in range(8_000))
    begun = time.process_time()
    response = client.get(f"/documents?{query}")
    assert time.process_time() - begun < 0.05
    refused(response, 422, "invalid-request")
    assert len(response.content) < 2_000


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
