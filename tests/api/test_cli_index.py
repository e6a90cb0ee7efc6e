"""The commands that read a folder or the whole index."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quotewise.index.local_store import LocalStore
from quotewise.index.onnx_model import instruction_set
from tests.api.command_line import QUOTEWISE, Run, check_complaint, slow_imports
from tests.conftest import SEED, SEEDS, WHY
from tests.index.formats.pdf_files import Line, Page, Pdf


def test_what_is_not_read_is_named_and_with_strict_the_exit_code_says_so(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "lease.pdf").write_bytes(Pdf([Page([Line("The rent of the mill is 840 euros a month.")])]).write())
    assert run("index", folder, "--strict").code == 0
    assert "lease.pdf, page 1, characters 0-42" in run("ask", "What is the rent of the mill?", "--threshold", "0").words
    (folder / "photo.png").write_bytes(b"\x89PNG")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7")
    for _ in range(2):
        report = run("index", folder, "--strict")
        assert report.code == 3
        assert report.out.endswith("1 unchanged, 1 failed, 1 of formats that are not read\n")
        assert "failed: broken.pdf: is truncated" in report.err and "not read: photo.png: has no known format\n" in report.err
        assert run("index", folder).code == 0
    assert json.loads(run("index", folder, "--json").out)["left_out"] == {"damaged": 1, "unknown format": 1}
    [collection] = json.loads(run("status", "--json").out)["collections"]
    assert [(f["path"], f["kind"]) for f in collection["left_out"]] == [
        ("broken.pdf", "damaged"),
        ("photo.png", "unknown format"),
    ]


def test_where_nothing_has_changed_no_model_is_started(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text("The bridge was built in 1890. It carries trains.", encoding="utf-8")
    run("index", folder)
    assert "onnxruntime" not in slow_imports("index", str(folder))


def test_a_folder_is_indexed_asked_verified_and_removed(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text("The bridge was built in 1890. It carries trains.", encoding="utf-8")
    (folder / "b.txt").write_text("The harbour froze in winter.", encoding="utf-8")
    monkeypatch.setenv("QUOTEWISE_THRESHOLD", "0")

    assert run("index", folder).out == "2 added, 0 changed, 0 removed, 0 unchanged, 0 failed\n"
    (folder / "b.txt").unlink()
    (folder / "c.txt").touch()
    again = run("index", folder)
    assert again.out == "0 added, 0 changed, 1 removed, 1 unchanged, 1 failed\n"
    assert again.err == "failed: c.txt: is empty\n"
    asked = run("ask", "When was the bridge built?")
    assert "[1] The bridge was built in 1890." in asked.words
    assert "a.txt, line 1, characters 0-29" in asked.words
    assert "a.txt, line 1" in run("search", "bridge").words
    status = run("status")
    assert f"default111all-MiniLM-L6-v2{folder}" in status.letters and "c.txt: is empty" in status.out
    assert f"processor: {instruction_set()}" in status.words
    (tmp_path / "answer.json").write_text(run("ask", "When was the bridge built?", "--json").out, encoding="utf-8")
    assert run("verify", tmp_path / "answer.json").words.startswith("verdict citation place reason valid a.txt 0-")
    assert run("rm", "a.txt").out == "1 removed from default\n"
    assert run("search", "bridge").out == ""
    assert run("rm", "--all", "--yes").out == "0 removed from default\n"
    assert "there is no collection" in run("search", "bridge").err


def test_json_says_the_same_for_programs(run: Run, tmp_path: Path) -> None:
    indexed = run("index", SEEDS, "--json").json
    assert (indexed["added"], indexed["failed"]) == ([SEED], [])
    answer = run("ask", WHY, "--json", "--max-quotes", "1").json
    assert answer["answered"]
    assert len(answer["citations"]) == 1
    assert answer["citations"][0]["document"]["path"] == SEED
    assert [passage["document"]["path"] for passage in run("search", WHY, "--json", "--top-k", "1").json] == [SEED]
    assert run("search", WHY, "--json", "--path-prefix", "x").json == []
    listed = run("status", "--json").json
    (status,) = listed["collections"]
    assert (listed["default"], listed["processor"]) == ("default", instruction_set())
    assert (status["name"], status["documents"], status["root"]) == ("default", 1, str(SEEDS))
    (tmp_path / "answer.json").write_text(json.dumps(answer["citations"]), encoding="utf-8")
    assert [found["verdict"] for found in run("verify", tmp_path / "answer.json", "--json").json] == ["valid"]
    assert run("rm", "--all", "--yes", "--json").json == {"removed": [SEED]}


def test_a_reader_that_cannot_be_loaded_is_complained_about_before_a_folder_is_indexed(run: Run, tmp_path: Path) -> None:
    check_complaint(run("serve", SEEDS, "--port", "0", "--reader", tmp_path), str(tmp_path / "model.json"))
    assert run("status", "--json").json["collections"] == []


@pytest.mark.parametrize(
    ("damage", "mentioned"),
    [
        (lambda path: path.write_bytes(b"no database " * 1000), "cannot be used"),
        (lambda path: path.write_bytes(path.read_bytes()[:5000]), "cannot be used"),
        (lambda path: sqlite(path, "PRAGMA user_version = 99"), "newer than"),
        (lambda path: sqlite(path, "PRAGMA application_id = 1"), "not a Quotewise catalogue"),
    ],
    ids=["overwritten", "cut short", "of a newer version", "of another program"],
)
def test_a_catalogue_that_cannot_be_used_is_said_to_be_so_and_left_alone(
    run: Run, tmp_path: Path, damage: Callable[[Path], object], mentioned: str
) -> None:
    LocalStore(tmp_path / "index", create=True).close()
    catalogue = tmp_path / "index" / "catalogue.sqlite"
    damage(catalogue)
    before = catalogue.read_bytes()
    for arguments in (["check"], ["ask", WHY], ["index", SEEDS]):
        check_complaint(run(*arguments), str(catalogue), mentioned)
    assert catalogue.read_bytes() == before


def test_a_check_names_what_is_damaged_line_by_line(run: Run, tmp_path: Path) -> None:
    run("index", SEEDS)
    assert [(found["part"], found["sound"]) for found in run("check", "--json").json] == [
        ("catalogue", True),
        ("documents of default", True),
        ("search index of default", True),
    ]
    sqlite(tmp_path / "index" / "catalogue.sqlite", "UPDATE texts SET text = replace(text, 'Russia', 'Prussia')")
    damaged = run("check")
    assert damaged.code == 1
    lines = damaged.out.splitlines()
    assert [line.split()[0] for line in lines] == ["sound", "damaged", "sound"]
    assert SEED in lines[1]
    run("index", SEEDS)
    assert all(found["sound"] for found in run("check", "--json").json)


def sqlite(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_second_writer_is_turned_away_while_readers_go_on(run: Run, tmp_path: Path) -> None:
    assert run("index", SEEDS).code == 0
    store = LocalStore(tmp_path / "index")
    with store.writing():
        for arguments in (["index", SEEDS], ["rm", SEED]):
            check_complaint(run(*arguments), "another process is writing")
        assert run("ask", WHY, "--json").json["answered"]
    assert run("index", SEEDS, "--json").json["unchanged"] == [SEED]
    store.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only there may a folder name be any bytes")
def test_a_folder_of_an_undecodable_name_is_a_mistake_like_any_other(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "\udcff"
    folder.mkdir()
    (folder / "a.txt").write_text("Something.", encoding="utf-8")
    check_complaint(run("index", folder), r"\udcff")


@pytest.mark.skipif(sys.platform != "linux", reason="only there may a file name be any bytes")
def test_an_undecodable_file_name_is_reported_also_as_json(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text("Something.", encoding="utf-8")
    (folder / "\udcff.txt").write_text("Something.", encoding="utf-8")
    environment = {**os.environ, "QUOTEWISE_INDEX": str(tmp_path / "index"), "PYTHONIOENCODING": "utf-8:strict"}
    options: dict[str, Any] = {"env": environment, "cwd": tmp_path, "capture_output": True, "timeout": 60}
    indexed = subprocess.run([QUOTEWISE, "index", folder, "--json"], **options)
    assert (indexed.returncode, indexed.stderr) == (0, b"")
    assert [failure["reason"] for failure in json.loads(indexed.stdout)["failed"]] == [
        "file name is not valid UTF-8; rename it"
    ]


def test_flags_set_the_threshold_and_the_file_limit(seeded: Run, tmp_path: Path) -> None:
    assert [seeded("ask", WHY, "--threshold", least, "--json").json["answered"] for least in ("1", "0")] == [False, True]
    (tmp_path / "limited").mkdir()
    (tmp_path / "limited" / "a.txt").write_text("Something.", encoding="utf-8")
    (tmp_path / "limited" / "b.txt").write_text("Something longer than that.", encoding="utf-8")
    [failure] = seeded("index", tmp_path / "limited", "-i", tmp_path / "own", "--max-file-bytes", "20", "--json").json["failed"]
    assert failure["path"] == "b.txt"
