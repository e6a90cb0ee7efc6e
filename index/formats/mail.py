"""Mail (.eml): headers as lines that can be quoted, the text once, and the attachments, by the parser of their format.

Mails of Apple (.emlx) and pages that a browser saves in the format of mail (.mht) are read as others. Of two
alternatives of a text the plain one is read, unless it is only a hint at the other. Nothing is fetched.
"""

import email
import re
from collections.abc import Sequence
from email.message import Message
from itertools import groupby

from quotewise.index.errors import DocumentError, QuotewiseError, translate_errors
from quotewise.index.formats import FORMATS, UNREAD_ENDINGS, ParseOptions, ending_of, html, rtf, tnef
from quotewise.index.formats.composed import Composer, cleaned
from quotewise.index.formats.compressed_rtf import decompressed
from quotewise.index.formats.detection import detected
from quotewise.index.formats.html_tree import read_tree
from quotewise.index.formats.mail_texts import alternative, decoded_header, decoded_text, signed, unflowed
from quotewise.index.formats.page_encoding import decoded
from quotewise.index.formats.parsed import Parsed

VERSION = 7
_HEADERS = ("From", "To", "Cc", "Bcc", "Reply-To", "Date", "Subject")
DEPTH_LIMIT = 5
"""Mails in mails."""
_PARTS_LIMIT = 500
_BOUNDARIES_LIMIT = 5_000
_ATTACHED_LIMIT = 30_000_000
"""Bytes of one attachment, and of all of them twice that."""
_UNSHOWN = frozenset(
    [f"application/{kind}" for kind in ("pgp-signature", "pgp-keys", "pkcs7-signature", "x-pkcs7-signature", "javascript")]
    + ["text/css", "text/javascript"]
)
_COUNTED = re.compile(rb"\A(\d{1,10})[ \t]*\r?\n(?=[A-Za-z-]+:)")
_ENDINGS = {kind: end for end, known in reversed(list(FORMATS.items())) for kind in (known.media_type, *known.content_types)}
"""The ending of the files of each media type."""
_MAIL_ENDINGS = (".eml", ".emlx", ".msg", ".mbox")


def parse(data: bytes, passwords: Sequence[str] = ()) -> Parsed:
    """Parse a mail; the passwords are tried on what is attached to it.

    Raises DocumentError where it has neither a header nor a text.
    """
    counted = _COUNTED.match(data)
    if counted:  # by Apple, which writes a list of properties after the mail
        data = data[counted.end() : counted.end() + int(counted[1])]
    message = read_message(data)
    if not message.keys():
        raise DocumentError("is no mail: it begins with no header such as From or Subject")
    composer = Composer("mail", VERSION)
    letters = Letters(composer, passwords)
    letters.add(message)
    subject = decoded_header(message.get("Subject"))
    return composer.finish(
        subject, {"author": decoded_header(message.get("From")), "date": decoded_header(message.get("Date"))}
    )


def read_message(data: bytes) -> Message:
    """The parts of a mail. Raises DocumentError where they are nested deeper than any reader goes."""
    boundaries = data.count(b"\n--") if b"multipart/" in data else 0
    if boundaries > _BOUNDARIES_LIMIT:
        raise DocumentError(
            f"is stopped at a limit: {boundaries:,} boundaries of parts; at most {_BOUNDARIES_LIMIT:,} are read"
        )
    try:
        message = email.message_from_bytes(data)
        for part in message.walk():
            _decode_raw_headers(part)
    except RecursionError as error:
        raise DocumentError("is stopped at a limit: its parts are nested too deep") from error
    return message


def _decode_raw_headers(part: Message) -> None:
    """Make text of headers that are written in UTF-8 or another codec as they are, which the standard library drops."""
    headers = list(part.raw_items())
    if all(str(value).isascii() for _, value in headers):
        return
    charset = part.get_content_charset()
    for name, _ in headers:
        del part[name]
    for name, value in headers:
        part[name] = decoded_text(str(value).encode("utf-8", "surrogateescape"), charset)


