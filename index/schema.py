"""The tables of a catalogue, how those of older versions become them, and the digest by which a row vouches for itself."""

import hashlib
import sqlite3
from collections.abc import Iterator

SCHEMA_VERSION = 3
APPLICATION_ID = 0x51574953  # "QWIS"

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
_SCHEMA = f"""
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
    digest BLOB NOT NULL,
    UNIQUE (collection, path)
);
CREATE TABLE texts (
    document INTEGER PRIMARY KEY REFERENCES documents(row) ON DELETE CASCADE,
    text TEXT NOT NULL,
    digest BLOB NOT NULL
);
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES documents(row) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    line INTEGER NOT NULL,
    heading TEXT NOT NULL,
    sentences BLOB NOT NULL,
    text TEXT NOT NULL,
    vector BLOB NOT NULL,
    digest BLOB NOT NULL
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
{_FEEDBACK}
PRAGMA application_id = {APPLICATION_ID};
"""
_COLUMNS = {
    "documents": "row, collection, id, path, title, sha256, media_type, encoding, size_bytes, characters, chunks, metadata, "
    "indexed_at",
    "texts": "document, text",
    "chunks": "id, document, start, end, line, heading, sentences, text, vector",
}
"""What the digest of a row covers, in this order."""
_DIGESTS = "".join(
    f"ALTER TABLE {table} ADD COLUMN digest BLOB NOT NULL DEFAULT x'';\nUPDATE {table} SET digest = digest({columns});\n"
    for table, columns in _COLUMNS.items()
)
_MIGRATIONS = {1: _FEEDBACK, 2: _DIGESTS}
"""What makes of a catalogue of this version one of the next."""


def upgrade(connection: sqlite3.Connection) -> None:
    """Make the tables, or bring those of an older version up to date; to be called in a transaction."""
    empty = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    scripts = [_SCHEMA] if empty else [_MIGRATIONS[made] for made in range(max(version, 1), SCHEMA_VERSION)]
    connection.create_function("digest", -1, digest, deterministic=True)
    for statement in (one for script in scripts for one in _statements(script)):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def digest(*values: object) -> bytes:
    """16 bytes of the sha256 of values and their lengths. A disk that flips a bit of a row does not fit it to its digest."""
    found = hashlib.sha256()
    for value in values:
        data = value if isinstance(value, bytes) else str(value).encode()
        found.update(len(data).to_bytes(8, "big") + data)
    return found.digest()[:16]


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
