"""The pages of a PDF as runs of words with their places, by pdfium, whose function calls are the whole cost and so are few."""

import ctypes
import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, repeat
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium
from quotewise.index.errors import DocumentError

_HYPHENS = "\ufffe\x02\xad"
"""What pdfium makes of a hyphen at the end of a line."""
_WORD = re.compile("[^\\s\ufffe\x02]+[\ufffe\x02]?|[\ufffe\x02]")
_SPECIAL = re.compile(
    "[\x00-\x1f\x7f-\xa0\xa8\xad\xaf\xb4\xb8\u02c6-\u02dd\u0300-\u036f\u0622-\u0627\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\uffff]"
)
_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_ALEFS, _LAM = "\u0622\u0623\u0625\u0627", "\u0644"
_SYMBOLS = {0xF0B7: "•", 0xF0A7: "▪", 0xF0D8: "➢", 0xF0FC: "✓", 0xF0A8: "□", 0xF06F: "□", 0xF02D: "-", 0xF0E0: "→"}
_ACCENTS = dict(
    zip(
        "\u00a8\u00af\u00b4\u00b8\u02c6\u02c7\u02d8\u02d9\u02da\u02db\u02dc\u02dd\u02cb\u02ca",
        "\u0308\u0304\u0301\u0327\u0302\u030c\u0306\u0307\u030a\u0328\u0303\u030b\u0300\u0301",
        strict=True,
    )
)
"""Accents that old fonts draw by themselves, and the characters that combine."""
_BOLD = re.compile("bold|black|heavy|demi|cmbx|medi(?!um)", re.IGNORECASE)
_HEIGHT_TO_SIZE = 0.85
_SKEW = 0.35
_NOTES = {1, *range(3, 16)}
"""The kinds of annotations whose contents somebody wrote, by pdfium's number; links and pop-ups have none of their own."""
_WIDGET = 20
INVISIBLE, OUTSIDE = "invisible text", "text outside the visible page"


@dataclass(slots=True)
class Segment:
    """A run of words on one line of a page, in the order in which the file draws them.

    ``left`` to ``bottom`` are points from the upper left corner of the page as displayed, turned so that the text is upright.
    ``turn`` counts quarters clockwise by which it stands turned (4: askew). ``characters`` are pdfium's indexes of the
    characters of ``text``. ``kind`` is empty for the text of the page, ``note`` or ``field`` for annotations, which have a
    ``box`` instead. ``hyphen`` says that the text ends with a hyphen at which pdfium believes a word to be divided.
    """

    page: int
    number: int
    text: str
    characters: Sequence[int]
    left: float
    top: float
    right: float
    bottom: float
    size: float = 0.0
    bold: bool = False
    turn: int = 0
    rtl: bool = False
    hyphen: bool = False
    kind: str = ""
    box: tuple[float, float, float, float] | None = None


@dataclass(slots=True)
class Page:
    """A page as displayed, in points; ``unread`` says what text of it is left out, ``blank`` that nothing is drawn on it."""

    number: int
    width: float
    height: float
    segments: list[Segment]
    unread: set[str]
    blank: bool


def _function(name: str, result: Any, *arguments: Any) -> Any:
    """A function of pdfium that takes addresses as plain numbers, which makes a call several times cheaper."""
    return ctypes.PYFUNCTYPE(result, *arguments)(ctypes.cast(getattr(pdfium, name), ctypes.c_void_p).value)


_at = ctypes.c_size_t
_loose_box = _function("FPDFText_GetLooseCharBox", ctypes.c_int, _at, ctypes.c_int, _at)
_tight_box = _function("FPDFText_GetCharBox", ctypes.c_int, _at, ctypes.c_int, _at, _at, _at, _at)
_unicode = _function("FPDFText_GetUnicode", ctypes.c_uint, _at, ctypes.c_int)
_angle = _function("FPDFText_GetCharAngle", ctypes.c_float, _at, ctypes.c_int)
_font_size = _function("FPDFText_GetFontSize", ctypes.c_double, _at, ctypes.c_int)
_matrix = _function("FPDFText_GetMatrix", ctypes.c_int, _at, ctypes.c_int, _at)
_text_object = _function("FPDFText_GetTextObject", _at, _at, ctypes.c_int)
_render_mode = _function("FPDFTextObj_GetTextRenderMode", ctypes.c_int, _at)
_font = _function("FPDFTextObj_GetFont", _at, _at)
_generated = _function("FPDFText_IsGenerated", ctypes.c_int, _at, ctypes.c_int)


