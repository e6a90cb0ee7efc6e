import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import quotewise.index.catalogue
import quotewise.index.chunking
import quotewise.index.embedding
import quotewise.index.formats.text
import quotewise.index.ingest
from quotewise.index.embedders import Embedder
from quotewise.index.errors import (
    ChunkingError,
    EmbedderMismatchError,
    FolderError,
    IndexLockedError,
    InvalidNameError,
    QuotewiseError,
    UnknownCollectionError,
)
from quotewise.index.filters import Filter
from quotewise.index.ingest import Sync, check_embedder
from quotewise.index.local_store import LocalStore
from quotewise.index.progress import Step
from quotewise.index.sync_report import SyncReport
from tests.conftest import SEED, SEEDS
from tests.index.syncing import OtherEmbedder, Run, found, indexed, write
from tests.index.texts import examples


def test_only_what_changed_is_touched(store: LocalStore, embedder: Embedder, folder: Path, sync: Run) -> None:
    write(folder, a="Whales sing.", b="Sharks bite.", sub__c="Crabs walk sideways.", d="Eels are long.")
    first = sync()
    assert first == SyncReport(("a.txt", "b.txt", "d.txt", "sub/c.txt"), (), (), (), (), (), 4)
    before = {kept.path: kept for kept in store.catalogue.documents("default")}

    write(folder, b="Penguins swim. They dive.", e="Gulls fly.")
    (folder / "d.txt").unlink()
    os.utime(folder / "a.txt", (1, 1))
    assert sync() == SyncReport(("e.txt",), ("b.txt",), ("d.txt",), ("a.txt", "sub/c.txt"), (), (), 2)
    assert indexed(store) == {
        "a.txt": "Whales sing.",
        "b.txt": "Penguins swim. They dive.",
        "e.txt": "Gulls fly.",
        "sub/c.txt": "Crabs walk sideways.",
    }
    after = {kept.path: kept for kept in store.catalogue.documents("default")}
    assert after["a.txt"] == before["a.txt"]
    assert after["b.txt"].id == before["b.txt"].id
    assert after["b.txt"].sha256 != before["b.txt"].sha256
    assert found(store, embedder, "penguins")[0][0] == "b.txt"
    assert found(store, embedder, "penguins")[1] == ["b.txt"]
    assert found(store, embedder, "sharks eels")[1] == []

    assert sync() == SyncReport((), (), (), tuple(sorted(after)), (), (), 0)


def test_the_best_passage_for_the_example_question_is_found(store: LocalStore, embedder: Embedder) -> None:
    report = Sync(store, embedder).run(SEEDS)
    assert report.added == (SEED,)
    text = indexed(store)[SEED]
    assert text.encode() == (SEEDS / SEED).read_bytes()
    question = embedder.encode_query("why did Russia ignore the warning?")
    (best,) = store.catalogue.chunks([store.search_dense("default", question, 1, Filter())[0].chunk_id])
    assert best.text == text[best.start : best.start + len(best.text)]
    assert "warning" in best.text


def test_an_empty_or_missing_folder_is_refused_and_nothing_is_lost(
    store: LocalStore, embedder: Embedder, folder: Path, tmp_path: Path, sync: Run
) -> None:
    (folder / "pdf").mkdir()
    (folder / "pdf" / "a.png").write_text("text")
    with pytest.raises(FolderError, match=r"holds no document, table, mail or text files; nothing was changed"):
        sync()
    assert not store.catalogue.collections()
    write(folder, a="Whales sing.")
    sync()
    folder.rename(tmp_path / "elsewhere")
    with pytest.raises(FolderError, match="is not a folder"):
        sync()
    folder.mkdir()
    for act in (Sync(store, embedder).run, Sync(store, embedder).check):
        with pytest.raises(FolderError, match="holds no"):
            act(folder, "default", moved=True)
    (tmp_path / "other").mkdir()
    with pytest.raises(FolderError, match="holds no"):
        Sync(store, embedder).run(tmp_path / "other")
    assert indexed(store) == {"a.txt": "Whales sing."}


def test_the_last_file_deleted_is_removed(store: LocalStore, embedder: Embedder, folder: Path, sync: Run) -> None:
    write(folder, a="Whales sing.")
    sync()
    (folder / "a.txt").rename(folder / "a.zip")
    Sync(store, embedder).check(folder, "default")
    report = sync()
    assert (report.removed, report.failed) == (("a.txt",), ())
    assert indexed(store) == {}
    assert store.search_lexical("default", "whales", 9, Filter()) == []
    with pytest.raises(FolderError, match="holds no"):
        sync()


