"""Access below a folder by descriptors, name by name and never through a link, so that no swapped folder leads out of it."""

import errno
import os
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from quotewise.index.documents import read_file
from quotewise.index.errors import DocumentError, FolderReadOnlyError, FolderUnavailableError, MissingFileError, QuotewiseError
from quotewise.index.stamps import Stamp

_T = TypeVar("_T")
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}
_PASSING = getattr(os, "O_PATH", os.O_RDONLY)
"""Flags to open a folder on the way to another, which need not be readable."""


@contextmanager
def opened(root: Path, folders: Sequence[str] = (), make: bool = False) -> Iterator[int]:
    """A descriptor of a folder below ``root``, which must be an absolute path without links.

    Raises:
        FolderUnavailableError, FolderReadOnlyError: the root cannot be opened.
        OSError: a folder below it cannot be, or is a link.
    """
    with ExitStack() as stack:

        def enter(name: str, flags: int, within: int | None) -> int:
            descriptor = os.open(name, os.O_DIRECTORY | os.O_NOFOLLOW | flags, dir_fd=within)
            stack.callback(os.close, descriptor)
            return descriptor

        try:
            here = enter(root.anchor, _PASSING, None)
            for name in root.parts[1:-1]:
                here = enter(name, _PASSING, here)
            here = enter(root.name or ".", os.O_RDONLY, here)
        except OSError as error:
            reason = "it or what it is in is a link" if error.errno in (errno.ELOOP, errno.ENOTDIR) else error.strerror
            raise access_error(error, f"the folder of the collection cannot be used: {reason}") from error
        for name in folders:
            name = actual(name, here)
            if make:
                with suppress(FileExistsError):
                    os.mkdir(name, 0o777 & os.fstat(here).st_mode, dir_fd=here)
            here = enter(name, os.O_RDONLY, here)
        yield here


def actual(name: str, within: int) -> str:
    """The name on disk, in an open folder, of the entry with this composed name (NFC): that form itself, or else the first."""
    with suppress(FileNotFoundError):
        if name.isascii() or os.lstat(name, dir_fd=within):
            return name
    return next((entry for entry in sorted(os.listdir(within)) if unicodedata.normalize("NFC", entry) == name), name)


def read_inside(root: Path, path: str, limit_bytes: int) -> bytes:
    """The bytes of the file at a path below a folder; a link at the path itself is followed if its target is below the folder.

    Raises:
        MissingFileError, DocumentError: as ``read_file`` does.
        FolderReadOnlyError, FolderUnavailableError: the root cannot be opened.
    """
    return _found(root.resolve(), path, lambda name, folder: read_file(name, limit_bytes, folder))


def stamp_inside(root: Path, path: str) -> Stamp | None:
    """The stamp of the file at a path below a folder as it is now; None where it cannot be had."""
    now = time.time()
    try:
        return _found(root.resolve(), path, lambda name, folder: Stamp.of(os.stat(name, dir_fd=folder), now))
    except QuotewiseError:
        return None


def _found(root: Path, path: str, act: Callable[[str, int], _T]) -> _T:
    """What ``act`` returns for the name of a file and the descriptor of its folder. Raises what ``read_inside`` does."""
    try:
        return _at(root, path, act)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise _unread(error) from error
    try:
        target = (root / path).resolve(strict=True)
        if not target.is_relative_to(root):
            raise MissingFileError("is not a file of the folder")
        return _at(root, target.relative_to(root).as_posix(), act)
    except (OSError, RuntimeError) as error:
        raise _unread(error) from error


def access_error(error: OSError, message: str) -> QuotewiseError:
    """The error for a failed access to a folder: read-only, or one that may pass."""
    return (FolderReadOnlyError if error.errno in _READ_ONLY else FolderUnavailableError)(message)


def _at(root: Path, path: str, act: Callable[[str, int], _T]) -> _T:
    *folders, name = path.split("/")
    if {"", ".", ".."} & {*folders, name} or "\0" in path:
        raise MissingFileError("is not a file of the folder")
    with opened(root, folders) as folder:
        return act(actual(name, folder), folder)


def _unread(error: Exception) -> DocumentError:
    if isinstance(error, FileNotFoundError):
        return MissingFileError("vanished before it could be read")
    reason = f"cannot be read: {getattr(error, 'strerror', None) or error}"
    no_file = isinstance(error, (NotADirectoryError, RuntimeError)) or getattr(error, "errno", None) == errno.ELOOP
    return MissingFileError(reason) if no_file else DocumentError(reason)
