"""What of the training sets no training sees: for the log of a run and for calibration."""

from collections.abc import Sequence

from eval.training.rows import Row

_TITLES = {"squad2_train_a": ("Construction", "Fresno,_California")}
_LAST = {"nq_open_oracle_dev": 400}
_WHOLE = ("fairytaleqa_val", "quac_first_turn")


def held_out(name: str, rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """The rows of a set to train on, and those held out: some titles, the last ones, or all."""
    titles, last = _TITLES.get(name, ()), len(rows) - _LAST.get(name, 0)
    kept = [name in _WHOLE or row.title in titles or number >= last for number, row in enumerate(rows)]
    return [r for r, out in zip(rows, kept, strict=True) if not out], [r for r, out in zip(rows, kept, strict=True) if out]
