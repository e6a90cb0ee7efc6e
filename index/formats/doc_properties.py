"""The properties of letters, paragraphs and rows in a file of Word 97 to 2003, with its styles ([MS-DOC] 2.6 and 2.4.6)."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from quotewise.index.formats.doc_file import WordFile
from quotewise.index.formats.rtf_flow import Place, Places
from quotewise.index.formats.word_styles import heading_level

_STYLES, _FONTS = 1, 15
_NO_STYLE = 0xFFF
_DEEPEST_STYLE = 50
_SIZES = (1, 1, 2, 4, 2, 2, 0, 3)
"""Bytes of an operand by the highest three bits of what it belongs to; 0 where its first byte says it."""
_TABLE_DEFINITION, _TABS = 0xD608, 0xC615
_IN_DATA = (0x6645, 0x6646)
_OF_KINDS = {**dict.fromkeys(range(19, 28), "navigation"), 35: "navigation", 34: "caption"}
"""Built-in styles: those of tables of contents and of figures, and of captions."""
_TITLE = 62
_MOST_COLUMNS = 64


@dataclass(frozen=True, slots=True)
class Letters:
    """How letters are set: their size in points, and the code and font of the symbol that stands for each, if one does."""

    size: float = 10.0
    bold: bool = False
    underlined: bool = False
    hidden: bool = False
    deleted: bool = False
    raised: bool = False
    font: int = 0
    symbol: int | None = None

    @property
    def is_shown(self) -> bool:
        return not (self.hidden or self.deleted)


@dataclass(frozen=True, slots=True)
class Setting:
    """How a paragraph is set: its heading level, the list and depth of its number, and which cell or row it ends."""

    level: int = 0
    number: int = 0
    depth: int = 0
    centred: bool = False
    in_table: bool = False
    ends_row: bool = False
    table_depth: int = 1
    ends_inner_cell: bool = False
    ends_inner_row: bool = False


@dataclass(frozen=True, slots=True)
class Style:
    """A style with what it inherits; ``kind`` is that of the blocks of its paragraphs, where it is a special one."""

    name: str = ""
    kind: str = ""
    setting: Setting = Setting()
    letters: Letters = Letters()
    changes: bytes = b""
    """Of a style of letters, with what it inherits."""


class Formatting:
    """What a file says of each of its characters and paragraphs."""

    def __init__(self, file: WordFile) -> None:
        self._file = file
        self._styles = _Styles(file.part(_STYLES))
        self.fonts = tuple(_fonts(file.part(_FONTS)))
        self._letters: dict[tuple[int, bytes, bytes], Letters] = {}
        self._settings: dict[tuple[bytes, bytes], tuple[int, Setting]] = {}

    @property
    def is_known(self) -> bool:
        """Whether the file says anything of its paragraphs."""
        return bool(self._file.paragraphs.values)

    def paragraph(self, end: int) -> tuple[int, Setting]:
        """The number of the style of the paragraph whose mark is at a position, and how it is set."""
        written, changes = self._written(end)
        known = self._settings.get((written, changes))
        if known is None:
            number = int.from_bytes(written[:2], "little")
            setting = set_as(self.style(number).setting, self._expanded(written[2:]) + changes)
            known = self._settings[written, changes] = number, setting
        return known

    def row(self, end: int) -> Places:
        """The cells of the row whose end is at a position."""
        written, changes = self._written(end)
        return places_of(self._expanded(written[2:]) + changes)

    def style(self, number: int) -> Style:
        return self._styles.style(number)

    def runs(self, start: int, end: int, style: int) -> Iterator[tuple[int, int, Letters]]:
        """The runs of characters of a paragraph that are set alike."""
        while start < end:
            piece = self._file.piece_at(start)
            if piece is None:
                return
            place = piece.place + (start - piece.start) * piece.width
            written, last = self._file.letters.at(place)
            until = min(end, piece.end, start + max((last - place) // piece.width, 1))
            key = style, written, piece.changes
            letters = self._letters.get(key)
            if letters is None:
                letters = self._letters[key] = self._set_letters(self.style(style).letters, written + piece.changes)
            yield start, until, letters
            start = until

    def _written(self, position: int) -> tuple[bytes, bytes]:
        piece = self._file.piece_at(position)
        if piece is None:
            return b"", b""
        return self._file.paragraphs.at(piece.place + (position - piece.start) * piece.width)[0], piece.changes

    def _expanded(self, changes: bytes) -> bytes:
        """Changes with those that are too many for their page and stand in the data stream."""
        more = b""
        for code, operand in sprms(changes):
            if code in _IN_DATA and len(operand) == 4:
                place = int.from_bytes(operand, "little")
                length = int.from_bytes(self._file.data[place : place + 2], "little")
                more += self._file.data[place + 2 : place + 2 + length]
        return changes + more

    def _set_letters(self, letters: Letters, changes: bytes) -> Letters:
        base = letters
        for code, operand in sprms(changes):
            if code == 0x4A30:
                base = letters = letters_as(base, base, self.style(int.from_bytes(operand, "little")).changes)
            else:
                letters = letters_as(letters, base, struct.pack("<H", code) + operand)
        return letters


def sprms(changes: bytes) -> Iterator[tuple[int, bytes]]:
    """The single changes of a list of them: the code of each and its operand."""
    at = 0
    while at + 3 <= len(changes):
        (code,) = struct.unpack_from("<H", changes, at)
        at += 2
        size = _SIZES[code >> 13]
        if code == _TABLE_DEFINITION:
            size = int.from_bytes(changes[at : at + 2], "little") + 1
        elif code == _TABS and changes[at] == 255:
            deleted = changes[at + 1] if at + 1 < len(changes) else 0
            added = at + 2 + 4 * deleted
            size = 3 + 4 * deleted + 3 * (changes[added] if added < len(changes) else 0)
        elif not size:
            size = 1 + changes[at]
        yield code, changes[at : at + size]
        at += size


def set_as(setting: Setting, changes: bytes) -> Setting:
    """A setting with changes."""
    changed: dict[str, int | bool] = {}
    for code, operand in sprms(changes):
        number = int.from_bytes(operand[:4], "little")
        if code in (0x2403, 0x2461):
            changed["centred"] = number == 1
        elif code == 0x2640:
            changed["level"] = number + 1 if number < 9 else 0
        elif code == 0x460B:
            changed["number"] = number if number < 0x7FF else 0
        elif code == 0x260A:
            changed["depth"] = number
        elif code == 0x6649:
            changed["table_depth"] = max(number & 0xFF, 1)
        elif code in _SWITCHES:
            changed[_SWITCHES[code]] = number != 0
    return replace(setting, **changed) if changed else setting  # type: ignore[arg-type]


_SWITCHES = {0x2416: "in_table", 0x2417: "ends_row", 0x244B: "ends_inner_cell", 0x244C: "ends_inner_row"}
_TOGGLES = {0x0835: "bold", 0x083C: "hidden"}


def letters_as(letters: Letters, base: Letters, changes: bytes) -> Letters:
    """Letters with changes; a switch may say that it is as in the style, or not as in it."""
    changed: dict[str, float | bool | None] = {}
    for code, operand in sprms(changes):
        number = int.from_bytes(operand[:4], "little")
        if code in _TOGGLES:
            of_style = bool(getattr(base, _TOGGLES[code]))
            changed[_TOGGLES[code]] = {0x80: of_style, 0x81: not of_style}.get(number, number != 0)
        elif code == 0x0800:
            changed["deleted"] = number != 0
        elif code == 0x2A3E:
            changed["underlined"] = number != 0
        elif code == 0x4A43:
            changed["size"] = number / 2
        elif code == 0x2A48:
            changed["raised"] = number == 1
        elif code in (0x4A4F, 0x4A51):
            changed["font"] = number
        elif code == 0x6A09:
            changed["font"], changed["symbol"] = number & 0xFFFF, number >> 16
    return replace(letters, **changed) if changed else letters  # type: ignore[arg-type]


def places_of(changes: bytes) -> Places:
    """The cells of a row as its end defines them ([MS-DOC] 2.9.319, and 2.9.306 for a cell)."""
    places = Places()
    for code, operand in sprms(changes):
        if code == _TABLE_DEFINITION and len(operand) > 3:
            count = min(operand[2], _MOST_COLUMNS, (len(operand) - 5) // 2)
            if count < 1:
                continue
            edges = struct.unpack_from(f"<{count + 1}h", operand, 3)
            first = 5 + 2 * operand[2]
            flags = [int.from_bytes(operand[first + 20 * n : first + 20 * n + 2], "little") for n in range(count)]
            places.left = edges[0]
            places.cells = [Place(edge, bool(of & 0x2), of & 0x60 == 0x20) for edge, of in zip(edges[1:], flags, strict=True)]
        elif code == 0x3404:
            places.is_header = operand != b"\0"
        elif code == 0xD62B and len(operand) >= 3 and operand[1] < len(places.cells):
            cell = places.cells[operand[1]]
            places.cells[operand[1]] = replace(cell, goes_on_from_above=operand[2] & 3 == 1)
    return places


class _Styles:
    """The styles of a file as its stylesheet has them, each read after the one that it is based on."""

    def __init__(self, part: bytes) -> None:
        self._entries = list(_style_entries(part))
        self._known: dict[int, Style] = {}

    def style(self, number: int, depth: int = 0) -> Style:
        if number in self._known:
            return self._known[number]
        if number >= len(self._entries) or depth > _DEEPEST_STYLE:
            return Style()
        built_in, is_of_letters, based_on, name, setting_changes, letter_changes = self._entries[number]
        above = self.style(based_on, depth + 1) if based_on not in (_NO_STYLE, number) else Style()
        setting = set_as(above.setting, setting_changes)
        level = built_in if 1 <= built_in <= 9 else heading_level(name) or int(built_in == _TITLE)
        if level:
            setting = replace(setting, level=level)
        letters = letters_as(above.letters, above.letters, letter_changes)
        changes = above.changes + letter_changes if is_of_letters else b""
        kind = _OF_KINDS.get(built_in, above.kind)
        style = self._known[number] = Style(name, kind, setting, letters, changes)
        return style


def _style_entries(part: bytes) -> Iterator[tuple[int, bool, int, str, bytes, bytes]]:
    """Of each style: which built-in one it is, whether of letters, on which it is based, its name, and its changes."""
    if len(part) < 6:
        return
    size, count, fixed = struct.unpack_from("<HHH", part)
    at = 2 + size
    for _ in range(min(count, len(part) // 2)):
        length = int.from_bytes(part[at : at + 2], "little")
        entry = part[at + 2 : at + 2 + length]
        at += 2 + length
        if len(entry) < fixed + 2 or fixed < 6:
            yield _NO_STYLE, False, _NO_STYLE, "", b"", b""
            continue
        built_in, kind, counts = struct.unpack_from("<HHH", entry)
        characters = int.from_bytes(entry[fixed : fixed + 2], "little")
        name = entry[fixed + 2 : fixed + 2 + 2 * characters].decode("utf-16-le", "replace")
        parts = list(_further(entry, fixed + 4 + 2 * characters, counts & 0xF))
        is_of_letters = kind & 0xF == 2
        changes = parts[0][2:] if parts and kind & 0xF == 1 else b""
        letters = parts[1] if len(parts) > 1 and kind & 0xF == 1 else parts[0] if parts and is_of_letters else b""
        yield built_in & 0xFFF, is_of_letters, kind >> 4, name, changes, letters


def _further(entry: bytes, at: int, count: int) -> Iterator[bytes]:
    for _ in range(count):
        at += at % 2
        length = int.from_bytes(entry[at : at + 2], "little")
        yield entry[at + 2 : at + 2 + length]
        at += 2 + length


def _fonts(part: bytes) -> Iterator[str]:
    """The names of the fonts, by their numbers."""
    at = 4
    while at < len(part):
        length = part[at]
        name = part[at + 40 : at + 1 + length].decode("utf-16-le", "replace")
        yield name.partition("\0")[0]
        at += 1 + length


def named_font(fonts: Sequence[str], number: int) -> str:
    """The name of a font, empty for an unknown one."""
    return fonts[number] if number < len(fonts) else ""
