"""Search indexes in every state that their libraries refuse, and while they are made again."""

import json
import logging
import math
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import quotewise.index.lexical
import quotewise.index.local_store
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.index.checksums import Checksums, write_checksums
from quotewise.index.errors import IndexLockedError, IndexRebuildingError
from quotewise.index.filters import Filter
from quotewise.index.integrity import check
from quotewise.index.lexical import LexicalIndex
from quotewise.index.local_store import LocalStore
from quotewise.index.store import Change, Changes, IndexedChunk
from tests.index.conftest import at_most
from tests.index.writing import COLLECTION, put, unit

EAST = unit(1, 0, 0, 0)


pytestmark = pytest.mark.usefixtures("impatient")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LocalStore]:
    store = LocalStore(tmp_path / "index", create=True)
    store.catalogue.add_collection(COLLECTION)
    for number in range(3):
        put(store, f"{number}.txt", f"Whales sing number{number}.")
    store.publish("default")
    yield store
    store.close()


def found(store: LocalStore, word: str = "whale") -> tuple[set[str], set[str]]:
    hits = store.search_dense("default", EAST, 99, Filter()), store.search_lexical("default", word, 99, Filter())
    nearest, lexical_hits = (
        {chunk.document.path for chunk in store.catalogue.chunks([hit.chunk_id for hit in some])} for some in hits
    )
    return nearest, lexical_hits


def leave_deletions_of_a_killed_commit(folder: Path) -> None:
    meta = json.loads((folder / "meta.json").read_text())
    for segment in meta["segments"]:
        for opstamp in range(meta["opstamp"], meta["opstamp"] + 9):
            (folder / f"{segment['segment_id'].replace('-', '')}.{opstamp}.del").write_bytes(b"half")


def spoil_the_list_of_files(folder: Path) -> None:
    (folder / ".managed.json").write_bytes(b"{half")


def put_a_folder_where_tantivy_writes(folder: Path) -> None:
    (folder / ".tantivy-writer.lock").unlink(missing_ok=True)
    (folder / ".tantivy-writer.lock").mkdir()


