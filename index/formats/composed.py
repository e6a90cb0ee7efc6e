"""Pieces of text into a document's text and blocks, for the formats whose text is not the file itself."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from quotewise.index.formats.parsed import LONG_ROW, Block, BlockKind, Parsed
from quotewise.index.formats.tables import Cell, Row, read_rows
from quotewise.index.formats.unmarked_headings import Look, with_unmarked_headings
from quotewise.index.layout import Layout, Part

Headings = tuple[tuple[int, str], ...]
"""Level and name of each."""
CHARACTER_LIMIT = 50_000_000
"""Of a text: some 25,000 pages."""
_TRAIL_NAME = 500
_TITLE_LIMIT = 120
_TIGHT: frozenset[BlockKind] = frozenset(("item", "row", "cue", "navigation"))
_DROPPED = re.compile("[\x00-\x08\x0e-\x1f\x7f\u00ad\ufeff\ud800-\udfff]")
"""Control characters, soft hyphens and surrogates: none is shown."""
_SPACE = re.compile("[ \t\u2028\u2029\x85]+")
_LINE_END = re.compile(r" *(?:\r\n|[\n\r\v\f]) *")


def cleaned(text: str) -> str:
    """A text without invisible characters and without superfluous white space; line breaks stay."""
    text = _DROPPED.sub("", text) if not text.isprintable() or "\ufeff" in text else text
    return _LINE_END.sub("\n", _SPACE.sub(" ", text)).strip()


class Composer:
    """Gathers the blocks of a document in reading order.

    ``add`` starts a block under the headings so far; ``part`` starts a part. After ``CHARACTER_LIMIT`` nothing more is
    taken, and the document says so.
    """

    def __init__(self, parser: str, version: int) -> None:
        self._parser, self._version = parser, version
        self._pieces: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._depths: list[int] = []
        """How many headings are above each block without those of its table."""
        self._looks: dict[int, Look] = {}
        self._parts: list[Part] = []
        self.headings: Headings = ()
        """Those above what is added next."""
        self.in_box = False
        """Whether what is added stands in a text box, where nothing is above what follows it."""
        self.first_heading: str | None = None
        self.problems: list[str] = []
        """What was not read of the file, and why."""

    def add(
        self,
        text: str,
        kind: BlockKind = "paragraph",
        level: int = 0,
        keep_with_next: bool = False,
        look: Look | None = None,
    ) -> None:
        """Add a block. A heading has a level from 1; rows and code are read line by line.

        With a ``look``, paragraphs and items that are set as headings become some when the document is finished, if they stand
        in no text box.
        """
        text = text.strip("\n") if kind == "code" else cleaned(text)
        if kind == "code":
            text = _DROPPED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).rstrip()
        if not text.strip():
            return
        if kind == "heading":
            self._open(max(level, 1), text)
        if look is not None and not self.in_box and not self.is_full:
            self._looks[len(self._blocks)] = look
        by_line = kind in ("heading", "row") or (kind == "code" and max(map(len, text.split("\n"))) <= LONG_ROW)
        self._append(text, Block(0, 0, self.trail, by_line, keep_with_next or kind == "heading", kind))

    def add_lines(self, lines: Iterable[str]) -> None:
        """Add a paragraph of which each line is a unit by itself, such as the entries of a card."""
        text = "\n".join(filter(None, (cleaned(line).replace("\n", " ") for line in lines)))
        if text:
            self._append(text, Block(0, 0, self.trail, True))

    def add_table(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Add the rows of a table; each is read with the names of its columns and what is merged over it."""
        read = read_rows(rows)
        for context, group in groupby(read, key=lambda row: row.context):
            self._add_rows(context, list(group))

    def add_row(self, row: Row) -> None:
        """Add one row of a table."""
        self._add_rows(row.context, [row])

    def _add_rows(self, context: tuple[str, ...], rows: list[Row]) -> None:
        trail = (*self.trail, *context)
        for is_long, group in groupby(rows, key=lambda row: len(row.text) > LONG_ROW):
            texts = [cleaned(row.text).replace("\n", " ") for row in group]
            for text in texts if is_long else ["\n".join(filter(None, texts))]:
                if text:
                    self._append(text, Block(0, 0, trail, not is_long, False, "row"))

    def part(self, kind: str, number: int, label: str = "") -> None:
        """What is added from now on stands in this part."""
        part = Part(self._next_start("row" if kind == "row" else "paragraph"), kind, number, cleaned(label)[:_TRAIL_NAME])
        if self._parts and self._parts[-1].start >= part.start:
            self._parts.pop()  # nothing was added to it
        self._parts.append(part)

    def add_parts(self, lines: Sequence[tuple[str, tuple[str, int, str]]], kind: BlockKind) -> None:
        """Add lines, each a part of its own, as one block."""
        if not lines or self.is_full:
            return
        start = self._next_start(kind)
        self._append("\n".join(line for line, _ in lines), Block(0, 0, self.trail, False, False, kind))
        for line, (part, number, label) in lines:
            self._parts.append(Part(start, part, number, label))
            start += len(line) + 1

    def add_parsed(self, parsed: Parsed, name: str) -> None:
        """Add a whole document, under a name."""
        above = (*self.trail, _name(name))
        end = 0
        for block in parsed.blocks:
            if self.is_full:
                break
            gap = "\n" if block.kind in _TIGHT and "\n\n" not in parsed.text[end : block.start] and end else None
            text = _DROPPED.sub(" ", parsed.text[block.start : block.end])
            self._append(text, replace(block, heading=(*above, *block.heading)), gap)
            end = block.end
        if parsed.unread_part:
            self.problems.append(f"of {name}: {parsed.unread_part}")

    def add_as_written(self, text: str, blocks: Sequence[Block], headings: Headings) -> None:
        """Add a text with its blocks, which name all the headings above them, and the headings above what is added next."""
        if self.is_full or not blocks:
            return
        start = self._next_start("paragraph")
        self._append(_DROPPED.sub(" ", text).rstrip(), blocks[-1])
        end = self._length
        self._blocks[-1:] = [replace(b, start=start + b.start, end=min(end, start + b.end)) for b in blocks]
        self._depths[-1:] = [len(self.headings)] * len(blocks)
        if self.first_heading is None:
            self.first_heading = next((name for level, name in headings if level == 1), None)
        self.headings = headings

    def under(self, *names: str) -> None:
        """What is added from now on stands under these names and no other heading."""
        self.headings = tuple((level, _name(name)) for level, name in enumerate(names, 1) if name.strip())

    @property
    def trail(self) -> tuple[str, ...]:
        return tuple(name for _, name in self.headings)

    @property
    def is_full(self) -> bool:
        return self._length >= CHARACTER_LIMIT

    def finish(self, title: str | None = None, metadata: Mapping[str, str] | None = None) -> Parsed:
        """The document: with a title of its metadata, else its first heading of the first level."""
        text = "".join(self._pieces)
        if self.is_full:
            self.problems.append(f"the text after the first {CHARACTER_LIMIT:,} characters")
        blocks = with_unmarked_headings(text, self._blocks, self._depths, self._looks) if self._looks else self._blocks
        if self._looks and self.first_heading is None and blocks[0].kind == "heading":
            is_only = sum(block.kind == "heading" and len(block.heading) == 1 for block in blocks) == 1
            self.first_heading = blocks[0].heading[-1] if is_only else None
        shown = " ".join(cleaned(title or self.first_heading or "").split())[:_TITLE_LIMIT] or None
        entries = {key: cleaned(value) for key, value in (metadata or {}).items() if cleaned(value)}
        layout = Layout.of(self._parser, self._version, text, tuple(p for p in self._parts if p.start < len(text)))
        unread_part = "; ".join(dict.fromkeys(self.problems)) or None
        return Parsed(text, tuple(introduced(blocks)), layout, shown, entries, "", unread_part)

    def _open(self, level: int, name: str) -> None:
        self.headings = (*((depth, above) for depth, above in self.headings if depth < level), (level, _name(name)))
        if level == 1 and self.first_heading is None:
            self.first_heading = _name(name)

    def _next_start(self, kind: BlockKind) -> int:
        return self._length + len(self._gap(kind))

    def _gap(self, kind: BlockKind) -> str:
        if not self._blocks:
            return ""
        return "\n" if kind in _TIGHT and self._blocks[-1].kind == kind else "\n\n"

    def _append(self, text: str, block: Block, gap: str | None = None) -> None:
        if self.is_full:
            return
        gap = self._gap(block.kind) if gap is None or not self._blocks else gap
        if self._parts and self._parts[-1].start > self._length:  # it was placed for another kind of block
            gap = "\n" * (self._parts[-1].start - self._length)
        start = self._length + len(gap)
        self._pieces += (gap, text)
        self._length = start + len(text)
        self._blocks.append(replace(block, start=start, end=self._length))
        self._depths.append(len(self.headings))


def introduced(blocks: Sequence[Block]) -> Iterator[Block]:
    """Blocks whose headings right above another heading belong to what stands under that one, not to their own section."""
    below: Block | None = None
    placed: list[Block] = []
    for block in reversed(blocks):
        if (
            below
            and block.keep_with_next
            and below.heading[: len(block.heading)] == block.heading
            and below.kind != "navigation"
        ):
            block = replace(block, heading=below.heading) if block.kind == "heading" else block
        below = block
        placed.append(block)
    return reversed(placed)


def _name(text: str) -> str:
    return " ".join(text.split())[:_TRAIL_NAME]
