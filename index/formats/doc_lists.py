"""The numbered lists of a file of Word 97 to 2003 as those of newer ones ([MS-DOC] 2.9.131, 2.9.147 and 2.9.150)."""

import struct

from quotewise.index.formats.doc_file import WordFile
from quotewise.index.formats.numbering import Level, Numbering

_LISTS, _OVERRIDES = 73, 74
_KINDS = {1: "upperRoman", 2: "lowerRoman", 3: "upperLetter", 4: "lowerLetter", 22: "decimalZero", 23: "bullet", 255: "none"}
"""Of numbers; others are shown in digits."""
_MOST_LISTS = 5_000
_LEVELS_REACH = 1 << 20
"""Bytes behind the part of the lists in which their levels stand, whose length is not written."""
_LIST, _LEVEL, _OVERRIDE = 28, 28, 16


def read_numbering(file: WordFile) -> Numbering:
    """The lists of a file, as far as they are not damaged."""
    numbering = Numbering()
    length = len(file.part(_LISTS))
    part = file.part(_LISTS, _LEVELS_REACH)
    try:
        _read_lists(part, length, numbering)
        _read_overrides(file.part(_OVERRIDES), numbering)
    except struct.error:
        return numbering
    return numbering


def _read_lists(part: bytes, length: int, numbering: Numbering) -> None:
    if not part:
        return
    (count,) = struct.unpack_from("<H", part)
    count = min(count, _MOST_LISTS)
    at = max(2 + _LIST * count, length)
    for number in range(count):
        identity, flags = struct.unpack_from("<i22xB", part, 2 + _LIST * number)
        levels = {}
        for depth in range(1 if flags & 1 else 9):
            levels[depth], at = _level(part, at)
        numbering.levels[str(identity)] = levels


def _level(part: bytes, at: int) -> tuple[Level, int]:
    """A level of a list, and where it ends."""
    start, kind, flags = struct.unpack_from("<iBB", part, at)
    letters, paragraph, restart = struct.unpack_from("<BBB", part, at + 24)
    at += _LEVEL + letters + paragraph
    (length,) = struct.unpack_from("<H", part, at)
    written = part[at + 2 : at + 2 + 2 * length].decode("utf-16-le", "replace")
    shown = _KINDS.get(kind, "decimal")
    pattern = "" if shown == "bullet" else "".join(f"%{ord(c) + 1}" if ord(c) < 9 else c for c in written)
    return Level(start, shown, pattern, restart if flags & 8 else None, bool(flags & 4)), at + 2 + 2 * length


def _read_overrides(part: bytes, numbering: Numbering) -> None:
    """The lists by the numbers that paragraphs name them by, and where some of these begin again."""
    if not part:
        return
    (count,) = struct.unpack_from("<I", part)
    count = min(count, _MOST_LISTS)
    overridden = []
    for number in range(1, count + 1):
        identity, levels = struct.unpack_from("<i8xB", part, 4 + _OVERRIDE * (number - 1))
        numbering.lists[str(number)] = str(identity)
        overridden.append(levels)
    at = 4 + _OVERRIDE * count
    for number, levels in enumerate(overridden, 1):
        at += 4
        for _ in range(levels):
            start, flags = struct.unpack_from("<iI", part, at)
            at += 8
            if flags & 0x20:
                level, at = _level(part, at)
                start = level.start
            if flags & 0x10:
                numbering.starts[str(number), flags & 0xF] = start
