"""Calendars and contact cards."""

import pytest

from quotewise.index.errors import DocumentError
from quotewise.index.sentences import Span
from tests.index.formats.files import block, parse_document, texts
from tests.index.texts import LINE_ENDS

ends = pytest.mark.parametrize("end", LINE_ENDS, ids=("LF", "CRLF", "CR"))


def calendar(*lines: str, kind: str = "VEVENT", end: str = "\r\n") -> list[str]:
    wrapped = ["BEGIN:VCALENDAR", "VERSION:2.0", f"BEGIN:{kind}", *lines, f"END:{kind}", "END:VCALENDAR", ""]
    return texts(parse_document("a.ics", end.join(wrapped).encode()))


def card(*lines: str, end: str = "\r\n") -> list[str]:
    return texts(parse_document("a.vcf", end.join(["BEGIN:VCARD", *lines, "END:VCARD", ""]).encode()))


@ends
def test_an_event_is_its_summary_over_lines_of_when_and_where_and_who(end: str) -> None:
    assert calendar(
        "UID:1@x",
        "SUMMARY;LANGUAGE=en:Board mee",
        " ting",
        "LOCATION:Town hall\\, room 4\\; left",
        'ORGANIZER;CN="Ruiz; Ana":mailto:ana@example.org',
        "ATTENDEE;PARTSTAT=NEEDS-ACTION:MAILTO:zed@example.org",
        "DTSTART;TZID=Europe/Berlin:20260312T140000",
        "DTEND;TZID=Europe/Berlin:20260312T153000",
        "DESCRIPTION:1. Budget\\n2. Fees for the pi",
        "\ter\\n\\nBring minutes.",
        "BEGIN:VALARM",
        "TRIGGER:-PT1H30M",
        "DESCRIPTION:Reminder",
        "END:VALARM",
        end=end,
    ) == [
        "Board meeting",
        "Start: 2026-03-12 14:00 (Europe/Berlin)\nEnd: 2026-03-12 15:30 (Europe/Berlin)\nLocation: Town hall, room 4; left\n"
        "Organizer: Ruiz; Ana <ana@example.org>\nAttendee: zed@example.org (needs action)\nReminder: 1 hour 30 minutes before",
        "1. Budget\n2. Fees for the pier\n\nBring minutes.",
    ]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("DTSTART;VALUE=DATE:20260718", "Start: 2026-07-18"),
        ("DTEND;VALUE=DATE:20260801", "End: 2026-07-31"),  # the day at whose beginning it ends
        ("DTSTART:20260718T090030Z", "Start: 2026-07-18 09:00:30 UTC"),
        ("DTSTART:2026-07-18T09:00:00Z", "Start: 2026-07-18 09:00 UTC"),
        ("DTSTART:tomorrow", "Start: tomorrow"),
        ("DTEND;VALUE=DATE:00010101", "End: 0001-01-01"),
        ("DURATION:P1DT2H", "Duration: 1 day 2 hours"),
        (
            "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,FR;UNTIL=20260630",
            "Repeats: every 2 weeks on Tuesday and Friday, until 2026-06-30",
        ),
        ("RRULE:FREQ=MONTHLY;BYDAY=-1SU;COUNT=5", "Repeats: every month on the last Sunday, 5 times"),
        ("RRULE:FREQ=YEARLY;BYMONTH=5", "Repeats: every year in May"),
        ("RRULE:FREQ=YEARLY;BYMONTH=3,10;BYMONTHDAY=-1", "Repeats: every year on the last day in March and October"),
        ("RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=5;COUNT=1", "Repeats: every year on the second Sunday in May, 1 time"),
        *(
            (f"RRULE:FREQ=MONTHLY;{part}", f"Repeats: FREQ=MONTHLY;{part}")
            for part in ("BYDAY=MO,FR;BYSETPOS=-1", "BYDAY=20MO", "BYMONTHDAY=-3", "INTERVAL=0", "BYMONTH=13")
        ),
        ("RRULE:FREQ=SECONDLY;BYDAY=XX", "Repeats: FREQ=SECONDLY;BYDAY=XX"),
        (f"RRULE:FREQ=DAILY;INTERVAL={'9' * 5000}", f"Repeats: FREQ=DAILY;INTERVAL={'9' * 5000}"),
        (
            "EXDATE;TZID=Asia/Tokyo:20260813T140000,20260910T140000",
            "Not on: 2026-08-13 14:00 (Asia/Tokyo), 2026-09-10 14:00 (Asia/Tokyo)",
        ),
        ("FREEBUSY:20260718T090000Z/PT1H", "Busy: 2026-07-18 09:00 for 1 hour UTC"),
        (f"FREEBUSY:{'20260718T090000Z/' * 5000}", "Busy: 2026-07-18 09:00 to 2026-07-18 09:00 UTC"),
        ("STATUS:CANCELLED", "Status: cancelled"),
        ("CATEGORIES:Sport,Club\\, old", "Categories: Sport, Club, old"),
    ],
)
def test_times_and_rules_of_a_calendar_are_shown_as_people_write_them(line: str, shown: str) -> None:
    assert calendar("SUMMARY:Fair", line) == ["Fair", shown]


