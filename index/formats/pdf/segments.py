"""The characters of a page into segments: runs of words on one line, with their places. What a call costs decides how."""

import ctypes
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from quotewise.index.formats.pdf.cells import NARROWEST, part_cells
from quotewise.index.formats.pdf.characters import HYPHENS, RTL, SPECIAL, letter_widths, plain, reversed_word, unswapped
from quotewise.index.formats.pdf.document import Frame, function, loose_boxes, turned
from quotewise.index.formats.pdf.glyphs import font_name, font_of, text_object
from quotewise.index.formats.raised import raised

_WORD = re.compile("[^\\s\ufffe\x02]+[\ufffe\x02]?|[\ufffe\x02]")
_BOLD = re.compile("bold|black|heavy|demi|cmbx|medi(?!um)", re.IGNORECASE)
_MONO = re.compile("courier|mono|cmtt|consol|menlo|typewriter", re.IGNORECASE)
_BEHIND_WORD = re.compile(r"([^\W\d_])[.,;:!?)\]\"”’']?(\d{1,3})(?=[.,;:!?)\]\"”’']{0,2}(?:\s|\Z))")
"""Digits behind a word, which are a mark of a note or an exponent where they are raised."""
_SMALLER, _HIGHER = 0.85, 0.15
"""The largest of such digits, and how far above the foot of the word they stand at least, in its heights."""
_HEIGHT_TO_SIZE = 0.85
_SKEW = 0.35
_PARTS = 40
_SPACED, _CLOSE, _LONGER = 0.18, 0.06, 0.14
"""The narrowest gap between words, the widest between letters, and how much longer a word with such gaps is, in heights."""
INVISIBLE, OUTSIDE = "invisible text", "text outside the visible page"
_at = ctypes.c_size_t
_angle = function("FPDFText_GetCharAngle", ctypes.c_float, _at, ctypes.c_int)
_font_size = function("FPDFText_GetFontSize", ctypes.c_double, _at, ctypes.c_int)
_matrix = function("FPDFText_GetMatrix", ctypes.c_int, _at, ctypes.c_int, _at)
_render_mode = function("FPDFTextObj_GetTextRenderMode", ctypes.c_int, _at)
_font_flags = function("FPDFFont_GetFlags", ctypes.c_int, _at)


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
    image covers, from 0 to 1; that is only looked up for pages with little visible text. ``respelt`` says that version 2 of
    the parser read other characters, so that a text of it stands elsewhere.
    """

    number: int
    width: float
    height: float
    segments: list[Segment]
    unread: set[str]
    blank: bool
    pictured: float = 0.0
    respelt: bool = False


class Reading:
    """Words of a page into segments: numpy over words, then a few calls a segment."""

    def __init__(self, handle: int, characters: str, frame: Frame, page: Page) -> None:
        self._text, self._characters, self._frame, self._page = handle, characters, frame, page
        self._spaces: set[int] = set()
        """Characters before which there is a space, though none is in the file."""
        self._styles: dict[int, tuple[bool, bool]] = {}
        self._matrix = (ctypes.c_float * 6)()
        self._matrix_at = ctypes.addressof(self._matrix)

    def run(self) -> None:
        self._characters = self._with_raised(self._characters)
        words = [match.span() for match in _WORD.finditer(self._characters)]
        if not words:
            return
        words, first, last = self._parted(words, *self._ends(words))
        rtl = np.zeros(len(words), bool)
        if RTL.search(self._characters):
            rtl = np.array([bool(RTL.search(self._characters, a, b)) for a, b in words])
        turns = self._turns(first, last, words, rtl)
        boxes = np.concatenate([np.minimum(first[:, :2], last[:, :2]), np.maximum(first[:, 2:], last[:, 2:])], 1)
        outside = self._outside(boxes)
        width, height = self._frame.size
        for turn in range(1, 4):
            if (chosen := turns == turn).any():
                for some in (boxes, first, last):
                    some[chosen] = turned(some[chosen], 4 - turn, width, height)
        visual = rtl & (last[:, 0] + last[:, 2] > first[:, 0] + first[:, 2] + 0.5)
        starts = self._starts(words, boxes, turns, rtl, outside)
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

    def _with_raised(self, characters: str) -> str:
        """The characters, of which raised digits behind a word are those that Unicode has for that."""
        found = list(_BEHIND_WORD.finditer(characters))
        if not found:
            return characters
        places = [*(match.start(1) for match in found), *(match.start(2) for match in found)]
        boxes = self._frame.shown(loose_boxes(self._text, places))
        (word_tops, word_feet), (tops, feet) = boxes[: len(found), [1, 3]].T, boxes[len(found) :, [1, 3]].T
        high = word_feet - word_tops
        are_raised = (feet - tops < _SMALLER * high) & (word_feet - feet > _HIGHER * high)
        for match in (match for match, is_raised in zip(found, are_raised, strict=True) if is_raised):
            characters = characters[: match.start(2)] + raised(match[2]) + characters[match.end() :]
        return characters

    def _ends(self, words: list[tuple[int, int]]) -> tuple[Any, Any]:
        """The rectangles of the first and of the last characters of words, as displayed."""
        shown = self._frame.shown(loose_boxes(self._text, [*[a for a, _ in words], *[b - 1 for _, b in words]]))
        return shown[: len(words)], shown[len(words) :]

    def _parted(self, words: list[tuple[int, int]], first: Any, last: Any) -> tuple[list[tuple[int, int]], Any, Any]:
        """With words apart that pdfium takes for one: numbers of neighbouring cells, and letters that are spaced as words.

        Long words are looked at, and all where letters are spaced.
        """
        is_spaced = bool(self._spaces)
        sides = np.maximum(first[:, 2:], last[:, 2:]) - np.minimum(first[:, :2], last[:, :2])
        high, long = np.maximum(sides.min(1), 0.1), sides.max(1)
        begins, ends = np.array(words).T
        asked = np.flatnonzero(ends - begins > 2 if is_spaced else self._may_be_several(begins, ends, high, long))
        if not len(asked):
            return words, first, last
        counts = ends[asked] - begins[asked]
        starts = np.cumsum(counts) - counts
        characters = np.arange(counts.sum()) - np.repeat(starts - begins[asked], counts)
        boxes = self._frame.shown(loose_boxes(self._text, characters.tolist()))
        gaps = np.maximum(boxes[1:, :2] - boxes[:-1, 2:], boxes[:-1, :2] - boxes[1:, 2:]).max(1)
        gaps = np.append(gaps, 0) / np.repeat(high[asked], counts)
        gaps[starts + counts - 1] = 0  # to the next word
        parted: dict[int, list[tuple[int, int]]] = {}
        shown = {}  # the rows of their boxes
        for row in np.flatnonzero(np.maximum.reduceat(gaps, starts) > _SPACED).tolist():
            number, start, count = int(asked[row]), int(starts[row]), int(counts[row])
            begin, end = words[number]
            letters, inside = boxes[start : start + count], gaps[start : start + count - 1]
            cuts = (np.flatnonzero(inside > 0.9) + begin + 1).tolist()
            if not cuts and (letters[:, 2:].max(0) - letters[:, :2].min(0)).max() < 1.01 * long[number]:  # they are in order
                cuts = self._spaced(begin, inside)
            if 0 < len(cuts) < _PARTS:
                parted[number] = list(pairwise([begin, *cuts, end]))
                shown[number] = len(words) + start - begin
        if not parted:
            return words, first, last
        ends_of_parts = [
            (a + shown[number], b - 1 + shown[number]) if number in parted else (number, number)
            for number, word in enumerate(words)
            for a, b in parted.get(number, [word])
        ]
        words = [part for number, word in enumerate(words) for part in parted.get(number, [word])]
        rows = np.array(ends_of_parts).T
        first, last = np.concatenate([first, boxes])[rows[0]], np.concatenate([last, boxes])[rows[1]]
        return (words, first, last) if is_spaced or not self._spaces else self._parted(words, first, last)

    def _may_be_several(self, begins: Any, ends: Any, high: Any, long: Any) -> Any:
        """Which words are longer than their letters, as those of the page are on the whole, but not all of one width."""
        lengths = ends - begins
        usual = letter_widths(self._characters)
        usual = (usual[ends] - usual[begins]) * high
        pitch = long / lengths
        fixed = abs(pitch[1:] - pitch[:-1]) < 0.005 * pitch[1:]
        fixed = np.append(fixed, False) | np.append(False, fixed)
        spaced = (long - np.median(long / usual) * usual > _LONGER * high) & ~fixed & (lengths > 2)
        return spaced | ((long > (0.62 * lengths + 0.9) * high) & (lengths > 1))

    def _spaced(self, begin: int, gaps: Any) -> list[int]:
        """Where words begin in one whose letters are close but for a few gaps, as wide as a space, between Latin letters."""
        wide = gaps > _SPACED
        if wide.all() or gaps[~wide].max() > _CLOSE:
            return []
        cuts = [
            cut for cut in (np.flatnonzero(wide) + begin + 1).tolist() if max(self._characters[cut - 1 : cut + 1]) < "\u2e80"
        ]
        self._spaces.update(cuts)
        self._page.respelt |= bool(cuts)
        return cuts

    def _turns(self, first: Any, last: Any, words: list[tuple[int, int]], rtl: Any) -> Any:
        """By where the last character of a word stands from the first, or by the angle of an only one."""
        across = (last[:, 0] + last[:, 2] - first[:, 0] - first[:, 2]) / 2
        down = (last[:, 1] + last[:, 3] - first[:, 1] - first[:, 3]) / 2
        turns = np.where(abs(across) >= abs(down), np.where((across < 0) & ~rtl, 2, 0), np.where(down > 0, 1, 3))
        smaller, larger = np.minimum(abs(across), abs(down)), np.maximum(abs(across), abs(down))
        extent = np.maximum(first[:, 2] - first[:, 0], first[:, 3] - first[:, 1])
        turns = np.where((smaller > _SKEW * larger) & (smaller > extent), 4, turns)
        for word in np.flatnonzero(larger < 0.3 * extent):
            quarters = round(_angle(self._text, words[word][0]) / (np.pi / 2))  # pdfium counts clockwise
            turns[word] = (quarters + self._frame.turned) % 4
        return turns

    def _outside(self, boxes: Any) -> Any:
        width, height = self._frame.size
        middle = (boxes[:, 1] + boxes[:, 3]) / 2
        return (boxes[:, 2] <= 0) | (boxes[:, 0] >= width) | (middle < 0) | (middle > height)

    def _starts(self, words: Sequence[tuple[int, int]], boxes: Any, turns: Any, rtl: Any, outside: Any) -> list[int]:
        """The words that do not stand beside the word before on its line, or are in another cell of a table."""
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
        apart = ~(same & ((beside & near) | (turns[1:] == 4)))
        on_line = same & beside & (gap > 0) & (turns[1:] != 4) & ~rtl[1:] & ~rtl[:-1]
        if (on_line & (gap > NARROWEST * em)).any():
            cells = part_cells([self._characters[a:b] for a, b in words], boxes, on_line, apart & on_line)
            apart = np.where(on_line, cells, apart)
        return [0, *(np.flatnonzero(apart) + 1).tolist()]

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
        drawn = text_object(self._text, first)
        drawn_last = drawn if last == first else text_object(self._text, last)
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
        is_plain = not self._spaces or self._spaces.isdisjoint(range(begin + 1, end))
        if is_plain and not rtl and not SPECIAL.search(raw) and raw.count(" ") == len(words) - 1:
            return raw, range(begin, end), False
        shown: list[str] = []
        indexes: list[int] = []
        hyphen = False
        words = words[::-1] if visual else words
        for number, (a, b) in enumerate(words):
            if shown and (a != words[number - 1][1] or a in self._spaces):
                shown.append(" ")
                indexes.append(a)
            word = self._characters[a:b]
            hyphen = word[-1] in HYPHENS and b - a > 1
            if not rtl and not SPECIAL.search(word):
                shown.append(word)
                indexes += range(a, b)
                continue
            spelt = list(plain(self._text, word, a))
            if rtl and not visual and len(spelt) > 1:
                spelt = unswapped(self._text, spelt)
            for character, index in reversed_word(spelt) if visual else spelt:
                shown.append(character)
                indexes.append(index)
        return "".join(shown), indexes, hyphen

    def _size(self, at: int) -> float:
        _matrix(self._text, at, self._matrix_at)
        scale = (self._matrix[2] ** 2 + self._matrix[3] ** 2) ** 0.5
        return max(round(2 * float(_font_size(self._text, at)) * (scale or 1.0)) / 2, 0.5)

    def _style(self, drawn: int) -> tuple[bool, bool]:
        """Whether the font of a text object is bold, and whether all its letters have one width."""
        font = font_of(drawn) if drawn else 0
        if font not in self._styles:
            name = font_name(font) if font else ""
            mono = bool(_MONO.search(name)) or (bool(font) and bool(_font_flags(font) & 1) and not RTL.search(self._characters))
            self._styles[font] = bool(_BOLD.search(name)), mono
        return self._styles[font]
