"""The requests of the HTTP API, validated: what may be sent, and within which bounds."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from quotewise.api.settings import MAX_QUOTES, MAX_TOP_K
from quotewise.index.atomic_files import PATTERN
from quotewise.index.filters import Filter, Range
from quotewise.index.store import COLLECTION_NAME
from quotewise.rag import verification
from quotewise.rag.followups import Turn
from quotewise.rag.pipeline import AskOptions

MAX_QUESTION = 2000
MAX_TEXT = 20_000
MAX_TURNS = 50
MAX_TURN_QUOTES = 10
_MAX_FIELDS = 50
_T = TypeVar("_T")
_MAX_TOTAL_TEXT = 200_000
"""Characters of all texts of a request or of a batch."""


def _unicode(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("should be valid Unicode, without lone surrogates") from None
    return text


_NOT_BLANK = r"[^\s\x1c-\x1f\x85\ufeff]"
"""A character that both Python and JSON Schema take for no white space."""


def _not_blank(question: str) -> str:
    if not re.search(_NOT_BLANK, question):
        raise ValueError("should not be blank")
    return _unicode(question)


def _limit_fields(value: object) -> object:
    if isinstance(value, dict) and len(value) > _MAX_FIELDS:  # before each is validated and reported
        raise ValueError(f"should have at most {_MAX_FIELDS} entries, not {len(value):,}")
    return value


def _limit_total(value: _T, texts: Sequence[str]) -> _T:
    length = sum(map(len, texts))
    if length > _MAX_TOTAL_TEXT:
        raise ValueError(f"should have at most {_MAX_TOTAL_TEXT:,} characters of text together, not {length:,}")
    return value


def as_integer(value: object) -> object:
    """3.0 as 3, as in JSON Schema."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


INTEGER = BeforeValidator(as_integer)
"""Before a strict integer: as in JSON Schema 3.0 is one, while true and "3" are not."""
Question = Annotated[
    str, Field(min_length=1, max_length=MAX_QUESTION, json_schema_extra={"pattern": _NOT_BLANK}), AfterValidator(_not_blank)
]
Offset = Annotated[int, Field(strict=True, ge=0, le=2**53), INTEGER]
MaxQuotes = Annotated[int, Field(strict=True, ge=1, le=MAX_QUOTES), INTEGER]
TopK = Annotated[int, Field(strict=True, ge=1, le=MAX_TOP_K), INTEGER]
UnicodeText = Annotated[str, AfterValidator(_unicode)]
ShortText = Annotated[UnicodeText, Field(max_length=1000)]
Text = Annotated[UnicodeText, Field(max_length=MAX_TEXT)]
CollectionName = Annotated[ShortText, Field(min_length=1)]
DocumentId = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
_Values = Annotated[list[ShortText], Field(min_length=1, max_length=100, fail_fast=True)]
_OneOrMoreValues = Annotated[_Values, BeforeValidator(_as_list, json_schema_input_type=ShortText | _Values)]


class Strict(BaseModel):
    """A request that refuses unknown fields, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _limit_fields(cls, value: object) -> object:
        return _limit_fields(value)


_NUMBER: dict[str, Any] = {"type": "number", "minimum": -1e300, "maximum": 1e300}
_DAY: dict[str, Any] = {"type": "string", "format": "date"}


def _as_limit(value: object) -> float | date:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        return date.fromisoformat(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _NUMBER["maximum"]:
        return float(value)
    raise ValueError("should be a number, or a day such as 2026-01-31")


_Limit = Annotated[float | date | None, BeforeValidator(_as_limit), WithJsonSchema({"anyOf": [_NUMBER, _DAY]})]


class MetadataRange(Strict):
    """Numbers, or days, from one to another, both included; one of the two may be left out."""

    model_config = ConfigDict(
        json_schema_extra={"minProperties": 1, "anyOf": [{"properties": {"from": it, "to": it}} for it in (_NUMBER, _DAY)]}
    )

    least: _Limit = Field(default=None, alias="from")
    most: _Limit = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _checked(self) -> Self:
        kinds = {type(limit) for limit in (self.least, self.most) if limit is not None}
        if len(kinds) != 1:
            raise ValueError("should have a from, a to or both, and both as numbers or both as days")
        return self


class DocumentConditions(Strict):
    """Which documents to look at; all conditions hold at once."""

    path_prefix: ShortText = Field(default="", description="start of the document's path")
    media_type: ShortText | None = None
    metadata: Annotated[
        dict[ShortText, _OneOrMoreValues],
        BeforeValidator(_limit_fields),
        Field(max_length=20, description="values, any of which the document's front matter has under a key"),
    ] = {}
    paths: Annotated[list[ShortText], Field(max_length=100, fail_fast=True)] = Field(
        default=[], description="paths of the documents to look at; by default all"
    )
    indexed_from: date | None = Field(default=None, description="first day, in UTC, on which a document may have been indexed")
    indexed_to: date | None = Field(default=None, description="last such day")
    ranges: Annotated[
        dict[ShortText, MetadataRange],
        BeforeValidator(_limit_fields),
        Field(max_length=20, description="limits of what the document's front matter has under a key, as a number or a day"),
    ] = {}

    def value(self) -> Filter:
        """The filter of a search."""
        ranges = {key: Range(limits.least, limits.most) for key, limits in self.ranges.items()}
        chosen = self.path_prefix, self.media_type, self.metadata, tuple(self.paths), self.indexed_from, self.indexed_to
        return Filter(*chosen, ranges)


class DocumentFilter(DocumentConditions):
    """Which documents to look at; all conditions hold at once, but for those to exclude."""

    exclude: DocumentConditions | None = Field(
        default=None, description="conditions; documents that meet all of them are left out"
    )

    def value(self) -> Filter:
        """The filter of a search."""
        excluded = self.exclude.value() if self.exclude else Filter()
        return replace(super().value(), exclude=None if excluded == Filter() else excluded)


class SearchRequest(Strict):
    """A question, and optionally where to look."""

    question: Question
    collection: CollectionName | None = Field(default=None, description="by default the one of the settings")
    collections: Annotated[list[CollectionName], Field(max_length=20, fail_fast=True)] = Field(
        default=[], description="several at once, of the same embedder"
    )
    top_k: TopK | None = Field(default=None, description="chunks retrieved")
    filter: DocumentFilter = DocumentFilter()

    def options(self) -> AskOptions:
        """How to answer, or to search."""
        return AskOptions(self.top_k, where=self.filter.value(), also=tuple(self.collections))


class HistoryTurn(Strict):
    """An earlier question of the conversation, and the quotes that answered it."""

    question: Question
    quotes: Annotated[list[Text], Field(max_length=MAX_TURN_QUOTES, fail_fast=True)] = []


class AskRequest(SearchRequest):
    """A question, optionally where to look and how many quotes to give at most."""

    max_quotes: MaxQuotes | None = None
    threshold: Annotated[float, Field(ge=0, le=1, strict=True)] | None = Field(
        default=None, description="confidence below which nothing is answered; by default the one of the service"
    )
    include_passages: bool = Field(default=False, strict=True, description="whether the answer has all retrieved passages")
    history: Annotated[list[HistoryTurn], Field(max_length=MAX_TURNS, fail_fast=True)] = Field(
        default=[], description="the earlier turns, oldest first: they determine what a follow-up is about"
    )

    def options(self) -> AskOptions:
        turns = tuple(Turn(turn.question, tuple(turn.quotes)) for turn in self.history)
        return AskOptions(self.top_k, self.max_quotes, self.filter.value(), self.threshold, turns, tuple(self.collections))


class ExtractRequest(Strict):
    """A question, and texts of the caller's own to look for quotes in; a text may be blank."""

    question: Question
    texts: Annotated[
        list[Text], Field(min_length=1, max_length=50, fail_fast=True), AfterValidator(lambda texts: _limit_total(texts, texts))
    ] = Field(description=f"at most {_MAX_TOTAL_TEXT:,} characters together")
    max_quotes: MaxQuotes | None = Field(default=None, description="most quotes of each text")


