"""Derived indexes in every state that their libraries refuse, and while they are being made again."""

import json
import logging
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import faiss
import pytest
import quotewise.index.lexical
import quotewise.index.search_index
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.index.checksums import read_checksums, write_checksums
from quotewise.index.errors import IndexLockedError, IndexRebuildingError
from quotewise.index.integrity import check
from quotewise.index.local_store import LocalStore
from quotewise.index.store import Filter

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
    meta = json.loads((folder / "lexical/1/meta.json").read_text())
    for segment in meta["segments"]:
        for opstamp in range(meta["opstamp"], meta["opstamp"] + 9):
            (folder / f"lexical/1/{segment['segment_id'].replace('-', '')}.{opstamp}.del").write_bytes(b"half")


def spoil_the_list_of_files(folder: Path) -> None:
    (folder / "lexical/1/.managed.json").write_bytes(b"{half")


def put_a_folder_where_tantivy_writes(folder: Path) -> None:
    (folder / "lexical/1/.tantivy-writer.lock").unlink(missing_ok=True)
    (folder / "lexical/1/.tantivy-writer.lock").mkdir()


def put_a_file_in_the_place_of_a_folder(folder: Path) -> None:
    for kind in ("lexical", "vectors"):
        shutil.rmtree(folder / kind / "1")
        (folder / kind / "1").write_text("a file")


def seal_what_faiss_cannot_read(folder: Path) -> None:
    change = read_checksums(folder / "vectors/1")
    assert change
    (folder / "vectors/1/vectors.faiss").write_bytes(b"of another version")
    write_checksums(folder / "vectors/1", change)


def seal_vectors_of_another_dimension(folder: Path) -> None:
    change = read_checksums(folder / "vectors/1")
    assert change
    faiss.write_index(faiss.IndexIDMap2(faiss.IndexFlatIP(7)), str(folder / "vectors/1/vectors.faiss"))
    write_checksums(folder / "vectors/1", change)


def seal_what_tantivy_cannot_read(folder: Path) -> None:
    change = read_checksums(folder / "lexical/1")
    assert change
    meta = folder / "lexical/1/meta.json"
    meta.write_text(meta.read_text().replace('"type": "u64"', '"type": "of another version"'))
    write_checksums(folder / "lexical/1", change)


def write_no_sense_into_the_seals(folder: Path) -> None:
    (folder / "lexical/1/seal.json").write_text("[" * 100_000)
    (folder / "vectors/1/seal.json").write_text('{"seq": Infinity, "stamp": "", "files": {}}')


REFUSED: list[Callable[[Path], None]] = [
    leave_deletions_of_a_killed_commit,
    spoil_the_list_of_files,
    put_a_folder_where_tantivy_writes,
    put_a_file_in_the_place_of_a_folder,
    seal_what_faiss_cannot_read,
    seal_vectors_of_another_dimension,
    seal_what_tantivy_cannot_read,
    write_no_sense_into_the_seals,
]


@pytest.mark.parametrize("spoil", REFUSED)
@pytest.mark.parametrize("again", [True, False], ids=["opened again", "while open"])
def test_what_a_library_refuses_is_made_again_and_every_document_is_found(
    store: LocalStore, spoil: Callable[[Path], None], again: bool
) -> None:
    if again:
        store.close()
    spoil(store.folder)
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


def test_an_index_that_cannot_be_made_again_is_tried_once_and_reported_and_the_other_is_searched(
    store: LocalStore, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(store.folder / "lexical")
    (store.folder / "lexical").write_text("a file")
    with caplog.at_level(logging.WARNING, "quotewise"):
        opened = LocalStore(store.folder)
        for _ in range(3):
            assert found(opened) == ({"0.txt", "1.txt", "2.txt"}, set())
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]
    (store.folder / "lexical").unlink()
    monkeypatch.setattr(opened._derived[1], "_retry_at", 0)
    assert found(opened) == ({"0.txt", "1.txt", "2.txt"},) * 2
    opened.close()


