"""Small documents of Word 97, made from their parts ([MS-DOC])."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.index.formats.files import compound

HIDDEN, DELETED, BOLD = (struct.pack("<HB", code, 1) for code in (0x083C, 0x0800, 0x0835))
IN_TABLE, ENDS_ROW = (struct.pack("<HB", code, 1) for code in (0x2416, 0x2417))
_PARTS, _TEXT = 154, 2_048
STYLES, NOTE_REFERENCES, NOTES, HEADERS, LETTERS, PARAGRAPHS, PIECES = 1, 2, 3, 11, 12, 13, 33
COMMENT_REFERENCES, COMMENTS, AUTHORS, LISTS, OVERRIDES = 4, 5, 36, 73, 74


@dataclass(frozen=True)
class Paragraph:
    """Its runs, each with the changes of its letters; its style, a place in ``BUILT_IN``; and what ends it."""

    runs: Sequence[tuple[str, bytes]]
    style: int = 0
    changes: bytes = b""
    end: str = "\r"
    of_end: bytes = b""
    """The changes of the mark at its end."""


BUILT_IN = (("Normal", 0), ("heading 1", 1), ("heading 2", 2), ("Title", 62), ("toc 1", 19))
"""The styles of these documents by name, and by their number in Word."""


def paragraph(text: str, style: int = 0, changes: bytes = b"", end: str = "\r") -> Paragraph:
    return Paragraph([(text, b"")], style, changes, end)


def row(*cells: str, changes: bytes = b"") -> list[Paragraph]:
    """The cells of a row of a table, and its end."""
    last = Paragraph([], 0, IN_TABLE + ENDS_ROW + changes, "\x07")
    return [*(paragraph(cell, 0, IN_TABLE, "\x07") for cell in cells), last]


def plc(numbers: Sequence[int], entries: Sequence[bytes] = ()) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers) + b"".join(entries)


def doc(
    body: Sequence[Paragraph],
    others: Mapping[int, Sequence[Paragraph]] | None = None,
    parts: Mapping[int, bytes] | None = None,
    *,
    flags: int = 0x0200,
    pieces: bytes | None = None,
    one_byte: bool = False,
) -> bytes:
    """A document of a body, of other texts by their number (1 footnotes, 2 headers, 4 comments), and parts of the table."""
    stories = [body, *((others or {}).get(number, ()) for number in range(1, 8))]
    every = [one for story in stories for one in story]
    runs = [run for one in every for run in (*one.runs, (one.end, one.of_end))]
    text = "".join(written for written, _ in runs)
    width = 1 if one_byte else 2
    lengths = [sum(map(_units, _texts(story))) for story in stories]
    places = [_TEXT + width * sum(map(_units, _texts(every[:n]))) for n in range(len(every) + 1)]
    settings = [struct.pack("<H", one.style) + one.changes for one in every]
    starts = [_TEXT + width * sum(_units(written) for written, _ in runs[:n]) for n in range(len(runs) + 1)]
    place = 2 * _TEXT | 0x40000000 if one_byte else _TEXT
    placed = plc([0, _units(text)], [struct.pack("<HIH", 0, place, 0)]) if pieces is None else pieces
    table = {
        STYLES: _styles(),
        LETTERS: plc([starts[0], starts[-1]], [struct.pack("<I", 2)]),
        PARAGRAPHS: plc([starts[0], starts[-1]], [struct.pack("<I", 3)]),
        PIECES: b"\x02" + struct.pack("<I", len(placed)) + placed,
        **(parts or {}),
    }
    directory, stream = bytearray(8 * 93), b""
    for number, part in table.items():
        length = 2 + 28 * int.from_bytes(part[:2], "little") if number == LISTS else len(part)
        struct.pack_into("<II", directory, 8 * number, len(stream), length)
        stream += part
    head = struct.pack("<HH6xH20x", 0xA5EC, 193, flags) + struct.pack("<H28xH12x8i44xH", 14, 22, *lengths, 93)
    main = (head + directory).ljust(1_024, b"\0") + _page(starts, [one for _, one in runs], 1) + _page(places, settings, 13)
    coded = text.encode("cp1252") if one_byte else text.encode("utf-16-le")
    return compound({"WordDocument": main + coded, "1Table": stream})


def _texts(paragraphs: Sequence[Paragraph]) -> list[str]:
    return [written for one in paragraphs for written in (*(text for text, _ in one.runs), one.end)]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _page(places: Sequence[int], values: Sequence[bytes], size: int) -> bytes:
    """The page of 512 bytes that says how letters, or with a larger size paragraphs, are set."""
    page = bytearray(512)
    struct.pack_into(f"<{len(places)}I", page, 0, *places)
    at = 510
    for number, value in enumerate(values):
        if value:
            written = bytes((len(value),)) + value if size == 1 else b"\0" + bytes((-(-len(value) // 2),)) + value
            at = (at - len(written)) & ~1
            page[at : at + len(written)] = written
            page[4 * len(places) + size * number] = at // 2
    page[511] = len(values)
    return bytes(page)


def _styles() -> bytes:
    entries = b""
    for name, number in BUILT_IN:
        above = 0xFFF if number == 0 else 0
        entry = struct.pack("<5H", number, above << 4 | 1, 0, 0, 0) + struct.pack("<H", len(name))
        entry += name.encode("utf-16-le") + b"\0\0"
        entries += struct.pack("<H", len(entry)) + entry
    return struct.pack("<HHH14x", 18, len(BUILT_IN), 10) + entries


def numbered(*levels: tuple[int, str]) -> Mapping[int, bytes]:
    """The parts with one list, which paragraphs name as 1: the kind of number of each level, and the text around it."""
    written = b"".join(
        struct.pack("<iB22xB", 1, kind, 0) + struct.pack("<H", len(text)) + text.encode("utf-16-le")
        for kind, text in (*levels, *[(0, "")] * (9 - len(levels)))
    )
    return {
        LISTS: struct.pack("<Hi22xBx", 1, 7, 0) + written,
        OVERRIDES: struct.pack("<Ii12xI", 1, 7, 0xFFFFFFFF),
    }


def in_list(level: int = 0) -> bytes:
    return struct.pack("<HBHH", 0x260A, level, 0x460B, 1)
