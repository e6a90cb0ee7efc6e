import os
import sys
import unicodedata
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import quotewise.index.catalogue
import quotewise.index.chunking
import quotewise.index.formats.text
import quotewise.index.ingest
from quotewise.index.embedders import Embedder, OnnxEmbedder
from quotewise.index.errors import (
    ChunkingError,
    EmbedderMismatchError,
    FolderError,
    IndexLockedError,
    InvalidNameError,
    QuotewiseError,
    UnknownCollectionError,
)
from quotewise.index.formats import FORMATS, Format
from quotewise.index.formats.parsed import Block, Parsed
from quotewise.index.ingest import Failure, Sync, SyncReport, check_embedder
from quotewise.index.layout import Box, Layout, Part
from quotewise.index.local_store import LocalStore
from quotewise.index.sentences import Span
from quotewise.index.store import Filter
from tests.conftest import SEED, SEEDS
from tests.index.conftest import at_most, ordinary_user
from tests.index.texts import examples

Run = Callable[..., SyncReport]


class OtherEmbedder(OnnxEmbedder):
    """The bundled weights under another name, as a stand-in for a second model."""

    def __init__(self) -> None:
        super().__init__()
        self.name, self.fingerprint = "another-model", "0" * 64


def write(folder: Path, **texts: str) -> None:
    """Files by their names without ``.txt``; two underscores stand for a slash."""
    for name, text in texts.items():
        path = folder / f"{name.replace('__', '/')}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode())


def indexed(store: LocalStore, name: str = "default") -> dict[str, str]:
    return {kept.path: store.catalogue.text(kept.id) for kept in store.catalogue.documents(name)}


def found(store: LocalStore, embedder: Embedder, question: str, name: str = "default") -> tuple[list[str], list[str]]:
    nearest = store.search_dense(name, embedder.encode_query(question), 50, Filter())
    lexical_hits = store.search_lexical(name, question, 50, Filter())
    first, second = (
        [chunk.document.path for chunk in store.catalogue.chunks([hit.chunk_id for hit in hits])]
        for hits in (nearest, lexical_hits)
    )
    return first, second


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


def test_the_vector_of_a_chunk_is_that_of_its_heading_and_text(store: LocalStore, embedder: Embedder, folder: Path) -> None:
    (folder / "a.md").write_text("# Sea\n\n## Whales\n\nThey sing.\n\n# Land\n\n" + "Cows moo in the morning. " * 100)
    Sync(store, embedder).run(folder, chunk_tokens=50)
    hits = store.search_dense("default", embedder.encode_query("Sea > Whales\nThey sing."), 99, Filter())
    assert len(hits) > 10
    assert store.catalogue.chunks([hits[0].chunk_id])[0].heading == ("Sea", "Whales")
    assert hits[0].score == pytest.approx(1, abs=1e-4)
    cows = embedder.encode_document([f"Land\n{store.catalogue.chunks([hits[-1].chunk_id])[0].text.strip()}"])[0]
    assert store.search_dense("default", cows, 1, Filter())[0].score == pytest.approx(1, abs=1e-4)


def test_many_batches_keep_every_vector_with_its_chunk(
    store: LocalStore, embedder: Embedder, folder: Path, sync: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotewise.index.ingest, "_BATCH_CHUNKS", 3)
    write(folder, **{f"f{n}": "\n\n".join(f"Animal {n} eats plant {m}." for m in range(n % 5 + 1)) for n in range(12)})
    report = sync(chunk_tokens=8)
    assert (len(report.added), report.chunks) == (12, store.catalogue.size("default").chunks)
    hits = store.search_dense("default", embedder.encode_query("Animal 9 eats plant 4."), 1, Filter())
    assert store.catalogue.chunks([hits[0].chunk_id])[0].text == "Animal 9 eats plant 4."
    assert hits[0].score == pytest.approx(1, abs=1e-4)


# Folders that cannot be indexed


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


# Collections


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


def test_a_second_sync_at_the_same_time_is_refused(store: LocalStore, embedder: Embedder, folder: Path, sync: Run) -> None:
    write(folder, a="Whales sing.", b="Sharks bite.")
    second = LocalStore(store.folder)

    def interfere(done: int, total: int, path: str) -> None:
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


