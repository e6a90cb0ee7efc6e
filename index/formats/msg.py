"""Mails that Outlook saves (.msg): as other mails, also those that are attached to them ([MS-OXMSG])."""

import re
import struct
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.parser import HeaderParser
from functools import cached_property
from io import BytesIO
from typing import Any

from olefile import OleFileIO

from quotewise.index.errors import DocumentError, translate_errors
from quotewise.index.formats.composed import Composer
from quotewise.index.formats.mail import DEPTH_LIMIT, Letters, named_by_kind
from quotewise.index.formats.mail_texts import decoded_header
from quotewise.index.formats.page_encoding import code_page, decoded, decoded_as
from quotewise.index.formats.parsed import Parsed

VERSION = 6
_ATTACHMENTS_LIMIT = 200
_PROPERTIES = "__properties_version1.0"
_OUTER, _INNER, _PART = 32, 24, 8
"""Bytes before the numbers of a mail, of a mail in it, and of one who receives it or what is attached."""
Folder = Mapping[str, Any]
"""The streams of a folder by name, and the folders in it."""
_UNICODE, _EIGHT_BIT, _BINARY, _FOLDER = 0x001F, 0x001E, 0x0102, 0x000D
_SUBJECT, _SENT, _HEADERS, _BODY, _HTML, _RTF = 0x0037, 0x0039, 0x007D, 0x1000, 0x1013, 0x1009
_SENDER, _SENDER_ADDRESS, _SENDER_SMTP, _FOR = 0x0C1A, 0x0C1F, 0x5D01, 0x0042
_NAME, _ADDRESS, _SMTP, _ROLE = 0x3001, 0x3003, 0x39FE, 0x0C15
_DATA, _SHORT_FILE_NAME, _FILE_NAME, _KIND = 0x3701, 0x3704, 0x3707, 0x370E
_CODE_PAGE, _PAGE_CODE_PAGE = 0x3FFD, 0x3FDE
_FIRST_TIME = datetime(1601, 1, 1, tzinfo=UTC)
"""From which times are counted, and which stands where none was written."""


def parse(data: bytes, passwords: Sequence[str] = ()) -> Parsed:
    """Parse an Outlook mail. Raises DocumentError."""
    with translate_errors(lambda reason: DocumentError(f"is damaged or no Outlook mail: {reason}")):
        with OleFileIO(BytesIO(data)) as file:
            mail = _Properties(_folder(file), _OUTER)
        headers = _headers(mail)
    composer = Composer("msg", VERSION)
    _add(mail, headers, composer, Letters(composer, passwords))
    entries = dict(headers)
    return composer.finish(entries.get("Subject"), {"author": entries.get("From", ""), "date": entries.get("Date", "")})


