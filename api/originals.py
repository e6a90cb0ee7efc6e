"""The use cases that look into the file of a document on disk: where a span stands on its page, and the page itself."""

import hashlib
from pathlib import Path

from quotewise.api.callers import Caller
from quotewise.api.errors import DocumentChangedError, InvalidRequestError, UnknownPageError
from quotewise.api.responses import SpanPlace
from quotewise.api.service import Service
from quotewise.index.errors import DocumentError
from quotewise.index.folders import read_inside
from quotewise.index.formats import shown_format
from quotewise.index.layout import Layout
from quotewise.index.sentences import Span
from quotewise.index.store import StoredDocument


def span_place(service: Service, caller: Caller, document_id: str, span: Span) -> SpanPlace:
    """Where a span of a document stands.

    Raises InvalidRequestError, and for documents with pages what ``page_image`` does but UnknownPageError.
    """
    document, layout = _spanned(service, caller, document_id, span)
    place, shown = layout.place(span), shown_format(document.media_type)
    boxes = shown.boxes(_file(service, document), layout, span) if shown else ()
    pages = max((part.number for part in layout.parts if part.kind == "page"), default=0) if shown else 0
    return SpanPlace(*place.lines, place.page, str(place.part or ""), pages, boxes)


def page_image(
    service: Service, caller: Caller, document_id: str, page: int, span: Span | None = None, width: int = 1000
) -> bytes:
    """A page of a document, from 1, as PNG of so many pixels across, with a span marked.

    Raises DocumentChangedError where the file is not the one that was indexed, UnknownPageError, InvalidRequestError,
    FolderUnavailableError, and what ``Service.document`` does.
    """
    document, layout = _spanned(service, caller, document_id, span)
    if not (shown := shown_format(document.media_type)):
        raise UnknownPageError(f"the document has no pages that can be shown: its media type is {document.media_type}")
    data = _file(service, document)
    try:
        return shown.page_image(data, page, shown.boxes(data, layout, span) if span else (), width)
    except DocumentError as error:
        raise UnknownPageError(f"the document {error}") from error


def _spanned(service: Service, caller: Caller, document_id: str, span: Span | None) -> tuple[StoredDocument, Layout]:
    """A document and its layout. Raises InvalidRequestError where the span is not within the document."""
    document = service.document(caller, document_id)
    if span and not span.start < span.end <= document.characters:
        wrong = f"should be after start and at most {document.characters:,}, where the document ends"
        raise InvalidRequestError(f"query.end: {wrong}", [("query.end", wrong)])
    return document, service.store.catalogue.layout(document_id)


def _file(service: Service, document: StoredDocument) -> bytes:
    """The bytes that a document was made of. Raises DocumentChangedError, FolderUnavailableError, FolderReadOnlyError."""
    folder = Path(service.store.catalogue.collection(document.collection).root)
    try:
        data = read_inside(folder, document.path, service.settings.max_file_bytes)
    except DocumentError as error:
        raise DocumentChangedError(f"the file of '{document.path}' {error}; index its folder again") from error
    if hashlib.sha256(data).hexdigest() != document.sha256:
        raise DocumentChangedError(f"the file of '{document.path}' is no longer the one indexed; index its folder again")
    return data