@contextmanager
def opened(data: bytes) -> Iterator[Any]:
    """pdfium's handle of a document.

    Raises:
        DocumentError: it needs a password, or is damaged, truncated or no PDF.
    """
    if not data.strip():
        raise DocumentError("is empty")
    document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
    if not document:
        raise DocumentError(_refusal(data, pdfium.FPDF_GetLastError()))
    try:
        yield document
    finally:
        pdfium.FPDF_CloseDocument(document)


def _refusal(data: bytes, code: int) -> str:
    if code == pdfium.FPDF_ERR_PASSWORD:
        return "needs a password to be opened"
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


def read_page(document: Any, form: Any, number: int) -> Page | None:
    """A page, from 1, or None where it is damaged."""
    with opened_page(document, number) as (page, text):
        if page is None:
            return None
        frame = Frame.of(page)
        width, height = frame.size
        read = Page(number, width, height, [], set(), pdfium.FPDFPage_CountObjects(page) <= 0)
        count = pdfium.FPDFText_CountChars(text)
        if count > 0:
            _Reading(ctypes.cast(text, ctypes.c_void_p).value, _characters(text, count), frame, read).run()
        _annotations(page, form, frame, read)
        return read


def _characters(text: Any, count: int) -> str:
    """The characters of a page at pdfium's own indexes, which those of its text are not always."""
    buffer = (ctypes.c_ushort * (count + 1))()
    taken = pdfium.FPDFText_GetText(text, 0, count, buffer)
    shown = bytes(buffer).decode("utf-16-le", "surrogatepass")[:count]
    if taken == count + 1 and len(shown) == count and "\0" not in shown:
        return shown
    handle = ctypes.cast(text, ctypes.c_void_p).value
    return "".join(chr(code) if code < 0x110000 else "\ufffd" for code in map(_unicode, repeat(handle), range(count)))


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


