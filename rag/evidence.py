"""Readings into quotes: the best sentences, neighbours joined, nothing said twice, no page furniture."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.sentences import Span
from rag.furniture import is_furniture
from rag.passages import Passage
from rag.readers import AnswerSpan, Reading

_WORTH_ADDING = 0.4
"""A further quote must be at least this fraction as likely as the best one."""
_SAID_ALREADY = 0.8
"""Share of the words of the shorter sentence found in the longer one from which both say the same."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Quote:
    """A run of whole sentences of one passage; ``highlights`` are the spans in it that answer."""

    passage: Passage
    span: Span
    score: float
    highlights: tuple[Span, ...]
    answer: AnswerSpan | None = None


@dataclass(frozen=True, slots=True)
class _Candidate:
    reading: Reading
    number: int
    position: int
    score: float

    @property
    def span(self) -> Span:
        return self.reading.passage.sentences[self.position]

    @property
    def text(self) -> str:
        return self.reading.passage.slice(self.span)


def select_quotes(readings: Sequence[Reading], max_quotes: int) -> list[Quote]:
    """Up to ``max_quotes`` quotes, the likeliest first; a sentence is taken only if it adds to those before it."""
    candidates = sorted(
        (
            _Candidate(reading, number, position, float(score))
            for number, reading in enumerate(readings)
            for position, score in enumerate(reading.evidence)
        ),
        key=lambda candidate: (-candidate.score, candidate.reading.passage.document.path, candidate.span),
    )
    chosen: list[_Candidate] = []
    for candidate in candidates:
        if len(chosen) == max_quotes or (chosen and candidate.score < _WORTH_ADDING * chosen[0].score):
            break
        if not is_furniture(candidate.text) and not any(_same(candidate.text, other.text) for other in chosen):
            chosen.append(candidate)
    return _joined(chosen)


def without_furniture(reading: Reading) -> Reading:
    """A reading in which page furniture is no evidence, however well it matches."""
    passage = reading.passage
    prose = np.array([not is_furniture(passage.slice(sentence)) for sentence in passage.sentences], bool)
    return replace(reading, evidence=np.where(prose, reading.evidence, 0).astype(np.float32))


def _same(a: str, b: str) -> bool:
    words_a, words_b = (set(_WORD.findall(text.lower())) for text in (a, b))
    shorter = min(len(words_a), len(words_b))
    return a == b if not shorter else len(words_a & words_b) >= _SAID_ALREADY * shorter


def _joined(chosen: Sequence[_Candidate]) -> list[Quote]:
    """One quote for each run of neighbouring sentences, ordered by its best sentence."""
    runs: list[list[_Candidate]] = []
    for candidate in sorted(chosen, key=lambda c: (c.number, c.position)):
        last = runs[-1][-1] if runs else None
        if last and last.number == candidate.number and last.position + 1 == candidate.position:
            runs[-1].append(candidate)
        else:
            runs.append([candidate])
    return sorted((_quote(run) for run in runs), key=lambda quote: -quote.score)


def _quote(run: Sequence[_Candidate]) -> Quote:
    span = Span(run[0].span.start, run[-1].span.end)
    answer = run[0].reading.answer
    inside = answer if answer and span.start <= answer.span.start and answer.span.end <= span.end else None
    highlights = (inside.span,) if inside else tuple(candidate.span for candidate in run)
    return Quote(run[0].reading.passage, span, max(candidate.score for candidate in run), highlights, inside)
