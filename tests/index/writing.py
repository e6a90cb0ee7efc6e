"""Small documents with vectors by hand, for tests of the store that need no embedder."""

from collections.abc import Mapping, Sequence

import numpy as np

from quotewise.index.chunking import Chunker
from quotewise.index.documents import Document, parse_document
from quotewise.index.local_store import LocalStore
from quotewise.index.store import Catalogue, Collection

DIMENSION = 4
COLLECTION = Collection("default", "/folder", "by hand", "f" * 64, DIMENSION, 12)


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def document(path: str, text: str, metadata: Mapping[str, str] | None = None) -> Document:
    """With metadata, text is Markdown."""
    front = "".join(f"{key}: '{value}'\n" for key, value in (metadata or {}).items())
    return parse_document(path, (f"---\n{front}---\n{text}" if front else text).encode())


def unit(*values: float) -> np.ndarray:
    vector = np.array(values, np.float32)
    return vector / np.linalg.norm(vector)


def put(
    store: Catalogue | LocalStore,
    path: str,
    text: str = "It is so.",
    vector: np.ndarray | None = None,
    metadata: Mapping[str, str] | None = None,
    name: str = "default",
) -> Document:
    """Put a document whose chunks all have the same vector."""
    made = document(path, text, metadata)
    chunks = Chunker(count_words, COLLECTION.chunk_tokens).chunks(made)
    vectors = np.tile(unit(1, 0, 0, 0) if vector is None else vector, (len(chunks), 1))
    catalogue = store.catalogue if isinstance(store, LocalStore) else store
    catalogue.put(name, made, chunks, vectors)
    return made
