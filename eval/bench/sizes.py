"""What a filled store of a size costs: at rest, when searched, when written, and when searched while it is written."""

import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from quotewise.eval.bench.filling import CHUNKS, KINDS, NAME, Filled, Pool, fill, put_documents
from quotewise.eval.gold import SEEDS, load_gold
from quotewise.eval.processes import in_own_process, peak_mib, resident_mib
from quotewise.index.embedders import load_embedder
from quotewise.index.filters import Filter
from quotewise.index.local_store import LocalStore
from quotewise.rag.passages import join_chunks
from quotewise.rag.pipeline import Pipeline
from quotewise.rag.retrieval import fuse

_SEARCHES, _UPLOADS, _TOP, _LIMIT = 200, 20, 10, 50
_REPLACED = 0.06
"""The share of the documents that are put again, so that compaction becomes due."""
_LEAST_REPLACED = 1200


def measure_writing(size: int, corpus: Path) -> dict[str, Any]:
    """A store of so many chunks from a corpus: its making, disk, start, and uploads and searches beside each other."""
    return _measured(size, corpus, _writing)


def measure_searching(size: int, corpus: Path) -> dict[str, Any]:
    """A store of so many chunks from a corpus: each stage of a search, also of 2% of it, a whole answer, and the recall."""
    return _measured(size, corpus, _searching)


def _measured(size: int, corpus: Path, measure: Any) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "index")
        filled = in_own_process(fill, folder, corpus, size)
        row: dict[str, Any] = in_own_process(measure, folder, filled)
        return row


@contextmanager
def _opened(folder: Path) -> Iterator[tuple[LocalStore, dict[str, Any]]]:
    """A store that has answered, and what that took, in a process that has done nothing else."""
    resident, started = resident_mib(), time.perf_counter()
    store = LocalStore(folder)
    store.search_lexical(NAME, "ready", _TOP, Filter())
    store.search_dense(NAME, np.ones(store.catalogue.collection(NAME).dimension, np.float32), _TOP, Filter())
    start = {"seconds": round(time.perf_counter() - started, 2), "resident_mib": resident_mib() - resident}
    try:
        yield store, {"chunks": store.catalogue.size(NAME).chunks, "start": start}
    finally:
        store.close()


