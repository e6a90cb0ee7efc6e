import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sentences import Span, line_spans, line_starts, sentence_spans
from tests.index.texts import LINE_ENDS, examples, texts

ends = pytest.mark.parametrize("end", LINE_ENDS, ids=("LF", "CRLF", "CR"))


def sentences(text: str) -> list[str]:
    return [text[a:b] for a, b in sentence_spans(text)]


def test_abbreviations_and_decimals_do_not_end_a_sentence() -> None:
    assert sentences("Mr. Smith met U.S. envoys at 5 p.m. on Monday. It cost $3.50 a head.") == [
        "Mr. Smith met U.S. envoys at 5 p.m. on Monday.",
        "It cost $3.50 a head.",
    ]


@ends
def test_a_single_line_break_does_not_end_a_sentence(end: str) -> None:
    text = f"The warning was{end}too general."
    assert sentences(text) == [text]


@ends
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Share", "Twelve people died."),
        ("no full stop", "and no capital"),
        ("See Fig.", "two of these"),
        ("as follows:", "iPods"),
    ],
)
def test_a_blank_line_ends_a_sentence_whatever_its_punctuation(before: str, after: str, end: str) -> None:
    for blank in (end, f" \t{end}", end * 3):
        assert sentences(f"{before}{end}{blank}{after}") == [before, after]


@ends
def test_list_items_are_sentences_without_their_marks(end: str) -> None:
    text = end.join(["Bring these:", "- a lamp", "  * oil and wicks", "2. bread", "10) water", "• salt"])
    assert sentences(text) == ["Bring these:", "a lamp", "oil and wicks", "bread", "water", "salt"]


def test_a_number_or_dash_within_a_line_is_no_list_mark() -> None:
    text = "It grew by 3.5 - 4.0 per cent."
    assert sentences(text) == [text]


@ends
def test_table_rows_are_sentences(end: str) -> None:
    assert sentences(f"name | born | died{end}Ann | 1900 | 1980{end}| Bob | 1910 |{end}| Eve | 1920 |") == [
        "name | born | died",
        "Ann | 1900 | 1980",
        "| Bob | 1910 |",
        "| Eve | 1920 |",
    ]


@ends
def test_lines_are_numbered_as_an_editor_does(end: str) -> None:
    assert line_starts(f"a{end}{end}b\x0c\u2028c{end}") == [0, 1 + len(end), 1 + 2 * len(end), 5 + 3 * len(end)]


@ends
def test_lines_of_code_are_kept_apart_and_blank_ones_left_out(end: str) -> None:
    text = f"before{end}    x = 1. Y = 2{end} \t{end}z{end}"
    spans = line_spans(text, len(f"before{end}"), len(text))
    assert [text[a:b] for a, b in spans] == ["x = 1. Y = 2", "z"]


@examples(300)
@given(texts, st.data())
def test_sentences_of_a_range_are_exact_spans_within_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    for spans in (sentence_spans(text, start, end), line_spans(text, start, end)):
        edges = [start, *(edge for span in spans for edge in span), end]
        assert edges == sorted(edges)
        assert all(text[span.start : span.end] == text[span.start : span.end].strip() != "" for span in spans)
        assert all(isinstance(span, Span) for span in spans)


def test_a_line_of_a_megabyte_is_split_in_seconds() -> None:
    line = "It happened again and again, " * 35_000
    assert sentence_spans(f"First.\n\n{line}\n\nLast one.")[-1] == (len(line) + 10, len(line) + 19)
