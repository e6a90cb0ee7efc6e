import json
import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from quotewise.api.app import create_app
from quotewise.api.callers import LOCAL
from quotewise.api.keys import Keys
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.eval.clients import Asked, AskingError, InProcess, OverHttp, UnreachableError
from quotewise.eval.gold import GoldSet, load_gold
from quotewise.eval.harness import evaluate, threshold_of
from quotewise.eval.runs import Journal, Run, RunError, check_same_gold, head_of, load_run
from quotewise.index.onnx_model import instruction_set

from tests.api.conftest import ready, serving, wait_until_ready
from tests.conftest import SEED, SEEDS, WHY
from tests.eval.test_gold import SEED_GOLD

FLOORS = {"recall@10": 1.0, "first quote right": 0.83, "any quote right": 0.88, "citations that verify": 1.0}


def run_of(gold: GoldSet, asked: Asked, path: Path | None = None, threshold: float = 0.0) -> Run:
    head = head_of(gold, asked.name, {}, threshold, None)
    return evaluate(gold.located(asked.text), asked, head, Journal(path, head), 0.0, lambda done, total: None)


@pytest.fixture(scope="module")
def seed_run(seeds: Service) -> Run:
    asked = InProcess(seeds)
    gold = load_gold(SEED_GOLD)
    return run_of(gold, asked, threshold=threshold_of(gold, asked))


