"""What is special about a catalogue in PostgreSQL; what it has in common with SQLite's is in ``test_catalogue``."""

import secrets
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("psycopg", reason="the extra postgresql is not installed")

import quotewise.index.local_store
import quotewise.index.postgresql
import quotewise.index.postgresql_schema
from quotewise.index.embedders import Embedder
from quotewise.index.errors import (
    CatalogueUnavailableError,
    IndexDamagedError,
    IndexLockedError,
    IndexMissingError,
    IndexVersionError,
    QuotewiseError,
)
from quotewise.index.filters import Filter, Range
from quotewise.index.ingest import Sync
from quotewise.index.local_store import LocalStore
from quotewise.index.postgresql import PostgresCatalogue
from tests.index.conftest import SmallDisk
from tests.index.writing import COLLECTION, put, unit
from tests.postgres_server import PASSWORD, USER, PostgresServer


@pytest.fixture
def catalogue(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresCatalogue]:
    monkeypatch.setattr(quotewise.index.postgresql, "_PAUSE_SECONDS", 0.0)
    catalogue = PostgresCatalogue(database, create=True)
    catalogue.add_collection(COLLECTION)
    yield catalogue
    catalogue.close()


@pytest.fixture
def elsewhere(catalogue: PostgresCatalogue, database: str) -> Iterator[PostgresCatalogue]:
    """The same catalogue in another process."""
    with closing(PostgresCatalogue(database)) as other:
        yield other


def paths(catalogue: PostgresCatalogue) -> list[str]:
    return [document.path for document in catalogue.documents("default")]


def end_connections(postgres: PostgresServer) -> None:
    postgres.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'quotewise'")


def test_there_is_one_writer_at_a_time_and_readers_do_not_wait(
    catalogue: PostgresCatalogue, elsewhere: PostgresCatalogue
) -> None:
    with catalogue.one_writer(0), catalogue.one_writer(0):
        put(catalogue, "a.txt")
        assert paths(elsewhere) == ["a.txt"]
        for seconds in (0, 0.05):
            with pytest.raises(IndexLockedError, match="another process is writing to PostgreSQL at 127"):
                elsewhere.one_writer(seconds).__enter__()
    with elsewhere.one_writer(0):
        put(elsewhere, "b.txt")
    assert paths(catalogue) == ["a.txt", "b.txt"]


def test_a_writer_waits_a_while_for_another(catalogue: PostgresCatalogue, elsewhere: PostgresCatalogue) -> None:
    got = threading.Event()

    def write() -> None:
        with elsewhere.one_writer(10):
            got.set()

    with ThreadPoolExecutor(1) as pool:
        with catalogue.one_writer(0):
            waiting = pool.submit(write)
            assert not got.wait(0.1)
        waiting.result(10)
    assert got.is_set()


def test_who_lost_the_lock_writes_nothing_more(
    catalogue: PostgresCatalogue, elsewhere: PostgresCatalogue, postgres: PostgresServer
) -> None:
    with pytest.raises(CatalogueUnavailableError), catalogue.one_writer(0):
        put(catalogue, "a.txt")
        end_connections(postgres)
        with elsewhere.one_writer(0):
            put(elsewhere, "b.txt")
            put(catalogue, "c.txt")
    assert paths(catalogue) == ["a.txt", "b.txt"]
    with catalogue.one_writer(0):
        put(catalogue, "c.txt")
    assert paths(elsewhere) == ["a.txt", "b.txt", "c.txt"]