def test_a_format_with_pages_is_a_module_and_an_entry_of_the_registry(
    store: LocalStore, folder: Path, sync: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(data: bytes) -> Parsed:
        pages = data.decode().split("\f")
        starts = [0, *accumulate(len(page) + 1 for page in pages)]
        text = "\n".join(pages)
        parts = tuple(Part(start, "page", number, f"p. {number}") for number, start in enumerate(starts[:-1], 1))
        blocks = tuple(Block(start, start + len(page)) for start, page in zip(starts, pages, strict=False))
        return Parsed(text, blocks, Layout.of("paged", 7, text, parts), title="Fish")

    def boxes(data: bytes, layout: Layout, span: Span) -> list[Box]:
        return [Box(layout.place(span).page or 0, 0, 0, 1, 0.5)]

    module = ModuleType("paged")
    module.parse, module.boxes = parse, boxes  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "quotewise.index.formats.paged", module)
    paged = Format("paged", "application/x-paged", has_pages=True)
    monkeypatch.setitem(FORMATS, ".paged", paged)  # type: ignore[index]
    (folder / "a.paged").write_bytes(b"Whales sing.\fSharks bite.\fCrabs walk.")
    assert sync().added == ("a.paged",)
    [document] = store.catalogue.documents("default")
    assert (document.media_type, document.title, document.encoding) == ("application/x-paged", "Fish", "")
    [chunk] = store.catalogue.chunks([store.search_lexical("default", "sharks", 1, Filter())[0].chunk_id])
    assert (chunk.layout.parser, chunk.layout.version) == ("paged", 7)
    span = next(span for span in chunk.sentences if store.catalogue.text(document.id, *span) == "Sharks bite.")
    place = chunk.layout.place(span)
    assert (place.lines, place.page, place.part) == ((2, 2), 2, Part(13, "page", 2, "p. 2"))
    assert paged.boxes((folder / "a.paged").read_bytes(), chunk.layout, span) == (Box(2, 0, 0, 1, 0.5),)


# Files that cannot be indexed


def test_each_bad_file_is_reported_with_its_reason_and_the_others_are_indexed(
    store: LocalStore, embedder: Embedder, folder: Path, tmp_path: Path
) -> None:
    write(tmp_path, outside="secret")
    good = {"a.txt", "new\nline.txt", "quote'\".txt", "per%cent_.md", "😀.txt", "z.txt", "-rf.txt", " .txt", "latin.txt"}
    for name in good - {"latin.txt"}:
        (folder / name).write_text("Whales sing.")
    (folder / "latin.txt").write_bytes("Où êtes-vous allés à Noël ? Cela a coûté cher à l’été dernier.".encode("windows-1252"))
    (folder / "link.txt").symlink_to("a.txt")
    (folder / "binary.txt").write_bytes(bytes(range(256)))
    (folder / "empty.txt").touch()
    (folder / "blank.md").write_text(" \n\t\r\n")
    (folder / "huge.txt").touch()
    os.truncate(folder / "huge.txt", 1 << 40)
    os.mkfifo(folder / "fifo.txt")
    (folder / "loop.md").symlink_to("loop.md")
    (folder / "out.txt").symlink_to("../outside.txt")
    (folder / "broken.txt").symlink_to("nothing.txt")
    (folder / "caf\udce9.txt").write_text("Whales sing.")
    (folder / ".hidden.txt").write_text("Whales sing.")
    steps = []
    with at_most(30):
        report = Sync(store, embedder, file_limit=10_000).run(folder, progress=lambda *step: steps.append(step))
    assert {failure.path: failure.reason for failure in report.failed} == {
        "binary.txt": "is binary (it holds zero bytes), or in UTF-16 or UTF-32 without a byte order mark that can be "
        "recognised; expected text, best as UTF-8",
        "blank.md": "is blank",
        "broken.txt": "symbolic link to nothing",
        "caf\udce9.txt": "file name is not valid UTF-8; rename it",
        "empty.txt": "is empty",
        "fifo.txt": "is not a regular file",
        "huge.txt": "is larger than 10,000 bytes; raise max_file_bytes to index it",
        "loop.md": "symbolic link that loops",
        "out.txt": "symbolic link that leaves the folder",
    }
    assert set(report.added) == good | {"link.txt"} == indexed(store).keys()
    assert (report.kept, report.removed) == ((), ())
    assert [done for done, *_ in steps] == list(range(1, len(good) + 11))
    assert all(total == len(steps) and path.isprintable() for _, total, path in steps)
    assert set(found(store, embedder, "whales sing")[1]) == (good | {"link.txt"}) - {"latin.txt"}


