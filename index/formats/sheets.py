"""The cells of a sheet into rows of text: tables that blank rows or a title set apart, each row with its column names."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeAlias

from quotewise.index.formats.composed import Composer
from quotewise.index.formats.tables import WIDEST, Cell, Row, column_names, is_number, read_rows

CELL_LIMIT = 1_000_000
"""Of a file; what comes after it is named."""
_TABLE_ROWS = 20_000
_MOST_COVERED = 2_000
"""Cells that one covers; what covers more is a sheet's own fault."""
_DEFAULT_NAME = re.compile(r"(?:sheet|tabelle|feuil|hoja|foglio|blad|planilha|лист|arkusz|工作表|シート)\s*\d+", re.IGNORECASE)

SheetRows: TypeAlias = Iterable[tuple[int, Mapping[int, str]]]
"""The rows that are not empty: the number of each from 1, and its texts by column from 1 to ``WIDEST`` and one more."""


Table: TypeAlias = list[tuple[int, Mapping[int, str]]]
"""The rows of a table."""
_SHOWN_PLACES = 8
_MOST_TITLES, _LONGEST_TITLE = 2, 120
_FEWEST = 2
"""Columns of a table in which a row may have a text in its first one alone and be no title of a section."""


@dataclass(slots=True)
class HiddenCells:
    """The rows and columns of a sheet that hold something and are not displayed, as far as they were met.

    Those that a filter hides or that are folded under a sign are none: who reads the sheet finds them there.
    """

    columns: frozenset[int] = frozenset()
    rows: list[int] = field(default_factory=list)
    met: set[int] = field(default_factory=set)

    def shown(self, row: int, cells: Mapping[int, str], is_hidden: bool, merged: "Merged") -> Mapping[int, str]:
        """The cells of a row that are displayed; one that covers a column which is displayed is so, too."""
        if is_hidden:
            self.rows += [row] * bool(cells)
            return {}
        if self.columns.isdisjoint(cells):
            return cells
        shown: dict[int, str] = {}
        for column, text in cells.items():
            covered = range(column, column + merged.get((row, column), (1, 1))[1])
            if column in self.columns and self.columns.issuperset(covered):
                self.met.add(column)
            else:
                shown[column] = text
        return shown

    def problem(self, sheet: str) -> str:
        """What of a sheet was not read; empty where that is nothing."""
        parts = []
        for name, numbers in (("row", self.rows), ("column", sorted(self.met))):
            runs = [list(run) for _, run in groupby(enumerate(numbers), key=lambda item: item[1] - item[0])]
            labels = [column_letters(number) if name == "column" else str(number) for number in numbers]
            shown = [labels[run[0][0]] + (f" to {labels[run[-1][0]]}" if len(run) > 1 else "") for run in runs]
            more = ["…"] * (len(shown) > _SHOWN_PLACES)
            if shown:
                parts.append(f"{name}{'s' * (len(numbers) > 1)} {', '.join(shown[:_SHOWN_PLACES] + more)}")
        verb = "is" if len(self.rows) + len(self.met) == 1 else "are"
        return f"{' and '.join(parts)} of the sheet {sheet}, which {verb} hidden" if parts else ""


Merged: TypeAlias = Mapping[tuple[int, int], tuple[int, int]]
"""How many rows and columns cells cover that are merged, by the row and column of the first; known before its row is."""


def add_sheet(composer: Composer, number: int, name: str, rows: SheetRows, merged: Merged) -> None:
    """Add a sheet to a document. Each row is a part of its own, with the sheet and cells that it stands in as label."""
    composer.under(name)
    composer.part("sheet", number, name)
    if not _DEFAULT_NAME.fullmatch(name):
        composer.under()
        composer.add(name, "heading", 2)
    table: Table = []
    names: Mapping[int, str] | None = None
    above: Table = []
    is_wider = False
    try:
        for row, cells in rows:
            if composer.is_full:
                return
            if max(cells) > WIDEST:
                is_wider = True
                cells = {column: text for column, text in cells.items() if column <= WIDEST}
                if not cells:
                    continue
            is_name_row = len(table) == 1 and len(table[0][1]) > 1 and row - table[0][0] == 2
            if table and row - table[-1][0] > 1 and not is_name_row:
                above = _add_table(composer, name, table, _names_above(table, above), merged)
                table, names = [], None
            table.append((row, cells))
            if len(table) == _TABLE_ROWS:
                names = names or table[0][1]
                _add_table(composer, name, table, None, merged)
                table = []
    finally:
        names = names or _names_above(table, above)
        _add_table(composer, name, table, names if len(table) < _TABLE_ROWS else None, merged)
        if is_wider:
            composer.problems.append(f"the sheet {name} after column {WIDEST:,}, beyond a limit")


def _names_above(table: Table, above: Table) -> Mapping[int, str] | None:
    """The names of the columns of a table that a blank row parts from the one above, with which it goes on; else None."""
    if not above or not table or table[0][0] - above[-1][0] != 2 or len(table[0][1]) < 2:
        return None
    (_, names), (_, last), (_, first) = above[0], above[-1], table[0]
    columns = sorted(names)
    numbers = [column for column in columns if is_number(first.get(column, ""))]
    alike = all(is_number(last.get(column, "")) == (column in numbers) for column in first)
    if not numbers or not alike or not {*first} <= {*columns}:
        return None
    return None if column_names([[cells.get(column, "") for column in columns] for _, cells in table[:3]]) else names


