from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sentences import Span, sentence_spans
from index.store import StoredDocument
from rag.evidence import explains, quotable, select_quotes
from rag.furniture import is_furniture
from rag.passages import Passage
from rag.readers import AnswerSpan, Reading

TEXT = (
    "The bridge fell in March. Rust had eaten its cables. Nobody had looked at them for years. "
    "The bridge fell in March! The mayor resigned. Share."
)


WHEN, WHY = "When did the bridge fall?", "Why did the bridge fall?"


def reading(scores: list[float], text: str = TEXT, path: str = "a.txt", answers: tuple[AnswerSpan | None, ...] = ()) -> Reading:
    sentences = tuple(sentence_spans(text))
    document = StoredDocument(path, "default", path, path, "0" * 64, "text/plain", "utf-8", 1, len(text), 1, {}, "")
    passage = Passage(document, 0, len(text), 1, (), sentences, (Span(0, len(text)),), text, 1.0, 1.0)
    evidence = np.array(scores, np.float32)
    return Reading(passage, evidence[:, None], evidence, answers)


def quoted(question: str, scores: list[float], most: int = 3) -> list[str]:
    return [quote.passage.slice(quote.span) for quote in select_quotes(question, [quotable(reading(scores))], most)]


def test_the_best_sentence_is_quoted_whole_and_alone_when_others_are_far_behind() -> None:
    [quote] = select_quotes(WHEN, [reading([0.1, 0.9, 0.2, 0.1, 0.1, 0.0])], 3)
    assert quote.passage.slice(quote.span) == "Rust had eaten its cables."
    assert quote.highlights == (quote.span,)


def test_neighbours_are_joined_and_highlight_their_sentences() -> None:
    [quote] = select_quotes(WHEN, [reading([0.1, 0.9, 0.8, 0.1, 0.1, 0.0])], 3)
    assert quote.passage.slice(quote.span) == "Rust had eaten its cables. Nobody had looked at them for years."
    assert len(quote.highlights) == 2


def test_quotes_that_stand_apart_come_best_first() -> None:
    assert [text[:9] for text in quoted(WHEN, [0.72, 0.1, 0.8, 0.1, 0.9, 0.0])] == ["The mayor", "Nobody ha", "The bridg"]


def test_a_question_why_gets_the_lesser_causes_too_and_one_for_a_fact_does_not() -> None:
    scores = [0.01, 0.6, 0.01, 0.01, 0.9, 0.0]
    assert quoted(WHEN, scores) == ["The mayor resigned."]
    assert quoted(WHY, scores) == ["The mayor resigned.", "Rust had eaten its cables."]
    assert len(quoted(WHY, [0.6, 0.01, 0.6, 0.01, 0.9, 0.0])) == 3
    assert len(quoted(WHY, [0.6, 0.01, 0.6, 0.01, 0.9, 0.0], most=2)) == 2


@pytest.mark.parametrize("question", [WHY, "How does it work?", "so HOW did she do it", "Explain the fall.", "however"])
def test_questions_for_a_reason_or_a_way_are_told_from_those_for_a_measure(question: str) -> None:
    assert explains(question) == (question != "however")
    assert not explains(f"How many bridges fell when this was read: {len(question)}?")


def test_nothing_is_said_twice() -> None:
    quotes = select_quotes(WHEN, [reading([0.9, 0.1, 0.1, 0.9, 0.1, 0.0]), reading([0.9, 0, 0, 0, 0, 0], path="copy.txt")], 3)
    assert len(quotes) == 1


def test_page_furniture_is_never_quoted_even_when_it_scores_best() -> None:
    assert quoted(WHEN, [0.5, 0.1, 0.1, 0.1, 0.1, 0.99]) == ["The bridge fell in March."]
    furniture = [quotable(reading([0.9], "Share.")), quotable(reading([0.9], "Exit mobile version"))]
    assert select_quotes(WHEN, furniture, 3) == []


def test_the_span_that_answers_is_the_highlight_of_the_quote_of_its_sentence() -> None:
    answers = (AnswerSpan(Span(19, 24), 0.9), AnswerSpan(Span(26, 30), 0.8), *[None] * 4)
    [quote] = select_quotes(WHEN, [reading([0.9, 0.1, 0.1, 0.1, 0.1, 0.0], answers=answers)], 1)
    assert (quote.highlights, quote.answer) == ((Span(19, 24),), answers[0])
    [other] = select_quotes(WHEN, [reading([0.1, 0.1, 0.9, 0.1, 0.1, 0.0], answers=answers)], 1)
    assert (other.highlights, other.answer) == ((other.span,), None)


def test_a_quote_reaches_to_the_end_of_the_sentence_in_which_its_answer_ends() -> None:
    answer = AnswerSpan(Span(TEXT.index("Rust"), TEXT.index(" at them")), 0.9)
    [quote] = select_quotes(WHEN, [reading([0.1, 0.9, 0.1, 0.1, 0.1, 0.0], answers=(None, answer, *[None] * 4))], 1)
    assert quote.passage.slice(quote.span) == "Rust had eaten its cables. Nobody had looked at them for years."
    assert quote.highlights == (answer.span,)


def test_quotes_that_come_to_overlap_are_one() -> None:
    answer = AnswerSpan(Span(0, TEXT.index(" at them")), 0.9)
    quotes = select_quotes(WHEN, [reading([0.9, 0.1, 0.8, 0.1, 0.1, 0.0], answers=(answer, *[None] * 5))], 3)
    assert [quote.passage.slice(quote.span) for quote in quotes] == [TEXT[: TEXT.index(" The bridge fell in March!")]]


@st.composite
def answers_of_sentences(draw: st.DrawFn) -> tuple[AnswerSpan | None, ...]:
    """Spans such as the reader finds: each starts in its sentence and ends there or in the next one."""
    sentences = sentence_spans(TEXT)
    answers: list[AnswerSpan | None] = []
    for sentence, following in zip(sentences, [*sentences[1:], sentences[-1]], strict=True):
        start = draw(st.integers(sentence.start, sentence.end - 1))
        end = draw(st.one_of(st.integers(start + 1, sentence.end), st.integers(following.start + 1, following.end)))
        answers.append(AnswerSpan(Span(start, max(end, start + 1)), 0.5) if draw(st.booleans()) else None)
    return tuple(answers)


@given(
    st.lists(st.floats(2**-10, 1, width=32), min_size=6, max_size=6),
    st.integers(1, 3),
    st.sampled_from((WHEN, WHY)),
    st.one_of(st.just(()), answers_of_sentences()),
)
def test_quotes_are_runs_of_whole_sentences_in_order_of_score_with_their_highlights_inside(
    scores: list[float], most: int, question: str, answers: tuple[AnswerSpan | None, ...]
) -> None:
    quotes = select_quotes(question, [reading(scores, answers=answers)], most)
    assert 1 <= len(quotes) <= most
    starts, ends = {s.start for s in sentence_spans(TEXT)}, {s.end for s in sentence_spans(TEXT)}
    assert all(q.span.start in starts and q.span.end in ends for q in quotes)
    assert all(q.span.start <= h.start < h.end <= q.span.end for q in quotes for h in q.highlights)
    assert [q.score for q in quotes] == sorted((q.score for q in quotes), reverse=True)
    assert all(a.end < b.start for a, b in pairwise(sorted(q.span for q in quotes)))


def test_no_readings_give_no_quotes() -> None:
    assert select_quotes(WHEN, [], 3) == []


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
