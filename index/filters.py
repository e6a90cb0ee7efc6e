"""Which documents a search considers, as values and as SQL over the tables of documents that reads only what it accepts."""

import math
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

_LAST = "\U0010ffff"
Condition = tuple[str, list[Any]]
"""A query for rows of documents, and its values."""


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers, or days, from ``least`` to ``most``, both included; None is no limit, on one side at most."""

    least: float | date | None = None
    most: float | date | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which documents a search considers; all conditions hold at once, and a metadata key may equal any of its values.

    ``paths`` are those of chosen documents, by default all. ``indexed_from`` and ``indexed_to`` are days, both included.
    ``ranges`` are those of metadata that are numbers, or that begin with a day in ISO 8601. No document that ``exclude`` lets
    through is considered.
    """

    path_prefix: str = ""
    media_type: str | None = None
    metadata: Mapping[str, Sequence[str]] = field(default_factory=dict)
    paths: Sequence[str] = ()
    indexed_from: date | None = None
    indexed_to: date | None = None
    ranges: Mapping[str, Range] = field(default_factory=dict)
    exclude: "Filter | None" = None


def accepted_documents(collection: int, where: Filter, days: str) -> Condition:
    """The query for the rows of a collection's documents that a filter lets through; ``days`` is ``Database.DAYS``."""
    conditions = list(_conditions(where, days)) or [("SELECT row FROM documents WHERE collection = ?", [])]
    query = " INTERSECT ".join(query for query, _ in conditions)
    values = [value for _, values in conditions for value in (collection, *values)]
    if where.exclude is not None:
        excluded, more = accepted_documents(collection, where.exclude, days)
        query, values = f"SELECT * FROM ({query}) AS included EXCEPT SELECT * FROM ({excluded}) AS excluded", values + more
    return query, values


def _conditions(where: Filter, days: str) -> Iterator[Condition]:
    """Each but the exclusion, without the collection, which is the first value."""
    if where.path_prefix:
        prefix = unicodedata.normalize("NFC", where.path_prefix)
        within, values = "path >= ? AND substr(path, 1, ?) = ?", [prefix, len(prefix), prefix]
        if prefix[-1] not in "\ud7ff\U0010ffff":  # which no character follows; with an end, a part of the index is read
            within, values = f"{within} AND path < ?", [*values, prefix[:-1] + chr(ord(prefix[-1]) + 1)]
        yield f"SELECT row FROM documents WHERE collection = ? AND {within}", values
    if where.media_type is not None:
        yield "SELECT row FROM documents WHERE collection = ? AND media_type = ?", [where.media_type]
    if where.paths:
        chosen = [unicodedata.normalize("NFC", path) for path in where.paths]
        yield f"SELECT row FROM documents WHERE collection = ? AND path IN ({_places(chosen)})", chosen
    for comparison, day in ((">=", where.indexed_from), ("<=", where.indexed_to)):
        if day is not None:
            yield (
                f"SELECT row FROM documents WHERE collection = ? AND substr(indexed_at, 1, 10) {comparison} ?",
                [day.isoformat()],
            )
    for key, accepted in where.metadata.items():
        query = f"SELECT document FROM metadata WHERE collection = ? AND key = ? AND value IN ({_places(accepted)})"
        yield query, [key, *accepted]
    for key, limits in where.ranges.items():
        yield _range(key, limits, days)


def _range(key: str, limits: Range, days: str) -> Condition:
    bounds: list[Any]
    if isinstance(limits.least, date) or isinstance(limits.most, date):
        least, most = (day.isoformat() if isinstance(day, date) else "" for day in (limits.least, limits.most))
        within, bounds = days, [least, most + _LAST]
    else:  # what is no number is text in the column of numbers, and greater than any
        within = "number >= ? AND number <= ?"
        bounds = [-math.inf if limits.least is None else limits.least, math.inf if limits.most is None else limits.most]
    return f"SELECT document FROM metadata WHERE collection = ? AND key = ? AND {within}", [key, *bounds]


def _places(values: Any) -> str:
    return ", ".join("?" * len(values)) or "NULL"
