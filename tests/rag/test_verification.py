import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import quotewise.index.formats.text
from quotewise.index.embedders import Embedder
from quotewise.index.errors import FolderUnavailableError
from quotewise.index.formats.parsed import Block, Parsed
from quotewise.index.layout import Layout
from quotewise.index.local_store import LocalStore
from quotewise.index.sync_report import SyncReport
from quotewise.rag.pipeline import Pipeline
from quotewise.rag.verification import Claim, CollectionSource, FolderSource, Source, Verdict, verify
from tests.index.conftest import open_folder, ordinary_user  # noqa: F401

TEXT = "The bridge fell in March.\r\nRust had eaten its cables. Nobody had looked at them for years."
LIMIT = 10_000


@pytest.fixture
def claim(store: LocalStore, sync: Callable[..., SyncReport], folder: Path, embedder: Embedder) -> Claim:
    (folder / "deep").mkdir()
    (folder / "deep" / "bridge.txt").write_bytes(TEXT.encode())
    sync()
    answer = Pipeline(store, lambda name: embedder, threshold=0).ask("What had eaten the cables?", "default")
    return Claim.of(answer.citations[0])


@pytest.fixture(params=["folder", "collection"])
def source(request: pytest.FixtureRequest, claim: Claim, store: LocalStore, folder: Path) -> Source:
    return FolderSource(folder, LIMIT) if request.param == "folder" else CollectionSource(store, "default", LIMIT)


OUTSIDE = ("../secret.txt", "/etc/hostname", "deep", "nowhere.txt", "a\0.txt", "deep/../../secret.txt")


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, Verdict.VALID),
        *((change, Verdict.CHANGED) for change in ({"start": 0}, {"end": 10**9}, {"start": -1})),
        ({"quote": "Rust had eaten its  cables."}, Verdict.CHANGED),
        *(({"path": path}, Verdict.MISSING) for path in OUTSIDE),
    ],
)
def test_a_claim_is_valid_where_its_quote_stands_in_a_file_of_the_folder(
    claim: Claim, source: Source, folder: Path, change: dict[str, object], verdict: Verdict
) -> None:
    (folder.parent / "secret.txt").write_bytes(TEXT.encode())
    assert TEXT[claim.start : claim.end] == claim.quote
    verification = verify(replace(claim, **change), source)  # type: ignore[arg-type]
    assert (verification.verdict, verification.place) == (verdict, "" if change else "line 2")


@pytest.mark.parametrize("where", ["folder", "collection", "copy"])
def test_a_valid_claim_has_the_place_of_its_citation(
    store: LocalStore, sync: Callable[..., SyncReport], folder: Path, embedder: Embedder, where: str
) -> None:
    (folder / "lease.html").write_text("<h1>Lease</h1><p>Of a flat.</p><h2>Rent</h2><p>The rent is 40 euros.</p>")
    sync()
    citation = Pipeline(store, lambda name: embedder, threshold=0).ask("How much is the rent?", "default").citations[0]
    source: Source = FolderSource(folder, LIMIT) if where == "folder" else CollectionSource(store, "default", LIMIT)
    if where == "copy":
        shutil.rmtree(folder)
    assert (verify(Claim.of(citation), source).place, citation.place) == ("section Rent", "section Rent")


@pytest.mark.parametrize("data", [TEXT.encode() + b" ", b"", b" \n", b"\0binary", b"x" * (LIMIT + 1), None])
def test_a_file_with_other_bytes_is_changed_and_one_that_is_gone_missing(
    claim: Claim, source: Source, folder: Path, data: bytes | None
) -> None:
    if data is None:
        (folder / claim.path).unlink()
    else:
        (folder / claim.path).write_bytes(data)
    assert verify(claim, source).verdict is (Verdict.MISSING if data is None else Verdict.CHANGED)


def test_where_the_folder_is_gone_a_collection_checks_against_its_own_copy(
    claim: Claim, store: LocalStore, folder: Path
) -> None:
    folder.rename(folder.with_name("moved"))
    assert verify(claim, CollectionSource(store, "default", LIMIT)).verdict is Verdict.VALID
    assert verify(claim, FolderSource(folder, LIMIT)).verdict is Verdict.MISSING


def test_a_parser_that_makes_another_text_of_the_same_file_leaves_its_citations_valid(
    claim: Claim, store: LocalStore, sync: Callable[..., SyncReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(data: bytes) -> Parsed:
        text = f"Page 1\n{data.decode()}"
        return Parsed(text, (Block(0, len(text)),), Layout.of("text", 2, text), encoding="utf-8")

    monkeypatch.setattr(quotewise.index.formats.text, "parse", parse)
    assert sync().unchanged == (claim.path,)
    source = CollectionSource(store, "default", LIMIT)
    assert verify(claim, source).verdict is Verdict.VALID
    assert verify(replace(claim, start=0, end=6, quote="Page 1"), source).verdict is Verdict.CHANGED


def test_a_citation_of_a_document_that_is_damaged_in_the_catalogue_is_checked_against_its_file(
    claim: Claim, store: LocalStore, folder: Path
) -> None:
    with sqlite3.connect(store.folder / "catalogue.sqlite") as connection:
        connection.execute("UPDATE documents SET title = 'Other'")
    connection.close()
    source = CollectionSource(store, "default", LIMIT)
    assert verify(claim, source).verdict is Verdict.VALID
    folder.rename(folder.with_name("moved"))
    gone = verify(claim, source)
    assert gone.verdict is Verdict.MISSING
    assert "is damaged" in gone.reason


@pytest.mark.parametrize("unreadable", ["deep/bridge.txt", "deep", "."])
def test_a_file_that_cannot_be_read_is_not_called_missing(open_folder: Path, unreadable: str) -> None:  # noqa: F811
    folder = open_folder / "folder"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "bridge.txt").write_bytes(TEXT.encode())
    (folder / unreadable).chmod(0)
    with ordinary_user(), pytest.raises(FolderUnavailableError, match="cannot be read: Permission denied"):
        verify(Claim("deep/bridge.txt", "0" * 64, 0, 3, "The"), FolderSource(folder, LIMIT))
    (folder / unreadable).chmod(0o755)
