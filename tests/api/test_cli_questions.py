import json
import os
import shutil
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import httpx
import pytest
from mcp.client import Client

from quotewise.api.chat import opening
from quotewise.api.keys import Keys
from quotewise.index.printable import MAX_BEGINNING, beginning
from quotewise.rag.readers.span_model import FAST_FOLDER
from tests.api.command_line import Outcome, Run, check_complaint, slow_imports
from tests.api.conftest import wait_until
from tests.api.running import running
from tests.api.test_mcp import in_process, links
from tests.conftest import SEED, SEEDS, WHY, writable_copy


@pytest.mark.parametrize(
    ("command", "name", "damage", "mentioned"),
    [
        (["extract", WHY, SEEDS / SEED], "model.onnx", lambda path: path.write_bytes(path.read_bytes()[:1000]), "is damaged"),
        (["ask", WHY], "model.onnx", Path.unlink, "cannot load"),
        (["ask", WHY], "model.json", lambda path: path.write_text('{"format": 99}'), "format 99"),
        (["extract", WHY, SEEDS / SEED], "model.json", Path.unlink, "cannot load"),
        (["serve", "--port", "0"], "tokenizer.json", lambda path: path.write_bytes(path.read_bytes()[:1000]), "cannot load"),
        (["ask", WHY], "calibration.json", Path.unlink, "cannot load"),
        (["serve", "--port", "0"], "calibration.json", lambda path: path.write_text("{}"), "cannot load"),
    ],
)
def test_a_reader_that_cannot_be_loaded_is_named_by_its_file(
    seeded: Run, tmp_path: Path, command: list[str], name: str, damage: Callable[[Path], object], mentioned: str
) -> None:
    model = writable_copy(FAST_FOLDER, tmp_path / "model")
    damage(model / name)
    check_complaint(seeded(*command, "--reader", model), str(model / name), mentioned)


@pytest.mark.usefixtures("default_reader")
def test_the_reader_flag_chooses_who_reads(seeded: Run) -> None:
    options = ["--collection", "notes", "--threshold", "0", "--json"]
    found = {
        reader: seeded("ask", "Where was tea first drunk?", *flag, *options).json["short_answer"]
        for reader in ("similarity", "fast", "default", "deep", "cascade")
        for flag in ([] if reader == "default" else ["--reader", reader],)
    }
    assert found["similarity"] is None
    assert "China" in found["fast"]["text"]
    assert "China" in found["deep"]["text"]
    assert found["default"] == found["cascade"] != found["fast"] != found["deep"]


