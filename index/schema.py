"""The tables of a catalogue, as the steps that make each version from the one before."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from itertools import chain
from pathlib import Path

import numpy as np
from filelock import FileLock

from quotewise.index.boilerplate import sentence_kind
from quotewise.index.connections import Database, digest
from quotewise.index.errors import IndexDamagedError, IndexVersionError
from quotewise.index.layout import Layout
from quotewise.index.texts import put_text

APPLICATION_ID = 0x51574953  # "QWIS"

_DOCUMENTS = f"""
CREATE TABLE collections (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, root TEXT NOT NULL, embedder TEXT NOT NULL,
    fingerprint TEXT NOT NULL, dimension INTEGER NOT NULL, chunk_tokens INTEGER NOT NULL
);
CREATE TABLE documents (
    row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    collection INTEGER NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
    path TEXT NOT NULL, title TEXT NOT NULL, sha256 TEXT NOT NULL, media_type TEXT NOT NULL, encoding TEXT NOT NULL,
    size_bytes INTEGER NOT NULL, characters INTEGER NOT NULL, chunks INTEGER NOT NULL, metadata TEXT NOT NULL,
    indexed_at TEXT NOT NULL,
    UNIQUE (collection, path)
);
CREATE TABLE texts (document INTEGER PRIMARY KEY REFERENCES documents(row) ON DELETE CASCADE, text TEXT NOT NULL);
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents(row) ON DELETE CASCADE,
    start INTEGER NOT NULL, end INTEGER NOT NULL, line INTEGER NOT NULL, heading TEXT NOT NULL, sentences BLOB NOT NULL,
    text TEXT NOT NULL, vector BLOB NOT NULL
);
CREATE INDEX chunks_of_document ON chunks (document);
CREATE TABLE changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, stamp TEXT NOT NULL DEFAULT (hex(randomblob(8))),
    collection INTEGER NOT NULL, document INTEGER NOT NULL
);
CREATE INDEX changes_of_collection ON changes (collection, seq);
CREATE TRIGGER document_added AFTER INSERT ON documents
    BEGIN INSERT INTO changes (collection, document) VALUES (new.collection, new.row); END;
CREATE TRIGGER document_removed AFTER DELETE ON documents
    BEGIN INSERT INTO changes (collection, document) VALUES (old.collection, old.row); END;
PRAGMA application_id = {APPLICATION_ID};
"""
_FEEDBACK = """
CREATE TABLE feedback (
    row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL DEFAULT (lower(hex(randomblob(16)))),
    collection INTEGER NOT NULL REFERENCES collections(id) ON DELETE CASCADE, request TEXT NOT NULL, content TEXT NOT NULL,
    UNIQUE (collection, request)
);
"""
_DIGESTED = {
    "documents": "row, collection, id, path, title, sha256, media_type, encoding, size_bytes, characters, chunks, metadata, "
    "indexed_at",
    "texts": "document, text",
    "chunks": "id, document, start, end, line, heading, sentences, CAST(text AS BLOB), vector",
}
"""What the digest of a row covered in version 3, in this order; as a blob, text that damage made invalid UTF-8 is no error."""
_CHUNKS = "id, document, start, end, heading, with_kinds(start, sentences, text), text, vector"
_TEXTS = """
CREATE TABLE texts (
    document INTEGER NOT NULL REFERENCES documents(row) ON DELETE CASCADE, start INTEGER NOT NULL, text TEXT NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (document, start)
);
CREATE TABLE layouts (
    document INTEGER PRIMARY KEY REFERENCES documents(row) ON DELETE CASCADE, layout BLOB NOT NULL, digest BLOB NOT NULL
);
"""
_KEYS_AND_LANGUAGE = """
CREATE TABLE keys (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, content TEXT NOT NULL, revision INTEGER NOT NULL UNIQUE,
    digest BLOB NOT NULL
);
ALTER TABLE collections ADD COLUMN language TEXT NOT NULL DEFAULT '';
"""
_LEFT_OUT = """
CREATE TABLE left_out (
    collection INTEGER NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
    path TEXT NOT NULL, in_part INTEGER NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (collection, path, in_part)
) WITHOUT ROWID;
CREATE TRIGGER document_part_removed AFTER DELETE ON documents
    BEGIN DELETE FROM left_out WHERE collection = old.collection AND path = old.path AND in_part; END;
"""
_REFUSALS = """
CREATE TABLE refusals (
    collection INTEGER NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
    path TEXT NOT NULL, sha256 TEXT NOT NULL, parser TEXT NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (collection, path)
) WITHOUT ROWID;
"""


def _add_digests(connection: sqlite3.Connection) -> None:
    for table, columns in _DIGESTED.items():
        connection.execute(f"ALTER TABLE {table} ADD COLUMN digest BLOB NOT NULL DEFAULT x''")
        connection.execute(f"UPDATE {table} SET digest = digest({columns})")


def _add_layouts(connection: sqlite3.Connection) -> None:
    """Texts in segments, layouts and sentence kinds, all made from the texts; what is damaged gets no digest that fits."""
    connection.create_function("with_kinds", 3, _with_kinds, deterministic=True)
    connection.execute(
        f"UPDATE chunks SET digest = digest({_CHUNKS}), sentences = with_kinds(start, sentences, text) "
        f"WHERE digest = digest({_DIGESTED['chunks']})"
    )
    connection.execute("ALTER TABLE chunks DROP COLUMN line")
    connection.execute("ALTER TABLE texts RENAME TO whole_texts")
    _execute(connection, _TEXTS)
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


_STEPS: tuple[tuple[str | Callable[[sqlite3.Connection], None], ...], ...] = (
    *((_DOCUMENTS,), (_FEEDBACK,), (_add_digests,), (_add_layouts, _KEYS_AND_LANGUAGE), (_LEFT_OUT,), (_REFUSALS,)),
)
"""What makes a catalogue of version n from one of version n - 1; version 0 is an empty file."""
SCHEMA_VERSION = len(_STEPS)


def open_database(path: Path) -> Database:
    """The database of a catalogue, made or upgraded if need be.

    Raises:
        IndexDamagedError: the file is no catalogue or is damaged.
        IndexVersionError: it was made by a newer version.
    """
    database = Database(path)
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
    database = Database(path)
    try:
        return not _is_current(database) and bool(database.rows("PRAGMA user_version")[0][0])
    finally:
        database.close()


def _is_current(database: Database) -> bool:
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
    for step in chain.from_iterable(_STEPS[version:]):
        if isinstance(step, str):
            _execute(connection, step)
        else:
            step(connection)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _execute(connection: sqlite3.Connection, script: str) -> None:
    """Run the statements of a script within the transaction, which ``executescript`` would commit."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
