"""The paragraphs and tables of the body of an RTF file, or of one of its notes or headers, as far as they are read."""

import re
from dataclasses import dataclass, field

from quotewise.index.formats.composed import Composer
from quotewise.index.formats.parsed import BlockKind
from quotewise.index.formats.tables import Cell


@dataclass(slots=True)
class Flow:
    """The paragraphs of the body, of a note or of a header, as far as they are read."""

    kind: BlockKind = "paragraph"
    mark: str = ""
    inline: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    blocks: list[tuple[str, BlockKind, int] | list[list[Cell]]] = field(default_factory=list)
    level: int = 0
    is_item: bool = False
    in_table: bool = False
    is_header: bool = False

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
                text, kind, level = block
                composer.add(" ".join(text.split()) if level else text, kind, level)

    def end_paragraph(self) -> None:
        """A paragraph ends here, or a line of a cell."""
        text, self.inline = "".join(self.inline), []
        if self.in_table or self.cells:
            self.inline = [text, "\n"] if text.strip() else []
            if self.in_table:
                return
        self.end_table()
        self.inline = []
        if not text.strip():
            return
        if self.kind != "paragraph":
            self.blocks.append((text, self.kind, 0))
        elif self.level:
            self.blocks.append((text, "heading", self.level))
        else:
            is_item = self.is_item or re.match(r"\s*[•·▪◦\uf000-\uf0ff]\s", text) is not None
            self.blocks.append(
                (re.sub(r"^\s*[•·▪◦\uf000-\uf0ff]\s+", "", text) if is_item else text, "item" if is_item else "paragraph", 0)
            )
        self.is_item = False

    def end_table(self) -> None:
        """What follows is in no table, or in another."""
        if self.cells:
            self.rows.append([Cell(text) for text in self.cells])
            self.cells = []
        if self.rows:
            self.blocks.append(self.rows)
            self.rows = []
