import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotewise.index.sentences import Span, line_spans, line_starts, sentence_spans
from tests.index.texts import LINE_ENDS, examples, texts

ends = pytest.mark.parametrize("end", LINE_ENDS, ids=("LF", "CRLF", "CR"))


def sentences(text: str) -> list[str]:
    return [text[a:b] for a, b in sentence_spans(text)]


def test_abbreviations_and_decimals_do_not_end_a_sentence() -> None:
    assert sentences("Mr. Smith met U.S. envoys at 5 p.m. on Monday. It cost $3.50 a head.") == [
        "Mr. Smith met U.S. envoys at 5 p.m. on Monday.",
        "It cost $3.50 a head.",
    ]


@ends
def test_a_single_line_break_does_not_end_a_sentence(end: str) -> None:
    text = f"The warning was{end}too general."
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    "sentence",
    [
        "Das Mietverhältnis beginnt am 1. August 2022 und läuft z. B. bis 31. Oktober.",
        "Am 3. Tag kam Hr. Meier in die Goethestr. 5 im 2. Stock, siehe Abs. 2 Nr. 3.",
        "Die Frist gem. § 3 Abs. 2 i.V.m. § 11 Satz 1 Nr. 3 Buchst. a und Ziff. 4 gilt, vgl. Rn. 12.",
        "Det var tir. 5. mai kl. 9.",
        "Das kostet bzw. kostete inkl. Nebenkosten ca. 500 Euro.",
        "M. Dupont et Mme. Curie paient 500 euros T.T.C. par mois.",
        "El Sr. García vive en la Avda. América y paga aprox. 500 euros, p. ej. en mayo.",
        "Møtet er kl. 14.30, bl.a. med Ola, jf. § 5.",
        "L'Avv. Bianchi e il Sig. Rossi, cfr. art. 3.",
        "Pan Ing. Novák platí např. v květnu.",
        "Pan Nowak, ul. Długa 5, płaci tzw. czynsz.",
        "С 1 августа 2022 г. по 31 июля 2023 г. он живёт на ул. Ленина, д. 5, за 500 руб. в месяц.",
    ],
)
def test_abbreviations_and_ordinals_of_other_languages_do_not_end_a_sentence(sentence: str) -> None:
    assert sentences(f"Here it is. {sentence} That is all.") == ["Here it is.", sentence, "That is all."]


def test_words_that_the_model_of_nupunkt_takes_for_abbreviations_end_a_sentence() -> None:
    words = "month", "bank", "reports", "book", "hall", "wheel", "thanks", "day", "tax"
    for first in (f"It is about the {word}." for word in words):
        assert sentences(f"{first} Canal costs 12 euros. Disney is free.") == [
            first,
            "Canal costs 12 euros.",
            "Disney is free.",
        ]
    for whole in ("It is in the dept. Store of Calif. State Univ. Press.", "Ask Prof. Smith or Capt. Lee, approx. 5 of them."):
        assert sentences(f"{whole} He said so.") == [whole, "He said so."]


def test_a_number_ends_a_sentence_in_english() -> None:
    for text in (
        *("I am 12.|My brother is 14.|Turn to page 3.|Then go.", "We saw the Arch.|The park closes at ten."),
        *(
            "In March we sold 12.|April was better.",
            "He worked at the mill.|300 people lost work.",
            "It is by John Sr.|He sold it.",
        ),
        *("The bear left den 4.|The cubs stayed.", "It opens at 9 am 12.|May is closed.", "It is in Time Mag.|It was good."),
    ):
        assert sentences(text.replace("|", " ")) == text.split("|")


@ends
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Share", "Twelve people died."),
        ("no full stop", "and no capital"),
        ("See Fig.", "two of these"),
        ("as follows:", "iPods"),
    ],
)
def test_a_blank_line_ends_a_sentence_whatever_its_punctuation(before: str, after: str, end: str) -> None:
    for blank in (end, f" \t{end}", end * 3):
        assert sentences(f"{before}{end}{blank}{after}") == [before, after]


@ends
def test_list_items_are_sentences_without_their_marks(end: str) -> None:
    text = end.join(["Bring these:", "- a lamp", "  * oil and wicks", "2. bread", "10) water", "• salt"])
    assert sentences(text) == ["Bring these:", "a lamp", "oil and wicks", "bread", "water", "salt"]


