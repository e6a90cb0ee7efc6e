"""A citation and its source into a verdict: whether the quote still stands where it was found."""

import hashlib
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Protocol, Self

from quotewise.index.documents import Document, parse_document
from quotewise.index.errors import (
    AlteredError,
    DocumentDamagedError,
    DocumentError,
    FolderReadOnlyError,
    FolderUnavailableError,
    MissingFileError,
    UnknownDocumentError,
)
from quotewise.index.files import Files, FolderFiles, files_at
from quotewise.index.formats import NO_OPTIONS, ParseOptions
from quotewise.index.printable import printable
from quotewise.index.sentences import Span
from quotewise.index.store import Catalogue, Store
from quotewise.rag.answers import Citation
from quotewise.rag.passages import Printed


class Verdict(StrEnum):
    """``valid``: the quote stands in the very file that was cited; ``changed``: it does not; ``missing``: no such file."""

    VALID = "valid"
    CHANGED = "changed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a citation claims: that ``[start, end)`` of the file at ``path``, whose bytes have this sha256, is ``quote``."""

    path: str
    sha256: str
    start: int
    end: int
    quote: str

    @classmethod
    def of(cls, citation: Citation) -> Self:
        """What a citation of ours claims."""
        document = citation.document
        return cls(document.path, document.sha256, citation.start, citation.end, citation.quote)


@dataclass(frozen=True, slots=True)
class Verification:
    """A verdict and the reason for it in words; the place of a valid quote in printed form, as in its citation."""

    verdict: Verdict
    reason: str
    place: Printed = ""


@dataclass(frozen=True, slots=True)
class SourceText:
    """The sha256 of the bytes of a source as they are now, ``[start, end)`` of their text, shorter where the text ends, and the
    printed place of such a span."""

    sha256: str
    slice: Callable[[int, int], str]
    place: Callable[[Span], str]


class Source(Protocol):
    """Where the cited files are."""

    def read(self, path: str) -> SourceText:
        """The text of a file.

        Raises:
            AlteredError: it can be no document any more.
            MissingFileError, UnknownDocumentError, DocumentDamagedError: there is none.
            FolderUnavailableError: it cannot be read, so that nothing is known of it.
        """
        ...


class FolderSource:
    """The files of a folder, or of a bucket, as they are now; a path that leads out of it is no file of it."""

    def __init__(self, folder: Path | Files, file_limit: int, options: ParseOptions = NO_OPTIONS) -> None:
        self._files = FolderFiles(folder) if isinstance(folder, Path) else folder
        self._file_limit = file_limit
        self._options = options

    def read(self, path: str) -> SourceText:
        try:
            data = self._files.file(unicodedata.normalize("NFC", path)).read(self._file_limit)
        except ValueError as error:
            raise MissingFileError("is not a file of the folder") from error
        except (MissingFileError, AlteredError):
            raise
        except (DocumentError, FolderReadOnlyError, FolderUnavailableError) as error:
            if isinstance(error.__cause__, FileNotFoundError | NotADirectoryError):
                raise MissingFileError("is not a file of the folder, which is gone") from error
            reason = getattr(error.__cause__, "strerror", None) or error
            raise FolderUnavailableError(f"'{printable(path)}' cannot be read: {reason}") from error

        @cache
        def document() -> Document | None:
            try:
                return parse_document(path, data, self._options)
            except DocumentError:  # no text any more, so not the file that was cited
                return None

        def text(start: int, end: int) -> str:
            parsed = document()
            return parsed.text[start:end] if parsed else ""

        def place(span: Span) -> str:
            if not (parsed := document()):
                return ""
            before = bisect_right(parsed.blocks, span.start, key=lambda block: block.start)
            return parsed.layout.printed(span, parsed.blocks[before - 1].heading if before else ())

        return SourceText(hashlib.sha256(data).hexdigest(), text, place)


class CollectionSource:
    """The files that a collection was made from, or, where their folder is not at hand, the catalogue's copy of them.

    Objects are read from their bucket, however far that is, and nothing is said of them while it cannot be read.
    The text of a file with the bytes that were indexed is the stored one, whatever the parser of today makes of them.
    """

    def __init__(self, store: Store, name: str, file_limit: int, options: ParseOptions = NO_OPTIONS) -> None:
        self._store = store
        self._name = name
        self._files = files_at(store.catalogue.collection(name).root)
        self._as_now = FolderSource(self._files, file_limit, options)

    def read(self, path: str) -> SourceText:
        in_place, catalogue = self._files.are_there(), self._store.catalogue
        try:
            document = catalogue.document_at(self._name, path)
        except DocumentDamagedError:
            if in_place:  # what the catalogue holds of it is not needed
                return self._as_now.read(path)
            raise
        if not in_place:
            return SourceText(
                document.sha256, partial(catalogue.text, document.id), partial(_stored_place, catalogue, document.id)
            )
        source = self._as_now.read(path)

        def stored(start: int, end: int) -> str:
            try:
                return catalogue.text(document.id, start, end)
            except (DocumentDamagedError, UnknownDocumentError):
                return source.slice(start, end)

        def place(span: Span) -> str:
            try:
                return _stored_place(catalogue, document.id, span)
            except (DocumentDamagedError, UnknownDocumentError):
                return source.place(span)

        return replace(source, slice=stored, place=place) if source.sha256 == document.sha256 else source


def _stored_place(catalogue: Catalogue, document_id: str, span: Span) -> str:
    return catalogue.layout(document_id).printed(span, catalogue.heading(document_id, span.start))


class ReadOnce:
    """A source that keeps the last ``files`` that it read, None for all of them."""

    def __init__(self, source: Source, files: int | None) -> None:
        self.read = lru_cache(files)(source.read)


def verify(claim: Claim, source: Source) -> Verification:
    """Check a claim against its source as it is now. Raises FolderUnavailableError when that cannot be read."""
    try:
        current = source.read(claim.path)
    except AlteredError as error:
        return Verification(Verdict.CHANGED, f"the file {error}")
    except (MissingFileError, DocumentDamagedError, UnknownDocumentError) as error:
        return Verification(Verdict.MISSING, f"the source cannot be had: {error}")
    if current.sha256 != claim.sha256:
        return Verification(Verdict.CHANGED, "the file has other contents than the one cited")
    possible = 0 <= claim.start < claim.end and claim.end - claim.start == len(claim.quote)
    if not possible or current.slice(claim.start, claim.end) != claim.quote:
        return Verification(Verdict.CHANGED, "the quote does not stand at these offsets of the file")
    return Verification(
        Verdict.VALID, "the quote stands at these offsets of what was cited", current.place(Span(claim.start, claim.end))
    )
