from dataclasses import replace

import numpy as np
import pytest

from quotewise.index.boilerplate import SentenceKind
from quotewise.rag.entries import with_asked_entries
from quotewise.rag.selection import select_quotes
from tests.rag.test_candidates import reading

ASKED = "How do I pay?"


@pytest.mark.parametrize(
    "text",
    [
        "Q: How do I pay?\nA: By card.",
        "Q1. How do I pay?\nA1. By card.",
        "**How do I pay?**\n\nBy card.",
        "- How do I pay?\n  By card.",
        "3. how do I pay?\n\nBy card.",
        "[09:05] ana: ah ok. how do I pay?\n[09:06] bo.k: by card",
    ],
)
def test_what_stands_below_the_same_question_is_evidence_however_little_the_reader_thinks_of_it(text: str) -> None:
    [found] = with_asked_entries(ASKED, [reading(text, [0.04, 0.06])])
    assert np.allclose(found.evidence, [0.04, 0.7])


def test_who_does_not_know_is_no_answer() -> None:
    talk = "Ann: Who staffs the booth?\nBo: no idea, ask Karen.\nKaren: I do."
    [found] = with_asked_entries("Who will staff the booth?", [reading(talk, [0.5, 0.2, 0.3])])
    assert np.allclose(found.evidence, [0.5, 0.2, 0.3])


def test_in_a_dialogue_what_follows_a_question_is_the_answer_to_it() -> None:
    talk = "Tobias Renn: And who's going to staff the booth?\nKaren Liu: You and Amira."
    [found] = with_asked_entries("Who staffs the booth?", [reading(talk, [0.5, 0.2])])
    assert np.allclose(found.evidence, [1 / 6, 0.5])


@pytest.mark.parametrize(
    ("heading", "score"),
    [
        ("12.5 How can I report a bug in Debian?", 0.7),
        ("How do I report a bug in Fedora?", 0.1),
        ("Who reports a bug?", 0.1),
        ("How long may I report a bug?", 0.1),
        ("How do I not report a bug?", 0.1),
        ("How do I report?", 0.1),
        ("How do I bug a report?", 0.1),
    ],
)
def test_a_question_in_other_words_is_the_same_if_it_names_the_same_beside_its_title(heading: str, score: float) -> None:
    [found] = with_asked_entries(
        "How do I report a bug?", [reading(f"{heading}\n\nUse reportbug.", [0.1, 0.1], title="Debian FAQ")]
    )
    assert np.isclose(found.evidence[1], score)


def test_another_question_is_no_answer() -> None:
    [found] = with_asked_entries(
        "Why is the pump broken?", [reading("When does Ann come? It seized up. Is it broken?", [0.5] * 3)]
    )
    assert np.allclose(found.evidence, [1 / 6, 0.5, 0.5])


def test_what_follows_a_question_in_json_is_no_other_field_of_its_record() -> None:
    text = 'How do I pay?\n"ts": 17},\n{"user": "U1", "text":\nby card'
    [found] = with_asked_entries(ASKED, [reading(text, [0.1] * len(text.splitlines()), rows=True)])
    assert np.allclose(found.evidence, [0.1, 0.1, 0.1, 0.7])


def test_the_row_of_the_same_question_is_evidence() -> None:
    rows = "| How do I pay? | By card. |\n| Do you ship? | No. |"
    assert np.allclose(with_asked_entries(ASKED, [reading(rows, [0.04, 0.06], rows=True)])[0].evidence, [0.7, 0.06])


def test_another_question_of_a_list_is_less_of_an_answer() -> None:
    read = reading("By card.\n\n**Is there a discount?**", [0.1, 0.4])
    assert with_asked_entries("How do I pay?", [read])[0].evidence[1] < 0.2


def test_a_notice_of_copyright_answers_who_holds_it() -> None:
    read = reading("The guide is new.\n\n© 2021 Harbour Press, Lisbon.", [0.1, 0.1])
    read = replace(read, passage=replace(read.passage, kinds=(SentenceKind.PROSE, SentenceKind.NOTICE)))
    assert with_asked_entries("Who holds the copyright?", [read])[0].evidence[1] >= 0.7
    assert with_asked_entries("Who holds the copyright of the film?", [read])[0].evidence[1] < 0.2


