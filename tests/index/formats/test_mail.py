"""A mail is its headers, its text once, and what is attached, within bounds."""

import struct
from base64 import b64encode
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest

from quotewise.index.errors import DocumentError
from quotewise.index.formats.compressed_rtf import decompressed
from quotewise.index.sentences import Span
from tests.index.formats.files import Folder, block, compound, docx, p, parse_document, texts

WORD = "vnd.openxmlformats-officedocument.wordprocessingml.document"


def mail(subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Jürgen Groß <j@example.org>", "ann@example.org", subject
    message.set_content(text)
    return message


def test_a_mail_is_read_with_its_headers_one_alternative_and_its_attachments() -> None:
    message = mail("Miete für März", "Die Miete\nbeträgt 900 Euro.\n\n> Wie hoch?\n")
    message.add_alternative("<p>Die Miete beträgt <b>900</b> Euro.</p>", subtype="html")
    message.add_attachment(docx(p("Clause 1.")), maintype="application", subtype="octet-stream", filename="Vertrag.docx")
    message.add_attachment(b"\0\1", maintype="image", subtype="png", filename="logo.png")
    document = parse_document("a.eml", message.as_bytes())
    assert texts(document) == [
        "From: Jürgen Groß <j@example.org>",
        "To: ann@example.org",
        "Subject: Miete für März",
        "Die Miete\nbeträgt 900 Euro.",
        "> Wie hoch?",
        "Clause 1.",
    ]
    assert document.title == "Miete für März" and "logo.png" in str(document.unread_part)
    clause = block(document, "Clause 1.")
    part = document.layout.place(Span(clause.start, clause.end)).part
    assert part is not None and (part.kind, part.label) == ("attachment", "2 Vertrag.docx")
    assert clause.heading == ("Miete für März", "Vertrag.docx")


def test_the_page_is_read_where_the_plain_text_is_only_a_hint() -> None:
    message = mail("Offer", "Please view in a browser.")
    message.add_alternative(f"<p>{'The offer is valid until the end of May. ' * 5}</p>", subtype="html")
    assert "valid until" in parse_document("a.eml", message.as_bytes()).text
    message = mail("Order", "View this email in your browser.")
    message.add_alternative("<p>Your order arrives on 5 May.</p><p>It holds a lamp.</p>", subtype="html")
    assert "arrives on 5 May" in parse_document("a.eml", message.as_bytes()).text


def test_encodings_of_old_mails_are_read() -> None:
    data = (
        b"Subject: =?iso-8859-1?Q?Gr=FC=DFe?= =?iso-8859-1?Q?_und?=\r\nContent-Type: text/plain;"
        b" charset=iso-8859-1; format=flowed\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\nEin langer =\r\nSatz mit =80 5 \r\ngeht weiter.\r\n"
    )
    assert texts(parse_document("a.eml", data)) == ["Subject: Grüße und", "Ein langer Satz mit € 5 geht weiter."]


def test_files_are_read_that_are_attached_to_the_form_of_the_text_that_is_not_read() -> None:
    message = mail("Prices", "They are attached.")
    message.add_alternative("<p>They are <b>attached</b>.</p>", subtype="html")
    message.get_payload()[1].add_attachment(b"Item,Price\nPen,3\n", maintype="text", subtype="csv", filename="prices.csv")
    assert texts(parse_document("a.eml", message.as_bytes()))[3:] == ["They are attached.", "Item,Price\nPen,3"]


def test_an_attached_file_is_read_by_its_kind_and_content_where_its_name_says_nothing() -> None:
    message = mail("Files", "See.")
    message.add_attachment(docx(p("Clause 1.")), maintype="application", subtype=WORD, filename="Vertrag vom 3. Mai")
    message.add_attachment(rb"{\rtf1 Clause 2.\par}", maintype="application", subtype="msword", filename="old.doc")
    message.add_attachment("BEGIN:VEVENT\nSUMMARY:Board\nEND:VEVENT\n", subtype="calendar", disposition="inline")
    message.add_attachment(b"-----BEGIN PGP-----", maintype="application", subtype="pgp-signature", filename="s.asc")
    document = parse_document("a.eml", message.as_bytes())
    assert texts(document)[3:] == ["See.", "Clause 1.", "Clause 2.", "Board"]
    assert block(document, "Board").kind == "heading" and document.unread_part is None


def test_what_is_quoted_the_answer_to_it_and_the_signature_are_apart() -> None:
    text = "Hi Ann,\n> > at the office\n> at 10\n> or at 11\nat 11, by bus\n-- \nBob\nSales\n"
    document = parse_document("a.eml", mail("Re: Lunch", text).as_bytes())
    assert texts(document)[3:] == ["Hi Ann,", "> > at the office", "> at 10\n> or at 11", "at 11, by bus", "--\nBob\nSales"]


def test_a_report_says_who_did_not_get_a_mail_and_why() -> None:
    status = "Reporting-MTA: dns; x.org\n\nFinal-Recipient: rfc822; zed@q.org\nDiagnostic-Code: smtp;\n 550 User unknown\n"
    data = f"Subject: a\nContent-Type: message/delivery-status\n\n{status}".encode()
    shown = ["Reporting-MTA: dns; x.org", "Final-Recipient: rfc822; zed@q.org\nDiagnostic-Code: smtp; 550 User unknown"]
    assert texts(parse_document("a.eml", data))[1:] == shown


def test_a_mail_within_a_mail_may_be_encoded() -> None:
    head = b"Subject: a\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
    document = parse_document("a.eml", head + b64encode(mail("Inner", "The text.").as_bytes()))
    assert texts(document)[-2:] == ["Subject: Inner", "The text."]


def test_lines_that_the_mailer_broke_are_whole_again() -> None:
    head = "Subject: a\nContent-Type: text/plain; format=flowed"
    spaced = f"{head}; delsp=yes\n\nThe long  \nsentence.\n".encode()
    assert texts(parse_document("a.eml", spaced))[1:] == ["The long sentence."]
    quoted = f"{head}\n\n> When \n> is it? \nOn Monday, at \nten. \n\nBye \n-- \nAnn\n".encode()
    assert texts(parse_document("a.eml", quoted))[1:] == ["> When is it?", "On Monday, at ten.", "Bye", "--\nAnn"]


@pytest.mark.parametrize(
    ("charset", "codec", "text"),
    [
        ("gb2312", "gb18030", "價格 〇 镕"),
        ("ks_c_5601-1987", "cp949", "똠방각하"),
        ("shift_jis", "cp932", "①髙橋"),
        ("windows-874", "cp874", "ราคา"),
        ("x-of-no-one", "cp1252", "Das Büro in Köln ist am Freitag geschlossen, wie jedes Jahr im Mai."),
        ("gb2312", "utf-8", "你好！我公司可代开各类发票"),
        ("iso-8859-1", "utf-8", "Grüße"),
        ("utf-8", "cp1252", "Das Büro in Köln ist am Freitag geschlossen, wie jedes Jahr im Mai."),
    ],
)
def test_a_character_set_is_what_mailers_mean_by_its_name(charset: str, codec: str, text: str) -> None:
    head = f"Subject: a\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    assert texts(parse_document("a.eml", head.encode() + text.encode(codec))) == ["Subject: a", text]


def test_headers_are_read_whether_they_are_encoded_or_not_and_their_lines_are_words_apart() -> None:
    people = "From: =?UTF-8?Q?Carol?=\n =?UTF-8?Q?_Adams?=\n <c@example.org>\nTo: Jörg Groß <j@exämple.org>"
    data = f"{people}\nSubject: Säying\n\ttwo\n\nHi.\n"
    shown = ["From: Carol Adams <c@example.org>", "To: Jörg Groß <j@exämple.org>", "Subject: Säying two", "Hi."]
    assert texts(parse_document("a.eml", data.encode())) == shown
    assert texts(parse_document("a.eml", data.encode("cp1252"))) == shown
    file = 'Subject: a\nContent-Type: text/csv\nContent-Disposition: attachment; filename="Größe.csv"\n\nA,B\n1,2\n'
    assert block(parse_document("a.eml", file.encode()), "A,B").heading[:2] == ("a", "Größe.csv")


def test_japanese_mails_have_signs_of_windows_in_their_seven_bits() -> None:
    data = b"Subject: a\nContent-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B-!\x1b(B \x1b$B%F%9%H\x1b(B \x1b(I6E\x1b(B."
    assert texts(parse_document("a.eml", data)) == ["Subject: a", "① テスト ｶﾅ."]


def test_a_mailbox_is_read_mail_by_mail() -> None:
    box = b"".join(
        b"From a@b Mon Jan  1 00:00:00 2026\n" + mail(f"No. {n}", ">From here on.").as_bytes() + b"\n" for n in range(3)
    )
    document = parse_document("a.mbox", box)
    last = block(document, "Subject: No. 2")
    part = document.layout.place(Span(last.start, last.end)).part
    assert part is not None and (part.kind, part.number, part.label) == ("message", 3, "No. 2")
    assert texts(document).count("From here on.") == 3


def test_mails_in_mails_are_stopped_and_named() -> None:
    message = mail("0", "Innermost.")
    for number in range(1, 10):
        outer = mail(str(number), f"Level {number}.")
        outer.add_attachment(message)
        message = outer
    document = parse_document("a.eml", message.as_bytes())
    assert "Level 9." in document.text and "Innermost." not in document.text
    assert document.unread_part == "mails in mails deeper than 5"
    bomb = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5_000))
    with pytest.raises(DocumentError):
        parse_document("a.eml", b"Subject: bomb\n" + bomb)


