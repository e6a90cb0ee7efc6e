"""OpenDocument: texts (ODT), sheets (ODS) and slides (ODP), as they are displayed, with all changes accepted."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from quotewise.index.errors import DocumentError
from quotewise.index.formats.archives import Archive, xml_tree
from quotewise.index.formats.composed import Composer, cleaned
from quotewise.index.formats.formulas import math_formula
from quotewise.index.formats.opendocument_encryption import MANIFEST, unlocked
from quotewise.index.formats.opendocument_forms import read_controls
from quotewise.index.formats.opendocument_objects import LINK, MATH, embedded, shown_value
from quotewise.index.formats.opendocument_sheets import SheetReader, is_sample, number_of, rows_of
from quotewise.index.formats.opendocument_styles import Styles
from quotewise.index.formats.parsed import BlockKind, Parsed
from quotewise.index.formats.raised import raised
from quotewise.index.formats.sheets import HiddenCells, add_sheet
from quotewise.index.formats.tables import FEW, Cell

VERSION = 8
Element = Any
_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _TABLE, _OFFICE, _DRAW, _STYLE = (f"{{{_NAMES}{n}:1.0}}" for n in ("text", "table", "office", "drawing", "style"))
_PRESENTATION = f"{{{_NAMES}presentation:1.0}}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_LEFT_OUT = frozenset(
    [f"{_TEXT}{n}" for n in ("tracked-changes", "ruby-text", "note-citation", "sequence-decls", "variable-decls")]
    + [f"{_TEXT}user-field-decls", f"{_OFFICE}forms", f"{_OFFICE}event-listeners", f"{_DRAW}image", f"{_TABLE}shapes"]
)
_INDEXES = frozenset(
    f"{_TEXT}{name}" for name in ("table-of-content", "illustration-index", "table-index", "alphabetical-index")
)
_SPACE = re.compile("[ \t\r\n]+")
_LONG_CELL = 300
_CHART = f"{{{_NAMES}chart:1.0}}"
_ZIP = b"PK"
_HEAD = 4_096
_FLAT = re.compile(rb"<office:document\s")


def parse(data: bytes, passwords: Sequence[str] = ()) -> Parsed:
    """Parse an OpenDocument file; an encrypted one is opened with the first of the passwords that fits.

    Raises DocumentError, also where it needs a password.
    """
    if not data.startswith(_ZIP) and _FLAT.search(data[:_HEAD]):
        return _parsed(xml_tree(data, "its text"), None, None, None)
    archive = Archive(data)
    if MANIFEST in archive and b"encryption-data" in archive.read(MANIFEST):
        archive = unlocked(archive, passwords)
    if "content.xml" not in archive:
        raise DocumentError("is no OpenDocument file: it has no content.xml")
    return _parsed(archive.tree("content.xml"), archive.tree_or_none("styles.xml"), archive.tree_or_none("meta.xml"), archive)


def _parsed(content: Element, styles: Element | None, meta: Element | None, archive: Archive | None) -> Parsed:
    """Parse a document whose parts are these; a flat one has all of them in its content."""
    composer = Composer("opendocument", VERSION)
    document = _Document(content, styles, composer, archive)
    document.read()
    meta = content.find(f"{_OFFICE}meta") if archive is None else meta
    title, author = (meta.findtext(f".//{_DC}{name}") if meta is not None else None for name in ("title", "creator"))
    return composer.finish(title, {"author": author or ""})


class _Document:
    """One document as it is read: its styles, the state of its lists, and the notes so far."""

    def __init__(self, content: Element, styles: Element | None, composer: Composer, archive: Archive | None) -> None:
        self._content, self._composer, self._archive = content, composer, archive
        self._shared = content if archive is None else styles
        self._styles = Styles(root for root in (styles, content) if root is not None)
        self._controls = read_controls(content)
        self._notes: dict[str, list[tuple[str, Element]]] = {"footnote": [], "endnote": []}
        self._comments: list[tuple[Element, str]] = []
        """Each with the cell of a sheet that it is about."""
        self._boxes: list[Element] = []
        self._roots: dict[str, Element | None] = {}
        self._is_sheet = self._is_text = False

    def read(self) -> None:
        body = self._content.find(f"{_OFFICE}body")
        for kind in body if body is not None else ():
            name = kind.tag.rpartition("}")[2] if isinstance(kind.tag, str) else ""
            if name == "spreadsheet":
                self._is_sheet = True
                self._sheets(kind)
            elif name in ("presentation", "drawing"):
                self._slides(kind)
            else:
                self._is_text = True
                self._flow(kind)
        for kind, title in (("footnote", "Footnotes"), ("endnote", "Endnotes")):
            self._composer.under(title)
            for mark, note in self._notes[kind]:
                self._flow(note, "footnote", prefix=f"{mark} ")
        for comment, place in self._comments:
            self._composer.under("Comments", comment.findtext(f"{_DC}creator") or "")
            self._flow(comment, "footnote", prefix=place)
        self._margins()

    def _flow(self, parent: Element, kind: BlockKind = "paragraph", depth: int = 0, style: str = "", prefix: str = "") -> None:
        for child in parent:
            tag = child.tag
            if self._composer.is_full or not isinstance(tag, str) or tag in _LEFT_OUT or tag.startswith(_DC):
                continue
            if tag in (f"{_TEXT}p", f"{_TEXT}h"):
                self._paragraph(child, kind, prefix)
                prefix = ""
            elif tag == f"{_TEXT}list":
                self._list(child, kind, depth + 1, child.get(f"{_TEXT}style-name") or style)
            elif tag == f"{_TABLE}table":
                self._table(child, kind)
            elif tag in _INDEXES:
                self._flow(child, "navigation")
            elif _is_hidden(child):
                continue
            elif tag == f"{_OFFICE}annotation":
                self._comments.append((child, ""))
            elif tag == f"{_DRAW}control":
                self._composer.add(self._control(child), kind)
            elif tag.startswith(_DRAW):
                self._frame(child, kind)
            else:
                self._flow(child, kind, depth, style, prefix)

    def _paragraph(self, node: Element, kind: BlockKind, prefix: str) -> None:
        text = prefix + self._inline(node)
        style = node.get(f"{_TEXT}style-name") or ""
        written = node.get(f"{_TEXT}outline-level") or "1"
        level = (int(written) if written.isdecimal() else 1) if node.tag == f"{_TEXT}h" else self._styles.level_of(style)
        if kind in ("paragraph", "item") and level:
            is_counted = node.tag == f"{_TEXT}h" and kind == "paragraph" and not prefix and text.strip()
            mark = self._styles.heading_mark(node, level) if is_counted else ""
            self._composer.add(f"{mark} {' '.join(text.split())}".lstrip(), "heading", level)
        elif kind == "paragraph" and self._styles.is_called(style, "Title"):
            self._composer.add(" ".join(text.split()), "heading", 1)
        elif kind == "paragraph" and self._styles.is_called(style, "Caption"):
            self._composer.add(text, "caption")
        else:
            is_set = self._is_text and kind in ("paragraph", "item") and text.strip()
            self._composer.add(text, kind, look=self._styles.look(node, text) if is_set else None)
        boxes, self._boxes = self._boxes, []
        around, self._composer.in_box = self._composer.in_box, bool(boxes) or self._composer.in_box
        for box in boxes:
            self._frame(box, kind)
        self._composer.in_box = around

    def _inline(self, node: Element) -> str:
        pieces = [_SPACE.sub(" ", node.text or "")]
        for child in node:
            tag = child.tag
            if tag == f"{_TEXT}s":
                count = child.get(f"{_TEXT}c") or "1"
                pieces.append(" " * min(int(count) if count.isdecimal() else 1, 100))
            elif tag == f"{_TEXT}tab":
                pieces.append("\t")
            elif tag == f"{_TEXT}line-break":
                pieces.append("\n")
            elif tag == f"{_TEXT}note":
                pieces.append(self._note(child))
            elif tag == f"{_OFFICE}annotation":
                self._comments.append((child, ""))
            elif tag == f"{_DRAW}control":
                pieces.append(self._control(child))
            elif isinstance(tag, str) and tag.startswith(_DRAW):
                formulas = [math_formula(math) for math in self._formulas(child)]
                pieces += formulas
                self._boxes += [] if formulas else [child]
            elif isinstance(tag, str) and tag not in _LEFT_OUT and not _is_hidden(child):
                text = self._inline(child)
                pieces.append(raised(text) if tag == f"{_TEXT}span" and self._styles.is_raised(child) else text)
            pieces.append(_SPACE.sub(" ", child.tail or ""))
        return "".join(pieces)

    def _control(self, drawn: Element) -> str:
        return self._controls.get(drawn.get(f"{_DRAW}control") or "", "")

    def _note(self, node: Element) -> str:
        kind = "endnote" if node.get(f"{_TEXT}note-class") == "endnote" else "footnote"
        mark = f"[{(node.findtext(f'{_TEXT}note-citation') or '*').strip()}]"
        body = node.find(f"{_TEXT}note-body")
        if body is not None:
            self._notes[kind].append((mark, body))
        return mark

    def _list(self, listed: Element, kind: BlockKind, depth: int, style: str) -> None:
        if listed.get(f"{_TEXT}continue-numbering") != "true" and not listed.get(f"{_TEXT}continue-list"):
            self._styles.begin_list(style, depth)
        for item in listed:
            if not isinstance(item.tag, str) or not item.tag.startswith(f"{_TEXT}list-"):
                continue
            own: BlockKind = "item" if kind == "paragraph" else kind
            numbered = item.tag == f"{_TEXT}list-item" and any(c.tag in (f"{_TEXT}p", f"{_TEXT}h") for c in item)
            mark = self._styles.mark(style, depth, item.get(f"{_TEXT}start-value")) if numbered else ""
            self._flow(item, own, depth, style, f"{mark} " if mark else "")

    def _frame(self, frame: Element, kind: BlockKind) -> None:
        for child in frame if frame.tag != f"{_DRAW}text-box" else (frame,):
            if not isinstance(child.tag, str) or child.tag in _LEFT_OUT:
                continue
            if child.tag == f"{_TABLE}table":
                self._table(child, kind)
            elif child.tag in (f"{_TEXT}p", f"{_TEXT}h"):
                self._paragraph(child, kind, "")
            elif child.tag == f"{_TEXT}list":
                self._list(child, kind, 1, child.get(f"{_TEXT}style-name") or "")
            elif child.tag == f"{_DRAW}text-box":
                self._flow(child, kind)
            elif child.tag == f"{_DRAW}object":
                self._object(child, kind)
            elif child.tag == f"{_DRAW}control":
                self._composer.add(self._control(child), kind)
            elif child.tag.startswith(_DRAW):
                self._frame(child, kind)

    def _formulas(self, frame: Element) -> list[Element]:
        """The formulas that a frame in a line shows."""
        roots = [self._embedded(child) for child in frame if child.tag == f"{_DRAW}object"]
        return [root for root in roots if root is not None and root.tag == MATH]

    def _object(self, link: Element, kind: BlockKind) -> None:
        """Add a formula, a chart with its values, or the tables and texts of a document within this one."""
        root = self._embedded(link)
        if root is None or self._is_sheet:  # whose charts show what stands in its cells
            return
        if root.tag == MATH:
            self._composer.add(math_formula(root), kind)
            return
        for chart in root.iter(f"{_CHART}chart"):
            for title in chart.iter(f"{_CHART}title"):
                self._composer.add(" ".join(self._inline(p) for p in title.iter(f"{_TEXT}p")), "caption")
        outer, self._archive = self._archive, None  # objects in objects are not read, so that none is read within itself
        for part in root.iterfind(f"{_OFFICE}body/*"):
            for table in part.iter(f"{_TABLE}table"):
                self._table(table, kind)
            if part.find(f".//{_TABLE}table") is None:
                self._flow(part, kind)
        self._archive = outer

    def _embedded(self, link: Element) -> Element | None:
        name = link.get(LINK) or ""
        if name not in self._roots or len(link):
            try:
                self._roots[name] = embedded(self._archive, link)
            except DocumentError as error:
                self._roots[name] = None
                self._composer.problems.append(f"the object {name} in it, which {error}")
        return self._roots[name]

    def _table(self, table: Element, kind: BlockKind) -> None:
        rows = [(row, in_header) for row, in_header in rows_of(table) if len(row)]
        cells = [[cell for cell in row if cell.tag == f"{_TABLE}table-cell"] for row, _ in rows]
        count = sum(map(len, cells))
        size = sum(len("".join(cell.itertext())) for line in cells for cell in line)
        within = sum(cell.find(f".//{_TABLE}table") is not None for line in cells for cell in line)
        if max(map(len, cells), default=0) < 2 or size > _LONG_CELL * count or FEW * within >= count:
            for cell in (cell for line in cells for cell in line):
                self._flow(cell, kind)
            return
        self._composer.add_table(
            [
                Cell(self._cell(cell), number_of(cell, "columns-spanned"), number_of(cell, "rows-spanned"), in_header)
                for cell in line
            ]
            for (_, in_header), line in zip(rows, cells, strict=True)
        )

    def _cell(self, cell: Element) -> str:
        """The text of a cell, with the numbers of its lists and what stands in its boxes; its notes and comments come later."""
        if not len(cell):
            return shown_value(cell)
        boxes = [cell]
        text = ""
        if all(child.tag == f"{_TEXT}p" for child in cell):
            text = "\n".join(filter(None, (cleaned(self._inline(child)) for child in cell)))
            boxes, self._boxes = self._boxes, []
            if not boxes:
                return text
        outer, self._composer = self._composer, Composer("opendocument", VERSION)
        for box in boxes:
            if box is cell:
                self._flow(box)
            else:
                self._frame(box, "paragraph")
        parsed, self._composer = self._composer.finish(), outer
        is_written = cell.find(f".//{_TEXT}p") is not None and cell.find(f"{_OFFICE}annotation") is None
        shown = "\n".join(filter(None, (text, re.sub(r"\n+", "\n", parsed.text.replace(" | ", " ")))))
        return shown if shown or is_written else shown_value(cell)

    def _sheets(self, body: Element) -> None:
        tables = list(body.iterfind(f"{_TABLE}table"))
        hidden = [self._styles.is_hidden_sheet(table) for table in tables]
        reader = SheetReader(self._cell_at)
        for number, table in enumerate(tables, 1):
            name = table.get(f"{_TABLE}name") or str(number)
            if hidden[number - 1] and not all(hidden):
                self._composer.problems.append(f"the sheet {name}, which is hidden")
                continue
            hidden_cells = HiddenCells()
            try:
                merged: dict[tuple[int, int], tuple[int, int]] = {}
                add_sheet(self._composer, number, name, reader.rows(table, merged, hidden_cells), merged)
            except DocumentError as error:
                self._composer.problems.append(f"the sheet {name} or a part of it, which {error}")
            self._composer.problems += filter(None, (hidden_cells.problem(name),))

    def _cell_at(self, cell: Element, place: str) -> str:
        """The text of a cell of a sheet, whose comments name it."""
        comments = len(self._comments)
        text = self._cell(cell)
        for late, (comment, _) in enumerate(self._comments[comments:], comments):
            self._comments[late] = comment, f"{place}: "
        return text

    def _slides(self, body: Element) -> None:
        pages = list(body.iterfind(f"{_DRAW}page"))
        hidden = [self._styles.is_hidden_slide(page) for page in pages]
        for number, page in enumerate(pages, 1):
            if hidden[number - 1] and not all(hidden):
                self._composer.problems.append(f"slide {number}, which is hidden")
                continue
            self._composer.under()
            self._composer.part("slide", number, page.get(f"{_DRAW}name") or "")
            frames = [child for child in page if isinstance(child.tag, str) and child.tag.startswith(_DRAW)]
            titles = [frame for frame in frames if frame.get(f"{_PRESENTATION}class") == "title"]
            for title in titles:
                self._composer.add(" ".join(" ".join(self._inline(p) for p in title.iter(f"{_TEXT}p")).split()), "heading", 1)
            for frame in frames:
                if frame not in titles:
                    self._frame(frame, "paragraph")
            self._comments += [(comment, "") for comment in page.iterfind(f"{_OFFICE}annotation")]
            notes = page.find(f"{_PRESENTATION}notes")
            if notes is not None:
                self._composer.under(*self._composer.trail, "Notes")
                for frame in notes:
                    self._frame(frame, "footnote")

    def _margins(self) -> None:
        seen: set[str] = set()
        kinds: Mapping[str, BlockKind] = {"header": "header", "footer": "footer"}
        for margin in self._shared.iter(*(f"{_STYLE}{n}" for n in kinds)) if self._shared is not None else ():
            kind = margin.tag.rpartition("}")[2]
            text = "" if self._is_sheet and is_sample(margin) else "".join(margin.itertext()).strip()
            if text and text not in seen:
                seen.add(text)
                self._composer.under(kind.title())
                self._flow(margin, kinds[kind])


def _is_hidden(node: Element) -> bool:
    return bool(node.get(f"{_TEXT}display") == "none" or node.get(f"{_TEXT}is-hidden") == "true")
