"""The segments of a page in reading order, as lines: columns, rows of tables, and what is drawn twice."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from quotewise.index.formats.pdf.segments import Segment

BULLET = r"[-‐–—*•●■▪►▶➢➤❖◆◦·∙‣⁃○□✓→⇒\ue000-\uf8ff]"
"""Also what fonts of signs have at codes of their own."""
MARK = re.compile(rf"{BULLET}|[(\[]?(?:\d{{1,3}}(?:\.\d{{1,3}})*|[a-zA-Z]|[ivx]{{2,5}})[.)\]]{{0,2}}")
"""The mark of an item or the number of a section, alone."""
CAPTION = re.compile(
    r"(?:fig(?:ure|\.)?|table|tab\.|chart|listing|algorithm|exhibit|abb(?:ildung|\.)|tabelle|tableau)\s*[\dIVX]+[a-z]?\s*[.:–—-]",
    re.I,
)
_LEADER = re.compile(r"(?:\. ?){5,}[\divxlcIVXLC–-]{1,8}\s*\Z")
_LONGEST_LEADER = 400
_RESOLUTION = 2.0
"""Points a bit of a mask of the page's width."""
_GUTTER, _WIDEST = 6.0, 14_400.0
_LINES_IN_CELL = 3
TIGHT = 1.4
"""Distance of the lines of one cell, in heights of the line, at most."""
_NEAR = 0.6
"""How far apart the edges of cells are that stand below each other, in heights of their line."""
_DEPTH = 6
_SANE_JUMPS = 6
"""A file that draws a page in order goes up again once a column, box or note, and not more often."""
_LATE = 0.05
"""Share of a page's text that may be drawn after what is below it, as headers are."""
_MARKED = 8
"""Letters for each mark, at least, that a column beside them has if they are the marks of its texts."""
_TEXT_CHARACTERS, _LINE_CHARACTERS = 20, 25
_TEXT_FILL = 0.5


@dataclass(slots=True)
class Line:
    """Segments that stand side by side, and the column that they stand in, from ``low`` to ``high``."""

    segments: list[Segment]
    page: int
    text: str
    left: float
    top: float
    right: float
    bottom: float
    height: float
    size: float
    bold: bool
    mono: bool
    low: float = 0.0
    high: float = 0.0
    row: bool = False
    new_column: bool = False

    @classmethod
    def of(cls, segments: Sequence[Segment]) -> "Line":
        """A line of segments, which are put in the order in which they are read."""
        if len(segments) == 1:
            s = segments[0]
            sides = s.left, s.top, s.right, s.bottom, s.bottom - s.top
            return cls([s], s.page, s.text, *sides, s.size, s.bold, s.mono)
        rtl = sum(len(s.text) if s.rtl else -len(s.text) for s in segments) > 0
        ordered = sorted(segments, key=lambda s: -s.right if rtl else s.left)
        main = max(ordered, key=lambda s: len(s.text))
        return cls(
            ordered,
            main.page,
            " ".join(s.text for s in ordered),
            min(s.left for s in ordered),
            min(s.top for s in ordered),
            max(s.right for s in ordered),
            max(s.bottom for s in ordered),
            max(s.bottom - s.top for s in ordered),
            main.size,
            all(s.bold for s in ordered),
            all(s.mono for s in ordered),
        )


def without_doubles(segments: Iterable[Segment]) -> list[Segment]:
    """Without what is drawn again in nearly the same place, as for a shadow or for bold letters."""
    seen: dict[tuple[str, int, int, int], Segment] = {}
    kept = []
    segments = list(segments)
    again = Counter(segment.text for segment in segments)
    for segment in segments:
        if again[segment.text] == 1:
            kept.append(segment)
            continue
        near = 0.3 * (segment.bottom - segment.top) + 0.01
        column, row = int(segment.left / near), int(segment.top / near)
        places = [(segment.text, segment.turn, column + c, row + r) for c in (-1, 0, 1) for r in (-1, 0, 1)]
        others = [seen[place] for place in places if place in seen]
        if not any(abs(s.left - segment.left) < near and abs(s.top - segment.top) < near for s in others):
            seen[places[4]] = segment
            kept.append(segment)
    return kept


def lines_of(segments: Sequence[Segment]) -> list[Line]:
    """The lines of a page in reading order: those that stand upright as most do, then those turned otherwise."""
    turns = Counter[int]()
    for segment in segments:
        turns[segment.turn] += len(segment.text)
    lines: list[Line] = []
    for turn, _ in sorted(turns.items(), key=lambda item: (item[0] == 4, -item[1], item[0])):
        group = [segment for segment in segments if segment.turn == turn]
        lines += _columned(_ordered(group) if turn != 4 else [Line.of([segment]) for segment in group])
    return lines


