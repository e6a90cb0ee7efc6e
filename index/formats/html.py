"""HTML: a walk over the elements in document order. Nothing is run or fetched; what is not displayed is not text.

What a page says about itself (menus, lists of links, buttons) is tagged as navigation, not left out.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from quotewise.index.errors import DocumentError
from quotewise.index.formats.composed import Composer, Headings, cleaned
from quotewise.index.formats.faq import INVITATION
from quotewise.index.formats.formulas import math_formula
from quotewise.index.formats.html_elements import (
    can_be_unfolded,
    cells_of,
    filled_in,
    formulas_of,
    is_data,
    is_header,
    is_hidden,
    is_named,
    is_switch,
    is_whole_heading,
    local_name,
    numbers_of,
    region_of,
    rows_of,
    span_of,
    type_of,
    unfolded_by_buttons,
)
from quotewise.index.formats.html_headings import mark_headings, mark_questions
from quotewise.index.formats.html_tree import read_tree
from quotewise.index.formats.numbering import formatted
from quotewise.index.formats.page_encoding import decoded
from quotewise.index.formats.parsed import BlockKind, Parsed
from quotewise.index.formats.preformatted import blocks_of_prose, is_code, is_prose
from quotewise.index.formats.raised import note_mark, raised
from quotewise.index.formats.tables import Cell
from quotewise.index.formats.unmarked_headings import Look

VERSION = 9
Element = Any
"""``lxml.etree._Element``, which has no types."""

_SKIPPED_NAMES = """
    script style template noscript iframe object embed applet svg canvas audio video select datalist head link meta
    title rp rt rtc annotation annotation-xml base map area progress meter
