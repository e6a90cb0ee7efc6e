import math
from pathlib import Path

import pytest

from quotewise.eval.gold import SEEDS as SEED_GOLD
from quotewise.eval.gold import GoldSet, load_gold
from quotewise.eval.peers.comparison import PeerAnswer, Weights, compare, judged
from tests.conftest import SEEDS

TEXT = "The bridge fell in March. Nobody was hurt."


@pytest.fixture
def gold(tmp_path: Path) -> GoldSet:
    path = tmp_path / "gold.jsonl"
    path.write_text(
        '{"id": "a", "question": "when?", "answerable": true, "answers": ["March"], '
        '"quotes": [{"path": "a", "quote": "in March"}]}\n'
        '{"id": "b", "question": "why?", "answerable": false}\n',
        encoding="utf-8",
    )
    return load_gold(path).located({"a": TEXT}.get)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (
            [PeerAnswer("a", 0, TEXT[:25], "in March", 0.9), None],
            {"first quote right": 1, "F1": 2 / 3, "AUROC": 1, "citations that verify": 1},
        ),
        (
            [PeerAnswer("a", 1, TEXT[:25], "", 0.2), PeerAnswer("a", 26, "Nobody", "", 0.4)],
            {"first quote right": 1, "F1": 0, "AUROC": 0, "citations that verify": 0.5},
        ),
        ([PeerAnswer("b", 0, "The", "", 0.2), None], {"first quote right": 0, "citations that verify": 0}),
        ([PeerAnswer("a", None, "March", "March", 0.2), None], {"first quote right": 0, "F1": 1, "citations that verify": 0}),
        ([None, None], {"first quote right": 0, "F1": 0, "AUROC": 0.5}),
    ],
)
def test_every_system_is_judged_alike(gold: GoldSet, answers: list[PeerAnswer | None], expected: dict[str, float]) -> None:
    found = judged(gold, answers, {"a": TEXT})
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-4)
    assert answers != [None, None] or math.isnan(found["citations that verify"])


def test_our_own_row_is_measured_in_processes_of_its_own(tmp_path: Path) -> None:
    lines = SEED_GOLD.read_text(encoding="utf-8").splitlines()
    (tmp_path / "gold.jsonl").write_text("\n".join([*lines[:4], lines[-1]]), encoding="utf-8")
    [row] = compare(tmp_path / "gold.jsonl", SEEDS, Weights(tmp_path, tmp_path), ["quotewise"]).values()
    assert row["first quote right"] >= 0.5
    assert row["citations that verify"] == 1
    assert row["p50 ms"] <= row["p95 ms"]
    assert row["start-up seconds"] > 0
    assert row["peak MiB"] > 0