def test_a_number_or_dash_within_a_line_is_no_list_mark() -> None:
    text = "It grew by 3.5 - 4.0 per cent."
    assert sentences(text) == [text]


@ends
def test_table_rows_are_sentences(end: str) -> None:
    assert sentences(f"name | born | died{end}Ann | 1900 | 1980{end}| Bob | 1910 |{end}| Eve | 1920 |") == [
        "name | born | died",
        "Ann | 1900 | 1980",
        "| Bob | 1910 |",
        "| Eve | 1920 |",
    ]


@ends
def test_lines_are_numbered_as_an_editor_does(end: str) -> None:
    assert line_starts(f"a{end}{end}b\x0c\u2028c{end}") == [0, 1 + len(end), 1 + 2 * len(end), 5 + 3 * len(end)]


@ends
def test_lines_of_code_are_kept_apart_and_blank_ones_left_out(end: str) -> None:
    text = f"before{end}    x = 1. Y = 2{end} \t{end}z{end}"
    spans = line_spans(text, len(f"before{end}"), len(text))
    assert [text[a:b] for a, b in spans] == ["x = 1. Y = 2", "z"]


@examples(300)
@given(texts, st.data())
def test_sentences_of_a_range_are_exact_spans_within_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    for spans in (sentence_spans(text, start, end), line_spans(text, start, end)):
        edges = [start, *(edge for span in spans for edge in span), end]
        assert edges == sorted(edges)
        assert all(text[span.start : span.end] == text[span.start : span.end].strip() != "" for span in spans)
        assert all(isinstance(span, Span) for span in spans)


KEPT_MARKS = [
    ("(a)", "(b)", "(c)"),
    ("a.", "b.", "c."),
    ("a)", "b)", "c)"),
    ("A.", "B.", "C."),
    ("i.", "ii.", "iii."),
    ("(iv)", "(v)", "(vi)"),
    ("[1]", "[2]", "[3]"),
    ("4.1", "4.2", "4.3"),
    ("4.1.9.", "4.1.10.", "4.2."),
    ("1.)", "2.)", "3.)"),
    ("101.", "102.", "103."),
    ("1a)", "1b)", "2)"),
    ("§ 3", "§ 4", "§ 5"),
    ("Art. 3.", "Art. 4.", "Art. 5."),
    ("Step 1:", "Step 2:", "Step 3:"),
    ("☐", "☑", "☒"),
    ("#1", "#2", "#3"),
    ("a]", "b]", "c]"),
    ("1/", "2/", "3/"),
    ("①", "②", "③"),
    ("»", "»", "»"),
    ("=>", "=>", "=>"),
    ("👉", "👉", "👉"),
    ("1", "2", "3"),
    ("01", "02", "03"),
    ("1998", "2003", "2011"),
    ("1º", "2º", "3º"),
    ("1er", "2e", "3e"),
    ("№ 1", "№ 2", "№ 3"),
    ("n.º 1", "n.º 2", "n.º 3"),
    ("TOP 1", "TOP 2", "TOP 3"),
    ("Ziff. 1", "Ziff. 2", "Ziff. 4"),
    ("REQ-7", "REQ-9", "REQ-12"),
    ("R1", "R2", "R3"),
    ("lit. a)", "lit. b)", "lit. c)"),
    ("(1.)", "(2.)", "(3.)"),
    ("1.-", "2.-", "3.-"),
    ("1 |", "2 |", "3 |"),
    ("[i]", "[ii]", "[iii]"),
    ("а)", "б)", "в)"),
    ("α.", "β.", "γ."),
    ("א.", "ב.", "ג."),
    ("가.", "나.", "다."),
    ("一、", "二、", "三、"),
    ("第一条", "第二条", "第三条"),
    ("※", "※", "※"),
    ("Ø", "Ø", "Ø"),
    ("$", "$", "$"),
    ("-->", "-->", "-->"),
    ("├──", "│   └──", "└──"),
]
BARE_MARKS = ["●", "→", "–", "—", "▪", "■", "➢", "○", "‣", "*", "+", "\u2043"]
THINGS = ("The piano costs 12 euros. Ask Ann", "the stage costs 90 euros", "The kitchen costs 25 euros")


