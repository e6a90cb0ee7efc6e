"""The vectors of a collection against a search of all of them, through updates, compactions, reopenings and kills."""

import multiprocessing
import os
import random
import resource
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import quotewise.index.local_store
import quotewise.index.vector_rows
import quotewise.index.vectors
from quotewise.index.checksums import Checksums, read_checksums, write_checksums
from quotewise.index.filters import Filter
from quotewise.index.integrity import check
from quotewise.index.local_store import LocalStore
from quotewise.index.store import UNCHANGED, Change, Changes, IndexedChunk
from quotewise.index.vectors import Vectors
from tests.index.conftest import at_most
from tests.index.texts import examples
from tests.index.writing import COLLECTION, DIMENSION, put, unit

Truth = dict[int, IndexedChunk]


@pytest.fixture
def often_compacted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotewise.index.vectors, "_LEAST_CHANGES", 4)


def assert_same_as_of_all(vectors: Vectors, truth: Truth, question: np.ndarray, documents: Sequence[int] | None) -> None:
    scores = {
        key: float(chunk.vector @ question) for key, chunk in truth.items() if documents is None or chunk.document in documents
    }
    for limit in (3, 99):
        hits = vectors.search(question, limit, documents)
        assert [hit.score for hit in hits] == pytest.approx(sorted(scores.values(), reverse=True)[:limit], abs=1e-6)
        assert [hit.score for hit in hits] == pytest.approx([scores[hit.chunk_id] for hit in hits], abs=1e-6)
        assert len({hit.chunk_id for hit in hits}) == len(hits)
    assert len(vectors) == len(truth)


DOCUMENTS = st.integers(1, 6)


@pytest.mark.usefixtures("often_compacted")
def test_whatever_is_changed_the_hits_are_those_of_a_search_of_all_vectors() -> None:
    @examples(30)
    @given(
        st.lists(st.tuples(st.sets(DOCUMENTS, max_size=3), st.sets(DOCUMENTS, max_size=2), st.integers(0, 3)), max_size=9),
        st.lists(DOCUMENTS, max_size=4, unique=True).map(sorted),
        st.integers(0, 1 << 20),
    )
    def run(steps: list[tuple[set[int], set[int], int]], within: list[int], seed: int) -> None:
        chance, truth, keys = np.random.default_rng(seed), Truth(), count()
        question = unit(*chance.normal(size=DIMENSION))
        snapshots: list[tuple[Vectors, Truth]] = []
        with TemporaryDirectory() as scratch:
            folder, checksums = Path(scratch), Checksums()
            vectors = reader = Vectors.empty(DIMENSION).written(folder)
            compacted: tuple[Vectors, int] | None = None
            files: dict[Path, Path] = {}
            for number, (removed, added, chunks) in enumerate(steps, start=1):
                new = {
                    key: IndexedChunk(key, document, "", "", unit(*chance.normal(size=DIMENSION)))
                    for document in added
                    for key in [next(keys) for _ in range(chunks)]
                }
                truth = {key: chunk for key, chunk in truth.items() if chunk.document not in removed | added} | new
                changed = Changes(COLLECTION, UNCHANGED, UNCHANGED, sorted(removed | added), lambda new=new: iter(new.values()))
                if seed % 3 == 0:  # of a writer that died before its checksums were in place
                    vectors.updated(changed).written(folder)
                vectors = vectors.updated(changed).written(folder)
                if compacted:  # which was made before this change
                    vectors = vectors.moved_to(*compacted, folder)
                    compacted = None
                elif vectors.compaction_due:
                    compacted = vectors.compacted(folder), vectors.logged
                    files = {path: path.rename(folder / f".{path.name}") for path in compacted[0].files(folder)}
                write_checksums(folder, Change(number, "a"), "", checksums, vectors.outdated(folder))
                for path, hidden in files.items():
                    hidden.rename(path)
                files.clear()
                for opened in (None, reader, vectors):
                    stored = read_checksums(folder, "", checksums if opened else Checksums())
                    assert stored and stored[0].seq == number
                    reader = Vectors.read(folder, stored[1], DIMENSION, opened)
                    assert_same_as_of_all(reader, truth, question, None)
                snapshots.append((vectors, truth))
            for snapshot in snapshots:
                for documents in (None, within):
                    assert_same_as_of_all(*snapshot, question, documents)

    run()


