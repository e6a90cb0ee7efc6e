"""The styles of an OpenDocument file: which paragraphs are titles, what is raised, and the numbers of lists and headings."""

import re
from collections.abc import Iterable
from typing import Any

from quotewise.index.formats.numbering import formatted

Element = Any
_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _STYLE, _TABLE = (f"{{{_NAMES}{name}:1.0}}" for name in ("text", "style", "table"))
_KINDS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "": "none"}
_NUMBERED = (f"{_TEXT}list-level-style-number", f"{_TEXT}outline-level-style")
_OUTLINE = "\0"
"""For the list that headings are numbered by, which has no name."""
_ABOVE = re.compile(r"super\b|[1-9]\d*%")
_MOST_PARENTS = 10


class Styles:
    """The styles of a document, and how far each of its lists has counted."""

    def __init__(self, roots: Iterable[Element]) -> None:
        self._styles: dict[str, Element] = {}
        self._lists: dict[str, Element] = {}
        for root in roots:
            self._styles |= {style.get(f"{_STYLE}name"): style for style in root.iter(f"{_STYLE}style")}
            self._lists |= {style.get(f"{_STYLE}name"): style for style in root.iter(f"{_TEXT}list-style")}
            for outline in root.iter(f"{_TEXT}outline-style"):
                self._lists[_OUTLINE] = outline
        self._counts: dict[str, dict[int, int]] = {}
        self._raised: dict[str, bool] = {}

    def is_called(self, style: str, name: str) -> bool:
        """Whether a style is the one of that name, or made from it."""
        for _ in range(_MOST_PARENTS):
            if style == name:
                return True
            node = self._styles.get(style)
            style = (node.get(f"{_STYLE}parent-style-name") or "") if node is not None else ""
            if not style:
                return False
        return False

    def level_of(self, style: str) -> int:
        """The level of the headings that paragraphs of a style are, from 1; 0 where they are none."""
        for _ in range(_MOST_PARENTS):
            node = self._styles.get(style)
            level = (node.get(f"{_STYLE}default-outline-level") if node is not None else None) or ""
            if level.isdecimal() or node is None:
                return int(level or 0)
            style = node.get(f"{_STYLE}parent-style-name") or ""
        return 0

    def is_raised(self, span: Element) -> bool:
        """Whether the text of a span stands above the line."""
        name = span.get(f"{_TEXT}style-name") or ""
        if name not in self._raised:
            style = self._styles.get(name)
            found = style.find(f"{_STYLE}text-properties") if style is not None else None
            self._raised[name] = found is not None and bool(_ABOVE.match(found.get(f"{_STYLE}text-position") or ""))
        return self._raised[name]

    def is_hidden_sheet(self, table: Element) -> bool:
        """Whether a sheet is not displayed."""
        style = self._styles.get(table.get(f"{_TABLE}style-name") or "")
        properties = style.find(f"{_STYLE}table-properties") if style is not None else None
        return properties is not None and properties.get(f"{_TABLE}display") == "false"

    def begin_list(self, style: str, depth: int) -> None:
        """The list of a style begins to count anew at a depth."""
        self._counts.setdefault(style, {}).pop(depth, None)

    def heading_mark(self, heading: Element, level: int) -> str:
        """Count a heading, and give its number, which is not written in the file."""
        style = self._styles.get(heading.get(f"{_TEXT}style-name") or "")
        is_left_out = style is not None and style.get(f"{_STYLE}list-style-name") == ""
        if is_left_out or heading.get(f"{_TEXT}is-list-header") == "true":
            return ""
        restarts = heading.get(f"{_TEXT}restart-numbering") == "true"
        return self.mark(_OUTLINE, level, heading.get(f"{_TEXT}start-value") if restarts else None)

    def mark(self, style: str, depth: int, start: str | None) -> str:
        """Count an item of a list, and give its number; an empty text for a bullet."""
        counts = self._counts.setdefault(style, {})
        levels = {n.get(f"{_TEXT}level"): n for n in self._lists.get(style, ()) if n.tag in _NUMBERED}
        level = levels.get(str(depth))
        if level is None:
            return ""
        first = start or level.get(f"{_TEXT}start-value") or "1"
        counts[depth] = int(first) if (depth not in counts or start) and first.isdecimal() else counts.get(depth, 0) + 1
        for deeper in [number for number in counts if number > depth]:
            del counts[deeper]
        shown = level.get(f"{_TEXT}display-levels") or "1"
        above = range(max(1, depth - int(shown) + 1) if shown.isdecimal() else depth, depth + 1)
        written = [formatted(counts.get(one, 1), _kind(levels.get(str(one)))) for one in above]
        number = ".".join(filter(None, written)) if written and written[-1] else ""
        return f"{level.get(f'{_STYLE}num-prefix') or ''}{number}{level.get(f'{_STYLE}num-suffix') or ''}" if number else ""


def _kind(level: Element | None) -> str:
    return _KINDS.get((level.get(f"{_STYLE}num-format") if level is not None else None) or "", "decimal")
