"""The vectors of a collection in FAISS: exact inner-product search, derived from the catalogue."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from index.catalogue import ORDINAL_BITS, IndexedChunk
from index.seal import UNCHANGED, Change, clear, read_seal, write_seal
from index.store import Hit

_FILE = "vectors-{seq}.faiss"


class VectorIndex:
    """An ``IndexIDMap2`` over a flat index; ids are chunk ids. Searches may run while an update builds its successor.

    ``at`` is the last change that it reflects, ``saved`` the one that its file does.
    """

    def __init__(self, folder: Path, dimension: int) -> None:
        self._folder = folder
        self._dimension = dimension
        self._index: Any = self._empty()
        self.at = self.saved = UNCHANGED
        change = read_seal(folder)
        if change:
            with suppress(RuntimeError):  # its writer has replaced it since the seal was read
                self._index = faiss.read_index(str(folder / _FILE.format(seq=change.seq)))
                self.at = self.saved = change

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
        self._index, self.at = index, change

    def _empty(self) -> Any:
        return faiss.IndexIDMap2(faiss.IndexFlatIP(self._dimension))

    def save(self) -> None:
        """Write the index beside the one on disk, seal it, and remove the old one."""
        if read_seal(self._folder) == self.at:
            self.saved = self.at
            return
        if not self._folder.is_dir():
            clear(self._folder)
        name = _FILE.format(seq=self.at.seq)
        faiss.write_index(self._index, str(self._folder / name))
        write_seal(self._folder, self.at, [name])
        self.saved = self.at
        for path in self._folder.glob(_FILE.format(seq="*")):
            if path.name != name:
                path.unlink(missing_ok=True)


def _of_documents(index: Any, documents: Sequence[int]) -> np.ndarray:
    """int64 ids of the chunks of these documents that an index holds."""
    ids = faiss.vector_to_array(index.id_map)
    return np.ascontiguousarray(ids[np.isin(ids >> ORDINAL_BITS, np.asarray(documents, np.int64))])
