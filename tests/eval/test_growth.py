from typing import Any

from quotewise.eval.growth import bench_index, bench_search


def test_indexing_is_timed_by_stage_for_each_size() -> None:
    seen: list[dict[str, Any]] = []
    found = bench_index([20, 60], seen.append)
    assert seen == found["sizes"]
    small, large = seen
    assert 20 <= small["chunks"] < 60 <= large["chunks"]
    assert set(small["stages_ms"]) == {"split", "embed", "store", "publish"} == set(found["grows_with_chunks_to_the_power_of"])
    assert all(row["stages_ms"]["embed"] > 0 for row in seen)


def test_searching_is_timed_by_stage_and_compared_with_exact_search() -> None:
    found = bench_search([100], lambda row: None)
    [row] = found["sizes"]
    assert row["recall_at_10_of_exact"] == 1.0
    assert all(row["stages_ms"][stage] > 0 for stage in ("vectors", "words", "passages"))
    assert found["grows_with_chunks_to_the_power_of"] == {}
