"""Readings into candidates: sentences with their scores, corrected by what the structure of a document says of them.

A heading or a question of a list is hardly an answer, what follows it is; and of rows, list items and other parallel
sentences those are left out that have less of what the question names than another one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from quotewise.index.boilerplate import SentenceKind
from quotewise.index.lexical import terms
from quotewise.index.lines import message_prefix, openings
from quotewise.index.sentences import Span
from quotewise.rag.announcements import Announced, announced, only_announces
from quotewise.rag.followups import STOP_WORDS
from quotewise.rag.passages import Passage
from quotewise.rag.readers import AnswerSpan, Reading
from quotewise.rag.readers.calibration import with_odds_times
from quotewise.rag.rows import ASKS_TIME, Row
from quotewise.rag.short_answers import likeliest_answer, whole_answer

_RIVAL = 0.3
"""The odds of a parallel sentence with more of what the question names must be at least this fraction of another's."""
_SURE_RIVAL = 0.03
"""The same where the question names the entry or a cell of the row: the reader hardly tells rows and entries apart."""
_HEADING_ODDS = 0.1
"""What is left of the odds of a heading that says nothing of what is asked, or nothing more than that."""
_ANNOUNCEMENT_ODDS = 0.2
"""What is left of the odds of a sentence that only says that there is what is asked."""
_NOT_ANNOUNCED = Announced(0.0, -1)
_HOPELESS = 0.003
"""Fraction of the best odds below which a sentence is neither quoted nor outdoes one that is: half of ``_SURE_RIVAL`` times the
least ratio of odds in ``rag.selection``."""
_WORTH_COMPARING = 0.02
"""Least fraction of the best odds at which a sentence is looked at closely."""
_PARALLEL_WORDS = 1 / 3
_PARALLEL_LENGTH = 1.5
_PREFIX = 12
"""Characters before the name of a heading in its line, such as a number or ``Q:``."""
_WORD = re.compile(r"\w+(?:[-.,:/'’]\w+)*")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_PUNCTUATION = re.compile(r"^[\"'“”‘’(\[*_`¿¡]+|[\"'“”‘’)\]*_`.,;:!?…？。]+$")
"""What may stand around a word and is no part of a name, as the signs of C++ and A+ are."""
_LETTER = re.compile(r"(?<=\S )(?!I\b)[A-Z](?![\w+#.'’-])")
"""A letter that is a name, as in "plan A"."""
_POSSESSIVE = re.compile(r"(?<=\w\w)['’]s\b")
_KEY = re.compile(r"\W*([^:：|]{1,45}?)[*_\"'”\])]*(?::|：)")
_END = re.compile(r"[.!?…。！？](?:[\"'”’»)*_\]\d]|\[[^\]]{1,40}\])*$")
QUESTION_END = re.compile(r"[?？][\W_]*$")
QUESTION_START = re.compile(r"(?:[^:]{1,40}: *)?(?:who|whom|whose|what|when|where|why|how|which)\b", re.IGNORECASE)
_QUESTION_MARK = re.compile(r"\W*(?:(?:q|question|frage)\s?\d{0,3}|\d{1,3}(?:\.\d{1,3})*)[ \t]?[:.)]?\s+", re.IGNORECASE)
"""What is before the questions of a list."""
_QUESTION_WORDS = 3
"""Fewest words of a sentence of a question: a shorter one is more likely an answer, such as "No." below "Is there no bus?"."""
_VERSION = re.compile(r"(?<![\w.])v?\d+\.\d+(?:\.\w+)*(?:-\w+)*", re.IGNORECASE)
_OF_RELEASE = re.compile(
    r"\b(?:version|release[ds]?|unreleased|latest|on|of|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)\b|\d+(?:st|nd|rd|th)?",
    re.IGNORECASE,
)
_ASKS_VERSION = re.compile(r"\b(?:which|what) (?:version|release)\b", re.IGNORECASE)
_AMOUNTS = frozenset(terms("price cost amount rate fee number percentage share total sum year date weight size"))
"""What a row without a number does not say."""
_PRONOUN = re.compile(r"\b(?:he|she|it|they|him|her|his|hers|its|them|their|theirs|this|these|those)\b", re.IGNORECASE)
_POINTER = re.compile(r"(?:th(?:is|at|ese|ose)|the same|here|there)\b", re.IGNORECASE)
_NOTE = re.compile(r"\[\^[^\]\s]{1,60}\]")
_ASKING = re.compile(rf"{STOP_WORDS.pattern}|should|shall|must|need", re.IGNORECASE)
_WHO = re.compile(r"\W*who\b(?!\s+(?:did|do|does)\b)", re.IGNORECASE)
_CONTRAST = re.compile(r"[,;—–] ?(?:but|while|whereas|although|though)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Candidate:
    """The sentence at ``position`` of reading ``number``, which may be quoted."""

    number: int
    position: int
    passage: Passage
    span: Span
    score: float
    answer: AnswerSpan | None = None
    spans: tuple[AnswerSpan, ...] = ()
    """Those that may answer, of which ``answer`` is one."""
    denies: bool = False
    """Whether a row says no in a column that is asked for."""
    announced_by: int = -1
    """The position of a sentence of the passage that announces it, and has for it what is asked; -1 where none does."""

    @cached_property
    def odds(self) -> float:
        return odds(self.score)

    @cached_property
    def text(self) -> str:
        return self.passage.slice(self.span)

    @cached_property
    def terms(self) -> frozenset[str]:
        return _terms(self.text)

    @cached_property
    def row(self) -> Row | None:
        is_row = self.passage.kinds[self.position] is SentenceKind.ROW
        return Row.of(self.text, self.passage.heading, self.passage.document.media_type) if is_row else None

    @cached_property
    def line(self) -> str | None:
        """The line of which the sentence is all but a mark, if it is that and no message of a dialogue."""
        text, start, end = self.passage.text, self.span.start - self.passage.start, self.span.end - self.passage.start
        first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
        rest = text[end : last if last >= 0 else len(text)]
        if "\n" in text[start:end] or rest.strip() or message_prefix(text[first:end]):
            return None
        return None if any(map(str.isalpha, text[first:start])) else text[first:end]

    @cached_property
    def heads(self) -> bool:
        """Whether it is a heading of the section that it stands in."""
        return is_heading(self.text, [bare(name) for name in self.passage.heading])

    @cached_property
    def key(self) -> frozenset[str]:
        """The terms of what an entry such as ``Phone: 555 0142`` is about."""
        found = _KEY.match(self.line) if self.line is not None else None
        return _terms(found[1]) if found else frozenset()


def odds(probability: float) -> float:
    return probability / max(1 - probability, 1e-6)


def candidates_of(question: str, readings: Sequence[Reading]) -> list[Candidate]:
    """The sentences that are evidence, the likeliest first; one that outdoes others has at least the score of each."""
    asked, names = asked_terms(question), _names(question)
    best = max((float(reading.evidence.max(initial=0)) for reading in readings), default=0.0)
    found: list[Candidate] = []
    for number, reading in enumerate(readings):
        of_passage = [_of_sentence(number, position, reading) for position in range(len(reading.passage.sentences))]
        found += [one for one in _weighed(question, asked, of_passage, _WORTH_COMPARING * odds(best)) if one.score > 0]
    found += [*_unread_rows(question, asked, found, readings), *_unread_headings(asked, names, found, readings)]
    likeliest = max((one.odds for one in found), default=0.0)
    found = [one for one in found if one.odds >= _HOPELESS * likeliest]
    outdone = {id(one) for one in found if any(_outdoes(other, one, asked, names) for other in found)}
    left = [one for one in found if id(one) not in outdone]
    beaten = [one for one in found if id(one) in outdone]
    left = [
        replace(one, score=max([one.score, *(other.score for other in beaten if _outdoes(one, other, asked, names))]))
        for one in left
    ]
    return sorted(left, key=lambda one: (-one.score, one.passage.document.path, one.span))


def asks_release(question: str) -> bool:
    """Whether a question asks when something was, or in which version."""
    return (ASKS_TIME.search(question) or _ASKS_VERSION.search(question)) is not None


def is_release(heading: str) -> bool:
    """Whether a heading is a version, with or without its date, and nothing else."""
    left = _OF_RELEASE.sub("", _VERSION.sub("", heading, count=1))
    return _VERSION.search(heading) is not None and not any(map(str.isalpha, left))


def asked_terms(question: str) -> frozenset[str]:
    """What a question names: its terms but for those that only ask."""
    words = (word for word in question.split() if not _ASKING.fullmatch(_PUNCTUATION.sub("", word)))
    return frozenset((*terms(_POSSESSIVE.sub("", " ".join(words))), *_LETTER.findall(question)))


def _terms(text: str) -> frozenset[str]:
    return frozenset((*terms(text), *_LETTER.findall(text)))


def _names(question: str) -> frozenset[str]:
    """The terms of a question's names and numbers: after its first word, those with a capital, a digit or a sign."""
    words = [_PUNCTUATION.sub("", word) for word in question.split()[1:]]
    named = (word for word in words if word[:1].isupper() or not word.isalpha())
    return frozenset((*terms(" ".join(named)), *_LETTER.findall(question)))


def _of_sentence(number: int, position: int, reading: Reading) -> Candidate:
    score, spans = float(reading.evidence[position]), reading.answers[position]
    return Candidate(number, position, reading.passage, reading.passage.sentences[position], score, spans=spans)


def _weighed(question: str, asked: frozenset[str], sentences: Sequence[Candidate], least: float) -> Iterator[Candidate]:
    """The sentences of a passage: headings count little, and questions pass their score on to what follows them."""
    passage = sentences[0].passage if sentences else None
    titles = [bare(name) for name in (passage.document.title, *passage.heading)] if passage else []
    headings = frozenset(one.position for one in sentences if is_heading(one.text, titles))
    told = announced(question, asked, passage, [one.score for one in sentences], headings) if passage else {}
    asks = _of_question(passage, sentences) if passage else set[int]()
    passed = 0.0
    for one, following in zip(sentences, [*sentences[1:], None], strict=False):
        known = told.get(one.position, _NOT_ANNOUNCED)
        score = max(one.score, passed, known.score) if one.score > 0 else 0.0
        passed = 0.0
        one = replace(one, score=score, announced_by=known.by)
        if not score or one.odds < least:
            yield one
            continue
        one = replace(one, answer=likeliest_answer(one.spans, one.span, one.text))
        if one.row:
            answer = one.row.answer(question, asked, one.answer, one.span.start) if one.answer else None
            yield _lowered(one) if one.row.is_header else replace(one, answer=answer, denies=one.row.denies(asked))
        elif one.position in asks or (
            QUESTION_END.search(one.text) and 2 * len(one.terms & asked) >= len(asked_terms(one.text))
        ):
            is_answered = not QUESTION_END.search(following.text) if following else False
            follows = following is not None and following.score > 0 and (is_answered or following.position in asks)
            passed = score if follows else 0.0
            yield replace(one, score=0.0) if follows else _lowered(one)
        elif is_heading(one.text, titles) and (not one.terms & asked or one.terms <= asked):
            yield one if is_release(one.text) and asks_release(question) else _lowered(one)
        elif only_announces(question, asked, one.text):
            yield replace(one, score=with_odds_times(one.score, _ANNOUNCEMENT_ODDS))
        else:
            yield replace(one, answer=_short_answer(question, one, one.answer)) if one.answer else one


def _unread_rows(
    question: str, asked: frozenset[str], found: Sequence[Candidate], readings: Sequence[Reading]
) -> Iterator[Candidate]:
    """Rows of which the question names a cell, of a table of which the reader has read other rows: as likely as the best."""
    best: dict[tuple[str, tuple[str, ...]], Candidate] = {}
    for one in found:
        table = one.passage.document.id, one.passage.heading
        if one.row and not one.row.is_header and (table not in best or one.score > best[table].score):
            best[table] = one
    for number, reading in enumerate(readings):
        known = None if reading.is_read else best.get((reading.passage.document.id, reading.passage.heading))
        for position in range(len(reading.passage.sentences) if known else 0):
            one = _of_sentence(number, position, reading)
            if known and one.row and one.row.named(asked) and known.terms & asked < one.terms & asked:
                predicted = AnswerSpan(one.span, known.answer.probability if known.answer else 0.0)
                answer = one.row.answer(question, asked, predicted, one.span.start)
                yield replace(one, score=known.score, answer=answer, denies=one.row.denies(asked))


def _unread_headings(
    asked: frozenset[str], names: frozenset[str], found: Sequence[Candidate], readings: Sequence[Reading]
) -> Iterator[Candidate]:
    """Headings of unread sections that outdo one that was read, such as that of the release asked for: as likely as that."""
    known = [one for one in found if one.heads and one.terms & asked]
    for number, reading in enumerate(readings if known else ()):
        if not reading.is_read:
            sentences = (_of_sentence(number, n, reading) for n in range(len(reading.passage.sentences)))
            first = next((one for one in sentences if one.heads), None)
            rivals = [other for other in known if first and _outdoes(replace(first, score=other.score), other, asked, names)]
            if first and rivals:
                yield replace(first, score=max(other.score for other in rivals))


def _of_question(passage: Passage, sentences: Sequence[Candidate]) -> set[int]:
    """The positions of the sentences that are parts of the question which the passage has as its heading."""
    question = passage.heading[-1] if passage.heading else ""
    if not QUESTION_END.search(question):
        return set()
    words = _bare_words(question)
    parts = {one.position: _bare_words(_QUESTION_MARK.sub("", one.text)) for one in sentences}
    return {position for position, part in parts.items() if len(part) >= _QUESTION_WORDS and _is_part(part, words)}


def _bare_words(text: str) -> list[str]:
    return [_EDGES.sub("", word) for word in bare(text).split()]


def _is_part(part: Sequence[str], words: Sequence[str]) -> bool:
    """Whether words stand in others in one piece."""
    return any([*words[n : n + len(part)]] == [*part] for n in range(len(words) - len(part) + 1))


def _lowered(one: Candidate) -> Candidate:
    return replace(one, score=with_odds_times(one.score, _HEADING_ODDS))


def is_heading(sentence: str, titles: Sequence[str]) -> bool:
    """Whether a sentence is one of some titles and headings, which are ``bare``, or that behind a number or mark."""
    shown = bare(sentence)
    return any(title and shown.endswith(title) and len(shown) - len(title) <= _PREFIX for title in titles)


def bare(text: str) -> str:
    """A text without the signs around it, its case and its line breaks."""
    return _EDGES.sub("", " ".join(text.split())).casefold()


def _short_answer(question: str, one: Candidate, answer: AnswerSpan) -> AnswerSpan | None:
    return None if _is_contrasted(question, one) else whole_answer(answer, one.span, one.text)


def _is_contrasted(question: str, one: Candidate) -> bool:
    """Whether what a question asks the doer of stands only in a clause that the answer's clause is opposed to.

    In "A claimed it, but B accused C" neither B nor C claimed it, nor is all of it who did; but "not A, but B" names B. On
    1,275 questions of eight sets it holds of three answers, all wrong. For "why" it would take right ones away, too.
    """
    assert one.answer is not None
    words = question.split()[1:] if _WHO.match(question) else []
    if words and _CONTRAST.search(one.passage.slice(one.answer.span)):
        return True
    said = (asked_terms(word) & one.terms for word in words if word[:1].islower())
    predicate = next(filter(None, said), frozenset())
    start = one.answer.span.start - one.span.start
    *contrasted, clause = _CONTRAST.split(one.text[:start])
    told = " ".join(contrasted)
    return bool(predicate & _terms(told) - _terms(clause + one.text[start:])) and not re.search(r"\bnot\b", told)


def _outdoes(other: Candidate, one: Candidate, asked: frozenset[str], names: frozenset[str]) -> bool:
    """Whether another sentence of the same kind has all that one has of what is asked, and more, at no much lower score."""
    if other is one or other.odds < _SURE_RIVAL * one.odds or other.passage.document.id != one.passage.document.id:
        return False
    if other.number == one.number and other.position == one.announced_by:
        return False
    is_near = other.odds >= _RIVAL * one.odds
    if _refers(one, other) or _refers(other, one):
        return is_near and _refers(one, other)
    more, less = other.terms & asked, one.terms & asked
    if is_near and less == more and other.row and one.row and _AMOUNTS & asked:
        return other.row.has_number and not one.row.has_number and other.passage.heading == one.passage.heading
    if one.denies and not other.denies and less == more and other.row:
        return other.passage.heading == one.passage.heading and not other.row.is_header
    if one.heads and other.heads:
        return less < more and bool((more - less) & names)
    if one.heads and is_release(one.text):
        return False
    if not less < more or other.passage.heading != one.passage.heading or QUESTION_START.match(other.text):
        return False
    if other.row and one.row:
        return not other.row.is_header and (is_near or bool(other.row.named(asked) - less))
    if other.number != one.number or other.row or one.row:
        return False
    if are_items(other, one):
        known = frozenset(terms(one.passage.context))
        return (less - known < more - known) and (is_near or bool(other.key and other.key <= asked))
    return is_near and bool((more - less) & names) and _are_parallel(other.text, one.text)


def _refers(one: Candidate, other: Candidate) -> bool:
    """Whether an answer is only a word such as "this town" with a note, and the other sentence is the note."""
    if one.answer is None or not _POINTER.match(one.passage.slice(one.answer.span)):
        return False
    return any(other.text.startswith(f"{note}:") for note in _NOTE.findall(one.text))


def are_items(one: Candidate, other: Candidate) -> bool:
    """Whether two sentences are items or entries of one list, rather than prose."""
    if one.number != other.number or one.line is None or other.line is None:
        return False
    return len(openings([one.line, other.line])) == 2 or not (_END.search(one.line) or _END.search(other.line))


def _are_parallel(sentence: str, other: str) -> bool:
    """Whether two sentences say the same of two things."""
    words, others = _WORD.findall(sentence.lower()), _WORD.findall(other.lower())
    shorter, longer = sorted((len(words), len(others)))
    shared = len({*words} & {*others})
    return longer <= _PARALLEL_LENGTH * shorter and shared >= _PARALLEL_WORDS * shorter and not _PRONOUN.search(other)
