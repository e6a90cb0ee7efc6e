"""What a sync of a folder did, and what of it was left out."""

from dataclasses import dataclass, replace
from typing import Self

from quotewise.index.left_out import LeftOut


@dataclass(frozen=True, slots=True)
class Failure:
    """A file, or a part of one, that could not be indexed, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What a sync by workers did and took: documents, chunks and bytes that were indexed, seconds of the clock, and of workers.

    ``worker_seconds`` are those in which workers read and embedded; what is paid for is rather ``workers * seconds``.
    ``embedded`` are the chunks that workers embedded: of those with the same text in a document, and in copies of a file, one.
    """

    documents: int
    chunks: int
    bytes: int
    seconds: float
    workers: int
    worker_seconds: float
    embedded: int


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, as paths; ``kept`` are failed files whose last good version stays indexed.

    ``ignored`` are parts of indexed files, such as front matter that cannot be parsed, also of unchanged ones; ``unread`` are
    files of other formats than are read.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    failed: tuple[Failure, ...]
    kept: tuple[str, ...]
    chunks: int
    ignored: tuple[Failure, ...] = ()
    unread: tuple[Failure, ...] = ()
    cost: Cost | None = None

    @classmethod
    def nothing(cls) -> Self:
        """Of a folder without files."""
        return cls((), (), (), (), (), (), 0)

    def followed_by(self, later: "SyncReport") -> "SyncReport":
        """What this sync and a later one of the same folder did together."""
        return replace(
            later,
            added=self.added + later.added,
            changed=self.changed + later.changed,
            removed=self.removed + later.removed,
            unchanged=self.unchanged,
            chunks=self.chunks + later.chunks,
            cost=self.cost,
        )

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Every file that was not read, or only in part."""
        whole = [LeftOut(file.path, file.reason) for file in (*self.failed, *self.unread)]
        return (*whole, *(LeftOut(file.path, file.reason, in_part=True) for file in self.ignored))