def test_an_update_writes_as_little_to_a_large_index_as_to_a_small_one(tmp_path: Path) -> None:
    vector = unit(1, 0, 0, 0)

    def changes(first: int, chunks: int) -> Changes:
        made = (IndexedChunk(number << 20, number, "", "", vector) for number in range(first, first + chunks))
        return Changes(COLLECTION, UNCHANGED, UNCHANGED, range(first, first + chunks), lambda: made)

    base = Vectors.empty(DIMENSION).updated(changes(1, 10_000)).written(tmp_path)
    before = {path: path.stat() for path in tmp_path.iterdir()}
    updated = base.updated(changes(20_000, 1)).written(tmp_path)
    assert {path: path.stat() for path in before} == before
    [log] = set(tmp_path.iterdir()) - before.keys()
    assert log.stat().st_size == 16 + 8 + 16 + 4 * DIMENSION
    assert (len(base), len(updated)) == (10_000, 10_001)
    assert [path for path in updated.updated(changes(1, 400)).written(tmp_path).outdated(tmp_path) if path in before] == []
    grown = updated.updated(changes(1, 1200)).written(tmp_path)
    assert grown.compaction_due and not updated.compaction_due
    assert set(grown.compacted(tmp_path).outdated(tmp_path)) == {*before, log}


