"""A row of a table into its cells, and the one of them that answers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Self

from quotewise.index.boilerplate import SentenceKind
from quotewise.index.formats.tables import split_names
from quotewise.index.lexical import terms
from quotewise.index.sentences import Span
from quotewise.rag.passages import Passage
from quotewise.rag.readers import AnswerSpan

_SIGNS = "|\t;,"
"""What stands between cells, the surest first."""

_TABBED = "text/tab-separated-values"
"""Elsewhere, as in a PDF, a tab is the space between two cells that are printed, with or without others between them."""

_WIDE_SPACE = re.compile(r"[ \t]*(?:\t| {2,})[ \t]*")
"""What stands between the cells of a plain text."""
_CELL_WORDS = 8
"""Words of a cell that is a short answer as a whole."""
_TOLD = 100
"""Characters of the names of columns that a reader is told, about: some 25 word pieces, beside title and headings."""
_GENERIC = frozenset(
    terms(
        "include offer open close provide contain get give allow come pay cost charge need use available per each high low much"
        " many long large big tall old far often total amount number price value figure rate level"
    )
)
"""What a question says beside the names of a row and a column, and asks no more by it."""
_ASKS_NUMBER = re.compile(r"\b(?:when|how (?:many|much|long|old|far|often|large|big|tall|high|deep|fast))\b", re.IGNORECASE)
_ASKS_NAME = re.compile(r"\b(?:who|whom|whose|where)\b", re.IGNORECASE)
ASKS_TIME = re.compile(r"\b(?:when|(?:what|which) (?:date|day|year))\b", re.IGNORECASE)
_ASKS_COLUMN = re.compile(r"\b(?:which|what) ((?:[\w-]+ ?){1,2})", re.IGNORECASE)
_MONEY = re.compile(r"[£$€¥]\s?\d|\d\s?(?:[£$€¥%]|(?:EUR|USD|GBP|CHF|SEK|NOK|DKK)\b)|\b(?:EUR|USD|GBP|CHF)\s?\d")
_COLUMNS_ASKED_FOR = {
    "who|whom|whose": "name person contact author owner holder staff employee member speaker",
    "where": "place location office room address city town country site venue building",
    "when": "date time day year due deadline",
    "how much": "price cost amount fee total",
    "how many": "number quantity count qty",
    "how (?:heavy|much does .+ weigh)": "weight mass",
    "how (?:tall|high)": "height",
    "how wide": "width",
    "how deep": "depth",
    "how long": "length duration",
    "how old": "age",
    "how fast": "speed",
    "how far": "distance",
    "how loud": "noise",
    "how (?:big|large)": "size area",
}
"""What names a column that a question asks for without naming it."""
_IMPLIED = [(re.compile(rf"\b(?:{asks})\b", re.IGNORECASE), frozenset(terms(n))) for asks, n in _COLUMNS_ASKED_FOR.items()]
_NO = re.compile(r"(?:no|none|nil|false|never|not (?:supported|available|included|possible)|n/a|[-–—✗✘❌×0]|)", re.IGNORECASE)
"""What a cell says where something is not the case."""
_SHORT = 100
_UNIT = 6
"""Most characters of a cell that is the unit of the number before it."""
_UNITS = frozenset(terms("unit units uom currency einheit währung unité devise unidad moneda unità valuta"))
"""What names a column of units."""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, as spans of its text, and the names of their columns where each has one."""

    text: str
    cells: tuple[Span, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, text: str, heading: Sequence[str], media_type: str = "") -> Self:
        """Of the text of a row and the headings it stands under, of which the last one has the names of its columns.

        Its last cells may be empty and its text end before them, where bars part the cells, or each tab does.
        """
        names = split_names(heading[-1]) if heading else []
        signs = [sign for sign in _SIGNS if sign in text]
        split = [*(_cells(text, sign) for sign in signs), _spaced(text), [Span(0, len(text))]]
        if text.startswith("| ") and not text.endswith("|"):
            split.insert(1, [Span(0, 0), *split[0]])  # the first cell is empty, unlike that of a row of Markdown
        elif signs[:1] == ["|"] or (signs[:1] == ["\t"] and media_type == _TABBED):
            split[0] += [Span(len(text), len(text))] * (len(names) - len(split[0]))
        cells = next((some for some in split if len(some) == len(names)), split[0])
        return cls(text, tuple(cells), tuple(names) if len(names) == len(cells) else ())

    @property
    def is_header(self) -> bool:
        """Whether it is the row that names the columns."""
        return bool(self.names) and all(map(_is_same, self._texts, self.names))

    @property
    def has_number(self) -> bool:
        """Whether a cell holds a number."""
        return any(map(str.isdigit, self.text))

    @property
    def _texts(self) -> list[str]:
        return [self.text[slice(*cell)] for cell in self.cells]

    def named(self, asked: frozenset[str]) -> frozenset[str]:
        """The terms of the cells that are as a whole among what is asked."""
        said = (_words(text) for text in self._texts)
        return frozenset().union(*(words for words in said if words <= asked))

    def is_asked_for(self, asked: frozenset[str], context: frozenset[str]) -> bool:
        """Whether a question names the row and a column with a cell in it, or the row by a code such as 88-1007, and nothing
        that neither they nor the ``context``, the terms of titles and headings, say."""
        row = self.named(asked)
        columns, others = self._columns_named(asked, filled=True) - row, self._names(asked)
        if columns:
            return bool(row - columns) and asked - row - others - context <= _GENERIC
        coded = any(any(map(str.isdigit, term)) and not term.isdecimal() for term in row)
        return coded and asked - row - frozenset(terms(" ".join(self.names))) - context <= _GENERIC

    def lacks(self, asked: frozenset[str]) -> bool:
        """Whether a question names the row, and of its columns only ones without a cell in it."""
        empty = self._columns_named(asked, filled=False)
        return bool(empty and self.named(asked) - empty) and not self._columns_named(asked, filled=True)

    def denies(self, asked: frozenset[str]) -> bool:
        """Whether a cell in the columns that a question names says no."""
        cells = zip(self.names, self._texts, strict=True) if self.names else ()
        said = [text for name, text in cells if (words := _words(name)) and words <= asked]
        return any(_NO.fullmatch(text) for text in said)

    def _columns_named(self, asked: frozenset[str], filled: bool) -> frozenset[str]:
        """The terms of the columns named as a whole, of those with or without a cell that says more than the question."""
        said = zip(self.names, self._texts, strict=True) if self.names else ()
        names = [name for name, text in said if any(map(str.isalnum, text)) == filled and not _repeats(text, asked)]
        return self._names(asked, names)

    def _names(self, asked: frozenset[str], names: Sequence[str] | None = None) -> frozenset[str]:
        """The terms of the names of columns that are among what is asked as a whole; by default of all columns."""
        words = (_words(name) for name in (self.names if names is None else names))
        return frozenset().union(*(some for some in words if some <= asked))

    def answer(self, question: str, asked: frozenset[str], predicted: AnswerSpan, start: int) -> AnswerSpan | None:
        """The one cell that answers: that of the column asked for, or else the one in which the reader sees the answer.

        A number comes with the unit in the cell after it. A cell that only repeats the question is no answer.
        ``start`` is where the row starts in the document.
        """
        possible = [n for n, text in enumerate(self._texts) if any(map(str.isalnum, text)) and not _repeats(text, asked)]
        within = Span(predicted.span.start - start, predicted.span.end - start)
        seen = [n for n in possible if self.cells[n].start < within.end and within.start < self.cells[n].end]
        named = self._matching(possible, asked)
        lists = (self._asked_by_name(question, possible), named, self._implied(question, possible), _both(named, seen), seen)
        chosen = next((n for n in (self._of_kind(question, some) for some in lists) if n is not None), None)
        if chosen is None and len(seen) == 2 and self._is_unit(seen[1]) and any(map(str.isdigit, self._texts[seen[0]])):
            return replace(predicted, span=Span(start + self.cells[seen[0]].start, start + self.cells[seen[1]].end))
        if chosen is None:
            return None
        cell = self.cells[chosen]
        if any(map(str.isdigit, self._texts[chosen])) and self._is_unit(chosen + 1, named=True):
            return replace(predicted, span=Span(start + cell.start, start + self.cells[chosen + 1].end))
        is_long = len(self.text[slice(*cell)].split()) > _CELL_WORDS
        if is_long and cell.start <= within.start and within.end <= cell.end:
            return predicted
        return replace(predicted, span=Span(start + cell.start, start + cell.end))

    def _matching(self, cells: Sequence[int], wanted: frozenset[str]) -> list[int]:
        """The cells of the columns whose names share most terms with what is wanted, if any."""
        matches = {n: len(wanted & _words(self.names[n])) for n in cells} if self.names else {}
        most = max(matches.values(), default=0)
        return [number for number, count in matches.items() if count == most > 0]

    def _asked_by_name(self, question: str, cells: Sequence[int]) -> list[int]:
        """Those of the column that ``which`` or ``what`` asks for: "which office"."""
        found = _ASKS_COLUMN.search(question)
        return self._matching(cells, frozenset(terms(found[1]))) if found else []

    def _implied(self, question: str, cells: Sequence[int]) -> list[int]:
        """Those of the columns that a question asks for without their name: "where" for an office."""
        for asks, names in _IMPLIED:
            if asks.search(question) and (found := self._matching(cells, names)):
                return found
        return []

    def _is_unit(self, cell: int, named: bool = False) -> bool:
        """Whether a cell may be the unit of the number before it; ``named`` asks for a column of units."""
        if cell >= len(self.cells) or (named and not (self.names and _words(self.names[cell]) & _UNITS)):
            return False
        text = self._texts[cell]
        return 0 < len(text) <= _UNIT and not any(map(str.isdigit, text))

    def _of_kind(self, question: str, cells: Sequence[int]) -> int | None:
        """The one of several cells that holds a number or not, as the question asks, if it is one."""
        texts = self._texts if len(cells) > 1 else []
        if len(cells) > 1 and ASKS_TIME.search(question):
            cells = [number for number in cells if not _MONEY.search(texts[number])]
        if len(cells) > 1:
            digits = _ASKS_NUMBER.search(question) is not None
            if digits or _ASKS_NAME.search(question):
                cells = [n for n in cells if any(map(str.isdigit, texts[n])) == digits]
        return cells[0] if len(cells) == 1 else None


