"""What Outlook wraps of a mail as winmail.dat (TNEF)."""

import struct

import pytest

from quotewise.index.errors import DocumentError
from quotewise.index.formats import tnef
from tests.index.formats.files import docx, p, parse_document, texts
from tests.index.formats.test_mail import mail

RTF = rb"{\rtf1 The rich text.\par}"
COMPRESSED = struct.pack("<IIII", len(RTF) + 12, len(RTF), 0x414C454D, 0) + RTF
NAMED = b"\1" * 16 + struct.pack("<II", 1, 6) + "abc".encode("utf-16-le") + b"\0\0"


def attribute(number: int, value: bytes, level: int = 1) -> bytes:
    return struct.pack("<BHHI", level, number, 0, len(value)) + value + struct.pack("<H", sum(value) % 65_536)


def padded(value: bytes) -> bytes:
    return struct.pack("<II", 1, len(value)) + value + bytes(-len(value) % 4)


def properties(*values: tuple[int, int, bytes]) -> bytes:
    return struct.pack("<I", len(values)) + b"".join(struct.pack("<HH", kind, number) + value for kind, number, value in values)


def attached(name: str, data: bytes) -> bytes:
    described = properties(
        (0x3, 0x3705, struct.pack("<I", 1)),
        (0x1F, 0x8001, NAMED + padded("x".encode("utf-16-le"))),
        (0x1003, 0x1234, struct.pack("<III", 2, 5, 6)),
        (0x1F, 0x3707, padded(f"{name}\0".encode("utf-16-le"))),
    )
    return (
        attribute(0x9002, bytes(14), 2)
        + attribute(0x8010, name[:8].encode() + b"\0", 2)
        + attribute(0x800F, data, 2)
        + attribute(0x9005, described, 2)
    )


def wrapped(*attributes: bytes) -> bytes:
    return tnef.SIGNATURE + b"\1\0" + b"".join((attribute(0x9007, struct.pack("<II", 1252, 0)), *attributes))


def within(data: bytes) -> bytes:
    """A mail attached to a mail."""
    inner = properties((0xD, 0x3701, padded(bytes(16) + data)))
    return attribute(0x9002, bytes(14), 2) + attribute(0x9005, inner, 2)


BODY = attribute(0x9003, properties((0x102, 0x1009, padded(COMPRESSED))))
FILES = attached("The long name of a lease.docx", docx(p("The rent is 900 euros."))) + attached("a.csv", b"A,B\n1,2\n")


def test_a_wrapped_mail_is_read_with_its_files() -> None:
    subject = attribute(0x8004, "Miete für Mai\0".encode("cp1252"))
    inner = wrapped(attribute(0x8004, b"Inner\0"), attribute(0x800C, b"Within.\0"))
    document = parse_document("winmail.dat", wrapped(subject, BODY, FILES, within(inner)))
    assert document.title == "Miete für Mai" and document.unread_part is None
    assert texts(document) == [
        *("Subject: Miete für Mai", "The rich text.", "The rent is 900 euros.", "A,B\n1,2", "Subject: Inner", "Within."),
    ]
    labels = [part.label for part in document.layout.parts]
    assert labels == ["1 The long name of a lease.docx", "2 a.csv", "3 Inner"]


@pytest.mark.parametrize("text", ["See the lease.", ""])
def test_files_in_the_wrapped_part_of_a_mail_are_read_and_its_text_once(text: str) -> None:
    message = mail("Lease", text)
    message.add_attachment(wrapped(BODY, FILES), maintype="application", subtype="ms-tnef", filename="winmail.dat")
    shown = texts(parse_document("a.eml", message.as_bytes()))[3:]
    assert shown[:2] == [text or "The rich text.", "The rent is 900 euros."]


def test_a_damaged_or_hostile_wrapped_mail_is_read_in_part_or_refused() -> None:
    whole = wrapped(BODY, FILES)
    document = parse_document("winmail.dat", whole[:-400])
    assert "cut off" in str(document.unread_part)
    cut = attribute(0x9003, properties((0x102, 0x1009, padded(b"LZFu"))))
    document = parse_document("winmail.dat", wrapped(cut, FILES, within(tnef.SIGNATURE)))
    assert texts(document) == ["The rent is 900 euros.", "A,B\n1,2"]
    assert "the text in winmail.dat" in str(document.unread_part)
    with pytest.raises(DocumentError, match="TNEF"):
        parse_document("a.tnef", b"text")
    deep = wrapped(attribute(0x800C, b"Deepest.\0"))
    for _ in range(40):
        deep = wrapped(attribute(0x800C, b"Text.\0"), within(deep))
    assert "deeper than" in str(parse_document("winmail.dat", deep).unread_part)
    for _ in range(40):
        deep = wrapped(attribute(0x800C, b"Text.\0"), attached("winmail.dat", deep))
    assert "deeper than" in str(parse_document("winmail.dat", deep).unread_part)
    many = properties((0x101F, 0x1000, struct.pack("<I", 0xFFFFFFFF)), (0x1003, 0x1000, struct.pack("<I", 0xFFFFFFFF)))
    parse_document("winmail.dat", wrapped(attribute(0x9003, many + bytes(100_000))))
