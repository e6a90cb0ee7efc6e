"""Readings into quotes: the best sentences, neighbours joined, without duplicates."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from quotewise.index.sentences import Span, line_starts
from quotewise.rag.candidates import Candidate, are_items, asked_terms, candidates_of, is_release
from quotewise.rag.passages import Passage
from quotewise.rag.readers import AnswerSpan, Reading
from quotewise.rag.short_answers import lacks_number, likeliest_answer
from quotewise.rag.versions import are_versions, is_duplicate

_MIN_ODDS_RATIO = 0.25
"""The odds of a further sentence must be at least this fraction of those of the best one. Of 630 held-out questions of nine
sets, passage given, the F1 of the quoted words was 0.69 with 0.25 and with 0.35, 0.68 with 0.2, 0.66 with 0.15; of what
ClapNQ's annotators marked 0.60, 0.52, 0.64 and 0.69 were quoted. The kind of question, how sure the short answer is, and
whether a sentence is next to the best one told nothing more."""
_MIN_ODDS_RATIO_EXPLAINING = 0.2
"""The same for a question that asks why or how, which several sentences answer together."""
_EXPLAIN = re.compile(
    r"\b(?:why|how(?! (?:many|much|long|old|far|often|large|big|tall|high|deep|fast)\b)|explain|describe)\b", re.I
)
_MAX_SENTENCES = 8
"""Sentences of all quotes together."""
_WORD = re.compile(r"\w+(?:[-.,:/'’]\w+)*")
_MIN_REPEATED = 4
"""Words of a span that only repeats the question, as the heading above an answer does, and so is no short answer."""
_MAX_WORDS = 20
"""Words of a short answer."""
_MIN_SPAN_PROBABILITY = 0.05
"""Least F1 that is expected of a span, if its passage answers, for it to be a short answer."""
_MIN_SPAN_PROBABILITY_EXPLAINING = 0.1
"""The same for a question that asks why or how, which a few words seldom answer."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A run of whole sentences of one passage; ``highlights`` are the spans in it that answer."""

    passage: Passage
    span: Span
    score: float
    highlights: tuple[Span, ...]
    answer: AnswerSpan | None = None


def explains(question: str) -> bool:
    """Whether a question asks why or how, rather than for one fact."""
    return _EXPLAIN.search(question) is not None


def select_quotes(question: str, readings: Sequence[Reading], max_quotes: int) -> list[Quote]:
    """Up to ``max_quotes`` quotes, the likeliest first, each adding to those before it; neighbouring sentences make one."""
    min_ratio = _MIN_ODDS_RATIO_EXPLAINING if explains(question) else _MIN_ODDS_RATIO
    chosen: list[Candidate] = []
    for candidate in candidates_of(question, readings):
        if len(chosen) == _MAX_SENTENCES or (chosen and candidate.odds < min_ratio * chosen[0].odds):
            break
        if any(_repeats(candidate, other) or _heads(candidate, other) for other in chosen):
            continue
        if len(_runs([*chosen, candidate])) <= max_quotes:
            chosen.append(candidate)
    if chosen:
        for version in _versions(question, chosen[0], readings):
            if (
                not any(is_duplicate(version.text, other.text) for other in chosen)
                and len(_runs([*chosen, version])) <= max_quotes
            ):
                chosen.append(version)
    ranks = {(one.number, one.position): rank for rank, one in enumerate(chosen)}
    runs = sorted(_runs(chosen), key=lambda run: min((-one.score, ranks[one.number, one.position]) for one in run))
    return [_quote(run) for run in runs]


def short_span(question: str, first: Quote, confidence: float) -> AnswerSpan | None:
    """The span of the first quote that answers, with its confidence, when it is short and stands out in its passage."""
    least = _MIN_SPAN_PROBABILITY_EXPLAINING if explains(question) else _MIN_SPAN_PROBABILITY
    if first.answer is None or first.answer.probability < least:
        return None
    answer = first.passage.slice(first.answer.span)
    words = _WORD.findall(answer.lower())
    if lacks_number(question, answer, first.passage.slice(first.span)):
        return None
    if len(words) > _MAX_WORDS or (len(words) >= _MIN_REPEATED and {*words} <= {*_WORD.findall(question.lower())}):
        return None
    return AnswerSpan(first.answer.span, confidence * first.answer.probability)


def _repeats(one: Candidate, other: Candidate) -> bool:
    """Whether a sentence says the same as another one; the items of one list do not, however alike they are."""
    return one.text == other.text or (not are_items(one, other) and is_duplicate(one.text, other.text))


def _heads(one: Candidate, other: Candidate) -> bool:
    """Whether a sentence is the heading over another one, but for a version, which says when that was."""
    return one.number == other.number and one.position < other.position and one.heads and not is_release(one.text)


def _versions(question: str, best: Candidate, readings: Sequence[Reading]) -> Iterator[Candidate]:
    """The sentences, read or not, that are versions of the best one."""
    asked = asked_terms(question)
    for number, reading in enumerate(readings):
        passage = reading.passage
        for position, span in enumerate(passage.sentences):
            version = Candidate(number, position, passage, span, best.score)
            if are_versions(asked, best, version):
                yield replace(version, answer=likeliest_answer(reading.answers[position], span, version.text))


def _runs(chosen: Sequence[Candidate]) -> list[list[Candidate]]:
    """Candidates as runs of neighbouring sentences of one passage."""
    runs: list[list[Candidate]] = []
    for candidate in sorted(chosen, key=lambda c: (c.number, c.position)):
        if runs and _goes_on(runs[-1][-1], candidate):
            runs[-1].append(candidate)
        else:
            runs.append([candidate])
    return runs


def _goes_on(before: Candidate, candidate: Candidate) -> bool:
    """Whether a sentence goes on from the one before in its paragraph or list, without a heading or row of a table between."""
    if (before.number, before.position + 1) != (candidate.number, candidate.position) or before.row or candidate.row:
        return False
    gap = candidate.passage.slice(Span(before.span.end, candidate.span.start))
    return len(line_starts(gap)) <= 2


def _quote(run: Sequence[Candidate]) -> Quote:
    """Whole sentences; highlights are their answers, the best one's first."""
    ordered = sorted(run, key=lambda candidate: -candidate.score)
    best = ordered[0]
    highlights = tuple(c.answer.span for c in ordered if c.answer) or tuple(c.span for c in ordered)
    return Quote(best.passage, Span(run[0].span.start, run[-1].span.end), best.score, highlights, best.answer)
