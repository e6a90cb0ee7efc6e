import hashlib
import struct
import zipfile
import zlib
from base64 import b64encode
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from msoffcrypto.format.ooxml import OOXMLFile
from msoffcrypto.method.rc4 import DocumentRC4

from quotewise.index.errors import DocumentError
from quotewise.index.formats import NO_OPTIONS, ParseOptions
from tests.index.formats.files import (
    BOF,
    BOUND_SHEET,
    FILE_PASS,
    docx,
    p,
    parse_document,
    record,
    workbook_97,
    xls,
    xlsx,
    zipped,
)
from tests.index.formats.pdf_files import locked
from tests.index.formats.test_office import odf, presented, shape

RENT = "The rent is 40 euros."
PASSWORD = "sésame, ouvre-toi"
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def by_office(data: bytes, password: str = PASSWORD) -> bytes:
    """An Office file, encrypted as Office does it since 2010."""
    plain, encrypted = BytesIO(data), BytesIO()
    with zipfile.ZipFile(plain, "a") as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("docProps/thumbnail.jpeg", bytes(8_000), zipfile.ZIP_STORED)  # what is smaller, it encrypts wrongly
    OOXMLFile(plain).encrypt(password, encrypted)
    return encrypted.getvalue()


SALT, START = bytes(range(16)), hashlib.sha256(PASSWORD.encode()).digest()


def by_excel_97(text: str, password: str = PASSWORD) -> bytes:
    """A workbook, encrypted as Excel 97 to 2003 do it: [MS-XLS] 2.2.10."""
    verifier = DocumentRC4.decrypt(password, SALT, BytesIO(SALT + hashlib.md5(SALT).digest())).read()
    plain = workbook_97(text, record(FILE_PASS, struct.pack("<HHH", 1, 1, 1) + SALT + verifier))
    encrypted = bytearray(DocumentRC4.decrypt(password, SALT, BytesIO(plain), 1024).read())
    at = 0
    while at < len(plain):
        kind, size = struct.unpack_from("<HH", plain, at)
        shown = {BOF: size, FILE_PASS: size, BOUND_SHEET: 4}.get(kind, 0)
        encrypted[at : at + 4 + shown] = plain[at : at + 4 + shown]
        at += 4 + size
    return xls(bytes(encrypted))


