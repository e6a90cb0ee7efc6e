"""The pages of a PDF as runs of words with their places, by pdfium, whose function calls are the whole cost and so are few."""

import ctypes
import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise, repeat
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium
from quotewise.index.errors import DocumentError

_HYPHENS = "\ufffe\x02\xad"
"""What pdfium makes of a hyphen at the end of a line."""
_WORD = re.compile("[^\\s\ufffe\x02]+[\ufffe\x02]?|[\ufffe\x02]")
_SPECIAL = re.compile(
    "[\x00-\x1f\x7f-\xa0\xa8\xad\xaf\xb4\xb8\u02c6-\u02dd\u0300-\u036f\u0590-\u08ff\u200b-\u200f\u2028-\u202e\u2060-\u206f\u21b5\ud800-\uffff]"
)
_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
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
_MONO = re.compile("courier|mono|cmtt|consol|menlo|typewriter", re.IGNORECASE)
_HEIGHT_TO_SIZE = 0.85
_SKEW = 0.35
_LITTLE_TEXT = 400
_PARTS = 40
_OBJECTS = 2000
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
    mono: bool = False
    turn: int = 0
    rtl: bool = False
    hyphen: bool = False
    kind: str = ""
    box: tuple[float, float, float, float] | None = None


@dataclass(slots=True)
class Page:
    """A page as displayed, in points.

    ``unread`` says what text of it is left out, ``blank`` that nothing is drawn on it, and ``pictured`` how much of it one
    image covers, from 0 to 1; that is only looked up for pages with little visible text.
    """

    number: int
    width: float
    height: float
    segments: list[Segment]
    unread: set[str]
    blank: bool
    pictured: float = 0.0


