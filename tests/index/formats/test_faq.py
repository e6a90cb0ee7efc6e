import re

import pytest

from quotewise.index.documents import parse_document

MARKED = "Help\n\nQ: How do I pay?\nA: By card.\n\nQ2. Do you ship?\nNo.\n"
BOLD = "# Help\n\nAsk us.\n\n**How do I pay?**\n\nBy card.\n\n- **1. Do you ship?**\n\n  No.\n\n# Contact\n\nWrite to us.\n"
FOLDED = (
    "# Help\n\n<details>\n<summary>How do I pay?</summary>\n\nBy card.\n\n</details>\n\n<summary>Do you ship?</summary>\n\nNo."
)

FOLDED_BOLD = (
    "<details open><summary><b>How do I pay?</b></summary>\nBy card.\n</details>\n\n<summary>Do you ship?</summary>\n\nNo."
)


@pytest.mark.parametrize(("path", "text"), [("a.txt", MARKED), ("b.md", BOLD), ("c.md", FOLDED), ("d.md", FOLDED_BOLD)])
def test_the_questions_of_a_list_are_headings_of_their_answers(path: str, text: str) -> None:
    document = parse_document(path, text.encode())
    texts = {text[block.start : block.end]: block.heading for block in document.blocks}
    last = {answer: heading[-1] for found, heading in texts.items() for answer in ("By card.", "No.") if answer in found}
    assert last == {"By card.": "How do I pay?", "No.": "Do you ship?"}
    assert {*re.findall(r"\w+", text)} <= {*re.findall(r"\w+", " ".join(texts)), "details", "summary", "open", "b"}
    assert texts.get("Write to us.\n", ("Contact",)) == ("Contact",)


@pytest.mark.parametrize(
    "text",
    [
        "Q: Is it one?\nA: Yes.\n",
        '"Who is there?" he asked.\n\n"Is it you?" she said.\n',
        "**Why?** It is late.\n\n**When?** Now.\n",
    ],
)
def test_one_question_or_questions_within_a_line_are_no_list(text: str) -> None:
    assert all(block.heading == () for block in parse_document("a.md", text.encode()).blocks)
