"""The values and operations of the HTTP API: made from its OpenAPI document by ``generation``, not to be edited."""

# ruff: noqa
from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Value(BaseModel):
    model_config = ConfigDict(frozen=True, validate_by_name=True)


class Alive(Value):
    r"""The process answers."""

    status: Literal['alive'] = 'alive'


class AskRequest(Value):
    r"""A question, optionally where to look and how many quotes to give at most."""

    question: str
    collection: str | None = None
    r"""by default the one of the settings"""
    collections: Sequence[str] = ()
    r"""several at once, of the same embedder"""
    top_k: int | None = None
    r"""chunks retrieved"""
    filter: DocumentFilter | None = None
    max_quotes: int | None = None
    threshold: float | None = None
    r"""confidence below which nothing is answered; by default the one of the service"""
    include_passages: bool = False
    r"""whether the answer has all retrieved passages"""
    history: Sequence[HistoryTurn] = ()
    r"""the earlier turns, oldest first: they determine what a follow-up is about"""


class AskResponse(Value):
    r"""Quotes that answer the question or, where ``answered`` is false, the passages closest to it."""

    question: str
    answered: bool
    state: Literal['answer', 'possible', 'none']
    r"""possible where the first quote is more likely not to answer than to answer; none where answered is false"""
    confidence: float
    r"""probability that the first quote answers the question"""
    threshold: float
    r"""confidence below which nothing is answered"""
    answer: str | None
    r"""the quotes, each followed by the number of its citation in brackets"""
    short_answer: ShortAnswer | None
    citations: Sequence[Citation]
    closest: Sequence[Citation]
    passages: Sequence[Passage] | None
    r"""all that were found, best first, where the request asks for them"""
    timings_ms: Timings
    contradictions: Sequence[Contradiction]
    request_id: str
    interpretation: str | None
    r"""what a follow-up was taken to mean, by the words of earlier questions; null where it was by itself"""


class Box(Value):
    r"""A rectangle on a page (numbered from 1), as fractions of its width and height from the upper left corner."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


class Citation(Value):
    r"""A quote and its place: ``quote`` is ``[start, end)`` of the document's text, in Unicode code points. ``id`` counts from 1. Lines are 1-based and inclusive; ``page`` is None for formats without pages; ``highlights`` lie inside the quote. ``place`` is in printed form, such as ``page 3`` or ``sheet Costs, B4`` (see ``Layout.printed``)."""

    id: int
    quote: str
    start: int
    end: int
    line_start: int
    line_end: int
    page: int | None
    heading: Sequence[str]
    score: float
    highlights: Sequence[Highlight]
    document: DocumentReference
    place: str = ''
    r"""where it stands, as people write it, such as: page 3"""


class CitedDocument(Value):
    r"""The document that a citation names."""

    path: str
    sha256: str


class Claim(Value):
    r"""A citation to check, as ``/ask`` returns it; other fields are ignored."""

    quote: str
    start: int
    end: int
    document: CitedDocument


class CollectionDescription(Value):
    r"""A collection, how much it holds and what it was made with."""

    name: str
    documents: int
    chunks: int
    embedder: str
    dimension: int
    chunk_tokens: int


class CollectionList(Value):
    r"""All collections by name; ``default`` is the one used where none is named. ``processor`` is the architecture of the service's processor and its instruction sets. ``max_upload_bytes`` is the size of the largest document that the caller may add; null for who may add none."""

    collections: Sequence[CollectionDescription]
    default: str
    processor: str
    max_upload_bytes: int | None


class Contradiction(Value):
    r"""Two citations, by id, whose documents say the same but for a number or a negation."""

    citations: tuple[int, int]
    difference: Literal['number', 'negation']


class DocumentConditions(Value):
    r"""Which documents to look at; all conditions hold at once."""

    path_prefix: str = ''
    r"""start of the document's path"""
    media_type: str | None = None
    metadata: Mapping[str, str | Sequence[str]] = {}
    r"""values, any of which the document's front matter has under a key"""
    paths: Sequence[str] = ()
    r"""paths of the documents to look at; by default all"""
    indexed_from: str | None = None
    r"""first day, in UTC, on which a document may have been indexed"""
    indexed_to: str | None = None
    r"""last such day"""
    ranges: Mapping[str, MetadataRange] = {}
    r"""limits of what the document's front matter has under a key, as a number or a day"""


