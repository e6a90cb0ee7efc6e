"""Org: the file itself. Nothing is included or evaluated."""

import re
from collections.abc import Sequence

from quotewise.index.formats.marked_text import Dialect, Heading, read
from quotewise.index.formats.parsed import Parsed

VERSION = 3
_HEADING = re.compile(r"(\*{1,12})[ \t]+(?:(?:TODO|DONE)[ \t]+)?(?:\[#.\][ \t]+)?(\S.*?)(?:[ \t]+:[\w@:]+:)?[ \t]*")
_HIDDEN = re.compile(
    r"[ \t]*#(?:[ \t].*|)|[ \t]*#\+(?!caption)[\w-]+(?:\[[^\]]*\])?:.*|[ \t]*#\+\w+.*|[ \t]*:[\w-]+:.*", re.IGNORECASE
)
_CODE = re.compile(r"[ \t]*#\+begin_(src|example|export|comment)\b.*", re.IGNORECASE)
_TITLE = re.compile(r"^[ \t]*#\+title:[ \t]*(\S.*)", re.IGNORECASE | re.MULTILINE)
_ITEM = re.compile(r"[ \t]*(?:[-+]|\d{1,3}[.)]|[ \t]\*)[ \t]+\S")


def parse(data: bytes) -> Parsed:
    """Parse a text in Org. Raises DocumentError when the bytes are no text."""
    return read(data, Dialect("org", VERSION, _heading, _HIDDEN, _CODE, _code_end, _TITLE, _ITEM))


def _code_end(found: re.Match[str]) -> re.Pattern[str]:
    return re.compile(rf"[ \t]*#\+end_{re.escape(found[1])}[ \t]*", re.IGNORECASE)


def _heading(lines: Sequence[str], number: int) -> Heading | None:
    found = _HEADING.fullmatch(lines[number])
    return Heading(found[2], len(found[1])) if found else None
