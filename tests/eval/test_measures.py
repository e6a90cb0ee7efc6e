import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from torchmetrics.functional.text import squad

from quotewise.eval.gold import GoldQuestion, GoldQuote
from quotewise.eval.measures import (
    MEASURES,
    Measure,
    Region,
    SystemAnswer,
    auroc,
    best_squad2_f1,
    calibration_error,
    characters,
    compare,
    estimate,
    evidence_words,
    failed,
    judge,
    normalized,
    reliability,
    retrieval,
    risk_coverage,
    sentences,
    token_f1,
)


def test_auroc_counts_ties_half_and_needs_both_kinds() -> None:
    assert auroc([0.1, 0.4, 0.4, 0.8], [False, False, True, True]) == pytest.approx(3.5 / 4)
    assert math.isnan(auroc([0.1, 0.2], [True, True]))


def test_calibration_error_weighs_the_gap_of_each_bin_by_its_size() -> None:
    right = np.array([False, False, True, True])
    assert calibration_error(np.array([0.05, 0.05, 0.95, 0.95]), right) == pytest.approx(0.05)
    assert calibration_error(np.array([1.0, 1.0, 1.0, 0.5]), right) == pytest.approx(0.75 * (2 / 3) + 0.25 * 0.5)


def test_the_best_f1_of_squad_2_answers_as_long_as_that_gains() -> None:
    f1, answerable = np.array([1.0, 0.0, 0.5, 1.0, 0.0]), np.array([True, False, True, True, False])
    # By confidence: +1, +0.5, -1, +1, -1, from the two that are right when nothing is answered.
    assert best_squad2_f1(f1, answerable, np.array([0.9, 0.5, 0.8, 0.3, 0.1])) == pytest.approx(3.5 / 5)
    assert best_squad2_f1(f1, answerable, np.array([0.1, 0.9, 0.2, 0.15, 0.8])) == pytest.approx(2.5 / 5)
    assert best_squad2_f1(f1, answerable, np.array([0.0, 0.9, -0.5, -0.6, 0.8])) == pytest.approx(2.5 / 5)
    assert best_squad2_f1(f1 * 0, answerable, np.zeros(5)) == pytest.approx(2 / 5)


WORDS = ["the", "Eiffel", "tower.", "Theatre", "a", "in", "Paris,", "1889", "-", "é", "U.S.", "apple-a-day", "“über”"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)


@given(st.lists(st.tuples(TEXTS, st.lists(TEXTS, min_size=1, max_size=3)), min_size=1, max_size=5))
def test_f1_and_exact_match_are_those_of_torchmetrics(pairs: list[tuple[str, list[str]]]) -> None:
    predictions = [{"prediction_text": text, "id": str(n)} for n, (text, _) in enumerate(pairs)]
    targets = [
        {"answers": {"text": golds, "answer_start": [0] * len(golds)}, "id": str(n)} for n, (_, golds) in enumerate(pairs)
    ]
    theirs = squad(predictions, targets)
    f1 = np.mean([token_f1(text, golds) for text, golds in pairs])
    exact = np.mean([any(normalized(text) == normalized(gold) for gold in golds) for text, golds in pairs])
    assert float(theirs["f1"]) == pytest.approx(100 * f1, abs=1e-3)
    assert float(theirs["exact_match"]) == pytest.approx(100 * exact, abs=1e-3)
    assert token_f1("Paris", []) == 0


TEXT = "One is here. Two is there. Three is gone. Four came back."
ONE, TWO, THREE = Region("a", 0, 12), Region("a", 13, 26), Region("a", 27, 41)


def text_of(path: str) -> str:
    return TEXT


def test_sentences_count_whole_where_a_quote_touches_them() -> None:
    found = sentences([Region("a", 17, 30)], [TWO], text_of)  # gold touches two and three
    assert found == pytest.approx({"sentence precision": 1, "sentence recall": 0.5, "sentence F1": 2 / 3})
    assert sentences([ONE], [], text_of)["sentence F1"] == 0
    assert sentences([ONE], [Region("b", 0, 12)], text_of)["sentence recall"] == 0


def test_words_of_evidence_count_by_their_places_in_the_sentences_of_the_gold_quotes() -> None:
    found = evidence_words(
        [Region("a", 17, 30)], [TWO, Region("a", 42, 50)], text_of
    )  # six words, of which three, and two others
    assert found == pytest.approx({"evidence word F1": 2 * 3 / (6 + 5)})
    assert evidence_words([ONE], [Region("b", 0, 12)], text_of)["evidence word F1"] == 0


def test_a_reliability_diagram_has_the_share_right_of_each_range_of_confidence() -> None:
    run = [{"confidence": sure, "right": right} for sure, right in ((0.62, 1.0), (0.66, 0.0), (1.0, 1.0))]
    assert reliability([*run, {"answerable": 1.0}]) == [
        {"questions": 2, "confidence": 0.64, "right": 0.5},
        {"questions": 1, "confidence": 1.0, "right": 1.0},
    ]
    assert reliability([]) == []


def test_characters_count_once_where_gold_quotes_overlap() -> None:
    found = characters([ONE, Region("a", 6, 12)], [Region("a", 6, 20)])
    assert found == pytest.approx({"character precision": 6 / 14, "character recall": 0.5, "character IoU": 6 / 20})
    assert characters([ONE], [Region("b", 0, 12)])["character IoU"] == 0


def question(*quotes: Region, documents: tuple[str, ...] = ()) -> GoldQuestion:
    gold = [GoldQuote(path=q.path, quote=TEXT[q.start : q.end], start=q.start, end=q.end) for q in quotes]
    return GoldQuestion(id="q", question="q", answerable=bool(quotes or documents), quotes=gold, documents=list(documents))


