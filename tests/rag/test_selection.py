from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from quotewise.index.boilerplate import sentence_kind
from quotewise.index.sentences import Span, sentence_spans
from quotewise.index.store import DocumentReference
from quotewise.rag.passages import Passage
from quotewise.rag.readers import AnswerSpan, Reading
from quotewise.rag.readers.calibration import Calibration
from quotewise.rag.selection import explains, select_quotes

TEXT = (
    "The bridge fell in March. Rust had eaten its cables. Nobody had looked at them for years. "
    "The bridge fell in March! The mayor resigned. Share."
)


WHEN, WHY = "When did the bridge fall?", "Why did the bridge fall?"


def reading(scores: list[float], text: str = TEXT, path: str = "a.txt", answers: tuple[AnswerSpan | None, ...] = ()) -> Reading:
    sentences = tuple(sentence_spans(text))
    document = DocumentReference(path, path, path, "0" * 64, "text/plain")
    kinds = tuple(sentence_kind(text[a:b]) for a, b in sentences)
    passage = Passage(text, 0, len(text), 1, (), 1.0, 1.0, document, sentences, (Span(0, len(text)),), kinds)
    evidence = np.array(scores, np.float32)
    return Reading(passage, evidence[:, None], evidence, answers)


def quoted(question: str, scores: list[float], most: int = 3) -> list[str]:
    return [quote.passage.slice(quote.span) for quote in select_quotes(question, [reading(scores)], most)]


def test_the_best_sentence_is_quoted_whole_and_alone_when_others_are_far_behind() -> None:
    [quote] = select_quotes(WHEN, [reading([0.1, 0.9, 0.2, 0.1, 0.1, 0.0])], 3)
    assert quote.passage.slice(quote.span) == "Rust had eaten its cables."
    assert quote.highlights == (quote.span,)


def test_neighbours_are_joined_and_highlight_their_sentences() -> None:
    [quote] = select_quotes(WHEN, [reading([0.1, 0.9, 0.8, 0.1, 0.1, 0.0])], 3)
    assert quote.passage.slice(quote.span) == "Rust had eaten its cables. Nobody had looked at them for years."
    assert len(quote.highlights) == 2


def test_quotes_that_stand_apart_come_best_first() -> None:
    assert [text[:9] for text in quoted(WHEN, [0.85, 0.1, 0.87, 0.1, 0.9, 0.0])] == ["The mayor", "Nobody ha", "The bridg"]


def test_a_question_why_gets_the_lesser_causes_too_and_one_for_a_fact_does_not() -> None:
    scores = [0.01, 0.65, 0.01, 0.01, 0.9, 0.0]
    assert quoted(WHEN, scores) == ["The mayor resigned."]
    assert quoted(WHY, scores) == ["The mayor resigned.", "Rust had eaten its cables."]
    assert len(quoted(WHY, [0.65, 0.01, 0.65, 0.01, 0.9, 0.0])) == 3
    assert len(quoted(WHY, [0.65, 0.01, 0.65, 0.01, 0.9, 0.0], most=2)) == 2


@pytest.mark.parametrize("question", [WHY, "How does it work?", "so HOW did she do it", "Explain the fall.", "however"])
def test_questions_for_a_reason_or_a_way_are_told_from_those_for_a_measure(question: str) -> None:
    assert explains(question) == (question != "however")
    assert not explains(f"How many bridges fell when this was read: {len(question)}?")


