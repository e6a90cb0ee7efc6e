"""The vectors of a collection, searched exactly: a base that is written when it is compacted, and a log of changes since."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from quotewise.index.checksums import LOG
from quotewise.index.store import Changes, Hit, IndexedChunk

_LEAST_CHANGES, _SHARE = 1000, 20
"""The base is compacted when more vectors than the former, and than one in so many of its own, have come or gone since."""


@dataclass(frozen=True, eq=False)
class _Rows:
    """Vectors float32 (n, dimension) of chunks int64 (n,) of documents int64 (n,), and which still exist, bool (n,)."""

    vectors: np.ndarray
    chunks: np.ndarray
    documents: np.ndarray
    alive: np.ndarray

    @classmethod
    def empty(cls, dimension: int) -> "_Rows":
        ids = np.empty(0, np.int64)
        return cls(np.empty((0, dimension), np.float32), ids, ids, np.empty(0, bool))

    def __len__(self) -> int:
        return len(self.chunks)

    @cached_property
    def dead(self) -> int:
        return int(np.count_nonzero(~self.alive))

    def search(self, vector: np.ndarray, limit: int, positions: np.ndarray | None) -> Iterator[Hit]:
        """The nearest rows that are alive, of those at these positions only, by the inner product."""
        limit = min(limit, len(self))
        native: Any = faiss  # whose types know nothing of arrays
        selector = None
        if positions is not None:
            selector = native.IDSelectorArray(positions[self.alive[positions]])
        elif self.dead:
            selector = native.IDSelectorBitmap(np.packbits(self.alive, bitorder="little"))
        if limit <= 0:
            return
        scores, found = np.empty(limit, np.float32), np.empty(limit, np.int64)
        query, rows, best, where = map(native.swig_ptr, (vector, self.vectors, scores, found))
        native.omp_set_num_threads(1)  # of this thread: for one query, more cost more than they save
        native.knn_inner_product(query, rows, self.vectors.shape[1], 1, len(self), limit, best, where, selector)
        for position, score in zip(found.tolist(), scores.tolist(), strict=True):
            if position >= 0:
                yield Hit(int(self.chunks[position]), score)

    def without(self, positions: np.ndarray) -> "_Rows":
        alive = self.alive.copy()
        alive[positions] = False
        return replace(self, alive=alive)


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

    ``name`` is that of the file of the base, empty before that is written, and ``stamp`` tells it from another of this name;
    ``logged`` is how many bytes of the log are reflected, and ``unwritten`` is the rest of it.
    """

    name: str
    stamp: tuple[int, ...]
    base: _Rows
    recent: _Rows
    logged: int = 0
    unwritten: bytes = b""

    @classmethod
    def empty(cls, dimension: int) -> "Vectors":
        return cls("", (), _Rows.empty(dimension), _Rows.empty(dimension))

    @classmethod
    def read(cls, folder: Path, files: Mapping[str, int], dimension: int, opened: "Vectors | None") -> "Vectors":
        """The vectors in files of these lengths, of which what has been opened is not read again.

        Raises ValueError when they are of another shape, and what NumPy raises.
        """
        (name,) = (name.removesuffix(".npy") for name in files if name.startswith("vectors-") and name.endswith(".npy"))
        length, stamp = files.get(f"{name}{LOG}", 0), _stamp(folder / f"{name}.npy")
        if opened is None or (opened.name, opened.stamp) != (name, stamp) or opened.logged > length:
            vectors, ids = np.load(folder / f"{name}.npy"), np.load(folder / f"{name.replace('vectors', 'ids')}.npy")
            if vectors.shape != (ids.shape[1], dimension) or vectors.dtype != np.float32 or ids.dtype != np.int64:
                raise ValueError(f"{folder} holds other vectors than those of {dimension} dimensions")
            opened = cls(name, stamp, _Rows(vectors, ids[0], ids[1], np.ones(len(vectors), bool)), _Rows.empty(dimension))
        if length == opened.logged:
            return opened
        with (folder / f"{name}{LOG}").open("rb") as file:
            file.seek(opened.logged)
            records = list(_Record.read(file.read(length - opened.logged), dimension))
        return replace(opened._followed_by(records), logged=length)

    def __len__(self) -> int:
        return sum(len(rows) - rows.dead for rows in (self.base, self.recent))

    def search(self, vector: np.ndarray, limit: int, documents: Sequence[int] | None) -> list[Hit]:
        """The nearest chunks to a float32 (dimension,) vector, best first, of these documents only, which ascend."""
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
        return replace(self._followed_by([record]), unwritten=self.unwritten + record.to_bytes())

    def written(self, folder: Path) -> "Vectors":
        """Write what is not yet on disk, beside what was: to the log, or a new base where that has become too different."""
        if not self.name or len(self.recent) + self.base.dead > max(_LEAST_CHANGES, len(self.base) // _SHARE):
            return self._compacted(folder)
        with (folder / f"{self.name}{LOG}").open("ab") as file:
            file.truncate(self.logged)  # what a writer that died has left
            file.write(self.unwritten)
        return replace(self, logged=self.logged + len(self.unwritten), unwritten=b"")

    def outdated(self, folder: Path) -> list[Path]:
        """The files of vectors in a folder that are not of these."""
        kinds = ("vectors", "ids")
        return [
            path for kind in kinds for path in folder.glob(f"{kind}[.-]*") if path.stem != self.name.replace("vectors", kind)
        ]

    def _compacted(self, folder: Path) -> "Vectors":
        vectors, *ids = (
            np.concatenate([getattr(rows, kind)[rows.alive] for rows in (self.base, self.recent)])
            for kind in ("vectors", "documents", "chunks")
        )
        order = np.lexsort(ids[::-1])
        base = _Rows(vectors[order], ids[1][order], ids[0][order], np.ones(len(order), bool))
        token = secrets.token_hex(8)
        np.save(folder / f"ids-{token}.npy", np.stack([base.chunks, base.documents]))
        np.save(path := folder / f"vectors-{token}.npy", base.vectors)
        return Vectors(path.stem, _stamp(path), base, _Rows.empty(vectors.shape[1]))

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
            recent=_Rows(vectors, chunks, documents, alive),
        )

    def _base_positions(self, documents: np.ndarray) -> np.ndarray:
        """Where the chunks of documents are in the base, int64 (n,)."""
        starts, ends = (np.searchsorted(self.base.documents, documents, side) for side in ("left", "right"))
        counts = ends - starts
        positions: np.ndarray = np.arange(counts.sum()) + np.repeat(starts - np.cumsum(counts) + counts, counts)
        return positions


def _appended(rows: np.ndarray, more: Sequence[np.ndarray]) -> np.ndarray:
    """Rows followed by more, in the same memory where that has room, since nothing that is in use lies beyond the rows."""
    count = len(rows) + sum(map(len, more))
    room: np.ndarray | None = rows.base
    if room is None or len(room) < count:
        room = np.empty((2 * count, *rows.shape[1:]), rows.dtype)
        room[: len(rows)] = rows
    np.concatenate(more, out=room[len(rows) : count])
    return room[:count]


def _stamp(path: Path) -> tuple[int, ...]:
    stat = path.stat()
    return stat.st_ino, stat.st_size, stat.st_mtime_ns
