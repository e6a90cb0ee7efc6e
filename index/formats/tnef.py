"""TNEF ([MS-OXTNEF]), in which Outlook wraps the rich text and the attachments of a mail as ``winmail.dat``: its attributes."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from quotewise.index.errors import DocumentError
from quotewise.index.formats.page_encoding import code_page, decoded, decoded_as

SIGNATURE = b"\x78\x9f\x3e\x22"
_SUBJECT, _BODY, _PROPERTIES, _CODE_PAGE = 0x8004, 0x800C, 0x9003, 0x9007
_BEGIN_FILE, _FILE_NAME, _FILE_DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_PLAIN, _HTML, _RTF = 0x1000, 0x1013, 0x1009
_DATA, _SHORT_NAME, _LONG_NAME, _KIND = 0x3701, 0x3704, 0x3707, 0x370E
_LENGTHS = {0x2: 4, 0x3: 4, 0x4: 4, 0xA: 4, 0xB: 4, 0x5: 8, 0x6: 8, 0x7: 8, 0x14: 8, 0x40: 8, 0x48: 16}
"""Bytes of the values of each type of property, 0x2 and 0xB with what fills them up."""
_TEXT_8, _TEXT_16, _BINARY, _OBJECT = 0x1E, 0x1F, 0x102, 0xD
_SEVERAL = 0x1000
_HEADER = 6
"""Bytes of the signature and a key."""
_IDENTIFIER = 16
"""Bytes before an object that is attached."""
_MOST_FILES = 200
_NAMED = 0x8000


@dataclass(slots=True)
class AttachedFile:
    """A file with the names and the media type that its attributes give; ``is_mail`` is one in the same format."""

    name: str = ""
    kind: str = ""
    data: bytes = b""
    is_mail: bool = False


@dataclass(slots=True)
class WrappedMail:
    """What is wrapped of a mail, of which each text may be empty."""

    subject: str = ""
    plain: str = ""
    html: str = ""
    rich: bytes = b""
    files: list[AttachedFile] = field(default_factory=list)
    is_cut: bool = False
    """Whether files were left out, or the attributes end early."""


def is_wrapped(data: bytes) -> bool:
    """Whether bytes begin as such a file does."""
    return data.startswith(SIGNATURE) and len(data) >= _HEADER


def read(data: bytes) -> WrappedMail:
    """The mail in a file. Raises DocumentError where it is none."""
    if not is_wrapped(data):
        raise DocumentError("is no file in the format of winmail.dat (TNEF)")
    mail = WrappedMail()
    codec = "cp1252"
    position = _HEADER
    while position + 9 <= len(data):
        _, name, _, length = struct.unpack_from("<BHHI", data, position)
        value = data[position + 9 : position + 9 + length]
        position += 9 + length + 2
        if len(value) < length:
            mail.is_cut = True
        if name == _CODE_PAGE:
            codec = code_page(int.from_bytes(value[:4], "little")) or codec
        elif name == _SUBJECT:
            mail.subject = mail.subject or _text(value, codec)
        elif name == _BODY:
            mail.plain = _text(value, codec)
        elif name == _PROPERTIES:
            _describe_mail(mail, value, codec)
        elif name == _BEGIN_FILE:
            if len(mail.files) == _MOST_FILES:
                mail.is_cut = True
                break
            mail.files.append(AttachedFile())
        elif mail.files:
            _describe_file(mail.files[-1], name, value, codec)
    return mail


def _describe_mail(mail: WrappedMail, value: bytes, codec: str) -> None:
    for number, kind, content in _properties(value):
        if number == _PLAIN and not mail.plain:
            mail.plain = _of_kind(content, kind, codec)
        elif number == _HTML:
            mail.html = decoded(content) if kind == _BINARY else _of_kind(content, kind, codec)
        elif number == _RTF:
            mail.rich = content


def _describe_file(file: AttachedFile, name: int, value: bytes, codec: str) -> None:
    if name == _FILE_NAME:
        file.name = file.name or _text(value, codec)
    elif name == _FILE_DATA:
        file.data = value
    elif name == _FILE_PROPERTIES:
        for number, kind, content in _properties(value):
            if number == _LONG_NAME or (number == _SHORT_NAME and not file.name):
                file.name = _of_kind(content, kind, codec)
            elif number == _KIND:
                file.kind = _of_kind(content, kind, codec)
            elif number == _DATA and content:
                file.is_mail = kind == _OBJECT and is_wrapped(content[_IDENTIFIER:])
                file.data = content[_IDENTIFIER:] if kind == _OBJECT else content


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The properties by number and type, up to the first that is damaged."""
    position = 4
    try:
        for _ in range(int.from_bytes(data[:4], "little")):
            kind, number = struct.unpack_from("<HH", data, position)
            position += 4
            if number >= _NAMED:
                (is_text,) = struct.unpack_from("<I", data, position + 16)
                position += 20
                (more,) = struct.unpack_from("<I", data, position)
                position += 4 + (_padded(more) if is_text else 0)
            single = kind & ~_SEVERAL
            count = 1
            if kind & _SEVERAL or single in (_TEXT_8, _TEXT_16, _BINARY, _OBJECT):
                (count,) = struct.unpack_from("<I", data, position)
                position += 4
            for _ in range(count):
                length = _LENGTHS.get(single)
                if length is None:
                    if single not in (_TEXT_8, _TEXT_16, _BINARY, _OBJECT):
                        return
                    (length,) = struct.unpack_from("<I", data, position)
                    position += 4
                if position >= len(data):
                    return
                yield number, single, data[position : position + length]
                position += _padded(length)
    except struct.error:
        return


def _padded(length: int) -> int:
    return length + -length % 4


def _of_kind(value: bytes, kind: int, codec: str) -> str:
    if kind == _TEXT_16:
        return value.decode("utf-16-le", "replace").partition("\0")[0]
    return _text(value, codec)


def _text(value: bytes, codec: str) -> str:
    value = value.partition(b"\0")[0]
    text = decoded_as(value, codec)
    return decoded(value) if text is None else text
