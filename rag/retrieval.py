"""A question into passages: the nearest chunks, the best by BM25, or both fused by their ranks."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from quotewise.index.boilerplate import SentenceKind
from quotewise.index.filters import Filter
from quotewise.index.store import Hit, Store, StoredChunk
from quotewise.rag.defaults import Method
from quotewise.rag.passages import RANK_OFFSET, Passage, join_chunks

_DEPTH = 50
"""Hits taken from each of the two searches."""
_TELLING = 200
"""Characters from which on a text says of itself what it is about."""


@dataclass(frozen=True, slots=True)
class Query:
    """A text to search for, and its float32 (dimension,) vector by the embedder of the collection."""

    text: str
    vector: np.ndarray


def retrieve(
    store: Store,
    collection: str,
    queries: Sequence[Query],
    top_k: int,
    where: Filter,
    method: Method = "hybrid",
    also: Sequence[str] = (),
) -> list[Passage]:
    """The best ``top_k`` distinct chunks as passages, best first; adjacent chunks are merged, so there may be fewer.

    Where there are several variants of the query, their rankings are fused; each chunk has its best score and similarity.
    The hits in ``also`` other collections, which the same embedder made, are ranked among those of the first by their scores.
    """
    names = list(dict.fromkeys([collection, *also]))
    depth = max(_DEPTH, top_k)
    fused: defaultdict[int, float] = defaultdict(float)
    scores: defaultdict[int, float] = defaultdict(float)
    similarities: dict[int, float] = {}
    for query in queries:
        dense = [] if method == "lexical" else [store.search_dense(name, query.vector, depth, where) for name in names]
        lexical = [] if method == "dense" else [store.search_lexical(name, query.text, depth, where) for name in names]
        dense_hits, lexical_hits = _best(depth, dense), _best(depth, lexical)
        for chunk, score in fuse([dense_hits, lexical_hits]).items():
            fused[chunk] += score
            scores[chunk] = max(scores[chunk], score)
        for hit in dense_hits:
            similarities[hit.chunk_id] = max(similarities.get(hit.chunk_id, hit.score), hit.score)
    best = sorted(fused, key=lambda key: (-fused[key], key))
    return join_chunks(_distinct(store, best, top_k), scores, similarities)


def _distinct(store: Store, best: Sequence[int], count: int) -> list[StoredChunk]:
    """The first chunks without those that repeat an earlier one; those of which nothing is quoted only where there is room."""
    found: list[StoredChunk] = []
    spare: list[StoredChunk] = []
    by_text: defaultdict[str, list[StoredChunk]] = defaultdict(list)
    read = 0
    while len(found) < count and read < len(best):
        ids = best[read : read + count - len(found)]
        read += len(ids)
        for chunk in store.catalogue.chunks(ids):
            if not any(_repeats(chunk, other) for other in by_text[chunk.text]):
                by_text[chunk.text].append(chunk)
                is_quoted = any(kind is not SentenceKind.BOILERPLATE for kind in chunk.kinds)
                (found if is_quoted else spare).append(chunk)
    return [*found, *spare][:count]


def _repeats(chunk: StoredChunk, other: StoredChunk) -> bool:
    """Whether a chunk with the text of another one is about the same, as in a copy of its document or in a part of it."""
    if len(chunk.text) >= _TELLING and chunk.document.id != other.document.id:
        return True
    return (chunk.document.title, chunk.heading) == (other.document.title, other.heading)


def _best(limit: int, hits: Sequence[list[Hit]]) -> list[Hit]:
    """The best hits of all collections; those of one stay in the order in which the index returned them."""
    return list(hits[0]) if len(hits) == 1 else sorted(chain(*hits), key=lambda hit: -hit.score)[:limit]


def fuse(rankings: Iterable[Sequence[Hit]]) -> dict[int, float]:
    """Reciprocal rank fusion: to each chunk the sum, over the rankings that have it, of 1 / (60 + its rank from 1)."""
    scores: defaultdict[int, float] = defaultdict(float)
    for ranking in rankings:
        for rank, hit in enumerate(ranking, 1):
            scores[hit.chunk_id] += 1 / (RANK_OFFSET + rank)
    return dict(scores)