def test_an_event_of_one_day_does_not_end_before_it_begins() -> None:
    days = ("DTEND;VALUE=DATE:20260718", "DTSTART;VALUE=DATE:20260718")
    assert calendar("SUMMARY:Fair", *days) == ["Fair", "End: 2026-07-18\nStart: 2026-07-18"]


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        (("TRIGGER;RELATED=END:PT0S", "DESCRIPTION:Bring the key"), "Reminder: at the end: Bring the key"),
        (("TRIGGER:-P1D", "DESCRIPTION:This is an event reminder"), "Reminder: 1 day before"),
        (("TRIGGER;VALUE=DATE-TIME:20260717T090000Z", "DESCRIPTION:Fair"), "Reminder: 2026-07-17 09:00 UTC"),
    ],
)
def test_a_reminder_says_when_and_what(lines: tuple[str, ...], shown: str) -> None:
    assert calendar("SUMMARY:Fair", "BEGIN:VALARM", *lines, "END:VALARM") == ["Fair", shown]


def test_events_that_are_not_closed_and_lines_that_are_not_folded_are_read() -> None:
    lines = ["BEGIN:VEVENT", "SUMMARY:Fair", "DESCRIPTION:It is open", "", "until the evening, and", "free"] * 20
    read = texts(parse_document("a.ics", "\n".join(["BEGIN:VCALENDAR", *lines]).encode()))
    assert read == ["Fair", "It is open\n\nuntil the evening, and\nfree"] * 20


def test_what_is_not_read_of_a_calendar_is_reported() -> None:
    poll, event = ["BEGIN:VPOLL", "SUMMARY:When?", "END:VPOLL"], ["BEGIN:VEVENT", "SUMMARY:Fair", "X-ALT-DESC:<p>Come!"]
    document = parse_document("a.ics", "\n".join(["BEGIN:VCALENDAR", *poll, *event]).encode())
    assert document.unread_part == "the description of Fair, which is HTML; a poll: When?"


def test_entries_of_a_calendar_are_parts_and_it_has_its_own_name() -> None:
    entries = [
        "BEGIN:VTODO",
        "SUMMARY:Paint",
        "DUE:20260501",
        "END:VTODO",
        "BEGIN:VJOURNAL",
        "DESCRIPTION:It rained.",
        "END:VJOURNAL",
    ]
    zone = ["BEGIN:VTIMEZONE", "BEGIN:STANDARD", "DTSTART:19701025T030000", "END:STANDARD", "END:VTIMEZONE"]
    document = parse_document("a.ics", "\n".join(["BEGIN:VCALENDAR", "X-WR-CALNAME:Boats", *zone, *entries]).encode())
    assert document.title == "Boats"
    assert texts(document) == ["Paint", "Due: 2026-05-01", "Note", "It rained."]
    due = block(document, "Due")
    assert document.layout.printed(Span(due.start, due.end)) == "task Paint"


