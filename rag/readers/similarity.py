"""The sentence reader: evidence by the likeness of words in their context, in every language that the embedder knows."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from cachetools import LRUCache

from quotewise.index.embedders import Embedder, TokenVectors
from quotewise.rag.passages import Passage
from quotewise.rag.readers import Reading, always
from quotewise.rag.readers.calibration import Calibration, load_calibrations

_CALIBRATION = Path(__file__).parent / "similarity.json"
_CACHE_BYTES = 64_000_000
"""Token vectors kept: some 800 chunks of 100 tokens at 384 dimensions."""


class SimilarityReader:
    """Scores each sentence by how well its words, in their context, match the words of the question.

    Late interaction (Khattab and Zaharia, ColBERT, SIGIR 2020, section 3.3) on the token vectors of the embedder, so it
    reads every language that the embedder knows. It finds no short answers.
    """

    name = "similarity"

    def __init__(self, embedder: Embedder, calibration: Calibration | None = None) -> None:
        self._embedder = embedder
        self._calibration = calibration or load_calibrations(_CALIBRATION, "passages")["passages"]
        self.threshold = self._calibration.threshold
        self._cache: LRUCache[str, TokenVectors] = LRUCache(_CACHE_BYTES, lambda tokens: tokens.vectors.nbytes)
        self._caching = threading.Lock()

    def read(self, question: str, passages: Sequence[Passage], keep_reading: Callable[[], bool] = always) -> list[Reading]:
        """One reading a passage, in the same order."""
        features = self._features(question, passages)
        edges = np.cumsum([len(passage.sentences) for passage in passages], dtype=int)
        of_passages = np.split(features, edges)[: len(passages)]
        return [self._calibration.reading(question, p, f) for p, f in zip(passages, of_passages, strict=True)]

    def confidence(self, readings: Sequence[Reading]) -> float:
        """The calibrated probability that the first quote of these readings answers the question."""
        return self._calibration.probability(readings)

    def _features(self, question: str, passages: Sequence[Passage]) -> np.ndarray:
        """float32 (sentences of all passages, 2).

        To each word of the question, how similar the most similar word of the sentence is: the mean, and the mean weighted
        by how far each word's best match in any sentence stands out from its average one.
        """
        matches = self._matches(question, passages)
        if not matches.size:
            return np.zeros((len(matches), 2), np.float32)
        telling = matches.max(axis=0) - matches.mean(axis=0) + 1e-6
        return np.stack([matches.mean(axis=1), matches @ (telling / telling.sum())], axis=1).astype(np.float32)

    def _matches(self, question: str, passages: Sequence[Passage]) -> np.ndarray:
        """float32 (sentences of all passages, words of the question): the best cosine of each word in each sentence."""
        asked = self._embedder.encode_query_tokens(question).vectors
        spans = [(passage, chunk) for passage in passages for chunk in passage.chunks]
        encoded = iter(self._encode([passage.slice(chunk) for passage, chunk in spans]))
        rows = []
        for passage, chunk in spans:
            tokens = next(encoded)
            similarities = asked @ tokens.vectors.T.astype(np.float32)
            starts = tokens.offsets[:, 0] + chunk.start
            for sentence in passage.sentences:
                if chunk.start <= sentence.start < chunk.end:
                    first, last = np.searchsorted(starts, sentence)
                    rows.append(similarities[:, first:last].max(axis=1, initial=0))
        return np.stack(rows) if rows else np.empty((0, len(asked)), np.float32)

    def _encode(self, texts: Sequence[str]) -> list[TokenVectors]:
        with self._caching:
            known = {text: self._cache[text] for text in texts if text in self._cache}
        unknown = list(dict.fromkeys(text for text in texts if text not in known))
        for text, tokens in zip(unknown, self._embedder.encode_document_tokens(unknown), strict=True):
            known[text] = TokenVectors(tokens.vectors.astype(np.float16), tokens.offsets)
        with self._caching:
            self._cache.update((text, known[text]) for text in unknown)
        return [known[text] for text in texts]
