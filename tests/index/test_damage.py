"""Damage anywhere in an index is noticed or harmless. ``QUOTEWISE_FLIPS`` sets how many bits are flipped in each file."""

import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

import quotewise.index.catalogue
from quotewise.index.catalogue import document_id
from quotewise.index.embedders import Embedder
from quotewise.index.errors import DocumentDamagedError, QuotewiseError
from quotewise.index.filters import Filter
from quotewise.index.ingest import Sync
from quotewise.index.integrity import check
from quotewise.index.local_store import LocalStore
from quotewise.index.store import Hit, StoredChunk
from quotewise.index.uploads import Uploads
from tests.index.writing import COLLECTION, put, unit

FLIPS = int(os.environ.get("QUOTEWISE_FLIPS", "1"))
WORDS = "whales sing number"


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = LocalStore(tmp_path_factory.mktemp("intact") / "index", create=True)
    store.catalogue.add_collection(COLLECTION)
    for number in range(12):
        text = f"# Whales\n\nThe whales of sea {number} sing. A number of {number + 3} songs, which nobody counted. Or did?"
        put(store, f"sea/{number}.md", text, unit(1, number, 0, 1), {"sea": str(number)})
    store.publish("default")
    store.close()
    return store.folder


def everything(store: LocalStore) -> dict[str, Any]:
    """Everything that an index returns, by what was read; nothing for what it refuses."""
    catalogue = store.catalogue

    def chunks(hits: Sequence[Hit]) -> list[StoredChunk]:
        return catalogue.chunks([hit.chunk_id for hit in hits])

    reads: dict[str, Callable[[], Any]] = {
        "documents": lambda: catalogue.documents("default"),
        "vectors": lambda: chunks(store.search_dense("default", unit(1, 3, 0, 1), 99, Filter())),
        "words": lambda: chunks(store.search_lexical("default", WORDS, 99, Filter())),
        "filtered": lambda: chunks(store.search_lexical("default", WORDS, 99, Filter("sea/1"))),
    }
    for path in (f"sea/{number}.md" for number in range(12)):
        reads[f"text of {path}"] = partial(catalogue.text, document_id("default", path))
        reads[f"at {path}"] = partial(catalogue.document_at, "default", path)
    values = {}
    for name, read in reads.items():
        with suppress(QuotewiseError):
            values[name] = read()
    return values


def assert_unaltered(found: dict[str, Any], truth: dict[str, Any]) -> None:
    for question, answer in found.items():
        assert question in truth
        if isinstance(answer, list):
            assert all(value in truth[question] for value in answer), question
        else:
            assert answer == truth[question]


