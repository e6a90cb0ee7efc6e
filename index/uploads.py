"""Adds and removes single documents: the file in the collection's folder and the document in the store."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from types import MappingProxyType

import numpy as np

from quotewise.index.atomic_files import document_path, remove_file, replaced_file
from quotewise.index.chunking import Chunker
from quotewise.index.documents import Document, parse_document
from quotewise.index.embedders import Embedder
from quotewise.index.embedding import chunk_texts, embed, unindexed
from quotewise.index.errors import (
    DocumentDamagedError,
    DocumentError,
    FolderUnavailableError,
    InvalidNameError,
    MissingFileError,
    PreconditionError,
    UnknownDocumentError,
    translate_errors,
)
from quotewise.index.files import folder_of
from quotewise.index.folders import access_error, read_inside
from quotewise.index.formats import NO_OPTIONS, ParseOptions
from quotewise.index.ingest import check_embedder, find_collection, new_collection, set_language
from quotewise.index.printable import printable
from quotewise.index.store import Collection, Store, StoredDocument, valid_collection_name

ANY = frozenset({"*"})


@dataclass(frozen=True, slots=True)
class Condition:
    """What a path must have before it is changed: a document with one of these sha256, ``ANY``, or with ``absent`` none."""

    matches: frozenset[str] | None = None
    absent: bool = False


UNCONDITIONAL = Condition()


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A document that was put, and whether its path had none before."""

    document: StoredDocument
    created: bool