class DocumentFilter(Value):
    r"""Which documents to look at; all conditions hold at once, but for those to exclude."""

    path_prefix: str = ''
    r"""start of the document's path"""
    media_type: str | None = None
    metadata: Mapping[str, str | Sequence[str]] = {}
    r"""values, any of which the document's front matter has under a key"""
    paths: Sequence[str] = ()
    r"""paths of the documents to look at; by default all"""
    indexed_from: str | None = None
    r"""first day, in UTC, on which a document may have been indexed"""
    indexed_to: str | None = None
    r"""last such day"""
    ranges: Mapping[str, MetadataRange] = {}
    r"""limits of what the document's front matter has under a key, as a number or a day"""
    exclude: DocumentConditions | None = None
    r"""conditions; documents that meet all of them are left out"""


class DocumentPage(Value):
    r"""Documents of a collection by path, and files of its folder that were not read, both from ``offset``."""

    documents: Sequence[StoredDocument]
    total: int
    offset: int
    limit: int
    left_out: LeftOutPage


class DocumentReference(Value):
    r"""The document of a citation; ``sha256`` is of the file's bytes. ``id`` is the same for the same path of a collection."""

    id: str
    path: str
    title: str
    sha256: str
    media_type: str


class ExtractBatchRequest(Value):
    r"""Several questions, each with texts of its own."""

    requests: Sequence[ExtractRequest]
    r"""at most 200,000 characters of text together"""


class ExtractBatchResponse(Value):
    r"""One result a request, in the same order."""

    results: Sequence[Extractions]
    timings_ms: ExtractTimings
    request_id: str


class ExtractRequest(Value):
    r"""A question, and texts of the caller's own to look for quotes in; a text may be blank."""

    question: str
    texts: Sequence[str]
    r"""at most 200,000 characters together"""
    max_quotes: int | None = None
    r"""most quotes of each text"""


class ExtractResponse(Value):
    r"""What each text says to the question, in the order of the texts."""

    question: str
    results: Sequence[Extraction]
    threshold: float
    truncated: bool
    r"""whether any text was not read to its end; texts are read one after the other"""
    timings_ms: ExtractTimings
    request_id: str


class ExtractTimings(Value):
    r"""Milliseconds of reading the texts, and of all of the request, which may have had to load the reader."""

    read: float
    total: float


class ExtractedQuote(Value):
    r"""A quote, ``[start, end)`` of the text in Unicode code points; the spans of ``highlights`` lie inside it."""

    quote: str
    start: int
    end: int
    score: float
    highlights: Sequence[Highlight]


class ExtractedShortAnswer(Value):
    r"""A few words of the first quote that answer by themselves, ``[start, end)`` of the text in Unicode code points."""

    text: str
    start: int
    end: int
    confidence: float


class Extraction(Value):
    r"""What one text says: ``answered`` is whether it has quotes and its ``answerability`` reaches the threshold."""

    text: int
    r"""which of the request's texts, from 0"""
    answerability: float
    r"""probability that the first quote answers the question"""
    answered: bool
    quotes: Sequence[ExtractedQuote]
    r"""likeliest first; also those of a text that does not answer"""
    short_answer: ExtractedShortAnswer | None
    truncated: bool
    r"""whether not all of the text was read, since the time for the request was up"""


class Extractions(Value):
    r"""What each text says to a question, in the order of the texts; ``threshold`` is the answerability of an answer."""

    question: str
    results: Sequence[Extraction]
    threshold: float
    truncated: bool
    r"""whether any text was not read to its end; texts are read one after the other"""


class FeedbackRequest(Value):
    r"""Whether the answer to a request helped; later feedback on the same request replaces it."""

    request_id: str
    helpful: bool
    right_quote: RightQuote | None = None
    wrong_quotes: Sequence[int] = ()
    r"""ids of the citations that do not answer the question"""


class FeedbackResponse(Value):
    r"""The id under which the feedback is kept."""

    id: str


class FieldProblem(Value):
    r"""One field of a request that was not accepted."""

    field: str
    r"""where it is, such as body.question"""
    problem: str
    r"""what is wrong and what would be accepted"""


