"""The JSON shapes of the HTTP service and of ``--json`` on the command line, and how they come from our values."""

import time
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from quotewise.api.problems import Problem
from quotewise.api.settings import MAX_QUOTES, MAX_TOP_K
from quotewise.index.sentences import Span
from quotewise.index.store import Collection as StoredCollection
from quotewise.index.store import CollectionSize, Filter
from quotewise.index.store import DocumentReference as Reference
from quotewise.rag import answers, followups, passages, verification

MAX_QUESTION = 2000
MAX_PAGE = 1000
MAX_CLAIMS = 100
MAX_TEXT = 20_000
MAX_TEXTS = 50
MAX_REQUESTS = 32
MAX_TURNS = 50
MAX_QUOTED = 10
_MOST_FIELDS = 50
MAX_TOGETHER = 200_000
"""Characters of all texts of a request, a batch being one."""


def _unicode(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("should be valid Unicode, without lone surrogates") from None
    return text


def _not_blank(question: str) -> str:
    if not question.strip():
        raise ValueError("should not be blank")
    return _unicode(question)


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _few(given: object) -> object:
    if isinstance(given, dict) and len(given) > _MOST_FIELDS:  # before each is looked at, and complained of
        raise ValueError(f"should have at most {_MOST_FIELDS} entries, not {len(given):,}")
    return given


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


QuestionText = Annotated[
    str, Field(min_length=1, max_length=MAX_QUESTION, json_schema_extra={"pattern": r"\S"}), AfterValidator(_not_blank)
]
WHOLE = BeforeValidator(_whole)
"""Makes a strict integer one as JSON Schema has it: 3.0 is, while true and "3" are not."""
Quotes = Annotated[int, Field(strict=True, ge=1, le=MAX_QUOTES), WHOLE]
Offset = Annotated[int, Field(strict=True, ge=0, le=2**53), WHOLE]
UnicodeText = Annotated[str, AfterValidator(_unicode)]
ShortText = Annotated[str, Field(max_length=1000), AfterValidator(_unicode)]
CollectionName = Annotated[ShortText, Field(min_length=1)]
_Several = Annotated[list[ShortText], Field(min_length=1, max_length=100, fail_fast=True)]
OneOrMore = Annotated[_Several, BeforeValidator(_listed, json_schema_input_type=ShortText | _Several)]


OwnText = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(_unicode)]


class Strict(BaseModel):
    """A request: unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _few_fields(cls, given: object) -> object:
        return _few(given)


class DocumentFilter(Strict):
    """Which documents to look at; all conditions hold at once."""

    path_prefix: ShortText = Field(default="", description="start of the document's path")
    media_type: ShortText | None = None
    metadata: Annotated[
        dict[ShortText, OneOrMore],
        BeforeValidator(_few),
        Field(max_length=20, description="values, any of which the document's front matter has under a key"),
    ] = {}

    def value(self) -> Filter:
        return Filter(self.path_prefix, self.media_type, self.metadata)


class Asked(Strict):
    """A question."""

    question: QuestionText


class SearchRequest(Asked):
    """A question, and optionally where to look."""

    collection: CollectionName | None = Field(default=None, description="by default the one of the settings")
    top_k: Annotated[int, Field(strict=True, ge=1, le=MAX_TOP_K), WHOLE] | None = Field(
        default=None, description="chunks retrieved"
    )
    filter: DocumentFilter = DocumentFilter()


class HistoryTurn(Strict):
    """An earlier question of the conversation, and the quotes that answered it."""

    question: QuestionText
    quotes: Annotated[list[OwnText], Field(max_length=MAX_QUOTED, fail_fast=True)] = []


class AskRequest(SearchRequest):
    """A question, optionally where to look and how many quotes to give at most."""

    max_quotes: Quotes | None = None
    threshold: float | None = Field(
        default=None,
        ge=0,
        le=1,
        strict=True,
        description="confidence below which nothing is answered; by default the one of the service",
    )
    include_passages: bool = Field(default=False, strict=True, description="whether to send the passages that were found")
    history: Annotated[
        list[HistoryTurn],
        Field(
            max_length=MAX_TURNS,
            fail_fast=True,
            description="the turns before, first one first: they say what a follow-up is about",
        ),
    ] = []

    def turns(self) -> tuple[followups.Turn, ...]:
        return tuple(followups.Turn(turn.question, tuple(turn.quotes)) for turn in self.history)


class Highlight(BaseModel):
    """A span ``[start, end)`` of the document."""

    start: int
    end: int

    @classmethod
    def of(cls, span: Span) -> Self:
        return cls(start=span.start, end=span.end)


class DocumentReference(BaseModel):
    """The document of a citation; ``sha256`` is of the file's bytes."""

    id: str
    path: str
    title: str
    sha256: str
    media_type: str

    @classmethod
    def of(cls, document: Reference) -> Self:
        return cls(**{name: getattr(document, name) for name in cls.model_fields})