def put_a_file_in_the_place_of_the_folder(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("a file")


def checksum(folder: Path) -> None:
    stored = json.loads((folder / "checksums.json").read_text())
    write_checksums(folder, Change(stored["seq"], stored["stamp"]), stored["made_with"], Checksums())


def give_checksums_to_what_numpy_cannot_read(folder: Path) -> None:
    next(folder.glob("vectors-*.npy")).write_bytes(b"of another version")
    checksum(folder)


def give_checksums_to_vectors_of_another_dimension(folder: Path) -> None:
    np.save(next(folder.glob("vectors-*.npy")), np.empty((3, 7), np.float32))
    checksum(folder)


def give_checksums_to_what_tantivy_cannot_read(folder: Path) -> None:
    meta = folder / "meta.json"
    meta.write_text(meta.read_text().replace('"type": "u64"', '"type": "of another version"'))
    checksum(folder)


def write_no_sense_into_the_checksums(folder: Path) -> None:
    (folder / "checksums.json").write_text("[" * 100_000)


REFUSED: list[Callable[[Path], None]] = [
    leave_deletions_of_a_killed_commit,
    spoil_the_list_of_files,
    put_a_folder_where_tantivy_writes,
    put_a_file_in_the_place_of_the_folder,
    give_checksums_to_what_numpy_cannot_read,
    give_checksums_to_vectors_of_another_dimension,
    give_checksums_to_what_tantivy_cannot_read,
    write_no_sense_into_the_checksums,
]


@pytest.mark.parametrize("spoil", REFUSED)
@pytest.mark.parametrize("again", [True, False], ids=["opened again", "while open"])
def test_what_a_library_refuses_is_made_again_and_every_document_is_found(
    store: LocalStore, spoil: Callable[[Path], None], again: bool
) -> None:
    if again:
        store.close()
    spoil(store.folder / "search/1")
    opened = LocalStore(store.folder) if again else store
    assert found(opened) == ({"0.txt", "1.txt", "2.txt"},) * 2
    put(opened, "1.txt", "Sharks bite.")
    put(opened, "3.txt", "Whales breathe.")
    opened.publish("default")
    assert found(opened)[1] == {"0.txt", "2.txt", "3.txt"}
    assert found(opened)[0] == {"0.txt", "1.txt", "2.txt", "3.txt"}
    opened.close()
    last = LocalStore(store.folder)
    assert all(finding.sound for finding in check(last)), list(check(last))
    assert found(last)[1] == {"0.txt", "2.txt", "3.txt"}
    last.close()
    assert not list(store.folder.glob("*/.*"))


def test_an_index_that_cannot_be_written_is_tried_once_and_reported_and_vectors_are_searched_in_memory(
    store: LocalStore, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(store.folder / "search")
    (store.folder / "search").write_text("a file")
    with caplog.at_level(logging.WARNING, "quotewise"):
        opened = LocalStore(store.folder)
        for _ in range(3):
            assert found(opened) == ({"0.txt", "1.txt", "2.txt"}, set())
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]
    (store.folder / "search").unlink()
    monkeypatch.setattr(quotewise.index.local_store, "_RETRY_SECONDS", 0)
    assert found(opened) == ({"0.txt", "1.txt", "2.txt"},) * 2
    opened.close()


def test_an_index_of_version_0_1_is_made_again_with_one_line(store: LocalStore, caplog: pytest.LogCaptureFixture) -> None:
    store.close()
    shutil.rmtree(store.folder / "search")
    for part in ("vectors", "lexical"):
        (store.folder / part / "1").mkdir(parents=True)
        (store.folder / part / "1" / "seal.json").write_text("{}")
    opened = LocalStore(store.folder)
    assert found(opened) == ({"0.txt", "1.txt", "2.txt"},) * 2
    assert [record.message for record in caplog.records] == [
        "the search index of 'default' is incomplete, damaged or of another version; it is made again"
    ]
    assert not any((store.folder / part).exists() for part in ("vectors", "lexical"))
    opened.close()


def test_another_language_makes_the_index_again_in_every_process(store: LocalStore) -> None:
    put(store, "4.txt", "Die Brücken sind alt.")
    store.publish("default")
    reader = LocalStore(store.folder)
    assert found(reader, "Brücke")[1] == set()
    with store.writing():
        store.catalogue.update_collection(replace(COLLECTION, language="de"))
    assert found(reader, "Brücke")[1] == {"4.txt"}
    assert found(store, "Brücke")[1] == {"4.txt"}
    assert all(finding.sound for finding in check(store))
    reader.close()


@pytest.mark.parametrize("missing", [True, False], ids=["missing", "of another version"])
def test_without_an_index_nothing_is_answered_while_another_writes(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch, missing: bool
) -> None:
    if missing:
        shutil.rmtree(store.folder / "search")
    else:
        monkeypatch.setattr(quotewise.index.lexical, "_VERSION", 1_000_000)
    monkeypatch.setattr(quotewise.index.local_store, "_CURRENT_SECONDS", 1)
    opened = LocalStore(store.folder)
    with store.writing():
        for _ in range(2):
            with pytest.raises(IndexRebuildingError, match="being rebuilt"):
                opened.search_lexical("default", "whale", 99, Filter())
    assert found(opened) == ({"0.txt", "1.txt", "2.txt"},) * 2
    opened.close()


def test_a_service_starts_while_another_process_writes_a_first_index(store: LocalStore) -> None:
    shutil.rmtree(store.folder / "search")
    with store.writing():
        service = Service.open(Settings(index=store.folder, reader="similarity"), create=False)
        service.warm()
        assert 0 < service.store.wait_seconds < 10, "questions do not queue for a rebuild"
        service.store.close()


def test_a_collection_without_chunks_is_searched_while_another_writes(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "empty", create=True)
    store.catalogue.add_collection(COLLECTION)
    with store.writing():
        opened = LocalStore(store.folder)
        assert found(opened) == (set(), set())
        opened.close()
    store.close()


def test_while_an_index_is_made_again_questions_and_writers_wait_only_so_long(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    updating, go_on = threading.Event(), threading.Event()
    update = LexicalIndex.update

    def slowly(*arguments: Any) -> None:
        updating.set()
        assert go_on.wait(30)
        update(*arguments)

    monkeypatch.setattr(quotewise.index.local_store, "_LOCK_SECONDS", 0.05)
    monkeypatch.setattr(LexicalIndex, "update", slowly)
    fresh = LocalStore(store.folder)
    fresh.wait_seconds = 0.05
    put(store, "3.txt", "Whales swim.")
    assert found(fresh) == ({"0.txt", "1.txt", "2.txt"},) * 2  # what was there before
    assert updating.wait(10)
    with pytest.raises(IndexLockedError, match="being brought up to date"):
        fresh.publish("default")
    shutil.rmtree(store.folder / "search/1")
    for _ in range(3):
        assert found(fresh) == ({"0.txt", "1.txt", "2.txt"},) * 2
    assert sum(isinstance(thread, quotewise.index.local_store._Task) for thread in threading.enumerate()) == 1
    other = LocalStore(store.folder)
    other.wait_seconds = 0.05
    with pytest.raises(IndexRebuildingError, match="being rebuilt"):
        found(other)
    go_on.set()
    fresh.wait_seconds = other.wait_seconds = math.inf
    for opened in (fresh, other):
        assert found(opened) == ({"0.txt", "1.txt", "2.txt", "3.txt"},) * 2
        opened.close()


def test_searches_use_what_is_there_while_the_same_store_publishes(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    updating, go_on, update = threading.Event(), threading.Event(), LexicalIndex.update

    def slowly(*arguments: Any) -> None:
        updating.set()
        assert go_on.wait(30)
        update(*arguments)

    monkeypatch.setattr(LexicalIndex, "update", slowly)
    put(store, "0.txt", "Sharks bite.")
    publishing = threading.Thread(target=store.publish, args=("default",))
    publishing.start()
    assert updating.wait(10)
    with at_most(10):
        assert found(store) == ({"1.txt", "2.txt"},) * 2  # of what was there, the catalogue has the rest
    go_on.set()
    publishing.join()
    assert found(store) == ({"0.txt", "1.txt", "2.txt"}, {"1.txt", "2.txt"})


def test_closing_stops_a_thread_that_makes_an_index_again(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(store.folder / "search")
    fresh, begun = LocalStore(store.folder), threading.Event()
    chunks = fresh._until_closed

    def endless(changes: Changes) -> Iterator[IndexedChunk]:
        for chunk in chunks(replace(changes, chunks=lambda: cycle(changes.chunks()))):
            begun.set()
            yield chunk

    monkeypatch.setattr(fresh, "_until_closed", endless)
    fresh.wait_seconds = 0
    with pytest.raises(IndexRebuildingError):
        found(fresh)
    assert begun.wait(10)
    fresh.close()
    assert not any(isinstance(thread, quotewise.index.local_store._Task) for thread in threading.enumerate())
    assert found(store) == ({"0.txt", "1.txt", "2.txt"},) * 2


def test_what_processes_that_died_left_is_swept_and_only_the_owner_may_use_the_index(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    store = LocalStore(tmp_path / "new" / "index", create=True)
    store.catalogue.add_collection(replace(COLLECTION, root=str(root)))
    put(store, "a.txt")
    store.publish("default")
    for file in store.folder.rglob("*"):
        assert file.stat().st_mode & 0o777 == (0o700 if file.is_dir() else 0o600), file
    assert store.folder.stat().st_mode & 0o777 == 0o700
    left = [store.folder / "search/.1.0123456789abcdef.new", store.folder / "search/.1.0123456789abcdef.old"]
    for folder in left:
        folder.mkdir()
        (folder / "half").write_bytes(b"half")
    drafts = [root / ".quotewise-0123456789abcdef.new", root / "sub/.quotewise-0123456789abcdef.old"]
    for draft in drafts:
        draft.write_bytes(b"half")
    (root / ".hidden").write_bytes(b"the user's")
    ours = [store.folder / name for name in ("search/1/checksums.json", "catalogue.sqlite", "writer.lock", "search/1")]
    theirs = [store.folder / name for name in ("run.sh", "bin/tool", "search/tool", "search/.a.b.old")]
    (store.folder / "bin").mkdir(0o755)
    for path in theirs:  # whose folder is the index folder too
        path.write_bytes(b"the user's")
    for path in ours + theirs:
        path.chmod(0o755)
    with store.writing():
        LocalStore(store.folder).sweep()  # which another process may be writing
        assert all(path.exists() for path in left + drafts)
    store.sweep()
    assert not any(path.exists() for path in left + drafts)
    assert (root / ".hidden").exists()
    assert all(path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600) for path in ours)
    assert all(path.stat().st_mode & 0o777 == 0o755 for path in [*theirs, store.folder / "bin"])
    assert found(store, "so") == ({"a.txt"}, {"a.txt"})
    store.close()
