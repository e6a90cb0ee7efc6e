import random
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from quotewise.eval.datasets import Row
from quotewise.eval.training.examples import IGNORED, MAX_TOKENS, Corpus, Encoded, Example, Share, encode, examples
from quotewise.eval.training.teacher import Teacher
from quotewise.index.embedders import BUNDLED
from quotewise.index.sentences import Span, sentence_spans
from quotewise.rag.readers.span_model import DEEP_FOLDER

TOKENIZER = Tokenizer.from_file(str(BUNDLED / "tokenizer.json"))
TOKENIZER.no_truncation()
TOKENIZER.no_padding()
TEACHER = Teacher([DEEP_FOLDER])
QUESTION = "Who built the lighthouse?"
FACT = "Maria Keller built the lighthouse of Brest in 1887."
OTHERS = (
    "The harbour was quiet, and boats lay still.",
    "Cafés (some very old) line the quay: 3.5 of them!",
    "Mr. Ray's U.S. visit ended at 5 p.m.",
    "東京は静かだった。",
    "Ete\u0301 a\u0323 la mer 🌊.",
    "- a list item\n",
)
SEPARATE = ("Maria Keller", "Maria", "1887", "the lighthouse of Brest", FACT, "Brest in 1887.", "Keller built")


def said(encoded: Encoded) -> list[int]:
    return [int(piece) for piece in encoded.ids[encoded.start : encoded.end + 1]]


def pieces(text: str) -> list[int]:
    return list(TOKENIZER.encode(text, add_special_tokens=False).ids)


def check_shape(encoded: Encoded) -> None:
    assert len(encoded.ids) == len(encoded.types) == len(encoded.sentence) <= MAX_TOKENS
    shift = len(pieces(QUESTION)) + 2
    assert TOKENIZER.decode([int(i) for i in encoded.ids[1 : shift - 1]]) == "who built the lighthouse?"
    assert (encoded.types == (np.arange(len(encoded.ids)) >= shift)).all()
    inside = encoded.sentence[shift:-1]
    assert (encoded.sentence[:shift] == -1).all() and encoded.sentence[-1] == -1
    assert (np.diff(inside[inside >= 0]) >= 0).all()
    assert inside.max() < len(encoded.evidence)


@given(
    st.lists(st.sampled_from(OTHERS), max_size=80),
    st.integers(0, 80),
    st.sampled_from(SEPARATE),
    st.sampled_from(("\n\n", "  ")),
    st.integers(0, 9),
)
def test_the_pieces_between_start_and_end_are_those_of_the_answer_in_a_window_of_whole_sentences(
    others: list[str], at: int, answer: str, joint: str, seed: int
) -> None:
    at = min(at, len(others))
    before = "".join(sentence + joint for sentence in others[:at])
    passage = before + joint.join([FACT, *others[at:]])
    start = len(before) + FACT.index(answer)
    encoded = encode(Example(QUESTION, passage, (Span(start, start + len(answer)),)), TOKENIZER, random.Random(seed))
    assert encoded is not None
    check_shape(encoded)
    assert said(encoded) == pieces(answer)
    assert encoded.evidence.sum() == 1
    holding = encoded.sentence[encoded.start : encoded.end + 1]
    assert set(holding) == {int(np.argmax(encoded.evidence))}
    whole = next(passage[slice(*s)] for s in sentence_spans(passage) if s.start <= start < s.end)
    assert [int(i) for i in encoded.ids[encoded.sentence == holding[0]]] == pieces(whole)


@given(st.lists(st.sampled_from(OTHERS), min_size=1, max_size=80), st.integers(0, 9))
def test_without_an_answer_start_and_end_are_the_first_place_and_no_sentence_is_evidence(others: list[str], seed: int) -> None:
    encoded = encode(Example(QUESTION, " \n\n".join(others), ()), TOKENIZER, random.Random(seed))
    assert encoded is not None
    check_shape(encoded)
    assert (encoded.start, encoded.end, encoded.evidence.any()) == (0, 0, False)


