import math

import pytest
from sklearn.metrics import roc_auc_score

from eval.measures import auroc, calibration_error

SCORES = [0.1, 0.4, 0.4, 0.8, 0.9, 0.35]
TRUTHS = [False, False, True, True, True, False]


def test_auroc_is_that_of_scikit_learn_ties_included() -> None:
    assert auroc(SCORES, TRUTHS) == pytest.approx(roc_auc_score(TRUTHS, SCORES))
    assert math.isnan(auroc(SCORES, [True] * 6))


def test_calibration_error_weighs_the_gap_of_each_bin_by_its_size() -> None:
    assert calibration_error([0.05, 0.05, 0.95, 0.95], [False, False, True, True]) == pytest.approx(0.05)
    assert calibration_error([1.0, 1.0, 1.0, 0.5], [False, False, True, True]) == pytest.approx(0.75 * (2 / 3) + 0.25 * 0.5)
