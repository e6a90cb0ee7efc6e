"""HTML: a walk over the elements in document order. Nothing is run or fetched; what is not displayed is not text.

What a page says about itself (menus, lists of links, buttons) is tagged as navigation, not left out.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from lxml import etree

from quotewise.index.errors import DocumentError
from quotewise.index.formats.composed import Composer, cleaned
from quotewise.index.formats.formulas import math_formula
from quotewise.index.formats.numbering import formatted
from quotewise.index.formats.page_encoding import decoded
from quotewise.index.formats.parsed import BlockKind, Parsed
from quotewise.index.formats.raised import note_mark, raised
from quotewise.index.formats.tables import Cell

VERSION = 3
Element = Any
"""``lxml.etree._Element``, which has no types."""

_PAGE_LIMIT = 20_000_000
_TAG_LIMIT = 1_500_000
_DEPTH_LIMIT = 2_048
"""Of libxml2."""
_SKIPPED_NAMES = """
    script style template noscript iframe object embed applet svg canvas audio video select datalist head link meta
    title rp rt rtc annotation annotation-xml base map area progress meter
"""
_SKIPPED = frozenset(_SKIPPED_NAMES.split())
_TYPED = frozenset(["text", "email", "tel", "url", "number", "date", "datetime-local", "month", "week", "time"])
"""Types of the fields of a form whose values are displayed."""
_PARAGRAPHS = """
    html body p div section article main aside header footer address blockquote center form fieldset details dialog
    hgroup figure ul ol dl menu dir hr nav search table tbody thead tfoot tr td th dt dd summary legend optgroup
