"""A store of any size in minutes: documents recombined of a corpus, whose vectors are mixtures of the corpus's, with noise."""

import hashlib
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np

from quotewise.index.boilerplate import SentenceKind
from quotewise.index.chunking import DEFAULT_CHUNK_TOKENS, Chunk, Chunker
from quotewise.index.documents import Document, find_files, parse_document
from quotewise.index.embedders import load_embedder
from quotewise.index.embedding import chunk_texts, embed
from quotewise.index.errors import DocumentError, FolderError
from quotewise.index.layout import Layout
from quotewise.index.local_store import LocalStore
from quotewise.index.sentences import Span
from quotewise.index.store import Collection

NAME = "default"
CHUNKS, KINDS = 6, 50
"""Of each document, and of the metadata ``kind``, each value of which one document in so many has."""
_POOL, _FIRST_YEAR = 2000, 1980
_MIXED, _NOISE = 0.5, 0.4
"""How long the part of another vector, and the noise, of a vector of length 1."""


@dataclass(frozen=True)
class Pool:
    """Chunks of a corpus: the sentences of each with their kinds, and the vectors float32 (chunks, dimension)."""

    sentences: Sequence[Sequence[tuple[str, SentenceKind]]]
    vectors: np.ndarray

    def drawn(self, chance: np.random.Generator, count: int) -> tuple[list[int], np.ndarray]:
        """Chunks at random, and float32 unit vectors near theirs."""
        these, others = (chance.integers(len(self.vectors), size=count) for _ in range(2))
        noise = chance.standard_normal((count, self.vectors.shape[1]), np.float32) * (_NOISE / self.vectors.shape[1] ** 0.5)
        near = self.vectors[these] + _MIXED * self.vectors[others] + noise
        near /= np.linalg.norm(near, axis=1, keepdims=True)
        return these.tolist(), near


@dataclass(frozen=True)
class Made:
    """A document, its chunks and their vectors float32 (chunks, dimension)."""

    document: Document
    chunks: Sequence[Chunk]
    vectors: np.ndarray

    def texts(self) -> list[str]:
        """The text of each chunk."""
        return [self.document.text[chunk.start : chunk.end] for chunk in self.chunks]


@dataclass(frozen=True)
class Filled:
    """What a store was filled from, and how long its catalogue and its search index took."""

    pool: Pool
    seconds: dict[str, float]


def fill(folder: Path, corpus: Path, size: int) -> Filled:
    """Make a published store of so many chunks; to be run in a process of its own, whose memory goes with it."""
    pool, store, embedder = pool_of(corpus), LocalStore(folder, create=True), load_embedder()
    store.catalogue.add_collection(
        Collection(NAME, str(folder), embedder.name, embedder.fingerprint, embedder.dimension, DEFAULT_CHUNK_TOKENS, "en")
    )
    started = time.perf_counter()
    put_documents(store, pool, range(-(-size // CHUNKS)))
    put = time.perf_counter()
    store.publish(NAME)
    published = time.perf_counter()
    store.close()
    return Filled(pool, {"catalogue": round(put - started, 1), "search index": round(published - put, 1)})


def put_documents(store: LocalStore, pool: Pool, numbers: range) -> None:
    """Put the documents of these numbers, and do not publish."""
    for made in documents(pool, numbers):
        store.catalogue.put(NAME, made.document, made.chunks, made.vectors)


def documents(pool: Pool, numbers: range) -> Iterator[Made]:
    """Documents of ``CHUNKS`` chunks, each of the sentences of one of the pool and some of others."""
    chance, draws = np.random.default_rng(numbers.start), random.Random(numbers.start)
    for number in numbers:
        these, vectors = pool.drawn(chance, CHUNKS)
        chunks = [_recombined(pool, of, draws) for of in these]
        text, placed = "", []
        for chunk in chunks:
            placed.append(_placed(chunk, len(text)))
            text += " ".join(sentence for sentence, _ in chunk) + "\n\n"
        path, data = f"{number % KINDS:02}/{number:07}.txt", text.encode()
        described = {"kind": f"kind{number % KINDS}", "year": str(_FIRST_YEAR + number % KINDS)}
        layout, digest = Layout.of("text", 1, text), hashlib.sha256(data).hexdigest()
        yield Made(Document(path, text, digest, "utf-8", "text/plain", path, len(data), described, (), layout), placed, vectors)


def pool_of(corpus: Path) -> Pool:
    """Chunks of a folder, some of each document. Raises FolderError where it has no documents."""
    embedder = load_embedder()
    chunker = Chunker(embedder.count_tokens)
    texts: list[str] = []
    sentences: list[list[tuple[str, SentenceKind]]] = []
    for path in _shuffled(corpus):
        try:
            document = parse_document(path, (corpus / path).read_bytes())
        except DocumentError:
            continue
        chunks = chunker.chunks(document)[: _POOL // 10]
        texts += chunk_texts(document, chunks)
        for chunk in chunks:
            spans = zip(chunk.sentences, chunk.kinds, strict=True)
            sentences.append([(" ".join(document.text[span.start : span.end].split()), kind) for span, kind in spans])
        if len(texts) >= _POOL:
            break
    if not texts:
        raise FolderError(f"{corpus} has no documents to recombine")
    return Pool(sentences, embed(embedder, texts))


def _shuffled(corpus: Path) -> list[str]:
    paths = [file.path for file in find_files(corpus) if not file.problem]
    random.Random(0).shuffle(paths)
    return paths


def _recombined(pool: Pool, of: int, draws: random.Random) -> list[tuple[str, SentenceKind]]:
    """The sentences of a chunk, of which every third is one of another."""
    return [
        draws.choice(draws.choice(pool.sentences)) if draws.random() < 1 / 3 else sentence for sentence in pool.sentences[of]
    ]


def _placed(sentences: Sequence[tuple[str, SentenceKind]], start: int) -> Chunk:
    ends = list(accumulate((len(sentence) + 1 for sentence, _ in sentences), initial=start))
    spans = tuple(Span(at, at + len(sentence)) for at, (sentence, _) in zip(ends, sentences, strict=False))
    return Chunk(start, spans[-1].end, spans[-1].end, (), spans, tuple(kind for _, kind in sentences))
