import os
import sys
import unicodedata
from itertools import accumulate
from pathlib import Path
from types import ModuleType

import pytest

import quotewise.index.catalogue
import quotewise.index.chunking
import quotewise.index.embedding
import quotewise.index.files
import quotewise.index.formats
import quotewise.index.formats.text
import quotewise.index.ingest
import quotewise.index.reading
import quotewise.index.stamps
from quotewise.index.embedders import Embedder
from quotewise.index.errors import TimeLimitError
from quotewise.index.filters import Filter
from quotewise.index.formats import FORMATS, Format
from quotewise.index.formats.parsed import Block, Parsed
from quotewise.index.ingest import Sync
from quotewise.index.layout import Box, Layout, Part
from quotewise.index.local_store import LocalStore
from quotewise.index.progress import Step
from quotewise.index.reading import Reading
from quotewise.index.sentences import Span
from quotewise.index.sync_report import Failure
from tests.index.conftest import at_most, ordinary_user
from tests.index.syncing import Run, found, indexed, write


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
        report = Sync(store, embedder, Reading(limit=10_000)).run(folder, progress=steps.append)
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
    assert [step.done_bytes for step in steps] == sorted(step.done_bytes for step in steps)
    assert steps[-1].done_bytes == steps[-1].total_bytes > 1 << 40
    assert all(step.path.isprintable() for step in steps)
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

    def vanish(step: Step) -> None:
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


# Files that need not be read, or have to be read again


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The bytes of the text files that were parsed."""
    found: list[bytes] = []
    parse = quotewise.index.formats.text.parse

    def counted(data: bytes) -> Parsed:
        found.append(data)
        return parse(data)

    monkeypatch.setattr(quotewise.index.formats.text, "parse", counted)
    return found


def test_a_file_that_was_refused_is_parsed_again_only_if_it_or_its_parser_changes(
    store: LocalStore, folder: Path, sync: Run, parsed: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, a="Whales sing.", c="Crabs walk.")
    sync()
    for name in ("bad\nname", "c"):
        (folder / f"{name}.txt").write_bytes(b"\0\1\2")
    first = sync()
    parsed.clear()
    assert sync() == first
    assert not parsed
    assert (first.unchanged, first.kept) == (("a.txt",), ("c.txt",))
    write(folder, c="Crabs walk.")
    assert sync().unchanged == ("a.txt", "c.txt")
    assert not parsed, "what was read before is still indexed"
    monkeypatch.setattr(quotewise.index.formats, "_version", lambda parser, isolated: quotewise.index.formats.text.VERSION + 1)
    assert [failure.path for failure in sync().failed] == ["bad\nname.txt"]
    assert parsed == [b"\0\1\2"]
    (folder / "bad\nname.txt").write_bytes(b"Sharks bite.")
    assert (sync().added, store.catalogue.refusals("default")) == (("bad\nname.txt",), {})


def test_an_unchanged_file_keeps_its_text_when_its_parser_gets_better_until_it_is_to_be_read_again(
    store: LocalStore, embedder: Embedder, folder: Path, sync: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, a="Whales sing.")
    sync()
    parse = quotewise.index.formats.text.parse
    monkeypatch.setattr(quotewise.index.formats.text, "parse", lambda data: parse(data.replace(b"sing", b"SING")))
    assert sync().unchanged == ("a.txt",)
    assert indexed(store) == {"a.txt": "Whales sing."}
    assert Sync(store, embedder, Reading(again=True)).run(folder).changed == ("a.txt",)
    assert indexed(store) == {"a.txt": "Whales SING."}


@pytest.mark.parametrize("before", ["Whales sing.", "\0\1\2"])
def test_a_file_that_is_replaced_while_it_is_parsed_is_read_again(
    store: LocalStore, folder: Path, sync: Run, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    parse = quotewise.index.formats.text.parse

    def replaced(data: bytes) -> Parsed:
        if data == before.encode():
            write(folder, new="Sharks bite.")
            (folder / "new.txt").replace(folder / "a.txt")
        return parse(data)

    write(folder, a=before)
    monkeypatch.setattr(quotewise.index.formats.text, "parse", replaced)
    report = sync()
    assert (report.added, report.left_out) == (("a.txt",), ())
    assert indexed(store) == {"a.txt": "Sharks bite."}


def test_a_file_that_is_written_to_all_the_time_is_indexed_as_it_was_read_and_reported(
    store: LocalStore, folder: Path, sync: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, log="Started.", bad="\0")
    with monkeypatch.context() as patched:
        parse = quotewise.index.formats.text.parse

        def appended(data: bytes) -> Parsed:
            with (folder / ("bad.txt" if b"\0" in data else "log.txt")).open("ab") as file:
                file.write(b" Still running.")
            return parse(data)

        patched.setattr(quotewise.index.formats.text, "parse", appended)
        report = sync()
    assert report.ignored == (Failure("log.txt", "what was written to it while it was read; index it again"),)
    assert report.failed[0].reason.endswith("; it was written to while it was read: index it again")
    assert indexed(store)["log.txt"].startswith("Started. Still running.")
    report = sync()
    assert (report.changed, report.ignored) == (("log.txt",), ())


def test_a_file_whose_stamp_is_the_same_is_not_opened(
    embedder: Embedder, store: LocalStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotewise.index.stamps, "_NEW_SECONDS", -1)
    write(folder, a="Whales sing.", bad="\0", empty="")
    reading = Reading()
    first = Sync(store, embedder, reading).run(folder)
    monkeypatch.setattr(quotewise.index.files, "read_inside", lambda root, path, limit: opened.append(path) or b"Crabs.")
    opened: list[str] = []
    again = Sync(store, embedder, reading).run(folder)
    assert opened == ["empty.txt"]
    assert (first.added, again.unchanged, again.failed) == (("a.txt",), ("a.txt",), first.failed[:1])


def test_a_file_that_took_too_long_is_tried_again_but_not_by_a_watch_that_would_wait_for_it_each_time(
    store: LocalStore, embedder: Embedder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotewise.index.stamps, "_NEW_SECONDS", -1)
    write(folder, a="Whales sing.", slow="Sharks bite.")
    parse = quotewise.index.formats.text.parse

    def limited(data: bytes) -> Parsed:
        if b"Sharks" in data:
            raise TimeLimitError("takes more than 18 seconds to read")
        return parse(data)

    watching = Reading()
    with monkeypatch.context() as patched:
        patched.setattr(quotewise.index.formats.text, "parse", limited)
        assert [failure.path for failure in Sync(store, embedder, watching).run(folder).failed] == ["slow.txt"]
    assert [failure.path for failure in Sync(store, embedder, watching).run(folder).failed] == ["slow.txt"]
    assert Sync(store, embedder).run(folder).added == ("slow.txt",)
