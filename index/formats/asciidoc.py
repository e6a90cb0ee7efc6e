"""AsciiDoc: the file itself. Nothing is included."""

import re
from collections.abc import Sequence

from quotewise.index.formats.marked_text import Dialect, Heading, read
from quotewise.index.formats.parsed import Parsed

VERSION = 3
_HEADING = re.compile(r"(={1,6}|#{1,6})[ \t]+(\S.*?)(?:[ \t]+\1)?[ \t]*")
_HIDDEN = re.compile(
    r"//(?!/).*|:[\w!-][\w-]*!?:.*|(?:image|include|video|audio)::.*|\[[^\]]*\][ \t]*|\+|<<<|'''|toc::.*|=====*|\*{4,}|_{4,}"
)
_CODE = re.compile(r"(?:-{4,}|\.{4,}|`{3,}.*|/{4,}|\|={3,}|\+{4,})[ \t]*\Z")
_ITEM = re.compile(r"[ \t]*(?:[*.-]{1,5}|\d{1,3}\.|[a-z]\.)[ \t]+\S")


def parse(data: bytes) -> Parsed:
    """Parse a text in AsciiDoc. Raises DocumentError when the bytes are no text."""
    return read(data, Dialect("asciidoc", VERSION, _heading, _HIDDEN, _CODE, _code_end, item=_ITEM))


def _code_end(found: re.Match[str]) -> re.Pattern[str]:
    sign = found[0].strip()
    return re.compile((r"`{3,}" if sign.startswith("```") else re.escape(sign)) + r"[ \t]*")


def _heading(lines: Sequence[str], number: int) -> Heading | None:
    found = _HEADING.fullmatch(lines[number])
    return Heading(found[2], len(found[1])) if found else None