def _words(text: str) -> frozenset[str]:
    """The terms of a cell or of the name of a column, which are asked for again and again if they are short."""
    return _known_words(text) if len(text) <= _SHORT else frozenset(terms(text))


@lru_cache(maxsize=10_000)
def _known_words(text: str) -> frozenset[str]:
    return frozenset(terms(text))


def _repeats(text: str, asked: frozenset[str]) -> bool:
    """Whether a text says nothing but what is asked."""
    words = _words(text)
    return bool(words) and words <= asked


def _both(cells: Sequence[int], others: Sequence[int]) -> list[int]:
    return [cell for cell in cells if cell in others]


def with_columns(asked: frozenset[str], passage: Passage) -> Passage:
    """A passage whose reader is told the columns that matter for what is asked, where its table has too many to tell."""
    names = split_names(passage.heading[-1]) if passage.heading and SentenceKind.ROW in passage.kinds else []
    if len(names) < 2 or len(passage.heading[-1]) <= _TOLD:
        return passage
    told = {0, *(number for number, name in enumerate(names) if asked & _words(name))}
    room = _TOLD - sum(len(names[number]) for number in told)
    for number, name in enumerate(names):
        room -= 0 if number in told else len(name)
        if room < 0:
            break
        told.add(number)
    return replace(passage, columns=tuple(names[number] for number in sorted(told)))


