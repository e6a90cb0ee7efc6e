"""Documents of Word 97 to 2003: the text that Word shows, with headings, tables, lists and notes, as of DOCX."""

import random
import struct

import pytest

from quotewise.index.errors import DocumentError
from quotewise.index.formats import NO_OPTIONS, ParseOptions
from quotewise.index.formats.detection import detected
from tests.index.conftest import at_most
from tests.index.formats.doc_files import (
    AUTHORS,
    BOLD,
    COMMENT_REFERENCES,
    COMMENTS,
    DELETED,
    HEADERS,
    HIDDEN,
    NOTE_REFERENCES,
    NOTES,
    Paragraph,
    doc,
    in_list,
    numbered,
    paragraph,
    plc,
    row,
)
from tests.index.formats.files import block, compound, parse_document, texts, workbook_97

RENT = "Die Miete beträgt 40 € im Monat."


def test_headings_stand_above_their_paragraphs_and_a_title_above_all() -> None:
    body = [paragraph("Lease", 3), paragraph("Rent", 1), paragraph("Amount", 2), paragraph(RENT)]
    document = parse_document("a.doc", doc(body))
    assert texts(document, "heading") == ["Lease", "Rent", "Amount"]
    assert (document.title, block(document, RENT).heading) == ("Lease", ("Rent", "Amount"))


@pytest.mark.parametrize("one_byte", [True, False], ids=("bytes", "UTF-16"))
def test_letters_of_one_byte_and_of_two_are_read(one_byte: bool) -> None:
    assert parse_document("a.dot", doc([paragraph(f"„{RENT}“")], one_byte=one_byte)).text == f"„{RENT}“"
    if not one_byte:
        assert parse_document("a.doc", doc([paragraph("Плата 40 𝔘")])).text == "Плата 40 𝔘"


def test_rows_of_a_table_are_read_with_the_names_of_their_columns() -> None:
    body = [paragraph("Prices."), *row("Room", "Price"), *row("Blue", ""), *row("Red", "90"), paragraph("End.")]
    document = parse_document("a.doc", doc(body))
    assert texts(document) == ["Prices.", "Room | Price\nBlue\nRed | 90", "End."]
    assert block(document, "Blue").heading == ("Room | Price",)


def test_cells_that_are_merged_are_read_with_all_the_rows_they_cover() -> None:
    def defined(*flags: int) -> bytes:
        cells = b"".join(struct.pack("<H18x", flag) for flag in flags)
        edges = struct.pack(f"<{len(flags) + 1}h", *range(0, 1_000 * len(flags) + 1, 1_000))
        return struct.pack("<HHB", 0xD608, 2 + len(edges) + len(cells), len(flags)) + edges + cells

    body = [
        *row("House", "Room", "Price", changes=defined(0, 0, 0)),
        *row("North", "Blue", "80", changes=defined(0x60, 0, 0)),
        *row("", "Red", "90", changes=defined(0x20, 0, 0)),
    ]
    document = parse_document("a.doc", doc(body))
    assert "Red | 90" in document.text
    assert block(document, "Red").heading == ("North", "Room | Price")


def test_a_field_shows_its_result_and_one_that_does_not_end_hides_nothing() -> None:
    body = [paragraph('See \x13 HYPERLINK "http://a" \x14clause \x13 REF x \x144\x15\x15 and \x13 XE "b" \x15that.')]
    assert parse_document("a.doc", doc(body)).text == "See clause 4 and that."
    assert parse_document("a.doc", doc([paragraph("One \x13 two."), paragraph("Three.")])).text == "One two.\n\nThree."
    assert parse_document("a.doc", doc([paragraph('5 \x13 SYMBOL 109 \\f "Symbol" \x15m')])).text == "5 μm"


def test_hidden_and_deleted_text_is_not_read_and_a_paragraph_whose_end_is_deleted_goes_on() -> None:
    first = Paragraph([("The rent is ", b""), ("30", DELETED), ("40", b""), (" secret", HIDDEN)], of_end=DELETED)
    assert parse_document("a.doc", doc([first, paragraph(" euros.")])).text == "The rent is 40 euros."


def test_signs_of_word_are_read_as_what_they_show() -> None:
    assert parse_document("a.doc", doc([paragraph("a\x0bb non\x1estop hy\x1fphen \x01\x08c\x0cd")])).text == (
        "a\nb non\u2011stop hyphen c\n\nd"
    )


def test_numbers_of_lists_and_headings_are_counted() -> None:
    body = [
        paragraph("Rent", 1, in_list()),
        paragraph("Amount", 0, in_list(1)),
        paragraph("Day", 0, in_list(1)),
        paragraph("Pets", 1, in_list()),
        paragraph("Dogs", 0, in_list(1)),
        paragraph("o cão", 0, in_list(2)),
    ]
    document = parse_document("a.doc", doc(body, parts=numbered((0, "\0."), (4, "\0.\1)"), (23, "\uf0b7"))))
    assert texts(document) == ["1. Rent", "1.a) Amount", "1.b) Day", "2. Pets", "2.a) Dogs", "o cão"]
    assert [one.kind for one in document.blocks] == ["heading", "item", "item", "heading", "item", "item"]