@pytest.mark.parametrize(
    ("asked", "ranked", "expected"),
    [
        (question(ONE), [TWO, ONE], {"recall@1": 0, "recall@5": 1, "MRR@10": 1 / 2, "nDCG@10": 1 / math.log2(3)}),
        (question(ONE, THREE), [ONE, TWO], {"recall@1": 1 / 2, "recall@10": 1 / 2, "MRR@10": 1}),
        (question(ONE, Region("a", 4, 12)), [ONE], {"recall@1": 1, "nDCG@10": 1}),  # one place, not two
        (question(ONE, TWO), [Region("a", 0, 26)], {"recall@1": 1, "nDCG@10": 1}),  # one passage has both
        (question(ONE), [ONE, Region("a", 0, 20)], {"nDCG@10": 1}),  # what was found already is not found again
        (question(ONE), [], {"recall@10": 0, "MRR@10": 0, "nDCG@10": 0}),
        (question(), [ONE], {}),
        (question(documents=("a", "b")), [Region("c", 0, 1), ONE, TWO], {"recall@5": 1 / 2, "MRR@10": 1 / 2}),
    ],
)
def test_retrieval_counts_the_first_passage_that_has_a_gold_quote(
    asked: GoldQuestion, ranked: list[Region], expected: dict[str, float]
) -> None:
    found = retrieval(asked, ranked)
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    assert bool(found) == asked.answerable


def test_risk_is_that_of_the_surest_questions() -> None:
    coverage, risk = risk_coverage(np.array([0.2, 0.9, 0.5, 0.7]), np.array([0.0, 1.0, 0.0, 1.0]))
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1]
    assert risk.tolist() == pytest.approx([0, 0, 1 / 3, 1 / 2])


@pytest.mark.parametrize(
    ("answerable", "confidence", "quotes", "expected"),
    [
        (True, 0.9, (ONE,), {"handled": 1, "first": 1, "shown right": 1}),
        (True, 0.1, (ONE,), {"handled": 0, "first": 1, "shown right": 0}),
        (True, 0.9, (TWO, ONE), {"handled": 0, "first": 0, "any": 1, "shown right": 0}),
        (False, 0.9, (ONE,), {"handled": 0, "shown": 1}),
        (False, 0.1, (ONE,), {"handled": 1, "shown": 0}),
        (False, 0.9, (), {"handled": 1, "shown": 0}),
    ],
)
def test_the_threshold_decides_what_is_shown_and_not_what_is_right(
    answerable: bool, confidence: float, quotes: tuple[Region, ...], expected: dict[str, float]
) -> None:
    asked = question(ONE) if answerable else question()
    found = judge(asked, SystemAnswer(confidence, (), quotes, "", math.nan), 0.5, text_of)
    assert {name: found[name] for name in expected} == expected
    assert ("first" in found) == answerable


def test_a_question_that_failed_is_wrong_in_all_that_it_could_have_been_right_in() -> None:
    everything = judge(question(ONE), SystemAnswer(0.9, (ONE,), (ONE,), "", 1.0), 0.5, text_of)
    lost = failed(question(ONE))
    assert set(everything) - set(lost) == {"verified"}
    assert not any(value for name, value in lost.items() if name not in ("answerable", "abstained"))
    assert failed(question())["confidence"] == 1
    assert failed(question())["handled"] == 0


FIRST = Measure("first quote right", ("first",))


def figures(right: list[float]) -> list[dict[str, float]]:
    return [{"answerable": 1.0, "first": one, "confidence": one, "right": one, "handled": one} for one in right]


def test_an_interval_is_that_of_the_bootstrap_over_the_questions_that_the_measure_is_of() -> None:
    of_a_hundred = estimate(FIRST, [*figures([1.0] * 60 + [0.0] * 40), {"answerable": 0.0}])
    assert (of_a_hundred.value, of_a_hundred.questions) == (0.6, 100)
    margin = 1.96 * math.sqrt(0.6 * 0.4 / 100)  # of a binomial share
    assert (of_a_hundred.low, of_a_hundred.high) == pytest.approx((0.6 - margin, 0.6 + margin), abs=0.02)


def test_a_measure_that_applies_to_no_question_has_no_figure() -> None:
    silent = [{"answerable": 0.0, "confidence": 0.2, "right": 0.0, "abstained": 1.0, "handled": 1.0}]
    found = {measure.name: estimate(measure, silent).value for measure in MEASURES}
    assert found["first quote right"] is found["AUROC of confidence"] is found["wrong abstention rate"] is None
    assert found["correct abstention rate"] == 1.0
    assert estimate(FIRST, []).value is None


@pytest.mark.parametrize(
    ("before", "after", "significant", "loss"),
    [
        ([1.0] * 50 + [0.0] * 50, [1.0] * 35 + [0.0] * 65, True, True),
        ([1.0] * 35 + [0.0] * 65, [1.0] * 50 + [0.0] * 50, True, False),
        ([1.0] * 50 + [0.0] * 50, [1.0] * 49 + [0.0] * 51, False, False),
        ([1.0] * 50 + [0.0] * 50, [0.0] * 15 + [1.0] * 50 + [0.0] * 35, False, False),  # as many of the others
    ],
)
def test_a_difference_counts_question_by_question(
    before: list[float], after: list[float], significant: bool, loss: bool
) -> None:
    moved = compare(figures(before), figures(after))
    assert (moved[FIRST.name].significant, moved[FIRST.name].loss) == (significant, loss)
    risk = moved["AURC"]
    assert risk.lower_is_better
    assert (risk.loss, risk.significant and not risk.loss) == (loss, significant and not loss)
