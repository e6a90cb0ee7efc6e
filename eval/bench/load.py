"""Open-loop load: requests leave when they are due, whether or not earlier ones are answered; and three times too much of it.

Latency counts from when a request was due, so that a stall also counts for the requests that it held up (coordinated omission;
Tene, How NOT to Measure Latency, 2013). The users of load generators such as locust wait for an answer before they ask again.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import httpx
import numpy as np
import typer

from quotewise.api.running_service import key_headers
from quotewise.eval.bench.servers import BenchError, Folder, Gold, Server, closed_loop, questions_of, serving, watched
from quotewise.eval.gold import SEEDS
from quotewise.eval.processes import in_own_process

REFUSALS = ("429", "503")
_TIMEOUT_SECONDS = 30
_TRIES = 24
"""Of the search for the highest rate; its result is within a tenth."""
_CLIENTS = 4


@dataclass(frozen=True, slots=True)
class Load:
    """The outcome of a rate: percentiles in milliseconds from when each request was due, of those that were answered.

    ``sent_per_second`` is what the generator reached; ``failures`` counts each kind; ``refusal_p95_ms`` is of 429 and 503.
    """

    rate: float
    seconds: float
    requests: int
    sent_per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    longest_ms: float
    failures: dict[str, int]
    refusal_p95_ms: float | None = None

    def keeps(self, limit_ms: float) -> bool:
        """Whether every request was answered and p95 is within a limit."""
        return not self.failures and self.p95_ms <= limit_ms


def bench_load(
    url: Annotated[str, typer.Option(help="Address of a service.", show_default=False)],
    rate: Annotated[float | None, typer.Option(min=0.01, help="Questions a second; by default the highest is sought.")] = None,
    seconds: Annotated[float, typer.Option(min=1, max=600, help="How long each rate is kept up.")] = 20,
    p95: Annotated[float, typer.Option(metavar="MS", min=1, help="What p95 is to stay under.")] = 500,
    gold: Gold = SEEDS,
) -> Iterator[dict[str, Any]]:
    """Put questions to a service at a given rate, whether or not earlier ones are answered, and measure the latency."""
    questions, loads = questions_of(gold), list[Load]()

    def measure(rate: float) -> Load:
        loads.append(load(url, questions, rate, seconds))
        return loads[-1]

    best = highest_rate(p95, measure) if rate is None else rate if measure(rate).keeps(p95) else 0.0
    yield from map(asdict, loads)
    yield {"highest_rate": best, "p95_limit_ms": p95}


def bench_overload(
    folder: Folder = Path("seeds"),
    gold: Gold = SEEDS,
    times: Annotated[float, typer.Option(min=1, help="How many times as much as it can serve.")] = 3,
    seconds: Annotated[float, typer.Option(min=1, help="How long that is kept up.")] = 60,
) -> dict[str, Any]:
    """Ask more of a service than it can answer: refusals, /health, memory, and latency before and after."""
    with serving(folder) as server:
        return overload(server, questions_of(gold), times, seconds)


def overload(server: Server, questions: Sequence[str], times: float, seconds: float, requests: int = 100) -> dict[str, Any]:
    """Put ``times`` as many questions to a server as four clients get answered, for so many seconds, and watch it.

    Before and after, one client asks ``requests`` questions one after the other.
    """
    closed_loop(server.url, questions, requests)
    before = closed_loop(server.url, questions, requests)
    served = closed_loop(server.url, questions, requests, _CLIENTS)["requests_per_second"]
    resident = server.resident_mib()
    with watched(server) as seen:
        over = load(server.url, questions, served * times, seconds)
    refused = sum(over.failures.get(status, 0) for status in REFUSALS)
    return {
        "one_client_before": before,
        "can_serve_per_second": served,
        "over": asdict(over),
        "answered_per_second": round((over.requests - sum(over.failures.values())) / seconds, 1),
        "refused": refused,
        "failed": sum(over.failures.values()) - refused,
        **seen.summary(),
        "resident_mib": {"before": resident, "most": max(seen.resident_mib), "after": server.resident_mib()},
        "one_client_after": closed_loop(server.url, questions, requests),
    }


def load(url: str, questions: Sequence[str], rate: float, seconds: float) -> Load:
    """Put questions at ``rate`` a second, at random times (a Poisson process), for so many seconds.

    Raises BenchError where there is no service, or it answered nothing.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise BenchError(f"{url!r} is not the address of a service")
    sent = in_own_process(_send_all, url, rate, seconds, questions)
    failures = Counter(failure for _, _, failure in sent if failure)
    times = [ms for ms, _, failure in sent if not failure]
    if not times:
        raise BenchError(f"{url} answered none of {len(sent)} requests: {next(iter(failures), 'none was due')}")
    refusals = [ms for ms, _, failure in sent if failure in REFUSALS]
    span = float(np.ptp([left for _, left, _ in sent]))
    p50, p95, p99, longest = np.percentile(times, (50, 95, 99, 100)).round(1).tolist()
    refusal = round(float(np.percentile(refusals, 95)), 1) if refusals else None
    reached = round((len(sent) - 1) / span, 2) if span else rate
    return Load(rate, seconds, len(sent), reached, p50, p95, p99, longest, dict(failures), refusal)


def highest_rate(limit_ms: float, measure: Callable[[float], Load], first: float = 1.0) -> float:
    """The highest rate at which ``measure`` keeps p95 within a limit, within a tenth; 0 where not even ``first`` does."""
    good, bad, rate = 0.0, float("inf"), first
    for _ in range(_TRIES):
        try:
            kept = measure(rate).keeps(limit_ms)
        except BenchError:
            if not good:
                raise
            kept = False
        good, bad = (rate, bad) if kept else (good, rate)
        if not good or bad <= good * 1.1:
            break
        rate = good * 2 if bad == float("inf") else (good * bad) ** 0.5
    return good


def _send_all(url: str, rate: float, seconds: float, questions: Sequence[str]) -> list[tuple[float, float, str | None]]:
    """Of each request the milliseconds since it was due, when it left, and the failure."""
    return asyncio.run(_sent(url, rate, seconds, questions))


async def _sent(url: str, rate: float, seconds: float, questions: Sequence[str]) -> list[tuple[float, float, str | None]]:
    sent: list[tuple[float, float, str | None]] = []
    chance, limits = random.Random(0), httpx.Limits(max_connections=None, max_keepalive_connections=0)

    async def send(due: float, question: str) -> None:
        left = time.perf_counter()
        try:
            response = await http.post("/ask", json={"question": question})
            failure = None if response.status_code == 200 else str(response.status_code)
        except httpx.TransportError as error:
            failure = type(error).__name__
        sent.append(((time.perf_counter() - due) * 1000, left, failure))

    headers = key_headers()
    async with (
        httpx.AsyncClient(base_url=url, headers=headers, timeout=_TIMEOUT_SECONDS, limits=limits) as http,
        asyncio.TaskGroup() as requests,
    ):
        started, due = time.perf_counter(), 0.0
        for number in count():
            due += chance.expovariate(rate)
            if due >= seconds:
                break
            await asyncio.sleep(started + due - time.perf_counter())
            requests.create_task(send(started + due, f"{questions[number % len(questions)]} ({number})"))
    return sent
