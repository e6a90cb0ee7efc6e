"""Engines that search vectors and words, behind one interface: ours, and others as their documentation sets them up.

An engine is given passages by number and answers with numbers, best first. What it adds can be found when ``add`` returns.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from quotewise.eval.bench.filling import CHUNKS, NAME, Made
from quotewise.index.chunking import DEFAULT_CHUNK_TOKENS
from quotewise.index.filters import Filter
from quotewise.index.local_store import LocalStore
from quotewise.index.store import Collection, Hit

TOP = 10
_COLUMNS = "id", "text", "vector"


@dataclass(frozen=True)
class Passages:
    """Documents from number ``first`` on, of ``CHUNKS`` passages each, which are numbered through."""

    first: int
    made: Sequence[Made]

    @property
    def numbers(self) -> range:
        return range(self.first * CHUNKS, (self.first + len(self.made)) * CHUNKS)

    @property
    def texts(self) -> list[str]:
        return [text for made in self.made for text in made.texts()]

    @property
    def vectors(self) -> np.ndarray:
        """Unit vectors, float32 (passages, dimension)."""
        return np.concatenate([made.vectors for made in self.made])

    def rows(self) -> Iterable[dict[str, Any]]:
        return (dict(zip(_COLUMNS, row, strict=True)) for row in zip(self.numbers, self.texts, self.vectors, strict=True))


class Engine(Protocol):
    """What is compared: ``dense`` by vector, ``words`` by BM25, None where it has no such search; ``TOP`` numbers each."""

    setup: str

    def __init__(self, folder: Path, dimension: int) -> None: ...

    def add(self, passages: Passages) -> None: ...

    def dense(self, vector: np.ndarray) -> list[int]: ...

    def words(self, query: str) -> list[int] | None: ...


class Quotewise:
    setup = "as installed; the texts of what is found are read, too"

    def __init__(self, folder: Path, dimension: int) -> None:
        self._store = LocalStore(folder / "index", create=True)
        self._store.catalogue.add_collection(Collection(NAME, str(folder), "", "", dimension, DEFAULT_CHUNK_TOKENS, "en"))

    def add(self, passages: Passages) -> None:
        with self._store.writing():
            for made in passages.made:
                self._store.catalogue.put(NAME, made.document, made.chunks, made.vectors)
            self._store.publish(NAME)

    def dense(self, vector: np.ndarray) -> list[int]:
        return self._numbers(self._store.search_dense(NAME, vector, TOP, Filter()))

    def words(self, query: str) -> list[int] | None:
        return self._numbers(self._store.search_lexical(NAME, query, TOP, Filter()))

    def _numbers(self, hits: Sequence[Hit]) -> list[int]:
        chunks = self._store.catalogue.chunks([hit.chunk_id for hit in hits])
        return [int(Path(chunk.document.path).stem) * CHUNKS + chunk.ordinal for chunk in chunks]


class HaystackInMemory:
    setup = "haystack-ai: InMemoryDocumentStore, dot product, BM25L as by default"

    def __init__(self, folder: Path, dimension: int) -> None:
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        self._store = InMemoryDocumentStore(embedding_similarity_function="dot_product")

    def add(self, passages: Passages) -> None:
        self._store.write_documents(_haystack_documents(passages))

    def dense(self, vector: np.ndarray) -> list[int]:
        return [int(found.id) for found in self._store.embedding_retrieval(vector.tolist(), top_k=TOP)]

    def words(self, query: str) -> list[int] | None:
        return [int(found.id) for found in self._store.bm25_retrieval(query, top_k=TOP)]


class HaystackFaiss:
    setup = (
        "faiss-haystack: FAISSDocumentStore, flat as by default, in memory; no search of words; one call at a time, since it "
        "crashes otherwise"
    )

    def __init__(self, folder: Path, dimension: int) -> None:
        from haystack_integrations.document_stores.faiss import FAISSDocumentStore

        self._store, self._lock = FAISSDocumentStore(embedding_dim=dimension), threading.Lock()

    def add(self, passages: Passages) -> None:
        with self._lock:
            self._store.write_documents(_haystack_documents(passages))

    def dense(self, vector: np.ndarray) -> list[int]:
        with self._lock:
            return [int(found.id) for found in self._store.search(vector.tolist(), top_k=TOP)]

    def words(self, query: str) -> list[int] | None:
        return None


class Txtai:
    setup = (
        "txtai: Embeddings(hybrid=True, content=True) with given vectors; one call at a time, since it crashes otherwise; "
        "what is added later is not saved"
    )

    def __init__(self, folder: Path, dimension: int) -> None:
        from txtai import Embeddings

        self._folder, self._known, self._filled = folder, dict[str, np.ndarray](), False
        self._lock, any_vector = threading.Lock(), np.ones(dimension, np.float32)

        def vectors(texts: Sequence[str]) -> np.ndarray:
            return np.stack([self._known.get(text, any_vector) for text in texts])

        self._embeddings = Embeddings(method="external", transform=vectors, hybrid=True, content=True)

    def add(self, passages: Passages) -> None:
        rows = [(str(number), text) for number, text in zip(passages.numbers, passages.texts, strict=True)]
        with self._lock:
            self._known = dict(zip(passages.texts, passages.vectors, strict=True))
            if self._filled:
                self._embeddings.upsert(rows)
                return
            self._embeddings.index(rows)
            self._embeddings.save(str(self._folder / "index"))
            self._filled = True

    def dense(self, vector: np.ndarray) -> list[int]:
        return self._numbers("", 1.0, vector)

    def words(self, query: str) -> list[int] | None:
        return self._numbers(query, 0.0)

    def _numbers(self, query: str, of_vectors: float, vector: np.ndarray | None = None) -> list[int]:
        with self._lock:
            if vector is not None:
                self._known[query] = vector
            return [int(found["id"]) for found in self._embeddings.search(query, TOP, weights=of_vectors)]


class LanceDB:
    setup = "lancedb: IVF_PQ by dot product, refine factor 10, full-text index; rows added later are scanned"

    def __init__(self, folder: Path, dimension: int) -> None:
        import lancedb

        self._database = lancedb.connect(folder / "index")
        self._table: Any = None

    def add(self, passages: Passages) -> None:
        if self._table:
            self._table.add(list(passages.rows()))
            return
        self._table = self._database.create_table("passages", list(passages.rows()))
        self._table.create_index(metric="dot", vector_column_name="vector")
        self._table.create_fts_index("text")

    def dense(self, vector: np.ndarray) -> list[int]:
        found = self._table.search(vector, vector_column_name="vector").distance_type("dot").refine_factor(10)
        return _ids(found.limit(TOP).select(["id", "text", "_distance"]).to_list())

    def words(self, query: str) -> list[int] | None:
        return _ids(self._table.search(query, query_type="fts").limit(TOP).select(["id", "text", "_score"]).to_list())


class MilvusLite:
    setup = "milvus-lite: HNSW (M 16, efConstruction 200, ef 128) by inner product, BM25 by its function; Session consistency"

    def __init__(self, folder: Path, dimension: int) -> None:
        from pymilvus import DataType, Function, FunctionType, MilvusClient

        self._client = MilvusClient(str(folder / "milvus.db"))
        schema = self._client.create_schema(auto_id=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("text", DataType.VARCHAR, max_length=65_535, enable_analyzer=True)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
        schema.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
        schema.add_function(Function("bm25", FunctionType.BM25, ["text"], ["words"]))
        index = self._client.prepare_index_params()
        index.add_index("vector", index_type="HNSW", metric_type="IP", params={"M": 16, "efConstruction": 200})
        index.add_index("words", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
        self._client.create_collection("passages", schema=schema, index_params=index, consistency_level="Session")

    def add(self, passages: Passages) -> None:
        rows = list(passages.rows())
        for at in range(0, len(rows), 1000):
            self._client.insert("passages", rows[at : at + 1000])

    def dense(self, vector: np.ndarray) -> list[int]:
        return self._numbers("vector", vector.tolist(), {"params": {"ef": 128}})

    def words(self, query: str) -> list[int] | None:
        return self._numbers("words", query, {})

    def _numbers(self, column: str, query: Any, parameters: dict[str, Any]) -> list[int]:
        [found] = self._client.search(
            "passages", [query], anns_field=column, limit=TOP, search_params=parameters, output_fields=["id", "text"]
        )
        return [int(hit["id"]) for hit in found]


ENGINES: dict[str, type[Engine]] = {
    "quotewise": Quotewise,
    "haystack-in-memory": HaystackInMemory,
    "haystack-faiss": HaystackFaiss,
    "txtai": Txtai,
    "lancedb": LanceDB,
    "milvus-lite": MilvusLite,
}


def _haystack_documents(passages: Passages) -> list[Any]:
    from haystack import Document

    return [Document(id=str(row["id"]), content=row["text"], embedding=row["vector"].tolist()) for row in passages.rows()]


def _ids(rows: Iterable[dict[str, Any]]) -> list[int]:
    return [int(row["id"]) for row in rows]
