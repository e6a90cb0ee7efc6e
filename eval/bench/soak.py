"""A service under mixed traffic for long, watched by the minute: questions, uploads, removals, hostile requests, idle phases.

What leaks shows as a row that grows: descriptors, threads, memory and log.
"""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from quotewise.eval.bench.servers import Folder, Gold, Server, questions_of, serving, watched
from quotewise.eval.gold import SEEDS

_CLIENTS, _BURST, _NAMES = 4, 60, 20
_WEIGHTS = {"ask": 4, "search": 4, "stream": 2, "chat": 2, "list": 2, "put": 2, "delete": 1, "hostile": 4}


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
    with ProcessPoolExecutor(1, get_context("spawn")) as clients:  # another process, which does not delay the watcher
        for minute in range(1, minutes + 1):
            with watched(server) as seen:
                answers = clients.submit(_traffic, server.url, questions, minute, busy).result()
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
    kinds = json.loads(Path(__file__).with_name("hostile.json").read_text(encoding="utf-8"))
    return {name: _hostile(url, **kind) for name, kind in kinds.items()}


def _hostile(
    url: str,
    method: str,
    path: str,
    query: Sequence[Any] = (),
    body: Sequence[Any] = (),
    headers: Mapping[str, str] | None = None,
) -> httpx.Request:
    """A part of query or body is a text, or a text to repeat so many times, in which ``%d`` is the number of the repetition."""
    parts = [
        "".join(
            part if isinstance(part, str) else "".join(part[0].replace("%d", str(n)) for n in range(part[1])) for part in parts
        )
        for parts in (query, body)
    ]
    types = {} if method == "PUT" else {"Content-Type": "application/json"}
    content = parts[1].encode("latin-1")
    return httpx.Request(method, url + path + parts[0], headers={**types, **(headers or {})}, content=content)


def status(http: httpx.Client, request: httpx.Request) -> str:
    """The status of the answer, or the error in its place."""
    try:
        return str(http.send(request).status_code)
    except httpx.TransportError as error:
        return type(error).__name__


def _traffic(url: str, questions: Sequence[str], minute: int, busy: float) -> Counter[str]:
    answers: Counter[str] = Counter()
    hostile = list(hostile_requests(url).values())
    with httpx.Client(timeout=60, limits=httpx.Limits(max_connections=_BURST, max_keepalive_connections=0)) as http:
        burst = [_post(url, "/search", question=f"{questions[n % len(questions)]} ({minute}, {n})") for n in range(_BURST)]
        with ThreadPoolExecutor(_BURST) as pool:
            answers.update(pool.map(lambda request: status(http, request), burst))
        until = time.monotonic() + busy

        def client(number: int) -> None:
            chance = random.Random(minute * _CLIENTS + number)
            while time.monotonic() < until:
                answers[status(http, _drawn(chance, url, questions, hostile))] += 1
                time.sleep(chance.uniform(0, 0.2))

        threads = [threading.Thread(target=client, args=[number]) for number in range(_CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return answers


def _drawn(chance: random.Random, url: str, questions: Sequence[str], hostile: Sequence[httpx.Request]) -> httpx.Request:
    question = f"{chance.choice(questions)} ({chance.randrange(10**6)})"
    document = f"{url}/collections/soak/documents/{chance.randrange(_NAMES)}.txt"
    [kind] = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
    match kind:
        case "hostile":
            return chance.choice(hostile)
        case "list":
            return httpx.Request("GET", f"{url}/documents?limit=1000")
        case "put":
            return httpx.Request("PUT", document, content=f"{question} It is said on page {chance.randrange(10**6)}.".encode())
        case "delete":
            return httpx.Request("DELETE", document)
        case "chat":
            return _post(url, "/v1/chat/completions", model="default", messages=[{"role": "user", "content": question}])
        case "stream":
            return _post(url, "/ask", "text/event-stream", question=question)
    return _post(url, f"/{kind}", question=question)


def _post(url: str, path: str, accept: str = "application/json", **body: object) -> httpx.Request:
    return httpx.Request("POST", url + path, json=body, headers={"Accept": accept})
