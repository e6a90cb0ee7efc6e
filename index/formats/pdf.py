"""PDF: text, blocks and pages by pdfium in a child process, and the boxes of a span from the file when they are shown.

The text is ours: paragraphs on one line each, over columns and pages; running headers and footers stand after the text, so
that they divide no sentence. A page can therefore come in several parts of the layout.
"""

import re
import zlib
from array import array
from base64 import b85decode, b85encode
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium
from quotewise.index.errors import DocumentError
from quotewise.index.formats import sandbox
from quotewise.index.formats.parsed import Block, Parsed
from quotewise.index.formats.pdf_blocks import Bookmark, Draft, Hyphens, drafts
from quotewise.index.formats.pdfium import (
    INVISIBLE,
    Frame,
    Page,
    address,
    ink_boxes,
    loose_boxes,
    opened,
    opened_page,
    read_page,
    wide_string,
)
from quotewise.index.layout import Box, Layout, Part
from quotewise.index.sentences import Span

VERSION = 1
_SECONDS, _BYTES_A_SECOND = 15.0, 500_000
"""What a small file may take, and what is added for a large one: books have 2,000 bytes a page and take 5 ms for it."""
_BOOKMARKS = 5000
_PICTURE = 0.5
"""The part of a page that the image of a scan covers."""
_TITLE_LIMIT = 120
_TRACE = "trace"
_NO_TITLE = re.compile(
    r"untitled|title|(?:table of )?contents|index|inhalt(?:sverzeichnis)?|powerpoint presentation|microsoft word - .*|.*://.*"
    r"|.*\.(?:docx?|pdf|tex|dvi|indd|qxd|rtf|xlsx?|pptx?|odt|html?|txt)|[\W\d_]*",
    re.IGNORECASE,
)
"""What programs write as a title, and what stands above a text without being its title."""


@dataclass(frozen=True, slots=True)
class PdfBlock(Block):
    """A block with its kind and, for headings, its level from 1.

    The kinds are paragraph, heading, list-item, table, caption, code, footnote, header, footer, note and field.
    """

    kind: str = "paragraph"
    level: int = 0


def parse(data: bytes, passwords: Sequence[str] = ()) -> Parsed:
    """Parse a PDF file in a child process; an encrypted one is opened with the first of the passwords that fits.

    Raises:
        DocumentError: it needs a password, is damaged, truncated or empty, has no text layer, or takes too much to read.
    """
    return sandbox.call(read, data, tuple(passwords), seconds=_seconds(data))


def boxes(data: bytes, layout: Layout, span: Span, passwords: Sequence[str] = ()) -> tuple[Box, ...]:
    """Where a span stands, one box a printed line; empty where another version of pdfium sees other words."""
    return sandbox.call(find_boxes, data, layout, span, tuple(passwords), seconds=_seconds(data))


def render(data: bytes, page: int, boxes: Sequence[Box] = (), width: int = 1000, passwords: Sequence[str] = ()) -> bytes:
    """A page, from 1, as a PNG image of that many pixels across, with boxes marked.

    Raises:
        DocumentError: the file cannot be read, or has no such page.
    """
    return sandbox.call(draw, data, page, tuple(boxes), width, tuple(passwords), seconds=_seconds(data))


def _seconds(data: bytes) -> float:
    return _SECONDS + len(data) / _BYTES_A_SECOND


def read(data: bytes, passwords: Sequence[str] = ()) -> Parsed:
    """``parse`` in this process."""
    with opened(data, passwords) as document, _form(document) as form:
        count = pdfium.FPDF_GetPageCount(document)
        found = [read_page(document, form, number) for number in range(1, count + 1)]
        pages = [page for page in found if page is not None]
        _choose_visible(pages)
        if not any(segment.text.strip() for page in pages for segment in page.segments if segment.kind != INVISIBLE):
            raise DocumentError(_textless(found))
        blocks, furniture = drafts(pages, _bookmarks(document))
        ignored = _unread(document, found, {line.page for block in blocks for line in block.lines})
        labels = {page.number: wide_string(pdfium.FPDF_GetPageLabel, document, page.number - 1) for page in pages}
        metadata = {key: value for key in ("Title", "Author", "Subject", "Keywords") if (value := _meta(document, key))}
    text = _Text(labels)
    text.add_all(blocks, Hyphens(line for block in blocks for line in block.lines))
    text.add_furniture(furniture)
    return Parsed(
        text.text,
        tuple(text.blocks),
        Layout.of("pdf", VERSION, text.text, (*text.parts, Part(len(text.text), _TRACE, 1, _encoded(pages, text.starts)))),
        _title(metadata.get("Title", ""), blocks),
        {key.lower(): value for key, value in metadata.items()},
        ignored=ignored,
    )