def test_what_was_indexed_of_a_file_stays_when_it_goes_bad(store: LocalStore, folder: Path, tmp_path: Path, sync: Run) -> None:
    texts = {name: f"The {name} file was good." for name in ("binary", "blank", "empty", "fifo", "link", "vanishing", "fine")}
    write(folder, **texts)
    sync()
    (folder / "binary.txt").write_bytes(b"\0\1\2")
    (folder / "blank.txt").write_text("\n")
    (folder / "empty.txt").write_text("")
    (folder / "fifo.txt").unlink()
    os.mkfifo(folder / "fifo.txt")
    (folder / "link.txt").unlink()
    (folder / "link.txt").symlink_to("/etc/passwd")

    def vanish(done: int, total: int, path: str) -> None:
        (folder / "vanishing.txt").unlink(missing_ok=True)

    with at_most(30):
        report = sync(progress=vanish)
    assert report.kept == ("binary.txt", "blank.txt", "empty.txt", "fifo.txt", "link.txt", "vanishing.txt")
    assert report.failed[-1] == Failure("vanishing.txt", "vanished before it could be read")
    assert (report.unchanged, report.changed, report.removed) == (("fine.txt",), (), ())
    assert indexed(store) == {f"{name}.txt": text for name, text in texts.items()}
    assert sync().removed == ("vanishing.txt",)


def test_what_was_indexed_stays_when_a_folder_cannot_be_listed_or_a_file_not_be_read(
    open_folder: Path, embedder: Embedder
) -> None:
    folder = open_folder / "folder"
    folder.mkdir()
    shut = unicodedata.normalize("NFD", "é")
    write(folder, a="Whales sing.", b="Sharks bite.", **{f"{shut}__c": "Crabs walk."})
    store = LocalStore(open_folder / "index", create=True)
    Sync(store, embedder).run(folder)
    (folder / "b.txt").chmod(0)
    (folder / shut).chmod(0)
    with ordinary_user(*open_folder.rglob("*")):
        report = Sync(store, embedder).run(folder)
    (folder / shut).chmod(0o755)
    assert set(report.failed) == {
        Failure("b.txt", "cannot be read: Permission denied"),
        Failure("é", "folder cannot be listed: Permission denied"),
    }
    assert (report.unchanged, report.removed) == (("a.txt",), ())
    assert indexed(store).keys() == {"a.txt", "b.txt", "é/c.txt"}
    store.close()


def test_a_file_of_more_chunks_than_a_document_can_have_fails_alone(
    store: LocalStore, folder: Path, sync: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotewise.index.catalogue, "ORDINAL_BITS", 3)
    (folder / "many.md").write_text("# A\n\na\n\n# B\n\nb\n\n" * 10)
    write(folder, a="Whales sing.", z="Sharks bite.")
    report = sync()
    assert [failure.path for failure in report.failed] == ["many.md"]
    assert report.added == ("a.txt", "z.txt")


def test_what_is_ignored_of_a_file_is_reported_and_a_file_of_headings_can_be_found(
    store: LocalStore, folder: Path, sync: Run
) -> None:
    (folder / "a.md").write_text("# Only\n\n## headings\n")
    (folder / "b.md").write_text("<!-- hidden -->\n\n---\n")
    (folder / "c.txt").write_bytes("The café charges 40 € a day.".encode() + b"\xd2")
    report = sync()
    assert (report.added, report.chunks) == (("a.md", "b.md", "c.txt"), 2)
    assert report.ignored == (
        Failure("b.md", "all of it, since it holds nothing to quote"),
        Failure("c.txt", "the byte 0xD2 at 31, which is no UTF-8 and is read as U+FFFD"),
    )
    assert sync().unchanged == ("a.md", "b.md", "c.txt")
    assert len(store.search_lexical("default", "headings", 9, Filter())) == 1


