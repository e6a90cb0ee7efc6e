"""Chunks that were found into passages: adjacent ones become one, so that no sentence is read or shown twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, GetPydanticSchema, PlainSerializer
from pydantic_core.core_schema import any_schema

from quotewise.index.boilerplate import SentenceKind
from quotewise.index.layout import Layout
from quotewise.index.sentences import Span
from quotewise.index.store import DocumentReference, StoredChunk

RANK_OFFSET = 60
"""The constant k of reciprocal rank fusion (Cormack, Clarke and Buettcher, SIGIR 2009, section 2)."""
Printed = Annotated[str, Field(description="where it stands, as people write it, such as: page 3")]
_NO_LAYOUT = Layout.of("", 0, "")


def rounded(digits: int, return_type: Any = float) -> PlainSerializer:
    """Serialises a number with so many digits after the point."""
    return PlainSerializer(lambda number: round(number, digits), return_type=return_type)


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of a document; ``score`` orders the passages, ``similarity`` is a cosine.

    ``text`` is ``[start, end)`` of the document's text, and ``line_start`` the 1-based line of ``start``. ``score`` is that
    of its best chunk in the fused ranking and ``similarity`` the cosine of question and its nearest chunk, 0 where no chunk
    of it was among the nearest. ``chunks`` are the spans of the chunks it was joined from: each fits the embedder, and each
    sentence is in one of them. ``kinds`` are those of the sentences, ``layout`` is the document's, ``place`` in printed form.
    ``columns`` are those of a wide table that the reader is told, where the last heading has too many.
    """

    text: str
    start: int
    end: int
    line_start: int
    heading: tuple[str, ...]
    score: Annotated[float, rounded(5)]
    similarity: Annotated[float, rounded(4)]
    document: DocumentReference
    sentences: Annotated[tuple[Span, ...], Field(exclude=True)] = ()
    chunks: Annotated[tuple[Span, ...], Field(exclude=True)] = ()
    kinds: Annotated[tuple[SentenceKind, ...], Field(exclude=True)] = ()
    layout: Annotated[Layout, Field(exclude=True), GetPydanticSchema(lambda kind, handler: any_schema())] = _NO_LAYOUT
    place: Printed = ""
    columns: Annotated[tuple[str, ...], Field(exclude=True)] = ()

    @property
    def rank_score(self) -> float:
        """The fused score in units of that of a first rank, about: 1 for a first rank in one search, 2 for one in both."""
        return RANK_OFFSET * self.score

    @property
    def is_retrieved(self) -> bool:
        """Whether a search found the passage, rather than that it is a text of the caller's."""
        return self.score > 0

    @property
    def context(self) -> str:
        """What the passage stands under: the title of its document and its headings."""
        headings = (*self.heading[:-1], " | ".join(self.columns)) if self.columns else self.heading
        return " > ".join(dict.fromkeys(part for part in (self.document.title, *headings) if part))

    @property
    def units(self) -> list[list[int]]:
        """The sentences that are read together, by their numbers: each row of a table by itself, and what stands between."""
        units: list[list[int]] = []
        for number in range(len(self.sentences)):
            together = units and SentenceKind.ROW not in self.kinds[number - 1 : number + 1]
            if together:
                units[-1].append(number)
            else:
                units.append([number])
        return units or [[]]

    def slice(self, span: Span) -> str:
        """The text of a span of the document that lies inside the passage."""
        return self.text[span.start - self.start : span.end - self.start]


def join_chunks(chunks: Sequence[StoredChunk], scores: Mapping[int, float], similarities: Mapping[int, float]) -> list[Passage]:
    """Merge chunks that stand together in a section, and order the passages by score, best first.

    Args:
        chunks: distinct chunks, in any order.
        scores: the fused score of each chunk by id.
        similarities: the cosine of question and chunk by id, where known.
    """
    ordered = sorted(chunks, key=lambda chunk: (chunk.document.id, chunk.ordinal))
    runs: list[list[StoredChunk]] = []
    for chunk in ordered:
        if runs and _adjacent(runs[-1][-1], chunk):
            runs[-1].append(chunk)
        else:
            runs.append([chunk])
    passages = [_passage(run, scores, similarities) for run in runs]
    return sorted(passages, key=lambda passage: (-passage.score, passage.document.path, passage.start))


def _adjacent(before: StoredChunk, chunk: StoredChunk) -> bool:
    same_document = before.document.id == chunk.document.id
    return same_document and before.ordinal + 1 == chunk.ordinal and before.start + len(before.text) == chunk.start


def _passage(chunks: list[StoredChunk], scores: Mapping[int, float], similarities: Mapping[int, float]) -> Passage:
    first, last = chunks[0], chunks[-1]
    return Passage(
        document=first.document,
        place=first.layout.printed(Span(first.start, last.end), first.heading),
        start=first.start,
        end=last.end,
        line_start=first.layout.place(Span(first.start, first.end)).lines[0],
        heading=first.heading,
        sentences=tuple(sentence for chunk in chunks for sentence in chunk.sentences),
        kinds=tuple(kind for chunk in chunks for kind in chunk.kinds),
        chunks=tuple(Span(chunk.start, chunk.end) for chunk in chunks),
        text="".join(chunk.text for chunk in chunks)[: last.end - first.start],
        score=max(scores[chunk.id] for chunk in chunks),
        similarity=max(similarities.get(chunk.id, 0.0) for chunk in chunks),
        layout=first.layout,
    )
