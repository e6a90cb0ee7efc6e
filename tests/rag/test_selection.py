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
from quotewise.rag.selection import explains, select_quotes, short_span

TEXT = (
    "The bridge fell in March. Rust had eaten its cables. Nobody had looked at them for years. "
    "The bridge fell in March! The mayor resigned. Share."
)
SENTENCES = sentence_spans(TEXT)
WHEN, WHY = "When did the bridge fall?", "Why did the bridge fall?"


def reading(scores: list[float], text: str = TEXT, path: str = "a.txt", answers: tuple[AnswerSpan | None, ...] = ()) -> Reading:
    sentences = tuple(sentence_spans(text))
    document = DocumentReference(path, path, path, "0" * 64, "text/plain")
    kinds = tuple(sentence_kind(text[a:b]) for a, b in sentences)
    passage = Passage(text, 0, len(text), 1, (), 1.0, 1.0, document, sentences, (Span(0, len(text)),), kinds)
    evidence = np.array(scores, np.float32)
    spans = tuple((one,) if one else () for one in answers or (None,) * len(scores))
    return Reading(passage, evidence[:, None], evidence, spans)


def quoted(question: str, *readings: Reading, most: int = 3) -> list[str]:
    return [quote.passage.slice(quote.span) for quote in select_quotes(question, readings, most)]


@pytest.mark.parametrize(
    ("question", "scores", "most", "quotes"),
    [
        (WHEN, [0.1, 0.9, 0.2, 0.1, 0.1, 0.0], 3, [(1, 1)]),  # others are far behind
        (WHEN, [0.1, 0.9, 0.8, 0.1, 0.1, 0.0], 3, [(1, 2)]),  # neighbours are joined
        (WHEN, [0.85, 0.1, 0.87, 0.1, 0.9, 0.0], 3, [(4, 4), (2, 2), (0, 0)]),  # the best one first
        (WHEN, [0.01, 0.65, 0.01, 0.01, 0.9, 0.0], 3, [(4, 4)]),
        (WHY, [0.01, 0.65, 0.01, 0.01, 0.9, 0.0], 3, [(4, 4), (1, 1)]),  # a why gets the lesser causes, too
        (WHY, [0.65, 0.01, 0.65, 0.01, 0.9, 0.0], 3, [(4, 4), (0, 0), (2, 2)]),
        (WHY, [0.65, 0.01, 0.65, 0.01, 0.9, 0.0], 2, [(4, 4), (0, 0)]),
        (WHY, [0.8, 0.9, 0.8, 0.01, 0.7, 0.0], 1, [(0, 2)]),  # neighbours belong to a quote beyond the number of quotes
        (WHEN, [0.9, 0.1, 0.1, 0.9, 0.1, 0.0], 3, [(0, 0)]),  # the fourth sentence repeats the first
    ],
)
def test_quotes_are_the_best_sentences_with_neighbours_joined(
    question: str, scores: list[float], most: int, quotes: list[tuple[int, int]]
) -> None:
    expected = [TEXT[SENTENCES[first].start : SENTENCES[last].end] for first, last in quotes]
    assert quoted(question, reading(scores), most=most) == expected
    assert quoted(question) == []


@pytest.mark.parametrize("question", [WHY, "How does it work?", "so HOW did she do it", "Explain the fall.", "however"])
def test_questions_for_a_reason_or_a_way_are_distinguished_from_those_for_a_measure(question: str) -> None:
    assert explains(question) == (question != "however")
    assert not explains(f"How many bridges fell when this was read: {len(question)}?")


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        ("Employees must give 30 days of notice before leave.", "Employees must give 60 days of notice before leave.", True),
        ("Visitors may bring dogs into the room.", "Visitors may not bring dogs into the room.", True),
        ("You can pay by card at the desk.", "You can't pay by card at the desk.", True),
        ("The keys are kept by Nils Holm.", "The keys are kept by Nils Berg.", True),
        ("The dam was opened on 3.5.1998 by the king.", "The dam was opened on 3.6.1998 by the king.", True),
        ("The bridge fell in March after years of rust.", "the bridge fell in March", False),
        ("The bridge fell in March.", "The bridge fell in March!", False),
    ],
)
def test_sentences_that_differ_in_a_number_a_name_or_a_negation_are_both_quoted(first: str, second: str, both: bool) -> None:
    for a, b in ((first, second), (second, first)):
        quotes = select_quotes(WHEN, [reading([0.9], a, "a.txt"), reading([0.8], b, "b.txt")], 3)
        assert [quote.passage.document.path for quote in quotes] == ["a.txt", "b.txt"][: 1 + both]


def test_boilerplate_is_no_evidence_even_when_it_scores_best() -> None:
    certain = Calibration((1.0, 0.0), (), 0.0)
    passages = [reading([0.0] * 6).passage, reading([0.0], "Exit mobile version").passage]
    features = [np.array([[0], [-3], [-3], [-3], [-3], [9]], np.float32), np.array([[9]], np.float32)]
    readings = [certain.reading(WHEN, passage, scores) for passage, scores in zip(passages, features, strict=True)]
    assert quoted(WHEN, *readings, most=1) == ["The bridge fell in March."]


