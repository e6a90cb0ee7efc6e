"""Bytes of a file format into text, title, metadata and the blocks of prose in it. New formats join ``FORMATS``."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import yaml
from markdown_it import MarkdownIt

from index.encodings import decode
from index.errors import DocumentError, border
from index.sentences import line_starts

_FRONT_MATTER = re.compile(r"---[ \t]*(?:\r\n|\r|\n)(.*?)(?:\r\n|\r|\n)(?:---|\.\.\.)[ \t]*(?:\r\n|\r|\n|\Z)", re.DOTALL)
_FRONT_MATTER_LIMIT = 16_384
_FRONT_MATTER_DEPTH = 32
_INLINE_MARKUP = re.compile(r"[*_`]+|!?\[([^\]]*)\]\([^)]*\)")
_LINE = re.compile(r"[^\r\n]*")
_TITLE_LIMIT = 120
_HEADING_LIMIT = 500
_MARKDOWN = MarkdownIt("commonmark").enable("table").disable("inline")
_LINED_BY_TYPE = {"paragraph_open": False, "html_block": False, "table_open": True, "fence": True, "code_block": True}


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item, table or other run of text ``[start, end)`` under a trail of headings.

    ``lined`` marks text whose units are lines rather than sentences: tables and code.
    """

    start: int
    end: int
    heading: tuple[str, ...] = ()
    lined: bool = False


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a format makes of a file. Blocks are disjoint and ascending; ``ignored`` says what of it was not used, and why."""

    text: str
    encoding: str
    blocks: tuple[Block, ...]
    title: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    ignored: str | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """A media type and the function that parses its bytes; raises DocumentError on bytes it cannot read."""

    media_type: str
    parse: Callable[[bytes], Parsed]


def parse_text(data: bytes) -> Parsed:
    """Plain text: one block, since sentences already end at blank lines; the first line is the title if it looks it."""
    text, encoding, damage = decode(data)
    first = _LINE.match(text.lstrip())[0].strip()  # type: ignore[index]
    is_title = 0 < len(first) <= _TITLE_LIMIT and len(first) < len(text.strip()) and first[-1] not in ".!?:;,"
    return Parsed(text, encoding, (Block(0, len(text)),), title=first if is_title else None, ignored=damage)


def parse_markdown(data: bytes) -> Parsed:
    """CommonMark with tables and YAML front matter; headings form trails and are no prose."""
    text, encoding, damage = decode(data)
    metadata, body, ignored = _front_matter(text)
    lines = [body + offset for offset in line_starts(text[body:])] + [len(text)]
    trail: list[tuple[int, str]] = []
    blocks: list[Block] = []
    tokens = _MARKDOWN.parse(text[body:])
    for index, token in enumerate(tokens):
        if token.map is None:
            continue
        if token.type == "heading_open":
            level = int(token.tag[1])
            trail = [(depth, name) for depth, name in trail if depth < level]
            trail.append((level, _plain(tokens[index + 1].content)))
        elif token.type in _LINED_BY_TYPE and not token.content.startswith("<!--"):
            first, last = token.map
            if token.type == "fence":
                first += 1
                end = text[lines[last - 1] : lines[last]].strip(" \t>\r\n")
                last -= last > first and end.startswith(token.markup) and not end.strip(token.markup[0])
            if lines[first] < lines[last]:
                heading = tuple(name for _, name in trail)
                blocks.append(Block(lines[first], lines[last], heading, _LINED_BY_TYPE[token.type]))
    title = metadata.get("title") or next((name for block in blocks for name in block.heading[:1]), None)
    title = " ".join((title or "").split())[:_TITLE_LIMIT]
    return Parsed(
        text,
        encoding,
        tuple(blocks),
        title=title or None,
        metadata=metadata,
        ignored="; ".join(filter(None, (damage, ignored))) or None,
    )


def _plain(heading: str) -> str:
    return " ".join(_INLINE_MARKUP.sub(r"\1", heading[:_HEADING_LIMIT]).split())


class _Entries(yaml.BaseLoader):
    """Keeps every scalar as it is written, and stops where entries are nested deeper than anybody writes them."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self._depth += 1
        if self._depth > _FRONT_MATTER_DEPTH:
            raise DocumentError(f"nested deeper than {_FRONT_MATTER_DEPTH}")
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


def _front_matter(text: str) -> tuple[dict[str, str], int, str | None]:
    """The entries that are texts, where the text after them starts, and why they were left in the text, if they were."""
    match = _FRONT_MATTER.match(text)
    if not match:
        return {}, 0, None
    if match.end() > _FRONT_MATTER_LIMIT:
        return {}, 0, f"front matter, which is longer than {_FRONT_MATTER_LIMIT:,} characters"
    try:
        with border(DocumentError):
            values = yaml.load(match.group(1), Loader=_Entries)
    except DocumentError as error:
        return {}, 0, f"front matter, which is no YAML that can be used: {error}"
    if not isinstance(values, dict):
        return {}, 0, None
    entries = {key: value for key, value in values.items() if isinstance(key, str) and isinstance(value, str)}
    return {_joined(key): _joined(value) for key, value in entries.items()}, match.end(), None


def _joined(text: str) -> str:
    """With the two halves of escaped surrogate pairs joined, as JSON means them; halves alone become U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


FORMATS: Mapping[str, Format] = {
    ".txt": Format("text/plain", parse_text),
    ".md": Format("text/markdown", parse_markdown),
}


def format_of(path: str) -> Format | None:
    """The format of a file by the ending of its name, in any case, or None."""
    return FORMATS.get(PurePosixPath(path).suffix.lower())
