"""Files into documents, chunks and vectors by workers on Ray: some processes here, or on the machines of a cluster."""

import hashlib
import os
import socket
import time
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np

from quotewise.index.chunking import Chunk, Chunker
from quotewise.index.documents import Document
from quotewise.index.embedders import Embedder, load_embedder
from quotewise.index.embedding import chunk_texts, embed, unindexed
from quotewise.index.errors import DocumentError, EmbedderMismatchError, QuotewiseError, WorkersError, translate_errors
from quotewise.index.files import files_at
from quotewise.index.reading import Known, ReadFile, Reading, read_document

INSTALLATION = "pip install 'quotewise[ray]'"
_BATCH_FILES, _BATCH_BYTES = 32, 4_000_000
"""What a worker reads at a time: enough to embed together, little enough to do again when the worker is lost."""
_AHEAD = 2
"""Batches that each worker is given, so that it does not wait for the next one; results are held for no more."""
_ATTEMPTS = 3
"""Times that a batch is tried again whose worker was lost, which Ray replaces; then each of its files by itself."""
_CONNECT_SECONDS = 10.0
_OBJECTS_BYTES = 256_000_000
"""Memory for what goes between the processes of this machine, where Ray is started here."""


@dataclass(frozen=True, slots=True)
class Task:
    """What workers have to know: where the files are, how to read them, and what the collection was made with."""

    root: str
    reading: Reading
    embedder: str
    fingerprint: str
    chunk_tokens: int


@dataclass(frozen=True, slots=True)
class Due:
    """A file that is to be read, its size in bytes, and what is known of it."""

    path: str
    size: int
    known: Known | None


class Workers(Protocol):
    """Read files elsewhere.

    ``count`` is how many workers there are, ``busy_seconds`` how long they worked, ``embedded`` how many chunks they embedded,
    all together.
    """

    count: int
    busy_seconds: float
    embedded: int

    def read(self, task: Task, due: Sequence[Due], digests: Collection[str]) -> Iterator[ReadFile]:
        """Each file once, as they come, with its vectors unless its sha256 is one of the ``digests`` of documents.

        Of files with the same bytes the first has them.

        Raises what ``File.read`` does of all files, EmbedderMismatchError, and WorkersError.
        """
        ...


class RayWorkers:
    """Workers on Ray, started for one sync. One that is lost is replaced, and what it had begun is done again.

    Args:
        address: of a cluster, whose machines need this package and the files; by default Ray is started on this machine.
        count: how many; by default one a core.
    """

    def __init__(self, address: str | None = None, count: int | None = None) -> None:
        self._address, self._wanted = address, count
        self.count, self.busy_seconds, self.embedded = count or 0, 0.0, 0

    def read(self, task: Task, due: Sequence[Due], digests: Collection[str]) -> Iterator[ReadFile]:
        if not due:
            return
        try:
            yield from self._read(task, due, digests)
        finally:
            self._ray.shutdown()

    def _read(self, task: Task, due: Sequence[Due], digests: Collection[str]) -> Iterator[ReadFile]:
        ray, batches = self._ray, deque(_batches(due))
        self._start(len(batches))
        make = ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=_ATTEMPTS)(_Worker).remote
        shared = [ray.put(digests)]  # once for all workers of a machine
        claims = ray.remote(num_cpus=0, max_restarts=-1, max_task_retries=-1)(_Claims).remote()
        workers = [make(task, claims) for _ in range(self.count)]
        free, running = deque(workers * _AHEAD), dict[Any, tuple[Any, list[Due]]]()
        copies = _Copies()
        while batches or running:
            while batches and free:
                worker, batch = free.popleft(), batches.popleft()
                running[worker.read.remote(batch, shared)] = worker, batch
            (reference, *_), _ = ray.wait(list(running))
            worker, batch = running.pop(reference)
            free.append(worker)
            try:
                answer = ray.get(reference)
            except ray.exceptions.RayError as error:
                ray.get(claims.release.remote(batch[0].path))
                if len(batch) > 1:
                    batches.extend([one] for one in batch)
                else:
                    yield ReadFile(batch[0].path, str(unindexed(_reason(error))))
                continue
            if isinstance(answer, QuotewiseError):
                raise answer
            files, seconds, embedded = answer
            self.busy_seconds += seconds
            self.embedded += embedded
            for file in files:
                yield from copies.after_the_first(file, digests)
        yield from copies.waiting()

    def _start(self, batches: int) -> None:
        """Start Ray, or connect to it, and set how many workers there are, no more than there is work for."""
        of_this_machine = {"num_cpus": self._wanted or os.cpu_count(), "object_store_memory": _OBJECTS_BYTES}
        options = {"address": self._address} if self._address else {**of_this_machine, "include_dashboard": False}
        where = f"at {self._address} " if self._address else ""
        with translate_errors(lambda reason: WorkersError(f"Ray {where}cannot be used: {reason}")):
            _check_answers(self._address or "")
            self._ray.init(log_to_driver=False, logging_level="ERROR", **options)
            cores = int(self._ray.cluster_resources().get("CPU", 0))
        if not cores:
            raise WorkersError(f"Ray {where}has no processors for workers")
        self.count = min(self._wanted or cores, cores, batches)

    @cached_property
    def _ray(self) -> Any:
        check_installed()
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing goes to other hosts
        os.environ.setdefault("RAY_worker_niceness", "0")  # which Ray sets to 15: beside other work nothing gets done
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        import ray

        return ray