@ends
@pytest.mark.parametrize("marks", KEPT_MARKS, ids=lambda marks: marks[0])
@pytest.mark.parametrize("gap", [" ", "\t"], ids=["space", "tab"])
def test_numbered_and_lettered_items_are_sentences_with_their_marks(marks: tuple[str, ...], gap: str, end: str) -> None:
    items = [f"{mark}{gap}{thing}" for mark, thing in zip(marks, THINGS, strict=True)]
    kept = [item if not item.startswith("2)") else THINGS[2] for item in items]
    first, last = kept[0].split(" Ask")[0], kept[1:]
    for indent in ("", "  ", "\t", "> "):
        text = end.join([f"{indent}Fees", *(indent + item for item in items)])
        assert sentences(text) == ["Fees", first, "Ask Ann", *last]


@ends
@pytest.mark.parametrize("mark", BARE_MARKS)
@pytest.mark.parametrize("gap", [" ", "\t", "\u00a0"], ids=["space", "tab", "no-break space"])
def test_items_with_signs_are_sentences_without_them(mark: str, gap: str, end: str) -> None:
    if gap == "\u00a0" and mark in "*+":
        return
    text = end.join(["Fees", *(f"  {mark}{gap}{thing}" for thing in THINGS)])
    assert sentences(text) == ["Fees", "The piano costs 12 euros.", "Ask Ann", *THINGS[1:]]


@ends
@pytest.mark.parametrize(
    ("above", "mark"), [("1)", "a)"), ("1)", "(a)"), ("2.", "i)"), ("-", "1)"), ("•", "A)"), ("(b)", "(i)")]
)
@pytest.mark.parametrize("indent", ["", "   ", "\t"])
def test_a_list_within_an_item_may_have_one_item(above: str, mark: str, indent: str, end: str) -> None:
    items = [f"{above} The hall is let", f"{indent}{mark} The stage costs 90 euros", f"{above} The kitchen costs 25 euros"]
    found = sentences(end.join(items))
    assert found[1] in (items[1].strip(), "The stage costs 90 euros")
    assert [sentence.split(" The ")[-1].removeprefix("The ") for sentence in found] == [
        "hall is let",
        "stage costs 90 euros",
        "kitchen costs 25 euros",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "1) the rule of\n(a) above\n2) b",
        "1. he met\n   A. Smith and left\n2. b",
        "- see\n  [1] and\n- b",
        "1. see subsection\ni) for it\n2. b",
        "- the length\n  a) is known\n- b",
    ],
)
def test_an_item_that_goes_on_with_what_looks_like_a_mark_is_whole(text: str) -> None:
    assert len(sentences(text)) == 2


@pytest.mark.parametrize(
    "text",
    [
        "He came to\na. Smith and left it there",
        "It is in\n4.2 per cent of all cases",
        "as we said in\n(b) of the contract",
        "They met at\n10:15 at the gate",
        "and one more thing\nNote: that is all",
        "the rule in\n§ 3 says so",
        "he wrote\n» come » and left",
        "It grew from\n5 boats and\n6 men to a fleet",
        "He was here in 2019 and\nin 2020 and went",
        "# a comment that goes on\n# in the next line",
        "he went out\n– and came back",
        "The surplus of the\nAssociation grew in\nMay and June",
    ],
)
def test_one_line_of_prose_that_begins_like_an_item_is_not_torn_off(text: str) -> None:
    assert sentences(text) == [text]


