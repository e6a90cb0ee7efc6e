"""Where a span of a document stands for a human reader: its lines and, where the format has them, its page and boxes."""

import json
from array import array
from bisect import bisect_right
from dataclasses import astuple, dataclass, field
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


_NUMBERED = ("page", "slide", "cell", "message")
_NAMED = ("row", "chapter")


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

    def __str__(self) -> str:
        """As a person would name it: page 3, slide 2, sheet Costs, Costs!A2:C2."""
        if self.kind == "page" and self.label not in ("", str(self.number)):
            return f"page {self.number} ({self.label})"
        if self.kind in _NUMBERED or not self.label:
            return f"{self.kind} {self.number}"
        return self.label if self.kind in _NAMED else f"{self.kind} {self.label}"


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
