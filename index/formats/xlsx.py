"""XLSX: each sheet by rows, cells as they are displayed; a row is read with the names of the columns above it."""

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Any

from lxml import etree

from quotewise.index.errors import DocumentError
from quotewise.index.formats.archives import Archive, document_properties, main_part, not_xml, relations
from quotewise.index.formats.composed import Composer
from quotewise.index.formats.number_formats import BUILT_IN, displayed
from quotewise.index.formats.parsed import Parsed
from quotewise.index.formats.sheets import CELL_LIMIT, HiddenCells, SheetRows, add_sheet
from quotewise.index.formats.tables import WIDEST

VERSION = 6
Element = Any
_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^<>]*?\bref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']")
_MOST_MERGED = 20_000
_COLUMNS = re.compile(rb"<(?:\w+:)?col\s[^<>]*>")
_ATTRIBUTE = re.compile(rb"\b(min|max|hidden|width|outlineLevel)=[\"']([\w.]*)[\"']")
_FILTER = re.compile(rb"<(?:\w+:)?autoFilter\s[^<>]*?\bref=[\"'][A-Z]{1,3}(\d{1,7}):[A-Z]{1,3}(\d{1,7})[\"'][^<>]*(?<!/)>")
_HEAD = 200_000
"""Bytes of a sheet in which its columns are described."""
_ON = ("1", "true")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def parse(data: bytes) -> Parsed:
    """Parse an Excel workbook. Raises DocumentError, also where it needs a password."""
    archive = Archive(data)
    main = main_part(archive, "xl/workbook.xml", "Excel workbook")
    composer = Composer("xlsx", VERSION)
    title, entries = document_properties(archive)
    _Workbook(archive, main, composer).read()
    return composer.finish(title, entries)


