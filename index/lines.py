"""Finds the lines of a paragraph that start a new unit: list items, chat messages, table entries, subtitle cues, rules."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from quotewise.index.list_marks import counted, signed
from quotewise.index.short_lines import (
    BARE_LINE,
    FULL,
    PAIR,
    SMALL,
    UNFINISHED,
    ends_early,
    ends_entry,
    hanging,
    introduced,
    unmarked,
)
from quotewise.index.speakers import ENDS, LONGEST_END, speaker_mark

_LEAD = r"[ \t>\u00a0\u200e\u200f\ufeff]*+"
_ROMAN = "[ivxlcIVXLC]{2,7}"
_TIME = (
    r"(?:(?:오전|오후|上午|下午|午前|午後)[ ]?)?"
    r"\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:[.,]\d{1,3})?)?(?:[ \t\u202f]?[aApP]\.?[mM]\.?)?"
)
_MONTH = r"(?!und\b)[^\W\d_]{3,10}\.?"
_DATE = (
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}\.\d{1,2}\.(?=[ ]\d{1,2}:)"
    rf"|\d{{1,2}}\.?[ -]{_MONTH}[ -]\d{{2,4}}\b|{_MONTH}[ ]\d{{1,2}},?[ ]\d{{4}}\b|\d{{1,2}}\.?[ ]{_MONTH}(?=,?[ ]{_TIME})"
    r"|\d{4}[年년][ ]?\d{1,2}[月월][ ]?\d{1,2}[日일])"
)
_WEEKDAY = r"(?:[^\W\d_]{2,10}[.,]{0,2}[ ](?=\d))?"
_CIRCLED = "[\u2460-\u24ff\u2776-\u2793\u3220-\u3229]"
_PICTURE = "[\u2190-\u2bff\U0001f300-\U0001faff]"
_SPACE = r"[ \t\u00a0]+(?=\S)"
_PART = (
    r"(?:Art(?:icle|\.)?|Sec(?:tion|\.)?|Clause|Rule|Step|Item|No\.|Nr\.|Chapter|Ch\.|Part|Appendix|Annex|Schedule|Question"
    r"|Answer|Lot|Day|Week|Room|Table|Fig(?:ure|\.)?|Exhibit|Point|Task|Unit)[ \t]*(?:\d+(?:[.:-]\d+)*|[IVX]+\b|[A-Z]\b)[.:)]?"
)
_CALLED = r"(?:note|info|tip|hint|warning|caution|danger|important|example|question|success|bug|abstract|quote)\b"
"""What MkDocs and others write above a text that stands out, after signs."""
_DEFINES = "(?:means?|shall|ha(?:s|ve)|is|are|refers?|includes?|bezeichnet|bedeutet|ist|sind|désigne|significa)"
BLOCK_TAG = (
    r"</?(?:details|summary|p|div|ul|ol|li|dl|dt|dd|h[1-6]|table|thead|tbody|tr|td|th|section|article|center|blockquote"
    r"|figure|figcaption|br|hr)\b[^<>]{0,300}>"
)
_SIGN = r"[-=_*~#.·•—–+|:^\u2500-\u257f]"
CELL_SIGNS = "|│┃║"
"""Between the cells of a table that is drawn in text."""
_RULE = re.compile(rf"{_LEAD}(?:{_SIGN}[ \t]*)+[\r\n]*")
_KINDS = re.compile(
    _LEAD
    + "(?:"
    + "|".join(
        (
            rf"(?P<callout>\[![A-Za-z-]{{2,20}}\][-+]?|(?:!!!|\?\?\?\+?)[ \t]+{_CALLED}|:::+[ \t]*{_CALLED})",
            rf"(?P<term>[\"“„«][^\"”“»\r\n]{{1,80}}[\"”“»],?[ \t]+{_DEFINES}\b)",
            r"(?P<cue>(?:\d{1,2}:)?\d{1,2}:\d{2}[.,]\d{3}[ \t]*-->)",
            r"(?P<bold>(?:\*\*|__)[^*_\r\n]+(?:\*\*|__):?[ \t]*(?=[\r\n]|\Z))",
            rf"(?P<tag>{BLOCK_TAG})",
            r"(?P<note>\[\^[^\]\s]{1,60}\]:)",
            r"(?P<item>(?:[-*+‣◦·∙⁃○◇□▫☆★→⇒⟶▸▹▷➔➜✦◉\uf0a7\uf0b7]|[•●■▪►▶➢➤❖◆]|\d{1,2}[.)])[ \t\u00a0]+(?=\S)"
            r"|[•●■▪►▶➢➤❖◆](?![•●○■▪])(?=\S))",
            rf"(?P<sign>(?:[»›~!]|[-=]>{{1,2}}|>>|o|\d{{1,2}}(?:[/°\]]|\ufe0f?\u20e3)|[a-z]\]|{_CIRCLED}){_SPACE}"
            rf"|[│ \u00a0]*[├└╰]─{{1,3}}{_SPACE}"
            rf"|→(?=\S)|[*](?=[^\W_][^*\r\n]*(?:[\r\n]|\Z))|-(?=[A-Z])|{_PICTURE}\ufe0f?{_SPACE})",
            r"(?P<box>[☐☑☒✓✔✗✘✅❌])",
            r"(?P<dash>[–—―][ \t\u00a0]+(?=\S))",
            rf"(?P<clock>[\[(]?(?:{_DATE}[ ,]*)?{_TIME}[\])]?[ \t]*(?=[\r\n]|\Z))",
            rf"(?P<said>[*_]{{0,2}}[^\W\d_](?:[^\r\n:]{{0,29}}?[^\s:])?[*_]{{0,2}},?[ \t]{{1,4}}"
            rf"[\[(]?(?:{_DATE}[ ,]+)?{_TIME}[\])]?[ \t]*(?=[\r\n]|\Z))",
            rf"(?P<chat>[\[(]?{_WEEKDAY}(?:{_DATE}|{_TIME}|\d{{1,2}}[ ]?[ap]m|[A-Z][a-z]{{2}}[ ]{{1,2}}\d{{1,2}}[ ]{_TIME})"
            r"(?=[ \t,\])TZ–—-]))",
            r"(?P<level>\[[^\W\d_][\w .-]{1,20}\][ \t]+(?=\S))",
            rf"(?P<bracket>[(\[](?:[A-Za-z +~!?*-]|{_ROMAN}|\d{{1,3}}(?:\.\d{{1,3}})*|\d{{1,2}}[a-z])[)\]](?=[ \t\u00a0]*\S))",
            rf"(?P<letter>(?:[A-Za-z]|{_ROMAN}|\d{{1,2}}[a-z])(?:\.\)|[.):])[ \t\u00a0]+(?=\S)|o\t)",
            r"(?P<decimal>(?:(?:[A-Z]\.?)?\d{1,3}(?:\.[0-9a-z]{1,3}){1,5}[.):]?|[A-Z]-?\d{1,3}[.):])[ \t\u00a0]+(?=\S))",
            r"(?P<number>#?\d{1,4}(?:\.\)|\\?[.):]|[ \t]+[-–—])[ \t\u00a0]+(?=\S)|#\d{1,4}\b)",
            rf"(?P<part>§{{1,2}}[ \t\u00a0]*\d+(?:[.:-]\d+)*[.:)]?|{_PART})",
            r"(?P<nick>[A-Za-z]\w{1,20}>[ \t]+(?=\S)|<[^<>\s][^<>\r\n]{0,30}>[ \t]+(?=\S)|@[\w.-]{1,30}:?[ \t]+(?=\S))",
            rf"(?P<key>[*_\"'“]{{0,3}}[\[(<{{«【]{{0,2}}[^\W_][^:：!?;|\r\n]{{0,44}}(?:[(\[][^()\[\]:\r\n]{{0,24}}{_TIME}[)\]])?"
            r"(?::[*_\"'”]{0,3}[ \t]+(?=\S)|：))",
        )
    )
    + ")"
)
_MESSAGE = re.compile(
    rf"{_LEAD}(?:[\[(]?(?:{_DATE}[ ,T]*)?{_TIME}[\])]?(?:[ ]*[-–—])?[ ]+"
    r"(?:[^\W\d_][^:\r\n]{0,40}:[ \t]+|<[^<>\r\n]{1,30}>[ \t]+)?|<[^<>\s][^<>\r\n]{0,30}>[ \t]+)"
)
_HEADED = re.compile(rf"{_LEAD}[^\W_][^\r\n:]{{0,40}}[ ,]+[\[(](?:{_DATE}[ ,]+)?{_TIME}[\])][ \t]*[\r\n]")
"""The name and the time above what somebody said."""
_COLUMNS = re.compile(r"\S(?:[ ]*+\t[ \t]*+| {3,}+|[ ]?\.{4,}[ ]?| = )\S")
_LONG_WORD_AND_STOP = re.compile(r"\w{4,}\. ")
_CLOSED = re.compile(rf"(?:{BLOCK_TAG}|[{CELL_SIGNS}])\s*$", re.IGNORECASE)
_BEGUN = re.compile(rf"{_LEAD}(?:\(?[aAiI1](?P<closed>\.?\))|[aAiI1]\.)[ \t\u00a0]+(?=\S)")
_REFERRED = re.compile(
    r"\b(?:(?:(?:sub)?(?:section|paragraph|clause)|article|item|point|figure|table|part|chapter|step|note|option|rule|page|line"
    r"|row|room|volume|number|question|annex|schedule|appendix|exhibit|version|unit|floor|level|bus|platform)s?|no\.|nos\.|Absatz"
    r"|Nummer|Satz|Buchstabe|Ziffer|Seite|Zeile|Regel|Punkt|Kapitel|Abschnitt|Artikel|Anlage|Zimmer|Gleis)\s*$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"(?:is|are|was|were|and|or|of|has|ist|sind|und|oder)\b")
_COUNT = re.compile(r"\d+|[^\W\d_]+")
_FIRST_COUNTS = frozenset(("1", "a", "i"))
_COUNTED_KINDS = frozenset(("item", "number", "letter", "decimal", "bracket"))
_SENTENCE_END = re.compile(r"[.!?:;…][\"'”’»)]*\s*$")
_LONGEST_TAG = 400
_PAGE_NUMBER = re.compile(r"[ \t]{20,}\d{1,5}\s*")
"""Far to the right, above the first line of a page."""
_WITHIN_PHRASE = re.compile(rf"{SMALL}\s*$")
_ROWED = re.compile(rf"[^{CELL_SIGNS}]*[{CELL_SIGNS}][^{CELL_SIGNS}]*[{CELL_SIGNS}]")
_SURE = {"callout", "cue", "bold", "tag", "note", "item", "box"}
_ALONE = {"callout", "cue", "bold", "said"}
_BARE_MARKS = {"callout", "item", "dash"}
_MARKS = {*_BARE_MARKS, "sign", "bracket", "letter", "decimal", "number", "part", "chat"}
_NAME_WORDS = 5
_TITLE_WORDS = 6
_TITLE_WIDTH = 0.7
"""Of the longest line of a paragraph: the width that its title and the next word have at most."""


def is_rule(line: str) -> bool:
    """Whether a line is a rule, an underline or another row of signs without meaning."""
    return bool(_RULE.fullmatch(line))


def is_title(line: str) -> bool:
    """Whether the separate first line of a text looks like its title, rather than prose, an item, a message or a command."""
    kind = _KINDS.match(line)
    begins = next((c for c in line if c.isalnum()), "")
    return (
        any(c.isalpha() for c in line)
        and not begins.islower()
        and line[-1] not in ".!?:;,"
        and not any(c in "[]{}|$=\\`" for c in line)
        and (kind is None or kind.lastgroup == "key")
    )


def message_prefix(line: str) -> int:
    """The characters of a message of a dialogue that say when and by whom it is, or 0."""
    found = _MESSAGE.match(line)
    return found.end() if found else 0


class Opening(NamedTuple):
    """How many characters of a line are its mark, and whether the mark is a bare one, such as a dash or a bullet."""

    mark: int = 0
    bare: bool = False


def openings(lines: Sequence[str], cast: frozenset[str] = frozenset(), is_named: bool = False) -> dict[int, Opening]:
    """The lines of a paragraph, by number, that do not continue the line before, each with its mark.

    Marks that also occur in prose, such as numbers, count where a paragraph has two such lines. A rule starts a unit, and so
    does the line after it. ``cast`` are names of speakers; where ``is_named``, the first line names who says the rest.
    """
    matches = [None if is_rule(line) else _KINDS.match(line) for line in lines]
    kinds = [_kind(line, match) for line, match in zip(lines, matches, strict=True)]
    wrapped = _wrapped(lines, kinds, matches)
    for number in wrapped:
        kinds[number] = matches[number] = None
    spoken = _spoken(lines, kinds, cast)
    kinds = ["speaker" if number in spoken else kind for number, kind in enumerate(kinds)]
    clocks = [number for number, kind in enumerate(kinds) if kind == "clock"]
    kinds = ["chat" if kind == "clock" else kind for kind in kinds]
    width = max(len(line.strip(" \t>\r\n")) for line in lines)
    kinds = [_among(kinds, lines, number, matches[number], width) for number in range(len(lines))]
    sure, opened, last = _SURE | _repeated(kinds), {0: Opening()}, 0
    for number, (line, kind, match) in enumerate(zip(lines, kinds, matches, strict=True)):
        last = next((n for n in (number, number - 1, number - 2) if n in opened), last)
        if kind in sure or is_rule(line) or _ROWED.match(line):
            cue = kind == "cue" and number and lines[number - 1].strip(" \t>\r\n").isdecimal()
            opened[number - 1 if cue else number] = Opening()
            if match and (kind in _MARKS or (kind == "key" and "." in match["key"])):
                opened[number] = Opening(match.end(), kind in _BARE_MARKS)
        elif match and kind in ("decimal", "part") and not number:  # "A1." alone is no sentence
            opened[0] = Opening(match.end())
        elif number and kinds[last] in sure and _is_apart(lines, kinds, number, last, width):
            opened[number], kinds[number] = Opening(), kinds[last]
        ends = (kind in _ALONE and kind in sure) or is_rule(line) or _CLOSED.search(line[-_LONGEST_TAG:])
        if ends and number + 1 < len(lines):
            opened[number + 1] = Opening()
        if (
            number
            and kind not in sure
            and opened.get(number - 1, Opening()).mark
            and (first := _first_within(line, lines[number - 1]))
        ):
            opened[number] = Opening(first)
    opened |= {n: Opening(end) for n, end in spoken.items() if not n or "speaker" in sure}
    if is_named:
        return opened | {0: Opening(len(lines[0]))}
    if len(lines) > 1 and _PAGE_NUMBER.fullmatch(lines[0]):
        opened[1] = opened.get(1, Opening())
    listed: dict[int, int] = {}
    if not any(mark.mark for mark in opened.values()):
        shown = ["x" * len(line) if number in wrapped else line for number, line in enumerate(lines)]
        listed = signed(shown) | counted(shown)
        opened |= {number: Opening(end) for number, end in listed.items()}
    if "said" in sure or _HEADED.match(lines[0]):  # what is said below names and times is not wrapped
        first = kinds.index("said") if "said" in sure else 1
        opened |= {number: opened.get(number, Opening()) for number in range(first, len(lines))}
    elif clocks == [1]:
        opened |= {number: opened.get(number, Opening()) for number in range(2, len(lines))}
    if len(opened) == 1 or listed:
        opened = dict.fromkeys(unmarked(lines), Opening()) | opened
    for number in introduced(lines) | (set() if listed else hanging(lines)):
        opened.setdefault(number, Opening())
    if len(lines) > 1 and _is_titled([line.strip(" \t>\r\n") for line in lines]):
        opened.setdefault(1, Opening())
    return opened


def refers(above: str, line: str) -> bool:
    """Whether a line begins with a number or letter that belongs to the last word of the line above: ``clause 3.``."""
    if _REFERRED.search(above):
        return True
    count = _COUNT.search(line)
    return bool(_WITHIN_PHRASE.search(above)) and count is not None and count[0].casefold() not in _FIRST_COUNTS


def _wrapped(lines: Sequence[str], kinds: Sequence[str | None], matches: Sequence[re.Match[str] | None]) -> set[int]:
    """The lines that begin with a number or dash as marks do, which is the next word of the sentence of the line above.

    It is a number that counts on from none above or below it, or the only dash of the paragraph.
    """
    marks = {
        number: line[: match.end()].strip(" \t>")
        for number, (line, kind, match) in enumerate(zip(lines, kinds, matches, strict=True))
        if match and kind in _COUNTED_KINDS
    }
    if not marks or (len(marks) == 1 and 0 in marks):
        return set()
    counts = {number: count[0].casefold() for number, mark in marks.items() if (count := _COUNT.search(mark))}
    counting = {number for pair in pairwise(counts) if _is_next(*(counts[one] for one in pair)) for number in pair}
    widths = [len(line.rstrip()) for line in lines]
    width = max(widths)
    found = set()
    for number, mark in marks.items():
        above, rest = lines[number - 1] if number else "", lines[number][len(mark) :].lstrip(" \t>")
        if not number or not above.strip(" \t>\r\n") or _SENTENCE_END.search(above):
            continue
        is_full = width > BARE_LINE and widths[number - 1] + 1 + len(lines[number].split()[0]) > width
        if number not in counts:
            is_dash = mark in "-–—*+" and len(marks) == 1 and rest[:1].islower()
            is_prose = is_dash and (f" {mark} " in rest or sum(one > FULL * width for one in widths) > 1)
            is_hanging = "".join(lines[number + 1 : number + 2])[:1].isspace()
            if is_dash and not is_hanging and ((is_full and is_prose) or _WITHIN_PHRASE.search(above)):
                found.add(number)
        elif number not in counting:
            is_listed = counts[number] in _FIRST_COUNTS or not marks.keys().isdisjoint((number - 1, number + 1))
            goes_on = counts[number].isdecimal() and bool(_GOES_ON.match(rest))
            if refers(above, mark) or goes_on or (is_full and not is_listed):
                found.add(number)
    return found


def _is_next(count: str, following: str) -> bool:
    """Whether a count is one more than that before, or the same, as in 1.1 and 1.2 and in lists that renderers number."""
    if count.isdecimal() and following.isdecimal():
        return int(following) - int(count) in (0, 1)
    is_letter = len(count) == len(following) == 1
    return count.isalpha() and following.isalpha() and (not is_letter or ord(following) - ord(count) in (0, 1))


def _spoken(lines: Sequence[str], kinds: Sequence[str | None], cast: frozenset[str]) -> dict[int, int]:
    """The lines, by number, that begin with the name of who speaks, with the characters of it.

    In prose a name is the last word of a sentence that begins in the line above, so that most lines above must have ended, or
    each second line from the first on must have one. Names that are no capitals stand only after lines that have ended.
    """
    found = {
        number: end
        for number, kind in enumerate(kinds)
        if kind in (None, "key")
        and (end := speaker_mark(lines[number], cast))
        and not (number and _WITHIN_PHRASE.search(lines[number - 1]))
    }
    ended = {number: end for number, end in found.items() if not number or ENDS.search(lines[number - 1][-LONGEST_END:])}
    is_sure = 2 * len(ended) > len(found) or (0 in found and 2 * len(found) >= len(lines))
    capital = {number: end for number, end in found.items() if speaker_mark(lines[number])}
    return ended | capital if is_sure else ended


def _is_titled(lines: Sequence[str]) -> bool:
    """Whether the first line of a paragraph is its title: it ends before the first word that would have had room."""
    first, second = lines[0], lines[1]
    if (
        not second.split()
        or len(first.split()) > _TITLE_WORDS
        or ":" in first
        or UNFINISHED.search(first.lower())
        or not is_title(first)
    ):
        return False
    begins = next((c for c in second if c.isalnum()), "a")
    is_sentence = len(second.split()) > 2 and (second[-1] in ".!?…" or len(second) > BARE_LINE)
    room = len(first) + 1 + len(second.split()[0]) <= _TITLE_WIDTH * max(map(len, lines))
    return is_sentence and room and not begins.islower()


def _first_within(line: str, above: str) -> int:
    """The characters of the mark of a line that begins a list, which may have one item only, within the item above; else 0."""
    begun = None if _WITHIN_PHRASE.search(above) or _REFERRED.search(above) else _BEGUN.match(line)
    return (
        begun.end()
        if begun and not _GOES_ON.match(line, begun.end()) and (begun["closed"] or _SENTENCE_END.search(above))
        else 0
    )


def _is_apart(lines: Sequence[str], kinds: Sequence[str | None], number: int, first: int, width: int) -> bool:
    """Whether a line without a mark does not go on with what begins with line ``first``.

    So it is with messages, whose lines no program wraps, and with what is as far to the left as an item.
    """
    if kinds[first] == "chat":
        return ends_early(lines[number - 1], lines[number], width)
    is_pair = kinds[first] == "pair"
    return (is_pair or kinds[first] in _MARKS) and ends_entry(lines, number, first, width, begins=is_pair)


def _among(
    kinds: Sequence[str | None], lines: Sequence[str], number: int, match: re.Match[str] | None, width: int
) -> str | None:
    """The kind of a line, which may be that of a line above or below with which it has something in common."""
    kind, line = kinds[number], lines[number]
    near = [*kinds[max(0, number - 1) : number], *kinds[number + 1 : number + 2]]
    if match and kind == "key" and "columns" in near and kind not in near and _COLUMNS.search(line, match.end()):
        return "columns"
    if kind is None and PAIR.match(line):
        pairs = ((n, n + 1) for n in (number - 1, number) if 0 <= n < len(lines) - 1 and kinds[n] is kinds[n + 1] is None)
        is_pair = any(PAIR.match(lines[a]) and PAIR.match(lines[b]) and ends_early(lines[a], lines[b], width) for a, b in pairs)
        return "pair" if is_pair else None
    return kind


def _kind(line: str, match: re.Match[str] | None) -> str | None:
    kind = match.lastgroup if match else None
    if match and kind == "key":
        name = match["key"]
        kind = None if len(name.split()) > _NAME_WORDS or _LONG_WORD_AND_STOP.search(name) else "key"
    return kind or ("columns" if _COLUMNS.search(line) else None)


def _repeated(kinds: Sequence[str | None]) -> set[str]:
    """The kinds that occur twice in a paragraph; keys and columns must occur in adjacent lines or start the paragraph."""
    counts = Counter(kind for kind in kinds if kind)
    neighbours = {kind for kind, following in pairwise(kinds) if kind == following and kind}
    return {
        kind
        for kind, count in counts.items()
        if count > 1 and (kind not in ("key", "columns", "pair") or kind in neighbours or (kind == "key" and kinds[0] == kind))
    }
