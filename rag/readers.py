"""Question and passages into readings: how likely each sentence is evidence. The seam where trained readers plug in."""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from cachetools import LRUCache

from index.embedders import Embedder, TokenVectors
from index.sentences import Span
from rag.passages import Passage
from rag.retrieval import Question

_CALIBRATION = Path(__file__).parent / "similarity.json"
_CACHE_BYTES = 64_000_000
"""Token vectors kept: some 800 chunks of 100 tokens at 384 dimensions."""
_LEAD_OF_AN_ONLY_SENTENCE = 2.0


@dataclass(frozen=True, slots=True)
class AnswerSpan:
    """The shortest text that answers, as a span of the document, and the probability that it is right."""

    span: Span
    probability: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of one passage.

    ``evidence`` has one value per sentence of the passage: the probability that it answers the question, or 0 where it is
    not to be quoted; values compare across the passages of one question. ``answer`` is None where the reader finds no span
    or does not look for one.
    """

    passage: Passage
    evidence: np.ndarray
    answer: AnswerSpan | None = None


class Reader(Protocol):
    """Reads passages for what answers a question. Safe to use from many threads.

    ``threshold`` is the confidence below which its answers are better withheld.
    """

    name: str
    threshold: float

    def read(self, question: Question, passages: Sequence[Passage]) -> list[Reading]:
        """One reading a passage, in the same order; ``evidence`` is float32 (sentences of the passage,)."""
        ...

    def confidence(self, question: Question, readings: Sequence[Reading]) -> float:
        """The calibrated probability that the best sentence of these readings answers the question."""
        ...


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fitted weights of the similarity reader; made by ``python -m eval.calibration``, kept in ``similarity.json``.

    A sentence is evidence with log-odds ``sentence . (features of the sentence, 1)``; the best one answers with log-odds
    ``confidence . (its log-odds, its lead over the second, 1)``.
    """

    sentence: tuple[float, ...]
    confidence: tuple[float, ...]
    threshold: float

    @classmethod
    def load(cls, path: Path = _CALIBRATION) -> "Calibration":
        stored = json.loads(path.read_text(encoding="utf-8"))
        return cls(tuple(stored["sentence"]), tuple(stored["confidence"]), stored["threshold"])


class SimilarityReader:
    """Scores each sentence by how well its words, in their context, match the words of the question.

    Late interaction (Khattab and Zaharia, ColBERT, SIGIR 2020, section 3.3) on the token vectors of the embedder, so it
    reads every language that the embedder knows. It finds no short answers.
    """

    name = "similarity"

    def __init__(self, embedder: Embedder, calibration: Calibration | None = None) -> None:
        self._embedder = embedder
        self._calibration = calibration or Calibration.load()
        self.threshold = self._calibration.threshold
        self._cache: LRUCache[str, TokenVectors] = LRUCache(_CACHE_BYTES, lambda tokens: tokens.vectors.nbytes)
        self._caching = threading.Lock()

    def read(self, question: Question, passages: Sequence[Passage]) -> list[Reading]:
        """One reading a passage, in the same order; ``evidence`` is float32 (sentences of the passage,)."""
        *weights, bias = self._calibration.sentence
        log_odds = self.features(question, passages) @ np.array(weights, np.float32) + bias
        edges = np.cumsum([len(passage.sentences) for passage in passages[:-1]], dtype=int)
        parts = np.split(_probability(log_odds), edges) if passages else []
        return [Reading(passage, part) for passage, part in zip(passages, parts, strict=True)]

    def confidence(self, question: Question, readings: Sequence[Reading]) -> float:
        """The calibrated probability that the best sentence of these readings answers the question."""
        evidence = np.sort(np.concatenate([reading.evidence for reading in readings] or [np.empty(0, np.float32)]))[::-1]
        evidence = evidence[evidence > 0]
        if not len(evidence):
            return 0.0
        return float(_probability(confidence_features(evidence) @ np.array(self._calibration.confidence)))

    def features(self, question: Question, passages: Sequence[Passage]) -> np.ndarray:
        """float32 (sentences of all passages, 2).

        To each word of the question, how similar the most similar word of the sentence is: the mean, and the mean weighted
        by how far each word's best match in any sentence stands out from its average one.
        """
        matches = self._matches(question, passages)
        if not matches.size:
            return np.zeros((len(matches), 2), np.float32)
        telling = matches.max(axis=0) - matches.mean(axis=0) + 1e-6
        return np.stack([matches.mean(axis=1), matches @ (telling / telling.sum())], axis=1).astype(np.float32)

    def _matches(self, question: Question, passages: Sequence[Passage]) -> np.ndarray:
        """float32 (sentences of all passages, words of the question): the best cosine of each word in each sentence."""
        asked = self._embedder.encode_query_tokens(question.text).vectors
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


def confidence_features(evidence: np.ndarray) -> np.ndarray:
    """float64 (3,): log-odds of the best of descending probabilities, its lead in log-odds over the second, and 1."""
    odds = np.clip(evidence[:2].astype(np.float64), 1e-6, 1 - 1e-6)
    odds = np.log(odds / (1 - odds))
    lead = odds[0] - odds[1] if len(odds) > 1 else _LEAD_OF_AN_ONLY_SENTENCE
    return np.array([odds[0], lead, 1.0])


def _probability(log_odds: np.ndarray) -> np.ndarray:
    probability: np.ndarray = 1 / (1 + np.exp(-log_odds))
    return probability