class _Text:
    """Puts the text of blocks together and notes where each segment of each page stands in it."""

    def __init__(self, labels: dict[int, str]) -> None:
        self._labels = labels
        self._pieces: list[str] = []
        self._length = 0
        self._trail: list[tuple[int, str]] = []
        self.blocks: list[Block] = []
        self.parts: list[Part] = []
        self.starts: dict[tuple[int, int], int] = {}

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._pieces)

    def add_all(self, blocks: Sequence[Draft], hyphens: Hyphens) -> None:
        """Add the blocks of the text under their trails of headings."""
        for block in blocks:
            if block.kind == "heading":
                self._trail = [entry for entry in self._trail if entry[0] < block.level]
                self._trail.append((block.level, ""))
            start, end = self._add(block, hyphens)
            if block.kind == "heading":
                self._trail[-1] = block.level, " ".join(self.text_of(start, end).split())
            heading = tuple(name for _, name in self._trail)
            lined = block.kind in ("heading", "table", "code")
            self.blocks.append(PdfBlock(start, end, heading, lined, block.kind == "heading", block.kind, block.level))
        self._introduce()

    def add_furniture(self, blocks: Sequence[Draft]) -> None:
        """Add headers and footers, which stand under no heading."""
        for block in blocks:
            start, end = self._add(block, None)
            self.blocks.append(PdfBlock(start, end, (), True, False, block.kind))

    def text_of(self, start: int, end: int) -> str:
        """The end of the text, as far back as a block."""
        pieces: list[str] = []
        at = self._length
        for piece in reversed(self._pieces):
            if at <= start:
                break
            at -= len(piece)
            pieces.append(piece)
        return "".join(reversed(pieces))[start - at : end - at]

    def _add(self, block: Draft, hyphens: Hyphens | None) -> tuple[int, int]:
        if self._length:
            self._push("\n" if block.kind == "list-item" and self._ends_item(block) else "\n\n")
        start = self._length
        before = None
        for number, line in enumerate(block.lines):
            dropped, gap = False, ""
            if before is not None:
                dropped, gap = hyphens.gap(before, line) if hyphens else (False, "\n")
                gap = "\n" if block.kind in ("table", "code") or number in block.breaks else gap
            if dropped and gap != "\n":
                self._pieces[-1] = self._pieces[-1][:-1]
                self._length -= 1
            self._push(gap)
            if not self.parts or self.parts[-1].number != line.page:
                self.parts.append(Part(self._length, "page", line.page, self._labels.get(line.page, "")))
            for place, segment in enumerate(line.segments):
                if place:
                    self._push("\t" if line.row else " ")
                self.starts[segment.page, segment.number] = self._length
                self._push(segment.text)
            before = line
        return start, self._length

    def _ends_item(self, block: Draft) -> bool:
        last = self.blocks[-1] if self.blocks else None
        return isinstance(last, PdfBlock) and last.kind == "list-item"

    def _push(self, piece: str) -> None:
        if piece:
            self._pieces.append(piece)
            self._length += len(piece)

    def _introduce(self) -> None:
        """A heading right above a deeper one belongs to what stands under that one."""
        for number in range(len(self.blocks) - 2, -1, -1):
            block, below = self.blocks[number : number + 2]
            if block.introduces and below.heading[: len(block.heading)] == block.heading:
                self.blocks[number] = replace(block, heading=below.heading)


@contextmanager
def _form(document: Any) -> Iterator[Any]:
    """pdfium's handle of the forms of a document, with which nothing is run: no script and no action."""
    callbacks = pdfium.FPDF_FORMFILLINFO(version=2)
    form = pdfium.FPDFDOC_InitFormFillEnvironment(document, callbacks)
    try:
        yield form
    finally:
        if form:
            pdfium.FPDFDOC_ExitFormFillEnvironment(form)


def _choose_visible(pages: Sequence[Page]) -> None:
    """Invisible text over the picture of a page is that of a scan, and read; other invisible text is not."""
    for page in pages:
        for segment in page.segments:
            if segment.kind == INVISIBLE and page.pictured > _PICTURE:
                segment.kind = ""
            elif segment.kind == INVISIBLE:
                page.unread.add(INVISIBLE)