@ends
@pytest.mark.parametrize(
    "lines",
    [
        ["[2024-03-01 09:12] Ravi: which server hosts the wiki now", "[2024-03-01 09:13] Mei: heron, since the move"],
        ["12/03/2024, 09:12 - Ravi: which server", "12/03/2024, 09:13 - Mei: heron"],
        ["\u200e[12.03.24, 09:12:01] Ravi: which server", "\u200e[12.03.24, 09:12:30] Mei: heron"],
        ["10:15 Mei: which server", "10:16 Ravi: heron", "10:16 Ravi: since the move"],
        ["9:05 am Mei which server", "9:06 am Ravi heron"],
        ["12 Mar 2024 09:12 Ravi: which server", "13 Mar 2024 09:13 Mei: heron"],
        ["[12.03. 09:12] Ravi: which server", "[12.03. 09:13] Mei: heron"],
        ["Ravi (12 Mar 2024, 9:12): which server", "Mei (12 Mar 2024, 9:13): heron"],
        ["[철수] [오전 9:12] 서버는 어디에 있나요", "[영희] [오전 9:13] 지하실에 있어요"],
        ["Ravi, [12.03.2024 09:12]", "which server", "and the backups"],
        ["ravi 9:12 AM", "which server", "and the backups", "mei 9:13 AM", "heron"],
        ["<Mei> which server", "<Ravi> heron"],
        ["mei> which server", "ravi> heron"],
        ["Mar  1 09:15:02 heron sshd[12]: which server", "Mar  1 09:16:02 heron sshd[13]: heron"],
        ["[INFO] which server", "[WARN] heron"],
        ["Mei  9:15 AM", "which server hosts the wiki now", "Ravi  9:16 AM", "heron, since the move"],
        ["Mei (10:15): which server", "Ravi [10:16]: heron"],
        ["Caretaker: Nils Holm", "Phone: 555 0142", "Wi-Fi network: LindenNet", "Bin day: Monday"],
        ["**Caretaker:** Nils Holm", "**Phone:** 555 0142"],
        ["Caretaker\tNils Holm", "Phone\t555 0142"],
        ["Caretaker ..... Nils Holm", "Phone ......... 555 0142"],
        ["Nils Holm - caretaker", "Ann Bo - cook"],
        ["[Tent]: Ingrid", "[Catering]: Bashir"],
        ["In this Act:", '"Fee" means what is paid', "“Site” has the meaning of clause 2"],
        ["HAMLET. To be or not to be", "OPHELIA. Good my lord", "Mr. VAN DYKE. I object"],
        [
            "GRETCHEN (leise). Meine Ruh ist hin",
            "LA FLÈCHE, à part. — Il est fou",
            "DOÑA INÉS. ¡Ay de mí",
            "АННА АНДРЕЕВНА. Как",
        ],
        ["The SPEAKER pro tempore. So ordered", "Ms. O'BRIEN of Texas. I yield", "Mr. McGOVERN. I rise", "The CHAIR. Noted"],
        ["DON JUAN.—¡Cuál gritan esos", "CIUTTI.— Señor, no os oyen", "MRS. BO. [Smiling.] Well"],
        [*["Mrs. Alving. Yes, and more.", "Engstrand (nearer). I was out."] * 3, "Mrs. Alving. Sit down."],
        ["Ham. Words, words.", "Oph. My lord?", "Ham. No more!", "Oph. You are merry"],
        ["**HAMLET.** To be or not to be", "**OPHELIA.** Good my lord"],
        ["MR. ADAMS: I call Ann Lee", "Abg. Lee (SPD): Herr Präsident", "THE COURT: Sustained"],
        ["[^1]: Gdynia", "[^2]: Oslo"],
        ["Q: Do you ship to Iceland", "A: No", "Q: Is there a discount", "A: Yes"],
        ["Apples 3 euros", "Pears 4 euros", "Plums 5 euros"],
        ["**Do you ship to Iceland**", "yes, weekly", "**Is there a discount?**", "no"],
    ],
    ids=lambda lines: lines[0],
)
def test_messages_entries_and_questions_are_sentences(lines: list[str], end: str) -> None:
    assert sentences(end.join(lines)) == lines


@pytest.mark.parametrize(
    "mark",
    [
        "[3]",
        "[4][5]",
        "[4] [5]",
        "[12, 13]",
        "[a]",
        "[^town]",
        "[citation needed]",
        "[note 1]",
        "¹",
        "²³",
        "^1",
        "†",
        "(1)",
        "[A]",
        "[1]–[3]",
        "[2]: 45–47",
        "[1](#fn1)",
        "[1, p. 5]",
        "[Smith 2001]",
        "[Anm. 2]",
        "[#1]",
        "[1]_",
        "[1]\u200b",
        "[1](http://x.org/a)",
        "**[1]**",
        "\\[1\\]",
        "【3】",
        "<ref>Weiss. A life</ref>",
        '<ref name="w"/>',
        "\\footnote{Weiss.}",
    ],
)
def test_the_mark_of_a_note_belongs_to_the_sentence_before_it(mark: str) -> None:
    for first in ("It was opened in 1897.", "He said “no.”", 'He said "no."', "Was it (at last) built?"):
        text = f"{first}{mark} It was designed by Karl Weiss.{mark} The toll was low.{mark}"
        assert sentences(text) == [f"{first}{mark}", f"It was designed by Karl Weiss.{mark}", f"The toll was low.{mark}"]
    assert sentences(f"The U.S.{mark} envoys met.") == [f"The U.S.{mark} envoys met."]