def test_a_question_that_is_not_answered_gets_the_closest_passages(seeded: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTEWISE_THRESHOLD", "1")
    unanswered = seeded("ask", WHY)
    assert (unanswered.code, unanswered.err) == (3, "")
    assert "exit code is 3" in seeded("ask", "--help").words
    assert unanswered.words.startswith("The documents do not say. The closest passages: [1] ")
    possible = seeded("ask", "Who from Ukraine claimed responsibility?", "--threshold", 0).words
    assert possible.startswith("Possibly an answer: [1] ")
    answer = seeded("ask", WHY, "--json").json
    assert (answer["answered"], answer["answer"], answer["citations"]) == (False, None, [])
    assert 1 <= len(answer["closest"]) <= 3
    assert any(len(passage["quote"]) > MAX_BEGINNING for passage in answer["closest"])
    for number, passage in enumerate(answer["closest"], 1):
        begun, start = beginning(passage["quote"]), passage["start"]
        offered = f"[{number}] {' '.join(begun.split())} {passage['document']['path']}, {passage['place']}, characters {start}-"
        assert f"{offered}{start + len(begun)}" in unanswered.words


def test_a_prefix_of_undecodable_bytes_is_that_of_no_document(seeded: Run) -> None:
    assert seeded("search", WHY, "--path-prefix", "\udcff", "--json").json == []


@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_question_can_be_piped_in(pipe: Callable[..., Outcome], library: Path, command: str) -> None:
    arguments = [command, "-", "--index", library, "--json"]
    found = pipe(f"\ufeff{WHY}\n".encode(), *arguments).json
    assert SEED in json.dumps(found)
    assert command == "search" or found["question"] == WHY
    for content, complaint in ((b"", "standard input is empty"), (b" \n", "question"), (b"\0\xff", "standard input is binary")):
        check_complaint(pipe(content, *arguments), complaint)


def asked(run: Run, *more: str, question: str = WHY) -> tuple[str, list[str]]:
    """Who answered a question, a service or this process, and the quotes."""
    found = run("ask", question, "--json", *more).json
    return "process" if found["request_id"] == "command-line" else "service", [one["quote"] for one in found["citations"]]


async def links_lead_to(address: str, client: Client) -> None:
    first, *_ = await links(client, "ask", question=WHY)
    assert first.uri.startswith(f"{address}/documents/")


def test_a_service_that_runs_on_the_index_is_asked_instead_as_its_keys_allow_and_until_it_ends(
    run: Run, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = shutil.copytree(library, tmp_path / "served", ignore=shutil.ignore_patterns("service.json"))
    told, keys = index / "service.json", Keys(index)
    monkeypatch.setenv("QUOTEWISE_INDEX", str(index))
    with running(index) as service, closing(keys):
        wait_until(told.exists)
        assert (told.stat().st_mode & 0o777, json.loads(told.read_text())["pid"]) == (0o600, service.process.pid)
        by, quotes = asked(run)
        assert (by, bool(quotes)) == ("service", True)
        assert slow_imports("ask", WHY) == set()
        assert asked(run, "--local") == ("process", quotes)
        assert asked(run, "--also", "notes")[0] == "service"
        assert asked(run, "--max-quotes", "1") == ("service", quotes[:1])
        assert asked(run, "--threshold", "1") == ("service", [])
        assert asked(run, "--reader", "similarity")[0] == "process"
        assert f"{SEED}, line 3, characters " in run("ask", WHY).words
        assert [one["document"]["path"] for one in run("search", WHY, "--json", "--top-k", "1").json] == [SEED]
        in_process(index, partial(links_lead_to, str(service.client.base_url)))
        for arguments, mentioned in ((["-c", "nope"], "'nope'"), (["--path-prefix", "x" * 1001], "path_prefix")):
            check_complaint(run("ask", WHY, *arguments), mentioned, "--local")

        _, secret = keys.make("notes only", collections=["notes"])
        assert asked(run)[0] == "process"
        monkeypatch.setenv("QUOTEWISE_KEY", secret)
        assert asked(run, "-c", "notes", question="Where was tea first drunk?")[0] == "service"
        check_complaint(run("ask", WHY), "this key may not use that collection")
        monkeypatch.setenv("QUOTEWISE_KEY", "qw_nobody")
        check_complaint(run("ask", WHY), "a key that is in force")

        service.stop()
        assert not told.exists()
        assert asked(run) == ("process", quotes)


@pytest.mark.parametrize("content", ["", "5", "{}", '{"url": "file:///etc/passwd", "pid": 1, "instance": "x", "settings": {}}'])
def test_a_file_that_no_running_service_wrote_is_passed_over(
    run: Run, client: httpx.Client, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    index = tmp_path / "copy"
    shutil.copytree(library, index)
    told = {"reader": "fast", "retrieval": "hybrid", "threshold": None}
    of_another = {"url": str(client.base_url), "pid": os.getpid(), "instance": "x", "settings": told}
    monkeypatch.setenv("QUOTEWISE_INDEX", str(index))
    (index / "service.json").write_text(content or json.dumps(of_another), encoding="utf-8")
    assert asked(run)[0] == "process"


TALK = f"""{WHY}
/open 2
/edit
When was the attack?
/new
/help
/open
/open x
/shut
"""


def test_a_conversation_follows_up_and_opens_sources_at_the_line(
    pipe: Callable[..., Outcome], library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PAGER", "VISUAL"):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/{name}.arguments\n', encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setenv(name, f"{program} -x")
    said = pipe(TALK.encode(), "chat", "--index", library)
    assert (tmp_path / "PAGER.arguments").read_text().splitlines() == ["-x", "+5", str(SEEDS / SEED)]
    assert (tmp_path / "VISUAL.arguments").read_text().splitlines() == ["-x", "+3", str(SEEDS / SEED)]
    assert f"{SEED}, line 3, characters " in said.words
    assert "/open [N]" in said.out
    assert said.code == 1
    assert said.err.splitlines()[:3] == [
        "quotewise: no quotes are shown yet",
        "quotewise: no quotes are shown yet",
        "quotewise: '/shut' is no command; /help names those there are",
    ]


def test_the_source_of_a_file_that_has_changed_is_opened_as_it_was_indexed(
    pipe: Callable[..., Outcome], run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.txt").write_text("The harbour froze.\n\nThe rent of the mill is 840 euros a month.\n", encoding="utf-8")
    run("index", folder)
    (folder / "a.txt").write_text("Nothing.", encoding="utf-8")
    pager, output = tmp_path / "pager", tmp_path / "output"
    pager.write_text(f'#!/bin/sh\nsed -n "${{1#+}}p" "$2" > {output}\n', encoding="utf-8")
    pager.chmod(0o755)
    monkeypatch.setenv("PAGER", str(pager))
    said = pipe(b"What is the rent of the mill?\n/open 1\n/open 9\n", "chat", "--threshold", "0")
    assert output.read_text() == "The rent of the mill is 840 euros a month.\n"
    assert "expected the number of a quote, 1 to " in said.err
    monkeypatch.setenv("PAGER", "/nowhere/less")
    said = pipe(b"What is the rent of the mill?\n/open\n", "chat", "--threshold", "0")
    assert "'/nowhere/less' cannot be started; set PAGER: No such file" in said.err


@pytest.mark.parametrize(
    ("program", "command"),
    [
        ("less -R", ["less", "-R", "+7", "/a b.txt"]),
        ("/usr/bin/code --wait", ["/usr/bin/code", "--wait", "-g", "/a b.txt:7"]),
        ("hx", ["hx", "/a b.txt:7"]),
        ("cat", ["cat", "/a b.txt"]),
        ("'my editor' -n", ["my editor", "-n", "+7", "/a b.txt"]),
    ],
)
def test_each_editor_is_told_the_line_in_its_own_way(program: str, command: list[str]) -> None:
    assert opening(program, Path("/a b.txt"), 7) == command


def test_several_collections_are_asked_at_once(seeded: Run) -> None:
    question, options = "Where was tea first drunk?", ["--threshold", "0", "--json"]

    def found(*flags: str) -> set[str]:
        passages = seeded("search", question, *flags, "--json").json
        quoted = seeded("ask", question, *flags, *options).json["citations"]
        paths = {passage["document"]["path"] for passage in passages}
        assert {quote["document"]["path"] for quote in quoted} <= paths
        return paths

    alone, others = found(), found("--collection", "notes")
    assert SEED in alone and not alone & others
    assert found("--also", "notes") & alone and found("--also", "notes") & others
    check_complaint(seeded("ask", question, "--also", "nowhere"), "nowhere")
