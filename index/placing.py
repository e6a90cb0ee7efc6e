"""One file of a collection's folder written or removed in one step, and never outside the folder. Needs a POSIX system."""

import errno
import os
import re
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from index.documents import printable
from index.errors import FolderUnavailableError, InvalidPathError, PathTakenError
from index.formats import FORMATS

MAX_PATH_BYTES = 1000
MAX_NAME_BYTES = 255
MAX_FOLDERS = 32
_NEVER = r"/\\\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd"
"""Separators, control characters, what turns text round, and what stands for bytes that are not UTF-8."""
_EDGE = rf"[^\s.{_NEVER}]"
_ENDINGS = "|".join("".join(f"[{c}{c.upper()}]" for c in ending[1:]) for ending in FORMATS)
PATTERN = rf"^({_EDGE}([^{_NEVER}]*{_EDGE})?/){{0,{MAX_FOLDERS}}}{_EDGE}[^{_NEVER}]*\.({_ENDINGS})$"
"""A path at which a document can be put, lengths in bytes apart."""
DRAFT = ".quotewise-"
_TAKEN = {errno.ENOTDIR, errno.ELOOP, errno.EISDIR, errno.EEXIST, errno.ENOTEMPTY}


def document_path(path: str) -> str:
    """The path in Unicode's composed form (NFC), which is one form on every system.

    Raises InvalidPathError unless ``find_files`` finds a file at this path, on whatever file system.
    """
    composed = unicodedata.normalize("NFC", path)
    size = [len(name.encode(errors="surrogatepass")) for name in (composed, *composed.split("/"))]
    fits = size[0] <= MAX_PATH_BYTES and max(size[1:]) <= MAX_NAME_BYTES
    if fits and re.fullmatch(PATTERN, composed) and not re.search("[\ud800-\udfff]", composed):
        return composed
    raise InvalidPathError(
        f"the path '{printable(path[:MAX_PATH_BYTES])}' is not one of a document; expected one such as notes/tea.md: at most "
        f"{MAX_FOLDERS} folders and {MAX_PATH_BYTES:,} bytes, names of at most {MAX_NAME_BYTES} bytes with a / between, none "
        f"hidden, ending in a full stop or beginning or ending in a space, the last ending in {' or '.join(FORMATS)}"
    )


@contextmanager
def written(root: Path, path: str, data: bytes) -> Iterator[None]:
    """Write a file, its folders made if need be; where what is done with it fails, what stood there before comes back.

    Links are never followed below ``root``; a link at the path itself gives way to the file.

    Raises:
        PathTakenError: a folder stands at the path, or a file or a link where a folder should.
        FolderUnavailableError: the folder is gone, full or not to be written to.
    """
    with _told(path), _parent(root, path, make=True) as (parent, name):
        draft, before = (f"{DRAFT}{secrets.token_hex(8)}.{kind}" for kind in ("new", "old"))
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


def sweep_drafts(root: Path) -> None:
    """Remove what ``written`` has left half made below a folder. Nobody else may be writing there."""
    for left in root.rglob(f"{DRAFT}*"):
        with suppress(OSError):
            left.unlink()
