"""PPTX: slide by slide, shapes in the order of reading, with the tables and texts of charts and the notes of the speaker.

Hidden slides are not read but reported, as hidden sheets are, unless all are hidden.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from quotewise.index.errors import DocumentError
from quotewise.index.formats.archives import Archive, document_properties, main_part, relations
from quotewise.index.formats.charts import LINKS, add_linked
from quotewise.index.formats.composed import Composer
from quotewise.index.formats.numbering import formatted
from quotewise.index.formats.parsed import BlockKind, Parsed
from quotewise.index.formats.tables import Cell
from quotewise.index.formats.unmarked_headings import LONGEST

VERSION = 5
Element = Any
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MARGINS: dict[str, BlockKind] = {"ftr": "footer", "hdr": "header", "dt": "footer", "sldNum": "footer"}
_FEWEST_LETTERS = 3
"""Of a title, which a large number is not."""
_TITLES = frozenset(("title", "ctrTitle"))


def parse(data: bytes) -> Parsed:
    """Parse a PowerPoint presentation. Raises DocumentError, also where it needs a password."""
    archive = Archive(data)
    main = main_part(archive, "ppt/presentation.xml", "PowerPoint presentation")
    composer = Composer("pptx", VERSION)
    related = relations(archive, main)
    slides = [related.get(slide.get(f"{_R}id") or "", ("", ""))[1] for slide in archive.tree(main).iter(f"{_P}sldId")]
    hidden = [number for number, path in enumerate(slides, 1) if not _read(archive, number, path, composer)]
    if len(hidden) == len(slides):
        for number, path in enumerate(slides, 1):
            _read(archive, number, path, composer, also_hidden=True)
    else:
        composer.problems += [f"slide {number}, which is hidden" for number in hidden]
    title, entries = document_properties(archive)
    return composer.finish(None if title in ("PowerPoint Presentation", "PowerPoint-Präsentation") else title, entries)


def _read(archive: Archive, number: int, path: str, composer: Composer, also_hidden: bool = False) -> bool:
    """Read a slide; whether it is shown, as one that cannot be read is taken to be."""
    try:
        slide = _Slide(archive, path, composer)
        if slide.is_hidden and not also_hidden:
            return False
        composer.under()
        composer.part("slide", number)
        slide.read()
    except DocumentError as error:
        composer.problems.append(f"slide {number}, which {error}")
    return True


class _Slide:
    """One slide with what belongs to it."""

    def __init__(self, archive: Archive, path: str, composer: Composer) -> None:
        self._archive, self._composer = archive, composer
        self._related = relations(archive, path)
        self._root = archive.tree(path)
        self.is_hidden = self._root.get("show") in ("0", "false")

    def read(self) -> None:
        tree = self._root.find(f"{_P}cSld/{_P}spTree")
        shapes = list(_shapes(tree)) if tree is not None else []
        written = [shape for shape in shapes if any(text.strip() for text, _ in _paragraphs(shape))]
        titles = [shape for shape in written if _placeholder(shape) in _TITLES] or _largest(written)
        for shape in titles:
            self._composer.add(" ".join(" ".join(text for text, _ in _paragraphs(shape)).split()), "heading", 1)
        for shape in shapes:
            if shape not in titles:
                self._shape(shape)
        trail = self._composer.trail
        for kind, path in self._related.values():
            if path not in self._archive:
                continue
            if kind == "notesSlide":
                self._composer.under(*trail, "Notes")
                notes = _shapes(self._archive.tree(path).find(f"{_P}cSld/{_P}spTree"))
                for shape in (shape for shape in notes if _placeholder(shape) not in (*_MARGINS, "sldImg")):
                    self._text(shape, "footnote")
            elif kind in ("comments", "comment"):
                self._composer.under(*trail, "Comments")
                for comment in self._archive.tree(path).iter("{*}cm", "{*}reply"):
                    old = comment.findtext(f"{_P}text")
                    new = "\n".join("".join(p.itertext(f"{_A}t")) for p in comment.iterfind(f"{{*}}txBody/{_A}p"))
                    self._composer.add(old or new, "footnote")

    def _shape(self, shape: Element) -> None:
        table = shape.find(f".//{_A}tbl") if shape.tag == f"{_P}graphicFrame" else None
        if table is not None:
            self._composer.add_table(_rows(table))
            return
        if shape.tag == f"{_P}graphicFrame":
            for link in shape.iter(*LINKS):
                add_linked(self._composer, self._archive, self._related, link)
            return
        self._text(shape, _MARGINS.get(_placeholder(shape) or "", "paragraph"))

    def _text(self, shape: Element, kind: BlockKind) -> None:
        placeholder = _placeholder(shape)
        for text, mark in _paragraphs(shape):
            is_item = kind == "paragraph" and (mark is not None or placeholder in ("body", "obj", ""))
            self._composer.add(f"{mark} {text}" if mark else text, "item" if is_item else kind)


def _shapes(tree: Element | None) -> Iterator[Element]:
    """The shapes with text in the order of the file, also those in groups."""
    for child in tree if tree is not None else ():
        if child.tag == f"{_P}grpSp":
            yield from _shapes(child)
        elif child.tag == f"{_MC}AlternateContent":
            yield from _shapes(next(child.iterchildren(f"{_MC}Choice"), None))
        elif child.tag in (f"{_P}sp", f"{_P}graphicFrame", f"{_P}cxnSp"):
            hidden = child.find(f"*/{_P}cNvPr")
            if hidden is None or hidden.get("hidden") not in ("1", "true"):
                yield child


def _largest(shapes: Sequence[Element]) -> list[Element]:
    """The shape of one line in the largest letters, the title of a slide without one by its layout."""
    sizes = [max(_sizes(shape), default=0) for shape in shapes]
    largest = max(sizes, default=0)
    found = [shape for shape, size in zip(shapes, sizes, strict=True) if size == largest]
    texts = [text.strip() for shape in found for text, _ in _paragraphs(shape) if text.strip()]
    is_title = largest > 0 and len(shapes) > 1 and len(texts) == 1 and len(texts[0]) <= LONGEST
    return found if is_title and sum(map(str.isalpha, texts[0])) >= _FEWEST_LETTERS and texts[0][-1] not in ".,;" else []


def _sizes(shape: Element) -> Iterator[int]:
    for properties in shape.iter(f"{_A}rPr", f"{_A}defRPr", f"{_A}endParaRPr"):
        if (size := properties.get("sz") or "").isdecimal():
            yield int(size)


def _placeholder(shape: Element) -> str | None:
    """Which part of the slide's layout a shape fills: an empty name for one of no special type, None for a free shape."""
    found = shape.find(f"*/{_P}nvPr/{_P}ph")
    return None if found is None else found.get("type") or ""


