"""Scores of sentences into calibrated probabilities."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from quotewise.index.boilerplate import SentenceKind
from quotewise.index.errors import ReaderError
from quotewise.rag.passages import Passage
from quotewise.rag.readers import AnswerSpan, Reading

_ASKS_FOR_NOTICE = re.compile(r"copyright|©|\brights?\b|licen[cs]|\bowns?\b|owner|publish", re.IGNORECASE)

_MARGIN_ODDS = 0.2
"""What is left of the odds of running headers and footers, which name what a page is about and answer nothing."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fitted weights, made by ``quotewise train calibrate``.

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

    def reading(
        self,
        question: str,
        passage: Passage,
        features: np.ndarray,
        answers: tuple[AnswerSpan | None, ...] = (),
        complete: bool = True,
    ) -> Reading:
        """The reading of features float32 (sentences, features). Boilerplate and what was not read are no evidence."""
        answers = answers or (None,) * len(features)
        *weights, bias = self.sentence
        evidence = _probability((features * np.array(weights, np.float32)).sum(axis=1) + bias)
        in_margin = np.array([kind is SentenceKind.MARGIN for kind in passage.kinds], bool)
        evidence = np.where(in_margin, evidence / (evidence + (1 - evidence) / _MARGIN_ODDS), evidence)
        quotable = {SentenceKind.PROSE, SentenceKind.ROW, SentenceKind.MARGIN}
        if _ASKS_FOR_NOTICE.search(question):
            quotable.add(SentenceKind.NOTICE)
        excluded = [
            kind not in quotable or (not complete and answer is None)
            for kind, answer in zip(passage.kinds, answers, strict=True)
        ]
        return Reading(passage, features, np.where(excluded, 0, evidence).astype(np.float32), answers, complete)

    def probability(self, readings: Sequence[Reading]) -> float:
        """The probability that the best sentence of the readings answers; 0 where none is to be quoted."""
        features = confidence_features(readings)
        return 0.0 if features is None else self.confidence_of(features)

    def confidence_of(self, features: np.ndarray) -> float:
        """The probability that goes with the ``confidence_features`` of readings."""
        return float(_probability(features @ np.array(self.confidence)))


def confidence_features(readings: Sequence[Reading]) -> np.ndarray | None:
    """float64 (2,): the log-odds of the best sentence, and 1; None where none is to be quoted."""
    best = max((float(reading.evidence.max(initial=0)) for reading in readings), default=0.0)
    if best == 0:
        return None
    best = min(max(best, 1e-6), 1 - 1e-6)
    return np.array([np.log(best / (1 - best)), 1.0])


def _probability(log_odds: np.ndarray) -> np.ndarray:
    probability: np.ndarray = 1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))
    return probability
