"""The service for Python programs: a folder of documents, indexed, and the use cases of its user."""

from collections.abc import Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Self

from quotewise.api.callers import LOCAL
from quotewise.api.indexing import index_folder
from quotewise.api.service import Service, Step
from quotewise.api.settings import load_settings
from quotewise.index.files import FolderFiles
from quotewise.index.ingest import checked_files
from quotewise.index.sync_report import SyncReport
from quotewise.rag.answers import Answer, Citation, Extractions, SearchResult
from quotewise.rag.pipeline import AskOptions
from quotewise.rag.verification import Claim, Verification


class Library:
    """A folder of documents, open for questions, for use from many threads; ``report`` says what the latest update did.

    Args:
        folder: of the documents.
        settings: those of ``quotewise settings``, by name; by default the index is ``.quotewise`` beside the folder.

    Raises:
        FolderError, IndexLockedError, SettingsError and others of QuotewiseError: the folder cannot be indexed.
    """

    def __init__(self, folder: str | PathLike[str], **settings: Any) -> None:
        self.folder = Path(folder).resolve()
        chosen = load_settings(**{"index": self.folder.parent / ".quotewise", **settings})
        checked_files(FolderFiles(self.folder), may_be_empty=chosen.index.exists())
        self._service = Service.open(chosen, create=True)
        try:
            self.report = self.update()
        except BaseException:
            self.close()
            raise

    def update(self) -> SyncReport:
        """Bring the index up to date with the folder."""
        self.report = index_folder(self._service, LOCAL, self.folder)
        return self.report

    def ask(self, question: str, **options: Any) -> Answer:
        """Answer a question with quotes, if the documents do; ``options`` are those of ``AskOptions``, by name."""
        return self._service.ask(LOCAL, question, options=AskOptions(**options))

    def stream(self, question: str, **options: Any) -> Iterator[Step]:
        """The passages, each citation and the answer, each as soon as it is known; ``options`` as for ``ask``."""
        return self._service.stream(LOCAL, question, options=AskOptions(**options))

    def search(self, question: str, **options: Any) -> SearchResult:
        """The passages closest to a question; ``options`` as for ``ask``."""
        return self._service.search(LOCAL, question, options=AskOptions(**options))

    def extract(self, question: str, texts: Sequence[str], max_quotes: int | None = None) -> Extractions:
        """The quotes of texts from anywhere that answer a question."""
        (result,), _ = self._service.extract(LOCAL, [(question, texts, AskOptions(max_quotes=max_quotes))])
        return result

    def verify(self, citations: Sequence[Citation]) -> list[Verification]:
        """Whether quotes still stand where their citations say, in the same order."""
        return self._service.verify(LOCAL, list(map(Claim.of, citations)))

    def close(self) -> None:
        """Close the index."""
        self._service.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
