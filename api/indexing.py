"""The use cases that bring a collection up to date with its folder."""

from contextlib import suppress
from pathlib import Path

from quotewise.api.callers import Caller
from quotewise.api.service import Service
from quotewise.index.errors import UnknownCollectionError
from quotewise.index.ingest import Sync
from quotewise.index.progress import Progress
from quotewise.index.reading import Reading
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
    return sync.run(folder, settings.collection, settings.chunk_tokens, moved, progress, settings.language)


def _sync(service: Service, folder: Path, again: bool = False, stamps: Stamps | None = None) -> Sync:
    """With the embedder of the collection, unless the settings name another, which the sync will refuse."""
    settings = service.settings
    name = settings.embedder
    if "embedder" not in settings.model_fields_set:
        with suppress(UnknownCollectionError):
            name = service.store.catalogue.collection(settings.collection).embedder
    options = settings.parse_options(folder)
    reading = Reading(settings.max_file_bytes, options, again, Stamps() if stamps is None else stamps)
    return Sync(service.store, service.pipeline.embedder(name), reading)