def _ordered(segments: list[Segment]) -> list[Line]:
    """In the order in which the file draws them, where that is sane, or else by the gaps of the page."""
    drawn = _joined(segments)
    jumps = sum(b.top < a.top - 0.8 * b.height for a, b in pairwise(drawn))
    wide = sum(len(line.segments) > 1 and len(line.text) > _TEXT_CHARACTERS * len(line.segments) for line in drawn)
    running = sum(len(line.text) for line in drawn) >= _LINE_CHARACTERS * len(drawn)
    is_late = 0 < jumps <= _SANE_JUMPS and _is_late(drawn)
    if wide < 3 and not is_late and (not jumps or (running and jumps <= _SANE_JUMPS)):
        return _level(drawn)
    if max(s.right for s in segments) - min(s.left for s in segments) > _WIDEST:
        return drawn
    arranged, conflict = _arranged(segments, 0)
    return arranged if conflict or jumps > _SANE_JUMPS or is_late else _level(drawn)


def _is_late(lines: Sequence[Line]) -> bool:
    """Whether much of the text is drawn after what stands below it in the same column."""
    runs: list[list[Line]] = []
    for line in lines:
        if runs and line.top > runs[-1][-1].top - 0.8 * line.height:
            runs[-1].append(line)
        else:
            runs.append([line])
    late = 0
    for number, run in enumerate(runs):
        left, right, bottom = min(line.left for line in run), max(line.right for line in run), run[-1].bottom
        below = (
            _letters(line)
            for before in runs[:number]
            for line in before
            if line.top >= bottom
            and min(right, line.right) - max(left, line.left) > 0.3 * min(right - left, line.right - line.left)
        )
        late += min(sum(map(_letters, run)), sum(below))
    return late > _LATE * sum(map(_letters, lines))


def _letters(line: Line) -> int:
    return sum(map(str.isalpha, line.text))


def _level(lines: list[Line]) -> list[Line]:
    """With the cells of a row together that the file draws one below the other."""
    levelled: list[Line] = []
    for line in lines:
        for place in range(len(levelled) - 1, max(len(levelled) - 5, -1), -1):
            before = levelled[place]
            level = min(line.bottom, before.bottom) - max(line.top, before.top) > 0.7 * min(line.height, before.height)
            if level and before.right < line.left and len(line.segments) + len(before.segments) > 2:
                levelled[place] = Line.of([*before.segments, *line.segments])
                break
        else:
            levelled.append(line)
    return levelled


def _joined(segments: Iterable[Segment]) -> list[Line]:
    """Segments that follow each other on one line, together."""
    groups: list[list[Segment]] = []
    for segment in segments:
        if groups and _is_beside(groups[-1][-1], segment):
            groups[-1].append(segment)
        else:
            groups.append([segment])
    return [Line.of(group) for group in groups]


def _is_beside(one: Segment, other: Segment) -> bool:
    heights = min(one.bottom - one.top, other.bottom - other.top)
    if min(one.bottom, other.bottom) - max(one.top, other.top) < 0.5 * heights:
        return False
    forward, backward = other.left - one.right, one.left - other.right
    return forward > -0.6 * heights or ((one.rtl or other.rtl) and backward > -0.6 * heights)


def rows_of(segments: Iterable[Segment]) -> list[list[Segment]]:
    """Segments by the line that they stand on, from the top."""
    rows: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda s: (s.top + s.bottom, s.left, s.number)):
        if rows:
            first = rows[-1][0]
            heights = min(first.bottom - first.top, segment.bottom - segment.top)
            if min(first.bottom, segment.bottom) - max(first.top, segment.top) >= 0.5 * heights:
                rows[-1].append(segment)
                continue
        rows.append([segment])
    return rows


def _arranged(segments: Sequence[Segment], depth: int) -> tuple[list[Line], bool]:
    """The lines by bands that have a gutter through all their rows, and whether the file draws columns or rows otherwise."""
    lines: list[Line] = []
    conflict = False
    origin = min(s.left for s in segments)
    for band, gutters in _bands(rows_of(segments), origin):
        inside = [segment for row in band for segment in row]
        columns = _with_marks(_split(inside, gutters, origin)) if depth < _DEPTH else [inside]
        if len(columns) > 1 and len(band) > 1:
            drawn = [number for _, number in sorted((s.number, c) for c, column in enumerate(columns) for s in column)]
            changes = sum(a != b for a, b in pairwise(drawn))
            by_column = changes < max(len(columns) * 1.5, min(map(len, columns)) * 0.5)
            texts = [_is_text(column) for column in columns]
            if all(texts) or (by_column and not _is_table(columns)):
                rtl = sum(1 if s.rtl else -1 for s in inside) > 0
                for column in reversed(columns) if rtl else columns:
                    more, other = _arranged(column, depth + 1)
                    lines += more
                    conflict |= other
                conflict |= not by_column
                continue
            conflict |= by_column
        lines += [Line.of(row) for row in band]
    return lines, conflict