@pytest.mark.parametrize(
    ("question", "text", "scores"),
    [
        (ASKED, "How do I pay for two?\n\nBy card.", [0.1, 0.1]),
        (ASKED, "I asked: how do I pay?\n\nBy card.", [0.1, 0.1]),
        (ASKED, "How do I pay?\n\nHow do I pay?", [0.1, 0.1]),
        (ASKED, "How do I pay?\n\n© 2019 Ann Lee", [0.1, 0.0]),
        (ASKED, "How do I pay?\n\nBy card.", [0.1, 0.9]),
        ("Why now?", "Why now?\n\nIt is late.", [0.1, 0.1]),
    ],
)
def test_other_questions_and_what_cannot_be_quoted_stay_as_they_were_read(
    question: str, text: str, scores: list[float]
) -> None:
    assert np.allclose(with_asked_entries(question, [reading(text, scores)])[0].evidence, scores)


@pytest.mark.parametrize(
    ("question", "row", "score"),
    [
        ("What is part 88-1007?", "88-1007 | Gasket", 0.7),
        ("What was the total in 2023?", "Founded | 2023", 0.1),
        ("How much was it in 1990?", "1990 | 4.2", 0.1),
    ],
)
def test_a_code_names_its_row_and_a_year_does_not(question: str, row: str, score: float) -> None:
    [found] = with_asked_entries(question, [reading(row, [0.1], ("Stock", "Part no. | Description"), rows=True)])
    assert np.allclose(found.evidence, [score])


@pytest.mark.parametrize(
    ("question", "heading", "scores"),
    [
        ("What does the footnote say?", ("Footnotes",), [0.7, 0.1]),
        ("What is written in the comment by Ann Lee?", ("Comments", "Ann Lee"), [0.7, 0.1]),
        ("What does the section on pets say?", ("Rules", "Pets"), [0.7, 0.1]),
        ("What does the section on pets say about cats?", ("Rules", "Pets"), [0.1, 0.1]),
        ("What do the rules say?", ("Rules", "Pets"), [0.1, 0.1]),
        ("What does the chair say?", ("Footnotes",), [0.1, 0.1]),
    ],
)
def test_what_a_note_comment_or_section_says_is_what_stands_in_it(
    question: str, heading: tuple[str, ...], scores: list[float]
) -> None:
    found = with_asked_entries(question, [reading("Dogs may come in. They wait outside.", [0.1, 0.1], heading)])
    assert np.allclose(found[0].evidence, scores)


RELEASE = ("Changelog", "2.3.0 (2024-02-11)", "Added")