class _Workbook:
    """One workbook as it is read: its texts, formats and sheets."""

    def __init__(self, archive: Archive, main: str, composer: Composer) -> None:
        self._archive, self._composer = archive, composer
        self._root = archive.tree(main)
        self._related = relations(archive, main)
        self._texts = self._shared_texts()
        self._codes = self._formats()
        properties = self._root.find(f"{_S}workbookPr")
        self._is_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        self._cells = self._unsaved = 0
        """How many cells were read, and how many formulas were met in a sheet whose results the file does not hold."""

    def read(self) -> None:
        sheets = list(self._root.iterfind(f"{_S}sheets/{_S}sheet"))
        hidden = [sheet for sheet in sheets if sheet.get("state") in ("hidden", "veryHidden")]
        for number, sheet in enumerate(sheets, 1):
            name = sheet.get("name") or str(number)
            if sheet in hidden and len(hidden) < len(sheets):
                self._composer.problems.append(f"the sheet {name}, which is hidden")
                continue
            kind, path = self._related.get(sheet.get(f"{_R}id") or "", ("", ""))
            if kind not in ("worksheet", "chartsheet", "dialogsheet") or path not in self._archive:
                self._composer.problems.append(f"the sheet {name}, which is missing in the file")
                continue
            hidden_cells = HiddenCells()
            self._unsaved = 0
            try:
                merged: dict[tuple[int, int], tuple[int, int]] = {}
                rows = self._rows(path, merged, hidden_cells) if kind == "worksheet" else ()
                add_sheet(self._composer, number, name, rows, merged)
            except DocumentError as error:
                self._composer.problems.append(f"the sheet {name} or a part of it, which {error}")
            self._composer.problems += filter(None, (hidden_cells.problem(name),))
            if self._unsaved:
                self._composer.problems.append(
                    f"the results of formulas of the sheet {name} ({self._unsaved:,}), which the file does not hold;"
                    " open it in a spreadsheet program and save it"
                )
            self._add_attached(path)

    def _shared_texts(self) -> list[str]:
        path = next((path for kind, path in self._related.values() if kind == "sharedStrings"), "")
        root = self._archive.tree_or_none(path)
        return [] if root is None else [_text(entry) for entry in root.iterfind(f"{_S}si")]

    def _formats(self) -> list[str]:
        """The number format of each cell style."""
        path = next((path for kind, path in self._related.values() if kind == "styles"), "")
        root = self._archive.tree_or_none(path)
        if root is None:
            return []
        codes: dict[str, str] = {str(number): code for number, code in BUILT_IN.items()}
        codes |= {f.get("numFmtId") or "": f.get("formatCode") or "" for f in root.iterfind(f"{_S}numFmts/{_S}numFmt")}
        codes["14"] = BUILT_IN[14]
        return [codes.get(style.get("numFmtId") or "0", "General") for style in root.iterfind(f"{_S}cellXfs/{_S}xf")]

    def _rows(self, path: str, merged: dict[tuple[int, int], tuple[int, int]], hidden: HiddenCells) -> SheetRows:
        data = self._archive.read(path)
        hidden.columns = _hidden_columns(data[:_HEAD].partition(b"sheetData")[0])
        filtered = self._filtered(path, data)
        for found in islice(_MERGED.finditer(data), _MOST_MERGED):
            left, top, right, bottom = (part.decode() for part in found.groups())
            first = int(top), _column(left)
            merged[first] = int(bottom) - first[0] + 1, _column(right) - first[1] + 1
        if b"<!DOCTYPE" in data[:1_000]:
            raise DocumentError("declares a document type, which no spreadsheet has")
        events = etree.iterparse(
            BytesIO(data), tag=("{*}row",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        above = 0
        try:
            for _, row in events:
                written = row.get("r") or ""
                above = int(written) if written.isdecimal() and len(written) < 9 else above + 1
                is_filtered = any(above in rows for rows in filtered)
                cells = hidden.shown(above, dict(self._cells_of(row)), _is_hidden(row) and not is_filtered, merged)
                row.clear()
                while row.getprevious() is not None:
                    del row.getparent()[0]
                if cells:
                    yield above, cells
                self._cells += len(cells)
                if self._cells > CELL_LIMIT:
                    raise DocumentError(f"is stopped at a limit: more than {CELL_LIMIT:,} cells")
        except etree.XMLSyntaxError as error:
            raise not_xml(error, path) from error

    def _filtered(self, path: str, data: bytes) -> list[range]:
        """The rows in which a filter may hide some."""
        tables = [
            table for kind, table in relations(self._archive, path).values() if kind == "table" and table in self._archive
        ]
        parts = [part for part in (data, *map(self._archive.read, tables)) if b"filterColumn" in part]
        return [range(int(found[1]), int(found[2]) + 1) for part in parts for found in _FILTER.finditer(part)]

    def _cells_of(self, row: Element) -> Iterator[tuple[int, str]]:
        column = 0
        for cell in row:
            if not isinstance(cell.tag, str) or not cell.tag.endswith("}c"):
                continue
            place = _REFERENCE.match(cell.get("r") or "")
            column = _column(place[1]) if place else column + 1
            text = self._shown(cell)
            if text.strip() and column <= WIDEST + 1:
                yield column, text

    def _shown(self, cell: Element) -> str:
        kind: str = cell.get("t") or "n"
        value: str | None = None
        is_formula = False
        for child in cell:
            is_formula |= child.tag.endswith("}f")
            if child.tag.endswith("}v"):
                value = child.text
            elif child.tag.endswith("}is"):
                return _text(child)
        if value is None:
            self._unsaved += is_formula and kind != "str"
            return ""
        style = cell.get("s") or ""
        code = self._codes[int(style)] if style.isdecimal() and int(style) < len(self._codes) else "General"
        if kind == "s":
            known = value.strip().isdecimal() and int(value) < len(self._texts)
            return displayed(self._texts[int(value)], code) if known else ""
        if kind == "b":
            return displayed(value.strip() == "1", code)
        if kind in ("str", "e", "d"):
            return value
        try:
            return displayed(float(value), code, self._is_1904)
        except (ValueError, OverflowError, ArithmeticError):
            return value

    def _add_attached(self, sheet: str) -> None:
        """The comments on a sheet, and the texts of its drawings."""
        for kind, path in relations(self._archive, sheet).values():
            if path not in self._archive or kind not in ("comments", "threadedComment", "drawing"):
                continue
            try:
                root = self._archive.tree(path)
            except DocumentError as error:
                self._composer.problems.append(f"a part of the file, which {error}")
                continue
            above = self._composer.trail[:1]
            if kind == "drawing":
                for paragraph in root.iter(f"{_A}p"):
                    self._composer.add("".join(paragraph.itertext(f"{_A}t")))
                continue
            self._composer.under(*above, "Comments")
            for comment in root.iter("{*}comment", "{*}threadedComment"):
                text = "".join(comment.itertext("{*}t", "{*}text")).strip()
                if not text.startswith("[Threaded comment]"):
                    self._composer.add(f"{comment.get('ref') or ''}: {text}" if text else "", "footnote")
            self._composer.under(*above)


def _text(entry: Element) -> str:
    """The text of a string without the readings above its characters."""
    pieces: list[str] = []
    for child in entry:
        if child.tag == f"{_S}t":
            pieces.append(child.text or "")
        elif child.tag == f"{_S}r":
            pieces += [t.text or "" for t in child.iterfind(f"{_S}t")]
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), "".join(pieces))


def _is_hidden(row: Element) -> bool:
    """Whether a row is not displayed and not folded either."""
    is_flat = (row.get("ht") or "1").strip("0.") == ""
    return (row.get("hidden") in _ON or is_flat) and not (row.get("outlineLevel") or "").strip("0")


def _hidden_columns(head: bytes) -> frozenset[int]:
    columns: set[int] = set()
    for found in _COLUMNS.finditer(head):
        given = {name.decode(): value.decode() for name, value in _ATTRIBUTE.findall(found[0])}
        is_hidden = given.get("hidden") in _ON or not given.get("width", "1").strip("0.")
        if is_hidden and not given.get("outlineLevel", "").strip("0") and given.get("min", "").isdecimal():
            last = given.get("max", "")
            columns.update(range(int(given["min"]), min(int(last) if last.isdecimal() else 0, WIDEST) + 1))
    return frozenset(columns)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
