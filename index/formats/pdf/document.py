"""pdfium's documents, pages and bookmarks, and those of its functions that are called for characters."""

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium

from quotewise.index.errors import DocumentError, PasswordError

_BOOKMARKS = 5000


def address(handle: Any) -> int:
    """A handle of pdfium as a number."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


def function(name: str, result: Any, *arguments: Any) -> Any:
    """A function of pdfium that takes addresses as plain numbers, which makes a call several times cheaper."""
    return ctypes.PYFUNCTYPE(result, *arguments)(address(getattr(pdfium, name)))


_at = ctypes.c_size_t
_loose_box = function("FPDFText_GetLooseCharBox", ctypes.c_int, _at, ctypes.c_int, _at)
_tight_box = function("FPDFText_GetCharBox", ctypes.c_int, _at, ctypes.c_int, _at, _at, _at, _at)


@contextmanager
def opened(data: bytes, passwords: Sequence[str] = ()) -> Iterator[Any]:
    """pdfium's handle of a document.

    Raises:
        DocumentError: it needs a password, or is damaged, truncated or no PDF.
    """
    if not data.strip():
        raise DocumentError("is empty")
    document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
    for password in passwords if not document and pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD else ():
        document = document or pdfium.FPDF_LoadMemDocument64(data, len(data), password.encode())
    if not document:
        if pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD:
            raise PasswordError
        raise DocumentError(_refusal(data, pdfium.FPDF_GetLastError()))
    try:
        yield document
    finally:
        pdfium.FPDF_CloseDocument(document)


def _refusal(data: bytes, code: int) -> str:
    if code == pdfium.FPDF_ERR_SECURITY:
        return "is encrypted in a way that is not supported"
    if b"%PDF-" not in data[:1024]:
        return "is no PDF file, though its name says so: it does not begin with %PDF"
    if b"%%EOF" not in data[-2048:]:
        return "is truncated: the end of the PDF is missing; get the whole file"
    return "is damaged: its PDF objects cannot be read; save it again with the program that made it"


@contextmanager
def opened_page(document: Any, number: int) -> Iterator[tuple[Any, Any]]:
    """pdfium's handles of a page, from 1, and of its text; both are None where the page is damaged."""
    page = pdfium.FPDF_LoadPage(document, number - 1)
    text = pdfium.FPDFText_LoadPage(page) if page else None
    try:
        yield (page, text) if text else (None, None)
    finally:
        if text:
            pdfium.FPDFText_ClosePage(text)
        if page:
            pdfium.FPDF_ClosePage(page)


@contextmanager
def opened_form(document: Any) -> Iterator[Any]:
    """pdfium's handle of the forms of a document, with which nothing is run: no script and no action."""
    callbacks = pdfium.FPDF_FORMFILLINFO(version=2)
    form = pdfium.FPDFDOC_InitFormFillEnvironment(document, callbacks)
    try:
        yield form
    finally:
        if form:
            pdfium.FPDFDOC_ExitFormFillEnvironment(form)


@dataclass(frozen=True, slots=True)
class Frame:
    """How a page is displayed: its visible rectangle in the file's coordinates, and quarters by which it is turned."""

    left: float
    bottom: float
    right: float
    top: float
    turned: int

    @classmethod
    def of(cls, page: Any) -> "Frame":
        """The frame of a page."""
        box = pdfium.FS_RECTF()
        pdfium.FPDF_GetPageBoundingBox(page, box)
        return cls(box.left, box.bottom, box.right, box.top, pdfium.FPDFPage_GetRotation(page) % 4)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as displayed, in points."""
        width, height = max(self.right - self.left, 0.01), max(self.top - self.bottom, 0.01)
        return (height, width) if self.turned % 2 else (width, height)

    def shown(self, boxes: Any) -> Any:
        """Rectangles (left, top, right, bottom) of the file, ``(n, 4)``, as displayed, from the upper left corner."""
        left, right = boxes[:, 0] - self.left, boxes[:, 2] - self.left
        top, bottom = self.top - boxes[:, 1], self.top - boxes[:, 3]
        return turned(np.stack([left, top, right, bottom], 1), self.turned, self.right - self.left, self.top - self.bottom)


def turned(boxes: Any, quarters: int, width: float, height: float) -> Any:
    """Rectangles (left, top, right, bottom) on a page of that size after it is turned clockwise."""
    left, top, right, bottom = boxes.T
    if quarters == 1:
        return np.stack([height - bottom, left, height - top, right], 1)
    if quarters == 2:
        return np.stack([width - right, height - bottom, width - left, height - top], 1)
    if quarters == 3:
        return np.stack([top, width - right, bottom, width - left], 1)
    return boxes


def loose_boxes(text: int, characters: Sequence[int]) -> Any:
    """The rectangles of characters from ascent to descent, ``(n, 4)`` in float64: left, top, right, bottom in the file."""
    boxes = np.zeros((len(characters), 4), np.float32)
    start = boxes.ctypes.data
    list(map(_loose_box, repeat(text), characters, range(start, start + 16 * len(characters), 16)))
    return boxes.astype(np.float64)


def ink_boxes(text: int, characters: Sequence[int]) -> Any:
    """The rectangles of what is drawn of characters, as ``loose_boxes``."""
    boxes = np.zeros((len(characters), 4))  # left, right, bottom, top
    for row, character in enumerate(characters):
        at = boxes.ctypes.data + 32 * row
        _tight_box(text, character, at, at + 8, at + 16, at + 24)
    return boxes[:, [0, 3, 1, 2]]


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the outline: its title, depth from 1, and page or 0."""

    title: str
    level: int
    page: int


def bookmarks(document: Any) -> list[Bookmark]:
    """The entries of the outline, of which no more than 5,000 are read."""
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


def metadata(document: Any, key: str) -> str:
    """An entry of the document's information, as one line."""
    value = wide_string(pdfium.FPDF_GetMetaText, document, key.encode())
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())


def wide_string(function: Any, *arguments: Any) -> str:
    """What a function of pdfium writes in UTF-16 to the buffer that are its last two arguments."""
    size = function(*arguments, None, 0)
    if not 2 < size <= 1 << 20:
        return ""
    buffer = ctypes.create_string_buffer(size)
    pointer = ctypes.cast(buffer, function.argtypes[-2])
    function(*arguments, pointer, size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")