class Uploads:
    """Puts single documents into a store, with the same result as a sync of the folder.

    Args:
        store: where the collections live.
        embedder_of: returns the embedder of a collection, also of a new one, by the text of its first document.
        folder: contains the folders of the collections that are made here.
        file_limit: the size of the largest document, in bytes.
        chunk_tokens: the chunk size of collections that are made here.
        pause: called during long work; an exception from it cancels the work.
        options: what is known of files beside their bytes.
        roots: folders of the user's own for collections of these names that are made here.
    """

    def __init__(
        self,
        store: Store,
        embedder_of: Callable[[str, str], Embedder],
        folder: Path,
        file_limit: int,
        chunk_tokens: int | None = None,
        pause: Callable[[], None] = lambda: None,
        options: ParseOptions = NO_OPTIONS,
        roots: Mapping[str, Path] = MappingProxyType({}),
    ) -> None:
        self._store, self._embedder_of, self._options, self._roots = store, embedder_of, options, roots
        self._folder, self._file_limit, self._chunk_tokens, self._pause = folder, file_limit, chunk_tokens, pause

    def put(self, name: str, path: str, data: bytes, condition: Condition = UNCONDITIONAL) -> Uploaded:
        """Add a document, or replace the one at its path; unchanged bytes are not indexed again.

        The file is written first, so that an interruption leaves no document without its file: the next sync adds it.

        Raises:
            InvalidPathError, InvalidNameError: the path or the name of the collection is not valid.
            DocumentError: the bytes cannot become a document.
            PreconditionError: the condition does not hold.
            PathTakenError, FolderReadOnlyError, FolderUnavailableError: the file cannot be written.
            IndexLockedError: another process is writing.
        """
        path = document_path(path)
        with self._store.writing():
            made = find_collection(self._store.catalogue, name)
            document = None if made else self._parsed(path, data)
            embedder = self._embedder_of(name, document.text if document else "")
            collection = made or self._new_collection(name, embedder)
            check_embedder(collection, embedder)
            root, sha256 = folder_of(collection.root), hashlib.sha256(data).hexdigest()
            if made and not root.is_dir():
                raise FolderUnavailableError(f"the folder of the collection {name!r} is gone; nothing was changed")
            known, on_disk = self._document(name, path) if made else None, self._on_disk(root, path)
            _require(condition, known, on_disk if on_disk != sha256 else None, path)
            if known and known.sha256 == sha256 and not self._store.catalogue.damaged(name, path):
                if on_disk != sha256:
                    with replaced_file(root, path, data):
                        pass
                return Uploaded(known, created=False)
            document = document or self._parsed(path, data)
            self._index(collection, embedder, document, data, self._store.catalogue.vectors(name, path) if known else {})
            set_language(self._store.catalogue, name)
            self._store.publish(name)
            return Uploaded(self._store.catalogue.document_at(name, path), created=known is None)

    def rename(self, name: str, path: str, new: str, condition: Condition = UNCONDITIONAL) -> Uploaded:
        """Move a document and its file to a path at which nothing is; after an interruption it may stand at both.

        Raises:
            UnknownCollectionError, UnknownDocumentError, MissingFileError: there is no such document, or no longer.
            PreconditionError: there is something at the new path, or the condition does not hold.
            InvalidPathError, DocumentError, PathTakenError, FolderReadOnlyError, FolderUnavailableError, IndexLockedError: as
                ``put``.
        """
        path, new = document_path(path), document_path(new)
        catalogue = self._store.catalogue
        with self._store.writing():
            known, collection = catalogue.document_at(name, path), catalogue.collection(name)
            root, embedder = folder_of(collection.root), self._embedder_of(name, "")
            check_embedder(collection, embedder)
            _require(condition, known, self._on_disk(root, path), path)
            _require(Condition(absent=True), self._document(name, new), self._on_disk(root, new), new)
            try:
                data = read_inside(root, path, self._file_limit)
            except DocumentError as error:
                raise DocumentError(f"'{printable(path)}' {error}") from error
            self._index(collection, embedder, self._parsed(new, data), data, catalogue.vectors(name, path))
            remove_file(root, path)
            catalogue.remove(name, [path])
            self._store.publish(name)
            return Uploaded(catalogue.document_at(name, new), created=True)

    def remove(self, name: str, path: str, condition: Condition = UNCONDITIONAL) -> None:
        """Remove a document and its file.

        Raises:
            UnknownCollectionError, UnknownDocumentError: there is no such document.
            PreconditionError, PathTakenError, FolderReadOnlyError, FolderUnavailableError, IndexLockedError: as ``put``.
        """
        path = document_path(path)
        with self._store.writing():
            known, root = self._store.catalogue.document_at(name, path), folder_of(self._store.catalogue.collection(name).root)
            _require(condition, known, self._on_disk(root, path), path)
            remove_file(root, path)
            self._store.catalogue.remove(name, [path])
            self._store.publish(name)

    def _index(
        self, collection: Collection, embedder: Embedder, document: Document, data: bytes, before: Mapping[str, np.ndarray]
    ) -> None:
        """Write a document's file and put it into its collection, which is made if need be; ``before`` are known vectors."""
        try:
            with translate_errors(unindexed):
                chunks = Chunker(embedder.count_tokens, collection.chunk_tokens).chunks(document)
                vectors = embed(embedder, chunk_texts(document, chunks), before, lambda _: self._pause())
            if not collection.key:
                self._make(collection)
            with replaced_file(Path(collection.root), document.path, data):
                self._store.catalogue.put(collection.name, document, chunks, vectors)
        except DocumentError as error:
            raise DocumentError(f"'{printable(document.path)}' {error}") from error

    def _parsed(self, path: str, data: bytes) -> Document:
        try:
            return parse_document(path, data, self._options)
        except DocumentError as error:
            raise DocumentError(f"'{printable(path)}' {error}") from error

    def _new_collection(self, name: str, embedder: Embedder) -> Collection:
        if not valid_collection_name(name):
            raise InvalidNameError(
                f"the collection name '{printable(name)}' is not valid; use 1 to 64 letters, digits, '-', '_' and '.'"
            )
        taken = {collection.root for collection in self._store.catalogue.collections()}  # also that of a renamed collection
        names = chain([name], (f"{name}.{number}" for number in count(2)))
        root = next(root for name in names if (root := str((self._folder / name).resolve())) not in taken)
        own = self._roots.get(name)
        return new_collection(name, str(own.resolve()) if own else root, embedder, self._chunk_tokens)

    def _make(self, collection: Collection) -> None:
        try:
            for folder in (self._folder, Path(collection.root)):
                folder.mkdir(0o700, exist_ok=True)
        except OSError as error:
            raise access_error(error, f"cannot make the folder of {collection.name!r}: {error.strerror}") from error
        self._store.catalogue.add_collection(collection)

    def _document(self, name: str, path: str) -> StoredDocument | None:
        try:
            return self._store.catalogue.document_at(name, path)
        except (UnknownDocumentError, DocumentDamagedError):
            return None

    def _on_disk(self, root: Path, path: str) -> str | None:
        """The sha256 of the file, which may differ from the indexed one; None without a file."""
        if not root.is_dir():
            return None
        try:
            return hashlib.sha256(read_inside(root, path, self._file_limit)).hexdigest()
        except MissingFileError:
            return None
        except DocumentError:
            return "of a file that cannot be read or can be no document"


def _require(condition: Condition, known: StoredDocument | None, on_disk: str | None, path: str) -> None:
    """Raises PreconditionError unless the indexed document, and the file if it differs, fulfil the condition."""
    digests = {known.sha256 if known else None, on_disk} - {None}
    if condition.absent and digests:
        raise PreconditionError(f"there is a file at '{printable(path)}' already")
    if condition.matches is not None and not (known and (condition.matches == ANY or digests <= condition.matches)):
        now = f"the sha256 {known.sha256}" if known else "no document"
        unseen = ", and a file that was changed without being indexed" if len(digests) > bool(known) else ""
        raise PreconditionError(f"there is {now} at '{printable(path)}'{unseen}; the request is about another")