class ExtractBatchRequest(Strict):
    """Several questions, each with texts of its own."""

    requests: Annotated[
        list[ExtractRequest],
        Field(min_length=1, max_length=32, fail_fast=True),
        AfterValidator(lambda requests: _limit_total(requests, [text for request in requests for text in request.texts])),
    ] = Field(description=f"at most {_MAX_TOTAL_TEXT:,} characters of text together")


class RightQuote(Strict):
    """The quote that would have been right, ``[start, end)`` of a document in Unicode code points."""

    document_id: DocumentId
    start: Offset
    end: Offset


class FeedbackRequest(Strict):
    """Whether the answer to a request helped; later feedback on the same request replaces it."""

    request_id: str = Field(pattern="^[A-Za-z0-9._-]{1,64}$")
    helpful: bool = Field(strict=True)
    right_quote: RightQuote | None = None
    wrong_quotes: Annotated[
        list[Annotated[int, Field(strict=True, ge=1, le=MAX_QUOTES), INTEGER]], Field(max_length=MAX_QUOTES)
    ] = Field(default=[], description="ids of the citations that do not answer the question")


class OverviewRequest(Strict):
    """Of which collection."""

    collection: CollectionName | None = None


class RenameDocument(Strict):
    """The new path of a document."""

    path: Annotated[ShortText, Field(json_schema_extra={"pattern": PATTERN})]


class RenameCollection(Strict):
    """The new name of a collection."""

    name: Annotated[ShortText, Field(json_schema_extra={"pattern": COLLECTION_NAME})]


class PageRequest(Strict):
    """Which documents to list."""

    collection: CollectionName | None = None
    limit: int = Field(default=100, ge=1, le=1000)
    offset: int = Field(default=0, ge=0, le=2**53)


class SpanRequest(Strict):
    """A span ``[start, end)`` of a document, in Unicode code points."""

    start: int = Field(default=0, ge=0, le=2**53)
    end: int = Field(default=1, ge=1, le=2**53)


class PageImageRequest(Strict):
    """The width of the picture in pixels, and a span ``[start, end)`` to mark in it, by default none."""

    start: int | None = Field(default=None, ge=0, le=2**53)
    end: int | None = Field(default=None, ge=1, le=2**53)
    width: int = Field(default=1000, ge=100, le=2400)


class TextRequest(Strict):
    """Which part of a text to read, ``[start, end)`` in Unicode code points; by default all of it."""

    start: int = Field(default=0, ge=0, le=2**53)
    end: int | None = Field(default=None, ge=0, le=2**53)


class CitedDocument(BaseModel):
    """The document that a citation names."""

    path: ShortText
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Claim(BaseModel):
    """A citation to check, as ``/ask`` returns it; other fields are ignored."""

    quote: str = Field(min_length=1, max_length=100_000)
    start: Offset
    end: Offset
    document: CitedDocument

    def value(self) -> verification.Claim:
        """What to verify."""
        return verification.Claim(self.document.path, self.document.sha256, self.start, self.end, self.quote)


class VerifyRequest(Strict):
    """Citations to check."""

    citations: Annotated[list[Claim], Field(min_length=1, max_length=100, fail_fast=True)]
    collection: CollectionName | None = None
