import re

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