def test_what_is_attached_to_an_event_is_reported() -> None:
    lines = [
        "SUMMARY:Fair",
        "ATTACH;ENCODING=BASE64;VALUE=BINARY;FILENAME=plan.pdf:JVBERi0x",
        "ATTACH:https://example.org/a.pdf",
    ]
    document = parse_document("a.ics", "\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines]).encode())
    assert document.unread_part == "plan.pdf, which is attached to Fair"
    assert texts(document) == ["Fair", "Attachment: https://example.org/a.pdf"]


@ends
def test_a_card_is_its_name_over_lines_of_numbers_and_addresses(end: str) -> None:
    assert card(
        "VERSION:3.0",
        "N:Ruiz;Ana;;Dr.;",
        "FN:Dr. Ana Ruiz",
        "ORG:Harbour Association;Board",
        "TEL;TYPE=CELL,VOICE;TYPE=pref:+34 600 111 222",
        "item1.EMAIL;TYPE=INTERNET:ana@example.org",
        "item1.X-ABLabel:_$!<Work>!$_",
        "ADR;TYPE=HOME:;;Elmstr. 5\\, left;Berlin;;10115;Germany",
        "BDAY:19800502",
        "NOTE:Allergic to nuts. Call af",
        " ter 18:00\\, please.\\nNever on Sunday.",
        "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQ",
        " AAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoM",
        end=end,
    ) == [
        "Dr. Ana Ruiz",
        "Organization: Harbour Association, Board\nPhone (cell): +34 600 111 222\nEmail (work): ana@example.org\n"
        "Address (home): Elmstr. 5, left, Berlin, 10115, Germany\nBirthday: 1980-05-02",
        "Note: Allergic to nuts. Call after 18:00, please.\nNever on Sunday.",
    ]


def test_cards_of_all_versions_are_read_and_each_line_is_a_unit() -> None:
    old = ["VERSION:2.1", "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg", "TEL;HOME;VOICE:030 1"]
    old += ["LABEL;HOME;ENCODING=QUOTED-PRINTABLE:Elmstr. 5=0D=0A=", "10115 Berlin"]
    assert card(*old) == ["Jörg Müller", "Phone (home): 030 1\nAddress (home): Elmstr. 5 10115 Berlin"]
    new = [
        "VERSION:4.0",
        "FN:Li",
        'TEL;VALUE=uri;TYPE="voice,home":tel:+86-10',
        "BDAY:--0415",
        "EMAIL:li@x.org",
        "EMAIL:li@x.org",
    ]
    assert card(*new) == ["Li", "Phone (home): +86-10\nBirthday: 04-15\nEmail: li@x.org"]
    odd = ["FN:Al", "NOTE;CHARSET=undefined;QUOTED-PRINTABLE:M=C3=BC", "X-SKYPE:al", "ADR:;;C:\\\\;Rome"]
    assert card(*odd) == ["Al", "Skype: al\nAddress: C:\\, Rome", "Note: Mü"]
    assert card("ORG:Acme;Sales", "TEL:1") == ["Acme", "Organization: Acme, Sales\nPhone: 1"]


def test_a_character_that_is_folded_in_its_middle_is_whole_again() -> None:
    folded = "FN:Größe".encode().replace(b"\xc3\xb6", b"\xc3\r\n \xb6")
    assert texts(parse_document("a.vcf", b"BEGIN:VCARD\r\n" + folded + b"\r\nTEL:1\r\nEND:VCARD\r\n"))[0] == "Größe"
    assert texts(parse_document("a.vcf", "BEGIN:VCARD\r\nFN:Grö\r\n ße\r\n".encode("utf-16"))) == ["Größe"]


def test_cards_are_told_by_their_content_and_files_without_one_are_read_as_text() -> None:
    assert parse_document("contacts", b"BEGIN:VCARD\nFN:Li\nEND:VCARD\nBEGIN:VCARD\nFN:Al\nEND:VCARD\n").title == "contacts"
    assert parse_document("invite", b"begin:vcalendar\nbegin:vevent\nsummary:Fair\nend:vevent\n").layout.parser == "ics"
    assert parse_document("a.vcf", b"##fileformat=VCFv4.2\n#CHROM\tPOS\n20\t14370\n").layout.parser == "structured"
    for path, data, kind in (
        ("a.vcf", "Ann Lee\r\nOffice: 555 0142\r\n", "contact cards"),
        ("a.ics", "Holidays\n\nThe school is closed from 1 to 12 August.\n", "a calendar"),
        ("a.ics", "Fête au 3\u00a0mai", "a calendar"),
    ):
        document = parse_document(path, data.encode())
        assert document.text == data and document.encoding and f"the file as {kind}" in str(document.unread_part)
    with pytest.raises(DocumentError, match="without an event"):
        parse_document("a.ics", b"BEGIN:VCALENDAR\nEND:VCALENDAR\n")


def test_components_nested_or_closed_without_end_are_read_at_once() -> None:
    for mark in ("BEGIN", "END"):
        data = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Fair\n" + f"{mark}:X\n" * 50_000
        assert texts(parse_document("a.ics", data.encode()))[0] == "Fair"
