"""The headings of plain text: numbered, underlined or capital lines, clauses, releases, and short lines that stand alone."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from quotewise.index.formats.labels import capital_labels
from quotewise.index.formats.parsed import Block
from quotewise.index.lines import is_rule, is_title
from quotewise.index.margins import without_margins
from quotewise.index.sentences import line_starts
from quotewise.index.signatures import is_signature
from quotewise.index.speakers import speakers_of

_LONGEST = 80
_MOST_WORDS = 10
_ALONE_WORDS = 7
_MOST_LINES = 200_000
"""Of a text with headings; one with more is a log, say."""
_DEPTH = 4
"""Most headings above a text."""
_FEWEST_NUMBERED, _BELOW_OTHERS = 3, 100
"""Headings with numbers of a text in which lines that only stand alone are below them, and the level of those."""
_PROSE = 60
"""Least characters of a line that is prose, if it does not end as a sentence does."""
_KEYED = (
    r"sec\.|art\.|section|article|clause|chapter|part|appendix|annexe?|schedule|exhibit|abschnitt|artikel|kapitel|teil|anlage"
    "|chapitre|sección|artículo|capítulo|anexo|capitolo|articolo"
)
_NUMBERED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,4})[.)]?[ \t]+[^\W\d_a-z].*")
_CLAUSE = re.compile(
    rf"(?:§+ ?\d+(?:[.-]\d+)*[a-z]?|(?P<word>{_KEYED}) +(?:\d+(?:[.-]\d+)*|[IVXLC]+|[A-Z]))\b[.:)]?"
    r"(?P<name> .*)?",
    re.IGNORECASE,
)
_STYLES = (
    ("clause", _CLAUSE),
    (
        "release",
        re.compile(r"(?:(?:version|release) |v)?\d+(?:\.\d+){1,3}(?:[-+.]?[a-z]\w*)?(?:,? *[-–—:/(]* *\w*[ -./]*\d.*)?", re.I),
    ),
    ("number", _NUMBERED),
    ("roman", re.compile(r"[IVX]{1,5}\.[ \t]+[^\W\d_a-z].*")),
)
_WIKI = re.compile(r"(?P<sign>={2,6}) ?[^\s=].*[^\s=] ?(?P=sign)")
"""A heading of MediaWiki, DokuWiki or Creole."""
_SHORTER = 10
"""Characters by which the line below may be shorter than a heading."""
_SURE_LETTERS = 6
_SMALL_WORD = 3
"""Most letters of a word that is not capital in a title."""
_GOES_ON = re.compile(
    r"[^\W\d](?<!\b[Ss]ec)(?<!\bSEC)(?<!\b[Aa]rt)[.!?] \w|\b(?:the|of|and|a|an|to|in|or|for|with|by|is|was|at|from|on|as|that)$"
)
"""What a line has that is only the first of a paragraph."""
_DOTTED = re.compile(r"§ ?\d+\.\d")
"""The number of a section of American law, whose name ends with a full stop."""
_BARE_NUMBER = re.compile(r"(\d{1,2})[ \t]")
_YEAR_AT_END = re.compile(r"\b\d{4}$")
_TERMINAL = re.compile(r"[.!?…:;,–—][\"'”’»)\]]*$")
_CELLS = re.compile(r"\S(?: {3,}|\t|\.{4,})\S|[|]")


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str
    indent: int


def blocks_of(text: str, first: int) -> tuple[Block, ...]:
    """The blocks of a text under its headings, of which none begins before ``first``, where its title ends.

    The numbers of lines at the margin are no part of headings, and the name above what somebody says is none.

    A heading is a line by itself with text below it; the levels are those in which their styles first occur, as in
    reStructuredText, and numbers such as 2.1 stand below 2.
    """
    if text.count("\n") + text.count("\r") > _MOST_LINES:
        return (Block(0, len(text)),)
    lines = list(_lines(without_margins(text)))
    said = speakers_of([" " * line.indent + line.text for line in lines]).above
    found = dict.fromkeys(capital_labels([line.text for line in lines]), "capital") | dict(_found(lines))
    styles = {number: style for number, style in found.items() if lines[number].start >= first and number not in said}
    alone = [number for number, style in styles.items() if style == "alone"]
    if len(alone) == 1:  # a name under a letter, not a section
        del styles[alone[0]]
    blocks, trail, levels, start = list[Block](), list[tuple[int, str]](), dict[str, int](), 0
    if sum(style == "number 1" for style in styles.values()) >= _FEWEST_NUMBERED:
        levels["alone"] = _BELOW_OTHERS
    for number in sorted(styles):
        line, style = lines[number], styles[number]
        level = _level(style, levels, max((depth for depth, _ in trail if depth < _BELOW_OTHERS), default=0))
        if text[start : line.start].strip():
            blocks.append(Block(start, line.start, _names(trail)))
        trail = [(depth, name) for depth, name in trail if depth < level]
        trail.append((level, " ".join(line.text.split()).strip("= ")))
        blocks.append(Block(line.start, line.end, _names(trail), by_line=True, keep_with_next=True, kind="heading"))
        start = line.end
    if not blocks or text[start:].strip():
        blocks.append(Block(start, len(text), _names(trail)))
    return tuple(blocks)


def marked_lines(text: str) -> Iterator[tuple[int, str]]:
    """Where the lines begin that are headings by what is written in them, of a text without line breaks within paragraphs."""
    if text.count("\n") <= _MOST_LINES:
        lines = list(_lines(text))
        yield from ((lines[number].start, style) for number, style in _found(lines) if style != "alone")


def _names(trail: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    return tuple(name for _, name in trail[-_DEPTH:])


def _level(style: str, levels: dict[str, int], current: int) -> int:
    """The level of a style: below the current one where it is new."""
    kind, _, depth = style.partition(" ")
    if kind == "number" and int(depth) > 1:
        above = max((n for n in range(1, int(depth)) if f"number {n}" in levels), default=0)
        if above:
            levels.setdefault(style, levels[f"number {above}"] + int(depth) - above)
    return levels.setdefault(style, current + 1)


def _lines(text: str) -> Iterator[_Line]:
    edges = [*line_starts(text), len(text)]
    for start, end in pairwise(edges):
        shown = text[start:end].rstrip()
        bare = shown.lstrip()
        yield _Line(start, end, bare, len(shown) - len(bare))


def _found(lines: Sequence[_Line]) -> Iterator[tuple[int, str]]:
    """The numbers of the lines that are headings, each with its style."""
    short = [number for number, line in enumerate(lines) if 0 < len(line.text) <= _LONGEST]
    candidates = {number: style for number in short if (style := _style(lines, number))}
    bare = 0
    for number, style in candidates.items():
        below = next((n for n in range(number + 1, len(lines)) if lines[n].text and not is_rule(lines[n].text)), None)
        if below is None:
            continue
        same = candidates.get(below) == style
        if style.startswith(("number", "roman")):
            if same or candidates.get(_above(lines, number)) == style or _numbered(lines[below].text) == style:
                continue  # items of a list
            if alone := _BARE_NUMBER.match(lines[number].text):  # "1 Scope", but no "14 May" and no "12 Main Street"
                is_value = lines[_above(lines, number)].text.endswith(":") if number else False
                if int(alone[1]) != bare + 1 or _YEAR_AT_END.search(lines[number].text) or is_value:
                    continue
                bare += 1
        if style in ("alone", "capital") and is_signature(
            lines[_above(lines, number)].text if number else "", lines[number].text, lines[below].text
        ):
            continue
        if style == "alone" and (same or not _is_prose(lines, below)):
            continue
        yield number, style


def _numbered(text: str) -> str:
    """The style of a line that begins with a number, whether it is a heading or not."""
    found = _NUMBERED.match(text)
    return f"number {found['number'].count('.') + 1}" if found else ""


def _above(lines: Sequence[_Line], number: int) -> int:
    return next((n for n in range(number - 1, -1, -1) if lines[n].text), -1)


def _style(lines: Sequence[_Line], number: int) -> str:
    """The style of a line that could be a heading, or an empty text."""
    line = lines[number]
    before = lines[number - 1].text if number else ""
    after = lines[number + 1] if number + 1 < len(lines) else _Line(line.end, line.end, "", 0)
    text = line.text
    if len(text.split()) > _MOST_WORDS or is_rule(text):
        return ""
    if wiki := _WIKI.fullmatch(text):
        return f"wiki {wiki['sign']}"
    above = _CLAUSE.fullmatch(before) if before and not is_rule(before) else None
    if before and not is_rule(before) and not above:
        return ""
    if not any(map(str.isalnum, text)) or _CELLS.search(text):
        return ""
    is_titled = not _TERMINAL.search(text)
    if is_rule(after.text) and after.text[0] in "=-~^*#_" and len(after.text) >= 3:
        underlined = len(after.text) <= 2 * len(text) and is_titled and not before
        return f"under {after.text[0]}" if underlined else ""
    is_apart = not after.text or (
        _begins(after.text) and (len(after.text) > len(text) - _SHORTER or _is_other_clause(text, after.text))
    )
    for name, pattern in _STYLES if is_apart and not _GOES_ON.search(text) else ():
        found = pattern.fullmatch(text)
        if above and not _is_other_clause(before, text):
            break
        is_ended = not after.text and text[-1] == "." and (_is_in_title_case(text) or bool(_DOTTED.match(text)))
        if found and (is_titled or is_ended):
            if name == "number":
                return _numbered(text)
            return f"clause {(found['word'] or '§').casefold()}" if name == "clause" else name
    if not (is_titled and is_title(text)):
        return ""
    clause = above or (_CLAUSE.fullmatch(lines[number - 2].text) if number > 1 and not before else None)
    if clause and not clause["name"] and not after.text and text[0].isupper():
        return "entitled"
    if above:
        return ""
    letters = [c for c in text if c.isalpha()]
    is_above = not after.text or after.indent > line.indent or (is_apart and len(letters) > _SURE_LETTERS)
    if is_above and len(letters) > 2 and all(c.isupper() for c in letters):
        return "capital"
    return "alone" if not after.text and number and len(text.split()) <= _ALONE_WORDS and text[0].isupper() else ""


def _is_other_clause(text: str, below: str) -> bool:
    """Whether a clause stands right below one of another name, as a part of an annex does."""
    one, other = _CLAUSE.fullmatch(text), _CLAUSE.fullmatch(below)
    return one is not None and other is not None and (one["word"] or "").casefold() != (other["word"] or "").casefold()


def _is_in_title_case(text: str) -> bool:
    return not any(word[0].islower() and len(word) > _SMALL_WORD for word in text.split())


def _begins(text: str) -> bool:
    first = next((c for c in text if c.isalnum()), "a")
    return not first.islower()


def _is_prose(lines: Sequence[_Line], number: int) -> bool:
    """Whether a paragraph reads like prose."""
    text = lines[number].text
    return len(text) >= _PROSE or (len(text.split()) > 3 and text[-1] in ".!?…")
