"""Text into sentences with exact spans, by nupunkt and the line layout that nupunkt does not read."""

import re
from itertools import pairwise
from typing import NamedTuple

import nupunkt

_LIST_MARKER = r"(?:[-*+•‣◦]|\d{1,2}[.)])[ \t]+(?=\S)"
_BREAK = r"(?:\r\n|\n|\r(?!\n))"
_HARD_BREAK = re.compile(
    rf"{_BREAK}[ \t]*{_BREAK}"  # a blank line
    rf"|{_BREAK}(?=[ \t]*{_LIST_MARKER})"  # the next line is a list item
    rf"|(?<=\|)[ \t]*{_BREAK}"  # this line is a table row with outer bars
    rf"|{_BREAK}(?=[^\r\n|]*\|[^\r\n|]*\|)"  # the next line is a table row
    r"|(?<=[。！？])(?![。！？」』”’）)\]])"  # a full stop of Chinese or Japanese, which no space follows
)
_LEADING_MARKER = re.compile(rf"[\s>]*(?:{_LIST_MARKER})?\s*")
_LINE_BREAK = re.compile(_BREAK)


class Span(NamedTuple):
    """A half-open range ``[start, end)`` of Unicode code points."""

    start: int
    end: int


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """The sentences of ``text[start:end]``, ascending and disjoint, without the white space and list marks around them.

    A blank line, a list item and a table row end a sentence whatever its punctuation; a single line break does not.
    """
    end = len(text) if end is None else end
    spans: list[Span] = []
    for piece in _pieces(text, start, end, _HARD_BREAK):
        for a, b in nupunkt.sentence_spans(text[piece.start : piece.end]):
            spans.extend(_trimmed(text, piece.start + a, piece.start + b))
    return spans


def line_spans(text: str, start: int, end: int) -> list[Span]:
    """The lines of ``text[start:end]`` that are not blank, for tables and code."""
    return [span for piece in _pieces(text, start, end, _LINE_BREAK) for span in _trimmed(text, *piece)]


def line_starts(text: str) -> list[int]:
    r"""Offsets at which the lines of a text start; a line ends with ``\n``, ``\r\n`` or ``\r``, as in an editor."""
    return [0, *(match.end() for match in _LINE_BREAK.finditer(text))]


def _pieces(text: str, start: int, end: int, breaks: re.Pattern[str]) -> list[Span]:
    edges = [start, *(match.end() for match in breaks.finditer(text, start, end)), end]
    return [Span(a, b) for a, b in pairwise(edges) if a < b]


def _starts_line(text: str, position: int) -> bool:
    while position and text[position - 1] in " \t>":
        position -= 1
    return position == 0 or text[position - 1] in "\r\n"


def _trimmed(text: str, start: int, end: int) -> list[Span]:
    marker = _LEADING_MARKER.match(text, start, end)
    if marker and _starts_line(text, start):
        start = marker.end()
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return [Span(start, end)] if start < end else []
