"""The tables of MediaWiki in a text into rows, under the names of their columns."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from quotewise.index.formats.parsed import Block
from quotewise.index.formats.tables import joined_names
from quotewise.index.sentences import Span, line_starts

_OPENING = re.compile(r"^[ \t:*]{0,20}\{\|[^\r\n]*", re.MULTILINE)
_CLOSING = re.compile(r"^[ \t]{0,20}\|\}", re.MULTILINE)
_PARTS = re.compile(r"[ \t]*\|(?:-|(?P<caption>\+)[ \t]*)")
"""What stands between rows: a rule, or the caption."""
_CELL_END = re.compile(r"\|\||!!")
_ATTRIBUTES = re.compile(r"[^|\[\]{}]{0,200}=[^|\[\]{}]{0,200}\|(?!\|)")
_MARKS = " \t\r\n|!"


def with_wiki_tables(text: str, block: Block) -> Iterator[Block]:
    """The parts of a paragraph: each row of its tables by itself, captions and what is around the tables as before."""
    start = block.start
    if text.find("{|", start, block.end) < 0:
        yield block
        return
    while opening := _OPENING.search(text, start, block.end):
        closing = _CLOSING.search(text, opening.end(), block.end)
        if closing is None:
            break
        if text[start : opening.start()].strip():
            yield replace(block, start=start, end=opening.start())
        yield from _rows(text, block, Span(opening.end(), closing.start()))
        start = closing.end()
    if text[start : block.end].strip():
        yield replace(block, start=start)


def _rows(text: str, block: Block, table: Span) -> Iterator[Block]:
    names, start = "", table.start
    edges = [*(table.start + offset for offset in line_starts(text[slice(*table)])), table.end]
    for first, last in [*pairwise(edges), (table.end, table.end)]:
        parts = _PARTS.match(text, first, last)
        if parts is None and first < table.end:
            continue
        if _ATTRIBUTES.sub("", text[start:first]).strip(_MARKS):
            named = _names(text[start:first])
            names = named or names
            yield Block(start, first, (*block.heading, names) if names else block.heading, False, kind="row")
        start = last
        if parts and parts["caption"] and text[parts.end() : last].strip():
            yield replace(block, start=parts.end(), end=last, kind="caption")


def _names(row: str) -> str:
    """The names of the columns, if all cells of a row are such."""
    lines = [line.strip() for line in row.splitlines() if line.strip()]
    if not all(line.startswith("!") for line in lines):
        return ""
    cells = [cell for line in lines for cell in _CELL_END.split(line[1:])]
    return joined_names([_ATTRIBUTES.sub("", cell).strip() for cell in cells])
