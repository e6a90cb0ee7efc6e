from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotewise.index.progress import Step, Work
from tests.index.texts import examples

A_BYTE, A_CHARACTER = 1e-6, 1e-5
"""Seconds to parse one, and to embed one."""


def steps_of(files: Mapping[str, tuple[int, int]], batch: int = 50_000) -> list[tuple[Step, float]]:
    """The steps of a sync of files, each of so many bytes and characters, with the seconds that are really left."""
    now = 0.0
    steps: list[tuple[Step, float]] = []
    work = Work({path: size for path, (size, _) in files.items()}, lambda step: steps.append((step, now)), lambda: now)
    waiting: dict[str, int] = {}
    for path, (size, characters) in files.items():
        work.begin(path)
        now += size * A_BYTE
        work.parsed(path, characters)
        waiting[path] = characters
        if sum(waiting.values()) >= batch or path == list(files)[-1]:
            left = sum(waiting.values())
            while left:
                some = min(batch, left)
                now += some * A_CHARACTER
                left -= some
                work.embedded(some)
            for done in waiting:
                work.committed(done)
            waiting = {}
    return [(step, now - at) for step, at in steps]


def assert_within_a_factor_of_two(files: Mapping[str, tuple[int, int]]) -> None:
    steps = steps_of(files)
    total = sum(size for size, _ in files.values())
    assert [step.done_bytes for step, _ in steps] == sorted(step.done_bytes for step, _ in steps)
    assert (steps[-1][0].done_bytes, steps[-1][0].total_bytes) == (total, total)
    assert {step.path for step, _ in steps} <= {*files, ""}
    for step, left in steps:
        if step.seconds_left is not None and left > 0.05:
            assert left / 2 <= step.seconds_left <= 2 * left


@pytest.mark.parametrize("first", [True, False])
def test_the_estimate_holds_where_one_file_is_most_of_the_folder_and_moves_within_it(first: bool) -> None:
    small = {f"{n}.md": (2_000, 1_900) for n in range(40)}
    log = {"changes.txt": (1_000_000, 990_000)}
    files = {**log, **small} if first else {**small, **log}
    assert_within_a_factor_of_two(files)
    within = [step for step, _ in steps_of(files) if step.path == "changes.txt" and step.seconds_left is not None]
    assert len({step.done_bytes for step in within}) > 15


@examples(30)
@given(st.lists(st.tuples(st.integers(1, 300_000), st.floats(0.8, 1.0)), min_size=1, max_size=30))
def test_the_estimate_holds_for_any_folder_of_text(sizes: list[tuple[int, float]]) -> None:
    assert_within_a_factor_of_two({f"{n}.txt": (size, int(size * part)) for n, (size, part) in enumerate(sizes)})


def test_scans_of_many_bytes_and_little_text_are_told_from_text_once_the_first_is_parsed() -> None:
    steps = steps_of({f"{n}.pdf": (5_000_000, 60_000) for n in range(6)})
    assert all(left / 2 <= step.seconds_left <= 2 * left for step, left in steps if step.seconds_left and left > 0.05)


def test_nothing_is_estimated_before_anything_was_embedded() -> None:
    steps: list[Step] = []
    work = Work({"a.txt": 10, "b\n.txt": 30}, steps.append)
    work.done("a.txt")
    work.begin("b\n.txt")
    assert steps == [Step(10, 40, "a.txt", None), Step(10, 40, "b\\n.txt", None)]
