"""The errors that cross the borders of the packages, each with a stable ``code`` that the ways in turn into their own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ClassVar

_LONGEST_REASON = 300


class QuotewiseError(Exception):
    """Something that the user can mend; its message says what was given, what was expected and what to do."""

    code: ClassVar[str] = "error"


class DocumentError(QuotewiseError):
    """A file cannot become a document."""

    code = "unreadable-document"


class DocumentDamagedError(QuotewiseError):
    """What the catalogue holds of a document is not what was put there."""

    code = "document-damaged"


class AlteredError(DocumentError):
    """A file is there but is empty or too large to be a document."""


class MissingFileError(DocumentError):
    """There is no regular file at a path."""


class FolderError(QuotewiseError):
    """A folder cannot be indexed."""

    code = "invalid-folder"


class FolderReadOnlyError(QuotewiseError):
    """The folder of a collection may not be written to; trying again does not help."""

    code = "folder-read-only"


class FolderUnavailableError(QuotewiseError):
    """The folder of a collection is gone, its disk is full, or what is in it cannot be read."""

    code = "folder-unavailable"


class InvalidPathError(QuotewiseError):
    """A path at which no document can be put."""

    code = "invalid-path"


class PathTakenError(QuotewiseError):
    """Something that is no document stands at a path or on the way to it."""

    code = "path-taken"


class PreconditionError(QuotewiseError):
    """A document is not as the caller believes it to be."""

    code = "precondition-failed"


class StoppedError(QuotewiseError):
    """Work was given up because the program ends; nothing of it was done."""

    code = "stopped"


class EmbedderError(QuotewiseError):
    """An embedding model cannot be loaded."""

    code = "embedder-unavailable"


class ReaderError(QuotewiseError):
    """A reader's model cannot be loaded."""

    code = "reader-unavailable"


class EmbedderMismatchError(QuotewiseError):
    """A collection was made by another embedder than the one at hand."""

    code = "embedder-mismatch"


class ChunkingError(QuotewiseError):
    """A chunk size that the embedder cannot take, or that is not the one of the collection."""

    code = "invalid-chunking"


class IndexMissingError(QuotewiseError):
    """There is no index where one was expected."""

    code = "index-missing"


class IndexLockedError(QuotewiseError):
    """Another process is writing to the index."""

    code = "index-locked"


class IndexUnavailableError(QuotewiseError):
    """The disk or its permissions stand in the way of the catalogue."""

    code = "index-unavailable"


class IndexRebuildingError(QuotewiseError):
    """An index beside the catalogue is being made again, and there is none to search meanwhile."""

    code = "index-rebuilding"


class IndexVersionError(QuotewiseError):
    """The index was made by a newer version."""

    code = "index-version"


class IndexDamagedError(QuotewiseError):
    """The catalogue, which nothing can rebuild, is damaged."""

    code = "index-damaged"


class UnknownCollectionError(QuotewiseError):
    """No collection of that name."""

    code = "unknown-collection"


class UnknownDocumentError(QuotewiseError):
    """No document of that id or path."""

    code = "unknown-document"


class InvalidNameError(QuotewiseError):
    """A collection name with characters that it cannot have."""

    code = "invalid-name"


@contextmanager
def border(made: Callable[[str], QuotewiseError]) -> Iterator[None]:
    """Whatever a library raises inside comes out as an error of ours, made of the reason; our own errors pass.

    Nothing but the end of the program passes: a panic of a library in Rust, say, is no ``Exception``.
    """
    try:
        yield
    except (QuotewiseError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        reason = " ".join(str(error).split())[:_LONGEST_REASON]
        raise made(f"{type(error).__name__}: {reason}" if reason else type(error).__name__) from error