def test_paragraphs_in_bold_letters_are_headings() -> None:
    prose = "The landlord lets the flat on the second floor to the tenant, who pays for it."
    body = [Paragraph([("The rent", BOLD)]), paragraph(prose), Paragraph([("The deposit", BOLD)]), paragraph(prose)]
    assert texts(parse_document("a.doc", doc(body)), "heading") == ["The rent", "The deposit"]


def test_notes_comments_and_headers_stand_at_the_end_with_what_refers_to_them() -> None:
    parts = {
        NOTE_REFERENCES: plc([3, 99], [struct.pack("<H", 1)]),
        NOTES: plc([0, 9, 10]),
        COMMENT_REFERENCES: plc([4, 99], [struct.pack("<20xH8x", 0)]),
        COMMENTS: plc([0, 9, 10]),
        AUTHORS: struct.pack("<H", 3) + "Ann".encode("utf-16-le"),
        HEADERS: plc([0, 0, 0, 0, 0, 0, 0, 0, 5, 5, 9, 9, 9, 9]),
    }
    others = {1: [paragraph("\x02 A note.")], 2: [paragraph("Head"), paragraph("End")], 4: [paragraph("\x05Why 40?")]}
    others[1].append(paragraph(""))
    document = parse_document("a.doc", doc([paragraph("It.\x02\x05 Is.")], others, parts))
    kinds = {document.text[one.start : one.end]: (one.kind, one.heading) for one in document.blocks}
    assert kinds == {
        "It.[1] Is.": ("paragraph", ()),
        "[1] A note.": ("footnote", ("Footnotes",)),
        "Why 40?": ("footnote", ("Comments", "Ann")),
        "Head": ("header", ("Header",)),
        "End": ("footer", ("Footer",)),
    }


def test_a_table_of_contents_is_navigation() -> None:
    assert texts(parse_document("a.doc", doc([paragraph("Rent\t3", 4), paragraph(RENT)])), "navigation") == ["Rent 3"]


def test_a_document_that_holds_a_workbook_is_read_as_what_it_is() -> None:
    data = compound({"WordDocument": b"a", "ObjectPool": {"_1": {"Workbook": workbook_97("x")[:100]}}})
    known = detected("a.doc", data)
    assert known is not None and known.parser == "doc"
    other = detected("a.doc", compound({"ObjectPool": {"WordDocument": b"a"}, "Workbook": b"b"}))
    assert other is not None and other.parser == "xls"


@pytest.mark.parametrize("options", [NO_OPTIONS, ParseOptions(("a",))])
def test_an_encrypted_document_is_refused_with_that_reason(options: ParseOptions) -> None:
    known = detected("a.doc", data := doc([paragraph(RENT)], flags=0x0300))
    with pytest.raises(DocumentError, match="needs a password"):
        assert known and known.parse(data, options)


def header_changed(data: bytes, change: bytes) -> bytes:
    return data.replace(b"\xec\xa5\xc1\0", change, 1)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (header_changed(doc([paragraph(RENT)]), b"\xdc\xa5\x65\0"), "is a file of Word 95 or older, which is not read"),
        (header_changed(doc([paragraph(RENT)]), b"\0\0\0\0"), "damaged or no Word document: it does not begin as one"),
        (doc([paragraph(RENT)])[:2_000], "damaged or no Word document"),
        (compound({"WordDocument": b"\xec\xa5\xc1\0"}), "is truncated: its header is missing"),
        (doc([paragraph(RENT)], parts={33: b""}), "its table of pieces of text is missing"),
        (doc([paragraph(RENT)], pieces=plc([0, 1 << 31], [bytes(8)])), "pieces of text are not in their order or outside"),
        (doc([paragraph(RENT)], pieces=plc([0, 9, 3], [bytes(8)] * 2)), "pieces of text are not in their order"),
        (doc([paragraph(RENT)], pieces=plc(range(0, 300_000, 1_000), [bytes(8)] * 299)[:4_000]), "pieces of text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000), "damaged or no Word document"),
        (b"WPC" + bytes(2_000), "damaged or no Word document"),
    ],
)
def test_damaged_documents_are_refused_with_their_reason(data: bytes, reason: str) -> None:
    with at_most(10), pytest.raises(DocumentError, match=reason):
        parse_document("a.doc", data)


def test_a_file_whose_sectors_go_in_a_circle_is_refused_or_read_at_once() -> None:
    data = doc([paragraph(RENT)])
    for number in range(128):
        changed = bytearray(data)
        struct.pack_into("<i", changed, 512 + 4 * number, 1)
        with at_most(10):
            _parsed_or_refused(bytes(changed))


def test_bytes_changed_at_random_are_read_or_refused() -> None:
    data = doc([paragraph("Rent", 1), *row("a", "b"), paragraph(f"{RENT} \x13 REF \x14x\x15")], parts=numbered((0, "\0.")))
    choose = random.Random(7)
    for _ in range(300):
        changed = bytearray(data)
        for _ in range(choose.randint(1, 20)):
            changed[choose.randrange(512, len(data))] = choose.randrange(256)
        _parsed_or_refused(bytes(changed))


def _parsed_or_refused(data: bytes) -> None:
    try:
        document = parse_document("a.doc", data)
    except DocumentError as error:
        assert "Traceback" not in str(error)
    else:
        assert all(one.end <= len(document.text) for one in document.blocks)
