import re
from itertools import pairwise

import pytest

from quotewise.index.documents import parse_document

MARKED = "Help\n\nQ: How do I pay?\nA: By card.\n\nQ2. Do you ship?\nNo.\n"
BOLD = "# Help\n\nAsk us.\n\n**How do I pay?**\n\nBy card.\n\n- **1. Do you ship?**\n\n  No.\n\n# Contact\n\nWrite to us.\n"
FOLDED = (
    "# Help\n\n<details>\n<summary>How do I pay?</summary>\n\nBy card.\n\n</details>\n\n<summary>Do you ship?</summary>\n\nNo."
)

SEVERAL_SENTENCES = (
    "Help\r\n====\r\n\r\nQ:  I am at the till and my card is refused.\r\n    How do I pay?\r\n\r\nA:  By card.\r\n\r\n"
    "Q. Do you ship?\r\nA. No.\r\n"
)
NUMBERED = (
    "Frequently Asked Questions\n\n 9. Who are you?\n\n    A shop.\n\n10. How do I pay?\n\n    By card.\n\n11. I need a lift."
    "\n\n    Call us.\n\n12. We are in Norway, near the border, and would like to order.\n    Do you ship?\n\n    No.\n"
)
IN_CHAPTERS = (
    "Contents\n1. Orders\n1.1 How do I pay?\n1.2 Do you ship?\n1.3 Who are you?\n\n-----\n1. Orders\n-----\n\n"
    "1.1 How do I pay?\nBy card.\n-----\n\n1.2 Do you ship?\nNo.\n-----\n\n1.3 Who are you?\nA shop.\n"
)
BOLD_Q = "**Q: How do I pay?**\nBy card.\n**Q2. Who is it?**\n\nMe.\n\nQ: I ask again.\n**Do you ship?**\n\nA: No.\n"
ALONE = "Who are you?\n\n\tA shop.\n\nHow do I pay?\n\n\tBy card.\n\n\tOr not.\n\nDo you ship?\n\n\tNo.\n"

FOLDED_BOLD = (
    "<details open><summary><b>How do I pay?</b></summary>\nBy card.\n</details>\n\n<summary>Do you ship?</summary>\n\nNo."
)
ABOVE = "Who are you?\nA shop.\n\nHow do I pay?\nBy card.\n\nDo you ship?\nNo.\n"
SIGNS = ">> How do I pay?\n<< By card.\n\n>> Do you ship?\n<< No.\n"
ITALIC_ITEMS = "* *How do I pay?*\n  By card.\n* *Do you ship?*\n  No.\n"
BOLD_ITEMS = "- **How do I pay?** By card.\n- **Do you ship?** No.\n"
IN_LINES = "Q. How do I pay? A. By card. Q. Do you ship? A. No.\n"
BY_LETTERS = "P: How do I pay?\nR: By card.\n\nP: Do you ship?\nR: No.\n"
BY_WORDS = "Pregunta: How do I pay?\nRespuesta: By card.\n\nPergunta 2 : Do you ship?\nResposta 2 : No.\n"
CHINESE = "问：How do I pay?\n答：By card.\n\n問：Do you ship?\n答：No.\n"
FULL_WIDTH = "Ｑ．How do I pay？\nＡ．By card.\n\nＱ　Do you ship？\nＡ　No.\n".replace("？", "?")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        *[("a.txt", MARKED), ("b.md", BOLD), ("c.md", FOLDED), ("d.md", FOLDED_BOLD)],
        *[
            ("e.txt", SEVERAL_SENTENCES),
            ("FAQ", NUMBERED),
            ("g.txt", IN_CHAPTERS),
            ("h", ALONE),
            ("j.txt", BOLD_Q),
            ("i.md", ALONE.replace("\t", "")),
            *(("k.txt", one) for one in (ABOVE, SIGNS, IN_LINES, BY_LETTERS, BY_WORDS, CHINESE, FULL_WIDTH)),
            *[("k.md", ITALIC_ITEMS), ("k.md", BOLD_ITEMS)],
        ],
    ],
)
def test_the_questions_of_a_list_are_headings_of_their_answers(path: str, text: str) -> None:
    document = parse_document(path, text.encode())
    texts = {text[block.start : block.end]: block.heading for block in document.blocks}
    last = {answer: heading[-1] for found, heading in texts.items() for answer in ("By card.", "No.") if answer in found}
    assert {*last} == {"By card.", "No."}
    assert all(one.end <= following.start for one, following in pairwise(document.blocks))
    assert last["By card."].endswith("How do I pay?") and last["No."].endswith("Do you ship?")
    assert not any(name.startswith("Q") for heading in texts.values() for name in heading)
    assert {*re.findall(r"\w+", text)} <= {*re.findall(r"\w+", " ".join(texts)), "details", "summary", "open", "b"}
    assert texts.get("Write to us.\n", ("Contact",)) == ("Contact",)


@pytest.mark.parametrize(
    "text",
    [
        "Q: Is it one?\nA: Yes.\n",
        '"Who is there?" he asked.\n\n"Is it you?" she said.\n',
        "**Why?** It is late.\n\n**When?** Now.\n",
        "Please fill in.\n\n1. What is your name?\n2. How old are you?\n3. Where do you live?\n4. Who sent you?\n\nThank you.",
        "Where am I?\n\n"
        + "".join(f"He walked {n} miles, and saw nobody.\n\n" for n in range(40))
        + "Who is it?\n\nShe.\n\nYou?\n",
        "Who is it?\nHe, they said.\n\n" * 3 + "He walked on, and saw nobody.\n\n" * 9,
        "P: the pressure\nV: the volume\nR: the constant\n",
        "Ann: Who is it?\n\nIt is me.\n\nBob: Who?\n\nMe.\n\nAnn: What now?\n\nNothing.\n",
    ],
)
def test_one_question_or_questions_within_a_line_are_no_list(text: str) -> None:
    assert all(block.heading == () for block in parse_document("a.md", text.encode()).blocks)