def test_the_bare_number_of_a_note_and_a_mark_after_a_space_belong_to_the_sentence_before() -> None:
    assert sentences("He said “later.”1 It rained. [4]\n") == ["He said “later.”1", "It rained. [4]"]


def test_the_mark_of_a_single_answer_is_no_sentence() -> None:
    assert sentences("A1. In Graz. Ask there.") == ["A1. In Graz.", "Ask there."]


@ends
@pytest.mark.parametrize(
    "number", ["Sec. 7-104.", "§ 12-3.5.", "Rule 4.", "Senator LEE.", "Mrs. O'DAY of Ohio.", "FAUST (am Pult)."]
)
def test_the_number_of_a_section_and_the_name_of_a_speaker_belong_to_what_follows(number: str, end: str) -> None:
    assert sentences(f"{number} Pets. Dogs{end}are allowed.") == [f"{number} Pets.", f"Dogs{end}are allowed."]


@ends
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("HAMLET.", "FIRST CLOWN."),
        ("                    MARTA", "                    JONAS (V.O.)"),
        ("                    MARTA", "                    DR. LEE #2"),
        ("MARTA (CONT'D)", "JONAS (O.S.)"),
    ],
)
def test_the_name_above_what_somebody_says_is_no_sentence(first: str, second: str, end: str) -> None:
    below = f"     (quietly){end}     I sold the boat. Then I left{end}     the town."
    spoken = [f"{first.strip()}{end}     (quietly){end}     I sold the boat.", f"Then I left{end}     the town."]
    assert sentences(f"{first}{end}{below}{end}{end}{second}{end}     For how much?") == [
        *spoken,
        f"{second.strip()}{end}     For how much?",
    ]
    speeches = [
        f"{name}{end}{said}" for name, said in zip(["ANN", "BO"] * 2, ["To be.", "My lord?", "I am.", "Good."], strict=True)
    ]
    assert sentences((end * 2).join(speeches)) == speeches


TRANSCRIPT = """\
                                      42
 7           DIRECT EXAMINATION
 8  BY MR. ADAMS:
 9     Q.  Did you see it?
10     A.  Yes. It was a red van. It stood
11  at the corner of Elm Street and
12  Main.
13         THE COURT:  Go on.
14     Q   When?
"""
BILL = """\
 1     SHORT TITLE
 2     This Act may be cited as the “Harbor Repair and
 3 Maintenance Act”. It is paid for by a toll that
 4 the ships pay.
 5     (b) TERM.—A grant ends after five years.
"""


@ends
@pytest.mark.parametrize("gap", ["", "\n"], ids=["single", "double"])
def test_numbers_of_lines_do_not_part_sentences(gap: str, end: str) -> None:
    def found(text: str) -> list[str]:
        lines = (gap + "\n").join(text.split("\n")).replace("\n", end)
        return [" ".join(sentence.split()) for sentence in sentences(lines)]

    assert found(TRANSCRIPT)[-6:] == [
        "Q. Did you see it?",
        "A. Yes.",
        "It was a red van.",
        "It stood 11 at the corner of Elm Street and 12 Main.",
        "THE COURT: Go on.",
        "Q When?",
    ]
    assert found(BILL)[-3:] == [
        "This Act may be cited as the “Harbor Repair and 3 Maintenance Act”.",
        "It is paid for by a toll that 4 the ships pay.",
        "(b) TERM.—A grant ends after five years.",
    ]
    prices = [
        f"{number} {thing} {number + 2} euros" for number, thing in enumerate(["Apples", "Pears", "Plums", "Figs", "Nuts"], 1)
    ]
    assert found("\n".join(prices)) == prices


@ends
def test_an_acronym_that_ends_a_sentence_at_the_beginning_of_a_line_is_not_torn_off(end: str) -> None:
    first, second = (
        f"The chips were compared with those of Austin-based{end}AMD.",
        f"They were bought in May by Armonk's{end}IBM.",
    )
    assert sentences(f"{first} {second} It paid in full.") == [first, second, "It paid in full."]
    said = f"Otto. Ich komme.{end}Ida. Wann?{end}Otto. Bald.{end}Ida. Gut! Dann kam der"
    assert sentences(f"{said}{end}Otto. Er ging.")[-2:] == [f"Dann kam der{end}Otto.", "Er ging."]
    assert sentences(f"ESA. It was founded in 1975.{end}{end}{first} {second} It paid.")[-3:] == [first, second, "It paid."]


