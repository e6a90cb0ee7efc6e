"""Question and passages into readings: how likely each sentence is evidence. The seam where trained readers plug in."""

import json
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from cachetools import LRUCache

from index.embedders import Embedder
from index.sentences import Span
from rag.passages import Passage
from rag.retrieval import Question

_CALIBRATION = Path(__file__).parent / "similarity.json"
_CACHED_SENTENCES = 20_000
"""Sentence vectors kept: 31 MB at 384 dimensions."""
_LEAD_OF_AN_ONLY_SENTENCE = 2.0
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class AnswerSpan:
    """The shortest text that answers, as a span of the document, and the probability that it is right."""

    span: Span
    probability: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of one passage.

    ``evidence`` has one value per sentence of the passage, the probability that it answers the question; values compare
    across the passages of one question. ``answer`` is None where the reader finds no span or does not look for one.
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

    A sentence is evidence with log-odds ``sentence . (similarity of the sentence, similarity of its passage, overlap, 1)``;
    the best one answers with log-odds ``confidence . (its log-odds, its lead over the second, 1)``.
    """

    sentence: tuple[float, ...]
    confidence: tuple[float, ...]
    threshold: float

    @classmethod
    def load(cls, path: Path = _CALIBRATION) -> "Calibration":
        stored = json.loads(path.read_text(encoding="utf-8"))
        return cls(tuple(stored["sentence"]), tuple(stored["confidence"]), stored["threshold"])


class SimilarityReader:
    """Scores each sentence by its vector, its passage's vector and the rare words that it shares with the question.

    Works in every language that the embedder knows; finds no short answers.
    """

    name = "similarity"

    def __init__(self, embedder: Embedder, calibration: Calibration | None = None) -> None:
        self._embedder = embedder
        self._calibration = calibration or Calibration.load()
        self.threshold = self._calibration.threshold
        self._vectors: LRUCache[str, np.ndarray] = LRUCache(_CACHED_SENTENCES)
        self._caching = threading.Lock()

    def read(self, question: Question, passages: Sequence[Passage]) -> list[Reading]:
        """One reading a passage, in the same order; ``evidence`` is float32 (sentences of the passage,)."""
        *weights, bias = self._calibration.sentence
        log_odds = self.features(question, passages) @ np.array(weights, np.float32) + bias
        edges = np.cumsum([len(passage.sentences) for passage in passages])[:-1]
        parts = np.split(_probability(log_odds), edges)
        return [Reading(passage, part) for passage, part in zip(passages, parts, strict=True)]

    def confidence(self, question: Question, readings: Sequence[Reading]) -> float:
        """The calibrated probability that the best sentence of these readings answers the question."""
        evidence = np.sort(np.concatenate([reading.evidence for reading in readings] or [np.empty(0, np.float32)]))[::-1]
        if not len(evidence):
            return 0.0
        return float(_probability(confidence_features(evidence) @ np.array(self._calibration.confidence)))

    def features(self, question: Question, passages: Sequence[Passage]) -> np.ndarray:
        """float32 (sentences of all passages, 3): similarity of sentence, of passage, and weighted overlap of words."""
        texts = [passage.slice(sentence) for passage in passages for sentence in passage.sentences]
        if not texts:
            return np.empty((0, 3), np.float32)
        of_passage = np.repeat([p.similarity for p in passages], [len(p.sentences) for p in passages])
        of_sentence = self._encode(texts) @ question.vector
        return np.stack([of_sentence, of_passage, _overlap(question.text, texts)], axis=1).astype(np.float32)

    def _encode(self, texts: Sequence[str]) -> np.ndarray:
        with self._caching:
            vectors = {text: self._vectors[text] for text in texts if text in self._vectors}
        unknown = list(dict.fromkeys(text for text in texts if text not in vectors))
        if unknown:
            vectors |= dict(zip(unknown, self._embedder.encode_document(unknown), strict=True))
            with self._caching:
                self._vectors.update((text, vectors[text]) for text in unknown)
        return np.stack([vectors[text] for text in texts])


def confidence_features(evidence: np.ndarray) -> np.ndarray:
    """float64 (3,): log-odds of the best of descending probabilities, its lead in log-odds over the second, and 1."""
    odds = np.clip(evidence[:2].astype(np.float64), 1e-6, 1 - 1e-6)
    odds = np.log(odds / (1 - odds))
    lead = odds[0] - odds[1] if len(odds) > 1 else _LEAD_OF_AN_ONLY_SENTENCE
    return np.array([odds[0], lead, 1.0])


def _overlap(question: str, texts: Sequence[str]) -> np.ndarray:
    """Share of the question's words that each text has, float64 (texts,); words that few of the texts have weigh more.

    Words are compared by their first five characters, a stemmer for any language with inflected endings.
    """
    wanted = sorted(_stems(question))
    if not wanted:
        return np.zeros(len(texts))
    has = np.array([[stem in stems for stem in wanted] for stems in map(_stems, texts)])
    weights = np.log((len(texts) + 1) / (has.sum(axis=0) + 0.5))
    shares: np.ndarray = has @ weights / weights.sum()
    return shares


@lru_cache(maxsize=_CACHED_SENTENCES)
def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:5] for word in _WORD.findall(text.lower()))


def _probability(log_odds: np.ndarray) -> np.ndarray:
    probability: np.ndarray = 1 / (1 + np.exp(-log_odds))
    return probability
