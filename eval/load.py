"""Open-loop load on a service: requests leave when they are due, whether or not earlier ones have come back.

Latency counts from when a request was due, so that a service that stalls is not spared the requests that its stall held up
(coordinated omission; Tene, How NOT to Measure Latency, 2013). Requests are sent by locust, in a process of its own, since its
gevent changes the sockets of the whole process: ``python -m quotewise.eval.load URL RATE SECONDS < questions``.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from urllib.parse import urlsplit

import numpy as np
from quotewise.index.errors import QuotewiseError

REFUSALS = ("429", "503")
_TIMEOUT_SECONDS = 30
_TRIES = 24
"""Of the search for the highest rate; its result is within a tenth."""


class LoadError(QuotewiseError):
    """The load could not be made."""

    code = "load-failed"


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a rate: percentiles in milliseconds from when each request was due, of those that were answered.

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


def load(url: str, questions: Sequence[str], rate: float, seconds: float) -> Load:
    """Put questions at ``rate`` a second, at random times (a Poisson process), for so many seconds.

    Raises:
        LoadError: there is no service, or it answered nothing.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise LoadError(f"{url!r} is not the address of a service")
    if find_spec("locust") is None:
        raise ModuleNotFoundError("there is no locust", name="locust")
    command = [sys.executable, "-m", "quotewise.eval.load", url, str(rate), str(seconds)]
    process = subprocess.run(command, input=json.dumps(list(questions)), capture_output=True, text=True, check=False)
    if process.returncode:
        raise LoadError(f"the load generator failed: {process.stderr.strip().splitlines()[-1:]}")
    sent = json.loads(process.stdout.splitlines()[-1])
    times = [one["ms"] for one in sent if one["failure"] is None]
    reasons = [one["failure"] for one in sent if one["failure"] is not None]
    if not times:
        raise LoadError(f"{url} answered none of {len(sent)} requests: {reasons[0] if reasons else 'none was due'}")
    refusals = [one["ms"] for one in sent if one["failure"] in REFUSALS]
    span = max(one["sent"] for one in sent) - min(one["sent"] for one in sent)
    reached = (len(sent) - 1) / span if span else rate
    p50, p95, p99 = np.percentile(times, (50, 95, 99))
    failures = {reason: reasons.count(reason) for reason in dict.fromkeys(reasons)}
    return Load(
        rate=rate,
        seconds=seconds,
        requests=len(sent),
        sent_per_second=round(reached, 2),
        p50_ms=round(float(p50), 1),
        p95_ms=round(float(p95), 1),
        p99_ms=round(float(p99), 1),
        longest_ms=round(max(times), 1),
        failures=failures,
        refusal_p95_ms=round(float(np.percentile(refusals, 95)), 1) if refusals else None,
    )


def highest_rate(limit_ms: float, measure: Callable[[float], Load], first: float = 1.0) -> float:
    """The highest rate at which ``measure`` keeps p95 within a limit, within a tenth; 0 where not even ``first`` does."""
    good, bad, rate = 0.0, float("inf"), first
    for _ in range(_TRIES):
        try:
            kept = measure(rate).keeps(limit_ms)
        except LoadError:
            if not good:
                raise
            kept = False
        if kept:
            good = rate
        else:
            bad = rate
        if not good or bad <= good * 1.1:
            break
        rate = good * 2 if bad == float("inf") else (good * bad) ** 0.5
    return good


def _send_all(url: str, rate: float, seconds: float, questions: Sequence[str]) -> list[dict[str, object]]:
    import random
    import time

    import gevent
    from locust.contrib.fasthttp import FastHttpSession
    from locust.env import Environment
    from quotewise.eval.clients import key_headers

    environment, keyed = Environment(host=url), key_headers()
    chance = random.Random(0)
    sent: list[dict[str, object]] = []

    def send(due: float, question: str) -> None:
        session = FastHttpSession(
            url, environment.events.request, None, connection_timeout=_TIMEOUT_SECONDS, network_timeout=_TIMEOUT_SECONDS
        )
        left = time.perf_counter()
        with session.request("POST", "/ask", json={"question": question}, headers=keyed, catch_response=True) as response:
            failure = None if response.status_code == 200 else str(response.status_code or response.error)
            response.success()
        sent.append({"ms": (time.perf_counter() - due) * 1000, "sent": left, "failure": failure})

    started = time.perf_counter()
    due, number, under_way = 0.0, 0, []
    while (due := due + chance.expovariate(rate)) < seconds:
        gevent.sleep(max(0.0, started + due - time.perf_counter()))
        under_way.append(gevent.spawn(send, started + due, f"{questions[number % len(questions)]} ({number})"))
        number += 1
    gevent.joinall(under_way)
    return sent


if __name__ == "__main__":
    address, rate, seconds = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
    print(json.dumps(_send_all(address, rate, seconds, json.load(sys.stdin))))  # noqa: T201
