"""The default store, all in one folder: a SQLite catalogue, and FAISS and Tantivy indexes that follow it."""

import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from index.catalogue import Catalogue
from index.chunks import Chunk
from index.documents import Document
from index.errors import IndexLockedError, IndexMissingError, IndexUnavailableError, InvalidNameError
from index.lexical import LexicalIndex
from index.seal import Change
from index.store import Collection, Filter, Hit, StoredChunk, valid_collection_name
from index.vectors import VectorIndex

_LOOK_AGAIN_SECONDS = 1.0
"""How long a reader may miss what another process has committed."""
_LOCK_SECONDS = 1.0
"""How long a writer waits for its lock: as long as a reader in another process may take to catch up on small changes."""


class EmbeddedStore:
    """A ``Store`` in one folder. Opening it brings back whatever was committed, also after a crash.

    Args:
        folder: the index folder.
        create: make the folder and an empty catalogue when there is none.

    Raises:
        IndexMissingError: there is no index in the folder and ``create`` is false.
        IndexDamagedError, IndexVersionError: the catalogue cannot be used.
    """

    def __init__(self, folder: Path, create: bool = False) -> None:
        path = folder / "catalogue.sqlite"
        if not create and not path.is_file():
            raise IndexMissingError(f"there is no index in {folder}; make one with: quotewise index FOLDER --index {folder}")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise IndexMissingError(f"cannot make the index folder {folder}: {error.strerror}") from error
        self.folder = folder
        self._catalogue = Catalogue(path)
        self._lock = FileLock(folder / "writer.lock")
        self._mending = threading.Lock()
        self._opening = threading.Lock()
        self._derived: dict[int, _Derived] = {}
        self.collections = self._catalogue.collections
        self.collection = self._catalogue.collection
        self.size = self._catalogue.size
        self.documents = self._catalogue.documents
        self.digests = self._catalogue.digests
        self.document = self._catalogue.document
        self.document_at = self._catalogue.document_at
        self.text = self._catalogue.text
        self.check = self._catalogue.check
        self.put_feedback = self._catalogue.put_feedback
        self.feedback = self._catalogue.feedback

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the one writer. Raises IndexLockedError within a second when another process or thread is."""
        deadline = time.monotonic() + _LOCK_SECONDS
        if not self._mending.acquire(timeout=_LOCK_SECONDS):
            raise IndexLockedError(f"the search of {self.folder} is being brought up to date; try again when that is done")
        try:
            held = self._lock.acquire(timeout=max(0.0, deadline - time.monotonic()))
        except Timeout:
            raise IndexLockedError(f"another process is writing to {self.folder}; try again when it is done") from None
        finally:
            self._mending.release()
        with held:
            yield

    def add_collection(self, collection: Collection) -> None:
        if not valid_collection_name(collection.name):
            raise InvalidNameError(
                f"the collection name {collection.name!r} is not valid; use 1 to 64 letters, digits, '-', '_' and '.'"
            )
        with self.writing():
            self._catalogue.add_collection(collection)

    def remove_collection(self, name: str) -> None:
        with self.writing():
            derived, key = self._derived_of(name), self._catalogue.key(name)
            self._catalogue.remove_collection(name)
            self._derived.pop(key, None)
            derived.remove()

    def move_collection(self, name: str, root: str) -> None:
        with self.writing():
            self._catalogue.move_collection(name, root)

    def put(self, name: str, document: Document, chunks: Sequence[Chunk], vectors: np.ndarray) -> None:
        with self.writing():
            self._catalogue.put(name, document, chunks, vectors)
            self._changed(name)

    def remove(self, name: str, paths: Sequence[str]) -> None:
        with self.writing():
            self._catalogue.remove(name, paths)
            self._changed(name)

    def publish(self, name: str) -> None:
        with self.writing():
            self._derived_of(name).save()

    def search_vectors(self, name: str, vector: np.ndarray, limit: int, where: Filter) -> list[Hit]:
        documents = self._catalogue.matching_documents(name, where)
        return self._follow(name).vectors.search(vector, limit, documents)

    def search_text(self, name: str, query: str, limit: int, where: Filter) -> list[Hit]:
        documents = self._catalogue.matching_documents(name, where)
        return self._follow(name).lexical.search(query, limit, documents)

    def chunks(self, ids: Sequence[int]) -> list[StoredChunk]:
        return self._catalogue.chunks(ids)

    def close(self) -> None:
        self._catalogue.close()

    def _derived_of(self, name: str) -> "_Derived":
        key = self._catalogue.key(name)
        with self._opening:
            if key not in self._derived:
                self._derived[key] = _Derived(self.folder, self._catalogue, key, self.collection(name).dimension)
            return self._derived[key]

    def _changed(self, name: str) -> None:
        derived = self._derived.get(self._catalogue.key(name))
        if derived:
            derived.looked = float("-inf")

    def _follow(self, name: str) -> "_Derived":
        """The derived indexes, caught up if it is time to look: words only when no other process is writing."""
        derived = self._derived_of(name)
        if time.monotonic() - derived.looked >= _LOOK_AGAIN_SECONDS and not derived.follow():
            with suppress(Timeout, IndexUnavailableError), self._mending, self._lock.acquire(timeout=0):
                derived.save()  # where another process writes, it brings the words up to date itself when it publishes
        return derived


class _Derived:
    """The two derived indexes of one collection."""

    def __init__(self, folder: Path, catalogue: Catalogue, key: int, dimension: int) -> None:
        self._catalogue = catalogue
        self._key = key
        self._folders = [folder / "vectors" / str(key), folder / "lexical" / str(key)]
        self._updating = threading.RLock()
        self.looked = float("-inf")
        self.vectors = VectorIndex(self._folders[0], dimension)
        self.lexical = LexicalIndex(self._folders[1])

    def follow(self) -> bool:
        """Catch up in memory; False when what is on disk is behind, which only the holder of the lock may mend."""
        with self._updating:
            self.looked = time.monotonic()  # before looking, so that a change made meanwhile is looked for again
            change = self._catalogue.last_change(self._key)
            self._update(self.vectors, change)
            if self.lexical.at != change:
                self.lexical.reopen()
            return self.lexical.at == change == self.vectors.saved

    def save(self) -> None:
        """Catch up in memory and on disk; only for the holder of the lock."""
        with self._updating:
            change = self._catalogue.last_change(self._key)
            self.lexical.reopen()
            self._update(self.vectors, change)
            try:
                self._update(self.lexical, change)
                self.vectors.save()
            except (OSError, RuntimeError, ValueError) as error:  # of the file system, FAISS and Tantivy
                raise IndexUnavailableError(f"the indexes beside the catalogue cannot be written: {error}") from error

    def remove(self) -> None:
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)

    def _update(self, index: VectorIndex | LexicalIndex, change: Change) -> None:
        if index.at != change:
            if not self._catalogue.has_change(self._key, index.at):
                index.reset()
            changed = self._catalogue.changed_documents(self._key, index.at)
            index.update(changed, self._catalogue.indexed_chunks(changed), change)
