"""The use cases that bring a collection up to date with its folder."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from quotewise.api.callers import Caller
from quotewise.api.service import Service
from quotewise.index.defaults import AUTOMATIC_EMBEDDER
from quotewise.index.errors import DocumentError
from quotewise.index.folders import read_inside
from quotewise.index.ingest import Sync, find_collection
from quotewise.index.left_out import NO_TEXT
from quotewise.index.progress import Progress
from quotewise.index.reading import Reading, sample_texts
from quotewise.index.recognition import recognise
from quotewise.index.stamps import Stamps
from quotewise.index.sync_report import SyncReport


def check_folder(service: Service, caller: Caller, folder: Path, moved: bool = False) -> None:
    """Raises what ``index_folder`` would because of the settings, or because the collection was made in another way."""
    settings = service.settings
    service.check_change(caller, settings.collection)
    _sync(service, folder).check(folder, settings.collection, settings.chunk_tokens, moved)


def index_folder(
    service: Service,
    caller: Caller,
    folder: Path,
    moved: bool = False,
    progress: Progress = lambda step: None,
    again: bool = False,
    stamps: Stamps | None = None,
    again_at: frozenset[str] = frozenset(),
) -> SyncReport:
    """Bring the default collection up to date with a folder; ``again``, ``again_at`` and ``stamps`` are those of ``Reading``.

    Raises ForbiddenError, SettingsError, and what ``Sync.run`` does.
    """
    settings = service.settings
    service.check_change(caller, settings.collection)
    if not stamps:
        service.store.sweep()
    sync = _sync(service, folder, again, stamps, again_at)
    report = sync.run(folder, settings.collection, settings.chunk_tokens, moved, progress, settings.language)
    if not stamps:  # else the program goes on, and may compact meanwhile
        service.store.finish_compaction()
        catalogue = service.store.catalogue
        names = [collection.name for collection in catalogue.collections()]
        refused = {refusal.sha256 for name in names for refusal in catalogue.refusals(name).values()}
        settings.recognised_pages.keep_only(refused.union(*(catalogue.digests(name).values() for name in names)))
    return report


def recognise_scans(
    service: Service, caller: Caller, folder: Path, progress: Callable[[int, int, str], None] = lambda done, total, name: None
) -> Iterator[SyncReport]:
    """Read the scanned pages of a folder that is indexed by OCR, and index each file once its pages are read.

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
    service: Service, folder: Path, path: str, progress: Callable[[int, int, str], None] = lambda done, total, name: None
) -> bool:
    """Read the scanned pages of a file, and say whether it has any. Raises RecognitionError and DocumentError."""
    settings = service.settings
    data = read_inside(folder, path, settings.max_file_bytes)
    return recognise(path, data, settings.recognised_pages, settings.parse_options(folder), progress)


def _sync(
    service: Service,
    folder: Path,
    again: bool = False,
    stamps: Stamps | None = None,
    again_at: frozenset[str] = frozenset(),
) -> Sync:
    """With the embedder of the collection, unless the settings name another, which the sync will refuse."""
    settings = service.settings
    options = settings.parse_options(folder)
    made = find_collection(service.store.catalogue, settings.collection)
    keep = made and settings.embedder == AUTOMATIC_EMBEDDER
    name = (
        made.embedder if made and keep else service.new_embedder(lambda: sample_texts(folder, settings.max_file_bytes, options))
    )
    reading = Reading(settings.max_file_bytes, options, again, again_at, Stamps() if stamps is None else stamps)
    return Sync(service.store, service.pipeline.embedder(name), reading)
