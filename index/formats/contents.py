"""The table of contents of a document into navigation: it names every subject and says nothing of it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from quotewise.index.formats.parsed import Block
from quotewise.index.sentences import line_spans

_PAGE = re.compile(r"(?<![\s.·…_|])(?P<leader>[\s.·…_|]+)(?P<page>\d{1,4}|[ivxlc]{1,6})\s*\|?$")
"""What stands behind the name of an entry: a leader, or only a gap, and the number of the page."""
_LONGEST_PAGE = 400
_DOTS = re.compile(r"[.·_]\s?[.·_]\s?[.·_]|…")
_NUMBER = re.compile(
    r"^[\W_]*(?:(?:chapter|section|part|kapitel|teil|chapitre)\s+)?(?:[\dIVX]{1,9}(?:\.[\dIVX]{1,9})*\.?(?=\W))?", re.IGNORECASE
)
_TARGET = re.compile(r"\]\([^()\s]*\)")
"""Of a link in Markdown, where it leads."""
_TITLES = {
    *("contents", "tableofcontents", "toc", "onthispage", "inhalt", "inhaltsverzeichnis", "sommaire", "tabledesmatières"),
    *("índice", "sumário", "indice", "sommario", "contenido", "inhoud", "inhoudsopgave", "innehåll", "spistreści"),
    *("содержание", "оглавление", "المحتويات", "目录", "目錄", "目次"),
}
_FEWEST = 3
"""Entries in a row that make a table of contents."""
_MOST_OTHERS = 2
"""Lines in a row that are no entries, such as the heading of a part, within one."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line ``[start, end)`` of block ``number``.

    ``name`` is what it says in letters and digits, of an entry its heading; ``page`` is the number behind it, with ``dots``
    before it or without, 0 for a Roman one and None for none. ``is_heading`` is whether the line is taken for one.
    """

    number: int
    start: int
    end: int
    name: str
    page: int | None
    dots: bool
    is_heading: bool
    is_sentence: bool


def with_contents_as_navigation(text: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks of a text, of which the lines of a table of contents are navigation and head nothing.

    That is a run of lines which name headings that follow, in their order: each with dots and the number of a page, or with or
    without a number below a title such as "Contents", where dots and a number are enough.
    """
    headings: dict[str, list[int]] = defaultdict(list)
    for block in blocks:
        if block.kind == "heading":
            headings[_name(text[block.start : block.end])].append(block.start)
    if len(headings) < _FEWEST:
        return tuple(blocks)
    lines = [line for number, block in enumerate(blocks) for line in _lines(text, number, block)]
    runs = list(_runs(lines, headings))
    if not runs:
        return tuple(blocks)
    starts = {run[0].start for run in runs}
    above = [line for line, following in pairwise(lines) if following.start in starts and line.name in _TITLES]
    titles = {text[line.start : line.end].strip() for line in above if line.is_heading}
    listed = {(line.number, line.start) for run in runs for line in run}
    return tuple(_marked(lines, [_without(titles, block) for block in blocks], listed, text))


def is_title_of_contents(line: str) -> bool:
    """Whether a line says no more than that a table of contents follows."""
    return _name(line) in _TITLES


def _without(titles: set[str], block: Block) -> Block:
    """A block that does not stand under a title such as "Contents", which heads the table and not what follows it."""
    is_below = block.kind != "heading" or block.heading[-1:] != block.heading[:1]
    return replace(block, heading=tuple(n for n in block.heading if n not in titles)) if is_below else block


def _lines(text: str, number: int, block: Block) -> Iterator[_Line]:
    if block.kind in ("code", "navigation"):
        return
    for start, end in line_spans(text, block.start, block.end):
        line = text[start:end].strip()
        found = _PAGE.search(line, max(0, len(line) - _LONGEST_PAGE))
        name = line[: found.start()] if found else line
        page = None if not found else int(found["page"]) if found["page"].isdecimal() else 0
        kinds = block.kind == "heading", page is None and line.endswith((".", "!", "?"))
        if name.strip():
            yield _Line(
                number, start, end, _name(name) or _name(line), page, bool(found and _DOTS.search(found["leader"])), *kinds
            )


def _name(line: str) -> str:
    """The letters and digits of a heading without the number before it."""
    return "".join(filter(str.isalnum, _NUMBER.sub("", _TARGET.sub("]", line).strip(), count=1))).casefold()


def _runs(lines: Sequence[_Line], headings: Mapping[str, list[int]]) -> Iterator[list[_Line]]:
    """The tables of contents."""
    run: list[_Line] = []
    entries = others = at = page = 0
    titled = False
    for line in [*lines, None]:
        after = _heading_after(line, headings, max(at, line.start), page, titled, entries > 0) if line else None
        if line and (after is not None or (run and others < _MOST_OTHERS and not line.is_sentence)):
            run.append(line)
            if after is not None:
                entries, others, at, page = entries + 1, 0, after, line.page or page
            else:
                others += 1
            continue
        if entries >= _FEWEST:
            yield run[: len(run) - others]
        run, entries, others, at, page = [], 0, 0, 0, 0
        titled = line is not None and line.name in _TITLES


def _heading_after(
    line: _Line, headings: Mapping[str, list[int]], at: int, page: int, titled: bool, listed: bool
) -> int | None:
    """Where the heading stands that a line is the entry of, behind ``at``; None where it is none.

    ``titled`` is whether a title such as "Contents" stands above, ``listed`` whether an entry does.
    """
    is_entry = line.dots or ((titled or listed) and line.page is not None) or (titled and not line.is_heading)
    if not is_entry or (line.page and line.page < page):
        return None
    found = (start for start in headings[line.name] if start > at) if line.name in headings else ()
    return next(iter(found), at if titled and line.dots else None)


def _marked(lines: Sequence[_Line], blocks: Sequence[Block], listed: set[tuple[int, int]], text: str) -> Iterator[Block]:
    of_block = {number: list(some) for number, some in groupby(lines, key=lambda line: line.number)}
    false = {
        text[block.start : block.end].strip()
        for number, block in enumerate(blocks)
        if block.kind == "heading" and any((number, line.start) in listed for line in of_block.get(number, ()))
    }
    for number, block in enumerate(blocks):
        if block.kind == "heading" and not any((number, line.start) in listed for line in of_block.get(number, ())):
            false.discard(text[block.start : block.end].strip())  # the section itself
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
