"""The vectors of a collection in FAISS: exact inner-product search, derived from the catalogue."""

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from quotewise.index.catalogue import ORDINAL_BITS, IndexedChunk
from quotewise.index.checksums import UNCHANGED, Change, read_checksums, replaced, write_checksums
from quotewise.index.errors import IndexUnavailableError, border
from quotewise.index.store import Hit

_FILE = "vectors.faiss"


class VectorIndex:
    """An ``IndexIDMap2`` over a flat index; ids are chunk ids. Searches may run while an update builds its successor.

    ``at`` is the last change that it reflects, ``saved`` the one that its file does; ``opened`` is false while it never
    reflected any.
    """

    def __init__(self, folder: Path, dimension: int) -> None:
        self.folder, self.dimension = folder, dimension
        self._index: Any = self._empty()
        self._refused: Change | None = None
        self.at = self.saved = UNCHANGED
        self.opened = False
        change = read_checksums(folder)
        try:
            with border(IndexUnavailableError):
                if change:
                    self._index = _read(folder / _FILE, dimension)
                    self.at = self.saved = change
                    self.opened = True
        except IndexUnavailableError:  # its writer has replaced it since the seal was read, or it is of another version
            self._refused = change

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def reset(self) -> None:
        """Let the next update start from nothing; until then the old vectors are searched."""
        self.at = UNCHANGED

    def search(self, vector: np.ndarray, limit: int, documents: Sequence[int] | None) -> list[Hit]:
        """The nearest chunks to a float32 (dimension,) vector, best first, of the given documents only."""
        index = self._index
        parameters = None
        if documents is not None:
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(_of_documents(index, documents)))  # type: ignore[call-arg]
        limit = min(limit, index.ntotal)
        if limit <= 0:
            return []
        scores, found = index.search(vector[None, :], limit, params=parameters)
        return [Hit(int(i), float(s)) for i, s in zip(found[0], scores[0], strict=True) if i >= 0]

    def update(self, changed: Sequence[int], chunks: Iterable[IndexedChunk], change: Change) -> None:
        """Forget the chunks of the changed documents, add what they have now, and note the change reached."""
        index: Any = self._empty() if self.at == UNCHANGED else faiss.clone_index(self._index)
        stale = _of_documents(index, changed)
        if len(stale):
            index.remove_ids(faiss.IDSelectorBatch(stale))
        remaining = iter(chunks)
        while some := list(islice(remaining, 4096)):
            index.add_with_ids(np.stack([c.vector for c in some]), np.array([c.id for c in some], np.int64))
        self._index, self.at, self.opened = index, change, True

    def _empty(self) -> Any:
        return faiss.IndexIDMap2(faiss.IndexFlatIP(self.dimension))

    def save(self) -> None:
        """Put the index in the place of the one on disk, unless that reflects the same change."""
        if self._refused or read_checksums(self.folder) != self.at:
            with replaced(self.folder) as folder:
                faiss.write_index(self._index, str(folder / _FILE))
                write_checksums(folder, self.at)
            self._refused = None
        self.saved = self.at


def _read(path: Path, dimension: int) -> Any:
    index: Any = faiss.read_index(str(path))
    if index.d != dimension or not isinstance(index, faiss.IndexIDMap2):
        raise ValueError(f"{path} holds other vectors than those of {dimension} dimensions by id")
    return index


def _of_documents(index: Any, documents: Sequence[int]) -> np.ndarray:
    """int64 ids of the chunks of these documents that an index holds."""
    ids = faiss.vector_to_array(index.id_map)
    return np.ascontiguousarray(ids[np.isin(ids >> ORDINAL_BITS, np.asarray(documents, np.int64))])
