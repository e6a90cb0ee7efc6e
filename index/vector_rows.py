"""Rows of vectors, searched exactly or, where they are many, by product quantisation and then exactly among the nearest."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from quotewise.index.store import Hit

_native: Any = faiss
"""FAISS, whose types know nothing of arrays."""
QUANTIZED_FROM = 50_000
"""Below so many rows exact search takes less than a few milliseconds."""
_RECALL = 0.98
"""Of exact search, to which as many candidates are compared as it takes."""
_CANDIDATES = (10, 20, 50, 100)
"""Of each hit, whose vectors are compared; where the most do not reach the recall, search stays exact."""
_EXACT_WITHIN = 20_000
"""A filter that leaves no more rows than these is applied before the search, any other after."""
_TRAINED_ON, _SAMPLE, _SAMPLE_HITS, _BLOCK = 8192, 64, 10, 8192


@dataclass(frozen=True, eq=False)
class Rows:
    """Vectors float32 (n, dimension) of chunks int64 (n,) of documents int64 (n,), and which still exist, bool (n,)."""

    vectors: np.ndarray
    chunks: np.ndarray
    documents: np.ndarray
    alive: np.ndarray

    @classmethod
    def empty(cls, dimension: int) -> "Rows":
        ids = np.empty(0, np.int64)
        return cls(np.empty((0, dimension), np.float32), ids, ids, np.empty(0, bool))

    def __len__(self) -> int:
        return len(self.chunks)

    @cached_property
    def dead(self) -> int:
        return int(np.count_nonzero(~self.alive))

    def search(self, vector: np.ndarray, limit: int, positions: np.ndarray | None) -> Iterator[Hit]:
        """The nearest rows that are alive, of those at these positions only, by the inner product."""
        selector = None
        if positions is not None:
            selector = _native.IDSelectorArray(positions[self.alive[positions]])
        elif self.dead:
            selector = _native.IDSelectorBitmap(np.packbits(self.alive, bitorder="little"))
        yield from self._hits(*_nearest(vector[None], self.vectors, min(limit, len(self)), selector))

    def without(self, positions: np.ndarray) -> "Rows":
        alive = self.alive.copy()
        alive[positions] = False
        return replace(self, alive=alive)

    def _hits(self, scores: np.ndarray, positions: np.ndarray) -> Iterator[Hit]:
        for position, score in zip(positions.ravel().tolist(), scores.ravel().tolist(), strict=True):
            if position >= 0:
                yield Hit(int(self.chunks[position]), score)


@dataclass(frozen=True, eq=False)
class QuantizedRows(Rows):
    """Rows with vectors float16 (n, dimension) in a file, and 4-bit codes of them in memory.

    ``recall`` is the share of the ten nearest of exact search that is found among so many ``candidates`` a hit.
    """

    codes: Any
    recall: float
    candidates: int

    def search(self, vector: np.ndarray, limit: int, positions: np.ndarray | None) -> Iterator[Hit]:
        if positions is not None and len(positions) <= _EXACT_WITHIN:
            candidates = positions[self.alive[positions]]
        else:
            accepted = self.alive
            if positions is not None:
                accepted = np.zeros(len(self), bool)
                accepted[positions] = self.alive[positions]
            share = max(int(np.count_nonzero(accepted)), 1) / len(self)
            candidates = _candidates(self.codes, vector[None], min(int(self.candidates * limit / share) + 1, len(self)))[0]
            candidates = np.sort(candidates[accepted[candidates]])
        scores, found = _nearest(vector[None], self.vectors[candidates].astype(np.float32), min(limit, len(candidates)), None)
        yield from self._hits(scores, candidates[found])


def write_rows(folder: Path, token: str, parts: Sequence[Rows], check: Callable[[], None]) -> Rows:
    """Write the rows of all parts that are alive, by document and chunk, to files whose names end with a token; open them.

    ``check`` is called before each block of rows.
    """
    alive = [np.flatnonzero(rows.alive) for rows in parts]
    chunks, documents = (
        np.concatenate([getattr(rows, ids)[at] for rows, at in zip(parts, alive, strict=True)])
        for ids in ("chunks", "documents")
    )
    part, at = np.repeat(np.arange(len(parts)), list(map(len, alive))), np.concatenate(alive)
    order = np.lexsort((chunks, documents))
    _save(folder / f"ids-{token}.npy", np.stack([chunks[order], documents[order]]))

    def vectors(wanted: np.ndarray) -> np.ndarray:
        check()
        found = np.empty((len(wanted), parts[0].vectors.shape[1]), np.float32)
        for number, rows in enumerate(parts):
            of_part = part[wanted] == number
            found[of_part] = rows.vectors[at[wanted[of_part]]]
        return found

    codes = _codes(vectors, order) if len(order) > QUANTIZED_FROM else None
    kind = np.float16 if codes else np.float32
    path = folder / f"vectors-{token}.npy"
    with path.open("wb") as file:
        header = {"descr": np.lib.format.dtype_to_descr(np.dtype(kind)), "fortran_order": False}
        shape = (len(order), parts[0].vectors.shape[1])
        np.lib.format.write_array_header_1_0(file, {**header, "shape": shape})
        for first in range(0, len(order), _BLOCK):
            file.write(vectors(order[first : first + _BLOCK]).astype(kind).tobytes())
    if codes:
        index, *recall = codes
        (folder / f"codes-{token}.faiss").write_bytes(_native.serialize_index(index))
        _save(folder / f"recall-{token}.npy", np.array(recall))
    return read_rows(folder, token)


def read_rows(folder: Path, token: str) -> Rows:
    """Open files that ``write_rows`` wrote. Raises ValueError when they do not match, and what NumPy and FAISS raise."""
    codes, ids = folder / f"codes-{token}.faiss", np.load(folder / f"ids-{token}.npy")
    quantized = codes.exists()
    vectors = np.load(folder / f"vectors-{token}.npy", mmap_mode="r" if quantized else None)
    if vectors.ndim != 2 or ids.shape != (2, len(vectors)) or ids.dtype != np.int64:
        raise ValueError(f"{folder} holds vectors that do not match their ids")
    if vectors.dtype != (np.float16 if quantized else np.float32):
        raise ValueError(f"{folder} holds vectors of type {vectors.dtype}")
    rows = (vectors, ids[0], ids[1], np.ones(len(vectors), bool))
    if not quantized:
        return Rows(*rows)
    index = _native.read_index(str(codes))
    if (index.ntotal, index.d) != vectors.shape:
        raise ValueError(f"{folder} holds codes of other vectors")
    recall, candidates = np.load(folder / f"recall-{token}.npy").tolist()
    return QuantizedRows(*rows, index, recall, int(candidates))


def _save(path: Path, array: np.ndarray) -> None:
    """``numpy.save`` says of a full disk only how many items it has not written, and FAISS nothing of the last few."""
    buffer = BytesIO()
    np.save(buffer, array)
    path.write_bytes(buffer.getbuffer())


def _codes(vectors: Any, order: np.ndarray) -> tuple[Any, float, int] | None:
    """The codes of the rows in an order, and the recall with the candidates that it takes; none where that is too low.

    Product quantisation in 4 bits for each 4 dimensions (Andre et al., Quicker ADC, TPAMI 2019).
    """
    chance, dimension = np.random.default_rng(0), vectors(order[:1]).shape[1]
    if dimension % 4:
        return None
    index = _native.IndexPQFastScan(dimension, dimension // 4, 4, _native.METRIC_INNER_PRODUCT)
    _native.omp_set_num_threads(1)  # training is many short steps, on which more threads wait for each other
    index.train(vectors(np.sort(chance.choice(order, min(_TRAINED_ON, len(order)), replace=False))))
    for first in range(0, len(order), _BLOCK):
        index.add(vectors(order[first : first + _BLOCK]))
    queries = np.add(*(share * vectors(chance.choice(order, _SAMPLE, replace=False)) for share in (1, 0.5)))  # near some rows
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    best = np.full((_SAMPLE, _SAMPLE_HITS), -np.inf, np.float32)
    for first in range(0, len(order), _BLOCK):
        scores = queries @ vectors(order[first : first + _BLOCK]).T
        best = -np.sort(-np.concatenate([best, scores], axis=1), axis=1)[:, :_SAMPLE_HITS]
    found = _candidates(index, queries, min(_CANDIDATES[-1] * _SAMPLE_HITS, len(order)))
    among_best = np.stack([vectors(order[at]) @ query for at, query in zip(found, queries, strict=True)]) >= best[:, -1:] - 1e-5
    for candidates in _CANDIDATES:
        hits = among_best[:, : candidates * _SAMPLE_HITS].sum(axis=1)
        if (recall := float(np.minimum(hits, _SAMPLE_HITS).mean() / _SAMPLE_HITS)) >= _RECALL:
            return index, recall, candidates
    return None


def _candidates(codes: Any, queries: np.ndarray, limit: int) -> np.ndarray:
    """The nearest rows by their codes, int64 (queries, limit)."""
    _native.omp_set_num_threads(1)
    positions: np.ndarray = codes.search(np.ascontiguousarray(queries), limit)[1]
    return positions


def _nearest(queries: np.ndarray, rows: np.ndarray, limit: int, selector: Any) -> tuple[np.ndarray, np.ndarray]:
    """Inner products and positions of the nearest rows, (queries, limit); a position is -1 where there is none."""
    scores, found = np.empty((len(queries), limit), np.float32), np.empty((len(queries), limit), np.int64)
    if limit > 0:
        pointers = [_native.swig_ptr(array) for array in (queries, rows, scores, found)]
        _native.omp_set_num_threads(1)  # of this thread: for one query, more cost more than they save
        size = (rows.shape[1], len(queries), len(rows), limit)
        _native.knn_inner_product(*pointers[:2], *size, *pointers[2:], selector)
    return scores, found
