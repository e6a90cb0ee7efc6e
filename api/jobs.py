"""Changes to documents as jobs, which one thread does one after the other."""

import asyncio
import logging
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal, TypeVar

from cachetools import FIFOCache

from quotewise.api.errors import InternalError, OverloadedError
from quotewise.index.errors import QuotewiseError, StoppedError
from quotewise.index.uploads import Uploaded

_KEPT = 1000
"""Jobs whose outcome can still be read."""
_T = TypeVar("_T")
_log = logging.getLogger("quotewise")

Outcome = Uploaded | QuotewiseError | None
"""The result of an upload, the error of a failed job, or None after a removal."""


class UnknownJobError(QuotewiseError, code="unknown-job", status=404):
    """No job of that id that the caller may know of."""

    def __init__(self) -> None:
        super().__init__("there is no such job; it is long done, or the service was started again: look at the document")


@dataclass(frozen=True, slots=True)
class Job:
    """A change to the document at a path of a collection."""

    id: str
    collection: str
    path: str
    future: Future[Outcome]

    @property
    def state(self) -> Literal["queued", "running", "failed", "done"]:
        """How far the job is."""
        if not self.future.done():
            return "running" if self.future.running() else "queued"
        return "failed" if isinstance(self.outcome, QuotewiseError) else "done"

    @property
    def outcome(self) -> Outcome:
        """The outcome; None while there is none."""
        return self.future.result() if self.future.done() else None


class Jobs:
    """The jobs of one process, at most ``limit`` of them unfinished. The process ends each of them whole or not at all."""

    def __init__(self, limit: int) -> None:
        self._thread = ThreadPoolExecutor(1, "documents")
        self._slots = threading.BoundedSemaphore(limit)
        self._limit = limit
        self._jobs: FIFOCache[str, Job] = FIFOCache(_KEPT)
        self._closing = threading.Event()

    def acquire(self) -> None:
        """Take a slot, which ``run`` or ``release`` frees. Raises OverloadedError when there is none."""
        if not self._slots.acquire(blocking=False):
            raise OverloadedError(f"{self._limit} documents are being changed already; try again when one is done")

    def release(self) -> None:
        """Free a slot for which nothing is to be run."""
        self._slots.release()

    async def run(self, collection: str, path: str, work: Callable[[], Uploaded | None], seconds: float) -> Job:
        """Queue some work and wait for it so many seconds; a job that is not done by then can be read by its id."""
        job_id = uuid.uuid4().hex
        job = Job(job_id, collection, path, self._thread.submit(self._outcome, job_id, work))
        await asyncio.wait([asyncio.wrap_future(job.future)], timeout=seconds)
        if not job.future.done():
            self._jobs[job.id] = job
        return job

    def submit(self, work: Callable[[], _T]) -> Future[_T]:
        """Queue work of the process itself, which takes no slot and should call ``check_stopped`` now and then.

        Raises StoppedError while the process ends.
        """
        self.check_stopped()
        return self._thread.submit(work)

    def _outcome(self, job_id: str, work: Callable[[], Uploaded | None]) -> Outcome:
        try:
            self.check_stopped()
            return work()
        except QuotewiseError as error:
            return error.detached()
        except Exception:  # noqa: BLE001 - whatever it is, the job reports it and the thread goes on
            _log.exception("unexpected error in the change of a document by %s", job_id)
            return InternalError(f"an unexpected error; the log says more under {job_id}")
        finally:
            self._slots.release()

    def get(self, job_id: str) -> Job:
        """Raises UnknownJobError for a job that was done in time, is long done, or belonged to another process."""
        job = self._jobs.get(job_id)
        if job is None:
            raise UnknownJobError
        return job

    def check_stopped(self) -> None:
        """Raises StoppedError while the process ends."""
        if self._closing.is_set():
            raise StoppedError("the service was stopped before this was done; send it again")

    def close(self) -> None:
        """Cancel what can be cancelled and wait for the rest."""
        self._closing.set()
        self._thread.shutdown()
