"""Addresses of places in documents, for whoever shows a citation elsewhere."""

from quotewise.index.store import DocumentReference

_SHA256_DIGITS = 16
"""Digits of the sha256 in a link, by which the page sees that a document has changed."""


def view_url(base: str, document: DocumentReference, start: int, end: int) -> str:
    """The page of a service at ``base`` that shows a document with the span ``[start, end)`` marked."""
    span = f"start={start}&end={end}&sha256={document.sha256[:_SHA256_DIGITS]}"
    return f"{base.rstrip('/')}/documents/{document.id}/view?{span}"