def _mask(segments: Iterable[Segment], origin: float) -> int:
    mask = 0
    for s in segments:
        first, last = int((s.left - origin) / _RESOLUTION), int((s.right - origin) / _RESOLUTION)
        mask |= ((1 << max(last - first, 1)) - 1) << first
    return mask


def _bands(rows: Sequence[list[Segment]], origin: float) -> list[tuple[list[list[Segment]], list[tuple[int, int]]]]:
    """Runs of rows, as long as one gutter goes through them; a row across ends a run, with the gutters of the run before."""
    bands: list[tuple[list[list[Segment]], list[tuple[int, int]]]] = []
    band: list[list[Segment]] = []
    covered, gutters = 0, [(0, 0)][:0]
    for row in rows:
        mask = _mask(row, origin)
        found = _gutters(covered | mask)
        if band and not found:
            bands.append((band, gutters))
            band, covered, found = [], 0, _gutters(mask)
        band.append(row)
        covered |= mask
        gutters = found
    return [*bands, (band, gutters)] if band else bands


def _gutters(mask: int) -> list[tuple[int, int]]:
    """The runs of zeros between ones that are wide enough, as first and last bit."""
    gutters = []
    while mask:
        mask_start = (mask & -mask).bit_length() - 1
        free = ~(mask >> mask_start)
        end = mask_start + (free & -free).bit_length() - 1
        rest = mask >> end
        if not rest:
            break
        following = end + (rest & -rest).bit_length() - 1
        if (following - end) * _RESOLUTION >= _GUTTER:
            gutters.append((end, following))
        mask = rest << end
    return gutters


def _split(segments: Sequence[Segment], gutters: Sequence[tuple[int, int]], origin: float) -> list[list[Segment]]:
    edges = [origin + (a + b) / 2 * _RESOLUTION for a, b in gutters]
    columns: list[list[Segment]] = [[] for _ in range(len(edges) + 1)]
    for segment in segments:
        columns[sum((segment.left + segment.right) / 2 > edge for edge in edges)].append(segment)
    return [column for column in columns if column]


def _with_marks(columns: Sequence[list[Segment]]) -> list[list[Segment]]:
    """With the marks of items and the numbers of sections, which stand in a column of their own, in that of their texts."""
    joined: list[list[Segment]] = []
    marks: list[Segment] = []
    for number, column in enumerate(columns):
        beside = "".join(s.text for s in columns[number + 1]) if number + 1 < len(columns) else ""
        are_texts = sum(map(str.isalpha, beside)) > max(_MARKED * len(column), 0.5 * len(beside))
        if are_texts and all(MARK.fullmatch(segment.text) for segment in column):
            marks += column
        else:
            joined.append([*marks, *column])
            marks = []
    return joined


def _is_text(column: Sequence[Segment]) -> bool:
    """Whether it has the long lines of running text."""
    if len(column) < 3:
        return False
    width = max(s.right for s in column) - min(s.left for s in column)
    mean = sum(s.right - s.left for s in column) / len(column)
    return sum(len(s.text) for s in column) >= _TEXT_CHARACTERS * len(column) and mean >= _TEXT_FILL * width


def _is_table(columns: Sequence[Sequence[Segment]]) -> bool:
    """Whether most lines of its shorter columns stand level with one of the first, and those beside others are short."""
    top, bottom = (
        max(min(s.top for s in column) for column in columns),
        min(max(s.bottom for s in column) for column in columns),
    )
    characters = [len(s.text) for column in columns for s in column if s.bottom > top and s.top < bottom]
    if sum(characters) > 1.5 * _TEXT_CHARACTERS * len(characters) or min(map(len, columns)) < 2:
        return False
    middles = [sorted((s.top + s.bottom) / 2 for s in column) for column in columns]
    level = sum(any(abs(a - b) < 2 for b in middles[0]) for column in middles[1:] for a in column)
    return level >= 0.7 * sum(map(len, middles[1:]))


