"""OpenDocument: texts (ODT), sheets (ODS) and slides (ODP), as they are displayed, with all changes accepted."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from quotewise.index.errors import DocumentError
from quotewise.index.formats.archives import Archive
from quotewise.index.formats.composed import Composer, cleaned
from quotewise.index.formats.numbering import formatted
from quotewise.index.formats.opendocument_encryption import MANIFEST, unlocked
from quotewise.index.formats.parsed import BlockKind, Parsed
from quotewise.index.formats.sheets import CELL_LIMIT, SheetRows, add_sheet
from quotewise.index.formats.tables import WIDEST, Cell

VERSION = 2
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
_KINDS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "": "none"}
_SPACE = re.compile("[ \t\r\n]+")
_LONG_CELL = 300


def parse(data: bytes, passwords: Sequence[str] = ()) -> Parsed:
    """Parse an OpenDocument file; an encrypted one is opened with the first of the passwords that fits.

    Raises DocumentError, also where it needs a password.
    """
    archive = Archive(data)
    if MANIFEST in archive and b"encryption-data" in archive.read(MANIFEST):
        archive = unlocked(archive, passwords)
    if "content.xml" not in archive:
        raise DocumentError("is no OpenDocument file: it has no content.xml")
    composer = Composer("opendocument", VERSION)
    document = _Document(archive.tree("content.xml"), archive.tree_or_none("styles.xml"), composer)
    document.read()
    meta = archive.tree_or_none("meta.xml")
    title, author = (meta.findtext(f".//{_DC}{name}") if meta is not None else None for name in ("title", "creator"))
    return composer.finish(title, {"author": author or ""})


class _Document:
    """One document as it is read: its styles, the state of its lists, and the notes so far."""

    def __init__(self, content: Element, styles: Element | None, composer: Composer) -> None:
        self._content, self._shared, self._composer = content, styles, composer
        roots = [root for root in (styles, content) if root is not None]
        self._styles = {s.get(f"{_STYLE}name"): s for root in roots for s in root.iter(f"{_STYLE}style")}
        self._lists = {s.get(f"{_STYLE}name"): s for root in roots for s in root.iter(f"{_TEXT}list-style")}
        self._counts: dict[str, dict[int, int]] = {}
        self._notes: dict[str, list[tuple[str, Element]]] = {"footnote": [], "endnote": []}
        self._comments: list[Element] = []
        self._boxes: list[Element] = []
        self._cells = 0

    def read(self) -> None:
        body = self._content.find(f"{_OFFICE}body")
        for kind in body if body is not None else ():
            name = kind.tag.rpartition("}")[2] if isinstance(kind.tag, str) else ""
            if name == "spreadsheet":
                self._sheets(kind)
            elif name in ("presentation", "drawing"):
                self._slides(kind)
            else:
                self._flow(kind)
        for kind, title in (("footnote", "Footnotes"), ("endnote", "Endnotes")):
            self._composer.under(title)
            for mark, note in self._notes[kind]:
                self._flow(note, "footnote", prefix=f"{mark} ")
        for comment in self._comments:
            self._composer.under("Comments", comment.findtext(f"{_DC}creator") or "")
            self._flow(comment, "footnote")
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
            elif tag == f"{_DRAW}frame" or tag.startswith(_DRAW):
                self._frame(child, kind)
            else:
                self._flow(child, kind, depth, style, prefix)

    def _paragraph(self, node: Element, kind: BlockKind, prefix: str) -> None:
        text = prefix + self._inline(node)
        style = node.get(f"{_TEXT}style-name") or ""
        if kind in ("paragraph", "item") and node.tag == f"{_TEXT}h":
            level = node.get(f"{_TEXT}outline-level") or "1"
            self._composer.add(" ".join(text.split()), "heading", int(level) if level.isdecimal() else 1)
        elif kind == "paragraph" and (self._is_called(style, "Title")):
            self._composer.add(" ".join(text.split()), "heading", 1)
        else:
            self._composer.add(text, "caption" if kind == "paragraph" and self._is_called(style, "Caption") else kind)
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            self._frame(box, kind)

    def _is_called(self, style: str, name: str) -> bool:
        for _ in range(10):
            if style == name:
                return True
            node = self._styles.get(style)
            style = (node.get(f"{_STYLE}parent-style-name") or "") if node is not None else ""
            if not style:
                return False
        return False

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
                self._comments.append(child)
            elif isinstance(tag, str) and tag.startswith(_DRAW):
                self._boxes.append(child)
            elif isinstance(tag, str) and tag not in _LEFT_OUT:
                pieces.append(self._inline(child))
            pieces.append(_SPACE.sub(" ", child.tail or ""))
        return "".join(pieces)

    def _note(self, node: Element) -> str:
        kind = "endnote" if node.get(f"{_TEXT}note-class") == "endnote" else "footnote"
        mark = f"[{(node.findtext(f'{_TEXT}note-citation') or '*').strip()}]"
        body = node.find(f"{_TEXT}note-body")
        if body is not None:
            self._notes[kind].append((mark, body))
        return mark

    def _list(self, listed: Element, kind: BlockKind, depth: int, style: str) -> None:
        counts = self._counts.setdefault(style, {})
        if listed.get(f"{_TEXT}continue-numbering") != "true" and not listed.get(f"{_TEXT}continue-list"):
            counts.pop(depth, None)
        for item in listed:
            if not isinstance(item.tag, str) or not item.tag.startswith(f"{_TEXT}list-"):
                continue
            own: BlockKind = "item" if kind == "paragraph" else kind
            numbered = item.tag == f"{_TEXT}list-item" and any(c.tag in (f"{_TEXT}p", f"{_TEXT}h") for c in item)
            mark = self._mark(style, depth, counts, item.get(f"{_TEXT}start-value")) if numbered else ""
            self._flow(item, own, depth, style, f"{mark} " if mark else "")

    def _mark(self, style: str, depth: int, counts: dict[int, int], start: str | None) -> str:
        levels = self._lists.get(style)
        level = next((n for n in levels if n.get(f"{_TEXT}level") == str(depth)), None) if levels is not None else None
        if level is None or level.tag != f"{_TEXT}list-level-style-number":
            return ""
        first = start or level.get(f"{_TEXT}start-value") or "1"
        counts[depth] = int(first) if (depth not in counts or start) and first.isdecimal() else counts.get(depth, 0) + 1
        for deeper in [number for number in counts if number > depth]:
            del counts[deeper]
        shown = level.get(f"{_TEXT}display-levels") or "1"
        above = range(max(1, depth - int(shown) + 1) if shown.isdecimal() else depth, depth + 1)
        kind = _KINDS.get(level.get(f"{_STYLE}num-format") or "", "decimal")
        number = ".".join(formatted(counts.get(one, 1), kind) for one in above)
        return f"{level.get(f'{_STYLE}num-prefix') or ''}{number}{level.get(f'{_STYLE}num-suffix') or ''}" if number else ""

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
            elif child.tag.startswith(_DRAW):
                self._frame(child, kind)

    def _table(self, table: Element, kind: BlockKind) -> None:
        rows = [(row, in_header) for row, in_header in _rows(table) if len(row)]
        cells = [[cell for cell in row if cell.tag == f"{_TABLE}table-cell"] for row, _ in rows]
        count = sum(map(len, cells))
        size = sum(len("".join(cell.itertext())) for line in cells for cell in line)
        if max(map(len, cells), default=0) < 2 or size > _LONG_CELL * count or table.find(f".//{_TABLE}table") is not None:
            for cell in (cell for line in cells for cell in line):
                self._flow(cell, kind)
            return
        self._composer.add_table(
            [
                Cell(self._cell(cell), _number(cell, "columns-spanned"), _number(cell, "rows-spanned"), in_header)
                for cell in line
            ]
            for (_, in_header), line in zip(rows, cells, strict=True)
        )

    def _cell(self, cell: Element) -> str:
        lines = [self._inline(p) for p in cell.iter(f"{_TEXT}p", f"{_TEXT}h") if p.getparent().tag != f"{_OFFICE}annotation"]
        self._boxes.clear()
        return "\n".join(filter(None, map(cleaned, lines)))

    def _sheets(self, body: Element) -> None:
        for number, table in enumerate(body.iterfind(f"{_TABLE}table"), 1):
            name = table.get(f"{_TABLE}name") or str(number)
            try:
                add_sheet(self._composer, number, name, self._sheet_rows(table))
            except DocumentError as error:
                self._composer.problems.append(f"the sheet {name} or a part of it, which {error}")

    def _sheet_rows(self, table: Element) -> SheetRows:
        number = 1
        for row, _ in _rows(table):
            cells: dict[int, str] = {}
            column = 1
            for cell in row:
                repeated = _number(cell, "columns-repeated", WIDEST + 1)
                text = self._cell(cell) if cell.tag == f"{_TABLE}table-cell" else ""
                if text:
                    cells |= dict.fromkeys(range(column, min(column + repeated, WIDEST + 2)), text)
                column += repeated
            times = _number(row, "rows-repeated", 2_000_000)
            for again in range(times if cells else 0):
                self._cells += len(cells)
                if self._cells > CELL_LIMIT:
                    raise DocumentError(f"is stopped at a limit: more than {CELL_LIMIT:,} cells")
                yield number + again, cells
            number += times

    def _slides(self, body: Element) -> None:
        for number, page in enumerate(body.iterfind(f"{_DRAW}page"), 1):
            self._composer.under()
            self._composer.part("slide", number, page.get(f"{_DRAW}name") or "")
            frames = [child for child in page if isinstance(child.tag, str) and child.tag.startswith(_DRAW)]
            titles = [frame for frame in frames if frame.get(f"{_PRESENTATION}class") == "title"]
            for title in titles:
                self._composer.add(" ".join(" ".join(self._inline(p) for p in title.iter(f"{_TEXT}p")).split()), "heading", 1)
            for frame in frames:
                if frame not in titles:
                    self._frame(frame, "paragraph")
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
            text = "".join(margin.itertext()).strip()
            if text and text not in seen:
                seen.add(text)
                self._composer.under(kind.title())
                self._flow(margin, kinds[kind])


def _rows(table: Element, in_header: bool = False) -> Iterator[tuple[Element, bool]]:
    for child in table:
        if child.tag == f"{_TABLE}table-row":
            yield child, in_header
        elif child.tag in (f"{_TABLE}table-header-rows", f"{_TABLE}table-rows", f"{_TABLE}table-row-group"):
            yield from _rows(child, in_header or child.tag == f"{_TABLE}table-header-rows")


def _number(node: Element, name: str, most: int = 1_000) -> int:
    value = node.get(f"{_TABLE}number-{name}") or "1" if isinstance(node.tag, str) else "1"
    return min(max(int(value), 1), most) if value.isdecimal() and len(value) < 10 else 1