def _unread(document: Any, found: Sequence[Page | None], read: set[int]) -> str | None:
    """What of the file is not read, and why; ``read`` are the pages that have more than headers and footers."""
    reasons = []
    if damaged := [number for number, page in enumerate(found, 1) if page is None]:
        reasons.append(f"{_pages(damaged, len(found))}, damaged")
    pages = [page for page in found if page]
    if textless := [page.number for page in pages if page.number not in read and page.pictured > _PICTURE / 2]:
        reasons.append(f"{_pages(textless, len(found))}, no text layer")
    unread = {what: [page.number for page in pages if what in page.unread] for page in pages for what in sorted(page.unread)}
    reasons += [f"{what} on {_pages(numbers, len(found))}" for what, numbers in unread.items()]
    if unnamed := sum(segment.text.count("\ufffd") for page in pages for segment in page.segments):
        reasons.append(f"{unnamed} characters of which its fonts do not say what they are, read as U+FFFD")
    if attached := pdfium.FPDFDoc_GetAttachmentCount(document):
        names = [
            wide_string(pdfium.FPDFAttachment_GetName, pdfium.FPDFDoc_GetAttachment(document, n))
            for n in range(min(attached, 5))
        ]
        reasons.append(f"{attached} attached file{'s' * (attached > 1)} ({', '.join(names)})")
    return "; ".join(reasons) or None


def _pages(numbers: Sequence[int], count: int) -> str:
    shown = ", ".join(map(str, numbers[:10])) + ", …" * (len(numbers) > 10)
    return f"{len(numbers)} of {count} pages ({shown})" if count > 1 else "the page"


def _textless(found: Sequence[Page | None]) -> str:
    count = len(found)
    pages = f"{count} page{'s' * (count != 1)}"
    if not count or not any(found):
        return "is damaged: none of its pages can be read"
    if all(page is None or page.blank for page in found):
        return f"is blank, {pages}"
    if any(page and page.unread for page in found):
        return f"has no text that can be seen, {pages}"
    return f"has no text layer, {pages}: it is a scan or a drawing; recognise its text (OCR) first"


def _bookmarks(document: Any) -> list[Bookmark]:
    marks: list[Bookmark] = []
    seen: set[int] = set()
    waiting = [(pdfium.FPDFBookmark_GetFirstChild(document, None), 1)]
    while waiting and len(marks) < _BOOKMARKS:
        mark, level = waiting.pop()
        if not (at := address(mark)) or at in seen:
            continue
        seen.add(at)
        title = wide_string(pdfium.FPDFBookmark_GetTitle, mark)
        target = pdfium.FPDFBookmark_GetDest(document, mark)
        if not target and (action := pdfium.FPDFBookmark_GetAction(mark)):
            target = pdfium.FPDFAction_GetDest(document, action)
        marks.append(Bookmark(title, level, pdfium.FPDFDest_GetDestPageIndex(document, target) + 1 if target else 0))
        waiting.append((pdfium.FPDFBookmark_GetNextSibling(document, mark), level))
        waiting.append((pdfium.FPDFBookmark_GetFirstChild(document, mark), level + 1))
    return marks


def _meta(document: Any, key: str) -> str:
    value = wide_string(pdfium.FPDF_GetMetaText, document, key.encode())
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())


def _title(given: str, blocks: Sequence[Draft]) -> str | None:
    """The title of the metadata unless a program made it up, or else the first of the largest headings of the first page."""
    if given and not _NO_TITLE.fullmatch(given):
        return given[:_TITLE_LIMIT]
    first = [block for block in blocks if block.kind == "heading" and block.lines[0].page == blocks[0].lines[0].page]
    first = [block for block in first if not _NO_TITLE.fullmatch(block.text)]
    if not first:
        return None
    largest = max(first, key=lambda block: block.lines[0].size)
    named = first[0] if first[0] is blocks[0] and 1.25 * first[0].lines[0].size > largest.lines[0].size else largest
    return " ".join(named.text.split())[:_TITLE_LIMIT]


def _encoded(pages: Sequence[Page], starts: dict[tuple[int, int], int]) -> str:
    """For each page its number, how many segments it has, and where each stands in the text (or -1), as differences."""
    numbers = array("q")
    before = 0
    for page in pages:
        numbers.extend((page.number, len(page.segments)))
        for segment in page.segments:
            start = starts.get((page.number, segment.number), -1)
            numbers.append(start - before)
            before = start
    return b85encode(zlib.compress(np.array(numbers, "<i8").tobytes(), 6)).decode()


def _decoded(layout: Layout, wanted: set[int]) -> dict[int, list[int]]:
    trace = next((part.label for part in reversed(layout.parts) if part.kind == _TRACE), "")
    numbers = np.frombuffer(zlib.decompress(b85decode(trace)), "<i8") if trace else np.zeros(0, "<i8")
    found: dict[int, list[int]] = {}
    at, before = 0, 0
    while at < len(numbers):
        page, count = int(numbers[at]), int(numbers[at + 1])
        starts = before + np.cumsum(numbers[at + 2 : at + 2 + count])
        if page in wanted:
            found[page] = starts.tolist()
        before = int(starts[-1]) if count else before
        at += 2 + count
    return found


