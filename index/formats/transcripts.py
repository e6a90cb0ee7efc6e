"""The transcripts of meetings in plain text: what each person says, under the name above it and apart from the time."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from quotewise.index.formats.parsed import Block
from quotewise.index.sentences import line_starts

_TIME = r"(?:\d{1,2}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,6})?"
_NAME = r"[^\W_][\w .,'’()&-]{0,50}?"
_CUE = re.compile(rf"[ \t]*(?P<time>{_TIME})[ \t]*-->[ \t]*{_TIME}[ \t]*")
"""The times above what is said, as Teams writes them; the name is on the next line."""
_HEAD = re.compile(
    rf"[ \t]*(?:\[(?P<bracketed>{_NAME})\][ \t]+[\[(]?(?P<time>{_TIME})[\])]?"
    rf"|[\[(]?(?P<first>{_TIME})[\])]?[ \t]+(?P<after>{_NAME})"
    rf"|(?P<before>{_NAME})(?:[ \t]{{2,8}}|\t)[\[(]?(?P<last>{_TIME})[\])]?)[ \t]*:?[ \t]*"
)
"""The name and the time above what is said."""
_NAME_LINE = re.compile(rf"[ \t]*(?P<name>{_NAME})[ \t]*:?[ \t]*")
_FEWEST = 2
_UNIQUE = 4
"""Most times that people speak of whom each does so once."""
_NAME_WORDS, _PARTICLE = 5, 3
"""Most words of a name, and most letters of one of them that is not capital."""
_SENTENCE_END = re.compile(r"[.!?…]\s*$")


class _Turn(NamedTuple):
    """The lines at which the time and what is said begin and end, who says it, and the time as is written."""

    first: int
    said: int
    last: int
    name: str
    time: str


def with_speakers_as_headings(text: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks of a text, of which paragraphs are divided at the names and times above what is said.

    A name heads what its bearer says. Times are shown and not quoted.
    """
    return tuple(part for block in blocks for part in _divided(text, block))


def _divided(text: str, block: Block) -> Iterator[Block]:
    turns: list[_Turn] = []
    if block.kind == "paragraph" and not block.by_line:
        edges = [*(block.start + offset for offset in line_starts(text[block.start : block.end])), block.end]
        lines = [text[a:b].rstrip("\r\n") for a, b in pairwise(edges)]
        turns = _turns(lines)
    start = block.start
    for turn in turns:
        if text[start : edges[turn.first]].strip():
            yield replace(block, start=start, end=edges[turn.first])
        trail = (*block.heading, turn.name)
        name = edges[turn.said - 1] + lines[turn.said - 1].index(turn.name)
        if any(map(str.isalnum, text[edges[turn.first] : name])):
            yield Block(edges[turn.first], name, trail, by_line=True, kind="navigation")
        yield Block(name, name + len(turn.name), trail, by_line=True, keep_with_next=True, kind="heading")
        if any(map(str.isalnum, text[name + len(turn.name) : edges[turn.said]])):
            yield Block(name + len(turn.name), edges[turn.said], trail, by_line=True, kind="navigation")
        yield replace(block, start=edges[turn.said], end=edges[turn.last], heading=trail)
        start = edges[turn.last]
    if start == block.start or text[start : block.end].strip():
        yield replace(block, start=start)


def _turns(lines: Sequence[str]) -> list[_Turn]:
    """What is said in a text of these lines, if it is twice or more that a name and a time stand above it.

    Times are those since the beginning, as a timetable has other ones, and go up.
    """
    turns = list(_heads(lines))
    if len(turns) < _FEWEST:
        return []
    times = [_seconds(turn.time) for turn in turns]
    is_counted = turns[0].time.startswith("0") or turns[0].time.count(":") > 1
    is_short = len(turns) > _UNIQUE and len({turn.name for turn in turns}) == len(turns)
    if not is_counted or is_short or any(one > other for one, other in pairwise(times)):
        return []
    end = next((n for n in range(turns[-1].said, len(lines)) if not lines[n].strip()), len(lines))
    ends = [turn.first for turn in turns[1:]] + [end]
    return [turn._replace(last=last) for turn, last in zip(turns, ends, strict=True)]


def _heads(lines: Sequence[str]) -> Iterator[_Turn]:
    """The names and times above what is said."""
    for number, line in enumerate(lines):
        below = lines[number + 1] if number + 1 < len(lines) else ""
        if cue := _CUE.fullmatch(line):
            found = _NAME_LINE.fullmatch(below)
            if found and _is_name(found["name"]) and number + 2 < len(lines) and lines[number + 2].strip():
                yield _Turn(number, number + 2, len(lines), found["name"], cue["time"])
        elif (found := _HEAD.fullmatch(line)) and below.strip() and not _HEAD.fullmatch(below):
            name, time = (
                found["bracketed"] or found["after"] or found["before"],
                found["time"] or found["first"] or found["last"],
            )
            if _is_name(name) and (not found["after"] or time.count(":") > 1):
                yield _Turn(number, number + 1, len(lines), name, time)


def _is_name(name: str) -> bool:
    words = name.split()
    is_capital = all(not word[0].islower() for word in words if len(word) > _PARTICLE)
    return len(words) <= _NAME_WORDS and is_capital and not name[0].isdigit() and not _SENTENCE_END.search(name)


def _seconds(time: str) -> float:
    seconds = 0.0
    for part in time.replace(",", ".").split(":"):
        seconds = 60 * seconds + float(part)
    return seconds
