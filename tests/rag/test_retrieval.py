import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotewise.api.service import Service
from quotewise.index.embedders import Embedder
from quotewise.index.filters import Filter
from quotewise.index.local_store import LocalStore
from quotewise.index.store import Hit
from quotewise.index.sync_report import SyncReport
from quotewise.rag.passages import join_chunks
from quotewise.rag.pipeline import AskOptions
from quotewise.rag.retrieval import Query, fuse, retrieve
from tests.conftest import WHY

TEXT = "".join(
    f"Sentence number {n} says that the answer to question {n} is {n * n}.\r\n" + "\r\n" * (n % 5 == 0) for n in range(60)
)


def test_chunks_join_to_passages_that_repeat_no_sentence_and_cross_no_heading(
    store: LocalStore, sync: Callable[..., SyncReport], folder: Path
) -> None:
    (folder / "a.txt").write_bytes(TEXT.encode())
    (folder / "b.md").write_bytes(("# One\n\n" + TEXT + "\n# Two\n\n" + TEXT).encode())
    sync(chunk_tokens=40)
    chunks = store.catalogue.chunks([hit.chunk_id for hit in store.search_lexical("default", "sentence", 1000, Filter())])
    anyhow = random.Random(0).sample(range(10_000), len(chunks))  # a catalogue may number chunks in any order
    chunks = [replace(chunk, id=number) for chunk, number in zip(chunks, anyhow, strict=True)]
    texts = {document.id: store.catalogue.text(document.id) for document in store.catalogue.documents("default")}
    of_a = sorted((chunk for chunk in chunks if chunk.document.path == "a.txt"), key=lambda chunk: chunk.ordinal)
    equal = {chunk.id: 1.0 for chunk in chunks}
    assert len(of_a) > 4
    assert [len(join_chunks(some, equal, {})) for some in (of_a, [of_a[0], of_a[2]])] == [1, 2]
    assert sorted(passage.heading for passage in join_chunks(chunks, equal, {})) == [(), ("One",), ("Two",)]

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
            text = texts[passage.document.id]
            assert passage.text == text[passage.start : passage.end]
            assert passage.line_start == text[: passage.start].count("\n") + 1
            assert all(passage.slice(s) == text[s.start : s.end] for s in passage.sentences)

    check()


def test_fusion_sums_reciprocal_ranks_whatever_the_scores() -> None:
    fused = fuse([[Hit(1, 0.9), Hit(2, 0.8)], [Hit(2, 31.0), Hit(3, 2.0)]])
    assert fused == {1: pytest.approx(1 / 61), 2: pytest.approx(1 / 62 + 1 / 61), 3: pytest.approx(1 / 62)}


def test_top_k_bounds_the_chunks_and_a_filter_the_documents(seeds: Service, embedder: Embedder) -> None:
    question = Query(WHY, embedder.encode_query(WHY))
    [passage] = retrieve(seeds.store, "default", [question], 1, Filter())
    assert len(passage.sentences) == 4
    assert passage.similarity > 0.6
    assert len(retrieve(seeds.store, "default", [question], 100, Filter())) == 1
    assert seeds.pipeline.search(WHY, "default", AskOptions(where=Filter(path_prefix="elsewhere/"))).passages == ()


def test_any_text_is_searched_by_meaning_and_never_taken_for_query_syntax(seeds: Service) -> None:
    syntax = ('"unclosed', "a AND (b OR", "text:warning~2^9", "*", "[a TO b]", "\\", "' OR 1=1 --")
    for text in ("who is it?", "???", "\U0001f600", "のは", *syntax):
        assert seeds.pipeline.search(text, "default").passages


def test_dense_and_lexical_search_work_alone(seeds: Service, embedder: Embedder) -> None:
    question = Query("the of and", embedder.encode_query("the of and"))
    assert retrieve(seeds.store, "default", [question], 12, Filter(), "lexical") == []
    [dense] = retrieve(seeds.store, "default", [question], 12, Filter(), "dense")
    [hybrid] = retrieve(seeds.store, "default", [question], 12, Filter())
    assert dense.score == pytest.approx(1 / 61) == hybrid.score
    [lexical] = retrieve(seeds.store, "default", [Query(WHY, embedder.encode_query(WHY))], 12, Filter(), "lexical")
    assert (lexical.similarity, lexical.score) == (0.0, pytest.approx(1 / 61))


def test_what_copies_of_a_document_repeat_takes_the_place_of_no_other_passage(
    store: LocalStore, sync: Callable[..., SyncReport], folder: Path, embedder: Embedder
) -> None:
    lease = "The tenant pays the rent on the third of each month to the account that is named in the annex to this lease.\n"
    for name in ("lease.txt", "lease (copy).txt", "old/lease.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(lease * 2)
    (folder / "note.txt").write_text("The rent was paid late in May.")
    for flat in "AB":  # short, and of two flats
        (folder / f"{flat}.md").write_text(f"# Flat {flat}\n\nThe rent is 500 euros.")
    sync()
    found = retrieve(store, "default", [Query("tenant rent", embedder.encode_query("tenant rent"))], 4, Filter())
    assert len([passage for passage in found if passage.text.startswith("The tenant")]) == 1
    assert {passage.document.path for passage in found} > {"note.txt", "A.md", "B.md"}
