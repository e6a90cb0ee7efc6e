"""The use cases that bring a collection up to date with its folder."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from quotewise.api.callers import Caller
from quotewise.api.service import Service
from quotewise.index.defaults import AUTOMATIC_EMBEDDER
from quotewise.index.errors import DocumentError
from quotewise.index.files import Files, FolderFiles
from quotewise.index.formats import ParseOptions
from quotewise.index.ingest import Sync, find_collection
from quotewise.index.left_out import NO_TEXT
from quotewise.index.progress import Progress
from quotewise.index.reading import Reading, sample_texts
from quotewise.index.recognition import recognise
from quotewise.index.stamps import Stamps
from quotewise.index.sync_report import SyncReport
from quotewise.index.workers import Workers


def check_folder(service: Service, caller: Caller, folder: Path, moved: bool = False) -> None:
    """Raises what ``index_folder`` would because of the settings, or because the collection was made in another way."""
    settings = service.settings
    service.check_change(caller, settings.collection)
    _sync(service, FolderFiles(folder)).check(folder, settings.collection, settings.chunk_tokens, moved)


def index_folder(
    service: Service,
    caller: Caller,
    folder: Path | Files,
    moved: bool = False,
    progress: Progress = lambda step: None,
    again: bool = False,
    stamps: Stamps | None = None,
    again_at: frozenset[str] = frozenset(),
    workers: Workers | None = None,
) -> SyncReport:
    """Bring the default collection up to date with a folder or other files.

    ``again``, ``again_at`` and ``stamps`` are those of ``Reading``, and ``workers`` that of ``Sync``.

    Raises ForbiddenError, SettingsError, and what ``Sync.run`` does.
    """
    settings = service.settings
    service.check_change(caller, settings.collection)
    if not stamps:
        service.store.sweep()
    files = FolderFiles(folder) if isinstance(folder, Path) else folder
    sync = _sync(service, files, again, stamps, again_at, workers)
    report = sync.run(files, settings.collection, settings.chunk_tokens, moved, progress, settings.language)
    if not stamps:  # else the program goes on, and may compact meanwhile
        service.store.finish_compaction()
        catalogue = service.store.catalogue
        names = [collection.name for collection in catalogue.collections()]
        refused = {refusal.sha256 for name in names for refusal in catalogue.refusals(name).values()}
        settings.recognised_pages.keep_only(refused.union(*(catalogue.digests(name).values() for name in names)))
    return report


def recognise_scans(
    service: Service,
    caller: Caller,
    folder: Path | Files,
    progress: Callable[[int, int, str], None] = lambda done, total, name: None,
) -> Iterator[SyncReport]:
    """Read the scanned pages of files that are indexed by OCR, and index each file once its pages are read.

    What takes seconds a page goes on where it was interrupted. ``progress`` takes how many pages of a file are done, of how
    many, and its path.

    Raises RecognitionError, ForbiddenError, SettingsError, and what ``Sync.run`` does.
    """
    service.check_change(caller, service.settings.collection)
    for path in scans(service):
        with suppress(DocumentError):  # which the sync reports
            if recognise_scan(service, folder, path, progress):
                yield index_folder(service, caller, folder, again_at=frozenset((path,)))


def scans(service: Service) -> list[str]:
    """The paths of the files of the default collection's folder that have pages without text."""
    catalogue, name = service.store.catalogue, service.settings.collection
    if find_collection(catalogue, name) is None:
        return []
    return [file.path for file in catalogue.left_out(name) if file.kind == NO_TEXT]


def recognise_scan(
    service: Service,
    folder: Path | Files,
    path: str,
    progress: Callable[[int, int, str], None] = lambda done, total, name: None,
) -> bool:
    """Read the scanned pages of a file, and say whether it has any. Raises RecognitionError and DocumentError."""
    settings = service.settings
    files = FolderFiles(folder) if isinstance(folder, Path) else folder
    data = files.file(path).read(settings.max_file_bytes)
    return recognise(path, data, settings.recognised_pages, _parse_options(service, files), progress)


def _sync(
    service: Service,
    files: Files,
    again: bool = False,
    stamps: Stamps | None = None,
    again_at: frozenset[str] = frozenset(),
    workers: Workers | None = None,
) -> Sync:
    """With the embedder of the collection, unless the settings name another, which the sync will refuse."""
    settings = service.settings
    options = _parse_options(service, files)
    made = find_collection(service.store.catalogue, settings.collection)
    keep = made and settings.embedder == AUTOMATIC_EMBEDDER
    name = (
        made.embedder if made and keep else service.new_embedder(lambda: sample_texts(files, settings.max_file_bytes, options))
    )
    reading = Reading(settings.max_file_bytes, options, again, again_at, Stamps() if stamps is None else stamps)
    return Sync(service.store, service.pipeline.embedder(name), reading, workers)


def _parse_options(service: Service, files: Files) -> ParseOptions:
    return service.settings.parse_options(files.folder if isinstance(files, FolderFiles) else None)
