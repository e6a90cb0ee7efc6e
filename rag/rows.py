"""A row of a table into its cells, and the one of them that answers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, as spans of its text, and the names of their columns where each has one."""

    text: str
    cells: tuple[Span, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, text: str, heading: Sequence[str]) -> Self:
        """Of the text of a row and the headings it stands under, of which the last one has the names of its columns."""
        names = split_names(heading[-1]) if heading else []
        signs = [sign for sign in _SIGNS if sign in text]
        split = [*(_cells(text, sign) for sign in signs), _spaced(text), [Span(0, len(text))]]
        if text.startswith("| "):
            split.insert(1, [Span(0, 0), *split[0]])  # of a row whose first cell is empty
        elif signs and signs[0] in "|\t":  # its last cells may be empty
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
        said = (frozenset(terms(text)) for text in self._texts)
        return frozenset().union(*(words for words in said if words <= asked))

    def is_asked_for(self, asked: frozenset[str], context: frozenset[str]) -> bool:
        """Whether a question names the row and a column with a cell in it, and nothing that neither they nor the
        ``context``, the terms of titles and headings, say."""
        columns = self._columns_named(asked, filled=True)
        row = self.named(asked) - columns
        return bool(row and columns) and asked - row - columns - context <= _GENERIC

    def lacks(self, asked: frozenset[str]) -> bool:
        """Whether a question names the row, and of its columns only ones without a cell in it."""
        empty = self._columns_named(asked, filled=False)
        return bool(empty and self.named(asked) - empty) and not self._columns_named(asked, filled=True)

    def _columns_named(self, asked: frozenset[str], filled: bool) -> frozenset[str]:
        """The terms of the columns that are named as a whole, of those with or without a cell in the row."""
        cells = zip(self.names, self._texts, strict=True) if self.names else ()
        names = [frozenset(terms(name)) for name, text in cells if any(map(str.isalnum, text)) == filled]
        return frozenset().union(*(words for words in names if words <= asked))

    def answer(self, question: str, asked: frozenset[str], predicted: AnswerSpan, start: int) -> AnswerSpan | None:
        """The one cell that answers: that of the column asked for, or else the one in which the reader sees the answer.

        A cell that only repeats the question is no answer. ``start`` is where the row starts in the document.
        """
        said = [frozenset(terms(text)) for text in self._texts]
        possible = [number for number, words in enumerate(said) if words and not words <= asked]
        matches = {n: len(asked & frozenset(terms(self.names[n]))) for n in possible} if self.names else {}
        most = max(matches.values(), default=0)
        wanted = [number for number in possible if most and matches[number] == most]
        within = Span(predicted.span.start - start, predicted.span.end - start)
        seen = [n for n in wanted or possible if self.cells[n].start < within.end and within.start < self.cells[n].end]
        chosen = next((n for n in (self._of_kind(question, some) for some in (wanted, seen)) if n is not None), None)
        if chosen is None:
            return None
        cell = self.cells[chosen]
        is_long = len(self.text[slice(*cell)].split()) > _CELL_WORDS
        if is_long and cell.start <= within.start and within.end <= cell.end:
            return predicted
        return replace(predicted, span=Span(start + cell.start, start + cell.end))

    def _of_kind(self, question: str, cells: Sequence[int]) -> int | None:
        """The one of several cells that holds a number or not, as the question asks, if it is one."""
        if len(cells) > 1:
            digits = _ASKS_NUMBER.search(question) is not None
            if digits or _ASKS_NAME.search(question):
                cells = [n for n in cells if any(map(str.isdigit, self._texts[n])) == digits]
        return cells[0] if len(cells) == 1 else None


def with_columns(asked: frozenset[str], passage: Passage) -> Passage:
    """A passage whose reader is told the columns that matter for what is asked, where its table has too many to tell."""
    names = split_names(passage.heading[-1]) if passage.heading and SentenceKind.ROW in passage.kinds else []
    if len(names) < 2 or len(passage.heading[-1]) <= _TOLD:
        return passage
    told = {0, *(number for number, name in enumerate(names) if asked & frozenset(terms(name)))}
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
