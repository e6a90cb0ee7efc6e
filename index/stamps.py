"""The size and times of files, by which it is known without reading a file that it is the one that was read before."""

import os
from dataclasses import dataclass, field
from typing import Self

_NEW_SECONDS = 2.0
"""The coarsest clock of a usual file system (FAT): a file may be written again under the same time for so long."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What changes when a file is written or replaced: its inode, size in bytes, and times in nanoseconds.

    Not ``settled`` is one that was taken so soon after these times that the file may have been written again since under the
    same ones: what is read then is not known to be what the file holds later.
    """

    inode: int
    size: int
    modified: int
    changed: int
    settled: bool = field(compare=False)

    @classmethod
    def of(cls, status: os.stat_result, now: float) -> Self:
        """The stamp of a file; ``now`` is a time in seconds before its status was asked for."""
        inode, size, modified, changed = status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
        return cls(inode, size, modified, changed, now - max(modified, changed) / 1e9 > _NEW_SECONDS)

    def __str__(self) -> str:
        return f"{self.inode} {self.size} {self.modified} {self.changed}"


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
        """Remember the stamp that a file had before it was read, if that is settled."""
        self._stamps.pop(path, None)
        if stamp and stamp.settled:
            self._stamps[path] = stamp