def test_an_answer_across_sentences_makes_both_evidence_and_one_that_does_not_fit_no_example() -> None:
    passage = "Keller built it. Brest paid for it. Nobody came."
    encoded = encode(Example(QUESTION, passage, (Span(0, 23),)), TOKENIZER, random.Random(0))
    assert encoded is not None
    assert encoded.evidence.tolist() == [True, True, False]
    unending = "and boats lay still, " * 200
    assert encode(Example(QUESTION, unending, (Span(0, 3),)), TOKENIZER, random.Random(0)) is None
    assert encode(Example(QUESTION, " \n", ()), TOKENIZER, random.Random(0)) is None
    cut = encode(Example(QUESTION, unending, ()), TOKENIZER, random.Random(0))
    assert cut is not None
    assert len(cut.ids) == MAX_TOKENS


def row(number: int, *, sure: bool = True, answered: bool = True) -> Row:
    context = (
        f"Keeper {number} left in 17{number:02}. Maria {number} built the lighthouse of Brest. Boats lay still. It rained."
    )
    at = context.index("Maria")
    return Row(str(number), "", context, f"Who built the lighthouse {number} of Brest?", (Span(at, at + 5),) * answered, sure)


def drawn(rows: list[Row], share: Share, seed: int = 0) -> list[Example]:
    return list(examples(rows, share, random.Random(seed)))


def test_a_share_gives_each_question_with_its_passage_as_often_as_it_says() -> None:
    rows = [*(row(number) for number in range(8)), row(8, sure=False), row(9, answered=False)]
    found = drawn(rows, Share("set", None, repeats=2, retrieved=0, edited=0, shortened=0))
    assert set(Counter(example.passage for example in found).values()) == {2}
    assert {e.passage for e in found} == {r.context for r in rows if r.sure}
    assert all(e.passage[slice(*e.answers[0])] == "Maria" for e in found if e.answers)
    assert len(drawn(rows, Share("set", 3, retrieved=0, edited=0, shortened=0))) == 3
    assert len(drawn(rows, Share("set", 300, retrieved=0, edited=0, shortened=0))) == 9


