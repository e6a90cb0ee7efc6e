"""DOCX: the text that Word shows with all changes accepted, in reading order.

Notes and comments stand at the end, headers and footers once each; numbers of lists and headings are counted as Word does.
"""

import re
from collections.abc import Iterator
from typing import Any

from quotewise.index.errors import DocumentError
from quotewise.index.formats import html
from quotewise.index.formats.archives import Archive, document_properties, main_part, relations
from quotewise.index.formats.charts import LINKS, add_linked
from quotewise.index.formats.composed import Composer, cleaned
from quotewise.index.formats.formulas import M, formula
from quotewise.index.formats.html_tree import read_tree
from quotewise.index.formats.numbering import Numbering, W, roman
from quotewise.index.formats.page_encoding import decoded
from quotewise.index.formats.parsed import BlockKind, Parsed
from quotewise.index.formats.raised import raised
from quotewise.index.formats.symbols import symbol, symbol_field
from quotewise.index.formats.tables import FEW
from quotewise.index.formats.word_forms import form_value
from quotewise.index.formats.word_styles import Style, is_on, look_of, read_styles, value
from quotewise.index.formats.word_tables import children, has, is_continued, merged_cells

VERSION = 8
Element = Any
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_P, _RUN, _T, _TBL, _TR, _TC, _P_PR, _R_PR, _VANISH = (
    f"{W}{name}" for name in ["p", "r", "t", "tbl", "tr", "tc", "pPr", "rPr", "vanish"]
)
_REFERENCES = frozenset((f"{W}footnoteReference", f"{W}endnoteReference"))
_DRAWINGS = frozenset((f"{W}drawing", f"{W}pict", f"{W}object"))
_FIELDS = frozenset(f"{W}{name}" for name in ("fldChar", "instrText", "fldSimple"))
_INSTRUCTION = 200
_FORMULAS = frozenset((f"{M}oMath", f"{M}oMathPara"))
_ALTERNATE_CONTENT, _CHOICE, _FALLBACK = f"{_MC}AlternateContent", f"{_MC}Choice", f"{_MC}Fallback"
_VAL = f"{W}val"
_LEFT_OUT_NAMES = """
    del moveFrom delText delInstrText pPr rPr sectPr tblPr tblGrid trPr tcPr sdtPr sdtEndPr rt proofErr
    bookmarkStart bookmarkEnd commentRangeStart commentRangeEnd lastRenderedPageBreak
"""
_LEFT_OUT = frozenset(f"{W}{name}" for name in _LEFT_OUT_NAMES.split())
_SIGNS = {f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "\u2011"}
_OFF = frozenset(("0", "false", "off"))
_LONG_CELL = 300


def parse(data: bytes) -> Parsed:
    """Parse a Word document. Raises DocumentError, also where it needs a password."""
    archive = Archive(data)
    main = main_part(archive, "word/document.xml", "Word document")
    composer = Composer("docx", VERSION)
    title, entries = document_properties(archive)
    _Word(archive, main, composer).read()
    return composer.finish(None if title and title.startswith("Microsoft Word") else title, entries)