"""
_BLOCKS: dict[str, BlockKind] = {
    **dict.fromkeys(_PARAGRAPHS.split(), "paragraph"),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("caption", "figcaption"), "caption"),
    **dict.fromkeys(("pre", "listing", "xmp", "plaintext"), "code"),
    "li": "item",
}
_CELL_FLOW_NAMES = "table ul ol dl h1 h2 h3 h4 h5 h6 pre blockquote article section"
_CELL_FLOW = frozenset(_CELL_FLOW_NAMES.split())
_NAVIGATION_NAME = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|breadcrumbs?|sidebar|cookies?|share|social|pagination|pager|toc|skip|related)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_NESTED_REGIONS = 8
"""Elements called so within each other whose links are counted."""
_MARKED = ("sup", "a")
_LONGEST_MARK = 12
_EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
_NOTE_TYPE = re.compile(r"\b(?:foot|end|rear)note\b")
_BEFORE_MARK = re.compile(r"[\w.,;!?…”\"’')»]\Z")
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:[^;]*?\b(lower|upper)-(alpha|latin|roman)\b", re.IGNORECASE)
_LIST_KINDS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_COLLAPSED = re.compile(r"[ \t\r\n\f]+")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_XML_ENTITIES = frozenset(("amp", "lt", "gt", "quot", "apos"))
_XML_HEAD = re.compile(r"<\?xml[^>]*\?>\s*(?:<!--.*?-->\s*)*(?:<!DOCTYPE[^>\[]*>)?", re.DOTALL)
_FORMATTING = re.compile(r"</?(?:font|b|i|u|s|em|strong|span|small|big|center|tt|a|strike|blink)(?:\s[^<>]*)?>", re.IGNORECASE)


def parse(data: bytes) -> Parsed:
    """Parse an HTML page. Raises DocumentError when the bytes are no text."""
    composer = Composer("html", VERSION)
    text = decoded(data)
    root, damage = read_tree(text)
    if root is None:
        raise DocumentError("holds no HTML element and no text")
    walk(root, composer)
    if damage:
        composer.problems.append(damage)
    title = " ".join(
        "".join(root.xpath("(//*[local-name()='title'][not(ancestor::*[local-name()='svg'])])[1]//text()")).split()
    )
    entries = {name.lower(): content for name, content in _meta(root)}
    return composer.finish(title or None, entries)


def read_tree(text: str) -> tuple[Element | None, str | None]:
    """The tree of a page, and what was not read of it, if its elements are nested too deep."""
    tags = text.count("<", 0, _PAGE_LIMIT)
    limit = _PAGE_LIMIT if tags <= _TAG_LIMIT else _PAGE_LIMIT * _TAG_LIMIT // tags
    if len(text) > limit:
        root, _ = read_tree(text[:limit])
        return root, f"what follows the first {limit:,} characters of the page"
    if text.lstrip().startswith("<?xml") and (xhtml := _xhtml(text)) is not None:
        return xhtml, None
    root, line = _parsed(text)
    if line is not None:  # most often by formatting that is opened again and again, and never closed
        root, line = _parsed(_FORMATTING.sub("", text))
    damage = f"what follows line {line:,}, where elements are nested deeper than {_DEPTH_LIMIT:,}" if line is not None else None
    if damage and (root is None or not "".join(root.itertext()).strip()):
        raise DocumentError(f"cannot be parsed: elements are nested deeper than {_DEPTH_LIMIT:,}")
    return root, damage


def _xhtml(text: str) -> Element | None:
    """The tree of a page that is XML, where an element can be closed as it is opened; None where it is not."""
    text = _ENTITY.sub(lambda found: unescape(found[0]) if found[1] not in _XML_ENTITIES else found[0], text.lstrip())
    text = _XML_HEAD.sub("", text, count=1)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def _parsed(text: str) -> tuple[Element | None, int | None]:
    parser = etree.HTMLParser(huge_tree=True, no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        root = None
    limits = [error for error in parser.error_log if error.type_name == "ERR_RESOURCE_LIMIT"]
    return root, limits[0].line if limits else None


def walk(root: Element, composer: Composer, shift: int = 0) -> None:
    """Add the blocks of an element to a document; the levels of its headings are raised by ``shift``."""
    _Walk(composer, shift).run(root)


class _Walk:
    """One pass over a tree without recursion; inline text gathers until a block begins or ends."""

    def __init__(self, composer: Composer, shift: int) -> None:
        self._composer, self._shift = composer, shift
        self._inline: list[str] = []
        self._kinds: list[BlockKind] = ["paragraph"]
        self._region: list[BlockKind | None] = []
        self._depth = 0
        self._lists: list[tuple[int, str, int] | None] = []
        self._mark = ""
        self._marked: list[int] = []

    def run(self, root: Element) -> None:
        waiting: list[tuple[Element, bool]] = [(root, False)]
        while waiting and not self._composer.is_full:
            element, is_end = waiting.pop()
            if is_end:
                self._end(element)
                self._write(element.tail)
            elif (
                not isinstance(element.tag, str)
                or ((tag := _local(element)) in _SKIPPED and element is not root)
                or _is_hidden(element)
            ):
                self._inline.append(_filled_in(element) or _formulas_of(element))
                self._write(element.tail)
            elif tag == "math":
                self._inline.append(math_formula(element))
                self._write(element.tail)
            elif tag == "table" and _is_data(element):
                self._flush()
                self._table(element)
                self._write(element.tail)
            else:
                self._begin(element, tag)
                self._write(element.text)
                waiting.append((element, True))
                waiting.extend((child, False) for child in reversed(element))
        self._flush()

    def _begin(self, element: Element, tag: str) -> None:
        if tag == "br":
            self._inline.append("\n")
        elif value := _filled_in(element):
            self._inline.append(value)
        elif tag in ("input", "button"):
            self._flush()
        elif tag in _MARKED:
            self._marked.append(len(self._inline))
        if tag not in _BLOCKS:
            return
        self._flush()
        self._kinds.append(_BLOCKS[tag] if _BLOCKS[tag] != "paragraph" or self._kinds[-1] != "item" else "item")
        region = (
            None if "navigation" in self._region else _region(element, tag, self._depth < _NESTED_REGIONS, any(self._region))
        )
        self._depth += _is_named(element)
        self._region.append(region)
        if tag in ("ol", "ul", "menu", "dir"):
            self._lists.append(_numbers(element) if tag == "ol" else None)
        elif tag == "li" and self._lists and (numbers := self._lists[-1]) is not None:
            number, kind, step = numbers
            number = int(value) if re.fullmatch(r"\d{1,6}", value := element.get("value") or "") else number
            self._mark = f"{formatted(number, kind)}. "
            self._lists[-1] = number + step, kind, step

    def _end(self, element: Element) -> None:
        tag = _local(element)
        if tag == "button":
            self._flush("navigation")
        elif tag in _MARKED:
            _mark(self._inline, self._marked.pop(), element)
        if tag not in _BLOCKS:
            return
        self._flush(level=int(tag[1]) if _BLOCKS[tag] == "heading" else 0, keep_with_next=tag == "dt")
        self._kinds.pop()
        self._region.pop()
        self._depth -= _is_named(element)
        if tag in ("ol", "ul", "menu", "dir"):
            self._lists.pop()
        elif tag == "li":
            self._mark = ""

    def _write(self, text: str | None) -> None:
        if text:
            self._inline.append(text if "code" in self._kinds else _COLLAPSED.sub(" ", text))

    def _flush(self, kind: BlockKind | None = None, level: int = 0, keep_with_next: bool = False) -> None:
        text, self._inline = "".join(self._inline), []
        self._marked = [0] * len(self._marked)
        if not text.strip():
            return
        region: BlockKind | None = next((region for region in reversed(self._region) if region), None)
        own: BlockKind = self._kinds[-1]
        if "code" in self._kinds:
            own = "code"
        if own == "heading":
            level = level or 6
            text = " ".join(text.split())
        if region == "navigation" or kind == "navigation":
            own = "navigation"
        elif region and own == "paragraph":
            own = region
        if own == "code":
            self._composer.add(text.replace("\u00a0", " "), own)
            return
        mark, self._mark = self._mark, ""
        self._composer.add(mark + text.strip(), own, level + self._shift if level else 0, keep_with_next)

    def _table(self, table: Element) -> None:
        caption = next(table.iterchildren("caption", "{*}caption"), None)
        if caption is not None:
            self._composer.add(displayed(caption), "caption")
        if "navigation" in self._region:
            for row in _rows(table):
                self._composer.add(" | ".join(filter(None, map(displayed, _cells(row)))), "navigation")
            return
        self._composer.add_table(
            [
                Cell(displayed(cell), _span(cell, "colspan"), _span(cell, "rowspan"), _local(cell) == "th")
                for cell in _cells(row)
            ]
            for row in _rows(table)
        )


def displayed(element: Element) -> str:
    """The displayed text of an element in one piece; its blocks stand in lines of their own."""
    pieces: list[str] = []
    marked: list[int] = []
    waiting: list[tuple[Element, bool]] = [(element, False)]
    while waiting:
        node, is_end = waiting.pop()
        tag = _local(node) if isinstance(node.tag, str) else ""
        is_block = tag in _BLOCKS or tag == "br"
        if is_end or not tag or tag in _SKIPPED or tag == "math" or _is_hidden(node):
            if not is_end:
                pieces.append(math_formula(node) if tag == "math" else _filled_in(node) or _formulas_of(node))
            elif tag in _MARKED:
                _mark(pieces, marked.pop(), node)
            pieces.append("\n" if is_block else "")
            pieces.append(_COLLAPSED.sub(" ", node.tail or "") if node is not element else "")
        else:
            if tag in _MARKED:
                marked.append(len(pieces))
            pieces += ("\n" if is_block else "", _COLLAPSED.sub(" ", node.text or ""), _filled_in(node))
            waiting.append((node, True))
            waiting.extend((child, False) for child in reversed(node))
    return re.sub(r"\n+", "\n", cleaned("".join(pieces)))


def _mark(pieces: list[str], start: int, element: Element) -> None:
    """Show what stands in a ``sup`` or link as what it is: an exponent, or the mark of a note."""
    text = "".join(pieces[start:])
    if not text.strip() or len(text) > _LONGEST_MARK:
        return
    before = "".join(pieces[max(0, start - 3) : start])
    if _local(element) == "sup":
        links = (*element.iter("a", "{*}a"), *element.iterancestors("a", "{*}a"))
        is_mark = any("#" in (link.get("href") or "") for link in links) and not before[-1:].isspace()
        text = note_mark(text) if is_mark else raised(text)
    elif "noteref" in _type(element) or (
        "#" in (element.get("href") or "") and not text.strip().isalpha() and _BEFORE_MARK.search(before)
    ):
        text = note_mark(text)
    pieces[start:] = [text]


def _type(element: Element) -> str:
    """What e-books and pages for reading aloud say that an element is: ``footnote``, ``doc-noteref``."""
    return f"{element.get(_EPUB_TYPE) or element.get('epub:type') or ''} {element.get('role') or ''}"


def _formulas_of(hidden: Element) -> str:
    """The formulas of an element that is hidden because a picture of them is displayed."""
    picture = hidden.getnext() if isinstance(hidden.tag, str) and hidden.get("style") is not None else None
    if picture is None or picture.tag not in ("img", "meta"):
        return ""
    return "".join(map(math_formula, hidden.iter("math", "{*}math")))


def _filled_in(element: Element) -> str:
    """What a field of a form shows beside its text."""
    tag = _local(element) if isinstance(element.tag, str) and not _is_hidden(element) else ""
    if tag == "select":
        options = element.xpath(".//*[local-name()='option']")
        chosen = next((option for option in options if option.get("selected") is not None), options[0] if options else None)
        return f" {' '.join(''.join(chosen.itertext()).split())} " if chosen is not None else ""
    typed = tag == "input" and element.get("type", "text").lower() in _TYPED
    return f" {element.get('value')} " if typed and element.get("value") else " " * (tag == "textarea")


def _local(element: Element) -> str:
    tag: str = element.tag
    return tag.rpartition("}")[2].lower()


def _is_hidden(element: Element) -> bool:
    before = element.getprevious() if element.get("aria-hidden") == "true" else None
    if before is not None and any(isinstance(child.tag, str) and _local(child) == "math" for child in before):
        return True  # the formula once more, in letters that are placed one by one
    kind = _type(element)
    if "pagebreak" in kind:
        return True  # the number of a printed page, which stands within words
    is_marked = element.get("hidden") is not None and not _NOTE_TYPE.search(kind)  # a note is displayed when it is asked for
    return is_marked or bool(_HIDDEN.search(element.get("style") or ""))


def _is_named(element: Element) -> bool:
    """Whether the author calls an element a menu or the like."""
    return bool(_NAVIGATION_NAME.search(f"{element.get('class') or ''} {element.get('id') or ''}"))


def _region(element: Element, tag: str, is_looked_into: bool, is_inside: bool) -> BlockKind | None:
    """Whether an element holds what a page says about itself."""
    role = (element.get("role") or "").lower()
    if tag == "nav" or role in ("navigation", "search", "menu", "menubar", "toolbar"):
        return "navigation"
    if _NOTE_TYPE.search(_type(element)):
        return "footnote"
    named = is_looked_into and tag in ("div", "ul", "ol", "section", "aside", "table", "p") and _is_named(element)
    if named and _is_links(element):
        return "navigation"
    if tag in ("header", "footer") and not is_inside:
        inside = next(element.iterancestors("article", "main", "section"), None)
        if inside is None:
            return "header" if tag == "header" else "footer"
    return None


def _is_links(element: Element) -> bool:
    every = sum(len(text.strip()) for text in element.itertext())
    linked = sum(len(text.strip()) for link in element.iter("a", "{*}a", "button") for text in link.itertext())
    return 2 * linked > every


def _is_data(table: Element) -> bool:
    """Whether a table holds rows of values rather than the layout of a page."""
    if (table.get("role") or "").lower() in ("presentation", "none"):
        return False
    rows = list(_rows(table))
    cells = [cell for row in rows for cell in _cells(row)]
    if not cells or max(len(list(_cells(row))) for row in rows) < 2:
        return False
    if any(_local(cell) == "th" for cell in cells):
        return not any(next(cell.iter("table", "{*}table"), None) is not None for cell in cells) or len(rows) > 2
    if len(rows) < 2 and next(table.iter("h1", "h2", "h3", "p", "table"), table) is not table:
        return False
    flows = sum(any(isinstance(e.tag, str) and _local(e) in _CELL_FLOW for e in cell.iterdescendants()) for cell in cells)
    return 4 * flows < len(cells)


def _rows(table: Element, depth: int = 2) -> Iterator[Element]:
    """The rows of a table, also of a form that was opened between them; cells outside of any row are one of their own."""
    for child in table:
        if not isinstance(child.tag, str) or _is_hidden(child):
            continue
        if (tag := _local(child)) == "tr":
            yield child
        elif tag in ("thead", "tbody", "tfoot", "form") and depth:
            yield from _rows(child, depth - 1)
        elif tag in ("td", "th") and not _is_cell(child.getprevious()):
            yield child


def _cells(row: Element) -> Iterator[Element]:
    if _is_cell(row):
        yield row
        while _is_cell(row := row.getnext()):
            yield row
        return
    for child in row:
        inner = child if isinstance(child.tag, str) and _local(child) == "form" else (child,)
        yield from (cell for cell in inner if _is_cell(cell) and not _is_hidden(cell))


def _is_cell(element: Element | None) -> bool:
    return element is not None and isinstance(element.tag, str) and _local(element) in ("td", "th")


def _span(cell: Element, name: str) -> int:
    value = (cell.get(name) or "").strip()
    return min(max(int(value), 1), 1_000) if re.fullmatch(r"\d{1,6}", value) else 1


def _numbers(ordered: Element) -> tuple[int, str, int]:
    """From where the items of a list are counted, in which numbers, and in which direction."""
    step = 1 if ordered.get("reversed") is None else -1
    value = ordered.get("start") or ""
    items = sum(isinstance(item.tag, str) and _local(item) == "li" for item in ordered)
    first = int(value) if re.fullmatch(r"\d{1,6}", value) else 1 if step > 0 else items
    kind = _LIST_KINDS.get(ordered.get("type") or "", "decimal")
    if style := _LIST_STYLE.search(ordered.get("style") or ""):
        kind = style[1].lower() + ("Roman" if style[2].lower() == "roman" else "Letter")
    return first, kind, step


def _meta(root: Element) -> Iterator[tuple[str, str]]:
    for meta in root.iter("meta", "{*}meta"):
        name, content = meta.get("name") or meta.get("property"), meta.get("content")
        if name and content and name.lower() in ("author", "description", "date", "article:published_time", "dc.creator"):
            yield name, content[:1_000]
