"""The use cases that look into the file of a document, on disk or in its bucket: its blocks, a span's boxes, its pages."""

import hashlib

from quotewise.api.callers import Caller
from quotewise.api.errors import DocumentChangedError, UnknownPageError
from quotewise.api.responses import ShownPart, SpanPlace, Structure
from quotewise.api.service import Service
from quotewise.index.documents import parse_document
from quotewise.index.errors import DocumentError, FolderReadOnlyError, FolderUnavailableError
from quotewise.index.files import files_at
from quotewise.index.formats import shown_format
from quotewise.index.rendering import is_shown_by_blocks, shown_blocks
from quotewise.index.sentences import Span
from quotewise.index.store import StoredDocument


def span_place(service: Service, caller: Caller, document_id: str, span: Span) -> SpanPlace:
    """Where a span of a document stands; what of it is beyond the end is left out.

    Raises what ``Service.document`` does and, for documents with pages, what ``page_image`` does but UnknownPageError.
    """
    document, layout = service.document(caller, document_id), service.store.catalogue.layout(document_id)
    span, shown = _within(span, document.characters), shown_format(document.media_type)
    place = layout.place(span)
    boxes = shown.boxes(_file(service, document), layout, span, service.settings.parse_options()) if shown else ()
    printed = layout.printed(span, service.store.catalogue.heading(document_id, span.start))
    return SpanPlace(*place.lines, place.page, printed, _pages(document), boxes)


def structure(service: Service, caller: Caller, document_id: str, start: int = 0, end: int | None = None) -> Structure:
    """The parts and blocks that begin or stand in ``[start, end)`` of a document, by default all.

    There are no blocks where they cannot be found in its file any more.

    Raises what ``Service.document`` does.
    """
    document, layout = service.document(caller, document_id), service.store.catalogue.layout(document_id)
    end = document.characters if end is None else end
    shown = [p for p in layout.parts if p.kind not in ("row", "trace") and start <= p.start <= end]
    parts = tuple(ShownPart(p.start, p.kind, p.number, p.printed) for p in shown)
    last, pages = max((part.number for part in parts if part.kind == "page"), default=0), _pages(document)
    if end >= document.characters and last < pages:  # the last ones have no text, but can be turned to
        parts += (ShownPart(document.characters, "page", pages, f"page {pages}"),)
    if not is_shown_by_blocks(layout.parser, document.characters):
        return Structure(parts, ())
    try:
        parsed = parse_document(document.path, _file(service, document), service.settings.parse_options())
    except (DocumentError, DocumentChangedError, FolderUnavailableError, FolderReadOnlyError):
        return Structure(parts, ())
    same = parsed.text == service.store.catalogue.text(document_id)  # a parser may have got better since
    blocks = shown_blocks(parsed.text, parsed.blocks, layout.parser) if same else ()
    return Structure(parts, tuple(block for block in blocks if block.start < end and block.end > start))


def page_image(
    service: Service, caller: Caller, document_id: str, page: int, span: Span | None = None, width: int = 1000
) -> bytes:
    """A page of a document, from 1, as PNG of so many pixels across, with a span marked.

    Raises DocumentChangedError where the file is not the one that was indexed, UnknownPageError,
    FolderUnavailableError, and what ``Service.document`` does.
    """
    document, layout = service.document(caller, document_id), service.store.catalogue.layout(document_id)
    if not (shown := shown_format(document.media_type)):
        raise UnknownPageError(f"the document has no pages that can be shown: its media type is {document.media_type}")
    data, options = _file(service, document), service.settings.parse_options()
    try:
        boxes = shown.boxes(data, layout, _within(span, document.characters), options) if span else ()
        return shown.page_image(data, page, boxes, width, options)
    except DocumentError as error:
        raise UnknownPageError(f"the document {error}") from error


def _pages(document: StoredDocument) -> int:
    """How many pages of a document can be shown, those without text too."""
    return int(document.metadata.get("pages", 0)) if shown_format(document.media_type) else 0


def _within(span: Span, characters: int) -> Span:
    """The part of a span that is in a text of so many characters, at least one."""
    start = min(span.start, characters - 1)
    return Span(start, max(start + 1, min(span.end, characters)))


def _file(service: Service, document: StoredDocument) -> bytes:
    """The bytes that a document was made of. Raises DocumentChangedError, FolderUnavailableError, FolderReadOnlyError."""
    files = files_at(service.store.catalogue.collection(document.collection).root)
    try:
        data = files.file(document.path).read(service.settings.max_file_bytes)
    except DocumentError as error:
        raise DocumentChangedError(f"the file of '{document.path}' {error}; index its folder again") from error
    if hashlib.sha256(data).hexdigest() != document.sha256:
        raise DocumentChangedError(f"the file of '{document.path}' is no longer the one indexed; index its folder again")
    return data