def _add_table(composer: Composer, name: str, table: Table, names: Mapping[int, str] | None, merged: Merged) -> Table:
    """Add rows without a blank one between them, each with the titles above them and the section that it stands in.

    ``names`` are those of the columns of the rows before. Returns the row with the names of the columns and the last one.
    """
    parts = [table] if names else _side_by_side(table, merged)
    if len(parts) > 1:
        for part in parts:
            _add_table(composer, name, part, None, merged)
        return []
    titles: list[str] = []
    while len(table) > 1 and len(table[0][1]) == 1 and not names:
        row, cells = table.pop(0)
        _place(composer, name, row, cells)
        titles.append(next(iter(cells.values())))
        composer.add(titles[-1])
    titles = [" ".join(title.split()) for title in titles[-_MOST_TITLES:] if _is_title(title)]
    columns = sorted({column for _, cells in table for column in cells})
    if names:
        table = [(0, names), *table]
    read = read_rows(_grid(table, columns, merged)) if len(columns) > 1 else None
    if read is None or len(read) != len(table):
        for row, cells in table:
            _place(composer, name, row, cells)
            composer.add("\n".join(cells.values()), "row" if len(table) > 1 else "paragraph")
        return []
    section: tuple[str, ...] = ()
    for number, ((row, cells), text) in enumerate(zip(table, read, strict=True)):
        below = table[number + 1][1] if number + 1 < len(table) else {}
        is_alone = [*cells] == columns[:1] and (row, columns[0]) not in merged
        if is_alone and len(columns) > _FEWEST and text.context and 2 * len(below) > len(columns):
            section = (text.text,) * _is_title(text.text)
            if titles and [*below.values()] == [*table[0][1].values()]:  # the names come again below another title
                titles.pop()
        if row:
            _place(composer, name, row, cells)
            composer.add_row(Row(text.text, (*titles, *section, *text.context)))
    return [table[0], table[-1]] if read[0].context and not merged.keys() & {(table[0][0], c) for c in columns} else []


def _is_title(text: str) -> bool:
    """Whether what stands alone in a row heads the rows below it, and is no value, note or label whose value is empty."""
    return len(text) <= _LONGEST_TITLE and not text.rstrip().endswith((":", ".")) and not is_number(text)


def _side_by_side(table: Table, merged: Merged) -> list[Table]:
    """The tables that stand beside each other, with an empty column between them, in rows that are not blank.

    Each has names for its columns and texts in its first one. A column can be left empty within a table, too: they are several
    where one has a title or other rows than the others, or the names come again.
    """
    filled = sorted({c for row, cells in table for one in cells for c in range(one, one + merged.get((row, one), (1, 1))[1])})
    groups = [{column for _, column in run} for _, run in groupby(enumerate(filled), key=lambda item: item[1] - item[0])]
    if len(groups) < 2 or any(len(group) < 2 for group in groups):
        return [table]
    shown = [[(row, {c: text for c, text in cells.items() if c in group}) for row, cells in table] for group in groups]
    parts: list[Table] = [[(row, cells) for row, cells in part if cells] for part in shown]
    heads: list[str] = []
    for group, part in zip(groups, parts, strict=True):
        start = next((number for number, (_, cells) in enumerate(part) if len(cells) > 1), len(part))
        columns = sorted(group)
        texts = [[cells.get(column, "") for column in columns] for _, cells in part[start:]]
        heads.append(column_names(texts[:3]))
        if not heads[-1] or any(is_number(line[0]) or not line[0] for line in texts[1:]):
            return [table]
    is_titled = any(len(part[0][1]) == 1 for part in parts)
    differs = len({(part[0][0], part[-1][0]) for part in parts}) > 1
    return parts if is_titled or differs or len({*heads}) < len(heads) else [table]


def _grid(table: Table, columns: list[int], merged: Merged) -> list[list[Cell]]:
    """The cells of rows, those that others cover left out."""
    numbers = [row for row, _ in table]
    by_number = dict(table)
    covered: dict[int, int] = {}
    grid: list[list[Cell]] = []
    for row, cells in table:
        line: list[Cell] = []
        for column in columns:
            if covered.get(column, 0) >= row > 0:
                continue
            text = " ".join(cells.get(column, "").split())
            down, right = merged.get((row, column), (1, 1))
            own = columns[bisect_left(columns, column) : bisect_left(columns, column + right)]
            rows = numbers[bisect_left(numbers, row) : bisect_left(numbers, row + down)]
            if not 1 < len(rows) * len(own) <= _MOST_COVERED or any(
                by_number[other].get(one) for other in rows for one in own if (other, one) != (row, column)
            ):
                line.append(Cell(text))
                continue
            covered |= dict.fromkeys(own, row + down - 1)
            line.append(Cell(text, len(own), len(rows)))
        grid.append(line)
    return grid


def _place(composer: Composer, name: str, row: int, cells: Mapping[int, str]) -> None:
    first, last = f"{column_letters(min(cells))}{row}", f"{column_letters(max(cells))}{row}"
    composer.part("row", row, f"{name}!{first}" + (f":{last}" if last != first else ""))


def column_letters(number: int) -> str:
    """The letters of a column from 1: A, Z, AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
