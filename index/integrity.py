"""Integrity checks of an index: the catalogue, each document and the search indexes against their checksums."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from quotewise.index.errors import QuotewiseError
from quotewise.index.local_store import LocalStore
from quotewise.index.printable import printable

_NAMED = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """A part of an index, whether it is sound, and what was checked or what is wrong."""

    part: str
    sound: bool
    detail: str


def check(store: LocalStore) -> Iterator[Finding]:
    """Read everything and compare it with its checksums. Raises no QuotewiseError: what cannot be read is a finding."""
    yield _finding("catalogue", partial(_catalogue, store))
    try:
        names = [collection.name for collection in store.catalogue.collections()]
    except QuotewiseError as error:
        yield Finding("collections", False, str(error))
        return
    for name in names:
        yield _finding(f"documents of {name}", partial(_documents, store, name))
        yield _finding(f"search index of {name}", partial(_search_index, store, name))


def _catalogue(store: LocalStore) -> tuple[bool, str]:
    store.catalogue.check()
    return True, "the database finds no fault"


def _documents(store: LocalStore, name: str) -> tuple[bool, str]:
    if not (damaged := store.catalogue.damaged(name)):
        size = store.catalogue.size(name)
        return True, f"{size.documents:,} documents and {size.chunks:,} chunks are as they were put"
    more = f" and {len(damaged) - _NAMED:,} more" if len(damaged) > _NAMED else ""
    listed = ", ".join(map(printable, damaged[:_NAMED]))
    return False, f"{len(damaged):,} damaged: {listed}{more}; index the folder again to read them anew from their files"


def _search_index(store: LocalStore, name: str) -> tuple[bool, str]:
    stored, chunks = store.search_index.stored_chunks(name), store.catalogue.size(name).chunks
    if stored is None:
        return False, "damaged or behind the catalogue; made again from it at the next question"
    if set(stored) == {chunks}:
        return True, f"{chunks:,} chunks"
    return False, f"{' and '.join(map(str, stored))} chunks instead of {chunks:,}; remove its folder to have it made again"


def _finding(part: str, check_part: Callable[[], tuple[bool, str]]) -> Finding:
    try:
        return Finding(part, *check_part())
    except QuotewiseError as error:
        return Finding(part, False, str(error))
