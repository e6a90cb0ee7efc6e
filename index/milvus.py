"""The search index in Milvus, for what is past one machine: vectors, filters and, from 2.5 on, BM25 by the engine."""

import json
import logging
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from pymilvus import DataType, Function, FunctionType, MilvusClient

from quotewise.index.errors import EngineUnavailableError, QuotewiseError, translate_errors
from quotewise.index.filters import Filter
from quotewise.index.lexical import analyzer_name, stored_terms, terms
from quotewise.index.milvus_filters import expression, pair
from quotewise.index.search_index import LocalSearchIndex, NoVectors
from quotewise.index.store import UNCHANGED, Catalogue, Change, Changes, Collection, Hit, IndexedChunk

_VERSION = 1
"""Of the columns: a collection made by another version is made again."""
_OLDEST, _WITH_BM25 = (2, 3), (2, 5)
_SEARCH_SECONDS, _WRITE_SECONDS = 3.0, 60.0
"""Within which the engine has to answer."""
_PAUSE_SECONDS = 1.0
"""After the engine could not be connected, until that is tried again: each attempt waits."""
_CHANNEL = {
    "grpc.use_local_subchannel_pool": 1,  # else a new connection waits as long as failed ones to the same address
    **{f"grpc.{limit}_reconnect_backoff_ms": 500 for limit in ("initial", "min", "max")},  # by default up to two minutes
}
_BATCH = 1000
_BYTES = 65_535
"""Most that a column of text holds."""
_MOST_METADATA = 4096
_PROPERTY = "quotewise"
"""The property of a collection in which its position is, so that it comes and goes with the chunks."""
_GRAPH, _BREADTH = {"M": 16, "efConstruction": 200}, 128
"""Of HNSW (Malkov and Yashunin 2018, section 4), and how many candidates a search keeps."""
_MAX_TERMS = 256
_log = logging.getLogger("quotewise")
logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it logs each error with its traceback before it raises it


@dataclass(frozen=True, slots=True)
class _Engine:
    """A connection, and whether the server has BM25."""

    client: MilvusClient
    has_words: bool


@dataclass(frozen=True, slots=True)
class _Stored:
    """A collection in the engine: the name behind its alias, and the last change that it reflects."""

    name: str
    position: Change


