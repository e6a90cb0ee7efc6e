import random

import pytest

from quotewise.eval.datasets import Row
from quotewise.eval.training.announcements import announcement
from quotewise.eval.training.examples import Share, examples
from quotewise.index.sentences import Span, sentence_spans

PASSAGE = "Russia had been told. Its leaders ignored the warning out of pride. The guards were sent home."
START = PASSAGE.index("out of pride")
ANSWER = Span(START, START + 12)


@pytest.mark.parametrize(
    ("question", "announced"),
    [
        ("Why did Russia ignore the warning?", "why Russia did ignore the warning"),
        ("When were the guards sent home", "when the guards were sent home"),
        ("Who sent the guards home?", "who sent the guards home"),
        ("Which leaders were told?", "which leaders were told"),
        ("What are the negative effects of pride?", "negative effects of pride"),
        ("What is the size of Russia?", "the size of Russia"),
    ],
)
def test_a_question_is_announced_in_its_own_words(question: str, announced: str) -> None:
    texts = {announcement(question, PASSAGE, random.Random(seed)) for seed in range(100)}
    assert sum(announced in text for text in texts) >= 5
    assert sum(question.rstrip("?") in text for text in texts) >= 2
    assert any(text.endswith("\n\n") for text in texts)
    assert all(len(sentence_spans(text)) in (1, 2) for text in texts)


def test_the_answer_stays_marked_beside_its_announcement_or_is_gone_with_its_sentence() -> None:
    row = Row("1", "Pride", PASSAGE, "Why did Russia ignore the warning?", (ANSWER,), True)
    share = Share("own", None, repeats=0, retrieved=0, edited=0, shortened=0, announced=1)
    answered = set()
    for seed in range(60):
        [example] = examples([row], share, random.Random(seed))
        assert len(example.passage) > len(PASSAGE) or not example.answers
        assert [example.passage[slice(*span)] for span in example.answers] == ["out of pride"] * len(example.answers)
        assert ("out of pride" in example.passage) == bool(example.answers) and not example.taught
        answered.add(bool(example.answers))
    assert answered == {True, False}
