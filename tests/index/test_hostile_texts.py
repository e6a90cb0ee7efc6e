"""Texts of which one part repeats, at which a pattern with two ways to match it takes for ever."""

import time

import pytest
from quotewise.index.documents import parse_document
from quotewise.index.sentences import sentence_spans

LENGTH = 40_000
HARMLESS = "The cat sat on the mat. It slept all day, as cats do.\n\n"


def seconds(text: str, name: str) -> float:
    """Processor time to parse a file and to take its text apart."""
    began = time.process_time()
    sentence_spans(parse_document(name, text.encode()).text)
    return time.process_time() - began


@pytest.fixture(scope="module")
def allowed() -> dict[str, float]:
    text = HARMLESS * (LENGTH // len(HARMLESS))
    return {name: 20 * min(seconds(text, name) for _ in range(2)) + 0.3 for name in ("a.txt", "a.md")}


@pytest.mark.parametrize(
    ("start", "unit", "end"),
    [
        ("A cat.", "†", "b is here."),
        ("A cat.", "²", "b is here."),
        ("A cat.", "[^.[^a]", "b is here."),
        ("A cat.", "[1] ", "b is here."),
        ("x", "<br>", ""),
        ("x", "<br >  ", ""),
        ("# a", " ", "b"),
        ("# a", " #", "b"),
        ("a", "\t", "b"),
        ("a", "\t", ""),
        ("", ">", " x.\nY"),
        ("[a]: ", "a.aa/", " x"),
        ("[a]: ", "a.aa", " x"),
        ("<div>", "<h1>", ""),
        ("", "!", "x"),
    ],
)
def test_a_hostile_text_takes_little_more_time_than_a_harmless_one(
    start: str, unit: str, end: str, allowed: dict[str, float]
) -> None:
    text = start + unit * (LENGTH // len(unit)) + end
    for name, most in allowed.items():
        assert seconds(text, name) < most
