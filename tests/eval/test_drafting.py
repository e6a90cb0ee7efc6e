import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from quotewise.eval.drafting import draft
from quotewise.eval.gold import GoldError, load_gold

TEXT = "The bridge fell in March. Nobody was hurt. It rose again in May. It fell again."


def drafting(path: Path, typed: list[str], texts: list[tuple[str, str]] | None = None) -> list[str]:
    """What was told while these lines were typed."""
    lines: Iterator[str] = iter(typed)
    told: list[str] = []

    def ask(prompt: str) -> str:
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None

    draft(path, texts or [("a.txt", TEXT)], ask, told.append, random.Random(0))
    return told


def test_questions_are_written_with_the_quote_that_was_marked(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    told = drafting(
        path, ["when did it fall?", "1", "March", "and then?", "3-4", "", "what was it hurt by?", "was hurt", "", "."]
    )
    assert "[2] Nobody was hurt." in told
    first, second, third = load_gold(path).located({"a.txt": TEXT}.get).questions
    assert (first.id, first.quotes[0].quote, first.answers) == ("gold-001", "The bridge fell in March.", ["March"])
    assert (second.quotes[0].quote, second.answers) == ("It rose again in May. It fell again.", [])
    assert third.quotes[0].quote == "was hurt"


def test_what_marks_no_place_is_asked_for_again(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    told = drafting(path, ["when?", "9", "0", "3-2", "", "nowhere", "again", "2", "", "."])
    assert told.count("the sentences are numbered from 1 to 4") == 3
    assert "the passage has no such words" in told
    assert "the passage has these words more than once; type more of them" in told
    assert load_gold(path).questions[0].quotes[0].quote == "Nobody was hurt."


def test_a_file_that_is_there_is_added_to_and_input_may_end_at_any_time(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    drafting(path, ["! who built it?", ""])
    drafting(path, ["! who paid for it?", "when?"])
    assert [(one.id, one.question, one.answerable) for one in load_gold(path).questions] == [
        ("gold-001", "who built it?", False),
        ("gold-002", "who paid for it?", False),
    ]
    path.write_bytes(path.read_bytes().rstrip(b"\n"))  # as other programs may leave it
    drafting(path, ["when did it fall?", "1"])
    assert load_gold(path).questions[-1].quotes[0].quote == "The bridge fell in March."
    with pytest.raises(GoldError, match="is gzipped"):
        drafting(path.with_suffix(".gz"), [])
    path.write_text("{", encoding="utf-8")
    with pytest.raises(GoldError, match=r"gold\.jsonl:1"):
        drafting(path, [])


def test_there_is_nothing_to_ask_about_in_an_empty_collection(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="the collection is empty"):
        drafting(tmp_path / "gold.jsonl", [], [("a.txt", "")])
