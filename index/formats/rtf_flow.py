"""The paragraphs and tables of the body of an RTF file, or of one of its notes or headers, as far as they are read."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from quotewise.index.formats.composed import Composer
from quotewise.index.formats.parsed import BlockKind
from quotewise.index.formats.tables import FEW, Cell
from quotewise.index.formats.unmarked_headings import Look

_BULLET = re.compile(r"\s*[•·▪◦⁃\uf000-\uf0ff]\s+")
_BULLET_OF_LIST = re.compile(r"\s*[•·▪◦⁃§Øüovq–-]\s+|\s*[\uf000-\uf0ff]\s+")
"""Also the letters that are bullets in Courier and Wingdings."""
_ONE_EDGE = 40
"""Twips within which the edges of cells in several rows are one."""

Piece: TypeAlias = str | list[list[Cell]]
"""A paragraph of a cell, or a table within it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell ends in its row, in twips, and whether it goes on with the one before or above it."""

    end: int
    goes_on_from_left: bool = False
    goes_on_from_above: bool = False


@dataclass(slots=True)
class Places:
    """The cells of the rows that follow, as a row of the file defines them."""

    left: int = 0
    cells: list[Place] = field(default_factory=list)
    is_header: bool = False
    _merged: set[str] = field(default_factory=set)

    def merge(self, side: str) -> None:
        """The next cell that is placed goes on with the one at its ``left`` or ``above`` it."""
        self._merged.add(side)

    def add(self, end: int) -> None:
        """Place the next cell."""
        self.cells.append(Place(end, "left" in self._merged, "above" in self._merged))
        self._merged.clear()


@dataclass(slots=True)
class Flow:
    """The paragraphs of the body, of a note or of a header, as far as they are read."""

    kind: BlockKind = "paragraph"
    mark: str = ""
    inline: list[str] = field(default_factory=list)
    cells: list[list[Piece]] = field(default_factory=list)
    rows: list[tuple[list[list[Piece]], Places]] = field(default_factory=list)
    places: Places = field(default_factory=Places)
    blocks: list[tuple[str, BlockKind, int, Look | None] | list[list[Cell]]] = field(default_factory=list)
    level: int = 0
    is_item: bool = False
    in_table: bool = False
    is_centred: bool = False
    look: Look | None = None
    """How all words of the paragraph are set so far; None before the first one."""
    depth: int = 1
    """Of the table that the paragraph stands in; from 2, within a cell of another."""
    _cell: list[Piece] = field(default_factory=list)
    _inner_cells: list[str] = field(default_factory=list)
    _inner_rows: list[list[Cell]] = field(default_factory=list)

    def compose(self, composer: Composer) -> None:
        """Add what was read to a document."""
        for block in self.blocks:
            if isinstance(block, list):
                if max(map(len, block)) > 1:
                    composer.add_table(block)
                else:
                    for row in block:
                        composer.add("\n".join(cell.text for cell in row))
            else:
                text, kind, level, look = block
                composer.add(" ".join(text.split()) if level else text, kind, level, look=look)

    def write(self, text: str, size: float, is_bold: bool, is_underlined: bool) -> None:
        """Add a text to the paragraph or cell."""
        self.inline.append(text)
        if any(map(str.isalnum, text)):
            before = self.look or Look(size, True, True)
            self.look = Look(before.size, before.bold and is_bold, before.underlined and is_underlined)

    def end_paragraph(self) -> None:
        """A paragraph ends here, or a line of a cell."""
        text, self.inline = "".join(self.inline), []
        look, self.look = self.look, None
        if self.in_table and self.depth > 1:
            self.inline = [text, "\n"] if text.strip() else []
            return
        if self.in_table:
            self._end_inner_table()
            self._cell.append(text)
            return
        self.end_table()
        if not text.strip():
            return
        if self.kind != "paragraph":
            self.blocks.append((text, self.kind, 0, None))
        elif self.level:
            self.blocks.append((text, "heading", self.level, None))
        else:
            bullet = (_BULLET_OF_LIST if self.is_item else _BULLET).match(text)
            is_item = self.is_item or bullet is not None
            parts = text.strip().split("\t")[self.is_item :]  # behind the number of an item
            look = replace(look, centred=self.is_centred) if look and len(parts) <= 1 else None
            text = text[bullet.end() :] if bullet else text
            self.blocks.append((text, "item" if is_item else "paragraph", 0, look))
        self.is_item = False

    def end_cell(self) -> None:
        self._end_inner_table()
        self.cells.append([*self._cell, "".join(self.inline)])
        self.inline, self._cell, self.look = [], [], None

    def end_row(self) -> None:
        if self.cells:
            self.rows.append((self.cells, self.places))
        self.cells = []

    def end_inner_cell(self) -> None:
        self._inner_cells.append("".join(self.inline))
        self.inline = []

    def end_inner_row(self) -> None:
        if self._inner_cells:
            self._inner_rows.append([Cell(text) for text in self._inner_cells])
            self._inner_cells = []

    def _end_inner_table(self) -> None:
        self.end_inner_row()
        if self._inner_rows:
            self._cell.append(self._inner_rows)
            self._inner_rows = []

    def end_table(self) -> None:
        """What follows is in no table, or in another."""
        self._end_inner_table()
        rest, self._cell = self._cell, []
        if self.cells:
            self.cells.append(rest)
            rest = []
        self.end_row()
        rows, self.rows = self.rows, []
        within = sum(any(isinstance(piece, list) for piece in cell) for cells, _ in rows for cell in cells)
        if within and FEW * within >= sum(len(cells) for cells, _ in rows):
            rest = [piece for cells, _ in rows for cell in cells for piece in cell] + rest
        elif rows:
            self.blocks.append(list(_merged([([_text(cell) for cell in cells], places) for cells, places in rows])))
        for piece in rest:
            if isinstance(piece, list):
                self.blocks.append(piece)
            elif piece.strip():
                self.blocks.append((piece, self.kind, 0, None))

    def begin_row(self) -> None:
        """A row is defined here; what is in no cell of the one before stood below it."""
        if self._cell and not self.cells:
            self.end_table()
        self.places = Places()


def _text(cell: list[Piece]) -> str:
    pieces = (piece if isinstance(piece, str) else "\n".join(" ".join(c.text for c in row) for row in piece) for piece in cell)
    return "\n".join(piece for piece in pieces if piece.strip())


def _merged(rows: list[tuple[list[str], Places]]) -> Iterator[list[Cell]]:
    """The rows of a table, with the columns and rows that each cell covers by the places of the cells."""
    ends: list[int] = []
    for end in sorted(place.end for texts, places in rows if len(places.cells) == len(texts) for place in places.cells):
        if not ends or end - ends[-1] > _ONE_EDGE:
            ends.append(end)
    placed: list[dict[int, tuple[str, int, Place | None]]] = []
    for texts, places in rows:
        line: dict[int, tuple[str, int, Place | None]] = {}
        if len(places.cells) != len(texts):
            line = {column: (text, 1, None) for column, text in enumerate(texts)}
        else:
            column = bisect_right(ends, places.left + _ONE_EDGE)
            for text, place in zip(texts, places.cells, strict=True):
                end = bisect_right(ends, place.end + _ONE_EDGE)
                if place.goes_on_from_left and line:
                    first = next(reversed(line))
                    line[first] = f"{line[first][0]} {text}".strip(), end - first, line[first][2]
                else:
                    line[column] = text, max(end - column, 1), place
                column = max(end, column)
        placed.append(line)
    for number, (line, (_, places)) in enumerate(zip(placed, rows, strict=True)):
        cells = []
        for column, (text, columns, own) in line.items():
            if number and own and own.goes_on_from_above and not text.strip() and column in placed[number - 1]:
                continue
            below = 1
            while number + below < len(placed) and _goes_on(placed[number + below].get(column)):
                below += 1
            cells.append(Cell(text, columns, below, places.is_header))
        yield cells


def _goes_on(cell: tuple[str, int, Place | None] | None) -> bool:
    return cell is not None and cell[2] is not None and cell[2].goes_on_from_above and not cell[0].strip()
