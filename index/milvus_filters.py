"""A filter as the boolean expression that Milvus takes, over the columns of ``milvus``."""

import hashlib
import json
import unicodedata
from functools import partial

from quotewise.index.filters import Filter


def expression(where: Filter) -> str:
    """A filter as the engine's boolean expression; a literal of JSON is one of its own."""
    text = partial(json.dumps, ensure_ascii=False)
    conditions = []
    if prefix := unicodedata.normalize("NFC", where.path_prefix):
        conditions.append(f"path >= {text(prefix)}")
        if end := prefix.rstrip("\U0010ffff"):
            after = "\ue000" if end[-1] == "\ud7ff" else chr(ord(end[-1]) + 1)
            conditions.append(f"path < {text(end[:-1] + after)}")
    if where.paths:
        conditions.append(f"path in {text([unicodedata.normalize('NFC', path) for path in where.paths])}")
    if where.media_type is not None:
        conditions.append(f"media_type == {text(where.media_type)}")
    for comparison, day in ((">=", where.indexed_from), ("<=", where.indexed_to)):
        if day is not None:
            conditions.append(f"day {comparison} {text(day.isoformat())}")
    for key, accepted in where.metadata.items():
        pairs = [pair(key, value) for value in accepted]
        conditions.append(f"array_contains_any(metadata, {text(pairs)})" if pairs else "document < 0")
    return " and ".join(conditions)


def pair(key: str, value: str) -> str:
    """An entry of metadata as an item of the column ``metadata``."""
    return hashlib.sha256(f"{key}\0{value}".encode()).hexdigest()[:32]