class _Reading:
    """Words of a page into segments: numpy over words, then a few calls a segment."""

    def __init__(self, handle: int, characters: str, frame: Frame, page: Page) -> None:
        self._text, self._characters, self._frame, self._page = handle, characters, frame, page
        self._bold: dict[int, bool] = {}

    def run(self) -> None:
        words = [match.span() for match in _WORD.finditer(self._characters)]
        if not words:
            return
        firsts, lasts = [a for a, _ in words], [b - 1 for _, b in words]
        shown = self._frame.shown(loose_boxes(self._text, [*firsts, *lasts]))
        first, last = shown[: len(words)], shown[len(words) :]
        rtl = np.zeros(len(words), bool)
        if _RTL.search(self._characters):
            rtl = np.array([bool(_RTL.search(self._characters, a, b)) for a, b in words])
        turns = self._turns(first, last, words, rtl)
        boxes = np.concatenate([np.minimum(first[:, :2], last[:, :2]), np.maximum(first[:, 2:], last[:, 2:])], 1)
        outside = self._outside(boxes)
        width, height = self._frame.size
        for turn in range(1, 4):
            if (chosen := turns == turn).any():
                boxes[chosen] = turned(boxes[chosen], 4 - turn, width, height)
        starts = self._starts(boxes, turns, rtl, outside)
        for begin, end in zip(starts, [*starts[1:], len(words)], strict=True):
            self._add(words[begin:end], boxes[begin:end], int(turns[begin]), rtl[begin:end], bool(outside[begin]))

    def _turns(self, first: Any, last: Any, words: list[tuple[int, int]], rtl: Any) -> Any:
        """By where the last character of a word stands from the first, or by the angle of an only one."""
        across = (last[:, 0] + last[:, 2] - first[:, 0] - first[:, 2]) / 2
        down = (last[:, 1] + last[:, 3] - first[:, 1] - first[:, 3]) / 2
        turns = np.where(abs(across) >= abs(down), np.where((across < 0) & ~rtl, 2, 0), np.where(down > 0, 1, 3))
        smaller, larger = np.minimum(abs(across), abs(down)), np.maximum(abs(across), abs(down))
        extent = np.maximum(first[:, 2] - first[:, 0], first[:, 3] - first[:, 1])
        turns = np.where((smaller > _SKEW * larger) & (smaller > extent), 4, turns)
        for word in np.flatnonzero(larger < 0.3 * extent):
            quarters = round(-_angle(self._text, words[word][0]) / (np.pi / 2))
            turns[word] = (quarters + self._frame.turned) % 4
        return turns

    def _outside(self, boxes: Any) -> Any:
        width, height = self._frame.size
        middle, centre = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
        return (middle < 0) | (middle > width) | (centre < 0) | (centre > height)

    def _starts(self, boxes: Any, turns: Any, rtl: Any, outside: Any) -> list[int]:
        """The words that do not stand beside the word before on its line."""
        left, top, right, bottom = boxes.T
        high = np.maximum(bottom - top, 0.1)
        em = _HEIGHT_TO_SIZE * np.minimum(high[1:], high[:-1])
        overlap = np.minimum(bottom[1:], bottom[:-1]) - np.maximum(top[1:], top[:-1])
        beside = overlap >= 0.5 * np.minimum(high[1:], high[:-1])
        gap = left[1:] - right[:-1]
        near = (gap > -0.6 * em) & (gap < 1.1 * em)
        if rtl.any():
            back = left[:-1] - right[1:]
            near |= (rtl[1:] | rtl[:-1]) & (back > -0.6 * em) & (back < 1.1 * em)
        same = (turns[1:] == turns[:-1]) & (outside[1:] == outside[:-1])
        return [0, *(np.flatnonzero(~(same & ((beside & near) | (turns[1:] == 4)))) + 1).tolist()]

    def _add(self, words: list[tuple[int, int]], boxes: Any, turn: int, rtl: Any, outside: bool) -> None:
        at = words[0][0]
        drawn = _text_object(self._text, at)
        hidden = bool(drawn) and _render_mode(drawn) in (3, 7)
        if outside:
            self._page.unread.add(OUTSIDE)
            return
        text, indexes, hyphen = self._joined(words, boxes)
        if not text:
            return
        left, top, right, bottom = boxes[:, 0].min(), boxes[:, 1].min(), boxes[:, 2].max(), boxes[:, 3].max()
        segment = Segment(
            self._page.number,
            len(self._page.segments),
            text,
            indexes,
            float(left),
            float(top),
            float(right),
            float(bottom),
            max(self._size(at), self._size(words[-1][0])) if len(words) > 1 else self._size(at),
            self._is_bold(drawn) and self._is_bold(_text_object(self._text, words[-1][0])),
            turn,
            bool(rtl.any()) and 2 * int(rtl.sum()) >= len(words),
            hyphen,
            INVISIBLE if hidden else "",
        )
        self._page.segments.append(segment)

    def _joined(self, words: list[tuple[int, int]], boxes: Any) -> tuple[str, Sequence[int], bool]:
        """The text of words, pdfium's index of each of its characters, and whether it ends with a dividing hyphen."""
        begin, end = words[0][0], words[-1][1]
        raw = self._characters[begin:end]
        split = self._split(words, boxes)
        if not split and not _SPECIAL.search(raw) and all(b + 1 == a for (_, b), (a, _) in pairwise(words)):
            return raw, range(begin, end), False
        shown: list[str] = []
        indexes: list[int] = []
        hyphen = False
        for number, (a, b) in enumerate(words):
            if shown and number not in split and a > words[number - 1][1]:
                shown.append(" ")
                indexes.append(words[number - 1][1])
            hyphen = self._characters[b - 1] in _HYPHENS and b - a > 1
            for character, index in self._plain(a, b):
                shown.append(character)
                indexes.append(index)
        return "".join(shown), indexes, hyphen

    def _split(self, words: list[tuple[int, int]], boxes: Any) -> set[int]:
        """The words before which pdfium sees a space where there is none, as it does in letters drawn twice."""
        if len(words) < 2:
            return set()
        gaps = boxes[1:, 0] - boxes[:-1, 2]
        near = np.flatnonzero(abs(gaps) < 0.05 * (boxes[1:, 3] - boxes[1:, 1])) + 1
        return {int(n) for n in near if words[n][0] == words[n - 1][1] + 1 and _generated(self._text, words[n][0] - 1)}

    def _plain(self, start: int, end: int) -> Iterator[tuple[str, int]]:
        """Without ligatures, presentation forms, controls and loose accents, in logical order."""
        raw = self._characters[start:end]
        if not _SPECIAL.search(raw):
            yield from zip(raw, range(start, end), strict=True)
            return
        found: list[tuple[str, int]] = []
        for index, character in enumerate(raw, start):
            code = ord(character)
            if character in _HYPHENS:
                found += [("-", index)] if index == end - 1 else []
            elif 0xDC00 <= code < 0xE000 and found and "\ud800" <= found[-1][0] < "\udc00":
                high, at = found.pop()
                found.append((chr(0x10000 + ((ord(high) - 0xD800) << 10) + code - 0xDC00), at))
            elif unicodedata.combining(character) and found and len(both := _composed(found[-1][0] + character)) == 1:
                found[-1] = both, found[-1][1]
            elif 0xFB00 <= code <= 0xFDFF or 0xFE70 <= code <= 0xFEFC:
                found += [(part, index) for part in unicodedata.normalize("NFKC", character)]
            elif character == _LAM and found and found[-1][0] in _ALEFS and self._share_box(found[-1][1], index):
                found.insert(-1, (character, index))
            elif character in _ACCENTS and (composed := self._accented(raw, start, index, found)):
                found[-1:] = composed
            elif unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp"):
                continue
            else:
                found.append((" " if character == "\xa0" else _SYMBOLS.get(code, character), index))
        yield from ((character if not "\ud800" <= character <= "\udfff" else "\ufffd", index) for character, index in found)

    def _accented(self, raw: str, start: int, index: int, found: list[tuple[str, int]]) -> list[tuple[str, int]]:
        """The letter before a loose accent that is drawn over it, with the accent; empty where it is drawn elsewhere."""
        if not found or len(both := _composed(found[-1][0] + _ACCENTS[raw[index - start]])) != 1:
            return []
        letter, accent = ink_boxes(self._text, [found[-1][1], index])
        middle = (accent[0] + accent[2]) / 2
        return [(both, found[-1][1])] if letter[0] <= middle <= letter[2] else []

    def _share_box(self, one: int, other: int) -> bool:
        if one == other:
            return False
        boxes = ink_boxes(self._text, [one, other])
        return bool(np.allclose(boxes[0], boxes[1], atol=0.01))

    def _size(self, at: int) -> float:
        matrix = (ctypes.c_float * 6)()
        _matrix(self._text, at, ctypes.addressof(matrix))
        scale = (matrix[2] ** 2 + matrix[3] ** 2) ** 0.5
        return round(2 * _font_size(self._text, at) * (scale or 1.0)) / 2

    def _is_bold(self, drawn: int) -> bool:
        font = _font(drawn) if drawn else 0
        if font not in self._bold:
            self._bold[font] = bool(font) and bool(_BOLD.search(_font_name(font)))
        return self._bold[font]