def test_an_empty_folder_that_held_more_than_a_few_files_is_refused_since_it_may_not_be_mounted(
    store: LocalStore, embedder: Embedder, folder: Path, tmp_path: Path, sync: Run
) -> None:
    write(folder, a="Whales sing.", b="Sharks bite.", c="Crabs walk.", d="Eels are long.")
    sync(name="sea")
    folder.rename(tmp_path / "unmounted")
    folder.mkdir()
    for act in (Sync(store, embedder).run, Sync(store, embedder).check):
        with pytest.raises(FolderError) as refusal:
            act(folder, "sea")
        assert str(refusal.value) == (
            f"{folder} holds no document, table, mail or text files, but the collection 'sea' has 4 documents; "
            "nothing was changed; "
            "is it mounted? To remove them all: quotewise rm --all -c sea"
        )
    assert len(indexed(store, "sea")) == 4
    store.catalogue.remove("sea", ["a.txt"])
    assert sync(name="sea").removed == ("b.txt", "c.txt", "d.txt")


def test_another_folder_needs_another_collection_or_the_word_that_it_moved(
    store: LocalStore, embedder: Embedder, folder: Path, tmp_path: Path, sync: Run
) -> None:
    write(folder, a="Whales sing.", b="Sharks bite.")
    sync()
    folder.rename(tmp_path / "elsewhere")
    write(tmp_path / "elsewhere", b="Sharks sleep.")
    with pytest.raises(FolderError, match=r"holds the documents of .*/folder, not of .*/elsewhere; name another collection"):
        Sync(store, embedder).run(tmp_path / "elsewhere")
    assert indexed(store)["b.txt"] == "Sharks bite."
    report = Sync(store, embedder).run(tmp_path / "elsewhere", moved=True)
    assert (report.unchanged, report.changed) == (("a.txt",), ("b.txt",))
    assert store.catalogue.collection("default").root == str(tmp_path / "elsewhere")
    assert Sync(store, embedder).run(tmp_path / "elsewhere").unchanged == ("a.txt", "b.txt")


def test_the_same_folder_by_another_way_is_the_same_folder(
    store: LocalStore, embedder: Embedder, folder: Path, tmp_path: Path, sync: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, a="Whales sing.")
    sync()
    (tmp_path / "link").symlink_to(folder)
    monkeypatch.chdir(tmp_path)
    for way in (Path("folder"), tmp_path / "link", folder / ".." / "folder"):
        assert Sync(store, embedder).run(way).unchanged == ("a.txt",)


def test_a_folder_whose_name_is_not_utf_8_is_refused(store: LocalStore, embedder: Embedder, tmp_path: Path) -> None:
    folder = tmp_path / "caf\udce9"
    folder.mkdir()
    write(folder, a="Whales sing.")
    with pytest.raises(FolderError, match="caf"):
        Sync(store, embedder).run(folder)
    assert store.catalogue.collections() == []


