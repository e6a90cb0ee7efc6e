"""What is quoted with a sentence that only announces the answer, or in place of it."""

import pytest

from quotewise.rag.selection import select_quotes
from tests.rag.test_candidates import reading, texts

STEPS = "Two changes were made. First, the pump was sealed. It is new. Second, the valve was closed. The team went home."
STORE = "A claim can cost a fortune. Because of this, the shop keeps its receipts. It has two floors."
MAIL = "Write to us and give the following information:\n\n* Your name\n* Your address\n\nWe reply in a week."
AGENDA = "* Deprecate punycode at runtime\n  * Agreed to wait for version 21.\n  * Ann notes it.\n* Close the forum\n  * Done."
TIPS = "There are practical tips for the family. The first step is to set limits. Phones glow at night."


@pytest.mark.parametrize(
    ("question", "text", "scores", "quoted"),
    [
        (
            "What was done about the leak?",
            STEPS,
            [0.6, 0.1, 0.1, 0.1, 0.1],
            ["Two changes were made. First, the pump was sealed.", "Second, the valve was closed."],
        ),
        ("How many changes were made?", STEPS, [0.6, 0.1, 0.1, 0.1, 0.1], ["Two changes were made."]),
        (
            "Why does the shop keep its receipts?",
            STORE,
            [0.1, 0.7, 0.1],
            ["A claim can cost a fortune. Because of this, the shop keeps its receipts."],
        ),
        ("What does the shop keep?", STORE, [0.1, 0.7, 0.1], ["Because of this, the shop keeps its receipts."]),
        (
            "What do I need to write to you?",
            MAIL,
            [0.5, 0.1, 0.1, 0.1],
            ["Write to us and give the following information:", "Your name\n* Your address"],
        ),
        (
            "When will punycode be deprecated at runtime?",
            AGENDA,
            [0.4, 0.05, 0.01, 0.01, 0.01],
            ["Deprecate punycode at runtime\n  * Agreed to wait for version 21.\n  * Ann notes it."],
        ),
        (
            "What are some practical tips for the family?",
            TIPS,
            [0.7, 0.1, 0.1],
            ["The first step is to set limits."],
        ),
    ],
)
def test_what_is_announced_is_quoted(question: str, text: str, scores: list[float], quoted: list[str]) -> None:
    assert texts(select_quotes(question, [reading(text, scores)], 3)) == quoted


def test_an_announcement_that_names_the_things_keeps_its_place() -> None:
    text = "There are practical tips for the family, such as to set limits. Phones glow at night."
    quotes = select_quotes("What are some practical tips for the family?", [reading(text, [0.7, 0.3])], 3)
    assert texts(quotes) == ["There are practical tips for the family, such as to set limits."]
