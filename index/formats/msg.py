"""Mails that Outlook saves (.msg): as other mails."""

from collections.abc import Sequence
from typing import Any

from oxmsg import Message

from quotewise.index.errors import DocumentError, translate_errors
from quotewise.index.formats.composed import Composer
from quotewise.index.formats.mail import Letters, decoded_header
from quotewise.index.formats.parsed import Parsed

VERSION = 3
_ATTACHMENTS_LIMIT = 200
_NO_DATE = 1601
"""The year of what stands where no date was written."""


def parse(data: bytes, passwords: Sequence[str] = ()) -> Parsed:
    """Parse an Outlook mail. Raises DocumentError."""
    with translate_errors(lambda reason: DocumentError(f"is damaged or no Outlook mail: {reason}")):
        message = Message.load(data)
        headers = _headers(message)
    composer = Composer("msg", VERSION)
    letters = Letters(composer, passwords)
    letters.add_headers(headers)
    above = composer.trail
    plain, page = _read(message, "body"), _read(message, "html_body")
    if plain and plain.strip():
        letters.add_text(plain)
    elif page:
        letters.add_html(page)
    else:
        composer.problems.append("its text, which it holds in no form but compressed RTF, or not at all")
    composer.under(*above)
    attachments = _read(message, "attachments") or ()
    for number, attachment in enumerate(attachments[:_ATTACHMENTS_LIMIT], 1):
        name, content = _read(attachment, "file_name"), _read(attachment, "file_bytes")
        if content:
            letters.attach(name or "", content, str(number), 1)
        else:
            composer.problems.append(f"the attachment {name or number}, which holds no file")
    if len(attachments) > _ATTACHMENTS_LIMIT:
        composer.problems.append(f"the attachments after the first {_ATTACHMENTS_LIMIT}")
    entries = dict(headers)
    return composer.finish(entries.get("Subject"), {"author": entries.get("From", ""), "date": entries.get("Date", "")})


def _headers(message: Message) -> list[tuple[str, str]]:
    sent = message.sent_date
    kept = message.message_headers
    people = ", ".join(filter(None, (" ".join(filter(None, (p.name, f"<{p.email_address}>"))) for p in message.recipients)))
    return [
        ("From", decoded_header(message.sender)),
        ("To", decoded_header(kept.get("To")) or people),
        ("Cc", decoded_header(kept.get("Cc"))),
        ("Date", decoded_header(kept.get("Date")) or (sent.isoformat(" ", "minutes") if sent and sent.year > _NO_DATE else "")),
        ("Subject", message.subject),
    ]


def _read(source: Any, name: str) -> Any:
    """A property of a mail, or None where what the file says of it cannot be read."""
    try:
        with translate_errors(DocumentError):
            return getattr(source, name)
    except DocumentError:
        return None
