import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotewise.index.sentences import Span
from quotewise.rag.readers import AnswerSpan
from quotewise.rag.short_answers import likeliest_answer

TEXT = "In the year 1764 the hall was built by Tobias Renn of Graz, an architect."


def spans_of(text: str, likely: dict[str, float], start: int = 0) -> list[AnswerSpan]:
    found = {words: start + text.index(words) for words in likely}
    return [AnswerSpan(Span(found[words], found[words] + len(words)), p) for words, p in likely.items()]


@pytest.mark.parametrize(
    ("text", "likely", "best"),
    [
        (TEXT, {"Tobias Renn": 0.6, "Tobias Renn of Graz": 0.3}, "Tobias Renn"),
        (TEXT, {"Graz": 0.35, "Tobias Renn of Graz": 0.3, "Tobias Renn": 0.3}, "Tobias Renn of Graz"),
        (TEXT, {"1764": 0.35, "Tobias Renn of Graz": 0.3, "Tobias Renn": 0.3}, "Tobias Renn of Graz"),
        (TEXT, {"the hall": 0.4, "hall": 0.35, "1764": 0.42}, "the hall"),  # articles say nothing
        (
            "長江は全長6300キロメートルの川。",
            {"6300": 0.3, "全長6300キロメートル": 0.25, "6300キロメートル": 0.25},
            "6300キロメートル",
        ),
        (TEXT, {"Tobias Renn": 0.4, "1764": 0.3, "1764 the hall was built by Tobias Renn": 0.25}, "Tobias Renn"),
        ("-- ?! --", {"--": 0.3, "?!": 0.5}, "?!"),
    ],
)
def test_the_short_answer_is_the_span_that_most_of_the_likely_ones_share(
    text: str, likely: dict[str, float], best: str
) -> None:
    chosen = likeliest_answer(spans_of(text, likely, 7), Span(7, 7 + len(text)), text)
    assert chosen is not None
    assert text[chosen.span.start - 7 : chosen.span.end - 7] == best
    assert likely[best] <= chosen.probability <= sum(likely.values())


@given(st.lists(st.tuples(st.integers(0, len(TEXT) - 1), st.integers(1, len(TEXT)), st.floats(0, 1)), max_size=10))
def test_it_is_one_of_them_and_its_probability_is_one(drawn: list[tuple[int, int, float]]) -> None:
    spans = [AnswerSpan(Span(start, end), share / len(drawn)) for start, end, share in drawn if start < end]
    chosen = likeliest_answer(spans, Span(0, len(TEXT)), TEXT)
    assert (chosen is None) == (not spans)
    assert chosen is None or (chosen.span in {one.span for one in spans} and 0 <= chosen.probability <= 1)
