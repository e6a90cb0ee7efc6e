"""The two protocols behind which an index lives, ``Catalogue`` and ``SearchIndex``, and the values that cross them."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np

from quotewise.index.boilerplate import SentenceKind
from quotewise.index.chunking import Chunk
from quotewise.index.documents import Document
from quotewise.index.filters import Filter
from quotewise.index.layout import Layout
from quotewise.index.left_out import LeftOut, Refusal
from quotewise.index.sentences import Span

COLLECTION_NAME = r"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$"


@dataclass(frozen=True, slots=True)
class Collection:
    """A named set of documents from one folder, and what its index was made with.

    ``language`` is an ISO 639-1 code, ``und`` for one without support, and empty while the texts are too short to tell.
    ``key`` is its number in the catalogue, never used again after it is removed; 0 before it is added.
    """

    name: str
    root: str
    embedder: str
    fingerprint: str
    dimension: int
    chunk_tokens: int
    language: str = ""
    key: int = field(default=0, compare=False)


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

    def at(self, place: str) -> str:
        """A place of it in printed form, such as: lease.pdf, page 3."""
        return f"{self.path}, {place}"


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
    """A chunk, its ordinal among the chunks of its document from 0, its text, and its document's layout. Ids have no order.

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
    """A chunk that a search returns; a higher score is better, and scores of different searches do not compare."""

    chunk_id: int
    score: float


class Change(NamedTuple):
    """A change to a catalogue: its number, and a random stamp that tells it from one of the same number elsewhere."""

    seq: int
    stamp: str


UNCHANGED = Change(0, "")
"""Before the first change."""


@dataclass(frozen=True, slots=True)
class IndexedChunk:
    """What a search index holds of a chunk: its document, its text under its headings, its float32 (dimension,) vector.

    ``name`` is the path and the title of its document, by which people ask for what its text does not repeat.
    """

    id: int
    document: int
    name: str
    text: str
    vector: np.ndarray


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed in a collection from ``since`` to ``until``.

    ``documents`` are the keys of the documents that came or went, ``chunks`` iterates over the chunks of those that exist.
    Where ``since`` is UNCHANGED that is the whole collection.
    """

    collection: Collection
    since: Change
    until: Change
    documents: Sequence[int]
    chunks: Callable[[], Iterator[IndexedChunk]]


class SharedRecords(Protocol):
    """What the processes of a service share beside documents, so that any of them answers for all, as JSON of the caller's.

    All methods raise CatalogueUnavailableError, and IndexLockedError where the database has too much to do.
    """

    def put_job(self, job_id: str, content: str, finished: bool) -> None:
        """Set the state of a job, which is to be told again and again until it is finished."""

    def job(self, job_id: str) -> tuple[str, bool] | None:
        """The state of a job, and whether it is finished or still told; None for one that is not known."""

    def put_answer(self, caller: str, request: str, content: str, kept: int) -> None:
        """Keep the answer to a caller's request, and the ``kept`` latest of all."""

    def answer(self, caller: str, request: str) -> str | None:
        """The answer to a caller's request, while it is kept."""

    def count_request(self, name: str, amount: int, seconds: int) -> float:
        """Count a request under a name, unless so many came in a window of so many seconds, and return the seconds to wait.

        The window moves: the requests of the fixed window before count by the share of it that the moving one covers.
        """


