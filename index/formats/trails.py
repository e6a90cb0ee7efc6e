"""Blocks of a file of settings: runs of lines below the same keys or sections."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from quotewise.index.formats.parsed import Block
from quotewise.index.formats.structured import NAME_LIMIT, blocks_of_lines
from quotewise.index.sentences import line_starts

_DEEPEST = 50
"""Levels below each other."""
_REMARKS = ("#", ";", "//")


@dataclass(slots=True)
class Level:
    """A key or section with entries below it, or an item of a list, which its first entry names; ``order`` is how deep."""

    order: int
    name: str


Trail = Callable[[int, str], list[Level] | None]
"""Of a line's indentation and the rest of it, the levels that it is below, or None where it changes none of them."""


def open_level(levels: list[Level], order: int, name: str) -> None:
    """Add a level, unless there are too many."""
    if len(levels) < _DEEPEST:
        levels.append(Level(order, name[:NAME_LIMIT]))


def close_levels(levels: list[Level], order: int) -> None:
    """Take away the levels that are as deep or deeper."""
    while levels and levels[-1].order >= order:
        levels.pop()


def under_trails(text: str, trail: Trail) -> Iterator[Block]:
    """The blocks of a text, whose headings are the levels of its lines; remarks directly above a line belong to it.

    A key with others directly below it and no remark goes with the first of them.
    """
    start, remarks, entries, is_opened = 0, -1, 0, False
    heading: tuple[str, ...] = ()
    for first, last in pairwise([*line_starts(text), len(text)]):
        line = text[first:last].rstrip()
        shown = line.lstrip(" \t")
        if not shown or not shown.startswith(_REMARKS):
            levels = trail(len(line) - len(shown), shown) if shown else None
            if levels is not None and (names := tuple(level.name for level in levels if level.name)) != heading:
                if not (is_opened and entries == 1 and names[: len(heading)] == heading):
                    cut = first if remarks < 0 else remarks
                    yield from (replace(block, heading=heading) for block in blocks_of_lines(text[start:cut], start))
                    start, entries = cut, 0
                is_opened, heading = remarks < 0 and heading[: len(names)] != names, names
            remarks, entries = -1, entries + bool(shown)
        elif remarks < 0:
            remarks = first
    yield from (replace(block, heading=heading) for block in blocks_of_lines(text[start:], start))