def check_installed() -> None:
    """Raises WorkersError where Ray is not installed."""
    if find_spec("ray") is None:
        raise WorkersError(f"workers need Ray: {INSTALLATION}")


class _Claims:
    """A process by which workers agree who embeds which documents: whoever asks first, and again where that is done anew."""

    def __init__(self) -> None:
        self._of: dict[bytes, str] = {}

    def claim(self, batch: str, contents: Sequence[bytes]) -> set[bytes]:
        """Those of the contents that the batch is to embed."""
        return {content for content in contents if self._of.setdefault(content, batch) == batch}

    def release(self, batch: str) -> None:
        """Let others embed what a batch that failed was to embed."""
        self._of = {content: by for content, by in self._of.items() if by != batch}


class _Copies:
    """Holds documents without vectors back until the first with the same content has come with them."""

    def __init__(self) -> None:
        self._come: set[bytes] = set()
        self._held: dict[bytes, list[ReadFile]] = {}

    def after_the_first(self, file: ReadFile, digests: Collection[str]) -> Iterator[ReadFile]:
        """A file that came, unless it waits, and those that waited for it; for none of the ``digests`` anybody waits."""
        if file.document is None or file.document.sha256 in digests:
            yield file
            return
        content = _content(file.document)
        if file.vectors is None and content not in self._come:
            self._held.setdefault(content, []).append(file)
            return
        self._come.add(content)
        yield file
        yield from self._held.pop(content, ())

    def waiting(self) -> Iterator[ReadFile]:
        """Those whose first one never came with vectors, since embedding it failed."""
        for files in self._held.values():
            yield from files


def _content(document: Document) -> bytes:
    """What is the same for copies of a file that are read alike."""
    return hashlib.sha256(f"{document.media_type} {document.sha256}".encode()).digest()[:16]


class _Worker:
    """A process that reads and embeds; it loads the embedder once, when the first document needs it."""

    def __init__(self, task: Task, claims: Any) -> None:
        self._task, self._files, self._claims = task, files_at(task.root), claims
        self._digests: Collection[str] | None = None

    def read(self, batch: Sequence[Due], shared: Sequence[Any]) -> tuple[list[ReadFile], float, int] | QuotewiseError:
        """The files of a batch, the seconds they took, how many chunks were embedded; or the error that ends all work.

        That is returned as a value. ``shared`` is the reference of the digests, which are fetched once; what the batch embeds
        it claims by its first path.
        """
        import ray

        began = time.perf_counter()
        if self._digests is None:
            (self._digests,) = ray.get(list(shared))
        try:
            read = [read_document(self._files, one.path, self._task.reading, self._chunks, one.known) for one in batch]
            due = [one.document for one in read if one.document and one.document.sha256 not in (self._digests or ())]
            contents = [_content(document) for document in due]
            claimed = ray.get(self._claims.claim.remote(batch[0].path, contents)) if contents else set()
            files, embedded = self._embedded(read, claimed)
            return files, time.perf_counter() - began, embedded
        except QuotewiseError as error:
            return error.detached()

    def _embedded(self, read: Sequence[ReadFile], claimed: Collection[bytes]) -> tuple[list[ReadFile], int]:
        """The files, those of claimed content with vectors, and how many chunks were embedded, each text once.

        Those without, for which it fails, are tried again one by one later.
        """
        texts = {
            one.path: chunk_texts(one.document, one.chunks)
            for one in read
            if one.document and _content(one.document) in claimed
        }
        every = [text for some in texts.values() for text in some]
        try:
            with translate_errors(unindexed):
                vectors = embed(self._embedder, every) if texts else np.empty((0, 0), np.float32)
        except DocumentError:
            return list(read), 0
        ends = np.cumsum([len(some) for some in texts.values()], dtype=int)
        made = dict(zip(texts, np.split(vectors, ends[:-1]), strict=False))
        return [replace(one, vectors=made.get(one.path)) for one in read], len(set(every))

    def _chunks(self, document: Document) -> list[Chunk]:
        return self._chunker.chunks(document)

    @cached_property
    def _chunker(self) -> Chunker:
        return Chunker(self._embedder.count_tokens, self._task.chunk_tokens)

    @cached_property
    def _embedder(self) -> Embedder:
        embedder = load_embedder(self._task.embedder, threads=1)
        if embedder.fingerprint != self._task.fingerprint:
            raise EmbedderMismatchError(
                f"the embedder {embedder.name!r} of a worker is not that of the collection; install the same version of "
                "Quotewise on every machine"
            )
        return embedder


def _check_answers(address: str) -> None:
    """Raises OSError where nothing answers at HOST:PORT; Ray itself tries for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host, int(port)), _CONNECT_SECONDS).close()


def _batches(due: Sequence[Due]) -> Iterator[list[Due]]:
    batch: list[Due] = []
    for one in due:
        if batch and (len(batch) == _BATCH_FILES or sum(other.size for other in batch) + one.size > _BATCH_BYTES):
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


def _reason(error: Exception) -> str:
    """Why a worker was lost, or what it raised, in one line."""
    cause = getattr(error, "cause", None) or error
    first = str(cause).strip().splitlines()[0] if str(cause).strip() else ""
    return f"{type(cause).__name__}: {first}"[:300]
