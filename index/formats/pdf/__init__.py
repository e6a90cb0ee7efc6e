"""PDF: text, blocks and pages by pdfium in a child process, and the boxes of a span from the file when they are shown.

The text is ours: paragraphs on one line each, over columns and pages; running headers and footers stand after the text, so
that they divide no sentence. A page can therefore come in several parts of the layout.
"""

from collections.abc import Sequence

from quotewise.index.formats import sandbox
from quotewise.index.formats.parsed import Parsed
from quotewise.index.formats.pdf.places import VERSION, draw, find_boxes
from quotewise.index.formats.pdf.text import PdfBlock, find_scanned, read
from quotewise.index.layout import Box, Layout
from quotewise.index.recognised import RecognisedPage
from quotewise.index.sentences import Span

__all__ = ["VERSION", "PdfBlock", "boxes", "parse", "render", "scanned_pages"]

_SECONDS, _BYTES_A_SECOND = 15.0, 500_000
"""What a small file may take, and what is added for a large one: books have 2,000 bytes a page and take 5 ms for it."""


def parse(data: bytes, passwords: Sequence[str] = (), recognised: Sequence[RecognisedPage] = ()) -> Parsed:
    """Parse a PDF file in a child process; an encrypted one is opened with the first of the passwords that fits.

    Pages without text have that which was ``recognised``, and are labelled with the confidence of that.

    Raises:
        DocumentError: it needs a password, is damaged, truncated or empty, has no text layer, or takes too much to read.
    """
    return sandbox.call(read, data, tuple(passwords), tuple(recognised), seconds=_seconds(data))


def scanned_pages(data: bytes, passwords: Sequence[str] = ()) -> tuple[int, ...]:
    """The pages, from 1, that show something and have no text. Raises DocumentError as ``parse`` does."""
    return sandbox.call(find_scanned, data, tuple(passwords), seconds=_seconds(data))


def boxes(data: bytes, layout: Layout, span: Span, passwords: Sequence[str] = ()) -> tuple[Box, ...]:
    """Where a span stands, one box a printed line; empty where another version of the parser or of pdfium made the text."""
    return sandbox.call(find_boxes, data, layout, span, tuple(passwords), seconds=_seconds(data))


def render(data: bytes, page: int, boxes: Sequence[Box] = (), width: int = 1000, passwords: Sequence[str] = ()) -> bytes:
    """A page, from 1, as a PNG image of that many pixels across, with boxes marked.

    Raises:
        DocumentError: the file cannot be read, or has no such page.
    """
    return sandbox.call(draw, data, page, tuple(boxes), width, tuple(passwords), seconds=_seconds(data))


def _seconds(data: bytes) -> float:
    return _SECONDS + len(data) / _BYTES_A_SECOND
