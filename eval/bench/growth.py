"""How indexing and searching grow with the corpus, by stage, over documents of generated sentences."""

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import psutil
import typer
from tokenizers import Tokenizer

from quotewise.eval.bench.sizes import measure_searching, measure_writing
from quotewise.eval.processes import peak_mib
from quotewise.index.embedders import BUNDLED, OnnxEmbedder
from quotewise.index.filters import Filter
from quotewise.index.ingest import Sync
from quotewise.index.local_store import LocalStore
from quotewise.index.uploads import Uploads
from quotewise.rag.passages import join_chunks
from quotewise.rag.retrieval import fuse

_NAME = "default"
_SENTENCES, _CHUNKS = 60, 6
"""Of each document."""
_TOPICS, _QUERIES, _TOP, _UPLOADS = 200, 200, 10, 20
_ZIPF = 1.07
"""Exponent of the frequency of words by rank in English (Zipf; Piantadosi, Psychonomic Bulletin 2014, figure 1)."""
Sizes = Annotated[str, typer.Option(metavar="N,N", help="Chunks of each corpus.")]
Fill = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Fill stores quickly: recombine the documents of this folder, and their vectors."),
]


def bench_index(
    sizes: Sizes = "1000,10000,100000",
    fill: Fill = None,
) -> Iterator[dict[str, Any]]:
    """Index growing corpora of generated text and upload small documents to them, and say by stage how the time grows.

    The cost of an upload is the mean of some, each with the file, the catalogue and the search index. Of stores that are filled
    also disk, memory, start, and what searches take while documents are put and vectors compacted.
    """
    return _growth(sizes, partial(measure_writing, corpus=fill) if fill else _indexed)


def bench_search(sizes: Sizes = "1000,10000,100000", fill: Fill = None) -> Iterator[dict[str, Any]]:
    """Search growing corpora, and say by stage how the time grows, and what the vector index misses of exact search."""
    return _growth(sizes, partial(measure_searching, corpus=fill) if fill else _searched)


