"""A document's blocks as a page shows them: headings by level, items, rows of cells and code, all as spans of its text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from quotewise.index.formats import csv
from quotewise.index.formats.parsed import Block
from quotewise.index.layout import OF_LINES
from quotewise.index.sentences import Span

_MOST_CHARACTERS = 5_000_000
"""Of a text that is shown by blocks: some 2,500 pages. A longer one is shown by lines."""
_SHOWN_BY_LINES = OF_LINES - {"markdown", "csv"} | {"pdf", "terminal"}
"""Parsers whose texts are shown as an editor shows them, or beside their pages."""
_REACH = 500
"""Characters within which marks of Markdown end."""
_INLINE = re.compile(
    rf"(?<!`)(?P<ticks>`+)(?!`)(?P<code>[^\n]{{1,{_REACH}}}?)(?<!`)(?P=ticks)(?!`)"
    rf"|(?P<open>!?\[)(?P<label>[^\[\]]{{0,{_REACH}}})(?P<target>\]\([^()\s]{{0,{_REACH}}}(?:\s+\"[^\"]{{0,{_REACH}}}\")?\))"
    rf"|(?P<pair>\*\*|__|~~)(?=\S)(?P<strong>.{{1,{_REACH}}}?)(?<=\S)(?P=pair)"
    rf"|(?<![\w*])(?P<sign>[*_])(?=[^\s*_])(?P<emphasis>[^*_]{{1,{_REACH}}})(?<=\S)(?P=sign)(?![\w*])"
    r"|(?P<escape>\\)[!-/:-@\[-`{-~]",
    re.DOTALL,
)
_ITEM = re.compile(r"(?P<indent>[ \t>]*)(?:(?P<bullet>[-*+])|\d{1,9}[.)])[ \t]+")
_QUOTED = re.compile(r"^[ \t]*>[ \t>]*", re.MULTILINE)
_RULE = re.compile(r"[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_COMPOSED_CELL = re.compile(r"(?:\A| \|(?= |\Z))((?:(?! \|(?: |\Z)).)*)")
_CELL = re.compile(r"(?:[^|\\]|\\.)+")
_FENCE = re.compile(r"[ \t>]*(?:`{3,}|~{3,})[^\n]*")
_WORD = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class InlineMark:
    """A span within a block: markup that is ``hidden``, or text that is ``code``, ``strong`` or in ``emphasis``."""

    start: int
    end: int
    kind: Literal["hidden", "code", "strong", "emphasis"]


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell of a row, without the signs between cells."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A block ``[start, end)`` of a text as a page shows it.

    ``kind`` is one of ``BlockKind``, or ``columns`` for a row that names those of a table, ``quotation``, and ``markup`` for
    what a rendered page would not show. ``level`` is that of a heading or an item, from 1.
    """

    kind: str
    start: int
    end: int
    level: int = 0
    cells: tuple[ShownCell, ...] = ()
    marks: tuple[InlineMark, ...] = ()


def is_shown_by_blocks(parser: str, characters: int) -> bool:
    """Whether a text of so many characters that a parser made is shown by blocks, rather than by lines."""
    return parser not in _SHOWN_BY_LINES and characters <= _MOST_CHARACTERS


def shown_blocks(text: str, blocks: Sequence[Block], parser: str) -> tuple[ShownBlock, ...]:
    """The blocks of a text that a parser made, ascending and disjoint; for a text that ``is_shown_by_blocks``."""
    if parser == "csv":
        return tuple(_table(text, blocks))
    if parser == "markdown":
        shown = [one for block in blocks for one in _markdown(text, block)]
        return tuple(sorted([*shown, *_markup(text, blocks)], key=lambda block: block.start))
    return tuple(one for block in blocks for one in _composed(text, block))


def _trimmed(text: str, start: int, end: int) -> Span:
    """A span without white space around it."""
    piece = text[start:end]
    first = start + len(piece) - len(piece.lstrip())
    return Span(first, max(first, start + len(piece.rstrip())))


def _lines(text: str, start: int, end: int) -> Iterator[Span]:
    for line in re.finditer(r"[^\r\n]+", text[start:end]):
        yield Span(start + line.start(), start + line.end())


def _composed(text: str, block: Block) -> Iterator[ShownBlock]:
    if block.kind == "row":
        for line in _lines(text, block.start, block.end):
            yield _row(text, block, line, [cell.span(1) for cell in _COMPOSED_CELL.finditer(text[line.start : line.end])])
    elif block.kind == "heading":
        name = " ".join(text[block.start : block.end].split())
        level = block.heading.index(name) + 1 if name in block.heading else len(block.heading)
        yield ShownBlock("heading", block.start, block.end, max(level, 1))
    else:
        yield ShownBlock(block.kind, block.start, block.end, int(block.kind == "item"))


