"""DOC, the documents of Word 97 to 2003: the text that Word shows with all changes accepted, as of DOCX.

Notes, comments and text boxes stand at the end, headers and footers once each.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import cast

from quotewise.index.errors import DocumentError, translate_errors
from quotewise.index.formats.composed import Composer
from quotewise.index.formats.doc_file import WordFile, read_file
from quotewise.index.formats.doc_lists import read_numbering
from quotewise.index.formats.doc_properties import Formatting, Letters, Setting, named_font
from quotewise.index.formats.numbering import roman
from quotewise.index.formats.parsed import BlockKind, Parsed
from quotewise.index.formats.raised import raised
from quotewise.index.formats.rtf_flow import Flow
from quotewise.index.formats.symbols import symbol, symbol_field

VERSION = 1
_FOOTNOTES, _HEADERS, _COMMENTS, _ENDNOTES, _BOXES, _HEADER_BOXES = 1, 2, 4, 5, 6, 7
"""The places of these texts among the lengths in the header."""
_FOOTNOTE_PARTS, _COMMENT_PARTS, _HEADER_PART, _AUTHORS, _ENDNOTE_PARTS, _BOX_PART = (2, 3), (4, 5), 11, 36, (46, 47), 56
_COMMENT_SIZE, _BOX_SIZE = 30, 22
_PARAGRAPH_END, _FIELD_SIGN = re.compile("[\r\x07\x0c]"), re.compile("[\x13-\x15]")
_CELL_END, _FIELD_BEGIN, _FIELD_SEPARATOR = "\x07", "\x13", "\x14"
_SIGNS = {
    **dict.fromkeys((*range(9), *range(0x0F, 0x1E), 0x1F), None),
    **{0x0B: "\n", 0x0E: "\n", 0x1E: "\u2011", 0x00AD: None},
}
"""What stands for a line break, a hyphen that does not break, or nothing to read, such as a picture."""
_INSTRUCTION = 200
_SEPARATORS = 6
"""Texts of the headers that stand before those of the first section: what separates notes from the text."""
_FOOTERS = (2, 3, 5)
"""Of the six headers and footers of a section, those that are footers."""
_SURROGATE = re.compile("[\ud800-\udfff]")


def parse(data: bytes) -> Parsed:
    """Parse an old Word document. Raises DocumentError, also where it needs a password."""
    composer = Composer("doc", VERSION)
    with translate_errors(lambda reason: DocumentError(f"is damaged or no Word document: {reason}")):
        file = read_file(data)
        _Word(file, composer).read()
    title = file.properties.get("title", "")
    entries = {key: value for key, value in file.properties.items() if key != "title"}
    return composer.finish(None if title.startswith("Microsoft Word") else title, entries)


class _Word:
    """One document as it is read: its text without the instructions of fields, and what is shown at positions in it."""

    def __init__(self, file: WordFile, composer: Composer) -> None:
        self._file, self._composer = file, composer
        self._formatting, self._numbering = Formatting(file), read_numbering(file)
        ends = [0]
        for length in file.lengths:
            ends.append(min(ends[-1] + length, len(file.text)))
        self._ends = ends
        self._shown: dict[int, str] = {}
        self._text = self._without_instructions()
        self._notes = {part: self._references(part) for part in (_FOOTNOTES, _ENDNOTES)}
        self._places = sorted(self._shown)

    def read(self) -> None:
        if sum(self._file.lengths) > len(self._file.text):
            self._composer.problems.append("the end of its text, which is missing from the file")
        self._flow(0, self._ends[1]).compose(self._composer)
        self._composer.in_box = True
        self._composer.under("Text boxes")
        for start, end in self._ranges(_BOXES, self._file.positions(_BOX_PART, _BOX_SIZE)[0]):
            self._flow(start, end).compose(self._composer)
        self._composer.in_box = False
        for part, parts, name in (
            (_FOOTNOTES, _FOOTNOTE_PARTS, "Footnotes"),
            (_ENDNOTES, _ENDNOTE_PARTS, "Endnotes"),
        ):
            self._composer.under(name)
            marks = self._notes[part]
            for number, (start, end) in enumerate(self._ranges(part, self._file.positions(parts[1])[0])):
                mark = marks[number] if number < len(marks) else ""
                self._flow(start, end, "footnote", mark).compose(self._composer)
        self._add_comments()
        self._add_margins()

    def _without_instructions(self) -> str:
        """The text without what fields were made from; fields that do not end are none."""
        text = self._file.text
        hidden: list[tuple[int, int]] = []
        for start, end in zip(self._ends, self._ends[1:], strict=False):
            hidden += self._instructions(text, start, end)
        pieces: list[str] = []
        last = 0
        for start, end in sorted(hidden):
            if end > last:
                start = max(start, last)
                pieces += (text[last:start], "\0" * (end - start))
                last = end
        return "".join((*pieces, text[last:]))

    def _instructions(self, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        open_fields: list[tuple[int, int | None]] = []
        for sign in _FIELD_SIGN.finditer(text, start, end):
            place = sign.start()
            if sign[0] == _FIELD_BEGIN:
                open_fields.append((place, None))
            elif open_fields and sign[0] == _FIELD_SEPARATOR:
                begin, separator = open_fields[-1]
                open_fields[-1] = begin, place if separator is None else separator
            elif open_fields:
                begin, separator = open_fields.pop()
                shown = symbol_field(text[begin + 1 : min(place if separator is None else separator, begin + _INSTRUCTION)])
                if shown:
                    self._shown[begin] = shown
                yield begin, place if shown or separator is None else separator

    def _references(self, part: int) -> list[str]:
        """The marks of the notes, which are shown where the text refers to them; empty where the text has its own."""
        references = _FOOTNOTE_PARTS[0] if part == _FOOTNOTES else _ENDNOTE_PARTS[0]
        positions, kinds = self._file.positions(references, 2)
        marks: list[str] = []
        count = 0
        for position, kind in zip(positions, kinds, strict=False):
            if is_counted := kind != b"\0\0":
                count += 1
                self._shown[position] = f"[{count}]" if part == _FOOTNOTES else f"[{roman(count)}]"
            marks.append(self._shown[position] if is_counted else "")
        return marks

    def _ranges(self, part: int, positions: Sequence[int]) -> Iterator[tuple[int, int]]:
        """The texts of a part, such as each note, as its positions say; what these leave out is one more."""
        first, end = self._ends[part], self._ends[part + 1]
        before = first
        for position in positions[1:]:
            after = min(max(first + position, before), end)
            yield before, after
            before = after
        if before < end:
            yield before, end

    def _flow(self, start: int, end: int, kind: BlockKind = "paragraph", mark: str = "") -> Flow:
        """The paragraphs and tables of a part of the text."""
        flow = Flow(kind)
        if mark:
            flow.inline.append(f"{mark} ")
        while start < end:
            found = _PARAGRAPH_END.search(self._text, start, end)
            self._paragraph(flow, start, found.start() if found else end, found[0] if found else "", kind)
            start = found.end() if found else end
        flow.in_table, flow.depth = False, 1
        flow.end_paragraph()
        flow.end_table()
        return flow

    def _paragraph(self, flow: Flow, start: int, end: int, sign: str, kind: BlockKind) -> None:
        number, setting = self._formatting.paragraph(end if sign else max(end - 1, start))
        style = self._formatting.style(number)
        is_last_of_row = sign == _CELL_END and start == end and self._text[start - 1 : start] == _CELL_END
        if setting.ends_row or (is_last_of_row and not self._formatting.is_known):
            flow.begin_row()
            flow.places = self._formatting.row(end)
            flow.end_row()
            return
        flow.in_table = setting.in_table or sign == _CELL_END
        flow.depth, flow.level, flow.is_centred = setting.table_depth, setting.level, setting.centred
        runs = [run for run in self._runs(start, end, number) if run[0]]
        self._mark(flow, setting, any(text.strip() for text, _ in runs))
        for text, letters in runs:
            flow.write(text, letters.size, letters.bold, letters.underlined)
        if setting.ends_inner_row:
            flow.end_inner_row()
        elif setting.ends_inner_cell:
            flow.end_inner_cell()
        elif sign == _CELL_END and setting.table_depth == 1:
            flow.end_cell()
        elif sign != "\r" or flow.in_table or not self._is_deleted(end, number):
            flow.kind = cast(BlockKind, style.kind) if style.kind and kind == "paragraph" else kind
            flow.end_paragraph()
            flow.kind = kind

    def _mark(self, flow: Flow, setting: Setting, has_text: bool) -> None:
        """Count and show the number of an item or heading; the one of a paragraph that goes on stands before it already."""
        flow.is_item = False
        if not setting.number or not has_text or any(map(str.strip, flow.inline[1 if flow.kind == "footnote" else 0 :])):
            return
        mark = self._numbering.mark(str(setting.number), setting.depth)
        if mark is None:
            return
        if flow.in_table or flow.level or flow.kind != "paragraph":
            flow.inline += [f"{mark} "] if mark else []
        else:
            flow.is_item = True
            flow.inline.append(f"{mark or '•'}\t")

    def _runs(self, start: int, end: int, style: int) -> Iterator[tuple[str, Letters]]:
        """What is shown of a paragraph, with how it is set."""
        for first, last, letters in self._formatting.runs(start, end, style):
            if not letters.is_shown:
                continue
            for place in self._places[bisect_left(self._places, first) : bisect_left(self._places, last)]:
                yield self._written(first, place, letters), letters
                yield self._shown[place], letters
                first = place + 1
            yield self._written(first, last, letters), letters

    def _written(self, start: int, end: int, letters: Letters) -> str:
        text = self._text[start:end]
        if letters.symbol is not None:
            font = named_font(self._formatting.fonts, letters.font)
            is_private = 0xF000 <= letters.symbol <= 0xF0FF
            return (symbol(letters.symbol, font) if is_private else chr(letters.symbol)) * len(text.translate(_SIGNS))
        text = text.translate(_SIGNS)
        if _SURROGATE.search(text):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return raised(text) if letters.raised else text

    def _is_deleted(self, end: int, style: int) -> bool:
        """Whether the mark of a paragraph is deleted, so that the next one goes on with it."""
        return any(letters.deleted for _, _, letters in self._formatting.runs(end, end + 1, style))

    def _add_comments(self) -> None:
        _, entries = self._file.positions(_COMMENT_PARTS[0], _COMMENT_SIZE)
        authors = list(_authors(self._file.part(_AUTHORS)))
        for number, (start, end) in enumerate(self._ranges(_COMMENTS, self._file.positions(_COMMENT_PARTS[1])[0])):
            of = int.from_bytes(entries[number][20:22], "little") if number < len(entries) else len(authors)
            self._composer.under("Comments", authors[of] if of < len(authors) else "")
            self._flow(start, end, "footnote").compose(self._composer)

    def _add_margins(self) -> None:
        flows: list[Flow] = []
        for number, (start, end) in enumerate(self._ranges(_HEADERS, self._file.positions(_HEADER_PART)[0])):
            if number >= _SEPARATORS:
                flows.append(self._flow(start, end, "footer" if (number - _SEPARATORS) % 6 in _FOOTERS else "header"))
        flows += [self._flow(start, end, "header") for start, end in self._ranges(_HEADER_BOXES, ())]
        seen: set[str] = set()
        for kind in ("header", "footer"):
            self._composer.under(kind.title())
            for flow in (flow for flow in flows if flow.kind == kind):
                if (text := repr(flow.blocks)) not in seen:
                    seen.add(text)
                    flow.compose(self._composer)


def _authors(part: bytes) -> Iterator[str]:
    """The names of those who commented."""
    at = 0
    while at + 2 <= len(part):
        length = int.from_bytes(part[at : at + 2], "little")
        yield part[at + 2 : at + 2 + 2 * length].decode("utf-16-le", "replace")
        at += 2 + 2 * length