def _growth(sizes: str, measure: Callable[[int], dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A row a size, and the exponent b of the least-squares fit milliseconds = a * chunks ** b of each stage."""
    if not all(size.isdigit() and int(size) for size in sizes.split(",")):
        raise typer.BadParameter(f"--sizes is positive numbers with commas between, such as 1000,10000, not {sizes!r}")
    rows = []
    for size in sorted(map(int, sizes.split(","))):
        row = measure(size)
        rows.append(row if "start" in row else {**row, "peak_mib": peak_mib()})
        yield rows[-1]
    if len(rows) > 1:
        chunks = np.log([row["chunks"] for row in rows])
        times = {stage: np.log([max(row["stages_ms"][stage], 1e-6) for row in rows]) for stage in rows[0]["stages_ms"]}
        yield {"grows_with_chunks_to_the_power_of": {s: round(float(np.polyfit(chunks, t, 1)[0]), 2) for s, t in times.items()}}


class _Clock(defaultdict[str, float]):
    """Milliseconds of each stage."""

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self[name] += (time.perf_counter() - started) * 1000

    def rounded(self, count: int = 1) -> dict[str, float]:
        return {name: round(ms / count, 3) for name, ms in self.items()}


class _TimedEmbedder(OnnxEmbedder):
    """The bundled embedder with a clock, or vectors drawn around topics, which are kept, in place of its own."""

    def __init__(self, clock: _Clock, drawn: bool = False) -> None:
        super().__init__()
        self._clock, self._drawn, self._chance = clock, drawn, np.random.default_rng(0)
        self._topics = self._chance.standard_normal((_TOPICS, self.dimension)).astype(np.float32)
        self.vectors: list[np.ndarray] = []

    def encode_document(self, texts: Any) -> np.ndarray:
        with self._clock.stage("embed"):
            if not self._drawn:
                return super().encode_document(texts)
            self.vectors.append(_around(self._topics[self._chance.integers(_TOPICS, size=len(texts))], self._chance))
            return self.vectors[-1]


@contextmanager
def _corpus(size: int, embedder: OnnxEmbedder, clock: _Clock) -> Iterator[tuple[LocalStore, list[str]]]:
    """A store of about so many chunks, indexed from nothing, and texts of the corpus."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "corpus")
        folder.mkdir()
        texts = [text for text, _ in zip(_texts(), range(-(-size // _CHUNKS)), strict=False)]
        for number, text in enumerate(texts):
            (folder / f"{number:07}.txt").write_text(text, encoding="utf-8")
        store = LocalStore(Path(scratch, "index"), create=True)
        with clock.stage("all"):
            Sync(store, embedder).run(folder)
        try:
            yield store, texts
        finally:
            store.close()


def _indexed(size: int) -> dict[str, Any]:
    clock, uploading = _Clock(float), _Clock(float)
    embedder = _TimedEmbedder(clock)
    with _corpus(size, embedder, clock) as (store, texts):
        chunks, milliseconds = store.catalogue.size(_NAME).chunks, clock.pop("all")
        clock["rest"] = milliseconds - clock["embed"]
        stages = clock.rounded()
        uploads = Uploads(store, lambda name, text: embedder, store.folder, 1 << 20)
        process = psutil.Process()
        written, processor = process.io_counters().write_chars, time.process_time()
        for number in range(_UPLOADS):
            with uploading.stage("upload"):
                uploads.put(_NAME, f"upload {number}.txt", f"{number} {texts[0][:400]}".encode())
        cost = {
            "processor_ms": round((time.process_time() - processor) / _UPLOADS * 1000, 1),
            "written_kb": round((process.io_counters().write_chars - written) / _UPLOADS / 1000, 1),
        }
    speed = round(chunks / milliseconds * 1000, 1)
    return {"chunks": chunks, "chunks_per_second": speed, "stages_ms": stages | uploading.rounded(_UPLOADS), "upload": cost}


def _searched(size: int) -> dict[str, Any]:
    chance, clock = np.random.default_rng(1), _Clock(float)
    embedder = _TimedEmbedder(_Clock(float), drawn=True)
    with _corpus(size, embedder, _Clock(float)) as (store, texts):
        vectors, hits = np.concatenate(embedder.vectors).astype(np.float16).astype(np.float32), 0  # as the store keeps them
        store.search_dense(_NAME, vectors[0], _TOP, Filter())  # the first search reads the indexes
        store.search_lexical(_NAME, "warm", _TOP, Filter())
        for number in range(_QUERIES):
            vector = _around(vectors[chance.integers(len(vectors))][None], chance)[0]
            with clock.stage("vectors"):
                dense_hits = store.search_dense(_NAME, vector, 50, Filter())
            with clock.stage("words"):
                lexical_hits = store.search_lexical(_NAME, " ".join(texts[number % len(texts)].split()[:10]), 50, Filter())
            with clock.stage("passages"):
                scores = fuse([dense_hits, lexical_hits])
                best = sorted(scores, key=lambda key: -scores[key])[:12]
                join_chunks(store.catalogue.chunks(best), scores, {hit.chunk_id: hit.score for hit in dense_hits})
            exact = np.sort(vectors @ vector)[-_TOP:]
            hits += sum(hit.score >= exact[0] - 1e-5 for hit in dense_hits[:_TOP])
    recall = round(hits / min(_TOP, len(vectors)) / _QUERIES, 4)
    return {"chunks": len(vectors), "recall_at_10_of_exact": recall, "stages_ms": clock.rounded(_QUERIES)}


def _around(centres: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """float32 unit vectors near the rows."""
    near = centres / np.linalg.norm(centres, axis=1, keepdims=True) * 8 + chance.standard_normal(centres.shape)
    unit: np.ndarray = near / np.linalg.norm(near, axis=1, keepdims=True)
    return unit.astype(np.float32)


def _texts() -> Iterator[str]:
    """Endless documents whose words are those of the embedder's vocabulary, as often by rank as in English."""
    chance = np.random.default_rng(0)
    vocabulary = Tokenizer.from_file(str(BUNDLED / "tokenizer.json")).get_vocab()
    words = np.array(sorted(word for word in vocabulary if word.isalpha() and word.isascii() and len(word) > 2))
    share = 1 / np.arange(1, len(words) + 1) ** _ZIPF
    chance.shuffle(words)
    while True:
        lengths = chance.integers(6, 25, size=_SENTENCES)
        drawn = iter(chance.choice(words, size=lengths.sum(), p=share / share.sum()))
        yield " ".join(" ".join(next(drawn) for _ in range(length)).capitalize() + "." for length in lengths)
