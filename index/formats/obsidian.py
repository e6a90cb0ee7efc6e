"""What notes of Obsidian do not show: comments between ``%%``, and the names of paragraphs after ``^``."""

import re
from collections.abc import Iterator
from itertools import pairwise

from quotewise.index.sentences import Span, line_starts

_FENCE = re.compile(r"[ \t>]*(?:```|~~~)")
_OPENS = re.compile(r"[ \t]*%%(?!%)(?![^\r\n]*%%)")
_CLOSES = re.compile(r"[^\r\n]*%%[ \t]*")
_WHOLE = re.compile(r"[ \t]*%%[^%\r\n]*%%[ \t]*")
_WITHIN = re.compile(r"(?<![\w%])%%(?!%)[^%\r\n]{0,1000}%%(?![\w%])")
_NAME = re.compile(r"(?<!\S)\^(?=[\d-]{0,60}[A-Za-z])[A-Za-z0-9-]{2,60}\s*\Z")
_LONGEST_NAME = _REACH = 100
_SIGN = re.compile(r"[.!?:;…][\"'”’»)*_]*\Z")


def without_comments(text: str) -> str:
    """A text of the same length and lines, in which comments of whole lines are spaces."""
    if "%%" not in text:
        return text
    edges = [*line_starts(text), len(text)]
    lines = [text[a:b] for a, b in pairwise(edges)]
    is_code = False
    number = 0
    while number < len(lines):
        shown = lines[number].rstrip("\r\n")
        last = None
        if _FENCE.match(shown):
            is_code = not is_code
        elif not is_code and _WHOLE.fullmatch(shown):
            last = number
        elif not is_code and _OPENS.match(shown):
            last = next((n for n in range(number + 1, len(lines)) if "%%" in lines[n]), None)
            if last is None:
                break
            last = last if _CLOSES.fullmatch(lines[last].rstrip("\r\n")) else None
        if last is not None:
            for hidden in range(number, last + 1):
                lines[hidden] = re.sub(r"[^\r\n]", " ", lines[hidden])
            number = last
        number += 1
    return "".join(lines)


def shown_spans(text: str, start: int, end: int) -> Iterator[Span]:
    """The parts of a paragraph without its name and without the comments between its sentences; one within a sentence stays."""
    if name := _NAME.search(text, max(start, end - _LONGEST_NAME), end):
        end = name.start()
    if "%%" in text[start:end]:
        for comment in _WITHIN.finditer(text, start, end):
            before = text[max(start, comment.start() - _REACH) : comment.start()].rstrip()
            after = text[comment.end() : min(end, comment.end() + _REACH)].lstrip()
            if not after or _SIGN.search(before) or (not before and not after[0].islower()):
                yield Span(start, comment.start())
                start = comment.end()
    yield Span(start, end)
