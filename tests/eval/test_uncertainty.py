import numpy as np
import pytest
from quotewise.eval.gold import GoldQuestion
from quotewise.eval.measures import MEASURES, Measure, columns
from quotewise.eval.runs import Outcome, Run
from quotewise.eval.uncertainty import compare, estimates
from scipy.stats import bootstrap

from tests.eval.test_harness import seed_run  # noqa: F401 - a fixture

FIRST = Measure("first quote right", "first")


def figures(right: list[float]) -> list[dict[str, float]]:
    return [{"answerable": 1.0, "first": one, "confidence": one, "right": one, "shown": 1.0, "handled": one} for one in right]


def test_the_interval_of_a_mean_is_that_of_scipy() -> None:
    values = np.array([1.0] * 60 + [0.0] * 40)
    ours = estimates(columns(figures(values.tolist())), [FIRST])[FIRST.name]
    theirs = bootstrap((values,), np.mean, method="percentile", rng=1).confidence_interval
    assert (ours.value, ours.questions) == (0.6, 100)
    assert (ours.low, ours.high) == pytest.approx(theirs, abs=0.02)


def test_a_measure_that_applies_to_no_question_has_no_figure() -> None:
    found = estimates(columns([{"answerable": 0.0, "confidence": 0.2, "right": 0.0, "shown": 0.0, "handled": 1.0}]), MEASURES)
    assert found["first quote right"].value is None
    assert found["AUROC of confidence"].value is None
    assert found["rightly silent"].value == 1.0


def changed(run: Run, right: list[float]) -> Run:
    outcomes = [
        Outcome(gold=GoldQuestion(id=str(n), question="q", answerable=False), kind="right", figures=one)
        for n, one in enumerate(figures(right))
    ]
    return run.model_copy(update={"outcomes": outcomes})


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
    seed_run: Run,  # noqa: F811
    before: list[float],
    after: list[float],
    significant: bool,
    loss: bool,
) -> None:
    [found] = [one for one in compare(changed(seed_run, before), changed(seed_run, after)) if one.measure == FIRST.name]
    assert (found.significant, found.loss) == (significant, loss)
    [risk] = [one for one in compare(changed(seed_run, before), changed(seed_run, after)) if one.measure == "AURC"]
    assert risk.lower_is_better
    assert (risk.loss, risk.significant and not risk.loss) == (loss, significant and not loss)
