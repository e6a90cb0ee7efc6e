"""Pictures and other files that a text holds as base64, which nobody reads: they are left out of its blocks."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from quotewise.index.formats.parsed import Block
from quotewise.index.sentences import Span

_SHORTEST = 64
"""Characters of data in an address."""
_SHORTEST_ALONE = 1_000
"""Characters without white space or punctuation that are data wherever they stand: longer than keys and addresses."""
_RUN = re.compile(rf"[A-Za-z0-9+/_-]{{{_SHORTEST},}}+={{0,2}}")
_MIXED = (re.compile(r"[a-z]"), re.compile(r"[A-Z]"), re.compile(r"[0-9]"))
_ADDRESS = re.compile(r"data:[\w.+-]{1,80}/[\w.+-]{1,80}(?:;[\w.+=-]{1,80}){0,5},")
_LONGEST_ADDRESS = 600
_OPENING = re.compile(r"!?\[(?P<name>[^\[\]\r\n]{0,500})\](?:\(|:)[ \t]{0,9}<?")
"""An image in Markdown, or the definition of a link, up to its address."""
_AFTER = re.compile(r">?[ \t]{0,9}\)?")
_VISIBLE = re.compile(r"[^\W_]")


def without_embedded_data(text: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks of a text, of which those with such data are divided into what is before and after it."""
    data = list(_data(text))
    if not data:
        return tuple(blocks)
    ends = [hidden.end for hidden, _ in data]
    return tuple(part for block in blocks for part in _parts(text, block, data[bisect_right(ends, block.start) :]))


def _data(text: str) -> Iterator[tuple[Span, Span | None]]:
    """Where data stands with the signs around it, and the name of its picture in Markdown."""
    for run in _RUN.finditer(text):
        start = text.rfind("data:", max(0, run.start() - _LONGEST_ADDRESS), run.start())
        if start >= 0 and _ADDRESS.fullmatch(text, start, run.start()):
            opening = _opening(text, start)
            end = after.end() if (after := _AFTER.match(text, run.end())) else run.end()
            name = opening and opening["name"] and text.startswith("!", opening.start())
            yield Span(opening.start() if opening else start, end), Span(*opening.span("name")) if opening and name else None
        elif len(run[0]) >= _SHORTEST_ALONE and all(kind.search(run[0]) for kind in _MIXED):
            yield Span(*run.span()), None


def _opening(text: str, end: int) -> re.Match[str] | None:
    """The signs in Markdown right before an address."""
    start = text.rfind("[", max(0, end - _LONGEST_ADDRESS), end)
    return _OPENING.fullmatch(text, start - text.startswith("!", max(0, start - 1)), end) if start >= 0 else None


def _parts(text: str, block: Block, data: Sequence[tuple[Span, Span | None]]) -> Iterator[Block]:
    start = block.start
    for hidden, name in data:
        if hidden.start >= block.end:
            break
        yield from _shown(text, block, start, max(start, hidden.start))
        if name and name.end <= block.end:
            yield from _shown(text, block, max(start, name.start), name.end)
        start = min(hidden.end, block.end)
    yield from (block,) if start == block.start else _shown(text, block, start, block.end)


def _shown(text: str, block: Block, start: int, end: int) -> Iterator[Block]:
    if _VISIBLE.search(text, start, end):
        yield replace(block, start=start, end=end)
