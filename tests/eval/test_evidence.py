import gzip
import json
from pathlib import Path

import pytest

from quotewise.eval.evidence import EVIDENCE_SETS
from tests.api.command_line import Run

CONTEXT = "The quay was dark. Maria Keller built the lighthouse in 1887. Its lamp burnt whale oil."
BUILT = {"text": "Maria Keller built the lighthouse in 1887.", "start": 19}
ROWS = [
    {"id": "1", "question": "Who built the lighthouse?", "answers": [BUILT], "kind": "sentences"},
    {"id": "1", "question": "What do tickets for the opera cost?", "answers": [], "kind": "sentences"},
]


def test_evidence_is_measured_set_by_set_on_what_is_held_out_and_on_average(run: Run, tmp_path: Path) -> None:
    lines = "".join(f"{json.dumps(row | {'title': '', 'context': CONTEXT})}\n" for row in ROWS)
    for name in EVIDENCE_SETS:
        (tmp_path / f"{name}.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    *sets, mean = map(json.loads, run("eval", "evidence", tmp_path, "--reader", "fast").out.splitlines())
    assert [one["set"] for one in sets] == list(EVIDENCE_SETS)
    for one in sets:
        assert one["estimates"]["evidence word F1"] == pytest.approx([1, 1, 1])
        assert (one["questions"], sum(found["questions"] for found in one["reliability"])) == (2, 2)
    assert mean["estimates"]["evidence word F1"] == 1
    [few] = {one["questions"] for one in map(json.loads, run("eval", "evidence", tmp_path, "--limit", 1).out.splitlines()[:-1])}
    assert few == 1
