"""The default store, all in one folder: a SQLite catalogue, and FAISS and Tantivy indexes that follow it."""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from filelock import AcquireReturnProxy, FileLock, Timeout
from quotewise.index.atomic_files import sweep_drafts
from quotewise.index.catalogue import Catalogue
from quotewise.index.checksums import make_private, sweep
from quotewise.index.chunking import Chunk
from quotewise.index.documents import Document
from quotewise.index.errors import IndexLockedError, IndexMissingError, IndexUnavailableError, InvalidNameError
from quotewise.index.search_index import PATIENCE_SECONDS, DerivedIndexes
from quotewise.index.store import Collection, Filter, Hit, StoredChunk, valid_collection_name

_LOOK_AGAIN_SECONDS = 1.0
"""How long a reader may miss what another process has committed."""
_LOCK_SECONDS = 1.0
"""How long a writer waits for its lock: as long as a reader may take to catch up on small changes."""
_KINDS = ("vectors", "lexical")
_FILES = ("catalogue.sqlite*", "writer.lock", "keys.json*", "keys.lock")
_log = logging.getLogger("quotewise")


class LocalStore:
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
            folder.mkdir(0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise IndexMissingError(f"cannot make the index folder {folder}: {error.strerror}") from error
        self.folder = folder
        self._catalogue = Catalogue(path)
        self._lock = FileLock(folder / "writer.lock", mode=0o600)
        self._mending = threading.Lock()
        self._opening = threading.Lock()
        self._derived: dict[int, DerivedIndexes] = {}
        self.collections = self._catalogue.collections
        self.collection = self._catalogue.collection
        self.size = self._catalogue.size
        self.documents = self._catalogue.documents
        self.digests = self._catalogue.digests
        self.document = self._catalogue.document
        self.document_at = self._catalogue.document_at
        self.text = self._catalogue.text
        self.layout = self._catalogue.layout
        self.damaged = self._catalogue.damaged
        self.check_catalogue = self._catalogue.check
        self.put_feedback = self._catalogue.put_feedback
        self.feedback = self._catalogue.feedback

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the one writer, who may say so again.

        Raises:
            IndexLockedError: within a second, when another process or thread is.
            IndexUnavailableError: the file of the lock cannot be opened.
        """
        if self._lock.is_locked:  # by this thread
            with self._acquired(0):
                yield
            return
        deadline = time.monotonic() + _LOCK_SECONDS
        if not self._mending.acquire(timeout=_LOCK_SECONDS):  # a thread that searches is catching up under the lock
            raise IndexLockedError(f"the search of {self.folder} is being brought up to date; try again when that is done")
        try:
            held = self._acquired(max(0.0, deadline - time.monotonic()))
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

    def search_dense(self, name: str, vector: np.ndarray, limit: int, where: Filter) -> list[Hit]:
        documents = self._catalogue.matching_documents(name, where)
        derived = self._follow(name)
        with derived.searching(derived.vectors):
            return derived.vectors.search(vector, limit, documents)

    def search_lexical(self, name: str, query: str, limit: int, where: Filter) -> list[Hit]:
        documents = self._catalogue.matching_documents(name, where)
        derived = self._follow(name)
        with derived.searching(derived.lexical):
            return derived.lexical.search(query, limit, documents)

    def chunks(self, ids: Sequence[int]) -> list[StoredChunk]:
        return self._catalogue.chunks(ids)

    def held_chunks(self, name: str) -> dict[str, int | None]:
        """How many chunks the ``vectors`` and the ``words`` on disk hold; None for what is damaged or behind the catalogue."""
        return self._derived_of(name).held_chunks()

    def sweep(self) -> None:
        """Remove what processes that died have left half made, and let only their owner use the files of the index.

        Passed over while another process writes. Raises IndexUnavailableError when the file of the lock cannot be opened.
        """
        try:
            held = self._acquired(0)
        except Timeout:
            return
        with held:
            for kind in _KINDS:
                sweep(self.folder / kind)
            for collection in self.collections():
                sweep_drafts(Path(collection.root))
                make_private(self.folder / kind / str(self._catalogue.key(collection.name)) for kind in _KINDS)
            make_private(path for pattern in _FILES for path in self.folder.glob(pattern))  # other files there are the user's

    def close(self) -> None:
        self._catalogue.close()

    def _derived_of(self, name: str) -> DerivedIndexes:
        key = self._catalogue.key(name)
        with self._opening:
            if key not in self._derived:
                self._derived[key] = DerivedIndexes(self.folder, self._catalogue, key, self.collection(name).dimension)
            return self._derived[key]

    def _changed(self, name: str) -> None:
        derived = self._derived.get(self._catalogue.key(name))
        if derived:
            derived.looked = float("-inf")

    def _follow(self, name: str) -> DerivedIndexes:
        """The derived indexes, caught up if it is time to look: words only when no other process is writing.

        Raises IndexRebuildingError when it is, and there are chunks but no words to search yet.
        """
        derived = self._derived_of(name)
        look = not derived.opened or time.monotonic() - derived.looked >= _LOOK_AGAIN_SECONDS
        if look and not derived.follow():
            if self._mending.acquire(timeout=PATIENCE_SECONDS):
                try:
                    self._mend(derived)
                finally:
                    self._mending.release()
            else:
                derived.require()
        return derived

    def _mend(self, derived: DerivedIndexes) -> None:
        try:
            held = self._acquired(0)
        except Timeout:  # the process that writes brings the words up to date itself when it publishes
            if len(derived.vectors):
                derived.require()
            return
        except IndexUnavailableError as error:
            if not derived.opened:
                raise
            _log.error("%s", error)
            return
        with held:
            try:
                derived.mend()
            except IndexUnavailableError as error:
                _log.error("%s", error)

    def _acquired(self, seconds: float) -> AcquireReturnProxy[FileLock]:
        """The writer's lock, held. Raises Timeout, and IndexUnavailableError when its file cannot be opened."""
        try:
            return self._lock.acquire(timeout=seconds)
        except Timeout:
            raise
        except OSError as error:
            raise IndexUnavailableError(f"the lock of {self.folder} cannot be used: {error.strerror or error}") from error
