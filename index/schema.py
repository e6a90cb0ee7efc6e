"""The tables of a catalogue, how those of older versions become them, and the digest by which a row vouches for itself."""

import hashlib
import sqlite3

import numpy as np
from quotewise.index.boilerplate import sentence_kind
from quotewise.index.layout import Layout

SCHEMA_VERSION = 4
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
SEGMENT_CHARACTERS = 65_536
"""A text is stored in segments of so many code points, so that reading some lines of it does not read all of it."""
_TEXTS = """
CREATE TABLE texts (
    document INTEGER NOT NULL REFERENCES documents(row) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    text TEXT NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (document, start)
);
CREATE TABLE layouts (
    document INTEGER PRIMARY KEY REFERENCES documents(row) ON DELETE CASCADE,
    layout BLOB NOT NULL,
    digest BLOB NOT NULL
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
{_TEXTS}
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES documents(row) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
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
_DIGESTED = {
    "documents": "row, collection, id, path, title, sha256, media_type, encoding, size_bytes, characters, chunks, metadata, "
    "indexed_at",
    "texts": "document, text",
    "chunks": "id, document, start, end, line, heading, sentences, CAST(text AS BLOB), vector",
}
"""What the digest of a row covered in version 3, in this order; as a blob, text that damage made invalid UTF-8 is no error."""
_CHUNKS = "id, document, start, end, heading, with_kinds(start, sentences, text), text, vector"


def digest(*values: object) -> bytes:
    """16 bytes of the sha256 of values and their lengths. A disk that flips a bit of a row does not fit it to its digest."""
    found = hashlib.sha256()
    for value in values:
        data = value if isinstance(value, bytes) else str(value).encode()
        found.update(len(data).to_bytes(8, "big") + data)
    return found.digest()[:16]


def _add_feedback(connection: sqlite3.Connection) -> None:
    _execute(connection, _FEEDBACK)


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
        store_text(connection, document, text, Layout.of("markdown" if media_type == "text/markdown" else "text", 1, text))
        if stored != digest(document, data):
            connection.execute("UPDATE texts SET digest = x'' WHERE document = ?", (document,))
    connection.execute("DROP TABLE whole_texts")


def _with_kinds(start: int, sentences: bytes, text: str) -> bytes:
    spans = np.frombuffer(sentences, np.int32).reshape(-1, 2)
    kinds = [sentence_kind(text[first - start : end - start]) for first, end in spans.tolist()]
    return np.column_stack([spans, np.array(kinds, np.int32)]).tobytes()


_MIGRATIONS = {1: _add_feedback, 2: _add_digests, 3: _add_layouts}
"""What makes of a catalogue of this version one of the next."""


def store_text(connection: sqlite3.Connection, document: int, text: str, layout: Layout) -> None:
    """Add the segments of a document's text, and its layout."""
    for start in range(0, len(text), SEGMENT_CHARACTERS):
        segment = (document, start, text[start : start + SEGMENT_CHARACTERS])
        connection.execute("INSERT INTO texts VALUES (?, ?, ?, ?)", (*segment, digest(*segment)))
    stored = (document, layout.to_bytes())
    connection.execute("INSERT INTO layouts VALUES (?, ?, ?)", (*stored, digest(*stored)))


def upgrade(connection: sqlite3.Connection) -> None:
    """Make the tables, or bring those of an older version up to date; to be called in a transaction."""
    connection.create_function("digest", -1, digest, deterministic=True)
    if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        _execute(connection, _SCHEMA)
    else:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        for made in range(max(version, 1), SCHEMA_VERSION):
            _MIGRATIONS[made](connection)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _execute(connection: sqlite3.Connection, script: str) -> None:
    """Run the statements of a script within the transaction, which ``executescript`` would commit."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
