"""A citation and its source into a verdict: whether the quote still stands where it was found."""

import hashlib
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Protocol, Self

from quotewise.index.documents import parse_document, printable
from quotewise.index.errors import (
    AlteredError,
    DocumentDamagedError,
    DocumentError,
    FolderReadOnlyError,
    FolderUnavailableError,
    MissingFileError,
    UnknownDocumentError,
)
from quotewise.index.folders import read_inside
from quotewise.index.store import Store
from quotewise.rag.answers import Citation


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
    """A verdict and the reason for it in words."""

    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text of a source as it is now, and the sha256 of its bytes."""

    sha256: str
    text: str


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
    """The files of a folder as they are on disk; a path that leads out of the folder is no file of it."""

    def __init__(self, folder: Path, file_limit: int) -> None:
        self._folder = folder
        self._file_limit = file_limit

    def read(self, path: str) -> SourceText:
        try:
            data = read_inside(self._folder, unicodedata.normalize("NFC", path), self._file_limit)
        except ValueError as error:
            raise MissingFileError("is not a file of the folder") from error
        except (MissingFileError, AlteredError):
            raise
        except (DocumentError, FolderReadOnlyError, FolderUnavailableError) as error:
            if isinstance(error.__cause__, FileNotFoundError | NotADirectoryError):
                raise MissingFileError("is not a file of the folder, which is gone") from error
            reason = getattr(error.__cause__, "strerror", None) or error
            raise FolderUnavailableError(f"'{printable(path)}' cannot be read: {reason}") from error
        try:
            text = parse_document(path, data).text
        except DocumentError:  # no text any more, so not the file that was cited
            text = ""
        return SourceText(hashlib.sha256(data).hexdigest(), text)


class CollectionSource:
    """The files that a collection was made from, or, where their folder is not at hand, the catalogue's copy of them."""

    def __init__(self, store: Store, name: str, file_limit: int) -> None:
        self._store = store
        self._name = name
        self._folder = Path(store.catalogue.collection(name).root)
        self._on_disk = FolderSource(self._folder, file_limit)

    def read(self, path: str) -> SourceText:
        in_place = self._folder.is_dir()
        try:
            document = self._store.catalogue.document_at(self._name, path)
        except DocumentDamagedError:
            if in_place:  # what the catalogue holds of it is not needed
                return self._on_disk.read(path)
            raise
        if in_place:
            return self._on_disk.read(path)
        return SourceText(document.sha256, self._store.catalogue.text(document.id))


class ReadOnce:
    """A source that keeps the last ``files`` that it read, None for all of them."""

    def __init__(self, source: Source, files: int | None) -> None:
        self.read = lru_cache(files)(source.read)


def verify(claim: Claim, source: Source) -> Verification:
    """Check a claim against its source as it is now. Raises FolderUnavailableError when that cannot be read."""
    try:
        found = source.read(claim.path)
    except AlteredError as error:
        return Verification(Verdict.CHANGED, f"the file {error}")
    except (MissingFileError, DocumentDamagedError, UnknownDocumentError) as error:
        return Verification(Verdict.MISSING, f"the source cannot be had: {error}")
    if found.sha256 != claim.sha256:
        return Verification(Verdict.CHANGED, "the file has other contents than the one cited")
    if not 0 <= claim.start < claim.end <= len(found.text) or found.text[claim.start : claim.end] != claim.quote:
        return Verification(Verdict.CHANGED, "the quote does not stand at these offsets of the file")
    return Verification(Verdict.VALID, "the quote stands at these offsets of what was cited")