@pytest.fixture
def small(tmp_path: Path) -> GoldSet:
    """A question that the seeds answer, and two that they do not."""
    lines = [
        {
            "id": "why",
            "question": WHY,
            "answerable": True,
            "quotes": [{"path": SEED, "quote": "dismissed the American warning as too general"}],
        },
        {"id": "band", "question": "Which band was playing?", "answerable": False},
        {"id": "tax", "question": "What is the rate of tax?", "answerable": False},
    ]
    (tmp_path / "gold.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return load_gold(tmp_path / "gold.jsonl")


@contextmanager
def flawed(service: str, breaks: Callable[[str], int | None]) -> Iterator[str]:
    """A server that hands requests on to a service, except that ``breaks`` of the body may say with which status to fail."""
    import httpx

    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status = breaks(body.decode())
            if status is None:
                found = httpx.request(self.command, service + self.path, content=body, headers=dict(self.headers))
                status, content, kind = found.status_code, found.content, found.headers["Content-Type"]
            else:
                content, kind = b"<h1>no</h1>", "text/html"
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = handle_one  # noqa: N815 - the names that http.server calls

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = Settings(index=tmp_path_factory.mktemp("http"))
    service = Service.open(settings, create=True)
    service.index(LOCAL, SEEDS)
    service.store.close()
    with ready(settings) as client:
        yield str(client.base_url).rstrip("/")


def test_the_seed_gold_set_is_answered_at_least_as_well_as_when_this_was_written(seed_run: Run) -> None:
    found = {name: seed_run.estimates[name].value for name in FLOORS}
    assert all((found[name] or 0) >= floor for name, floor in FLOORS.items()), found


def test_every_figure_lies_in_its_interval_and_counts_the_questions_that_it_is_of(seed_run: Run) -> None:
    for name, one in seed_run.estimates.items():
        if one.value is not None and one.low is not None and one.high is not None:
            assert one.low <= one.value <= one.high, name
    assert seed_run.estimates["first quote right"].questions == 36
    assert seed_run.estimates["AUROC of confidence"].questions == 54
    assert seed_run.by_tag["why"]["first quote right"].questions == 6
    assert seed_run.by_tag["unanswerable"]["first quote right"].value is None


def test_each_question_is_called_by_what_went_wrong_with_it(seed_run: Run) -> None:
    for outcome in seed_run.outcomes:
        shown = (outcome.confidence or 0) >= seed_run.head.threshold
        right = bool(outcome.figures.get("first"))
        if outcome.kind == "right":
            assert shown and right if outcome.gold.answerable else not shown
        assert (outcome.kind == "wrongly answered") == (shown and not outcome.gold.answerable)
        assert (outcome.kind == "wrongly silent") == (right and not shown)


def test_a_saved_run_is_read_back_as_it_was(seed_run: Run, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(seed_run.model_dump_json(), encoding="utf-8")
    assert load_run(tmp_path / "run.json") == seed_run
    assert seed_run.head.machine["instruction_set"] == instruction_set()
    (tmp_path / "run.json").write_text(seed_run.model_dump_json()[:1000], encoding="utf-8")
    with pytest.raises(RunError, match=r"run\.json is no saved run"):
        load_run(tmp_path / "run.json")


def test_over_http_the_same_questions_get_the_same_outcomes(small: GoldSet, seeds: Service, url: str) -> None:
    here, there = run_of(small, InProcess(seeds)), run_of(small, OverHttp(url, 30))
    for one, other in zip(here.outcomes, there.outcomes, strict=True):
        assert one.model_copy(update={"timings_ms": {}}) == other.model_copy(update={"timings_ms": {}})
    assert here.passages == there.passages


def test_a_question_that_the_service_fails_at_counts_as_a_failure_with_its_reason(small: GoldSet, url: str) -> None:
    with flawed(url, lambda body: 500 if "band" in body else None) as broken:
        run = run_of(small, OverHttp(broken, 30))
    why, band, tax = run.outcomes
    assert (why.kind, band.kind, tax.kind) == ("right", "failed", "wrongly answered")
    assert band.failure == "/ask answered 500: no problem details"
    assert run.estimates["accuracy at the threshold"].value == pytest.approx(1 / 3, abs=1e-3)
    assert run.estimates["AUROC of confidence"].questions == 3


def test_a_failure_that_passes_is_no_failure(small: GoldSet, url: str) -> None:
    asked: list[str] = []

    def once(body: str) -> int | None:
        asked.append(body)
        return 503 if "band" in body and sum("band" in one for one in asked) == 1 else None

    with flawed(url, once) as broken:
        assert [outcome.failure for outcome in run_of(small, OverHttp(broken, 30)).outcomes] == [None] * 3


def test_a_service_that_needs_a_key_gets_it_from_the_environment(
    small: GoldSet, seeds: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(index=tmp_path / "index")
    shutil.copytree(seeds.settings.index, settings.index)
    _, secret = Keys(settings.index).make("harness")
    with serving(create_app(lambda: Service.open(settings), settings)) as client:
        wait_until_ready(client)
        asked = OverHttp(str(client.base_url).rstrip("/"), 30)
        with pytest.raises(AskingError, match="401"):
            asked.ask(WHY, None)
        monkeypatch.setenv("QUOTEWISE_KEY", secret)
        assert OverHttp(asked.name, 30).ask(WHY, None).answered


def test_a_run_goes_on_where_it_was_cut_off(small: GoldSet, url: str, tmp_path: Path) -> None:
    """The first service is gone after one question; the second is asked the others only."""
    journal = tmp_path / "run.part.jsonl"
    with flawed(url, lambda body: None) as first:
        asked = OverHttp(first, 30)
        gold = small.located(asked.text)
        head = head_of(gold, "somewhere", {}, 0.0, None)

        def leave(done: int, total: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            evaluate(gold, asked, head, Journal(journal, head), None, leave)
    journal.write_bytes(journal.read_bytes() + b'{"gold": {"id": "band"')  # as a crash in the middle of a line leaves it
    bodies: list[str] = []
    with flawed(url, lambda body: bodies.append(body)) as second:
        run = evaluate(gold, OverHttp(second, 30), head, Journal(journal, head), None, lambda done, total: None)
    assert [outcome.gold.id for outcome in run.outcomes] == ["why", "band", "tax"]
    assert not any(WHY in body for body in bodies if "include_passages" in body)
    failed = run.outcomes[1].model_copy(update={"kind": "failed", "failure": "timeout"})
    other = Journal(tmp_path / "other.part", head)
    other.add(run.outcomes[0])
    other.add(failed)
    (tmp_path / "other.part").write_bytes((tmp_path / "other.part").read_bytes() + b"\0\xff\n")
    assert set(Journal(tmp_path / "other.part", head).done) == {"why"}  # what failed is asked again
    assert Journal(journal, head_of(gold, "elsewhere", {}, 0.0, None)).done == {}  # another run's outcomes are not taken over


def test_where_there_is_no_service_the_run_stops_and_says_so(small: GoldSet) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(UnreachableError, match=f"there is no service at {re.escape(address)}"):
        run_of(small, OverHttp(address, 1))
    for nonsense in ("nonsense", "http://[", "ftp://127.0.0.1"):
        with pytest.raises(UnreachableError):
            OverHttp(nonsense, 1).ask("why?", None)


def test_a_service_that_is_slow_or_something_else_is_named(url: str) -> None:
    silent = socket.create_server(("127.0.0.1", 0))  # takes connections and never answers
    with silent, pytest.raises(AskingError, match=r"/ask took more than 0\.2 seconds"):
        OverHttp(f"http://127.0.0.1:{silent.getsockname()[1]}", 0.2).ask("why?", None)
    with flawed(url, lambda body: 200) as other, pytest.raises(AskingError, match="/ask did not answer as Quotewise does"):
        OverHttp(other, 5).ask("why?", None)


def test_a_baseline_of_another_gold_set_is_refused(seed_run: Run, small: GoldSet) -> None:
    with pytest.raises(RunError, match="the baseline is a run of another gold set"):
        check_same_gold(head_of(small, "somewhere", {}, 0.0, None), seed_run)
