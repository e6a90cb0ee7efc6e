import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

import quotewise.index.local_store
from quotewise.index.errors import (
    IndexLockedError,
    IndexMissingError,
    IndexUnavailableError,
    InvalidNameError,
    UnknownCollectionError,
)
from quotewise.index.filters import Filter
from quotewise.index.local_store import LocalStore
from quotewise.index.store import Hit
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
    assert hit.score == pytest.approx(1, abs=1e-3)  # vectors are stored in half precision


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


def test_a_filter_holds_inside_both_searches_which_order_as_the_same_documents_would_alone(store: LocalStore) -> None:
    chance = np.random.default_rng(3)
    vectors = {}
    for number in range(60):
        path = f"{'abc'[number % 3]}/{number:02}.txt"
        vectors[path] = unit(*chance.normal(size=DIMENSION)).astype(np.float16).astype(np.float32)  # as they are stored
        put(store, path, "Whales swim. " + "Sharks too. " * int(chance.integers(1, 4)), vectors[path])

    @examples(40)
    @given(st.sampled_from(("", "a/", "b/", "c/1", "d")), st.integers(1, 70), st.integers(0, 1 << 20))
    def check(prefix: str, limit: int, seed: int) -> None:
        question = unit(*np.random.default_rng(seed).normal(size=DIMENSION))
        allowed = sorted((p for p in vectors if p.startswith(prefix)), key=lambda p: -(vectors[p] @ question))
        assert nearest(store, question, limit, Filter(prefix)) == allowed[:limit]
        words = lexical_hits(store, "whale", limit, Filter(prefix))
        assert set(words) <= set(allowed) and len(words) == min(limit, len(allowed))

    check()


class Stores(RuleBasedStateMachine):
    """Whatever is done by two open stores of a folder, both searches of either find what the catalogue has, and that only."""

    def __init__(self) -> None:
        super().__init__()
        self.scratch = TemporaryDirectory()
        self.folder = Path(self.scratch.name, "index")
        self.words: dict[str, dict[str, str]] = {}
        self.opened: list[LocalStore] = []
        self.begin_anew()

    def closed(self) -> Path:
        """The file of the catalogue, which nothing has open."""
        for store in self.opened:
            store.close()
        return self.folder / "catalogue.sqlite"

    @rule(names=st.permutations(["default", "other"]))
    def begin_anew(self, names: Sequence[str] = ("default", "other")) -> None:
        """A new catalogue beside the old search index, whose collections may have had other keys."""
        self.closed().unlink(missing_ok=True)
        self.opened = [LocalStore(self.folder, create=True) for _ in range(2)]
        for name in names:
            self.opened[0].catalogue.add_collection(replace(COLLECTION, name=name))
        self.words, self.backup = {name: {} for name in names}, None

    backup: tuple[bytes, dict[str, dict[str, str]]] | None = None
    stores, names, paths = st.sampled_from((0, 1)), st.sampled_from(("default", "other")), st.sampled_from(("a.txt", "b.txt"))

    @rule(by=stores, name=names, path=paths, word=st.sampled_from(("whale", "shark")))
    def put(self, by: int, name: str, path: str, word: str) -> None:
        put(self.opened[by], path, f"The {word} sings.", name=name)
        self.words[name][path] = word

    @rule(by=stores, name=names, path=paths)
    def remove(self, by: int, name: str, path: str) -> None:
        self.opened[by].catalogue.remove(name, [path, "not-there.txt"])
        self.words[name].pop(path, None)

    @rule(by=stores, name=names)
    def publish(self, by: int, name: str) -> None:
        self.opened[by].publish(name)

    @rule(by=stores, name=names)
    def remove_collection(self, by: int, name: str) -> None:
        self.opened[by].remove_collection(name)
        with pytest.raises(UnknownCollectionError):
            self.opened[1 - by].search_lexical(name, "whale", 1, ANYWHERE)
        self.opened[by].catalogue.add_collection(replace(COLLECTION, name=name))
        self.words[name] = {}

    @rule()
    def back_up(self) -> None:
        self.backup = self.closed().read_bytes(), deepcopy(self.words)
        self.opened = [LocalStore(self.folder) for _ in range(2)]

    @precondition(lambda self: self.backup is not None)
    @rule()
    def restore(self) -> None:
        assert self.backup
        self.closed().write_bytes(self.backup[0])
        self.words = deepcopy(self.backup[1])
        self.opened = [LocalStore(self.folder) for _ in range(2)]

    @invariant()
    def what_is_there_is_found(self) -> None:
        for store in self.opened:
            for name, words in self.words.items():
                assert sorted(paths(store, store.search_dense(name, EAST, 99, ANYWHERE))) == sorted(words)
                for word in ("whale", "shark"):
                    hits = store.search_lexical(name, word, 99, ANYWHERE)
                    assert sorted(paths(store, hits)) == sorted(path for path in words if words[path] == word)

    def teardown(self) -> None:
        assert not self.closed().with_name("catalogue.sqlite-wal").exists()
        self.scratch.cleanup()


def test_both_searches_find_what_was_committed_whatever_was_done_to_the_store() -> None:
    run_state_machine_as_test(Stores, settings=settings(max_examples=10, stateful_step_count=12, deadline=None))


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
