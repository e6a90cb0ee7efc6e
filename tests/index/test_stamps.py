"""Files that are as they were indexed are not read again, also by another process; a changed one is never missed."""

import os
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

import quotewise.index.files
import quotewise.index.stamps
from quotewise.index.chunking import Chunker
from quotewise.index.documents import parse_document
from quotewise.index.embedders import Embedder
from quotewise.index.embedding import chunk_texts
from quotewise.index.ingest import Sync
from quotewise.index.local_store import LocalStore
from quotewise.index.reading import Reading
from quotewise.index.sync_report import SyncReport
from tests.index.syncing import indexed, write

OLD, NEW = (
    "The lease ends on 31 March. The tenant pays on the first.",
    "The lease ends on 30 April. The tenant pays on the first.",
)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the files that are read, which may be indexed however new they are."""
    monkeypatch.setattr(quotewise.index.stamps, "_NEW_SECONDS", -1)
    return watched(monkeypatch)


def watched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    paths: list[str] = []
    read = quotewise.index.files.read_inside

    def reading(root: Path, path: str, limit: int) -> bytes:
        paths.append(path)
        return read(root, path, limit)

    monkeypatch.setattr(quotewise.index.files, "read_inside", reading)
    return paths


def synced(store: LocalStore, embedder: Embedder, folder: Path, reading: Reading | None = None) -> SyncReport:
    """What a process that begins reports."""
    with closing(LocalStore(store.folder)) as another:
        return Sync(another, embedder, reading).run(folder)


def test_another_process_reads_no_file_that_is_as_it_was_indexed(
    store: LocalStore, embedder: Embedder, folder: Path, opened: list[str]
) -> None:
    names = [f"file{number}" for number in range(30)]
    write(folder, **dict.fromkeys(names, OLD), refused="\0")
    assert len(synced(store, embedder, folder).added) == 30
    opened.clear()
    report = synced(store, embedder, folder)
    assert (len(report.unchanged), len(report.failed)) == (30, 1)
    assert opened == ["refused.txt"]  # another version of its parser, or a password, may read it
    moved = folder.rename(folder.with_name("moved"))
    with closing(LocalStore(store.folder)) as another:
        assert len(Sync(another, embedder).run(moved, moved=True).unchanged) == 30
    assert set(opened) == {"refused.txt"}


def rewritten(path: Path) -> None:
    path.write_text(NEW)


def written_over_by_name(path: Path) -> None:
    other = path.with_name("new.part")
    other.write_text(NEW)
    other.replace(path)


def swapped(path: Path) -> None:
    path.rename(path.with_name("c.part"))
    path.with_name("b.txt").rename(path)
    path.with_name("c.part").rename(path.with_name("b.txt"))


def pointed_elsewhere(path: Path) -> None:
    path.unlink()
    path.symlink_to("b.txt")


@pytest.mark.parametrize("change", [rewritten, written_over_by_name, swapped, pointed_elsewhere])
def test_a_file_of_the_same_size_and_time_of_writing_is_read_when_it_is_another(
    store: LocalStore, embedder: Embedder, folder: Path, opened: list[str], change: Callable[[Path], None]
) -> None:
    write(folder, a=OLD, b=NEW)
    for name in ("a.txt", "b.txt"):
        os.utime(folder / name, ns=(10**18, 10**18))
    synced(store, embedder, folder)
    time.sleep(0.02)  # the clock of a file system goes in steps
    change(folder / "a.txt")
    os.utime(folder / "a.txt", ns=(10**18, 10**18))
    opened.clear()
    assert "a.txt" in synced(store, embedder, folder).changed
    assert "a.txt" in opened
    assert indexed(store)["a.txt"] == NEW


def test_a_file_that_was_new_when_it_was_read_is_read_again_however_late_it_was_embedded(
    store: LocalStore, embedder: Embedder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, late = watched(monkeypatch), 0.0
    now, encode = time.time, embedder.encode_document

    def slowly(texts: Sequence[str]) -> np.ndarray:
        nonlocal late
        late = 60.0
        return encode(texts)

    monkeypatch.setattr(time, "time", lambda: now() + late)
    write(folder, a=OLD)
    reading = Reading()
    with monkeypatch.context() as patched:
        patched.setattr(embedder, "encode_document", slowly)
        assert Sync(store, embedder, reading).run(folder).added == ("a.txt",)
    for again in (reading, Reading()):  # in this process, and in another; from then on it is known by its stamp
        opened.clear()
        late = 0.0
        assert Sync(store, embedder, again).run(folder).unchanged == ("a.txt",)
        assert opened == ["a.txt"]
    late = 60.0
    Sync(store, embedder).run(folder)
    opened.clear()
    assert Sync(store, embedder).run(folder).unchanged == ("a.txt",)
    assert opened == []


def test_a_document_that_was_put_in_another_way_since_is_compared_with_its_file(
    store: LocalStore, embedder: Embedder, folder: Path, opened: list[str]
) -> None:
    write(folder, a=OLD, b=OLD)
    synced(store, embedder, folder)
    document = parse_document("a.txt", NEW.encode())
    chunks = Chunker(embedder.count_tokens).chunks(document)
    with store.writing():
        store.catalogue.put("default", document, chunks, embedder.encode_document(chunk_texts(document, chunks)))
    assert store.catalogue.stamps("default").keys() == {"b.txt"}
    opened.clear()
    assert synced(store, embedder, folder).changed == ("a.txt",)
    assert indexed(store)["a.txt"] == OLD
    assert set(opened) == {"a.txt"}


def test_a_file_that_is_over_a_limit_that_was_lowered_is_reported(
    store: LocalStore, embedder: Embedder, folder: Path, opened: list[str]
) -> None:
    write(folder, a=OLD, small="Whales sing.")
    synced(store, embedder, folder)
    report = synced(store, embedder, folder, Reading(limit=len(OLD) - 1))
    assert (report.unchanged, report.kept) == (("small.txt",), ("a.txt",))
    assert "larger than" in report.failed[0].reason
