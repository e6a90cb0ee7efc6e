"""Plain text: what stands under each of its headings, and its tables; the first line may look like a title."""

import re

from quotewise.index.encodings import decode
from quotewise.index.formats.labels import with_labels_as_headings
from quotewise.index.formats.parsed import Block, Parsed
from quotewise.index.formats.plain_tables import with_tables_as_rows
from quotewise.index.formats.running_lines import blocks_between
from quotewise.index.formats.text_headings import blocks_of
from quotewise.index.formats.transcripts import with_speakers_as_headings
from quotewise.index.layout import Layout
from quotewise.index.lines import is_title

VERSION = 8
_TITLE_LIMIT = 120
_TITLE_LINE = re.compile(
    rf"\s*+(?P<title>[^\r\n]{{0,{_TITLE_LIMIT - 1}}}[^\s])[ \t]*(?:\r\n|\r|\n)"
    r"[ \t]*(?:[-=_*~#]{2,}[ \t]*)?[\r\n](?=\s*\S)"
)
"""The first line of a text, where a blank line or a rule and then more text follow."""


def parse(data: bytes) -> Parsed:
    """Parse a text file. Raises DocumentError when the bytes are no text."""
    text, encoding, damage = decode(data)
    first = _TITLE_LINE.match(text)
    title = first["title"] if first and is_title(first["title"]) else None
    start = first.end() if first and title else 0
    blocks = blocks_between(text, lambda shown: _blocks(shown, start))
    return Parsed(text, blocks, Layout.of("text", VERSION, text), title, encoding=encoding, unread_part=damage)


def _blocks(text: str, first: int) -> tuple[Block, ...]:
    blocks = with_tables_as_rows(text, with_speakers_as_headings(text, blocks_of(text, first)))
    return with_labels_as_headings(text, blocks, first)
