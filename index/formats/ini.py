"""TOML, INI and other settings: the decoded file itself, each entry under its section or what curly brackets follow."""

import re
from collections.abc import Iterator

from quotewise.index.formats import structured
from quotewise.index.formats.parsed import Block, Parsed
from quotewise.index.formats.trails import Level, open_level, under_trails

VERSION = structured.VERSION
_SECTION = re.compile(r"\[{1,2}[ \t]*(?P<name>[^\[\],=]{1,200})\]{1,2}[ \t]*(?:[#;].*)?\Z")
_OPENS = re.compile(r"(?P<name>[^\s{}#;][^{}#;]{0,200}?)[ \t]*+[=:]?[ \t]*+\{[ \t]*+(?:[#;].*)?\Z")
_CLOSES = re.compile(r"\}[;, \t]*(?:[#;].*)?\Z")


def parse(data: bytes) -> Parsed:
    """Parse a file of settings. Raises DocumentError when the bytes are no text."""
    return structured.parse(data, _blocks)


def _blocks(text: str) -> Iterator[Block]:
    levels: list[Level] = []
    was_closed = False

    def trail(indent: int, line: str) -> list[Level] | None:
        nonlocal was_closed
        changed = was_closed
        if was_closed:
            levels.pop()
        was_closed = bool(levels) and levels[-1].order > 0 and _CLOSES.match(line) is not None
        section = _SECTION.match(line)
        if section and not (indent and '"' in line):
            levels[:] = [Level(0, section["name"].strip())]
        elif opens := _OPENS.match(line):
            open_level(levels, 1, opens["name"])
        elif not changed:
            return None
        return levels

    return under_trails(text, trail)