class Letters:
    """Adds mails and what is attached to them to one document, within bounds on their number, depth and size."""

    def __init__(self, composer: Composer, passwords: Sequence[str] = ()) -> None:
        self._composer, self._options = composer, ParseOptions(tuple(passwords))
        self._parts = 0
        self._bytes = 0
        self._has_text = False

    def add(self, message: Message, path: str = "", depth: int = 0) -> None:
        """Add a mail: its headers, its text, and its attachments, with their paths (``2.1``) as labels of parts."""
        above, self._has_text = self._composer.trail, False
        headers = [(name, decoded_header(value)) for name in _HEADERS for value in message.get_all(name, [])]
        self.add_headers(headers)
        self._body(message, path, depth)
        self._composer.under(*above)

    def add_headers(self, headers: list[tuple[str, str]]) -> None:
        """Add the headers of a mail; what follows stands under its subject."""
        shown = [f"{name}: {cleaned(value)}" for name, value in headers if value.strip()]
        subject = next((value for name, value in headers if name == "Subject"), "")
        self._composer.under(*self._composer.trail, subject)
        for line in shown:
            self._composer.add(line, "message")

    def _body(self, part: Message, path: str, depth: int) -> None:
        self._parts += 1
        if self._parts > _PARTS_LIMIT:
            self._composer.problems.append(f"the parts of the mail after the first {_PARTS_LIMIT}")
            return
        kind = part.get_content_type()
        if kind == "message/rfc822":
            payload = part.get_payload()
            inner = payload[0] if isinstance(payload, list) and payload else None
            if isinstance(inner, Message):
                self._inner(inner if inner.keys() else _encoded(part, inner), path, depth)
        elif kind == "message/delivery-status":  # RFC 3464: only headers, of the report and of each who did not get the mail
            for fields in filter(lambda one: one is not part, part.walk()):
                self._composer.add("\n".join(f"{name}: {decoded_header(value)}" for name, value in fields.items()))
        elif part.is_multipart():
            parts = [one for one in part.get_payload() if isinstance(one, Message)]
            chosen = alternative(parts) if kind == "multipart/alternative" else parts
            for number, one in enumerate(parts, 1):
                below = f"{path}.{number}" if path else str(number)
                if any(one is other for other in chosen) and self._parts <= _PARTS_LIMIT:
                    self._body(one, below, depth)
                elif one.is_multipart():
                    self._attached_to(one, below, depth)
        elif kind in ("application/pkcs7-mime", "application/x-pkcs7-mime") or "encrypted" in kind:
            self._composer.problems.append("a part that is encrypted")
        else:
            self._leaf(part, kind, path, depth)

    def _attached_to(self, alternative: Message, path: str, depth: int) -> None:
        """Add what some mailers attach to one form of the text, where another form is read."""
        for number, part in enumerate(alternative.get_payload(), 1):
            if not isinstance(part, Message) or self._parts > _PARTS_LIMIT or part.get_content_maintype() == "image":
                continue
            if part.get_content_type() == "message/rfc822" or (not part.is_multipart() and _is_attached(part)):
                self._body(part, f"{path}.{number}", depth)
            elif part.is_multipart():
                self._attached_to(part, f"{path}.{number}", depth)

    def _inner(self, message: Message, path: str, depth: int) -> None:
        if depth >= DEPTH_LIMIT:
            self._composer.problems.append(f"mails in mails deeper than {DEPTH_LIMIT}")
            return
        self._composer.part("attachment", self._parts, f"{path} {decoded_header(message.get('Subject'))}".strip())
        self.add(message, path, depth + 1)

    def _leaf(self, part: Message, kind: str, path: str, depth: int) -> None:
        if kind in _UNSHOWN:
            return
        data = part.get_payload(decode=True)
        data = data if isinstance(data, bytes) else b""
        if _is_attached(part):
            self.attach(_file_name(part), data, path, depth)
        elif kind == "text/html":
            charset = part.get_content_charset()
            self.add_html(decoded_text(data, charset) if charset else decoded(data))
        else:
            text = decoded_text(data, part.get_content_charset())
            if str(part.get_param("format", "")).lower() == "flowed":
                text = unflowed(text, str(part.get_param("delsp", "")).lower() == "yes")
            self.add_text(text)

    def add_text(self, text: str) -> None:
        """Add the plain text of a mail, by its paragraphs; what is quoted, the answer to it and a signature are each one."""
        self._has_text |= bool(text.strip())
        for paragraph in re.split(r"\n[ \t]*(?:\n[ \t]*)+", text.replace("\r\n", "\n").replace("\r", "\n")):
            for _, lines in groupby(signed(paragraph.split("\n")), key=lambda line: line[0]):
                self._composer.add("\n".join(line for _, line in lines))

    def add_html(self, text: str) -> None:
        """Add the text of a mail in HTML."""
        root, damage = read_tree(text)
        self._has_text |= root is not None
        if root is not None:
            html.walk(root, self._composer, shift=len(self._composer.trail))
        if damage:
            self._composer.problems.append(damage)

    def attach(self, name: str, data: bytes, path: str, depth: int) -> None:
        """Add an attached file, or say why it is not read."""
        self._bytes += len(data)
        shown = cleaned(name)[:200] or "without a name"
        try:
            known = detected(name, data) if name else None
        except DocumentError as error:
            self._composer.problems.append(f"the attachment {shown}, which {error}")
            return
        if known is None:
            if data:
                self._composer.problems.append(f"the attachment {shown}, which has no known format")
            return
        if len(data) > _ATTACHED_LIMIT or self._bytes > 2 * _ATTACHED_LIMIT:
            self._composer.problems.append(f"the attachment {shown}, which is beyond the limit of {_ATTACHED_LIMIT:,} bytes")
            return
        if known.parser == "winmail":
            self.add_wrapped(data, path, depth + 1)
            return
        self._composer.part("attachment", self._parts, f"{path} {name}".strip())
        if name.lower().endswith(_MAIL_ENDINGS) and known.parser == "mail":
            try:
                message = read_message(data)
            except DocumentError as error:
                self._composer.problems.append(f"the attachment {shown}, which {error}")
            else:
                self._inner(message, path, depth)
            return
        if known.parser in ("msg", "mbox") and depth >= 1:
            self._composer.problems.append(f"the attachment {shown}, a mailbox within a mail within a mail")
            return
        try:
            with translate_errors(lambda reason: DocumentError(f"cannot be parsed: {reason}")):
                self._composer.add_parsed(known.parse(data, self._options), name)
        except QuotewiseError as error:
            self._composer.problems.append(f"the attachment {shown}, which {error}")

    def add_wrapped(self, data: bytes, path: str, depth: int) -> None:
        """Add what Outlook wraps of a mail: the files, and the text where the mail does not say it already."""
        try:
            mail = tnef.read(data)
        except DocumentError as error:
            self._composer.problems.append(f"winmail.dat, which {error}")
        else:
            self.add_unwrapped(mail, path, depth)

    def add_unwrapped(self, mail: tnef.WrappedMail, path: str, depth: int) -> None:
        """Add the files of a mail that was wrapped, and its text where that is not said already."""
        if depth >= DEPTH_LIMIT:
            self._composer.problems.append(f"mails in mails deeper than {DEPTH_LIMIT}")
            return
        if not self._has_text:
            above = self._composer.trail
            try:
                self.add_one_of(mail.plain, mail.html, mail.rich)
            except DocumentError as error:
                self._composer.problems.append(f"the text in winmail.dat, which is compressed RTF and {error}")
            self._composer.under(*above)
        if mail.is_cut:
            self._composer.problems.append(
                f"a part of winmail.dat, which is cut off or holds more than {len(mail.files)} files"
            )
        for number, file in enumerate(mail.files, 1):
            self._parts += 1
            below = f"{path}.{number}" if path else str(number)
            if file.is_mail:
                inner = tnef.read(file.data)
                above, self._has_text = self._composer.trail, False
                self._composer.part("attachment", self._parts, f"{below} {inner.subject or file.name}".strip())
                self.add_headers([("Subject", inner.subject)])
                self.add_unwrapped(inner, below, depth + 1)
                self._composer.under(*above)
            else:
                self.attach(named_by_kind(file.name, file.kind), file.data, below, depth)

    def add_one_of(self, plain: str, page: str, rich: bytes) -> None:
        """Add the text of a mail in the plainest form that it has. Raises DocumentError where compressed RTF is damaged."""
        if plain.strip():
            self.add_text(plain)
        elif page.strip():
            self.add_html(page)
        elif rich:
            rtf.add_text(decompressed(rich), self._composer)