class Highlight(Value):
    r"""A span ``[start, end)`` of the document, as JSON has it."""

    start: int
    end: int


class HistoryTurn(Value):
    r"""An earlier question of the conversation, and the quotes that answered it."""

    question: str
    quotes: Sequence[str] = ()


class InlineMark(Value):
    r"""A span within a block: markup that is ``hidden``, or text that is ``code``, ``strong`` or in ``emphasis``."""

    start: int
    end: int
    kind: Literal['hidden', 'code', 'strong', 'emphasis']


class Job(Value):
    r"""An upload or a removal: with its document once it is done, with its problem once it has failed."""

    id: str
    state: Literal['queued', 'running', 'done', 'failed']
    collection: str
    path: str
    document: StoredDocument | None = None
    r"""what is indexed now; null for a removal"""
    problem: Problem | None = None


class LeftOut(Value):
    r"""A file that was not read and why, or with ``in_part`` which part of it was not, and why."""

    path: str
    reason: str
    in_part: bool = False
    kind: str = ''


class LeftOutPage(Value):
    r"""The files that were not read, or only in part, when the folder was last indexed."""

    total: int
    by_kind: Mapping[str, int]
    r"""how many of each kind of reason, most first"""
    files: Sequence[LeftOut]
    r"""a page of them by path; empty without the scope manage"""


class MetadataRange(Value):
    r"""Numbers, or days, from one to another, both included; one of the two may be left out."""

    from_: float | str | None = Field(None, validation_alias="from", serialization_alias="from")
    to: float | str | None = None


class Overview(Value):
    r"""What a collection holds: how many documents, those added or replaced last, and questions that its documents do answer."""

    collection: str
    documents: int
    latest: Sequence[StoredDocument]
    questions: Sequence[str]
    r"""up to three, each of which was asked; none where none is certain"""


class Passage(Value):
    r"""A run of whole sentences of a document; ``score`` orders the passages, ``similarity`` is a cosine. ``text`` is ``[start, end)`` of the document's text, and ``line_start`` the 1-based line of ``start``. ``score`` is that of its best chunk in the fused ranking and ``similarity`` the cosine of question and its nearest chunk, 0 where no chunk of it was among the nearest. ``chunks`` are the spans of the chunks it was joined from: each fits the embedder, and each sentence is in one of them. ``kinds`` are those of the sentences, ``layout`` is the document's, ``place`` in printed form. ``columns`` are those of a wide table that the reader is told, where the last heading has too many."""

    text: str
    start: int
    end: int
    line_start: int
    heading: Sequence[str]
    score: float
    similarity: float
    document: DocumentReference
    place: str = ''
    r"""where it stands, as people write it, such as: page 3"""


class Problem(Value):
    r"""Problem details as of RFC 9457."""

    type: str
    r"""stable identifier of the kind of problem"""
    title: str
    status: int
    detail: str
    instance: str
    errors: Sequence[FieldProblem] = ()
    r"""the offending fields, for invalid requests"""


class Ready(Value):
    r"""The index is open and the models of the default collection are loaded."""

    collections: int
    status: Literal['ready'] = 'ready'


class RenameCollection(Value):
    r"""The new name of a collection."""

    name: str


class RenameDocument(Value):
    r"""The new path of a document."""

    path: str


class RightQuote(Value):
    r"""The quote that would have been right, ``[start, end)`` of a document in Unicode code points."""

    document_id: str
    start: int
    end: int


class SearchRequest(Value):
    r"""A question, and optionally where to look."""

    question: str
    collection: str | None = None
    r"""by default the one of the settings"""
    collections: Sequence[str] = ()
    r"""several at once, of the same embedder"""
    top_k: int | None = None
    r"""chunks retrieved"""
    filter: DocumentFilter | None = None


class SearchResponse(Value):
    r"""The passages closest to a question, best first."""

    question: str
    passages: Sequence[Passage]
    timings_ms: Timings
    request_id: str


class ShortAnswer(Value):
    r"""A few words of the quote of a citation that answer by themselves; ``citation`` is the citation's id. ``confidence`` is that of the answer times the F1 that is expected of these words."""

    text: str
    citation: int
    start: int
    end: int
    confidence: float


