"""The table of contents of a document into navigation: it names every subject and says nothing of it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from quotewise.index.formats.parsed import Block
from quotewise.index.sentences import line_spans

_PAGE = re.compile(r"(?P<leader>[\s.·…_|]{2,}|[\t|])(?P<page>\d{1,4}|[ivxlc]{1,6})\s*\|?$|\s(?P<bare>\d{1,4}|[ivxlc]{1,6})$")
"""What stands behind the name of an entry: a leader, or just a space, and the number of the page."""
_NUMBER = re.compile(r"^[\W_]*(?:(?:chapter|section|part|kapitel|teil|chapitre)\s+)?(?:[\dIVX]{1,4}\.?)*(?=\W)", re.IGNORECASE)
_TARGET = re.compile(r"\]\([^()\s]*\)")
"""Of a link in Markdown, where it leads."""
_TITLES = {
    *("contents", "tableofcontents", "toc", "onthispage", "inhalt", "inhaltsverzeichnis", "sommaire", "tabledesmatières"),
    *("índice", "sumário", "目录", "目次"),
}
_FEWEST = 3
"""Entries in a row that make a table of contents."""
_MOST_OTHERS = 2
"""Lines in a row that are no entries, such as the heading of a part, within one."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line ``[start, end)`` of block ``number``.

    ``name`` is what it says in letters and digits, of an entry its heading; ``is_heading`` is whether it is taken for one.
    """

    number: int
    start: int
    end: int
    name: str
    has_page: bool
    is_heading: bool


def with_contents_as_navigation(text: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks of a text, of which the lines of a table of contents are navigation and head nothing.

    That is a run of lines which name headings that follow in their order, each with the number of a page, or below a title
    such as "Contents".
    """
    headings = {_name(text[block.start : block.end]): block.start for block in blocks if block.kind == "heading"}
    if len(headings) < _FEWEST:
        return tuple(blocks)
    lines = [line for number, block in enumerate(blocks) for line in _lines(text, number, block)]
    listed = {(line.number, line.start) for run in _runs(lines, headings) for line in run}
    return tuple(_marked(lines, blocks, listed, text)) if listed else tuple(blocks)


def _lines(text: str, number: int, block: Block) -> Iterator[_Line]:
    if block.kind in ("code", "navigation"):
        return
    for start, end in line_spans(text, block.start, block.end):
        line = text[start:end].strip()
        page = _PAGE.search(line)
        name = line[: page.start()] if page else line
        if name.strip():
            yield _Line(number, start, end, _name(name) or _name(line), page is not None, block.kind == "heading")


def _name(line: str) -> str:
    """The letters and digits of a heading without the number before it."""
    return "".join(filter(str.isalnum, _NUMBER.sub("", _TARGET.sub("]", line).strip(), count=1))).casefold()


def _runs(lines: Sequence[_Line], headings: dict[str, int]) -> Iterator[list[_Line]]:
    """The tables of contents."""
    run: list[_Line] = []
    entries = others = 0
    titled = False
    for line in [*lines, None]:
        is_entry = (
            line is not None and headings.get(line.name, 0) > line.start and (line.has_page or (titled and not line.is_heading))
        )
        if line is not None and (is_entry or (run and others < _MOST_OTHERS)):
            run.append(line)
            entries, others = entries + is_entry, 0 if is_entry else others + 1
            continue
        if entries >= _FEWEST:
            yield run[: len(run) - others]
        run, entries, others = [], 0, 0
        titled = line is not None and line.name in _TITLES


def _marked(lines: Sequence[_Line], blocks: Sequence[Block], listed: set[tuple[int, int]], text: str) -> Iterator[Block]:
    of_block = {number: list(some) for number, some in groupby(lines, key=lambda line: line.number)}
    false = {
        text[block.start : block.end].strip()
        for number, block in enumerate(blocks)
        if block.kind == "heading" and any((number, line.start) in listed for line in of_block.get(number, ()))
    }
    for number, block in enumerate(blocks):
        if false.intersection(block.heading):
            block = replace(block, heading=tuple(name for name in block.heading if name not in false))
        parts = [
            (known, list(some))
            for known, some in groupby(of_block.get(number, ()), lambda line: (line.number, line.start) in listed)
        ]
        if not any(known for known, _ in parts):
            yield block
            continue
        for known, some in parts:
            part = replace(block, start=some[0].start, end=some[-1].end)
            yield replace(part, kind="navigation", by_line=True, keep_with_next=False) if known else part
