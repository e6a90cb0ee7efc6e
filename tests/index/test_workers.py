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

import numpy as np
import psutil
import pytest

import quotewise.index.workers
from quotewise.index.embedders import Embedder
from quotewise.index.errors import WorkersError
from quotewise.index.ingest import Sync
from quotewise.index.local_store import LocalStore
from quotewise.index.reading import ReadFile
from quotewise.index.workers import Due, RayWorkers, _batches, _Claims, _Copies, check_installed
from tests.index.s3_server import ENVIRONMENT, Objects, moto_server, needs_s3
from tests.index.syncing import indexed, write
from tests.index.writing import document

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


COPIES = """
import json, sys
from pathlib import Path
from quotewise.index.embedders import load_embedder
from quotewise.index.ingest import Sync
from quotewise.index.local_store import LocalStore
from quotewise.index.workers import RayWorkers
folder, index = map(Path, sys.argv[1:])
embedder, here = load_embedder(), []
encode = embedder.encode_document
embedder.encode_document = lambda texts: here.extend(texts) or encode(texts)
store, workers = LocalStore(index, create=True), RayWorkers(count=2)
report = Sync(store, embedder, workers=workers).run(folder)
store.close()
print(json.dumps([len(report.added), len(report.failed), report.chunks, report.cost.embedded, len(here)]))
"""


@needs_ray
def test_copies_in_different_batches_are_embedded_once(tmp_path: Path, folder: Path) -> None:
    contents = [f"Whale {number} sings in the sea, and number {number} dives." for number in range(24)]
    for copy in range(6):
        write(folder, **{f"{copy}__{number:02}": text for number, text in enumerate(contents)})
    (folder / "9").mkdir()
    (folder / "9" / "00.md").write_text(contents[0])
    command = [sys.executable, "-c", COPIES, folder, tmp_path / "index"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS)
    assert done.returncode == 0, done.stderr
    added, failed, chunks, by_workers, here = json.loads(done.stdout)
    assert (added, failed, chunks) == (145, 0, 145)
    assert (by_workers, here) == (25, 0), "Markdown is read in another way than the text with the same bytes"
    with closing(LocalStore(tmp_path / "index")) as store:
        vectors = [store.catalogue.vectors("default", f"{copy}/07.txt") for copy in range(6)]
    assert all(list(some) == [contents[7]] and (some[contents[7]] == vectors[0][contents[7]]).all() for some in vectors)


def test_whatever_order_they_come_in_copies_wait_for_the_one_with_vectors() -> None:
    def read(path: str, text: str, *, embedded: bool = False) -> ReadFile:
        vectors = np.ones((1, 4), np.float32) if embedded else None
        return ReadFile(path, document=document(path, text), vectors=vectors)

    failed = ReadFile("broken.txt", "is broken")
    come = [
        read("b.txt", "x"),
        failed,
        read("c.txt", "y"),
        read("a.txt", "x", embedded=True),
        read("d.txt", "x"),
        read("k.txt", "k"),
    ]
    copies = _Copies()
    known = {document("k.txt", "k").sha256}
    told = [[file.path for file in copies.after_the_first(file, known)] for file in come]
    assert told == [[], ["broken.txt"], [], ["a.txt", "b.txt"], ["d.txt"], ["k.txt"]]
    assert [file.path for file in copies.waiting()] == ["c.txt"], "one whose embedding failed is not lost"


def test_what_a_lost_batch_had_claimed_is_embedded_by_another() -> None:
    claims = _Claims()
    assert claims.claim("first", [b"a", b"b", b"a"]) == {b"a", b"b"}
    assert claims.claim("second", [b"b", b"c"]) == {b"c"}
    assert claims.claim("first", [b"a", b"b"]) == {b"a", b"b"}, "it is done again by Ray"
    claims.release("first")
    assert claims.claim("third", [b"b", b"c"]) == {b"b"}


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
