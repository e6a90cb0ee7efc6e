"""The store of one machine: a catalogue, by default in SQLite, and a search index in the same folder that follows it."""

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
from filelock import AcquireReturnProxy, FileLock, Timeout

from quotewise.index.atomic_files import sweep_drafts
from quotewise.index.catalogue import open_catalogue
from quotewise.index.checksums import make_private
from quotewise.index.errors import (
    CatalogueUnavailableError,
    EngineUnavailableError,
    IndexLockedError,
    IndexMissingError,
    IndexRebuildingError,
    IndexUnavailableError,
    QuotewiseError,
    StoppedError,
    UnknownCollectionError,
)
from quotewise.index.files import is_address
from quotewise.index.filters import Filter
from quotewise.index.schema import SQLITE_FILE
from quotewise.index.search_index import LocalSearchIndex
from quotewise.index.store import Catalogue, Changes, Hit, IndexedChunk, SearchIndex

_CURRENT_SECONDS = 1.0
"""How long a search may miss what another process has committed."""
_LOCK_SECONDS = 1.0
"""How long a writer waits for the lock: enough for the search index to catch up on small changes."""
_OTHERS_SECONDS = 3.0
"""How long a writer waits for one on another machine: enough for an upload there."""
_POLL_SECONDS = 0.01
_STOP_SECONDS = 2.0
"""How long closing waits for a thread that works on a search index."""
_RETRY_SECONDS = 60.0
"""After the search index could not be brought up to date or compacted, until that is tried again."""
_FILES = (f"{SQLITE_FILE}*", "writer.lock", "keys.json*")
_log = logging.getLogger("quotewise")


