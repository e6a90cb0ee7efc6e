"""A folder into a collection: touches only what changed, and loses nothing that was indexed to a file that is bad now."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from quotewise.index.chunking import DEFAULT_CHUNK_TOKENS, HEADING_ROOM, Chunk, Chunker, embedding_text
from quotewise.index.documents import Document, SourceFile, find_files, parse_document, printable
from quotewise.index.embedders import Embedder
from quotewise.index.errors import (
    ChunkingError,
    DocumentError,
    EmbedderMismatchError,
    FolderError,
    border,
)
from quotewise.index.folders import read_inside
from quotewise.index.formats import ENDINGS
from quotewise.index.store import Collection, Store

DEFAULT_FILE_LIMIT = 64_000_000
"""Bytes."""
_BATCH_CHUNKS = 512
"""Chunks embedded together: enough to fill length-sorted batches on every core, little enough to hold in memory."""
_MOST_VANISHED = 3
"""Documents that are removed with the last files of a folder; an empty one that had more is rather one not mounted."""

Progress = Callable[[int, int, str], None]
"""Called with files done, files in all, and the path just done."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A file or a part of one that could not be indexed, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, as paths; ``kept`` are failed files whose last good version stays indexed.

    ``ignored`` are files that were indexed but for a part of them, such as front matter that cannot be parsed.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    failed: tuple[Failure, ...]
    kept: tuple[str, ...]
    chunks: int
    ignored: tuple[Failure, ...] = ()


class Sync:
    """Brings a collection to the state of a folder.

    Args:
        store: where the collection lives.
        embedder: makes the vectors; must be the one that the collection was made with.
        file_limit: the largest file taken, in bytes.
    """

    def __init__(self, store: Store, embedder: Embedder, file_limit: int = DEFAULT_FILE_LIMIT) -> None:
        self._store = store
        self._embedder = embedder
        self._file_limit = file_limit

    def run(
        self,
        folder: Path,
        name: str = "default",
        chunk_tokens: int | None = None,
        moved: bool = False,
        progress: Progress = lambda done, total, path: None,
    ) -> SyncReport:
        """Add new files, replace changed ones, remove vanished ones, one transaction a document, then publish.

        Args:
            folder: the folder to index.
            name: the collection, made if need be.
            chunk_tokens: for a new collection; one that exists keeps its own.
            moved: the collection's folder now stands at ``folder``.
            progress: told of each file.

        Raises:
            FolderError: the folder is missing, or holds no file to index while the collection has none or more than a few
                documents, or the collection is of another folder.
            IndexLockedError: another process is writing.
            EmbedderMismatchError, ChunkingError: the collection was made otherwise.
        """
        with self._store.writing():
            files, root = checked_files(folder, may_be_empty=not moved)  # with all that was uploaded until now
            if not files:
                self._check_empty(folder, name, root)
            collection = self._collection(name, root, chunk_tokens, moved)
            if collection not in self._store.catalogue.collections():
                self._add(collection)
            run = _Run(self._store, self._embedder, Chunker(self._embedder.count_tokens, collection.chunk_tokens), name)
            for done, file in enumerate(files, 1):
                if file.problem:
                    run.fail(file.path, file.problem)
                else:
                    run.read(folder, file.path, self._file_limit)
                progress(done, len(files), printable(file.path))
            run.flush()
            run.remove_all_but({file.path for file in files})
            self._store.publish(name)
        return run.report()

    def check(self, folder: Path, name: str, chunk_tokens: int | None = None, moved: bool = False) -> None:
        """Raises what ``run`` would because the collection was made otherwise."""
        files, root = checked_files(folder, may_be_empty=not moved)
        if not files:
            self._check_empty(folder, name, root)
        self._collection(name, root, chunk_tokens, moved)

    def _check_empty(self, folder: Path, name: str, root: str) -> None:
        """Raises FolderError unless a folder that is empty now held a few documents, which may have been deleted by hand."""
        known = any((known.name, known.root) == (name, root) for known in self._store.catalogue.collections())
        held = len(self._store.catalogue.digests(name)) if known else 0
        if not held:
            raise _empty(folder)
        if held > _MOST_VANISHED:
            raise FolderError(
                f"{printable(str(folder))} holds no {ENDINGS} files, but the collection {name!r} has {held:,} documents; "
                f"nothing was changed; is it mounted? To remove them all: quotewise rm --all -c {name}"
            )

    def _collection(self, name: str, root: str, chunk_tokens: int | None, moved: bool) -> Collection:
        """The collection as it is to be."""
        collection = next((known for known in self._store.catalogue.collections() if known.name == name), None)
        if collection is None:
            return new_collection(name, root, self._embedder, chunk_tokens)
        check_embedder(collection, self._embedder)
        if chunk_tokens not in (None, collection.chunk_tokens):
            raise ChunkingError(
                f"the collection {name!r} has chunks of {collection.chunk_tokens} tokens, not {chunk_tokens}; "
                "keep that, or index into another collection"
            )
        if collection.root != root and not moved:
            raise FolderError(
                f"the collection {name!r} holds the documents of {collection.root}, not of {root}; name another collection, "
                "or say that the folder has moved (--moved)"
            )
        return replace(collection, root=root)

    def _add(self, collection: Collection) -> None:
        """Make a collection, or where there is one of that name, note where its folder stands now."""
        if any(known.name == collection.name for known in self._store.catalogue.collections()):
            self._store.catalogue.update_collection(collection)
        else:
            self._store.catalogue.add_collection(collection)