def _row(text: str, block: Block, line: Span, cells: Sequence[tuple[int, int]], is_first: bool = False) -> ShownBlock:
    """A line of a table, of cells that are counted from its start."""
    shown = tuple(ShownCell(*_trimmed(text, line.start + start, line.start + end)) for start, end in cells)
    names = " | ".join(filter(None, (text[cell.start : cell.end] for cell in shown)))
    names_columns = is_first or (len(shown) > 1 and names in block.heading[-1:])
    return ShownBlock("columns" if names_columns else "row", *line, cells=shown)


def _table(text: str, blocks: Sequence[Block]) -> Iterator[ShownBlock]:
    """The rows of a table of values with delimiters."""
    yield from (ShownBlock("paragraph", block.start, block.end) for block in blocks if block.kind != "row")
    rows = [block for block in blocks if block.kind == "row"]
    if not rows:
        return
    names = rows[0].heading[-1] if rows[0].heading else None
    for record, cells in csv.rows(text, rows[0].start):
        own = " | ".join(filter(None, (" ".join(text[slice(*cell)].split()) for cell in cells)))
        kind = "columns" if record.start == rows[0].start and own == names else "row"
        yield ShownBlock(kind, *record, cells=tuple(ShownCell(*cell) for cell in cells))


def _markdown(text: str, block: Block) -> Iterator[ShownBlock]:
    if block.kind == "row":
        for number, line in enumerate(_lines(text, block.start, block.end)):
            line = _trimmed(text, *line)
            if not _RULE.fullmatch(text, *line):
                cells = [cell.span() for cell in _CELL.finditer(text[line.start : line.end])]
                row = _row(text, block, line, cells, is_first=number == 0)
                marks = tuple(mark for cell in row.cells for mark in _inline(text, cell.start, cell.end))
                yield ShownBlock(row.kind, row.start, row.end, cells=row.cells, marks=marks)
        return
    if block.kind == "code":
        length = len(text[block.start : block.end].rstrip("\r\n"))
        yield from [ShownBlock("code", block.start, block.start + length)] if length else ()
        return
    start, end = _trimmed(text, block.start, block.end)
    start = text.rfind("\n", block.start, start) + 1 or block.start
    if start >= end:
        return
    if block.kind == "heading":
        signs = text[text.rfind("\n", 0, start) + 1 : start].count("#")
        underline = text[end:].lstrip("\r\n")[:1] if not signs else ""
        level = signs or (1 if underline == "=" else 2)
        yield ShownBlock("heading", start, end, level, marks=tuple(_inline(text, start, end)))
        return
    item = _ITEM.match(text, start, end)
    prefixes = [InlineMark(start + q.start(), start + q.end(), "hidden") for q in _QUOTED.finditer(text[start:end])]
    kind, level, first = ("quotation" if prefixes else block.kind), 0, start
    if item:
        kind, level = "item", 1 + len(item["indent"].expandtabs(4).replace(">", "")) // 2
        first = item.end() if item["bullet"] else item.end("indent")
        prefixes = [mark for mark in prefixes if mark.start >= first]
        if first > start:
            prefixes.insert(0, InlineMark(start, first, "hidden"))
    ordered = sorted([*prefixes, *_inline(text, first, end)], key=lambda mark: (mark.start, -mark.end))
    yield ShownBlock(kind, start, end, level, marks=tuple(ordered))


def _inline(text: str, start: int, end: int) -> Iterator[InlineMark]:
    """The markup of Markdown within a block, and what it says of the text; spans may nest."""
    for found in _INLINE.finditer(text, start, end):
        if found["code"]:
            yield InlineMark(found.start(), found.start("code"), "hidden")
            yield InlineMark(*found.span("code"), "code")
            yield InlineMark(found.end("code"), found.end(), "hidden")
        elif found["escape"]:
            yield InlineMark(*found.span("escape"), "hidden")
        else:
            name = next(name for name in ("strong", "emphasis", "label") if found[name] is not None)
            yield InlineMark(found.start(), found.start(name), "hidden")
            if name != "label" and found["pair"] != "~~":
                yield InlineMark(*found.span(name), "strong" if name == "strong" else "emphasis")
            yield from _inline(text, *found.span(name))
            yield InlineMark(found.end(name), found.end(), "hidden")


def _markup(text: str, blocks: Sequence[Block]) -> Iterator[ShownBlock]:
    """What stands between the blocks and has words: front matter, comments and definitions, but not the start of a fence."""
    end = 0
    for start, following in [*((block.start, block.end) for block in blocks), (len(text), len(text))]:
        for line in _lines(text, end, start):
            if _WORD.search(text, *line) and not _FENCE.fullmatch(text, *line):
                yield ShownBlock("markup", *line)
        end = following