class LocalStore:
    """A ``Store`` whose search index is in one folder. Opening it restores whatever was committed, also after a crash.

    Where machines share a catalogue, one of all their processes writes at a time. A search index that is the machine's own
    follows whatever any of them wrote, and only its processes wait for each other to bring it up to date.

    A search whose index is behind the catalogue starts a thread that brings it up to date, and waits for that up to
    ``wait_seconds``; then it uses what is there. A service that answers many bounds it.

    Args:
        folder: the index folder.
        create: make the folder and an empty catalogue when there is none.
        search_index: makes the search index, by default in local files.
        catalogue: the URL of the catalogue in PostgreSQL; by default it is a file in the folder.

    Raises:
        IndexMissingError: there is no index in the folder and ``create`` is false.
        IndexDamagedError, IndexVersionError, CatalogueUnavailableError: the catalogue cannot be used.
    """

    def __init__(
        self,
        folder: Path,
        create: bool = False,
        search_index: Callable[[Path, Catalogue], SearchIndex] = LocalSearchIndex,
        catalogue: str | None = None,
    ) -> None:
        if create or catalogue:
            try:
                folder.mkdir(0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise IndexMissingError(f"cannot make the index folder {folder}: {error.strerror}") from error
        self.folder = folder
        self.wait_seconds = math.inf
        self.catalogue: Catalogue = open_catalogue(folder, catalogue, create)
        self.search_index = search_index(folder / "search", self.catalogue)
        self._lock = FileLock(folder / "writer.lock", mode=0o600)
        self._starting = threading.Lock()
        self._tasks: dict[str, _Task] = {}
        self._compactions: dict[str, _Task] = {}
        self._current_at: dict[str, float] = {}
        self._closed = threading.Event()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the one writer; may be nested.

        Raises:
            IndexLockedError: within a second, when another process or thread is, or within three, when one elsewhere is.
            IndexUnavailableError: the file of the lock, or the database of the catalogue, cannot be used.
        """
        with self._acquired(0 if self._lock.is_locked else _LOCK_SECONDS), self.catalogue.one_writer(_OTHERS_SECONDS):
            yield

    def publish(self, name: str) -> None:
        """Bring the search index up to date; where an engine does not answer it catches up later, at a search."""
        with self.writing():
            try:
                self._update(name)
            except EngineUnavailableError as error:
                _log.error("what changed is stored, and the search index follows later: %s", error)

    def finish_compaction(self) -> None:
        for task in list(self._compactions.values()):
            task.join()

    def remove_collection(self, name: str) -> None:
        """Remove a collection and its search index."""
        with self.writing():
            self.search_index.remove(name)
            self.catalogue.remove_collection(name)

    def search_dense(self, name: str, vector: np.ndarray, limit: int, where: Filter) -> list[Hit]:
        self._wait_until_current(name)
        return self.search_index.search_dense(name, vector, limit, where)

    def search_lexical(self, name: str, query: str, limit: int, where: Filter) -> list[Hit]:
        self._wait_until_current(name)
        return self.search_index.search_lexical(name, query, limit, where)

    def catch_up(self, name: str) -> None:
        """Bring the search index of a collection up to date, however long that takes, unless another process is writing.

        Raises IndexUnavailableError.
        """
        self.search_index.refresh(name)
        if self._is_current(name):
            return
        try:
            lock = self._following(0)
        except IndexLockedError:  # the process that writes publishes
            return
        with lock:
            self._update(name)

    def sweep(self) -> None:
        """Remove what processes that died have left, and set private modes on the files of the index.

        Does nothing while another process writes. Raises IndexUnavailableError when the file of the lock cannot be opened.
        """
        try:
            lock = self._following(0)
        except IndexLockedError:
            return
        with lock:
            self.search_index.sweep()
            for root in (collection.root for collection in self.catalogue.collections()):
                if not is_address(root):
                    sweep_drafts(Path(root))
            make_private(path for pattern in _FILES for path in self.folder.glob(pattern))  # other files are the user's

    def close(self) -> None:
        """Stop catching up and compacting, and close the catalogue."""
        self._closed.set()
        for task in [*self._tasks.values(), *self._compactions.values()]:
            task.join(_STOP_SECONDS)
        self.catalogue.close()

    def _wait_until_current(self, name: str) -> None:
        """Wait until the search index reflects the catalogue, or as much of it as ``wait_seconds`` allows.

        Raises IndexRebuildingError when there are documents but nothing to search yet, IndexUnavailableError when that will
        not change.
        """
        now = time.monotonic()
        if now - self._current_at.get(name, -math.inf) < _CURRENT_SECONDS:
            return
        if not self._is_current(name):
            task = self._task(self._tasks, self.catch_up, name)
            task.join(None if math.isinf(self.wait_seconds) else max(0.0, task.started + self.wait_seconds - now))
            if not self.search_index.ready(name):
                if isinstance(task.error, IndexUnavailableError):
                    raise type(task.error)(str(task.error)) from task.error
                raise IndexRebuildingError("the index is being rebuilt from the catalogue; try again when that is done")
        if self.search_index.ready(name):
            self._current_at[name] = now

    def _task(self, tasks: dict[str, "_Task"], work: Callable[[str], None], name: str) -> "_Task":
        """The thread that does this work on a collection, or the last one if that failed just now."""
        with self._starting:
            task = tasks.get(name)
            failed = task and _lasts(task.error) and time.monotonic() < task.ended + _RETRY_SECONDS
            if not task or not (task.is_alive() or failed):
                task = tasks[name] = _Task(work, name)
                task.start()
            return task

    def _compact(self, name: str) -> None:
        self.search_index.compact(name, self._writing_when_free, self._check_open)

    @contextmanager
    def _writing_when_free(self) -> Iterator[None]:
        """Be the one writer as soon as nobody else is."""
        while True:
            self._check_open()
            with suppress(IndexLockedError):
                lock = self._following(_LOCK_SECONDS)
                break
        with lock:
            yield

    def _is_current(self, name: str) -> bool:
        return self.search_index.position(name) == self.catalogue.last_change(name)

    def _update(self, name: str) -> None:
        """Bring the search index up to date; only in the holder of the lock."""
        self.search_index.refresh(name)
        position = self.search_index.position(name)
        changes = self.catalogue.changes(name, position)
        if changes.until != position:
            self.search_index.apply(replace(changes, chunks=lambda: self._until_closed(changes)))
        self._current_at.pop(name, None)
        if self.search_index.compaction_due(name):
            self._task(self._compactions, self._compact, name)

    def _until_closed(self, changes: Changes) -> Iterator[IndexedChunk]:
        for chunk in changes.chunks():
            self._check_open()
            yield chunk

    def _check_open(self) -> None:
        if self._closed.is_set():
            raise StoppedError("the search index was not brought up to date, since the store was closed")

    def _following(self, seconds: float) -> ExitStack:
        """The locks under which the search index may be written, held. Raises as ``writing`` does."""
        with ExitStack() as held:
            held.enter_context(self._acquired(seconds))
            if self.search_index.is_shared:
                held.enter_context(self.catalogue.one_writer(seconds))
            return held.pop_all()

    def _acquired(self, seconds: float) -> AcquireReturnProxy[FileLock]:
        """The lock of the folder, held. Raises as ``writing`` does."""
        try:
            return self._lock.acquire(timeout=seconds, poll_interval=_POLL_SECONDS)
        except Timeout:
            if any(task.is_alive() for task in list(self._tasks.values())):
                raise IndexLockedError(f"the search index of {self.folder} is being brought up to date; try again") from None
            raise IndexLockedError(f"another process is writing to {self.folder}; try again when it is done") from None
        except OSError as error:
            raise IndexUnavailableError(f"the lock of {self.folder} cannot be used: {error.strerror or error}") from error


def _lasts(error: QuotewiseError | None) -> bool:
    """Whether the same would fail again; a catalogue that did not answer does now, since it said what there is to do."""
    return isinstance(error, IndexUnavailableError) and not isinstance(error, CatalogueUnavailableError)


class _Task(threading.Thread):
    """A thread that works on the search index of a collection; ``error`` is what it failed with."""

    def __init__(self, work: Callable[[str], None], name: str) -> None:
        super().__init__(name=f"{work.__name__} {name}", daemon=True)
        self._work, self._collection = work, name
        self.started = self.ended = time.monotonic()
        self.error: QuotewiseError | None = None

    def run(self) -> None:
        try:
            self._work(self._collection)
        except QuotewiseError as error:
            self.error, self.ended = error, time.monotonic()
            if not isinstance(error, StoppedError | UnknownCollectionError):
                _log.error("%s", error)