class ShownBlock(Value):
    r"""A block ``[start, end)`` of a text as a page shows it. ``kind`` is one of ``BlockKind``, or ``columns`` for a row that names those of a table, ``quotation``, and ``markup`` for what a rendered page would not show. ``level`` is that of a heading or an item, from 1."""

    kind: str
    start: int
    end: int
    level: int = 0
    cells: Sequence[ShownCell] = ()
    marks: Sequence[InlineMark] = ()


class ShownCell(Value):
    r"""A cell of a row, without the signs between cells."""

    start: int
    end: int


class ShownPart(Value):
    r"""A page, slide, sheet, chapter, cue or other part, which ends where the next one starts; ``place`` is in printed form."""

    start: int
    kind: str
    number: int
    place: str
    r"""where it stands, as people write it, such as: page 3"""


class SpanPlace(Value):
    r"""Where a span stands: its lines, page (or slide), and the boxes that hold it on its pages, one a printed line. Boxes are fractions of the page's width and height from its upper left corner, as it is displayed."""

    line_start: int
    line_end: int
    page: int | None
    place: str
    r"""where it stands, as people write it, such as: page 3"""
    pages: int
    r"""the last page; 0 for documents whose pages cannot be shown"""
    boxes: Sequence[Box]


class StoredDocument(Value):
    r"""What is known of a document; decoding its bytes with ``encoding`` gives the text that offsets refer to."""

    id: str
    path: str
    title: str
    sha256: str
    media_type: str
    collection: str
    encoding: str
    size_bytes: int
    characters: int
    chunks: int
    metadata: Mapping[str, str]
    indexed_at: str


class StreamedAnswer(Value):
    r"""The event ``answer``: what is known once all citations are; ``closest`` are places in the list of passages, from 0."""

    question: str
    answered: bool
    state: Literal['answer', 'possible', 'none']
    r"""possible where the first quote is more likely not to answer than to answer; none where answered is false"""
    confidence: float
    r"""probability that the first quote answers the question"""
    threshold: float
    r"""confidence below which nothing is answered"""
    short_answer: ShortAnswer | None
    interpretation: str | None
    contradictions: Sequence[Contradiction]
    closest: Sequence[int]


class StreamedEnd(Value):
    r"""The event ``done``."""

    timings_ms: Timings
    request_id: str


class StreamedPassages(Value):
    r"""The event ``passages``: those that will be read, best first."""

    passages: Sequence[Passage]


class Structure(Value):
    r"""What a document's text is made of, as spans of it: the parts that its format numbers or names, and its blocks. There are blocks for HTML, Office, EPUB, mail, tables, subtitles and Markdown, while the file is the one that was indexed."""

    parts: Sequence[ShownPart]
    blocks: Sequence[ShownBlock]


class Timings(Value):
    r"""Milliseconds of each stage."""

    embed: float
    search: float
    read: float
    total: float


Verdict = Literal['valid', 'changed', 'missing']
r"""``valid``: the quote stands in the very file that was cited; ``changed``: it does not; ``missing``: no such file."""


class Verification(Value):
    r"""A verdict and the reason for it in words; the place of a valid quote in printed form, as in its citation."""

    verdict: Verdict
    reason: str
    place: str = ''
    r"""where it stands, as people write it, such as: page 3"""


class VerifyRequest(Value):
    r"""Citations to check."""

    citations: Sequence[Claim]
    collection: str | None = None


class VerifyResponse(Value):
    r"""One verification a citation, in the same order."""

    results: Sequence[Verification]


