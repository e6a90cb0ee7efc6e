"""Texts that repeat a part at which a pattern with two ways to match takes quadratic or exponential time."""

import time

import pytest

from quotewise.index.documents import parse_document
from quotewise.index.sentences import sentence_spans

LENGTH = 40_000
HARMLESS = "The cat sat on the mat. It slept all day, as cats do.\n\n"
PLAIN = (
    "(a) x\n",
    "a: b\n",
    "10:15 a: b\n",
    "`a` ``b ",
    "Done.[3] ",
    "[a ",
    "- ",
    "<p>",
    "\n >",
    ". ",
    "`",
    "a | b\n",
    "word and ",
)
HOSTILE = [
    *(("A cat.", mark, "b is here.") for mark in ("†", "²", "[^.[^a]", "[1] ")),
    *(("x", tag, "") for tag in ("<br>", "<br >  ")),
    *(("# a", unit, "b") for unit in (" ", " #", "[", "[a](", "*", "![")),
    *(("a", "\t", end) for end in ("b", "")),
    *(("[a]: ", address, " x") for address in ("a.aa/", "a.aa")),
    *(("", ">", " x.\nY"), ("<div>", "<h1>", ""), ("", "!", "x"), ("---\na: ", "[", "\n---\n"), ("The café.", "é\udcff", "")),
    *(("", unit, "") for unit in (*PLAIN, "x met. 1. ", "met.13,14", "20. 1. 1. ", "。[1]", "pier A. ", "a?) ", "[{<")),
    ("", "![a](data:a/a;base64," + "aA1" * 30 + ") ", ""),
    ("data:", "aA1", "x"),
]


def seconds(text: str, name: str) -> float:
    """Processor time to parse a file and to split its text into sentences."""
    data = text.encode(errors="surrogateescape")
    began = time.process_time()
    sentence_spans(parse_document(name, data).text)
    return time.process_time() - began


@pytest.fixture(scope="module")
def allowed() -> dict[str, float]:
    text = HARMLESS * (LENGTH // len(HARMLESS))
    names = ("a.txt", "a.md", "a.rst", "a.adoc", "a.yaml", "a.tf")
    return {name: 20 * min(seconds(text, name) for _ in range(2)) + 0.3 for name in names}


@pytest.mark.parametrize(("start", "unit", "end"), HOSTILE)
def test_a_hostile_text_takes_little_more_time_than_a_harmless_one(
    start: str, unit: str, end: str, allowed: dict[str, float]
) -> None:
    text = start + unit * (LENGTH // len(unit)) + end
    for name in ("a.txt", "a.md"):
        assert seconds(text, name) < allowed[name]


@pytest.mark.parametrize(
    ("name", "start", "unit", "end"),
    [
        ("a.rst", ".. _", "`a`", ""),
        ("a.rst", "", ".. a::\n", ""),
        ("a.rst", "", "a::\n\n b\n", ""),
        ("a.adoc", "# a", " ", "b"),
        ("a.adoc", "", "|===\n", "x"),
        ("a.yaml", "k: ", "!x", " z"),
        ("a.tf", "a", "\t", "b"),
    ],
)
def test_a_hostile_text_in_markup_does_so_too(name: str, start: str, unit: str, end: str, allowed: dict[str, float]) -> None:
    assert seconds(start + unit * (LENGTH // len(unit)) + end, name) < allowed[name]
