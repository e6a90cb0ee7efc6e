from hypothesis import given
from hypothesis import strategies as st
from quotewise.eval.training.negatives import Context, Corpus

KEEPERS = [f"The lighthouse number {number} was built by the keeper {name}." for number, name in enumerate("ABCDEFGH")]
TEXTS = [*KEEPERS, "MARIA KELLER built a lighthouse.", "Bread is baked at night.", "Bread is baked at night."]
CORPUS = Corpus(Context(text, f"On {text[:8]}") for text in TEXTS)


def test_confusable_passages_are_about_the_question_and_hold_no_answer() -> None:
    found = CORPUS.confusable("Who built the lighthouse?", ["Maria Keller"], KEEPERS[0])
    assert 1 <= len(found) <= 6
    assert {context.text for context in found} <= set(KEEPERS[1:])
    assert found[0].title == "On The ligh"
    assert len(CORPUS.confusable("Who built the lighthouse?", ["Maria Keller"], KEEPERS[0], limit=2)) == 2
    assert CORPUS.confusable("When is bread baked?", ["at dawn"], KEEPERS[0])[0].text == "Bread is baked at night."


@given(
    st.one_of(st.text(max_size=40), st.sampled_from(('"lighthouse', "built AND (", "text:keeper^", "*"))),
    st.text("abBH ", min_size=1),
)
def test_whatever_is_asked_neither_the_own_passage_nor_one_with_an_answer_comes_back(question: str, answer: str) -> None:
    for found in CORPUS.confusable(f"lighthouse {question}", [answer], KEEPERS[1]):
        assert found.text != KEEPERS[1]
        assert answer.lower() not in found.text.lower()
