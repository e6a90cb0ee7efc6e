"""One file of a collection's folder written or removed in one step, and never outside the folder. Needs a POSIX system."""

import errno
import os
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from index.documents import printable
from index.errors import FolderUnavailableError, InvalidPathError, PathTakenError
from index.formats import FORMATS, format_of

MAX_PATH_BYTES = 1000
MAX_NAME_BYTES = 255
MAX_FOLDERS = 32
_TURNS_TEXT = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_TAKEN = {errno.ENOTDIR, errno.ELOOP, errno.EISDIR, errno.EEXIST, errno.ENOTEMPTY}


def check_path(path: str) -> None:
    """Raises InvalidPathError unless a file at this path is one that ``find_files`` finds, on whatever file system."""
    fault = _fault(path)
    if fault:
        raise InvalidPathError(
            f"the path '{printable(path[:MAX_PATH_BYTES])}' {fault}; expected one such as notes/tea.md: names in Unicode's "
            f"composed form (NFC) with '/' between, at most {MAX_FOLDERS} folders and {MAX_PATH_BYTES:,} bytes, none hidden, "
            f"the last ending in {' or '.join(FORMATS)}"
        )


def _fault(path: str) -> str | None:
    names = path.split("/")
    if len(path.encode(errors="replace")) > MAX_PATH_BYTES or len(names) > MAX_FOLDERS + 1:
        return "is too long"
    if any(c in "\\\ufffd" or c in _TURNS_TEXT or unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in path):
        return "has a backslash, a control character or something that is not UTF-8"
    if not unicodedata.is_normalized("NFC", path):
        return "has letters in decomposed form"
    for name in names:
        if not name:
            return "has an empty name"
        if name.startswith("."):
            return "has a name that starts with a full stop"
        if name != name.strip() or name.endswith("."):
            return "has a name with a space around it or a full stop at its end"
        if len(name.encode()) > MAX_NAME_BYTES:
            return f"has a name of more than {MAX_NAME_BYTES} bytes"
    return None if format_of(path) else "is of no known format"


@contextmanager
def written(root: Path, path: str, data: bytes) -> Iterator[None]:
    """Write a file, its folders made if need be; where what is done with it fails, what stood there before comes back.

    Links are never followed below ``root``; a link at the path itself gives way to the file.

    Raises:
        PathTakenError: a folder stands at the path, or a file or a link where a folder should.
        FolderUnavailableError: the folder is gone, full or not to be written to.
    """
    with _told(path), _parent(root, path, make=True) as (parent, name):
        draft, before = (f".{secrets.token_hex(8)}.{kind}" for kind in ("new", "old"))
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            with open(os.open(draft, flags, 0o666, dir_fd=parent), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            with suppress(OSError):  # nothing there, or a file system without links, where it cannot come back
                os.link(name, before, src_dir_fd=parent, dst_dir_fd=parent, follow_symlinks=False)
            os.replace(draft, name, src_dir_fd=parent, dst_dir_fd=parent)
            os.fsync(parent)
            try:
                yield
            except BaseException:
                try:
                    os.replace(before, name, src_dir_fd=parent, dst_dir_fd=parent)
                except FileNotFoundError:
                    os.unlink(name, dir_fd=parent)
                raise
        finally:
            for left in (draft, before):
                with suppress(FileNotFoundError):
                    os.unlink(left, dir_fd=parent)


def remove_file(root: Path, path: str) -> None:
    """Remove a file and the folders that it leaves empty; passes over one that is not there. Raises what ``written`` does."""
    with _told(path):
        try:
            with _parent(root, path, make=False) as (parent, name):
                os.unlink(name, dir_fd=parent)
                os.fsync(parent)
        except FileNotFoundError:
            return
    for folder in list(Path(path).parents)[:-1]:
        try:
            with _parent(root, folder.as_posix(), make=False) as (parent, name):
                os.rmdir(name, dir_fd=parent)
        except OSError:  # it is not empty
            return


@contextmanager
def _parent(root: Path, path: str, make: bool) -> Iterator[tuple[int, str]]:
    """A descriptor of the folder that a file is in, and its name there."""
    *folders, name = path.split("/")
    with ExitStack() as stack:

        def enter(folder: str | Path, flags: int, within: int | None) -> int:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | flags, dir_fd=within)
            stack.callback(os.close, descriptor)
            return descriptor

        try:
            here = enter(root, 0, None)
        except OSError as error:
            raise FolderUnavailableError(f"the folder of the collection cannot be used: {error.strerror}") from error
        for folder in folders:
            if make:
                with suppress(FileExistsError):
                    os.mkdir(folder, dir_fd=here)
            here = enter(folder, os.O_NOFOLLOW, here)
        yield here, name


@contextmanager
def _told(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _TAKEN:
            raise PathTakenError(f"something that is no document stands at '{printable(path)}' or on the way to it") from error
        raise FolderUnavailableError(f"'{printable(path)}' cannot be written: {error.strerror}; nothing was changed") from error
