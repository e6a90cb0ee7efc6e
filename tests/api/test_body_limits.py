"""Bodies that are large, slow, compressed or made to be expensive."""

import asyncio
import gc
import gzip
import json
import select
import shutil
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from quotewise.api.settings import Settings
from quotewise.eval.bench.soak import hostile_requests, status
from tests.api.conftest import Refused, ready
from tests.conftest import SEED, WHY

JSON = {"Content-Type": "application/json"}


def test_a_body_over_the_limit_is_refused_however_it_is_sent(client: httpx.Client, refused: Refused) -> None:
    body = b'{"question": "' + b"x" * 1_000_000 + b'"}'
    for path in ("/ask", "/search", "/extract", "/extract/batch", "/verify"):
        chunks = (body[start : start + 65_536] for start in range(0, len(body), 65_536))
        for content in (body, chunks):
            problem = refused(client.post(path, content=content, headers=JSON), 413, "payload-too-large")
            assert "1,000,000 bytes" in problem["detail"]
    with socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=10) as connection:
        head = b"POST /ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000001\r\n\r\n"
        connection.sendall(head)
        assert connection.recv(4096).startswith(b"HTTP/1.1 413 "), "before any of it is sent"


def test_a_compressed_body_is_refused_unopened(client: httpx.Client, refused: Refused) -> None:
    bomb = gzip.compress(b'{"question": "' + b" " * 50_000_000, 1)
    assert len(bomb) * 100 < 50_000_000
    for encoding in ("gzip", "br", "deflate, gzip", "GZIP", "x"):
        headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
        for method, path in (("POST", "/ask"), ("POST", "/mcp"), ("PUT", "/collections/default/documents/a.txt")):
            response = client.request(method, path, content=bomb, headers=headers)
            refused(response, 415, "unsupported-media-type")
            assert response.headers["accept-encoding"] == "identity"


def sent_slowly(client: httpx.Client, head: str, chunk: bytes, pause: float) -> tuple[str, int, float]:
    """The first line of the answer to a body without an end, how much was sent until then, and the seconds it took."""
    started, sent = time.monotonic(), 0
    with socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=10) as connection:
        connection.sendall(head.encode())
        while not select.select([connection], [], [], pause)[0]:
            connection.sendall(chunk)
            sent += len(chunk)
        return connection.recv(4096).decode().splitlines()[0], sent, time.monotonic() - started


@pytest.fixture(scope="module")
def hasty(library: Path) -> Iterator[httpx.Client]:
    """A service that waits half a second for a body."""
    with ready(Settings(index=library, body_seconds=0.5, reader="similarity")) as client:
        yield client


@pytest.mark.parametrize("address", ["POST /ask", "POST /mcp", "PUT /collections/default/documents/a.txt"])
@pytest.mark.parametrize(("declared", "chunk"), [("Content-Length: 1000", b" "), ("Transfer-Encoding: chunked", b"1\r\n \r\n")])
def test_a_body_that_dribbles_is_cut_off(hasty: httpx.Client, address: str, declared: str, chunk: bytes) -> None:
    kind = "text/plain" if address.startswith("PUT") else "application/json"
    head = f"{address} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n{declared}\r\n\r\n"
    status, _, seconds = sent_slowly(hasty, head, chunk, 0.02)
    assert status == "HTTP/1.1 408 Request Timeout"
    assert 0.4 < seconds < 8
    assert hasty.post("/search", json={"question": WHY}).status_code == 200


def test_an_endless_body_is_refused_where_the_limit_is_reached(client: httpx.Client) -> None:
    head = "POST /ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    status, sent, _ = sent_slowly(client, head, b"8000\r\n" + b" " * 0x8000 + b"\r\n", 0.001)
    assert status.startswith("HTTP/1.1 413 ")
    assert sent < 20_000_000


def repeated(head: str, unit: str, tail: str, longest: int = 999_000) -> bytes:
    """A body of about so many bytes, of one value after another."""
    count = (longest - len(head) - len(tail)) // (len(unit) + 1)
    return (head + ",".join([unit] * count) + tail).encode()


def named(head: str, value: str, tail: str) -> bytes:
    return (head + ",".join(f'"{number}":{value}' for number in range(60_000)) + tail).encode()


CLAIM = {"quote": "The U.S.", "start": 0, "end": 8, "document": {"path": SEED, "sha256": "0" * 64}}
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
    headers = {**JSON, "Accept": "application/json, text/event-stream"}
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
            fresh = httpx.Limits(max_keepalive_connections=0)
            with ThreadPoolExecutor(16) as pool, httpx.Client(timeout=60, limits=fresh) as http:
                found = list(pool.map(lambda request: status(http, request), several))
        finally:
            gc.enable()
    assert {int(one) for one in found} <= {200, 202, 400, 403, 404, 422, 503}
    assert len(steps) > 500
    assert max(steps)[0] < 0.05, sorted(steps)[-5:]


def reading_time(body: bytes) -> float:
    begun = time.process_time()
    with suppress(ValueError, RecursionError):
        json.loads(body)
    return time.process_time() - begun


def test_what_stands_in_strings_is_no_value(client: httpx.Client) -> None:
    claim = {**CLAIM, "quote": '[{,"\\' * 20_000}
    assert client.post("/verify", json={"citations": [claim]}).json()["results"][0]["verdict"] == "changed"


def test_a_query_of_thousands_of_names_is_refused_unread(client: httpx.Client, refused: Refused) -> None:
    query = "&".join(f"a{number}" for number in range(8_000))
    begun = time.process_time()
    response = client.get(f"/documents?{query}")
    assert time.process_time() - begun < 0.05
    refused(response, 422, "invalid-request")
    assert len(response.content) < 2_000
