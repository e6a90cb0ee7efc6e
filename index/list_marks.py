"""Finds the items of a list by marks of any style: counters that go up, such as ``REQ-7``, ``№ 2`` or ``二、``, and signs."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

_LEAD = r"[ \t>\u00a0\u200e\u200f\ufeff]*+"
_CHINESE = "一二三四五六七八九十"
_ORDINAL = "[ºª°]|(?:st|nd|rd|th|er|ère|re|ème|e)(?=[ \t])"
_GAP = r"[ \t\u00a0]"
_WORD = (
    rf"(?:(?![\u3000-\u9fff])[^\W\d_]{{2,14}}[.:]?{_GAP}{{1,2}}"
    rf"|[^\W\d_]{{1,14}}(?:\.?[º°ª]\.?{_GAP}{{0,2}}|[.#-]|(?=[\d{_CHINESE}])))"
)
"""What a counter stands behind: a word, as in ``TOP 1``, or letters, as in ``n.º 1`` and ``REQ-1``."""
_NUMBER = r"\d{1,4}(?:[a-df-z](?!\w))?"
_COUNTED = re.compile(
    rf"{_LEAD}(?P<before>[^\w\s]{{0,3}}{_WORD}?[^\w\s]{{0,2}}(?:(?<=№|#|§|°|º){_GAP})?)"
    rf"(?P<counter>{_NUMBER}(?:[.-]{_NUMBER}){{0,5}}|[ivxlcIVXLC]{{1,7}}(?!\w)|[{_CHINESE}]{{1,3}}|[^\W\d_](?!\w))"
    rf"(?P<after>(?P<ordinal>{_ORDINAL})?[条章节節項号번조]?"
    rf"(?:[.:)\]}}/、．。：）】-]{{1,3}}|{_GAP}+[|•·:=–—-](?={_GAP}))?)"
    rf"(?:(?:{_GAP}|\u3000)+(?=\S)|(?<=[、．）】条章节節])(?=\S))"
)
_SIGNED = re.compile(rf"{_LEAD}(?P<sign>(?:(?![_|`\"'“”‘’«¿¡])[^\w\s]){{1,3}}|[xvqüØ])[ \t\u00a0]+(?=[^\s])")
_COMMENT_SIGNS = re.compile(r"#+|/+|%+|;+|!+|:+|--|>+|=+|\*")
_QUOTED = re.compile(r"[ \t]*>")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_FEWEST_BARE = 3
"""Lines with bare numbers that make a list of them, where their paragraph has other lines too."""

Value = tuple[int, ...]


class _Counted(NamedTuple):
    line: int
    end: int
    counter: str


def counted(lines: Sequence[str]) -> dict[int, int]:
    """The lines of a paragraph, by number, whose first word counts up from that of an earlier one; each with its mark's end.

    A number without a sign or a word beside it, such as a year, counts where each line of the paragraph begins with one, but
    for indented ones, or three of them go up by one.
    """
    shapes: dict[tuple[str, str], list[_Counted]] = {}
    for number, line in enumerate(lines):
        if found := _COUNTED.match(line):
            before, count, after = found["before"].rstrip(), found["counter"], "".join(found["after"].split())
            after = after.removeprefix(found["ordinal"] or "") + "º" * bool(found["ordinal"])
            if _may_count(before, count, after):
                shapes.setdefault((before, after), []).append(_Counted(number, found.end(), count))
    items: dict[int, int] = {}
    for (before, after), of_shape in shapes.items():
        is_bare = not (before or after) and all(one.counter.isdecimal() for one in of_shape)
        first = of_shape[0].line
        begins = first == 0 or (first == 1 and lines[0].rstrip().endswith(":"))
        by_one = is_bare and not (begins and len(of_shape) == len(_outdented(lines, first)))
        for run in _rising(of_shape, by_one):
            if len(run) >= (_FEWEST_BARE if by_one else 2):
                items |= {one.line: one.end for one in run}
    return items


def signed(lines: Sequence[str]) -> dict[int, int]:
    """The lines of a paragraph, by number, that begin with the same sign as the one above or below; each with its mark's end.

    Indented lines between them go on with the one above. Signs that also begin the lines of comments and quotations mark items
    where lines end before they are full.
    """
    first = next((number for number, line in enumerate(lines) if _SIGNED.match(line)), len(lines))
    outdented = _outdented(lines, first)
    found = {number: match for number in outdented if (match := _SIGNED.match(lines[number]))}
    signs = [found[number]["sign"] if number in found else "" for number in outdented]
    items: dict[int, int] = {}
    for place, (number, sign) in enumerate(zip(outdented, signs, strict=True)):
        near = [*signs[max(0, place - 1) : place], *signs[place + 1 : place + 2]]
        if sign and sign in near and not _COMMENT_SIGNS.fullmatch(sign):
            items[number] = found[number].end()
    if items or len(lines) < 2:
        return items
    if len(found) == len(lines) and len({*signs}) == 1:
        marks = [match.end() for match in found.values()]
    elif all(map(_QUOTED.match, lines)):
        marks = [len(line) - len(line.lstrip(" \t>")) for line in lines]
    else:
        return {}
    texts = [line[mark:].rstrip() for line, mark in zip(lines, marks, strict=True)]
    return dict(enumerate(marks)) if _are_apart(texts) else {}


def _outdented(lines: Sequence[str], first: int) -> list[int]:
    """The numbers of the lines from ``first`` on that are not indented more than that one, and so go on with none."""
    indents = [len(line) - len(line.lstrip(" \t")) for line in lines[first:]]
    return [first + number for number, indent in enumerate(indents) if indent <= indents[0]]


def _may_count(before: str, count: str, after: str) -> bool:
    """Whether a word and a counter are a mark, and not the first words of prose such as "in 2019" or "plan a"."""
    word = "".join(filter(str.isalpha, before))
    ends_as_word = before[-1:].isalpha() and before[-1:] not in "ºª"
    if count[0].isdigit():
        return not ends_as_word or not word[0].islower()
    if count[0] in _CHINESE:
        return bool(after)
    return bool(after) or (bool(before) and (not ends_as_word or word[0].isupper()))


def _rising(found: Sequence[_Counted], by_one: bool) -> Iterator[list[_Counted]]:
    """The runs of lines of which each counts more than the one before, or one more."""
    values = _values([one.counter for one in found])
    run = [found[0]]
    for following, (value, more) in zip(found[1:], pairwise(values), strict=True):
        if not (more == (*value[:-1], value[-1] + 1) if by_one else more > value):
            yield run
            run = []
        run.append(following)
    yield run


def _values(counts: Sequence[str]) -> list[Value]:
    """The numbers that counters stand for: Roman ones where all are, else digits and the places of letters in alphabets."""
    if all(set(count.lower()) <= {*_ROMAN} for count in counts):
        values = [(_roman(count.lower()),) for count in counts]
        if all(before < after for before, after in pairwise(values)):
            return list(values)
    return [_value(count) for count in counts]


def _value(count: str) -> Value:
    if all(c in _CHINESE for c in count):
        tens, ten, ones = count.rpartition("十")
        digits = [_CHINESE.index(part) + 1 if part else 0 for part in (tens[:1], ones[:1])]
        return ((digits[0] or 1) * 10 + digits[1] if ten else digits[1],)
    return tuple(int(part) if part.isdecimal() else ord(part[0]) for part in re.findall(r"\d+|[^\W\d]", count))


def _roman(count: str) -> int:
    numbers = [_ROMAN[c] for c in count]
    return sum(-one if one < after else one for one, after in pairwise([*numbers, 0]))


def _are_apart(texts: Sequence[str]) -> bool:
    """Whether lines begin like items and most end though the first word of the next one would have had room."""
    if not all(text and (text[0].isupper() or text[0].isdigit()) for text in texts):
        return False
    width = max(map(len, texts))
    short = sum(len(text) + 1 + len(below.split()[0]) <= width for text, below in pairwise(texts))
    return 2 * short >= len(texts) - 1 and short > 0