class Citation(BaseModel):
    """A quote and where it stands: ``[start, end)`` in Unicode code points of the document's text, lines from 1."""

    id: int
    quote: str
    start: int
    end: int
    line_start: int
    line_end: int
    page: int | None
    heading: list[str]
    score: float
    highlights: list[Highlight]
    document: DocumentReference

    @classmethod
    def of(cls, number: int, citation: answers.Citation) -> Self:
        return cls(
            id=number,
            quote=citation.quote,
            start=citation.start,
            end=citation.end,
            line_start=citation.line_start,
            line_end=citation.line_end,
            page=citation.page,
            heading=list(citation.heading),
            score=round(citation.score, 4),
            highlights=[Highlight.of(span) for span in citation.highlights],
            document=DocumentReference.of(citation.document),
        )


class ShortAnswer(BaseModel):
    """A few words of the quote of a citation that answer by themselves."""

    text: str
    citation: int
    start: int
    end: int
    confidence: float

    @classmethod
    def of(cls, short: answers.ShortAnswer | None) -> Self | None:
        if short is None:
            return None
        confidence = round(short.confidence, 4)
        return cls(text=short.text, citation=short.citation, start=short.start, end=short.end, confidence=confidence)


class Timings(BaseModel):
    """Milliseconds of each stage."""

    embed: float
    search: float
    read: float
    total: float

    @classmethod
    def of(cls, timings: answers.Timings) -> Self:
        return cls(embed=timings.embed, search=timings.search, read=timings.read, total=timings.total)


class AskResponse(BaseModel):
    """Quotes that answer the question or, where ``answered`` is false, the passages closest to it."""

    question: str
    answered: bool
    confidence: float = Field(ge=0, le=1, description="probability that the first quote answers the question")
    threshold: float = Field(ge=0, le=1, description="confidence below which nothing is answered")
    answer: str | None = Field(description="the quotes, each followed by the number of its citation in brackets")
    short_answer: ShortAnswer | None
    citations: list[Citation]
    closest: list[Citation]
    passages: "list[Passage] | None" = Field(description="all that were found, best first, where the request asks for them")
    timings_ms: Timings
    request_id: str

    @classmethod
    def of(cls, answer: answers.Answer, request_id: str, include_passages: bool = False) -> Self:
        return cls(
            question=answer.question,
            answered=answer.answered,
            confidence=round(answer.confidence, 4),
            threshold=answer.threshold,
            answer=answer.text,
            short_answer=ShortAnswer.of(answer.short_answer),
            citations=_numbered(answer.citations),
            closest=_numbered(answer.closest),
            passages=[Passage.of(passage) for passage in answer.passages or ()] if include_passages else None,
            timings_ms=Timings.of(answer.timings_ms),
            request_id=request_id,
        )


def _numbered(citations: tuple[answers.Citation, ...]) -> list[Citation]:
    return [Citation.of(number, citation) for number, citation in enumerate(citations, 1)]


def _bounded_texts(texts: list[str]) -> list[str]:
    length = sum(map(len, texts))
    if length > MAX_TOGETHER:
        raise ValueError(f"should have at most {MAX_TOGETHER:,} characters of text together, not {length:,}")
    return texts


class ExtractRequest(Asked):
    """A question, and texts of the caller's own to look for quotes in; a text may be blank."""

    texts: Annotated[
        list[OwnText],
        Field(min_length=1, max_length=MAX_TEXTS, fail_fast=True, description=f"at most {MAX_TOGETHER:,} characters together"),
        AfterValidator(_bounded_texts),
    ]
    max_quotes: Quotes | None = Field(default=None, description="most quotes of each text")


def _bounded_requests(requests: list[ExtractRequest]) -> list[ExtractRequest]:
    _bounded_texts([text for request in requests for text in request.texts])
    return requests


