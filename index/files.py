"""The files of a collection, wherever they are: in a folder of this machine, or as the objects of a bucket."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from quotewise.index.documents import SourceFile, find_files
from quotewise.index.errors import FolderReadOnlyError
from quotewise.index.folders import read_inside, stamp_inside
from quotewise.index.printable import printable
from quotewise.index.stamps import Stamp

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:/")


class File(Protocol):
    """A file to read; ``stamp`` is that of the bytes that were read, or from before they were, None where it has none."""

    stamp: Stamp | None

    def read(self, limit: int) -> bytes:
        """Its bytes.

        Raises:
            MissingFileError: there is none at its path.
            AlteredError: it is empty, or larger than the limit.
            DocumentError: it cannot be read, though others may.
            FolderUnavailableError, FolderReadOnlyError: none can be read.
        """
        ...

    def is_as_read(self) -> bool:
        """Whether it was not written to since it was opened."""
        ...


class Files(Protocol):
    """Files by their paths below ``root``, a folder's full path or the address of a bucket and a prefix."""

    @property
    def root(self) -> str: ...

    def find(self) -> Iterator[SourceFile]:
        """The files that are not hidden nor ignored (see ``find_files``). Raises FolderError when they cannot be listed."""
        ...

    def file(self, path: str) -> File: ...

    def are_there(self) -> bool:
        """Whether there is a folder or a bucket to be asked."""
        ...


class FolderFiles:
    """The files of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def root(self) -> str:
        return str(self.folder.resolve())

    def find(self) -> Iterator[SourceFile]:
        return find_files(self.folder)

    def file(self, path: str) -> "_FileOnDisk":
        return _FileOnDisk(self.folder, path)

    def are_there(self) -> bool:
        return self.folder.is_dir()

    def __str__(self) -> str:
        return printable(str(self.folder))


class _FileOnDisk:
    def __init__(self, folder: Path, path: str) -> None:
        self._folder, self._path = folder, path
        self.stamp = stamp_inside(folder, path)

    def read(self, limit: int) -> bytes:
        return read_inside(self._folder, self._path, limit)

    def is_as_read(self) -> bool:
        return stamp_inside(self._folder, self._path) == self.stamp


def is_address(root: str) -> bool:
    """Whether this names files that are no folder of this machine, such as ``s3://bucket/prefix``; also as a Path shows it."""
    return bool(_ADDRESS.match(root))


def files_at(root: str | Path) -> Files:
    """The files of a folder, or those at an address. Raises FolderError for an address of another kind than is read."""
    if isinstance(root, Path) or not is_address(root):
        return FolderFiles(Path(root))
    from quotewise.index.buckets import Bucket

    return Bucket(root)


def folder_of(root: str) -> Path:
    """The folder of a collection. Raises FolderReadOnlyError where its files are objects, which others put there."""
    if is_address(root):
        raise FolderReadOnlyError(f"the documents are the objects of {printable(root)}; change them there, and index it again")
    return Path(root)
