"""What the characters of a PDF mean: without ligatures, presentation forms and loose accents, in logical order."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Any

import numpy as np

from quotewise.index.formats.pdf.document import ink_boxes, loose_boxes

HYPHENS = "\ufffe\x02\xad"
"""What pdfium makes of a hyphen at the end of a line."""
SPECIAL = re.compile(
    "[\x00-\x1f\x7f-\xa0\xa8\xad\xaf\xb4\xb8\u02c6-\u02dd\u0300-\u036f\u0590-\u08ff\u200b-\u200f\u2028-\u202e\u2060-\u206f\u21b5\ud800-\uffff]"
)
RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_SYMBOLS = {0xF0B7: "•", 0xF0A7: "▪", 0xF0D8: "➢", 0xF0FC: "✓", 0xF0A8: "□", 0xF06F: "□", 0xF02D: "-", 0xF0E0: "→"}
_ACCENTS = dict(
    zip(
        "\u00a8\u00af\u00b4\u00b8\u02c6\u02c7\u02d8\u02d9\u02da\u02db\u02dc\u02dd\u02cb\u02ca",
        "\u0308\u0304\u0301\u0327\u0302\u030c\u0306\u0307\u030a\u0328\u0303\u030b\u0300\u0301",
        strict=True,
    )
)
"""Accents that old fonts draw by themselves, and the characters that combine."""


_WIDTHS = np.full(0x2E80, 0.5)
"""Of letters in em, about as in most fonts."""
for _letters, _width in (
    ("ABCDEFGHIJKLMNOPQRSTUVWXYZ&w", 0.7),
    ("abdeghnopqu", 0.52),
    ("iljI.,:;'|!’‘", 0.26),
    ('ftr()[]-/*"', 0.31),
    ("s", 0.45),
    ("mMW@—…%", 0.82),
):
    _WIDTHS[[ord(_letter) for _letter in _letters]] = _width


def letter_widths(characters: str) -> Any:
    """The usual widths of the characters of a page in em, ``(n + 1,)``, summed up to each."""
    codes = np.frombuffer(characters.encode("utf-32-le", "surrogatepass"), np.uint32)
    return np.concatenate([[0.0], np.cumsum(np.where(codes < len(_WIDTHS), _WIDTHS[np.minimum(codes, len(_WIDTHS) - 1)], 1.0))])


def plain(text: int, raw: str, start: int) -> Iterator[tuple[str, int]]:
    """The characters of a word, which stand at ``start`` of a page's text, each with the index of the glyph that shows it."""
    end = start + len(raw)
    if not SPECIAL.search(raw):
        yield from zip(raw, range(start, end), strict=True)
        return
    found: list[tuple[str, int]] = []
    for index, character in enumerate(raw, start):
        code = ord(character)
        if character in HYPHENS:
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
        elif character in _ACCENTS and (composed := _accented(text, character, index, found)):
            found[-1:] = composed
        elif unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp"):
            continue
        else:
            found.append((" " if character == "\xa0" else _SYMBOLS.get(code, character), index))
    yield from ((character if not "\ud800" <= character <= "\udfff" else "\ufffd", index) for character, index in found)


def _accented(text: int, accent: str, index: int, found: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """The letter before a loose accent that is drawn over it, with the accent; empty where it is drawn elsewhere."""
    if not found or len(both := _composed(found[-1][0] + _ACCENTS[accent])) != 1:
        return []
    letter, drawn = ink_boxes(text, [found[-1][1], index])
    middle = (drawn[0] + drawn[2]) / 2
    return [(both, found[-1][1])] if letter[0] <= middle <= letter[2] else []


def unswapped(text: int, found: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """With the characters that one glyph of a script from right to left stands for, as lam and alef, in their order.

    pdfium turns the characters of such a script around one by one, often also those of one glyph, which share its box.
    """
    boxes = loose_boxes(text, [index for _, index in found])
    edges = [0, *(np.flatnonzero((boxes[1:] != boxes[:-1]).any(1)) + 1).tolist(), len(found)]
    ordered: list[tuple[str, int]] = []
    for a, b in pairwise(edges):
        shown = "".join(character for character, _ in found[a:b])
        swapped = b - a > 1 and shown not in _arabic_ligatures() and (b - a > 2 or shown[::-1] in _arabic_ligatures())
        ordered += found[a:b][::-1] if swapped and RTL.search(shown) else found[a:b]
    return ordered


def reversed_word(found: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """A word from its last character, but numbers in it from their first."""
    turned_back: list[tuple[str, int]] = []
    for number, group in groupby(reversed(found), key=lambda item: item[0].isdigit()):
        run = list(group)
        turned_back += run[::-1] if number else run
    return turned_back


@lru_cache(maxsize=1)
def _arabic_ligatures() -> frozenset[str]:
    """What the ligatures among the presentation forms stand for."""
    forms = (chr(code) for code in (*range(0xFBEA, 0xFDFC), *range(0xFEF5, 0xFEFD)))
    return frozenset(text for form in forms if len(text := unicodedata.normalize("NFKC", form)) > 1)


@lru_cache(maxsize=4096)
def _composed(characters: str) -> str:
    return unicodedata.normalize("NFC", characters)
