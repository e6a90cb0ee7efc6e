"""Two documents that say different things of the same are both quoted."""

from collections.abc import Callable
from pathlib import Path

import pytest

from quotewise.index.embedders import Embedder
from quotewise.index.local_store import LocalStore
from quotewise.index.sync_report import SyncReport
from quotewise.rag.pipeline import Pipeline
from quotewise.rag.versions import is_duplicate

ROW = "| Plan | Minutes |\n| --- | --- |\n| Free | {} |\n| Team | 900 |\n"
PAIRS = [
    ("How long does probation last?", "Probation lasts {} months.", ("three", "six")),
    ("Who leads the service team?", "{} leads the service team.", ("Anna", "Bert")),
    ("What is the minimum age?", "Minimum age: {}", ("eighteen", "sixteen")),
    ("When is the library open?", "Library hours: {}", ("Mon-Fri 9-17", "Mon-Sat 10-18")),
    ("When does the pass open?", "The pass in the valley opens in {}.", ("may", "june")),
    ("How many minutes has the free plan?", ROW, ("| Free | 60 |", "| Free | 30 |")),
    ("What is the capital of Brevia?", "## Capital of Brevia\n\n{}\n", ("Ostrand", "Kelheim")),
]


@pytest.mark.parametrize(("question", "text", "values"), PAIRS)
def test_versions_in_two_documents_are_both_quoted(
    question: str,
    text: str,
    values: tuple[str, str],
    folder: Path,
    sync: Callable[..., SyncReport],
    store: LocalStore,
    embedder: Embedder,
) -> None:
    for name, value in zip(("spring.md", "autumn.md"), values, strict=True):
        (folder / name).write_text(text.format(value.removeprefix("| Free | ").removesuffix(" |") if text == ROW else value))
    sync()
    quotes = [
        citation.quote for citation in Pipeline(store, lambda _: embedder, threshold=0.0).ask(question, "default").citations
    ]
    assert all(any(value in quote for quote in quotes) for value in values)


def test_what_is_in_the_same_place_about_something_else_is_no_version(
    folder: Path, sync: Callable[..., SyncReport], store: LocalStore, embedder: Embedder
) -> None:
    for name, room in (("anna", 12), ("bert", 14)):
        (folder / f"{name}.txt").write_text(f"Contact of {name.title()}\n\nOffice: room {room}\nLikes: tea with milk\n")
    sync()
    answer = Pipeline(store, lambda _: embedder).ask("Where is Anna's office?", "default")
    assert [citation.quote for citation in answer.citations] == ["Office: room 12"]


@pytest.mark.parametrize(
    ("sentence", "other", "same"),
    [
        ("The gate of the depot is painted in a red colour.", "The gate of the depot is painted in a red color.", True),
        ("The bank closes on friday at noon.", "the bank closes on fridays at noon", True),
        ("Dues are seventy euros a year for all.", "Dues are seventeen euros a year for all.", False),
        ("The house is heated with gas in winter.", "The house is heated with oil in winter.", False),
        ("Le bureau est fermé le lundi matin.", "Le bureau est fermé le jeudi matin.", False),
    ],
)
def test_a_word_in_the_place_of_another_one_is_a_difference_but_for_its_spelling(sentence: str, other: str, same: bool) -> None:
    assert is_duplicate(sentence, other) == is_duplicate(other, sentence) == same
