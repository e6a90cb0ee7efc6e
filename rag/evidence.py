"""Readings into quotes: the best sentences, neighbours joined, nothing said twice, no page furniture."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.sentences import Span
from rag.answers import ShortAnswer
from rag.furniture import is_furniture
from rag.passages import Passage
from rag.readers import AnswerSpan, Reading, without

_WORTH_ADDING = 0.25
"""The odds of a further quote must be at least this fraction of those of the best one."""
_WORTH_EXPLAINING = 0.15
"""The same for a question that asks why or how, which several sentences answer together."""
_EXPLAIN = re.compile(
    r"\b(?:why|how(?! (?:many|much|long|old|far|often|large|big|tall|high|deep|fast)\b)|explain|describe)\b", re.I
)
_SAID_ALREADY = 0.8
"""Share of the words of the shorter sentence found in the longer one from which both say the same."""
_WORD = re.compile(r"\w+")
_SHORT = 20
"""Words of the longest short answer."""
_SURE = 0.1
"""Least share of a span among all spans of its passage for it to be a short answer."""


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
    def odds(self) -> float:
        return self.score / max(1 - self.score, 1e-6)

    @property
    def span(self) -> Span:
        return self.reading.passage.sentences[self.position]

    @property
    def text(self) -> str:
        return self.reading.passage.slice(self.span)

    @property
    def answer(self) -> AnswerSpan | None:
        return self.reading.answers[self.position] if self.reading.answers else None

    @property
    def reach(self) -> int:
        """The end of the sentence in which its answer ends, or of its own."""
        end = self.answer.span.end if self.answer else self.span.end
        return next(s.end for s in self.reading.passage.sentences[self.position :] if s.end >= end)


def explains(question: str) -> bool:
    """Whether a question asks why or how, rather than for one fact."""
    return _EXPLAIN.search(question) is not None


def select_quotes(question: str, readings: Sequence[Reading], max_quotes: int) -> list[Quote]:
    """Up to ``max_quotes`` quotes of quotable readings, the likeliest first, each adding to those before it."""
    worth = _WORTH_EXPLAINING if explains(question) else _WORTH_ADDING
    candidates = sorted(
        (
            _Candidate(reading, number, position, float(score))
            for number, reading in enumerate(readings)
            for position, score in enumerate(reading.evidence)
            if score > 0
        ),
        key=lambda candidate: (-candidate.score, candidate.reading.passage.document.path, candidate.span),
    )
    chosen: list[_Candidate] = []
    for candidate in candidates:
        if len(chosen) == max_quotes or (chosen and candidate.odds < worth * chosen[0].odds):
            break
        if not any(_same(candidate.text, other.text) for other in chosen):
            chosen.append(candidate)
    return _joined(chosen)


def quotable(reading: Reading) -> Reading:
    """A reading in which page furniture is no evidence, however well it matches."""
    return without(reading, [is_furniture(reading.passage.slice(sentence)) for sentence in reading.passage.sentences])


def short_answer(first: Quote, confidence: float) -> ShortAnswer | None:
    """The span of the first quote that answers, when it is short and stands out in its passage."""
    if first.answer is None or first.answer.probability < _SURE:
        return None
    span = first.answer.span
    text = first.passage.slice(span)
    if len(text.split()) > _SHORT:
        return None
    return ShortAnswer(text, 1, span.start, span.end, confidence * first.answer.probability)


def _same(a: str, b: str) -> bool:
    words_a, words_b = (set(_WORD.findall(text.lower())) for text in (a, b))
    shorter = min(len(words_a), len(words_b))
    return a == b if not shorter else len(words_a & words_b) >= _SAID_ALREADY * shorter


def _joined(chosen: Sequence[_Candidate]) -> list[Quote]:
    """One quote for each run of neighbouring sentences, ordered by its best sentence."""
    runs: list[list[_Candidate]] = []
    reach = 0
    for candidate in sorted(chosen, key=lambda c: (c.number, c.position)):
        last = runs[-1][-1] if runs else None
        together = last is not None and last.number == candidate.number
        if last and together and (last.position + 1 == candidate.position or candidate.span.start < reach):
            runs[-1].append(candidate)
        else:
            runs.append([candidate])
        reach = max(reach if together else 0, candidate.reach)
    return sorted((_quote(run) for run in runs), key=lambda quote: -quote.score)


def _quote(run: Sequence[_Candidate]) -> Quote:
    """Whole sentences, to the end of that in which the last answer ends; highlights are their answers, the best one's first."""
    ordered = sorted(run, key=lambda candidate: -candidate.score)
    best = ordered[0]
    highlights: list[Span] = []
    for span in [one.answer.span for one in ordered if one.answer] or [one.span for one in ordered]:
        if not any(span.start < other.end and other.start < span.end for other in highlights):
            highlights.append(span)
    whole = Span(run[0].span.start, max(candidate.reach for candidate in run))
    return Quote(best.reading.passage, whole, best.score, tuple(highlights), best.answer)
