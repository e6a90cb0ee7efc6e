import numpy as np
import pytest

from eval.training.squad import best_span


def test_the_best_span_lies_in_the_passage_starts_before_it_ends_and_is_not_too_long() -> None:
    logits = np.zeros((60, 3), np.float32)
    passage = np.zeros(60, int)
    passage[10:60] = 1
    logits[[2, 59], :2] = 99  # the question, and the mark at the end
    logits[50, 0], logits[12, 1] = 9, 9  # the end before the start
    assert best_span(logits, passage)[2] == pytest.approx(9)
    logits[15, 0], logits[44, 1], logits[45, 1] = 7, 7, 8  # 30 word pieces, and one too many
    assert best_span(logits, passage) == (15, 44, pytest.approx(14))
