"""The size and times of files, by which it is known without reading a file that it is the one that was read before."""

import os
import time
from typing import NamedTuple, Self

_NEW_SECONDS = 2.0
"""The coarsest clock of a usual file system (FAT): a file may be written again under the same time for so long."""


class Stamp(NamedTuple):
    """What changes when a file is written or replaced: its inode, size in bytes, and times in nanoseconds."""

    inode: int
    size: int
    modified: int
    changed: int

    @classmethod
    def of(cls, status: os.stat_result) -> Self:
        """The stamp of a file."""
        return cls(status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


class Stamps:
    """The stamps that the files of a folder had when they were last read, by path, for one process."""

    def __init__(self) -> None:
        self._stamps: dict[str, Stamp] = {}

    def __bool__(self) -> bool:
        return bool(self._stamps)

    def is_unchanged(self, path: str, stamp: Stamp | None) -> bool:
        """Whether a file that has this stamp now was read with the same one."""
        return stamp is not None and self._stamps.get(path) == stamp

    def keep(self, path: str, stamp: Stamp | None) -> None:
        """Remember the stamp that a file had before it was read, unless it is so new that it may not change with the file."""
        self._stamps.pop(path, None)
        if stamp and time.time() - max(stamp.modified, stamp.changed) / 1e9 > _NEW_SECONDS:
            self._stamps[path] = stamp
