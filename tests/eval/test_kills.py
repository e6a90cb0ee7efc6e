from quotewise.eval.kills import bench_kills


def test_what_was_acknowledged_outlives_kills_whole_and_found() -> None:
    outcome = bench_kills(10)
    assert outcome.losses == []
    assert outcome.kills == {"uploads": 6, "indexing": 2, "server": 1, "keys": 1}
    assert outcome.during_a_change > 3
