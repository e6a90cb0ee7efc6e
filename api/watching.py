"""Threads that bring the index up to date, whatever goes wrong in between: as the watched folder changes, and by OCR."""

import logging
import threading
from contextlib import suppress
from pathlib import Path

from quotewise.api import terminal
from quotewise.api.callers import LOCAL
from quotewise.api.indexing import index_folder, recognise_scan, scans
from quotewise.api.service import Service
from quotewise.index.errors import DocumentError, QuotewiseError, StoppedError
from quotewise.index.progress import Step
from quotewise.index.stamps import Stamps
from quotewise.index.sync_report import SyncReport
from quotewise.index.watch import watched

_AGAIN_SECONDS = 1.0
"""After the folder could not be watched, until that is tried again."""
_SCAN_SECONDS = 2.0
"""Between two looks for files with scanned pages."""
_log = logging.getLogger("quotewise")


class FolderWatch(threading.Thread):
    """Indexes the changes of a folder in turn with uploads, and tells of them on standard error.

    Args:
        service: whose default collection the folder is.
        folder: the folder.
        stamps: of its files when they were last read.
        report: of the last sync, whose complaints are not told again.
    """

    def __init__(self, service: Service, folder: Path, stamps: Stamps, report: SyncReport) -> None:
        super().__init__(name="watch", daemon=True)
        self._service, self._folder, self._stamps, self._report = service, folder, stamps, report
        self._ended = threading.Event()
        self._told = ""
        self._due = False

    def stop(self) -> None:
        """End the thread, soon."""
        self._ended.set()

    def run(self) -> None:
        polling = False
        while not self._ended.is_set():
            try:
                for changed in watched(self._folder, self._service.store.folder, self._ended, polling):
                    self._due = self._due or changed
                    if self._due:
                        self._update()
            except StoppedError:
                return
            except FileNotFoundError:
                self._tell(f"the folder {self._folder} is gone; its documents stay indexed")
            except Exception as error:  # noqa: BLE001 - of the system, or of the library in Rust
                self._tell(f"the system tells of no changes ({error}); the folder is looked through instead")
                polling = True
            self._ended.wait(_AGAIN_SECONDS)

    def _update(self) -> None:
        """Index the folder; what fails is tried again every second."""
        try:
            report = self._service.jobs.submit(self._index).result()
        except StoppedError:
            raise
        except QuotewiseError as error:
            self._tell(str(error))
            return
        except Exception:  # noqa: BLE001 - the watch goes on, whatever it is
            _log.exception("unexpected error while %s was indexed", self._folder)
            self._due = False
            return
        self._due, self._told = False, ""
        with suppress(OSError):  # nobody listens any more
            terminal.note_changes(report, self._report)
        self._report = report

    def _index(self) -> SyncReport:
        return index_folder(self._service, LOCAL, self._folder, progress=self._check_stopped, stamps=self._stamps)

    def _check_stopped(self, step: Step) -> None:
        self._service.jobs.check_stopped()

    def _tell(self, problem: str) -> None:
        """Tell of a problem, once while it lasts."""
        if problem != self._told:
            self._told = problem
            with suppress(OSError):
                terminal.note(problem)


class ScanReading(threading.Thread):
    """Reads the scanned pages of a folder by OCR, and indexes each file once its pages are read, in turn with uploads.

    Args:
        service: whose default collection the folder is.
        folder: the folder.
    """

    def __init__(self, service: Service, folder: Path) -> None:
        super().__init__(name="scans", daemon=True)
        self._service, self._folder = service, folder
        self._ended = threading.Event()
        self._report = SyncReport.nothing()
        self._read: dict[str, tuple[int, int]] = {}
        """The time and the size of each file that was read."""

    def stop(self) -> None:
        """End the thread after the page that is being read."""
        self._ended.set()

    def run(self) -> None:
        while not self._ended.is_set():
            try:
                self._service.jobs.check_stopped()
                for path in scans(self._service):
                    self._recognise(path)
            except StoppedError:
                return
            except QuotewiseError as error:  # such as another process that writes: later
                _log.warning("scanned pages of %s are read later: %s", self._folder, error)
            except Exception:  # noqa: BLE001 - later files are read, whatever it is
                _log.exception("unexpected error while scanned pages of %s were read", self._folder)
            self._ended.wait(_SCAN_SECONDS)

    def _recognise(self, path: str) -> None:
        """Read a file, and index it, once as long as it stays the same."""
        try:
            known = (self._folder / path).stat()
            if self._read.get(path) == (known.st_mtime_ns, known.st_size):
                return
            self._read[path] = known.st_mtime_ns, known.st_size
            if not recognise_scan(self._service, self._folder, path, self._check_stopped):
                return
        except (DocumentError, OSError):  # of which the index tells
            return
        try:
            report = self._service.jobs.submit(lambda: self._index(path)).result()
        except QuotewiseError:
            del self._read[path]  # its pages are kept
            raise
        with suppress(OSError):  # nobody listens any more
            terminal.note_changes(report, self._report)
        self._report = report

    def _index(self, path: str) -> SyncReport:
        return index_folder(self._service, LOCAL, self._folder, again_at=frozenset((path,)))

    def _check_stopped(self, done: int, total: int, name: str) -> None:
        self._service.jobs.check_stopped()
        if self._ended.is_set():
            raise StoppedError
