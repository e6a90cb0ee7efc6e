"""The truth of an index: collections, documents, chunks and vectors in one SQLite file, and a log of what changed."""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from index.chunks import Chunk, embedding_text
from index.documents import Document, printable
from index.errors import (
    DocumentError,
    IndexDamagedError,
    IndexLockedError,
    IndexUnavailableError,
    IndexVersionError,
    InvalidNameError,
    UnknownCollectionError,
    UnknownDocumentError,
)
from index.seal import UNCHANGED, Change
from index.sentences import Span
from index.store import Collection, CollectionSize, Filter, StoredChunk, StoredDocument

SCHEMA_VERSION = 2
_APPLICATION_ID = 0x51574953  # "QWIS"
ORDINAL_BITS = 20
"""A chunk's id is its document's row shifted left by this, plus its ordinal: one range of ids a document."""

FEEDBACK_KEPT = 20_000
"""Entries of all collections together; the oldest make room."""

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
    UNIQUE (collection, path)
);
CREATE TABLE texts (
    document INTEGER PRIMARY KEY REFERENCES documents(row) ON DELETE CASCADE,
    text TEXT NOT NULL
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
{_FEEDBACK}
PRAGMA application_id = {_APPLICATION_ID};
"""
_MIGRATIONS = {1: _FEEDBACK}
"""What makes of a catalogue of this version one of the next."""

_DOCUMENT = (
    "d.id, c.name, d.path, d.title, d.sha256, d.media_type, d.encoding, d.size_bytes, d.characters, d.chunks, d.metadata, "
    "d.indexed_at"
)
_COLLECTION = "SELECT name, root, embedder, fingerprint, dimension, chunk_tokens FROM collections"


@dataclass(frozen=True, slots=True)
class IndexedChunk:
    """What the derived indexes hold of a chunk: its text under its headings, and its float32 (dimension,) vector."""

    id: int
    document: int
    text: str
    vector: np.ndarray


class Catalogue:
    """One SQLite file in WAL mode, a connection a thread.

    Raises:
        IndexDamagedError: the file is no catalogue or is damaged (also raised by every method).
        IndexVersionError: it was made by a newer version.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        path = self._path
        with self._damage_named():
            connection = self._connection
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if tables and application != _APPLICATION_ID:
                raise IndexDamagedError(f"{path} is not a Quotewise catalogue; choose another index folder")
            if version > SCHEMA_VERSION:
                raise IndexVersionError(
                    f"{path} has version {version}, newer than the {SCHEMA_VERSION} that this Quotewise reads; upgrade it"
                )
            if version == SCHEMA_VERSION and connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
                return
        with FileLock(f"{path}.begin"), self._damage_named():  # SQLite does not wait for others to change its mode
            connection.execute("PRAGMA journal_mode = WAL")
            with self._transaction():
                empty = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
                version = connection.execute("PRAGMA user_version").fetchone()[0]  # another may have brought it up to date
                scripts = [_SCHEMA] if empty else [_MIGRATIONS[made] for made in range(max(version, 1), SCHEMA_VERSION)]
                for statement in (one for script in scripts for one in _statements(script)):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def collections(self) -> list[Collection]:
        return [Collection(*row) for row in self._rows(f"{_COLLECTION} ORDER BY name")]

    def collection(self, name: str) -> Collection:
        self.key(name)
        return Collection(*self._rows(f"{_COLLECTION} WHERE name = ?", name)[0])

    def size(self, name: str) -> CollectionSize:
        counts = "SELECT count(*), coalesce(sum(chunks), 0) FROM documents WHERE collection = ?"
        return CollectionSize(*self._rows(counts, self.key(name))[0])

    def key(self, name: str) -> int:
        """The row id of a collection, never used again after it is removed. Raises UnknownCollectionError."""
        rows = self._rows("SELECT id FROM collections WHERE name = ?", name)
        if not rows:
            known = ", ".join(row[0] for row in self._rows("SELECT name FROM collections ORDER BY name")) or "none yet"
            raise UnknownCollectionError(f"there is no collection '{printable(name)}'; there are: {known}")
        return int(rows[0][0])

    def add_collection(self, collection: Collection) -> None:
        values = (collection.name, collection.root, collection.embedder, collection.fingerprint)
        if self._rows("SELECT 1 FROM collections WHERE name = ?", collection.name):
            raise InvalidNameError(f"there is a collection {collection.name!r} already")
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO collections (name, root, embedder, fingerprint, dimension, chunk_tokens) VALUES (?,?,?,?,?,?)",
                (*values, collection.dimension, collection.chunk_tokens),
            )

    def remove_collection(self, name: str) -> None:
        key = self.key(name)
        with self._transaction() as connection:
            connection.execute("DELETE FROM collections WHERE id = ?", (key,))
            connection.execute("DELETE FROM changes WHERE collection = ?", (key,))

    def move_collection(self, name: str, root: str) -> None:
        with self._transaction() as connection:
            connection.execute("UPDATE collections SET root = ? WHERE id = ?", (root, self.key(name)))

    def documents(self, name: str, offset: int = 0, limit: int | None = None) -> list[StoredDocument]:
        page = (self.key(name), -1 if limit is None else limit, offset)
        return self._documents("WHERE d.collection = ? ORDER BY d.path LIMIT ? OFFSET ?", *page)

    def digests(self, name: str) -> dict[str, str]:
        return dict(self._rows("SELECT path, sha256 FROM documents WHERE collection = ?", self.key(name)))

    def document(self, document_id: str) -> StoredDocument:
        documents = self._documents("WHERE d.id = ?", document_id)
        if not documents:
            raise UnknownDocumentError(f"there is no document with the id '{printable(document_id)}'")
        return documents[0]

    def document_at(self, name: str, path: str) -> StoredDocument:
        documents = self._documents("WHERE d.collection = ? AND d.path = ?", self.key(name), path)
        if not documents:
            raise UnknownDocumentError(f"there is no document at '{printable(path)}' in the collection {name!r}")
        return documents[0]

    def text(self, document_id: str) -> str:
        rows = self._rows("SELECT t.text FROM texts t JOIN documents d ON d.row = t.document WHERE d.id = ?", document_id)
        if not rows:
            raise UnknownDocumentError(f"there is no document with the id '{printable(document_id)}'")
        return str(rows[0][0])

    def put(self, name: str, document: Document, chunks: Sequence[Chunk], vectors: np.ndarray) -> None:
        key = self.key(name)
        if len(chunks) >= 1 << ORDINAL_BITS:
            raise DocumentError(f"has {len(chunks):,} chunks; the limit is {1 << ORDINAL_BITS:,}")
        values = {
            "id": document_id(name, document.path),
            "collection": key,
            "path": document.path,
            "title": document.title,
            "sha256": document.sha256,
            "media_type": document.media_type,
            "encoding": document.encoding,
            "size_bytes": document.size_bytes,
            "characters": len(document.text),
            "chunks": len(chunks),
            "metadata": json.dumps(dict(document.metadata), ensure_ascii=False),
            "indexed_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        with self._transaction() as connection:
            connection.execute("DELETE FROM documents WHERE collection = ? AND path = ?", (key, document.path))
            places = ", ".join(f":{column}" for column in values)
            row = connection.execute(f"INSERT INTO documents ({', '.join(values)}) VALUES ({places})", values).lastrowid or 0
            connection.execute("INSERT INTO texts VALUES (?, ?)", (row, document.text))
            connection.executemany(
                "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        row << ORDINAL_BITS | ordinal,
                        row,
                        chunk.start,
                        chunk.end,
                        chunk.line,
                        json.dumps(chunk.heading, ensure_ascii=False),
                        np.array(chunk.sentences, np.int32).tobytes(),
                        document.text[chunk.start : chunk.reach],
                        vector.astype(np.float32).tobytes(),
                    )
                    for ordinal, (chunk, vector) in enumerate(zip(chunks, vectors, strict=True))
                ),
            )

    def remove(self, name: str, paths: Sequence[str]) -> None:
        key = self.key(name)
        with self._transaction() as connection:
            connection.executemany("DELETE FROM documents WHERE collection = ? AND path = ?", ((key, path) for path in paths))

    def put_feedback(self, name: str, request: str, content: str) -> str:
        """Keep what was said of an answer, in the place of what was said of it before, and return the id of the entry."""
        values = (self.key(name), request, content)
        with self._transaction() as connection:
            written = connection.execute(
                "INSERT INTO feedback (collection, request, content) VALUES (?, ?, ?) "
                "ON CONFLICT (collection, request) DO UPDATE SET content = excluded.content RETURNING id",
                values,
            ).fetchone()
            connection.execute("DELETE FROM feedback WHERE row <= (SELECT max(row) FROM feedback) - ?", (FEEDBACK_KEPT,))
        return str(written[0])

    def feedback(self, name: str) -> list[tuple[str, str]]:
        """The id and content of all feedback on answers from a collection, oldest first."""
        return self._rows("SELECT id, content FROM feedback WHERE collection = ? ORDER BY row", self.key(name))

    def matching_documents(self, name: str, where: Filter) -> list[int] | None:
        """Rows of the documents that a filter lets through, ascending; None when it lets all through."""
        if where == Filter():
            return None
        clauses, values = ["collection = ?"], [self.key(name)]  # type: tuple[list[str], list[Any]]
        if where.path_prefix:
            clauses.append("substr(path, 1, ?) = ?")
            values += [len(where.path_prefix), where.path_prefix]
        if where.media_type is not None:
            clauses.append("media_type = ?")
            values.append(where.media_type)
        for key, accepted in where.metadata.items():
            places = ", ".join("?" * len(accepted))
            clauses.append(f"EXISTS (SELECT 1 FROM json_each(metadata) WHERE key = ? AND value IN ({places}))")
            values += [key, *accepted]
        rows = self._rows(f"SELECT row FROM documents WHERE {' AND '.join(clauses)} ORDER BY row", *values)
        return [row[0] for row in rows]

    def chunks(self, ids: Sequence[int]) -> list[StoredChunk]:
        rows = self._rows(
            f"""SELECT k.id, k.start, k.end, k.line, k.heading, k.sentences, k.text, {_DOCUMENT}
                FROM chunks k JOIN documents d ON d.row = k.document JOIN collections c ON c.id = d.collection
                WHERE k.id IN (SELECT value FROM json_each(?))""",
            json.dumps(list(ids)),
        )
        found = {
            key: StoredChunk(
                id=key,
                document=_document(document),
                ordinal=key & ((1 << ORDINAL_BITS) - 1),
                start=start,
                end=end,
                line=line,
                heading=tuple(json.loads(heading)),
                sentences=tuple(Span(*pair) for pair in np.frombuffer(sentences, np.int32).reshape(-1, 2).tolist()),
                text=text,
            )
            for key, start, end, line, heading, sentences, text, *document in rows
        }
        return [found[key] for key in ids if key in found]

    def last_change(self, key: int) -> Change:
        """The latest change to a collection."""
        rows = self._rows("SELECT seq, stamp FROM changes WHERE collection = ? ORDER BY seq DESC LIMIT 1", key)
        return Change(*rows[0]) if rows else UNCHANGED

    def has_change(self, key: int, change: Change) -> bool:
        """Whether a change is part of this catalogue's history, and not of one that a backup has replaced."""
        place = "SELECT 1 FROM changes WHERE collection = ? AND seq = ? AND stamp = ?"
        return change == UNCHANGED or bool(self._rows(place, key, change.seq, change.stamp))

    def changed_documents(self, key: int, after: Change) -> list[int]:
        """Rows of the documents of a collection that came or went after a change, ascending; rows are never used again."""
        changed = "SELECT DISTINCT document FROM changes WHERE collection = ? AND seq > ? ORDER BY document"
        return [row[0] for row in self._rows(changed, key, after.seq)]

    def indexed_chunks(self, documents: Sequence[int]) -> Iterator[IndexedChunk]:
        """The chunks of those of the documents that still exist."""
        for first in range(0, len(documents), 256):
            for key, row, heading, text, length, vector in self._rows(
                "SELECT id, document, heading, text, end - start, vector FROM chunks "
                "WHERE document IN (SELECT value FROM json_each(?)) ORDER BY id",
                json.dumps(list(documents[first : first + 256])),
            ):
                indexed = embedding_text(json.loads(heading), text[:length])
                yield IndexedChunk(key, row, indexed, np.frombuffer(vector, np.float32))

    def check(self) -> None:
        """Read the whole file and raise IndexDamagedError at the first fault."""
        faults = self._rows("PRAGMA integrity_check(1)")
        if faults != [("ok",)]:
            raise IndexDamagedError(self._damage(str(faults[0][0])))

    def close(self) -> None:
        for connection in self._connections:
            connection.close()
        self._connections.clear()
        self._local = threading.local()

    @property
    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, timeout=10, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            self._local.connection = connection
            self._connections.append(connection)
        return connection

    def _rows(self, query: str, *values: Any) -> list[Any]:
        with self._damage_named():
            try:
                return self._connection.execute(query, values).fetchall()
            except UnicodeEncodeError:  # a name with lone surrogates, which nothing in the catalogue has
                return []

    def _documents(self, where: str, *values: Any) -> list[StoredDocument]:
        source = "documents d JOIN collections c ON c.id = d.collection"
        return [_document(row) for row in self._rows(f"SELECT {_DOCUMENT} FROM {source} {where}", *values)]

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._damage_named():
            connection = self._connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # where the disk is full SQLite has rolled back by itself
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _damage_named(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise IndexLockedError(f"{self._path} is in use by another writer; try again when it is done") from error
            if error.sqlite_errorname not in {"SQLITE_ERROR", "SQLITE_CORRUPT", "SQLITE_NOTADB"}:
                raise IndexUnavailableError(f"the catalogue {self._path} cannot be used now: {error}") from error
            raise IndexDamagedError(self._damage(str(error))) from error
        except sqlite3.DatabaseError as error:
            raise IndexDamagedError(self._damage(str(error))) from error

    def _damage(self, reason: str) -> str:
        return (
            f"the catalogue {self._path} cannot be used ({reason}); nothing was changed: "
            "restore it from a backup, or move the index folder away and index again"
        )


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def document_id(collection: str, path: str) -> str:
    """The public id of a document: 16 hexadecimal digits, the same whenever and wherever the path is indexed."""
    return hashlib.sha256(f"{collection}\0{path}".encode()).hexdigest()[:16]


def _document(row: Sequence[Any]) -> StoredDocument:
    values = dict(zip(StoredDocument.__slots__, row, strict=True))
    return StoredDocument(**{**values, "metadata": json.loads(values["metadata"])})
