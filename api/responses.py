"""The responses of the HTTP API that add something to the values of ``rag`` and ``index``, which are sent as they are."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from time import perf_counter
from typing import Annotated, Any, Literal, Self

from cachetools import cached
from pydantic import Field, TypeAdapter

from quotewise.index.layout import Box
from quotewise.index.left_out import LeftOut, counts
from quotewise.index.rendering import ShownBlock
from quotewise.index.store import Catalogue, DocumentReference, StoredDocument
from quotewise.rag.answers import (
    Answer,
    Confidence,
    Contradiction,
    Extractions,
    SearchResult,
    ShortAnswer,
    State,
    Timings,
    Unrounded,
)
from quotewise.rag.passages import Passage, Printed
from quotewise.rag.verification import Verification


class Extension:
    """A dataclass that adds fields to another one."""

    @classmethod
    def of(cls, value: Any, **more: Any) -> Self:
        """The fields that another value has too, with those of ``more``."""
        same = {field.name for field in fields(cls) if field.init} - more.keys()  # type: ignore[arg-type]
        return cls(**{name: getattr(value, name) for name in same}, **more)


@dataclass(frozen=True, slots=True)
class AskResponse(Extension, Answer):
    """Quotes that answer the question or, where ``answered`` is false, the passages closest to it."""

    request_id: str


@dataclass(frozen=True, slots=True)
class SearchResponse(Extension, SearchResult):
    """The passages closest to a question, best first."""

    request_id: str


@dataclass(frozen=True, slots=True)
class ExtractTimings:
    """Milliseconds of reading the texts, and of all of the request, which may have had to load the reader."""

    read: float
    total: float

    @classmethod
    def since(cls, began: float, loaded: float) -> Self:
        """Until now, from two values of ``time.perf_counter``."""
        now = perf_counter()
        return cls(round((now - loaded) * 1000, 3), round((now - began) * 1000, 3))


@dataclass(frozen=True, slots=True)
class ExtractResponse(Extension, Extractions):
    """What each text says to the question, in the order of the texts."""

    timings_ms: ExtractTimings
    request_id: str


@dataclass(frozen=True, slots=True)
class ExtractBatchResponse:
    """One result a request, in the same order."""

    results: Sequence[Extractions]
    timings_ms: ExtractTimings
    request_id: str


@dataclass(frozen=True, slots=True)
class StreamedPassages:
    """The event ``passages``: those that will be read, best first."""

    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class StreamedAnswer(Extension):
    """The event ``answer``: what is known once all citations are; ``closest`` are places in the list of passages, from 0."""

    question: str
    answered: bool
    state: State
    confidence: Confidence
    threshold: Unrounded
    short_answer: ShortAnswer | None
    interpretation: str | None
    contradictions: tuple[Contradiction, ...]
    closest: list[int]


@dataclass(frozen=True, slots=True)
class StreamedEnd:
    """The event ``done``."""

    timings_ms: Timings
    request_id: str


@dataclass(frozen=True, slots=True)
class LeftOutPage:
    """The files that were not read, or only in part, when the folder was last indexed."""

    total: int
    by_kind: Annotated[dict[str, int], Field(description="how many of each kind of reason, most first")]
    files: Annotated[Sequence[LeftOut], Field(description="a page of them by path; empty without the scope manage")]


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """Documents of a collection by path, and files of its folder that were not read, both from ``offset``."""

    documents: Sequence[StoredDocument]
    total: int
    offset: int
    limit: int
    left_out: LeftOutPage

    @classmethod
    def read(cls, catalogue: Catalogue, name: str, offset: int, limit: int, with_files: bool) -> Self:
        """The page of a collection, with or without the names of what was left out."""
        documents, files = catalogue.documents(name, offset, limit), catalogue.left_out(name)
        left_out = LeftOutPage(len(files), counts(files), files[offset : offset + limit] if with_files else [])
        return cls(documents, catalogue.size(name).documents, offset, limit, left_out)


@dataclass(frozen=True, slots=True)
class CollectionDescription(Extension):
    """A collection, how much it holds and what it was made with."""

    name: str
    documents: int
    chunks: int
    embedder: str
    dimension: int
    chunk_tokens: int


@dataclass(frozen=True, slots=True)
class CollectionList:
    """All collections by name; ``default`` is the one used where none is named.

    ``processor`` is the architecture of the service's processor and its instruction sets. ``max_upload_bytes`` is the size of
    the largest document that the caller may add; null for who may add none.
    """

    collections: Sequence[CollectionDescription]
    default: str
    processor: str
    max_upload_bytes: int | None


@dataclass(frozen=True, slots=True)
class Overview:
    """What a collection holds: how many documents, those added or replaced last, and questions that its documents do answer."""

    collection: str
    documents: int
    latest: Sequence[StoredDocument]
    questions: Annotated[Sequence[str], Field(description="up to three, each of which was asked; none where none is certain")]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of a document, ``[start, end)`` of its text in code points; a long excerpt is cut before ``line_end`` ends."""

    text: str
    start: int
    end: int
    line_start: int
    line_end: int
    lines: Annotated[int, Field(description="of the whole document")]
    document: DocumentReference


@dataclass(frozen=True, slots=True)
class SpanPlace:
    """Where a span stands: its lines, page (or slide), and the boxes that hold it on its pages, one a printed line.

    Boxes are fractions of the page's width and height from its upper left corner, as it is displayed.
    """

    line_start: int
    line_end: int
    page: int | None
    place: Printed
    pages: Annotated[int, Field(description="the last page; 0 for documents whose pages cannot be shown")]
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A page, slide, sheet, chapter, cue or other part, which ends where the next one starts; ``place`` is in printed form."""

    start: int
    kind: str
    number: int
    place: Printed


@dataclass(frozen=True, slots=True)
class Structure:
    """What a document's text is made of, as spans of it: the parts that its format numbers or names, and its blocks.

    There are blocks for HTML, Office, EPUB, mail, tables, subtitles and Markdown, while the file is the one that was indexed.
    """

    parts: tuple[ShownPart, ...]
    blocks: tuple[ShownBlock, ...]


@dataclass(frozen=True, slots=True)
class FeedbackResponse:
    """The id under which the feedback is kept."""

    id: str


@dataclass(frozen=True, slots=True)
class VerifyResponse:
    """One verification a citation, in the same order."""

    results: Sequence[Verification]


@dataclass(frozen=True, slots=True)
class Alive:
    """The process answers."""

    status: Literal["alive"] = "alive"


@dataclass(frozen=True, slots=True)
class Ready:
    """The index is open and the models of the default collection are loaded."""

    collections: int
    status: Literal["ready"] = "ready"


@cached({})
def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def to_json(value: Any) -> bytes:
    """A dataclass as JSON, in UTF-8."""
    return _adapter(type(value)).dump_json(value)


def to_python(value: Any) -> Any:
    """A dataclass as what its JSON holds."""
    return _adapter(type(value)).dump_python(value, mode="json")
