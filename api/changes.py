"""Changes that callers make to documents, each a job, and to collections: who may make which, and what else follows them."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any

from starlette.datastructures import UploadFile

from quotewise.api.callers import Caller
from quotewise.api.jobs import Job, UnknownJobError
from quotewise.api.keys import renamed_collection
from quotewise.api.service import Service
from quotewise.index.atomic_files import document_path
from quotewise.index.errors import QuotewiseError
from quotewise.index.folders import access_error
from quotewise.index.uploads import UNCONDITIONAL, Condition, Uploaded, Uploads

_MAX_IN_MEMORY = 1_000_000
"""Bytes of a body beyond which it is kept on disk."""


class CollectionOfFolderError(QuotewiseError, code="collection-of-folder", status=409):
    """The documents of the collection come from a folder of the user's, not from uploads."""


async def put(
    service: Service,
    caller: Caller,
    collection: str,
    path: str,
    read: Callable[[], AsyncIterator[bytes]],
    condition: Condition = UNCONDITIONAL,
) -> Job:
    """Add a document, or replace the one at its path; the collection is made if need be. ``read`` gives its bytes.

    A large body lies on the disk of the index until it is its turn, so that those that wait take no memory. The job is done
    or, if that takes longer than ``upload_seconds``, under way. Raises ForbiddenError, OverloadedError, InvalidPathError,
    FolderUnavailableError; the job has the errors of ``Uploads.put``.
    """
    service.check_change(caller, collection)
    path = document_path(path)
    service.jobs.acquire()
    kept: Any = SpooledTemporaryFile(_MAX_IN_MEMORY, dir=str(service.store.folder))  # noqa: SIM115
    draft = UploadFile(kept)
    try:
        async for piece in read():
            await draft.write(piece)
        await draft.seek(0)
    except BaseException as error:
        service.jobs.release()
        kept.close()
        if isinstance(error, OSError):
            raise access_error(error, f"the body cannot be kept beside the index: {error.strerror}") from error
        raise

    job = await _run(service, collection, path, lambda uploads: uploads.put(collection, path, kept.read(), condition))
    job.future.add_done_callback(lambda _: kept.close())
    return job


async def rename(
    service: Service, caller: Caller, collection: str, path: str, new: str, condition: Condition = UNCONDITIONAL
) -> Job:
    """Move a document and its file to another path. The job has the errors of ``Uploads.rename``; otherwise as ``put``."""
    path, new = await _checked(service, caller, collection, path), document_path(new)
    service.jobs.acquire()
    return await _run(service, collection, new, lambda uploads: uploads.rename(collection, path, new, condition))


async def remove(service: Service, caller: Caller, collection: str, path: str, condition: Condition = UNCONDITIONAL) -> Job:
    """Remove a document and its file. The job has the errors of ``Uploads.remove``; otherwise as ``put``."""
    path = await _checked(service, caller, collection, path)
    service.jobs.acquire()
    return await _run(service, collection, path, lambda uploads: uploads.remove(collection, path, condition))


def find_job(service: Service, caller: Caller, job_id: str) -> Job:
    """A job that was not done in time. Raises UnknownJobError, also for those that the caller may not know of."""
    caller.require("manage")
    job = service.jobs.get(job_id)
    if not caller.can_access(job.collection):
        raise UnknownJobError
    return job


def unindex(service: Service, caller: Caller, paths: Sequence[str] | None) -> list[str]:
    """Remove documents or, for None, the whole default collection from the index, and return their paths; files stay."""
    name, store = service.settings.collection, service.store
    service.check_change(caller, name)
    removed = sorted(store.catalogue.digests(name)) if paths is None else list(dict.fromkeys(paths))
    for path in paths or []:
        store.catalogue.document_at(name, path)
    with store.writing():
        if paths is None:
            store.remove_collection(name)
        else:
            store.catalogue.remove(name, removed)
            store.publish(name)
    return removed


def rename_collection(service: Service, caller: Caller, name: str, new: str) -> None:
    """Give a collection of uploads another name, also in the keys that are limited to it; its documents get other ids.

    Raises ForbiddenError, UnknownCollectionError, InvalidNameError, NameTakenError, CollectionOfFolderError, IndexLockedError.
    """
    service.check_change(caller, new)
    _folder_of_uploads(service, caller, name)
    with service.store.writing():
        service.store.catalogue.rename_collection(name, new)
        renamed_collection(service.store.catalogue, name, new)


def remove_collection(service: Service, caller: Caller, name: str) -> None:
    """Remove a collection of uploads with its files. Raises what ``rename_collection`` does."""
    folder = _folder_of_uploads(service, caller, name)
    with service.store.writing():
        service.store.remove_collection(name)
        shutil.rmtree(folder, ignore_errors=True)


def _folder_of_uploads(service: Service, caller: Caller, name: str) -> Path:
    service.check_change(caller, name)
    root = Path(service.store.catalogue.collection(service.collection_name(caller, name)).root)
    if root.parent != _uploads_folder(service):
        raise CollectionOfFolderError(
            f"the documents of the collection {name!r} come from a folder, which would be indexed again; to remove it from the "
            f"index: quotewise rm --all -c {name}; to give it another name, index the folder under that one"
        )
    return root


def _uploads_folder(service: Service) -> Path:
    return (service.settings.uploads or service.store.folder / "uploads").resolve()


async def _checked(service: Service, caller: Caller, collection: str, path: str) -> str:
    service.check_change(caller, collection)
    await asyncio.to_thread(service.collection_name, caller, collection)
    return document_path(path)


async def _run(service: Service, name: str, path: str, change: Callable[[Uploads], Uploaded | None]) -> Job:
    settings, folder = service.settings, _uploads_folder(service)
    limits, options = (settings.max_file_bytes, settings.chunk_tokens), settings.parse_options()
    roots = {settings.collection: service.folder} if service.folder else {}
    uploads = Uploads(service.store, service.embedder_of, folder, *limits, service.jobs.check_stopped, options, roots)
    return await service.jobs.run(name, path, partial(change, uploads), settings.upload_seconds)
