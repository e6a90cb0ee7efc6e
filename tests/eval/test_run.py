import json
import re
import shutil
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from quotewise.api.app import create_app
from quotewise.api.keys import Keys
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.eval.clients import AskingError, Client, UnreachableError, in_process
from quotewise.eval.gold import SEEDS as SEED_GOLD
from quotewise.eval.gold import GoldSet, load_gold
from quotewise.eval.run import Outcome, Run, RunConfig, RunError, check_baseline, evaluate, load_run
from quotewise.index.onnx_model import instruction_set
from quotewise.rag.defaults import AUTOMATIC
from tests.api.conftest import serving, wait_until_ready
from tests.conftest import SEED, SEEDS, WHY
from tests.eval.conftest import flawed, run_of

FLOORS = {"recall@10": 1.0, "first quote right": 0.8, "any quote right": 0.97, "citations that verify": 1.0}
HOW_DEADLY = "How many people were killed in the Crocus City Hall attack?"
DIALOGUES = [SEED_GOLD.with_name(f"dialogues_{name}.jsonl") for name in ("seeds", "squad")]
OF_WRITTEN_OUT = 0.8
"""Least share of what follow-ups get right when they are written out that they get right as they are asked."""


def answers_of(run: Run) -> list[Outcome]:
    """The outcomes without their timings."""
    return [o.model_copy(update={"response": o.response.model_copy(update={"timings_ms": {}})}) for o in run.outcomes]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pauses between the tries of a request."""
    monkeypatch.setattr("quotewise.eval.clients._PAUSE_SECONDS", 0.01)


@pytest.fixture
def small(tmp_path: Path) -> GoldSet:
    """A question that the seeds answer, and two that they do not."""
    lines = [
        {
            "id": "why",
            "question": HOW_DEADLY,
            "answerable": True,
            "quotes": [{"path": SEED, "quote": "the deaths of 144 people"}],
        },
        {"id": "band", "question": "Which band was playing?", "answerable": False},
        {"id": "tax", "question": "What is the rate of tax?", "answerable": False},
    ]
    (tmp_path / "gold.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return load_gold(tmp_path / "gold.jsonl")


def test_the_seed_gold_set_is_answered_at_least_as_well_as_when_this_was_written(seed_run: Run) -> None:
    values = {name: seed_run.estimates[name].value for name in FLOORS}
    assert all((values[name] or 0) >= floor for name, floor in FLOORS.items()), values


def test_every_figure_lies_in_its_interval_and_counts_the_questions_that_it_is_of(seed_run: Run) -> None:
    for name, one in seed_run.estimates.items():
        if one.value is not None and one.low is not None and one.high is not None:
            assert one.low <= one.value <= one.high, name
    assert seed_run.estimates["first quote right"].questions == 36
    assert seed_run.estimates["AUROC of confidence"].questions == 54
    assert seed_run.by_tag["why"]["first quote right"].questions == 6
    assert seed_run.by_tag["unanswerable"]["first quote right"].value is None


def test_each_question_has_the_type_of_its_error(seed_run: Run) -> None:
    for outcome in seed_run.outcomes:
        shown = (outcome.response.confidence or 0) >= seed_run.config.threshold
        right = bool(outcome.figures.get("first"))
        if outcome.error_type == "correct":
            assert shown and right if outcome.gold.answerable else not shown
        assert (outcome.error_type == "wrong answer") == (shown and not outcome.gold.answerable)
        assert (outcome.error_type == "wrong abstention") == (right and not shown)


def test_a_saved_run_is_read_back_as_it_was(small: GoldSet, local: Client, tmp_path: Path) -> None:
    run = run_of(small, local, tmp_path / "run.jsonl")
    assert load_run(tmp_path / "run.jsonl") == run
    assert run.config.machine["instruction_set"] == instruction_set()
    data = (tmp_path / "run.jsonl").read_bytes()
    for damaged in (data[:1000], b"", b"\xff\n\n"):
        (tmp_path / "run.jsonl").write_bytes(damaged)
        with pytest.raises(RunError, match=r"run\.jsonl is no saved run"):
            load_run(tmp_path / "run.jsonl")


def test_over_http_the_same_questions_get_the_same_outcomes(small: GoldSet, local: Client, url: str) -> None:
    dialogues = load_gold(DIALOGUES[0])
    kept = [n for n, one in enumerate(dialogues.questions) if {"follow-up unanswerable", "new topic, test"} & set(one.tags)]
    few = replace(dialogues, questions=tuple(dialogues.questions[n] for n in kept), lines=tuple(kept))
    for gold in (small, few):
        assert answers_of(run_of(gold, local)) == answers_of(run_of(gold, Client.over_http(url, 30)))


@pytest.mark.usefixtures("impatient")
def test_a_question_that_the_service_fails_at_counts_as_a_failure_with_its_reason(small: GoldSet, url: str) -> None:
    with flawed(url, lambda body: 500 if "band" in body else None) as broken:
        run = run_of(small, Client.over_http(broken, 30))
    why, band, tax = run.outcomes
    assert (why.error_type, band.error_type, tax.error_type) == ("correct", "failed", "wrong answer")
    assert band.failure == "/ask answered 500: no problem details"
    assert run.estimates["accuracy at the threshold"].value == pytest.approx(1 / 3, abs=1e-3)
    assert run.estimates["AUROC of confidence"].questions == 3


@pytest.mark.usefixtures("impatient")
def test_a_failure_that_passes_is_no_failure(small: GoldSet, url: str) -> None:
    bodies: list[str] = []

    def once(body: str) -> int | None:
        bodies.append(body)
        return 503 if "band" in body and sum("band" in one for one in bodies) == 1 else None

    with flawed(url, once) as broken:
        assert [outcome.failure for outcome in run_of(small, Client.over_http(broken, 30)).outcomes] == [None] * 3


def test_a_service_that_needs_a_key_gets_it_from_the_environment(
    seeds: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(index=tmp_path / "index")
    shutil.copytree(seeds.settings.index, settings.index)
    _, secret = Keys(settings.index).make("harness")
    with serving(create_app(lambda: Service.open(settings), settings)) as http:
        wait_until_ready(http)
        client = Client.over_http(str(http.base_url).rstrip("/"), 30)
        with pytest.raises(AskingError, match="401"):
            client.ask(WHY, None)
        monkeypatch.setenv("QUOTEWISE_KEY", secret)
        assert Client.over_http(client.name, 30).ask(WHY, None).citations


def test_an_interrupted_run_resumes(small: GoldSet, url: str, tmp_path: Path) -> None:
    """The first service is left after one question; the second is asked the others only."""
    output, part = tmp_path / "run.jsonl", tmp_path / "run.jsonl.part"
    gold = small.located(Client.over_http(url, 30).text)
    config = RunConfig.of(gold, Client.over_http(url, 30), 0.0)

    def leave(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate(gold, Client.over_http(url, 30), config, output, leave)
    assert not output.exists()
    line = part.read_bytes().splitlines()[1]
    failed = json.loads(line) | {"gold": json.loads(line)["gold"] | {"id": "tax"}, "error_type": "failed"}
    broken = b'{"gold": {"id": "band"'  # as a crash in the middle of a line leaves it
    part.write_bytes(part.read_bytes() + json.dumps(failed).encode() + b"\n" + broken)
    bodies: list[str] = []
    with flawed(url, lambda body: bodies.append(body)) as second:
        run = evaluate(gold, Client.over_http(second, 30), config, output)
    assert [outcome.gold.id for outcome in run.outcomes] == ["why", "band", "tax"]
    assert run.summary.asked == 2  # what failed is asked again
    assert not any(HOW_DEADLY in body for body in bodies if "include_passages" in body)
    assert load_run(output) == run and not part.exists()
    part.write_bytes(output.read_bytes())
    other = config.model_copy(update={"client": "elsewhere"})
    assert evaluate(gold, Client.over_http(url, 30), other, output).summary.asked == 3  # nothing of another run is taken over


@pytest.mark.usefixtures("impatient")
def test_where_there_is_no_service_the_run_stops_and_says_so(small: GoldSet) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(UnreachableError, match=f"there is no service at {re.escape(address)}"):
        run_of(small, Client.over_http(address, 1))
    for nonsense in ("nonsense", "http://[", "ftp://127.0.0.1"):
        with pytest.raises(UnreachableError):
            Client.over_http(nonsense, 1).ask("why?", None)


@pytest.mark.usefixtures("impatient")
def test_a_service_that_is_slow_or_something_else_is_named(url: str) -> None:
    silent = socket.create_server(("127.0.0.1", 0))  # takes connections and never answers
    with silent, pytest.raises(AskingError, match=r"/ask took more than 0\.2 seconds"):
        Client.over_http(f"http://127.0.0.1:{silent.getsockname()[1]}", 0.2).ask("why?", None)
    with flawed(url, lambda body: 200) as other, pytest.raises(AskingError, match="/ask did not answer as Quotewise does"):
        Client.over_http(other, 5).ask("why?", None)


def test_a_baseline_of_another_gold_set_is_refused(seed_run: Run, small: GoldSet, local: Client) -> None:
    with pytest.raises(RunError, match="the baseline is a run of another gold set"):
        check_baseline(seed_run, [], RunConfig.of(small, local, 0.0))


def test_on_the_seeds_follow_ups_do_nearly_as_well_as_written_out_and_new_topics_as_well_as_alone() -> None:
    gold, tags = (
        load_gold(DIALOGUES[0]),
        {f"{tag}, test" for tag in ("follow-up", "written out", "new topic", "new topic alone")},
    )
    kept = [n for n, one in enumerate(gold.questions) if tags & set(one.tags)]
    with in_process(SEEDS, Settings(reader=AUTOMATIC)) as client:
        run = run_of(replace(gold, questions=tuple(gold.questions[n] for n in kept), lines=tuple(kept)), client)
    right = {tag: run.by_tag[tag]["first quote right"].value or 0 for tag in tags}
    assert right["follow-up, test"] >= OF_WRITTEN_OUT * right["written out, test"], right
    assert right["new topic, test"] >= right["new topic alone, test"], right


def test_the_dialogues_are_enough_and_half_of_them_change_the_topic() -> None:
    rows = [(path.stem, row) for path in DIALOGUES for row in load_gold(path).questions if row.history]
    dialogues = {(name, row.id.rsplit("-", 1)[0]) for name, row in rows}
    changing = {(name, row.id.rsplit("-", 1)[0]) for name, row in rows if "new topic" in row.tags}
    assert len(dialogues) >= 30
    assert len(changing) >= len(dialogues) / 2