class MilvusSearchIndex:
    """A ``SearchIndex`` in a Milvus server, or in a file by milvus-lite.

    A collection has an alias of its own, by its key and first change, so that indexes share a server without meeting. It is
    filled before the alias leads to it. Where the server has no BM25, Tantivy searches the words in a folder beside ``folder``,
    as in ``LocalSearchIndex``. The engine is connected when it is first needed; each failure of it is an
    EngineUnavailableError.
    """

    is_shared = True

    def __init__(self, uri: str, folder: Path, catalogue: Catalogue) -> None:
        self._uri, self._catalogue = uri, catalogue
        self._shown = (urlsplit(uri).hostname or uri) if "://" in uri else uri  # without a password
        self._words = LocalSearchIndex(folder.with_name("words"), catalogue, NoVectors)
        self._connecting = threading.Lock()
        self._connected: _Engine | None = None
        self._failure: tuple[float, str] = (-_PAUSE_SECONDS, "")
        self._names: dict[int, str] = {}

    def position(self, name: str) -> Change:
        collection = self._catalogue.collection(name)
        with self._engine() as engine:
            stored = self._stored(engine, collection)
        position = stored.position if stored else UNCHANGED
        return position if engine.has_words else min(position, self._words.position(name))

    def refresh(self, name: str) -> None:
        self._words.refresh(name)

    def apply(self, changes: Changes) -> None:
        """Index changes, each part from where it is."""
        name = changes.collection.name
        with self._engine() as engine:
            stored = self._stored(engine, changes.collection)
            position = stored.position if stored else UNCHANGED
            if position != changes.until:
                own = changes if position == changes.since else self._catalogue.changes(name, position)
                self._write(engine, own, stored)
        if not engine.has_words and (position := self._words.position(name)) != changes.until:
            self._words.apply(changes if position == changes.since else self._catalogue.changes(name, position))

    def ready(self, name: str) -> bool:
        return self._catalogue.collection(name).key in self._names

    def search_dense(self, name: str, vector: np.ndarray, limit: int, where: Filter) -> list[Hit]:
        ef = {"params": {"ef": max(limit, _BREADTH)}}
        return self._search(name, "vector", vector.tolist(), limit, where, {"metric_type": "IP", **ef})

    def search_lexical(self, name: str, query: str, limit: int, where: Filter) -> list[Hit]:
        with self._engine() as engine:
            if not engine.has_words:
                return self._words.search_lexical(name, query, limit, where)
        searched = list(dict.fromkeys(terms(query, self._catalogue.collection(name).language)))[:_MAX_TERMS]
        return self._search(name, "words", _plain(searched), limit, where, {"metric_type": "BM25"}) if searched else []

    def stored_chunks(self, name: str) -> tuple[int, ...] | None:
        self.refresh(name)
        if self.position(name) != self._catalogue.last_change(name):
            return None
        with self._engine() as engine:
            count = engine.client.query(
                self._alias(name), output_fields=["count(*)"], consistency_level="Strong", timeout=_WRITE_SECONDS
            )
        return (int(count[0]["count(*)"]), *(() if engine.has_words else (self._words.stored_chunks(name) or (0,))[-1:]))

    def recall(self, name: str) -> float | None:
        return None

    def compaction_due(self, name: str) -> bool:
        return False

    def compact(self, name: str, writing: Callable[[], AbstractContextManager[None]], check: Callable[[], None]) -> None:
        """Nothing: the engine compacts by itself, and Tantivy as it writes."""

    def remove(self, name: str) -> None:
        with self._engine() as engine:
            if stored := self._stored(engine, self._catalogue.collection(name)):
                engine.client.drop_alias(self._alias(name), timeout=_WRITE_SECONDS)
                engine.client.drop_collection(stored.name, timeout=_WRITE_SECONDS)
        self._words.remove(name)

    def sweep(self) -> None:
        """Remove what processes that died have left, where the engine can be asked."""
        self._words.sweep()
        with suppress(EngineUnavailableError), self._engine() as engine:
            for collection in self._catalogue.collections():
                self._drop_half_filled(engine, collection, self._stored(engine, collection))

    def _drop_half_filled(self, engine: _Engine, collection: Collection, stored: _Stored | None) -> None:
        """Remove what was never completed of a collection; the one writer fills none now."""
        made = f"{self._alias(collection.name)}_"
        for left in engine.client.list_collections(timeout=_SEARCH_SECONDS):
            if left.startswith(made) and not (stored and left == stored.name):
                engine.client.drop_collection(left, timeout=_WRITE_SECONDS)

    def _search(self, name: str, column: str, query: Any, limit: int, where: Filter, how: dict[str, Any]) -> list[Hit]:
        written = self._names.get(self._catalogue.collection(name).key)
        if limit <= 0 or written is None:
            return []
        with self._engine() as engine:
            found = engine.client.search(
                written,  # by an alias the client does not know what it wrote itself
                data=[query],
                anns_field=column,
                limit=limit,
                filter=self._expression(name, where),
                output_fields=["id"],
                search_params=how,
                # Reads what this process wrote; a strong one waits for the engine's clock, 0.4 s.
                consistency_level="Session",
                timeout=_SEARCH_SECONDS,
            )[0]
            # milvus-lite gives scores of BM25, which are never negative, with a minus.
            score = abs if column == "words" else float
            hits = [Hit(int(hit["id"]), float(score(hit["distance"]))) for hit in found]
        return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))

    def _expression(self, name: str, where: Filter) -> str:
        """A filter as the engine's; numbers of metadata and what is excluded have no column, so the catalogue resolves them."""
        if not where.ranges and where.exclude is None:
            return expression(where)
        documents = self._catalogue.matching_documents(name, where)
        return f"document in {documents}" if documents else "document < 0"

    def _stored(self, engine: _Engine, collection: Collection) -> _Stored | None:
        """The collection in the engine, if there is one and this version made it as it would be made now."""
        alias = self._alias(collection.name)
        if not engine.client.has_collection(alias, timeout=_SEARCH_SECONDS):
            self._names.pop(collection.key, None)
            return None
        told = engine.client.describe_collection(alias, timeout=_SEARCH_SECONDS)
        try:
            stored = json.loads(told["properties"][_PROPERTY])
            position, made_with = Change(int(stored["seq"]), str(stored["stamp"])), stored["made_with"]
        except (KeyError, TypeError, ValueError):
            raise EngineUnavailableError(
                f"Milvus at {self._shown} has a collection {alias} that is not of this index; rename or drop it there"
            ) from None
        self._names[collection.key] = str(told["collection_name"])
        current = made_with == _made_with(engine, collection)
        if not current and _has_words(engine.client) != engine.has_words:  # another process has met the upgraded server first
            self._connected = None
            raise EngineUnavailableError(f"Milvus at {self._shown} is of another version since this service connected; retry")
        return _Stored(str(told["collection_name"]), position if current else UNCHANGED)

    def _write(self, engine: _Engine, changes: Changes, stored: _Stored | None) -> None:
        client, collection, alias = engine.client, changes.collection, self._alias(changes.collection.name)
        anew = stored is None or changes.since == UNCHANGED
        name = f"{alias}_{secrets.token_hex(4)}" if stored is None or anew else stored.name
        if anew:
            self._drop_half_filled(engine, collection, stored)  # else each try on a full disk would leave one more there
            _create(engine, name, collection)
        for documents in () if anew else _batches(changes.documents):
            client.delete(name, filter=f"document in {documents}", timeout=_WRITE_SECONDS)
        rows = partial(self._rows, engine, collection)
        for chunks in _batches(changes.chunks()):
            client.upsert(name, list(rows(chunks)), timeout=_WRITE_SECONDS)
        position = {**changes.until._asdict(), "made_with": _made_with(engine, collection)}
        client.alter_collection_properties(name, {_PROPERTY: json.dumps(position)}, timeout=_WRITE_SECONDS)
        if anew:
            (client.alter_alias if stored else client.create_alias)(name, alias, timeout=_WRITE_SECONDS)
            if stored:
                client.drop_collection(stored.name, timeout=_WRITE_SECONDS)
        self._names[collection.key] = name

    def _rows(self, engine: _Engine, collection: Collection, chunks: Sequence[IndexedChunk]) -> Iterator[dict[str, Any]]:
        """Chunks with what filters ask of their documents; those of a damaged document are left out, as in answers."""
        firsts = {chunk.document: chunk.id for chunk in reversed(chunks)}
        described = {chunk.id: chunk.document for chunk in self._catalogue.chunks(list(firsts.values()))}
        for chunk in chunks:
            document = described.get(firsts[chunk.document])
            if document is None:
                continue
            row = {
                "id": str(chunk.id),
                "document": chunk.document,
                "path": document.path,
                "media_type": document.media_type,
                "day": document.indexed_at[:10],
                "metadata": [pair(*item) for item in document.metadata.items()][:_MOST_METADATA],
                "vector": chunk.vector,
            }
            yield row | ({"terms": _plain(stored_terms(chunk, collection.language))} if engine.has_words else {})

    def _alias(self, name: str) -> str:
        return f"quotewise_{self._catalogue.collection(name).key}_{self._catalogue.first_change(name).stamp}"

    @contextmanager
    def _engine(self) -> Iterator[_Engine]:
        """The engine for as long as it answers. Raises EngineUnavailableError."""
        with translate_errors(self._failed):
            yield self._connected or self._connect()

    def _connect(self) -> _Engine:
        with self._connecting:
            if self._connected is None:
                at, reason = self._failure
                if time.monotonic() - at < _PAUSE_SECONDS:
                    raise EngineUnavailableError(reason)
                client = MilvusClient(self._uri, timeout=_SEARCH_SECONDS, grpc_options=_CHANNEL)
                told = client.get_server_version(timeout=_SEARCH_SECONDS)
                if _version(told) < _OLDEST:
                    raise EngineUnavailableError(f"Milvus at {self._shown} is of version {told}; 2.3 or later is needed")
                self._connected = _Engine(client, _version(told) >= _WITH_BM25)
            return self._connected

    def _failed(self, reason: str) -> QuotewiseError:
        told = f"the search engine Milvus at {self._shown} does not answer as it should: {reason}"
        self._failure = time.monotonic(), told
        return EngineUnavailableError(told)


