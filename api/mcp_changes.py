"""Tools of the Model Context Protocol that change documents and collections, offered only where they are asked for."""

from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

from anyio.from_thread import run as in_event_loop
from pydantic import Field

from quotewise.api import changes, requests
from quotewise.api.jobs import Job
from quotewise.api.routes import Call
from quotewise.index.errors import QuotewiseError
from quotewise.index.store import StoredDocument
from quotewise.index.uploads import Condition, Uploaded

_MAX_TEXT = 500_000
"""Characters of a document that is added as an argument, within the most that the body of a request may have."""


class AddRequest(requests.Strict):
    """A document in plain text, Markdown or HTML, and where it is to be."""

    collection: requests.CollectionName = Field(description="which is made if there is none of that name")
    path: requests.ShortText = Field(description="with the ending of its kind: notes/lease.md")
    text: requests.UnicodeText = Field(min_length=1, max_length=_MAX_TEXT)
    replace: bool = Field(default=False, strict=True, description="whether a document at that path may be replaced")


class RenameDocumentRequest(requests.Strict):
    """A document, and its new path."""

    document_id: requests.DocumentId = Field(description="as in a citation")
    path: requests.ShortText = Field(description="at which there is nothing")


class DocumentRequest(requests.Strict):
    """A document."""

    document_id: requests.DocumentId = Field(description="as in a citation")


class RenameCollectionRequest(requests.Strict):
    """A collection of uploads, and its new name."""

    collection: requests.CollectionName
    name: requests.CollectionName = Field(description="that no other collection has")


class CollectionRequest(requests.Strict):
    """A collection of uploads."""

    collection: requests.CollectionName


@dataclass(frozen=True, slots=True)
class Removed:
    """What is gone: a document, or a collection with all of its documents."""

    collection: str
    path: str | None = None


@dataclass(frozen=True, slots=True)
class RenamedCollection:
    """A collection under its new name; the ids of its documents have changed with it."""

    collection: str


def add_document(body: AddRequest, call: Call) -> StoredDocument:
    """Add a document of some text, such as notes, to a collection, which is made with its first document."""

    async def content() -> AsyncIterator[bytes]:
        yield body.text.encode()

    condition = Condition(absent=not body.replace)
    return _document(partial(changes.put, *call[:2], body.collection, body.path, content, condition))


def rename_document(body: RenameDocumentRequest, call: Call) -> StoredDocument:
    """Move a document and its file to another path of its collection; its id changes with its path."""
    known = call.service.document(call.caller, body.document_id)
    condition = Condition(frozenset({known.sha256}))
    return _document(partial(changes.rename, *call[:2], known.collection, known.path, body.path, condition))


def delete_document(body: DocumentRequest, call: Call) -> Removed:
    """Remove a document and its file."""
    known = call.service.document(call.caller, body.document_id)
    condition = Condition(frozenset({known.sha256}))
    _finished(partial(changes.remove, *call[:2], known.collection, known.path, condition))
    return Removed(known.collection, known.path)


def rename_collection(body: RenameCollectionRequest, call: Call) -> RenamedCollection:
    """Give a collection of uploads another name."""
    changes.rename_collection(*call[:2], body.collection, body.name)
    return RenamedCollection(body.name)


def delete_collection(body: CollectionRequest, call: Call) -> Removed:
    """Remove a collection of uploads with all its documents and their files."""
    changes.remove_collection(*call[:2], body.collection)
    return Removed(body.collection)


def _document(change: Callable[[], Coroutine[Any, Any, Job]]) -> StoredDocument:
    outcome = _finished(change)
    assert isinstance(outcome, Uploaded)
    return outcome.document


def _finished(change: Callable[[], Coroutine[Any, Any, Job]]) -> Uploaded | None:
    """The outcome of a change, which is begun in the event loop and waited for in the thread of the tool."""
    outcome = in_event_loop(change).future.result()
    if isinstance(outcome, QuotewiseError):
        raise outcome
    return outcome


TOOLS = (add_document, rename_document, delete_document, rename_collection, delete_collection)