def address(handle: Any) -> int:
    """A handle of pdfium as a number."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


def _function(name: str, result: Any, *arguments: Any) -> Any:
    """A function of pdfium that takes addresses as plain numbers, which makes a call several times cheaper."""
    return ctypes.PYFUNCTYPE(result, *arguments)(address(getattr(pdfium, name)))


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
_font_flags = _function("FPDFFont_GetFlags", ctypes.c_int, _at)


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
        raise DocumentError(_refusal(data, pdfium.FPDF_GetLastError()))
    try:
        yield document
    finally:
        pdfium.FPDF_CloseDocument(document)


def _refusal(data: bytes, code: int) -> str:
    if code == pdfium.FPDF_ERR_PASSWORD:
        return "needs a password"
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
            _Reading(address(text), _characters(text, count), frame, read).run()
        if sum(len(s.text) for s in read.segments if not s.kind) < _LITTLE_TEXT or any(s.kind for s in read.segments):
            read.pictured = _pictured(page, frame)
        _annotations(page, form, frame, read)
        return read


def _pictured(page: Any, frame: Frame) -> float:
    largest = 0.0
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for number in range(min(pdfium.FPDFPage_CountObjects(page), _OBJECTS)):
        drawn = pdfium.FPDFPage_GetObject(page, number)
        if pdfium.FPDFPageObj_GetType(drawn) in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM):
            pdfium.FPDFPageObj_GetBounds(drawn, left, bottom, right, top)
            across = min(right.value, frame.right) - max(left.value, frame.left)
            up = min(top.value, frame.top) - max(bottom.value, frame.bottom)
            largest = max(largest, max(across, 0) * max(up, 0))
    return largest / max((frame.right - frame.left) * (frame.top - frame.bottom), 0.01)


def _characters(text: Any, count: int) -> str:
    """The characters of a page at pdfium's own indexes, which those of its text are not always."""
    buffer = (ctypes.c_ushort * (count + 1))()
    taken = pdfium.FPDFText_GetText(text, 0, count, buffer)
    shown = bytes(buffer).decode("utf-16-le", "surrogatepass")[:count]
    handle = address(text)
    if taken != count + 1 or len(shown) != count or "\0" in shown:
        return "".join(chr(code) if code < 0x110000 else "\ufffd" for code in map(_unicode, repeat(handle), range(count)))
    if "\ufffe" in shown:  # also what pdfium writes for a glyph of which no font says the character
        return re.sub("\ufffe", lambda found: found[0] if _unicode(handle, found.start()) == 2 else "\ufffd", shown)
    return shown


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
        self._styles: dict[int, tuple[bool, bool]] = {}
        self._matrix = (ctypes.c_float * 6)()
        self._matrix_at = ctypes.addressof(self._matrix)

    def run(self) -> None:
        words = [match.span() for match in _WORD.finditer(self._characters)]
        if not words:
            return
        words, first, last = self._parted(words, *self._ends(words))
        rtl = np.zeros(len(words), bool)
        if _RTL.search(self._characters):
            rtl = np.array([bool(_RTL.search(self._characters, a, b)) for a, b in words])
        turns = self._turns(first, last, words, rtl)
        boxes = np.concatenate([np.minimum(first[:, :2], last[:, :2]), np.maximum(first[:, 2:], last[:, 2:])], 1)
        outside = self._outside(boxes)
        width, height = self._frame.size
        for turn in range(1, 4):
            if (chosen := turns == turn).any():
                for some in (boxes, first, last):
                    some[chosen] = turned(some[chosen], 4 - turn, width, height)
        visual = rtl & (last[:, 0] + last[:, 2] > first[:, 0] + first[:, 2] + 0.5)
        starts = self._starts(boxes, turns, rtl, outside)
        corners = [np.minimum.reduceat(boxes[:, side], starts).tolist() for side in (0, 1)]
        corners += [np.maximum.reduceat(boxes[:, side], starts).tolist() for side in (2, 3)]
        hidden, gone = turns[starts].tolist(), outside[starts].tolist()
        right_to_left = (2 * np.add.reduceat(rtl.astype(int), starts)).tolist()
        backwards = (2 * np.add.reduceat(visual.astype(int), starts)).tolist()
        for number, (begin, end) in enumerate(pairwise([*starts, len(words)])):
            if gone[number]:
                self._page.unread.add(OUTSIDE)
                continue
            rtl_words = right_to_left[number]
            text, indexes, hyphen = self._joined(words[begin:end], rtl_words > 0, 2 * backwards[number] > rtl_words > 0)
            if text:
                box = corners[0][number], corners[1][number], corners[2][number], corners[3][number]
                between = words[begin + 1 : end - 1] or [words[end - 1]]
                inner = max(between, key=lambda word: word[1] - word[0])[0]
                ends = words[begin][0], inner, words[end - 1][0]
                self._add(ends, text, indexes, box, hidden[number], rtl_words >= end - begin, hyphen)

    def _ends(self, words: list[tuple[int, int]]) -> tuple[Any, Any]:
        """The rectangles of the first and of the last characters of words, as displayed."""
        shown = self._frame.shown(loose_boxes(self._text, [*(a for a, _ in words), *(b - 1 for _, b in words)]))
        return shown[: len(words)], shown[len(words) :]

    def _parted(self, words: list[tuple[int, int]], first: Any, last: Any) -> tuple[list[tuple[int, int]], Any, Any]:
        """With words apart that pdfium takes for one, as it does with the numbers of neighbouring cells."""
        sides = np.maximum(first[:, 2:], last[:, 2:]) - np.minimum(first[:, :2], last[:, :2])
        high, long = np.maximum(sides.min(1), 0.1), sides.max(1)
        lengths = np.array([b - a for a, b in words])
        parted: dict[int, list[tuple[int, int]]] = {}
        for number in np.flatnonzero((long > (0.62 * lengths + 0.9) * high) & (lengths > 1)).tolist():
            a, b = words[number]
            boxes = self._frame.shown(loose_boxes(self._text, range(a, b)))
            gaps = np.maximum(boxes[1:, :2] - boxes[:-1, 2:], boxes[:-1, :2] - boxes[1:, 2:]).max(1)
            cuts = (np.flatnonzero(gaps > 0.9 * high[number]) + a + 1).tolist()
            if cuts and len(cuts) < _PARTS:
                parted[number] = list(pairwise([a, *cuts, b]))
        if not parted:
            return words, first, last
        words = [part for number, word in enumerate(words) for part in parted.get(number, [word])]
        return words, *self._ends(words)

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
        middle = (boxes[:, 1] + boxes[:, 3]) / 2
        return (boxes[:, 2] <= 0) | (boxes[:, 0] >= width) | (middle < 0) | (middle > height)

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

    def _add(
        self,
        ends: tuple[int, int, int],
        text: str,
        indexes: Sequence[int],
        box: tuple[float, float, float, float],
        turn: int,
        rtl: bool,
        hyphen: bool,
    ) -> None:
        first, inner, last = ends
        drawn, drawn_last = _text_object(self._text, first), _text_object(self._text, last)
        size = self._size(first)
        bold, mono = self._style(drawn)
        if drawn_last != drawn:
            if self._size(inner) != size:
                size = sorted(map(self._size, ends))[1]
            if bold or mono:
                bold, mono = (a and b for a, b in zip((bold, mono), self._style(drawn_last), strict=True))
        kind = INVISIBLE if drawn and _render_mode(drawn) in (3, 7) else ""
        number = len(self._page.segments)
        self._page.segments.append(
            Segment(self._page.number, number, text, indexes, *box, size, bold, mono, turn, rtl, hyphen, kind)
        )

    def _joined(self, words: list[tuple[int, int]], rtl: bool, visual: bool) -> tuple[str, Sequence[int], bool]:
        """The text of words, pdfium's index of each of its characters, and whether it ends with a dividing hyphen.

        ``visual`` words of a script from right to left are stored in the order in which they stand from the left.
        """
        begin, end = words[0][0], words[-1][1]
        raw = self._characters[begin:end]
        if not rtl and not _SPECIAL.search(raw) and raw.count(" ") == len(words) - 1:
            return raw, range(begin, end), False
        shown: list[str] = []
        indexes: list[int] = []
        hyphen = False
        words = words[::-1] if visual else words
        for number, (a, b) in enumerate(words):
            if shown and a != words[number - 1][1]:
                shown.append(" ")
                indexes.append(a)
            hyphen = self._characters[b - 1] in _HYPHENS and b - a > 1
            plain = list(self._plain(a, b))
            if rtl and not visual and len(plain) > 1:
                plain = self._unswapped(plain)
            for character, index in _reversed(plain) if visual else plain:
                shown.append(character)
                indexes.append(index)
        return "".join(shown), indexes, hyphen

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
            elif character == "↵" and start < index < end - 1:
                found += [("f", index), ("f", index)]  # what some fonts of TeX say of their ligature
            elif unicodedata.combining(character) and found and len(both := _composed(found[-1][0] + character)) == 1:
                found[-1] = both, found[-1][1]
            elif 0xFB00 <= code <= 0xFDFF or 0xFE70 <= code <= 0xFEFC:
                found += [(part, index) for part in unicodedata.normalize("NFKC", character)]
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

    def _unswapped(self, found: list[tuple[str, int]]) -> list[tuple[str, int]]:
        """With the characters that one glyph of a script from right to left stands for, as lam and alef, in their order.

        pdfium turns the characters of such a script around one by one, often also those of one glyph, which share its box.
        """
        boxes = loose_boxes(self._text, [index for _, index in found])
        edges = [0, *(np.flatnonzero((boxes[1:] != boxes[:-1]).any(1)) + 1).tolist(), len(found)]
        ordered: list[tuple[str, int]] = []
        for a, b in pairwise(edges):
            shown = "".join(character for character, _ in found[a:b])
            swapped = b - a > 1 and shown not in _arabic_ligatures() and (b - a > 2 or shown[::-1] in _arabic_ligatures())
            ordered += found[a:b][::-1] if swapped and _RTL.search(shown) else found[a:b]
        return ordered

    def _size(self, at: int) -> float:
        _matrix(self._text, at, self._matrix_at)
        scale = (self._matrix[2] ** 2 + self._matrix[3] ** 2) ** 0.5
        return max(round(2 * float(_font_size(self._text, at)) * (scale or 1.0)) / 2, 0.5)

    def _style(self, drawn: int) -> tuple[bool, bool]:
        """Whether the font of a text object is bold, and whether all its letters have one width."""
        font = _font(drawn) if drawn else 0
        if font not in self._styles:
            name = _font_name(font) if font else ""
            mono = bool(_MONO.search(name)) or (
                bool(font) and bool(_font_flags(font) & 1) and not _RTL.search(self._characters)
            )
            self._styles[font] = bool(_BOLD.search(name)), mono
        return self._styles[font]


