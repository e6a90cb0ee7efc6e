"""The values that answer a question: quotes with citations that anyone can check, or the closest passages instead."""

from collections.abc import Mapping
from dataclasses import dataclass

from quotewise.index.sentences import Span
from quotewise.index.store import StoredDocument
from quotewise.rag.passages import Passage


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote and where it stands: ``quote`` is ``[start, end)`` of the document's text, in Unicode code points.

    Lines are 1-based and inclusive; ``page`` is None for formats without pages; ``highlights`` lie inside the quote.
    """

    document: StoredDocument
    start: int
    end: int
    quote: str
    line_start: int
    line_end: int
    page: int | None
    heading: tuple[str, ...]
    score: float
    highlights: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """A few words of a quote that answer by themselves; ``citation`` counts from 1."""

    text: str
    citation: int
    start: int
    end: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What the documents say to a question, or, with ``answered`` false, the closest passages of them.

    ``confidence`` is the calibrated probability that the first quote answers the question, and ``threshold`` the one below
    which nothing is answered. ``passages`` are all that were found, best first; ``timings_ms`` the milliseconds of each stage.
    """

    question: str
    answered: bool
    confidence: float
    threshold: float
    citations: tuple[Citation, ...]
    short_answer: ShortAnswer | None
    closest: tuple[Citation, ...]
    passages: tuple[Passage, ...]
    timings_ms: Mapping[str, float]

    @property
    def text(self) -> str | None:
        """The quotes, each followed by its number in brackets, one a line; None when there is no answer."""
        numbered = [f"{citation.quote} [{number}]" for number, citation in enumerate(self.citations, 1)]
        return "\n".join(numbered) if self.answered else None


def cite(passage: Passage, span: Span, score: float, highlights: tuple[Span, ...] = ()) -> Citation:
    """Cite a span of a passage."""
    place = passage.layout.place(span)
    return Citation(
        document=passage.document,
        start=span.start,
        end=span.end,
        quote=passage.slice(span),
        line_start=place.lines[0],
        line_end=place.lines[1],
        page=place.page,
        heading=passage.heading,
        score=score,
        highlights=highlights,
    )
