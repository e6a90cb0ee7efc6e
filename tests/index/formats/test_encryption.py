import zipfile
from email.message import EmailMessage
from io import BytesIO

import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from quotewise.index.errors import DocumentError
from quotewise.index.formats import NO_OPTIONS, ParseOptions
from tests.index.formats.files import docx, p, parse_document, xlsx
from tests.index.formats.pdf_files import locked

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


SHEET = xlsx({"Costs": f'<row r="1"><c r="A1" t="inlineStr"><is><t>{RENT}</t></is></c></row>'})
FILES = {"a.pdf": locked(RENT, PASSWORD), "a.docx": by_office(docx(p(RENT))), "a.xlsx": by_office(SHEET)}


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


def test_passwords_are_in_no_representation() -> None:
    assert PASSWORD not in repr(ParseOptions((PASSWORD,)))
