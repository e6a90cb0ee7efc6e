"""The catalogue in a database, by default one SQLite file: collections, documents, chunks, vectors, a log of changes."""

import hashlib
import json
import logging
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import fields
from functools import partial
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

import numpy as np

from quotewise.index.boilerplate import SentenceKind
from quotewise.index.chunking import Chunk, embedding_text
from quotewise.index.connections import Database, digest, is_intact
from quotewise.index.documents import Document
from quotewise.index.errors import DocumentDamagedError, DocumentError, IndexMissingError, UnknownDocumentError
from quotewise.index.filters import Filter, accepted_documents
from quotewise.index.layout import Layout
from quotewise.index.left_out import unread_part
from quotewise.index.printable import printable
from quotewise.index.records import Records
from quotewise.index.schema import MOVED_FILE, SQLITE_FILE, open_database
from quotewise.index.sentences import Span
from quotewise.index.store import (
    UNCHANGED,
    Catalogue,
    Change,
    Changes,
    CollectionSize,
    IndexedChunk,
    StoredChunk,
    StoredDocument,
)
from quotewise.index.texts import intact_layouts, put_text, read_layouts, read_text, read_texts

ORDINAL_BITS = 20
"""A chunk's id is its document's row shifted left by this, plus its ordinal: one range of ids a document."""
_REPORTED_DAMAGE = 1000
"""Damaged documents that the log names."""
_DOCUMENTS_TOGETHER, _CHARACTERS_TOGETHER = 256, 1_000_000
"""Documents that are checked together."""
_DOCUMENT = (
    "d.digest, c.name, d.row, d.collection, d.id, d.path, d.title, d.sha256, d.media_type, d.encoding, d.size_bytes, "
    "d.characters, d.chunks, d.metadata, d.indexed_at"
)
_DOCUMENT_FIELDS = [field.name for field in fields(StoredDocument)]
_CHUNK_COLUMNS = ("id", "document", "start", "end", "heading", "sentences", "text", "vector")
_CHUNK = f"k.digest, {', '.join(f'k.{column}' for column in _CHUNK_COLUMNS)}"
_QUOTED = ", ".join(f'"{column}"' for column in _CHUNK_COLUMNS)
_WIDTH = 1 + len(_CHUNK_COLUMNS)
_ALL = 1 << 62
T = TypeVar("T")
_log = logging.getLogger("quotewise")


def open_catalogue(folder: Path, url: str | None = None, create: bool = False, upgrade: bool = True) -> Catalogue:
    """The catalogue in a folder, or with a URL in that PostgreSQL database.

    Without ``create``, one that is not there raises IndexMissingError, and always one that was moved from the folder; without
    ``upgrade``, a database whose tables are of an older version CatalogueUnavailableError. Raises IndexDamagedError,
    IndexVersionError, CatalogueUnavailableError too.
    """
    if url is not None:
        from quotewise.index.postgresql import PostgresCatalogue  # which needs an extra

        return PostgresCatalogue(url, create, upgrade)
    if (folder / MOVED_FILE).exists() and not (folder / SQLITE_FILE).exists():
        raise IndexMissingError(
            f"the catalogue of {folder} was moved to a database; name it by --catalogue, or remove {MOVED_FILE} to begin anew"
        )
    if not create and not (folder / SQLITE_FILE).exists():
        make, begin = f"quotewise index FOLDER --index {folder}", f"quotewise serve --empty --index {folder}"
        raise IndexMissingError(f"there is no index in {folder}; make one with: {make}, or begin with none: {begin}")
    return SqliteCatalogue(folder / SQLITE_FILE)