def _columned(lines: list[Line]) -> list[Line]:
    """With the bounds of the column of each line: of the lines around it that go on downwards in its size."""
    run: list[Line] = []

    def close() -> None:
        low, high = min(line.left for line in run), max(line.right for line in run)
        for line in run:
            line.low, line.high = low, high

    for line in lines:
        if run:
            before = run[-1]
            apart = min(before.right, line.right) - max(before.left, line.left) <= 0
            up = line.top < before.top - 0.5 * line.height
            line.new_column = up or (apart and line.top < before.bottom)
            if up or apart or abs(line.size - before.size) > 0.25 * before.size or line.top - before.bottom > 2 * line.height:
                close()
                run = []
        run.append(line)
    if run:
        close()
    return lines


def mark_rows(lines: Sequence[Line]) -> None:
    """Mark the rows of tables: lines of several cells that stand below each other, and the short lines between them.

    The lines of a table of contents, with their leaders, are rows too.
    """
    for number, a in enumerate(lines):
        if _LEADER.search(a.text[-_LONGEST_LEADER:]):
            a.row = True
        if not _has_cells(a):
            continue
        before, short = a, 0
        for following in range(number + 1, len(lines)):
            b = lines[following]
            if a.page != b.page or not -0.5 * a.height < b.bottom - before.bottom < 5 * max(a.height, b.height):
                break
            if not _has_cells(b):
                short += not _is_rest(b, a)
                if short > _LINES_IN_CELL or (b.right - b.left > 0.5 * (a.right - a.left) and not _is_rest(b, a)):
                    break
                before = b if _is_rest(b, a) else before
            elif _share_edges(a, b):
                for line in lines[number : following + 1]:
                    line.row = True
                break
            elif following - number > _LINES_IN_CELL:
                break
    _mark_rest(lines)


def _mark_rest(lines: Sequence[Line]) -> None:
    """Mark what goes on below the last rows of tables with a cell of these."""
    row: Line | None = None
    for before, line in pairwise(lines):
        row = before if before.row and _has_cells(before) else row
        if row is not None and before.row and not line.row and not _has_cells(line) and line.page == row.page:
            line.row = _is_rest(line, row) and 0 < line.bottom - before.bottom < TIGHT * line.height


def _is_rest(line: Line, row: Line) -> bool:
    """Whether a line goes on with a cell after the first of a row: it begins where that begins."""
    return any(abs(line.left - s.left) < _NEAR * row.height for s in row.segments[1:]) and line.right < row.right + row.height


def _has_cells(line: Line) -> bool:
    """Whether it has several segments, of which the first is more than the mark of an item, and is no caption."""
    first, count = line.segments[0].text, len(line.segments)
    if count < 2 or (count == 2 and MARK.fullmatch(first)) or (count < 4 and is_sign(first)):
        return False
    return not CAPTION.match(line.text)


def is_sign(text: str) -> bool:
    """Whether a text is the mark of an item in a font of signs, rather than a hyphen, operator or letter."""
    return len(text) == 1 and not text.isascii() and not text.isalnum() and text not in "‐–—−"


def _share_edges(a: Line, b: Line) -> bool:
    """Whether half of the cells after the first begin, end or centre where one of the other line does."""
    fewer, more = sorted((a.segments[1:], b.segments[1:]), key=len)
    near = _NEAR * a.height
    lefts, rights, sums = sorted(s.left for s in more), sorted(s.right for s in more), sorted(s.left + s.right for s in more)
    shared = sum(
        _is_among(s.left, lefts, near) or _is_among(s.right, rights, near) or _is_among(s.left + s.right, sums, 2 * near)
        for s in fewer
    )
    return 2 * shared >= len(fewer)


def _is_among(value: float, values: Sequence[float], near: float) -> bool:
    """Whether a value is near one of sorted ones."""
    place = bisect_left(values, value)
    return any(abs(value - other) < near for other in values[max(place - 1, 0) : place + 1])


def leadings(lines: Sequence[Line]) -> dict[float, float]:
    """The usual distance from line to line by size of letters."""
    distances: dict[float, list[float]] = {}
    for a, b in pairwise(lines):
        if a.size == b.size and a.page == b.page and 0 < b.bottom - a.bottom < 3 * b.height:
            distances.setdefault(a.size, []).append(b.bottom - a.bottom)
    return {size: median(found) for size, found in distances.items()}


def body_size(lines: Iterable[Line]) -> float:
    """The size in which most characters stand, or 0."""
    counts = Counter[float]()
    for line in lines:
        counts[line.size] += len(line.text)
    return max(counts, key=lambda size: (counts[size], size)) if counts else 0.0


def main_turn(segments: Iterable[Segment]) -> int:
    """The quarters by which most of the text of a page is turned."""
    turns = Counter[int]({0: 0})
    for segment in segments:
        turns[segment.turn] += len(segment.text)
    return max(turns, key=lambda turn: (turns[turn], -turn))
