"""The texts of chunks into vectors, and documents that wait for theirs into the catalogue."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from quotewise.index.chunking import Chunk, embedding_text
from quotewise.index.documents import Document
from quotewise.index.embedders import Embedder
from quotewise.index.errors import DocumentError, translate_errors
from quotewise.index.store import Catalogue

WAITING_CHUNKS = 256
"""Chunks of the documents that are embedded together, little enough to hold in memory."""
BATCH_CHUNKS = 32 * (os.cpu_count() or 1)
"""Chunks embedded at a time: enough to keep every core busy, little enough to tell of often."""


def chunk_texts(document: Document, chunks: Sequence[Chunk]) -> list[str]:
    """What is embedded of each chunk of a document."""
    return [embedding_text(chunk.heading, document.text[chunk.start : chunk.end]) for chunk in chunks]


def embed(
    embedder: Embedder,
    texts: Sequence[str],
    known: Mapping[str, np.ndarray] | None = None,
    embedded: Callable[[int], None] = lambda characters: None,
) -> np.ndarray:
    """float32 (texts, dimension): the vectors of texts, of which those that are ``known`` are not made again.

    ``embedded`` is called before the first batch and after each with the characters done since; an exception ends the work.
    """
    vectors = dict(known or {})
    missing = sorted(
        (text for text in dict.fromkeys(texts) if text not in vectors), key=len
    )  # like lengths pad each other least
    embedded(0)
    for first in range(0, len(missing), BATCH_CHUNKS):
        batch = missing[first : first + BATCH_CHUNKS]
        vectors.update(zip(batch, embedder.encode_document(batch), strict=True))
        embedded(sum(map(len, batch)))
    return np.array([vectors[text] for text in texts], np.float32).reshape(-1, embedder.dimension)


def unindexed(reason: str) -> DocumentError:
    """The error for an unforeseen failure of a library in the work on one document."""
    return DocumentError(f"cannot be indexed: {reason}")


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A parsed document with its chunks, their texts, and the vectors that are known of them."""

    document: Document
    chunks: Sequence[Chunk]
    texts: Sequence[str]
    known: Mapping[str, np.ndarray]


class EmbeddingQueue:
    """Documents that wait until they make a batch, are embedded together, and committed one by one.

    Args:
        catalogue, name: where to, and the collection.
        embedder: makes the vectors that are not known.
        embedded: as for ``embed``.
        done: called with each document, the number of its chunks, and the error where it could not be committed.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        name: str,
        embedder: Embedder,
        embedded: Callable[[int], None],
        done: Callable[[Document, int, DocumentError | None], None],
    ) -> None:
        self._catalogue, self._name, self._embedder = catalogue, name, embedder
        self._embedded, self._done = embedded, done
        self._waiting: list[_Waiting] = []

    def add(self, document: Document, chunks: Sequence[Chunk], known: Mapping[str, np.ndarray]) -> int:
        """Add a document; the number of characters of it that are to be embedded."""
        texts = chunk_texts(document, chunks)
        self._waiting.append(_Waiting(document, chunks, texts, known))
        return sum(len(text) for text in dict.fromkeys(texts) if text not in known)

    def flush_full(self) -> bool:
        """Embed and commit the documents that wait, if they make a batch; whether they did."""
        if is_full := sum(len(one.chunks) for one in self._waiting) >= WAITING_CHUNKS:
            self.flush()
        return is_full

    def flush(self) -> None:
        """Embed and commit the documents that wait; where embedding them together fails, each by itself."""
        waiting, self._waiting = self._waiting, []
        known = {text: vector for one in waiting for text, vector in one.known.items()}
        try:
            with translate_errors(unindexed):
                vectors = embed(self._embedder, [text for one in waiting for text in one.texts], known, self._embedded)
        except DocumentError as error:
            if len(waiting) == 1:
                self._done(waiting[0].document, 0, error)
            else:
                for alone in waiting:
                    self._waiting = [alone]
                    self.flush()
            return
        for one in waiting:
            try:
                with translate_errors(unindexed):
                    self._catalogue.put(self._name, one.document, one.chunks, vectors[: len(one.chunks)])
            except DocumentError as error:
                self._done(one.document, 0, error)
            else:
                self._done(one.document, len(one.chunks), None)
            vectors = vectors[len(one.chunks) :]