def test_an_index_of_words_of_another_version_is_made_again(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as older:
        older.setattr(quotewise.index.lexical, "_ANALYZER", "english")
        older.setattr(quotewise.index.lexical, "with_names", lambda text: text)
        shutil.rmtree(store.folder / "lexical")
        put(store, "4.txt", "The C++ build is slow.")
        store.publish("default")
        store.close()
    opened = LocalStore(store.folder)
    assert found(opened, "C++")[1] == {"4.txt"}
    assert found(opened, "C") == ({"0.txt", "1.txt", "2.txt", "4.txt"}, set())
    opened.close()


@pytest.mark.parametrize("missing", [True, False], ids=["missing", "of another version"])
def test_without_the_words_nothing_is_answered_while_another_writes(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch, missing: bool
) -> None:
    if missing:
        shutil.rmtree(store.folder / "lexical")
    else:
        monkeypatch.setattr(quotewise.index.lexical, "_ANALYZER", "of another version")
    monkeypatch.setattr(quotewise.index.local_store, "_LOOK_AGAIN_SECONDS", 1)
    opened = LocalStore(store.folder)
    with store.writing():
        for _ in range(2):
            with pytest.raises(IndexRebuildingError, match="being rebuilt"):
                opened.search_lexical("default", "whale", 99, Filter())
    assert found(opened) == ({"0.txt", "1.txt", "2.txt"},) * 2
    opened.close()


def test_a_service_starts_while_another_process_writes_a_first_index(store: LocalStore) -> None:
    shutil.rmtree(store.folder / "lexical")
    with store.writing():
        service = Service.open(Settings(index=store.folder, reader="similarity"), create=False)
        service.warm()
        service.store.close()


def test_a_collection_without_chunks_is_searched_while_another_writes(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "empty", create=True)
    store.catalogue.add_collection(COLLECTION)
    with store.writing():
        opened = LocalStore(store.folder)
        assert found(opened) == (set(), set())
        opened.close()
    store.close()


@contextmanager
def rebuilding(store: LocalStore) -> Iterator[None]:
    """Another thread is bringing the indexes of a collection up to date, and does not come to an end."""
    derived = store._derived_of("default")
    begun, goes_on = threading.Event(), threading.Event()

    def rebuild() -> None:
        with store._mending, derived._updating:
            begun.set()
            goes_on.wait(10)

    thread = threading.Thread(target=rebuild)
    thread.start()
    begun.wait(10)
    try:
        yield
    finally:
        goes_on.set()
        thread.join()


def test_while_indexes_are_made_again_questions_and_writers_wait_only_so_long(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name in ((quotewise.index.search_index, "PATIENCE_SECONDS"), (quotewise.index.local_store, "_LOCK_SECONDS")):
        monkeypatch.setattr(module, name, 0.05)
    shutil.rmtree(store.folder / "vectors")
    fresh = LocalStore(store.folder)
    with rebuilding(fresh):
        with pytest.raises(IndexRebuildingError, match="being rebuilt"):
            found(fresh)
        with pytest.raises(IndexLockedError, match="being brought up to date"):
            put(fresh, "3.txt")
    assert found(fresh) == ({"0.txt", "1.txt", "2.txt"},) * 2
    put(store, "3.txt", "Whales swim.")
    with rebuilding(fresh):
        assert found(fresh) == ({"0.txt", "1.txt", "2.txt"},) * 2  # what was there before
    assert found(fresh) == ({"0.txt", "1.txt", "2.txt", "3.txt"},) * 2
    fresh.close()


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
    left = [store.folder / "vectors/.1.0123456789abcdef.new", store.folder / "lexical/.1.0123456789abcdef.old"]
    for folder in left:
        folder.mkdir()
        (folder / "half").write_bytes(b"half")
    drafts = [root / ".quotewise-0123456789abcdef.new", root / "sub/.quotewise-0123456789abcdef.old"]
    for draft in drafts:
        draft.write_bytes(b"half")
    (root / ".hidden").write_bytes(b"the user's")
    ours = [
        store.folder / name for name in ("lexical/1/seal.json", "catalogue.sqlite", "writer.lock", "keys.json", "vectors/1")
    ]
    theirs = [store.folder / name for name in ("run.sh", "bin/tool", "vectors/tool", "vectors/.a.b.old")]
    (store.folder / "bin").mkdir(0o755)
    (store.folder / "keys.json").write_bytes(b"{}")
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
