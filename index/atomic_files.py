"""Replaces or removes one file of a collection's folder in one step, and never outside the folder. Needs a POSIX system."""

import errno
import os
import re
import secrets
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from quotewise.index.errors import InvalidPathError, PathTakenError
from quotewise.index.folders import access_error, actual, opened
from quotewise.index.formats import ENDINGS, FORMATS
from quotewise.index.printable import printable

MAX_PATH_BYTES = 1000
MAX_NAME_BYTES = 255
MAX_FOLDERS = 32
_INVISIBLE = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    r"\ufeff\uffa0\ufff0-\ufffb"
)
_INVISIBLE_BEYOND = "\U000e0000-\U000e0fff"
"""The same beyond the first 65,536 characters, which not all patterns of JSON schema support."""
_NEVER = rf"/\\\x00-\x1f\x7f-\x9f{_INVISIBLE}\ufffd"
"""Separators, control characters, invisible and direction characters, and the replacement character."""
_EDGE = rf"[^\s.{_NEVER}]"
_ENDINGS = "|".join("".join(f"[{c}{c.upper()}]" for c in ending[1:]) for ending in FORMATS)
PATTERN = rf"^({_EDGE}([^{_NEVER}]*{_EDGE})?/){{0,{MAX_FOLDERS}}}{_EDGE}[^{_NEVER}]*\.({_ENDINGS})$"
"""A path at which a document can be put, lengths in bytes apart."""
DRAFT = ".quotewise-"
_DRAFT = re.compile(rf"{re.escape(DRAFT)}[0-9a-f]{{16}}\.(new|old)")
_TAKEN = {errno.ENOTDIR, errno.ELOOP, errno.EISDIR, errno.EEXIST, errno.ENOTEMPTY}


def document_path(path: str) -> str:
    """The path in Unicode's composed form (NFC), which is the same on every system.

    Raises InvalidPathError unless ``find_files`` lists a file at this path, on every file system.
    """
    composed = unicodedata.normalize("NFC", path)
    if hidden := re.search(f"[{_INVISIBLE}{_INVISIBLE_BEYOND}]", composed):
        raise InvalidPathError(
            f"the path '{printable(path[:MAX_PATH_BYTES])}' holds the invisible character U+{ord(hidden[0]):04X}; "
            "expected one such as notes/tea.md, of characters that can be seen"
        )
    size = [len(name.encode(errors="surrogatepass")) for name in (composed, *composed.split("/"))]
    fits = size[0] <= MAX_PATH_BYTES and max(size[1:]) <= MAX_NAME_BYTES
    if fits and re.fullmatch(PATTERN, composed) and not re.search("[\ud800-\udfff]", composed):
        return composed
    raise InvalidPathError(
        f"the path '{printable(path[:MAX_PATH_BYTES])}' is not one of a document; expected one such as notes/tea.md: at most "
        f"{MAX_FOLDERS} folders and {MAX_PATH_BYTES:,} bytes, names of at most {MAX_NAME_BYTES} bytes with a / between, none "
        f"hidden, ending in a full stop or beginning or ending in a space, the last ending in {ENDINGS}"
    )


@contextmanager
def replaced_file(root: Path, path: str, data: bytes) -> Iterator[None]:
    """Write a file and the folders it needs; an exception in the context restores the previous file.

    Links are never followed; a link at the path itself is replaced. The file and new folders get no more permissions than the
    folder that they are in.

    Raises:
        PathTakenError: a folder stands at the path, or a file or a link where a folder should, or a folder on the way to it
            was moved meanwhile.
        FolderReadOnlyError: the folder may not be written to.
        FolderUnavailableError: the folder is gone, or its disk is full.
    """
    with _errors_of(path), _parent(root, path, make=True) as (parent, name):
        draft, before = (f"{DRAFT}{secrets.token_hex(8)}.{kind}" for kind in ("new", "old"))
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            mode = 0o666 & os.fstat(parent).st_mode
            with open(os.open(draft, flags, mode, dir_fd=parent), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            _keep(name, before, parent)
            try:
                os.replace(draft, name, src_dir_fd=parent, dst_dir_fd=parent)
                os.fsync(parent)
                _require_place(root, path, parent)
                yield
            except BaseException:
                try:
                    os.replace(before, name, src_dir_fd=parent, dst_dir_fd=parent)
                except FileNotFoundError:  # nothing stood there
                    with suppress(FileNotFoundError):
                        os.unlink(name, dir_fd=parent)
                raise
        finally:
            for left in (draft, before):
                with suppress(FileNotFoundError):
                    os.unlink(left, dir_fd=parent)


def remove_file(root: Path, path: str) -> None:
    """Remove a file, if it exists, and the folders that it leaves empty. Raises what ``replaced_file`` does."""
    with _errors_of(path):
        try:
            with _parent(root, path, make=False) as (parent, name):
                aside = f"{DRAFT}{secrets.token_hex(8)}.old"
                _move(name, aside, parent)
                try:
                    _require_place(root, path, parent)
                except BaseException:
                    os.rename(aside, name, src_dir_fd=parent, dst_dir_fd=parent)
                    raise
                os.unlink(aside, dir_fd=parent)
                os.fsync(parent)
        except FileNotFoundError:
            return
    for folder in list(Path(path).parents)[:-1]:
        try:
            with _parent(root, folder.as_posix(), make=False) as (parent, name):
                os.rmdir(name, dir_fd=parent)
        except OSError:  # it is not empty
            return


def _keep(name: str, before: str, parent: int) -> None:
    """Link a file, if it exists, under another name as well, or rename it where it cannot be linked."""
    with suppress(FileNotFoundError):
        try:
            os.link(name, before, src_dir_fd=parent, dst_dir_fd=parent, follow_symlinks=False)
        except OSError:  # nothing there, a file of another's, or a file system without links
            _move(name, before, parent)


def _move(name: str, aside: str, parent: int) -> None:
    """Rename a file. Raises IsADirectoryError for a folder."""
    if stat.S_ISDIR(os.lstat(name, dir_fd=parent).st_mode):
        raise IsADirectoryError(errno.EISDIR, "a folder")
    os.rename(name, aside, src_dir_fd=parent, dst_dir_fd=parent)


@contextmanager
def _parent(root: Path, path: str, make: bool) -> Iterator[tuple[int, str]]:
    """A descriptor of the folder that a file is in, and its name there."""
    *folders, name = path.split("/")
    with opened(root, folders, make) as folder:
        yield folder, actual(name, folder)


def _require_place(root: Path, path: str, parent: int) -> None:
    """Raises NotADirectoryError unless the folder of an open descriptor is still the parent of a path."""
    with suppress(FileNotFoundError), _parent(root, path, make=False) as (now, _):
        if os.path.samestat(os.fstat(now), os.fstat(parent)):
            return
    raise NotADirectoryError(errno.ENOTDIR, "a folder was moved")


@contextmanager
def _errors_of(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _TAKEN:
            raise PathTakenError(f"something that is no document stands at '{printable(path)}' or on the way to it") from error
        raise access_error(error, f"'{printable(path)}' cannot be written: {error.strerror}; nothing was changed") from error


def sweep_drafts(root: Path) -> None:
    """Remove what killed calls of ``replaced_file`` and ``remove_file`` left below a folder. No process may write there."""
    for parent, _, files in os.walk(root):  # skips a folder that vanishes meanwhile
        for name in filter(_DRAFT.fullmatch, files):
            with suppress(OSError):
                Path(parent, name).unlink()
