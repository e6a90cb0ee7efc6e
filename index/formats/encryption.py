"""Office files without their encryption, for their parsers."""

import struct
from collections.abc import Sequence
from io import BytesIO
from xml.parsers.expat import ExpatError

import msoffcrypto
from msoffcrypto import exceptions
from msoffcrypto.format.ooxml import OOXMLFile

from quotewise.index.errors import PasswordError

_STANDARD = "VelvetSweatshop"
"""With which Excel encrypts what is only protected from changes, and which it tries unasked: [MS-OFFCRYPTO] 2.4.2.3."""
_UNREAD = (
    *(exceptions.FileFormatError, exceptions.ParseError, exceptions.DecryptionError, ExpatError, struct.error),
    *(ValueError, LookupError, OSError, AttributeError, TypeError, AssertionError),
)
"""What msoffcrypto raises for other files, other encryptions, damage, and passwords that do not fit."""


def decrypted(data: bytes, passwords: Sequence[str]) -> bytes:
    """The file within an encrypted one, opened with the first password that fits; the same bytes where it is not encrypted.

    Raises PasswordError where none fits.
    """
    try:
        file = msoffcrypto.OfficeFile(BytesIO(data))
        if not file.is_encrypted():
            return data
    except _UNREAD:  # the parser says it better
        return data
    verified = {"verify_password": True} if isinstance(file, OOXMLFile) else {}
    for password in (*passwords, _STANDARD):
        plain = BytesIO()
        try:
            file.load_key(password=password, **verified)
            file.decrypt(plain)
        except _UNREAD:
            continue
        return plain.getvalue()
    raise PasswordError
