"""The open index and its models: what every way in works with."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from threadpoolctl import threadpool_limits

from api.settings import Settings
from index.embedded import EmbeddedStore
from index.embedders import Embedder, load_embedder
from index.errors import UnknownCollectionError
from index.sync import Progress, Sync, SyncReport
from rag.answering import Answerer


@dataclass(frozen=True, slots=True)
class Service:
    """An index that is open for questions."""

    settings: Settings
    store: EmbeddedStore
    answerer: Answerer

    @classmethod
    def open(cls, settings: Settings, create: bool = False) -> "Service":
        """Open the index of the settings. Raises IndexMissingError, IndexDamagedError, IndexVersionError."""
        # Requests run side by side; a matrix product that takes every core for itself halves what they get done together.
        threadpool_limits(1, user_api="blas")
        store = EmbeddedStore(settings.index, create)
        load = partial(load_embedder, threads=settings.threads)
        return cls(settings, store, Answerer(store, load, threshold=settings.threshold))

    def warm(self) -> None:
        """Load the models of the default collection, if there is one, and answer a question with it."""
        if any(collection.name == self.settings.collection for collection in self.store.collections()):
            self.answerer.ask("Is it ready?", self.settings.collection)

    def sync(self, folder: Path, moved: bool, progress: Progress) -> SyncReport:
        """Index a folder into the default collection. Raises what ``Sync.run`` does."""
        settings = self.settings
        sync = Sync(self.store, self._embedder(), settings.max_file_bytes)
        return sync.run(folder, settings.collection, settings.chunk_tokens, moved, progress)

    def _embedder(self) -> Embedder:
        """That of the collection, unless the settings ask for another, which the sync will refuse."""
        wanted = self.settings.embedder
        explicit = "embedder" in self.settings.model_fields_set
        try:
            name = wanted if explicit else self.store.collection(self.settings.collection).embedder
        except UnknownCollectionError:
            name = wanted
        return load_embedder(name, self.settings.threads)
