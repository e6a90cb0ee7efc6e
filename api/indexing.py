"""The use cases that bring a collection up to date with its folder."""

from pathlib import Path

from quotewise.api.callers import Caller
from quotewise.api.service import Service
from quotewise.index.defaults import AUTOMATIC_EMBEDDER
from quotewise.index.ingest import Sync, find_collection
from quotewise.index.progress import Progress
from quotewise.index.reading import Reading, sample_texts
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
) -> SyncReport:
    """Bring the default collection up to date with a folder; ``again`` and ``stamps`` are those of ``Reading``.

    Raises ForbiddenError, SettingsError, and what ``Sync.run`` does.
    """
    settings = service.settings
    service.check_change(caller, settings.collection)
    if not stamps:
        service.store.sweep()
    sync = _sync(service, folder, again, stamps)
    report = sync.run(folder, settings.collection, settings.chunk_tokens, moved, progress, settings.language)
    if not stamps:  # else the program goes on, and may compact meanwhile
        service.store.finish_compaction()
    return report


def _sync(service: Service, folder: Path, again: bool = False, stamps: Stamps | None = None) -> Sync:
    """With the embedder of the collection, unless the settings name another, which the sync will refuse."""
    settings = service.settings
    options = settings.parse_options(folder)
    made = find_collection(service.store.catalogue, settings.collection)
    keep = made and settings.embedder == AUTOMATIC_EMBEDDER
    name = (
        made.embedder if made and keep else service.new_embedder(lambda: sample_texts(folder, settings.max_file_bytes, options))
    )
    reading = Reading(settings.max_file_bytes, options, again, Stamps() if stamps is None else stamps)
    return Sync(service.store, service.pipeline.embedder(name), reading)