def checked_files(folder: Path, may_be_empty: bool = False) -> tuple[list[SourceFile], str]:
    """The files of a folder to index, and its full path. Raises FolderError when it is missing, unlisted or empty."""
    files = list(find_files(folder))
    if not files and not may_be_empty:
        raise _empty(folder)
    root = str(folder.resolve())
    if root != root.encode(errors="replace").decode():
        raise FolderError(f"the name of the folder {printable(root)} is not valid UTF-8; rename it")
    return files, root


def _empty(folder: Path) -> FolderError:
    return FolderError(f"{printable(str(folder))} holds no {ENDINGS} files; nothing was changed")


def new_collection(name: str, root: str, embedder: Embedder, chunk_tokens: int | None = None) -> Collection:
    """What a collection is to be made with. Raises ChunkingError when the chunks do not fit the embedder."""
    longest = embedder.max_tokens - HEADING_ROOM
    chosen = min(DEFAULT_CHUNK_TOKENS, longest) if chunk_tokens is None else chunk_tokens
    if not 1 <= chosen <= longest:
        raise ChunkingError(f"chunks of {chosen} tokens do not fit the embedder {embedder.name!r}; choose 1 to {longest}")
    return Collection(name, root, embedder.name, embedder.fingerprint, embedder.dimension, chosen)


def embed(
    embedder: Embedder, chunked: Sequence[tuple[Document, Sequence[Chunk]]], pause: Callable[[], None] = lambda: None
) -> np.ndarray:
    """float32 (chunks, dimension): the vectors of all chunks in order; ``pause`` is called before each batch, and may raise."""
    texts = [
        embedding_text(chunk.heading, document.text[chunk.start : chunk.end])
        for document, chunks in chunked
        for chunk in chunks
    ]
    vectors = []
    for first in range(0, max(1, len(texts)), _BATCH_CHUNKS):
        pause()
        vectors.append(embedder.encode_document(texts[first : first + _BATCH_CHUNKS]))
    return np.concatenate(vectors)


def check_embedder(collection: Collection, embedder: Embedder) -> None:
    """Raises EmbedderMismatchError unless the collection was made by this very embedder."""
    if collection.fingerprint != embedder.fingerprint:
        raise EmbedderMismatchError(
            f"the collection {collection.name!r} was made by the embedder {collection.embedder!r} "
            f"({collection.fingerprint[:8]}), not by {embedder.name!r} ({embedder.fingerprint[:8]}); "
            "use that one, or index into another collection"
        )


class _Run:
    """One sync under way: what is waiting to be embedded and what has happened so far."""

    def __init__(self, store: Store, embedder: Embedder, chunker: Chunker, name: str) -> None:
        self._store, self._embedder, self._chunker, self._name = store, embedder, chunker, name
        self._damaged = store.catalogue.damaged(name)
        self._before = store.catalogue.digests(name) | dict.fromkeys(self._damaged, "")  # which no file has
        self._waiting: list[tuple[Document, list[Chunk]]] = []
        self._done: dict[str, list[str]] = {"added": [], "changed": [], "removed": [], "unchanged": []}
        self._failed: list[Failure] = []
        self._ignored: list[Failure] = []
        self._chunks = 0

    def fail(self, path: str, reason: str) -> None:
        self._failed.append(Failure(path, reason))

    def read(self, folder: Path, path: str, limit: int) -> None:
        try:
            with border(unindexed):
                data = read_inside(folder, path, limit)
                if hashlib.sha256(data).hexdigest() == self._before.get(path):
                    self._done["unchanged"].append(path)
                    return
                document = parse_document(path, data)
                chunks = self._chunker.chunks(document)
        except DocumentError as error:
            self.fail(path, str(error))
            return
        ignored = document.ignored or (None if chunks else "all of it, since it holds nothing to quote")
        if ignored:
            self._ignored.append(Failure(path, ignored))
        self._waiting.append((document, chunks))
        if sum(len(chunks) for _, chunks in self._waiting) >= _BATCH_CHUNKS:
            self.flush()

    def flush(self) -> None:
        """Embed and commit what is waiting; where that fails for all of it together, each document by itself."""
        waiting, self._waiting = self._waiting, []
        try:
            with border(unindexed):
                vectors = embed(self._embedder, waiting)
        except DocumentError as error:
            if len(waiting) == 1:
                self.fail(waiting[0][0].path, str(error))
            else:
                for one in waiting:
                    self._waiting = [one]
                    self.flush()
            return
        first = 0
        for document, chunks in waiting:
            try:
                with border(unindexed):
                    self._store.catalogue.put(self._name, document, chunks, vectors[first : first + len(chunks)])
                self._done["changed" if document.path in self._before else "added"].append(document.path)
                self._chunks += len(chunks)
            except DocumentError as error:
                self.fail(document.path, str(error))
            first += len(chunks)

    def remove_all_but(self, present: set[str]) -> None:
        failed = tuple(f"{failure.path}/" for failure in self._failed)  # among them folders that could not be listed
        vanished = [path for path in self._before if path not in present and not path.startswith(failed)]
        self._store.catalogue.remove(self._name, vanished)
        self._done["removed"] += vanished

    def report(self) -> SyncReport:
        good = self._before.keys() - set(self._damaged)
        kept = tuple(failure.path for failure in self._failed if failure.path in good)
        done = {kind: tuple(paths) for kind, paths in self._done.items()}
        return SyncReport(**done, failed=tuple(self._failed), kept=kept, chunks=self._chunks, ignored=tuple(self._ignored))


def unindexed(reason: str) -> DocumentError:
    """What is left of an error that nothing foresaw in the work on one document."""
    return DocumentError(f"cannot be indexed: {reason}")
