"""Files into a collection: indexes only what changed, and keeps the last good version of a file that cannot be read now."""

import time
from collections.abc import Generator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from quotewise.index.chunking import DEFAULT_CHUNK_TOKENS, HEADING_ROOM, Chunker
from quotewise.index.documents import Document, SourceFile
from quotewise.index.embedders import Embedder
from quotewise.index.embedding import EmbeddingQueue, chunk_texts
from quotewise.index.errors import (
    ChunkingError,
    DocumentDamagedError,
    DocumentError,
    EmbedderMismatchError,
    FolderError,
)
from quotewise.index.files import Files, FolderFiles
from quotewise.index.formats import ENDINGS
from quotewise.index.languages import detect_language
from quotewise.index.printable import printable
from quotewise.index.progress import Progress, Work
from quotewise.index.reading import FileReader, ReadFile, Reading, read_document
from quotewise.index.store import Catalogue, Collection, Store
from quotewise.index.sync_report import Cost, Failure, SyncReport
from quotewise.index.workers import Due, Task, Workers

_MOST_VANISHED = 3
"""Documents that are removed with the last files of a folder; an empty one that had more is rather one not mounted."""
_LANGUAGE_DOCUMENTS, _LANGUAGE_CHARACTERS = 50, 2000
"""From so many documents, and so many characters of each, the language of a collection is detected."""


class Sync:
    """Brings a collection to the state of a folder, or of the objects of a bucket.

    Args:
        store: where the collection is.
        embedder: makes the vectors; must be the one that the collection was made with.
        reading: how the files are read.
        workers: read and embed them in place of this process.
    """

    def __init__(
        self, store: Store, embedder: Embedder, reading: Reading | None = None, workers: Workers | None = None
    ) -> None:
        self._store, self._catalogue, self._embedder = store, store.catalogue, embedder
        self._reading, self._workers = reading or Reading(), workers

    def run(
        self,
        folder: Path | Files,
        name: str = "default",
        chunk_tokens: int | None = None,
        moved: bool = False,
        progress: Progress = lambda step: None,
        language: str | None = None,
    ) -> SyncReport:
        """Add new files, replace changed ones, remove vanished ones, one transaction a document, then publish.

        Args:
            folder: the folder to index, or the files.
            name: the collection, which is made if it does not exist.
            chunk_tokens: the chunk size of a new collection; an existing one keeps its own.
            moved: the collection's folder is now at ``folder``.
            progress: called before and after each file, and now and then within one.
            language: an ISO 639-1 code; by default the collection keeps its language, or it is detected.

        Raises:
            FolderError: the folder is missing, or has no file to index while the collection has none or more than a few
                documents, or the collection is of another folder.
            IndexLockedError: another process is writing.
            FolderUnavailableError: the bucket cannot be read, or not any more; what was committed until then stays.
            EmbedderMismatchError, ChunkingError: the collection was made with another embedder or chunk size.
            WorkersError: there are no workers.
        """
        place = FolderFiles(folder) if isinstance(folder, Path) else folder
        with self._store.writing():
            files, collection = self._plan(place, name, chunk_tokens, moved)  # with all that was uploaded until now
            collection = replace(collection, language=language or collection.language)
            known = find_collection(self._catalogue, name)
            if known is None:
                self._catalogue.add_collection(collection)
            elif known != collection:
                self._catalogue.update_collection(collection)
            run = _Run(self._catalogue, self._embedder, collection, place, self._reading, self._workers)
            run.read_all(files, progress)
            run.remove_all_but({file.path for file in files})
            set_language(self._catalogue, name)
            report = run.report()
            self._store.publish(name)
        return report

    def check(self, folder: Path, name: str, chunk_tokens: int | None = None, moved: bool = False) -> None:
        """Raises the FolderError, EmbedderMismatchError or ChunkingError that ``run`` would, and changes nothing."""
        self._plan(FolderFiles(folder), name, chunk_tokens, moved)

    def _plan(self, folder: Files, name: str, chunk_tokens: int | None, moved: bool) -> tuple[list[SourceFile], Collection]:
        """The files to index, and the collection as it will be."""
        files, root = checked_files(folder, may_be_empty=not moved)
        known = find_collection(self._catalogue, name)
        if not any(file.is_document for file in files):
            self._check_empty(folder, name, root, known)
        if known is None:
            return files, new_collection(name, root, self._embedder, chunk_tokens)
        check_embedder(known, self._embedder)
        if chunk_tokens not in (None, known.chunk_tokens):
            raise ChunkingError(
                f"the collection {name!r} has chunks of {known.chunk_tokens} tokens, not {chunk_tokens}; "
                "keep that, or index into another collection"
            )
        if known.root != root and not moved:
            raise FolderError(
                f"the collection {name!r} holds the documents of {known.root}, not of {root}; name another collection, "
                "or say that the folder has moved (--moved)"
            )
        return files, replace(known, root=root)

    def _check_empty(self, folder: Files, name: str, root: str, known: Collection | None) -> None:
        """Raises FolderError unless a folder that is empty now had a few documents, which may have been deleted by hand."""
        count = len(self._catalogue.digests(name)) if known and known.root == root else 0
        if not count:
            raise _empty(folder)
        if count > _MOST_VANISHED:
            raise FolderError(
                f"{folder} holds no {ENDINGS} files, but the collection {name!r} has {count:,} documents; "
                f"nothing was changed; is it mounted? To remove them all: quotewise rm --all -c {name}"
            )