def _version(told: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", told)[:2]))


def _has_words(client: MilvusClient) -> bool:
    return _version(client.get_server_version(timeout=_SEARCH_SECONDS)) >= _WITH_BM25


def _create(engine: _Engine, name: str, collection: Collection) -> None:
    """A loaded collection of typed columns; metadata is a list of digests, since its keys are not known beforehand."""
    schema = engine.client.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=20)
    schema.add_field("document", DataType.INT64)
    schema.add_field("path", DataType.VARCHAR, max_length=_BYTES)
    schema.add_field("media_type", DataType.VARCHAR, max_length=_BYTES)
    schema.add_field("day", DataType.VARCHAR, max_length=10)
    pairs = {"element_type": DataType.VARCHAR, "max_capacity": _MOST_METADATA, "max_length": 32}
    schema.add_field("metadata", DataType.ARRAY, **pairs)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=collection.dimension)
    index = engine.client.prepare_index_params()
    index.add_index("vector", index_type="HNSW", metric_type="IP", params=_GRAPH)
    if engine.has_words:
        analyzer = {"enable_analyzer": True, "analyzer_params": {"tokenizer": "standard"}}
        schema.add_field("terms", DataType.VARCHAR, max_length=_BYTES, **analyzer)
        schema.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
        schema.add_function(Function("bm25", FunctionType.BM25, ["terms"], ["words"]))
        index.add_index("words", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
        for column in ("document", "path", "media_type", "day"):
            index.add_index(column, index_type="INVERTED")
    engine.client.create_collection(name, schema=schema, timeout=_WRITE_SECONDS)
    # There is nothing to wait for in an empty collection, where the client would sleep half a second for each index.
    engine.client.create_index(name, index, timeout=_WRITE_SECONDS, sync=False)
    engine.client.load_collection(name, timeout=_WRITE_SECONDS)


def _plain(found: Iterable[str]) -> str:
    """Terms that the engine's analyzer leaves as they are, whatever its version: in ASCII, separated by spaces."""
    spelled = (term if term.isascii() else f"x{term.encode().hex()}" for term in found)
    return " ".join(spelled).encode()[:_BYTES].decode()


def _made_with(engine: _Engine, collection: Collection) -> str:
    words = analyzer_name(collection.language) if engine.has_words else "none"
    return f"{_VERSION} {collection.dimension} {words}"


def _batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    remaining = iter(items)
    while batch := list(islice(remaining, _BATCH)):
        yield batch
