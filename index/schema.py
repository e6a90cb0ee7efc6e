"""The tables of a catalogue as the steps that make each version from the one before, and the digest of a row."""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from filelock import FileLock
from quotewise.index.connections import Database
from quotewise.index.errors import IndexDamagedError, IndexVersionError

APPLICATION_ID = 0x51574953  # "QWIS"

_DOCUMENTS = f"""
CREATE TABLE collections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    root TEXT NOT NULL,
    embedder TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    dimension INTEGER NOT NULL,
    chunk_tokens INTEGER NOT NULL
);
CREATE TABLE documents (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    collection INTEGER NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    title TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    media_type TEXT NOT NULL,
    encoding TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    characters INTEGER NOT NULL,
    chunks INTEGER NOT NULL,
    metadata TEXT NOT NULL,
    indexed_at TEXT NOT NULL,
    UNIQUE (collection, path)
);
CREATE TABLE texts (document INTEGER PRIMARY KEY REFERENCES documents(row) ON DELETE CASCADE, text TEXT NOT NULL);
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES documents(row) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    line INTEGER NOT NULL,
    heading TEXT NOT NULL,
    sentences BLOB NOT NULL,
    text TEXT NOT NULL,
    vector BLOB NOT NULL
);
CREATE INDEX chunks_of_document ON chunks (document);
CREATE TABLE changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    stamp TEXT NOT NULL DEFAULT (hex(randomblob(8))),
    collection INTEGER NOT NULL,
    document INTEGER NOT NULL
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
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL DEFAULT (lower(hex(randomblob(16)))),
    collection INTEGER NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
    request TEXT NOT NULL,
    content TEXT NOT NULL,
    UNIQUE (collection, request)
);
"""
_DIGESTS = "".join(
    f"ALTER TABLE {table} ADD COLUMN digest BLOB NOT NULL DEFAULT x'';\nUPDATE {table} SET digest = digest({columns});\n"
    for table, columns in {
        "documents": "row, collection, id, path, title, sha256, media_type, encoding, size_bytes, characters, chunks, "
        "metadata, indexed_at",
        "texts": "document, text",
        "chunks": "id, document, start, end, line, heading, sentences, text, vector",
    }.items()
)
_KEYS = """
CREATE TABLE keys (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    content TEXT NOT NULL,
    revision INTEGER NOT NULL UNIQUE,
    digest BLOB NOT NULL
);
"""
_LANGUAGE = "ALTER TABLE collections ADD COLUMN language TEXT NOT NULL DEFAULT 'en';\n"
_STEPS = (_DOCUMENTS, _FEEDBACK, _DIGESTS, _KEYS + _LANGUAGE)
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
        if not is_current(database):
            with FileLock(f"{path}.begin", mode=0o600):  # SQLite does not wait for others to change its mode
                with database.connection() as connection:
                    connection.execute("PRAGMA journal_mode = WAL")
                with database.transaction() as connection:
                    _upgrade(connection)
    except BaseException:
        database.close()
        raise
    return database


def is_current(database: Database) -> bool:
    """Whether a database needs no upgrade. Raises as ``open_database`` does."""
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


def digest(*values: object) -> bytes:
    """16 bytes of the sha256 of values and their lengths, by which a bit flipped on disk is detected."""
    hasher = hashlib.sha256()
    for value in values:
        data = value if isinstance(value, bytes) else str(value).encode()
        hasher.update(len(data).to_bytes(8, "big") + data)
    return hasher.digest()[:16]


def _upgrade(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.create_function("digest", -1, digest, deterministic=True)
    for step in _STEPS[version:]:
        for statement in _statements(step):
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
