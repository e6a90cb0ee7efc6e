"""The derived indexes of one collection: brought to the state of the catalogue, and made again from it when that fails."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from quotewise.index.catalogue import Catalogue
from quotewise.index.checksums import Change, remove
from quotewise.index.errors import IndexRebuildingError, IndexUnavailableError, QuotewiseError, border
from quotewise.index.lexical import LexicalIndex
from quotewise.index.vectors import VectorIndex

PATIENCE_SECONDS = 2.0
"""How long a question waits for others to bring the indexes up to date before it is answered from what is there."""
_RETRY_SECONDS = 60.0
"""After an index could not be made again, until a question tries it once more."""
_log = logging.getLogger("quotewise")


class _BrokenError(QuotewiseError):
    """FAISS, Tantivy or the file system refuses."""


class DerivedIndexes:
    """The vectors and the words of one collection.

    What a library or the disk refuses is made again from the catalogue, once, in a new folder that takes the place of the
    old one whole. ``looked`` is when the catalogue was last looked at, by ``time.monotonic``.
    """

    def __init__(self, folder: Path, catalogue: Catalogue, key: int, dimension: int) -> None:
        self._catalogue = catalogue
        self._key = key
        self._folders = [folder / "vectors" / str(key), folder / "lexical" / str(key)]
        self._updating = threading.RLock()
        self._retry_at = self.looked = float("-inf")
        self.vectors = VectorIndex(self._folders[0], dimension)
        self.lexical = LexicalIndex(self._folders[1])

    def follow(self) -> bool:
        """Catch up in memory; False when what is on disk is behind, which only the holder of the lock may mend.

        Raises:
            IndexRebuildingError: another thread is at it for long, and there is nothing to search meanwhile.
            IndexUnavailableError: it cannot be done.
        """
        if not self._updating.acquire(timeout=PATIENCE_SECONDS):
            self.require()
            return True
        try:
            self.looked = time.monotonic()  # before looking, so that a change made meanwhile is looked for again
            change = self._catalogue.last_change(self._key)
            self._tried(self.vectors, lambda: self._update(self.vectors, change))
            if self.lexical.at != change:
                self.lexical.reopen()
            return self.lexical.at == change == self.vectors.saved
        finally:
            self._updating.release()

    def mend(self) -> None:
        """What ``save`` does, unless that has failed a short while ago."""
        if time.monotonic() >= self._retry_at:
            self.save()

    def save(self) -> None:
        """Catch up in memory and on disk; only for the holder of the lock. Raises IndexUnavailableError."""
        with self._updating:
            change = self._catalogue.last_change(self._key)
            self.lexical.reopen()
            try:
                self._tried(self.vectors, lambda: self._save_vectors(change))
                self._tried(self.lexical, lambda: self._update(self.lexical, change))
            except IndexUnavailableError:
                self._retry_at = time.monotonic() + _RETRY_SECONDS
                raise

    @property
    def opened(self) -> bool:
        """Whether there are both vectors and words to search."""
        return self.vectors.opened and self.lexical.opened

    def require(self) -> None:
        """Raises IndexRebuildingError when there is nothing to search yet."""
        if not self.opened:
            raise IndexRebuildingError("the index is being rebuilt from the catalogue; try again when that is done")

    @contextmanager
    def searching(self, index: VectorIndex | LexicalIndex) -> Iterator[None]:
        """Search one of the indexes; where it refuses, it is made again at the next look. Raises IndexUnavailableError."""
        try:
            with border(_unavailable):
                yield
        except IndexUnavailableError:
            index.reset()
            self.looked = float("-inf")
            raise

    def held_chunks(self) -> dict[str, int | None]:
        """How many chunks are on disk under a whole seal; None for what cannot be opened or reflects another change."""
        change = self._catalogue.last_change(self._key)
        on_disk: dict[str, VectorIndex | LexicalIndex] = {
            "vectors": VectorIndex(self._folders[0], self.vectors.dimension),
            "words": LexicalIndex(self._folders[1]),
        }
        return {part: len(index) if index.at == change else None for part, index in on_disk.items()}

    def remove(self) -> None:
        for folder in self._folders:
            remove(folder)

    def _save_vectors(self, change: Change) -> None:
        self._update(self.vectors, change)
        self.vectors.save()

    def _tried(self, index: VectorIndex | LexicalIndex, step: Callable[[], None]) -> None:
        try:
            with border(_BrokenError):
                step()
        except _BrokenError as error:
            _log.warning("the index %s cannot be used and is made again from the catalogue: %s", index.folder, error)
            index.reset()
            with border(_unavailable):
                step()

    def _update(self, index: VectorIndex | LexicalIndex, change: Change) -> None:
        if index.at != change:
            if not self._catalogue.has_change(self._key, index.at):
                index.reset()
            changed = self._catalogue.changed_documents(self._key, index.at)
            index.update(changed, self._catalogue.indexed_chunks(changed), change)


def _unavailable(reason: str) -> QuotewiseError:
    return IndexUnavailableError(f"the indexes beside the catalogue cannot be used or written: {reason}")
