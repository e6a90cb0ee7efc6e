import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotewise.eval.training.edits import contradicted, keywords, unanswerable

CONTEXT = "In 1887 Maria Keller built the lighthouse of Brest after Queen Anne sold 40 ships. John Marlow left in 1790."
ELSEWHERE = "Hugo Lind wrote 12 books in Oslo in 1903."
WORDS = "Who What When did was has built Brest Maria Keller John Marlow the of in after first north south 1887 40"
questions = st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=9).map(lambda words: " ".join(words) + "?")
answers = st.lists(st.sampled_from(["Maria Keller", "1887", "Brest", "before", "last", "north", "John Marlow"]), max_size=3)


@given(questions, answers, st.integers(0, 10**6))
def test_an_edited_question_is_another_one_that_names_no_answer_anew(question: str, named: list[str], seed: int) -> None:
    edited = unanswerable(question, CONTEXT, named, ELSEWHERE, random.Random(seed))
    if edited is not None:
        assert edited != question
        assert not any(answer.lower() in edited.lower() and answer.lower() not in question.lower() for answer in named)
        assert edited == unanswerable(question, CONTEXT, named, ELSEWHERE, random.Random(seed))


@given(st.text(max_size=60), st.text(max_size=60), st.integers(0, 99))
def test_any_text_can_be_edited_or_left(question: str, context: str, seed: int) -> None:
    assert unanswerable(question, context, [], "", random.Random(seed)) != question


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What did John Marlow sell?", {"What did Queen Anne sell?", "What did Hugo Lind sell?"}),
        ("Which ship sank in 1790?", {"Which ship sank in 1903?", "Which ship sank in 1740?"}),
        ("Which ship was first?", {"Which ship was last?"}),
        ("Who can swim?", {"Who can not swim?", "Who can't swim?"}),
        ("Who is it?", {"Who is not it?", "Who isn't it?"}),
        ("Ships?", {None}),
    ],
)
def test_edits_are_those_that_people_make(question: str, expected: set[str | None]) -> None:
    found = {unanswerable(question, CONTEXT, ["Maria Keller", "1887"], ELSEWHERE, random.Random(seed)) for seed in range(60)}
    assert expected <= found


def test_an_opposite_that_is_the_answer_is_not_put_into_the_question() -> None:
    found = {unanswerable("Which gate is south?", CONTEXT, ["North"], ELSEWHERE, random.Random(seed)) for seed in range(60)}
    assert found == {"Which gate is not south?", "Which gate isn't south?"}


def test_keywords_are_the_telling_words_of_a_question() -> None:
    assert keywords("What year was the Eiffel-tower in Paris built?") == "year Eiffel-tower Paris built"
    assert keywords("Who is it?") == "Who is it?"


@given(st.text(max_size=60))
def test_any_text_has_keywords_or_is_left(question: str) -> None:
    assert keywords(question).strip() or not question.strip()


def test_a_contradicted_passage_is_about_another_name_or_number_of_the_same_kind_wherever_it_stood() -> None:
    context = "Queen Anne sold 40 ships. Some say Queen Anne kept 40 more."
    asked = "How many ships did Queen Anne sell?"
    found = {contradicted(asked, context, ["40"], "", "Hugo Lind wrote it.", random.Random(seed)) for seed in range(9)}
    assert found == {"Hugo Lind sold 40 ships. Some say Hugo Lind kept 40 more."}
    assert contradicted(asked, context, ["40"], "Queen Anne", "Hugo Lind wrote it.", random.Random(0)) is None
    assert contradicted(asked, context, ["Queen Anne"], "", "Hugo Lind wrote it.", random.Random(0)) is None
    assert contradicted("What was sold?", context, ["ships"], "", "Hugo Lind wrote it.", random.Random(0)) is None
