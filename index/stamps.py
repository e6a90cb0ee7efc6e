"""Sizes, times and ETags of files, by which it is known without reading a file that it is the one that was read before."""

import os
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

_NEW_SECONDS = 2.0
"""The coarsest clock of a usual file system (FAT): a file may be written again under the same time for so long."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What changes when a file is written or replaced, as text, and its size in bytes.

    Not ``settled`` is one that was taken so soon after the file was written that it may have been written again since under the
    same one: what is read then is not known to be what the file holds later.
    """

    size: int
    version: str
    settled: bool = field(default=True, compare=False)

    @classmethod
    def of(cls, status: os.stat_result, now: float) -> Self:
        """The stamp of a file on disk: its inode, size and times; ``now`` is a time in seconds before these were asked for."""
        size, modified, changed = status.st_size, status.st_mtime_ns, status.st_ctime_ns
        settled = now - max(modified, changed) / 1e9 > _NEW_SECONDS
        return cls(size, f"{status.st_ino} {size} {modified} {changed}", settled)

    @classmethod
    def of_object(cls, etag: str, size: int, modified: datetime) -> Self:
        """The stamp of an object in a store, which gives another ETag to other content."""
        return cls(size, f"{etag.strip(chr(34))} {size} {int(modified.timestamp())}", settled=bool(etag))

    def __str__(self) -> str:
        return self.version


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
