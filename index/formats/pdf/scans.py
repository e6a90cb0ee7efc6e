"""The lines that OCR read on scanned pages, as segments of these, and where they stand in the text."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from quotewise.index.formats.pdf.segments import Page, Segment
from quotewise.index.layout import Box, Layout, Part
from quotewise.index.recognised import RecognisedLine, RecognisedPage
from quotewise.index.sentences import Span

_LINES = "recognised"
_HEIGHT_TO_SIZE = 0.75
"""Of a line's box, which has some room, to the size of its font."""


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """A page whose text was recognised."""

    number: int
    confidence: float

    def label(self, given: str) -> str:
        """What such a page is called beside its number: by its own label, and by how sure its text is."""
        own = given if given != str(self.number) else ""
        return ", ".join(filter(None, (own, f"OCR {self.confidence:.0%}")))


class Lines:
    """The lines that were added to pages as their last segments."""

    def __init__(self, added: Sequence[tuple[Page, RecognisedPage, int]]) -> None:
        self._added = added

    @property
    def pages(self) -> Iterator[LabelledPage]:
        """The pages."""
        return (LabelledPage(page.number, recognised.confidence) for page, recognised, _ in self._added)

    def placed(self, starts: Mapping[tuple[int, int], int], characters: int) -> Iterator[Part]:
        """A part after the text that holds where each line begins and ends in it, and its box on the page."""
        entries = []
        for page, recognised, first in self._added:
            for number, line in enumerate(recognised.lines, first):
                start, box = starts.get((page.number, number), -1), line.box
                if start >= 0:
                    corners = (round(side, 4) for side in (box.left, box.top, box.right, box.bottom))
                    entries.append((start, start + len(line.text), page.number, *corners))
        if entries:
            yield Part(characters, _LINES, 1, json.dumps(entries, separators=(",", ":")))

    def remove(self) -> None:
        """Take the lines off the pages again."""
        for page, _, first in self._added:
            del page.segments[first:]


def add_recognised(pages: Sequence[Page], recognised: Sequence[RecognisedPage]) -> Lines:
    """Add the lines that were recognised on pages to their segments."""
    known = {page.number: page for page in recognised if page.lines}
    added = []
    for page in pages:
        if read := known.get(page.number):
            added.append((page, read, len(page.segments)))
            page.segments += [_segment(page, line, number) for number, line in enumerate(read.lines, len(page.segments))]
    return Lines(added)


def _segment(page: Page, line: RecognisedLine, number: int) -> Segment:
    left, right = line.box.left * page.width, line.box.right * page.width
    top, bottom = line.box.top * page.height, line.box.bottom * page.height
    size = max(round(2 * _HEIGHT_TO_SIZE * (bottom - top)) / 2, 0.5)
    return Segment(page.number, number, line.text, (), left, top, right, bottom, size)


def recognised_boxes(layout: Layout, span: Span) -> Iterator[Box]:
    """The boxes of the recognised lines in which a span stands."""
    packed = next((part.label for part in reversed(layout.parts) if part.kind == _LINES), "[]")
    return (Box(*box) for start, end, *box in json.loads(packed) if start < span.end and end > span.start)
