"""The open index and its models: what every way in works with."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from quotewise.api.recent import RecentAnswers
from quotewise.api.settings import Settings
from quotewise.index.embedders import Embedder, load_embedder
from quotewise.index.errors import IndexRebuildingError, QuotewiseError, UnknownCollectionError
from quotewise.index.ingest import Progress, Sync, SyncReport
from quotewise.index.local_store import LocalStore
from quotewise.index.store import Filter
from quotewise.rag.pipeline import OncePerName, Pipeline
from quotewise.rag.readers.registry import SIMILARITY, Readers
from threadpoolctl import threadpool_limits

_CATCH_UP_SECONDS = 2.0
"""How long a question of a warm service waits for a search index to catch up before it uses what is there."""


class NotReadyError(QuotewiseError):
    """The index is still being opened or brought up to date, or the models are being loaded."""

    code = "not-ready"


class CannotStartError(QuotewiseError):
    """The index or the models cannot be used; the service has to be started again once that is mended."""

    code = "cannot-start"


@dataclass(frozen=True, slots=True)
class Service:
    """An index that is open for questions.

    ``load`` gives the embedder of a name; ``answers`` are those that feedback can be given on.
    """

    settings: Settings
    store: LocalStore
    pipeline: Pipeline
    load: Callable[[str], Embedder]
    answers: RecentAnswers

    @classmethod
    def open(cls, settings: Settings, create: bool = False) -> "Service":
        """Open the index of the settings. Raises IndexMissingError, IndexDamagedError, IndexVersionError."""
        # Requests run side by side; a matrix product that takes every core for itself halves what they get done together.
        threadpool_limits(1, user_api="blas")
        store = LocalStore(settings.index, create)
        load = OncePerName(partial(load_embedder, threads=settings.threads))
        readers = Readers(settings.reader, settings.threads)
        pipeline = Pipeline(store, load, readers, settings.threshold, settings.retrieval)
        return cls(settings, store, pipeline, load, RecentAnswers(settings.remembered_answers))

    def load_reader(self) -> None:
        """Load the trained reader, where one is used. Raises ReaderError, which names the file at fault."""
        if self.settings.reader != SIMILARITY:
            self.pipeline.text_reader()

    def warm(self) -> None:
        """Load the trained reader, bring every collection's search up to date, and answer a question from the default one.

        So that the first question to come waits for nothing, not even after a crash. Raises what ``load_reader`` and
        ``Pipeline.ask`` do.
        """
        self.load_reader()
        self.store.sweep()
        for name in [collection.name for collection in self.store.catalogue.collections()]:
            with suppress(IndexRebuildingError):  # another process writes it, and questions are told so until it is there
                self.store.search_lexical(name, "ready", 1, Filter())
                if name == self.settings.collection:
                    self.pipeline.ask("Is it ready?", name)
        self.store.wait_seconds = _CATCH_UP_SECONDS

    def check(self, folder: Path, moved: bool) -> None:
        """Raises what ``sync`` would because of the embedder, or because the collection was made otherwise."""
        self._sync().check(folder, self.settings.collection, self.settings.chunk_tokens, moved)

    def sync(self, folder: Path, moved: bool, progress: Progress) -> SyncReport:
        """Index a folder into the default collection. Raises what ``Sync.run`` does."""
        self.store.sweep()
        return self._sync().run(folder, self.settings.collection, self.settings.chunk_tokens, moved, progress)

    def _sync(self) -> Sync:
        return Sync(self.store, self._embedder(), self.settings.max_file_bytes)

    def embedder_of(self, name: str) -> Embedder:
        """That of a collection, or, where there is none of that name, the one that a new one gets."""
        made_by = {collection.name: collection.embedder for collection in self.store.catalogue.collections()}
        return self.load(made_by.get(name, self.settings.embedder))

    def _embedder(self) -> Embedder:
        """That of the collection, unless the settings ask for another, which the sync will refuse."""
        wanted = self.settings.embedder
        explicit = "embedder" in self.settings.model_fields_set
        try:
            name = wanted if explicit else self.store.catalogue.collection(self.settings.collection).embedder
        except UnknownCollectionError:
            name = wanted
        return self.load(name)
