"""The rows of tables that a file draws cell by cell, each cell with all of its lines, wherever these stand in the row."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from quotewise.index.formats.pdf.lines import MARK, Line
from quotewise.index.formats.pdf.rows import TIGHT
from quotewise.index.formats.pdf.segments import Segment

_NEAR = 0.6
"""How far apart the edges of cells are that stand below each other, in heights of their line."""
_OVERLAP = 0.3
"""The part of its line in which a cell stands beside the rest of its row, at least."""
_MOST_LINES, _MOST_CELLS = 12, 50
_LEVEL = 2.0
"""Points between lines at the same height."""
_FEWEST = 3
"""Rows of a table of two columns, which could be columns of text."""

Cell = list[Segment]


def parts_of(segments: Sequence[Segment]) -> Iterator[list[Segment] | list[Line]]:
    """What a file draws of a page, in its order: segments, and rows of tables with cells of several lines, as their lines.

    The first line of such a row has the first of each cell; those with the rest are marked.
    """
    rows = list(_rows(segments))
    if not any(len(cells) > 1 and _is_of_lines(cells) for cells in rows):
        yield list(segments)
        return
    plain: list[Segment] = []
    number = 0
    while number < len(rows):
        last = number + 1
        while last < len(rows) and len(rows[last]) > 1 and _are_below(rows[number], rows[last]):
            last += 1
        run = rows[number:last]
        several = any(len(cells) > 1 and _is_of_lines(cells) for cells in run)
        fewest = 2 if max(map(len, run)) > 2 else _FEWEST
        is_table = several and len(run) >= fewest and not all(_is_mark(cells[0]) for cells in run)
        for cells in run:
            if is_table and len(cells) > 1 and _is_of_lines(cells):
                if plain:
                    yield plain
                yield list(_leveled(cells))
                plain = []
            else:
                plain += [segment for cell in cells for segment in cell]
        number = last
    if plain:
        yield plain


def _rows(segments: Sequence[Segment]) -> Iterator[list[Cell]]:
    """The cells that are drawn beside each other: each to the right of the one before, at the height of those so far."""
    cells: list[Cell] = []
    edge = high = low = 0.0
    for cell in _cells(segments):
        left, top, right, bottom = _box(cell)
        shared = min(bottom, low) - max(top, high)
        if cells and (left <= edge or shared <= _OVERLAP * (cell[0].bottom - cell[0].top) or len(cells) == _MOST_CELLS):
            yield cells
            cells = []
        if len(cells) == 1 and len(cells[0]) > 1 and top > cells[0][-1].top - _LEVEL:  # the lines above are no cell
            yield [cells[0][:-1]]
            cells = [cells[0][-1:]]
            high = cells[0][0].top
        high, low = (min(high, top), max(low, bottom)) if cells else (top, bottom)
        edge = right
        cells.append(cell)
    if cells:
        yield cells


def _cells(segments: Sequence[Segment]) -> Iterator[Cell]:
    """Each segment with those that are drawn next, right below it."""
    cell: Cell = []
    for segment in segments:
        if cell and not (len(cell) < _MOST_LINES and _is_right_below(segment, cell)):
            yield cell
            cell = []
        cell.append(segment)
    if cell:
        yield cell


def _is_right_below(segment: Segment, cell: Cell) -> bool:
    above = cell[-1]
    height = max(segment.bottom - segment.top, above.bottom - above.top)
    if not 0.5 * height < segment.bottom - above.bottom < TIGHT * height or segment.turn or segment.rtl:
        return False
    return _is_edge_shared([segment], cell)


def _is_of_lines(cells: Sequence[Cell]) -> bool:
    """Whether a cell has several lines, and not all as many at the same heights, which are rows unless sentences go on."""
    counts = {len(cell) for cell in cells}
    if len(counts) > 1 or counts == {1}:
        return counts != {1}
    tops = [[segment.top for segment in cell] for cell in cells]
    if any(abs(a - b) > _LEVEL for other in tops[1:] for a, b in zip(tops[0], other, strict=True)):
        return True
    rest = [segment.text[:1] for cell in cells for segment in cell[1:]]
    return len(cells) > 1 and 2 * sum(map(str.islower, rest)) > len(rest)


def _is_mark(cell: Cell) -> bool:
    return len(cell) == 1 and bool(MARK.fullmatch(cell[0].text))


def _are_below(cells: Sequence[Cell], others: Sequence[Cell]) -> bool:
    """Whether the cells of a row stand below those of another, of which it may lack some."""
    fewer, more = sorted((cells, others), key=len)
    below = min(_box(cell)[1] for cell in others) >= max(_box(cell)[3] for cell in cells) - 2
    return below and len(fewer) > 1 and all(any(_is_edge_shared(cell, other) for other in more) for cell in fewer)


def _is_edge_shared(cell: Cell, other: Cell) -> bool:
    """Whether two cells begin, end or centre at the same place."""
    (left, _, right, _), (low, _, high, _) = _box(cell), _box(other)
    near = _NEAR * (cell[0].bottom - cell[0].top)
    return abs(left - low) < near or abs(right - high) < near or abs(left + right - low - high) < 2 * near


def _box(cell: Cell) -> tuple[float, float, float, float]:
    if len(cell) == 1:
        return cell[0].left, cell[0].top, cell[0].right, cell[0].bottom
    return min(s.left for s in cell), cell[0].top, max(s.right for s in cell), cell[-1].bottom


def _leveled(cells: Sequence[Cell]) -> Iterator[Line]:
    """A row as lines: the first of each cell, the second of each, and so on."""
    for number in range(max(map(len, cells))):
        line = Line.of([cell[number] for cell in cells if len(cell) > number])
        yield replace(line, rest=number > 0)
