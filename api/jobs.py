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
from pydantic import BaseModel

from quotewise.api.errors import InternalError, OverloadedError
from quotewise.index.errors import ERRORS, QuotewiseError, StoppedError
from quotewise.index.store import SharedRecords, StoredDocument
from quotewise.index.uploads import Uploaded

_KEPT = 1000
"""Jobs whose outcome can still be read."""
_TELL_SECONDS = 5.0
"""Between two times that a process tells the others of its jobs."""
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


class _ToldJob(BaseModel):
    """A job as the process that does it tells the others: ``error`` is a code and a message."""

    collection: str
    path: str
    state: Literal["queued", "running", "failed", "done"]
    document: StoredDocument | None = None
    created: bool = False
    error: tuple[str, str] | None = None

    @classmethod
    def of(cls, job: Job) -> "_ToldJob":
        told = cls(collection=job.collection, path=job.path, state=job.state)
        outcome = job.outcome  # later than the state, which is told again if it ends in between
        if isinstance(outcome, QuotewiseError):
            return told.model_copy(update={"error": (outcome.code, str(outcome))})
        return told.model_copy(update={"document": outcome.document, "created": outcome.created}) if outcome else told

    def job(self, job_id: str, is_told: bool) -> Job:
        """The job; where it is told no longer, and not finished, its process has ended."""
        future: Future[Outcome] = Future()
        if self.state in ("failed", "done") or not is_told:
            lost = StoppedError("the process that did this has ended; look at the document, or send it again")
            error = ERRORS.get(self.error[0], InternalError)(self.error[1]) if self.error else lost
            done = Uploaded(self.document, self.created) if self.document else None
            future.set_result(done if self.state == "done" else error)
        elif self.state == "running":
            future.set_running_or_notify_cancel()
        return Job(job_id, self.collection, self.path, future)


class Jobs:
    """The jobs of one process, at most ``limit`` of them unfinished. The process ends each of them whole or not at all.

    With ``shared`` records, the jobs of all processes that share them can be read here.
    """

    def __init__(self, limit: int, shared: SharedRecords | None = None) -> None:
        self._shared = shared
        self._untold: dict[str, Job] = {}
        self._telling = threading.Lock()
        self._teller: threading.Thread | None = None
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
            if self._shared:
                await asyncio.to_thread(self._tell_of, job)
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
        told = self._shared.job(job_id) if self._shared and not job else None
        if told:
            job = _ToldJob.model_validate_json(told[0]).job(job_id, told[1])
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
        self._tell()

    def _tell_of(self, job: Job) -> None:
        """Tell the other processes of a job, now, every few seconds and when it is done."""
        with self._telling:
            self._untold[job.id] = job
            if self._teller is None:
                self._teller = threading.Thread(target=self._keep_telling, name="telling of jobs", daemon=True)
                self._teller.start()
        self._tell()
        job.future.add_done_callback(lambda _: self._tell())

    def _keep_telling(self) -> None:
        while not self._closing.wait(_TELL_SECONDS):
            self._tell()

    def _tell(self) -> None:
        with self._telling:
            for job in list(self._untold.values()):
                told = _ToldJob.of(job)
                finished = told.state in ("failed", "done")
                try:
                    assert self._shared
                    self._shared.put_job(job.id, told.model_dump_json(), finished)
                except QuotewiseError as error:
                    _log.error("the other processes are not told of %s: %s", job.id, error)
                    return
                if finished:
                    self._untold.pop(job.id, None)
