"""How many requests work and wait at once, and when a slot is free again."""

import asyncio
import socket
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
from starlette.responses import StreamingResponse
from starlette.types import Message

from quotewise.api.app import create_app
from quotewise.api.middleware.concurrency_limit import ConcurrencyLimit, Slots
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.index.embedders import Embedder
from quotewise.rag.passages import Passage
from quotewise.rag.pipeline import Pipeline
from quotewise.rag.readers import Reading
from quotewise.rag.readers.similarity import SimilarityReader
from tests.api.conftest import Refused, serving, wait_until, wait_until_ready
from tests.conftest import WHY

ASK = {"question": WHY}
UNKNOWN = "0123456789abcdef"


def test_a_place_is_free_again_before_the_client_knows_the_end_of_its_answer() -> None:
    """Or a client that asks one question after the other could be told that there are too many at once."""
    slots = Slots(1, 0)
    working: list[tuple[bool, int]] = []

    messages: list[Message] = [{"type": "http.request", "body": b"{}"}]

    async def receive() -> Message:
        if not messages:
            await asyncio.Event().wait()
        return messages.pop()

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            working.append((message.get("more_body", False), slots.working))

    async def app(*asgi: object) -> None:
        await asgi[1]()  # type: ignore[operator]
        await StreamingResponse(iter(["first ", "last"]))(*asgi)  # type: ignore[arg-type]

    scope = {"type": "http", "method": "POST", "path": "/ask", "headers": []}
    asyncio.run(ConcurrencyLimit(app, {"questions": slots})(scope, receive, send))
    assert working == [(True, 1), (True, 1), (False, 0)]
    assert slots.working == 0


class GatedReader(SimilarityReader):
    """The real reader, but each reading waits at a gate."""

    def __init__(self, embedder: Embedder, gate: threading.Event, read: list[str]) -> None:
        super().__init__(embedder)
        self._gate, self._read = gate, read

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        self._read.append(question)
        assert self._gate.wait(30)
        return super().read(question, passages)


def test_past_the_queue_questions_are_refused_at_once_and_what_is_cheap_is_still_answered(
    library: Path, embedder: Embedder, refused: Refused
) -> None:
    gate, read = threading.Event(), list[str]()
    gate.set()

    def opened() -> Service:
        service = Service.open(Settings(index=library))
        return replace(
            service,
            pipeline=Pipeline(
                service.store, lambda name: embedder, lambda found=None, texts=(): GatedReader(found, gate, read)
            ),
        )

    app = create_app(opened, Settings(index=library, parallel=1, queue=2))
    slots = app.state.slots["questions"]
    with serving(app) as client, ThreadPoolExecutor(4) as pool:
        wait_until_ready(client)
        gate.clear()
        read.clear()

        def ask(question: str) -> httpx.Response:
            return client.post("/ask", json={"question": question})

        try:
            asked = [pool.submit(ask, "first")]
            wait_until(lambda: read == ["first"])
            asked.append(pool.submit(ask, "second"))
            wait_until(lambda: slots.waiting == 1)
            with socket.create_connection((client.base_url.host, client.base_url.port or 0)) as impatient:
                impatient.sendall(
                    b"POST /ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 25\r\n\r\n"
                    b'{"question": "impatient"}'
                )
                wait_until(lambda: slots.waiting == 2)
            wait_until(lambda: slots.waiting == 1)
            asked.append(pool.submit(ask, "third"))
            wait_until(lambda: slots.waiting == 2)
            for path in ("/ask", "/search"):
                response = client.post(path, json=ASK)
                refused(response, 503, "overloaded")
                assert response.headers["retry-after"]
            for path in ("/health", "/ready", "/documents", "/openapi.json"):
                assert client.get(path).status_code == 200
        finally:
            gate.set()
        assert [future.result().status_code for future in asked] == [200] * 3
        assert read == ["first", "second", "third"], "nobody works for a client that has gone"
        assert ask("fourth").status_code == 200
        wait_until(lambda: (slots.working, slots.waiting) == (0, 0))


def test_whole_texts_come_in_turn_and_past_the_queue_not_at_all(library: Path, refused: Refused) -> None:
    app = create_app(lambda: Service.open(Settings(index=library)), Settings(index=library))
    slots = app.state.slots["texts"]
    with serving(app) as client:
        wait_until_ready(client)
        [document] = client.get("/documents").json()["documents"]
        slots.working += 1000
        for path in (f"/documents/{document['id']}/text", f"/documents/{UNKNOWN}/text"):
            refused(client.get(path), 503, "overloaded")
        assert client.get(f"/documents/{document['id']}").status_code == 200
        slots.working -= 1000
        assert len(client.get(f"/documents/{document['id']}/text").text) == document["characters"]
        wait_until(lambda: (slots.working, slots.waiting) == (0, 0))
