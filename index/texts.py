"""The tables of texts, in segments, and of layouts: a range of a text is read without the rest of it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, groupby
from typing import Any

from quotewise.index.connections import Database, digest, is_intact
from quotewise.index.layout import Layout

_SEGMENT = 65_536
"""Code points in a segment, so that reading some lines of a text does not read all of it."""


def put_text(connection: Any, document: int, text: str, layout: Layout) -> None:
    """Add the segments of a document's text, and its layout."""
    for start in range(0, len(text), _SEGMENT):
        segment = (document, start, text[start : start + _SEGMENT])
        connection.execute("INSERT INTO texts VALUES (?, ?, ?, ?)", (*segment, digest(*segment)))
    stored = (document, layout.to_bytes())
    connection.execute("INSERT INTO layouts VALUES (?, ?, ?)", (*stored, digest(*stored)))


def read_text(database: Database, document: int, start: int, end: int) -> str | None:
    """``[start, end)`` of a text; None where a segment of it is damaged or missing."""
    segments = database.rows(
        "SELECT digest, document, start, text FROM texts WHERE document = ? AND start > ? AND start < ? ORDER BY start",
        *(document, start - _SEGMENT, end),
    )
    first = start - start % _SEGMENT
    text = _joined(segments, first)
    return text[start - first : end - first] if text is not None and len(text) >= end - first else None


def read_texts(database: Database, lengths: Mapping[int, int]) -> dict[int, str]:
    """The texts of documents of these lengths in code points; those are left out of which a segment is damaged or missing."""
    query = f"SELECT digest, document, start, text FROM texts WHERE document IN ({database.NUMBERS})"
    rows = database.rows(f"{query} ORDER BY document, start", json.dumps(list(lengths)))
    segments = {document: list(of) for document, of in groupby(rows, key=lambda row: row[1])}
    texts = {}
    for document, length in lengths.items():
        text = _joined([segment for segment in segments.get(document, ()) if segment[2] < length], 0)
        if text is not None and len(text) >= length:
            texts[document] = text[:length]
    return texts


def intact_layouts(database: Database, documents: Iterable[int]) -> set[int]:
    """Those of these documents whose layouts are intact."""
    return {row[1] for row in _layouts(database, documents) if is_intact(row)}


def read_layouts(database: Database, documents: Iterable[int]) -> dict[int, Layout | None]:
    """The layouts of documents by row; None for a damaged one."""
    return {row[1]: Layout.from_bytes(row[2]) if is_intact(row) else None for row in _layouts(database, documents)}


def _layouts(database: Database, documents: Iterable[int]) -> list[Any]:
    query = f"SELECT digest, document, layout FROM layouts WHERE document IN ({database.NUMBERS})"
    return database.rows(query, json.dumps(list(documents)))


def _joined(segments: Sequence[Sequence[Any]], first: int) -> str | None:
    starts = accumulate((len(segment[3]) for segment in segments), initial=first)
    if all(is_intact(segment) and segment[2] == start for segment, start in zip(segments, starts, strict=False)):
        return "".join(segment[3] for segment in segments)
    return None