class _Word:
    """One document as it is read: its styles, the state of its lists, and the notes that were referred to so far."""

    def __init__(self, archive: Archive, main: str, composer: Composer) -> None:
        self._archive, self._main, self._composer = archive, main, composer
        self._related = relations(archive, main)
        self._styles = read_styles(self._part("styles"))
        self._numbering = Numbering.read(self._part("numbering"))
        self._links_of = self._related
        self._notes: dict[str, list[tuple[str, str]]] = {"footnote": [], "endnote": []}
        self._marks = {"footnote": 0, "endnote": 0}
        self._boxes: list[Element] = []
        self._links: list[Element] = []
        self._carried = self._instruction = self._form = ""
        self._result = -1
        """Where the result of the field begins that is read, in the pieces of its paragraph; else -1."""

    def read(self) -> None:
        root = self._archive.tree(self._main)
        body = root.find(f"{W}body")
        self._flow(body if body is not None else root)
        for kind, name in (("footnote", "Footnotes"), ("endnote", "Endnotes")):
            self._add_notes(kind, name)
        self._add_comments()
        self._add_margins()

    def _part(self, kind: str) -> Element | None:
        """A part of the file by its kind; what is in it refers to others by its own relations."""
        path = next((path for known, path in self._related.values() if known == kind), None)
        if path is None or path not in self._archive:
            return None
        self._links_of = relations(self._archive, path)
        try:
            return self._archive.tree(path)
        except DocumentError as error:
            self._composer.problems.append(f"the {kind}, whose part of the file {error}")
            return None

    def _flow(self, parent: Element, kind: BlockKind = "paragraph", prefix: str = "") -> None:
        """Add the paragraphs and tables of a body, cell, text box or note."""
        for child in _blocks(parent):
            if self._composer.is_full:
                return
            if child.tag == _P:
                text, is_joined = self._paragraph_text(child), _is_mark_removed(child) or _is_drop_cap(child)
                if is_joined:
                    self._carried += text
                else:
                    text, self._carried = self._carried + text, ""
                    self._add_paragraph(child, text, kind, prefix)
                    prefix = ""
            elif child.tag == _TBL:
                self._table(child, kind)
            else:
                self._inserted_file(child)
            boxes, self._boxes = self._boxes, []
            around, self._composer.in_box = self._composer.in_box, bool(boxes) or self._composer.in_box
            for box in boxes:
                self._flow(box, kind)
            self._composer.in_box = around
            links, self._links = self._links, []
            for link in links:
                add_linked(self._composer, self._archive, self._links_of, link)
        if self._carried.strip():
            text, self._carried = self._carried, ""
            self._composer.add(text, kind)

    def _add_paragraph(self, paragraph: Element, text: str, kind: BlockKind, prefix: str) -> None:
        properties = next(paragraph.iterchildren(_P_PR), None)
        style = self._style(properties)
        level, mark = style.level, None
        if properties is not None:
            outline = value(properties, "outlineLvl")
            level = int(outline) + 1 if outline and re.fullmatch("[0-8]", outline) else 0 if outline == "9" else level
            mark = self._mark(properties, style) if text.strip() else None
        if mark:
            text = f"{mark} {text.lstrip()}"
        if kind == "paragraph":
            if style.name.startswith("toc ") or style.name == "table of figures":
                kind = "navigation"
            elif level:
                self._composer.add(" ".join(text.split()), "heading", level)
                return
            elif style.name == "caption":
                kind = "caption"
            elif mark is not None:
                kind = "item"
        look = look_of(paragraph, text, style, self._styles) if kind in ("paragraph", "item") and text else None
        self._composer.add(prefix + text, kind, look=look)

    def _style(self, properties: Element | None) -> Style:
        name = value(properties, "pStyle") if properties is not None else None
        return self._styles.get(name or "", self._styles.get("", Style()))

    def _mark(self, properties: Element, style: Style) -> str | None:
        number, depth = style.number, style.depth
        direct = properties.find(f"{W}numPr")
        if direct is not None:
            number = value(direct, "numId") or number
            written = value(direct, "ilvl")
            depth = int(written) if written and written.isdecimal() else depth
        return self._numbering.mark(number, depth) if number and number != "0" else None

    def _paragraph_text(self, paragraph: Element) -> str:
        pieces: list[str] = []
        self._inline(paragraph, pieces)
        return "".join(pieces)

    def _inline(self, parent: Element, pieces: list[str]) -> None:
        for node in parent:
            tag = node.tag
            if tag == _T:
                pieces.append((node.text or "").replace("\n", " "))
            elif tag in _LEFT_OUT or not isinstance(tag, str):
                continue
            elif tag == _RUN:
                properties = node[0] if len(node) and node[0].tag == _R_PR else None
                if properties is None or not _is_on(properties.find(_VANISH)):
                    start = len(pieces)
                    self._inline(node, pieces)
                    if properties is not None and value(properties, "vertAlign") == "superscript":
                        pieces[start:] = [raised("".join(pieces[start:]))]
            elif tag in _SIGNS:
                pieces.append(_SIGNS[tag])
            elif tag in _REFERENCES:
                pieces.append(self._reference(node))
            elif tag == f"{W}sym":
                pieces.append(_symbol(node.get(f"{W}char") or "", node.get(f"{W}font") or ""))
            elif tag in _DRAWINGS:
                self._drawing(node)
            elif tag in _FIELDS:
                self._field(node, pieces)
            elif tag == _ALTERNATE_CONTENT:
                chosen = next(node.iterchildren(_CHOICE), None)
                self._inline(node if chosen is None else chosen, pieces)
            elif tag in _FORMULAS:
                pieces.append(formula(node))
            elif tag in (_TBL, _P):
                self._boxes.append(parent)
                return
            else:
                self._inline(node, pieces)

    def _field(self, node: Element, pieces: list[str]) -> None:
        """A field, of which its result is read; one that shows a symbol has none or has it again."""
        if node.tag == f"{W}instrText":
            self._instruction += (node.text or "")[:_INSTRUCTION]
            return
        if node.tag == f"{W}fldSimple":
            shown = symbol_field(node.get(f"{W}instr") or "")
            if shown:
                pieces.append(shown)
            else:
                self._inline(node, pieces)
            return
        kind = node.get(f"{W}fldCharType")
        if kind == "begin":
            self._instruction, self._form = "", form_value(node)
        elif kind == "separate":
            self._result = len(pieces)
        elif self._form:
            if not (0 <= self._result <= len(pieces) and "".join(pieces[self._result :]).strip()):
                pieces.append(self._form)
            self._form = ""
        elif shown := symbol_field(self._instruction):
            if 0 <= self._result <= len(pieces):
                del pieces[self._result :]
            pieces.append(shown)
        if kind != "separate":
            self._result = -1
        if kind == "end":
            self._instruction = ""

    def _drawing(self, drawing: Element) -> None:
        for box in drawing.iter(f"{W}txbxContent"):
            if not any(a.tag in (f"{W}txbxContent", _FALLBACK) for a in _ancestors(box, drawing)):
                self._boxes.append(box)
        self._links += drawing.iter(*LINKS)

    def _reference(self, node: Element) -> str:
        kind = "footnote" if node.tag == f"{W}footnoteReference" else "endnote"
        if is_on(node.get(f"{W}customMarkFollows")):
            mark = ""
        else:
            self._marks[kind] += 1
            mark = f"[{self._marks[kind]}]" if kind == "footnote" else f"[{roman(self._marks[kind])}]"
        self._notes[kind].append((node.get(f"{W}id") or "", mark))
        return mark

    def _table(self, table: Element, kind: BlockKind) -> None:
        rows = [row for row in children(table, _TR) if not has(row, "trPr", "del")]
        cells = [[c for c in children(row, _TC) if not has(c, "tcPr", "cellDel")] for row in rows]
        within = sum(cell.find(f".//{W}tbl") is not None for line in cells for cell in line)
        is_layout = len(cells) == 1 and any(sum(bool(_shown(p)) for p in children(cell, _P)) > 1 for cell in cells[0])
        if is_layout or max(map(len, cells), default=0) < 2 or FEW * within >= sum(map(len, cells)):
            for cell in (cell for line in cells for cell in line):
                if not is_continued(cell):
                    self._flow(cell, kind)
            return
        texts = [["" if is_continued(cell) else self._cell_text(cell) for cell in line] for line in cells]
        count = sum(map(len, texts))
        if count and sum(len(text) for line in texts for text in line) > _LONG_CELL * count:
            for text in (text for line in texts for text in line):
                for paragraph in text.split("\n"):
                    self._composer.add(paragraph, kind)
            return
        self._composer.add_table(merged_cells(rows, cells, texts))

    def _cell_text(self, cell: Element) -> str:
        lines: list[str] = []
        for block in _blocks(cell):
            if block.tag == _TBL:
                rows = ([self._cell_text(inner) for inner in children(row, _TC)] for row in children(block, _TR))
                lines += [" ".join(row) for row in rows]
            if block.tag != _P:
                continue
            text = self._paragraph_text(block)
            properties = block.find(_P_PR)
            mark = self._mark(properties, self._style(properties)) if properties is not None and text.strip() else None
            lines.append(f"{mark} {text}" if mark else text)
            boxes, self._boxes = self._boxes, []
            lines += [self._cell_text(box) for box in boxes]
        return "\n".join(filter(None, map(cleaned, lines)))

    def _inserted_file(self, chunk: Element) -> None:
        path = self._links_of.get(chunk.get(f"{_R}id") or "", ("", ""))[1]
        if path.lower().endswith((".htm", ".html", ".xhtml")) and path in self._archive:
            root, _ = read_tree(decoded(self._archive.read(path)))
            if root is not None:
                html.walk(root, self._composer)
        else:
            self._composer.problems.append(f"the file {path or 'without a name'} inside it, which Word would insert")

    def _add_notes(self, kind: str, name: str) -> None:
        root = self._part(f"{kind}s")
        if root is None or not self._notes[kind]:
            return
        notes = {note.get(f"{W}id"): note for note in root.iterfind(f"{W}{kind}")}
        self._composer.under(name)
        for number, mark in list(dict.fromkeys(self._notes[kind])):
            if number in notes:
                self._flow(notes[number], "footnote", f"{mark} " if mark else "")

    def _add_comments(self) -> None:
        root = self._part("comments")
        for comment in root.iterfind(f"{W}comment") if root is not None else ():
            self._composer.under("Comments", comment.get(f"{W}author") or "")
            self._flow(comment, "footnote")

    def _add_margins(self) -> None:
        seen: set[str] = set()
        kinds: tuple[tuple[str, BlockKind], ...] = (("header", "header"), ("footer", "footer"))
        for kind, block in kinds:
            self._composer.under("Header" if kind == "header" else "Footer")
            for path in [path for known, path in self._related.values() if known == kind and path in self._archive]:
                root, self._links_of = self._archive.tree(path), relations(self._archive, path)
                text = "".join(root.itertext(_T)).strip()
                charts = [self._links_of.get(link.get(f"{_R}id") or "", ("", ""))[1] for link in root.iter(*LINKS)]
                shown = "\n".join((text, *charts)).strip()
                if shown and shown not in seen:
                    seen.add(shown)
                    self._flow(root, block)


