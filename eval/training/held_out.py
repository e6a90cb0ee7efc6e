"""What of the training sets no training sees: for the log of a run and for calibration."""

from collections.abc import Sequence
from zlib import crc32

from quotewise.eval.training.rows import Row

_TITLES = {"squad2_train_a": ("Construction", "Fresno,_California")}
_LAST = {"nq_open_oracle_dev": 400, "bioasq_sent": 300}
_WHOLE = ("fairytaleqa_val", "quac_first_turn", "wikiqa_sent", "multirc_sent_dev")
_PARTS = {"selqa_sent": 6, "cuad": 8, "evidence_inference_sent": 8, "contractnli_sent": 8, "tydiqa_en": 10, "timeqa_human": 10}
"""Of these sets, one document in so many is held out, drawn by its title."""


def held_out(name: str, rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """The rows of a set to train on, and those held out: some titles, the last ones, or all."""
    titles, last = _TITLES.get(name, ()), len(rows) - _LAST.get(name, 0)
    part = _PARTS.get(name)
    kept = [
        name in _WHOLE or row.title in titles or number >= last or (part is not None and crc32(row.title.encode()) % part == 0)
        for number, row in enumerate(rows)
    ]
    return [r for r, out in zip(rows, kept, strict=True) if not out], [r for r, out in zip(rows, kept, strict=True) if out]