class Operations:
    """What the service does, as methods."""

    def _send(self, method: str, path: str, answers: Mapping[int, Any], **parts: Any) -> Any:
        raise NotImplementedError

    def _events(self, method: str, path: str, events: Mapping[str, Any], **parts: Any) -> Iterator[Any]:
        raise NotImplementedError

    def ask(self, question: str, *, collection: str | None = None, collections: Sequence[str] | None = None, top_k: int | None = None, filter: DocumentFilter | None = None, max_quotes: int | None = None, threshold: float | None = None, include_passages: bool | None = None, history: Sequence[HistoryTurn] | None = None) -> AskResponse:
        r"""Answer a question in the words of the documents, or say that they do not and offer the closest passages."""
        found: AskResponse = self._send("POST", "/ask", {200: AskResponse}, body={"question": question, "collection": collection, "collections": collections, "top_k": top_k, "filter": filter, "max_quotes": max_quotes, "threshold": threshold, "include_passages": include_passages, "history": history})
        return found

    def ask_events(self, question: str, *, collection: str | None = None, collections: Sequence[str] | None = None, top_k: int | None = None, filter: DocumentFilter | None = None, max_quotes: int | None = None, threshold: float | None = None, include_passages: bool | None = None, history: Sequence[HistoryTurn] | None = None) -> Iterator[StreamedPassages | Citation | StreamedAnswer | StreamedEnd]:
        r"""Answer a question in the words of the documents, or say that they do not and offer the closest passages."""
        return self._events("POST", "/ask", {"passages": StreamedPassages, "citation": Citation, "answer": StreamedAnswer, "done": StreamedEnd, "error": Problem}, body={"question": question, "collection": collection, "collections": collections, "top_k": top_k, "filter": filter, "max_quotes": max_quotes, "threshold": threshold, "include_passages": include_passages, "history": history})

    def search(self, question: str, *, collection: str | None = None, collections: Sequence[str] | None = None, top_k: int | None = None, filter: DocumentFilter | None = None) -> SearchResponse:
        r"""The passages closest to a question, whether they answer it or not."""
        found: SearchResponse = self._send("POST", "/search", {200: SearchResponse}, body={"question": question, "collection": collection, "collections": collections, "top_k": top_k, "filter": filter})
        return found

    def extract(self, question: str, texts: Sequence[str], *, max_quotes: int | None = None) -> ExtractResponse:
        r"""Find quotes that answer a question in the texts of the request, which come from any retriever; nothing is stored."""
        found: ExtractResponse = self._send("POST", "/extract", {200: ExtractResponse}, body={"question": question, "texts": texts, "max_quotes": max_quotes})
        return found

    def extract_batch(self, requests: Sequence[ExtractRequest]) -> ExtractBatchResponse:
        r"""Extract quotes for several questions, each from its own texts; one invalid request refuses the whole batch."""
        found: ExtractBatchResponse = self._send("POST", "/extract/batch", {200: ExtractBatchResponse}, body={"requests": requests})
        return found

    def documents(self, *, collection: str | None = None, limit: int | None = None, offset: int | None = None) -> DocumentPage:
        r"""The documents of a collection by path, a page at a time."""
        found: DocumentPage = self._send("GET", "/documents", {200: DocumentPage}, query={"collection": collection, "limit": limit, "offset": offset})
        return found

    def document(self, id: str) -> StoredDocument:
        r"""What is known of a document."""
        found: StoredDocument = self._send("GET", "/documents/{id}", {200: StoredDocument}, parameters={"id": id})
        return found

    def text(self, id: str, *, start: int | None = None, end: int | None = None) -> str:
        r"""The text of a document or a part of it, to which offsets refer, in UTF-8; line endings are those of the file."""
        found: str = self._send("GET", "/documents/{id}/text", {200: str}, parameters={"id": id}, query={"start": start, "end": end})
        return found

    def place(self, id: str, *, start: int | None = None, end: int | None = None) -> SpanPlace:
        r"""Where a span of a document stands: its lines, its page and, for PDF, its boxes on the page, found in the file on disk."""
        found: SpanPlace = self._send("GET", "/documents/{id}/place", {200: SpanPlace}, parameters={"id": id}, query={"start": start, "end": end})
        return found

    def structure(self, id: str, *, start: int | None = None, end: int | None = None) -> Structure:
        r"""The parts of a document (pages, slides, sheets) and its blocks (headings, items, rows), to show its text readably."""
        found: Structure = self._send("GET", "/documents/{id}/structure", {200: Structure}, parameters={"id": id}, query={"start": start, "end": end})
        return found

    def page_image(self, id: str, page: int, *, start: int | None = None, end: int | None = None, width: int | None = None) -> bytes:
        r"""A page of a PDF document as a picture, with a span marked where it stands on it, from the file on disk."""
        found: bytes = self._send("GET", "/documents/{id}/pages/{page}.png", {200: bytes}, parameters={"id": id, "page": page}, query={"start": start, "end": end, "width": width})
        return found

    def verify_citations(self, citations: Sequence[Claim | Citation], *, collection: str | None = None) -> VerifyResponse:
        r"""Check citations against the files as they are now."""
        found: VerifyResponse = self._send("POST", "/verify", {200: VerifyResponse}, body={"citations": citations, "collection": collection})
        return found

    def feedback(self, request_id: str, helpful: bool, *, right_quote: RightQuote | None = None, wrong_quotes: Sequence[int] | None = None) -> FeedbackResponse:
        r"""Store whether an answer helped and, optionally, which quote would have been right, with the question and its quotes."""
        found: FeedbackResponse = self._send("POST", "/feedback", {201: FeedbackResponse}, body={"request_id": request_id, "helpful": helpful, "right_quote": right_quote, "wrong_quotes": wrong_quotes})
        return found

    def collections(self) -> CollectionList:
        r"""The collections that the caller may use, how much they hold and what they were made with."""
        found: CollectionList = self._send("GET", "/collections", {200: CollectionList})
        return found

    def overview(self, *, collection: str | None = None) -> Overview:
        r"""What a collection holds, and questions to begin with that its documents do answer; the first call seeks them."""
        found: Overview = self._send("GET", "/overview", {200: Overview}, query={"collection": collection})
        return found

    def health(self) -> Alive:
        r"""Whether the process answers."""
        found: Alive = self._send("GET", "/health", {200: Alive})
        return found

    def ready(self) -> Ready:
        r"""Whether the index is open, the models are loaded and files can be opened; and how many collections the caller may use."""
        found: Ready = self._send("GET", "/ready", {200: Ready})
        return found

    def put(self, collection: str, path: str, content: bytes, *, if_match: str | None = None, if_none_match: Literal['*'] | None = None) -> StoredDocument | Job:
        r"""Add a document, or replace the one at its path: the body is the file, which is also written to the collection's folder."""
        found: StoredDocument | Job = self._send("PUT", "/collections/{collection}/documents/{path}", {201: StoredDocument, 200: StoredDocument, 202: Job}, parameters={"collection": collection, "path": path}, headers={"if-match": if_match, "if-none-match": if_none_match}, content=content)
        return found

    def delete(self, collection: str, path: str, *, if_match: str | None = None) -> None | Job:
        r"""Remove a document and its file. A change that takes long is answered with a job."""
        found: None | Job = self._send("DELETE", "/collections/{collection}/documents/{path}", {204: None, 202: Job}, parameters={"collection": collection, "path": path}, headers={"if-match": if_match})
        return found

    def rename(self, collection: str, path: str, new_path: str, *, if_match: str | None = None) -> StoredDocument | Job:
        r"""Move a document and its file to another path, at which there must be nothing; its id changes with its path."""
        found: StoredDocument | Job = self._send("PATCH", "/collections/{collection}/documents/{path}", {200: StoredDocument, 202: Job}, parameters={"collection": collection, "path": path}, headers={"if-match": if_match}, body={"path": new_path})
        return found

    def rename_collection(self, collection: str, name: str) -> None:
        r"""Give a collection of uploads another name, also in the keys that are limited to it; the ids of its documents change."""
        found: None = self._send("PATCH", "/collections/{collection}", {204: None}, parameters={"collection": collection}, body={"name": name})
        return found

    def delete_collection(self, collection: str) -> None:
        r"""Remove a collection of uploads with all its documents and their files."""
        found: None = self._send("DELETE", "/collections/{collection}", {204: None}, parameters={"collection": collection})
        return found

    def job(self, id: str) -> Job:
        r"""The state of a change to a document. When the service stops, a job is either complete or has changed nothing."""
        found: Job = self._send("GET", "/jobs/{id}", {200: Job}, parameters={"id": id})
        return found


