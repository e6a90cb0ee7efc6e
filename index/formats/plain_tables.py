"""The tables of plain text into rows: lines with as many cells as the names of columns above them, and no markup."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from quotewise.index.formats.parsed import Block
from quotewise.index.formats.tables import column_names, is_number
from quotewise.index.formats.wiki_tables import with_wiki_tables
from quotewise.index.lines import CELL_SIGNS, is_rule
from quotewise.index.margins import without_margins
from quotewise.index.sentences import Span, line_starts

_PIPE = re.compile(rf"(?<!\\)[{CELL_SIGNS}]")
_EDGES = re.compile(rf"\A[{CELL_SIGNS}]|[{CELL_SIGNS}]\Z")
_WIKI_LINK = re.compile(r"\[\[[^\[\]\r\n]{1,300}\]\]")
"""A link of a wiki or a note, of which a pipe parts the target from what is shown."""
_TAB = re.compile(r"\t+")
_WIDE_SPACE = re.compile(r" {2,}")
_LONGEST_LINE = 1_000
_FEWEST_ROWS = 2
_FEWEST_COLUMNS = 3
"""Without pipes: lines of two columns are rather the entries of a list, whose first one names nothing."""
_SAMPLE = 50
"""Rows that tell whether lines are a table."""
_FULL_ROWS = 0.5
"""Share of the rows that have a cell in each column."""


def with_tables_as_rows(text: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks of a text, of which paragraphs are divided at tables, whose rows stand under the names of their columns.

    The first line of a table names its columns if pipes part them, if a rule is below it, if one has numbers only, or if the
    first column has no name.
    """
    paragraphs = (
        part for block in blocks for part in (with_wiki_tables(text, block) if block.kind == "paragraph" else (block,))
    )
    return tuple(part for block in paragraphs for part in (_divided(text, block) if block.kind == "paragraph" else (block,)))


def _divided(text: str, block: Block) -> Iterator[Block]:
    if block.by_line:
        yield block
        return
    start = block.start
    for table, names in _tables(text, block):
        if text[start : table.start].strip():
            yield replace(block, start=start, end=table.start)
        yield Block(*table, (*block.heading, names), by_line=True, kind="row")
        start = table.end
    if start == block.start:
        yield block
    elif text[start : block.end].strip():
        yield replace(block, start=start)


def _tables(text: str, block: Block) -> Iterator[tuple[Span, str]]:
    """The tables of a paragraph, each with the names of its columns."""
    edges = [block.start + offset for offset in line_starts(text[block.start : block.end])] + [block.end]
    shown = without_margins(text[block.start : block.end])
    lines = [shown[a - block.start : b - block.start] if b - a <= _LONGEST_LINE else "" for a, b in pairwise(edges)]
    number = 0
    while number < len(lines):
        if not lines[number].strip():
            number += 1
            continue
        last, names = next(filter(None, (_table(lines, number, sign) for sign in (_PIPE, _TAB, _WIDE_SPACE))), (number, ""))
        if names:
            yield Span(edges[number], edges[last]), names
        number = max(last, number + 1)


def _table(lines: Sequence[str], first: int, sign: re.Pattern[str]) -> tuple[int, str] | None:
    """Where the table ends that begins with this line, as cells apart by a sign, and the names of its columns."""
    header = _cells(lines[first], sign)
    if header and sign is _WIDE_SPACE and _names_all_but_first(lines[first : first + 3], header):
        header = ["", *header]
    is_ruled = sign is _WIDE_SPACE and _columns_of_rule(lines[first + 1 : first + 2]) == len(header)
    if (
        len(header) < (2 if sign is _PIPE or is_ruled else _FEWEST_COLUMNS)
        or is_rule(lines[first])
        or (first and not is_rule(lines[first - 1]) and _cells(lines[first - 1], sign))
    ):
        return None
    end = _end(lines, first + 1, len(header), sign, _SAMPLE)
    rows = [_cells(line, sign) for line in lines[first + 1 : end] if not is_rule(line)]
    fewest = 1 if is_ruled else _FEWEST_ROWS
    names = column_names([header, *rows[:2]]) if len(rows) >= fewest else ""
    full = [cells for cells in rows if len(cells) == len(header)]
    if not names or len(full) < (fewest if is_ruled else max(fewest, _FULL_ROWS * len(rows))):
        return None
    numbers = any(all(map(is_number, column)) for column in zip(*full, strict=True))
    is_named = sign is _PIPE or is_rule(lines[first + 1]) or numbers or not header[0]
    return (_end(lines, end, len(header), sign), names) if is_named else None


def _columns_of_rule(lines: Sequence[str]) -> int:
    """How many columns a rule below their names marks; 0 for a rule that goes on and for other lines."""
    runs = lines[0].split() if lines and is_rule(lines[0]) else []
    return len(runs) if len(runs) > 1 and all(len(run) > 1 for run in runs) else 0


def _names_all_but_first(lines: Sequence[str], header: Sequence[str]) -> bool:
    """Whether a line begins to the right of the first cell of the rows below, which have one cell more."""
    row = next((line for line in lines[1:] if not is_rule(line)), "")
    first = row.strip().partition("  ")[0]
    return len(_cells(row, _WIDE_SPACE)) == len(header) + 1 and _indent(lines[0]) >= _indent(row) + len(first)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _end(lines: Sequence[str], number: int, width: int, sign: re.Pattern[str], most: int | None = None) -> int:
    """The first line from ``number`` on, of at most so many, that is no row of a table of this width, and no rule in it."""
    last = len(lines) if most is None else min(len(lines), number + most)
    while number < last and (is_rule(lines[number]) or 2 <= len(_cells(lines[number], sign)) <= width):
        number += 1
    return number


def _cells(line: str, sign: re.Pattern[str]) -> list[str]:
    shown = line.strip(" \r\n" if sign is _TAB else " \t\r\n")
    if sign is _PIPE:
        shown = _WIKI_LINK.sub(lambda link: link[0].replace("|", "/"), _EDGES.sub("", shown))
    return [cell.strip() for cell in sign.split(shown)] if sign.search(shown) else []
