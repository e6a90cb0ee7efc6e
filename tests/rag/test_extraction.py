import pytest
from hypothesis import given
from hypothesis import strategies as st
from quotewise.rag.extraction import Extractor
from quotewise.rag.readers.span_model import BUNDLED, SpanModel

from tests.index.texts import examples, texts

WHO = "Who built the lighthouse?"
LIGHTHOUSE = "The quay was dark. Maria Keller built the lighthouse in 1887. Its lamp burnt whale oil."


@pytest.fixture(scope="module")
def extractor(model: SpanModel) -> Extractor:
    return Extractor(model)


@examples(20)
@given(st.text(max_size=80), st.lists(texts, max_size=4), st.integers(1, 4))
def test_every_text_gets_exact_quotes_of_its_own(extractor: Extractor, question: str, several: list[str], most: int) -> None:
    extractions = extractor.extract(question, several, most)
    for text, extraction in zip(several, extractions, strict=True):
        assert 0 <= extraction.answerability <= 1
        assert len(extraction.quotes) <= most
        assert extraction.quotes or extraction.answerability == 0
        for quote in extraction.quotes:
            assert text[quote.start : quote.end] == quote.quote != ""
            assert quote.highlights
            assert all(quote.start <= h.start < h.end <= quote.end for h in quote.highlights)
            assert quote.answer is None or quote.highlights[0] == quote.answer.span
        short = extraction.short_answer
        assert short is None or text[short.start : short.end] == short.text
        assert short is None or extraction.quotes[0].start <= short.start < short.end <= extraction.quotes[0].end


def test_the_text_that_answers_is_told_from_one_that_does_not(extractor: Extractor) -> None:
    answering, other, empty = extractor.extract(WHO, [LIGHTHOUSE, "Bread is baked at night. Boats lie still.", " \n"])
    assert answering.quotes[0].quote == "Maria Keller built the lighthouse in 1887."
    assert answering.short_answer is not None
    assert answering.short_answer.text == "Maria Keller"
    assert answering.answerability > other.answerability > empty.answerability == 0
    assert (empty.quotes, empty.short_answer) == ((), None)


def test_a_text_of_page_furniture_has_no_quotes(extractor: Extractor) -> None:
    [furniture] = extractor.extract(WHO, ["Share.\n\nRead more\n\n---"])
    assert (furniture.answerability, furniture.quotes) == (0.0, ())


def test_no_texts_give_no_extractions(extractor: Extractor) -> None:
    assert extractor.extract(WHO, []) == []


def test_texts_are_read_in_order_as_long_as_that_is_wanted() -> None:
    extractor = Extractor(SpanModel(BUNDLED, threads=1))
    long = LIGHTHOUSE + " Nobody came. The boats lay still for years." * 100
    [whole] = extractor.extract(WHO, [long])
    left = iter(range(3))
    extractions = extractor.extract(WHO, [LIGHTHOUSE, long, LIGHTHOUSE], wanted=lambda: next(left, None) is not None)
    read, cut, unread = extractions
    assert [one.truncated for one in extractions] == [False, True, True]
    assert read == extractor.extract(WHO, [LIGHTHOUSE])[0]
    assert cut.quotes[0] == whole.quotes[0]
    assert (unread.answerability, unread.quotes, unread.short_answer) == (0.0, (), None)
