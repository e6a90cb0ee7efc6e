import threading
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import quotewise.index.formats.text
from quotewise.api.callers import LOCAL
from quotewise.api.indexing import index_folder
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.api.watching import FolderWatch, ScanReading
from quotewise.index.errors import IndexLockedError, UnknownDocumentError
from quotewise.index.formats.parsed import Parsed
from quotewise.index.layout import Box
from quotewise.index.recognised import RecognisedLine, RecognisedPage, RecognisedPages
from quotewise.index.stamps import Stamps
from quotewise.index.sync_report import SyncReport
from quotewise.rag.pipeline import AskOptions
from tests.api.conftest import wait_until
from tests.index.formats.pdf_files import Page, Pdf
from tests.index.syncing import write


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with Service.open(Settings(index=tmp_path / "index"), create=True) as service:
        yield service


@pytest.fixture
def watch(service: Service, folder: Path) -> Iterator[Callable[[], FolderWatch]]:
    """Index the folder and watch it from then on."""
    started = []

    def start() -> FolderWatch:
        stamps = Stamps()
        watch = FolderWatch(service, folder, stamps, index_folder(service, LOCAL, folder, stamps=stamps))
        watch.start()
        started.append(watch)
        return watch

    yield start
    for watch in started:
        watch.stop()
        watch.join()


def texts(service: Service) -> dict[str, str]:
    catalogue = service.store.catalogue
    while True:
        with suppress(UnknownDocumentError):  # one was removed since they were listed
            return {known.path: catalogue.text(known.id) for known in catalogue.documents("default")}


def test_the_index_follows_the_folder(
    service: Service, folder: Path, watch: Callable[[], FolderWatch], capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, a="Whales sing.", b="Sharks bite.")
    watch()
    write(folder, c="Crabs walk sideways.")
    wait_until(lambda: "c.txt" in texts(service))
    write(folder, a="Penguins swim.")
    wait_until(lambda: texts(service)["a.txt"] == "Penguins swim.")
    (folder / "sub").mkdir()
    (folder / "b.txt").rename(folder / "sub" / "d.txt")
    wait_until(lambda: texts(service).keys() == {"a.txt", "c.txt", "sub/d.txt"})
    (folder / ".gitignore").write_text("sub\n")
    wait_until(lambda: texts(service).keys() == {"a.txt", "c.txt"})
    [passage] = service.search(LOCAL, "penguins", options=AskOptions(top_k=1)).passages
    assert passage.document.path == "a.txt"
    for path in folder.glob("*.txt"):
        path.unlink()
    wait_until(lambda: texts(service) == {})
    wait_until(lambda: "the folder holds no documents any more" in capsys.readouterr().err)


def test_a_folder_that_is_moved_in_and_a_file_behind_a_link_are_noticed(
    service: Service, folder: Path, tmp_path: Path, watch: Callable[[], FolderWatch]
) -> None:
    write(folder, a="Whales sing.", sub__b="Sharks bite.")
    (folder / "link.txt").symlink_to("sub/b.txt")
    watch()
    write(folder, sub__b="Sharks sleep.")
    wait_until(lambda: texts(service)["link.txt"] == texts(service)["sub/b.txt"] == "Sharks sleep.")
    decomposed = unicodedata.normalize("NFD", "é")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / f"{decomposed}.txt").write_text("Crabs walk.")
    (tmp_path / "new").rename(folder / "new")
    wait_until(lambda: texts(service).get("new/é.txt") == "Crabs walk.")