class Catalogue(Protocol):
    """The truth: what is committed here exists, and everything else can be made from it. Safe to use from many threads.

    Methods that write run between enter and exit of ``Store.writing``; each is one transaction. Every method that takes the
    name of a collection raises UnknownCollectionError when there is none of that name.

    ``shared`` is None where only the processes of one machine use the catalogue.
    """

    @property
    def shared(self) -> SharedRecords | None: ...

    def one_writer(self, seconds: float) -> AbstractContextManager[None]:
        """Keep the writers of other machines out from enter to exit. Raises IndexLockedError after so many seconds."""

    def collections(self) -> list[Collection]: ...

    def collection(self, name: str) -> Collection: ...

    def size(self, name: str) -> CollectionSize: ...

    def add_collection(self, collection: Collection) -> None:
        """Raises InvalidNameError when the name is not valid or not free."""

    def update_collection(self, collection: Collection) -> None:
        """Set the folder and the language of the collection of this name."""

    def rename_collection(self, name: str, new: str) -> None:
        """Give a collection another name, and so its documents other ids. Raises InvalidNameError as ``add_collection``."""

    def remove_collection(self, name: str) -> None: ...

    def documents(self, name: str, offset: int = 0, limit: int | None = None) -> list[StoredDocument]:
        """The documents of a collection by path."""

    def latest(self, name: str, limit: int) -> list[StoredDocument]:
        """The documents of a collection that were added or replaced last, the latest first."""

    def digests(self, name: str) -> dict[str, str]:
        """The sha256 of every document of a collection by path."""

    def stamps(self, name: str) -> dict[str, str]:
        """The stamps of files as text, as they were put, by the paths of documents that were not put again since."""

    def put_stamps(self, name: str, stamps: Mapping[str, str]) -> None:
        """Set the stamps that the files of documents had when they were read, by path."""

    def damaged(self, name: str, path: str | None = None) -> list[str]:
        """Paths of the documents, or of the one at ``path``, that differ from what was put; reads all of each."""

    def document(self, document_id: str, among: Sequence[str] | None = None) -> StoredDocument:
        """Raises DocumentDamagedError and UnknownDocumentError, the latter also for one in none of the collections ``among``.

        That takes the same work as where there is none.
        """

    def document_at(self, name: str, path: str) -> StoredDocument:
        """Raises UnknownDocumentError, DocumentDamagedError."""

    def text(self, document_id: str, start: int = 0, end: int | None = None) -> str:
        """``[start, end)`` of a document's text, in code points, of which little more is read.

        Raises UnknownDocumentError, DocumentDamagedError.
        """

    def layout(self, document_id: str) -> Layout:
        """Raises UnknownDocumentError, DocumentDamagedError."""

    def heading(self, document_id: str, offset: int) -> tuple[str, ...]:
        """The heading trail of the chunk at an offset of a document's text; empty where none begins before it."""

    def chunks(self, ids: Sequence[int]) -> list[StoredChunk]:
        """The chunks of these ids that still exist, in the order of ``ids``."""

    def vectors(self, name: str, path: str) -> dict[str, np.ndarray]:
        """The float32 vectors of the document at a path, by the texts that were embedded, as far as it is there and intact.

        They are those that were put, in half precision.
        """

    def put(self, name: str, document: Document, chunks: Sequence[Chunk], vectors: np.ndarray) -> None:
        """Add a document, or replace the one at its path, at once or not at all; vectors are float32 (chunks, dimension).

        Raises DocumentError when it has more chunks than a document can have.
        """

    def remove(self, name: str, paths: Sequence[str]) -> None:
        """Remove documents by path; paths without a document are ignored."""

    def left_out(self, name: str) -> list[LeftOut]:
        """The files of the collection's folder that were not read, or only in part, by path."""

    def put_left_out(self, name: str, files: Iterable[LeftOut]) -> None:
        """Set which files were not read at all; ``put`` and ``remove`` keep account of documents that are read in part."""

    def refusals(self, name: str) -> dict[str, Refusal]:
        """The refusals of parsers by path, as they were set."""

    def put_refusals(self, name: str, refusals: Mapping[str, Refusal]) -> None:
        """Set which files parsers refused, by path, so that none is parsed again while it and its parser are the same."""

    def matching_documents(self, name: str, where: Filter) -> list[int] | None:
        """Keys of the documents that a filter accepts, ascending; None when it accepts all."""

    def last_change(self, name: str) -> Change:
        """The latest change to a collection."""

    def first_change(self, name: str) -> Change:
        """The first change to a collection, which tells it from all others anywhere."""

    def changes(self, name: str, since: Change) -> Changes:
        """What changed in a collection; all of it where ``since`` is not part of this catalogue's history."""

    def api_keys(self) -> dict[str, str]:
        """All API keys by id, oldest first, as JSON whose content is not interpreted here. Raises IndexDamagedError."""

    def api_keys_revision(self) -> int:
        """A number that is another after each change of an API key."""

    def put_api_key(self, key_id: str, content: str) -> None:
        """Add an API key, or replace the one of this id."""

    def feedback(self, name: str) -> list[tuple[str, str]]:
        """The id and content of all feedback on answers from a collection, oldest first."""

    def put_feedback(self, name: str, request: str, content: str) -> str:
        """Store the feedback on an answer, in place of earlier feedback on the same one in any collection.

        Returns the id of the entry.
        """

    def check(self) -> None:
        """Read the whole catalogue. Raises IndexDamagedError at the first fault."""

    def close(self) -> None: ...


