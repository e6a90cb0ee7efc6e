import socket
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quotewise.eval.load import Load, LoadError, highest_rate, load

from tests.conftest import WHY
from tests.eval.test_harness import flawed, url  # noqa: F401 - a fixture


def test_every_request_is_sent_when_it_is_due_and_timed_until_its_answer(url: str) -> None:  # noqa: F811
    found = load(url, [WHY], rate=20, seconds=2)
    assert 20 <= found.requests <= 60
    assert 0 < found.p50_ms <= found.p95_ms <= found.p99_ms <= found.longest_ms
    assert found.failures == {}


def test_failures_are_counted_by_kind(url: str) -> None:  # noqa: F811
    with flawed(url, lambda body: 500 if "(0)" in body or "(1)" in body else None) as broken:
        found = load(broken, [WHY], rate=20, seconds=1)
    assert found.failures == {"500": 2}
    assert not found.keeps(1e6)


def test_the_time_that_a_request_waits_for_a_stalled_service_counts() -> None:
    """Answers one request at a time, 50 ms each: at 40 a second the queue grows, though each answer takes 50 ms."""
    stop = threading.Event()

    def answer(listener: socket.socket) -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                time.sleep(0.05)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")

    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        listener.settimeout(20)
        thread = threading.Thread(target=answer, args=(listener,))
        thread.start()
        found = load(f"http://127.0.0.1:{listener.getsockname()[1]}", [WHY], rate=40, seconds=2)
        stop.set()
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    assert found.longest_ms > 10 * 50


def test_without_a_service_there_is_no_load() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(LoadError, match="answered none of"):
        load(address, [WHY], rate=5, seconds=1)
    with pytest.raises(LoadError, match="is not the address of a service"):
        load("nonsense", [WHY], rate=5, seconds=1)


@given(st.floats(0.1, 1000))
def test_the_highest_rate_is_found_within_a_tenth(true: float) -> None:
    def measure(rate: float) -> Load:
        late = 10.0 if rate <= true else 1000.0
        return Load(rate, 1, 1, rate, late, late, late, late, {})

    found = highest_rate(100, measure)
    assert found == 0 if true < 1 else found <= true <= found * 1.1