def _font_name(font: int) -> str:
    buffer = ctypes.create_string_buffer(256)
    handle = ctypes.cast(font, pdfium.FPDF_FONT)
    pdfium.FPDFFont_GetBaseFontName(handle, buffer, 256)
    return buffer.value.decode("utf-8", "replace")


@lru_cache(maxsize=4096)
def _composed(characters: str) -> str:
    return unicodedata.normalize("NFC", characters)


def _annotations(page: Any, form: Any, frame: Frame, read: Page) -> None:
    """The contents of notes and the values of form fields, which are drawn but are no text of the page."""
    for number in range(min(pdfium.FPDFPage_GetAnnotCount(page), 5000)):
        annotation = pdfium.FPDFPage_GetAnnot(page, number)
        if not annotation:
            continue
        try:
            subtype = pdfium.FPDFAnnot_GetSubtype(annotation)
            hidden = pdfium.FPDFAnnot_GetFlags(annotation) & 2
            if hidden or (subtype not in _NOTES and subtype != _WIDGET):
                continue
            text = _field(form, annotation) if subtype == _WIDGET else _annotation_string(annotation, b"Contents")
            box = pdfium.FS_RECTF()
            if text and pdfium.FPDFAnnot_GetRect(annotation, box):
                left, top, right, bottom = frame.shown(np.array([[box.left, box.top, box.right, box.bottom]]))[0].tolist()
                kind = "field" if subtype == _WIDGET else "note"
                segment = Segment(read.number, len(read.segments), text, (), left, top, right, bottom, kind=kind)
                segment.box = (left, top, right, bottom)
                read.segments.append(segment)
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)


def _field(form: Any, annotation: Any) -> str:
    kind = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
    name = wide_string(pdfium.FPDFAnnot_GetFormFieldAlternateName, form, annotation) or wide_string(
        pdfium.FPDFAnnot_GetFormFieldName, form, annotation
    )
    if kind in (2, 3):  # check box, radio button
        value = "yes" if pdfium.FPDFAnnot_IsChecked(form, annotation) else ""
    elif kind in (4, 5, 6):  # choice, text
        value = wide_string(pdfium.FPDFAnnot_GetFormFieldValue, form, annotation)
    else:
        return ""
    return _line(f"{name}: {value}" if name else value) if value else ""


def _annotation_string(annotation: Any, key: bytes) -> str:
    return _line(wide_string(pdfium.FPDFAnnot_GetStringValue, annotation, key))


def _line(text: str) -> str:
    return " ".join("".join(c for c in text if c.isspace() or c.isprintable()).split())


def wide_string(function: Any, *arguments: Any) -> str:
    """What a function of pdfium writes in UTF-16 to the buffer that are its last two arguments."""
    size = function(*arguments, None, 0)
    if not 2 < size <= 1 << 20:
        return ""
    buffer = ctypes.create_string_buffer(size)
    pointer = ctypes.cast(buffer, function.argtypes[-2])
    function(*arguments, pointer, size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")