def test_a_run_that_is_broken_off_keeps_what_it_had_done_and_lets_the_next_one_finish(
    store: LocalStore, embedder: Embedder, folder: Path, sync: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotewise.index.ingest, "_BATCH_CHUNKS", 1)
    write(folder, a="Whales sing.", b="Sharks bite.", c="Crabs walk.")

    def break_off(done: int, total: int, path: str) -> None:
        if done == 2:
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


class PanicError(BaseException):
    """What a library in Rust raises, which is no Exception."""


@pytest.mark.parametrize(
    ("stage", "error"),
    [
        *(("parse", error) for error in (RuntimeError, RecursionError, MemoryError, OverflowError, UnicodeError)),
        *((stage, PanicError) for stage in ("parse", "chunk", "embed", "commit")),
    ],
)
def test_whatever_fails_in_one_document_is_its_own_failure_and_never_the_runs(
    store: LocalStore, sync: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, stage: str, error: type[BaseException]
) -> None:
    def failing(wrapped: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            if any("poison" in text for text in map(str, args)):
                raise error("of a library")
            return wrapped(*args, **options)

        return call

    places: dict[str, tuple[Any, str]] = {
        "parse": (quotewise.index.formats.text, "parse"),
        "chunk": (quotewise.index.chunking.Chunker, "chunks"),
        "embed": (OnnxEmbedder, "encode_document"),
        "commit": (quotewise.index.catalogue, "digest"),
    }
    write(folder, a="One fish.", b="A poison.", c="Two fish.")
    monkeypatch.setattr(*places[stage], failing(getattr(*places[stage])))
    report = sync()
    assert (report.added, [failure.path for failure in report.failed]) == (("a.txt", "c.txt"), ["b.txt"])
    assert f"{error.__name__}: of a library" in report.failed[0].reason
    assert set(indexed(store)) == {"a.txt", "c.txt"}


def test_what_ends_the_program_is_nobodys_failure(sync: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(data: bytes) -> Parsed:
        raise KeyboardInterrupt

    write(folder, a="One fish.")
    monkeypatch.setattr(quotewise.index.formats.text, "parse", interrupted)
    with pytest.raises(KeyboardInterrupt):
        sync()


def test_front_matter_as_json_writers_escape_it_stops_no_run(store: LocalStore, sync: Run, folder: Path) -> None:
    for name, title in {"a": r"Hello \ud83d\ude00", "b": r"\udc80", "c": r"\UFFFFFFFF"}.items():
        (folder / f"{name}.md").write_text(f'---\ntitle: "{title}"\n---\nText.', encoding="utf-8")
    report = sync()
    assert (report.added, report.failed) == (("a.md", "b.md", "c.md"), ())
    assert [part.path for part in report.ignored] == ["c.md"]
    assert [document.title for document in store.catalogue.documents("default")][:2] == ["Hello 😀", "\ufffd"]


def test_a_name_is_one_document_however_it_is_composed(sync: Run, store: LocalStore, folder: Path) -> None:
    composed, decomposed = "caf\u00e9.txt", "cafe\u0301.txt"
    (folder / decomposed).write_bytes(b"One fish.")
    assert sync().added == (composed,)
    assert store.catalogue.document_at("default", decomposed).path == composed
    (folder / composed).write_bytes(b"Two fish.")
    report = sync()
    assert (report.changed, [failure.path for failure in report.failed]) == ((composed,), [decomposed])
    assert indexed(store) == {composed: "Two fish."}
    (folder / composed).unlink()
    (folder / decomposed).unlink()
    (folder / "a.txt").write_bytes(b"Red fish.")
    assert sync().removed == (composed,)


def test_a_damaged_document_is_not_called_kept_when_its_file_fails(store: LocalStore, sync: Run, folder: Path) -> None:
    write(folder, a="Whales sing.", b="Sharks bite.")
    sync()
    with store.catalogue._database.connection() as connection:
        connection.execute("UPDATE documents SET title = 'Other' WHERE path = 'a.txt'")
    for name in ("a.txt", "b.txt"):
        (folder / name).write_bytes(b"")
    report = sync()
    assert ([failure.path for failure in report.failed], report.kept) == (["a.txt", "b.txt"], ("b.txt",))
