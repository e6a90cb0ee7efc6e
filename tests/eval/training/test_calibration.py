import numpy as np
import pytest

from quotewise.eval.training.calibration import Outcome, choose_threshold, fit_confidence
from quotewise.rag.readers.calibration import Calibration

UNFITTED = Calibration((), (1.0, 0.0), 0.0)


def outcomes(log_odds: float, right: int, wrong: int, unanswerable: int) -> list[Outcome]:
    features = np.array([log_odds, 1.0])
    answerable = [Outcome(features, number < right, True) for number in range(right + wrong)]
    return [*answerable, *(Outcome(features, False, False) for _ in range(unanswerable))]


@pytest.mark.parametrize("unanswerable", [20, 100, 400])
def test_confidence_is_the_share_right_where_three_of_five_questions_are_answerable(unanswerable: int) -> None:
    fitted = fit_confidence(UNFITTED, outcomes(0.0, 75, 25, unanswerable))
    assert fitted.confidence_of(np.array([0.0, 1.0])) == pytest.approx(0.6 * 0.75, abs=0.01)


@pytest.mark.parametrize("unanswerable", [40, 400])
def test_the_threshold_does_not_depend_on_how_many_of_a_set_are_unanswerable(unanswerable: int) -> None:
    assert choose_threshold(UNFITTED, [outcomes(-1.0, 50, 10, unanswerable)]) == 0.05


def test_the_threshold_lies_between_what_is_right_and_what_nothing_answers() -> None:
    kind = [*outcomes(1.0, 50, 0, 0), *outcomes(-1.0, 0, 0, 50)]
    assert 0.27 < choose_threshold(UNFITTED, [kind]) < 0.73