def test_nothing_is_said_twice() -> None:
    quotes = select_quotes(WHEN, [reading([0.9, 0.1, 0.1, 0.9, 0.1, 0.0]), reading([0.9, 0, 0, 0, 0, 0], path="copy.txt")], 3)
    assert len(quotes) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Employees must give 30 days of notice before leave.", "Employees must give 60 days of notice before leave."),
        ("Visitors may bring dogs into the room.", "Visitors may not bring dogs into the room."),
        ("You can pay by card at the desk.", "You can't pay by card at the desk."),
        ("The keys are kept by Nils Holm.", "The keys are kept by Nils Berg."),
        ("The dam was opened on 3.5.1998 by the king.", "The dam was opened on 3.6.1998 by the king."),
    ],
)
def test_sentences_that_differ_in_a_number_a_name_or_a_negation_are_both_quoted(first: str, second: str) -> None:
    for a, b in ((first, second), (second, first)):
        quotes = select_quotes(WHEN, [reading([0.9], a, "a.txt"), reading([0.8], b, "b.txt")], 3)
        assert [quote.passage.document.path for quote in quotes] == ["a.txt", "b.txt"]


def test_a_longer_sentence_that_adds_no_fact_is_not_quoted_beside_a_shorter_one() -> None:
    said = "The bridge fell in March after years of rust."
    assert (
        len(select_quotes(WHEN, [reading([0.9], said, "a.txt"), reading([0.8], "the bridge fell in March", "b.txt")], 3)) == 1
    )
    adds = "The bridge fell in March 1998 after years of rust."
    assert len(select_quotes(WHEN, [reading([0.9], said, "a.txt"), reading([0.8], adds, "b.txt")], 3)) == 2


def test_neighbours_beyond_the_number_of_quotes_belong_to_a_quote_and_sentences_apart_do_not() -> None:
    [quote] = select_quotes(WHY, [reading([0.8, 0.9, 0.8, 0.01, 0.7, 0.0])], 1)
    assert quote.passage.slice(quote.span) == TEXT[: TEXT.index(" The bridge fell in March!")]


def test_boilerplate_is_no_evidence_even_when_it_scores_best() -> None:
    certain = Calibration((1.0, 0.0), (), 0.0)
    passages = [reading([0.0] * 6).passage, reading([0.0], "Exit mobile version").passage]
    features = [np.array([[0], [-3], [-3], [-3], [-3], [9]], np.float32), np.array([[9]], np.float32)]
    readings = [certain.reading(WHEN, passage, seen) for passage, seen in zip(passages, features, strict=True)]
    assert [text.passage.slice(text.span) for text in select_quotes(WHEN, readings, 1)] == ["The bridge fell in March."]


def test_the_span_that_answers_is_the_highlight_of_the_quote_of_its_sentence() -> None:
    answers = (AnswerSpan(Span(19, 24), 0.9), AnswerSpan(Span(26, 30), 0.8), *[None] * 4)
    [quote] = select_quotes(WHEN, [reading([0.9, 0.1, 0.1, 0.1, 0.1, 0.0], answers=answers)], 1)
    assert (quote.highlights, quote.answer) == ((Span(19, 24),), answers[0])
    [other] = select_quotes(WHEN, [reading([0.1, 0.1, 0.9, 0.1, 0.1, 0.0], answers=answers)], 1)
    assert (other.highlights, other.answer) == ((other.span,), None)


@st.composite
def answers_of_sentences(draw: st.DrawFn) -> tuple[AnswerSpan | None, ...]:
    """Spans such as the reader finds: each lies in its sentence."""
    answers: list[AnswerSpan | None] = []
    for sentence in sentence_spans(TEXT):
        start = draw(st.integers(sentence.start, sentence.end - 1))
        end = draw(st.integers(start + 1, sentence.end))
        answers.append(AnswerSpan(Span(start, end), 0.5) if draw(st.booleans()) else None)
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


@pytest.mark.parametrize("question", ["Who holds the copyright?", "which licence is it under", "Who published the book?"])
def test_a_notice_is_evidence_only_where_it_is_asked_for(question: str) -> None:
    notice = reading([0.0, 0.0], "Copyright 2019 by Nadia Fontaine.\n\nRead more").passage
    certain, features = Calibration((1.0, 0.0), (), 0.0), np.array([[3], [3]], np.float32)
    assert not certain.reading(WHEN, notice, features).evidence.any()
    assert certain.reading(question, notice, features).evidence.tolist() == pytest.approx([0.953, 0.0], abs=0.001)
