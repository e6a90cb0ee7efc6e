"""What readers make of passages, and how what they see becomes a probability. The seam where other readers plug in."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from quotewise.index.boilerplate import SentenceKind
from quotewise.index.errors import ReaderError
from quotewise.index.sentences import Span
from quotewise.rag.passages import Passage
from quotewise.rag.retrieval import Question

_ASKS_FOR_NOTICE = re.compile(r"copyright|©|\brights?\b|licen[cs]|\bowns?\b|owner|publish", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AnswerSpan:
    """The shortest text that answers, as a span of the document.

    ``probability`` is that of this span among all of its passage, provided that the passage answers.
    """

    span: Span
    probability: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of one passage.

    ``features`` is what it saw, float32 (sentences of the passage, features), and ``evidence`` what follows from it, float32
    (sentences,): the probability that the sentence answers the question, or 0 where it is not to be quoted; values compare
    across the passages of one question. ``answers`` has the best span that starts in each sentence, or is empty where the
    reader looks for none.
    """

    passage: Passage
    features: np.ndarray
    evidence: np.ndarray
    answers: tuple[AnswerSpan | None, ...] = ()

    @property
    def is_read(self) -> bool:
        """Whether the passage was read at all, rather than left since others hold the answer."""
        return bool(self.features.size)


class Reader(Protocol):
    """Reads passages for what answers a question. Safe to use from many threads.

    ``threshold`` is the confidence below which its answers are better withheld.
    """

    name: str
    threshold: float

    def read(self, question: Question, passages: Sequence[Passage]) -> list[Reading]:
        """One reading a passage, in the same order."""
        ...

    def confidence(self, readings: Sequence[Reading]) -> float:
        """The calibrated probability that the first quote of these readings answers the question."""
        ...


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fitted weights, made by ``python -m quotewise.eval.calibration``.

    A sentence is evidence with log-odds ``sentence . (its features, 1)``; the best one of a question answers it with log-odds
    ``confidence . (its log-odds, 1)``.
    """

    sentence: tuple[float, ...]
    confidence: tuple[float, ...]
    threshold: float

    @classmethod
    def load(cls, path: Path, part: str) -> "Calibration":
        """A part of a file of calibrations. Raises ReaderError where it is missing or damaged."""
        try:
            stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))[part]
            return cls(tuple(stored["sentence"]), tuple(stored["confidence"]), float(stored["threshold"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ReaderError(f"cannot load the calibration {part!r} from {path}: {error!r}") from error

    def readings(
        self,
        question: str,
        passages: Sequence[Passage],
        features: Sequence[np.ndarray],
        answers: Sequence[tuple[AnswerSpan | None, ...]],
    ) -> list[Reading]:
        """Readings of the features float32 (sentences, features) of each passage; boilerplate is no evidence."""
        *weights, bias = self.sentence
        quotable = {SentenceKind.PROSE, SentenceKind.NOTICE} if _ASKS_FOR_NOTICE.search(question) else {SentenceKind.PROSE}
        readings = []
        for passage, seen, spans in zip(passages, features, answers, strict=True):
            evidence = _probability((seen * np.array(weights, np.float32)).sum(axis=1) + bias)
            readings.append(without(Reading(passage, seen, evidence, spans), [kind not in quotable for kind in passage.kinds]))
        return readings

    def probability(self, readings: Sequence[Reading]) -> float:
        """The probability that the best sentence of the readings answers; 0 where none is to be quoted."""
        seen = confidence_features(readings)
        return 0.0 if seen is None else self.confidence_of(seen)

    def confidence_of(self, features: np.ndarray) -> float:
        """The probability that goes with what ``confidence_features`` saw."""
        return float(_probability(features @ np.array(self.confidence)))


def confidence_features(readings: Sequence[Reading]) -> np.ndarray | None:
    """float64 (2,): the log-odds of the best sentence, and 1; None where none is to be quoted."""
    best = max((float(reading.evidence.max()) for reading in readings if reading.evidence.any()), default=None)
    if best is None:
        return None
    best = min(max(best, 1e-6), 1 - 1e-6)
    return np.array([np.log(best / (1 - best)), 1.0])


def without(reading: Reading, unquotable: Sequence[bool]) -> Reading:
    """A reading in which the sentences so marked are no evidence."""
    return replace(reading, evidence=np.where(unquotable, 0, reading.evidence).astype(np.float32))


def _probability(log_odds: np.ndarray) -> np.ndarray:
    probability: np.ndarray = 1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))
    return probability
