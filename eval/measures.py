"""What is measured of answers against gold, each measure in one place."""

import collections
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval.gold import GoldQuestion
from rag.answers import Answer, Citation


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one question went.

    ``first_right``: the first quote overlaps a gold quote; ``any_right``: one of the quotes does; ``silent``: no answer was
    given; ``verified``: citations that verify, of ``cited``; ``f1``: token F1 of the short answer against the accepted ones.
    """

    question: GoldQuestion
    answer: Answer
    first_right: bool
    any_right: bool
    verified: int
    cited: int
    f1: float

    @property
    def silent(self) -> bool:
        return not self.answer.answered

    @property
    def right(self) -> bool:
        """The first quote is right where there is an answer; silence where there is none."""
        return self.first_right if self.question.answerable else self.silent


def judge(question: GoldQuestion, answer: Answer, verified: int) -> Outcome:
    """Compare an answer with gold; ``verified`` is the number of its citations that verify."""
    right = [_overlaps(citation, question) for citation in answer.citations]
    cited = len(answer.citations) + len(answer.closest)
    f1 = token_f1(answer.short_answer.text if answer.short_answer else "", question.answers)
    return Outcome(question, answer, right[:1] == [True], any(right), verified, cited, f1)


def _overlaps(citation: Citation, question: GoldQuestion) -> bool:
    return any(
        citation.document.path == gold.path and citation.start < gold.end and gold.start < citation.end
        for gold in question.quotes
    )


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


def share(values: Sequence[bool]) -> float:
    """Mean of truth values, NaN for none."""
    return _mean(values)


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float:
    """Probability that a positive scores above a negative, ties half (Hanley and McNeil, Radiology 1982); NaN without both."""
    of_positive = np.array([s for s, p in zip(scores, positive, strict=True) if p])
    of_negative = np.array([s for s, p in zip(scores, positive, strict=True) if not p])
    if not len(of_positive) or not len(of_negative):
        return float("nan")
    difference = of_positive[:, None] - of_negative[None, :]
    return float(np.mean((difference > 0) + 0.5 * (difference == 0)))


def calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error over equal-width bins (Guo et al., ICML 2017, eq. 3)."""
    confidence, truth = np.array(confidences), np.array(right, float)
    of_bin = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(confidence[of_bin == b].mean() - truth[of_bin == b].mean()) * np.mean(of_bin == b) for b in set(of_bin)]
    return float(sum(gaps))


def normalized(text: str) -> str:
    """Lower case, no punctuation, no articles, single spaces: as in the official script."""
    text = "".join(character for character in text.lower() if character not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def token_f1(predicted: str, golds: Sequence[str]) -> float:
    """The best token F1 against any gold text, as in the official script of SQuAD 2.0 (Rajpurkar et al., ACL 2018)."""
    return max((_f1(normalized(predicted).split(), normalized(gold).split()) for gold in golds), default=0.0)


def _f1(predicted: list[str], gold: list[str]) -> float:
    if not predicted or not gold:
        return float(predicted == gold)
    same = sum((collections.Counter(predicted) & collections.Counter(gold)).values())
    return 2 * same / (len(predicted) + len(gold))


def best_squad2_f1(f1: np.ndarray, answerable: np.ndarray, confidence: np.ndarray) -> float:
    """The F1 over all questions at the best threshold, as the official script's ``best_f1``."""
    order = np.argsort(-confidence)
    gains = np.where(answerable, f1, -1.0)[order]
    start = float((~answerable).sum())
    return float(max(start, start + np.cumsum(gains).max()) / len(f1)) if len(f1) else float("nan")


def totals(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """All measures over the outcomes, by name."""
    answerable = [outcome for outcome in outcomes if outcome.question.answerable]
    unanswerable = [outcome for outcome in outcomes if not outcome.question.answerable]
    confidences = [outcome.answer.confidence for outcome in outcomes]
    cited = sum(outcome.cited for outcome in outcomes)
    times = [outcome.answer.timings_ms["total"] for outcome in outcomes]
    return {
        "questions": len(outcomes),
        "answerable": len(answerable),
        "first quote right": share([outcome.first_right for outcome in answerable]),
        "any quote right": share([outcome.any_right for outcome in answerable]),
        "short answer F1": _mean([o.f1 for o in answerable if o.question.answers]),
        "silent where it should be": share([outcome.silent for outcome in unanswerable]),
        "silent where it should not be": share([outcome.silent for outcome in answerable]),
        "AUROC of confidence": auroc(confidences, [outcome.question.answerable for outcome in outcomes]),
        "calibration error": calibration_error(confidences, [outcome.first_right for outcome in outcomes]),
        "citations that verify": sum(outcome.verified for outcome in outcomes) / cited if cited else float("nan"),
        "milliseconds, median": float(np.median(times)),
    }
