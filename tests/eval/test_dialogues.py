from dataclasses import replace
from pathlib import Path

import pytest
from quotewise.api.callers import LOCAL
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.eval.clients import InProcess, OverHttp
from quotewise.eval.datasets import import_set
from quotewise.eval.gold import GoldSet, load_gold

from tests.api.conftest import ready
from tests.api.test_cli import Run as Command
from tests.api.test_cli import run  # noqa: F401 - a fixture
from tests.conftest import SEEDS, SHARED
from tests.eval.test_gold import SEED_GOLD
from tests.eval.test_harness import run_of

GOLDS = [SEED_GOLD.with_name(f"dialogues_{name}.jsonl") for name in ("seeds", "squad")]
OF_WRITTEN_OUT = 0.8
"""Least share of what follow-ups get right when they are written out that they get right as they are asked."""


def some(gold: GoldSet, *tags: str) -> GoldSet:
    kept = [one for one in zip(gold.questions, gold.lines, strict=True) if set(tags) & set(one[0].tags)]
    questions, lines = zip(*kept, strict=True)
    return replace(gold, questions=questions, lines=lines)


def test_on_the_seeds_follow_ups_do_nearly_as_well_as_written_out_and_new_topics_as_well_as_alone(seeds: Service) -> None:
    gold = some(load_gold(GOLDS[0]), "follow-up", "written out", "new topic", "new topic alone")
    tags = run_of(gold, InProcess(seeds)).by_tag
    right = {tag: tags[tag]["first quote right"].value or 0 for tag in tags}
    assert right["follow-up"] >= OF_WRITTEN_OUT * right["written out"], right
    assert right["new topic"] >= right["new topic alone"], right


def test_the_dialogues_are_enough_and_half_of_them_change_the_topic() -> None:
    rows = [(path.stem, row) for path in GOLDS for row in load_gold(path).questions if row.history]
    dialogues = {(name, row.id.rsplit("-", 1)[0]) for name, row in rows}
    changing = {(name, row.id.rsplit("-", 1)[0]) for name, row in rows if "new topic" in row.tags}
    assert len(dialogues) >= 30
    assert len(changing) >= len(dialogues) / 2


def test_the_dialogues_on_squad_quote_the_documents_of_the_import(tmp_path: Path) -> None:
    data = SHARED / "data" / "eval" / "squad2_dev_a.jsonl.gz"
    if not data.exists():
        pytest.skip(f"needs {data}")
    import_set("spans", data, [], tmp_path)
    gold = load_gold(GOLDS[1])
    texts = {path.name: path.read_bytes().decode() for path in (tmp_path / "corpus").iterdir()}
    assert list(gold.complaints(texts.get)) == []


def test_a_history_is_put_over_http_as_in_process(seeds: Service, tmp_path: Path) -> None:
    gold = some(load_gold(GOLDS[0]), "follow-up unanswerable", "new topic, test")
    settings = Settings(index=tmp_path)
    service = Service.open(settings, create=True)
    service.index(LOCAL, SEEDS)
    service.store.close()
    with ready(settings) as client:
        there = run_of(gold, OverHttp(str(client.base_url).rstrip("/"), 30))
    here = run_of(gold, InProcess(seeds))
    for one, other in zip(here.outcomes, there.outcomes, strict=True):
        assert one.model_copy(update={"timings_ms": {}}) == other.model_copy(update={"timings_ms": {}})


def test_a_run_is_reported_by_tag_and_shows_what_was_said_before(run: Command, tmp_path: Path) -> None:  # noqa: F811
    rows = GOLDS[0].read_text(encoding="utf-8").splitlines()[:4]
    (tmp_path / "gold.jsonl").write_text("\n".join(rows), encoding="utf-8")
    found = run("eval", tmp_path / "gold.jsonl", "--corpus", SEEDS, "--html", tmp_path / "report.html")
    assert "first quote right, by tag" in found.words
    assert "written out, dev" in found.words
    assert "after: How many people died in the Crocus City Hall attack?" in (tmp_path / "report.html").read_text(
        encoding="utf-8"
    )
