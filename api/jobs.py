"""Changes to documents, done one after the other by one thread, that can be waited for or asked after."""

import asyncio
import logging
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from cachetools import FIFOCache
from quotewise.api import problems, schemas
from quotewise.api.errors import InternalError, OverloadedError
from quotewise.index.errors import QuotewiseError, StoppedError
from quotewise.index.uploads import Uploaded

_KEPT = 1000
"""Jobs whose outcome can be asked for."""
_log = logging.getLogger("quotewise")

Outcome = Uploaded | QuotewiseError | None
"""What an upload, a failure, or a removal comes to."""


class UnknownJobError(QuotewiseError, code="unknown-job", status=404):
    """No job of that id, for all that the caller may know."""

    def __init__(self) -> None:
        super().__init__("there is no such job; it is long done, or the service was started again: look at the document")


@dataclass(frozen=True, slots=True)
class Job:
    """A change to the document at a path, under way or done."""

    id: str
    collection: str
    path: str
    address: str
    outcome: Future[Outcome]

    def shape(self) -> schemas.Job:
        """What is known of it now."""
        if not self.outcome.done():
            state: Literal["queued", "running"] = "running" if self.outcome.running() else "queued"
            return schemas.Job(id=self.id, state=state, collection=self.collection, path=self.path)
        found = self.outcome.result()
        return schemas.Job(
            id=self.id,
            state="failed" if isinstance(found, QuotewiseError) else "done",
            collection=self.collection,
            path=self.path,
            document=schemas.Document.of(found.document) if isinstance(found, Uploaded) else None,
            problem=problems.details(self.address, found) if isinstance(found, QuotewiseError) else None,
        )


class Jobs:
    """The jobs of one process, at most ``most`` of them not yet done. They end with it, done or not begun, never by half."""

    def __init__(self, most: int) -> None:
        self._thread = ThreadPoolExecutor(1, "documents")
        self._places = threading.BoundedSemaphore(most)
        self._most = most
        self._kept: FIFOCache[str, Job] = FIFOCache(_KEPT)
        self._closing = threading.Event()

    def take_place(self) -> None:
        """Take one of the places, to be given to ``run`` or given back. Raises OverloadedError when there is none."""
        if not self._places.acquire(blocking=False):
            raise OverloadedError(f"{self._most} documents are being changed already; try again when one is done")

    def give_place_back(self) -> None:
        self._places.release()

    def run(self, collection: str, path: str, address: str, work: Callable[[], Uploaded | None]) -> Job:
        """Do some work when its turn comes; the place taken for it is given back when it is done."""

        def outcome() -> Outcome:
            try:
                self.pause()
                return work()
            except QuotewiseError as error:
                return error.detached()
            except Exception:  # noqa: BLE001 - whatever it is, the job tells and the thread goes on
                _log.exception("unexpected error in the change of a document by %s", job_id)
                return InternalError(f"an unexpected error; the log says more under {job_id}")
            finally:
                self._places.release()

        job_id = uuid.uuid4().hex
        return Job(job_id, collection, path, address, self._thread.submit(outcome))

    async def wait(self, job: Job, seconds: float) -> bool:
        """Whether a job is done within some seconds; one that is not can be asked after from now on."""
        await asyncio.wait([asyncio.wrap_future(job.outcome)], timeout=seconds)
        if not job.outcome.done():
            self._kept[job.id] = job
        return job.outcome.done()

    def get(self, job_id: str) -> Job:
        """Raises UnknownJobError for a job that was not waited for in vain, or long ago, or by another process."""
        job = self._kept.get(job_id)
        if job is None:
            raise UnknownJobError
        return job

    def pause(self) -> None:
        """Raises StoppedError when the process ends."""
        if self._closing.is_set():
            raise StoppedError("the service was stopped before this was done; send it again")

    def close(self) -> None:
        """Let what cannot be given up come to its end."""
        self._closing.set()
        self._thread.shutdown()