def checked_files(folder: Files, may_be_empty: bool = False) -> tuple[list[SourceFile], str]:
    """The files, and what they are below. Raises FolderError when that is missing, unlisted or empty."""
    files = list(folder.find())
    if not may_be_empty and not any(file.is_document for file in files):
        raise _empty(folder)
    root = folder.root
    if root != root.encode(errors="replace").decode():
        raise FolderError(f"the name of the folder {printable(root)} is not valid UTF-8; rename it")
    return files, root


def _empty(folder: Files) -> FolderError:
    return FolderError(f"{folder} holds no {ENDINGS} files; nothing was changed")


def find_collection(catalogue: Catalogue, name: str) -> Collection | None:
    """The collection of a name, or None."""
    return next((collection for collection in catalogue.collections() if collection.name == name), None)


def new_collection(name: str, root: str, embedder: Embedder, chunk_tokens: int | None = None) -> Collection:
    """A collection to be added. Raises ChunkingError when its chunks do not fit the embedder."""
    longest = embedder.max_tokens - HEADING_ROOM
    chosen = min(DEFAULT_CHUNK_TOKENS, longest) if chunk_tokens is None else chunk_tokens
    if not 1 <= chosen <= longest:
        raise ChunkingError(f"chunks of {chosen} tokens do not fit the embedder {embedder.name!r}; choose 1 to {longest}")
    return Collection(name, root, embedder.name, embedder.fingerprint, embedder.dimension, chosen)


def set_language(catalogue: Catalogue, name: str) -> None:
    """Detect the language of a collection that has none yet; it stays without one while its texts are too short to tell."""
    collection = catalogue.collection(name)
    texts: list[str] = []
    for document in [] if collection.language else catalogue.documents(name, limit=_LANGUAGE_DOCUMENTS):
        start = document.characters // 3
        with suppress(DocumentDamagedError):
            texts.append(catalogue.text(document.id, start, start + _LANGUAGE_CHARACTERS))
    if language := detect_language(texts):
        catalogue.update_collection(replace(collection, language=language))


def check_embedder(collection: Collection, embedder: Embedder) -> None:
    """Raises EmbedderMismatchError unless the collection was made by this very embedder."""
    if collection.fingerprint != embedder.fingerprint:
        raise EmbedderMismatchError(
            f"the collection {collection.name!r} was made by the embedder {collection.embedder!r} "
            f"({collection.fingerprint[:8]}), not by {embedder.name!r} ({embedder.fingerprint[:8]}); "
            "use that one, or index into another collection"
        )


