"""The search index in local files: FAISS and Tantivy, one folder a collection, made again from the catalogue when damaged."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from quotewise.index.checksums import (
    CHECKSUMS,
    Checksums,
    begin_changing,
    make_private,
    read_checksums,
    remove,
    replaced,
    sweep,
    write_checksums,
)
from quotewise.index.errors import IndexUnavailableError, QuotewiseError, translate_errors
from quotewise.index.filters import Filter
from quotewise.index.lexical import LexicalIndex, analyzer_name
from quotewise.index.store import UNCHANGED, Catalogue, Change, Changes, Collection, Hit
from quotewise.index.vectors import Vectors

_FILTERS = 8
"""Whose documents are kept until the next change."""
_log = logging.getLogger("quotewise")


class _BrokenError(QuotewiseError):
    """FAISS, Tantivy or the file system fails."""


class LocalSearchIndex:
    """A ``SearchIndex`` below a folder.

    Where a library or the disk fails, the index of the collection is made again from the catalogue, once, in a new folder that
    replaces the old one as a whole.
    """

    is_shared = False

    def __init__(self, folder: Path, catalogue: Catalogue, vectors: type[Vectors] = Vectors) -> None:
        self._folder, self._catalogue, self._vectors = folder, catalogue, vectors
        self._mutex = threading.Lock()
        self._indexes: dict[int, _CollectionIndex] = {}
        self._matched: tuple[tuple[str, Change, Filter, np.ndarray], ...] = ()

    def position(self, name: str) -> Change:
        collection = self._catalogue.collection(name)
        index = self._of(collection)
        return index.change if index.made_with == _made_with(collection) else UNCHANGED

    def refresh(self, name: str) -> None:
        collection = self._catalogue.collection(name)
        self._of(collection).refresh(collection)

    def apply(self, changes: Changes) -> None:
        collection = changes.collection
        index, outdated = self._of(collection), self._outdated(collection)
        if changes.since == UNCHANGED and any(path.exists() for path in (index.folder, *outdated)):
            _log.warning(
                "the search index of %r is incomplete, damaged or of another version; it is made again", collection.name
            )
        try:
            with translate_errors(_BrokenError):
                index.apply(changes)
        except _BrokenError as error:
            _log.warning("the search index of %r cannot be used and is made again: %s", collection.name, error)
            with translate_errors(_unavailable):
                index.apply(self._catalogue.changes(collection.name, UNCHANGED))
        remove(*outdated)
        for path in outdated:
            with suppress(OSError):  # it holds other collections, or is gone
                path.parent.rmdir()

    def compaction_due(self, name: str) -> bool:
        vectors = self._of(self._catalogue.collection(name)).vectors
        return vectors is not None and vectors.compaction_due

    def compact(self, name: str, writing: Callable[[], AbstractContextManager[None]], check: Callable[[], None]) -> None:
        collection = self._catalogue.collection(name)

        def failed(reason: str) -> QuotewiseError:
            return IndexUnavailableError(f"the vectors of {name!r} could not be compacted and stay as they are: {reason}")

        with translate_errors(failed):
            self._of(collection).compact(collection, writing, check)

    def ready(self, name: str) -> bool:
        return self._of(self._catalogue.collection(name)).vectors is not None

    def search_dense(self, name: str, vector: np.ndarray, limit: int, where: Filter) -> list[Hit]:
        documents = self._matching_documents(name, where)
        with self._searching(name) as index:
            return index.vectors.search(vector, limit, documents) if index.vectors is not None else []

    def search_lexical(self, name: str, query: str, limit: int, where: Filter) -> list[Hit]:
        documents = self._matching_documents(name, where)
        with self._searching(name) as index:
            return index.lexical.search(query, limit, documents) if index.lexical is not None else []

    def stored_chunks(self, name: str) -> tuple[int, ...] | None:
        collection = self._catalogue.collection(name)
        index = _CollectionIndex(self._path(collection), self._vectors)
        index.refresh(collection)
        if index.change != self._catalogue.last_change(name):
            return None
        return len(index.vectors or ()), len(index.lexical or ())

    def recall(self, name: str) -> float | None:
        collection = self._catalogue.collection(name)
        if not any(self._path(collection).glob("recall-*")):
            return None
        index = self._of(collection)
        index.refresh(collection)
        return index.vectors.recall if index.vectors is not None else None

    def remove(self, name: str) -> None:
        collection = self._catalogue.collection(name)
        remove(self._path(collection), *self._outdated(collection))
        self._indexes.pop(collection.key, None)

    def sweep(self) -> None:
        sweep(self._folder)
        for collection in self._catalogue.collections():
            make_private([self._path(collection)])

    def _path(self, collection: Collection) -> Path:
        return self._folder / str(collection.key)

    def _matching_documents(self, name: str, where: Filter) -> np.ndarray | None:
        """``Catalogue.matching_documents``, looked up once for both searches of a question and for later questions."""
        if where == Filter():
            return None
        change = self._catalogue.last_change(name)
        for *known, documents in self._matched:
            if known == [name, change, where]:
                return documents
        documents = np.array(self._catalogue.matching_documents(name, where), np.int64)
        self._matched = ((name, change, where, documents), *self._matched[: _FILTERS - 1])
        return documents

    def _outdated(self, collection: Collection) -> list[Path]:
        """Where version 0.1 kept the index of a collection."""
        return [self._folder.parent / part / str(collection.key) for part in ("vectors", "lexical")]

    def _of(self, collection: Collection) -> "_CollectionIndex":
        with self._mutex:
            if collection.key not in self._indexes:
                self._indexes[collection.key] = _CollectionIndex(self._path(collection), self._vectors)
            return self._indexes[collection.key]

    @contextmanager
    def _searching(self, name: str) -> Iterator["_CollectionIndex"]:
        """An index to search; where that fails, it is made again at the next look. Raises IndexUnavailableError."""
        index = self._of(self._catalogue.collection(name))
        try:
            with translate_errors(_unavailable):
                yield index
        except IndexUnavailableError:
            index.change = UNCHANGED
            raise


class _CollectionIndex:
    """The vectors and words of one collection, open for searches while their successors are made."""

    def __init__(self, folder: Path, kind: type[Vectors]) -> None:
        self.folder, self._kind = folder, kind
        self.vectors: Vectors | None = None
        self.lexical: LexicalIndex | None = None
        self.change, self.made_with = UNCHANGED, ""
        self._seen: tuple[int, ...] = ()
        self._checksums = Checksums()
        self._changing = threading.Lock()

    def refresh(self, collection: Collection) -> None:
        """Open what is on disk if it has changed. Where that fails, keep what is open, as if it reflected no change."""
        if not self._changing.acquire(blocking=False):
            return
        try:
            made_with = _made_with(collection)
            if self._stamp() == self._seen and made_with == self.made_with:
                return
            seen, stored = self._stamp(), read_checksums(self.folder, made_with, self._checksums)
            try:
                with translate_errors(IndexUnavailableError):
                    if stored:
                        opened = self.vectors if made_with == self.made_with else None
                        vectors = self._kind.read(self.folder, stored[1], collection.dimension, opened)
                        self.lexical, self.vectors = LexicalIndex.open(self.folder, collection.language), vectors
            except IndexUnavailableError:  # its writer has replaced it since, or it is of another version
                stored = None
            self.change, self.made_with, self._seen = stored[0] if stored else UNCHANGED, made_with, seen
        finally:
            self._changing.release()

    def apply(self, changes: Changes) -> None:
        """Index changes: in place where the files are as they were left, otherwise in a new folder."""
        made_with = _made_with(changes.collection)
        with self._changing:
            if changes.since == UNCHANGED:
                self._replace(changes, made_with)
            elif self.vectors is None or self.lexical is None or self._stored_change(made_with) != self.change:
                raise _BrokenError("its checksums do not match")
            else:
                begin_changing(self.folder, [path.name for path in self.vectors.files(self.folder)])
                vectors = self.vectors.updated(changes).written(self.folder)
                self.lexical.update(changes)
                outdated = vectors.outdated(self.folder)
                write_checksums(self.folder, changes.until, made_with, self._checksums, outdated)
                self.vectors = vectors
            self.change, self.made_with, self._seen = changes.until, made_with, self._stamp()

    def compact(
        self, collection: Collection, writing: Callable[[], AbstractContextManager[None]], check: Callable[[], None]
    ) -> None:
        """Write the vectors anew beside those that are searched and changed, and exchange them, unless all was made again."""
        before, draft = self.vectors, self.folder / ".compaction"
        if before is None:
            return
        with suppress(Timeout), FileLock(self.folder / "compaction.lock", 0, mode=0o600):  # else another process compacts
            try:
                remove(draft)  # of a process that died
                draft.mkdir(0o700)
                after = before.compacted(draft, check)
                for path in draft.iterdir():
                    self._checksums.of(path)
                with writing():
                    self.refresh(collection)
                    with self._changing:
                        self._exchange(before, after, draft)
            except FileNotFoundError:
                if draft.exists():
                    raise
            finally:
                remove(draft)

    def _exchange(self, before: Vectors, after: Vectors, draft: Path) -> None:
        """Take the compacted vectors in place of those that they were made of, with what these have had since."""
        now = self.vectors
        same = now is not None and (now.token, now.stamp) == (before.token, before.stamp)
        if now is None or not same or self._stored_change(self.made_with) != self.change:
            return
        try:
            for path in list(draft.iterdir()):
                self._checksums.renamed(path, path.rename(self.folder / path.name))
            after = now.moved_to(after, before.logged, self.folder)
            write_checksums(self.folder, self.change, self.made_with, self._checksums, after.outdated(self.folder))
        except BaseException:
            remove(*now.outdated(self.folder))
            raise
        self.vectors, self._seen = after, self._stamp()

    def _replace(self, changes: Changes, made_with: str) -> None:
        collection = changes.collection
        vectors = self._kind.empty(collection.dimension).updated(changes)
        try:
            with replaced(self.folder) as folder:
                vectors = vectors.written(folder)
                LexicalIndex.create(folder, collection.language).update(changes)
                write_checksums(folder, changes.until, made_with, Checksums())
            self.lexical = LexicalIndex.open(self.folder, collection.language)
        finally:
            self.vectors = vectors  # which are searched even where the disk is full

    def _stored_change(self, made_with: str) -> Change | None:
        stored = read_checksums(self.folder, made_with, self._checksums)
        return stored[0] if stored else None

    def _stamp(self) -> tuple[int, ...]:
        with suppress(OSError):
            stat = (self.folder / CHECKSUMS).stat()
            return stat.st_ino, stat.st_mtime_ns
        return ()


class NoVectors(Vectors):
    """Of an index of words alone, beside an engine that has the vectors."""

    @classmethod
    def read(cls, folder: Path, files: Mapping[str, int], dimension: int, opened: Vectors | None) -> Vectors:
        return cls.empty(dimension)

    def updated(self, changes: Changes) -> Vectors:
        return self

    def written(self, folder: Path) -> Vectors:
        return self

    def files(self, folder: Path) -> list[Path]:
        return []


def _made_with(collection: Collection) -> str:
    return f"{collection.dimension} {analyzer_name(collection.language)}"


def _unavailable(reason: str) -> QuotewiseError:
    return IndexUnavailableError(f"the search index cannot be used or written: {reason}")