class AsyncOperations:
    """What the service does, as methods."""

    async def _send(self, method: str, path: str, answers: Mapping[int, Any], **parts: Any) -> Any:
        raise NotImplementedError

    def _events(self, method: str, path: str, events: Mapping[str, Any], **parts: Any) -> AsyncIterator[Any]:
        raise NotImplementedError

    async def ask(self, question: str, *, collection: str | None = None, collections: Sequence[str] | None = None, top_k: int | None = None, filter: DocumentFilter | None = None, max_quotes: int | None = None, threshold: float | None = None, include_passages: bool | None = None, history: Sequence[HistoryTurn] | None = None) -> AskResponse:
        r"""Answer a question in the words of the documents, or say that they do not and offer the closest passages."""
        found: AskResponse = await self._send("POST", "/ask", {200: AskResponse}, body={"question": question, "collection": collection, "collections": collections, "top_k": top_k, "filter": filter, "max_quotes": max_quotes, "threshold": threshold, "include_passages": include_passages, "history": history})
        return found

    def ask_events(self, question: str, *, collection: str | None = None, collections: Sequence[str] | None = None, top_k: int | None = None, filter: DocumentFilter | None = None, max_quotes: int | None = None, threshold: float | None = None, include_passages: bool | None = None, history: Sequence[HistoryTurn] | None = None) -> AsyncIterator[StreamedPassages | Citation | StreamedAnswer | StreamedEnd]:
        r"""Answer a question in the words of the documents, or say that they do not and offer the closest passages."""
        return self._events("POST", "/ask", {"passages": StreamedPassages, "citation": Citation, "answer": StreamedAnswer, "done": StreamedEnd, "error": Problem}, body={"question": question, "collection": collection, "collections": collections, "top_k": top_k, "filter": filter, "max_quotes": max_quotes, "threshold": threshold, "include_passages": include_passages, "history": history})

    async def search(self, question: str, *, collection: str | None = None, collections: Sequence[str] | None = None, top_k: int | None = None, filter: DocumentFilter | None = None) -> SearchResponse:
        r"""The passages closest to a question, whether they answer it or not."""
        found: SearchResponse = await self._send("POST", "/search", {200: SearchResponse}, body={"question": question, "collection": collection, "collections": collections, "top_k": top_k, "filter": filter})
        return found

    async def extract(self, question: str, texts: Sequence[str], *, max_quotes: int | None = None) -> ExtractResponse:
        r"""Find quotes that answer a question in the texts of the request, which come from any retriever; nothing is stored."""
        found: ExtractResponse = await self._send("POST", "/extract", {200: ExtractResponse}, body={"question": question, "texts": texts, "max_quotes": max_quotes})
        return found

    async def extract_batch(self, requests: Sequence[ExtractRequest]) -> ExtractBatchResponse:
        r"""Extract quotes for several questions, each from its own texts; one invalid request refuses the whole batch."""
        found: ExtractBatchResponse = await self._send("POST", "/extract/batch", {200: ExtractBatchResponse}, body={"requests": requests})
        return found

    async def documents(self, *, collection: str | None = None, limit: int | None = None, offset: int | None = None) -> DocumentPage:
        r"""The documents of a collection by path, a page at a time."""
        found: DocumentPage = await self._send("GET", "/documents", {200: DocumentPage}, query={"collection": collection, "limit": limit, "offset": offset})
        return found

    async def document(self, id: str) -> StoredDocument:
        r"""What is known of a document."""
        found: StoredDocument = await self._send("GET", "/documents/{id}", {200: StoredDocument}, parameters={"id": id})
        return found

    async def text(self, id: str, *, start: int | None = None, end: int | None = None) -> str:
        r"""The text of a document or a part of it, to which offsets refer, in UTF-8; line endings are those of the file."""
        found: str = await self._send("GET", "/documents/{id}/text", {200: str}, parameters={"id": id}, query={"start": start, "end": end})
        return found

    async def place(self, id: str, *, start: int | None = None, end: int | None = None) -> SpanPlace:
        r"""Where a span of a document stands: its lines, its page and, for PDF, its boxes on the page, found in the file on disk."""
        found: SpanPlace = await self._send("GET", "/documents/{id}/place", {200: SpanPlace}, parameters={"id": id}, query={"start": start, "end": end})
        return found

    async def structure(self, id: str, *, start: int | None = None, end: int | None = None) -> Structure:
        r"""The parts of a document (pages, slides, sheets) and its blocks (headings, items, rows), to show its text readably."""
        found: Structure = await self._send("GET", "/documents/{id}/structure", {200: Structure}, parameters={"id": id}, query={"start": start, "end": end})
        return found

    async def page_image(self, id: str, page: int, *, start: int | None = None, end: int | None = None, width: int | None = None) -> bytes:
        r"""A page of a PDF document as a picture, with a span marked where it stands on it, from the file on disk."""
        found: bytes = await self._send("GET", "/documents/{id}/pages/{page}.png", {200: bytes}, parameters={"id": id, "page": page}, query={"start": start, "end": end, "width": width})
        return found

    async def verify_citations(self, citations: Sequence[Claim | Citation], *, collection: str | None = None) -> VerifyResponse:
        r"""Check citations against the files as they are now."""
        found: VerifyResponse = await self._send("POST", "/verify", {200: VerifyResponse}, body={"citations": citations, "collection": collection})
        return found

    async def feedback(self, request_id: str, helpful: bool, *, right_quote: RightQuote | None = None, wrong_quotes: Sequence[int] | None = None) -> FeedbackResponse:
        r"""Store whether an answer helped and, optionally, which quote would have been right, with the question and its quotes."""
        found: FeedbackResponse = await self._send("POST", "/feedback", {201: FeedbackResponse}, body={"request_id": request_id, "helpful": helpful, "right_quote": right_quote, "wrong_quotes": wrong_quotes})
        return found

    async def collections(self) -> CollectionList:
        r"""The collections that the caller may use, how much they hold and what they were made with."""
        found: CollectionList = await self._send("GET", "/collections", {200: CollectionList})
        return found

    async def overview(self, *, collection: str | None = None) -> Overview:
        r"""What a collection holds, and questions to begin with that its documents do answer; the first call seeks them."""
        found: Overview = await self._send("GET", "/overview", {200: Overview}, query={"collection": collection})
        return found

    async def health(self) -> Alive:
        r"""Whether the process answers."""
        found: Alive = await self._send("GET", "/health", {200: Alive})
        return found

    async def ready(self) -> Ready:
        r"""Whether the index is open, the models are loaded and files can be opened; and how many collections the caller may use."""
        found: Ready = await self._send("GET", "/ready", {200: Ready})
        return found

    async def put(self, collection: str, path: str, content: bytes, *, if_match: str | None = None, if_none_match: Literal['*'] | None = None) -> StoredDocument | Job:
        r"""Add a document, or replace the one at its path: the body is the file, which is also written to the collection's folder."""
        found: StoredDocument | Job = await self._send("PUT", "/collections/{collection}/documents/{path}", {201: StoredDocument, 200: StoredDocument, 202: Job}, parameters={"collection": collection, "path": path}, headers={"if-match": if_match, "if-none-match": if_none_match}, content=content)
        return found

    async def delete(self, collection: str, path: str, *, if_match: str | None = None) -> None | Job:
        r"""Remove a document and its file. A change that takes long is answered with a job."""
        found: None | Job = await self._send("DELETE", "/collections/{collection}/documents/{path}", {204: None, 202: Job}, parameters={"collection": collection, "path": path}, headers={"if-match": if_match})
        return found

    async def rename(self, collection: str, path: str, new_path: str, *, if_match: str | None = None) -> StoredDocument | Job:
        r"""Move a document and its file to another path, at which there must be nothing; its id changes with its path."""
        found: StoredDocument | Job = await self._send("PATCH", "/collections/{collection}/documents/{path}", {200: StoredDocument, 202: Job}, parameters={"collection": collection, "path": path}, headers={"if-match": if_match}, body={"path": new_path})
        return found

    async def rename_collection(self, collection: str, name: str) -> None:
        r"""Give a collection of uploads another name, also in the keys that are limited to it; the ids of its documents change."""
        found: None = await self._send("PATCH", "/collections/{collection}", {204: None}, parameters={"collection": collection}, body={"name": name})
        return found

    async def delete_collection(self, collection: str) -> None:
        r"""Remove a collection of uploads with all its documents and their files."""
        found: None = await self._send("DELETE", "/collections/{collection}", {204: None}, parameters={"collection": collection})
        return found

    async def job(self, id: str) -> Job:
        r"""The state of a change to a document. When the service stops, a job is either complete or has changed nothing."""
        found: Job = await self._send("GET", "/jobs/{id}", {200: Job}, parameters={"id": id})
        return found
