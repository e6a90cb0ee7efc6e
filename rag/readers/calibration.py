"""Scores of sentences into calibrated probabilities."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from quotewise.index.boilerplate import SentenceKind
from quotewise.index.errors import ReaderError
from quotewise.rag.passages import Passage
from quotewise.rag.readers import AnswerSpan, Reading

_ASKS_FOR_NOTICE = re.compile(r"copyright|©|\brights?\b|licen[cs]|\bowns?\b|owner|publish", re.IGNORECASE)
_AUXILIARY = "is|are|am|was|were|do|does|did|can|could|will|would|shall|should|may|might|must|has|have|had"
_ASKS_WHETHER = re.compile(rf"\W*(?:(?!wh)\w[^?]*, )?(?:and |but |so |or )?(?:{_AUXILIARY})(?:n['’]t)? [^,;:]", re.IGNORECASE)

Probability = TypeVar("Probability", float, np.ndarray)
_MARGIN_ODDS = 0.2
"""What is left of the odds of running headers and footers, which name what a page is about and answer nothing."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fitted weights, made by ``quotewise train calibrate``.

    A sentence is evidence with log-odds ``sentence . (its features, 1)``; the best one of a question answers it with log-odds
    ``confidence . (its log-odds, 1)``. ``whether`` is added to the log-odds of sentences for a question to be answered by
    yes or no, which has no short answer. ``unrelated`` is the cosine of a question and a passage that have nothing in common.
    """

    sentence: tuple[float, ...]
    confidence: tuple[float, ...]
    threshold: float
    unrelated: float = 0.0
    whether: float = 0.0

    def reading(
        self,
        question: str,
        passage: Passage,
        features: np.ndarray,
        answers: tuple[tuple[AnswerSpan, ...], ...] = (),
        complete: bool = True,
    ) -> Reading:
        """The reading of features float32 (sentences, features). Boilerplate and what was not read are no evidence."""
        answers = answers or ((),) * len(features)
        *weights, bias = self.sentence
        bias += self.whether if asks_whether(question) else 0.0
        evidence = probability_of((features * np.array(weights, np.float32)).sum(axis=1) + bias)
        in_margin = np.array([kind is SentenceKind.MARGIN for kind in passage.kinds], bool)
        evidence = np.where(in_margin, with_odds_times(evidence, _MARGIN_ODDS), evidence)
        quotable = {SentenceKind.PROSE, SentenceKind.ROW, SentenceKind.MARGIN}
        if _ASKS_FOR_NOTICE.search(question):
            quotable.add(SentenceKind.NOTICE)
        excluded = [
            kind not in quotable or (not complete and not spans) for kind, spans in zip(passage.kinds, answers, strict=True)
        ]
        return Reading(passage, features, np.where(excluded, 0, evidence).astype(np.float32), answers, complete)

    def probability(self, readings: Sequence[Reading]) -> float:
        """The probability that the best sentence of the readings answers; 0 where none is to be quoted."""
        features = confidence_features(readings)
        return 0.0 if features is None else self.confidence_of(features)

    def confidence_of(self, features: np.ndarray) -> float:
        """The probability that goes with the ``confidence_features`` of readings."""
        return float(probability_of(features @ np.array(self.confidence)))


def asks_whether(question: str) -> bool:
    """Whether a question in English is to be answered by yes or no."""
    return _ASKS_WHETHER.match(question) is not None


def load_calibrations(path: Path, *needed: str) -> dict[str, Calibration]:
    """The calibrations of a file, by what they are for. Raises ReaderError where it is damaged or lacks one that is needed."""
    try:
        stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        parts = {name: part for name, part in stored.items() if name != "fitted_on"}
        fitted = {
            name: Calibration(
                *(tuple(p["sentence"]), tuple(p["confidence"]), float(p["threshold"])),
                *(float(p.get("unrelated", 0)), float(p.get("whether", 0))),
            )
            for name, p in parts.items()
        }
        return {name: fitted[name] for name in (*needed, *fitted)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReaderError(f"cannot load the calibrations from {path}: {error!r}") from error


def confidence_features(readings: Sequence[Reading]) -> np.ndarray | None:
    """float64 (2,): the log-odds of the best sentence, and 1; None where none is to be quoted."""
    best = max((float(reading.evidence.max(initial=0)) for reading in readings), default=0.0)
    if best == 0:
        return None
    return np.array([log_odds(np.array(best)), 1.0])


def log_odds(probability: np.ndarray) -> np.ndarray:
    """The log-odds of probabilities float (...,), of which those within a millionth of 0 and 1 count as that."""
    bounded = np.clip(probability.astype(float), 1e-6, 1 - 1e-6)
    odds: np.ndarray = np.log(bounded / (1 - bounded))
    return odds


def probability_of(log_odds: np.ndarray) -> np.ndarray:
    """The probabilities of log-odds, float (...,)."""
    probability: np.ndarray = 1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))
    return probability


def with_odds_times(probability: Probability, factor: float) -> Probability:
    """Probabilities whose odds are so many times as high, float (...,)."""
    left: Probability = probability * factor / (probability * factor + 1 - probability)
    return left
