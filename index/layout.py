"""Where a span of a document stands for a human reader: its lines and, where the format has them, its page and boxes."""

import json
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from itertools import pairwise
from typing import Self

from quotewise.index.sentences import Span, line_starts


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page (numbered from 1), as fractions of its width and height from the upper left corner."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


OF_LINES = frozenset(("", "text", "markdown", "csv", "source_code", "structured", "rst", "asciidoc", "org", "latex"))
"""The parsers whose text is the decoded file, so that its lines are those that an editor shows."""
_WITH_LINES = OF_LINES | {"terminal"}
"""Those whose lines are the file's, though they may lack marks."""


@dataclass(frozen=True, slots=True)
class Part:
    """A division of a document that its format numbers or names; it ends where the next part starts.

    ``kind`` is one of ``page``, ``slide``, ``sheet``, ``message``, ``cue`` and the like, ``number`` counts from 1, and
    ``label`` is what the file calls it: a printed page number, the name of a sheet, the time of a cue.
    """

    start: int
    kind: str
    number: int
    label: str = ""

    @property
    def printed(self) -> str:
        """As people write it, such as: page 3."""
        return _printed_parts(self, self)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a span stands. ``lines`` are the first and the last line, from 1; ``page`` is None for formats without pages."""

    lines: tuple[int, int]
    page: int | None = None
    boxes: tuple[Box, ...] = ()
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """The lines and parts of a document's text, and the parser and its version that made that text of the bytes.

    ``line_starts`` holds the offset of each line, ascending, in code points of 32 bits; ``parts`` are ascending.
    """

    parser: str
    version: int
    line_starts: "array[int]" = field(repr=False)
    parts: tuple[Part, ...] = ()

    @classmethod
    def of(cls, parser: str, version: int, text: str, parts: tuple[Part, ...] = ()) -> Self:
        """The layout of a text."""
        return cls(parser, version, array("I", line_starts(text)), parts)

    def place(self, span: Span) -> Place:
        """Where a span of the text stands; the boxes are empty, since only the file knows them (see ``Format.boxes``)."""
        first = bisect_right(self.line_starts, span.start)
        last = bisect_right(self.line_starts, max(span.start, span.end - 1))
        number = bisect_right(self.parts, span.start, key=lambda part: part.start)
        part = self.parts[number - 1] if number else None
        return Place((first, last), part.number if part and part.kind in ("page", "slide") else None, part=part)

    def printed(self, span: Span, heading: Sequence[str] = ()) -> str:
        """Where a span stands, as people write it after the name of the file.

        Such as: ``page 3``, ``page 5 (iii)``, ``pages 3–4``, ``slide 5``, ``sheet Costs, B4``, ``00:12:04``, ``lines 3–5``.
        Where the text is not the file itself nobody can count its lines: its section is named, the last name of the trail of
        ``heading`` that is not of columns, or else its paragraph.
        """
        place, end = self.place(span), self.place(Span(max(span.start, span.end - 1), span.end))
        if place.part:
            return _printed_parts(place.part, end.part or place.part)
        if self.parser in _WITH_LINES:
            return _numbered("line", *place.lines)
        section = next((name for name in reversed(heading) if " | " not in name), "")
        if section:
            return f"section {section}"
        before = self.line_starts[: place.lines[0]]
        return f"paragraph {1 + sum(after - start > 1 for start, after in pairwise(before))}"

    def line_span(self, first: int, last: int, characters: int) -> Span:
        """The span of the lines ``first`` to ``last``, from 1, of a text that has so many characters."""
        return Span(self.line_starts[first - 1], self.line_starts[last] if last < len(self.line_starts) else characters)

    def to_bytes(self) -> bytes:
        """What the catalogue stores; ``from_bytes`` reads it."""
        head = json.dumps([self.parser, self.version, [astuple(part) for part in self.parts]])
        return head.encode() + b"\0" + self.line_starts.tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The layout that ``to_bytes`` wrote."""
        head, _, lines = data.partition(b"\0")
        parser, version, parts = json.loads(head)
        return cls(parser, version, array("I", lines), tuple(Part(*part) for part in parts))


def _printed_parts(first: Part, last: Part) -> str:
    """The parts from ``first`` to ``last``, as people write them."""
    if first.kind != last.kind:
        last = first
    label = first.label
    if first.kind == "row":
        sheet, _, cells = label.rpartition("!")
        other, _, end = last.label.rpartition("!")
        if other == sheet and last.number > first.number:
            cells = f"{cells.partition(':')[0]}:{end.rpartition(':')[2]}"
        return f"sheet {sheet}, {cells}"
    if first.kind == "cue":
        begin, end = (part.label.partition(" --> ")[0].partition(".")[0] for part in (first, last))
        return begin if begin == end else f"{begin}–{end}"
    if first.kind == "page" and first.number == last.number and label not in ("", str(first.number)):
        return f"page {first.number} ({label})"
    if not label or first.kind in ("page", "slide", "cell", "message"):
        return _numbered(first.kind, first.number, last.number)
    return label if first.kind == "chapter" else f"{first.kind} {label}"


def _numbered(kind: str, first: int, last: int) -> str:
    return f"{kind} {first}" if first == last else f"{kind}s {first}–{last}"
