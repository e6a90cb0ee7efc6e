"""The file ``winmail.dat`` of a mail from Outlook: the text of the mail, and the files that are attached to it."""

from collections.abc import Sequence

from quotewise.index.formats import tnef
from quotewise.index.formats.composed import Composer
from quotewise.index.formats.mail import Letters
from quotewise.index.formats.parsed import Parsed

VERSION = 2


def parse(data: bytes, passwords: Sequence[str] = ()) -> Parsed:
    """Parse a wrapped mail. Raises DocumentError."""
    composer = Composer("winmail", VERSION)
    mail = tnef.read(data)
    letters = Letters(composer, passwords)
    letters.add_headers([("Subject", mail.subject)])
    letters.add_unwrapped(mail, "", 0)
    return composer.finish(mail.subject)