@lru_cache(maxsize=1)
def _arabic_ligatures() -> frozenset[str]:
    """What the ligatures among the presentation forms stand for."""
    forms = (chr(code) for code in (*range(0xFBEA, 0xFDFC), *range(0xFEF5, 0xFEFD)))
    return frozenset(text for form in forms if len(text := unicodedata.normalize("NFKC", form)) > 1)


def _reversed(found: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """A word from its last character, but numbers in it from their first."""
    turned_back: list[tuple[str, int]] = []
    for number, group in groupby(reversed(found), key=lambda item: item[0].isdigit()):
        run = list(group)
        turned_back += run[::-1] if number else run
    return turned_back


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
    """The name and value of a form field, also of one that the form of the file does not list."""
    kind = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
    named = wide_string(pdfium.FPDFAnnot_GetFormFieldAlternateName, form, annotation)
    name = named or wide_string(pdfium.FPDFAnnot_GetFormFieldName, form, annotation) or _annotation_string(annotation, b"T")
    if kind in (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON):
        value = "yes" if pdfium.FPDFAnnot_IsChecked(form, annotation) else ""
    elif kind in (pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX, pdfium.FPDF_FORMFIELD_TEXTFIELD):
        value = wide_string(pdfium.FPDFAnnot_GetFormFieldValue, form, annotation)
    else:
        value = _annotation_string(annotation, b"V") if kind <= 0 else ""
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
