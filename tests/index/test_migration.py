"""A catalogue that is moved from its file into a database loses nothing, whenever that is interrupted, and is not made anew."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("psycopg", reason="the extra postgresql is not installed")

import quotewise.index.connections
import quotewise.index.migration
from quotewise.index.catalogue import SqliteCatalogue
from quotewise.index.errors import CatalogueUnavailableError, IndexDamagedError, IndexLockedError, IndexMissingError
from quotewise.index.filters import Filter, Range
from quotewise.index.left_out import LeftOut, Refusal
from quotewise.index.local_store import LocalStore
from quotewise.index.migration import Migrated, MigrationError, migrate
from quotewise.index.postgresql import PostgresCatalogue
from quotewise.index.schema import MOVED_FILE
from tests.index.conftest import SmallDisk
from tests.index.writing import COLLECTION, put, unit
from tests.postgres_server import PostgresServer

FILE = "catalogue.sqlite"
Rows = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """An index folder with something in every table, also in odd characters, and gaps where something was removed."""
    folder = tmp_path / "index"
    with closing(LocalStore(folder, create=True)) as store:
        catalogue = store.catalogue
        for name in ("gone", "default", "notes"):
            catalogue.add_collection(replace(COLLECTION, name=name, root=f"s3://bucket/ä b/{name}"))
        put(catalogue, "x.txt", name="gone")
        put(catalogue, "removed.txt")
        for number in range(8):
            put(catalogue, f"über/{number}.txt", f"Whale {number}\t\\N in 'the' sea. \\. It is so.", unit(1, number, 0, 0))
        described = {"kind": 'a"b', "n": "7", "day": "2026-01-02", "long": "x" * 9000}
        put(catalogue, "文档.md", "# Heading\n\nIt is so 鲸鱼 🐋.\n\n## Sub\n\nIt dives.", metadata=described)
        put(catalogue, "long.txt", "A whale sings here in the deep sea. " * 5)
        put(catalogue, "last.txt")
        put(catalogue, "note.txt", "The keeper is away.", name="notes")
        catalogue.remove("default", ["removed.txt", "last.txt"])
        catalogue.put_stamps("default", {"long.txt": "1 2 3 4"})
        catalogue.put_left_out("default", [LeftOut("scan.pdf", "no text layer")])
        catalogue.put_refusals("default", {"bad.pdf": Refusal("f" * 64, "pdf 1", "is damaged")})
        for number, name in enumerate(("default", "notes")):
            catalogue.put_api_key(f"key{number}", f'{{"name": "{number} ü"}}')
            catalogue.put_feedback(name, f"request {number}", '{"helpful": true}')
        catalogue.put_api_key("key0", "{}")
        store.remove_collection("gone")
        for name in ("default", "notes"):
            store.publish(name)
    return folder


def columns(folder: Path) -> dict[str, str]:
    """Those of each table, but for the ones that a database makes by itself."""
    with closing(sqlite3.connect(next(path for name in (FILE, MOVED_FILE) if (path := folder / name).exists()))) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: ", ".join(f'"{name}"' for _, name, *_ in connection.execute(f"PRAGMA table_info({table})"))
            for table in tables
            if not table.startswith("sqlite_")
        }


def in_file(path: Path) -> Rows:
    with closing(sqlite3.connect(path)) as connection:
        named = columns(path.parent).items()
        return {table: sorted(connection.execute(f"SELECT {names} FROM {table}")) for table, names in named}


def in_database(url: str, folder: Path) -> Rows:
    with closing(PostgresCatalogue(url)) as catalogue:
        named = columns(folder).items()
        return {table: sorted(catalogue._database.rows(f"SELECT {names} FROM {table}")) for table, names in named}


def test_everything_is_moved_row_by_row_and_search_indexes_and_numbers_go_on(index: Path, database: str) -> None:
    before = in_file(index / FILE)
    assert all(before.values()) and set(before) >= {"metadata", "changes", "keys", "feedback", "refusals", "stamps"}
    told: list[tuple[int, int, str]] = []
    assert migrate(index, database, lambda *step: told.append(step)) == Migrated(2, 11, 16, 2, 2)
    assert told[-1][2] == "changes"
    assert in_database(database, index) == before
    assert {path.name for path in index.glob(f"{FILE}*")} <= {MOVED_FILE, f"{FILE}.begin"}
    with closing(LocalStore(index, catalogue=database)) as store, closing(SqliteCatalogue(index / MOVED_FILE)) as old:
        catalogue = store.catalogue
        for name in ("default", "notes"):
            store.search_index.refresh(name)
            assert store.search_index.position(name) == catalogue.last_change(name), "it is searched as it is"
            assert catalogue.damaged(name) == []
            assert catalogue.documents(name) == old.documents(name)
            assert catalogue.size(name) == old.size(name)
        assert store.search_lexical("default", "whale sings", 10, Filter())
        for where in (Filter(metadata={"kind": ['a"b']}), Filter(ranges={"n": Range(5, 8)}), Filter(path_prefix="über/")):
            found = catalogue.matching_documents("default", where)
            assert found and found == old.matching_documents("default", where)
        seqs, documents = ({row[column] for row in before["changes"]} for column in (0, 3))
        put(store, "new.txt", "A gull cries.")
        assert catalogue.last_change("default").seq > max(seqs)
        assert catalogue._database.rows("SELECT max(row) FROM documents")[0][0] > max(documents), "also of those that are gone"
        catalogue.add_collection(replace(COLLECTION, name="later"))
        assert catalogue.collection("later").key > max(row[0] for row in before["collections"])
        catalogue.put_api_key("key9", "{}")
        assert list(catalogue.api_keys()) == ["key0", "key1", "key9"]
        catalogue.put_feedback("notes", "another", "{}")
        store.publish("default")
        assert store.search_lexical("default", "gull", 10, Filter())
    with pytest.raises(IndexMissingError, match=f"it was moved to a database, and {MOVED_FILE} is what was left"):
        migrate(index, database)
    for create in (True, False):
        with pytest.raises(IndexMissingError, match="was moved to a database; name it by --catalogue"):
            LocalStore(index, create)


KILLED = """
import os, signal, sys
from pathlib import Path
import quotewise.index.migration as migration
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
folder, url, at = sys.argv[1:]
migration._ROWS = 1
if at == "rename":
    Path.replace = die