"""
_SKIPPED = frozenset(_SKIPPED_NAMES.split())
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
_NESTED_REGIONS = 8
"""Elements called so within each other whose links are counted."""
_LABELLED = ("dl", "details")
_LABELS = ("dt", "summary")
_LABEL_LEVEL = 7
"""Of terms and summaries of what can be unfolded, above the headings within these; twice that in another such part."""
_NESTED_LABELS = 4
_LONGEST_LABEL = 200
_BOLD = ("b", "strong")
_MARKED = ("sup", "a")
_LONGEST_MARK = 12
_ANCHORS = frozenset(("¶", "#", "§", "🔗", "\uf0c1"))
_NEAR = 3
"""Elements around a mark that may be its link."""
_BEFORE_MARK = re.compile(r"[\w.,;!?…”\"’')»]\Z")
_COLLAPSED = re.compile(r"[ \t\r\n\f]+")


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


def walk(root: Element, composer: Composer, shift: int = 0) -> None:
    """Add the blocks of an element to a document; the levels of its headings are raised by ``shift``."""
    _Walk(composer, shift).run(root)


class _Walk:
    """One pass over a tree without recursion; inline text gathers until a block begins or ends."""

    def __init__(self, composer: Composer, shift: int) -> None:
        self._composer, self._shift = composer, shift
        self._targets = frozenset[str]()
        self._inline: list[str] = []
        self._kinds: list[BlockKind] = ["paragraph"]
        self._region: list[BlockKind | None] = []
        self._depth = 0
        self._lists: list[tuple[int, str, int] | None] = []
        self._mark = ""
        self._marked: list[int] = []
        self._unfolded: list[Element] = []
        self._bold = 0
        self._has_bold = self._has_plain = False
        """What letters the inline text so far has."""
        self._labelled: list[Headings] = []
        """Those above each list of terms or part that can be unfolded."""
        self._is_code = False
        """Whether the preformatted element that is read says that it holds code."""
        self._prose: list[str] = []
        """The preformatted texts so far that follow one another, as the pages of one text do."""

    def run(self, root: Element) -> None:
        waiting: list[tuple[Element, bool]] = [(root, False)]
        mark_headings(root)
        mark_questions(root)
        self._targets = unfolded_by_buttons(root)
        while waiting and not self._composer.is_full:
            element, is_end = waiting.pop()
            if is_end:
                self._end(element)
                self._write(element.tail)
            elif (
                not isinstance(element.tag, str)
                or ((tag := local_name(element)) in _SKIPPED and element is not root)
                or self._is_hidden(element)
            ):
                self._inline.append(filled_in(element) or formulas_of(element))
                self._write(element.tail)
            elif tag == "math":
                self._inline.append(math_formula(element))
                self._write(element.tail)
            elif tag == "table" and is_data(element):
                self._flush()
                self._add_prose()
                self._table(element)
                self._write(element.tail)
            else:
                self._begin(element, tag)
                self._write(element.text)
                waiting.append((element, True))
                waiting.extend((child, False) for child in reversed(element))
        self._flush()
        self._add_prose()

    def _is_hidden(self, element: Element) -> bool:
        if not is_hidden(element):
            return False
        if len(self._unfolded) >= _NESTED_REGIONS or not can_be_unfolded(element, self._targets):
            return True
        self._unfolded.append(element)
        return False

    def _is_title(self, button: Element) -> bool:
        return self._kinds[-1] == "heading" and is_whole_heading(button)

    def _begin(self, element: Element, tag: str) -> None:
        self._bold += tag in _BOLD
        if tag == "br":
            if self._kinds[-1] == "paragraph" and self._has_bold and not (self._has_plain or self._bold):
                self._flush()  # A line in bold type may be a heading, with which nothing goes on.
            else:
                self._inline.append("\n")
        elif value := filled_in(element):
            self._inline.append(value)
        elif tag == "input" or (tag == "button" and not self._is_title(element)):
            self._flush()
        elif tag in _MARKED:
            self._marked.append(len(self._inline))
        if tag not in _BLOCKS:
            return
        self._flush()
        if _BLOCKS[tag] == "code" and "code" not in self._kinds:
            self._is_code = is_code(element)
        elif tag != "hr":
            self._add_prose()
        self._kinds.append(_BLOCKS[tag] if _BLOCKS[tag] != "paragraph" or self._kinds[-1] != "item" else "item")
        region = (
            None if "navigation" in self._region else region_of(element, tag, self._depth < _NESTED_REGIONS, any(self._region))
        )
        self._depth += is_named(element)
        self._region.append(region)
        if tag in _LABELLED:
            self._labelled.append(self._composer.headings)
        if tag in ("ol", "ul", "menu", "dir"):
            self._lists.append(numbers_of(element) if tag == "ol" else None)
        elif tag == "li" and self._lists and (numbers := self._lists[-1]) is not None:
            number, kind, step = numbers
            number = int(value) if re.fullmatch(r"\d{1,6}", value := element.get("value") or "") else number
            self._mark = f"{formatted(number, kind)}. "
            self._lists[-1] = number + step, kind, step

    def _end(self, element: Element) -> None:
        tag = local_name(element)
        self._bold -= tag in _BOLD
        if self._unfolded and self._unfolded[-1] is element:
            self._unfolded.pop()
        if tag == "button" and not self._is_title(element):
            is_title = (
                self._kinds[-1] != "heading" and is_switch(element) and not {"navigation", "header"}.intersection(self._region)
            )
            self._flush(None if is_title else "navigation", keep_with_next=is_title)
        elif tag in _MARKED:
            _mark(self._inline, self._marked.pop(), element)
        if tag not in _BLOCKS:
            return
        if "code" not in self._kinds:
            self._add_prose()
        is_label = tag in _LABELS and self._is_label()
        if is_label or (_BLOCKS[tag] == "heading" and self._labelled and local_name(element.getparent()) in _LABELS):
            self._kinds[-1], self._composer.headings = "heading", self._labelled[-1]
            self._flush(level=_LABEL_LEVEL * len(self._labelled))
        else:
            level = int(tag[1]) + _LABEL_LEVEL * len(self._labelled) if _BLOCKS[tag] == "heading" else 0
            self._flush(level=level, keep_with_next=tag == "dt")
        if tag in _LABELLED:
            self._composer.headings = self._labelled.pop()
        self._kinds.pop()
        self._region.pop()
        self._depth -= is_named(element)
        if tag in ("ol", "ul", "menu", "dir"):
            self._lists.pop()
        elif tag == "li":
            self._mark = ""

    def _is_label(self) -> bool:
        """Whether the text so far heads what follows it in a list of terms or a part that can be unfolded."""
        text = "".join(self._inline).strip()
        says_what = 0 < len(text) <= _LONGEST_LABEL and not INVITATION.fullmatch(text)
        return says_what and 0 < len(self._labelled) <= _NESTED_LABELS and not {"code", "heading"}.intersection(self._kinds)

    def _write(self, text: str | None) -> None:
        if text:
            self._inline.append(text if "code" in self._kinds else _COLLAPSED.sub(" ", text))
            if not text.isspace():
                self._has_bold |= self._bold > 0
                self._has_plain |= self._bold == 0

    def _flush(self, kind: BlockKind | None = None, level: int = 0, keep_with_next: bool = False) -> None:
        text, self._inline = "".join(self._inline), []
        self._marked = [0] * len(self._marked)
        look = Look(bold=self._has_bold and not self._has_plain)
        self._has_bold = self._has_plain = False
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
            self._add_preformatted(text.replace("\u00a0", " "), region is None)
            return
        self._add_prose()
        mark, self._mark = self._mark, ""
        level += self._shift if level else 0
        self._composer.add(mark + text.strip(), own, level, keep_with_next, look if own == "paragraph" else None)

    def _add_preformatted(self, text: str, is_text: bool) -> None:
        text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
        if is_text and not self._is_code and is_prose(text):
            self._prose.append(text.rstrip())
            return
        self._add_prose()
        self._composer.add(text, "code")

    def _add_prose(self) -> None:
        """Add the preformatted texts that are prose, as one with its headings and tables."""
        if self._prose:
            text, self._prose = "\n\n".join(self._prose), []
            above = self._composer.trail
            blocks = [replace(block, heading=(*above, *block.heading)) for block in blocks_of_prose(text)]
            self._composer.add_as_written(text, blocks, self._composer.headings)

    def _table(self, table: Element) -> None:
        caption = next(table.iterchildren("caption", "{*}caption"), None)
        if caption is not None:
            self._composer.add(displayed(caption), "caption")
        if "navigation" in self._region:
            for row in rows_of(table):
                self._composer.add(" | ".join(filter(None, map(displayed, cells_of(row)))), "navigation")
            return
        self._composer.add_table(
            [
                Cell(displayed(cell), span_of(cell, "colspan"), span_of(cell, "rowspan"), is_header(cell))
                for cell in cells_of(row)
            ]
            for row in rows_of(table)
        )


def displayed(element: Element) -> str:
    """The displayed text of an element in one piece; its blocks stand in lines of their own."""
    pieces: list[str] = []
    marked: list[int] = []
    waiting: list[tuple[Element, bool]] = [(element, False)]
    while waiting:
        node, is_end = waiting.pop()
        tag = local_name(node) if isinstance(node.tag, str) else ""
        is_block = tag in _BLOCKS or tag == "br"
        if is_end or not tag or tag in _SKIPPED or tag == "math" or is_hidden(node):
            if not is_end:
                pieces.append(math_formula(node) if tag == "math" else filled_in(node) or formulas_of(node))
            elif tag in _MARKED:
                _mark(pieces, marked.pop(), node)
            pieces.append("\n" if is_block else "")
            pieces.append(_COLLAPSED.sub(" ", node.tail or "") if node is not element else "")
        else:
            if tag in _MARKED:
                marked.append(len(pieces))
            pieces += ("\n" if is_block else "", _COLLAPSED.sub(" ", node.text or ""), filled_in(node))
            waiting.append((node, True))
            waiting.extend((child, False) for child in reversed(node))
    return re.sub(r"\n+", "\n", cleaned("".join(pieces)))


def _mark(pieces: list[str], start: int, element: Element) -> None:
    """Show what stands in a ``sup`` or link as what it is: an exponent, or the mark of a note."""
    text = "".join(pieces[start:])
    if not text.strip() or len(text) > _LONGEST_MARK:
        return
    before = "".join(pieces[max(0, start - 3) : start])
    if text.strip() in _ANCHORS and "#" in (element.get("href") or ""):
        text = ""  # the link to a heading, which is displayed beside it when it is pointed at
    elif local_name(element) == "sup":
        near = (*element.iter("a", "{*}a"), *islice(element.iterancestors(), _NEAR))
        is_mark = any("#" in (one.get("href") or "") for one in near) and not before[-1:].isspace()
        text = note_mark(text) if is_mark else raised(text)
    elif "noteref" in type_of(element) or (
        "#" in (element.get("href") or "") and not text.strip().isalpha() and _BEFORE_MARK.search(before)
    ):
        text = note_mark(text)
    pieces[start:] = [text]


def _meta(root: Element) -> Iterator[tuple[str, str]]:
    for meta in root.iter("meta", "{*}meta"):
        name, content = meta.get("name") or meta.get("property"), meta.get("content")
        if name and content and name.lower() in ("author", "description", "date", "article:published_time", "dc.creator"):
            yield name, content[:1_000]