@pytest.mark.parametrize(
    ("question", "heading", "text", "scores"),
    [
        ("When was dark mode added?", RELEASE, "2.3.0 (2024-02-11)\n\nAdded\n\n- Dark mode\n- Export", [0.7, 0.1, 0.7, 0.1]),
        (
            "Which version added dark mode?",
            RELEASE,
            "2.3.0 (2024-02-11)\n\nAdded\n\n- Dark mode\n- Export",
            [0.7, 0.1, 0.7, 0.1],
        ),
        ("Who added dark mode?", RELEASE, "2.3.0 (2024-02-11)\n\nAdded\n\n- Dark mode\n- Export", [0.1, 0.1, 0.1, 0.1]),
        ("What was added in 2.3.0?", RELEASE, "Added\n\n- Dark mode\n- Export", [0.1, 0.7, 0.7]),
        ("What was added in 2.4.0?", RELEASE, "Added\n\n- Dark mode\n- Export", [0.1, 0.1, 0.1]),
        ("When was the exam added?", ("3.1 Exams",), "3.1 Exams\n\nThe exam takes long.", [0.1, 0.1]),
        ("When is dark mode on?", RELEASE, "2.3.0 (2024-02-11)\n\nAdded\n\n- Dark mode", [0.1, 0.1, 0.1]),
        ("What is the deadline?", ("Deadline",), "Deadline\n\n1. Fill in the form\n2. Sign it", [0.1, 0.1, 0.1]),
        ("When was 2.3.0 released?", RELEASE, "2.3.0 (2024-02-11)\n\nAdded\n\n- Dark mode", [0.7, 0.1, 0.1]),
        ("What are the side effects of Ibu?", ("Ibu", "Side effects"), "Side effects\n\n1. Rash\n2. Nausea", [0.1, 0.7, 0.7]),
        ("What are the side effects of Ibu?", ("Ibu", "Side effects"), "Side effects\n\nThey are rare.", [0.1, 0.1]),
        ("side effects of Ibu", ("Ibu", "Side effects"), "Side effects\n\n1. Rash\n2. Nausea", [0.1, 0.7, 0.7]),
        ("list all side effects of Ibu", ("Ibu", "Side effects"), "Side effects\n\n1. Rash\n2. Nausea", [0.1, 0.7, 0.7]),
        ("Is Ibu without effects of a side?", ("Ibu", "Side effects"), "Side effects\n\n1. Rash\n2. No", [0.1, 0.1, 0.1]),
        ("What does exit status 12 mean?", ("EXIT STATUS",), "0    All was copied.\n\n12   The line broke.", [0.1, 0.7]),
        ("What is the error 12 about?", ("EXIT STATUS",), "12 monkeys came in.\n\nThey are 12 in all.", [0.1, 0.1]),
    ],
)
def test_a_section_is_asked_for_by_the_headings_above_it(
    question: str, heading: tuple[str, ...], text: str, scores: list[float]
) -> None:
    [found] = with_asked_entries(question, [reading(text, [0.1] * len(scores), heading)])
    assert np.allclose(found.evidence, scores)


def test_the_heading_of_the_release_is_quoted_with_the_change() -> None:
    text = "2.3.0 (2024-02-11)\n\nAdded\n\n- Dark mode\n- Export"
    question = "When was dark mode added?"
    readings = with_asked_entries(question, [reading(text, [0.1] * 4, RELEASE)])
    first, second = select_quotes(question, readings, 3)
    assert [quote.passage.slice(quote.span) for quote in (first, second)] == ["2.3.0 (2024-02-11)", "Dark mode"]


@pytest.mark.parametrize(
    ("question", "score"),
    [
        ("Who was elected chair in 2023?", 0.5),
        ("Who was elected chair in 2024?", 1 / 6),
        ("Who was chair in 2019?", 0.5),
        ("Who was elected chair?", 0.5),
    ],
)
def test_what_stands_under_the_date_of_another_year_is_hardly_the_answer(question: str, score: float) -> None:
    text = "Mia Ford is the chair. She follows Bo Lind, chair since 2019."
    [found] = with_asked_entries(question, [reading(text, [0.5, 0.5], title="Minutes of 2023-05-24")])
    assert np.allclose(found.evidence, score)


@pytest.mark.parametrize(("title", "kept"), [("zlib FAQ", 0.2), ("Release notes", 1.0), ("Zlib and pigz", 1.0), ("pigz", 1.0)])
def test_what_another_document_says_counts_less_where_the_question_names_the_subject_of_one(title: str, kept: float) -> None:
    known = reading("It reads most archives.", [0.1], title=title, name="b")
    other = reading("No. Use 7-Zip for .7z archives.", [0.5], title="xz FAQ")
    _, found = with_asked_entries("Can zlib handle .7z archives?", [known, other])
    assert np.isclose(found.evidence[0], kept / (kept + 1))


def test_where_a_question_names_two_subjects_what_either_document_says_counts() -> None:
    both = [reading("It packs slowly.", [0.5], title="xz FAQ"), reading("It packs fast.", [0.5], title="zlib FAQ", name="b")]
    assert all(np.allclose(one.evidence, 0.5) for one in with_asked_entries("Does xz or zlib pack faster?", both))
