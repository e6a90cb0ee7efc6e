"""What is quoted of sentences whose scores are about the same: those that have what the question names."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotewise.index.boilerplate import SentenceKind
from quotewise.index.sentences import Span, line_spans, sentence_spans
from quotewise.index.store import DocumentReference
from quotewise.rag.candidates import asked_terms, candidates_of
from quotewise.rag.passages import Passage
from quotewise.rag.readers import AnswerSpan, Reading
from quotewise.rag.readers.calibration import Calibration
from quotewise.rag.rows import with_columns
from quotewise.rag.selection import Quote, select_quotes, short_span

HEAD = "Turbine | Power | Built | Site"
TABLE = """| Turbine | Power | Built | Site |
| --- | --- | --- | --- |
| Maple | 117 kW | 2001 | Varna |
| Oak | 124 kW | 2002 | Malmo |
| Plan A | 75 kW | 1995 | Riga |
| Plan B | 145 kW | 2005 | Graz |"""
KEYS = "Boat club\n\nPresident: Ada Quill\nTreasurer: Ben Orr\nSecretary: Cleo Park\nMembers: 214"
C = "The C++ build takes nine minutes. The C# build takes two minutes. The C build takes one minute."
ITEMS = "What to bring:\n\n- a sleeping bag\n- a torch\n- rain boots\n\nThe camp ends on Sunday."


def reading(
    text: str,
    scores: list[float],
    heading: tuple[str, ...] = (),
    title: str = "",
    rows: bool = False,
    answers: tuple[str | None, ...] = (),
    name: str = "a",
) -> Reading:
    """As of a reader: the scores of the sentences or rows, and what it takes for the answer in each."""
    sentences = tuple((line_spans if rows else lambda text, a, b: sentence_spans(text))(text, 0, len(text)))
    kinds = (SentenceKind.ROW if rows else SentenceKind.PROSE,) * len(sentences)
    document = DocumentReference(name, name, title, "0" * 64, "text/plain")
    passage = Passage(text, 0, len(text), 1, heading, 1.0, 1.0, document, sentences, (Span(0, len(text)),), kinds)
    evidence = np.array(scores or [0.0] * len(sentences), np.float32)
    found = [text.find(answer, s.start) if answer else -1 for s, answer in zip(sentences, answers, strict=bool(answers))]
    spans = [(AnswerSpan(Span(a, a + len(t)), 0.5),) if t else () for a, t in zip(found, answers, strict=False)]
    return Reading(passage, evidence[:, None], evidence, tuple(spans) or ((),) * len(sentences), is_read=bool(scores))


def texts(quotes: list[Quote]) -> list[str]:
    return [quote.passage.slice(quote.span) for quote in quotes]


@pytest.mark.parametrize(
    ("question", "text", "scores", "quoted"),
    [
        ("How long does the C++ build take?", C, [0.6, 0.73, 0.77], "The C++ build takes nine minutes."),
        (
            "How much is plan A+?",
            "Plan A is 9 euros.\nPlan A+ is 14 euros.\nPlan B is 2.",
            [0.6, 0.6, 0.5],
            "Plan A+ is 14 euros.",
        ),
        ("When do donors of type A- come?", "Type A+ comes today.\nType A- comes later.", [0.6, 0.6], "Type A- comes later."),
        ("How long does the C# build take?", C, [0.4, 0.83, 0.81], "The C# build takes two minutes."),
        ("How long does the C build take?", C, [0.34, 0.49, 0.68], "The C build takes one minute."),
        ("When did Bob join?", "Alice joined in May. Bob joined in June.", [0.5, 0.6], "Bob joined in June."),
        (
            "What does a lost key cost?",
            "(c) Late payment costs 5 euros a week\n(d) A lost key costs 45 euros",
            [0.52, 0.7],
            "(d) A lost key costs 45 euros",
        ),
        ("Who does the catering?", "[Tent]: Ingrid\n[Catering]: Bashir", [0.62, 0.43], "[Catering]: Bashir"),
        ("Who is the secretary?", KEYS, [0.1, 0.37, 0.79, 0.23, 0.01], "Secretary: Cleo Park"),
        ("What should I bring?", ITEMS, [0.02, 0.56, 0.1, 0.16, 0.1], "a sleeping bag\n- a torch\n- rain boots"),
        ("When does the camp end?", ITEMS, [0.02, 0.1, 0.1, 0.1, 0.8], "The camp ends on Sunday."),
        ("What is plan A?", "- Plan B is dear\n- Plan A is cheap", [0.6, 0.5], "Plan A is cheap"),
    ],
)
def test_of_parallel_sentences_the_one_that_has_what_is_asked_is_quoted(
    question: str, text: str, scores: list[float], quoted: str
) -> None:
    assert texts(select_quotes(question, [reading(text, scores)], 3)) == [quoted]


@pytest.mark.parametrize(
    ("question", "text", "scores", "quoted"),
    [
        ("Why did the bridge fall?", "The bridge fell in March. Rust had eaten it.", [0.4, 0.7], "Rust had eaten it."),
        ("Who is the mayor?", "The mayor of Turin was elected in May.\nShe is Ann Lee.", [0.3, 0.6], "She is Ann Lee."),
        ("In which room is it?", "10:03 Lena: in which room\n10:04 Omar: the blue one", [0.3, 0.6], "10:04 Omar: the blue one"),
    ],
)
def test_prose_and_dialogues_answer_without_the_words_of_the_question(
    question: str, text: str, scores: list[float], quoted: str
) -> None:
    assert quoted in texts(select_quotes(question, [reading(text, scores)], 3))[0]


def test_a_note_is_quoted_before_the_words_that_only_point_to_it() -> None:
    text = "The ship was built in this town.[^town]\n\n[^town]: Gdynia"
    one = reading(text, [0.65, 0.46], answers=("this town", "Gdynia"))
    assert texts(select_quotes("In which town was the ship built?", [one], 3)) == ["[^town]: Gdynia"]


@pytest.mark.parametrize(
    ("question", "heading", "text", "scores", "quoted"),
    [
        ("What eats the lettuce?", ("Garden",), "# Garden\n\nSlugs eat the lettuce.", [0.9, 0.93], "Slugs eat the lettuce."),
        ("May I bring dogs?", ("Rules",), "Rules\n\nVisitors may bring dogs.", [0.91, 0.8], "Visitors may bring dogs."),
        ("Do you ship to Iceland?", ("Do you ship to Iceland?",), "**Do you ship to Iceland?**\n\nNo.", [0.42, 0.05], "No."),
        (
            "Can you send it to Iceland?",
            ("Do you ship to Iceland?",),
            "Q: Do you ship to Iceland?\nA: No.",
            [0.2, 0.1],
            "A: No.",
        ),
        ("When was 3.2.0 released?", ("3.2.0 (14 March)",), "3.2.0 (14 March)\n\nFaster.", [0.4, 0.1], "3.2.0 (14 March)"),
        ("Which version brought dark mode?", ("1.3.0",), "1.3.0\n\nDark mode", [0.71, 0.07], "1.3.0"),
    ],
)
def test_a_heading_is_quoted_where_it_answers_and_never_with_what_stands_below_it(
    question: str, heading: tuple[str, ...], text: str, scores: list[float], quoted: str
) -> None:
    [first, *others] = texts(select_quotes(question, [reading(text, scores, heading)], 3))
    assert first == quoted and not any("\n" in other for other in others)


@pytest.mark.parametrize("sign", ["|", "\t", ",", ";", "   "])
@pytest.mark.parametrize(
    ("question", "row", "predicted", "short"),
    [
        ("Where is the turbine Maple?", 1, "Varna", "Varna"),
        ("Where is the turbine Maple?", 1, None, "Varna"),  # the reader took the whole row
        ("What is the power of turbine Oak?", 2, "Malmo", "124 kW"),
        ("Which turbine stands in Riga?", 3, None, "Plan A"),
        ("Which turbine was built in 2005?", 4, "Plan B", "Plan B"),
        ("When was Plan B built?", 4, None, "2005"),
    ],
)
def test_of_a_table_the_row_that_is_named_is_quoted_and_one_cell_answers(
    question: str, row: int, predicted: str | None, short: str, sign: str
) -> None:
    text = (
        TABLE
        if sign == "|"
        else "\n".join(sign.join(line.strip("| ").split(" | ")) for line in TABLE.split("\n") if "---" not in line)
    )
    lines = [text[slice(*line)] for line in line_spans(text, 0, len(text))]
    answers = tuple(predicted if number == row and predicted else line for number, line in enumerate(lines))
    scores = [0.8 if number != row else 0.2 for number in range(len(lines))]
    quotes = select_quotes(question, [reading(text, scores, ("Turbines", HEAD), rows=True, answers=answers)], 3)
    assert texts(quotes) == [lines[row]]
    span = short_span(question, quotes[0], 1.0)
    assert span is not None and text[slice(*span.span)] == short


def test_rows_that_answer_alike_are_quotes_of_their_own() -> None:
    one = reading(TABLE, [0.1, 0.8, 0.8, 0.1, 0.1], ("Turbines", HEAD), rows=True)
    assert texts(select_quotes("Which turbines are large?", [one], 3)) == TABLE.split("\n")[2:4]


def test_a_row_without_a_number_is_no_price() -> None:
    text = "Ethanol ($/gal)\tIowa Ethanol\nIowa\t1.35 - 1.42\tIowa Ethanol"
    one = reading(text, [0.7, 0.6], ("Prices",), rows=True)
    assert texts(select_quotes("What was the price of Iowa ethanol?", [one], 1)) == [text.split("\n")[1]]


def test_a_row_that_was_not_read_is_quoted_where_the_question_names_it() -> None:
    first = reading(TABLE, [0.1, 0.8, 0.5, 0.1, 0.1], ("Turbines", HEAD), rows=True)
    more = "| Teak | 152 kW | 2006 | Nantes |\n| Yew | 166 kW | 2008 | Oulu |"
    rest = reading(more, [], ("Turbines", HEAD), rows=True)
    assert texts(select_quotes("What is the power of turbine Yew?", [first, rest], 3)) == ["| Yew | 166 kW | 2008 | Oulu |"]


def test_the_heading_of_the_release_asked_for_is_quoted_even_where_its_section_was_not_read() -> None:
    other = reading("3.3.0 (2 May)\n\nFaster.", [0.45, 0.02], ("Changes", "3.3.0 (2 May)"))
    asked = reading("3.2.0 (14 March)\n\nFixed\n\nThe login.", [], ("Changes", "3.2.0 (14 March)", "Fixed"))
    assert texts(select_quotes("When was 3.2.0 released?", [other, asked], 3)) == ["3.2.0 (14 March)"]
    assert texts(select_quotes("When was 3.3.0 released?", [other, asked], 3)) == ["3.3.0 (2 May)"]


@pytest.mark.parametrize(
    ("question", "old", "new"),
    [
        (
            "How many days of notice?",
            "Staff must give 30 days of notice before leave.",
            "Staff must give 60 days of notice before leave.",
        ),
        ("May visitors bring dogs?", "Visitors may bring dogs into the room.", "Visitors may not bring dogs into the room."),
        ("Who keeps the keys?", "The keys are kept by Nils Holm.", "The keys are kept by Berta Lund."),
    ],
)
def test_another_version_of_a_rule_is_quoted_even_where_its_passage_was_not_read(question: str, old: str, new: str) -> None:
    readings = [reading(old, [0.9], name="old"), reading(f"The shed is red.\n\n{new}", [], name="new")]
    assert texts(select_quotes(question, readings, 3)) == [old, new]
    assert texts(select_quotes(question, readings, 1)) == [old]


def test_what_is_said_of_another_thing_is_no_version() -> None:
    readings = [
        reading("The stage costs 90 euros an evening.", [0.9]),
        reading("The piano costs 12 euros an evening.", [], name="b"),
    ]
    assert len(select_quotes("How much does the stage cost?", readings, 3)) == 1


def test_of_a_wide_table_the_reader_is_told_the_columns_that_are_asked_for() -> None:
    names = [
        "Station",
        *(f"Reading of gauge number {number}" for number in range(12)),
        "Responsible engineer",
        "Inspection",
    ]
    wide = reading("| Alder | 1 |", [0.5], ("Gauges", " | ".join(names)), rows=True).passage
    told = with_columns(asked_terms("Who is the responsible engineer of Alder?"), wide)
    assert {"Station", "Responsible engineer"} <= set(told.columns) and len(told.context) < 200
    assert told.context.startswith("Gauges > Station | Reading") and told.heading == wide.heading
    narrow = reading("| Maple | 117 kW |", [0.5], ("Turbines", HEAD), rows=True).passage
    assert with_columns(asked_terms("Where is Maple?"), narrow).context == f"Turbines > {HEAD}"


@pytest.mark.parametrize(
    ("text", "predicted", "short"),
    [
        ("The next meeting is on 12 June 2024.", "June", "12 June 2024"),
        ("3.2.0 (March 14, 2024)", "14", "March 14, 2024"),
        ("10:03 Omar: thursday at 3", "10:03 Omar: thursday at 3", "thursday at 3"),
        ("It may rain in May.", "May", "May"),
        ("It was replaced on 4 May.", "4 May", "4 May"),
        ("3.2.0 (2024-05-01)", "(2024-05-01)", "2024-05-01"),
        ("It is at seven (eight in winter).", "eight in winter).", "eight in winter"),
        ("It is f(x) or g", "f(x)", "f(x)"),
        ("Die Wohnfläche beträgt 74 m².", "74 m².", "74 m²"),
        ("咨询电话：0571-8765。", "：0571-8765。", "0571-8765"),
        ("It is in the wine cellar.", "the wine cellar.", "the wine cellar"),
        ("It is at 7 p.m.", "7 p.m.", "7 p.m."),
        ("It was made for .NET", ".NET", ".NET"),
        ("It mails dba@corp.example when it fails.", "dba@corp", "dba@corp.example"),
        ("Luis: wifi password is Gruen7!42", "Gruen7", "Gruen7!42"),
        ("It cost 118,40 in all.", "118", "118,40"),
        ("It is written in C or Ada⁷ here.", "Ada⁷", "Ada"),
        ("Purge it: `admin purge name=dead`.", "Purge it: `admin", "Purge it: `admin purge name=dead`"),
        ("-b, --bandwidth=KBPS limits it.", "KBPS", "--bandwidth=KBPS"),
        ("See https://a.example/x?y=1, page 3.", "a.example", "https://a.example/x?y=1"),
        ("It is Paris/London or 3.", "Paris", "Paris"),
        ("It needs 3.2.1-rc1 (64-bit).", "3.2.1", "3.2.1-rc1"),
        ("It is by Acme Inc.", "Acme Inc.", "Acme Inc."),
    ],
)
def test_a_short_answer_is_a_whole_date_and_no_name_of_who_said_it(text: str, predicted: str, short: str) -> None:
    [quote] = select_quotes("When is it?", [reading(text, [0.9], answers=(predicted,))], 1)
    span = short_span("When is it?", quote, 1.0)
    assert span is not None and text[slice(*span.span)] == short


CLAIMED = "The guild claimed the theft, but town officials accused the miller of it."


@pytest.mark.parametrize(
    ("question", "text", "predicted", "short"),
    [
        ("Who claimed the theft?", CLAIMED, "town officials", False),
        ("Who from the mill has claimed the theft?", CLAIMED, "the miller", False),
        ("who is claiming it", CLAIMED, "The guild", True),
        ("Who accused the miller?", CLAIMED, "town officials", True),
        ("Who claimed the theft?", CLAIMED, CLAIMED[:53], False),
        ("Who did the officials accuse?", CLAIMED, "the miller", True),
        (
            "Who was responsible?",
            "Mira took responsibility, while her brother Jon denied everything.",
            "her brother Jon",
            False,
        ),
        ("Who owns the mill?", "The mill is owned not by the guild, but by Ada Bern.", "Ada Bern", True),
    ],
)
def test_what_a_sentence_opposes_to_what_is_asked_for_is_no_short_answer(
    question: str, text: str, predicted: str, short: bool
) -> None:
    [quote] = select_quotes(question, [reading(text, [0.9], answers=(predicted,))], 1)
    assert (short_span(question, quote, 1.0) is not None) == short
    assert texts([quote]) == [text]


def test_what_stands_in_the_margin_of_pages_is_quoted_where_nothing_else_answers() -> None:
    certain, question = Calibration((1.0, 0.0), (), 0.0), "What is Apache Tika?"
    passage = reading("Apache Tika - page of the project\n\nApache Tika is a toolkit.", [0.0, 0.0]).passage
    passage = replace(passage, kinds=(SentenceKind.MARGIN, SentenceKind.PROSE))
    for scores, quoted in (([2.0, 1.0], "Apache Tika is a toolkit."), ([2.0, -3.0], "Apache Tika - page of the project")):
        one = certain.reading(question, passage, np.array(scores, np.float32)[:, None])
        assert texts(select_quotes(question, [one], 3))[0] == quoted


WORDS = st.sampled_from(
    ["# Garden", "Slugs eat the lettuce.", "- a torch", "| Maple | 117 kW |", "(a) A key", "Bin day: Monday", "no"]
)


@given(st.lists(st.tuples(WORDS, st.sampled_from(["\n", "\n\n", " "])), min_size=1, max_size=12), st.data())
def test_no_quote_runs_over_a_blank_line(parts: list[tuple[str, str]], data: st.DataObject) -> None:
    text = "".join(part + gap for part, gap in parts).strip()
    count = len(sentence_spans(text))
    scores = data.draw(st.lists(st.floats(0.125, 0.9375, width=32), min_size=count, max_size=count))
    quotes = select_quotes("What do slugs eat on bin day?", [reading(text, scores, ("Garden",))], 3)
    assert quotes and not any("\n\n" in quote for quote in texts(quotes))
    assert all(a.end <= b.start for a, b in pairwise(sorted(quote.span for quote in quotes)))


def test_a_heading_is_not_quoted_beside_what_stands_below_it() -> None:
    text = "Squatting policy\n\nNames may not be held for later. They may be sold."
    one = reading(text, [0.5, 0.6, 0.1], ("Squatting policy",))
    assert texts(select_quotes("What is name squatting?", [one], 3)) == ["Names may not be held for later."]


def test_the_items_of_a_list_are_quoted_together_however_alike_they_are_and_whatever_of_the_title_they_have() -> None:
    text = "Ingredients\n\n- 1 jigger Irish cream\n- 1 jigger Irish whiskey\n- 1 cup hot coffee\n- 1 dash nutmeg"
    one = reading(text, [0.1, 0.7, 0.7, 0.7, 0.7], ("Ingredients",), title="Irish coffee")
    assert texts(select_quotes("ingredients of Irish coffee", [one], 3)) == [text[text.index("1 jigger") :]]


def test_no_sentence_of_the_question_of_a_list_is_quoted_in_place_of_its_answer() -> None:
    heading = "I have installed xz, but my tar does not know it. How can I extract archives?"
    text = f"Q: {heading}\n\nA: xz -dc a.tar.xz"
    found = candidates_of("How do I extract .tar.xz if tar does not know it?", [reading(text, [0.6, 0.2, 0.1], (heading,))])
    assert [(one.text, round(one.score, 2)) for one in found] == [("A: xz -dc a.tar.xz", 0.6)]


def test_a_short_answer_is_no_part_of_the_question_above_it() -> None:
    heading = "Is there no bus to Norway?"
    found = candidates_of(
        "Does a bus go to Norway?", [reading(f"{heading}\n\nNo.\n\nTake the train.", [0.5, 0.4, 0.1], (heading,))]
    )
    assert [(one.text, round(one.score, 2)) for one in found] == [("No.", 0.5), ("Take the train.", 0.1)]
