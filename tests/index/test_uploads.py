import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import quotewise.index.catalogue
from quotewise.index.atomic_files import replaced_file
from quotewise.index.defaults import DEFAULT_EMBEDDER
from quotewise.index.embedders import Embedder
from quotewise.index.errors import (
    DocumentError,
    EmbedderMismatchError,
    FolderUnavailableError,
    IndexUnavailableError,
    PreconditionError,
    StoppedError,
    UnknownCollectionError,
)
from quotewise.index.filters import Filter
from quotewise.index.local_store import LocalStore
from quotewise.index.store import Collection
from quotewise.index.sync_report import SyncReport
from quotewise.index.uploads import Condition, Uploads
from tests.index.conftest import ordinary_user

LIMIT = 1_000_000
Sync = Callable[..., SyncReport]


@pytest.fixture
def uploads(store: LocalStore, embedder: Embedder, folder: Path, sync: Sync) -> Uploads:
    """Of a store of a folder of one document."""
    (folder / "a.txt").write_bytes(b"One fish.")
    sync()
    return Uploads(store, lambda name, text: embedder, store.folder / "uploads", LIMIT)


def contents(store: LocalStore, folder: Path) -> Any:
    indexed = {document.path: store.catalogue.text(document.id).encode() for document in store.catalogue.documents("default")}
    return indexed, {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("path", ["a.txt", "b.txt"])
def test_a_process_that_dies_between_file_and_commit_leaves_whole_documents_and_the_next_sync_mends_it(
    store: LocalStore, uploads: Uploads, folder: Path, sync: Sync, path: str
) -> None:
    before, _ = contents(store, folder)
    child = os.fork()
    if not child:  # the library of the embedder does not survive this, so without it
        with replaced_file(folder, path, b"Two fish."):
            os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    indexed, files = contents(store, folder)
    assert indexed == before
    assert files[path] == b"Two fish."
    report = sync()
    assert (report.added + report.changed, report.failed) == ((path,), ())
    assert contents(store, folder)[0] == before | {path: b"Two fish."}
    assert uploads.put("default", path, b"Two fish.").created is False


def test_what_cannot_be_committed_leaves_file_and_document_as_they_were(
    store: LocalStore, uploads: Uploads, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(store, folder)
    monkeypatch.setattr(quotewise.index.catalogue, "ORDINAL_BITS", 1)
    for path in ("a.txt", "a.md"):
        with pytest.raises(DocumentError, match=rf"'{path}' has \d+ chunks; the limit is 2"):
            uploads.put("default", path, b"# A\n\na\n\n# B\n\nb\n\n# C\n\nc\n\n" + b"One fish. " * 150)
    monkeypatch.undo()
    with store.catalogue._database.connection() as connection:
        connection.execute(f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}")
    with pytest.raises(IndexUnavailableError, match="full"):
        uploads.put("default", "a.txt", b"Three fish. " * 1000)
    assert contents(store, folder) == before


def test_work_that_is_stopped_changes_nothing(store: LocalStore, embedder: Embedder, uploads: Uploads, folder: Path) -> None:
    def stop() -> None:
        raise StoppedError

    before = contents(store, folder)
    stopped = Uploads(store, lambda name, text: embedder, store.folder / "uploads", LIMIT, pause=stop)
    for name, path in (("default", "a.txt"), ("new", "a.txt")):
        with pytest.raises(StoppedError):
            stopped.put(name, path, b"Two fish.")
    assert contents(store, folder) == before
    assert [collection.name for collection in store.catalogue.collections()] == ["default"]
    assert not (store.folder / "uploads").exists()


def test_searches_go_on_while_a_document_is_embedded(store: LocalStore, embedder: Embedder, uploads: Uploads) -> None:
    began, goes_on = threading.Event(), threading.Event()

    def pause() -> None:
        began.set()
        assert goes_on.wait(10)

    slow = Uploads(store, lambda name, text: embedder, store.folder / "uploads", LIMIT, pause=pause)
    thread = threading.Thread(target=slow.put, args=("default", "b.txt", b"Two fish."))
    thread.start()
    assert began.wait(10)
    assert len(store.search_lexical("default", "fish", 10, Filter())) == 1
    goes_on.set()
    thread.join()
    assert len(store.search_lexical("default", "fish", 10, Filter())) == 2
    uploads.remove("default", "a.txt")
    [hit] = store.search_lexical("default", "fish", 10, Filter())
    assert [chunk.document.path for chunk in store.catalogue.chunks([hit.chunk_id])] == ["b.txt"]


def test_a_collection_of_another_embedder_or_a_folder_that_cannot_be_made_gets_no_document(
    store: LocalStore, embedder: Embedder, uploads: Uploads, folder: Path
) -> None:
    store.catalogue.add_collection(Collection("foreign", str(folder), DEFAULT_EMBEDDER, "0" * 64, embedder.dimension, 200))
    with pytest.raises(EmbedderMismatchError):
        uploads.put("foreign", "b.txt", b"Two fish.")
    with pytest.raises(UnknownCollectionError):
        uploads.remove("none", "a.txt")
    assert [path.name for path in folder.iterdir()] == ["a.txt"]
    elsewhere = Uploads(store, lambda name, text: embedder, folder / "a.txt", LIMIT)
    with pytest.raises(FolderUnavailableError, match="cannot make the folder of 'new'"):
        elsewhere.put("new", "b.txt", b"Two fish.")
    assert [collection.name for collection in store.catalogue.collections()] == ["default", "foreign"]


def test_what_is_uploaded_while_a_sync_waits_for_the_lock_stays(
    store: LocalStore, uploads: Uploads, sync: Sync, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing = store.writing

    def waiting() -> Any:
        monkeypatch.undo()
        uploads.put("default", "b.txt", b"Two fish.")
        return writing()

    monkeypatch.setattr(store, "writing", waiting)
    report = sync()
    assert (report.unchanged, report.removed) == (("a.txt", "b.txt"), ())


def test_a_file_that_cannot_be_read_is_no_absent_one(open_folder: Path, embedder: Embedder) -> None:
    root = open_folder / "index" / "uploads" / "default"
    store = LocalStore(open_folder / "index", create=True)
    uploads = Uploads(store, lambda name, text: embedder, root.parent, LIMIT)
    uploads.put("default", "a.txt", b"One fish.")
    (root / "b.txt").write_bytes(b"Unread.")
    (root / "b.txt").chmod(0)
    with ordinary_user(open_folder, *open_folder.rglob("*")), pytest.raises(PreconditionError, match="there is a file at"):
        uploads.put("default", "b.txt", b"Two fish.", Condition(absent=True))
    (root / "b.txt").chmod(0o600)
    assert (root / "b.txt").read_bytes() == b"Unread."
    store.close()
