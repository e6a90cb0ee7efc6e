"""Source code and settings: the decoded file itself; comments as prose, the rest by lines."""

import re
from collections.abc import Iterator
from itertools import pairwise

from quotewise.index.encodings import decode
from quotewise.index.formats.parsed import Block, Parsed
from quotewise.index.layout import Layout
from quotewise.index.sentences import line_starts

VERSION = 3
_COMMENT = re.compile(
    r"[ \t]*(?:#(?!!|include|define|if|endif|else|pragma)|//|--(?!\S)|;|%|\*(?!/)|/\*|\"\"\"|'''|<!--|REM\b)[^\r\n]*"
)
_QUOTES = re.compile(r"\"\"\"|'''")
_VISIBLE = re.compile(r"[^\W_]")
_LONG_LINE = 600


def parse(data: bytes) -> Parsed:
    """Parse source code. Raises DocumentError when the bytes are no text."""
    text, encoding, damage = decode(data)
    return Parsed(text, tuple(_blocks(text)), Layout.of("source_code", VERSION, text), encoding=encoding, unread_part=damage)


def _blocks(text: str) -> Iterator[Block]:
    """Runs of comments and runs of code, each up to a blank line."""
    starts = [*line_starts(text), len(text)]
    start, kind, quotes = 0, "", ""
    for first, last in pairwise(starts):
        line = text[first:last]
        if quotes:
            own = "comment"
            quotes = "" if quotes in line else quotes
        else:
            own = "" if not line.strip() else "comment" if _COMMENT.match(line) else "code"
            found = _QUOTES.search(line)
            if found and line.count(found[0]) % 2:
                quotes = found[0]
                own = "comment"
        if own != kind:
            yield from _block(text, start, first, kind)
            start, kind = first, own
    yield from _block(text, start, len(text), kind)


def _block(text: str, start: int, end: int, kind: str) -> Iterator[Block]:
    if kind and _VISIBLE.search(text, start, end):
        by_line = kind == "code" and end - start < _LONG_LINE * max(1, text.count("\n", start, end))
        yield Block(start, end, (), by_line, kind="code" if kind == "code" else "paragraph")