def test_many_vectors_are_quantised_and_searched_with_the_recall_that_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotewise.index.vector_rows, "QUANTIZED_FROM", 5000)
    monkeypatch.setattr(quotewise.index.vector_rows, "_EXACT_WITHIN", 100)
    chance, dimension = np.random.default_rng(0), 64
    spread = np.linalg.qr(chance.standard_normal((dimension, dimension)))[0] / np.sqrt(np.arange(1, dimension + 1))[:, None]
    vectors = (chance.standard_normal((6000, dimension)) @ spread).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)

    def changes(documents: Sequence[int], rows: Sequence[int]) -> Changes:
        made = (IndexedChunk(row, 1 + row // 3, "", "", vectors[row]) for row in rows)
        return Changes(COLLECTION, UNCHANGED, UNCHANGED, documents, lambda: made)

    written = Vectors.empty(dimension).updated(changes(range(1, 1991), range(5970))).written(tmp_path)
    write_checksums(tmp_path, Change(1, "a"), "", Checksums(), written.outdated(tmp_path))
    updated = written.updated(changes([7, 1995, 1996], range(5982, 5988))).written(tmp_path)  # one goes, two come
    write_checksums(tmp_path, Change(2, "b"), "", Checksums(), updated.outdated(tmp_path))
    stored = read_checksums(tmp_path, "", Checksums())
    assert stored
    opened = Vectors.read(tmp_path, stored[1], dimension, None)
    assert opened.recall == updated.recall is not None and opened.recall >= 0.95
    there = np.array([row for row in (*range(5970), *range(5982, 5988)) if 1 + row // 3 != 7])
    few, many = range(1, 20), range(1, 1200)
    for documents, least in ((None, 0.95), (few, 1.0), (many, 0.95)):
        kept = there if documents is None else there[np.isin(1 + there // 3, documents)]
        found = 0
        for query in vectors[chance.choice(5988, 40)]:
            hits = [hit.chunk_id for hit in opened.search(query, 10, documents)]
            assert hits == [hit.chunk_id for hit in updated.search(query, 10, documents)]
            assert set(hits) <= set(kept) and len(hits) == 10
            found += len(set(hits) & set(kept[np.argsort(-(vectors[kept] @ query))[:10]]))
        assert found / 400 >= least

    monkeypatch.setattr(quotewise.index.vector_rows, "_RECALL", 1.1)
    assert opened.updated(changes(range(1, 400), range(1197))).compacted(tmp_path).recall is None


@pytest.fixture
def store(tmp_path: Path, often_compacted: None, impatient: None) -> Iterator[LocalStore]:
    """Of a hundred documents, whose vectors are compacted after a few changes."""
    store = LocalStore(tmp_path / "index", create=True)
    store.catalogue.add_collection(replace(COLLECTION, dimension=1024))
    for number in range(100):
        put(store, f"{number}.txt", f"Whales sing number{number}.", LONG)
    store.publish("default")
    yield store
    store.close()


LONG = unit(*range(1, 1025))


def change(store: LocalStore, count: int) -> None:
    for number in range(count):
        put(store, f"{number}.txt", f"Sharks bite number{number}.", LONG)
    store.publish("default")


def found(store: LocalStore) -> list[str]:
    """The documents of both searches."""
    searches = store.search_dense("default", LONG, 999, Filter()), store.search_lexical("default", "whale shark", 999, Filter())
    dense, words = (
        sorted(chunk.document.path for chunk in store.catalogue.chunks([hit.chunk_id for hit in hits])) for hits in searches
    )
    assert dense == words
    return dense


def bases(store: LocalStore) -> set[str]:
    return {path.name for path in (store.folder / "search/1").rglob("vectors-*")}


def test_while_vectors_are_compacted_searches_and_writers_of_any_process_go_on(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    compacting, go_on = threading.Event(), threading.Event()
    write_rows, before = quotewise.index.vectors.write_rows, bases(store)

    def slowly(*arguments: Any) -> Any:
        written = write_rows(*arguments)
        compacting.set()
        assert go_on.wait(30)
        return written

    monkeypatch.setattr(quotewise.index.vectors, "write_rows", slowly)
    change(store, 50)
    assert compacting.wait(10)
    other = LocalStore(store.folder)
    with at_most(20):
        for number, writer in enumerate((store, other, other, store)):
            put(writer, "0.txt", f"Sharks bite again number{number}.", LONG)
            put(writer, f"new{number}.txt", "Whales are new.", LONG)
            writer.catalogue.remove("default", [f"{90 + number}.txt"])
            writer.publish("default")
            for reader in (store, other):
                assert found(reader) == sorted(reader.catalogue.digests("default"))
    assert before < bases(store)
    go_on.set()
    store.finish_compaction()
    assert before.isdisjoint(bases(store)) and len(bases(store)) == 1
    for reader in (store, other, LocalStore(store.folder)):
        assert found(reader) == sorted(store.catalogue.digests("default"))
        assert all(finding.sound for finding in check(reader)), list(check(reader))
        if reader is not store:
            reader.close()


def test_a_disk_that_fills_up_during_compaction_is_reported_in_one_line_and_searches_and_writes_go_on(
    store: LocalStore, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotewise.index.local_store, "_RETRY_SECONDS", 0)
    before, (soft, hard) = bases(store), resource.getrlimit(resource.RLIMIT_FSIZE)
    for number in range(50):
        put(store, f"{number}.txt", f"Sharks bite number{number}.", LONG)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))  # less than 100 vectors of 4 kB, more than 50
    try:
        store.publish("default")
        store.finish_compaction()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caplog.messages == [
        "the vectors of 'default' could not be compacted and stay as they are: OSError: [Errno 27] File too large"
    ]
    assert bases(store) == before and found(store) == sorted(store.catalogue.digests("default"))
    change(store, 1)
    store.finish_compaction()
    assert len(caplog.messages) == 1 and bases(store).isdisjoint(before)
    assert found(store) == sorted(store.catalogue.digests("default"))


def test_closing_breaks_a_compaction_off_and_the_next_change_begins_another(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bases(store)
    with store.writing():  # which compaction waits for
        change(store, 50)
        store.close()
    assert bases(store) == before
    again = LocalStore(store.folder)
    change(again, 1)
    again.finish_compaction()
    assert bases(again).isdisjoint(before) and found(again) == sorted(again.catalogue.digests("default"))
    again.close()


def work(folder: Path, seed: int, began: Connection) -> None:
    """Put, replace, remove and publish documents until killed, and compact most of the time."""
    quotewise.index.vectors._LEAST_CHANGES = 2
    chance, store = random.Random(seed), LocalStore(folder)
    began.send(True)
    for number in count():
        path = f"{chance.randrange(9)}.txt"
        if chance.random() < 0.7:
            put(store, path, f"Whales sing number{number}.")
        else:
            store.catalogue.remove("default", [path])
        store.publish("default")


def killed(folder: Path, kills: int) -> Iterator[int]:
    chance, context = random.Random(kills), multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    for number in range(kills):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=work, args=(folder, number, theirs))
        process.start()
        ours.recv()
        time.sleep(chance.uniform(0, 0.15))
        assert process.pid
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        assert process.exitcode == -signal.SIGKILL
        yield number


def test_whenever_a_process_is_killed_that_compacts_every_document_is_found_once_and_nothing_is_made_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "index"
    store = LocalStore(folder, create=True)
    store.catalogue.add_collection(COLLECTION)
    store.close()
    for _ in killed(folder, int(os.environ.get("QUOTEWISE_KILLS", "8"))):
        store = LocalStore(folder)
        paths = sorted(store.catalogue.digests("default"))
        for hits in (
            store.search_dense("default", unit(1, 0, 0, 0), 99, Filter()),
            store.search_lexical("default", "whale", 99, Filter()),
        ):
            assert sorted(chunk.document.path for chunk in store.catalogue.chunks([hit.chunk_id for hit in hits])) == paths
        assert all(finding.sound for finding in check(store)), list(check(store))
        assert caplog.messages == []
        store.close()