class _Properties:
    """The properties of a mail, of one who receives it, or of what is attached to it, by their numbers ([MS-OXPROPS])."""

    def __init__(self, folder: Folder, before: int, outer: "_Properties | None" = None) -> None:
        self._folder, self._before, self._outer = folder, before, outer

    def data(self, number: int, kind: int = _BINARY) -> bytes | None:
        found = self._folder.get(f"__substg1.0_{number:04X}{kind:04X}")
        return found if isinstance(found, bytes) else None

    def folder(self, number: int) -> Folder | None:
        found = self._folder.get(f"__substg1.0_{number:04X}{_FOLDER:04X}")
        return found if isinstance(found, dict) else None

    def folders(self, name: str) -> list[Folder]:
        return [folder for known, folder in self._folder.items() if known.startswith(name) and isinstance(folder, dict)]

    def text(self, number: int) -> str:
        """A text, empty where there is none; what its code page does not have is shown as U+FFFD."""
        wide, narrow = self.data(number, _UNICODE), self.data(number, _EIGHT_BIT)
        if wide is not None:
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        if narrow is None:
            return ""
        return self.decoded(narrow, (_PAGE_CODE_PAGE, _CODE_PAGE) if number == _BODY else (_CODE_PAGE, _PAGE_CODE_PAGE))

    def decoded(self, data: bytes, code_pages: Sequence[int]) -> str:
        known = next((code for page in code_pages if (code := self.integer(page))), None)
        text = decoded_as(data, code_page(known)) if known else None
        return (decoded(data) if text is None else text).replace("\0", "")

    def integer(self, number: int) -> int | None:
        found = self._numbers.get(number)
        if found is None:
            return self._outer.integer(number) if self._outer else None
        return int.from_bytes(found[:4], "little")

    def time(self, number: int) -> datetime | None:
        found = self._numbers.get(number)
        try:
            time = _FIRST_TIME + timedelta(microseconds=int.from_bytes(found or b"", "little") // 10)
        except OverflowError:
            return None
        return time if time.year > _FIRST_TIME.year else None

    @cached_property
    def _numbers(self) -> dict[int, bytes]:
        """The values of properties that have a fixed length."""
        entries = self._folder.get(_PROPERTIES)
        entries = entries[self._before :] if isinstance(entries, bytes) else b""
        return {number: value for _, number, _, value in struct.iter_unpack("<HHI8s", entries[: len(entries) // 16 * 16])}


def _folder(file: OleFileIO) -> Folder:
    tree: dict[str, Any] = {}
    for path in file.listdir():
        folder = tree
        for step in path[:-1]:
            folder = folder.setdefault(step, {})
        folder[path[-1]] = file.openstream(path).read()
    return tree


def _headers(mail: _Properties) -> list[tuple[str, str]]:
    kept = HeaderParser().parsestr(mail.text(_HEADERS))
    sent = mail.time(_SENT)
    people: dict[int, list[str]] = {}
    for folder in mail.folders("__recip_version1.0_#"):
        one = _Properties(folder, _PART, mail)
        address = one.text(_SMTP) or one.text(_ADDRESS)
        shown = " ".join(filter(None, (one.text(_NAME), f"<{address}>" if address else "")))
        people.setdefault(one.integer(_ROLE) or 1, []).append(shown)
    address = mail.text(_SENDER_SMTP) or mail.text(_SENDER_ADDRESS)
    name = mail.text(_SENDER).strip()
    sender = " ".join(filter(None, (f'"{name}"' if name and address else name, f"<{address}>" if address else "")))
    return [
        ("From", decoded_header(kept.get("From")) or sender or mail.text(_FOR)),
        ("To", decoded_header(kept.get("To")) or ", ".join(people.get(1, []))),
        ("Cc", decoded_header(kept.get("Cc")) or ", ".join(people.get(2, []))),
        ("Bcc", decoded_header(kept.get("Bcc")) or ", ".join(people.get(3, []))),
        ("Date", decoded_header(kept.get("Date")) or (sent.isoformat(" ", "minutes") if sent else "")),
        ("Subject", mail.text(_SUBJECT)),
    ]


def _add(
    mail: _Properties, headers: list[tuple[str, str]], composer: Composer, letters: Letters, path: str = "", depth: int = 0
) -> None:
    """Add a mail: its headers, its text in the plainest form that it has, and what is attached."""
    outer = composer.trail
    letters.add_headers(headers)
    above = composer.trail
    plain, page, rich = mail.text(_BODY), _page(mail), mail.data(_RTF)
    try:
        letters.add_one_of(plain, page, rich or b"")
    except DocumentError as error:
        composer.problems.append(f"its text, which is compressed RTF and {error}")
    composer.under(*above)
    folders = mail.folders("__attach_version1.0_#")
    for number, folder in enumerate(folders[:_ATTACHMENTS_LIMIT], 1):
        attachment = _Properties(folder, _PART, mail)
        name = attachment.text(_FILE_NAME) or attachment.text(_SHORT_FILE_NAME)
        content, within = attachment.data(_DATA), attachment.folder(_DATA)
        inner = f"{path}.{number}" if path else str(number)
        if content:
            letters.attach(named_by_kind(name, attachment.text(_KIND)), content, inner, depth + 1)
        elif within is not None and _PROPERTIES in within and depth < DEPTH_LIMIT:
            other = _Properties(within, _INNER)
            composer.part("attachment", number, f"{inner} {other.text(_SUBJECT)}".strip())
            _add(other, _headers(other), composer, letters, inner, depth + 1)
        else:
            composer.problems.append(f"the attachment {name or number}, which holds no file")
    if len(folders) > _ATTACHMENTS_LIMIT:
        composer.problems.append(f"the attachments after the first {_ATTACHMENTS_LIMIT}")
    composer.under(*outer)


def _page(mail: _Properties) -> str:
    """The text of a mail in HTML, whose code page is kept beside it."""
    page = mail.data(_HTML)
    if page is None:
        return mail.text(_HTML)
    declared = re.search(rb"charset\s*=", page[:4_096], re.IGNORECASE)
    return decoded(page) if declared or page.startswith(b"\xef\xbb\xbf") else mail.decoded(page, (_PAGE_CODE_PAGE, _CODE_PAGE))
