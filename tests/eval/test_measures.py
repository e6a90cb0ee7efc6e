import math

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from eval.measures import auroc, best_squad2_f1, calibration_error, normalized, token_f1

SCORES = [0.1, 0.4, 0.4, 0.8, 0.9, 0.35]
TRUTHS = [False, False, True, True, True, False]


def test_auroc_is_that_of_scikit_learn_ties_included() -> None:
    assert auroc(SCORES, TRUTHS) == pytest.approx(roc_auc_score(TRUTHS, SCORES))
    assert math.isnan(auroc(SCORES, [True] * 6))


def test_calibration_error_weighs_the_gap_of_each_bin_by_its_size() -> None:
    assert calibration_error([0.05, 0.05, 0.95, 0.95], [False, False, True, True]) == pytest.approx(0.05)
    assert calibration_error([1.0, 1.0, 1.0, 0.5], [False, False, True, True]) == pytest.approx(0.75 * (2 / 3) + 0.25 * 0.5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The  Eiffel\tTower!", "eiffel tower"),
        ("an apple-a-day", "appleaday"),
        ("A, the. an", ""),
        ("Theatre of the Absurd", "theatre of absurd"),
        ("U.S. (1887)", "us 1887"),
        ("“über”", "“über”"),
    ],
)
def test_texts_are_normalized_as_the_official_script_of_squad_does(text: str, expected: str) -> None:
    assert normalized(text) == expected


@pytest.mark.parametrize(
    ("predicted", "golds", "expected"),
    [
        ("the Eiffel Tower", ["Eiffel tower."], 1),
        ("Eiffel", ["Eiffel Tower"], 2 / 3),
        ("in Paris, in France", ["in Lyon in"], 4 / 7),  # two of four and of three words
        ("Paris", ["Lyon", "old Paris", "Paris of old"], 2 / 3),
        ("Paris", ["Lyon"], 0),
        ("", ["Lyon"], 0),
        ("the", ["a"], 1),  # nothing is left of either
        ("Paris", [], 0),
    ],
)
def test_token_f1_is_that_of_the_official_script_of_squad(predicted: str, golds: list[str], expected: float) -> None:
    assert token_f1(predicted, golds) == pytest.approx(expected)


def test_the_best_f1_of_squad_2_answers_as_long_as_that_gains() -> None:
    f1, answerable = np.array([1.0, 0.0, 0.5, 1.0, 0.0]), np.array([True, False, True, True, False])
    # By confidence: +1, +0.5, -1, +1, -1, from the two that are right when nothing is answered.
    assert best_squad2_f1(f1, answerable, np.array([0.9, 0.5, 0.8, 0.3, 0.1])) == pytest.approx(3.5 / 5)
    assert best_squad2_f1(f1, answerable, np.array([0.1, 0.9, 0.2, 0.15, 0.8])) == pytest.approx(2.5 / 5)
    assert best_squad2_f1(f1, answerable, np.array([0.0, 0.9, -0.5, -0.6, 0.8])) == pytest.approx(2.5 / 5)
    assert best_squad2_f1(f1 * 0, answerable, np.zeros(5)) == pytest.approx(2 / 5)
