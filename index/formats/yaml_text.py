"""YAML: the decoded file itself, each entry under the keys that lead to it."""

import re
from collections.abc import Iterator

from quotewise.index.formats import structured
from quotewise.index.formats.parsed import Block, Parsed
from quotewise.index.formats.structured import NAME_LIMIT
from quotewise.index.formats.trails import Level, close_levels, open_level, under_trails

VERSION = structured.VERSION
_ITEM = re.compile(r"-(?:[ ]+|\Z)")
_KEY = re.compile(
    r"""(?:"(?P<double>[^"]{1,200})"|'(?P<single>[^']{1,200})'|"""
    r"""(?P<plain>[^\s#\-"'&*!|>{}\[\],%@`:?](?:[^:]|:(?!\s|\Z)){0,200}?))[ \t]*:(?:[ \t]+|\Z)"""
)
_ABOVE_TEXT = re.compile(r"(?:[&!]\S+[ \t]+)*[|>][-+\d]{0,2}(?:[ \t]+#.*)?\Z")
_ABOVE_KEYS = re.compile(r"(?:[&!]\S+(?:[ \t]+|\Z))*(?:#.*)?\Z")
_DOCUMENTS = ("---", "...")


def parse(data: bytes) -> Parsed:
    """Parse a file of YAML. Raises DocumentError when the bytes are no text."""
    return structured.parse(data, _blocks)


def _blocks(text: str) -> Iterator[Block]:
    """By the indentation of the keys, so that templates, which are no YAML yet, are read, too."""
    levels: list[Level] = []
    text_above = -1

    def trail(indent: int, line: str) -> list[Level] | None:
        nonlocal text_above
        if 0 <= text_above < indent:
            return None
        text_above = -1
        if line.startswith(_DOCUMENTS):
            levels.clear()
            return levels
        is_item = False
        while dash := _ITEM.match(line):
            close_levels(levels, 2 * indent + 1)  # An item may stand as far left as the key of its list.
            open_level(levels, 2 * indent + 1, "")
            indent, line, is_item = indent + dash.end(), line[dash.end() :], True
        key = _KEY.match(line)
        if key is None:
            return levels if is_item else None
        close_levels(levels, 2 * indent)
        name, value = key["double"] or key["single"] or key["plain"], line[key.end() :]
        is_text = _ABOVE_TEXT.match(value) is not None
        if is_text or _ABOVE_KEYS.match(value):
            open_level(levels, 2 * indent, name)
            text_above = indent if is_text else -1
        elif levels and not levels[-1].name:
            levels[-1].name = f"{name}: {value}"[:NAME_LIMIT]
        return levels

    return under_trails(text, trail)
