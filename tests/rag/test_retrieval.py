from pathlib import Path

import pytest
from quotewise.api.service import Service
from quotewise.index.store import Filter, Hit
from quotewise.rag.pipeline import AskOptions
from quotewise.rag.retrieval import Query, fuse, retrieve

from tests.conftest import WHY


def test_fusion_sums_reciprocal_ranks_whatever_the_scores() -> None:
    fused = fuse([[Hit(1, 0.9), Hit(2, 0.8)], [Hit(2, 31.0), Hit(3, 2.0)]])
    assert fused == {1: pytest.approx(1 / 61), 2: pytest.approx(1 / 62 + 1 / 61), 3: pytest.approx(1 / 62)}


def test_top_k_bounds_the_chunks_and_the_best_comes_first(seeds: Service) -> None:
    question = Query(WHY, seeds.pipeline.embedder_of("default").encode_query(WHY))
    [passage] = retrieve(seeds.store, "default", [question], 1, Filter())
    assert len(passage.sentences) == 4
    assert passage.similarity > 0.6
    assert len(retrieve(seeds.store, "default", [question], 100, Filter())) == 1


def test_a_filter_that_lets_nothing_through_finds_nothing(seeds: Service) -> None:
    assert seeds.pipeline.search(WHY, "default", AskOptions(where=Filter(path_prefix="elsewhere/"))).passages == ()


def test_a_question_of_stop_words_or_signs_is_still_searched_by_meaning(seeds: Service) -> None:
    for text in ("who is it?", "???", "\U0001f600", "のは"):
        assert seeds.pipeline.search(text, "default").passages


def test_words_that_are_query_syntax_elsewhere_are_only_words_here(seeds: Service) -> None:
    for text in ('"unclosed', "a AND (b OR", "text:warning~2^9", "*", "[a TO b]", "\\", "' OR 1=1 --"):
        seeds.pipeline.search(text, "default")
    assert Path(seeds.store.folder).is_dir()


def test_one_way_of_searching_can_be_had_without_the_other(seeds: Service) -> None:
    question = Query("the of and", seeds.pipeline.embedder_of("default").encode_query("the of and"))
    assert retrieve(seeds.store, "default", [question], 12, Filter(), "lexical") == []
    [dense] = retrieve(seeds.store, "default", [question], 12, Filter(), "dense")
    [hybrid] = retrieve(seeds.store, "default", [question], 12, Filter())
    assert dense.score == pytest.approx(1 / 61) == hybrid.score
    asked = Query(WHY, seeds.pipeline.embedder_of("default").encode_query(WHY))
    [lexical] = retrieve(seeds.store, "default", [asked], 12, Filter(), "lexical")
    assert (lexical.similarity, lexical.score) == (0.0, pytest.approx(1 / 61))
