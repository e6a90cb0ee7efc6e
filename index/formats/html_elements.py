"""What the elements of a page are: hidden, menus, notes, fields of forms, lists that count, and tables with their cells."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from quotewise.index.formats.formulas import math_formula
from quotewise.index.formats.parsed import BlockKind
from quotewise.index.formats.tables import FEW

Element = Any
_TYPED = frozenset(["text", "email", "tel", "url", "number", "date", "datetime-local", "month", "week", "time"])
"""Types of the fields of a form whose values are displayed."""
_CELL_FLOW_NAMES = "table ul ol dl h1 h2 h3 h4 h5 h6 pre blockquote article section"
_CELL_FLOW = frozenset(_CELL_FLOW_NAMES.split())
_NAVIGATION_NAME = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|breadcrumbs?|sidebar|cookies?|share|social|pagination|pager|toc|skip|related)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_CONSENT_NAME = re.compile(
    r"(?:^|[\s_-])(?:cookies?[-_]?(?:banner|consent|bar|popup|modal|overlay|dialog|wall|message)(?![-_](?:open|visible|active|shown|accepted))|cookiebanner"
    r"|cookieconsent|consent[-_](?:banner|modal|popup|dialog)|onetrust-\w|cybotcookiebot|cmplz-cookiebanner|didomi-\w|usercentrics"
    r"|osano-cm|qc-cmp2|breadcrumbs?(?:[-_]+(?:nav\w*|list|trail|bar|container|wrapper|inner|section|links?|items?))?(?:$|\s))",
    re.IGNORECASE,
)
"""Of what asks for consent to cookies, or says where in a site a page stands, in words that may be no links."""
_UNFOLDED_NAME = re.compile(r"accordion|collaps|faq|answer|expand|disclosure|tab-?(?:pane|panel|content)|spoiler", re.I)
_OVERLAY_NAME = re.compile(
    r"modal|dialog|popup|overlay|lightbox|off-?canvas|menu|nav|search|cookie|consent|tooltip|drop-?down|preheader|mobile|login"
    r"|template|alert|error|toast|loading",
    re.IGNORECASE,
)
_SWITCH_WORDS = 3
"""Fewest words of a button that is the title of what it unfolds, and not a sign or the name of a menu."""
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_SWITCH_MARKS = ("aria-controls", "data-target", "data-bs-target")
_OVERLAY_SWITCHES = frozenset(("modal", "dropdown", "offcanvas", "popover", "tooltip"))
_WHOLE_PAGE = ("main", "article", "h1", "{*}main", "{*}article", "{*}h1")
_FORM_DEPTH = 8
"""Elements around a button among which a form is looked for, whose hidden parts say whether it was sent."""
_SWITCH_HOLDERS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "dt"))
_UNFOLDED = frozenset(("div", "p", "section", "article", "dd", "ul", "ol", "dl", "table", "span", "blockquote"))
_EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
_LONGEST_PAGE_NUMBER = 12
_NOTE_TYPE = re.compile(r"\b(?:foot|end|rear)note\b")
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:[^;]*?\b(lower|upper)-(alpha|latin|roman)\b", re.IGNORECASE)
_LIST_KINDS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}


def type_of(element: Element) -> str:
    """What e-books and pages for reading aloud say that an element is: ``footnote``, ``doc-noteref``."""
    return f"{element.get(_EPUB_TYPE) or element.get('epub:type') or ''} {element.get('role') or ''}"


def formulas_of(hidden: Element) -> str:
    """The formulas of an element that is hidden because a picture of them is displayed."""
    picture = hidden.getnext() if isinstance(hidden.tag, str) and hidden.get("style") is not None else None
    if picture is None or picture.tag not in ("img", "meta"):
        return ""
    return "".join(map(math_formula, hidden.iter("math", "{*}math")))


def filled_in(element: Element) -> str:
    """What a field of a form shows beside its text."""
    tag = local_name(element) if isinstance(element.tag, str) and not is_hidden(element) else ""
    if tag == "select":
        options = element.xpath(".//*[local-name()='option']")
        chosen = next((option for option in options if option.get("selected") is not None), options[0] if options else None)
        return f" {' '.join(''.join(chosen.itertext()).split())} " if chosen is not None else ""
    typed = tag == "input" and element.get("type", "text").lower() in _TYPED
    return f" {element.get('value')} " if typed and element.get("value") else " " * (tag == "textarea")


def local_name(element: Element) -> str:
    """The name of an element without its namespace, in lower case."""
    tag: str = element.tag
    return tag.rpartition("}")[2].lower()


def is_hidden(element: Element) -> bool:
    """Whether an element is not displayed, or displays a second time what is read."""
    before = element.getprevious() if element.get("aria-hidden") == "true" else None
    if before is not None and any(isinstance(child.tag, str) and local_name(child) == "math" for child in before):
        return True  # the formula once more, in letters that are placed one by one
    kind = type_of(element)
    if "pagebreak" in kind and len("".join(islice(element.itertext(), 8)).strip()) <= _LONGEST_PAGE_NUMBER:
        return True  # the number of a printed page, which stands within words
    is_marked = element.get("hidden") is not None and not _NOTE_TYPE.search(kind)  # a note is displayed when it is asked for
    return is_marked or bool(_HIDDEN.search(element.get("style") or ""))


def is_switch(element: Element) -> bool:
    """Whether a button is the title of a part of the text, which it unfolds or brings to the front."""
    heading = next((one for one in islice(element.iterancestors(), 2) if local_name(one) in _SWITCH_HOLDERS), None)
    if heading is not None:
        return True
    if _opens_overlay(element):
        return False
    below = element.getnext()
    is_marked = (
        any(element.get(name) is not None for name in (*_SWITCH_MARKS, "aria-expanded"))
        or bool(_UNFOLDED_NAME.search(_names(element)))
        or (
            below is not None
            and isinstance(below.tag, str)
            and is_hidden(below)
            and not _OVERLAY_NAME.search(_names(below))
            and all(local_name(one) != "form" for one in islice(element.iterancestors(), _FORM_DEPTH))
        )
    )
    return is_marked and len("".join(islice(element.itertext(), 20)).split()) >= _SWITCH_WORDS


def _opens_overlay(switch: Element) -> bool:
    """Whether a button or link opens a menu or a window above the page."""
    kind = switch.get("data-bs-toggle") or switch.get("data-toggle") or ""
    return kind in _OVERLAY_SWITCHES or switch.get("aria-haspopup", "false") != "false"


def is_whole_heading(button: Element) -> bool:
    """Whether a button in a heading is all that the heading says, and no tool beside it, as one that copies a link."""
    heading = next((one for one in islice(button.iterancestors(), 4) if local_name(one) in _SWITCH_HOLDERS), button)
    return _beginning(heading) == _beginning(button)


def _beginning(element: Element) -> list[str]:
    return "".join(islice(element.itertext(), 20)).split()


def unfolded_by_buttons(root: Element) -> frozenset[str]:
    """The ids of what buttons and links on a page unfold."""
    switches = (element for element in root.iter("button", "a", "{*}a", "{*}button") if not _opens_overlay(element))
    targets = (element.get(name) or "" for element in switches for name in _SWITCH_MARKS)
    return frozenset(one.removeprefix("#") for target in targets for one in target.split())


def can_be_unfolded(hidden: Element, targets: frozenset[str]) -> bool:
    """Whether a hidden element is a part of the text that is displayed when it is asked for, such as an answer.

    Menus and windows above the page are none.
    """
    if _OVERLAY_NAME.search(f"{_names(hidden)} {hidden.get('role') or ''}") or local_name(hidden) not in _UNFOLDED:
        return False
    before = hidden.getprevious()
    is_told = (
        (hidden.get("id") or "-") in targets
        or hidden.get("role") == "tabpanel"
        or hidden.get("hidden") == "until-found"
        or bool(_UNFOLDED_NAME.search(_names(hidden)))
        or (local_name(hidden) == "dd" and before is not None)
        or (before is not None and _has_switch(before))
    )
    return is_told and not _is_links(hidden)


def _has_switch(element: Element) -> bool:
    near = islice(element.iter(), 8)
    return any(one.get("aria-expanded") is not None or (one.tag == "button" and is_switch(one)) for one in near)


def _names(element: Element) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def is_named(element: Element) -> bool:
    """Whether the author calls an element a menu or the like."""
    return bool(_NAVIGATION_NAME.search(_names(element)))


def region_of(element: Element, tag: str, is_looked_into: bool, is_inside: bool) -> BlockKind | None:
    """Whether an element holds what a page says about itself."""
    role = (element.get("role") or "").lower()
    if tag == "nav" or role in ("navigation", "search", "menu", "menubar", "toolbar"):
        return "navigation"
    if _NOTE_TYPE.search(type_of(element)):
        return "footnote"
    is_part = is_looked_into and tag in ("div", "ul", "ol", "section", "aside", "table", "p", "dialog", "form")
    asks = is_part and _CONSENT_NAME.search(_names(element)) and next(element.iterdescendants(*_WHOLE_PAGE), None) is None
    if asks or (is_part and is_named(element) and _is_links(element)):
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


def is_data(table: Element) -> bool:
    """Whether a table holds rows of values rather than the layout of a page."""
    if (table.get("role") or "").lower() in ("presentation", "none"):
        return False
    rows = list(rows_of(table))
    cells = [cell for row in rows for cell in cells_of(row)]
    if not cells or max(len(list(cells_of(row))) for row in rows) < 2:
        return False
    if any(local_name(cell) == "th" for cell in cells):
        return not any(next(cell.iter("table", "{*}table"), None) is not None for cell in cells) or len(rows) > 2
    if len(rows) < 2 and next(table.iter("h1", "h2", "h3", "p", "table"), table) is not table:
        return False
    flows = sum(any(isinstance(e.tag, str) and local_name(e) in _CELL_FLOW for e in cell.iterdescendants()) for cell in cells)
    return FEW * flows < len(cells)


def rows_of(table: Element, depth: int = 2) -> Iterator[Element]:
    """The rows of a table, also of a form that was opened between them; cells outside of any row are one of their own.

    Its foot comes last, wherever it is written.
    """
    shown = [child for child in table if isinstance(child.tag, str) and not is_hidden(child)]
    for child in sorted(shown, key=lambda child: local_name(child) == "tfoot"):
        if (tag := local_name(child)) == "tr":
            yield child
        elif tag in ("thead", "tbody", "tfoot", "form") and depth:
            yield from rows_of(child, depth - 1)
        elif tag in ("td", "th") and not _is_cell(child.getprevious()):
            yield child


def cells_of(row: Element) -> Iterator[Element]:
    """The cells of a row; of one that has no element, those from its first on."""
    if _is_cell(row):
        yield row
        while _is_cell(row := row.getnext()):
            yield row
        return
    for child in row:
        inner = child if isinstance(child.tag, str) and local_name(child) == "form" else (child,)
        yield from (cell for cell in inner if _is_cell(cell) and not is_hidden(cell))


def is_header(cell: Element) -> bool:
    """Whether a cell is marked as the name of a column or row."""
    around = islice(cell.iterancestors(), 2)
    return local_name(cell) == "th" or any(isinstance(one.tag, str) and local_name(one) == "thead" for one in around)


def _is_cell(element: Element | None) -> bool:
    return element is not None and isinstance(element.tag, str) and local_name(element) in ("td", "th")


def span_of(cell: Element, name: str) -> int:
    """How many rows or columns a cell covers."""
    value = (cell.get(name) or "").strip()
    return min(max(int(value), 1), 1_000) if re.fullmatch(r"\d{1,6}", value) else 1


def numbers_of(ordered: Element) -> tuple[int, str, int]:
    """From where the items of a list are counted, in which numbers, and in which direction."""
    step = 1 if ordered.get("reversed") is None else -1
    value = ordered.get("start") or ""
    items = sum(isinstance(item.tag, str) and local_name(item) == "li" for item in ordered)
    first = int(value) if re.fullmatch(r"\d{1,6}", value) else 1 if step > 0 else items
    kind = _LIST_KINDS.get(ordered.get("type") or "", "decimal")
    if style := _LIST_STYLE.search(ordered.get("style") or ""):
        kind = style[1].lower() + ("Roman" if style[2].lower() == "roman" else "Letter")
    return first, kind, step
