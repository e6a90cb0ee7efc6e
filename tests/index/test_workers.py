"""Workers on Ray index what one process would, exactly once, whatever is killed; by the command, in processes of their own."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

import quotewise.index.workers
from quotewise.index.embedders import Embedder
from quotewise.index.errors import WorkersError
from quotewise.index.ingest import Sync
from quotewise.index.local_store import LocalStore
from quotewise.index.workers import Due, RayWorkers, _batches, check_installed
from tests.index.s3_server import ENVIRONMENT, Objects, moto_server, needs_s3
from tests.index.syncing import indexed, write

needs_ray = pytest.mark.skipif(not find_spec("ray"), reason="needs ray")
QUOTEWISE = Path(sys.executable).with_name("quotewise")
_SECONDS = 300
"""Which a start of Ray and two workers may take on a busy machine."""


def index(root: Path | str, folder: Path, **environment: str) -> "subprocess.Popen[str]":
    command = [QUOTEWISE, "index", root, "--index", folder, "--on", "ray", "--workers", "2", "--json"]
    given = {**os.environ, **environment}
    return subprocess.Popen(command, env=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder.parent)


def committed(folder: Path) -> int:
    """How many documents are in a catalogue that another process writes to, perhaps before it is made."""
    try:
        with closing(sqlite3.connect(f"file:{folder / 'catalogue.sqlite'}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM documents").fetchone()[0])
    except sqlite3.Error:
        return 0


def workers_of(process: "subprocess.Popen[str]") -> Iterator[psutil.Process]:
    for child in psutil.Process(process.pid).children(recursive=True):
        try:
            if any("_Worker.read" in part for part in child.cmdline()):
                yield child
        except psutil.NoSuchProcess:
            continue


@needs_ray
@needs_s3
def test_a_bucket_is_indexed_as_by_one_process_though_a_worker_and_then_the_whole_run_are_killed(
    tmp_path: Path, embedder: Embedder, folder: Path
) -> None:
    texts = {f"sub__{number:03}": f"Whale {number} sings in the sea. " * 12 for number in range(96)}
    write(folder, **texts, empty="")
    whole = LocalStore(tmp_path / "whole", create=True)
    expected = Sync(whole, embedder).run(folder)
    with pytest.MonkeyPatch.context() as patched, moto_server() as url:
        for name, value in ENVIRONMENT.items():
            patched.setenv(name, value)
        objects = Objects("whales", url)
        objects.put(**texts, empty="")
        objects.put(copy=texts["sub__007"])
        address, target, end = "s3://whales", tmp_path / "index", time.monotonic() + _SECONDS
        first = index(address, target, AWS_ENDPOINT_URL=url)
        while not (busy := list(workers_of(first))) and time.monotonic() < end and first.poll() is None:
            time.sleep(0.01)
        assert busy, first.communicate()
        busy[0].kill()
        while not committed(target) and time.monotonic() < end and first.poll() is None:
            time.sleep(0.01)
        first.send_signal(signal.SIGKILL)
        first.communicate()
        before = committed(target)
        assert before, "what a lost worker had begun was done by another"
        second = index(address, target, AWS_ENDPOINT_URL=url)
        out, err = second.communicate(timeout=_SECONDS)
    assert second.returncode == 0, err
    report = json.loads(out)
    assert (len(report["unchanged"]), len(report["added"])) == (before, 97 - before)
    assert [failure["path"] for failure in report["failed"]] == ["empty.txt"]
    assert report["left_out"] == {"empty": 1}
    cost = report["cost"]
    assert cost["documents"] == 97 - before
    assert before == 97 or (cost["workers"] >= 1 and cost["worker_seconds"] > 0 and cost["bytes"] > 0)
    store = LocalStore(target)
    found = indexed(store)
    assert found.pop("copy.txt") == texts["sub__007"]
    assert found == indexed(whole)
    store.catalogue.remove("default", ["copy.txt"])
    assert store.catalogue.size("default").chunks == expected.chunks
    for path in ("sub/000.txt", "sub/095.txt"):
        ours, theirs = (one.catalogue.vectors("default", path) for one in (store, whole))
        assert ours.keys() == theirs.keys()
        assert all((ours[text] @ theirs[text]) > 0.999 for text in ours)
    store.close()
    whole.close()


@needs_ray
def test_a_cluster_that_does_not_answer_is_said_in_one_line(folder: Path, tmp_path: Path) -> None:
    write(folder, a="Whales sing.")
    command = [QUOTEWISE, "index", folder, "--index", tmp_path / "index", "--on", "ray", "--ray-address", "127.0.0.1:9"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"quotewise: Ray at 127.0.0.1:9 cannot be used: ConnectionRefusedError: [^\n]+\n", done.stderr)


def test_without_ray_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotewise.index.workers, "find_spec", lambda name: None)
    with pytest.raises(WorkersError, match=r"pip install 'quotewise\[ray\]'"):
        check_installed()


def test_nothing_is_started_where_nothing_is_due() -> None:
    assert list(RayWorkers().read(None, [], ())) == []  # type: ignore[arg-type]


def test_batches_are_bounded_by_files_and_by_bytes() -> None:
    due = [Due(str(number), size, None) for number, size in enumerate([1] * 40 + [3_000_000, 2_000_000, 9_000_000, 5])]
    assert [len(batch) for batch in _batches(due)] == [32, 9, 1, 1, 1]
    assert [one for batch in _batches(due) for one in batch] == due