migration.migrate(Path(folder), url, lambda done, total, table: die() if table == at else None)
"""


@pytest.mark.parametrize("at", ["collections", "chunks", "changes", "rename"])
def test_one_that_is_killed_has_moved_nothing_or_all_and_is_repeated(index: Path, database: str, at: str) -> None:
    before = in_file(index / FILE)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(index), database, at], check=False, capture_output=True)
    assert killed.returncode == -9, killed.stderr
    with closing(LocalStore(index)) as store:
        assert len(store.catalogue.documents("default")) == 10, "the file is as it was"
    moved = in_database(database, index)
    assert moved == (before if at == "rename" else {table: [] for table in before})
    assert migrate(index, database) == Migrated(2, 11, 16, 2, 2)
    assert in_database(database, index) == before
    assert not (index / FILE).exists()


@pytest.mark.parametrize("key", ["later", "key0"])
def test_what_was_written_to_the_file_after_an_interruption_is_not_lost(index: Path, database: str, key: str) -> None:
    with pytest.MonkeyPatch.context() as patched, pytest.raises(OSError, match="no"):
        patched.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("no")))
        migrate(index, database)
    with closing(SqliteCatalogue(index / FILE)) as catalogue:
        catalogue.put_api_key(key, '{"revoked": "now"}')
    with pytest.raises(MigrationError, match="has a catalogue already, which is another"):
        migrate(index, database)
    assert (index / FILE).exists()


def test_nobody_opens_the_file_while_it_is_taken_and_goes_on_writing_to_it_when_it_is_moved(
    index: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted(sqlite3.Connection):
        def execute(self, *statement: Any) -> sqlite3.Cursor:
            cursor = super().execute(*statement)
            if statement == ("PRAGMA journal_mode = DELETE",):
                cursor.fetchall()
                with pytest.raises(IndexLockedError):
                    others.append(SqliteCatalogue(index / FILE))
            return cursor

    others: list[SqliteCatalogue] = []
    monkeypatch.setattr(quotewise.index.connections, "_WAIT_SECONDS", 0.05)
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Interrupted))
    migrate(index, database)
    assert not others and not (index / FILE).exists()


def test_a_database_in_use_another_catalogue_a_service_and_damage_are_refused_and_nothing_is_changed(
    index: Path, database: str, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = in_file(index / FILE)
    monkeypatch.setattr(quotewise.index.migration, "_LOCK_SECONDS", 0.05)
    with closing(PostgresCatalogue(database, create=True)) as other:
        with other.one_writer(0), pytest.raises(IndexLockedError, match="another process is writing to PostgreSQL"):
            migrate(index, database)
        other.add_collection(COLLECTION)
        with pytest.raises(MigrationError, match="has a catalogue already, which is another; name an empty"):
            migrate(index, database)
        other.remove_collection("default")
    with closing(SqliteCatalogue(index / FILE)) as service:
        assert service.collections()
        with pytest.raises(IndexLockedError, match="is in use; stop the services and commands that use it"):
            migrate(index, database)
        put(service, "during.txt")
        service.remove("default", ["during.txt"])
    before = in_file(index / FILE)
    with pytest.raises(CatalogueUnavailableError):
        migrate(index, "postgresql://127.0.0.1:9/none")
    with closing(sqlite3.connect(index / FILE)) as connection, connection:
        connection.execute("UPDATE texts SET text = 'x' WHERE document = (SELECT max(row) FROM documents)")
    with pytest.raises(IndexDamagedError, match=r"'notes' note\.txt are damaged; nothing was moved"):
        migrate(index, database)
    with closing(sqlite3.connect(index / FILE)) as connection, connection:
        connection.execute("UPDATE texts SET text = 'The keeper is away.' WHERE text = 'x'")
        connection.execute("UPDATE feedback SET content = 'a' || char(0) || 'b' WHERE request = 'request 0'")
    with pytest.raises(MigrationError, match=r"nothing was moved: what is in .* NUL"):
        migrate(index, database)
    with closing(sqlite3.connect(index / FILE)) as connection, connection:
        connection.execute("""UPDATE feedback SET content = '{"helpful": true}' WHERE request = 'request 0'""")
    assert in_file(index / FILE) == before
    migrate(index, database)
    assert in_database(database, index) == before


def test_a_disk_that_is_full_has_moved_nothing(index: Path, small_disk: SmallDisk, postgres: PostgresServer) -> None:
    with closing(SqliteCatalogue(index / FILE)) as catalogue:
        for number in range(3):
            put(catalogue, f"much{number}.txt", "A whale sings here in the deep sea. " * 4_000)
    url, before = postgres.new_schema(), in_file(index / FILE)
    space = url.rpartition("%3D")[2]
    postgres.execute(f"CREATE TABLESPACE {space} LOCATION '{postgres.folder_of(small_disk.folder)}'")
    try:
        url += f"%20-cdefault_tablespace%3D{space}"
        PostgresCatalogue(url, create=True).close()
        small_disk.fill(spare=200_000)
        with pytest.raises(CatalogueUnavailableError, match="No space left on device"):
            migrate(index, url)
        assert not any(in_database(url, index).values())
        small_disk.clear()
        migrate(index, url)
        assert in_database(url, index) == before
    finally:
        postgres.execute(f"DROP SCHEMA {space} CASCADE")
        postgres.execute(f"DROP TABLESPACE {space}")
