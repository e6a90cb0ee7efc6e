"""Quotewise itself, as it is installed."""

from collections.abc import Callable
from pathlib import Path

from quotewise.api.callers import LOCAL
from quotewise.api.indexing import index_folder
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.eval.peers.comparison import PeerAnswer, Weights
from quotewise.rag.pipeline import AskOptions

name = "Quotewise"
setup = "as installed, with a threshold of 0"


def index(corpus: Path, folder: Path, weights: Weights) -> None:
    service = Service.open(Settings(index=folder / "index"), create=True)
    index_folder(service, LOCAL, corpus)
    service.store.close()


def open(folder: Path, weights: Weights) -> Callable[[str], PeerAnswer | None]:
    settings = Settings(index=folder / "index", threshold=0)
    service = Service.open(settings)
    service.load_reader()

    def ask(question: str) -> PeerAnswer | None:
        answer = service.pipeline.ask(question, settings.collection, AskOptions(settings.top_k, settings.max_quotes))
        if not answer.citations:
            return None
        first, short = answer.citations[0], answer.short_answer
        return PeerAnswer(first.document.path, first.start, first.quote, short.text if short else "", answer.confidence)

    return ask