class SearchIndex(Protocol):
    """Derived from a catalogue by ``apply``, and made of ``(folder, catalogue)``.

    An index of a collection belongs to the key of the collection, since names are used again. Searches resolve their filter by
    ``Catalogue.matching_documents`` and apply it themselves; they and ``compact`` may run at any time, from many threads;
    ``apply``, ``remove`` and ``sweep`` run only in the holder of the writer's lock. All methods raise IndexUnavailableError
    when a library or the disk fails. ``is_shared`` says whether other machines search the same one.
    """

    is_shared: bool

    def position(self, name: str) -> Change:
        """The last change of a collection that its searches reflect.

        UNCHANGED when the index must be rebuilt: it is damaged, or the collection has another dimension or language now.
        """

    def refresh(self, name: str) -> None:
        """Open what another process has applied."""

    def apply(self, changes: Changes) -> None:
        """Index changes durably: remove the chunks of all changed documents, then add those that exist.

        From UNCHANGED on everything is replaced. Changes that are reflected already may come again. StoppedError, which the
        chunks may raise, passes.
        """

    def compaction_due(self, name: str) -> bool:
        """Whether so much has changed since the index was made that ``compact`` is worth its time."""

    def compact(self, name: str, writing: Callable[[], AbstractContextManager[None]], check: Callable[[], None]) -> None:
        """Write the index anew while others search and write; ``writing`` is entered, with the writer's lock, to exchange them.

        ``check`` is called often, and what it raises passes. Any failure leaves the index as it is.
        """

    def ready(self, name: str) -> bool:
        """Whether an index is open, be it empty."""

    def search_dense(self, name: str, vector: np.ndarray, limit: int, where: Filter) -> list[Hit]:
        """The nearest chunks by cosine with a float32 (dimension,) vector of length 1, best first; that is their score."""

    def search_lexical(self, name: str, query: str, limit: int, where: Filter) -> list[Hit]:
        """The best chunks by BM25, best first."""

    def stored_chunks(self, name: str) -> tuple[int, ...] | None:
        """How many chunks each part of the index stores, all of them when whole; None when it is damaged or behind."""

    def recall(self, name: str) -> float | None:
        """The share of the ten nearest chunks of exact search that dense search finds, as measured when it was built.

        None where it is exact, or not known.
        """

    def remove(self, name: str) -> None:
        """Remove the index of a collection, before the catalogue removes the collection."""

    def sweep(self) -> None:
        """Remove what processes that died have left."""


class Store(Protocol):
    """A catalogue and the search index that follows it. Safe to read from many threads; one process writes at a time."""

    catalogue: Catalogue

    def writing(self) -> AbstractContextManager[None]:
        """Be the one writer from enter to exit, across calls. Raises IndexLockedError within seconds when another is."""

    def publish(self, name: str) -> None:
        """Bring the search index of a collection up to date on disk, for all processes."""

    def finish_compaction(self) -> None:
        """Wait until no search index is being compacted, which publishing starts and closing breaks off."""

    def search_dense(self, name: str, vector: np.ndarray, limit: int, where: Filter) -> list[Hit]:
        """``SearchIndex.search_dense`` after catching up. Raises IndexRebuildingError while there is nothing to search yet."""

    def search_lexical(self, name: str, query: str, limit: int, where: Filter) -> list[Hit]:
        """``SearchIndex.search_lexical`` after catching up. Raises IndexRebuildingError as ``search_dense`` does."""


def valid_collection_name(name: str) -> bool:
    """Whether a name is 1 to 64 of the ASCII letters, digits, ``-``, ``_`` and ``.``, and does not start with a dot."""
    return re.fullmatch(COLLECTION_NAME, name) is not None
