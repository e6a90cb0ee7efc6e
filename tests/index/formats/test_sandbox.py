import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from quotewise.index.errors import DocumentError
from quotewise.index.formats import sandbox


def doubled(data: bytes) -> bytes:
    return data * 2


def child(data: bytes) -> int:
    print(data)  # noqa: T201 - what a function prints is no answer
    return os.getpid()


def endless(data: bytes) -> None:
    while True:
        time.sleep(0.01)


def busy(data: bytes) -> int:
    began = time.process_time()
    while time.process_time() < began + 0.6:
        sum(range(1000))
    return len(data)


def greedy(data: bytes) -> int:
    return len(bytearray(4 << 30))


def killed(data: bytes) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def refused(data: bytes) -> None:
    raise DocumentError(f"has {len(data)} bytes too many")


class OddError(Exception):
    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def odd(data: bytes) -> None:
    raise OddError(1, 2)


def test_a_child_answers_with_the_value_and_is_used_again() -> None:
    assert sandbox.call(doubled, b"ab" * 3_000_000) == b"abab" * 3_000_000
    first = sandbox.call(child, b"x")
    assert first != os.getpid()
    assert sandbox.call(child, b"y") == first


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (endless, "takes more than 0.2 seconds to read"),
        (greedy, "needs more than 512 MB of memory to read"),
        (killed, "needs more than 512 MB of memory to read, or is made to break its reader, signal 11"),
        (refused, "has 3 bytes too many"),
    ],
)
def test_what_breaks_or_exceeds_its_limits_is_reported_and_the_next_call_is_answered(function, reason) -> None:  # noqa: ANN001
    sandbox.call(doubled, b"", memory=512 << 20)
    with pytest.raises(DocumentError) as refusal:
        sandbox.call(function, b"abc", seconds=0.2 if function is endless else 20, memory=512 << 20)
    assert str(refusal.value) == reason
    assert sandbox.call(doubled, b"abc", memory=512 << 20) == b"abcabc"


def test_an_error_that_cannot_be_sent_is_named() -> None:
    with pytest.raises(RuntimeError, match="OddError: 1 and 2"):
        sandbox.call(odd, b"")


def test_threads_have_children_of_their_own() -> None:
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda n: sandbox.call(doubled, bytes([n])), range(12))) == [bytes([n, n]) for n in range(12)]


def test_the_time_that_other_processes_take_of_the_processor_does_not_count() -> None:
    process, is_over = psutil.Process(sandbox.call(child, b"x", memory=600 << 20)), threading.Event()

    def starve() -> None:
        while not is_over.wait(0.01):
            process.suspend()
            time.sleep(0.03)
            process.resume()

    with ThreadPoolExecutor(1) as threads:
        threads.submit(starve)
        try:
            began = time.monotonic()
            assert sandbox.call(busy, b"abc", seconds=1.2, memory=600 << 20) == 3
            assert time.monotonic() - began > 1.2
        finally:
            is_over.set()
    with pytest.raises(DocumentError, match=r"takes more than 0\.3 seconds"):
        sandbox.call(busy, b"abc", seconds=0.3)