def spoilt(data: bytes, kind: int | str) -> bytes | None:
    """The content of a file after one kind of damage, None for no file; a number is the seed of a flipped bit."""
    if isinstance(kind, str):
        return {"missing": None, "empty": b"", "longer": data + b"more"}[kind]
    chance = random.Random(kind)
    flipped = bytearray(data)
    flipped[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(flipped)


def test_damage_to_any_file_alters_nothing_that_is_given_out_and_a_search_index_is_made_again(
    intact: Path, tmp_path: Path
) -> None:
    store = LocalStore(intact)
    truth = everything(store)
    assert [len(truth[kind]) for kind in ("documents", "vectors", "words", "filtered")] == [12, 24, 24, 6]
    store.close()
    files = [path.relative_to(intact) for path in intact.rglob("*") if path.is_file() and path.stat().st_size]
    assert len(files) > 8
    for file, other in zip(files, cycle(("missing", "empty", "longer")), strict=False):
        for kind in (*range(FLIPS), *((other,) if file.parts[0] == "search" else ())):
            copy = Path(shutil.copytree(intact, tmp_path / f"{file.name} {kind}"))
            data = spoilt((copy / file).read_bytes(), kind)
            (copy / file).unlink()
            if data is not None:
                (copy / file).write_bytes(data)
            try:
                with closing(LocalStore(copy)) as damaged:
                    found = everything(damaged)
                    assert_unaltered(found, truth)
                    if file.parts[0] == "search":
                        assert found.keys() == truth.keys()
                        assert all(len(found[kind]) == len(truth[kind]) for kind in ("vectors", "words", "filtered"))
                    list(check(damaged))
            except QuotewiseError:
                assert file.name == "catalogue.sqlite"
            shutil.rmtree(copy, ignore_errors=True)  # Tantivy may be looking at it


SYNCED = "The whales sing in the seven seas. Nobody has counted their songs so far, but they are many."
DAMAGE = {
    "text": "UPDATE texts SET text = replace(text, 'seven', 'eight')",
    "layout": "UPDATE layouts SET layout = CAST(replace(layout, 'text', 'next') AS BLOB)",
    "no layout": "DELETE FROM layouts",
    "no text": "DELETE FROM texts",
    "kinds": "UPDATE chunks SET sentences = substr(sentences, 1, 8) || x'01000000' || substr(sentences, 13)",
    "chunk": "UPDATE chunks SET text = replace(text, 'seven', 'eight')",
    "not UTF-8": "UPDATE texts SET text = CAST(x'ff' || CAST(text AS BLOB) AS TEXT)",
    "offset": "UPDATE chunks SET start = start + 1",
    "sentences": "UPDATE chunks SET sentences = x'00'",
    "vector": "UPDATE chunks SET vector = substr(vector, 5)",
    "no chunk": "DELETE FROM chunks",
    "title": "UPDATE documents SET title = 'Other'",
    "metadata": "UPDATE documents SET metadata = '{'",
    "path": "UPDATE documents SET path = 'b.txt'",
    "sha256": "UPDATE documents SET sha256 = replace(sha256, '1', '2')",
}


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """An index, and the folder of two files that it is of; each test leaves it sound."""
    parent = tmp_path_factory.mktemp("synced")
    (parent / "folder").mkdir()
    (parent / "folder" / "a.txt").write_text(SYNCED, encoding="utf-8")
    (parent / "folder" / "c.txt").write_text("Sharks do not sing.", encoding="utf-8")
    with closing(LocalStore(parent / "index", create=True)) as store:
        Sync(store, embedder).run(parent / "folder")
    return parent


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_document_is_refused_named_and_read_again_by_the_next_sync_or_put(
    synced: Path, embedder: Embedder, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    table = next(table for table in ("documents", "texts", "layouts", "chunks") if table in DAMAGE[kind])

    def damage() -> list[str]:
        with closing(sqlite3.connect(synced / "index" / "catalogue.sqlite")) as connection, connection:
            [row] = connection.execute("SELECT row FROM documents WHERE path = 'a.txt'").fetchone()
            connection.execute(f"{DAMAGE[kind]} WHERE {'row' if table == 'documents' else 'document'} = {row}")
        return store.catalogue.damaged("default")

    def assert_sound() -> None:
        assert store.catalogue.damaged("default") == []
        assert [document.path for document in store.catalogue.documents("default")] == ["a.txt", "c.txt"]
        assert store.catalogue.text(store.catalogue.document_at("default", "a.txt").id) == SYNCED
        assert all(finding.sound for finding in check(store))

    with closing(LocalStore(synced / "index")) as store:
        [damaged] = damage()
        assert damaged == ("b.txt" if kind == "path" else "a.txt")
        findings = {finding.part: finding for finding in check(store)}
        assert not findings["documents of default"].sound
        assert damaged in findings["documents of default"].detail
        if table == "documents":
            with pytest.raises(DocumentDamagedError, match="read it anew from its file"):
                store.catalogue.document_at("default", damaged)
            assert [document.path for document in store.catalogue.documents("default")] == ["c.txt"]
        elif table == "texts":
            with pytest.raises(DocumentDamagedError):
                store.catalogue.text(store.catalogue.document_at("default", "a.txt").id)
        elif kind not in ("no chunk", "no layout"):
            hits = store.search_lexical("default", "seven seas sing", 9, Filter())
            for _ in range(2):
                assert [chunk.document.path for chunk in store.catalogue.chunks([hit.chunk_id for hit in hits])] == ["c.txt"]
            assert len([record for record in caplog.records if "is damaged" in record.message]) == 1

        report = Sync(store, embedder).run(synced / "folder")
        assert (report.failed, report.unchanged) == ((), ("c.txt",))
        assert report.added + report.changed == ("a.txt",)
        assert_sound()
        assert damage()
        Uploads(store, lambda name, text: embedder, synced / "uploads", 1000).put("default", "a.txt", SYNCED.encode())
        assert_sound()


@pytest.mark.parametrize("limit", ["_DOCUMENTS_TOGETHER", "_CHARACTERS_TOGETHER"])
def test_damage_is_found_in_every_batch_of_documents_that_are_checked_together(
    intact: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    copy = Path(shutil.copytree(intact, tmp_path / "copy"))
    with closing(sqlite3.connect(copy / "catalogue.sqlite")) as connection, connection:
        connection.execute("PRAGMA foreign_keys = ON")
        for table, number in (("texts", 0), ("chunks", 5), ("layouts", 11)):
            [row] = connection.execute("SELECT row FROM documents WHERE path = ?", (f"sea/{number}.md",)).fetchone()
            connection.execute(f"DELETE FROM {table} WHERE document = {row}")
    with closing(LocalStore(copy)) as store:
        length = store.catalogue.document_at("default", "sea/1.md").characters
        for together in (1, 2, 5, 12, 99):
            monkeypatch.setattr(quotewise.index.catalogue, limit, together * (1 if limit.startswith("_DOC") else length))
            assert sorted(store.catalogue.damaged("default")) == ["sea/0.md", "sea/11.md", "sea/5.md"]


def test_a_check_tells_of_indexes_that_are_behind_or_hold_another_number(intact: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(intact, tmp_path / "copy"))
    store = LocalStore(copy)
    assert [finding.sound for finding in check(store)] == [True] * 3
    next((copy / "search" / "1").glob("vectors-*")).write_bytes(b"")
    assert [finding.sound for finding in check(store)] == [True, True, False]
    store.search_lexical("default", WORDS, 1, Filter())
    store.close()
    again = LocalStore(copy)
    again.search_lexical("default", WORDS, 1, Filter())
    assert [finding.sound for finding in check(again)] == [True] * 3
    again.close()