def _writing(folder: Path, filled: Filled) -> dict[str, Any]:
    disk = {"catalogue": _mib(folder.glob("catalogue*")), "vectors": _mib(folder.rglob("*-*.*[ys]"))}
    disk["words"] = _mib(folder.rglob("search/*/*")) - disk["vectors"]
    with _opened(folder) as (store, row):
        documents, pool, search = row["chunks"] // CHUNKS, filled.pool, _Searches(store, filled.pool)
        quiet, resident = search.times(_SEARCHES), resident_mib()
        _reset_peak()
        uploads, cost = _Uploads(store, pool, documents), psutil.Process()
        written, processor = cost.io_counters().write_chars, time.process_time()
        alone = [uploads.one() for _ in range(_UPLOADS)]
        row["upload"] = {
            "processor_ms": round((time.process_time() - processor) / _UPLOADS * 1000, 1),
            "written_kb": round((cost.io_counters().write_chars - written) / _UPLOADS / 1000, 1),
            "peak_mib_above": peak_mib() - resident,
        }
        with search.meanwhile() as during_uploads:
            for _ in range(_UPLOADS):
                uploads.one()
        replaced = max(int(documents * _REPLACED), _LEAST_REPLACED // CHUNKS)
        with store.writing():
            put_documents(store, pool, range(min(replaced, documents)))
            _reset_peak()
            started = time.perf_counter()
            store.publish(NAME)
            published = time.perf_counter() - started
        with search.meanwhile() as during_compaction:
            beside = [uploads.one() for _ in range(_UPLOADS)]
            store.finish_compaction()
            seconds = time.perf_counter() - started
        compaction = {
            "seconds": round(seconds, 1),
            "publish_seconds": round(published, 1),
            "peak_mib_above": peak_mib() - resident,
        }
        searches = {
            "quiet": _percentiles(quiet),
            "during uploads": _percentiles(during_uploads),
            "during compaction": _percentiles(during_compaction),
        }
        uploading = {"alone": _percentiles(alone), "during compaction": _percentiles(beside)}
        stages = {"search": quiet, "search during uploads": during_uploads, "upload": alone}
        filling = {f"fill {part}": 1000 * seconds for part, seconds in filled.seconds.items()}
        return row | {
            "fill_seconds": filled.seconds,
            "disk_mib": disk,
            "searches_ms": searches,
            "uploads_ms": uploading,
            "compaction": compaction,
            "stages_ms": filling | {name: round(float(np.median(times)), 3) for name, times in stages.items()},
        }


def _searching(folder: Path, filled: Filled) -> dict[str, Any]:
    with _opened(folder) as (store, row):
        times: dict[str, list[float]] = {}

        def timed(stage: str, work: Any) -> Any:
            started = time.perf_counter()
            result = work()
            times.setdefault(stage, []).append((time.perf_counter() - started) * 1000)
            return result

        stored, found = np.load(next(folder.rglob("vectors-*.npy")), mmap_mode="r"), []
        _, queries = filled.pool.drawn(np.random.default_rng(1), _SEARCHES)
        search = _Searches(store, filled.pool)
        for number, vector in enumerate(queries):
            dense = timed("vectors", partial(store.search_dense, NAME, vector, _LIMIT, Filter()))
            words = timed("words", partial(store.search_lexical, NAME, search.words(), _LIMIT, Filter()))
            scores = fuse([dense, words])
            best = sorted(scores, key=lambda key: -scores[key])[:12]
            similar = {hit.chunk_id: hit.score for hit in dense}
            timed(
                "passages",
                lambda best=best, scores=scores, similar=similar: join_chunks(store.catalogue.chunks(best), scores, similar),
            )
            within = Filter(metadata={"kind": [f"kind{number % KINDS}"]})  # resolved once for both searches of a question
            timed(
                "vectors of 2%" if number >= KINDS else "filter and vectors of 2%",
                partial(store.search_dense, NAME, vector, _LIMIT, within),
            )
            timed("words of 2%", partial(store.search_lexical, NAME, search.words(), _LIMIT, within))
            timed("counts", partial(store.catalogue.size, NAME))
            found.append([hit.score for hit in dense[:_TOP]])
        pipeline = Pipeline(store, load_embedder)
        pipeline.ask("Who is ready?", NAME)  # reads the models
        for question in load_gold(SEEDS).questions:
            timed("ask", partial(pipeline.ask, question.question, NAME))
        hits = np.array(found) >= _exact(stored, queries)[:, None] - 1e-3
        return row | {
            "recall_at_10_of_exact": round(float(hits.mean()), 4),
            "stages_ms": {stage: round(float(np.median(some)), 3) for stage, some in times.items()},
            "p95_ms": {stage: round(float(np.percentile(some, 95)), 3) for stage, some in times.items()},
        }


def _exact(stored: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """The score of the last of the best of all vectors, for each query."""
    best = np.full((len(queries), _TOP), -1.0, np.float32)
    for first in range(0, len(stored), 8192):
        scores = np.concatenate([best, queries @ stored[first : first + 8192].astype(np.float32).T], axis=1)
        best = np.partition(scores, scores.shape[1] - _TOP, axis=1)[:, -_TOP:]
    lowest: np.ndarray = best.min(axis=1)
    return lowest


class _Searches:
    """Searches of both kinds, of vectors and words near those of the corpus."""

    def __init__(self, store: LocalStore, pool: Pool) -> None:
        self._store, self._pool, self._chance = store, pool, np.random.default_rng(2)

    def words(self) -> str:
        """Ten words in a row of a chunk."""
        sentences = self._pool.sentences[int(self._chance.integers(len(self._pool.sentences)))]
        return " ".join(" ".join(sentence for sentence, _ in sentences).split()[:10])

    def times(self, count: int) -> list[float]:
        return [self._one() for _ in range(count)]

    @contextmanager
    def meanwhile(self) -> Iterator[list[float]]:
        """The milliseconds of searches, one after the other from another thread, until exit."""
        times, done = list[float](), threading.Event()

        def search() -> None:
            while not done.is_set():
                times.append(self._one())

        thread = threading.Thread(target=search)
        thread.start()
        try:
            yield times
        finally:
            done.set()
            thread.join()

    def _one(self) -> float:
        (vector,), words = self._pool.drawn(self._chance, 1)[1], self.words()
        started = time.perf_counter()
        self._store.search_dense(NAME, vector, _LIMIT, Filter())
        self._store.search_lexical(NAME, words, _LIMIT, Filter())
        return (time.perf_counter() - started) * 1000


class _Uploads:
    """Documents that are put and published one by one."""

    def __init__(self, store: LocalStore, pool: Pool, documents: int) -> None:
        self._store, self._pool, self._number = store, pool, documents

    def one(self) -> float:
        started = time.perf_counter()
        self._number += 1
        with self._store.writing():
            put_documents(self._store, self._pool, range(self._number, self._number + 1))
            self._store.publish(NAME)
        return (time.perf_counter() - started) * 1000


def _percentiles(times: list[float]) -> dict[str, float]:
    p50, p95, worst = np.percentile(times, (50, 95, 100)).round(2).tolist()
    return {"count": len(times), "p50": p50, "p95": p95, "worst": worst}


def _mib(paths: Iterable[Path]) -> float:
    return round(sum(path.stat().st_size for path in paths if path.is_file()) / (1 << 20), 1)


def _reset_peak() -> None:
    with suppress(OSError):  # not Linux
        Path("/proc/self/clear_refs").write_text("5")
