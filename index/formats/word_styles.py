"""The paragraph styles of a Word document: which are headings, and of which lists."""

import re
from dataclasses import dataclass
from typing import Any

from quotewise.index.formats.numbering import W

Element = Any
_OFF = frozenset(("0", "false", "off"))
_HEADING_NAME = re.compile(r"(?:heading|überschrift|titre|título|titolo|rubrik|kop|overskrift|nagłówek|заголовок)\s*([1-9])")


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph style says of its paragraphs, with what it inherits."""

    name: str = ""
    level: int = 0
    number: str | None = None
    depth: int = 0


def heading_level(name: str) -> int:
    """The level, from 1, of the paragraphs of a style that is called so; 0 where the name is not that of a heading."""
    heading = _HEADING_NAME.fullmatch(name.lower())
    return int(heading[1]) if heading else int(name.lower() == "title")


def value(parent: Element, name: str) -> str | None:
    """What a property says, or None where it is not set."""
    found = parent.find(f"{W}{name}")
    written: str | None = found.get(f"{W}val") if found is not None else None
    return written


def is_on(value: str | None) -> bool:
    """Whether a switch is on."""
    return value is not None and value.lower() not in _OFF


def read_styles(root: Element | None) -> dict[str, Style]:
    """The paragraph styles by id, with what each inherits; under the empty id, the one of paragraphs that name none."""
    nodes = {} if root is None else {node.get(f"{W}styleId") or "": node for node in root.iterfind(f"{W}style")}
    known: dict[str, Style] = {}

    def resolve(identity: str, seen: tuple[str, ...] = ()) -> Style:
        if identity in known:
            return known[identity]
        if identity not in nodes or identity in seen or len(seen) > 50:
            return Style()
        node = nodes[identity]
        above = resolve(value(node, "basedOn") or "", (*seen, identity))
        name = (value(node, "name") or "").lower()
        level, number, depth = above.level, above.number, above.depth
        properties = node.find(f"{W}pPr")
        if properties is not None:
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
        known[identity] = Style(name, level, number, depth)
        return known[identity]

    for identity, node in nodes.items():
        style = resolve(identity)
        if node.get(f"{W}type") in (None, "paragraph") and is_on(node.get(f"{W}default")):
            known[""] = style
    return known
