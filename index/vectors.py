"""The vectors of a collection in FAISS: exact inner-product search."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from quotewise.index.store import Changes, Hit

_VECTORS, _IDS = "vectors.faiss", "vectors.npy"


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """A flat index, and the ids of the chunk and of the document of each of its vectors, int64 (2, vectors)."""

    index: Any
    ids: np.ndarray

    @classmethod
    def empty(cls, dimension: int) -> "Vectors":
        return cls(faiss.IndexFlatIP(dimension), np.empty((2, 0), np.int64))

    @classmethod
    def read(cls, folder: Path, dimension: int) -> "Vectors":
        """Raises ValueError when the files are of another shape, and what FAISS and NumPy raise."""
        vectors = cls(faiss.read_index(str(folder / _VECTORS)), np.load(folder / _IDS))
        if vectors.index.d != dimension or vectors.ids.shape != (2, len(vectors)) or vectors.ids.dtype != np.int64:
            raise ValueError(f"{folder} holds other vectors than those of {dimension} dimensions")
        return vectors

    def write(self, folder: Path) -> None:
        for name, write in ((_VECTORS, lambda path: faiss.write_index(self.index, str(path))), (_IDS, self._write_ids)):
            write(folder / f"{name}.new")
            (folder / f"{name}.new").replace(folder / name)

    def __len__(self) -> int:
        return int(self.index.ntotal)

    def search(self, vector: np.ndarray, limit: int, documents: Sequence[int] | None) -> list[Hit]:
        """The nearest chunks to a float32 (dimension,) vector, best first, of these documents only."""
        parameters = None
        if documents is not None:
            positions = np.flatnonzero(np.isin(self.ids[1], np.asarray(documents, np.int64)))
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(positions))  # type: ignore[call-arg]
        limit = min(limit, len(self))
        if limit <= 0:
            return []
        scores, positions = self.index.search(vector[None, :], limit, params=parameters)
        return [Hit(int(self.ids[0, i]), float(s)) for i, s in zip(positions[0], scores[0], strict=True) if i >= 0]

    def updated(self, changes: Changes) -> "Vectors":
        """A copy without the old chunks of the changed documents and with those that they have now."""
        index: Any = faiss.clone_index(self.index)
        stale = np.isin(self.ids[1], np.asarray(changes.documents, np.int64))
        index.remove_ids(faiss.IDSelectorBatch(np.flatnonzero(stale)))
        ids = [self.ids[:, ~stale]]
        chunks = changes.chunks()
        while batch := list(islice(chunks, 4096)):
            index.add(np.stack([chunk.vector for chunk in batch]))
            ids.append(np.array([(chunk.id, chunk.document) for chunk in batch], np.int64).T)
        return Vectors(index, np.concatenate(ids, axis=1))

    def _write_ids(self, path: Path) -> None:
        with path.open("wb") as file:
            np.save(file, self.ids)
