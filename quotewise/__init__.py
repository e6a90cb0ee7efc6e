"""Answers questions about a folder of documents in the documents' own words, with citations that can be checked."""

from os import PathLike
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quotewise.api.library import Library


def open(folder: str | PathLike[str], **settings: Any) -> "Library":
    """A folder of documents, indexed and open for questions.

    Args:
        folder: of the documents.
        settings: any of those that ``quotewise settings`` lists, such as ``index``, by default ``.quotewise`` beside the
            folder, as on a command line that is used there, or ``collection``, for a second folder in the same index.

    Raises:
        QuotewiseError: the folder or the index cannot be used; the message says what to do.
    """
    from quotewise.api.library import Library  # here, since the packages of the library import this module

    return Library(folder, **settings)