@ends
def test_entries_of_a_numbered_list_without_signs_are_not_joined(end: str) -> None:
    things = ["payment of the rent on the first of each month", "repair of the roof and of the walls of the house"] * 3
    entries = [f"{number}\t{thing}" for number, thing in enumerate(things, 1)]
    assert sentences(end.join(entries)) == entries


@ends
def test_capitals_of_licences_and_above_lists_name_nobody(end: str) -> None:
    first, second = (
        f"THE PROGRAM IS OFFERED TO YOU AS IT IS WITHOUT ANY{end}WARRANTY.",
        f"THE RISK OF ITS USE IS THAT OF THE{end}USER.",
    )
    assert sentences(f"{first} {second} ALL COSTS ARE YOURS.") == [first, second, "ALL COSTS ARE YOURS."]
    changes = [f"FIXED{end}* A crash.", f"ADDED{end}* A map."] * 2
    assert sentences((end * 2).join(changes)) == ["FIXED", "A crash.", "ADDED", "A map."] * 2


@ends
@pytest.mark.parametrize("mark", ["> [!NOTE]", "> [!tip]-", "!!! note", "??? warning", "::: tip", ":::danger"])
def test_what_stands_out_is_read_without_the_mark_and_apart_from_its_title(mark: str, end: str) -> None:
    quoted = "> " if mark.startswith(">") else "    "
    assert sentences(f"{mark}{end}{quoted}The shop opens{end}{quoted}at ten.") == [f"The shop opens{end}{quoted}at ten."]
    assert sentences(f"{mark} Opening hours{end}{quoted}from ten on") == ["Opening hours", "from ten on"]


def test_code_spans_are_whole() -> None:
    assert sentences("Use `yq -y .` to convert. Then `foo. Bar. Baz` is printed, and ``a. `B. C`` too. It ends.") == [
        "Use `yq -y .` to convert.",
        "Then `foo. Bar. Baz` is printed, and ``a. `B. C`` too.",
        "It ends.",
    ]
    assert sentences("One ` is no span.\n\nIt ends. One more ` is none.") == [
        "One ` is no span.",
        "It ends.",
        "One more ` is none.",
    ]


@ends
@pytest.mark.parametrize(
    "rule", ["---", "-- ", "-", "=====", "* * *", "_____", "~~~~", "─────", "- - - -", "+---+---+", "├──┼──┤", "..."]
)
def test_a_rule_is_no_sentence_and_parts_what_it_stands_between(rule: str, end: str) -> None:
    assert sentences(end.join([rule, "Opening hours", rule, "nine to five", rule, "Ann"])) == [
        "Opening hours",
        "nine to five",
        "Ann",
    ]
    text = f"a{end}{rule}{end}b"
    assert [text[a:b] for a, b in line_spans(text, 0, len(text))] == ["a", "b"]


@ends
def test_cues_of_subtitles_are_apart_from_their_times(end: str) -> None:
    cue = [
        "1",
        "00:00:04,000 --> 00:00:07,500",
        "This hall was",
        "built in 1764",
        "",
        "2",
        "00:08.000 --> 00:11.500",
        "by Tobias Renn",
    ]
    assert sentences(end.join(cue)) == [
        end.join(cue[:2]),
        end.join(cue[2:4]),
        end.join(cue[5:7]),
        "by Tobias Renn",
    ]


@ends
@pytest.mark.parametrize(
    ("title", "rest"),
    [
        ("Garden", ["Slugs eat the lettuce."]),
        ("Staff and duties", ["Marta Olsen leads the service team."]),
        ("Opening hours 2024", ["The museum opens at nine and closes at five on all days", "but Monday."]),
        ("MINUTES", ["“The roof leaks,” said the chair."]),
    ],
)
def test_a_title_line_right_above_its_text_is_apart_from_it(title: str, rest: list[str], end: str) -> None:
    assert sentences(end.join([title, *rest])) == [title, end.join(rest)]


@pytest.mark.parametrize(
    "text",
    [
        "Yesterday the old\nMayor of Turin resigned.",
        "The\nRhine flows north.",
        "Ann Lee\nwas elected in May.",
        "He met Ann,\nBob left early.",
    ],
)
def test_the_first_line_of_prose_is_no_title(text: str) -> None:
    assert sentences(text) == [text]