def _is_attached(part: Message) -> bool:
    """Whether a part is a file rather than text of the mail."""
    kind = part.get_content_type()
    if part.get_content_disposition() == "attachment" or not kind.startswith("text/"):
        return True
    known = FORMATS.get(ending_of(_file_name(part)))
    return kind != "text/html" and known is not None and known is not FORMATS[".txt"]


def _encoded(part: Message, inner: Message) -> Message:
    """A mail in a mail that is encoded like any other file, as some mailers do though none may."""
    leaf = Message()
    leaf["Content-Transfer-Encoding"] = str(part.get("Content-Transfer-Encoding", ""))
    leaf.set_payload(inner.get_payload())
    data = leaf.get_payload(decode=True)
    return read_message(data) if isinstance(data, bytes) else inner


def _file_name(part: Message) -> str:
    """The name of an attached file; empty for the text of a mail."""
    name, kind = decoded_header(part.get_filename()), part.get_content_type()
    return named_by_kind(name, kind) if name or kind != "text/plain" else ""


def named_by_kind(name: str, kind: str) -> str:
    """The name of a file, with the ending of its media type where it has none that is known."""
    if ending_of(name) in FORMATS or ending_of(name) in UNREAD_ENDINGS:
        return name
    ending = _ENDINGS.get(kind.lower(), "")
    return (name or "attachment") + ending if ending else name
