"""The vectors of a collection: a base that is written when it is compacted, and a log of what changed since."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from quotewise.index.checksums import LOG
from quotewise.index.store import Changes, Hit, IndexedChunk
from quotewise.index.vector_rows import QuantizedRows, Rows, read_rows, write_rows

_LEAST_CHANGES, _SHARE = 1000, 20
"""The base is compacted when more vectors than the former, and than one in so many of its own, have come or gone since."""
_VECTORS, _KINDS = "vectors-", ("vectors", "ids", "codes", "recall", "log")


@dataclass(frozen=True, slots=True)
class _Record:
    """An entry of the log: documents of which all chunks go, then chunks that come. In bytes: two counts, then the arrays."""

    removed: np.ndarray
    chunks: np.ndarray
    documents: np.ndarray
    vectors: np.ndarray

    @classmethod
    def of(cls, changes: Changes, dimension: int) -> "_Record":
        chunks: list[tuple[int, int]] = []

        def seen(chunk: IndexedChunk) -> np.ndarray:
            chunks.append((chunk.id, chunk.document))
            return chunk.vector

        blocks = np.fromiter(map(seen, changes.chunks()), np.dtype((np.float32, dimension)))
        ids = np.array(chunks, np.int64).reshape(-1, 2)
        return cls(np.asarray(changes.documents, np.int64), ids[:, 0].copy(), ids[:, 1].copy(), blocks)

    def to_bytes(self) -> bytes:
        counts = np.array([len(self.removed), len(self.chunks)], np.int64)
        return b"".join(array.tobytes() for array in (counts, self.removed, self.chunks, self.documents, self.vectors))

    @classmethod
    def read(cls, data: bytes, dimension: int) -> "Iterator[_Record]":
        at = 0
        while at < len(data):
            removed, added = np.frombuffer(data, np.int64, 2, at).tolist()
            ids = np.frombuffer(data, np.int64, removed + 2 * added, at + 16)
            at += 16 + ids.nbytes
            vectors = np.frombuffer(data, np.float32, added * dimension, at).reshape(added, dimension)
            at += vectors.nbytes
            yield cls(ids[:removed], ids[removed : removed + added], ids[removed + added :], vectors)


@dataclass(frozen=True, eq=False)
class Vectors:
    """What searches see of the vectors at one moment. The base is sorted by document; ``recent`` came since it was written.

    ``token`` is what the files of the base end with, empty before they are written, and ``stamp`` tells them from others;
    ``logged`` is how many bytes of the log are reflected, and ``unwritten`` is the rest of it.
    """

    token: str
    stamp: tuple[int, ...]
    base: Rows
    recent: Rows
    logged: int = 0
    unwritten: tuple[_Record, ...] = ()

    @classmethod
    def empty(cls, dimension: int) -> "Vectors":
        return cls("", (), Rows.empty(dimension), Rows.empty(dimension))

    @classmethod
    def read(cls, folder: Path, files: Mapping[str, int], dimension: int, opened: "Vectors | None") -> "Vectors":
        """The vectors in files of these lengths, of which what has been opened is not read again.

        Raises ValueError when they are of another shape, and what NumPy raises.
        """
        (token,) = (name[len(_VECTORS) : -len(".npy")] for name in files if name.startswith(_VECTORS))
        log = folder / f"log-{token}{LOG}"
        length, stamp = files.get(log.name, 0), _stamp(folder, token)
        if opened is None or (opened.token, opened.stamp) != (token, stamp) or opened.logged > length:
            opened = cls(token, stamp, read_rows(folder, token), Rows.empty(dimension))
            if opened.base.vectors.shape[1] != dimension:
                raise ValueError(f"{folder} holds other vectors than those of {dimension} dimensions")
        if length == opened.logged:
            return opened
        with log.open("rb") as file:
            file.seek(opened.logged)
            records = list(_Record.read(file.read(length - opened.logged), dimension))
        return replace(opened._followed_by(records), logged=length)

    def __len__(self) -> int:
        return sum(len(rows) - rows.dead for rows in (self.base, self.recent))

    @property
    def recall(self) -> float | None:
        return self.base.recall if isinstance(self.base, QuantizedRows) else None

    def search(self, vector: np.ndarray, limit: int, documents: Sequence[int] | np.ndarray | None) -> list[Hit]:
        """The nearest chunks to a float32 (dimension,) vector, best first, of these documents only."""
        within: tuple[np.ndarray | None, np.ndarray | None] = None, None
        if documents is not None:
            wanted = np.asarray(documents, np.int64)
            within = self._base_positions(wanted), np.flatnonzero(np.isin(self.recent.documents, wanted))
        vector = np.ascontiguousarray(vector, np.float32)
        hits = [
            hit for rows, at in zip((self.base, self.recent), within, strict=True) for hit in rows.search(vector, limit, at)
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))[:limit]

    def updated(self, changes: Changes) -> "Vectors":
        """Those without the old chunks of the changed documents and with those that they have now, not yet written."""
        record = _Record.of(changes, self.base.vectors.shape[1])
        return replace(self._followed_by([record]), unwritten=(*self.unwritten, record))

    @property
    def compaction_due(self) -> bool:
        return len(self.recent) + self.base.dead > max(_LEAST_CHANGES, len(self.base) // _SHARE)

    def compacted(self, folder: Path, check: Callable[[], None] = lambda: None) -> "Vectors":
        """All in a new base, whose files are written to a folder; ``check`` is called often and may raise.

        Raises OSError, with its reason, when the disk is full.
        """
        token = secrets.token_hex(8)
        base = write_rows(folder, token, (self.base, self.recent), check)
        return Vectors(token, _stamp(folder, token), base, Rows.empty(base.vectors.shape[1]))

    def moved_to(self, base: "Vectors", since: int, folder: Path) -> "Vectors":
        """Those on a base that is in the folder now, with what the log has had after ``since`` bytes, copied to its own."""
        with self._log(folder).open("rb") as file:
            file.seek(since)
            data = file.read(self.logged - since)
        if not data:
            return base
        base._log(folder).write_bytes(data)
        records = list(_Record.read(data, self.base.vectors.shape[1]))
        return replace(base._followed_by(records), logged=len(data))

    def written(self, folder: Path) -> "Vectors":
        """Write what is not yet on disk, beside what was: to the log, or as the first base."""
        if not self.token:
            return self.compacted(folder)
        data = b"".join(record.to_bytes() for record in self.unwritten)
        with self._log(folder).open("ab") as file:
            file.truncate(self.logged)  # what a writer that died has left
            file.write(data)
        return replace(self, logged=self.logged + len(data), unwritten=())

    def files(self, folder: Path) -> list[Path]:
        return [path for path in _files(folder) if path.stem.partition("-")[2] == self.token]

    def outdated(self, folder: Path) -> list[Path]:
        """The files of vectors in a folder that are not of these."""
        return [path for path in _files(folder) if path.stem.partition("-")[2] != self.token]

    def _log(self, folder: Path) -> Path:
        return folder / f"log-{self.token}{LOG}"

    def _followed_by(self, records: Sequence[_Record]) -> "Vectors":
        """Those after more records of the log. A document's chunks go that came before the last record that removes it."""
        removed = np.concatenate([record.removed for record in records])
        by = np.repeat(np.arange(len(records)), [len(record.removed) for record in records])
        removed, first = np.unique(removed[::-1], return_index=True)
        last = by[::-1][first]
        recent = self.recent
        came = np.repeat(np.arange(-1, len(records)), [len(recent), *(len(record.chunks) for record in records)])
        vectors, chunks, documents = (
            _appended(getattr(recent, kind), [getattr(record, kind) for record in records])
            for kind in ("vectors", "chunks", "documents")
        )
        alive = np.concatenate([recent.alive, np.ones(len(chunks) - len(recent), bool)])
        touched = np.flatnonzero(np.isin(documents, removed))
        alive[touched[came[touched] < last[np.searchsorted(removed, documents[touched])]]] = False
        return replace(
            self,
            base=self.base.without(self._base_positions(removed)) if len(removed) else self.base,
            recent=Rows(vectors, chunks, documents, alive),
        )

    def _base_positions(self, documents: np.ndarray) -> np.ndarray:
        """Where the chunks of documents are in the base, int64 (n,)."""
        starts, ends = (np.searchsorted(self.base.documents, documents, side) for side in ("left", "right"))
        counts = ends - starts
        positions: np.ndarray = np.arange(counts.sum()) + np.repeat(starts - np.cumsum(counts) + counts, counts)
        return positions


def _appended(rows: np.ndarray, more: Sequence[np.ndarray]) -> np.ndarray:
    """Rows followed by more, in the same memory where that has room, since nothing that is in use lies beyond the rows."""
    if not len(rows) and len(more) == 1 and more[0].base is None:
        return more[0]
    count = len(rows) + sum(map(len, more))
    room: np.ndarray | None = rows.base
    if room is None or len(room) < count:
        room = np.empty((2 * count, *rows.shape[1:]), rows.dtype)
        room[: len(rows)] = rows
    np.concatenate(more, out=room[len(rows) : count])
    return room[:count]


def _files(folder: Path) -> Iterator[Path]:
    return (path for kind in _KINDS for path in folder.glob(f"{kind}[-.]*"))


def _stamp(folder: Path, token: str) -> tuple[int, ...]:
    stat = (folder / f"{_VECTORS}{token}.npy").stat()
    return stat.st_ino, stat.st_size, stat.st_mtime_ns
