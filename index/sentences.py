"""Text into sentences with exact spans, by nupunkt and by the structure of lines, which nupunkt ignores."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import nupunkt

from quotewise.index.abbreviations import with_abbreviations_told
from quotewise.index.lines import BLOCK_TAG, is_rule, openings
from quotewise.index.margins import without_margins
from quotewise.index.sentence_ends import with_ends_told
from quotewise.index.speakers import Speakers, speakers_of

_BREAK = r"(?:\r\n|\n|\r(?!\n))"
_LINE_BREAK = re.compile(_BREAK)
_FULL_STOP = re.compile(r"(?<=[。！？])(?:\[[^\[\]\s]{1,10}\]|[⁰¹²³⁴-⁹]{1,4}){0,9}+(?![。！？」』”’）)\]])")
"""A full stop of Chinese or Japanese, without a space after it, and the notes that belong to it."""
_EDGE_TAGS = re.compile(rf"(?:\s*{BLOCK_TAG})+\s*", re.IGNORECASE)
_TAG_AT_END = re.compile(rf"{BLOCK_TAG}\Z", re.IGNORECASE)
_LONGEST_TAG = 400
_CODE = re.compile(r"(?<!`)(`{1,3})(?!`)((?:(?!'')[^\r\n]){1,200}?)(?<!`)\1(?!`)")
_MARK = (
    r"(?:\[\[\d{1,3}\]\]\([^()\s]{1,80}\)|\\?\[[^\[\]\r\n]{1,40}\](?:\([^()\s]{1,80}\))?|【[^【】\r\n]{1,20}】"
    r"|[⁰¹²³⁴-⁹⁻]{1,6}+[⁾)]?|\^\d{1,3}|\^\[[^\]\r\n]{1,40}\]|\^\{\d{1,3}\}|[†‡]{1,4}+|\{\d{1,3}\}"
    r"|\(\d{1,2}(?:[,–-] ?\d{1,2}){0,5}\)|<\d{1,3}>"
    r"|<sup>[^<>\r\n]{1,40}</sup>|<ref\b[^<>\r\n]{0,60}>(?:[^<>\r\n]{0,200}</ref>)?|\\(?:footnote(?:mark)?|cite\w{0,2})[\[{][^\[\]{}\r\n]{1,200}[\]}])"
)
_OF_MARK = r"(?:\(#[^()\s]{1,60}\)|: ?\d{1,4}(?:[–-]\d{1,4})?|_(?=\s)|;(?=\s)|[\u200b\u2060])"
"""The target of a link, pages, or signs around marks."""
_NOTES = re.compile(
    rf"(?:(?<=[.?…])|(?<=\w!))[\"'”’»)*_]{{0,3}}"
    rf"( (?:\[\d{{1,3}}\]|[†‡])(?=\s|\Z)|{_MARK}(?:[ –-]?{_MARK}|{_OF_MARK}){{0,40}}\*{{0,2}})"
    r"(?=\s|\Z|[\"“(A-Z])|(?:(?<=[a-z]{3}[.!?])|(?<=[ (](?:1[5-9]|20)\d\d\.))[\"”’)]{0,2}"
    r"(\d{1,3}(?:[,–-] ?\d{1,3}){0,6})(?=[ \t]+[\"“]?[A-Z]|\Z)|(?<=[a-z]{2}[.!?])(\*{1,3})(?=\s+[A-Z])"
)
"""Note references after the end of a sentence, to which they belong."""
_PICTURE = re.compile(r"(?<![^\s\[(|>*])!\[")
"""The beginning of a picture in Markdown."""
_LEADERS = re.compile(r"(?<= )\.{4,}|\.{6,}")
_LONG_WORD = re.compile(r"(?<!\S)\S{500,}(?=\S)")
"""Words for which nupunkt takes quadratic time, such as thousands of exclamation marks, without their last character."""
_WORD = re.compile(r"\S+")
_PAUSE = re.compile(r"[,;:()–—]")
_CONJUNCTION = re.compile(r"(?:and|but|so|because|or|then|now|well|when|while|after|until|if|which|where)", re.IGNORECASE)
_ENDLESS_WORDS = 60
_PAUSE_WORDS = 25
"""A sentence with more words between its pauses than this has no punctuation, as in a transcript."""
_SHORTENED = range(12, 32)
"""Words of the parts of such a sentence."""


class Span(NamedTuple):
    """A half-open range ``[start, end)`` of Unicode code points."""

    start: int
    end: int


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """The sentences of ``text[start:end]``, ascending and disjoint, without the white space and list marks around them.

    A blank line, a list item, a message, a table entry and a table row end a sentence without punctuation; a single line break
    does not. A rule is not a sentence, and a sentence does not end within a code span.
    """
    end = len(text) if end is None else end
    piece = text[start:end]
    shown = without_margins(piece)
    if shown is not piece:
        return [Span(start + a, start + b) for a, b in _spans(shown, 0, len(shown))]
    return _spans(text, start, end)


def _spans(text: str, start: int, end: int) -> list[Span]:
    spans: list[Span] = []
    for unit, mark in _units(text, start, end):
        for piece in _pieces(text, *unit, _FULL_STOP):
            for a, b in _sentences(text[piece.start : piece.end], mark - piece.start):
                for sentence in _trimmed(text, piece.start + a, piece.start + b):
                    spans.extend(_shortened(text, sentence))
    return spans


def line_spans(text: str, start: int, end: int) -> list[Span]:
    """The lines of ``text[start:end]`` that are neither blank nor rules, for tables and code."""
    lines = [span for piece in _pieces(text, start, end, _LINE_BREAK) for span in _trimmed(text, *piece)]
    return [line for line in lines if not is_rule(text[line.start : line.end])]


def line_starts(text: str) -> list[int]:
    r"""Offsets at which the lines of a text start; a line ends with ``\n``, ``\r\n`` or ``\r``, as in an editor."""
    return [0, *(match.end() for match in _LINE_BREAK.finditer(text))]


def _pieces(text: str, start: int, end: int, breaks: re.Pattern[str]) -> list[Span]:
    edges = [start, *(match.end() for match in breaks.finditer(text, start, end)), end]
    return [Span(a, b) for a, b in pairwise(edges) if a < b]


def _units(text: str, start: int, end: int) -> Iterator[tuple[Span, int]]:
    """The parts of a text that sentences do not cross, each with the end of its leading mark."""
    spans = [*_pieces(text, start, end, _LINE_BREAK), Span(end, end)]
    lines = [text[a:b] for a, b in spans]
    speakers = speakers_of(lines)
    first = 0
    for number, line in enumerate(lines):
        if line.strip(" \t>\r\n"):
            continue
        if first < number:
            yield from _units_of(text, spans[first:number], speakers, first in speakers.above)
        first = number + 1


def _units_of(text: str, paragraph: list[Span], speakers: Speakers, is_named: bool) -> Iterator[tuple[Span, int]]:
    lines = [text[line.start : line.end] for line in paragraph]
    if not _starts_line(text, paragraph[0].start):
        lines[0] = "x" * len(lines[0])  # the rest of a line has no mark
    opened = openings(lines, speakers.cast, is_named)
    edges = [*sorted(opened), len(lines)]
    for number, following in pairwise(edges):
        if is_rule(lines[number]):
            continue
        start, mark = paragraph[number].start, opened[number]
        unit = _untagged(text, start + mark.mark * mark.bare, paragraph[following - 1].end)
        if unit.start < unit.end:
            yield unit, start + mark.mark


def _untagged(text: str, start: int, end: int) -> Span:
    if tags := _EDGE_TAGS.match(text, start, end):
        start = tags.end()
    shown = _shown_end(text, start, end)
    while (
        start < shown and text[shown - 1] == ">" and (tag := _TAG_AT_END.search(text, max(start, shown - _LONGEST_TAG), shown))
    ):
        end = shown = _shown_end(text, start, tag.start())
    return Span(start, end)


def _sentences(text: str, mark: int) -> list[Span]:
    """The sentences by nupunkt, which knows the abbreviations of English.

    It sees marks, code, leaders, long words and other abbreviations as plain words, and notes as white space.
    """
    shown = _CODE.sub(lambda code: code[1] + "x" * len(code[2]) + code[1], text) if "`" in text else text
    shown = _LONG_WORD.sub(_crossed, _PICTURE.sub("x[", shown))
    shown = _LEADERS.sub(_crossed, _NOTES.sub(_blanked, shown))
    shown = with_abbreviations_told(with_ends_told(shown))
    if mark > 0:
        shown = _WORD.sub(_crossed, shown[:mark]) + shown[mark:]
    spans = [Span(a, b) for a, b in nupunkt.sentence_spans(shown)]
    edges = [0, *(span.start for span in spans[1:]), len(text)]
    return [Span(a, b) for a, b in pairwise(edges)] if spans else []


def _crossed(match: re.Match[str]) -> str:
    return "x" * len(match[0])


def _blanked(notes: re.Match[str]) -> str:
    group = notes.lastindex or 0
    return notes[0][: notes.start(group) - notes.start()] + " " * len(notes[group])


def _starts_line(text: str, position: int) -> bool:
    while position and text[position - 1] in " \t>":
        position -= 1
    return position == 0 or text[position - 1] in "\r\n"


def _trimmed(text: str, start: int, end: int) -> list[Span]:
    if _starts_line(text, start):
        while start < end and (text[start].isspace() or text[start] == ">"):
            start += 1
    while start < end and text[start].isspace():
        start += 1
    end = _shown_end(text, start, end)
    return [Span(start, end)] if start < end else []


def _shown_end(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


def _shortened(text: str, sentence: Span) -> Iterator[Span]:
    """A sentence, or its parts if it has no punctuation: cut at line ends and conjunctions, or else after some words."""
    if sentence.end - sentence.start < 2 * _ENDLESS_WORDS:
        yield sentence
        return
    words = [Span(*word.span()) for word in _WORD.finditer(text, *sentence)]
    pauses = len(_PAUSE.findall(text, *sentence))
    if len(words) <= _ENDLESS_WORDS or pauses * _PAUSE_WORDS > len(words):
        yield sentence
        return
    first = 0
    while first < len(words):
        cut = _cut(text, words, first)
        yield Span(words[first].start, words[cut - 1].end)
        first = cut


def _cut(text: str, words: list[Span], first: int) -> int:
    if len(words) - first <= _SHORTENED.stop:
        return len(words)
    places = range(first + _SHORTENED.stop - 1, first + _SHORTENED.start, -1)
    for place in places:
        gap = text[words[place - 1].end : words[place].start]
        begins, follows = (bool(_CONJUNCTION.fullmatch(text, *words[number])) for number in (place, place - 1))
        if "\n" in gap or "\r" in gap or (begins and not follows):
            return place
    return places[0]