def test_a_page_saved_in_the_format_of_mail_and_a_mail_of_apple_are_read() -> None:
    page = MIMEMultipart("related")
    page["Subject"] = "Rules"
    page.attach(MIMEText("<h1>Rules</h1><p>Be kind.</p>", "html"))
    page.attach(MIMEText("p { color: red }", "css"))
    document = parse_document("a.mhtml", page.as_bytes())
    assert texts(document) == ["Subject: Rules", "Rules", "Be kind."] and document.unread_part is None
    data = mail("Rent", "It is 900 euros.").as_bytes()
    apple = b"%d   \n%b<?xml version='1.0'?><plist><dict/></plist>" % (len(data), data)
    assert texts(parse_document("a.emlx", apple))[2:] == ["Subject: Rent", "It is 900 euros."]


def test_an_attached_mail_that_is_refused_leaves_the_mail_around_it_readable() -> None:
    message = mail("Outer", "The lease ends in May.")
    many = b"Subject: Inner\nContent-Type: multipart/mixed; boundary=b\n\n" + b"\n--b\n" * 6_000
    message.add_attachment(many, maintype="application", subtype="octet-stream", filename="inner.eml")
    document = parse_document("a.eml", message.as_bytes())
    assert "ends in May" in document.text and "inner.eml, which is stopped" in str(document.unread_part)


