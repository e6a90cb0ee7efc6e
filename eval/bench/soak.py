"""A service under mixed traffic for long, watched by the minute: questions, uploads, removals, hostile requests, idle phases.

What leaks shows as a row that grows: descriptors, threads, memory and log.
"""

import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from quotewise.eval.bench.servers import Folder, Gold, Server, questions_of, serving, watched
from quotewise.eval.gold import SEEDS
from quotewise.eval.processes import in_own_process

_CLIENTS, _BURST, _DOCUMENTS = 4, 60, 20
_TRAFFIC = json.loads(Path(__file__).with_name("traffic.json").read_text(encoding="utf-8"))


def bench_soak(
    folder: Folder = Path("seeds"), gold: Gold = SEEDS, minutes: Annotated[int, typer.Option(min=1, help="How long.")] = 30
) -> Iterator[dict[str, Any]]:
    """Mixed traffic, uploads, hostile requests and idle phases: a JSON line a minute of what the service holds."""
    with serving(folder) as server:
        yield from soak(server, questions_of(gold), minutes)


def soak(
    server: Server, questions: Sequence[str], minutes: int, busy: float = 48.0, idle: float = 12.0
) -> Iterator[dict[str, Any]]:
    """The figures of each minute: a burst and then ``busy`` seconds of four clients, and ``idle`` seconds of none."""
    for minute in range(1, minutes + 1):
        with watched(server) as seen:
            answers = in_own_process(_traffic, server.url, questions, minute, busy)  # which does not delay the watcher
            time.sleep(idle)
        yield {
            "minute": minute,
            "answers": dict(sorted(answers.items())),
            "descriptors": server.process.num_fds() if hasattr(server.process, "num_fds") else None,
            "threads": server.process.num_threads(),
            "resident_mib": server.resident_mib(),
            "log_bytes": server.log.stat().st_size,
            **seen.summary(),
        }


def hostile_requests(url: str) -> dict[str, httpx.Request]:
    """The largest and oddest that a request may be, each of which once cost seconds or was accepted."""
    return {name: _request(url, kind) for name, kind in _TRAFFIC["hostile"].items()}


def _request(url: str, kind: Mapping[str, Any], **values: object) -> httpx.Request:
    """A request of ``traffic.json``: a part of its query or body is a text with the names of values in braces, or a text to
    repeat so many times, in which ``%d`` is the number of the repetition."""

    def joined(parts: Sequence[Any]) -> str:
        repeated = (
            part if isinstance(part, str) else "".join(part[0].replace("%d", str(n)) for n in range(part[1])) for part in parts
        )
        return filled("".join(repeated))

    def filled(text: str) -> str:
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", str(value))
        return text

    types = {"Content-Type": "application/json"} if kind["method"] in ("POST", "GET") else {}
    address = url + filled(kind["path"]) + joined(kind.get("query", ()))
    content = joined(kind.get("body", ())).encode("latin-1" if not values else "utf-8")
    return httpx.Request(kind["method"], address, headers=types | kind.get("headers", {}), content=content)


def status(http: httpx.Client, request: httpx.Request) -> str:
    """The status of the answer, or the error in its place."""
    try:
        return str(http.send(request).status_code)
    except httpx.TransportError as error:
        return type(error).__name__


def _traffic(url: str, questions: Sequence[str], minute: int, busy: float) -> Counter[str]:
    answers: Counter[str] = Counter()
    ordinary, hostile = _TRAFFIC["ordinary"], list(hostile_requests(url).values())
    weights = [*(kind["weight"] for kind in ordinary.values()), _TRAFFIC["hostile weight"]]
    with httpx.Client(timeout=60, limits=httpx.Limits(max_connections=_BURST, max_keepalive_connections=0)) as http:

        def drawn(chance: random.Random, kind: str) -> str:
            number = chance.randrange(10**6)
            question = json.dumps(f"{chance.choice(questions)} ({minute}, {number})")[1:-1]
            values = {"question": question, "number": number, "document": number % _DOCUMENTS}
            return status(http, _request(url, ordinary[kind], **values) if kind else chance.choice(hostile))

        def client(number: int) -> None:
            chance = random.Random(minute * _CLIENTS + number)
            while time.monotonic() < until:
                answers[drawn(chance, chance.choices([*ordinary, ""], weights)[0])] += 1
                time.sleep(chance.uniform(0, 0.2))

        with ThreadPoolExecutor(_BURST) as pool:
            answers.update(pool.map(lambda number: drawn(random.Random(number), "search"), range(_BURST)))
            until = time.monotonic() + busy
            list(pool.map(client, range(_CLIENTS)))
    return answers
