"""Sentences that announce what other sentences say, such as "There are two reasons.", and the sentences that say it."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from quotewise.index.boilerplate import SentenceKind
from quotewise.index.lexical import terms
from quotewise.index.sentences import Span, line_starts
from quotewise.rag.passages import Passage

_INTRODUCTION_END = re.compile(r"[:：][*_]*$")
_POINTS_BELOW = re.compile(r"\b(?:following|follows|below|here (?:is|are)|these)\b", re.IGNORECASE)
_COUNTED = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|several|many|various|numerous|multiple|different|some"
    r"|a (?:number|variety|range|couple|few) of|there (?:are|were|exist))\s+(?:[\w'’-]+\s+){0,4}?[\w'’-]+s\b",
    re.IGNORECASE,
)
"""Things that are counted rather than named."""
_FIRST = re.compile(
    r"\W*(?:(?:the )?first(?:ly)?\b|one (?:of|such|is|was|\w+ (?:is|was))\b|(?:these|they) (?:are|include|were)\b)",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"\W*(?:the )?(?:second|third|fourth|fifth|next|other|last|final|another|additional|in addition|moreover|furthermore|also)"
    r"(?:ly)?\b",
    re.IGNORECASE,
)
_EXISTS = re.compile(
    r"\bthere (?:are|were|exist)\b(?!.*(?:such as|includ|like |e\.g\.|for example|namely|[:(]|,.*,))", re.IGNORECASE | re.DOTALL
)
"""That there are some, without a word of which."""
_ASKS_WHICH = re.compile(r"\W*(?:what|which) (?:are|were|have|\w+s\b|(?:\w+ ){1,2}\w+s\b)", re.IGNORECASE)
_ASKS_ONE = re.compile(r"\W*(?:(?:what|who|which|where|when) (?:is|was|does|did)|when|where|who)\b", re.IGNORECASE)
_ASKS_NUMBER = re.compile(r"\bhow many\b", re.IGNORECASE)
_ASKS_WHY = re.compile(r"\bwhy\b|\bhow come\b|\b(?:reasons?|causes?) (?:for|of|why)\b", re.IGNORECASE)
_THIS = "(?:this|that|these|those)"
_CONCLUDES = re.compile(
    rf"\W*(?:(?:because|as a (?:result|consequence)) of {_THIS}\b|(?:for|due to) {_THIS}(?: reasons?)?\b"
    r"|(?:this|that|which) (?:is|was) (?:the reason )?why\b"
    r"|(?:as a (?:result|consequence)|therefore|hence|consequently|accordingly)\b)",
    re.IGNORECASE,
)
"""How a sentence begins that gives what follows from the one before it."""
_LINK = re.compile(r"\]\([^()\s]*\)|https?://\S+|#\d+")
_MOST_NAMED = 0.6


class Announced(NamedTuple):
    """The score that a sentence has at least, and the position of the one that announces it."""

    score: float
    by: int


def announced(
    question: str, asked: frozenset[str], passage: Passage, scores: Sequence[float], headings: frozenset[int]
) -> dict[int, Announced]:
    """The sentences, by position, that others of their passage announce.

    These are the items of a list below what introduces them, or below an item that says no more than the question; "First" and
    what follows it below things that are only counted; and the reason before a sentence that begins with "Because of this".

    Args:
        question: what is asked.
        asked: the terms of what it names.
        passage: of which the sentences are.
        scores: of its sentences.
        headings: the positions of headings.
    """
    texts = [passage.slice(sentence) for sentence in passage.sentences]
    found: dict[int, Announced] = {}
    for place, (text, score) in enumerate(zip(texts, scores, strict=True)):
        if not score > 0:
            continue
        names_all = bool(asked) and asked <= frozenset(terms(text))
        told: list[int] = []
        if _INTRODUCTION_END.search(text) and (names_all or _POINTS_BELOW.search(text)):
            told = _items(passage, place)
        elif place in headings and names_all and not _ASKS_ONE.match(question):
            told = _items(passage, place)
            score = 0.0
        elif names_all and _says_no_more(text, asked):
            told = _items_below(passage, place)
        if told and names_all:
            score = max(score, *(scores[item] for item in told))
        if not _ASKS_NUMBER.search(question) and _COUNTED.search(text):
            told += _enumerated(passage, texts, place)
        if place and _ASKS_WHY.search(question) and _CONCLUDES.match(text) and _goes_on(passage, place):
            told.append(place - 1)
        for position in told:
            found[position] = max(found.get(position, Announced(0.0, place)), Announced(score, place))
    return found


def only_announces(question: str, asked: frozenset[str], text: str) -> bool:
    """Whether a sentence says that there are the things that a question asks for, in its words, and names none."""
    if not (_ASKS_WHICH.match(question) and _EXISTS.search(text)):
        return False
    return bool(asked) and len(asked & frozenset(terms(text))) >= _MOST_NAMED * len(asked)


def _says_no_more(text: str, asked: frozenset[str]) -> bool:
    """Whether at least half of what a text names, but for links and numbers of issues, is asked."""
    said = frozenset(terms(_LINK.sub(" ", text)))
    return 2 * len(said & asked) >= len(said)


def _items(passage: Passage, place: int) -> list[int]:
    """The positions of the items of a list that begins after a sentence, with the sentences in them; of one item none."""
    items: list[int] = []
    for item in range(place + 1, len(passage.sentences)):
        gap = _gap(passage, item)
        if len(line_starts(gap)) > (2 if items else 3) or passage.kinds[item] is SentenceKind.ROW:
            break
        if not (gap.strip() or (items and "\n" not in gap)):
            break
        items.append(item)
    return items if len(items) > 1 else []


def _items_below(passage: Passage, place: int) -> list[int]:
    """The positions of the items that stand below one of a list, further to the right."""
    indent = _indent(passage, place)
    if indent is None:
        return []
    below: list[int] = []
    for item in range(place + 1, len(passage.sentences)):
        starts = _indent(passage, item)
        if "\n" in _gap(passage, item) and (starts is None or starts <= indent or len(line_starts(_gap(passage, item))) > 2):
            break
        below.append(item)
    return below


def _indent(passage: Passage, place: int) -> int | None:
    """The characters before the sign of the list item that begins with a sentence; None where none does."""
    start = passage.sentences[place].start - passage.start
    line = passage.text[passage.text.rfind("\n", 0, start) + 1 : start]
    return len(line) - len(line.lstrip()) if re.fullmatch(r"[ \t]*(?:[-*+•]|\d{1,2}[.)])[ \t]+", line) else None


def _enumerated(passage: Passage, texts: Sequence[str], place: int) -> list[int]:
    """The positions of the sentences that begin with "First", right after a sentence, and with "Second" or so after that."""
    if not (place + 1 < len(texts) and _FIRST.match(texts[place + 1]) and _goes_on(passage, place + 1)):
        return []
    told = [place + 1]
    for position in range(place + 2, len(texts)):
        if not _goes_on(passage, position):
            break
        if _NEXT.match(texts[position]):
            told.append(position)
    return told


def _goes_on(passage: Passage, place: int) -> bool:
    """Whether a sentence stands in the paragraph of the one before it."""
    return len(line_starts(_gap(passage, place))) <= 2 and not _gap(passage, place).strip()


def _gap(passage: Passage, place: int) -> str:
    """What stands between a sentence and the one before it."""
    return passage.slice(Span(passage.sentences[place - 1].end, passage.sentences[place].start))
