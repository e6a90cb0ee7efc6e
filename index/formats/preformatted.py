"""Preformatted text of pages: prose whose lines were broken by hand is read as plain text is, code and diagrams by lines."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, pairwise
from typing import Any

from quotewise.index.formats.parsed import Block
from quotewise.index.formats.plain_tables import with_tables_as_rows
from quotewise.index.formats.running_lines import blocks_between
from quotewise.index.formats.text_headings import blocks_of

Element = Any
_CODE_NAME = re.compile(
    r"(?:^|[\s_-])(?:lang(?:uage)?|brush|highlight|hljs|sourceCode|prettyprint|prism|code|src)(?:$|[\s:_-])", re.I
)
"""The class of an element that holds code."""
_NEAR = 2
"""Elements around a preformatted one whose classes say what it is."""
_HIGHLIGHTED = 2
"""Lines for each span with a class: with fewer of them the text is code in colours."""
_PROSE_SHARE = 0.5
"""Of the letters of a text, from which it is prose."""
_SAMPLE = 400_000
"""Characters by which prose is told from code."""
_WIDTHS = range(45, 101)
"""Of the longest line of a paragraph that was broken by hand."""
_FULL = 0.7
"""Of that width: what a line has at least that is followed by another."""
_MOST_BREAKS = 0.75
"""Share of the breaks of a paragraph that are at full lines."""
_GOING_ON = 0.4
"""Share of the breaks after which a line begins with a small letter."""
_WORDS = 0.85
"""Share of the words of prose that have letters or numbers and no signs."""
_WORD = re.compile(r"[\"'“”„‘’«»`(\[§]{0,3}(?:[^\W_]+[%’'.,/–—-]{0,2}){1,8}[\"'“”‘’«»)\],.;:!?–—-]{0,4}")
_QUOTE_MARK = re.compile(r"(?:[ \t]{0,3}>)+[ \t]?|[ \t]+")
_SIGNS = re.compile(r"[{}<>=|_\\/;*#$%&@+^~`\[\]]")
_CODE_SIGNS = 0.1
"""Share of signs from which a paragraph is code or a diagram."""
_CODE_LINE = re.compile(r"[{};\\]\Z|\A(?:[$#%] |//|/\*)")
_COLUMNS = re.compile(r"\S(?: {3,}|\t)\s*\S")
_SENTENCE_END = re.compile(r"[^\W\d_][^\W\d_][)\]\"'”’]{0,2}[.!?][)\]\"'”’]{0,2}(?=\s|\Z)")
_DRAWN = re.compile(r"[+|][-=+]{3,}|[─-╿]{2,}|-{2,}>")


def is_code(element: Element) -> bool:
    """Whether a preformatted element says by its marks that it holds code."""
    around = (element, *islice(element.iterancestors(), _NEAR))
    if any(isinstance(one.tag, str) and (one.tag == "code" or _CODE_NAME.search(one.get("class") or "")) for one in around):
        return True
    if next(element.iterdescendants("code", "{*}code"), None) is not None:
        return True
    coloured = sum(one.get("class") is not None for one in element.iterdescendants("span", "{*}span"))
    return coloured * _HIGHLIGHTED > "".join(element.itertext()).count("\n") + 1


def is_prose(text: str) -> bool:
    """Whether most of a text is prose in paragraphs, whose lines end where the next word has no room."""
    sample = text[:_SAMPLE]
    letters = sum(map(str.isalpha, sample))
    prose = sum(sum(map(str.isalpha, "".join(lines))) for _, _, lines in _paragraphs(sample) if _is_wrapped(lines))
    return letters > 0 and prose >= _PROSE_SHARE * letters


def blocks_of_prose(text: str) -> tuple[Block, ...]:
    """The blocks of prose as those of plain text; what is code or a diagram between its paragraphs is read by lines."""
    blocks = blocks_between(text, lambda shown: with_tables_as_rows(shown, blocks_of(shown, 0)))
    return tuple(part for block in blocks for part in (_divided(text, block) if block.kind == "paragraph" else (block,)))


def _divided(text: str, block: Block) -> Iterator[Block]:
    start = block.start
    for first, last, lines in _paragraphs(text[block.start : block.end]):
        if _is_drawn(lines):
            first, last = first + block.start, last + block.start
            if text[start:first].strip():
                yield replace(block, start=start, end=first)
            yield replace(block, start=first, end=last, by_line=True, kind="code")
            start = last
    if start == block.start:
        yield block
    elif text[start : block.end].strip():
        yield replace(block, start=start)


def _paragraphs(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """The runs of lines between blank ones, each with where it begins and ends; marks of quoted mails are left out."""
    lines: list[str] = []
    start = place = 0
    for line in text.split("\n"):
        shown = line.rstrip()
        marks = _QUOTE_MARK.match(shown)
        bare = shown[marks.end() :] if marks else shown
        if bare.strip():
            start = start if lines else place
            lines.append(bare)
        elif lines:
            yield start, place, lines
            lines = []
        place += len(line) + 1
    if lines:
        yield start, len(text), lines


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Whether a paragraph is prose that goes on from line to line."""
    width = max(map(len, lines))
    if len(lines) < 2 or width not in _WIDTHS:
        return False
    shown = " ".join(lines)
    if not _SENTENCE_END.search(shown) or _is_drawn(lines):
        return False
    words = shown.split()
    breaks = len(lines) - 1
    full = sum(len(line) >= _FULL * width for line in lines[:-1])
    going_on = sum(_begins_small(below) for _, below in pairwise(lines))
    plain = sum(bool(_WORD.fullmatch(word)) for word in words)
    return full >= _MOST_BREAKS * breaks and going_on >= _GOING_ON * breaks and plain >= _WORDS * len(words)


def _begins_small(line: str) -> bool:
    return next((one for one in line if one.isalpha()), "A").islower()


def _is_drawn(lines: Sequence[str]) -> bool:
    """Whether a paragraph is code, a diagram or columns, which say something line by line."""
    shown = "".join("".join(lines).split())
    if len(_SIGNS.findall(shown)) >= _CODE_SIGNS * len(shown):
        return True
    by_line = sum(any(sign.search(line) for sign in (_CODE_LINE, _COLUMNS, _DRAWN)) for line in lines)
    return 2 * by_line > len(lines)
