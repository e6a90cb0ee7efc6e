"""A server in a process of its own: started, asked by clients that wait for each answer, and watched meanwhile."""

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import httpx
import numpy as np
import psutil
import typer

from quotewise.eval.gold import SEEDS, load_gold
from quotewise.eval.processes import in_own_process, peak_mib
from quotewise.index.defaults import DEFAULT_EMBEDDER
from quotewise.index.embedders import load_embedder
from quotewise.index.errors import QuotewiseError
from quotewise.index.ingest import Sync
from quotewise.index.local_store import LocalStore

MEBIBYTE = 1 << 20
_START_SECONDS = 60
_WATCH_SECONDS = 0.1
Folder = Annotated[Path, typer.Option(metavar="DIR", help="Folder to serve.")]
Gold = Annotated[Path, typer.Option(metavar="FILE", help="Where the questions are from.")]


class BenchError(QuotewiseError):
    """A benchmark could not be made: a process failed, or a service did not answer."""

    code = "bench-failed"


@dataclass(frozen=True, slots=True)
class Server:
    """A running service; ``log`` is what it writes to standard error."""

    process: psutil.Process
    url: str
    log: Path
    ready_seconds: float = 0.0

    def resident_mib(self) -> int:
        return round(self.process.memory_info().rss / MEBIBYTE)


def questions_of(gold: Path = SEEDS) -> list[str]:
    return [question.question for question in load_gold(gold).questions]


def index(folder: str, target: str, embedder: str = DEFAULT_EMBEDDER, catalogue: str | None = None) -> dict[str, float]:
    """Index a folder into another one, in this process, and say what that took."""
    started = time.perf_counter()
    with closing(LocalStore(Path(target), create=True, catalogue=catalogue)) as store:
        report = Sync(store, load_embedder(embedder)).run(Path(folder))
    seconds = time.perf_counter() - started
    return {
        "seconds": round(seconds, 1),
        "documents_per_second": round(len(report.added) / seconds, 1),
        "chunks_per_second": round(report.chunks / seconds, 1),
        "peak_mib": peak_mib(),
    }


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """A server of a folder, which is indexed into a temporary folder. Raises BenchError where it does not become ready."""
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch, "index")
        in_own_process(index, str(folder), str(target))
        with started(target) as server:
            yield server


@contextmanager
def started(target: Path, **environment: str) -> Iterator[Server]:
    """A server of an index folder. Raises BenchError where it does not become ready."""
    log = target.with_name(f"{target.name}.log")
    port = free_port()
    began, url = time.perf_counter(), f"http://127.0.0.1:{port}"
    with log.open("wb") as stderr:
        command = [sys.executable, "-m", "quotewise", "serve", "--index", str(target), "--port", str(port)]
        process = psutil.Popen(command, stdout=subprocess.DEVNULL, stderr=stderr, env={**os.environ, **environment})
    try:
        with httpx.Client(base_url=url) as http:
            while not _is_ready(http):
                if process.poll() is not None or time.perf_counter() - began > _START_SECONDS:
                    raise BenchError(f"the server did not become ready: {log.read_text(errors='replace')[-500:]}")
                time.sleep(0.01)
        yield Server(process, url, log, round(time.perf_counter() - began, 2))
    finally:
        process.terminate()
        process.wait(10)


def free_port() -> int:
    """A port of this machine on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def _is_ready(http: httpx.Client) -> bool:
    try:
        return http.get("/ready").status_code == 200
    except httpx.TransportError:
        return False


def closed_loop(
    url: str, questions: Sequence[str], count: int, clients: int = 1, accept: str = "application/json"
) -> dict[str, float]:
    """Latency of clients that wait for an answer before they ask again, ``count`` questions each, none of which comes twice.

    The latency is that of the first event or of the whole JSON, until the first blank line or the end. Raises BenchError.
    """
    mark = time.time_ns()

    def ask(client: int) -> list[float]:
        times = []
        with httpx.Client(base_url=url, timeout=60, headers={"Accept": accept}) as http:
            for number in range(count):
                body = {"question": f"{questions[number % len(questions)]} ({mark}, {client}, {number})"}
                started = time.perf_counter()
                with http.stream("POST", "/ask", json=body) as response:
                    lines = response.iter_lines()
                    next((line for line in lines if not line), None)
                    times.append((time.perf_counter() - started) * 1000)
                    deque(lines, 0)  # to the end, so that the next question does not meet the rest of this one
                if response.status_code != 200:
                    raise BenchError(f"the service answered {response.status_code} to one of {clients} clients")
        return times

    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        times = [ms for part in pool.map(ask, range(clients)) for ms in part]
    seconds = time.perf_counter() - started
    return {**percentiles(times, 50, 95), "requests_per_second": round(len(times) / seconds, 1)}


def percentiles(times_ms: Sequence[float], *which: int) -> dict[str, float]:
    return {f"p{one}_ms": round(float(np.percentile(times_ms, one)), 1) for one in which}


@dataclass
class Observations:
    """Milliseconds of ``/health``, failures of it, and resident MiB of a service.

    ``late_ms`` is how late the watcher itself was scheduled, by which the machine delays both.
    """

    health_ms: list[float] = field(default_factory=list)
    late_ms: list[float] = field(default_factory=list)
    resident_mib: list[int] = field(default_factory=list)
    failed: int = 0

    def summary(self) -> dict[str, Any]:
        health = {"requests": len(self.health_ms), "failed": self.failed, **percentiles(self.health_ms, 50, 95, 99)}
        late = round(float(np.percentile(self.late_ms, 99)), 1)
        return {"health": health | {"longest_ms": round(max(self.health_ms), 1)}, "watcher_late_p99_ms": late}


@contextmanager
def watched(server: Server) -> Iterator[Observations]:
    """What is observed of a server until the end of the context, ten times a second, with a new connection each time."""
    seen, stop = Observations(), threading.Event()

    def watch(http: httpx.Client) -> None:
        due = time.perf_counter() + _WATCH_SECONDS
        while not stop.wait(_WATCH_SECONDS):
            started = time.perf_counter()
            seen.late_ms.append((started - due) * 1000)
            try:
                seen.failed += http.get("/health").status_code != 200
            except httpx.TransportError:
                seen.failed += 1
            seen.health_ms.append((time.perf_counter() - started) * 1000)
            seen.resident_mib.append(server.resident_mib())
            due = time.perf_counter() + _WATCH_SECONDS

    limits = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(base_url=server.url, timeout=10, limits=limits) as http:
        thread = threading.Thread(target=watch, args=[http])
        thread.start()
        try:
            yield seen
        finally:
            stop.set()
            thread.join()
