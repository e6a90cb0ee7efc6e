import numpy as np
import pytest
from quotewise.eval.training.network import padded
from quotewise.eval.training.squad import best_span


def test_the_best_span_starts_before_it_ends_and_is_not_too_long() -> None:
    logits = np.zeros((50, 3), np.float32)
    logits[40, 0], logits[2, 1] = 9, 9  # the end before the start
    assert best_span(logits)[2] == pytest.approx(9)
    logits[5, 0], logits[34, 1], logits[35, 1] = 7, 7, 8  # 30 word pieces, and one too many
    assert best_span(logits) == (5, 34, pytest.approx(14))


def test_a_batch_is_padded_and_tells_the_prompt_from_the_passage() -> None:
    ids, types, mask = padded([[7, 8, 9], list(range(1, 35))], [2, 1])
    assert ids.shape == types.shape == mask.shape == (2, 64)
    assert ids[0, :4].tolist() == [7, 8, 9, 0]
    assert types.sum(dim=1).tolist() == [1, 33]
    assert types[0].argmax() == 2
    assert mask.sum(dim=1).tolist() == [3, 34]
