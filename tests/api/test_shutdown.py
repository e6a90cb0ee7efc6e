import shutil
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.api.conftest import Refused, wait_until
from tests.api.running import running
from tests.conftest import WHY

SLOW = """
import asyncio, os, sys, time
from dataclasses import replace
from fastapi.responses import StreamingResponse
from api import routes, server
from api.service import Service
from api.settings import load_settings
from rag.answering import Answerer
from rag.similarity import SimilarityReader

class Slow(SimilarityReader):
    def read(self, question, passages):
        if question.text != "Is it ready?":
            time.sleep(float(os.environ["READS"]))
        return super().read(question, passages)

@routes.router.get("/endless")
async def endless():
    async def ticks():
        while True:
            yield b"tick"
            await asyncio.sleep(0.05)
    return StreamingResponse(ticks())

settings = load_settings()
service = Service.open(settings)
service = replace(service, answerer=Answerer(service.store, service.answerer._embedder, Slow))
with server.bound("127.0.0.1", int(sys.argv[1])) as listener:
    listener.listen()
    server.prepare(settings)
    server.serve(service, listener)
"""


@pytest.fixture
def own(library: Path, tmp_path: Path) -> Path:
    """An index that nobody else has open."""
    return shutil.copytree(library, tmp_path / "index", ignore=shutil.ignore_patterns("*-wal", "*-shm"))


def test_when_told_to_stop_it_answers_who_has_asked_and_refuses_who_comes_later(own: Path) -> None:
    with running(own, SLOW, READS="1.5", QUOTEWISE_SHUTDOWN_SECONDS="10") as service, ThreadPoolExecutor() as pool:
        answer = pool.submit(service.client.post, "/ask", json={"question": WHY})
        time.sleep(0.4)
        service.process.terminate()
        wait_until(lambda: _refuses(service.port))
        assert not answer.done()
        assert answer.result().json()["citations"] is not None
        assert service.process.wait(timeout=5) == 0
    assert "Traceback" not in service.stderr
    assert not list(own.glob("catalogue.sqlite-*")), "the catalogue was not closed"


def test_what_does_not_end_by_itself_is_ended_when_the_time_is_up(own: Path, refused: Refused) -> None:
    with running(own, SLOW, READS="25", QUOTEWISE_SHUTDOWN_SECONDS="1") as service, ThreadPoolExecutor() as pool:
        answer = pool.submit(service.client.post, "/ask", json={"question": WHY})
        with service.client.stream("GET", "/endless") as stream:
            chunks = stream.iter_raw()
            assert next(chunks).startswith(b"tick")
            time.sleep(0.3)
            began = time.monotonic()
            assert service.stop() == 0
            assert 1 <= time.monotonic() - began < 3
            with pytest.raises(httpx.RemoteProtocolError):
                list(chunks)
        refused(answer.result(), 503, "stopped")
    assert "Traceback" not in service.stderr


def _refuses(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except ConnectionRefusedError:
        return True
    return False