@pytest.mark.parametrize("kind", ["retrieved", "edited", "shortened", "contradicted"])
def test_negatives_of_every_kind_have_a_passage_that_does_not_answer(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    as_it_is = lambda question, *_: question  # noqa: E731 - so that its words tell it
    monkeypatch.setattr("quotewise.eval.training.examples._as_typed", as_it_is)
    chances = {"retrieved": 0.0, "edited": 0.0, "shortened": 0.0} | {kind: 1.0}
    rows = [row(number) for number in range(8)]
    rows[0] = Row("0", "", "Anna built it. Boats lay still.", "Who built the lighthouse?", (Span(0, 4),), True)
    negatives = [example for example in drawn(rows, Share("set", None, **chances), 1) if not example.answers]
    assert negatives
    own = {r.question: r for r in rows}
    for negative in negatives:
        asked = own.get(negative.question)
        if kind == "edited":
            assert asked is None
        elif kind == "contradicted":
            assert asked is not None
            assert negative.passage not in {r.context for r in rows}
        else:
            assert asked is not None
            assert not any(answer in negative.passage for answer in asked.texts())


def test_the_title_of_a_document_stands_between_question_and_passage_and_is_no_part_of_the_passage() -> None:
    encoded = encode(Example(QUESTION, FACT, (Span(0, 12),), "Lights_of Brest"), TOKENIZER, random.Random(0))
    assert encoded is not None
    assert TOKENIZER.decode(encoded.ids[encoded.types == 0].tolist(), skip_special_tokens=False) == (
        "[CLS] who built the lighthouse? [SEP] lights _ of brest [SEP]"
    )
    assert said(encoded) == pieces("Maria Keller")


@pytest.mark.parametrize("others", [OTHERS[:1], OTHERS[1:4] * 30])
def test_a_teacher_of_other_word_pieces_points_at_what_the_student_should_mark(others: tuple[str, ...]) -> None:
    passage = " ".join([*others, FACT, *others])
    start = passage.index("Maria")
    encoded = encode(Example(QUESTION, passage, (Span(start, start + 12),)), TOKENIZER, random.Random(0), TEACHER)
    assert encoded and encoded.taught
    taught = encoded.taught
    assert (int(taught.start.argmax()), int(taught.end.argmax())) == (encoded.start, encoded.end)
    assert taught.evidence.argmax() == encoded.evidence.argmax() and taught.evidence.max() > 0.5 < taught.answerable
    assert [float(edge.astype(float).sum()) for edge in (taught.start, taught.end)] == pytest.approx([1, 1], abs=0.01)
    unanswered = encode(Example(QUESTION, " ".join(others), ()), TOKENIZER, random.Random(0), TEACHER)
    assert unanswered and unanswered.taught and unanswered.taught.answerable < 0.5
    assert unanswered.taught.start.argmax() == 0 == unanswered.taught.end.argmax()


@pytest.mark.parametrize(
    "example", [Example(QUESTION, FACT, (Span(0, len(FACT)),), "", True), Example(QUESTION, "y " * 50, (Span(0, 80),))]
)
def test_from_evidence_sentences_and_long_answers_no_span_is_learned(example: Example) -> None:
    encoded = encode(example, TOKENIZER, random.Random(0))
    assert encoded is not None
    assert (encoded.start, encoded.end) == (IGNORED, IGNORED)
    assert encoded.evidence.any()


def test_titles_go_with_their_passages_and_all_evidence_and_answers_apart_are_kept() -> None:
    evidence = Row(
        "1", "Lights_of_Brest", FACT + " It rained.", "Who?", (Span(0, 12), Span(len(FACT) + 1, len(FACT) + 11)), True, True
    )
    apart = Row("2", "", "Ann, Bob and Ann Lee.", "Who?", (Span(0, 3), Span(5, 8), Span(13, 16), Span(13, 20)), True)
    share = Share("set", None, repeats=40, retrieved=0, edited=0, shortened=0)
    found = drawn([evidence], share)
    assert {example.context for example in found} == {"", "Lights of Brest"}
    assert {(example.sentences, example.answers) for example in found} == {(True, evidence.answers)}
    for example in drawn([apart], share):
        spans = sorted(example.answers)
        assert len(spans) == 3
        assert all(a.end <= b.start for a, b in pairwise(spans))


KEEPERS = [f"The lighthouse number {number} was built by the keeper {name}." for number, name in enumerate("ABCDEFGH")]
TEXTS = [*KEEPERS, "MARIA KELLER built a lighthouse.", "Bread is baked at night.", "Bread is baked at night."]
CORPUS = Corpus([Row(text, f"On_{text[:8]}", text, "", (), True) for text in TEXTS])


def test_confusable_passages_are_about_the_question_and_hold_no_answer() -> None:
    found = CORPUS.confusable("Who built the lighthouse?", ["Maria Keller"], KEEPERS[0])
    assert 1 <= len(found) <= 6
    assert {text for text, _ in found} <= set(KEEPERS[1:])
    assert found[0][1] == "On The ligh"
    assert CORPUS.confusable("When is bread baked?", ["at dawn"], KEEPERS[0])[0][0] == "Bread is baked at night."


@given(
    st.one_of(st.text(max_size=40), st.sampled_from(('"lighthouse', "built AND (", "text:keeper^", "*"))),
    st.text("abBH ", min_size=1),
)
def test_whatever_is_asked_neither_the_own_passage_nor_one_with_an_answer_comes_back(question: str, answer: str) -> None:
    for text, _ in CORPUS.confusable(f"lighthouse {question}", [answer], KEEPERS[1]):
        assert text != KEEPERS[1]
        assert answer.lower() not in text.lower()
