"""A service under more load than it can serve: what it answers, how it refuses, and what is left of that afterwards."""

import http.client
import json
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import numpy as np
import psutil

from eval.benchmarks import COMMAND, MEBIBYTE, ask, latency, serving, timed
from eval.gold import load_gold
from eval.load import REFUSALS, load

_PAUSE_SECONDS = 0.1
_CLIENTS = 4


def bench_overload(folder: Path, gold: Path, times: float, seconds: float) -> dict[str, object]:
    """What ``overload`` finds of a service of a folder, in a process of its own."""
    questions = [question.question for question in load_gold(gold).questions]
    with tempfile.TemporaryDirectory() as index:
        timed([*COMMAND, "index", str(folder), "--index", index])
        with serving(Path(index)) as (process, port, _):
            return overload(process, port, questions, times, seconds)


def overload(
    process: psutil.Process, port: int, questions: Sequence[str], times: float, seconds: float, count: int = 100
) -> dict[str, object]:
    """Put ``times`` as many questions as four clients get answered, for so many seconds, whether or not answers come.

    Before and after, one client asks ``count`` questions one after the other; meanwhile ``/health`` is asked ten times a
    second, and the memory of the service watched.
    """
    listed = json.dumps(list(questions))
    ask(port, listed, 0, count)
    before = _alone(port, listed, count, count)
    served = _together(port, listed, 2 * count, count)["requests_per_second"]
    resident = process.memory_info().rss
    with _watched(process, port) as seen:
        over = load(f"http://127.0.0.1:{port}", questions, served * times, seconds)
    after = _alone(port, listed, 10 * count, count)
    refused = sum(number for reason, number in over.failures.items() if reason in REFUSALS)
    return {
        "one_client_before": before,
        "can_serve_per_second": served,
        "over": asdict(over),
        "answered_per_second": round((over.requests - sum(over.failures.values())) / seconds, 1),
        "refused": refused,
        "failed": sum(over.failures.values()) - refused,
        "health": {
            "asked": len(seen.health_ms),
            "failed": seen.failed,
            "p95_ms": round(float(np.percentile(seen.health_ms, 95)), 1),
            "longest_ms": round(max(seen.health_ms), 1),
        },
        "resident_mib": {
            "before": round(resident / MEBIBYTE),
            "most": round(max(seen.resident) / MEBIBYTE),
            "after": round(process.memory_info().rss / MEBIBYTE),
        },
        "one_client_after": after,
    }


def _alone(port: int, questions: str, first: int, count: int) -> dict[str, float]:
    started = time.perf_counter()
    times = ask(port, questions, first, count)
    return latency(times, time.perf_counter() - started)


def _together(port: int, questions: str, first: int, count: int) -> dict[str, float]:
    started = time.perf_counter()
    with ThreadPoolExecutor(_CLIENTS) as clients:
        firsts = range(first, first + _CLIENTS * count, count)
        times = [ms for found in clients.map(lambda one: ask(port, questions, one, count), firsts) for ms in found]
    return latency(times, time.perf_counter() - started)


class _Seen:
    """What was seen of a service meanwhile: milliseconds of ``/health``, and resident bytes."""

    def __init__(self) -> None:
        self.health_ms: list[float] = []
        self.resident: list[int] = []
        self.failed = 0


@contextmanager
def _watched(process: psutil.Process, port: int) -> Iterator[_Seen]:
    seen, stop = _Seen(), threading.Event()

    def watch() -> None:
        while not stop.wait(_PAUSE_SECONDS):
            started = time.perf_counter()
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            try:
                connection.request("GET", "/health")
                seen.failed += connection.getresponse().status != 200
            except OSError:
                seen.failed += 1
            finally:
                connection.close()
            seen.health_ms.append((time.perf_counter() - started) * 1000)
            seen.resident.append(process.memory_info().rss)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()
