"""How indexing and searching grow with the corpus, by stage, over documents of made-up sentences."""

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from quotewise.eval.runs import peak_mib
from quotewise.index.chunking import DEFAULT_CHUNK_TOKENS, Chunk, Chunker
from quotewise.index.documents import Document, parse_document
from quotewise.index.embedders import BUNDLED, OnnxEmbedder
from quotewise.index.local_store import LocalStore
from quotewise.index.store import Collection, Filter
from quotewise.rag.passages import join_chunks
from quotewise.rag.retrieval import fuse
from tokenizers import Tokenizer

_NAME = "default"
_SENTENCES = 60
"""Of each document, which makes about ten chunks."""
_BATCH = 256
_TOPICS = 200
_QUERIES = 200
_TOP = 10
_ZIPF = 1.07
"""Exponent of the frequency of words by rank in English (Zipf; Piantadosi, Psychonomic Bulletin 2014, figure 1)."""


def bench_index(sizes: Sequence[int], report: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Index corpora of about so many chunks, each from nothing, and say how the seconds of each stage grow."""
    return _growth([_indexed(size, report) for size in sorted(sizes)])


def bench_search(sizes: Sequence[int], report: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Search corpora of about so many chunks, whose vectors are drawn around topics instead of embedded."""
    return _growth([_searched(size, report) for size in sorted(sizes)])


def _growth(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The rows, and the exponent b of the least-squares fit seconds = a * chunks ** b of each stage."""
    exponents = {}
    if len(rows) > 1:
        chunks = np.log([row["chunks"] for row in rows])
        for stage in rows[0]["stages_ms"]:
            times = np.log([max(row["stages_ms"][stage], 1e-6) for row in rows])
            exponents[stage] = round(float(np.polyfit(chunks, times, 1)[0]), 2)
    return {"sizes": rows, "grows_with_chunks_to_the_power_of": exponents}


class _Clock:
    def __init__(self) -> None:
        self.stages: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.stages[name] += (time.perf_counter() - started) * 1000

    def rounded(self, of: int = 1) -> dict[str, float]:
        return {name: round(value / of, 3) for name, value in self.stages.items()}


def _indexed(size: int, report: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    embedder, clock = OnnxEmbedder(), _Clock()
    with _filling(embedder) as (store, chunker):
        started, count = time.perf_counter(), 0
        for batch in _batches(size, chunker, clock):
            texts = [document.text[chunk.start : chunk.end] for document, chunks in batch for chunk in chunks]
            with clock.stage("embed"):
                vectors = embedder.encode_document(texts)
            with clock.stage("store"):
                _put(store, batch, vectors)
            count += len(texts)
        with store.writing(), clock.stage("publish"):
            store.publish(_NAME)
        seconds = time.perf_counter() - started
    row = {
        "chunks": count,
        "chunks_per_second": round(count / seconds, 1),
        "peak_mib": peak_mib(),
        "stages_ms": clock.rounded(),
    }
    report(row)
    return row


def _searched(size: int, report: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    embedder, chance = OnnxEmbedder(), np.random.default_rng(0)
    topics = chance.standard_normal((_TOPICS, embedder.dimension)).astype(np.float32)
    kept: list[np.ndarray] = []
    words: list[str] = []
    with _filling(embedder) as (store, chunker):
        for batch in _batches(size, chunker, _Clock()):
            texts = [document.text[chunk.start : chunk.end] for document, chunks in batch for chunk in chunks]
            kept.append(_around(topics[chance.integers(_TOPICS, size=len(texts))], chance))
            _put(store, batch, kept[-1])
            words += texts[::_BATCH]
        with store.writing():
            store.publish(_NAME)
        vectors = np.concatenate(kept)
        clock, found = _Clock(), 0
        store.search_dense(_NAME, vectors[0], _TOP, Filter())  # the first search reads the indexes
        store.search_lexical(_NAME, "warm", _TOP, Filter())
        for number in range(_QUERIES):
            vector = _around(vectors[chance.integers(len(vectors))][None], chance)[0]
            text = " ".join(words[number % len(words)].split()[:10])
            with clock.stage("vectors"):
                nearest = store.search_dense(_NAME, vector, 50, Filter())
            with clock.stage("words"):
                lexical_hits = store.search_lexical(_NAME, text, 50, Filter())
            with clock.stage("passages"):
                scores = fuse([nearest, lexical_hits])
                best = sorted(scores, key=lambda key: -scores[key])[:12]
                join_chunks(store.catalogue.chunks(best), scores, {hit.chunk_id: hit.score for hit in nearest})
            exact = np.sort(vectors @ vector)[-_TOP:]
            found += sum(hit.score >= exact[0] - 1e-5 for hit in nearest[:_TOP])
    row = {
        "chunks": len(vectors),
        "recall_at_10_of_exact": round(found / _TOP / _QUERIES, 4),
        "peak_mib": peak_mib(),
        "stages_ms": clock.rounded(_QUERIES),
    }
    report(row)
    return row


def _around(centres: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """float32 unit vectors near the rows."""
    near = centres / np.linalg.norm(centres, axis=1, keepdims=True) * 8 + chance.standard_normal(centres.shape)
    unit: np.ndarray = near / np.linalg.norm(near, axis=1, keepdims=True)
    return unit.astype(np.float32)


@contextmanager
def _filling(embedder: OnnxEmbedder) -> Iterator[tuple[LocalStore, Chunker]]:
    with tempfile.TemporaryDirectory() as folder:
        store = LocalStore(Path(folder), create=True)
        fingerprint, dimension = embedder.fingerprint, embedder.dimension
        with store.writing():
            store.catalogue.add_collection(
                Collection(_NAME, folder, embedder.name, fingerprint, dimension, DEFAULT_CHUNK_TOKENS)
            )
        try:
            yield store, Chunker(embedder.count_tokens, DEFAULT_CHUNK_TOKENS)
        finally:
            store.close()


Batch = list[tuple[Document, list[Chunk]]]


def _batches(size: int, chunker: Chunker, clock: _Clock) -> Iterator[Batch]:
    """Documents with their chunks until there are ``size``, so many at a time as are embedded together."""
    batch: Batch = []
    made, waiting = 0, 0
    for number, text in enumerate(_texts()):
        with clock.stage("split"):
            document = parse_document(f"{number:07}.txt", text.encode())
            chunks = chunker.chunks(document)
        batch.append((document, chunks))
        made, waiting = made + len(chunks), waiting + len(chunks)
        if waiting >= _BATCH or made >= size:
            yield batch
            batch, waiting = [], 0
        if made >= size:
            return


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


def _put(store: LocalStore, batch: Batch, vectors: np.ndarray) -> None:
    first = 0
    with store.writing():
        for document, chunks in batch:
            store.catalogue.put(_NAME, document, chunks, vectors[first : first + len(chunks)])
            first += len(chunks)
