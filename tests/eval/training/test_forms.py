import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotewise.eval.training.examples import Example
from quotewise.eval.training.forms import in_another_form
from quotewise.index.sentences import Span, sentence_spans

PASSAGE = "The tower was built in 1889 by Gustave Eiffel. It is 330 metres high. Its lifts were renewed in 1986."
OTHERS = ["Paris", "the Seine", "12 May", "two million", "Ann Lee", "red", "seven", "Oslo"]


@given(st.integers(0, 10**6), st.sampled_from(["330 metres", "Gustave Eiffel", "1986", ""]))
@settings(max_examples=300)
def test_the_answer_stands_in_every_form_of_its_passage(seed: int, answer: str) -> None:
    start = PASSAGE.index(answer)
    answers = (Span(start, start + len(answer)),) if answer else ()
    example = Example("What is the height of the tower?", PASSAGE, answers, "Eiffel Tower")
    made = in_another_form(example, OTHERS, random.Random(seed))
    if made is None:
        return
    assert [made.passage[slice(*span)].lower() for span in made.answers] == [answer.lower()] * bool(answer)
    assert made.passage != PASSAGE and sentence_spans(made.passage)


def test_all_forms_are_drawn_and_a_question_that_stays_open_has_no_answer() -> None:
    start = PASSAGE.index("330 metres")
    example = Example("What is the height of the tower?", PASSAGE, (Span(start, start + 10),), "Eiffel Tower")
    texts = [made.passage for seed in range(200) if (made := in_another_form(example, OTHERS, random.Random(seed)))]
    for sign in ("\nTo: ", "height: 330", "\n- ", "<Ana> ", "tower built in 1889", "What is the height of the tower?"):
        assert any(sign in text for text in texts), sign


@pytest.mark.parametrize("passage", ["", "One.\n\nTwo.", "Here is one. " * 13])
def test_what_is_no_paragraph_of_prose_has_no_other_form(passage: str) -> None:
    assert in_another_form(Example("What is it?", passage, ()), OTHERS, random.Random(0)) is None
