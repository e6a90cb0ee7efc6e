"""What stands under the headings of a plain text is read with them."""

import pytest

from tests.index.formats.files import block, parse_document, texts

LEASE = """LEASE AGREEMENT

§ 1 The flat
The flat on the second floor is let. It has 74 square metres.

§ 2 Rent
The rent is 620 euros a month.

2.1 Late payment
After ten days interest of 5% is due.

Section 3: Pets

Small pets are allowed.
"""
MANUAL = """NAME
       fetch - get files

SYNOPSIS
       fetch [-q] URL

OPTIONS
       -q     Say nothing.
"""
NOTES = """Release notes
=============

3.2.0 (2024-05-01)

- Fixed the clock.

3.1.0 (2023-11-20)

- Added a map.
"""
REPORT = """The year at the harbour

1. Ships
--------

More ships came than ever.

2. Staff
--------

2.1 Pilots

Two pilots were hired.

Outlook

Next year the east pier is closed for repairs from March to June.

Thanks

We thank all volunteers who kept the lighthouse museum open in summer.
"""


LAW = """Article 5
Principles of processing

1. Data shall be correct and kept safe.
2. Data shall be deleted in time.

Article 6

Lawfulness

Processing is lawful after consent.
"""
CODE = """§ 102.30  Notice of hearing.

   (a) The notice is sent by mail.

SEC. 401. SHORT TITLE.

    This is the Harbor Act.
"""
LEVELS = """The following applies.

SCHEDULE 1 - Service levels
Part A
The system is available all day.
"""


@pytest.mark.parametrize(
    ("text", "sentence", "trail"),
    [
        (LEASE, "The rent is", ("§ 2 Rent",)),
        (LEASE, "After ten days", ("§ 2 Rent", "2.1 Late payment")),
        (LEASE, "Small pets", ("§ 2 Rent", "2.1 Late payment", "Section 3: Pets")),
        (MANUAL, "Say nothing", ("OPTIONS",)),
        (NOTES, "Fixed the clock", ("3.2.0 (2024-05-01)",)),
        (LAW, "Data shall be correct", ("Article 5", "Principles of processing")),
        (LAW, "Processing is", ("Article 6", "Lawfulness")),
        (CODE, "(a) The notice", ("§ 102.30 Notice of hearing.",)),
        (CODE, "This is the", ("§ 102.30 Notice of hearing.", "SEC. 401. SHORT TITLE.")),
        (LEVELS, "The system", ("SCHEDULE 1 - Service levels", "Part A")),
        (REPORT, "Two pilots", ("2. Staff", "2.1 Pilots")),
        (REPORT, "Next year", ("2. Staff", "2.1 Pilots", "Outlook")),
        (REPORT, "We thank", ("2. Staff", "2.1 Pilots", "Thanks")),
    ],
)
def test_a_text_is_read_under_its_headings(text: str, sentence: str, trail: tuple[str, ...]) -> None:
    for ends in ("\n", "\r\n"):
        document = parse_document("a.txt", text.replace("\n", ends).encode())
        assert block(document, sentence).heading == trail
        assert "".join(texts(document)).split() == text.split() or "=====" in text


def test_sections_that_reports_on_several_matters_have_are_headings() -> None:
    report = "SUMMARY\nWe moved the server to the new rack.\n\nOUTLOOK\nThe price may rise by a tenth.\n\n"
    document = parse_document("a.txt", f"Status\n\nAlpha\n=====\n\n{report}Beta\n====\n\n{report}".encode())
    assert [one.strip() for one in texts(document, "heading")] == ["Alpha", "SUMMARY", "OUTLOOK", "Beta", "SUMMARY", "OUTLOOK"]


@pytest.mark.parametrize(
    "text",
    [
        "Shopping\n\n1. Milk\n2. Eggs\n3. Bread\n",
        "Dear Ann,\n\nThe keys are with Tom, who lives next door and is at home all day.\n\nKind regards\n\nBirte Hansen\n",
        "He paid in full.\n\n1. The tenant shall pay the rent\nby the first day of the month.\n",
        "We met on\n\n14 May 2025\n\nand agreed.\n",
        "Ann: HELLO THERE\n\nBob: Hi.\n",
        "4. Redistribution. You may copy the\nWork in any medium.\n",
        "AB | CD\n\n1 | 2\n",
        "The seats are:\nSection 1: 20 people\nSection 2: 30 people\n",
        "OPHELIA\nMy lord?\n\nHORATIO\nHe is here.\n\nOPHELIA\nWhere is he?\n\nHORATIO\nThere.\n",
        "                    JONAS (V.O.)\n     For how much?\n",
        " 1   EXAMINATION\n\n 2   BY MR. ADAMS:\n\n 3   Q.   Your name?\n\n 4   A.   Ann Lee.\n",
        "It ended.\n\nNew York, 3 May\n\nIt began again.\n",
    ],
)
def test_lines_that_only_look_like_headings_are_none(text: str) -> None:
    assert texts(parse_document("a.txt", text.encode()), "heading") == []


def test_the_section_of_the_posts_of_a_curriculum_vitae_is_no_name_above_an_office() -> None:
    text = "Jane Roe\n\nWORK EXPERIENCE\n\nSenior Analyst, Delvaux & Sons\n\nShe led a team of six people from 2019 to 2023.\n"
    assert "WORK EXPERIENCE" in block(parse_document("cv.txt", text.encode()), "She led").heading


def test_headings_of_wikis_are_those_of_what_stands_below_them() -> None:
    text = "Lake Orrin is deep.\n== History ==\nThe dam is old.\n\n=== Floods ===\n* 1966: a road\n\n==Fish==\nTrout.\n"
    document = parse_document("lake.wiki", text.encode())
    assert block(document, "1966").heading == ("History", "Floods")
    assert block(document, "Trout").heading == ("Fish",)


def test_what_somebody_begins_to_say_is_no_heading() -> None:
    text = "Mr Poole: Yes.\n\nSeveral hon. Members rose—\n\nMr Speaker: Order. I call Diane Mott.\n\nBusiness of the House\n\n"
    document = parse_document("debate.txt", f"{text * 2}The House sat at noon.\n".encode())
    assert not any("rose" in name for one in document.blocks for name in one.heading)
