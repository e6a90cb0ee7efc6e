"""The lines of a table into rows of cells: what is printed in several lines of a cell together, and the names above."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from quotewise.index.formats.pdf.lines import Line
from quotewise.index.formats.pdf.rows import TIGHT
from quotewise.index.formats.pdf.segments import Segment
from quotewise.index.formats.tables import column_names, is_name, is_number, joined_names

_TIGHTER = 0.9
"""The same beside the usual distance from row to row."""
_SPACE = 1.2
"""Between a cell that is full and the next, with the space before the next word, in heights of the line."""
_HEADER_LINES = 4
_LINES_BACK = 4
_SAME_COLUMNS = 0.6
_APART = 1.15
"""Times the usual distance from row to row in which names stand over values."""
_LONGER = 3
"""Times the length of the name of a column in two that its texts have, if they are no numbers."""
_NAME = 60
"""Characters of the name of a column in several lines."""
_NAMES = 1_000
_LEADER = re.compile(r"(?:\. ?){5,}")


@dataclass(slots=True)
class TableRow:
    """The cells of a row, each as segments, and where the lines of which it is made begin and end on their page."""

    cells: list[list[Segment]]
    lines: list[Line] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        return [" ".join(segment.text for segment in cell) for cell in self.cells]

    @property
    def bold(self) -> bool:
        return all(line.bold for line in self.lines)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows, the names of their columns as one text, and the sides of the columns in points."""

    rows: list[TableRow]
    names: str
    columns: list[tuple[float, float]]

    @classmethod
    def of(cls, lines: Sequence[Line], above: "Table | None") -> "Table":
        """Of the lines of a table. Where it has no names it has those of the one above with the same columns."""
        lines = _levelled(lines)
        columns = [(s.left, s.right) for s in max(lines, key=lambda line: len(line.segments)).segments]
        upright = not any(s.rtl or s.turn for line in lines for s in line.segments)
        rows = _rows(lines, columns) if upright else [TableRow([[s] for s in line.segments], [line]) for line in lines]
        goes_on = above is not None and above.names and _are_same(above, rows[0], columns)
        header = 0 if goes_on and not rows[0].bold else _header_rows(rows, len(columns))
        naming = max(rows[:header], key=lambda row: len(row.cells), default=None)  # rather than a title over the table
        if len(columns) >= 2 * _usual_width(rows[header:]):  # they are those of a chart or the like beside the table
            return cls(rows, " | ".join(naming.texts)[:_NAMES] if naming else "", columns)
        if header > 1 and upright:
            named = _merged(rows[:header], columns)
            if max(map(len, named.texts)) <= _NAME:
                naming, rows = named, [named, *rows[header:]]
        names = _names(naming, columns) if naming else ""
        if not names and above and goes_on:
            names = above.names
        return cls(rows, names, columns)

    @property
    def is_contents(self) -> bool:
        """Whether it is a table of contents, whose rows have dots up to the number of a page."""
        return any(_LEADER.search(text) for row in self.rows for text in row.texts[-2:])


def _levelled(lines: Sequence[Line]) -> list[Line]:
    """With those together that stand beside each other, of cells that the file draws one after the other."""
    levelled: list[Line] = []
    for line in lines:
        for place in range(len(levelled) - 1, max(len(levelled) - 1 - _LINES_BACK, -1), -1):
            before = levelled[place]
            level = min(line.bottom, before.bottom) - max(line.top, before.top) > 0.7 * min(line.height, before.height)
            apart = all(s.right < t.left or t.right < s.left for s in line.segments for t in before.segments)
            if level and apart and line.page == before.page:
                levelled[place] = Line.of([*before.segments, *line.segments])
                break
        else:
            levelled.append(line)
    return levelled


def _rows(lines: Sequence[Line], columns: Sequence[tuple[float, float]]) -> list[TableRow]:
    rows: list[TableRow] = []
    for line in lines:
        if rows and _goes_on(line, rows[-1].lines[-1], columns):
            rows[-1] = _merged([rows[-1], TableRow([[s] for s in line.segments], [line])], columns)
        else:
            rows.append(TableRow([[s] for s in line.segments], [line]))
    return rows


def _goes_on(line: Line, before: Line, columns: Sequence[tuple[float, float]]) -> bool:
    """Whether a line has only the rest of cells of the line before: words, close below, and none in the first column."""
    if line.rest:
        return True
    if line.page != before.page or len(line.segments) >= len(columns) or line.bold != before.bold:
        return False
    if not 0 < line.bottom - before.bottom <= TIGHT * line.height or any(is_number(s.text) for s in line.segments):
        return False
    if len(line.segments) > 1 and not any(_is_rest_of_text(s, before) for s in line.segments):
        return False
    places = [_column(s, columns) for s in line.segments]
    filled = {_column(s, columns) for s in before.segments}
    return {*places} <= filled and (0 not in places or all(s.text[:1].islower() for s in line.segments))


