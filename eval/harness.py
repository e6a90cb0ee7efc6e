"""Gold questions and a folder into outcomes: index the folder afresh, ask every question, check every citation."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from api.service import Service
from api.settings import Settings
from eval.gold import GoldError, GoldQuestion
from eval.measures import Outcome, judge
from index.errors import UnknownDocumentError
from rag.answers import Citation
from rag.verification import Claim, CollectionSource, Verdict, verify


@contextmanager
def indexed(corpus: Path, settings: Settings) -> Iterator[Service]:
    """A service over a folder, indexed into a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        service = Service.open(settings.model_copy(update={"index": Path(folder)}), create=True)
        try:
            service.sync(corpus, moved=False, progress=lambda done, total, path: None)
            yield service
        finally:
            service.store.close()


def evaluate(questions: Sequence[GoldQuestion], service: Service) -> Iterator[Outcome]:
    """Ask each question as ``/ask`` would, with the settings of the service.

    Raises:
        GoldError: a gold quote does not stand in its document.
    """
    settings = service.settings
    source = CollectionSource(service.store, settings.collection, settings.max_file_bytes)
    check_quotes(questions, service)
    for question in questions:
        answer = service.answerer.ask(question.question, settings.collection, settings.top_k, settings.max_quotes)
        verified = [verify(claim_of(citation), source) for citation in (*answer.citations, *answer.closest)]
        yield judge(question, answer, sum(found.verdict is Verdict.VALID for found in verified))


def check_quotes(questions: Sequence[GoldQuestion], service: Service) -> None:
    """Raises GoldError at the first gold quote that does not stand at its offsets."""
    texts: dict[str, str] = {}
    for question in questions:
        for quote in question.quotes:
            try:
                document = service.store.document_at(service.settings.collection, quote.path)
            except UnknownDocumentError as error:
                raise GoldError(f"{question.id}: the corpus has no document {quote.path!r}") from error
            if quote.path not in texts:
                texts[quote.path] = service.store.text(document.id)
            if texts[quote.path][quote.start : quote.end] != quote.quote:
                raise GoldError(f"{question.id}: the quote does not stand at {quote.start}-{quote.end} of {quote.path}")


def claim_of(citation: Citation) -> Claim:
    """What a citation claims."""
    document = citation.document
    return Claim(document.path, document.sha256, citation.start, citation.end, citation.quote)
