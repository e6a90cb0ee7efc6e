"""The errors that cross package borders, each with a stable ``code`` and the HTTP ``status`` that stands for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ClassVar, Self

_MAX_REASON = 300
ERRORS: dict[str, "type[QuotewiseError]"] = {}
"""The class of each code, filled as classes are defined; the docstring of one with status 503 explains it in /openapi.json."""


class QuotewiseError(Exception):
    """An error that the user can correct; its message says what was given, what was expected and what to do.

    A subclass names its code and status: ``class MissingError(QuotewiseError, code="missing", status=404)``. Status 500 means
    that no request should lead to the error, and HTTP shows its code as ``internal-error``.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500

    def __init_subclass__(cls, code: str | None = None, status: int = 500) -> None:
        super().__init_subclass__()
        if code:
            cls.code, cls.status = code, status
            ERRORS.setdefault(code, cls)

    def detached(self) -> Self:
        """The error without traceback and cause, whose frames would keep what they hold in memory."""
        self.__cause__ = self.__context__ = None
        return self.with_traceback(None)


class DocumentError(QuotewiseError, code="unreadable-document", status=422):
    """A file cannot be parsed as a document."""


class DocumentDamagedError(QuotewiseError, code="document-damaged", status=503):
    """the stored text of the document is damaged; it is read again from its file when the folder is next indexed"""


class PasswordError(DocumentError):
    """A file is encrypted, and no password opens it that was given."""

    def __init__(self, message: str = "needs a password") -> None:
        super().__init__(message)


class TimeLimitError(DocumentError):
    """A file took longer to parse than it may, which on a machine with less to do it may not."""


class AlteredError(DocumentError):
    """A file exists but is empty or too large for a document."""


class MissingFileError(DocumentError):
    """There is no regular file at a path."""


class FolderError(QuotewiseError, code="invalid-folder"):
    """A folder cannot be indexed."""


class FolderReadOnlyError(QuotewiseError, code="folder-read-only", status=409):
    """The folder of a collection is not writable; a retry does not help."""


class FolderUnavailableError(QuotewiseError, code="folder-unavailable", status=503):
    """the folder of the collection is missing or unreadable, or its disk is full"""


class InvalidPathError(QuotewiseError, code="invalid-path", status=422):
    """No document can be stored at this path."""


class PathTakenError(QuotewiseError, code="path-taken", status=409):
    """Something that is not a document exists at a path or at one of its parents."""


class PreconditionError(QuotewiseError, code="precondition-failed", status=412):
    """A document differs from the one that the caller's condition names."""


class StoppedError(QuotewiseError, code="stopped", status=503):
    """the service is stopping; the request was not carried out"""


class EmbedderError(QuotewiseError, code="embedder-unavailable", status=503):
    """the embedder of the collection cannot be loaded"""


class ReaderError(QuotewiseError, code="reader-unavailable", status=503):
    """the reader cannot be loaded"""


class WorkersError(QuotewiseError, code="workers-unavailable"):
    """The workers that files are to be read by cannot be had."""


class EmbedderMismatchError(QuotewiseError, code="embedder-mismatch", status=409):
    """A collection was indexed with another embedder than the present one."""


class ChunkingError(QuotewiseError, code="invalid-chunking"):
    """A chunk size that the embedder cannot take, or that differs from the collection's."""


class IndexMissingError(QuotewiseError, code="index-missing", status=503):
    """the index does not exist"""


class IndexLockedError(QuotewiseError, code="index-locked", status=503):
    """another process is writing to the index, or its search index is being updated; retry"""


class IndexUnavailableError(QuotewiseError, code="index-unavailable", status=503):
    """the index cannot be read or written because of the disk or its permissions"""


class CatalogueUnavailableError(IndexUnavailableError, code="catalogue-unavailable", status=503):
    """the database of the catalogue does not answer or refuses; requests are answered again as soon as it does"""


class EngineUnavailableError(IndexUnavailableError, code="engine-unavailable", status=503):
    """the search engine does not answer, refuses, or is too old; the search index follows by itself when it answers again"""


class IndexRebuildingError(QuotewiseError, code="index-rebuilding", status=503):
    """the search index is being rebuilt from the catalogue; retry"""


class IndexVersionError(QuotewiseError, code="index-version", status=503):
    """the index was written by a newer version"""


class IndexDamagedError(QuotewiseError, code="index-damaged", status=503):
    """the catalogue is damaged; restore it from a backup, or index the folder again"""


class UnknownCollectionError(QuotewiseError, code="unknown-collection", status=404):
    """There is no collection of that name."""


class UnknownDocumentError(QuotewiseError, code="unknown-document", status=404):
    """There is no document of that id or path."""


class InvalidNameError(QuotewiseError, code="invalid-name", status=422):
    """A collection name contains characters that are not allowed."""


class NameTakenError(InvalidNameError, code="name-taken", status=409):
    """There is a collection of this name."""


@contextmanager
def translate_errors(made: Callable[[str], QuotewiseError]) -> Iterator[None]:
    """Turn whatever a library raises inside into an error of ours, made from the reason; our own errors pass unchanged.

    ``BaseException`` too, since a panic in a Rust library is not an ``Exception``; only the end of the program passes.
    """
    try:
        yield
    except (QuotewiseError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        reason = " ".join(str(error).split())[:_MAX_REASON]
        raise made(f"{type(error).__name__}: {reason}" if reason else type(error).__name__) from error
