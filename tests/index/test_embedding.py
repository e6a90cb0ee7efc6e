import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import quotewise.index.catalogue
import quotewise.index.chunking
import quotewise.index.embedding
import quotewise.index.formats.text
from quotewise.index.embedders import Embedder, OnnxEmbedder
from quotewise.index.filters import Filter
from quotewise.index.ingest import Sync
from quotewise.index.local_store import LocalStore
from quotewise.index.reading import Reading
from quotewise.index.uploads import Uploads
from tests.index.syncing import Run, indexed, write


def test_the_vector_of_a_chunk_is_that_of_its_heading_and_text(store: LocalStore, embedder: Embedder, folder: Path) -> None:
    (folder / "a.md").write_text("# Sea\n\n## Whales\n\nThey sing.\n\n# Land\n\n" + "Cows moo in the morning. " * 100)
    Sync(store, embedder).run(folder, chunk_tokens=50)
    hits = store.search_dense("default", embedder.encode_query("Sea > Whales\nThey sing."), 99, Filter())
    assert len(hits) > 10
    assert store.catalogue.chunks([hits[0].chunk_id])[0].heading == ("Sea", "Whales")
    assert hits[0].score == pytest.approx(1, abs=1e-4)
    cows = embedder.encode_document([f"Land\n{store.catalogue.chunks([hits[-1].chunk_id])[0].text.strip()}"])[0]
    assert store.search_dense("default", cows, 1, Filter())[0].score == pytest.approx(1, abs=1e-4)


def test_many_batches_keep_every_vector_with_its_chunk(
    store: LocalStore, embedder: Embedder, folder: Path, sync: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotewise.index.embedding, "WAITING_CHUNKS", 7)
    monkeypatch.setattr(quotewise.index.embedding, "BATCH_CHUNKS", 3)
    write(folder, **{f"f{n}": "\n\n".join(f"Animal {n} eats plant {m}." for m in range(n % 5 + 1)) for n in range(12)})
    report = sync(chunk_tokens=8)
    assert (len(report.added), report.chunks) == (12, store.catalogue.size("default").chunks)
    hits = store.search_dense("default", embedder.encode_query("Animal 9 eats plant 4."), 1, Filter())
    assert store.catalogue.chunks([hits[0].chunk_id])[0].text == "Animal 9 eats plant 4."
    assert hits[0].score == pytest.approx(1, abs=1e-4)


def test_a_file_of_more_chunks_than_a_document_can_have_fails_alone(
    store: LocalStore, folder: Path, sync: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotewise.index.catalogue, "ORDINAL_BITS", 3)
    (folder / "many.md").write_text("# A\n\na\n\n# B\n\nb\n\n" * 10)
    write(folder, a="Whales sing.", z="Sharks bite.")
    report = sync()
    assert [failure.path for failure in report.failed] == ["many.md"]
    assert report.added == ("a.txt", "z.txt")


class PanicError(BaseException):
    """What a library in Rust raises, which is no Exception."""


@pytest.mark.parametrize(
    ("stage", "error"),
    [
        *(("parse", error) for error in (RuntimeError, RecursionError, MemoryError, OverflowError, UnicodeError)),
        *((stage, PanicError) for stage in ("parse", "chunk", "embed", "commit")),
    ],
)
def test_whatever_fails_in_one_document_is_its_own_failure_and_never_the_runs(
    store: LocalStore, sync: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, stage: str, error: type[BaseException]
) -> None:
    def failing(wrapped: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            if any("poison" in text for text in map(str, args)):
                raise error("of a library")
            return wrapped(*args, **options)

        return call

    places: dict[str, tuple[Any, str]] = {
        "parse": (quotewise.index.formats.text, "parse"),
        "chunk": (quotewise.index.chunking.Chunker, "chunks"),
        "embed": (OnnxEmbedder, "encode_document"),
        "commit": (quotewise.index.catalogue, "digest"),
    }
    write(folder, a="One fish.", b="A poison.", c="Two fish.")
    monkeypatch.setattr(*places[stage], failing(getattr(*places[stage])))
    report = sync()
    assert (report.added, [failure.path for failure in report.failed]) == (("a.txt", "c.txt"), ["b.txt"])
    assert f"{error.__name__}: of a library" in report.failed[0].reason
    assert set(indexed(store)) == {"a.txt", "c.txt"}


# Vectors that are known


class CountingEmbedder(OnnxEmbedder):
    """The bundled one, which keeps the texts that it embeds."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def encode_document(self, texts: Sequence[str]) -> np.ndarray:
        self.texts += texts
        return super().encode_document(texts)

    def embedded(self) -> list[str]:
        """The texts since the last time."""
        texts, self.texts = self.texts, []
        return texts


def test_a_moved_file_keeps_its_vectors_and_a_changed_one_those_of_what_did_not_change(store: LocalStore, folder: Path) -> None:
    embedder = CountingEmbedder()
    releases = [f"# Release {n}\n\nThe bridge number {n} was mended.\n\n" for n in range(5)]
    (folder / "log.md").write_text("".join(releases))
    write(folder, a="Whales sing.", b="Sharks bite.")
    sync = Sync(store, embedder)
    sync.run(folder)
    assert len(embedder.embedded()) == 7
    (folder / "sub").mkdir()
    (folder / "a.txt").rename(folder / "sub" / "moved.txt")
    shutil.copy(folder / "b.txt", folder / "copy.txt")
    report = sync.run(folder)
    assert (report.added, report.removed) == (("copy.txt", "sub/moved.txt"), ("a.txt",))
    assert embedder.embedded() == []
    (folder / "log.md").write_text("".join(["# Release 5\n\nThe gate was painted.\n\n", *releases]))
    assert sync.run(folder).changed == ("log.md",)
    [text] = embedder.embedded()
    assert "The gate was painted." in text
    assert len(Sync(store, embedder, Reading(again=True)).run(folder).changed) == 4
    assert embedder.embedded() == []
    for path in ("log.md", "sub/moved.txt"):
        for text, vector in store.catalogue.vectors("default", path).items():
            assert vector == pytest.approx(embedder.encode_document([text])[0], abs=3e-4)  # in half precision


def test_a_put_embeds_only_what_is_new(store: LocalStore) -> None:
    embedder = CountingEmbedder()
    uploads = Uploads(store, lambda name, text: embedder, store.folder / "uploads", 1000)
    uploads.put("default", "a.md", b"# Tea\n\nIt is brewed.\n")
    embedder.embedded()
    uploads.put("default", "a.md", b"# Tea\n\nIt is brewed.\n\n# Coffee\n\nIt is roasted.\n")
    [text] = embedder.embedded()
    assert "roasted" in text


def test_copies_that_come_later_in_a_run_are_not_embedded_again(
    store: LocalStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotewise.index.embedding, "WAITING_CHUNKS", 1)
    embedder = CountingEmbedder()
    write(folder, a="Whales sing.", b="Gulls cry.", c="Whales sing.", d="Whales sing. Not here.")
    report = Sync(store, embedder).run(folder)
    assert (len(report.added), embedder.embedded()) == (4, ["Whales sing.", "Gulls cry.", "Whales sing. Not here."])
    assert list(store.catalogue.vectors("default", "c.txt")) == ["Whales sing."]
