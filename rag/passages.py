"""Chunks that were found into passages: adjacent ones become one, so that no sentence is read or shown twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quotewise.index.boilerplate import SentenceKind
from quotewise.index.layout import Layout, Place
from quotewise.index.sentences import Span
from quotewise.index.store import StoredChunk, StoredDocument


@dataclass(frozen=True, slots=True)
class Passage:
    """A run ``[start, end)`` of whole sentences of a document; ``text`` is ``document.text[start:end]``.

    ``chunks`` are the spans of the chunks it was joined from: each fits the embedder, and each sentence is in one of them.
    ``kinds`` are those of the sentences, and ``layout`` is the document's. ``score`` is that of its best chunk in the fused
    ranking and ``similarity`` the cosine of question and its nearest chunk, 0 where no chunk of it was among the nearest.
    """

    document: StoredDocument
    start: int
    end: int
    heading: tuple[str, ...]
    sentences: tuple[Span, ...]
    kinds: tuple[SentenceKind, ...]
    chunks: tuple[Span, ...]
    text: str
    score: float
    similarity: float
    layout: Layout

    @property
    def context(self) -> str:
        """What the passage stands under: the title of its document and its headings."""
        return " > ".join(dict.fromkeys(part for part in (self.document.title, *self.heading) if part))

    @property
    def place(self) -> Place:
        """Where the passage stands in its document."""
        return self.layout.place(Span(self.start, self.end))

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
        start=first.start,
        end=last.end,
        heading=first.heading,
        sentences=tuple(sentence for chunk in chunks for sentence in chunk.sentences),
        kinds=tuple(kind for chunk in chunks for kind in chunk.kinds),
        chunks=tuple(Span(chunk.start, chunk.end) for chunk in chunks),
        text="".join(chunk.text for chunk in chunks)[: last.end - first.start],
        score=max(scores[chunk.id] for chunk in chunks),
        similarity=max(similarities.get(chunk.id, 0.0) for chunk in chunks),
        layout=first.layout,
    )