def test_what_is_folded_is_a_sentence_without_its_tags() -> None:
    text = "<details>\n<summary>How long does it take?</summary>\nTen days\n</details>\n<summary><b>Why?</b></summary>\n\nNo."
    assert sentences(text) == ["How long does it take?", "Ten days", "<b>Why?</b>", "No."]


@pytest.mark.parametrize("gap", [" ", "\n"])
def test_a_transcript_without_punctuation_is_cut_at_conjunctions_and_line_ends(gap: str) -> None:
    clause = gap.join(["you put the young plants out in the second week of may"] * 2).replace("\n", " ")
    text = f"{gap}and ".join([clause] * 12)
    found = sentences(text)
    assert " ".join(found).split() == text.split()
    assert all(sentence.removeprefix("and ") == clause for sentence in found)
    long = " ".join(f"word{number}" for number in range(500))
    assert max(len(sentence.split()) for sentence in sentences(long)) <= 32
    legal = "Where the tenant, being a person, leaves the house, the flat or the room, " * 20
    assert sentences(legal) == [legal.strip()]


@pytest.mark.parametrize(
    "text",
    [
        "He was ill for a while after the war, which had ended in\n1945. He died old.",
        "The rise was decided in\n2019. It came again in\n2021. Nothing has changed.",
        "The rules (see clause\n3) bind all tenants.",
        "Bring the forms for the rooms\n1. and 2. to us.",
        "In the longest line of all the lines here they met\n12) twelve guests, not more of them.",
        "They all wanted to see the mill and the old\n- now closed - bakery of the village.",
        "Die Kündigung ist nach Nummer\n4. möglich.",
    ],
)
@pytest.mark.parametrize("end", LINE_ENDS)
def test_a_number_or_dash_that_a_line_begins_with_is_no_mark_within_a_sentence(text: str, end: str) -> None:
    found = sentences(text.replace("\n", end))
    assert sum(map(len, map(str.split, found))) == len(text.split())
    assert found[0].startswith(text.split()[0]) and text.split("\n")[1].split()[0] in found[0]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("You agree to\n(a) pay the rent and\n(b) leave in May", ["(a) pay the rent and", "(b) leave in May"]),
        ("Bring the\n1. pen\n2. ink", ["pen", "ink"]),
        ("Agenda\n3. Roof\n7. Keys", ["Roof", "Keys"]),
        ("We want to\n- eat\n- sleep", ["eat", "sleep"]),
        ("Today:\n14. The hall is painted", ["The hall is painted"]),
        ("1. one\n1. two\n1. three", ["two", "three"]),
        ("Things to do in the house before the guests come\n- water the plants", ["water the plants"]),
        (
            "We decided for the next year and all after\n- the fee is raised by ten euros for all who\n  do not help",
            ["the fee is raised by ten euros for all who\n  do not help"],
        ),
        ("We will need the following, all of it fresh, as usual,\n- milk", ["milk"]),
        ("Top songs of the year as voted by our listeners\n3. Door\n2. Sea\n1. Hill", ["Door", "Sea", "Hill"]),
        ("Rules of the house of which all guests shall know\nB1. Be kind\nB2. Be quiet", ["B1. Be kind", "B2. Be quiet"]),
    ],
)
def test_marks_that_count_or_come_again_are_items_whatever_stands_above(text: str, items: list[str]) -> None:
    assert sentences(text)[1:] == items


def test_a_picture_of_markdown_is_whole() -> None:
    assert sentences("Look at this ![A pump in May](x.png) here. It is loud![1] Stop.") == [
        "Look at this ![A pump in May](x.png) here.",
        "It is loud![1]",
        "Stop.",
    ]
    badges = "[![CI](x.svg)](y) [![Docs](z.svg)](w)"
    assert sentences(badges) == [badges]


def test_the_first_line_of_a_list_without_marks_is_one_by_itself() -> None:
    assert sentences("Ingredients:\n200 g flour\n2 eggs\n300 ml milk") == [
        "Ingredients:",
        "200 g flour",
        "2 eggs",
        "300 ml milk",
    ]


