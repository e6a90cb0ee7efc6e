"""The errors that cross the borders of the packages, each with a stable ``code`` that the ways in turn into their own."""

from typing import ClassVar


class QuotewiseError(Exception):
    """Something that the user can mend; its message says what was given, what was expected and what to do."""

    code: ClassVar[str] = "error"


class DocumentError(QuotewiseError):
    """A file cannot become a document."""

    code = "unreadable-document"


class AlteredError(DocumentError):
    """A file is there but is empty or too large to be a document."""


class FolderError(QuotewiseError):
    """A folder cannot be indexed."""

    code = "invalid-folder"


class FolderUnavailableError(QuotewiseError):
    """The folder of a collection is gone or cannot be written to."""

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