class _Run:
    """The state of one sync: what the catalogue knows, and what was done so far."""

    def __init__(
        self,
        catalogue: Catalogue,
        embedder: Embedder,
        collection: Collection,
        files: Files,
        reading: Reading,
        workers: Workers | None,
    ) -> None:
        self._catalogue, self._embedder, self._collection, self._name = catalogue, embedder, collection, collection.name
        self._files, self._reading, self._workers, self._began = files, reading, workers, time.monotonic()
        # What this process has read before, it found intact, and it does not read the whole catalogue each time.
        self._damaged = set() if reading.stamps else set(catalogue.damaged(self._name))
        self._before = catalogue.digests(self._name) | dict.fromkeys(self._damaged, "")  # a digest that no file has
        self._of_digest = {digest: path for path, digest in self._before.items()}
        self._reader = FileReader(files, reading, self._before, catalogue.refusals(self._name), catalogue.stamps(self._name))
        self._added: list[str] = []
        self._changed: list[str] = []
        self._removed: list[str] = []
        self._failed: list[Failure] = []
        self._unread: list[Failure] = []
        self._chunks = self._bytes = 0

    def read_all(self, files: Sequence[SourceFile], progress: Progress) -> None:
        """Index the files that changed: first all others are set aside, so that it is known how much there is to do."""
        for file in files:
            if file.problem:
                (self._failed if file.is_document else self._unread).append(Failure(file.path, file.problem))
        readable = [file for file in files if not file.problem]
        work = Work({file.path: file.stamp.size if file.stamp else 0 for file in readable}, progress)

        def done(document: Document, chunks: int, error: DocumentError | None) -> None:
            self._commit(document, chunks, error)
            work.committed(document.path)

        queue = EmbeddingQueue(self._catalogue, self._name, self._embedder, work.embedded, done)
        due = []
        for file in readable:
            if self._reader.has_known_stamp(file):
                work.done(file.path)
            else:
                due.append(file)
        with closing(self._read(due, work)) as all_read:
            for read in all_read:
                if document := self._reader.take(read):
                    work.parsed(read.path, queue.add(document, read.chunks, self._known_vectors(read, document)))
                    if queue.flush_full():
                        self._put_stamps()
                else:
                    work.done(read.path)
        queue.flush()

    def _read(self, due: Sequence[SourceFile], work: Work) -> Generator[ReadFile, None, None]:
        """Read files, here in their order, or by workers as they come."""
        collection = self._collection
        if self._workers:
            task = Task(self._files.root, self._reading, collection.embedder, collection.fingerprint, collection.chunk_tokens)
            sizes = ((file.path, file.stamp.size if file.stamp else 0) for file in due)
            todo = [Due(path, size, self._reader.known(path)) for path, size in sizes]
            for read in self._workers.read(task, todo, frozenset(self._of_digest)):
                work.begin(read.path)
                yield read
        else:
            chunker = Chunker(self._embedder.count_tokens, collection.chunk_tokens)
            for file in due:
                work.begin(file.path)
                yield read_document(self._files, file.path, self._reading, chunker.chunks, self._reader.known(file.path))

    def _known_vectors(self, read: ReadFile, document: Document) -> dict[str, np.ndarray]:
        """Those that a worker made, or those of the file with the same bytes, which was moved or copied, or else of what was
        at the path before."""
        if read.vectors is not None:
            return dict(zip(chunk_texts(document, read.chunks), read.vectors, strict=True))
        source = self._of_digest.get(document.sha256) or (document.path if document.path in self._before else None)
        return self._catalogue.vectors(self._name, source) if source else {}

    def _commit(self, document: Document, chunks: int, error: DocumentError | None) -> None:
        path = document.path
        if error:
            self._failed.append(Failure(path, str(error)))
            return
        self._reader.committed(path)
        self._of_digest[document.sha256] = path
        (self._changed if path in self._before else self._added).append(path)
        self._chunks += chunks
        self._bytes += document.size_bytes

    def _put_stamps(self) -> None:
        """Keep the stamps of what is committed, so that a sync that goes on after an interruption does not read it again."""
        self._catalogue.put_stamps(self._name, self._reader.new_stamps)
        self._reader.new_stamps.clear()

    def remove_all_but(self, present: set[str]) -> None:
        """Remove the documents whose files vanished, but not those in folders that could not be listed."""
        failed = tuple(f"{failure.path}/" for failure in self._failed)
        self._removed = [path for path in self._before if path not in present and not path.startswith(failed)]
        self._catalogue.remove(self._name, self._removed)

    def report(self) -> SyncReport:
        """What was done, which the catalogue then knows, too."""
        failed = sorted((*self._failed, *self._reader.failed), key=lambda failure: failure.path)
        good = self._before.keys() - self._damaged
        parts = [Failure(file.path, file.reason) for file in self._catalogue.left_out(self._name) if file.in_part]
        report = SyncReport(
            added=tuple(self._added),
            changed=tuple(self._changed),
            removed=tuple(self._removed),
            unchanged=tuple(self._reader.unchanged),
            failed=tuple(failed),
            kept=tuple(failure.path for failure in failed if failure.path in good),
            chunks=self._chunks,
            ignored=(*parts, *self._reader.unfinished),
            unread=tuple(self._unread),
            cost=self._cost() if self._workers else None,
        )
        self._catalogue.put_left_out(self._name, report.left_out)
        self._catalogue.put_refusals(self._name, self._reader.refusals)
        self._put_stamps()
        return report

    def _cost(self) -> Cost:
        documents, seconds = len(self._added) + len(self._changed), time.monotonic() - self._began
        assert self._workers
        count, busy, embedded = self._workers.count, self._workers.busy_seconds, self._workers.embedded
        return Cost(documents, self._chunks, self._bytes, round(seconds, 2), count, round(busy, 2), embedded)
