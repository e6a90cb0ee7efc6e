"""Files into documents, chunks and vectors by workers on Ray: some processes here, or on the machines of a cluster."""

import os
import socket
import time
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.util import find_spec
from typing import Any, Protocol

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
    """Read files elsewhere. ``count`` is how many workers there are, ``busy_seconds`` how long they worked, all together."""

    count: int
    busy_seconds: float

    def read(self, task: Task, due: Sequence[Due], digests: Collection[str]) -> Iterator[ReadFile]:
        """Each file once, as they come, with its vectors unless its sha256 is one of the ``digests`` of documents.

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
        self.count, self.busy_seconds = count or 0, 0.0

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
        workers = [make(task) for _ in range(self.count)]
        free, running = deque(workers * _AHEAD), dict[Any, tuple[Any, list[Due]]]()
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
                if len(batch) > 1:
                    batches.extend([one] for one in batch)
                else:
                    yield ReadFile(batch[0].path, str(unindexed(_reason(error))))
                continue
            if isinstance(answer, QuotewiseError):
                raise answer
            files, seconds = answer
            self.busy_seconds += seconds
            yield from files

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


class _Worker:
    """A process that reads and embeds; it loads the embedder once, when the first document needs it."""

    def __init__(self, task: Task) -> None:
        self._task, self._files = task, files_at(task.root)
        self._digests: Collection[str] | None = None

    def read(self, batch: Sequence[Due], shared: Sequence[Any]) -> tuple[list[ReadFile], float] | QuotewiseError:
        """The files of a batch and the seconds that they took; or the error that ends all work, as a value.

        ``shared`` is the reference of the digests, which are fetched once.
        """
        began = time.perf_counter()
        if self._digests is None:
            import ray

            (self._digests,) = ray.get(list(shared))
        try:
            read = [read_document(self._files, one.path, self._task.reading, self._chunks, one.known) for one in batch]
            return list(self._embedded(read, self._digests or ())), time.perf_counter() - began
        except QuotewiseError as error:
            return error.detached()

    def _embedded(self, read: Iterable[ReadFile], digests: Collection[str]) -> Iterator[ReadFile]:
        """The files with vectors, embedded together; those without, for which it fails, are tried again one by one later."""
        texts: dict[str, list[str]] = {}
        for one in read:
            if one.document and one.document.sha256 not in digests:
                texts[one.path] = chunk_texts(one.document, one.chunks)
        vectors = None
        with suppress(DocumentError), translate_errors(unindexed):
            vectors = embed(self._embedder, [text for some in texts.values() for text in some]) if texts else None
        first = 0
        for one in read:
            if vectors is None or one.path not in texts:
                yield one
            else:
                last = first + len(texts[one.path])
                yield replace(one, vectors=vectors[first:last])
                first = last

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
