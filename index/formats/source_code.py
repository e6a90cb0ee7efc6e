"""Source code: the decoded file itself; comments as prose, the rest by lines."""

import re
from collections.abc import Iterator
from itertools import pairwise

from quotewise.index.encodings import decode
from quotewise.index.formats.parsed import Block, Parsed
from quotewise.index.layout import Layout
from quotewise.index.sentences import line_starts

VERSION = 4
_COMMENT = re.compile(
    r"[ \t]*(?:#(?!!|include|define|if|endif|else|pragma)|//|--(?!\S)|;|%|\*(?!/)|/\*|[rRuU]?(?:\"\"\"|''')|<!--|REM\b)[^\r\n]*"
)
_QUOTES = re.compile(r"\"\"\"|'''")
_OPENED = re.compile(r"[ \t]*(?:/\*+!?|<!--|[rRuU]?(?:\"\"\"|'''))(?:[ \t]*(?:\r\n|\r|\n))?")
"""The beginning of a comment of several lines, which ends with one of these."""
_CLOSERS = ("*/", "-->", '"""', "'''")
_VISIBLE = re.compile(r"[^\W_]")
_LONG_LINE = 600
_LONGEST_COMMENT = 20_000


def parse(data: bytes) -> Parsed:
    """Parse source code. Raises DocumentError when the bytes are no text."""
    text, encoding, damage = decode(data)
    return Parsed(text, tuple(_blocks(text)), Layout.of("source_code", VERSION, text), encoding=encoding, unread_part=damage)


def _blocks(text: str) -> Iterator[Block]:
    """Runs of comments and runs of code, each up to a blank line; a comment of several lines is one by itself."""
    starts = [*line_starts(text), len(text)]
    start, kind, closer = 0, "", ""
    ahead = dict.fromkeys(_CLOSERS, -1)  # where the next one of each stands
    for first, last in pairwise(starts):
        line = text[first:last]
        if closer:
            closer = "" if closer in line else closer
            if not closer:
                yield from _block(text, start, last, "comment")
                start, kind = last, ""
            continue
        own = "" if not line.strip() else "comment" if _COMMENT.match(line) else "code"
        opened, quotes = _OPENED.match(line), _QUOTES.search(line)
        if quotes and line.count(quotes[0]) % 2:
            closer, own = quotes[0], "comment"
        elif opened and own == "comment" and not quotes:
            ends = "*/" if "/*" in opened[0] else "-->"
            is_open = line.find(ends, opened.end()) < 0
            if is_open and ahead[ends] < last:
                found = text.find(ends, last)
                ahead[ends] = found if found >= 0 else len(text) + _LONGEST_COMMENT
            closer = ends if is_open and ahead[ends] + len(ends) <= last + _LONGEST_COMMENT else ""
        if own != kind or opened:
            yield from _block(text, start, first, kind)
            start, kind = first, own
        if opened and own == "comment" and not closer:  # it ends in its line
            yield from _block(text, start, last, "comment")
            start, kind = last, ""
    yield from _block(text, start, len(text), kind)


def _block(text: str, start: int, end: int, kind: str) -> Iterator[Block]:
    if kind == "comment":
        if opened := _OPENED.match(text, start, end):
            start = opened.end()
        shown = text[start:end].rstrip()
        end -= (end - start - len(shown)) + next((len(sign) for sign in _CLOSERS if shown.endswith(sign)), 0)
    if kind and _VISIBLE.search(text, start, end):
        by_line = kind == "code" and end - start < _LONG_LINE * max(1, text.count("\n", start, end))
        yield Block(start, end, (), by_line, kind="code" if kind == "code" else "paragraph")
