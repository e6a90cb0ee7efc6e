"""Headings that a format does not mark: paragraphs in bold, large, underlined or capital letters, and numbered ones."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from quotewise.index.formats.parsed import Block
from quotewise.index.formats.tables import is_number
from quotewise.index.formats.text_headings import marked_lines
from quotewise.index.short_lines import UNFINISHED
from quotewise.index.signatures import is_signature

LONGEST = 100
"""Characters of a heading."""
_MOST_WORDS = 12
_DEPTH = 4
"""Most headings above a text."""
_LARGER, _SMALLER = 1.15, 0.9
"""Times the usual size of letters that those of a heading have at least, if nothing else sets it apart, and in any case."""
_MOST_PROMINENT = 0.5
"""Of the characters of a text: where more are set apart, that does not tell headings."""
_RUN = 3
"""Prominent lines of one look, one below the other, which are a text by themselves."""
_CAPITALS = 4
_COUNTED = re.compile(
    r"(?:§+ ?\d|\d{1,2}(?P<below>(?:\.\d{1,2}){0,4})[.)]?\s|[IVX]{1,5}\.\s|[A-Z][.)]\s"
    r"|\w+ (?:\d{1,3}|[IVXLC]+|[A-Z])[.:)])"
)
"""The beginning of a heading with a number or letter, which may end with a full stop and have a colon in it."""
_ENDED = re.compile(r"[.!…;,][\"'”’»)\]]*$")
_MOST_WORDS_ENDED = 6
_ENTRY = re.compile(r":\s+\S|_{3,}|\.{4,}|://|@|[€$£]\s?\d|\d[.,]\d\d(?!\d)|\s\|\s|[=☐☑☒✓✗]")
"""What a label with its value has, an amount, or a line to be filled in."""
_TEXTUAL = ("number", "roman", "clause", "capital", "entitled")
_BODY = ("paragraph", "item", "row", "heading")
_Key: TypeAlias = tuple[float, bool, bool, bool, bool, str]
"""The size, whether bold, underlined, in capitals and centred, and the style of the number of a line that is none of these."""


@dataclass(frozen=True, slots=True)
class Look:
    """How all of a paragraph is set: ``size`` in points, 0 where it is not known."""

    size: float = 0.0
    bold: bool = False
    underlined: bool = False
    centred: bool = False


def with_unmarked_headings(text: str, blocks: Sequence[Block], depths: Sequence[int], looks: Mapping[int, Look]) -> list[Block]:
    """Blocks of which those are headings that look so, under the ones that the format marks.

    ``depths`` are how many of the headings of each block are marked ones, and ``looks`` those of paragraphs by their number.
    """
    keys = _headings(text, blocks, looks)
    if not keys:
        return list(blocks)
    first: dict[_Key, int] = {}
    for number, key in sorted(keys.items()):
        first.setdefault(key, number)
    ranks = {key: rank for rank, key in enumerate(sorted(first, key=lambda key: (-key[0], not key[3], first[key])))}
    placed: list[Block] = []
    above: tuple[str, ...] = ()
    trail: list[tuple[tuple[int, int], str]] = []
    for number, (block, depth) in enumerate(zip(blocks, depths, strict=True)):
        marked, names = block.heading[:depth], block.heading[depth:]
        if marked != above:
            above, trail = marked, []
        if number in keys:
            shown = text[block.start : block.end]
            counted = _COUNTED.match(shown)
            level = ranks[keys[number]], (counted["below"] or "").count(".") if counted else 0
            trail = [(of, name) for of, name in trail if of < level][1 - _DEPTH :]
            trail.append((level, " ".join(shown.split())))
            block = replace(block, kind="heading", by_line=True, keep_with_next=True)
        placed.append(replace(block, heading=(*marked, *(name for _, name in trail), *names)))
    return placed


def _headings(text: str, blocks: Sequence[Block], looks: Mapping[int, Look]) -> dict[int, _Key]:
    """What sets the headings apart, by the number of their blocks."""
    body = [number for number, block in enumerate(blocks) if block.kind in _BODY]
    sizes = Counter[float]()
    for number, of_block in looks.items():
        sizes[of_block.size] += blocks[number].end - blocks[number].start
    usual = max(sizes, key=lambda size: (sizes[size], size), default=0.0)
    lines = {start: style.split()[0] for start, style in marked_lines(text)}
    keys: dict[int, _Key] = {}
    for place, number in enumerate(body[:-1]):
        block, look = blocks[number], looks.get(number)
        if look is None or block.kind not in ("paragraph", "item") or block.end - block.start > LONGEST:
            continue
        shown = text[block.start : block.end]
        style = lines.get(block.start, "") if "\n" not in shown and block.kind == "paragraph" else ""
        key = _key(shown, look, usual, style if style in _TEXTUAL else "", place == 0)
        if key:
            keys[number] = key
    for place, number in enumerate(body):
        if number in keys and body[place + 1] not in keys:
            above, name, below = (_shown(text, blocks, body, other) for other in (place - 1, place, place + 1))
            if is_signature(above, name, below):
                del keys[number]
    for run in list(_runs(body, keys)):
        if len(run) >= _RUN and not all(_COUNTED.match(text, blocks[number].start) for number in run):
            for number in run:
                del keys[number]
    prominent = sum(blocks[number].end - blocks[number].start for number in keys)
    return keys if prominent <= _MOST_PROMINENT * sum(blocks[n].end - blocks[n].start for n in body) else {}


def _key(shown: str, look: Look, usual: float, style: str, is_first: bool) -> _Key | None:
    """What sets a paragraph apart as a heading; None where it is none."""
    if not _is_name(shown) or look.size < _SMALLER * usual:
        return None
    letters = [c for c in shown if c.isalpha()]
    capital = len(letters) >= _CAPITALS and all(c.isupper() for c in letters)
    is_large = look.size >= _LARGER * usual > 0
    if look.bold or look.underlined or is_large or (is_first and look.centred) or (capital and look.centred):
        style = ""
    elif not style:
        return None
    return look.size, look.bold, look.underlined, capital, look.centred, style


def _is_name(shown: str) -> bool:
    words = shown.split()
    begins = next((c for c in shown if c.isalnum()), "")
    if len(words) > _MOST_WORDS or sum(map(str.isalpha, shown)) < 2 or begins.islower() or is_number(shown):
        return False
    counted = _COUNTED.match(shown)
    if _ENDED.search(shown) and not (counted and shown[-1] == "." and len(words) <= _MOST_WORDS_ENDED):
        return False
    return not UNFINISHED.search(shown.lower()) and not _ENTRY.search(shown, counted.end() - 1 if counted else 0)


def _shown(text: str, blocks: Sequence[Block], body: Sequence[int], place: int) -> str:
    if not 0 <= place < len(body):
        return ""
    block = blocks[body[place]]
    return text[block.start : min(block.end, block.start + 2 * LONGEST)]


def _runs(body: Sequence[int], keys: Mapping[int, _Key]) -> Iterator[list[int]]:
    """The headings of one look that stand right below each other."""
    run: list[int] = []
    for number in body:
        if run and keys.get(number) != keys[run[-1]]:
            yield run
            run = []
        if number in keys:
            run.append(number)
    if run:
        yield run
