"""The paragraph styles of a Word document: which are headings, and of which lists."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quotewise.index.formats.numbering import W
from quotewise.index.formats.unmarked_headings import LONGEST, Look

Element = Any
_P_PR, _R_PR, _RUN, _T, _BOLD = (f"{W}{name}" for name in ("pPr", "rPr", "r", "t", "b"))
_SIZE = f"{W}r/{W}rPr/{W}sz"
_PLAIN = 10.0
"""The size of letters, in points, where a document says nothing of it."""
_OFF = frozenset(("0", "false", "off"))
_HEADING_NAME = re.compile(r"(?:heading|überschrift|titre|título|titolo|rubrik|kop|overskrift|nagłówek|заголовок)\s*([1-9])")


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph style says of its paragraphs, with what it inherits."""

    name: str = ""
    level: int = 0
    number: str | None = None
    depth: int = 0
    size: float = _PLAIN
    bold: bool = False
    centred: bool = False


def heading_level(name: str) -> int:
    """The level, from 1, of the paragraphs of a style that is called so; 0 where the name is not that of a heading."""
    heading = _HEADING_NAME.fullmatch(name.lower())
    return int(heading[1]) if heading else int(name.lower() == "title")


def value(parent: Element, name: str) -> str | None:
    """What a property says, or None where it is not set."""
    found = next(parent.iterchildren(f"{W}{name}"), None)  # find() takes several times as long
    written: str | None = found.get(f"{W}val") if found is not None else None
    return written


def is_on(value: str | None) -> bool:
    """Whether a switch is on."""
    return value is not None and value.lower() not in _OFF


def read_styles(root: Element | None) -> dict[str, Style]:
    """The paragraph styles by id, with what each inherits; under the empty id, the one of paragraphs that name none."""
    nodes = {} if root is None else {node.get(f"{W}styleId") or "": node for node in root.iterfind(f"{W}style")}
    known: dict[str, Style] = {}
    default = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr") if root is not None else None
    plain = _set(Style(), default, _PLAIN)

    def resolve(identity: str, seen: tuple[str, ...] = ()) -> Style:
        if identity in known:
            return known[identity]
        if identity not in nodes or identity in seen or len(seen) > 50:
            return plain
        node = nodes[identity]
        above = resolve(value(node, "basedOn") or "", (*seen, identity))
        name = (value(node, "name") or "").lower()
        level, number, depth = above.level, above.number, above.depth
        properties = node.find(f"{W}pPr")
        look = _set(above, node.find(f"{W}rPr"), above.size)
        centred = above.centred
        if properties is not None:
            centred = (value(properties, "jc") or "center" * centred) == "center"
            outline = value(properties, "outlineLvl")
            if outline and outline.isdecimal():
                level = int(outline) + 1 if int(outline) < 9 else 0
            numbered = properties.find(f"{W}numPr")
            if numbered is not None:
                number = value(numbered, "numId") or number
                written = value(numbered, "ilvl")
                depth = int(written) if written and written.isdecimal() else depth
        if level_of_name := heading_level(name):
            level = level_of_name if name != "title" else level or 1
        known[identity] = Style(name, level, number, depth, look.size, look.bold, centred)
        return known[identity]

    known[""] = plain
    for identity, node in nodes.items():
        style = resolve(identity)
        if node.get(f"{W}type") in (None, "paragraph") and is_on(node.get(f"{W}default")):
            known[""] = style
    return known


def look_of(paragraph: Element, text: str, style: Style, styles: Mapping[str, Style]) -> Look | None:
    """How a paragraph with a text is set, as far as all its words are set so; None where it has words apart from others."""
    if len(text) > LONGEST:
        written = paragraph.find(_SIZE)
        return Look(style.size if written is None else _points(written.get(f"{W}val"), style.size))
    if "\t" in text.strip():
        return None
    properties = next(paragraph.iterchildren(_P_PR), None)
    centred = (value(properties, "jc") if properties is not None else None) or "center" * style.centred
    size, is_bold, is_underlined, is_empty = style.size, True, True, True
    for run in paragraph.iter(_RUN):
        if not any(map(str.isalnum, "".join(run.itertext(_T)))):
            continue
        set_in = next(run.iterchildren(_R_PR), None)
        own = style
        if set_in is not None and len(set_in):
            own = _set(styles.get(value(set_in, "rStyle") or "\0", style), set_in, style.size)
            is_underlined &= (value(set_in, "u") or "none") != "none"
        else:
            is_underlined = False
        is_bold, size, is_empty = is_bold and own.bold, own.size if is_empty else size, False
        if not (is_bold or is_underlined):
            break
    return None if is_empty else Look(size, is_bold, is_underlined, centred == "center")


def _set(style: Style, properties: Element | None, size: float) -> Style:
    """A style with what properties say of its letters, which have a size if they say nothing of it."""
    if properties is None:
        return style
    bold = next(properties.iterchildren(_BOLD), None)
    is_bold = style.bold if bold is None else is_on(bold.get(f"{W}val") or "1")
    return Style(style.name, style.level, style.number, style.depth, _points(value(properties, "sz"), size), is_bold)


def _points(half: str | None, otherwise: float) -> float:
    return int(half) / 2 if half and half.isdecimal() and len(half) < 4 else otherwise
