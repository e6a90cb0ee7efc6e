"""A killed indexing run leaves every committed document and no half of one. ``QUOTEWISE_KILLS`` sets how many kills."""

import multiprocessing
import os
import random
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import quotewise.index.embedding
from quotewise.index.embedders import Embedder, load_embedder
from quotewise.index.ingest import Sync
from quotewise.index.integrity import check
from quotewise.index.local_store import LocalStore
from quotewise.index.store import UNCHANGED, Filter
from tests.conftest import SEED, SEEDS

KILLS = int(os.environ.get("QUOTEWISE_KILLS", "3"))
FILES = 80
QUESTION = "Who was warned of file 17?"


def run_sync(folder: Path, target: Path, batch_chunks: int) -> None:
    quotewise.index.embedding.BATCH_CHUNKS = batch_chunks  # small batches spread the commits over the whole run
    store = LocalStore(target, create=True)
    Sync(store, load_embedder()).run(folder)
    store.close()


def contents(store: LocalStore) -> dict[str, Any]:
    """Everything that a collection holds by path, with vectors apart since they are equal only to rounding."""
    catalogue = store.catalogue
    found: dict[str, Any] = {d.path: (d.sha256, d.chunks, catalogue.text(d.id), [], []) for d in catalogue.documents("default")}
    vectors = {chunk.id: chunk.vector for chunk in catalogue.changes("default", UNCHANGED).chunks()}
    for chunk in sorted(catalogue.chunks(list(vectors)), key=lambda chunk: chunk.ordinal):
        _, _, _, chunks, its_vectors = found[chunk.document.path]
        chunks.append((chunk.start, chunk.end, chunk.sentences, chunk.kinds, chunk.text))
        its_vectors.append(vectors[chunk.id])
    return found


def assert_same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    for path, (*facts, vectors) in found.items():
        *expected_facts, expected_vectors = expected[path]
        assert facts == expected_facts
        np.testing.assert_allclose(vectors, expected_vectors, atol=1e-5)


def found_paths(store: LocalStore, embedder: Embedder) -> list[list[str]]:
    nearest = store.search_dense("default", embedder.encode_query(QUESTION), FILES, Filter())
    lexical_hits = store.search_lexical("default", QUESTION, FILES, Filter())
    return [
        sorted(chunk.document.path for chunk in store.catalogue.chunks([h.chunk_id for h in hits]))
        for hits in (nearest, lexical_hits)
    ]


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_run_leaves_whole_documents_and_is_finished_by_the_next(
    seed: int, reference: "Reference", tmp_path: Path, embedder: Embedder
) -> None:
    target = tmp_path / "index"
    process = reference.processes.Process(target=run_sync, args=(reference.folder, target, 4))
    process.start()
    time.sleep(random.Random(seed).uniform(0, reference.seconds))
    if process.pid and process.is_alive():
        os.kill(process.pid, signal.SIGKILL)
    process.join(100)
    assert process.exitcode is not None, "it hangs"

    store = LocalStore(target, create=True)
    committed = {}
    if store.catalogue.collections():
        committed = contents(store)
        assert_same(committed, reference.contents)
        assert len(committed) == store.catalogue.size("default").documents
        assert found_paths(store, embedder) == [sorted(committed)] * 2
    report = Sync(store, embedder).run(reference.folder)
    assert len(report.unchanged) == len(committed)
    assert len(report.added) == FILES - len(committed)
    finished = contents(store)
    assert finished.keys() == reference.contents.keys()
    assert_same(finished, reference.contents)
    assert found_paths(store, embedder) == reference.found
    assert all(finding.sound for finding in check(store))
    store.close()
    shutil.rmtree(target)


class Reference:
    """An uninterrupted run over the same files: how long it took and what it made."""

    def __init__(self, folder: Path, target: Path, embedder: Embedder) -> None:
        self.folder = folder
        self.processes = multiprocessing.get_context("forkserver")
        self.processes.set_forkserver_preload([__name__])
        warm = self.processes.Process(target=time.sleep, args=(0,))  # starts the server, which imports everything once
        warm.start()
        warm.join()
        process = self.processes.Process(target=run_sync, args=(folder, target, 4))
        started = time.monotonic()
        process.start()
        process.join()
        self.seconds = time.monotonic() - started
        assert process.exitcode == 0
        store = LocalStore(target)
        self.contents = contents(store)
        self.found = found_paths(store, embedder)
        store.close()


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Reference:
    folder = tmp_path_factory.mktemp("files")
    sentences = (SEEDS / SEED).read_text(encoding="utf-8").split(". ")
    for number in range(FILES):
        text = ". ".join(random.Random(number).sample(sentences, 2))
        (folder / f"{number:03}.txt").write_text(f"File {number}. {text}.", encoding="utf-8")
    reference = Reference(folder, tmp_path_factory.mktemp("reference") / "index", embedder)
    assert len(reference.contents) == FILES
    return reference