def _cells(text: str, sign: str) -> list[Span]:
    """The cells without the signs, white space and quotation marks around them; a sign within quotation marks ends none."""
    edges = [-1, *_ends(text, sign), len(text)]
    cells: list[Span] = []
    for before, end in pairwise(edges):
        start = before + 1
        while start < end and (text[start].isspace() or text[start] == '"'):
            start += 1
        while end > start and (text[end - 1].isspace() or text[end - 1] == '"'):
            end -= 1
        cells.append(Span(start, end))
    if sign == "|" and text.startswith("|"):
        cells = cells[1:]
    if sign == "|" and text.endswith("|") and len(cells) > 1:
        cells = cells[:-1]
    return cells


def _spaced(text: str) -> list[Span]:
    edges = [0, *(edge for gap in _WIDE_SPACE.finditer(text) for edge in gap.span()), len(text)]
    return [Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _ends(text: str, sign: str) -> list[int]:
    ends: list[int] = []
    quoted = False
    for place, character in enumerate(text):
        if character == '"' and sign != "|":
            quoted = not quoted
        elif character == sign and not quoted and text[place - 1 : place] != "\\":
            ends.append(place)
    return ends


def _is_same(cell: str, name: str) -> bool:
    return "".join(filter(str.isalnum, cell)).casefold() == "".join(filter(str.isalnum, name)).casefold()
