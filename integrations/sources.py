"""A folder, or a service, that answers a framework's questions: the quotes, and their citations as metadata."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import quotewise
from quotewise.api.library import Library
from quotewise.api.prompts import NOT_FOUND
from quotewise.integrations import operations
from quotewise.integrations.client import Client
from quotewise.rag import answers

Source = Library | Client
Answer = answers.Answer | operations.AskResponse
Citation = answers.Citation | operations.Citation
Metadata = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim quote of a document, with its citation as metadata of JSON's types."""

    id: str
    text: str
    score: float
    metadata: Metadata


@dataclass(frozen=True, slots=True)
class Quoted:
    """What the documents say to a question: without an answer there are no quotes, and ``text`` says so."""

    question: str
    text: str
    quotes: tuple[Quote, ...]
    metadata: Metadata


def opened(source: Source | str) -> Source:
    """The source itself, or the service at its address or the folder at its path. Raises what ``quotewise.open`` does."""
    if not isinstance(source, str):
        return source
    return Client(source) if source.startswith(("http://", "https://")) else quotewise.open(source)


def ask(source: Source, question: str, options: Mapping[str, Any]) -> Quoted:
    """Put a question to a source; ``options`` are those of its ``ask``. Raises what that does."""
    answer = source.ask(question, **options)
    about = {"answered": answer.answered, "state": answer.state, "confidence": answer.confidence}
    text = answer.text if isinstance(answer, answers.Answer) else answer.answer
    quotes = tuple(_quote(source, answer, citation) for citation in answer.citations)
    return Quoted(question, text or NOT_FOUND, quotes, about)


def _quote(source: Source, answer: Answer, citation: Citation) -> Quote:
    document = citation.document
    metadata = {
        "path": document.path,
        "title": document.title,
        "sha256": document.sha256,
        "document_id": document.id,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "line_start": citation.line_start,
        "line_end": citation.line_end,
        "page": citation.page,
        "place": citation.place,
        "heading": list(citation.heading),
        "link": _link(source, citation),
        "citation": citation.id,
        "score": citation.score,
        "confidence": answer.confidence,
        "state": answer.state,
    }
    return Quote(f"{document.id}:{citation.start}-{citation.end}", citation.quote, citation.score, metadata)


def _link(source: Source, citation: Citation) -> str:
    if isinstance(citation, operations.Citation):
        assert isinstance(source, Client)
        return source.link(citation)
    assert isinstance(source, Library)
    page = f"#page={citation.page}" if citation.page else ""
    return (source.folder / citation.document.path).as_uri() + page
