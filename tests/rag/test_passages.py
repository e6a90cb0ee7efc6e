import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quotewise.index.ingest import SyncReport
from quotewise.index.local_store import LocalStore
from quotewise.index.store import StoredChunk
from quotewise.rag.passages import join_chunks

TEXT = "".join(
    f"Sentence number {n} says that the answer to question {n} is {n * n}.\r\n" + "\r\n" * (n % 5 == 0) for n in range(60)
)


@pytest.fixture
def chunks(store: LocalStore, sync: Callable[..., SyncReport], folder: Path) -> list[StoredChunk]:
    (folder / "a.txt").write_bytes(TEXT.encode())
    (folder / "b.md").write_bytes(("# One\n\n" + TEXT + "\n# Two\n\n" + TEXT).encode())
    sync(chunk_tokens=40)
    ids = [hit for document in store.catalogue.documents("default") for hit in chunk_ids(store, document.id)]
    chunks = store.catalogue.chunks(ids)
    anyhow = random.Random(0).sample(range(10_000), len(chunks))  # a catalogue may number chunks in any order
    return [replace(chunk, id=number) for chunk, number in zip(chunks, anyhow, strict=True)]


def chunk_ids(store: LocalStore, document_id: str) -> list[int]:
    rows = store.catalogue._database.rows(
        "SELECT k.id FROM chunks k JOIN documents d ON d.row = k.document WHERE d.id = ? ORDER BY k.id", document_id
    )
    return [row[0] for row in rows]


def test_any_selection_of_chunks_becomes_passages_that_repeat_no_sentence(store: LocalStore, chunks: list[StoredChunk]) -> None:
    @given(st.sets(st.sampled_from(range(len(chunks))), min_size=1), st.randoms(use_true_random=False))
    def check(selection: set[int], chance: random.Random) -> None:
        chosen = [chunks[i] for i in selection]
        chance.shuffle(chosen)
        passages = join_chunks(chosen, {chunk.id: chance.random() for chunk in chosen}, {})
        sentences = [(p.document.path, s) for p in passages for s in p.sentences]
        assert len(sentences) == len(set(sentences))
        assert set(sentences) == {(c.document.path, s) for c in chosen for s in c.sentences}
        assert [p.score for p in passages] == sorted((p.score for p in passages), reverse=True)
        for passage in passages:
            text = store.catalogue.text(passage.document.id)
            assert passage.text == text[passage.start : passage.end]
            assert passage.line_start == text[: passage.start].count("\n") + 1
            assert all(passage.slice(s) == text[s.start : s.end] for s in passage.sentences)

    check()


def test_adjacent_chunks_become_one_passage_and_others_do_not(chunks: list[StoredChunk]) -> None:
    of_a = [chunk for chunk in chunks if chunk.document.path == "a.txt"]
    scores = {chunk.id: 1.0 for chunk in chunks}
    assert len(of_a) > 4
    assert len(join_chunks(of_a, scores, {})) == 1
    assert len(join_chunks([of_a[0], of_a[2]], scores, {})) == 2


def test_a_passage_does_not_cross_a_heading(chunks: list[StoredChunk]) -> None:
    of_b = [chunk for chunk in chunks if chunk.document.path == "b.md"]
    passages = join_chunks(of_b, {chunk.id: 1.0 for chunk in of_b}, {})
    assert sorted(passage.heading for passage in passages) == [("One",), ("Two",)]
