import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotewise.index.layout import Layout, Part
from quotewise.index.sentences import Span
from tests.index.texts import LINE_ENDS, texts


@given(texts, st.data())
def test_a_span_stands_in_the_lines_that_an_editor_shows(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    layout = Layout.of("text", 1, text)
    place = layout.place(Span(start, end))
    lines = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text)), len(text) + 1]
    assert place.lines[0] == sum(line <= start for line in lines)
    assert place.lines[1] == sum(line <= max(start, end - 1) for line in lines)
    assert Layout.from_bytes(layout.to_bytes()) == layout
    first, last = place.lines
    lines_shown = layout.line_span(first, last, len(text))
    assert lines_shown.start <= start <= end <= max(lines_shown.end, start)


def test_a_span_stands_on_the_page_that_it_starts_on() -> None:
    pages = (Part(0, "page", 1, "i"), Part(5, "page", 2, "1"))
    layout = Layout.of("pdf", 3, "ab\ncd" + LINE_ENDS[0] + "ef", pages)
    assert Layout.from_bytes(layout.to_bytes()) == layout
    place = layout.place(Span(6, 8))
    assert (place.lines, place.page, place.boxes, place.part) == ((3, 3), 2, (), pages[1])
    assert layout.place(Span(3, 8)).page == 1
    assert Layout.of("sheet", 1, "a", (Part(0, "sheet", 1, "Costs"),)).place(Span(0, 1)).page is None


PAGES = (Part(0, "page", 1, "i"), Part(3, "page", 2, "2"), Part(6, "page", 3))
ROWS = (Part(0, "sheet", 1, "Costs"), Part(3, "row", 4, "Costs!B4"), Part(6, "row", 5, "Costs!A5:C5"))
CUES = (Part(0, "cue", 1, "00:12:04.500 --> 00:12:06.000"), Part(3, "cue", 2, "00:12:06.000 --> 00:12:09.000"))


@pytest.mark.parametrize(
    ("parser", "parts", "span", "heading", "printed"),
    [
        ("pdf", PAGES, Span(4, 5), ("Rent",), "page 2"),
        ("pdf", PAGES, Span(0, 3), (), "page 1 (i)"),
        ("pdf", PAGES, Span(1, 9), (), "pages 1–3"),
        ("pptx", (Part(0, "slide", 5),), Span(0, 1), (), "slide 5"),
        ("xlsx", ROWS, Span(0, 2), (), "sheet Costs"),
        ("xlsx", ROWS, Span(3, 5), ("Item | Price",), "sheet Costs, B4"),
        ("xlsx", ROWS, Span(6, 8), (), "sheet Costs, A5:C5"),
        ("xlsx", ROWS, Span(3, 8), (), "sheet Costs, B4:C5"),
        ("subtitles", CUES, Span(0, 2), (), "00:12:04"),
        ("subtitles", CUES, Span(0, 5), (), "00:12:04–00:12:06"),
        ("epub", (Part(0, "chapter", 2, "Loomings"), Part(6, "chapter", 3)), Span(0, 2), (), "Loomings"),
        ("epub", (Part(0, "chapter", 2, "Loomings"), Part(6, "chapter", 3)), Span(6, 8), (), "chapter 3"),
        ("mbox", (Part(0, "message", 7, "Offer"),), Span(0, 2), (), "message 7"),
        ("mail", (Part(0, "attachment", 1, "2 lease.docx"),), Span(0, 2), (), "attachment 2 lease.docx"),
        ("text", (), Span(0, 2), (), "line 1"),
        ("markdown", (), Span(1, 9), ("Rent",), "lines 1–3"),
        ("docx", (), Span(6, 8), ("Rules", "Rent", "Item | Price"), "section Rent"),
        ("html", (), Span(4, 8), (), "paragraph 2"),
    ],
)
def test_a_place_is_printed_as_people_write_it(
    parser: str, parts: tuple[Part, ...], span: Span, heading: tuple[str, ...], printed: str
) -> None:
    assert Layout.of(parser, 1, "abc\n\nefg\nh", parts).printed(span, heading) == printed
