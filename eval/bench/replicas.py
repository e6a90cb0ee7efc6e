"""What services cost and reach that share a catalogue in PostgreSQL, beside one with a catalogue of its own."""

import secrets
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import httpx
import typer

from quotewise.eval.bench.servers import BenchError, Folder, Gold, Server, closed_loop, index, questions_of, started
from quotewise.eval.gold import SEEDS
from quotewise.eval.processes import in_own_process
from quotewise.index.defaults import DEFAULT_EMBEDDER

if TYPE_CHECKING:
    import psycopg

_UPLOADS = 5
_COLLECTION = "uploads"
"""Apart from that of the folder, into which uploads would be written."""
_SEEN_SECONDS = 20.0
_STATISTICS_SECONDS = 11.0
"""After which PostgreSQL has counted what a connection did that has nothing to do."""


def bench_replicas(
    catalogue: Annotated[str, typer.Option(metavar="URL", help="A PostgreSQL database; a schema is made there and dropped.")],
    folder: Folder = Path("seeds"),
    gold: Gold = SEEDS,
    replicas: Annotated[int, typer.Option(min=1, help="Most services that share the catalogue.")] = 3,
    clients: Annotated[int, typer.Option(min=1, help="Clients of all services together; each waits for its answer.")] = 6,
    requests: Annotated[int, typer.Option(min=1, help="Questions of each client.")] = 20,
) -> Iterator[dict[str, Any]]:
    """Ask a service with a catalogue in a file, and then one and more that share one in PostgreSQL.

    A row each: answers a second, processor time an answer, statements that the database gets for it, and how long after an
    upload to the first service the last one answers with it.
    """
    import psycopg  # of an extra that the other benchmarks do without

    questions, schema = questions_of(gold), f"quotewise_bench_{secrets.token_hex(4)}"
    url = f"{catalogue}{'&' if '?' in catalogue else '?'}options={quote(f'-csearch_path={schema}')}"
    with tempfile.TemporaryDirectory() as scratch, psycopg.connect(catalogue, autocommit=True) as database:
        database.execute(f"CREATE SCHEMA {schema}".encode())
        try:
            for name, shared, count in (("file", "", 1), *(("postgresql", url, n) for n in dict.fromkeys((1, replicas)))):
                targets = [Path(scratch, f"{name}{number}") for number in range(count)]
                in_own_process(index, str(folder), str(targets[0]), *(() if not shared else (DEFAULT_EMBEDDER, shared)))
                environment = {"QUOTEWISE_UPLOADS": f"{scratch}/uploads"} | ({"QUOTEWISE_CATALOGUE": shared} if shared else {})
                with ExitStack() as running:
                    servers = [running.enter_context(started(target, **environment)) for target in targets]
                    yield {"catalogue": name, "services": count, **_asked(servers, questions, clients, requests, database)}
        finally:
            database.execute(f"DROP SCHEMA {schema} CASCADE".encode())


def _asked(
    servers: Sequence[Server], questions: Sequence[str], clients: int, requests: int, database: "psycopg.Connection[Any]"
) -> dict[str, Any]:
    share = max(1, clients // len(servers))
    for server in servers:
        closed_loop(server.url, questions, 2)
    statements, processor, began = _statements(database), _processor_seconds(servers), time.perf_counter()
    with ThreadPoolExecutor(len(servers)) as pool:
        loops = list(pool.map(lambda server: closed_loop(server.url, questions, requests, share), servers))
    seconds, answers = time.perf_counter() - began, len(servers) * share * requests
    spent, sent = _processor_seconds(servers) - processor, _statements(database) - statements
    return {
        "answers_per_second": round(answers / seconds, 1),
        "p50_ms": round(median(loop["p50_ms"] for loop in loops), 1),
        "p95_ms": max(loop["p95_ms"] for loop in loops),
        "processor_ms_per_answer": round(spent * 1000 / answers, 1),
        "statements_per_answer": round(sent / answers, 1),
        "upload_seen_ms": round(median(_seen_ms(servers) for _ in range(_UPLOADS))),
    }


def _processor_seconds(servers: Sequence[Server]) -> float:
    return sum(sum(server.process.cpu_times()[:2]) for server in servers)


def _statements(database: "psycopg.Connection[Any]") -> int:
    time.sleep(_STATISTICS_SECONDS)
    query = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
    found = database.execute(query).fetchone()
    assert found
    return int(found[0])


def _seen_ms(servers: Sequence[Server]) -> float:
    """From when an upload to the first service is answered until the last one finds it. Raises BenchError."""
    word = f"b{secrets.token_hex(6)}"
    with httpx.Client(timeout=60) as http:
        path = f"/collections/{_COLLECTION}/documents/{word}.txt"
        http.put(f"{servers[0].url}{path}", content=f"The keeper of {word} is away.").raise_for_status()
        began, asked = time.perf_counter(), {"question": f"keeper of {word}", "top_k": 1, "collection": _COLLECTION}
        while time.perf_counter() - began < _SEEN_SECONDS:
            found = http.post(f"{servers[-1].url}/search", json=asked)
            if found.status_code == 200 and word in str(found.json()["passages"]):
                return (time.perf_counter() - began) * 1000
    raise BenchError(f"an upload was not found within {_SEEN_SECONDS:g} seconds")
