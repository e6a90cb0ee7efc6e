import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import quotewise.index.local_store
from quotewise.index.errors import (
    IndexLockedError,
    IndexMissingError,
    IndexUnavailableError,
    InvalidNameError,
    UnknownCollectionError,
)
from quotewise.index.local_store import LocalStore
from quotewise.index.store import Filter, Hit
from tests.index.texts import examples
from tests.index.writing import COLLECTION, DIMENSION, put, unit

ROOT = Path(__file__).parent.parent.parent
EAST, NORTH = unit(1, 0, 0, 0), unit(0, 1, 0, 0)
ANYWHERE = Filter()


pytestmark = pytest.mark.usefixtures("impatient")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LocalStore]:
    store = LocalStore(tmp_path / "index", create=True)
    store.catalogue.add_collection(COLLECTION)
    yield store
    store.close()


def paths(store: LocalStore, hits: list[Hit]) -> list[str]:
    chunks = store.catalogue.chunks([hit.chunk_id for hit in hits])
    assert len(chunks) == len(hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    return [chunk.document.path for chunk in chunks]


def nearest(store: LocalStore, vector: np.ndarray = EAST, limit: int = 99, where: Filter = ANYWHERE) -> list[str]:
    return paths(store, store.search_dense("default", vector, limit, where))


def lexical_hits(store: LocalStore, query: str, limit: int = 99, where: Filter = ANYWHERE) -> list[str]:
    return paths(store, store.search_lexical("default", query, limit, where))


def both(store: LocalStore, query: str) -> set[str]:
    """What both searches find, which must be the same when every document has the word."""
    found = set(nearest(store))
    assert set(lexical_hits(store, query)) == found
    return found


def test_each_search_finds_the_best_first(store: LocalStore) -> None:
    put(store, "a.txt", "Whales sing.", unit(1, 1, 0, 0))
    put(store, "b.txt", "Whales and whales; whales.", unit(1, 0, 0, 0))
    put(store, "c.md", "# Whales\n\nThey sing.", unit(1, 2, 0, 0))
    assert nearest(store) == ["b.txt", "a.txt", "c.md"]
    assert nearest(store, limit=2) == ["b.txt", "a.txt"]
    assert nearest(store, NORTH)[0] == "c.md"
    assert lexical_hits(store, "whale")[0] == "b.txt"
    assert set(lexical_hits(store, "the WHALE's song?")) == {"a.txt", "b.txt", "c.md"}
    assert set(lexical_hits(store, "singing")) == {"a.txt", "c.md"}
    assert lexical_hits(store, "sharks") == []
    (hit,) = store.search_dense("default", unit(1, 1, 0, 0), 1, ANYWHERE)
    assert hit.score == pytest.approx(1)


@pytest.mark.parametrize("limit", [0, 1, 1_000_000])
def test_a_search_gives_as_many_as_there_are_up_to_the_limit(store: LocalStore, limit: int) -> None:
    assert nearest(store, limit=limit) == lexical_hits(store, "whale", limit) == []
    put(store, "a.txt", "Whales sing.")
    put(store, "b.txt", "Whales swim.")
    assert len(nearest(store, limit=limit)) == len(lexical_hits(store, "whale", limit)) == min(limit, 2)


def test_any_text_is_a_question(store: LocalStore) -> None:
    put(store, "a.txt", 'The cat sat. AND OR NOT text:* (a [b TO c] ~2 ^3 "open')

    @examples(60)
    @given(st.one_of(st.text(max_size=40), st.sampled_from(('"', "text:cat AND", "(cat", "*:*", "a" * 5000, "w\0x ", "/re[/"))))
    def check(question: str) -> None:
        assert set(lexical_hits(store, question)) <= {"a.txt"}

    check()
    assert lexical_hits(store, " ".join(f"word{n}" for n in range(1000)) + " cat") in ([], ["a.txt"])
    assert lexical_hits(store, "") == lexical_hits(store, "?!\n") == []


@pytest.mark.parametrize(
    "word",
    ["Größe", "cafe\u0301", "предупреждение", "προειδοποίηση", "تحذير", "हिन्दी", "คำเตือน", "경고", "O'Hara", "x_y", "3.14"],
)
def test_a_word_of_any_script_is_found_again(store: LocalStore, word: str) -> None:
    put(store, "a.txt", f"One {word} two.")
    put(store, "b.txt", "One and two.")
    assert lexical_hits(store, word) == ["a.txt"]


def test_a_filter_holds_inside_both_searches_and_not_after_them(store: LocalStore) -> None:
    for number in range(120):
        put(store, f"b/{number}.txt", "Whales, whales, whales.", EAST)
    for number in range(5):
        put(store, f"a/{number}.md", "A whale among the many other beasts of the sea.", NORTH, {"kind": f"k{number}"})
    assert {path[0] for path in nearest(store, EAST, 50)} == {"b"}
    for where, expected in (
        (Filter(path_prefix="a/"), {f"a/{n}.md" for n in range(5)}),
        (Filter(media_type="text/markdown"), {f"a/{n}.md" for n in range(5)}),
        (Filter(metadata={"kind": ["k1", "k4", "k9"]}), {"a/1.md", "a/4.md"}),
        (Filter("b/", metadata={"kind": ["k2"]}), set()),
    ):
        assert set(nearest(store, EAST, 5, where)) == expected
        assert set(lexical_hits(store, "whale", 5, where)) == expected


def test_a_filtered_search_orders_as_the_same_documents_would_alone(store: LocalStore) -> None:
    chance = np.random.default_rng(3)
    vectors = {}
    for number in range(60):
        path = f"{'abc'[number % 3]}/{number:02}.txt"
        vectors[path] = unit(*chance.normal(size=DIMENSION))
        put(store, path, "Whales swim. " + "Sharks too. " * int(chance.integers(1, 4)), vectors[path])
    everything = lexical_hits(store, "whale", 60)

    @examples(40)
    @given(st.sampled_from(("", "a/", "b/", "c/1", "d")), st.integers(1, 70), st.integers(0, 1 << 20))
    def check(prefix: str, limit: int, seed: int) -> None:
        question = unit(*np.random.default_rng(seed).normal(size=DIMENSION))
        allowed = sorted((p for p in vectors if p.startswith(prefix)), key=lambda p: -(vectors[p] @ question))
        assert nearest(store, question, limit, Filter(prefix)) == allowed[:limit]
        words = [path for path in everything if path.startswith(prefix)]
        assert sorted(lexical_hits(store, "whale", 60, Filter(prefix))) == sorted(words)

    check()


def test_what_was_removed_or_replaced_is_never_found_again(store: LocalStore) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        put(store, name, "Whales sing. " * 20, EAST)
    assert both(store, "whale") == {"a.txt", "b.txt", "c.txt"}
    stale = store.search_dense("default", EAST, 99, Filter("b"))
    put(store, "b.txt", "Sharks bite.", NORTH)
    store.catalogue.remove("default", ["c.txt", "not-there.txt"])
    assert store.catalogue.chunks([hit.chunk_id for hit in stale]) == []
    assert set(lexical_hits(store, "whale")) == {"a.txt"}
    assert lexical_hits(store, "shark") == ["b.txt"]
    assert nearest(store, NORTH, 1) == ["b.txt"]
    assert set(nearest(store, limit=999)) == {"a.txt", "b.txt"}
    store.publish("default")
    again = LocalStore(store.folder)
    assert set(lexical_hits(again, "whale shark sing bite")) == {"a.txt", "b.txt"}
    assert set(nearest(again, limit=999)) == {"a.txt", "b.txt"}
    again.close()


def test_what_was_committed_but_not_published_is_found_after_reopening(store: LocalStore) -> None:
    put(store, "a.txt", "Whales sing.")
    store.publish("default")
    put(store, "b.txt", "Whales swim.")
    store.catalogue.remove("default", ["a.txt"])
    store.close()
    again = LocalStore(store.folder)
    assert both(again, "whale") == {"b.txt"}
    again.close()


def test_another_open_store_sees_every_change(store: LocalStore) -> None:
    reader = LocalStore(store.folder)
    assert both(reader, "whale") == set()
    put(store, "a.txt", "Whales sing.")
    store.publish("default")
    assert both(reader, "whale") == {"a.txt"}
    put(store, "b.txt", "Whales swim.")  # and does not publish
    assert both(reader, "whale") == {"a.txt", "b.txt"}
    put(reader, "c.txt", "Whales breathe.")
    reader.catalogue.remove("default", ["a.txt"])
    reader.publish("default")
    assert both(store, "whale") == both(reader, "whale") == {"b.txt", "c.txt"}
    store.remove_collection("default")
    with pytest.raises(UnknownCollectionError):
        reader.search_lexical("default", "whale", 1, ANYWHERE)
    reader.close()


def test_a_reader_looks_again_after_a_while(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotewise.index.local_store, "_CURRENT_SECONDS", 1000)
    reader = LocalStore(store.folder)
    assert both(reader, "whale") == set()
    put(store, "a.txt", "Whales sing.")
    assert both(reader, "whale") == {"a.txt"}  # having had nothing to search
    put(store, "b.txt", "Whales swim.")
    assert both(reader, "whale") == {"a.txt"}
    monkeypatch.setattr(quotewise.index.local_store, "_CURRENT_SECONDS", 0)
    assert both(reader, "whale") == {"a.txt", "b.txt"}
    reader.close()


def test_collections_do_not_see_each_other(store: LocalStore) -> None:
    store.catalogue.add_collection(replace(COLLECTION, name="other", dimension=2))
    put(store, "a.txt", "Whales sing.")
    put(store, "a.txt", "Whales swim.", unit(1, 0), name="other")
    assert both(store, "whale") == {"a.txt"}
    assert len(store.search_dense("other", unit(1, 0), 9, ANYWHERE)) == 1
    store.remove_collection("default")
    assert len(store.search_lexical("other", "whale", 9, ANYWHERE)) == 1
    store.catalogue.add_collection(COLLECTION)
    assert both(store, "whale") == set()
    assert "1" not in [path.name for path in (store.folder / "search").iterdir()]


@pytest.mark.parametrize("name", ["", ".hidden", "..", "a/b", "a b", "é", "x" * 65, "a\n", "\udc80", "-r\0"])
def test_a_collection_name_that_could_be_a_path_is_refused(store: LocalStore, name: str) -> None:
    with pytest.raises(InvalidNameError, match="is not valid"):
        store.catalogue.add_collection(replace(COLLECTION, name=name))


def test_an_index_is_made_only_when_asked_for(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="there is no index"):
        LocalStore(tmp_path / "none")
    assert not (tmp_path / "none").exists()
    (tmp_path / "file").write_text("text")
    for folder in (tmp_path / "file", tmp_path / "file" / "under"):
        with pytest.raises(IndexMissingError):
            LocalStore(folder, create=True)
    LocalStore(tmp_path / "new" / "deep", create=True).close()
    LocalStore(tmp_path / "new" / "deep").close()


# Two writers


def test_a_second_writer_in_another_process_is_refused_and_readers_are_not(store: LocalStore) -> None:
    put(store, "a.txt", "Whales sing.")
    store.publish("default")
    program = """if True:
        import sys
        from pathlib import Path
        from quotewise.index.local_store import LocalStore
        from tests.index.writing import put
        store = LocalStore(Path(sys.argv[1]))
        with store.writing():
            put(store, "b.txt", "Whales swim.")
            print("writing", flush=True)
            sys.stdin.read()
    """
    command = [sys.executable, "-c", program, str(store.folder)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin
        assert other.stdout
        assert other.stdout.readline() == "writing\n"
        with pytest.raises(IndexLockedError, match="another process is writing"):
            store.publish("default")
        assert both(store, "whale") == {"a.txt"}
        other.stdin.close()
    assert other.returncode == 0
    assert both(store, "whale") == {"a.txt", "b.txt"}


def test_a_second_writer_in_another_thread_or_store_is_refused(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotewise.index.local_store, "_LOCK_SECONDS", 0.1)
    put(store, "a.txt", "Whales sing.")
    second = LocalStore(store.folder)
    with store.writing(), ThreadPoolExecutor(1) as thread:
        for refused in (second, store):
            for write in (refused.publish, refused.remove_collection, lambda name, store=refused: store.writing().__enter__()):
                with pytest.raises(IndexLockedError, match="another process is writing"):
                    thread.submit(write, "default").result()
        store.publish("default")  # the writer itself may
    assert both(second, "whale") == {"a.txt"}
    second.publish("default")
    second.close()


def test_a_lock_that_cannot_be_used_is_an_error_of_the_index(store: LocalStore) -> None:
    put(store, "a.txt", "Whales sing.")
    store.publish("default")
    put(store, "b.txt", "Whales swim.")
    store.close()
    (store.folder / "writer.lock").unlink(missing_ok=True)
    (store.folder / "writer.lock").mkdir()
    opened = LocalStore(store.folder)
    for use in (opened.sweep, lambda: opened.publish("default")):
        with pytest.raises(IndexUnavailableError, match="cannot be used: Is a directory"):
            use()
    assert both(opened, "whale") == {"a.txt"}
    shutil.rmtree(store.folder / "search")
    fresh = LocalStore(store.folder)
    with pytest.raises(IndexUnavailableError, match="the lock of"):
        lexical_hits(fresh, "whale")
    opened.close()
    fresh.close()


# Damage


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published index; not to be written to."""
    store = LocalStore(tmp_path_factory.mktemp("intact") / "index", create=True)
    store.catalogue.add_collection(COLLECTION)
    for number in range(8):
        put(store, f"{number}.txt", f"Whales and number{number}. " * (number + 1), unit(1, number, 0, 1))
        store.publish("default")
    store.close()
    return store.folder


def results(folder: Path) -> list[set[tuple[int, float]]]:
    """What two searches find, whatever the order of equally good hits."""
    store = LocalStore(folder)
    hits = store.search_dense("default", EAST, 99, ANYWHERE), store.search_lexical("default", "whales number3", 99, ANYWHERE)
    store.close()
    return [{(hit.chunk_id, round(hit.score, 4)) for hit in some} for some in hits]


@pytest.mark.parametrize("damage", [None, b"", b"more"], ids=["missing", "empty", "longer"])  # see test_damage for flipped bits
def test_a_search_index_is_made_again_whichever_file_is_damaged(intact: Path, tmp_path: Path, damage: bytes | None) -> None:
    expected = results(intact)
    assert len(expected[0]) > 8
    names = [path.relative_to(intact) for path in (intact / "search").rglob("*") if path.is_file()]
    assert len(names) > 3
    for number, name in enumerate(names):
        copy = Path(shutil.copytree(intact, tmp_path / str(number)))
        data = (copy / name).read_bytes()
        (copy / name).unlink()
        if damage is not None:
            (copy / name).write_bytes(damage and data + damage)
        assert results(copy) == results(copy) == expected, name


def test_a_catalogue_restored_from_a_backup_is_the_truth_again(store: LocalStore) -> None:
    put(store, "a.txt", "Whales sing.")
    store.publish("default")
    store.close()
    file = store.folder / "catalogue.sqlite"
    backup = file.read_bytes()
    assert not file.with_name("catalogue.sqlite-wal").exists()
    later = LocalStore(store.folder)
    put(later, "b.txt", "Whales swim.")
    put(later, "c.txt", "Whales dive.")
    later.publish("default")
    later.close()

    file.write_bytes(backup)
    restored = LocalStore(store.folder)
    assert both(restored, "whale") == {"a.txt"}
    put(restored, "d.txt", "Whales breathe.")
    assert both(restored, "whale") == {"a.txt", "d.txt"}
    put(restored, "e.txt", "Whales sleep.")  # as many changes as before the restoration, but others
    restored.publish("default")
    assert both(restored, "whale") == {"a.txt", "d.txt", "e.txt"}
    assert lexical_hits(restored, "swim dive") == []
    restored.close()


def test_a_catalogue_begun_anew_beside_an_old_search_index_is_the_truth(store: LocalStore) -> None:
    put(store, "a.txt", "Whales sing.")
    store.publish("default")
    store.close()
    (store.folder / "catalogue.sqlite").unlink()
    fresh = LocalStore(store.folder, create=True)
    fresh.catalogue.add_collection(COLLECTION)
    assert fresh.search_dense("default", EAST, 9, ANYWHERE) == []
    put(fresh, "b.txt", "Whales swim.")
    assert (both(fresh, "whale"), lexical_hits(fresh, "sing")) == ({"b.txt"}, [])
    fresh.close()


# Many at once


def searching(store: LocalStore, done: threading.Event, started: threading.Barrier) -> int:
    """Search without pause for a document that is always there; the number of rounds."""
    started.wait()
    rounds = 0
    while not done.is_set():
        rounds += 1
        assert nearest(store, NORTH, 1) == ["always.txt"]
        assert lexical_hits(store, "forever") == ["always.txt"]
        assert nearest(store, NORTH, 9, Filter("always")) == ["always.txt"]
    return rounds


@pytest.mark.parametrize("one_writer", [True, False], ids=("in one go", "one by one"))
def test_searches_from_many_threads_go_on_while_documents_come_and_go(store: LocalStore, one_writer: bool) -> None:
    put(store, "always.txt", "Whales forever.", NORTH)
    for number in range(20):
        put(store, f"{number}.txt", "Whales sing and swim. " * 3, EAST)
    store.publish("default")
    done, started = threading.Event(), threading.Barrier(9)
    with ThreadPoolExecutor(8) as threads, store.writing() if one_writer else nullcontext():
        searches = [threads.submit(searching, store, done, started) for _ in range(8)]
        started.wait()
        try:
            for number in range(40):
                put(store, f"{number % 20}.txt", f"Whales sing {number}. ", EAST)
                if number % 20 == 10:
                    store.catalogue.remove("default", ["3.txt"])
                    store.publish("default")
        finally:
            done.set()
    assert all(future.result() for future in searches)
    assert both(store, "whale") == {kept.path for kept in store.catalogue.documents("default")}
    store.catalogue.check()


def test_the_index_is_closed_for_good(store: LocalStore) -> None:
    put(store, "a.txt")
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda _: nearest(store), range(9)))
    store.close()
    assert not list(store.folder.glob("catalogue.sqlite-*"))
    with closing(sqlite3.connect(store.folder / "catalogue.sqlite")) as reader:
        assert reader.execute("SELECT count(*) FROM documents").fetchone() == (1,)
