"""Folders of small files, and what an index holds of them."""

from collections.abc import Callable
from pathlib import Path

from quotewise.index.embedders import Embedder, OnnxEmbedder
from quotewise.index.filters import Filter
from quotewise.index.local_store import LocalStore
from quotewise.index.sync_report import SyncReport

Run = Callable[..., SyncReport]


class OtherEmbedder(OnnxEmbedder):
    """The bundled weights under another name, as a stand-in for a second model."""

    def __init__(self) -> None:
        super().__init__()
        self.name, self.fingerprint = "another-model", "0" * 64


def write(folder: Path, **texts: str) -> None:
    """Files by their names without ``.txt``; two underscores stand for a slash."""
    for name, text in texts.items():
        path = folder / f"{name.replace('__', '/')}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode())


def indexed(store: LocalStore, name: str = "default") -> dict[str, str]:
    return {kept.path: store.catalogue.text(kept.id) for kept in store.catalogue.documents(name)}


def found(store: LocalStore, embedder: Embedder, question: str, name: str = "default") -> tuple[list[str], list[str]]:
    nearest = store.search_dense(name, embedder.encode_query(question), 50, Filter())
    lexical_hits = store.search_lexical(name, question, 50, Filter())
    first, second = (
        [chunk.document.path for chunk in store.catalogue.chunks([hit.chunk_id for hit in hits])]
        for hits in (nearest, lexical_hits)
    )
    return first, second
