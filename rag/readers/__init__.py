"""What readers make of passages: the protocol where other readers plug in, and its values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from quotewise.index.sentences import Span
from quotewise.rag.passages import Passage


@dataclass(frozen=True, slots=True)
class AnswerSpan:
    """The shortest text that answers, as a span of the document.

    ``probability`` is that of this span among all of its passage, provided that the passage answers, or, of the one chosen from
    several, the F1 that is expected of it.
    """

    span: Span
    probability: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of one passage.

    ``features`` are the reader's scores, float32 (sentences of the passage, features), and ``evidence`` follows from them,
    float32 (sentences,): the calibrated probability that the sentence answers the question, or 0 where it is not to be
    quoted; values compare across the passages of one question. ``answers`` has the likeliest spans of each sentence, the
    likeliest first; none where the reader predicts none. ``complete`` is whether all of the passage was read, and ``is_read``
    whether any of it was, rather than left since others hold the answer.
    """

    passage: Passage
    features: np.ndarray
    evidence: np.ndarray
    answers: tuple[tuple[AnswerSpan, ...], ...]
    complete: bool = True
    is_read: bool = True


def likeliest_first(spans: Mapping[Span, float]) -> tuple[AnswerSpan, ...]:
    """Spans with their probabilities as ``Reading`` has them."""
    return tuple(AnswerSpan(span, spans[span]) for span in sorted(spans, key=lambda span: (-spans[span], span)))


def always() -> bool:
    """The default of ``keep_reading``: read to the end."""
    return True


class Reader(Protocol):
    """Reads passages for what answers a question. Safe to use from many threads.

    ``threshold`` is the confidence below which its answers are better withheld.
    """

    name: str
    threshold: float

    def read(self, question: str, passages: Sequence[Passage], keep_reading: Callable[[], bool] = always) -> list[Reading]:
        """One reading a passage, in the same order.

        Args:
            question: what is asked.
            passages: all retrieved for one question, or all texts that no search found.
            keep_reading: called now and then; once it returns False, the passages left get readings that are not ``complete``.
        """
        ...

    def confidence(self, readings: Sequence[Reading]) -> float:
        """The calibrated probability that the first quote of these readings answers the question."""
        ...
