"""The texts of mails: headers and parts decoded, quoted lines and signatures told apart, and one of several forms chosen."""

import email
import re
from collections.abc import Iterator, Sequence
from email.header import decode_header
from email.message import Message
from html import unescape

from quotewise.index.encodings import decode
from quotewise.index.errors import DocumentError
from quotewise.index.formats.page_encoding import decoded_as, is_utf8

_HEADER_LIMIT = 10_000
_STUB = 0.3
"""The part of the length and of the words of the longest form of a text that the plain form has at least, unless it is only a
hint at that."""
_WORD = re.compile(r"\w{2,}")
_SIGNATURE = "-- "
_QUOTED = re.compile(r"(?:[ \t]{0,3}>)+")


def signed(lines: Sequence[str]) -> Iterator[tuple[tuple[int, bool], str]]:
    """Lines, each with how often it is quoted and whether it stands in a signature."""
    is_signature = False
    for line in lines:
        marks = _QUOTED.match(line)
        depth = marks[0].count(">") if marks else 0
        is_signature = line.rstrip() == "--" or (is_signature and not depth)
        yield (depth, is_signature), line


def unflowed(text: str, removes_space: bool) -> str:
    """Text whose long lines were broken after a space, with those lines in one again (RFC 3676, section 4)."""
    lines: list[str] = []
    quoted, is_open = "", False
    for line in text.replace("\r\n", "\n").split("\n"):
        marks = line[: len(line) - len(line.lstrip(">"))]
        content = line[len(marks) :].removeprefix(" ")
        if is_open and marks == quoted and content.strip() and content != _SIGNATURE:
            lines[-1] += content
        else:
            lines.append(f"{marks} {content}" if marks else content)
        quoted, is_open = marks, content.endswith(" ") and content != _SIGNATURE
        if is_open and removes_space:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)


def decoded_header(value: object) -> str:
    """A header as it is displayed, in one line."""
    if value is None:
        return ""
    try:
        pieces = decode_header(" ".join(str(value)[:_HEADER_LIMIT].splitlines()))  # which drops spaces after line ends
    except (ValueError, LookupError, email.errors.HeaderParseError):
        return " ".join(str(value)[:_HEADER_LIMIT].split())
    shown = "".join(piece if isinstance(piece, str) else decoded_text(piece, codec) for piece, codec in pieces)
    return " ".join(shown.encode("utf-8", "surrogateescape").decode("utf-8", "replace").split())


def decoded_text(data: bytes, label: str | None) -> str:
    """The text of a part or header; what is called ASCII or UTF-8 and is neither is told by its bytes."""
    is_told = label and label.lower() not in ("us-ascii", "ascii", "utf-8", "utf8", "unknown-8bit")
    text = decoded_as(data, label) if label and is_told and not is_utf8(data, label) else None
    if text is not None:
        return text.replace("\0", "")
    try:
        return decode(data).text
    except DocumentError:
        return data.decode("utf-8", "replace").replace("\0", "")


def alternative(parts: list[Message]) -> list[Message]:
    """Of several forms of one text, the plain one, or the longest if that says much else."""
    shown = {id(one): _shown(one) for one in parts}
    plain = next((one for one in parts if one.get_content_type() == "text/plain"), None)
    richest = max(parts, key=lambda one: len(shown[id(one)]), default=None)
    chosen = plain if plain and richest and _says_as_much(shown[id(plain)], shown[id(richest)]) else None
    others = [one for one in parts if one.get_content_type() in ("text/calendar",)]
    return [one for one in (chosen or richest, *others) if one is not None]


def _says_as_much(plain: str, richest: str) -> bool:
    words, others = ({word.casefold() for word in _WORD.findall(text)} for text in (plain, richest))
    return bool(plain) and len(plain) >= _STUB * len(richest) and len(words & others) >= _STUB * len(others)


def _shown(part: Message) -> str:
    texts = []
    for leaf in _leaves(part):
        data = leaf.get_payload(decode=True)
        text = decoded_text(data, leaf.get_content_charset()) if isinstance(data, bytes) else ""
        if leaf.get_content_type() == "text/html":
            text = unescape(re.sub(r"(?is)<(script|style|head)\b.*?</\1>|<[^>]*>", " ", text))
        texts.append(" ".join(text.split()))
    return " ".join(texts)


def _leaves(part: Message) -> Iterator[Message]:
    return (one for one in part.walk() if one.get_content_type() in ("text/plain", "text/html"))
