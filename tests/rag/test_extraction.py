import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotewise.rag.answers import Extraction
from quotewise.rag.pipeline import AskOptions, extract
from quotewise.rag.readers.span import SpanReader
from tests.index.texts import examples, texts

WHO = "Who built the lighthouse?"
LIGHTHOUSE = "The quay was dark. Maria Keller built the lighthouse in 1887. Its lamp burnt whale oil."


def extracted(reader: SpanReader, *given: str, most: int = 3) -> list[Extraction]:
    return list(extract(reader, WHO, given, AskOptions(max_quotes=most)).results)


@examples(20)
@given(st.text(max_size=80), st.lists(texts, max_size=4), st.integers(1, 4))
def test_every_text_gets_exact_quotes_of_its_own(reader: SpanReader, question: str, several: list[str], most: int) -> None:
    extractions = extract(reader, question, several, AskOptions(max_quotes=most, threshold=0))
    assert not extractions.truncated
    for number, (text, extraction) in enumerate(zip(several, extractions.results, strict=True)):
        assert extraction.text == number
        assert 0 <= extraction.answerability <= 1
        assert len(extraction.quotes) <= most
        assert extraction.answered == bool(extraction.quotes)
        assert extraction.quotes or extraction.answerability == 0
        for quote in extraction.quotes:
            assert text[quote.start : quote.end] == quote.quote != ""
            assert quote.highlights
            assert all(quote.start <= h.start < h.end <= quote.end for h in quote.highlights)
        short = extraction.short_answer
        assert short is None or text[short.start : short.end] == short.text
        assert short is None or (short.start, short.end) == extraction.quotes[0].highlights[0]


def test_a_text_that_answers_is_distinguished_from_one_that_does_not(reader: SpanReader) -> None:
    answering, other, empty = extracted(reader, LIGHTHOUSE, "Bread is baked at night. Boats lie still.", " \n")
    assert answering.quotes[0].quote == "Maria Keller built the lighthouse in 1887."
    assert answering.short_answer is not None
    assert answering.short_answer.text == "Maria Keller"
    assert answering.answerability > other.answerability > empty.answerability == 0
    assert [one.answered for one in (answering, other, empty)] == [True, False, False]
    assert (empty.quotes, empty.short_answer) == ((), None)


@pytest.mark.parametrize(("given", "number"), [(["Share.\n\nRead more\n\n---"], 1), ([], 0)])
def test_boilerplate_has_no_quotes_and_no_texts_have_no_extractions(reader: SpanReader, given: list[str], number: int) -> None:
    extractions = extracted(reader, *given)
    assert [(one.answerability, one.quotes) for one in extractions] == [(0.0, ())] * number


def test_texts_are_read_in_order_until_that_is_no_longer_wanted() -> None:
    reader = SpanReader(threads=1)
    long = LIGHTHOUSE + " Nobody came. The boats lay still for years." * 100
    [whole] = extracted(reader, long)
    left = iter(range(3))
    extractions = extract(reader, WHO, [LIGHTHOUSE, long, LIGHTHOUSE], AskOptions(), lambda: next(left, None) is not None)
    read, cut, unread = extractions.results
    assert [one.truncated for one in extractions.results] == [False, True, True]
    assert extractions.truncated
    assert read == extracted(reader, LIGHTHOUSE)[0]
    assert cut.quotes[0] == whole.quotes[0]
    assert (unread.answerability, unread.quotes, unread.short_answer) == (0.0, (), None)