class ExtractBatchRequest(Strict):
    """Several questions, each with texts of its own."""

    requests: Annotated[
        list[ExtractRequest],
        Field(
            min_length=1,
            max_length=MAX_REQUESTS,
            fail_fast=True,
            description=f"at most {MAX_TOGETHER:,} characters of text together",
        ),
        AfterValidator(_bounded_requests),
    ]


class ExtractedQuote(BaseModel):
    """A quote, ``[start, end)`` of the text in Unicode code points; the spans of ``highlights`` lie inside it."""

    quote: str
    start: int
    end: int
    score: float
    highlights: list[Highlight]


class ExtractedShortAnswer(BaseModel):
    """A few words of the first quote that answer by themselves, ``[start, end)`` of the text in Unicode code points."""

    text: str
    start: int
    end: int
    confidence: float


class ExtractedText(BaseModel):
    """What one text says: ``answered`` is whether it has quotes and its ``answerability`` reaches the threshold."""

    text: int = Field(ge=0, description="which of the request's texts, from 0")
    answerability: float = Field(ge=0, le=1, description="probability that the first quote answers the question")
    answered: bool
    quotes: list[ExtractedQuote] = Field(description="likeliest first; also those of a text that does not answer")
    short_answer: ExtractedShortAnswer | None
    truncated: bool = Field(description="whether not all of the text was read, since the time for the request was up")

    @classmethod
    def of(cls, found: answers.Extraction) -> Self:
        short = found.short_answer
        return cls(
            text=found.text,
            answerability=round(found.answerability, 4),
            answered=found.answered,
            quotes=[
                ExtractedQuote(
                    quote=quote.quote,
                    start=quote.start,
                    end=quote.end,
                    score=round(quote.score, 4),
                    highlights=[Highlight.of(span) for span in quote.highlights],
                )
                for quote in found.quotes
            ],
            short_answer=ExtractedShortAnswer(
                text=short.text, start=short.start, end=short.end, confidence=round(short.confidence, 4)
            )
            if short
            else None,
            truncated=found.truncated,
        )


class ExtractTimings(BaseModel):
    """Milliseconds of reading the texts, and of all of the request, which may have had to load the reader."""

    read: float
    total: float

    @classmethod
    def since(cls, began: float, loaded: float) -> Self:
        """Until now, from these values of ``time.perf_counter``."""
        now = time.perf_counter()
        return cls(read=round((now - loaded) * 1000, 3), total=round((now - began) * 1000, 3))


class Extracted(BaseModel):
    """What each text says to a question, in the order of the texts; ``threshold`` is the answerability of an answer."""

    question: str
    results: list[ExtractedText]
    threshold: float
    truncated: bool = Field(description="whether any text was not read to its end; texts are read one after the other")

    @classmethod
    def of(cls, found: answers.Extractions) -> Self:
        results = [ExtractedText.of(one) for one in found.results]
        return cls(question=found.question, results=results, threshold=found.threshold, truncated=found.truncated)


class ExtractResponse(Extracted):
    """What each text says to the question, in the order of the texts."""

    timings_ms: ExtractTimings
    request_id: str


class ExtractBatchResponse(BaseModel):
    """One result a request, in the same order."""

    results: list[Extracted]
    timings_ms: ExtractTimings
    request_id: str


class Passage(BaseModel):
    """A run of whole sentences of a document; ``score`` orders the passages, ``similarity`` is a cosine."""

    text: str
    start: int
    end: int
    line_start: int
    heading: list[str]
    score: float
    similarity: float
    document: DocumentReference

    @classmethod
    def of(cls, passage: passages.Passage) -> Self:
        return cls(
            text=passage.text,
            start=passage.start,
            end=passage.end,
            line_start=passage.line_start,
            heading=list(passage.heading),
            score=round(passage.score, 5),
            similarity=round(passage.similarity, 4),
            document=DocumentReference.of(passage.document),
        )


class StreamedPassages(BaseModel):
    """The event ``passages``: those that will be read, best first."""

    passages: list[Passage]


