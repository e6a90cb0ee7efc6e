"""A service under more load than it can serve: what it answers, how it refuses, and what is left of that afterwards."""

import http.client
import json
import sys
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
from quotewise.eval.benchmarks import serving, timed
from quotewise.eval.gold import load_gold
from quotewise.eval.load import REFUSALS, LoadError, load

_MEBIBYTE = 1 << 20
_PAUSE_SECONDS = 0.1
_CLIENTS = 4


def bench_overload(folder: Path, gold: Path, times: float, seconds: float) -> dict[str, object]:
    """What ``overload`` finds of a service of a folder, in a process of its own."""
    questions = [question.question for question in load_gold(gold).questions]
    with tempfile.TemporaryDirectory() as index:
        timed([sys.executable, "-m", "quotewise.eval", "index", str(folder), "--index", index])
        with serving(Path(index)) as (process, port, _):
            return overload(process, port, questions, times, seconds)


def overload(
    process: psutil.Process, port: int, questions: Sequence[str], times: float, seconds: float, count: int = 100
) -> dict[str, object]:
    """Put ``times`` as many questions as four clients get answered, for so many seconds, whether or not answers come.

    Before and after, one client asks ``count`` questions one after the other; meanwhile ``/health`` is asked ten times a
    second, and the memory of the service watched.
    """
    _asked(port, questions, 0, 1, count)
    before = _asked(port, questions, 1, 1, count)
    served = _asked(port, questions, 2, _CLIENTS, count)["answers_per_second"]
    resident = process.memory_info().rss
    with watched(process, port) as seen:
        over = load(f"http://127.0.0.1:{port}", questions, served * times, seconds)
    after = _asked(port, questions, 10, 1, count)
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
            "before": round(resident / _MEBIBYTE),
            "most": round(max(seen.resident) / _MEBIBYTE),
            "after": round(process.memory_info().rss / _MEBIBYTE),
        },
        "one_client_after": after,
    }


def _asked(port: int, questions: Sequence[str], batch: int, clients: int, count: int) -> dict[str, float]:
    """Latency and throughput of clients that each wait for an answer before they ask again; no question comes twice."""

    def ask(client: int) -> list[float]:
        connection, times = http.client.HTTPConnection("127.0.0.1", port), []
        for number in range(count):
            body = json.dumps({"question": f"{questions[number % len(questions)]} ({batch}, {client}, {number})"})
            left = time.perf_counter()
            connection.request("POST", "/ask", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            response.read()
            times.append((time.perf_counter() - left) * 1000)
            if response.status != 200:
                raise LoadError(f"the service answered {response.status} to one of {clients} clients")
        connection.close()
        return times

    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        times = [ms for found in pool.map(ask, range(clients)) for ms in found]
    p50, p95 = np.percentile(times, (50, 95))
    rate = clients * count / (time.perf_counter() - started)
    return {"p50_ms": round(float(p50), 1), "p95_ms": round(float(p95), 1), "answers_per_second": round(rate, 1)}


class Seen:
    """What was seen of a service meanwhile: milliseconds of ``/health``, and resident bytes.

    ``late_ms`` is how late the watcher itself had its turn, by which the machine keeps both waiting.
    """

    def __init__(self) -> None:
        self.health_ms: list[float] = []
        self.late_ms: list[float] = []
        self.resident: list[int] = []
        self.failed = 0


@contextmanager
def watched(process: psutil.Process, port: int) -> Iterator[Seen]:
    """What is seen of a service until the end of the context, ten times a second."""
    seen, stop = Seen(), threading.Event()

    def watch() -> None:
        due = time.perf_counter() + _PAUSE_SECONDS
        while not stop.wait(_PAUSE_SECONDS):
            started = time.perf_counter()
            seen.late_ms.append((started - due) * 1000)
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
            due = time.perf_counter() + _PAUSE_SECONDS

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()
