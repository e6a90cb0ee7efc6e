"""The tables of a catalogue, as the steps that make each version from the one before: files in ``tables/``, and functions."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
from filelock import FileLock

from quotewise.index.boilerplate import sentence_kind
from quotewise.index.connections import SqliteDatabase, digest
from quotewise.index.errors import IndexDamagedError, IndexVersionError
from quotewise.index.layout import Layout
from quotewise.index.texts import put_text

SQLITE_FILE = "catalogue.sqlite"
"""In the index folder."""
MOVED_FILE = f"{SQLITE_FILE}.moved"
"""What the file is called once it was moved into a database, so that nobody goes on with it by mistake; it can be deleted."""
APPLICATION_ID = 0x51574953
"""``QWIS``, as in ``tables/v1.sql``."""


def _add_layouts(connection: sqlite3.Connection) -> None:
    """Version 4, whose segments, layouts and sentence kinds are made from the texts."""
    connection.create_function("with_kinds", 3, _with_kinds, deterministic=True)
    _execute(connection, "v4.sql")
    rows = connection.execute(
        "SELECT t.document, CAST(text AS BLOB), t.digest, media_type FROM whole_texts t JOIN documents ON row = t.document"
    )
    for document, data, stored, media_type in rows:
        text = data.decode(errors="replace")
        put_text(connection, document, text, Layout.of("markdown" if media_type == "text/markdown" else "text", 1, text))
        if stored != digest(document, data):
            connection.execute("UPDATE texts SET digest = x'' WHERE document = ?", (document,))
    connection.execute("DROP TABLE whole_texts")


def _with_kinds(start: int, sentences: bytes, text: str) -> bytes:
    spans = np.frombuffer(sentences, np.int32).reshape(-1, 2)
    kinds = [sentence_kind(text[first - start : end - start]) for first, end in spans.tolist()]
    return np.column_stack([spans, np.array(kinds, np.int32)]).tobytes()


def _halve_vectors(connection: sqlite3.Connection) -> None:
    """Version 10, with vectors in half precision. What is damaged keeps a digest that does not fit."""
    connection.create_function(
        "halved", 1, lambda v: np.frombuffer(v, np.float32).astype(np.float16).tobytes(), deterministic=True
    )
    _execute(connection, "v10.sql")


_STEPS: tuple[str | Callable[[sqlite3.Connection], None], ...] = (
    "v1.sql",
    "v2.sql",
    "v3.sql",
    _add_layouts,
    "v5.sql",
    "v6.sql",
    "v7.sql",
    "v8.sql",
    "v9.sql",
    _halve_vectors,
    "v11.sql",
)
"""What makes a catalogue of version n from one of version n - 1; version 0 is an empty file."""
SCHEMA_VERSION = len(_STEPS)


def open_database(path: Path) -> SqliteDatabase:
    """The database of a catalogue, made or upgraded if need be.

    Raises:
        IndexDamagedError: the file is no catalogue or is damaged.
        IndexVersionError: it was made by a newer version.
    """
    database = SqliteDatabase(path)
    try:
        with suppress(OSError):  # SQLite reports it
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        if not _is_current(database):
            with FileLock(f"{path}.begin", mode=0o600):  # SQLite does not wait for others to change its mode
                with database.connection() as connection:
                    connection.execute("PRAGMA journal_mode = WAL")
                with database.transaction() as connection:
                    _upgrade(connection)
    except BaseException:
        database.close()
        raise
    return database


def needs_upgrade(path: Path) -> bool:
    """Whether opening an existing catalogue upgrades it, which may take minutes. Raises as ``open_database`` does."""
    database = SqliteDatabase(path)
    try:
        return not _is_current(database) and bool(database.rows("PRAGMA user_version")[0][0])
    finally:
        database.close()


def _is_current(database: SqliteDatabase) -> bool:
    tables, application, version, mode = (
        database.rows(query)[0][0]
        for query in (
            "SELECT count(*) FROM sqlite_master",
            *(f"PRAGMA {p}" for p in ("application_id", "user_version", "journal_mode")),
        )
    )
    if tables and application != APPLICATION_ID:
        raise IndexDamagedError(f"{database.path} is not a Quotewise catalogue; choose another index folder")
    if version > SCHEMA_VERSION:
        raise IndexVersionError(
            f"{database.path} has version {version}, newer than the {SCHEMA_VERSION} that this Quotewise reads; upgrade it"
        )
    return bool(version == SCHEMA_VERSION and mode == "wal")


def _upgrade(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.create_function("digest", -1, digest, deterministic=True)
    for step in _STEPS[version:]:
        if isinstance(step, str):
            _execute(connection, step)
        else:
            step(connection)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _execute(connection: sqlite3.Connection, script: str) -> None:
    """Run the statements of a file within the transaction, which ``executescript`` would commit."""
    statement = ""
    for line in (Path(__file__).parent / "tables" / script).read_text(encoding="utf-8").splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