def test_two_collections_live_side_by_side(store: LocalStore, embedder: Embedder, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    write(folder, a="Whales sing.")
    write(other, a="Sharks bite.", b="Crabs walk.")
    Sync(store, embedder).run(folder, "sea")
    Sync(store, embedder).run(other, "fish", chunk_tokens=64)
    assert [(c.name, c.root, c.chunk_tokens) for c in store.catalogue.collections()] == [
        ("fish", str(other), 64),
        ("sea", str(folder), 200),
    ]
    assert (indexed(store, "sea"), indexed(store, "fish")) == (
        {"a.txt": "Whales sing."},
        {"a.txt": "Sharks bite.", "b.txt": "Crabs walk."},
    )
    (other / "a.txt").unlink()
    Sync(store, embedder).run(other, "fish")
    assert found(store, embedder, "whales", "sea") == (["a.txt"], ["a.txt"])
    assert found(store, embedder, "sharks", "fish") == (["b.txt"], [])
    store.remove_collection("fish")
    assert found(store, embedder, "whales", "sea") == (["a.txt"], ["a.txt"])
    with pytest.raises(UnknownCollectionError):
        store.catalogue.documents("fish")


def test_a_collection_keeps_its_chunk_size(store: LocalStore, folder: Path, sync: Run) -> None:
    write(folder, a="Whales sing in the sea. " * 40)
    sync(chunk_tokens=20)
    chunks = store.catalogue.size("default").chunks
    assert chunks > 10
    with pytest.raises(ChunkingError, match="chunks of 20 tokens, not 30"):
        sync(chunk_tokens=30)
    write(folder, b="Whales sing in the sea. " * 40)
    sync()
    assert sync(chunk_tokens=20).unchanged == ("a.txt", "b.txt")
    assert store.catalogue.size("default").chunks == 2 * chunks


@pytest.mark.parametrize("chunk_tokens", [0, -5, 257, 10**9])
def test_a_chunk_size_that_the_embedder_cannot_take_is_refused(
    store: LocalStore, folder: Path, sync: Run, chunk_tokens: int
) -> None:
    write(folder, a="Whales sing.")
    with pytest.raises(QuotewiseError):
        sync(chunk_tokens=chunk_tokens)
    assert store.catalogue.collections() == []


def test_chunks_fit_an_embedder_that_sees_less_than_usual(store: LocalStore, folder: Path) -> None:
    write(folder, a="Whales sing in the sea. " * 100)
    short = OtherEmbedder()
    short.max_tokens = 64
    Sync(store, short).run(folder)
    hits = store.search_dense("default", short.encode_query("whales"), 99, Filter())
    assert all(
        tokens + 2 <= 64 for tokens in short.count_tokens([c.text for c in store.catalogue.chunks([h.chunk_id for h in hits])])
    )


def test_another_embedder_is_refused(store: LocalStore, embedder: Embedder, folder: Path, sync: Run) -> None:
    write(folder, a="Whales sing.")
    sync()
    write(folder, a="Sharks bite.")
    other = OtherEmbedder()
    with pytest.raises(EmbedderMismatchError, match=r"made by the embedder 'all-MiniLM-L6-v2' .* not by 'another-model'"):
        Sync(store, other).run(folder)
    assert indexed(store) == {"a.txt": "Whales sing."}
    with pytest.raises(EmbedderMismatchError):
        check_embedder(store.catalogue.collection("default"), other)
    check_embedder(store.catalogue.collection("default"), embedder)
    Sync(store, other).run(folder, "other")
    assert store.catalogue.collection("other").embedder == "another-model"


def test_a_name_that_no_collection_can_have_is_refused(store: LocalStore, folder: Path, sync: Run) -> None:
    write(folder, a="Whales sing.")
    for name in ("a/b", "", "caf\udce9"):
        with pytest.raises(InvalidNameError):
            sync(name=name)
    assert store.catalogue.collections() == []


def test_a_second_sync_at_the_same_time_is_refused(
    store: LocalStore, embedder: Embedder, folder: Path, sync: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotewise.index.local_store, "_LOCK_SECONDS", 0.05)
    write(folder, a="Whales sing.", b="Sharks bite.")
    second = LocalStore(store.folder)

    def interfere(step: Step) -> None:
        with pytest.raises(IndexLockedError):
            Sync(second, embedder).run(folder)

    assert sync(progress=interfere).added == ("a.txt", "b.txt")
    assert Sync(second, embedder).run(folder).unchanged == ("a.txt", "b.txt")
    second.close()


def test_the_language_of_a_collection_is_detected_from_its_documents_and_can_be_set(
    store: LocalStore, folder: Path, sync: Run
) -> None:
    write(folder, a="Brücken.")
    sync()
    assert store.catalogue.collection("default").language == ""
    write(folder, b="Die Brücken der Stadt sind gesperrt, weil der Rost die Seile zerfressen hat und niemand es sah.")
    sync()
    assert store.catalogue.collection("default").language == "de"
    assert len(store.search_lexical("default", "Brücke", 9, Filter())) == 2
    sync(language="en")
    assert store.catalogue.collection("default").language == "en"
    assert store.search_lexical("default", "Brücke", 9, Filter()) == []


def test_a_run_that_is_broken_off_keeps_what_it_had_done_and_lets_the_next_one_finish(
    store: LocalStore, embedder: Embedder, folder: Path, sync: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotewise.index.embedding, "WAITING_CHUNKS", 1)
    write(folder, a="Whales sing.", b="Sharks bite.", c="Crabs walk.")

    def break_off(step: Step) -> None:
        if step.path == "c.txt":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sync(progress=break_off)
    assert indexed(store).keys() == {"a.txt", "b.txt"}
    assert found(store, embedder, "sharks")[1] == ["b.txt"]
    report = sync()
    assert (report.unchanged, report.added) == (("a.txt", "b.txt"), ("c.txt",))


STATES = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(("One.", "Two two.", "3!", " ")), min_size=1)


@examples(10)
@given(st.lists(STATES, max_size=4))
def test_after_any_changes_an_index_is_what_the_folder_is(
    embedder: Embedder, tmp_path_factory: pytest.TempPathFactory, states: list[dict[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("states")
    store = LocalStore(folder / ".index", create=True)
    expected: dict[str, str] = {}
    for state in states:
        for path in folder.glob("*.txt"):
            path.unlink()
        write(folder, **state)
        report = Sync(store, embedder).run(folder)
        before = expected
        expected = {name: before.get(name) if text == " " else text for name, text in state.items()}  # type: ignore[misc]
        expected = {name: text for name, text in expected.items() if text}
        assert indexed(store) == {f"{name}.txt": text for name, text in expected.items()}
        assert set(report.added) == {f"{name}.txt" for name in expected.keys() - before.keys()}
        assert set(report.removed) == {f"{name}.txt" for name in before.keys() - expected.keys()}
        assert set(report.kept) == {f"{name}.txt" for name in before.keys() & state.keys() if state[name] == " "}
        nearest = found(store, embedder, "one two 3")[0]
        assert sorted(nearest) == sorted(f"{name}.txt" for name in expected)
    store.close()


def test_an_index_inside_the_folder_does_not_index_itself(embedder: Embedder, folder: Path) -> None:
    write(folder, a="Whales sing.")
    store = LocalStore(folder / ".quotewise", create=True)
    assert Sync(store, embedder).run(folder).added == ("a.txt",)
    assert Sync(store, embedder).run(folder).unchanged == ("a.txt",)
    store.close()
