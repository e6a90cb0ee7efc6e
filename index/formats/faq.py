"""The questions of a list of frequently asked ones into headings, under which their answers are found and read."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from quotewise.index.formats.parsed import Block

_ENTRY = re.compile(
    r"^[ \t>]*(?:[-*+][ \t]+)?(?:"
    r"(?:\*\*|__)?(?:Q|Question|Frage)[ \t]?\d{0,3}[ \t]?[:.)][ \t]*(?:\*\*|__)?[ \t]*"
    r"(?P<marked>[^\s*_][^\r\n]{1,200}?\?)(?:\*\*|__)?"
    r"|(?P<bold>\*\*|__)(?:\d{1,3}[.)][ \t]+)?(?P<strong>[^\s*_][^\r\n]{1,200}?\?)(?P=bold)"
    r"|(?:<details[^<>]{0,40}>[ \t]*)?<summary>(?:<(?:b|strong|h\d)>)?[ \t]*(?P<summary>[^<>\r\n]{2,200}\?)[ \t]*"
    r"(?:</(?:b|strong|h\d)>)?</summary>"
    r")[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
"""A line that is a question as a whole: after ``Q:``, in bold type, or the summary of what can be unfolded."""
_FEWEST = 2
"""Questions of a document that make a list of them."""


def with_questions_as_headings(text: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks of a text, of which paragraphs are divided at the questions of a list and stand under these.

    A question is the heading of what follows, up to the next question or the next section.
    """
    if len(_ENTRY.findall(text)) < _FEWEST:
        return tuple(blocks)
    return tuple(_divided(text, blocks))


def _divided(text: str, blocks: Sequence[Block]) -> Iterator[Block]:
    section: tuple[str, ...] = ()
    question: tuple[str, ...] = ()
    for block in blocks:
        if block.heading[: len(section)] != section or block.kind == "heading":
            question = ()
        section = block.heading
        start = block.start
        if block.kind in ("paragraph", "item"):
            for entry in _ENTRY.finditer(text, block.start, block.end):
                if text[start : entry.start()].strip():
                    yield replace(block, start=start, end=entry.start(), heading=block.heading + question)
                question = (" ".join((entry["marked"] or entry["strong"] or entry["summary"]).split()),)
                yield Block(entry.start(), entry.end(), block.heading + question, keep_with_next=True, kind="heading")
                start = entry.end()
        if text[start : block.end].strip():
            yield replace(block, start=start, heading=block.heading + question)