def test_a_bad_file_is_told_once_and_stops_nothing(
    service: Service,
    folder: Path,
    watch: Callable[[], FolderWatch],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    parse, parsed = quotewise.index.formats.text.parse, []

    def counted(data: bytes) -> Parsed:
        parsed.append(data)
        return parse(data)

    write(folder, a="Whales sing.")
    watch()
    monkeypatch.setattr(quotewise.index.formats.text, "parse", counted)
    (folder / "bad.txt").write_bytes(b"\0\1\2")
    (folder / "caf\udce9.txt").write_bytes(b"Whales sing.")
    (folder / "song.mp3").write_bytes(b"ID3")
    wait_until(lambda: len(service.store.catalogue.left_out("default")) == 3)
    for name, text in (("b", "Sharks bite."), ("c", "Crabs walk.")):
        write(folder, **{name: text})
        wait_until(lambda name=name: f"{name}.txt" in texts(service))
    assert parsed.count(b"\0\1\2") == 1, "while it is the same"
    told = capsys.readouterr().err
    assert [told.count(name) for name in ("failed: bad.txt", "udce9.txt", "not read: song.mp3")] == [1, 1, 1]
    assert "1 added: b.txt" in told


def test_whatever_fails_the_watch_goes_on(
    service: Service, folder: Path, tmp_path: Path, watch: Callable[[], FolderWatch], capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, a="1.", b="2.", c="3.", d="4.")
    watch()
    with service.store.writing():
        write(folder, e="Whales sing.")
        wait_until(lambda: "another process is writing" in capsys.readouterr().err)
    wait_until(lambda: "e.txt" in texts(service))
    folder.rename(tmp_path / "unmounted")
    wait_until(lambda: "is gone; its documents stay indexed" in capsys.readouterr().err)
    folder.mkdir()
    wait_until(lambda: "is it mounted?" in capsys.readouterr().err)
    assert len(texts(service)) == 5
    write(folder, f="Sharks bite.")
    wait_until(lambda: texts(service) == {"f.txt": "Sharks bite."})


def test_it_ends_with_the_service_even_in_the_middle_of_a_file(
    service: Service, folder: Path, watch: Callable[[], FolderWatch], monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, go_on = threading.Event(), threading.Event()
    parse = quotewise.index.formats.text.parse

    def slow(data: bytes) -> Parsed:
        reached.set()
        assert go_on.wait(60)
        return parse(data)

    write(folder, a="Whales sing.")
    watching = watch()
    monkeypatch.setattr(quotewise.index.formats.text, "parse", slow)
    write(folder, b="Sharks bite.")
    assert reached.wait(60)
    closing = threading.Thread(target=service.jobs.close)
    closing.start()
    wait_until(service.jobs._closing.is_set)
    go_on.set()
    closing.join()
    watching.join(60)
    assert not watching.is_alive()
    assert texts(service) == {"a.txt": "Whales sing."}


def raised(error: Exception) -> SyncReport:
    raise error


def test_scanned_pages_are_read_meanwhile_each_file_once(
    service: Service,
    folder: Path,
    watch: Callable[[], FolderWatch],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    read: list[str] = []

    def recognised(path: str, data: bytes, pages: RecognisedPages, *_: object) -> bool:
        read.append(path)
        if path == "blurred.pdf":
            raise RuntimeError("the engine failed")
        box = Box(1, 0.1, 0.1, 0.9, 0.2)
        pages.put(data, RecognisedPage(1, (RecognisedLine("The rent is 40 euros.", box, 0.9),) if path == "scan.pdf" else ()))
        return True

    monkeypatch.setattr("quotewise.api.indexing.recognise", recognised)
    monkeypatch.setattr("quotewise.api.watching._SCAN_SECONDS", 0.05)
    write(folder, a="Whales sing.")
    watch()
    reading = ScanReading(service, folder)
    index, failures = reading._index, [IndexLockedError("another process is writing")]
    monkeypatch.setattr(reading, "_index", lambda path: index(path) if not failures else raised(failures.pop()))
    reading.start()
    for name, style in (("blurred", "r"), ("empty", "D"), ("scan", "A")):
        (folder / f"{name}.pdf").write_bytes(Pdf([Page(picture=True)], labels=f"0 << /S /{style} >>").write())
    wait_until(lambda: "scan.pdf" in texts(service))
    wait_until(lambda: len(set(read)) == 3)
    count = len(read)
    assert count <= 4  # one file again, which could not be indexed
    service.jobs.close()
    reading.join(5)
    assert not reading.is_alive()
    assert texts(service) == {"a.txt": "Whales sing.", "scan.pdf": "The rent is 40 euros."}
    assert set(read) == {"blurred.pdf", "empty.pdf", "scan.pdf"} and len(read) == count