@ends
@pytest.mark.parametrize(
    "entries",
    [
        ["City Dental Practice", "12 Elm Street, Suite 4B", "Tel. (217) 555-0148 | Fax (217) 555-0149", "info@dental.example"],
        ["to bring:", "stamps", "the big folding chairs (two)", "iPhone charger"],
        ["Medication:", "   vitamin D", "   ibuprofen 400 mg, with food"],
        [
            "anode - where current enters",
            "cathode - where it leaves",
            "electrolyte",
            "EMF and other forces of some kind or another",
        ],
        ["INVOICE No. 45                    Date: 3 March", "Bill to: Orchard Cafe             Due: 2 April"],
        ["12/03/2023, 18:12 - Ana: at the station", "bring cash", "12/03/2023, 18:15 - Bruno: then do not leave without me"],
    ],
)
def test_lines_that_end_before_they_are_full_are_entries(entries: list[str], end: str) -> None:
    assert sentences(end.join(entries)) == [entry.strip() for entry in entries]


@ends
def test_entries_with_hanging_lines_are_apart(end: str) -> None:
    entries = [f"{name}{end}     {text}" for name, text in (("fee", "what is paid"), ("site", "the land"), ("Term", "a year"))]
    assert sentences(end.join(entries)) == entries


@pytest.mark.parametrize(
    "text",
    [
        "We usually\nset it to 2022-10-02 - Meeting Name as here\nand as 2022-11-02 - Board.",
        "He ruled from 330 - 395, and then his\nson from 395 - 1204 as was the custom of the\nland.",
        "Visit\n\thttp://x.org/a\nor send a message to\n\tlist@x.org",
        "Speaker:     It is so, but\nits not enough.   The idea",
    ],
)
def test_lines_of_prose_with_dashes_or_indents_are_no_entries(text: str) -> None:
    first = text[: text.index(".") + 1] if "." in text[:-1] and "http" not in text else text
    assert sentences(text)[0] == first


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Call Ann.", "Bring tea."),
        ("Bake it for 45 min.", "Let it cool."),
        ("One dog (max. 12 kg) and at least (min. 3) cats.", "See Phil. Trans. R. Soc."),
        ("Es war Mittwoch, 4. September 2019.", "Da kam er."),
    ],
)
def test_short_names_units_and_days_end_sentences_where_they_do(first: str, second: str) -> None:
    assert sentences(f"{first} {second}") == [first, second]


def test_the_lines_of_a_sentence_that_ends_above_a_list_are_not_parted() -> None:
    text = (
        "Some people have helped more, some less, but nevertheless everyone's help\n"
        "has been important. In alphabetical order:\n  Mark Adler, Utah\n  Peter Anvin\n  Jeff Bastian, of Red Hat\n"
    )
    told = [text[a:b] for a, b in sentence_spans(text)]
    assert told[0] == "Some people have helped more, some less, but nevertheless everyone's help\nhas been important."
    assert told[-3:] == ["Mark Adler, Utah", "Peter Anvin", "Jeff Bastian, of Red Hat"]


@pytest.mark.parametrize(
    "sentences",
    [
        ["Anna met twelve people.13,14", "The quarantine lasted six weeks.15-17", "Nobody left.19, 20", "It ended."],
        ["Children ride free.*", "Lost property is kept for a week."],
        ["He came.<5>", "It froze again.(1,2)", "It rose.¹⁻³", "It fell."],
        ["Ola built the dome [#dome]_.", "Clara ground the mirror [1]_.", "Visitors see it."],
        ["Boats leave from pier B.", "Dogs travel free.", "She speaks C.", "They use R."],
        [".doc files are kept for one year.", ".docx files are kept for two years."],
        ["Стоянка 300 рублей.\ufffd", "Парковка закрыта."],
        ["There are three steps: 1. Replace the seals.", "2. Test the pump.", "10. Write it down."],
        ["He asked “who is it?”, which nobody knew.", "See [What is CRAN?], page 9.", "He said (no!) that it was."],
        ["The date is 2020. 3. 30. and it was cold.", "They saw fig. 2. and left."],
    ],
)
def test_notes_letters_and_numbers_of_items_end_sentences_only_where_they_do(sentences: list[str]) -> None:
    text = " ".join(sentences)
    assert [text[a:b] for a, b in sentence_spans(text)] == sentences


def test_the_note_after_a_full_stop_of_chinese_belongs_to_the_sentence_before() -> None:
    text = "这座桥建于1920年。[1]设计师是林国栋。[2][3]桥长五百米。⁵"
    assert [text[a:b] for a, b in sentence_spans(text)] == ["这座桥建于1920年。[1]", "设计师是林国栋。[2][3]", "桥长五百米。⁵"]