@pytest.mark.parametrize("question", ["Who holds the copyright?", "which licence is it under", "Who published the book?"])
def test_a_notice_is_evidence_only_where_it_is_asked_for(question: str) -> None:
    notice = reading([0.0, 0.0], "Copyright 2019 by Nadia Fontaine.\n\nRead more").passage
    certain, features = Calibration((1.0, 0.0), (), 0.0), np.array([[3], [3]], np.float32)
    assert not certain.reading(WHEN, notice, features).evidence.any()
    assert certain.reading(question, notice, features).evidence.tolist() == pytest.approx([0.953, 0.0], abs=0.001)


@st.composite
def answers_of_sentences(draw: st.DrawFn) -> tuple[AnswerSpan | None, ...]:
    """Spans such as the reader predicts: each lies in its sentence."""
    answers: list[AnswerSpan | None] = []
    for sentence in SENTENCES:
        start = draw(st.integers(sentence.start, sentence.end - 1))
        end = draw(st.integers(start + 1, sentence.end))
        answers.append(AnswerSpan(Span(start, end), 0.5) if draw(st.booleans()) else None)
    return tuple(answers)


def marked(span: Span) -> Span:
    """A span without the spaces around it, the full stop of its sentence, unless it is that, and ``in`` before a date."""
    start, end = span
    while span not in SENTENCES and start < end and TEXT[start] == " ":
        start += 1
    while span not in SENTENCES and start < end and TEXT[end - 1] == " ":
        end -= 1
    if TEXT.startswith("in March", start) and end > start + 3:
        start += 3
    is_word = len(word := TEXT[max(start, end - 5) : end - 1]) == 4 and word.isalpha()
    return Span(start, end - 1 if span not in SENTENCES and TEXT[end - 1] == "." and is_word else end)


@given(
    st.lists(st.floats(2**-10, 1, width=32), min_size=6, max_size=6),
    st.integers(1, 3),
    st.sampled_from((WHEN, WHY)),
    st.one_of(st.just(()), answers_of_sentences()),
)
def test_quotes_are_runs_of_whole_sentences_in_order_of_score_with_their_answers_as_highlights(
    scores: list[float], most: int, question: str, answers: tuple[AnswerSpan | None, ...]
) -> None:
    quotes = select_quotes(question, [reading(scores, answers=answers)], most)
    assert 1 <= len(quotes) <= most
    starts, ends = {s.start for s in SENTENCES}, {s.end for s in SENTENCES}
    assert all(q.span.start in starts and q.span.end in ends for q in quotes)
    assert [q.score for q in quotes] == sorted((q.score for q in quotes), reverse=True)
    assert all(a.end < b.start for a, b in pairwise(sorted(q.span for q in quotes)))
    for quote in quotes:
        inside = [marked(a.span) for a in answers if a and quote.span.start <= a.span.start < quote.span.end]
        inside = [span for span in inside if span.start < span.end]
        whole = [sentence for sentence in SENTENCES if quote.span.start <= sentence.start < quote.span.end]
        assert set(quote.highlights) == set(inside or whole)
        assert quote.answer is None or quote.highlights[0] == quote.answer.span


@pytest.mark.parametrize(
    ("question", "text", "short"),
    [
        ("Do you ship to Iceland?", "Do you ship to Iceland?", False),  # the question of a list, quoted with its answer
        ("Is the door red or blue?", "red", True),
        ("When did the bridge fall?", "The bridge fell in March.", True),
    ],
)
def test_a_span_that_repeats_the_question_is_no_short_answer(question: str, text: str, short: bool) -> None:
    answers = (AnswerSpan(Span(0, len(text)), 0.9),)
    [quote] = select_quotes(question, [reading([0.9], text, answers=answers)], 1)
    assert (short_span(question, quote, 0.8) is not None) == short


@pytest.mark.parametrize(
    ("question", "text", "answer", "short"),
    [
        ("How much wine goes into it?", "Add 4 dl of white wine.", "white", None),
        ("How much wine goes into it?", "Add 4 dl of white wine.", "4 dl", "4 dl"),
        ("How many bells are there?", "There are three bells, cast in 1702.", "three", "three"),
        ("Which wine goes into it?", "Add 4 dl of white wine.", "white", "white"),
        ("When is it eaten?", "They eat it in the Holy Week (Easter).", "the Holy Week (Easter", "the Holy Week (Easter)"),
        ("When did the bridge fall?", "The bridge fell in March 1891.", "in March 1891", "March 1891"),
        ("When does it open?", "It opens on the 3rd of May.", "on the 3rd of May", "the 3rd of May"),
        ("When is it due?", "It is due by 3 May.", "by 3 May", "by 3 May"),
        ("Where is it made?", "It is made in Mayfair.", "in Mayfair", "in Mayfair"),
        ("When was 2.8.0 released?", "2.8.0 was released on 2023-10-15.", "2023", "2023-10-15"),
        ("When is the hut open?", "The hut is open from June to August.", "June", "June to August"),
    ],
)
def test_a_short_answer_has_the_number_that_is_asked_for_no_half_of_a_bracket_and_no_word_before_a_date(
    question: str, text: str, answer: str, short: str | None
) -> None:
    start = text.index(answer)
    answers = (AnswerSpan(Span(start, start + len(answer)), 0.9),)
    [quote] = select_quotes(question, [reading([0.9], text, answers=answers)], 1)
    found = short_span(question, quote, 0.8)
    assert (quote.passage.slice(found.span) if found else None) == short
