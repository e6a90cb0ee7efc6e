"""The use cases, each for a caller. Every interface calls them, and only they decide who may do what."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from time import monotonic, perf_counter
from typing import Self

from threadpoolctl import threadpool_limits

from quotewise.api.callers import Caller
from quotewise.api.errors import DocumentChangedError, InvalidRequestError
from quotewise.api.jobs import Jobs
from quotewise.api.recent_answers import RecentAnswers
from quotewise.api.responses import CollectionDescription, CollectionList, DocumentPage, Excerpt, ExtractTimings, Overview
from quotewise.api.settings import Settings
from quotewise.api.suggestions import Suggestions
from quotewise.index.defaults import AUTOMATIC_EMBEDDER, DEFAULT_EMBEDDER, MULTILINGUAL_EMBEDDER
from quotewise.index.embedders import (
    Embedder,
    embedder_for,
    load_embedder,
)
from quotewise.index.errors import EngineUnavailableError, IndexRebuildingError, UnknownCollectionError
from quotewise.index.filters import Filter
from quotewise.index.local_store import LocalStore
from quotewise.index.onnx_model import instruction_set
from quotewise.index.sentences import Span
from quotewise.index.store import Collection, StoredDocument
from quotewise.rag.answers import Answer, Citation, Extractions, SearchResult
from quotewise.rag.pipeline import DEFAULTS, AskOptions, Pipeline
from quotewise.rag.readers.registry import SIMILARITY, Readers
from quotewise.rag.verification import Claim, CollectionSource, ReadOnce, Verification, verify

PIECE = 65_536
"""Characters of a text that are read at a time."""
_CATCH_UP_SECONDS = 2.0
"""How long a question of a warm service waits for a search index to catch up before it uses what is there."""
_MAX_EXCERPT = 20_000
Step = SearchResult | Citation | Answer
Observer = Callable[[Answer, str], None]
"""Called with each answer and the id of its request."""


@dataclass(frozen=True, slots=True)
class Service:
    """An open index with its models; ``observers`` are called with every answer.

    ``folder`` is that of the default collection where its first document is still to come.
    """

    settings: Settings
    store: LocalStore
    pipeline: Pipeline
    jobs: Jobs
    answers: RecentAnswers
    suggestions: Suggestions
    observers: set[Observer] = field(default_factory=set)
    folder: Path | None = None

    @classmethod
    def open(cls, settings: Settings, create: bool = False) -> Self:
        """Open the index of the settings. Raises SettingsError, and what ``LocalStore`` does."""
        # Requests run side by side; a matrix product that takes every core for itself halves what they get done together.
        threadpool_limits(1, user_api="blas")
        store = LocalStore(settings.index, create, settings.search_index_type(), settings.catalogue)
        readers = Readers(settings.reader, settings.threads)
        load = partial(load_embedder, threads=settings.threads)
        pipeline = Pipeline(store, load, readers, settings.threshold, settings.retrieval)
        return cls(
            settings,
            store,
            pipeline,
            Jobs(settings.max_uploads, store.catalogue.shared),
            RecentAnswers(settings.remembered_answers, store.catalogue.shared),
            Suggestions(pipeline, store.catalogue),
        )

    def close(self) -> None:
        """Finish the running job and close the index."""
        self.jobs.close()
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def load_reader(self) -> None:
        """Load the trained reader, where one is used. Raises ReaderError, which names the file at fault."""
        if self.settings.reader != SIMILARITY:
            self.pipeline.text_reader()

    def warm(self) -> None:
        """Load the models and bring every search index up to date, so that no question waits for that, even after a crash.

        Raises what ``load_reader`` and ``Pipeline.ask`` do.
        """
        self.load_reader()
        self.store.sweep()
        for name in [collection.name for collection in self.store.catalogue.collections()]:
            # Another process writes it, or an engine does not answer; questions get this error until that is over.
            with suppress(IndexRebuildingError, EngineUnavailableError):
                self.store.search_lexical(name, "ready", 1, Filter())
                if name == self.settings.collection:
                    self.pipeline.ask("Is it ready?", name)
        self.store.wait_seconds = _CATCH_UP_SECONDS

    def ask(
        self, caller: Caller, question: str, collection: str | None = None, options: AskOptions = DEFAULTS, request: str = ""
    ) -> Answer:
        """The whole answer to a question. Raises what ``stream`` does."""
        *_, answer = self.stream(caller, question, collection, options, request)
        assert isinstance(answer, Answer)
        return answer

    def stream(
        self, caller: Caller, question: str, collection: str | None = None, options: AskOptions = DEFAULTS, request: str = ""
    ) -> Iterator[Step]:
        """The passages, each citation and the answer to a question, each as soon as it is known.

        ``request`` is the id under which feedback can be given. Raises ForbiddenError and what ``Pipeline.stream`` does.
        """
        name, options = self._asked(caller, collection, options)
        for step in self.pipeline.stream(question, name, options):
            if isinstance(step, Answer):
                self.answers.remember(caller.id, request, name, step, options.history, options.also)
                for observe in self.observers:
                    observe(step, request)
            yield step

    def search(
        self, caller: Caller, question: str, collection: str | None = None, options: AskOptions = DEFAULTS
    ) -> SearchResult:
        """The passages closest to a question. Raises ForbiddenError and what ``Pipeline.search`` does."""
        return self.pipeline.search(question, *self._asked(caller, collection, options))

    def extract(
        self,
        caller: Caller,
        questions: Sequence[tuple[str, Sequence[str], AskOptions]],
        keep_reading: Callable[[], bool] = lambda: True,
    ) -> tuple[list[Extractions], ExtractTimings]:
        """The quotes of texts, each list with its question.

        Reading ends after ``extract_seconds``, or when ``keep_reading`` returns False. Raises ForbiddenError, ReaderError.
        """
        caller.require("ask")
        began = perf_counter()
        self.pipeline.text_reader()
        loaded, end = perf_counter(), monotonic() + self.settings.extract_seconds
        results = [
            self.pipeline.extract(question, texts, self._with_settings(options), lambda: monotonic() < end and keep_reading())
            for question, texts, options in questions
        ]
        return results, ExtractTimings.since(began, loaded)

    def documents(self, caller: Caller, collection: str | None = None, offset: int = 0, limit: int = 100) -> DocumentPage:
        """A page of the documents of a collection by path, and of the files that were left out."""
        name = self.collection_name(caller, collection)
        return DocumentPage.read(self.store.catalogue, name, offset, limit, with_files=caller.has_scope("manage"))

    def document(self, caller: Caller, document_id: str) -> StoredDocument:
        """A document. Raises UnknownDocumentError, also for those that the caller may not know of."""
        caller.require("ask")
        return self.store.catalogue.document(document_id, caller.collections)

    def text(self, caller: Caller, document_id: str, start: int = 0, end: int | None = None) -> Iterator[str]:
        """``[start, end)`` of a document's text in pieces. Raises DocumentChangedError, and what ``document`` does."""
        document = self.document(caller, document_id)
        end = document.characters if end is None else min(end, document.characters)
        for first in range(start, end, PIECE):
            piece = self.store.catalogue.text(document_id, first, min(first + PIECE, end))
            if self.document(caller, document_id).sha256 != document.sha256:
                raise DocumentChangedError(f"'{document.path}' was replaced while it was read; read it again")
            yield piece

    def read_lines(self, caller: Caller, document_id: str, first: int, last: int, around: int = 0) -> Excerpt:
        """The lines ``first`` to ``last`` of a document, from 1, and ``around`` lines before and after.

        Raises InvalidRequestError where the document has no such line, and what ``document`` does.
        """
        document = self.document(caller, document_id)
        layout = self.store.catalogue.layout(document_id)
        lines = len(layout.line_starts)
        if not 1 <= first <= last <= lines:
            raise InvalidRequestError(f"the document has {lines:,} lines; there is no line {last:,}")
        first, last = max(first - around, 1), min(last + around, lines)
        start, end = layout.line_span(first, last, document.characters)
        end = min(end, start + _MAX_EXCERPT)
        last = layout.place(Span(start, end)).lines[1]
        text = self.store.catalogue.text(document_id, start, end)
        return Excerpt(text, start, end, first, last, lines, document)

    def verify(self, caller: Caller, claims: Sequence[Claim], collection: str | None = None) -> list[Verification]:
        """Whether quotes still stand in their files, in the order of the claims. Raises FolderUnavailableError."""
        name = self.collection_name(caller, collection)
        settings = self.settings
        source = ReadOnce(CollectionSource(self.store, name, settings.max_file_bytes, settings.parse_options()), 1)
        by_path = sorted(range(len(claims)), key=lambda number: claims[number].path)  # so that each file is read once
        results = {number: verify(claims[number], source) for number in by_path}
        return [results[number] for number in range(len(claims))]

    def collections(self, caller: Caller) -> CollectionList:
        """The collections that the caller may know of."""
        caller.require("ask")
        sizes = [(known, self.store.catalogue.size(known.name)) for known in self._accessible(caller)]
        described = [CollectionDescription.of(known, documents=size.documents, chunks=size.chunks) for known, size in sizes]
        largest = self.settings.max_file_bytes if caller.has_scope("manage") else None
        return CollectionList(described, caller.default_collection(self.settings.collection), instruction_set(), largest)

    def overview(self, caller: Caller, collection: str | None = None) -> Overview:
        """What a collection holds, and questions that it answers. Raises ForbiddenError and what ``Pipeline.ask`` does."""
        name = self.collection_name(caller, collection)
        size, latest = self.store.catalogue.size(name), self.store.catalogue.latest(name, 3)
        return Overview(name, size.documents, latest, self.suggestions.of(name) if size.documents else ())

    def ready(self, caller: Caller) -> int:
        """How many collections the caller may know of."""
        return len(self._accessible(caller))

    def collection_name(self, caller: Caller, name: str | None = None) -> str:
        """The name of a collection, or of the caller's default one, for reading.

        Raises ForbiddenError where the caller may not know of it, whether or not it exists, and UnknownCollectionError.
        """
        caller.require("ask")
        name = name or caller.default_collection(self.settings.collection)
        caller.require_access(name)
        if caller.collections is not None and all(name != known.name for known in self.store.catalogue.collections()):
            raise UnknownCollectionError(f"there is no collection '{name}'")  # the store would name those of others
        return name

    def existing_collection(self, caller: Caller, name: str) -> str:
        """The name of a collection that exists. Raises what ``collection_name`` does."""
        return self.store.catalogue.collection(self.collection_name(caller, name)).name

    def embedder_of(self, name: str, text: str = "") -> Embedder:
        """That of a collection or, where there is none of that name, the one that a new collection of such texts gets."""
        made_by = {collection.name: collection.embedder for collection in self.store.catalogue.collections()}
        return self.pipeline.embedder(made_by.get(name) or self.new_embedder(lambda: [text]))

    def _asked(self, caller: Caller, collection: str | None, options: AskOptions) -> tuple[str, AskOptions]:
        """The collection that is asked and how, also where several are asked and none is named before the others."""
        names = [self.collection_name(caller, name) for name in dict.fromkeys([*filter(None, [collection]), *options.also])]
        first, *also = names or [self.collection_name(caller)]
        return first, self._with_settings(replace(options, also=tuple(also)))

    def _with_settings(self, options: AskOptions) -> AskOptions:
        limits = options.top_k or self.settings.top_k, options.max_quotes or self.settings.max_quotes
        return replace(options, top_k=limits[0], max_quotes=limits[1])

    def _accessible(self, caller: Caller) -> list[Collection]:
        return [known for known in self.store.catalogue.collections() if caller.can_access(known.name)]

    def check_change(self, caller: Caller, name: str) -> None:
        """Raises ForbiddenError where the caller may not change a collection, be there one or not."""
        caller.require("manage")
        caller.require_access(name)

    def new_embedder(self, texts: Callable[[], Sequence[str]]) -> str:
        """The name of the embedder of a new collection: that of the settings, or the one for the language of its texts."""
        if self.settings.embedder != AUTOMATIC_EMBEDDER:
            return self.settings.embedder
        if self.settings.language:
            return DEFAULT_EMBEDDER if self.settings.language == "en" else MULTILINGUAL_EMBEDDER
        return embedder_for(texts())
