"""Haystack: quotes as extracted answers and as documents, with their citations (needs haystack-ai)."""

from typing import Any

from haystack import Document, ExtractedAnswer, component

from quotewise.integrations.sources import Quote, Source, ask, opened


@component
class QuotewiseReader:
    """Answers a query with quotes: an answer and a document for each, neither where the documents do not answer.

    ``source`` is an open folder, a client, the path of a folder or the address of a service, of which only the last two can be
    saved with a pipeline (and loaded with this module in ``allowed_modules``); ``options`` are those of its ``ask``.
    """

    def __init__(self, source: Source | str, options: dict[str, Any] | None = None) -> None:
        self.source, self.options = source, options or {}
        self._opened = opened(source)

    @component.output_types(
        answers=list[ExtractedAnswer], documents=list[Document], answered=bool, state=str, confidence=float, reply=str
    )
    def run(self, query: str) -> dict[str, Any]:
        """The answers; ``reply`` is all of them in one text, or the sentence that there are none."""
        found = ask(self._opened, query, self.options)
        answers = [_answer(query, quote) for quote in found.quotes]
        documents = [answer.document for answer in answers]
        return {"answers": answers, "documents": documents, "reply": found.text, **found.metadata}


def _answer(query: str, quote: Quote) -> ExtractedAnswer:
    """Offsets are into the cited document, whose text is not passed on; the document is the quote."""
    document = Document(id=quote.id, content=quote.text, meta=quote.metadata, score=quote.score)
    place = ExtractedAnswer.Span(quote.metadata["start"], quote.metadata["end"])
    return ExtractedAnswer(query, quote.score, quote.text, document, document_offset=place, meta=quote.metadata)