def test_a_connection_that_is_lost_within_a_transaction_loses_the_document_and_nothing_else(
    catalogue: PostgresCatalogue, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(catalogue, "a.txt")
    before = catalogue.last_change("default")

    def cut(*_: object) -> None:
        end_connections(postgres)

    with monkeypatch.context() as patched, pytest.raises(CatalogueUnavailableError):
        patched.setattr("quotewise.index.catalogue.put_text", cut)
        put(catalogue, "b.txt")
    assert (paths(catalogue), catalogue.last_change("default")) == (["a.txt"], before)
    put(catalogue, "b.txt")
    catalogue.check()


def test_connections_that_were_closed_while_nobody_used_them_are_replaced(
    catalogue: PostgresCatalogue, postgres: PostgresServer
) -> None:
    put(catalogue, "a.txt")
    postgres.stop()
    with pytest.raises(CatalogueUnavailableError, match=r"PostgreSQL at 127\.0\.0\.1:.* cannot be used now") as refused:
        catalogue.documents("default")
    assert "\n" not in str(refused.value)
    postgres.start()
    assert paths(catalogue) == ["a.txt"]
    end_connections(postgres)
    put(catalogue, "b.txt")


def test_what_cannot_be_a_catalogue_is_refused_in_one_line_without_a_secret(
    database: str, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema = database.rpartition("%3D")[2]

    def refused(url: str, kind: type[QuotewiseError], create: bool = True) -> str:
        with pytest.raises(kind) as error:
            PostgresCatalogue(url, create)
        assert "wrong" not in str(error.value)
        assert "\n" not in str(error.value)
        return str(error.value)

    assert "there is no catalogue in" in refused(database, IndexMissingError, create=False)
    assert "password authentication failed" in refused(postgres.url(schema, USER, "wrong"), CatalogueUnavailableError)
    assert "may be used" in refused(postgres.url(schema, USER, PASSWORD), CatalogueUnavailableError)
    assert "refused" in refused("postgresql://user:wrong@127.0.0.1:9/db", CatalogueUnavailableError)
    assert "not one of PostgreSQL's" in refused("postgresql://user:wrong%zz@127.0.0.1/db", CatalogueUnavailableError)
    assert "needs a schema in its search_path that exists" in refused(f"{database}_none", CatalogueUnavailableError)
    postgres.execute(f"CREATE TABLE {schema}.documents (x int)")
    assert "tables of another program" in refused(database, IndexDamagedError)
    postgres.execute(f"DROP TABLE {schema}.documents")
    PostgresCatalogue(database, create=True).close()
    postgres.execute(f"UPDATE {schema}.quotewise SET version = 99")
    assert "has version 99, newer than the 1 that this Quotewise reads" in refused(database, IndexVersionError)


def add_words(connection: Any) -> None:
    """A step to another version: a column that is made of what is stored, and part of each row's digest no more than before."""
    connection.run("ALTER TABLE documents ADD COLUMN words BIGINT NOT NULL DEFAULT 0")
    rows = connection.execute("SELECT document, text FROM texts").fetchall()
    connection.executemany("UPDATE documents SET words = ? WHERE row = ?", [(len(text.split()), row) for row, text in rows])


@pytest.fixture
def newer() -> Iterator[None]:
    """What a later version of this program does from here on."""
    with pytest.MonkeyPatch.context() as patched:
        steps = quotewise.index.postgresql_schema._STEPS
        patched.setattr(quotewise.index.postgresql_schema, "_STEPS", (*steps, add_words))
        yield


def test_tables_of_an_older_version_are_upgraded_once_and_lose_nothing(
    catalogue: PostgresCatalogue, database: str, request: pytest.FixtureRequest
) -> None:
    for path in ("a.txt", "b.md"):
        put(catalogue, path, f"{path} is here. It is so.", metadata={"kind": "b"} if path == "b.md" else None)
    catalogue.put_api_key("key", "{}")
    catalogue.put_feedback("default", "request", "{}")
    held = catalogue.documents("default"), catalogue.last_change("default"), catalogue.vectors("default", "a.txt").keys()
    request.getfixturevalue("newer")
    with ThreadPoolExecutor(3) as pool:
        opened = list(pool.map(PostgresCatalogue, [database] * 3))
    for newer in opened:
        with closing(newer), newer.one_writer(1):
            assert newer._database.rows("SELECT version FROM quotewise") == [(2,)]
            assert newer._database.rows("SELECT words FROM documents ORDER BY path") == [(6,), (10,)]
            kept = newer.documents("default"), newer.last_change("default"), newer.vectors("default", "a.txt").keys()
            assert kept == held
            assert (newer.damaged("default"), newer.api_keys(), len(newer.feedback("default"))) == ([], {"key": "{}"}, 1)
    assert paths(catalogue) == ["a.txt", "b.md"], "a process of the older version that still runs reads on"
    with pytest.raises(IndexVersionError, match="has version 2, newer than the 1"):
        catalogue.one_writer(1).__enter__()


def test_an_upgrade_that_fails_leaves_the_older_version_and_one_that_would_disturb_a_writer_waits(
    catalogue: PostgresCatalogue, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(catalogue, "a.txt")
    module = quotewise.index.postgresql_schema
    steps = module._STEPS

    def fail(connection: Any) -> None:
        add_words(connection)
        raise IndexDamagedError("it is broken")

    with monkeypatch.context() as patched, pytest.raises(IndexDamagedError, match="it is broken"):
        patched.setattr(module, "_STEPS", (*steps, fail))
        PostgresCatalogue(database)
    with catalogue.one_writer(0), monkeypatch.context() as patched:
        patched.setattr(module, "_STEPS", (*steps, add_words))
        patched.setattr(module, "_UPGRADE_SECONDS", 0.05)
        with pytest.raises(CatalogueUnavailableError, match="are of version 1 and become 2 when no other process is writing"):
            PostgresCatalogue(database)
        with pytest.raises(CatalogueUnavailableError, match="is to be upgraded first"):
            PostgresCatalogue(database, upgrade=False)
        put(catalogue, "b.txt")
    with closing(PostgresCatalogue(database)) as again:
        assert (paths(again), again.damaged("default")) == (["a.txt", "b.txt"], [])


def test_a_disk_that_is_full_loses_the_document_in_hand_and_nothing_else(
    small_disk: SmallDisk, postgres: PostgresServer, embedder: Embedder, tmp_path: Path, folder: Path
) -> None:
    schema = postgres.new_schema()
    space = schema.rpartition("%3D")[2]
    try:
        place = postgres.folder_of(small_disk.folder)
        postgres.execute(f"CREATE TABLESPACE {space} LOCATION '{place}'")
        url = f"{schema}%20-cdefault_tablespace%3D{space}"
        for number in range(9):
            (folder / f"{number}.txt").write_text(f"Whale {number} sings in the sea. " * 800)
        with closing(LocalStore(tmp_path / "index", create=True, catalogue=url)) as store:
            sync = Sync(store, embedder)
            small_disk.fill(spare=500_000)
            with pytest.raises(CatalogueUnavailableError, match="No space left on device") as refused:
                sync.run(folder)
            assert (refused.value.status, "\n" in str(refused.value)) == (503, False)
            before = [document.path for document in store.catalogue.documents("default")]
            assert 0 < len(before) < 9
            assert store.search_lexical("default", "whale", 10, Filter()), "what is there is searched"
            assert store.catalogue.damaged("default") == []
            with pytest.raises(CatalogueUnavailableError, match="No space left on device"):
                sync.run(folder)
            small_disk.clear()
            report = sync.run(folder)
            assert (sorted(report.unchanged), len(report.added)) == (before, 9 - len(before))
            assert store.catalogue.damaged("default") == []
            store.catalogue.check()
    finally:
        postgres.execute(f"DROP SCHEMA {space} CASCADE")
        postgres.execute(f"DROP TABLESPACE IF EXISTS {space}")


def test_metadata_may_be_long_odd_and_of_any_size(catalogue: PostgresCatalogue) -> None:
    long = secrets.token_hex(5000)
    put(catalogue, "a.md", metadata={"about": long, "n": "1e999"})
    put(catalogue, "b.md", metadata={"about": "٣", "n": "7"})
    put(catalogue, "c.md", '---\nn: "8\\0"\n---\nIt is so.')
    [stored] = [document for document in catalogue.documents("default") if document.path == "c.md"]
    assert stored.metadata == {"n": "8\0"}

    def found(where: Filter) -> list[str]:
        rows = catalogue._database.rows("SELECT row, path FROM documents")
        return [dict(rows)[row] for row in catalogue.matching_documents("default", where) or ()]

    assert found(Filter(metadata={"about": [long]})) == ["a.md"]
    assert found(Filter(ranges={"n": Range(least=0)})) == ["b.md", "c.md"]
    assert found(Filter(ranges={"about": Range(least=0)})) == []


def test_damage_is_found_wherever_it_is(catalogue: PostgresCatalogue) -> None:
    for path in ("a.txt", "b.txt", "c.txt", "d.txt"):
        put(catalogue, path)
    with catalogue._database.transaction() as connection:
        of = "document = (SELECT row FROM documents WHERE path = ?)"
        connection.execute("UPDATE documents SET title = 'x' WHERE path = 'a.txt'")
        connection.execute(f"UPDATE texts SET text = 'x' WHERE {of}", ("b.txt",))
        connection.execute(f"UPDATE chunks SET vector = ? WHERE {of}", (b"\0", "c.txt"))
    assert catalogue.damaged("default") == ["a.txt", "b.txt", "c.txt"]
    assert paths(catalogue) == ["b.txt", "c.txt", "d.txt"]


def test_requests_under_a_name_are_counted_by_all_together(catalogue: PostgresCatalogue, elsewhere: PostgresCatalogue) -> None:
    def counted(number: int) -> float:
        return (catalogue, elsewhere)[number % 2].shared.count_request("key a", 20, 3600)

    with ThreadPoolExecutor(4) as pool:
        waits = list(pool.map(counted, range(30)))
    assert waits.count(0) == 20
    assert all(0 < wait <= 2 * 3600 for wait in waits if wait)
    assert catalogue.shared.count_request("key b", 20, 3600) == 0
    assert catalogue.shared.count_request("key a", 20, 60) == 0, "another rate begins anew"


@pytest.mark.parametrize(("share", "counted"), [(0.0, 0), (0.5, 5), (0.95, 9)])
def test_the_window_in_which_requests_are_counted_moves(catalogue: PostgresCatalogue, share: float, counted: int) -> None:
    """After 10 in the window before, of which this one has passed to some share."""
    hour = 3600
    [(at,)] = catalogue._database.rows("SELECT extract(epoch FROM now())")
    with catalogue._database.transaction() as connection:
        body = "SELECT prosrc FROM pg_proc WHERE proname = 'count_request' AND pronamespace = current_schema()::regnamespace"
        [(source,)] = connection.execute(body).fetchall()
        moved = source.replace("extract(epoch FROM clock_timestamp())", f"{int(at) // hour * hour + share * hour}")
        header = "CREATE OR REPLACE FUNCTION count_request(named TEXT, amount INTEGER, length INTEGER) RETURNS DOUBLE PRECISION"
        connection.run(f"{header} LANGUAGE plpgsql AS $${moved}$$")
        connection.execute("INSERT INTO rates VALUES ('a', ?, ?, 10, 0)", (hour, int(at) // hour - 1))
    waits = [catalogue.shared.count_request("a", 10, hour) for _ in range(12)]
    assert waits.count(0) == counted
    expected = hour * (1 - (10 - 1 - counted) / 10 - share)  # until the next is one of at most ten
    assert waits[-1] == pytest.approx(expected, abs=1)


def test_a_job_that_is_told_no_longer_has_ended_with_its_process(
    catalogue: PostgresCatalogue, elsewhere: PostgresCatalogue
) -> None:
    assert elsewhere.shared.job("a") is None
    catalogue.shared.put_job("a", "running", finished=False)
    assert elsewhere.shared.job("a") == ("running", True)
    catalogue._database.rows("UPDATE jobs SET told = told - interval '1 minute' RETURNING id")
    assert elsewhere.shared.job("a") == ("running", False)
    catalogue.shared.put_job("a", "done", finished=True)
    catalogue._database.rows("UPDATE jobs SET told = told - interval '1 hour' RETURNING id")
    assert elsewhere.shared.job("a") == ("done", True)
    catalogue._database.rows("UPDATE jobs SET told = told - interval '1 day' RETURNING id")
    catalogue.shared.put_job("b", "", finished=False)
    assert elsewhere.shared.job("a") is None


def test_the_latest_answers_are_kept(catalogue: PostgresCatalogue, elsewhere: PostgresCatalogue) -> None:
    for number in range(6):
        catalogue.shared.put_answer("caller", str(number), f"{{{number}}}", 3)
    catalogue.shared.put_answer("caller", "5", "again", 3)
    assert [elsewhere.shared.answer("caller", str(number)) for number in (0, 4, 5)] == [None, "{4}", "again"]
    assert elsewhere.shared.answer("another", "5") is None


def test_each_machine_searches_what_any_of_them_has_put(
    database: str, tmp_path: Path, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotewise.index.local_store, "_OTHERS_SECONDS", 0.1)
    with (
        closing(LocalStore(tmp_path / "a", create=True, catalogue=database)) as here,
        closing(LocalStore(tmp_path / "b", catalogue=database)) as there,
    ):
        here.catalogue.add_collection(COLLECTION)
        for store, path in ((here, "a.txt"), (there, "b.txt")):
            with store.writing():
                put(store, path)
                store.publish("default")
            for other in (here, there):
                found = other.search_dense("default", unit(1, 0, 0, 0), 10, Filter())
                listed = {chunk.document.path for chunk in other.catalogue.chunks([hit.chunk_id for hit in found])}
                assert path in listed
        with here.writing():
            put(here, "c.txt", "Unheard-of.")
            with pytest.raises(IndexLockedError), ThreadPoolExecutor(1) as pool:
                pool.submit(there.writing().__enter__).result()
            assert there.search_lexical("default", "unheard-of", 10, Filter()), "what another writes is searched at once"