def _is_rest_of_text(segment: Segment, before: Line) -> bool:
    """Whether a segment may go on with what stands above it: unlike in an entry below another, its first word had no room."""
    above = [s for s in before.segments if s.left < segment.right and segment.left < s.right]
    if segment.text[:1].islower() or not above:
        return True
    after = min((s.left for s in before.segments if s.left > above[0].right), default=float("inf"))
    word = (segment.right - segment.left) * len(segment.text.split()[0]) / max(len(segment.text), 1)
    return above[0].right + word + _SPACE * before.height > after


def _merged(rows: Sequence[TableRow], columns: Sequence[tuple[float, float]]) -> TableRow:
    """The cells of rows by columns, each from above."""
    cells: dict[int, list[Segment]] = {}
    for row in rows:
        for cell in row.cells:
            cells.setdefault(_column(cell[0], columns), []).extend(cell)
    return TableRow([cells[place] for place in sorted(cells)], [line for row in rows for line in row.lines])


def _column(segment: Segment, columns: Sequence[tuple[float, float]]) -> int:
    """The column that a segment shares most of its width with, or else the nearest."""

    def shared(place: int) -> tuple[float, float]:
        left, right = columns[place]
        overlap = min(right, segment.right) - max(left, segment.left)
        return max(overlap, 0.0), -abs(left + right - segment.left - segment.right)

    return max(range(len(columns)), key=shared)


def _header_rows(rows: Sequence[TableRow], width: int) -> int:
    """How many rows name the columns: those in bold type, or the first one with those that stand close below it."""
    if len(rows) < 2 or width < 2:
        return 0
    texts = [row.texts for row in rows]
    names_only = next((n for n, row in enumerate(texts) if not all(map(is_name, row))), len(texts))
    bold = next((n for n, row in enumerate(rows) if not row.bold), 0)
    distances = [b.lines[0].bottom - a.lines[-1].bottom for a, b in pairwise(rows)]
    usual = median(distances[bold:] or [0])
    while bold > 1 and len(texts[bold - 1]) == 1 < len(texts[bold - 2]) and distances[bold - 2] > _TIGHTER * usual > 0:
        bold -= 1  # the title of a section of the table
    if 0 < bold <= _HEADER_LINES and max(map(len, texts[:bold])) * 2 >= _usual_width(rows[bold:]):
        return bold
    if width == 2 and not _are_values(texts) and distances[0] < _APART * median(distances[1:] or [0]):
        return 0
    if not column_names(texts[:3]):
        fewer = 1 < len(texts[0]) < len(texts[1]) == width and names_only == 2
        return 2 if fewer and len(rows) > 2 else 0
    usual = median(distances[min(_HEADER_LINES, len(distances) - 1) :])
    header = 1
    while header < min(names_only, _HEADER_LINES, len(rows) - 1) and distances[header - 1] < _TIGHTER * usual:
        header += 1
    return header


def _are_values(texts: Sequence[Sequence[str]]) -> bool:
    """Whether what is below the second name of two is numbers or much longer, unlike in a list of terms or of labels."""
    below = [row[-1] for row in texts[1:] if len(row) == 2]
    return bool(below) and (all(map(is_number, below)) or median(map(len, below)) >= _LONGER * len(texts[0][-1]))


def _usual_width(rows: Sequence[TableRow]) -> float:
    """Cells of a row as most have them."""
    return median(len(row.cells) for row in rows)


def _names(row: TableRow, columns: Sequence[tuple[float, float]]) -> str:
    """The names of the columns; one that stands over several is part of the name of each."""
    names: list[list[str]] = [[] for _ in columns]
    for segment in (segment for cell in row.cells for segment in cell):
        own = _column(segment, columns)
        for place, (left, right) in enumerate(columns):
            if place == own or segment.left <= (left + right) / 2 <= segment.right:
                names[place].append(segment.text)
    return joined_names([" ".join(name) for name in names])


def _are_same(table: Table, row: TableRow, columns: Sequence[tuple[float, float]]) -> bool:
    """Whether most columns stand below those of a table on the same page or the page before."""
    if len(table.columns) != len(columns) or row.lines[0].page - table.rows[-1].lines[-1].page > 1:
        return False
    pairs = zip(table.columns, columns, strict=True)
    return sum(min(b, d) > max(a, c) for (a, b), (c, d) in pairs) >= _SAME_COLUMNS * len(columns)