def _paragraphs(shape: Element) -> Iterator[tuple[str, str | None]]:
    """The paragraphs of a shape, each with its mark: an empty text for a bullet, None where it is no item."""
    body = shape.find(f"{_P}txBody")
    counts: dict[int, int] = {}
    for paragraph in body.iterfind(f"{_A}p") if body is not None else ():
        text = _written(paragraph)
        properties = paragraph.find(f"{_A}pPr")
        level = properties.get("lvl", "0") if properties is not None else "0"
        depth = int(level) if level.isdecimal() else 0
        numbered = properties.find(f"{_A}buAutoNum") if properties is not None else None
        counts = {of: count for of, count in counts.items() if of <= depth}
        if numbered is None or not text.strip():
            bullet = properties is not None and properties.find(f"{_A}buChar") is not None
            counts.pop(depth, None) if text.strip() else None
            yield text, "" if bullet else None
            continue
        start = numbered.get("startAt", "1")
        counts[depth] = counts.get(depth, int(start) - 1 if start.isdecimal() else 0) + 1
        yield text, _numbered(counts[depth], numbered.get("type", "arabicPeriod"))


def _numbered(count: int, kind: str) -> str:
    letters = re.match(r"(alphaLc|alphaUc|romanLc|romanUc)?", kind)
    names = {"alphaLc": "lowerLetter", "alphaUc": "upperLetter", "romanLc": "lowerRoman", "romanUc": "upperRoman"}
    number = formatted(count, names.get(letters[0] if letters else "", "decimal"))
    return f"({number})" if kind.endswith("ParenBoth") else f"{number})" if kind.endswith("ParenR") else f"{number}."


def _written(paragraph: Element) -> str:
    nodes = paragraph.iter(f"{_A}t", f"{_A}br")
    return "".join(node.text or "" if node.tag == f"{_A}t" else "\n" for node in nodes).replace("\v", "\n")


def _rows(table: Element) -> Iterator[list[Cell]]:
    properties = table.find(f"{_A}tblPr")
    has_header = properties is not None and properties.get("firstRow") in ("1", "true")
    for number, row in enumerate(table.iterfind(f"{_A}tr")):
        cells = []
        for cell in row.iterfind(f"{_A}tc"):
            if cell.get("hMerge") in ("1", "true") or cell.get("vMerge") in ("1", "true"):
                continue
            text = "\n".join(_written(p) for p in cell.iter(f"{_A}p"))
            spans = [value if (value := cell.get(name, "1")).isdecimal() else "1" for name in ("gridSpan", "rowSpan")]
            columns, rows = (min(int(span), 1_000) for span in spans)
            cells.append(Cell(text, columns, rows, has_header and number == 0))
        yield cells
