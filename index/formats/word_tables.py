"""The rows and cells of tables of Word, of which cells that are merged count once."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from quotewise.index.formats.numbering import W
from quotewise.index.formats.tables import Cell

Element = Any
_VAL = f"{W}val"


def children(parent: Element, tag: str) -> Iterator[Element]:
    """Rows or cells, also where they stand in controls."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}moveTo"):
            yield from children(child, tag)


def has(node: Element, properties: str, name: str) -> bool:
    return node.find(f"{W}{properties}/{W}{name}") is not None


def is_continued(cell: Element, merged: str = "vMerge") -> bool:
    """Whether a cell goes on with the one above it; with ``hMerge``, as Word 97 has it, with the one before it."""
    merge = cell.find(f"{W}tcPr/{W}{merged}")
    return merge is not None and (merge.get(_VAL) or "continue") == "continue"


def merged_cells(rows: list[Element], cells: list[list[Element]], texts: list[list[str]]) -> list[list[Cell]]:
    """The cells of a table, those that go on with the one above counted to it."""
    spans = [[_columns(cell) for cell in line] for line in cells]
    before = [_grid(row, "trPr", "gridBefore") for row in rows]
    starts = [[first + sum(line[:n]) for n in range(len(line))] for first, line in zip(before, spans, strict=True)]
    continued = [
        {start for start, cell in zip(begins, line, strict=True) if is_continued(cell)}
        for begins, line in zip(starts, cells, strict=True)
    ]
    merged: list[list[Cell]] = []
    for number, line in enumerate(cells):
        is_header = has(rows[number], "trPr", "tblHeader")
        read = [Cell("", before[number])] if before[number] else []
        for start, span, text, cell in zip(starts[number], spans[number], texts[number], line, strict=True):
            if is_continued(cell):
                continue
            if read and is_continued(cell, "hMerge"):
                read[-1] = replace(read[-1], columns=read[-1].columns + span)
                continue
            below = 1
            while number + below < len(rows) and start in continued[number + below]:
                below += 1
            read.append(Cell(text, span, below, is_header))
        merged.append(read)
    return merged


def _columns(cell: Element) -> int:
    return _grid(cell, "tcPr", "gridSpan") or 1


def _grid(node: Element, properties: str, name: str) -> int:
    """How many columns of the grid of a table a property says; 0 where it is not set."""
    found = node.find(f"{W}{properties}/{W}{name}")
    written = found.get(_VAL) if found is not None else None
    return min(int(written), 1_000) if written and written.isdecimal() else 0