def _blocks(parent: Element) -> Iterator[Element]:
    """The paragraphs, tables and inserted files of a body, also where they stand in controls and accepted changes."""
    for child in parent:
        tag = child.tag
        if tag in (_P, _TBL, f"{W}altChunk"):
            yield child
        elif isinstance(tag, str) and tag not in _LEFT_OUT:
            if tag == _ALTERNATE_CONTENT:
                child = next(child.iterchildren(_CHOICE), child)
            yield from _blocks(child)


def _shown(paragraph: Element) -> str:
    return "".join(paragraph.itertext(_T)).strip()


def _ancestors(node: Element, top: Element) -> Iterator[Element]:
    while (node := node.getparent()) is not None and node is not top:
        yield node


def _is_on(toggle: Element | None) -> bool:
    return toggle is not None and (toggle.get(_VAL) or "1").lower() not in _OFF


def _is_drop_cap(paragraph: Element) -> bool:
    """Whether a paragraph is only the large first letter of the one after it."""
    frame = paragraph.find(f"{W}pPr/{W}framePr")
    return frame is not None and frame.get(f"{W}dropCap") in ("drop", "margin")


def _is_mark_removed(paragraph: Element) -> bool:
    """Whether the end of a paragraph is deleted, so that the next one goes on with it."""
    set_in = next(paragraph.iterchildren(_P_PR), None)
    properties = next(set_in.iterchildren(_R_PR), None) if set_in is not None else None
    return properties is not None and next(properties.iterchildren(f"{W}del", f"{W}moveFrom"), None) is not None


def _symbol(code: str, font: str) -> str:
    if not re.fullmatch("[0-9A-Fa-f]{1,6}", code):
        return ""
    number = int(code, 16)
    if 0xF000 <= number <= 0xF0FF:
        return symbol(number, font)
    return chr(number) if number < 0x110000 else ""
