"""The tools of the Model Context Protocol: what each takes and gives, over the routes of HTTP."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from pydantic import BaseModel, Field, model_validator
from quotewise.api import routes, schemas
from quotewise.api.service import Service
from quotewise.index.errors import QuotewiseError
from quotewise.index.sentences import line_starts
from quotewise.index.store import StoredDocument
from starlette.requests import Request

_MOST_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: ``call`` gets what ``takes`` describes, the open service and the request, which says who calls."""

    description: str
    takes: type[BaseModel]
    gives: type[BaseModel]
    call: Callable[[Any, Service, Request], BaseModel]


class ReadRequest(schemas.Strict):
    """Which lines of a document to read."""

    document_id: str = Field(pattern="^[0-9a-f]{16}$", description="as in a citation")
    line_start: int = Field(default=1, ge=1, le=2**53, description="first line, from 1, as in a citation")
    line_end: int | None = Field(default=None, ge=1, le=2**53, description="last line; by default the first")
    around: int = Field(default=10, ge=0, le=1000, description="lines to add before and after")

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.line_end is not None and self.line_end < self.line_start:
            raise ValueError("line_end should not be before line_start")
        return self


class Excerpt(BaseModel):
    """Lines of a document, ``[start, end)`` of its text in code points; a long excerpt is cut before ``line_end`` ends."""

    text: str
    start: int
    end: int
    line_start: int
    line_end: int
    lines: int = Field(description="of the whole document")
    document: schemas.DocumentReference


class VerifyRequest(schemas.Claim):
    """A citation to check, as another tool gave it."""

    collection: schemas.CollectionName | None = None


def read_lines(asked: ReadRequest, document: StoredDocument, text: str) -> Excerpt:
    """The lines asked for, and those around them. Raises QuotewiseError where the document has no such line."""
    starts = line_starts(text)
    last = asked.line_end or asked.line_start
    if last > len(starts):
        raise QuotewiseError(f"the document has {len(starts):,} lines; there is no line {last:,}")
    first, last = max(asked.line_start - asked.around, 1), min(last + asked.around, len(starts))
    start = starts[first - 1]
    end = min(starts[last] if last < len(starts) else len(text), start + _MOST_CHARACTERS)
    return Excerpt(
        text=text[start:end],
        start=start,
        end=end,
        line_start=first,
        line_end=max(first, sum(begins < end for begins in starts)),
        lines=len(starts),
        document=schemas.DocumentReference.of(document),
    )


def _read(asked: ReadRequest, service: Service, request: Request) -> Excerpt:
    document = routes.document_of(request, service, asked.document_id)
    return read_lines(asked, document, service.store.catalogue.text(document.id))


def _verify(asked: VerifyRequest, service: Service, request: Request) -> schemas.Verification:
    claims = schemas.VerifyRequest(citations=[asked], collection=asked.collection)
    return routes.verify_citations(claims, service, request).results[0]


TOOLS = {
    "ask": Tool(
        "Answer a question in the documents' own words: verbatim quotes, each with a citation of where it stands. "
        "Where `answered` is false the documents do not say, and `closest` are passages that come nearest.",
        schemas.AskRequest,
        schemas.AskResponse,
        routes.answer_of,
    ),
    "search": Tool(
        "The passages of the documents closest to a question or some words, whether they answer it or not.",
        schemas.SearchRequest,
        schemas.SearchResponse,
        routes.search,
    ),
    "read_document": Tool(
        "Read lines of a document, such as those around a citation.",
        ReadRequest,
        Excerpt,
        _read,
    ),
    "verify_citation": Tool(
        "Whether a quote still stands in its file where its citation says: valid, changed or missing.",
        VerifyRequest,
        schemas.Verification,
        _verify,
    ),
}