def test_what_is_no_mail_is_refused() -> None:
    for path in ("a.eml", "a.mbox", "a.msg"):
        with pytest.raises(DocumentError):
            parse_document(path, b"\n\nnothing of the kind")


def outlook(before: int, *more: tuple[str, bytes | Folder], numbers: bytes = b"", **named: str) -> Folder:
    """The folder of a mail, or of a part of one, as Outlook saves it: its texts, numbers, and other streams and folders."""
    kinds = {"subject": 0x0037, "body": 0x1000, "name": 0x3001, "address": 0x3003, "file": 0x3707}
    written = {f"__substg1.0_{kinds[kind]:04X}001F": text.encode("utf-16-le") for kind, text in named.items()}
    return {**written, **dict(more), "__properties_version1.0": bytes(before) + numbers}


def number(kind: int, value: int) -> bytes:
    return struct.pack("<HHIQ", 3, kind, 6, value)


def test_an_outlook_mail_is_read_with_those_who_receive_it_and_the_mails_attached_to_it() -> None:
    ann = outlook(8, numbers=number(0x0C15, 1), name="Ann", address="ann@example.org")
    bob = outlook(8, numbers=number(0x0C15, 2), name="Bob", address="bob@example.org")
    text = "__substg1.0_1000001E", "Die Miete für März.".encode("cp1252")
    inner = outlook(24, text, numbers=number(0x3FFD, 1252), subject="Rent")
    mail = outlook(8, ("__substg1.0_3701000D", inner))
    file = outlook(8, ("__substg1.0_37010102", docx(p("Clause 1."))), file="a.docx")
    attached = [(f"__attach_version1.0_#{n:08}", folder) for n, folder in enumerate((mail, file))]
    people = [(f"__recip_version1.0_#{n:08}", folder) for n, folder in enumerate((ann, bob))]
    offer = outlook(32, *attached, *people, subject="Offer", body="See below.")
    document = parse_document("a.msg", compound(offer))
    assert texts(document) == [
        "To: Ann <ann@example.org>",
        "Cc: Bob <bob@example.org>",
        "Subject: Offer",
        "See below.",
        "Subject: Rent",
        "Die Miete für März.",
        "Clause 1.",
    ]
    assert block(document, "Miete").heading == ("Offer", "Rent") and document.unread_part is None


def test_a_text_that_outlook_keeps_as_compressed_rtf_alone_is_read() -> None:
    hello, repeated = (  # [MS-OXRTFCP] 4.1.1 and 4.1.2
        bytes.fromhex("2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"),
        bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0"),
    )
    data = compound(outlook(32, ("__substg1.0_10090102", hello), subject="Hi"))
    assert texts(parse_document("a.msg", data)) == ["Subject: Hi", "hello world"]
    assert decompressed(repeated) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


def test_a_page_that_outlook_keeps_is_read_in_its_code_page() -> None:
    page = ("__substg1.0_10130102", "<p>Привет</p>".encode("cp1251"))
    data = compound(outlook(32, page, numbers=number(0x3FDE, 1251), subject="a"))
    assert texts(parse_document("a.msg", data)) == ["Subject: a", "Привет"]
