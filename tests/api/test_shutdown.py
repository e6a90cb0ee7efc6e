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
from pathlib import Path
from fastapi.responses import StreamingResponse
from quotewise.api import routes, server
from quotewise.api.service import Service
from quotewise.api.settings import load_settings
from quotewise.rag.pipeline import Pipeline
from quotewise.rag.readers.similarity import SimilarityReader

class Slow(SimilarityReader):
    def read(self, question, passages):
        if question != "Is it ready?":
            gate = Path(os.environ["GATE"])
            (gate / "reading").touch()
            while not (gate / "open").exists():
                time.sleep(0.01)
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
service = replace(service, pipeline=Pipeline(service.store, service.pipeline.embedder, Slow))
with server.bound("127.0.0.1", int(sys.argv[1])) as listener:
    listener.listen()
    server.prepare(settings)
    server.serve(service, listener)
"""


@pytest.fixture
def own(library: Path, tmp_path: Path) -> Path:
    """An index that nobody else has open."""
    return shutil.copytree(library, tmp_path / "index", ignore=shutil.ignore_patterns("*-wal", "*-shm"))


def test_when_told_to_stop_it_answers_who_has_asked_and_refuses_who_comes_later(own: Path, tmp_path: Path) -> None:
    with running(own, SLOW, GATE=str(tmp_path), QUOTEWISE_SHUTDOWN_SECONDS="60") as service, ThreadPoolExecutor() as pool:
        answer = pool.submit(service.client.post, "/ask", json={"question": WHY})
        wait_until((tmp_path / "reading").exists)
        service.process.terminate()
        wait_until(lambda: _refuses(service.port))
        assert not answer.done()
        (tmp_path / "open").touch()
        assert answer.result().json()["citations"] is not None
        assert service.process.wait(timeout=20) == 0
    assert "Traceback" not in service.stderr
    assert not list(own.glob("catalogue.sqlite-*")), "the catalogue was not closed"


def test_what_does_not_end_by_itself_is_ended_when_the_time_is_up(own: Path, tmp_path: Path, refused: Refused) -> None:
    with running(own, SLOW, GATE=str(tmp_path), QUOTEWISE_SHUTDOWN_SECONDS="1") as service, ThreadPoolExecutor() as pool:
        answer = pool.submit(service.client.post, "/ask", json={"question": WHY})
        with service.client.stream("GET", "/endless") as stream:
            chunks = stream.iter_raw()
            assert next(chunks).startswith(b"tick")
            wait_until((tmp_path / "reading").exists)
            began = time.monotonic()
            assert service.stop() == 0
            assert time.monotonic() - began >= 1
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
