"""A folder into a collection: indexes only what changed, and keeps the last good version of a file that cannot be read now."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from quotewise.index.chunking import DEFAULT_CHUNK_TOKENS, HEADING_ROOM, Chunk, Chunker, embedding_text
from quotewise.index.documents import Document, SourceFile, find_files, parse_document
from quotewise.index.embedders import Embedder
from quotewise.index.errors import (
    ChunkingError,
    DocumentDamagedError,
    DocumentError,
    EmbedderMismatchError,
    FolderError,
    translate_errors,
)
from quotewise.index.folders import read_inside
from quotewise.index.formats import ENDINGS
from quotewise.index.languages import detect_language
from quotewise.index.left_out import LeftOut
from quotewise.index.printable import printable
from quotewise.index.store import Catalogue, Collection, Store

DEFAULT_FILE_LIMIT = 64_000_000
"""Bytes."""
_BATCH_CHUNKS = 512
"""Chunks embedded together: enough to fill length-sorted batches on every core, little enough to hold in memory."""
_MOST_VANISHED = 3
"""Documents that are removed with the last files of a folder; an empty one that had more is rather one not mounted."""
_LANGUAGE_DOCUMENTS, _LANGUAGE_CHARACTERS = 50, 2000
"""From so many documents, and so many characters of each, the language of a collection is detected."""

Progress = Callable[[int, int, str], None]
"""Called with the number of files done, the number of all files, and the path just done."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A file, or a part of one, that could not be indexed, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, as paths; ``kept`` are failed files whose last good version stays indexed.

    ``ignored`` are parts of indexed files, such as front matter that cannot be parsed, also of unchanged ones; ``unread`` are
    files of other formats than are read.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    failed: tuple[Failure, ...]
    kept: tuple[str, ...]
    chunks: int
    ignored: tuple[Failure, ...] = ()
    unread: tuple[Failure, ...] = ()

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Every file that was not read, or only in part."""
        whole = [LeftOut(file.path, file.reason) for file in (*self.failed, *self.unread)]
        return (*whole, *(LeftOut(file.path, file.reason, in_part=True) for file in self.ignored))


class Sync:
    """Brings a collection to the state of a folder.

    Args:
        store: where the collection is.
        embedder: makes the vectors; must be the one that the collection was made with.
        file_limit: the size of the largest file that is indexed, in bytes.
    """

    def __init__(self, store: Store, embedder: Embedder, file_limit: int = DEFAULT_FILE_LIMIT) -> None:
        self._store, self._catalogue, self._embedder, self._file_limit = store, store.catalogue, embedder, file_limit

    def run(
        self,
        folder: Path,
        name: str = "default",
        chunk_tokens: int | None = None,
        moved: bool = False,
        progress: Progress = lambda done, total, path: None,
        language: str | None = None,
    ) -> SyncReport:
        """Add new files, replace changed ones, remove vanished ones, one transaction a document, then publish.

        Args:
            folder: the folder to index.
            name: the collection, which is made if it does not exist.
            chunk_tokens: the chunk size of a new collection; an existing one keeps its own.
            moved: the collection's folder is now at ``folder``.
            progress: called after each file.
            language: an ISO 639-1 code; by default the collection keeps its language, or it is detected.

        Raises:
            FolderError: the folder is missing, or has no file to index while the collection has none or more than a few
                documents, or the collection is of another folder.
            IndexLockedError: another process is writing.
            EmbedderMismatchError, ChunkingError: the collection was made with another embedder or chunk size.
        """
        with self._store.writing():
            files, collection = self._plan(folder, name, chunk_tokens, moved)  # with all that was uploaded until now
            collection = replace(collection, language=language or collection.language)
            known = find_collection(self._catalogue, name)
            if known is None:
                self._catalogue.add_collection(collection)
            elif known != collection:
                self._catalogue.update_collection(collection)
            run = _Run(self._catalogue, self._embedder, collection)
            for done, file in enumerate(files, 1):
                if file.problem:
                    (run.failed if file.is_document else run.unread).append(Failure(file.path, file.problem))
                else:
                    run.read(folder, file.path, self._file_limit)
                progress(done, len(files), printable(file.path))
            run.flush()
            run.remove_all_but({file.path for file in files})
            set_language(self._catalogue, name)
            report = run.report()
            self._catalogue.put_left_out(name, report.left_out)
            self._store.publish(name)
        return report

    def check(self, folder: Path, name: str, chunk_tokens: int | None = None, moved: bool = False) -> None:
        """Raises the FolderError, EmbedderMismatchError or ChunkingError that ``run`` would, and changes nothing."""
        self._plan(folder, name, chunk_tokens, moved)

    def _plan(self, folder: Path, name: str, chunk_tokens: int | None, moved: bool) -> tuple[list[SourceFile], Collection]:
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

    def _check_empty(self, folder: Path, name: str, root: str, known: Collection | None) -> None:
        """Raises FolderError unless a folder that is empty now had a few documents, which may have been deleted by hand."""
        count = len(self._catalogue.digests(name)) if known and known.root == root else 0
        if not count:
            raise _empty(folder)
        if count > _MOST_VANISHED:
            raise FolderError(
                f"{printable(str(folder))} holds no {ENDINGS} files, but the collection {name!r} has {count:,} documents; "
                f"nothing was changed; is it mounted? To remove them all: quotewise rm --all -c {name}"
            )


def checked_files(folder: Path, may_be_empty: bool = False) -> tuple[list[SourceFile], str]:
    """The files of a folder, and its full path. Raises FolderError when it is missing, unlisted or empty."""
    files = list(find_files(folder))
    if not may_be_empty and not any(file.is_document for file in files):
        raise _empty(folder)
    root = str(folder.resolve())
    if root != root.encode(errors="replace").decode():
        raise FolderError(f"the name of the folder {printable(root)} is not valid UTF-8; rename it")
    return files, root


def _empty(folder: Path) -> FolderError:
    return FolderError(f"{printable(str(folder))} holds no {ENDINGS} files; nothing was changed")


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


def embed(
    embedder: Embedder, chunked: Sequence[tuple[Document, Sequence[Chunk]]], pause: Callable[[], None] = lambda: None
) -> np.ndarray:
    """float32 (chunks, dimension): the vectors of all chunks in order; ``pause`` is called before each batch, and may raise."""
    texts = [embedding_text(chunk.heading, made.text[chunk.start : chunk.end]) for made, chunks in chunked for chunk in chunks]
    vectors = []
    for first in range(0, max(1, len(texts)), _BATCH_CHUNKS):
        pause()
        vectors.append(embedder.encode_document(texts[first : first + _BATCH_CHUNKS]))
    return np.concatenate(vectors)


def unindexed(reason: str) -> DocumentError:
    """The error for an unforeseen failure of a library in the work on one document."""
    return DocumentError(f"cannot be indexed: {reason}")


class _Run:
    """The state of one sync: the documents that wait to be embedded, and what was done so far."""

    def __init__(self, catalogue: Catalogue, embedder: Embedder, collection: Collection) -> None:
        self._catalogue, self._embedder, self._name = catalogue, embedder, collection.name
        self._chunker = Chunker(embedder.count_tokens, collection.chunk_tokens)
        self._damaged = set(catalogue.damaged(self._name))
        self._before = catalogue.digests(self._name) | dict.fromkeys(self._damaged, "")  # a digest that no file has
        self._waiting: list[tuple[Document, list[Chunk]]] = []
        self._paths: defaultdict[str, list[str]] = defaultdict(list)
        self.failed: list[Failure] = []
        self.unread: list[Failure] = []
        self._chunks = 0

    def read(self, folder: Path, path: str, limit: int) -> None:
        """Parse and chunk a file unless it is unchanged, and embed those that wait when they make a batch."""
        try:
            with translate_errors(unindexed):
                data = read_inside(folder, path, limit)
                if hashlib.sha256(data).hexdigest() == self._before.get(path):
                    self._paths["unchanged"].append(path)
                    return
                document = parse_document(path, data)
                chunks = self._chunker.chunks(document)
        except DocumentError as error:
            self.failed.append(Failure(path, str(error)))
            return
        self._waiting.append((document, chunks))
        if sum(len(chunks) for _, chunks in self._waiting) >= _BATCH_CHUNKS:
            self.flush()

    def flush(self) -> None:
        """Embed and commit the documents that wait; where embedding them together fails, each by itself."""
        waiting, self._waiting = self._waiting, []
        try:
            with translate_errors(unindexed):
                vectors = embed(self._embedder, waiting)
        except DocumentError as error:
            if len(waiting) == 1:
                self.failed.append(Failure(waiting[0][0].path, str(error)))
            else:
                for alone in waiting:
                    self._waiting = [alone]
                    self.flush()
            return
        for document, chunks in waiting:
            try:
                with translate_errors(unindexed):
                    self._catalogue.put(self._name, document, chunks, vectors[: len(chunks)])
                self._paths["changed" if document.path in self._before else "added"].append(document.path)
                self._chunks += len(chunks)
            except DocumentError as error:
                self.failed.append(Failure(document.path, str(error)))
            vectors = vectors[len(chunks) :]

    def remove_all_but(self, present: set[str]) -> None:
        """Remove the documents whose files vanished, but not those in folders that could not be listed."""
        failed = tuple(f"{failure.path}/" for failure in self.failed)
        self._paths["removed"] = [path for path in self._before if path not in present and not path.startswith(failed)]
        self._catalogue.remove(self._name, self._paths["removed"])

    def report(self) -> SyncReport:
        paths = {kind: tuple(self._paths[kind]) for kind in ("added", "changed", "removed", "unchanged")}
        good = self._before.keys() - self._damaged
        kept = tuple(failure.path for failure in self.failed if failure.path in good)
        ignored = tuple(Failure(file.path, file.reason) for file in self._catalogue.left_out(self._name) if file.in_part)
        return SyncReport(
            **paths, failed=tuple(self.failed), kept=kept, chunks=self._chunks, ignored=ignored, unread=tuple(self.unread)
        )