class StreamedAnswer(BaseModel):
    """The event ``answer``: what is known once all citations are; ``closest`` are places in the list of passages, from 0."""

    question: str
    answered: bool
    confidence: float = Field(ge=0, le=1, description="probability that the first quote answers the question")
    threshold: float = Field(ge=0, le=1, description="confidence below which nothing is answered")
    short_answer: ShortAnswer | None
    closest: list[int]

    @classmethod
    def of(cls, answer: answers.Answer, sent: Sequence[Passage]) -> Self:
        places = {(passage.document.id, passage.start, passage.end): place for place, passage in enumerate(sent)}
        return cls(
            question=answer.question,
            answered=answer.answered,
            confidence=round(answer.confidence, 4),
            threshold=answer.threshold,
            short_answer=ShortAnswer.of(answer.short_answer),
            closest=[places[one.document.id, one.start, one.end] for one in answer.closest],
        )


class StreamedEnd(BaseModel):
    """The event ``done``."""

    timings_ms: Timings
    request_id: str


class SearchResponse(BaseModel):
    """The passages closest to a question, best first."""

    question: str
    passages: list[Passage]
    timings_ms: Timings
    request_id: str


class Document(DocumentReference):
    """What is known of a document; decoding its bytes with ``encoding`` gives the text that offsets refer to."""

    collection: str
    encoding: str
    size_bytes: int
    characters: int
    chunks: int
    metadata: Mapping[str, str]
    indexed_at: str


class Job(BaseModel):
    """An upload or a removal that takes its time: once it is done with the document, once it has failed with the problem."""

    id: str
    state: Literal["queued", "running", "done", "failed"]
    collection: str
    path: str
    document: Document | None = Field(default=None, description="what is indexed now; null for a removal")
    problem: Problem | None = None


class RightQuote(Strict):
    """The quote that would have been right, ``[start, end)`` of a document in Unicode code points."""

    document_id: str = Field(pattern="^[0-9a-f]{16}$")
    start: Offset
    end: Offset


class FeedbackRequest(Strict):
    """Whether the answer to a request helped; feedback on the same request replaces what was said before."""

    request_id: str = Field(pattern="^[A-Za-z0-9._-]{1,64}$")
    helpful: bool = Field(strict=True)
    right_quote: RightQuote | None = None


class FeedbackResponse(BaseModel):
    """The id under which the feedback is kept."""

    id: str


class PageRequest(Strict):
    """Which documents to list."""

    collection: CollectionName | None = None
    limit: int = Field(default=100, ge=1, le=MAX_PAGE)
    offset: int = Field(default=0, ge=0, le=2**53)


class DocumentPage(BaseModel):
    """Documents of a collection by path, from ``offset``."""

    documents: list[Document]
    total: int
    offset: int
    limit: int


class CitedDocument(BaseModel):
    """The document that a citation names."""

    path: ShortText
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Claim(BaseModel):
    """A citation to check, as it came from ``/ask``; fields that are not needed are passed over."""

    quote: str = Field(min_length=1, max_length=100_000)
    start: Offset
    end: Offset
    document: CitedDocument

    def value(self) -> verification.Claim:
        return verification.Claim(self.document.path, self.document.sha256, self.start, self.end, self.quote)


class VerifyRequest(Strict):
    """Citations to check."""

    citations: Annotated[list[Claim], Field(min_length=1, max_length=MAX_CLAIMS, fail_fast=True)]
    collection: CollectionName | None = None


class Verification(BaseModel):
    """Whether a quote still stands where it was found, and why."""

    verdict: Literal["valid", "changed", "missing"]
    reason: str

    @classmethod
    def of(cls, found: verification.Verification) -> Self:
        return cls(verdict=found.verdict.value, reason=found.reason)


class VerifyResponse(BaseModel):
    """One verification a citation, in the same order."""

    results: list[Verification]


class Collection(BaseModel):
    """A collection, how much it holds and what it was made with."""

    name: str
    documents: int
    chunks: int
    embedder: str
    dimension: int
    chunk_tokens: int

    @classmethod
    def of(cls, collection: StoredCollection, size: CollectionSize) -> Self:
        return cls(
            name=collection.name,
            documents=size.documents,
            chunks=size.chunks,
            embedder=collection.embedder,
            dimension=collection.dimension,
            chunk_tokens=collection.chunk_tokens,
        )


class CollectionList(BaseModel):
    """All collections by name; ``default`` is the one used where none is named.

    ``processor`` is the architecture of the service's processor and its instruction sets.
    """

    collections: list[Collection]
    default: str
    processor: str


class Alive(BaseModel):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Ready(BaseModel):
    """The index is open and the models of the default collection are loaded."""

    status: Literal["ready"] = "ready"
    collections: int
