import socket
import threading
from contextlib import suppress

import pytest
from fastapi import FastAPI
from fastapi.responses import Response

from quotewise.api.middleware.client_timeout import ClientTimeoutProtocol
from tests.api.conftest import serving


def test_a_head_that_does_not_end_and_an_answer_that_is_not_taken_are_cut_off(
    monkeypatch: pytest.MonkeyPatch, lost: threading.Semaphore
) -> None:
    monkeypatch.setattr(ClientTimeoutProtocol, "TIMEOUT_SECONDS", 0.3)
    app = FastAPI()
    app.get("/")(lambda: Response(b"x" * 50_000_000))
    with serving(app) as client:
        address = (client.base_url.host, client.base_url.port or 0)
        for said in (b"", b"GET / HTTP/1.1\r\nX-Slow: "):
            with socket.create_connection(address, timeout=10) as connection:
                connection.sendall(said)
                assert connection.recv(1) == b""
                assert lost.acquire(timeout=10)
        with socket.create_connection(address, timeout=10) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert lost.acquire(timeout=10)
            taken = 0
            with suppress(ConnectionError):
                while received := len(connection.recv(1 << 20)):
                    taken += received
            assert taken < 50_000_000
        monkeypatch.setattr(ClientTimeoutProtocol, "TIMEOUT_SECONDS", 20)
        assert len(client.get("/").content) == 50_000_000
