from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sentences import Span, sentence_spans
from index.store import StoredDocument
from rag.evidence import select_quotes
from rag.furniture import is_furniture
from rag.passages import Passage
from rag.readers import AnswerSpan, Reading

TEXT = (
    "The bridge fell in March. Rust had eaten its cables. Nobody had looked at them for years. "
    "The bridge fell in March! The mayor resigned. Share."
)


def reading(scores: list[float], text: str = TEXT, path: str = "a.txt", answer: AnswerSpan | None = None) -> Reading:
    sentences = tuple(sentence_spans(text))
    document = StoredDocument(path, "default", path, path, "0" * 64, "text/plain", "utf-8", 1, len(text), 1, {}, "")
    passage = Passage(document, 0, len(text), 1, (), sentences, (Span(0, len(text)),), text, 1.0, 1.0)
    return Reading(passage, np.array(scores, np.float32), answer)


def test_the_best_sentence_is_quoted_whole_and_alone_when_others_are_far_behind() -> None:
    [quote] = select_quotes([reading([0.1, 0.9, 0.2, 0.1, 0.1, 0.0])], 3)
    assert quote.passage.slice(quote.span) == "Rust had eaten its cables."
    assert quote.highlights == (quote.span,)


def test_neighbours_are_joined_and_highlight_their_sentences() -> None:
    [quote] = select_quotes([reading([0.1, 0.9, 0.8, 0.1, 0.1, 0.0])], 3)
    assert quote.passage.slice(quote.span) == "Rust had eaten its cables. Nobody had looked at them for years."
    assert len(quote.highlights) == 2


def test_quotes_that_stand_apart_come_best_first() -> None:
    quotes = select_quotes([reading([0.6, 0.1, 0.7, 0.1, 0.9, 0.0])], 3)
    assert [q.passage.slice(q.span)[:9] for q in quotes] == ["The mayor", "Nobody ha", "The bridg"]


def test_nothing_is_said_twice() -> None:
    quotes = select_quotes([reading([0.9, 0.1, 0.1, 0.9, 0.1, 0.0]), reading([0.9, 0, 0, 0, 0, 0], path="copy.txt")], 3)
    assert len(quotes) == 1


def test_page_furniture_is_never_quoted_even_when_it_scores_best() -> None:
    quotes = select_quotes([reading([0.5, 0.1, 0.1, 0.1, 0.1, 0.99])], 3)
    assert [q.passage.slice(q.span) for q in quotes] == ["The bridge fell in March."]
    assert select_quotes([reading([0.9], "Share."), reading([0.9], "Exit mobile version")], 3) == []


def test_a_short_answer_inside_the_quote_is_its_highlight() -> None:
    answer = AnswerSpan(Span(19, 24), 0.9)
    [quote] = select_quotes([reading([0.9, 0.1, 0.1, 0.1, 0.1, 0.0], answer=answer)], 1)
    assert quote.highlights == (answer.span,)
    assert quote.answer == answer
    [other] = select_quotes([reading([0.1, 0.9, 0.1, 0.1, 0.1, 0.0], answer=answer)], 1)
    assert other.answer is None


@given(st.lists(st.floats(0, 1, width=32), min_size=6, max_size=6), st.integers(1, 3))
def test_quotes_are_disjoint_runs_of_whole_sentences_in_order_of_score(scores: list[float], most: int) -> None:
    quotes = select_quotes([reading(scores)], most)
    assert 1 <= len(quotes) <= most
    starts, ends = {s.start for s in sentence_spans(TEXT)}, {s.end for s in sentence_spans(TEXT)}
    assert all(q.span.start in starts and q.span.end in ends for q in quotes)
    assert [q.score for q in quotes] == sorted((q.score for q in quotes), reverse=True)
    ordered = sorted(q.span for q in quotes)
    assert all(a.end < b.start for a, b in pairwise(ordered))


def test_no_readings_give_no_quotes() -> None:
    assert select_quotes([], 3) == []


FURNITURE = [
    "Share.",
    "Exit mobile version",
    "Read more",
    "Page 3 of 10",
    "---",
    "© 2024 A. Inc.",
    "| --- | --- |",
    "5 comments",
]
PROSE = [
    "He died.",
    "Shares fell 5%.",
    "Skip to step 4.",
    "Follow the red line.",
    "Log in to the console.",
    "東京。",
    "Copyright protects authors.",
]


@pytest.mark.parametrize("sentence", FURNITURE)
def test_furniture_is_recognised(sentence: str) -> None:
    assert is_furniture(sentence)


@pytest.mark.parametrize("sentence", PROSE)
def test_short_prose_is_no_furniture(sentence: str) -> None:
    assert not is_furniture(sentence)
