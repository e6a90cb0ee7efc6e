"""A service under mixed traffic for long, watched by the minute: questions, uploads, removals, hostile requests, idle phases.

What leaks shows as a row that grows: descriptors, threads, memory and log.
"""

import http.client
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import psutil
from quotewise.eval.benchmarks import serving, timed
from quotewise.eval.gold import load_gold
from quotewise.eval.overload import Seen, watched

_MEBIBYTE = 1 << 20
_BUSY_SECONDS, _IDLE_SECONDS = 48.0, 12.0
_CLIENTS = 4
_BURST = 60
_NAMES = 20
_JSON = {"Content-Type": "application/json"}
_MEGABYTE = 990_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A request."""

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: _JSON)


def bench_soak(folder: Path, gold: Path, minutes: int, report: Callable[[dict[str, object]], None]) -> None:
    """Soak a service of a folder, in a process of its own; ``report`` gets the figures of each minute."""
    questions = [question.question for question in load_gold(gold).questions]
    with tempfile.TemporaryDirectory() as scratch:
        index, log = Path(scratch, "index"), Path(scratch, "log")
        timed([sys.executable, "-m", "quotewise.eval", "index", str(folder), "--index", str(index)])
        with serving(index, log) as (process, port, _):
            for row in soak(process, port, questions, log, minutes):
                report(row)


def soak(
    process: psutil.Process,
    port: int,
    questions: Sequence[str],
    log: Path,
    minutes: int,
    busy: float = _BUSY_SECONDS,
    idle: float = _IDLE_SECONDS,
) -> Iterator[dict[str, object]]:
    """The figures of each minute: a burst and then ``busy`` seconds of four clients, and ``idle`` seconds of none."""
    with ProcessPoolExecutor(1, get_context("spawn")) as clients:  # a process of its own, that the watcher need not wait for
        for minute in range(1, minutes + 1):
            with watched(process, port) as seen:
                answered = clients.submit(_answered, port, questions, minute, busy).result()
                time.sleep(idle)
            yield _row(minute, process, log, seen, answered)


def hostile_requests() -> dict[str, Asked]:
    """The largest and oddest that a request may be, each of which once cost seconds or got in."""
    chat, ask, none = "/v1/chat/completions", "/ask", _MEGABYTE // 2
    many = b",".join(b'"%d":1' % number for number in range(60_000))
    pieces = ["a. " * 6_666] * 10
    return {
        "messages of nothing": Asked("POST", chat, b'{"model":"default","messages":[' + b"0," * none + b"0]}"),
        "empty messages": Asked("POST", chat, b'{"model":"default","messages":[' + b"{}," * (_MEGABYTE // 3) + b"{}]}"),
        "a long text of few letters": Asked("POST", "/extract", json.dumps({"question": "why?", "texts": pieces}).encode()),
        "nested deeply": Asked("POST", ask, b'{"question":' + b"[" * none + b"]" * none + b"}"),
        "many fields": Asked("POST", ask, b'{"question":"why?",' + many + b"}"),
        "many keys": Asked("POST", "/search", b'{"question":"why?","filter":{"metadata":{' + many + b"}}}"),
        "claims of nothing": Asked("POST", "/verify", b'{"citations":[' + b"null," * (_MEGABYTE // 5) + b"null]}"),
        "a tool's arguments": Asked(
            "POST", "/mcp", b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":[' + b"0," * none + b"0]}"
        ),
        "many parameters": Asked("GET", "/documents?" + "&".join(f"a{number}" for number in range(6_000))),
        "another host": Asked("GET", "/documents", headers={"Host": "evil@localhost"}),
        "another origin": Asked("POST", ask, b'{"question":"why?"}', {**_JSON, "Origin": ""}),
        "another site": Asked("POST", ask, b'{"question":"why?"}', {**_JSON, "Sec-Fetch-Site": "cross-site"}),
        "a path that leads out": Asked("PUT", "/collections/soak/documents/..%2f..%2fa.txt", b"text", {}),
        "no document": Asked("PUT", "/collections/soak/documents/a.txt", b"\x00\xff" * 1_000, {}),
    }


def _answered(port: int, questions: Sequence[str], minute: int, busy: float) -> Counter[str]:
    answered: Counter[str] = Counter()
    _burst(port, questions, minute, answered)
    _traffic(port, questions, hostile_requests(), minute, time.monotonic() + busy, answered)
    return answered


def _burst(port: int, questions: Sequence[str], minute: int, answered: Counter[str]) -> None:
    def ask(number: int) -> str:
        return status(port, _posted("/search", question=f"{questions[number % len(questions)]} ({minute}, {number})"))

    with ThreadPoolExecutor(_BURST) as pool:
        answered.update(pool.map(ask, range(_BURST)))


def _traffic(
    port: int,
    questions: Sequence[str],
    hostile: Mapping[str, Asked],
    minute: int,
    until: float,
    answered: Counter[str],
) -> None:
    def client(number: int) -> None:
        chance = random.Random(minute * _CLIENTS + number)
        while time.monotonic() < until:
            answered.update([status(port, _some(chance, questions, hostile))])
            time.sleep(chance.uniform(0, 0.2))

    threads = [threading.Thread(target=client, args=[number]) for number in range(_CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _some(chance: random.Random, questions: Sequence[str], hostile: Mapping[str, Asked]) -> Asked:
    question = f"{chance.choice(questions)} ({chance.randrange(10**6)})"
    document = f"/collections/soak/documents/{chance.randrange(_NAMES)}.txt"
    choices: dict[str, tuple[int, Callable[[], Asked]]] = {
        "ask": (4, lambda: _posted("/ask", question=question)),
        "search": (4, lambda: _posted("/search", question=question)),
        "stream": (2, lambda: _posted("/ask", "text/event-stream", question=question)),
        "chat": (2, lambda: _posted("/v1/chat/completions", model="default", messages=[{"role": "user", "content": question}])),
        "list": (2, lambda: Asked("GET", "/documents?limit=1000")),
        "put": (2, lambda: Asked("PUT", document, f"{question} It is said on page {chance.randrange(10**6)}.".encode(), {})),
        "delete": (1, lambda: Asked("DELETE", document)),
        "hostile": (4, lambda: chance.choice(list(hostile.values()))),
    }
    chosen = chance.choices(list(choices), [weight for weight, _ in choices.values()])[0]
    return choices[chosen][1]()


def _posted(path: str, accept: str = "application/json", **body: object) -> Asked:
    return Asked("POST", path, json.dumps(body).encode(), {**_JSON, "Accept": accept})


def status(port: int, asked: Asked) -> str:
    """The status of the answer, or the error in its place."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(asked.method, asked.path, asked.body, dict(asked.headers))
        response = connection.getresponse()
        response.read()
        return str(response.status)
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()


def _row(minute: int, process: psutil.Process, log: Path, seen: Seen, answered: Counter[str]) -> dict[str, object]:
    p50, p99 = np.percentile(seen.health_ms, (50, 99))
    return {
        "minute": minute,
        "answers": dict(sorted(answered.items())),
        "descriptors": _descriptors(process),
        "threads": process.num_threads(),
        "resident_mib": round(process.memory_info().rss / _MEBIBYTE),
        "log_bytes": log.stat().st_size,
        "health": {
            "asked": len(seen.health_ms),
            "failed": seen.failed,
            "p50_ms": round(float(p50), 1),
            "p99_ms": round(float(p99), 1),
            "longest_ms": round(max(seen.health_ms), 1),
        },
        "watcher_late_p99_ms": round(float(np.percentile(seen.late_ms, 99)), 1),
    }


def _descriptors(process: psutil.Process) -> int | None:
    """None where the system has none."""
    count: Callable[[], int] | None = getattr(process, "num_fds", None)
    return count() if count else None
