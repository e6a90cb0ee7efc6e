"""A mailbox (.mbox): its mails in order, each a part with its subject."""

import re
from collections.abc import Sequence

from quotewise.index.errors import DocumentError
from quotewise.index.formats.composed import Composer
from quotewise.index.formats.mail import Letters, read_message
from quotewise.index.formats.mail_texts import decoded_header
from quotewise.index.formats.parsed import Parsed

VERSION = 6
_MESSAGES_LIMIT = 20_000
_FROM = re.compile(rb"(?:\A|(?<=\n))From [^\r\n]+\r?\n(?=[A-Za-z-]+:)")


def parse(data: bytes, passwords: Sequence[str] = ()) -> Parsed:
    """Parse a mailbox. Raises DocumentError where it holds no mail."""
    starts = [found.span() for found in _FROM.finditer(data)]
    if not starts:
        raise DocumentError("is no mailbox: no line begins with From and a mail after it")
    composer = Composer("mbox", VERSION)
    if len(starts) > _MESSAGES_LIMIT:
        composer.problems.append(f"the mails after the first {_MESSAGES_LIMIT:,}")
    ends = [*(start for start, _ in starts[1:]), len(data)]
    for number, ((_, start), end) in enumerate(zip(starts[:_MESSAGES_LIMIT], ends, strict=False), 1):
        message = read_message(re.sub(rb"(?m)^>(>*From )", rb"\1", data[start:end]))
        composer.part("message", number, decoded_header(message.get("Subject")))
        Letters(composer, passwords).add(message)
        if composer.is_full:
            break
    return composer.finish()
