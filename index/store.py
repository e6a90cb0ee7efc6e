"""The seam between the pipeline and where passages live: the ``Store`` protocol and the values that cross it."""

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from quotewise.index.boilerplate import SentenceKind
from quotewise.index.chunking import Chunk
from quotewise.index.documents import Document
from quotewise.index.layout import Layout
from quotewise.index.sentences import Span


@dataclass(frozen=True, slots=True)
class Collection:
    """A named set of documents from one folder, and what its index was made with."""

    name: str
    root: str
    embedder: str
    fingerprint: str
    dimension: int
    chunk_tokens: int


@dataclass(frozen=True, slots=True)
class CollectionSize:
    """How much a collection holds."""

    documents: int
    chunks: int


@dataclass(frozen=True, slots=True)
class DocumentReference:
    """The document of a citation; ``sha256`` is of the file's bytes. ``id`` is the same for the same path of a collection."""

    id: str
    path: str
    title: str
    sha256: str
    media_type: str


@dataclass(frozen=True, slots=True)
class StoredDocument(DocumentReference):
    """What is known of a document; decoding its bytes with ``encoding`` gives the text that offsets refer to."""

    collection: str
    encoding: str
    size_bytes: int
    characters: int
    chunks: int
    metadata: Mapping[str, str]
    indexed_at: str


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk, its place in the order of its document's chunks, its text, and the layout of its document.

    ``text`` is the document's from ``start`` to where the next chunk of the section starts, so that adjacent chunks join.
    """

    id: int
    document: StoredDocument
    ordinal: int
    start: int
    end: int
    heading: tuple[str, ...]
    sentences: tuple[Span, ...]
    kinds: tuple[SentenceKind, ...]
    text: str
    layout: Layout


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk found by a search; a higher score is better, and scores of different searches do not compare."""

    chunk_id: int
    score: float


@dataclass(frozen=True, slots=True)
class Filter:
    """Which documents a search may look at; all conditions hold at once, and a metadata key may equal any of its values."""

    path_prefix: str = ""
    media_type: str | None = None
    metadata: Mapping[str, Sequence[str]] = field(default_factory=dict)


COLLECTION_NAME = r"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$"


def valid_collection_name(name: str) -> bool:
    """Whether a name is 1 to 64 of the ASCII letters, digits, ``-``, ``_`` and ``.``, and does not start with a dot."""
    return re.fullmatch(COLLECTION_NAME, name) is not None


class Store(Protocol):
    """Where documents, chunks and vectors live. Safe to read from many threads; one process writes at a time.

    Every method that takes the name of a collection raises UnknownCollectionError when there is none of that name.
    """

    def writing(self) -> AbstractContextManager[None]:
        """Be the one writer from enter to exit, across calls. Raises IndexLockedError when another is."""
        ...

    def collections(self) -> list[Collection]: ...

    def collection(self, name: str) -> Collection: ...

    def size(self, name: str) -> CollectionSize: ...

    def add_collection(self, collection: Collection) -> None: ...

    def remove_collection(self, name: str) -> None: ...

    def move_collection(self, name: str, root: str) -> None:
        """Note that the folder of a collection now stands at ``root``."""
        ...

    def documents(self, name: str, offset: int = 0, limit: int | None = None) -> list[StoredDocument]:
        """The documents of a collection by path."""
        ...

    def digests(self, name: str) -> dict[str, str]:
        """The sha256 of every document of a collection by path."""
        ...

    def damaged(self, name: str, path: str | None = None) -> list[str]:
        """Paths of the documents, or of the one at a path, that are not as they were put; all that is kept of them is read."""
        ...

    def document(self, document_id: str, among: Sequence[str] | None = None) -> StoredDocument:
        """Raises DocumentDamagedError and UnknownDocumentError, the latter also for one in none of the collections ``among``.

        That takes the same work as where there is none.
        """
        ...

    def document_at(self, name: str, path: str) -> StoredDocument:
        """Raises UnknownDocumentError, DocumentDamagedError."""
        ...

    def text(self, document_id: str, start: int = 0, end: int | None = None) -> str:
        """``[start, end)`` of a document's text, in code points, of which little more is read.

        Raises UnknownDocumentError, DocumentDamagedError.
        """
        ...

    def layout(self, document_id: str) -> Layout:
        """Raises UnknownDocumentError, DocumentDamagedError."""
        ...

    def put(self, name: str, document: Document, chunks: Sequence[Chunk], vectors: np.ndarray) -> None:
        """Add a document, or replace the one at its path, at once or not at all; vectors are float32 (chunks, dimension).

        Raises DocumentError when it has more chunks than a document can have.
        """
        ...

    def remove(self, name: str, paths: Sequence[str]) -> None:
        """Remove documents by path; paths that are not there are passed over."""
        ...

    def publish(self, name: str) -> None:
        """Bring the derived indexes of a collection up to date on disk."""
        ...

    def search_dense(self, name: str, vector: np.ndarray, limit: int, where: Filter) -> list[Hit]:
        """The nearest chunks by inner product with a float32 (dimension,) vector, best first."""
        ...

    def search_lexical(self, name: str, query: str, limit: int, where: Filter) -> list[Hit]:
        """The best chunks by BM25, best first."""
        ...

    def chunks(self, ids: Sequence[int]) -> list[StoredChunk]:
        """The chunks of these ids that still exist, in the order of ``ids``."""
        ...

    def close(self) -> None: ...
