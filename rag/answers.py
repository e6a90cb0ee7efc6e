"""The values that answer a question, which serialise to the documented JSON: quotes with citations that anyone can check."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, PlainSerializer

from quotewise.index.printable import beginning
from quotewise.index.sentences import Span
from quotewise.index.store import DocumentReference
from quotewise.rag.contradictions import Difference, contradictions
from quotewise.rag.passages import Passage, Printed, rounded

Probability = Annotated[float, rounded(4, Annotated[float, Field(ge=0, le=1)])]
Unrounded = Annotated[float, Field(ge=0, le=1, description="confidence below which nothing is answered")]
State = Annotated[
    Literal["answer", "possible", "none"],
    Field(
        description="possible where the first quote is more likely not to answer than to answer; none where answered is false"
    ),
]
_LIKELY = 0.5
"""Confidence from which on the first quote is more likely to answer than not, since it is calibrated."""
Confidence = Annotated[Probability, Field(description="probability that the first quote answers the question")]


@dataclass(frozen=True, slots=True)
class Highlight:
    """A span ``[start, end)`` of the document, as JSON has it."""

    start: int
    end: int


HighlightedSpan = Annotated[Span, PlainSerializer(lambda span: Highlight(*span), return_type=Highlight)]
"""A span that serialises with the names of its ends."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote and its place: ``quote`` is ``[start, end)`` of the document's text, in Unicode code points.

    ``id`` counts from 1. Lines are 1-based and inclusive; ``page`` is None for formats without pages; ``highlights`` lie
    inside the quote. ``place`` is in printed form, such as ``page 3`` or ``sheet Costs, B4`` (see ``Layout.printed``).
    """

    id: int
    quote: str
    start: int
    end: int
    line_start: int
    line_end: int
    page: int | None
    heading: tuple[str, ...]
    score: Annotated[float, rounded(4)]
    highlights: tuple[HighlightedSpan, ...]
    document: DocumentReference
    place: Printed = ""

    @property
    def lines(self) -> tuple[int, int]:
        """The first and the last line."""
        return self.line_start, self.line_end

    def begun(self) -> Self:
        """The same place with only the beginning of its quote; lines are those of the whole."""
        quote = beginning(self.quote)
        return replace(self, quote=quote, end=self.start + len(quote))


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """A few words of the quote of a citation that answer by themselves; ``citation`` is the citation's id.

    ``confidence`` is that of the answer times the F1 that is expected of these words.
    """

    text: str
    citation: int
    start: int
    end: int
    confidence: Annotated[float, rounded(4)]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two citations, by id, whose documents say the same but for a number or a negation."""

    citations: tuple[int, int]
    difference: Difference


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds of each stage."""

    embed: float
    search: float
    read: float
    total: float

    @classmethod
    def of(cls, embed: float, search: float, read: float = 0.0) -> Self:
        """Of the seconds of each stage."""
        embed, search, read = (round(seconds * 1000, 3) for seconds in (embed, search, read))
        return cls(embed, search, read, total=round(embed + search + read, 3))

    def with_read(self, seconds: float) -> Self:
        """Of an answer, whose passages have been read in so many seconds."""
        return self.of(self.embed / 1000, self.search / 1000, seconds)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The passages closest to a question, best first."""

    question: str
    passages: tuple[Passage, ...]
    timings_ms: Timings


@dataclass(frozen=True, slots=True)
class Answer:
    """Quotes that answer the question or, where ``answered`` is false, the passages closest to it.

    ``confidence`` is the calibrated probability that the first quote answers the question, and ``state`` says it in a word:
    ``answer``, ``possible`` (below one half), or ``none``, where ``answered`` is false. ``passages`` are all that were
    retrieved, best first, or None where a response leaves them out. ``text`` is ``answer`` in JSON.
    """

    __pydantic_config__ = ConfigDict(serialize_by_alias=True, json_schema_serialization_defaults_required=True)
    question: str
    answered: bool
    state: State = field(init=False, default="none")
    confidence: Confidence
    threshold: Unrounded
    text: Annotated[
        str | None,
        Field(serialization_alias="answer", description="the quotes, each followed by the number of its citation in brackets"),
    ] = field(init=False, default=None)
    short_answer: ShortAnswer | None
    citations: tuple[Citation, ...]
    closest: tuple[Citation, ...]
    passages: Annotated[
        tuple[Passage, ...] | None, Field(description="all that were found, best first, where the request asks for them")
    ]
    timings_ms: Timings
    interpretation: Annotated[
        str | None,
        Field(description="what a follow-up was taken to mean, by the words of earlier questions; null where it was by itself"),
    ] = field(kw_only=True, default=None)
    contradictions: tuple[Contradiction, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        quotes = "\n".join(f"{citation.quote} [{citation.id}]" for citation in self.citations)
        object.__setattr__(self, "text", quotes if self.answered else None)
        found = contradictions([(citation.document.id, citation.quote) for citation in self.citations])
        pairs = (Contradiction((self.citations[a].id, self.citations[b].id), kind) for a, b, kind in found)
        object.__setattr__(self, "contradictions", tuple(pairs))
        state = "answer" if self.confidence >= _LIKELY else "possible"
        object.__setattr__(self, "state", state if self.answered else "none")


@dataclass(frozen=True, slots=True)
class ExtractedQuote:
    """A quote, ``[start, end)`` of the text in Unicode code points; the spans of ``highlights`` lie inside it."""

    quote: str
    start: int
    end: int
    score: Annotated[float, rounded(4)]
    highlights: tuple[HighlightedSpan, ...]


@dataclass(frozen=True, slots=True)
class ExtractedShortAnswer:
    """A few words of the first quote that answer by themselves, ``[start, end)`` of the text in Unicode code points."""

    text: str
    start: int
    end: int
    confidence: Annotated[float, rounded(4)]


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one text says: ``answered`` is whether it has quotes and its ``answerability`` reaches the threshold."""

    text: Annotated[int, Field(ge=0, description="which of the request's texts, from 0")]
    answerability: Annotated[Probability, Field(description="probability that the first quote answers the question")]
    answered: bool
    quotes: Annotated[
        tuple[ExtractedQuote, ...], Field(description="likeliest first; also those of a text that does not answer")
    ]
    short_answer: ExtractedShortAnswer | None
    truncated: Annotated[bool, Field(description="whether not all of the text was read, since the time for the request was up")]


@dataclass(frozen=True, slots=True)
class Extractions:
    """What each text says to a question, in the order of the texts; ``threshold`` is the answerability of an answer."""

    question: str
    results: tuple[Extraction, ...]
    threshold: float
    truncated: Annotated[
        bool, Field(description="whether any text was not read to its end; texts are read one after the other")
    ]


def cite(number: int, passage: Passage, span: Span, score: float, highlights: Sequence[Span] = ()) -> Citation:
    """Cite a span of a passage."""
    place = passage.layout.place(span)
    return Citation(
        id=number,
        quote=passage.slice(span),
        start=span.start,
        end=span.end,
        line_start=place.lines[0],
        line_end=place.lines[1],
        page=place.page,
        heading=passage.heading,
        score=score,
        highlights=tuple(highlights),
        document=passage.document,
        place=passage.layout.printed(span, passage.heading),
    )