class SqlCatalogue(Records):
    """A ``Catalogue`` in a database. The digest of each row of a document is verified when the row is read.

    What is damaged is never returned: ``document``, ``document_at`` and ``text`` raise DocumentDamagedError; lists and searches
    leave it out.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._reported: set[str] = set()

    def size(self, name: str) -> CollectionSize:
        rows = self._database.rows("SELECT documents, chunks FROM collections WHERE id = ?", self._key(name))
        return CollectionSize(*next(iter(rows), (0, 0)))

    def rename_collection(self, name: str, new: str) -> None:
        key = self._key(name)
        self._check_free(new)
        rows = self._rows("WHERE d.collection = ?", key)
        with self._database.transaction() as connection:
            connection.execute("UPDATE collections SET name = ? WHERE id = ?", (new, key))
            for row in rows:
                if is_intact(row, 2):  # what is damaged stays so
                    values = (*row[2:4], document_id(new, row[5]), *row[5:])
                    changed = (values[2], digest(*values), values[0])
                    connection.execute("UPDATE documents SET id = ?, digest = ? WHERE row = ?", changed)

    def documents(self, name: str, offset: int = 0, limit: int | None = None) -> list[StoredDocument]:
        page = (self._key(name), _ALL if limit is None else limit, offset)
        rows = self._rows("WHERE d.collection = ? ORDER BY d.path LIMIT ? OFFSET ?", *page)
        return [document for document in map(self._document, rows) if document]

    def latest(self, name: str, limit: int) -> list[StoredDocument]:
        rows = self._rows("WHERE d.collection = ? ORDER BY d.row DESC LIMIT ?", self._key(name), limit)
        return [document for document in map(self._document, rows) if document]

    def digests(self, name: str) -> dict[str, str]:
        return dict(self._database.rows("SELECT path, sha256 FROM documents WHERE collection = ?", self._key(name)))

    def stamps(self, name: str) -> dict[str, str]:
        query = "SELECT path, stamp FROM stamps s JOIN documents d ON d.row = s.document WHERE collection = ?"
        return dict(self._database.rows(query, self._key(name)))

    def put_stamps(self, name: str, stamps: Mapping[str, str]) -> None:
        key = self._key(name)
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT INTO stamps SELECT row, ? FROM documents WHERE collection = ? AND path = ? "
                "ON CONFLICT (document) DO UPDATE SET stamp = excluded.stamp",
                ((stamp, key, path) for path, stamp in stamps.items()),
            )

    def document(self, document_id: str, among: Sequence[str] | None = None) -> StoredDocument:
        where, values = "WHERE d.id = ?", [document_id]
        if among is not None:  # in the query, so that a document elsewhere takes the same work as none
            where, values = f"{where} AND c.name IN ({self._database.NAMES})", [document_id, json.dumps(list(among))]
        return self._one(where, *values, name=f"with the id '{printable(document_id)}'")[1]

    def document_at(self, name: str, path: str) -> StoredDocument:
        path = unicodedata.normalize("NFC", path)
        described = f"at '{printable(path)}' in the collection {name!r}"
        return self._one("WHERE d.collection = ? AND d.path = ?", self._key(name), path, name=described)[1]

    def text(self, document_id: str, start: int = 0, end: int | None = None) -> str:
        def read(row: int, document: StoredDocument) -> str | None:
            last = document.characters if end is None else min(end, document.characters)
            return read_text(self._database, row, start, last)

        return self._read(document_id, read)

    def layout(self, document_id: str) -> Layout:
        return self._read(document_id, lambda row, _: read_layouts(self._database, [row]).get(row))

    def heading(self, document_id: str, offset: int) -> tuple[str, ...]:
        rows = self._database.rows(
            """SELECT k.heading FROM chunks k JOIN documents d ON d.row = k.document
               WHERE d.id = ? AND k.start <= ? ORDER BY k.start DESC LIMIT 1""",
            document_id,
            offset,
        )
        return tuple(json.loads(rows[0][0])) if rows else ()

    def chunks(self, ids: Sequence[int]) -> list[StoredChunk]:
        rows = self._database.rows(
            f"""SELECT {_CHUNK}, {_DOCUMENT}
                FROM chunks k JOIN documents d ON d.row = k.document JOIN collections c ON c.id = d.collection
                WHERE k.id IN ({self._database.NUMBERS})""",
            json.dumps(list(ids)),
        )
        layouts = read_layouts(self._database, {row[2] for row in rows})
        chunks = {}
        for row in rows:
            document, layout = self._document(row[_WIDTH:]), layouts.get(row[2])
            if row[2] not in layouts:  # removed since its chunks were read
                continue
            if document and self._checked(row[:_WIDTH] if layout else (), document.path) and layout:
                values = dict(zip(_CHUNK_COLUMNS, row[1:_WIDTH], strict=True))
                sentences = np.frombuffer(values["sentences"], np.int32).reshape(-1, 3).tolist()
                chunks[row[1]] = StoredChunk(
                    id=row[1],
                    document=document,
                    ordinal=row[1] & ((1 << ORDINAL_BITS) - 1),
                    start=values["start"],
                    end=values["end"],
                    heading=tuple(json.loads(values["heading"])),
                    sentences=tuple(Span(start, end) for start, end, _ in sentences),
                    kinds=tuple(SentenceKind(kind) for *_, kind in sentences),
                    text=values["text"],
                    layout=layout,
                )
        return [chunks[key] for key in ids if key in chunks]

    def damaged(self, name: str, path: str | None = None) -> list[str]:
        at_path, values = ("", ()) if path is None else (" AND d.path = ?", (path,))
        rows = self._rows(f"WHERE d.collection = ?{at_path}", self._key(name), *values)
        return [row[5] for batch in _batches(rows) for row in self._not_whole(batch)]

    def vectors(self, name: str, path: str) -> dict[str, np.ndarray]:
        rows = self._rows("WHERE d.collection = ? AND d.path = ?", self._key(name), path)
        return {chunk.text: chunk.vector for chunk in self._indexed_chunks([row[2] for row in rows])}

    def put(self, name: str, document: Document, chunks: Sequence[Chunk], vectors: np.ndarray) -> None:
        key = self._key(name)
        if len(chunks) >= 1 << ORDINAL_BITS:
            raise DocumentError(f"has {len(chunks):,} chunks; the limit is {1 << ORDINAL_BITS:,}")
        values = {
            "collection": key,
            "id": document_id(name, document.path),
            "path": document.path,
            "title": document.title,
            "sha256": document.sha256,
            "media_type": document.media_type,
            "encoding": document.encoding,
            "size_bytes": document.size_bytes,
            "characters": len(document.text),
            "chunks": len(chunks),
            "metadata": json.dumps(dict(document.metadata), ensure_ascii=False),
        }
        with self._database.transaction() as connection:
            replaced = "DELETE FROM documents WHERE (collection = ? AND path = ?) OR id = ?"  # a damaged path has another id
            connection.execute(replaced, (key, document.path, values["id"]))
            added = (
                f"INSERT INTO documents ({', '.join(values)}, indexed_at, digest) "
                f"VALUES ({', '.join('?' * len(values))}, {self._database.NOW}, ?) RETURNING row, indexed_at"
            )
            [(row, now)] = connection.execute(added, [*values.values(), b""]).fetchall()
            connection.execute("UPDATE documents SET digest = ? WHERE row = ?", (digest(row, *values.values(), now), row))
            put_text(connection, row, document.text, document.layout)
            self._put_unread_part(connection, key, document.path, unread_part(document.unread_part, len(chunks)))
            rows = (
                (
                    *(row << ORDINAL_BITS | ordinal, row, chunk.start, chunk.end),
                    json.dumps(chunk.heading, ensure_ascii=False),
                    np.column_stack([np.array(chunk.sentences, np.int32), np.array(chunk.kinds, np.int32)]).tobytes(),
                    document.text[chunk.start : chunk.next_start],
                    vector.astype(np.float16).tobytes(),
                )
                for ordinal, (chunk, vector) in enumerate(zip(chunks, vectors, strict=True))
            )
            connection.executemany(
                f"INSERT INTO chunks ({_QUOTED}, digest) VALUES ({', '.join('?' * _WIDTH)})",
                ((*row, digest(*row)) for row in rows),
            )

    def remove(self, name: str, paths: Sequence[str]) -> None:
        key = self._key(name)
        with self._database.transaction() as connection:
            connection.executemany(
                "DELETE FROM documents WHERE collection = ? AND path = ?",
                ((key, unicodedata.normalize("NFC", path)) for path in paths),
            )
            for path in paths:
                self._put_unread_part(connection, key, unicodedata.normalize("NFC", path), None)

    def matching_documents(self, name: str, where: Filter) -> list[int] | None:
        if where == Filter():
            return None
        query, values = accepted_documents(self._key(name), where, self._database.DAYS)
        return [row[0] for row in self._database.rows(f"{query} ORDER BY 1", *values)]

    def first_change(self, name: str) -> Change:
        return self._change(name, "ASC")

    def last_change(self, name: str) -> Change:
        return self._change(name, "DESC")

    def _change(self, name: str, order: str) -> Change:
        query = f"SELECT seq, stamp FROM changes WHERE collection = ? ORDER BY seq {order} LIMIT 1"
        rows = self._database.rows(query, self._key(name))
        return Change(*rows[0]) if rows else UNCHANGED

    def changes(self, name: str, since: Change) -> Changes:
        collection, until = self.collection(name), self.last_change(name)
        known = "SELECT 1 FROM changes WHERE collection = ? AND seq = ? AND stamp = ?"
        if not self._database.rows(known, collection.key, *since):  # of a history that a backup has replaced
            since = UNCHANGED
        changed = "SELECT DISTINCT document FROM changes WHERE collection = ? AND seq > ? AND seq <= ? ORDER BY document"
        documents = [row[0] for row in self._database.rows(changed, collection.key, since.seq, until.seq)]
        return Changes(collection, since, until, documents, partial(self._indexed_chunks, documents))

    def _indexed_chunks(self, documents: Sequence[int]) -> Iterator[IndexedChunk]:
        query = f"""SELECT {_CHUNK}, d.path, d.title FROM chunks k JOIN documents d ON d.row = k.document
            WHERE k.document IN ({self._database.NUMBERS}) ORDER BY k.id"""
        for first in range(0, len(documents), 256):
            for *row, path, title in self._database.rows(query, json.dumps(list(documents[first : first + 256]))):
                if self._checked(row, f"of row {row[2]}"):
                    values = dict(zip(_CHUNK_COLUMNS, row[1:], strict=True))
                    text = embedding_text(json.loads(values["heading"]), values["text"][: values["end"] - values["start"]])
                    vector = np.frombuffer(values["vector"], np.float16).astype(np.float32)
                    yield IndexedChunk(
                        values["id"], values["document"], f"{PurePosixPath(path).with_suffix('')} {title}", text, vector
                    )

    def _rows(self, where: str, *values: Any) -> list[Any]:
        query = f"SELECT {_DOCUMENT} FROM documents d JOIN collections c ON c.id = d.collection {where}"
        return self._database.rows(query, *values)

    def _one(self, where: str, *values: Any, name: str) -> tuple[int, StoredDocument]:
        rows = self._rows(where, *values)
        if not rows:
            raise UnknownDocumentError(f"there is no document {name}")
        document = self._document(rows[0])
        if document is None:
            raise self._damaged(name)
        return rows[0][2], document

    def _read(self, document_id: str, read: Callable[[int, StoredDocument], T | None]) -> T:
        """What ``read`` returns for a document and its row, again where the document was replaced in the meantime."""
        seen = None
        while True:
            row, document = self._one("WHERE d.id = ?", document_id, name=f"with the id '{printable(document_id)}'")
            if (value := read(row, document)) is not None:
                return value
            if row == seen:
                raise self._damaged(f"with the id {document_id}")
            seen = row

    def _document(self, row: Sequence[Any]) -> StoredDocument | None:
        """The document of a row of ``_DOCUMENT``, None where it is damaged."""
        if not self._checked(row, row[5], 2):
            return None
        values = dict(zip(_DOCUMENT_FIELDS, (*row[4:9], row[1], *row[9:]), strict=True))
        return StoredDocument(**{**values, "metadata": json.loads(values["metadata"])})

    def _not_whole(self, rows: Sequence[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        """The rows of ``_DOCUMENT`` of whose documents something that is stored is not intact."""
        texts = read_texts(self._database, {row[2]: row[11] for row in rows})
        layouts = intact_layouts(self._database, texts)
        query = f"SELECT {_CHUNK} FROM chunks k WHERE k.document IN ({self._database.NUMBERS}) ORDER BY k.document"
        chunks = self._database.rows(query, json.dumps(list(texts)))
        of_document = {document: list(of) for document, of in groupby(chunks, key=lambda chunk: chunk[2])}
        start, content = 1 + _CHUNK_COLUMNS.index("start"), 1 + _CHUNK_COLUMNS.index("text")
        for row in rows:
            text, chunks = texts.get(row[2]), of_document.get(row[2], [])
            if (
                text is None
                or row[2] not in layouts
                or not is_intact(row, 2)
                or len(chunks) != row[12]
                or not all(is_intact(chunk) and text.startswith(chunk[content], chunk[start]) for chunk in chunks)
            ):
                yield row

    def _checked(self, row: Sequence[Any], name: str, first: int = 1) -> bool:
        """Whether a row is intact; the log names once each that is not."""
        if row and is_intact(row, first):
            return True
        if name not in self._reported and len(self._reported) < _REPORTED_DAMAGE:
            self._reported.add(name)
            _log.error("%s", self._damaged(name))
        return False

    def _damaged(self, name: str) -> DocumentDamagedError:
        return DocumentDamagedError(
            f"the document {printable(name)} is damaged in {self._database.name} and is not returned; "
            "index its folder again, or put it again, to read it anew from its file"
        )


class SqliteCatalogue(SqlCatalogue):
    """A catalogue in one SQLite file, in WAL mode.

    Raises:
        IndexDamagedError: the file is no catalogue or is damaged (also raised by every method).
        IndexVersionError: it was made by a newer version.
    """

    shared = None

    def __init__(self, path: Path) -> None:
        super().__init__(open_database(path))

    def one_writer(self, seconds: float) -> AbstractContextManager[None]:
        return nullcontext()


def _batches(rows: Sequence[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    """Rows of ``_DOCUMENT`` whose documents are read together: no more text than fits the memory well."""
    batch: list[Sequence[Any]] = []
    characters = 0
    for row in rows:
        if batch and (characters + row[11] > _CHARACTERS_TOGETHER or len(batch) == _DOCUMENTS_TOGETHER):
            yield batch
            batch, characters = [], 0
        batch.append(row)
        characters += row[11]
    if batch:
        yield batch


def document_id(collection: str, path: str) -> str:
    """The public id of a document: 16 hexadecimal digits, the same whenever and wherever the path is indexed."""
    return hashlib.sha256(f"{collection}\0{path}".encode()).hexdigest()[:16]