def find_boxes(data: bytes, layout: Layout, span: Span, passwords: Sequence[str] = ()) -> tuple[Box, ...]:
    """``boxes`` in this process."""
    first = bisect_right(layout.parts, span.start, key=lambda part: part.start) - 1
    touched = [part for part in layout.parts[max(first, 0) :] if part.start < span.end and part.kind == "page"]
    found: list[Box] = []
    with opened(data, passwords) as document, _form(document) as form:
        for number, starts in _decoded(layout, {part.number for part in touched}).items():
            page = read_page(document, form, number)
            if page is None or len(page.segments) != len(starts):
                continue
            found += _page_boxes(document, page, starts, span)
    return tuple(found)


def _page_boxes(document: Any, page: Page, starts: list[int], span: Span) -> Iterator[Box]:
    lines: list[tuple[int, bool, list[float]]] = []
    before = -1
    with opened_page(document, page.number) as (handle, text):
        frame = Frame.of(handle)
        at = address(text)
        following = sorted(start for start in starts if start >= 0)
        for start, segment in sorted(zip(starts, page.segments, strict=True), key=lambda pair: pair[0]):
            end = min([start + len(segment.text), *following[bisect_right(following, start) :][:1]])
            if start < 0 or start >= span.end or end <= span.start:
                continue
            if segment.box is not None:
                lines.append((4, False, [*segment.box]))
                continue
            chosen = list(segment.characters[max(span.start - start, 0) : min(span.end, end) - start])
            loose, ink = frame.shown(loose_boxes(at, chosen)), frame.shown(ink_boxes(at, chosen))
            corners = np.concatenate([loose, ink[(ink[:, 2] > ink[:, 0]) | (ink[:, 3] > ink[:, 1])]])
            lines.append((segment.turn, start == before, [*corners[:, :2].min(0).tolist(), *corners[:, 2:].max(0).tolist()]))
            before = end + 1
    for left, top, right, bottom in _merged(lines):
        across, down = page.width, page.height
        values = left / across, top / down, right / across, bottom / down
        yield Box(page.number, *(min(max(value, 0.0), 1.0) for value in values))


def _merged(lines: list[tuple[int, bool, list[float]]]) -> list[list[float]]:
    """The boxes of one line as one; each comes with the quarters its line is turned by, and whether it goes on."""
    merged: list[tuple[int, list[float]]] = []
    for turn, goes_on, box in lines:
        if merged and turn == merged[-1][0] < 4:
            last = merged[-1][1]
            along, across = (1, 0) if turn % 2 else (0, 1)
            height = min(last[across + 2] - last[across], box[across + 2] - box[across])
            level = min(last[across + 2], box[across + 2]) - max(last[across], box[across]) > 0.5 * height
            gap = max(last[along], box[along]) - min(last[along + 2], box[along + 2])
            if level and (goes_on or gap < 1.5 * height):
                merged[-1] = turn, [*map(min, last[:2], box[:2]), *map(max, last[2:], box[2:])]
                continue
        merged.append((turn, box))
    return [box for _, box in merged]


def draw(data: bytes, page: int, boxes: Sequence[Box] = (), width: int = 1000, passwords: Sequence[str] = ()) -> bytes:
    """``render`` in this process."""
    with opened(data, passwords) as document, _form(document) as form:
        if not 1 <= page <= pdfium.FPDF_GetPageCount(document):
            raise DocumentError(f"has no page {page}; it has {pdfium.FPDF_GetPageCount(document)}")
        with opened_page(document, page) as (handle, _):
            if handle is None:
                raise DocumentError(f"cannot be drawn: page {page} is damaged")
            across, down = Frame.of(handle).size
            height = max(1, min(round(width * down / across), 4 * width))
            pixels = np.full((height, width, 4), 255, np.uint8)
            bitmap = pdfium.FPDFBitmap_CreateEx(width, height, pdfium.FPDFBitmap_BGRx, pixels.ctypes.data, 4 * width)
            pdfium.FPDF_RenderPageBitmap(bitmap, handle, 0, 0, width, height, 0, pdfium.FPDF_ANNOT)
            pdfium.FPDF_FFLDraw(form, bitmap, handle, 0, 0, width, height, 0, pdfium.FPDF_ANNOT)
            pdfium.FPDFBitmap_Destroy(bitmap)
    image = np.ascontiguousarray(pixels[:, :, 2::-1])
    for box in boxes:
        if box.page == page:
            rows = slice(int(box.top * height), int(np.ceil(box.bottom * height)))
            columns = slice(int(box.left * width), int(np.ceil(box.right * width)))
            image[rows, columns, 2] //= 3  # paper becomes yellow, ink stays as it is
    return _png(image)


def _png(image: Any) -> bytes:
    """The PNG image (RFC 2083) of pixels ``(height, width, 3)`` in uint8."""
    height, width, _ = image.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), image.reshape(height, -1)], 1)

    def chunk(kind: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows.tobytes(), 1)) + chunk(b"IEND", b"")
    )
