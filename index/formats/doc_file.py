"""The parts of a file of Word 97 to 2003 ([MS-DOC]): its streams, its text in pieces, and where properties stand."""

import codecs
import struct
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import pairwise

from olefile import OleFileIO

from quotewise.index.errors import DocumentError, PasswordError
from quotewise.index.formats.page_encoding import code_page, decoded_as

_SIGNATURE, _OLD_SIGNATURES, _FIRST_READ = 0xA5EC, (0xA5DB, 0xA5DC), 193
"""How documents begin, those of Word 6 and 95 do, and the version that Word 97 writes."""
_ENCRYPTED, _TABLE_1 = 0x0100, 0x0200
_COUNTS, _PARTS = 76, 154
"""Where the header has the lengths of the texts, and the places of the parts of the table stream."""
_PIECES, _LETTERS, _PARAGRAPHS = 33, 12, 13
_PAGE = 512
_ONE_BYTE = "".join(bytes((code,)).decode("cp1252", "ignore") or "\0" for code in range(256))
"""Of pieces with a byte a character ([MS-DOC] 2.9.73); the codes without one are dropped later."""
_OLD_CHANGES = {0x18: 0x2416, 0x19: 0x2417, 0x41: 0x0800, 0x55: 0x0835, 0x5C: 0x083C}
"""Of the changes that a piece names by a number of seven bits ([MS-DOC] 2.9.215), those that are read."""
_TITLE, _SUBJECT, _AUTHOR, _CODE_PAGE = 2, 3, 4, 1


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the text ``[start, end)``: where its bytes are, how many a character has, and what is changed in all of it."""

    start: int
    end: int
    place: int
    width: int
    changes: bytes = b""


@dataclass(frozen=True, slots=True)
class Runs:
    """Properties by ranges of bytes of the main stream, in ascending order."""

    starts: Sequence[int] = ()
    ends: Sequence[int] = ()
    values: Sequence[bytes] = ()

    def at(self, place: int) -> tuple[bytes, int]:
        """The properties of the byte at a place, empty where none are set, and where they end."""
        number = bisect_right(self.starts, place) - 1
        if number >= 0 and place < self.ends[number]:
            return self.values[number], self.ends[number]
        return b"", self.starts[number + 1] if number + 1 < len(self.starts) else 1 << 62


@dataclass(frozen=True, slots=True)
class WordFile:
    """A file of Word: one text, of which the body, the notes and the rest are parts, and what is said of it."""

    text: str
    """A character for each unit of UTF-16, as positions are counted."""
    lengths: tuple[int, ...]
    """Of the body, footnotes, headers, macros, comments, endnotes, text boxes, and text boxes of headers, which follow each
    other."""
    pieces: tuple[Piece, ...]
    letters: Runs
    paragraphs: Runs
    header: bytes
    table: bytes
    data: bytes
    properties: dict[str, str] = field(default_factory=dict)

    def part(self, number: int, further: int = 0) -> bytes:
        """A part of the table stream by its number in the header, and as many bytes behind it."""
        return _part(self.header, self.table, number, further)

    def positions(self, number: int, size: int = 0) -> tuple[list[int], list[bytes]]:
        """The positions of a part that has some, and what it holds for each range between them, in so many bytes."""
        return plc(self.part(number), size)

    def piece_at(self, position: int) -> Piece | None:
        """The piece that a character is in."""
        number = bisect_right(self.pieces, position, key=lambda piece: piece.start) - 1
        return self.pieces[number] if number >= 0 and position < self.pieces[number].end else None


def read_file(data: bytes) -> WordFile:
    """The parts of a file. Raises DocumentError, PasswordError, and what olefile and struct raise for damage."""
    with OleFileIO(BytesIO(data)) as file:
        main = _stream(file, "WordDocument")
        if len(main) < _PARTS:
            reason = "is truncated: its header is missing" if main else "is damaged or no Word document: it has no text"
            raise DocumentError(reason)
        signature, version = struct.unpack_from("<HH", main)
        (flags,) = struct.unpack_from("<H", main, 10)
        if signature not in (_SIGNATURE, *_OLD_SIGNATURES):
            raise DocumentError("is damaged or no Word document: it does not begin as one")
        if flags & _ENCRYPTED:
            raise PasswordError
        if signature in _OLD_SIGNATURES or version < _FIRST_READ:
            raise DocumentError("is a file of Word 95 or older, which is not read; save it in the newer format")
        table, more = _stream(file, "1Table" if flags & _TABLE_1 else "0Table"), _stream(file, "Data")
        properties = _properties(file)
    pieces = tuple(_pieces(_part(main, table, _PIECES), len(main)))
    lengths = tuple(max(length, 0) for length in struct.unpack_from("<8i", main, _COUNTS))
    return WordFile(
        "".join(_decoded(main, piece) for piece in pieces),
        lengths,
        pieces,
        _runs(main, _part(main, table, _LETTERS), False),
        _runs(main, _part(main, table, _PARAGRAPHS), True),
        main[:2_048],
        table,
        more,
        properties,
    )


def plc(part: bytes, size: int) -> tuple[list[int], list[bytes]]:
    """The numbers of a PLC ([MS-DOC] 2.2.2), one more than it has entries of so many bytes, and these."""
    count = max(len(part) - 4, 0) // (4 + size)
    if not part:
        return [], []
    numbers = list(struct.unpack_from(f"<{count + 1}I", part))
    first = 4 * (count + 1)
    return numbers, [part[first + size * n : first + size * (n + 1)] for n in range(count)]


def _stream(file: OleFileIO, name: str) -> bytes:
    if not file.exists(name):
        return b""
    stream: bytes = file.openstream(name).read()
    return stream


def _part(header: bytes, table: bytes, number: int, further: int = 0) -> bytes:
    if len(header) < _PARTS + 8 * (number + 1):
        return b""
    place, length = struct.unpack_from("<II", header, _PARTS + 8 * number)
    return table[place : place + length + further] if length else b""


def _pieces(part: bytes, most: int) -> Iterator[Piece]:
    """The pieces of the text, in its order."""
    changes: list[bytes] = []
    at = 0
    while part[at : at + 1] == b"\x01":
        (length,) = struct.unpack_from("<H", part, at + 1)
        changes.append(part[at + 3 : at + 3 + length])
        at += 3 + length
    if part[at : at + 1] != b"\x02":
        raise DocumentError("is damaged: its table of pieces of text is missing")
    (length,) = struct.unpack_from("<I", part, at + 1)
    positions, entries = plc(part[at + 5 : at + 5 + length], 8)
    before = size = 0
    for (start, end), entry in zip(pairwise(positions), entries, strict=True):
        place, change = struct.unpack_from("<IH", entry, 2)
        width, place = (1, (place & 0x3FFFFFFF) // 2) if place & 0x40000000 else (2, place & 0x3FFFFFFF)
        size += (end - start) * width
        if start != before or end < start or place + (end - start) * width > most or size > most:
            raise DocumentError("is damaged: its pieces of text are not in their order or outside the file")
        before = end
        if end > start:
            yield Piece(start, end, place, width, _changes(change, changes))


def _changes(change: int, all_changes: Sequence[bytes]) -> bytes:
    if change & 1:
        return all_changes[change >> 1] if change >> 1 < len(all_changes) else b""
    code = _OLD_CHANGES.get(change >> 1 & 0x7F)
    return struct.pack("<HB", code, change >> 8) if code else b""


def _decoded(main: bytes, piece: Piece) -> str:
    units = main[piece.place : piece.place + (piece.end - piece.start) * piece.width]
    if piece.width == 1:
        return codecs.charmap_decode(units, "strict", _ONE_BYTE)[0]
    text = units.decode("utf-16-le", "surrogatepass")
    return text if len(text) == len(units) // 2 else "".join(map(chr, struct.unpack(f"<{len(units) // 2}H", units)))


def _runs(main: bytes, part: bytes, is_paragraphs: bool) -> Runs:
    """The properties of letters or paragraphs, which stand in pages of 512 bytes ([MS-DOC] 2.9.33 and 2.9.175)."""
    _, entries = plc(part, 4)
    pages = dict.fromkeys(int.from_bytes(entry, "little") & 0x3FFFFF for entry in entries)
    found: list[tuple[int, int, bytes]] = []
    for number in pages:
        page = main[number * _PAGE : (number + 1) * _PAGE]
        if len(page) < _PAGE:
            continue
        count = page[-1]
        size = 13 if is_paragraphs else 1
        if 4 * (count + 1) + size * count >= _PAGE:
            continue
        places = struct.unpack_from(f"<{count + 1}I", page)
        for n in range(count):
            offset = 2 * page[4 * (count + 1) + size * n]
            found.append((places[n], places[n + 1], _value(page, offset, is_paragraphs) if offset else b""))
    found.sort(key=lambda run: run[:2])
    kept: list[tuple[int, int, bytes]] = []
    for run in found:
        if run[0] < run[1] and (not kept or run[0] >= kept[-1][1]):
            kept.append(run)
    return Runs(*zip(*kept, strict=True)) if kept else Runs()


def _value(page: bytes, offset: int, is_paragraphs: bool) -> bytes:
    length = page[offset]
    if not is_paragraphs:
        return page[offset + 1 : offset + 1 + length]
    if length:
        return page[offset + 1 : offset + 2 * length]
    return page[offset + 2 : offset + 2 + 2 * page[offset + 1]]


def _properties(file: OleFileIO) -> dict[str, str]:
    """What the summary says of the document; nothing where it is damaged."""
    name = "\x05SummaryInformation"
    try:
        values = file.getproperties(name, no_conversion=[]) if file.exists(name) else {}
    except (OSError, ValueError, LookupError, TypeError, OverflowError, struct.error):
        return {}
    number = values.get(_CODE_PAGE)
    label = code_page(number % 65_536) if isinstance(number, int) else "cp1252"
    entries = {"title": values.get(_TITLE), "author": values.get(_AUTHOR), "subject": values.get(_SUBJECT)}
    return {key: _said(value, label) for key, value in entries.items() if value}


def _said(value: object, label: str) -> str:
    if isinstance(value, bytes):
        text = decoded_as(value, label)
        return (value.decode("cp1252", "replace") if text is None else text).strip("\0 ")
    return value.strip("\0 ") if isinstance(value, str) else ""
