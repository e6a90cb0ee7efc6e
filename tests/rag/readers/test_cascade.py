from dataclasses import replace

import numpy as np
import pytest

from quotewise.rag.passages import Passage
from quotewise.rag.pipeline import text_passage
from quotewise.rag.readers import Reading
from quotewise.rag.readers.calibration import asks_whether
from quotewise.rag.readers.cascade import CascadeReader
from quotewise.rag.readers.registry import Readers

WHO = "Who built the lighthouse?"
TEXTS = (
    "Maria Keller built the lighthouse in 1887. Its lamp burnt whale oil.",
    "The lighthouse was painted by John Marlow. It stands on a rock.",
    "The bakery opens at six. Its owner bakes forty loaves a day.",
    "The harbour has two piers. Boats came with bread.",
)


@pytest.fixture(scope="module")
def cascade() -> CascadeReader:
    reader = Readers("cascade")()
    assert isinstance(reader, CascadeReader)
    return reader


def retrieved(*texts: str) -> list[Passage]:
    return [replace(text_passage(text), score=1 / 60, similarity=0.6 - number / 100) for number, text in enumerate(texts)]


def odds(reading: Reading) -> np.ndarray:
    return np.log(reading.evidence / (1 - reading.evidence))


def test_what_decides_is_read_by_both_and_its_log_odds_are_their_mean(cascade: CascadeReader) -> None:
    readings = cascade.read(WHO, retrieved(*TEXTS))
    first = Readers("fast")().read(WHO, retrieved(*TEXTS))
    second = Readers("deep")().read(WHO, retrieved(*TEXTS))
    np.testing.assert_allclose(odds(readings[0]), (odds(first[0]) + odds(second[0])) / 2, atol=1e-3)
    assert (readings[0].passage, len(readings)) == (first[0].passage, len(TEXTS))
    spans = [{s.span: s.probability for s in one.answers[0]} for one in (readings[0], first[0], second[0])]
    assert readings[0].passage.slice(readings[0].answers[0][0].span) == "Maria Keller"
    assert spans[0] == pytest.approx({s: (spans[1].get(s, 0) + spans[2].get(s, 0)) / 2 for s in spans[1] | spans[2]})
    assert [*spans[0].values()] == sorted(spans[0].values(), reverse=True)
    assert cascade.confidence(readings) > cascade.confidence(cascade.read("Who sank the ferry?", retrieved(*TEXTS)))


def test_what_only_one_reader_read_is_no_surer_than_it_was(cascade: CascadeReader) -> None:
    passages = retrieved(*TEXTS, *TEXTS[2:], *TEXTS[2:])
    for before, after in zip(Readers("fast")().read(WHO, passages), cascade.read(WHO, passages), strict=True):
        decided = (after.evidence > before.evidence).any()
        assert not decided or "lighthouse" in after.passage.text


def test_texts_of_the_caller_are_read_by_both_alike_in_any_company(cascade: CascadeReader) -> None:
    passages = [text_passage(text) for text in TEXTS]
    together = cascade.read(WHO, passages)
    for passage, reading in zip(passages, together, strict=True):
        [alone] = cascade.read(WHO, [passage])
        np.testing.assert_array_equal(alone.evidence, reading.evidence)


def test_what_there_was_no_time_to_read_twice_keeps_its_first_reading(cascade: CascadeReader) -> None:
    [once] = Readers("fast")().read(WHO, [text_passage(TEXTS[0])])
    left = iter([True])
    [reading] = cascade.read(WHO, [text_passage(TEXTS[0])], lambda: next(left, False))
    np.testing.assert_array_equal(reading.evidence, once.evidence)
    assert not reading.complete


def test_nothing_retrieved_is_no_reading(cascade: CascadeReader) -> None:
    assert cascade.read(WHO, []) == []
    assert cascade.confidence([]) == 0.0


@pytest.mark.parametrize(
    ("question", "whether"),
    [
        *[("Did Russia ignore the warning?", True), ("is the rent due monthly", True), ("Isn't the pool heated?", True)],
        *[("According to the lease, may I sublet?", True), ("And does it cover theft?", True)],
        *[("Who did it?", False), ("Why is it so?", False), ("Can", False), ("Does, a deer", False)],
        ("What does it cost, and is it due now?", False),
    ],
)
def test_questions_to_be_answered_by_yes_or_no_are_told_from_others(question: str, whether: bool) -> None:
    assert asks_whether(question) is whether
