import json
from pathlib import Path

import pytest

from tests.api.command_line import Run
from tests.conftest import SEED, SEEDS

QUOTE = "The Islamic State claimed responsibility for the massacre"
LINES = [
    {
        "id": "who",
        "question": "Who claimed responsibility for the massacre?",
        "answerable": True,
        "quotes": [{"path": SEED, "quote": QUOTE}],
    },
    {"id": "none", "question": "What did the tickets cost?", "answerable": False, "tags": ["money"]},
]


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    path = tmp_path / "gold.jsonl"
    path.write_text("\n".join(map(json.dumps, LINES)), encoding="utf-8")
    return path


def test_eval_measures_the_answers_to_gold_questions(run: Run, url: str, gold: Path, tmp_path: Path) -> None:
    found = run("eval", gold, "--corpus", SEEDS, "--json").json
    who, none = found["outcomes"]
    assert (who["error_type"], none["gold"]["id"]) == ("correct", "none")
    assert found["estimates"]["citations that verify"]["value"] == 1
    assert sum(one["questions"] for one in found["reliability"]) == 2
    shown = run("eval", gold, "--url", url).words
    assert "first quote right" in shown
    assert "reliability: confidence" in shown
    assert not (tmp_path / "index").exists()


def test_a_run_is_compared_with_a_baseline_and_a_guarded_loss_is_an_error(
    run: Run,
    url: str,
    gold: Path,
    tmp_path: Path,
) -> None:
    gold.write_text("\n".join(json.dumps(LINES[0] | {"id": f"{number}"}) for number in range(12)), encoding="utf-8")
    saved, report = tmp_path / "run.jsonl", tmp_path / "report.html"
    measure = ["eval", gold, "--url", url]
    assert run(*measure, "-o", saved, "--html", report, "--threshold", 0).code == 0
    assert report.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gold.jsonl", "here", "report.html", "run.jsonl"]
    again = run(*measure, "--baseline", saved, "--threshold", 0, "--guard", "answered and right")
    assert again.code == 0
    assert "0 questions changed" in again.words
    worse = run(*measure, "--baseline", saved, "--threshold", 1, "--guard", "answered and right", "--guard", "recall@5")
    assert worse.code == 1
    assert "12 questions changed" in worse.words
    assert worse.err.startswith(f"quotewise: significant loss against {saved}: answered and right\n")


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["gold.jsonl"], 2, "give either --corpus, a folder to index, or --url"),
        (["gold.jsonl", "--corpus", SEEDS, "--guard", "AURC"], 1, "--guard needs a --baseline"),
        (["gone.jsonl", "--corpus", SEEDS], 1, "cannot read gone.jsonl"),
        (["gold.jsonl", "--corpus", SEEDS, "--baseline", "gold.jsonl"], 1, "gold.jsonl is no saved run of this version"),
        (["gold.jsonl", "--corpus", SEEDS, "--threshold", "2"], 2, "--threshold"),
        (["gold.jsonl", "--corpus", SEEDS, "--retrieval", "psychic"], 1, "the setting 'retrieval' is not valid"),
        (["gold.jsonl", "--url", "http://127.0.0.1:9"], 1, "there is no service at http://127.0.0.1:9"),
        (["gold.jsonl", "--url", "http://127.0.0.1:9", "--top-k", "5"], 2, "are settings of the service at --url"),
        (["gold.jsonl", "--corpus", SEEDS, "-o", "."], 2, "--output is a file in a folder that exists"),
        (["import", "trec", "x", "-o", "out"], 2, "there is no format 'trec'"),
        (["import", "squad", "x", "-o", "out"], 1, "cannot read x as squad"),
        (["check", "gold.jsonl", "--corpus", "nowhere"], 1, "1 of the quotes and documents of gold.jsonl are not in nowhere"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    run: Run,
    gold: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
    complaint: str,
) -> None:
    monkeypatch.chdir(gold.parent)
    found = run("eval", *arguments)
    assert found.code == code
    assert complaint in found.err
    assert "Traceback" not in found.err


def test_a_gold_file_is_checked_against_a_folder(run: Run, gold: Path) -> None:
    assert "2 questions, 1 answerable, every quote in its place" in run("eval", "check", gold, "--corpus", SEEDS).words
    gold.write_text(gold.read_text(encoding="utf-8").replace("massacre", "massacres", 2), encoding="utf-8")
    found = run("eval", "check", gold, "--corpus", SEEDS)
    assert found.code == 1
    assert f": who: {SEED} does not have the quote '{QUOTE}s'; the nearest is" in found.err
