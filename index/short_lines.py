"""Finds the entries of lists without marks by the shape of lines: those that end before they are full, and hanging indents."""

import re
from collections.abc import Sequence
from itertools import pairwise

SMALL = r"\b(?:the|of|and|a|an|to|in|or|for|with|by|is|was|at|from|on|as|that)"
UNFINISHED = re.compile(rf"(?:[,;–—-]|{SMALL}|\b(?:your|their|our|my|than|into|whose|either))\s*$")
_BEGINS = re.compile(r"[ \t>\u00a0\u200e\u200f\ufeff]*+[^\W_a-zß-öø-ÿ]")
PAIR = re.compile(r"[ \t>\u00a0\u200e\u200f\ufeff]*+\S+(?: \S+){0,3}(?<!\d) [-–—] \S")
BARE_LINE, _LONGER_LINE = 40, 60
"""Most characters of an entry, and of one beside entries that end before they are full."""
FULL = 0.85
"""Of the longest line of a paragraph: the width up to which the first word of the next line would have had room."""
_GOES_ON = re.compile(r"(?:and|or|but|so|then|if|which|that|where|when|with|for|und|oder)\b")
_ENDED = re.compile(r"[.!?:…][\"'”’»)]*$")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S|[\w.+-]{1,60}@[\w-]{1,60}\.\w")
_HANGING = 4
"""Columns by which the second line of an entry is indented where entries begin with small letters."""


def ends_early(line: str, below: str, width: int) -> bool:
    """Whether a line ends though the first word of the line below would have had room, and with no word that goes on."""
    shown, following = line.strip(" \t>\r\n"), below.split()
    first = next((len(word) for word in following if word.strip(">")), 0)
    return first > 0 and len(shown) + 1 + first <= FULL * width and not UNFINISHED.search(shown.lower())


def unmarked(lines: Sequence[str]) -> range:
    """All lines, if each is short and starts with a capital or a digit, like the items of a list without marks."""
    if len(lines) > 1 and all(PAIR.match(line) for line in lines):
        return range(len(lines))
    bare = [line.strip(" \t>\r\n") for line in lines]
    width = max(map(len, bare))
    if len(lines) < 3 or width > _LONGER_LINE or not all(bare) or any(UNFINISHED.search(line) for line in bare[:-1]):
        return range(0)
    begin = all(line[0].isupper() or line[0].isdigit() or _ADDRESS.match(line) for line in bare)
    return range(len(lines)) if begin and (width <= BARE_LINE or _are_early(bare)) else range(0)


def introduced(lines: Sequence[str]) -> set[int]:
    """The lines of a list without marks below a line that ends with a colon: to the right of it, or up to the last line."""
    bare = [line.strip(" \t>\r\n") for line in lines]
    width = max(map(len, bare))
    found: set[int] = set()
    for number, line in enumerate(bare[:-2]):
        if not line.endswith(":") or len(line) > _LONGER_LINE or number in found:
            continue
        indent = indent_of(lines[number])
        last = next((n for n in range(number + 1, len(lines)) if indent_of(lines[n]) <= indent), len(lines))
        last = len(lines) if last == number + 1 and not number else last
        below = bare[number + 1 : last]
        is_list = len(below) > 1 and max(map(len, below)) <= _LONGER_LINE and not any(map(UNFINISHED.search, below[:-1]))
        if is_list and (number == 0 or not UNFINISHED.search(bare[number - 1])) and _are_early(below, 1):
            is_begun = number == 0 or bool(_ENDED.search(bare[number - 1])) or ends_early(bare[number - 1], line, width)
            found |= {number} if is_begun and not line[0].islower() else set()
            left = indent_of(lines[number + 1])
            found |= {
                n for n in range(number + 1, last) if indent_of(lines[n]) <= left or not lines[n].lstrip(" \t>")[0].islower()
            }
    return found


def hanging(lines: Sequence[str]) -> set[int]:
    """The lines that begin entries of which the other lines are indented, where two of them have such lines."""
    indents = [indent_of(line) for line in lines]
    least = min(indents)
    begins = [n for n, indent in enumerate(indents) if indent == least]
    if not begins or begins[0] or sum(n + 1 < len(lines) and indents[n + 1] > least for n in begins) < 2:
        return set()
    found = set()
    for number in begins[1:]:
        above, line = lines[number - 1].strip(" \t>\r\n"), lines[number].strip(" \t>\r\n")
        is_far = max(indents[number - 1], *indents[number + 1 : number + 2], 0) >= least + _HANGING
        is_begun = not line[0].islower() or (is_far and not _GOES_ON.match(line))
        if is_begun and not UNFINISHED.search(above.lower()):
            found.add(number)
    return found


def ends_entry(lines: Sequence[str], number: int, first: int, width: int, begins: bool) -> bool:
    """Whether a line does not go on with the entry that begins with line ``first``: it is not to the right of that.

    The line above it ends before it is full; ``begins`` is whether it may begin with a small letter all the same.
    """
    line = lines[number]
    is_left = indent_of(line) <= indent_of(lines[first]) and (begins or bool(_BEGINS.match(line)))
    return is_left and ends_early(lines[number - 1], line, width)


def _are_early(bare: Sequence[str], fewest_short: int | None = None) -> bool:
    """Whether half of the lines, or of short ones so many, end before they are full, as no lines of wrapped prose do."""
    width = max(map(len, bare))
    fewest = fewest_short if fewest_short is not None and width <= BARE_LINE else len(bare) / 2 - 0.5
    return sum(ends_early(line, below, width) for line, below in pairwise(bare)) >= fewest


def indent_of(line: str) -> int:
    """The columns of white space before a line."""
    return len(line[: len(line) - len(line.lstrip(" \t"))].expandtabs())
