"""The rows of the tables and sheets of an OpenDocument file, and which cells of a sheet are not displayed."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from quotewise.index.errors import DocumentError
from quotewise.index.formats.sheets import CELL_LIMIT, HiddenCells, SheetRows, column_letters
from quotewise.index.formats.tables import WIDEST

Element = Any
_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _TABLE = f"{{{_NAMES}text:1.0}}", f"{{{_NAMES}table:1.0}}"
_ROW_GROUP = f"{_TABLE}table-row-group"
_ROW_GROUPS = frozenset((f"{_TABLE}table-header-rows", f"{_TABLE}table-rows", _ROW_GROUP))
_COLUMN_GROUP = f"{_TABLE}table-column-group"
_COLUMN_GROUPS = frozenset((f"{_TABLE}table-header-columns", f"{_TABLE}table-columns", _COLUMN_GROUP))
_FIELDS = frozenset(f"{_TEXT}{n}" for n in ("sheet-name", "title", "date", "time", "page-number", "page-count", "file-name"))


class SheetReader:
    """Reads the sheets of one file, within a limit on their cells; ``cell`` gives the text of a cell at a place such as B2."""

    def __init__(self, cell: Callable[[Element, str], str]) -> None:
        self._cell = cell
        self._cells = 0

    def rows(self, table: Element, merged: dict[tuple[int, int], tuple[int, int]], hidden: HiddenCells) -> SheetRows:
        """The rows that are displayed; ``merged`` and ``hidden`` are filled meanwhile. Raises DocumentError at the limit."""
        hidden.columns = frozenset(_hidden_columns(table))
        number = 1
        for row, _ in rows_of(table):
            cells: dict[int, str] = {}
            column = 1
            for cell in row:
                repeated = number_of(cell, "columns-repeated", WIDEST + 1)
                place = f"{column_letters(column)}{number}"
                text = self._cell(cell, place) if cell.tag == f"{_TABLE}table-cell" else ""
                covers = number_of(cell, "rows-spanned", 1_000_000), number_of(cell, "columns-spanned")
                if text and covers != (1, 1):
                    merged[number, column] = covers
                if text:
                    cells |= dict.fromkeys(range(column, min(column + repeated, WIDEST + 2)), text)
                column += repeated
            times = number_of(row, "rows-repeated", 2_000_000)
            for again in range(times if cells else 0):
                self._cells += len(cells)
                if self._cells > CELL_LIMIT:
                    raise DocumentError(f"is stopped at a limit: more than {CELL_LIMIT:,} cells")
                if shown := hidden.shown(number + again, cells, _is_collapsed(row, _ROW_GROUP), merged):
                    yield number + again, shown
            number += times


def _hidden_columns(table: Element) -> Iterator[int]:
    number = 1
    for column in _columns_of(table):
        repeated = number_of(column, "columns-repeated", WIDEST + 1)
        if _is_collapsed(column, _COLUMN_GROUP):
            yield from range(number, min(number + repeated, WIDEST + 1))
        number += repeated


def _columns_of(table: Element) -> Iterator[Element]:
    for child in table:
        if child.tag == f"{_TABLE}table-column":
            yield child
        elif child.tag in _COLUMN_GROUPS:
            yield from _columns_of(child)


def _is_collapsed(node: Element, group: str) -> bool:
    """Whether a row or column is not displayed, and not folded under a sign either."""
    if node.get(f"{_TABLE}visibility") != "collapse":
        return False
    return next(node.iterancestors(group), None) is None


def is_sample(margin: Element) -> bool:
    """Whether a margin of a sheet holds what LibreOffice puts into each: fields, and a word such as Page."""
    fields = [field for field in margin.iter() if field.tag in _FIELDS]
    written = "".join(margin.itertext())
    shown = "".join("".join(field.itertext()) for field in fields)
    return bool(fields) and len(re.findall(r"[^\W\d]+", written)) - len(re.findall(r"[^\W\d]+", shown)) <= 1


def rows_of(table: Element, in_header: bool = False) -> Iterator[tuple[Element, bool]]:
    """The rows of a table, each with whether it is one of the header."""
    for child in table:
        if child.tag == f"{_TABLE}table-row":
            yield child, in_header
        elif child.tag in _ROW_GROUPS:
            yield from rows_of(child, in_header or child.tag == f"{_TABLE}table-header-rows")


def number_of(node: Element, name: str, most: int = 1_000) -> int:
    """A number from 1 that an attribute gives, at most so large."""
    value = node.get(f"{_TABLE}number-{name}") or "1" if isinstance(node.tag, str) else "1"
    return min(max(int(value), 1), most) if value.isdecimal() and len(value) < 10 else 1
