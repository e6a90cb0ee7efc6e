"""The truth of an index: collections, documents, chunks and vectors in one SQLite file, and a log of what changed."""

import hashlib
import json
import logging
import os
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from quotewise.index.boilerplate import SentenceKind
from quotewise.index.checksums import UNCHANGED, Change
from quotewise.index.chunking import Chunk, embedding_text
from quotewise.index.connections import ConnectionPool
from quotewise.index.documents import Document, printable
from quotewise.index.errors import (
    DocumentDamagedError,
    DocumentError,
    IndexDamagedError,
    IndexLockedError,
    IndexUnavailableError,
    IndexVersionError,
    InvalidNameError,
    UnknownCollectionError,
    UnknownDocumentError,
)
from quotewise.index.layout import Layout
from quotewise.index.schema import APPLICATION_ID, SCHEMA_VERSION, SEGMENT_CHARACTERS, digest, store_text, upgrade
from quotewise.index.sentences import Span
from quotewise.index.store import Collection, CollectionSize, Filter, StoredChunk, StoredDocument

ORDINAL_BITS = 20
"""A chunk's id is its document's row shifted left by this, plus its ordinal: one range of ids a document."""

FEEDBACK_KEPT = 20_000
"""Entries of all collections together; the oldest make room."""

_DOCUMENT = (
    "d.digest, c.name, d.row, d.collection, d.id, d.path, d.title, d.sha256, d.media_type, d.encoding, d.size_bytes, "
    "d.characters, d.chunks, d.metadata, d.indexed_at"
)
_DOCUMENT_FIELDS = [one.name for one in fields(StoredDocument)]
_CHUNK = "k.digest, k.id, k.document, k.start, k.end, k.heading, k.sentences, k.text, k.vector"
_DAMAGE = {
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_MISMATCH,
}
_REPORTED_DAMAGE = 1000
"""Damaged documents that the log names."""
_log = logging.getLogger("quotewise")
_COLLECTION = "SELECT name, root, embedder, fingerprint, dimension, chunk_tokens FROM collections"


@dataclass(frozen=True, slots=True)
class IndexedChunk:
    """What the derived indexes hold of a chunk: its text under its headings, and its float32 (dimension,) vector."""

    id: int
    document: int
    text: str
    vector: np.ndarray


