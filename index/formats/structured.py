"""JSON, JSON lines, XML, logs and lines of settings: the decoded file itself; a long line is cut where its structure allows."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from quotewise.index.encodings import decode
from quotewise.index.errors import DocumentError
from quotewise.index.formats import terminal
from quotewise.index.formats.parsed import Block, Parsed
from quotewise.index.formats.xml_blocks import is_xml, xml_blocks
from quotewise.index.layout import Layout
from quotewise.index.sentences import Span, line_starts

VERSION = 6
NAME_LIMIT = 120
"""Characters of a key in a heading."""
_LONG_LINE = 600
_PIECE = 300
_DEPTH_LIMIT = 1_000
_TOKEN = re.compile(r'"(?:[^"\\\r\n]|\\.)*+"|[\[{]|[\]}]|,|</[^<>]{1,200}>|/>|[^\s"\[\]{},<>/]+|.', re.DOTALL)
_ENDS = frozenset((",", "}", "]", "/>"))
_PROSE = re.compile(r"[ \t]*(?![-*#;/])[^\W\d_][^{}\[\]<>=|\\\"]{39,}")
_KEY = re.compile(r"[ \t]*[\w.-]+[ \t]*:(?:\s|$)")
_FOLDED = re.compile(r"[ \t]*(?:- )*[\w.-]+[ \t]*:[ \t]*>[+-]?\d?[ \t]*[\r\n]+")
"""The line of YAML above a text whose line breaks are spaces."""
_JSON = re.compile(r'[\ufeff\s]*(?:\{\s*"|\[\s*(?:[{"]|\[\s*[\[{"\d-]))')
_SAYING = re.compile(r'(?<!\\)"((?:[^"\\\s]|\\.)+(?:[ ]+(?:[^"\\\s]|\\.)+){3,})"(?![ \t]*:)')
"""A string of JSON with four words or more, which is no key."""
_VALUE = re.compile(r'[:\[,][ \t]*(?:"(?:[^"\\]|\\.)+"(?![ \t]*:)|-?\d|true|false)')
_OPEN_KEY = re.compile(r'[{\[,\s]*(?P<key>"(?P<name>(?:[^"\\\r\n]|\\.)*)"[ \t]*:[ \t]*)\Z')
_SAID_KEYS = frozenset(
    ("a", "answer", "body", "content", "description", "message", "q", "question", "summary", "text", "title")
)
"""Keys that say nothing of what their strings are about."""
_FEWEST_SPACES = 3
_BETWEEN = re.compile(r"[,}\]\s]*")
_OBJECT_LINE = re.compile(r"[\ufeff\s]*[{\[][ \t]*[\r\n]")
_ENTRY = re.compile(r'"([^"\\]{1,200})"[ \t]*:[ \t]*"?([^"{\[]*)')
_VISIBLE = re.compile(r"[^\W_]")


def parse(data: bytes, settings: Callable[[str], Iterable[Block]] | None = None) -> Parsed:
    """Parse a file of structured text, that of ``settings`` by this function if it is neither XML nor JSON.

    Raises DocumentError when the bytes are no text, or only nested brackets.
    """
    decoded, encoding, damage = decode(data)
    text = terminal.shown(decoded)
    if not _VISIBLE.search(text):
        depth = max(text.count("["), text.count("{"))
        if depth > _DEPTH_LIMIT:
            raise DocumentError(f"is stopped at a limit: {depth:,} nested brackets, and nothing in them")
    read = xml_blocks(text) if is_xml(text) else None
    if read is not None:
        blocks = read
    elif _OBJECT_LINE.match(text):
        blocks = tuple(_objects(text))
    else:
        blocks = tuple(settings(text) if settings and not _JSON.match(text) else blocks_of_lines(text))
    if _JSON.match(text):
        blocks = tuple(part for block in blocks for part in _said(text, block))
    if text != decoded:
        return Parsed(text, blocks, Layout.of("terminal", terminal.VERSION, text), unread_part=damage)
    return Parsed(text, blocks, Layout.of("structured", VERSION, text), encoding=encoding, unread_part=damage)


def _said(text: str, block: Block) -> Iterator[Block]:
    """A block of JSON, whose strings of some words are paragraphs, with their keys but for such as ``text``."""
    start, found = block.start, False
    for saying in _SAYING.finditer(text, block.start, block.end):
        key = _OPEN_KEY.search(text, max(start, saying.start() - NAME_LIMIT), saying.start())
        end = key.start() if key else saying.start()
        if _VALUE.search(text, start, end):
            yield replace(block, start=start, end=end)
        first, last = saying.span(1)
        if key and key["name"].count(" ") >= _FEWEST_SPACES:
            yield replace(block, start=key.start("name"), end=key.end("name"), by_line=False, kind="paragraph")
        elif key and key["name"].lower() not in _SAID_KEYS:
            first, last = key.start("key"), saying.end()
        yield replace(block, start=first, end=last, by_line=False, kind="paragraph")
        between = _BETWEEN.match(text, saying.end(), block.end)
        start, found = between.end() if between else saying.end(), True
    if not found:
        yield block
    elif _VALUE.search(text, start, block.end):
        yield replace(block, start=start)


def _objects(text: str) -> Iterator[Block]:
    """The objects of JSON that is written in lines, each under the keys that lead to it and its first entry."""
    trail: list[list[str]] = []
    start = 0
    starts = [*line_starts(text), len(text)]
    for first, last in pairwise(starts):
        line = text[first:last].strip()
        closes, opens = line[:1] in ("}", "]"), line[-1:] in ("{", "[")
        if closes or opens:
            yield from _entries(text, start, first, trail)
            start = first
        if closes and trail:
            trail.pop()
            start = last
        key = _ENTRY.match(line)
        if opens:
            trail.append([key[1][:NAME_LIMIT] if key else "", ""])
            if len(trail) > _DEPTH_LIMIT:
                yield from blocks_of_lines(text[first:], first)
                return
        elif key and trail and not trail[-1][1]:
            trail[-1][1] = f"{key[1]}: {key[2].rstrip(', ')}"[:NAME_LIMIT]
    yield from _entries(text, start, len(text), trail)


def _entries(text: str, start: int, end: int, trail: list[list[str]]) -> Iterator[Block]:
    names = [key for key, _ in trail if key] + [entry for _, entry in trail[-1:] if entry]
    for block in blocks_of_lines(text[start:end], start):
        yield replace(block, heading=tuple(names))


def blocks_of_lines(text: str, shift: int = 0) -> Iterator[Block]:
    """Short lines together, lines of prose as paragraphs, and each long line in pieces."""
    starts = [*line_starts(text), len(text)]
    start, kind = 0, ""
    folded = -1
    for first, last in pairwise(starts):
        line = text[first:last]
        indent = len(line) - len(line.lstrip(" "))
        if folded >= 0 and line.strip() and indent <= folded:
            folded = -1
        if folded >= 0:
            own = "prose"
        else:
            own = "long" if last - first > _LONG_LINE else "prose" if _PROSE.match(line) and not _KEY.match(line) else "line"
        if _FOLDED.fullmatch(line):
            folded = indent
        if own != kind or own == "long":
            yield from _block(text, start, first, kind, shift)
            start, kind = first, own
    yield from _block(text, start, len(text), kind, shift)


def _block(text: str, start: int, end: int, kind: str, shift: int) -> Iterator[Block]:
    if not _VISIBLE.search(text, start, end):
        return
    if kind == "long":
        for piece in _pieces(text, start, end):
            if _VISIBLE.search(text, *piece):
                yield Block(shift + piece.start, shift + piece.end, (), piece.end - piece.start <= _LONG_LINE, kind="code")
    else:
        yield Block(shift + start, shift + end, (), kind == "line", kind="code" if kind == "line" else "paragraph")


def _pieces(text: str, start: int, end: int) -> Iterator[Span]:
    """A line cut after commas and closing brackets or tags, so that pieces are about as long as a sentence or two."""
    first = start
    for token in _TOKEN.finditer(text, start, end):
        closes = token[0] in _ENDS or token[0].startswith("</")
        if closes and token.end() - first >= _PIECE and text[token.end() : token.end() + 1] != ",":
            yield Span(first, token.end())
            first = token.end()
    if first < end:
        yield Span(first, end)
