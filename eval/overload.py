"""A service under more load than it can serve: what it answers, how it refuses, and what is left of that afterwards."""

import http.client
import json
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import numpy as np
import psutil

from eval.benchmarks import COMMAND, MEBIBYTE, ask, serving, timed
from eval.gold import load_gold
from eval.load import REFUSALS, load

_PAUSE_SECONDS = 0.1
_CLIENTS = 4


def bench_overload(folder: Path, gold: Path, times: float, seconds: float, rest: float) -> dict[str, object]:
    """Serve a folder, find the questions a second that it answers, and put ``times`` as many for so many seconds.

    Latency is measured before and after for ``rest`` seconds at a quarter of what it can serve. Meanwhile ``/health`` is asked
    ten times a second, and the memory of the service watched.
    """
    questions = [question.question for question in load_gold(gold).questions]
    with tempfile.TemporaryDirectory() as index:
        timed([*COMMAND, "index", str(folder), "--index", index])
        with serving(Path(index)) as (process, port, _):
            rate = _capacity(port, json.dumps(questions), rest)
            url = f"http://127.0.0.1:{port}"
            before = load(url, questions, rate / 4, rest)
            resident = process.memory_info().rss
            with _watched(process, port) as seen:
                over = load(url, questions, rate * times, seconds)
            after = load(url, questions, rate / 4, rest)
            return {
                "can_serve_per_second": round(rate, 1),
                "before": asdict(before),
                "over": asdict(over),
                "answered_per_second": round((over.requests - sum(over.failures.values())) / seconds, 1),
                "refused": sum(count for reason, count in over.failures.items() if reason in REFUSALS),
                "failed": sum(count for reason, count in over.failures.items() if reason not in REFUSALS),
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
                "after": asdict(after),
            }


def _capacity(port: int, questions: str, seconds: float) -> float:
    """Questions a second of a few clients that each wait for an answer before they ask again."""
    pace = float(np.median(ask(port, questions, 0, 20)))
    count = max(5, round(seconds * 1000 / pace / _CLIENTS))
    started = time.perf_counter()
    with ThreadPoolExecutor(_CLIENTS) as clients:
        list(clients.map(lambda number: ask(port, questions, number * count, count), range(1, _CLIENTS + 1)))
    return _CLIENTS * count / (time.perf_counter() - started)


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