class Catalogue:
    """One SQLite file in WAL mode. Each row of a document vouches for itself by a digest, which is checked when it is read.

    What is damaged is never given out: a document asked for by name raises DocumentDamagedError, lists and searches leave
    it out.

    Raises:
        IndexDamagedError: the file is no catalogue or is damaged (also raised by every method).
        IndexVersionError: it was made by a newer version.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pool = ConnectionPool(path)
        self._known_damage: set[str] = set()
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        path = self._path
        with suppress(OSError):  # which SQLite tells of
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with self._damage_named(), self._pool.connection() as connection:
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if tables and application != APPLICATION_ID:
                raise IndexDamagedError(f"{path} is not a Quotewise catalogue; choose another index folder")
            if version > SCHEMA_VERSION:
                raise IndexVersionError(
                    f"{path} has version {version}, newer than the {SCHEMA_VERSION} that this Quotewise reads; upgrade it"
                )
            if version == SCHEMA_VERSION and connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
                return
        with FileLock(f"{path}.begin", mode=0o600):  # SQLite does not wait for others to change its mode
            with self._damage_named(), self._pool.connection() as connection:
                connection.execute("PRAGMA journal_mode = WAL")
            with self._transaction() as connection:
                upgrade(connection)

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
        key = self.key(name)
        with self._transaction() as connection:
            connection.execute("UPDATE collections SET root = ? WHERE id = ?", (root, key))

    def documents(self, name: str, offset: int = 0, limit: int | None = None) -> list[StoredDocument]:
        page = (self.key(name), -1 if limit is None else limit, offset)
        rows = self._documents("WHERE d.collection = ? ORDER BY d.path LIMIT ? OFFSET ?", *page)
        return [document for document in map(self._document, rows) if document]

    def digests(self, name: str) -> dict[str, str]:
        return dict(self._rows("SELECT path, sha256 FROM documents WHERE collection = ?", self.key(name)))

    def document(self, document_id: str, among: Sequence[str] | None = None) -> StoredDocument:
        where, values = "WHERE d.id = ?", [document_id]
        if among is not None:  # in the query, so that nothing is done for a document elsewhere that is not done for none
            where, values = f"{where} AND c.name IN (SELECT value FROM json_each(?))", [document_id, json.dumps(list(among))]
        return self._one(where, *values, unknown=f"with the id '{printable(document_id)}'")

    def document_at(self, name: str, path: str) -> StoredDocument:
        path = unicodedata.normalize("NFC", path)
        unknown = f"at '{printable(path)}' in the collection {name!r}"
        return self._one("WHERE d.collection = ? AND d.path = ?", self.key(name), path, unknown=unknown)

    def text(self, document_id: str, start: int = 0, end: int | None = None) -> str:
        document = self.document(document_id)
        end = document.characters if end is None else min(end, document.characters)
        segments = self._rows(
            """SELECT t.digest, t.document, t.start, t.text FROM texts t JOIN documents d ON d.row = t.document
               WHERE d.id = ? AND t.start > ? AND t.start < ? ORDER BY t.start""",
            *(document_id, start - SEGMENT_CHARACTERS, end),
        )
        first = start - start % SEGMENT_CHARACTERS
        text = _joined(segments, first)
        if text is None or len(text) < end - first:
            raise self._damaged(f"with the id {document_id}")
        return text[start - first : end - first]

    def layout(self, document_id: str) -> Layout:
        rows = self._rows(
            "SELECT l.digest, l.document, l.layout FROM layouts l JOIN documents d ON d.row = l.document WHERE d.id = ?",
            document_id,
        )
        if not rows or not _sound(rows[0]):
            self.document(document_id)
            raise self._damaged(f"with the id {document_id}")
        return Layout.from_bytes(rows[0][2])

    def damaged(self, name: str, path: str | None = None) -> list[str]:
        """Paths of the documents, or of the one at a path, that are not as they were put, read in full."""
        where = ("WHERE d.collection = ?", self.key(name))
        rows = self._documents(*where) if path is None else self._documents(f"{where[0]} AND d.path = ?", where[1], path)
        return [row[5] for row in rows if not self._is_sound(row)]

    def _is_sound(self, row: Sequence[Any]) -> bool:
        """Whether a document, given as its row of ``_DOCUMENT``, is as it was put, with all that belongs to it."""
        texts = self._rows("SELECT digest, document, start, text FROM texts WHERE document = ? ORDER BY start", row[2])
        layouts = self._rows("SELECT digest, document, layout FROM layouts WHERE document = ?", row[2])
        chunks = self._rows(f"SELECT {_CHUNK} FROM chunks k WHERE k.document = ?", row[2])
        text = _joined(texts)
        if not _sound(row, 2) or text is None or len(text) != row[11] or len(layouts) != 1 or len(chunks) != row[12]:
            return False
        return all(map(_sound, (*layouts, *chunks))) and all(text[k[3] : k[3] + len(k[7])] == k[7] for k in chunks)

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
        facts = list(values.values())
        with self._transaction() as connection:
            replaced = "DELETE FROM documents WHERE (collection = ? AND path = ?) OR id = ?"  # a damaged path has another id
            connection.execute(replaced, (key, document.path, values["id"]))
            places = ", ".join(f":{column}" for column in values)
            added = f"INSERT INTO documents ({', '.join(values)}, digest) VALUES ({places}, x'')"
            row = connection.execute(added, values).lastrowid or 0
            ordered = (row, key, values["id"], *facts[2:])
            connection.execute("UPDATE documents SET digest = ? WHERE row = ?", (digest(*ordered), row))
            store_text(connection, row, document.text, document.layout)
            rows = (
                (
                    row << ORDINAL_BITS | ordinal,
                    row,
                    chunk.start,
                    chunk.end,
                    json.dumps(chunk.heading, ensure_ascii=False),
                    np.column_stack([np.array(chunk.sentences, np.int32), np.array(chunk.kinds, np.int32)]).tobytes(),
                    document.text[chunk.start : chunk.next_start],
                    vector.astype(np.float32).tobytes(),
                )
                for ordinal, (chunk, vector) in enumerate(zip(chunks, vectors, strict=True))
            )
            places = ", ".join("?" * 9)
            connection.executemany(f"INSERT INTO chunks VALUES ({places})", ((*row, digest(*row)) for row in rows))

    def remove(self, name: str, paths: Sequence[str]) -> None:
        key = self.key(name)
        with self._transaction() as connection:
            connection.executemany(
                "DELETE FROM documents WHERE collection = ? AND path = ?",
                ((key, unicodedata.normalize("NFC", path)) for path in paths),
            )

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
            prefix = unicodedata.normalize("NFC", where.path_prefix)
            clauses.append("substr(path, 1, ?) = ?")
            values += [len(prefix), prefix]
        if where.media_type is not None:
            clauses.append("media_type = ?")
            values.append(where.media_type)
        for key, accepted in where.metadata.items():
            places = ", ".join("?" * len(accepted))
            sound = "json_each(iif(json_valid(metadata), metadata, '{}'))"  # damage hides one document, and breaks no search
            clauses.append(f"EXISTS (SELECT 1 FROM {sound} WHERE key = ? AND value IN ({places}))")
            values += [key, *accepted]
        rows = self._rows(f"SELECT row FROM documents WHERE {' AND '.join(clauses)} ORDER BY row", *values)
        return [row[0] for row in rows]

    def chunks(self, ids: Sequence[int]) -> list[StoredChunk]:
        rows = self._rows(
            f"""SELECT {_CHUNK}, {_DOCUMENT}
                FROM chunks k JOIN documents d ON d.row = k.document JOIN collections c ON c.id = d.collection
                WHERE k.id IN (SELECT value FROM json_each(?))""",
            json.dumps(list(ids)),
        )
        layouts = self._layouts({row[2] for row in rows})
        chunks = {}
        for row in rows:
            document = self._document(row[9:])
            if document and row[2] in layouts and self._checked(row[:9], document.path):
                _, key, _, start, end, heading, sentences, text, _ = row[:9]
                spans = np.frombuffer(sentences, np.int32).reshape(-1, 3).tolist()
                chunks[key] = StoredChunk(
                    id=key,
                    document=document,
                    ordinal=key & ((1 << ORDINAL_BITS) - 1),
                    start=start,
                    end=end,
                    heading=tuple(json.loads(heading)),
                    sentences=tuple(Span(first, last) for first, last, _ in spans),
                    kinds=tuple(SentenceKind(kind) for *_, kind in spans),
                    text=text,
                    layout=layouts[row[2]],
                )
        return [chunks[key] for key in ids if key in chunks]

    def _layouts(self, documents: Iterable[int]) -> dict[int, Layout]:
        """The layouts of documents by row; those that are damaged, or removed since the row was read, are left out."""
        rows = self._rows(
            "SELECT digest, document, layout FROM layouts WHERE document IN (SELECT value FROM json_each(?))",
            json.dumps(list(documents)),
        )
        return {row[1]: Layout.from_bytes(row[2]) for row in rows if self._checked(row, f"of row {row[1]}")}

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
            for row in self._rows(
                f"SELECT {_CHUNK} FROM chunks k WHERE k.document IN (SELECT value FROM json_each(?)) ORDER BY k.id",
                json.dumps(list(documents[first : first + 256])),
            ):
                if self._checked(row, f"of row {row[2]}"):
                    _, key, document, start, end, heading, _, text, vector = row
                    indexed = embedding_text(json.loads(heading), text[: end - start])
                    yield IndexedChunk(key, document, indexed, np.frombuffer(vector, np.float32))

    def check(self) -> None:
        """Read the whole file and raise IndexDamagedError at the first fault."""
        faults = self._rows("PRAGMA integrity_check(1)")
        if faults != [("ok",)]:
            raise IndexDamagedError(self._damage(str(faults[0][0])))

    def close(self) -> None:
        self._pool.close()

    def _rows(self, query: str, *values: Any) -> list[Any]:
        with self._damage_named(), self._pool.connection() as connection:
            try:
                return connection.execute(query, values).fetchall()
            except UnicodeEncodeError:  # a name with lone surrogates, which nothing in the catalogue has
                return []

    def _documents(self, where: str, *values: Any) -> list[Any]:
        return self._rows(f"SELECT {_DOCUMENT} FROM documents d JOIN collections c ON c.id = d.collection {where}", *values)

    def _one(self, where: str, *values: Any, unknown: str) -> StoredDocument:
        rows = self._documents(where, *values)
        if not rows:
            raise UnknownDocumentError(f"there is no document {unknown}")
        document = self._document(rows[0])
        if document is None:
            raise self._damaged(unknown)
        return document

    def _document(self, row: Sequence[Any]) -> StoredDocument | None:
        """The document of a row of ``_DOCUMENT``, None where it is damaged."""
        if not self._checked(row, row[5], 2):
            return None
        values = dict(zip(_DOCUMENT_FIELDS, (*row[4:9], row[1], *row[9:]), strict=True))
        return StoredDocument(**{**values, "metadata": json.loads(values["metadata"])})

    def _checked(self, row: Sequence[Any], what: str, first: int = 1) -> bool:
        """Whether a row is as it was put; the log says once where one is not."""
        if _sound(row, first):
            return True
        if what not in self._known_damage and len(self._known_damage) < _REPORTED_DAMAGE:
            self._known_damage.add(what)
            _log.error("%s", self._damaged(what))
        return False

    def _damaged(self, what: str) -> DocumentDamagedError:
        return DocumentDamagedError(
            f"the document {printable(what)} is damaged in {self._path} and is not given out; "
            "index its folder again, or put it again, to read it anew from its file"
        )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._damage_named(), self._pool.connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException as error:
                if connection.in_transaction:  # where the disk is full SQLite has rolled back by itself
                    connection.execute("ROLLBACK")
                if isinstance(error, UnicodeEncodeError):
                    raise DocumentError("holds lone surrogates, which are no Unicode text") from error
                raise

    @contextmanager
    def _damage_named(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DataError as error:
            raise DocumentError(f"is too large for the catalogue: {error}") from error
        except sqlite3.Error as error:
            kind = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF  # without one, it is text that is no UTF-8
            if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise IndexLockedError(f"{self._path} is in use by another writer; try again when it is done") from error
            if kind not in _DAMAGE:
                raise IndexUnavailableError(f"the catalogue {self._path} cannot be used now: {error}") from error
            raise IndexDamagedError(self._damage(str(error))) from error

    def _damage(self, reason: str) -> str:
        return (
            f"the catalogue {self._path} cannot be used ({reason}); nothing was changed: "
            "restore it from a backup, or move the index folder away and index again"
        )


def document_id(collection: str, path: str) -> str:
    """The public id of a document: 16 hexadecimal digits, the same whenever and wherever the path is indexed."""
    return hashlib.sha256(f"{collection}\0{path}".encode()).hexdigest()[:16]


def _sound(row: Sequence[Any], first: int = 1) -> bool:
    """Whether the values of a row from the ``first`` on have the digest that it begins with."""
    return bool(row[0] == digest(*row[first:]))


def _joined(segments: Sequence[Sequence[Any]], first: int = 0) -> str | None:
    """The text of segments (digest, document, start, text) from ``first`` on; None where one is damaged or missing."""
    starts = accumulate((len(segment[3]) for segment in segments), initial=first)
    if all(_sound(segment) and segment[2] == start for segment, start in zip(segments, starts, strict=False)):
        return "".join(segment[3] for segment in segments)
    return None