def by_open_office(data: bytes) -> bytes:
    """An OpenDocument file, encrypted member by member as OpenDocument 1.2 has it."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        compressed = zlib.compress(archive.read("content.xml"), wbits=-15)
    padding = 16 - len(compressed) % 16
    key = hashlib.pbkdf2_hmac("sha1", START, SALT, 1_000, 32)
    encryptor = Cipher(algorithms.AES256(key), modes.CBC(SALT)).encryptor()
    checksum = b64encode(hashlib.sha256(compressed[:1024]).digest()).decode()
    return _manifested(
        "content.xml",
        encryptor.update(compressed + bytes(padding - 1) + bytes([padding])) + encryptor.finalize(),
        f'm:checksum-type="x#sha256-1k" m:checksum="{checksum}"',
        f'm:algorithm-name="http://www.w3.org/2001/04/xmlenc#aes256-cbc" m:initialisation-vector="{_base64(SALT)}"',
        'm:key-derivation-name="PBKDF2" m:iteration-count="1000"',
    )


def by_libre_office(data: bytes) -> bytes:
    """An OpenDocument file, encrypted as one package as LibreOffice does it since 24.8."""
    key = Argon2id(salt=SALT, length=32, iterations=1, lanes=1, memory_cost=64).derive(START)
    return _manifested(
        "encrypted-package",
        SALT[:12] + AESGCM(key).encrypt(SALT[:12], zlib.compress(data, wbits=-15), None),
        "",
        f'm:algorithm-name="http://www.w3.org/2009/xmlenc11#aes256-gcm" m:initialisation-vector="{_base64(SALT[:12])}"',
        'm:key-derivation-name="urn:x:argon2id" l:argon2-iterations="1" l:argon2-memory="64" l:argon2-lanes="1"',
    )


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def _manifested(member: str, content: bytes, checksum: str, algorithm: str, derivation: str) -> bytes:
    manifest = (
        '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" xmlns:l="urn:x">'
        f'<m:file-entry m:full-path="{member}"><m:encryption-data {checksum}><m:algorithm {algorithm}/>'
        f'<m:key-derivation {derivation} m:salt="{_base64(SALT)}"/>'
        '<m:start-key-generation m:start-key-generation-name="http://www.w3.org/2000/09/xmldsig#sha256"/>'
        "</m:encryption-data></m:file-entry></m:manifest>"
    )
    return zipped({member: content, "META-INF/manifest.xml": manifest})


SHEET = xlsx({"Costs": f'<row r="1"><c r="A1" t="inlineStr"><is><t>{RENT}</t></is></c></row>'})
WRITTEN = odf(f"<office:text><text:p>{RENT}</text:p></office:text>")
FILES = {
    **{"a.pdf": locked(RENT, PASSWORD), "a.docx": by_office(docx(p(RENT))), "a.xlsx": by_office(SHEET)},
    **{"a.pptx": by_office(presented(shape(RENT))), "a.odt": by_open_office(WRITTEN), "b.odt": by_libre_office(WRITTEN)},
    "a.xls": by_excel_97(RENT),
}


@pytest.mark.parametrize("name", FILES)
def test_an_encrypted_file_is_read_with_the_password_that_fits_and_its_refusal_says_how_to_give_one(name: str) -> None:
    with pytest.raises(DocumentError) as refusal:
        parse_document(name, FILES[name])
    assert str(refusal.value) == "needs a password; write it into a file, one a line, and name that: --password-file FILE"
    with pytest.raises(DocumentError) as refusal:
        parse_document(name, FILES[name], ParseOptions(("wrong", "")))
    assert str(refusal.value) == "needs a password, and none of the 2 in the password file opens it"
    assert RENT in parse_document(name, FILES[name], ParseOptions(("wrong", PASSWORD))).text


def test_what_is_attached_to_a_mail_is_opened_too() -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "bursar@example.org", "The lease"
    mail.set_content("It is attached.")
    mail.add_attachment(FILES["a.pdf"], maintype="application", subtype="pdf", filename="a.pdf")
    closed = parse_document("a.eml", mail.as_bytes())
    assert "attachment a.pdf, which needs a password" in str(closed.unread_part)
    opened = parse_document("a.eml", mail.as_bytes(), ParseOptions((PASSWORD,)))
    assert (RENT in opened.text, opened.unread_part) == (True, None)


def test_a_workbook_that_excel_opens_unasked_is_read_unasked() -> None:
    assert RENT in parse_document("a.xlsx", by_office(SHEET, "VelvetSweatshop"), NO_OPTIONS).text


def test_a_workbook_of_excel_97_without_its_first_record_is_damaged() -> None:
    assert RENT in parse_document("a.xls", xls(workbook_97(RENT))).text
    with pytest.raises(DocumentError, match="is damaged"):
        parse_document("a.xls", xls(bytes(20) + workbook_97(RENT)))


def test_passwords_are_in_no_representation() -> None:
    assert PASSWORD not in repr(ParseOptions((PASSWORD,)))


def test_an_opendocument_file_that_another_program_encrypted_is_opened() -> None:
    path = Path(__file__).parents[4] / "shared/formats/odt/encrypted.odt"
    if not path.is_file():
        pytest.skip("needs the shared file of LibreOffice")
    assert parse_document("a.odt", path.read_bytes(), ParseOptions(("tika",))).text.strip()


@pytest.mark.parametrize(
    ("written", "altered", "reason"),
    [
        (b"aes256-cbc", b"rot13-ecb!", "is encrypted as before OpenDocument 1.2"),
        (b'iteration-count="1000', b'iteration-count="9000000000', "is stopped at a limit: its encryption has iteration-count"),
        (b"m:key-derivation ", b"m:key-denial ", "is damaged: its encryption cannot be read"),
    ],
)
def test_other_encryption_is_named(written: bytes, altered: bytes, reason: str) -> None:
    with zipfile.ZipFile(BytesIO(FILES["a.odt"])) as archive:
        members = {name: archive.read(name).replace(written, altered) for name in archive.namelist()}
    with pytest.raises(DocumentError, match=reason):
        parse_document("a.odt", zipped(members), ParseOptions((PASSWORD,)))
