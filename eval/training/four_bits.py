"""Tables of weights in blocks of four bits: floats that were made of them, back into them."""

import numpy as np

BLOCK = 32
"""Weights that share a step."""
_ROWS = 8_192
"""Of a table, that are converted together."""
_ROUNDING = 0.02
"""Of a step: what half precision, in which weights are saved, adds to a multiple of it."""


def four_bits(table: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """A table of blocks of four bits back into these, without loss; None for a table that was made in another way.

    Args:
        table: float32 (rows, width); 32 neighbours in a row share one step in half precision, of which each is -8 to 7.

    Returns:
        Two of these in a byte, uint8 (rows, width / 2), plus 8, the even ones in the lower bits, and the steps, float16 (rows,
        width / 32).
    """
    if table.shape[1] % BLOCK:
        return None
    numbers = np.empty(table.shape, np.uint8)
    steps = np.empty((len(table), table.shape[1] // BLOCK), np.float16)
    for first in range(0, len(table), _ROWS):
        blocks = table[first : first + _ROWS].reshape(-1, BLOCK).astype(np.float32)
        peak = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=1)[:, None], axis=1)
        peak = np.where(peak == 0, np.float32(1e-12), peak)
        whole, step = np.zeros_like(blocks), np.zeros_like(peak)
        for most in range(8, 0, -1):  # the largest weight, of either sign, is minus one of these
            ratio = blocks / (-peak / most)
            nearest = np.clip(np.round(ratio), -8, 7)
            exact = np.abs(ratio - nearest).max(axis=1, keepdims=True) < _ROUNDING
            whole, step = np.where(exact, nearest, whole), np.where(exact, -peak / most, step)
        if not step.all():
            return None
        numbers[first : first + _ROWS] = (whole + 8).astype(np.uint8).reshape(-1, table.shape[1])
        steps[first : first + _ROWS] = step.reshape(-1, steps.shape[1])
    return numbers[:, 0::2] | (numbers[:, 1::2] << 4), steps
