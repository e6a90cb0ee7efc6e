"""The same passages in the engines of several systems: recall, time, memory, disk, and searches beside writes."""

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, cycle
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from quotewise.eval.bench.filling import CHUNKS, Pool, documents, pool_of
from quotewise.eval.bench.growth import Fill
from quotewise.eval.peers.comparison import failure
from quotewise.eval.peers.engines import ENGINES, TOP, Engine, Passages
from quotewise.eval.processes import in_own_process, resident_mib
from quotewise.index.errors import translate_errors

_SEARCHES, _SECONDS, _WORDS = 200, 20.0, 10
"""Searches of a kind, or as many as so many seconds allow; words of a query."""
_WRITING_SECONDS, _PAUSE_SECONDS = 10.0, 0.05
"""How long documents are put one by one, and between two of them."""


def bench_engines(
    fill: Fill,
    chunks: Annotated[int, typer.Option(min=1000, help="Passages in each.")] = 100_000,
    engine: Annotated[list[str], typer.Option(metavar="NAME", help="Only this one.")] = [],  # noqa: B006
) -> Iterator[dict[str, Any]]:
    """Put the same passages into the engines of several systems, and search them; needs the packages of each.

    A row an engine. Recall is that of the ten nearest by exact search over the same float32 vectors; a search of words is right
    where its first passage holds the words. Texts come with what is found. Nothing but the one engine runs in its process.
    Raises FolderError, and PeerError where an engine fails or is not installed.
    """
    unknown = sorted(set(engine) - ENGINES.keys())
    if unknown:
        raise typer.BadParameter(f"--engine {unknown[0]} is none of {', '.join(ENGINES)}")
    pool = in_own_process(pool_of, fill)
    for name in engine or ENGINES:
        with tempfile.TemporaryDirectory() as folder, translate_errors(partial(failure, name)):
            row = in_own_process(_measured, name, Path(folder), pool, chunks)
        yield row


def _measured(name: str, folder: Path, pool: Pool, chunks: int) -> dict[str, Any]:
    os.environ |= {"HF_HUB_OFFLINE": "1", "HAYSTACK_TELEMETRY_ENABLED": "False"}
    passages = Passages(0, list(documents(pool, range(-(-chunks // CHUNKS)))))
    vectors, texts, resident = passages.vectors, passages.texts, resident_mib()
    began = time.perf_counter()
    engine = ENGINES[name](folder, vectors.shape[1])
    engine.add(passages)
    filled = time.perf_counter() - began
    row: dict[str, Any] = {
        "engine": name,
        "set up": engine.setup,
        "chunks": len(texts),
        "fill_seconds": round(filled, 1),
        "memory_mib": resident_mib() - resident,
        "disk_mib": round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / (1 << 20), 1),
    }
    queries = pool.drawn(np.random.default_rng(1), _SEARCHES)[1]
    found, times = _searched([partial(engine.dense, vector) for vector in queries])
    exact = np.argpartition(queries[: len(found)] @ vectors.T, -TOP, axis=1)[:, -TOP:]
    shared = [len(set(some) & set(best.tolist())) for some, best in zip(found, exact, strict=True)]
    row["vectors"] = {"recall_at_10_of_exact": round(float(np.mean(shared)) / TOP, 4)} | times
    asked = [_words(texts[number]) for number in np.random.default_rng(2).integers(len(texts), size=_SEARCHES)]
    if engine.words(asked[0]) is not None:
        found, times = _searched([partial(_of_words, engine, words) for words in asked])
        right = [bool(some) and words in texts[some[0]] for some, words in zip(found, asked, strict=False)]
        row["words"] = {"first_holds_them": round(float(np.mean(right)), 4)} | times
    return row | {"writing": _writing(engine, pool, len(passages.made), queries, asked)}


def _searched(searches: list[Callable[[], list[int]]]) -> tuple[list[list[int]], dict[str, float]]:
    """What is found and the milliseconds, without those of a first search."""
    searches[0]()
    found, times, began = [], list[float](), time.perf_counter()
    for search in searches:
        started = time.perf_counter()
        found.append(search())
        times.append((time.perf_counter() - started) * 1000)
        if time.perf_counter() - began > _SECONDS:
            break
    return found, _percentiles(times)


def _writing(engine: Engine, pool: Pool, number: int, queries: np.ndarray, asked: list[str]) -> dict[str, Any]:
    """Documents of six passages put one by one, while another thread searches by vector and words, one after the other."""
    done, searches, uploads = threading.Event(), _Times(), _Times()

    def search() -> None:
        for vector, words in cycle(zip(queries, asked, strict=True)):
            searches.time(partial(_of_both, engine, vector, words))
            if done.is_set():
                break

    thread, began = threading.Thread(target=search), time.perf_counter()
    thread.start()
    try:
        for each in count(number):
            passages = Passages(each, list(documents(pool, range(each, each + 1))))
            uploads.time(partial(engine.add, passages))
            if time.perf_counter() - began > _WRITING_SECONDS:
                break
            time.sleep(_PAUSE_SECONDS)
    finally:
        done.set()
        thread.join()
    found = passages.numbers[0] in engine.dense(passages.vectors[0])
    return {"a document": uploads.row(), "searches": searches.row(), "the last is found": found}


def _of_words(engine: Engine, query: str) -> list[int]:
    return engine.words(query) or []


def _of_both(engine: Engine, vector: np.ndarray, query: str) -> None:
    engine.dense(vector)
    engine.words(query)


class _Times:
    """Milliseconds of what is done again and again, and what was raised: for a system that fails there it is a figure."""

    def __init__(self) -> None:
        self._times, self._failures = list[float](), list[str]()

    def time(self, work: Callable[[], Any]) -> None:
        started = time.perf_counter()
        try:
            work()
        except Exception as error:  # noqa: BLE001  # whatever a system raises
            self._failures.append(f"{type(error).__name__}: {error}"[:100])
        self._times.append((time.perf_counter() - started) * 1000)

    def row(self) -> dict[str, Any]:
        return _percentiles(self._times) | (
            {"failed": len(self._failures), "first": self._failures[0]} if self._failures else {}
        )


def _words(text: str) -> str:
    """Words in a row from the beginning of a passage."""
    return " ".join(text.split(" ")[:_WORDS])


def _percentiles(times: list[float]) -> dict[str, float]:
    p50, p95 = np.percentile(times, (50, 95)).round(2).tolist()
    return {"count": len(times), "p50_ms": p50, "p95_ms": p95}
