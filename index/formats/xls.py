"""XLS, the workbooks of Excel 97 to 2003: as XLSX."""

import io
from collections.abc import Iterator
from itertools import islice

import xlrd

from quotewise.index.errors import DocumentError, PasswordError
from quotewise.index.formats.composed import Composer
from quotewise.index.formats.number_formats import BUILT_IN, displayed
from quotewise.index.formats.parsed import Parsed
from quotewise.index.formats.sheets import CELL_LIMIT, HiddenCells, Merged, SheetRows, add_sheet
from quotewise.index.formats.tables import WIDEST

VERSION = 5
_MOST_MERGED = 20_000


def parse(data: bytes) -> Parsed:
    """Parse an old Excel workbook. Raises DocumentError, also where it needs a password."""
    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    except xlrd.XLRDError as error:
        if "encrypt" in str(error).lower():
            raise PasswordError from error
        raise DocumentError(f"is damaged or no Excel workbook: {str(error)[:200]}") from error
    except (AssertionError, IndexError, KeyError, ValueError, TypeError, AttributeError, OverflowError, MemoryError) as error:
        raise DocumentError(f"is damaged: it is no Excel workbook throughout ({type(error).__name__})") from error
    composer = Composer("xls", VERSION)
    count = [0]
    hidden = [sheet.visibility != 0 for sheet in book.sheets()]
    for number, sheet in enumerate(book.sheets(), 1):
        if hidden[number - 1] and not all(hidden):
            composer.problems.append(f"the sheet {sheet.name}, which is hidden")
            continue
        merged = {
            (top + 1, left + 1): (bottom - top, right - left)
            for top, bottom, left, right in islice(sheet.merged_cells, _MOST_MERGED)
        }
        columns = sheet.colinfo_map.items()
        hidden_cells = HiddenCells(frozenset(n + 1 for n, info in columns if info.hidden and not info.outline_level))
        rows = _shown(_rows(book, sheet, count), sheet, hidden_cells, merged)
        try:
            add_sheet(composer, number, sheet.name, rows, merged)
        except DocumentError as error:
            composer.problems.append(f"the sheet {sheet.name} or a part of it, which {error}")
        composer.problems += filter(None, (hidden_cells.problem(sheet.name),))
        notes = sorted(sheet.cell_note_map.items())
        composer.under(*composer.trail[:1], "Comments")
        for _, note in notes:
            composer.add(note.text, "footnote")
    return composer.finish(None, {"author": book.user_name or ""})


def _shown(rows: SheetRows, sheet: xlrd.sheet.Sheet, hidden: HiddenCells, merged: Merged) -> SheetRows:
    for number, cells in rows:
        info = sheet.rowinfo_map.get(number - 1)
        is_hidden = info is not None and bool(info.hidden) and not info.outline_level
        if shown := hidden.shown(number, cells, is_hidden, merged):
            yield number, shown


def _rows(book: xlrd.Book, sheet: xlrd.sheet.Sheet, count: list[int]) -> SheetRows:
    for row in range(sheet.nrows):
        cells = dict(_cells(book, sheet, row))
        count[0] += len(cells)
        if count[0] > CELL_LIMIT:
            raise DocumentError(f"is stopped at a limit: more than {CELL_LIMIT:,} cells")
        if cells:
            yield row + 1, cells


def _cells(book: xlrd.Book, sheet: xlrd.sheet.Sheet, row: int) -> Iterator[tuple[int, str]]:
    for column in range(min(sheet.row_len(row), WIDEST + 1)):
        kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
        if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
            continue
        if kind == xlrd.XL_CELL_ERROR:
            text = xlrd.error_text_from_code.get(value, "#N/A")
        else:
            text = displayed(
                bool(value) if kind == xlrd.XL_CELL_BOOLEAN else value, _code(book, sheet, row, column), book.datemode
            )
        if text.strip():
            yield column + 1, text


def _code(book: xlrd.Book, sheet: xlrd.sheet.Sheet, row: int, column: int) -> str:
    """The number format of a cell."""
    try:
        key = book.xf_list[sheet.cell_xf_index(row, column)].format_key
    except (IndexError, KeyError):
        return "General"
    if key == 14:
        return BUILT_IN[14]
    known = book.format_map.get(key)
    return known.format_str if known is not None else BUILT_IN.get(key, "General")
