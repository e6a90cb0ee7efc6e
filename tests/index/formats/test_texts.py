"""RTF, subtitles, light markup, structured text and source code."""

import base64
import json
import random

import pytest

from quotewise.index.chunking import Chunker
from quotewise.index.errors import DocumentError
from quotewise.index.sentences import Span, sentence_spans
from tests.index.formats.files import block, compound, docx, p, parse_document, texts


def rtf(body: str) -> list[str]:
    return texts(parse_document("a.rtf", b"{\\rtf1\\ansi\\ansicpg1252\\deff0" + body.encode("latin-1") + b"}"))


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (r"Caf\'e9 \u8364?5\par Next\line line", ["Café €5", "Next\nline"]),
        (r"{\fonttbl{\f0 Arial;}{\f1\fcharset204 Arial;}}\f1 \'cf\'f0\'e8\plain\f0 !", ["При!"]),
        (r"\u-10179?\u-8694? ok", ["\U0001f60a ok"]),
        (r"\uc2\u228aexx b", ["äxx b"]),
        (r"a {\deleted gone}{\v hidden}{\*\unknown junk}{\pict 89504e47}b", ["a b"]),
        (r"{\field{\*\fldinst HYPERLINK x}{\fldrslt link}} text", ["link text"]),
        (r"Text{\super\chftn}{\footnote Note.}\par", ["Text[1]", "[1] Note."]),
        (r"{\listtext\pard\plain 1.\tab}First\par\pard Then\par", ["1. First", "Then"]),
        (r"{\listtext o\tab}\pard First\par{\listtext a.\tab}\pard Second\par\pard Then\par", ["First", "a. Second", "Then"]),
        (
            r"\trowd\intbl City\cell Cups\cell\row\trowd\intbl Riga\cell 2\cell\row\pard After\par",
            ["City | Cups\nRiga | 2", "After"],
        ),
        (r"{\stylesheet{\s1\outlinelevel0 heading 1;}}\pard\s1 Title\par\pard Body\par", ["Title", "Body"]),
        (r"{\fonttbl{\f0\fcharset204 A;}{\f1\fcharset0 B;}}\'cf\'f0{\f1 \'e9}\plain\'e8", ["Прéи"]),
        (r"{\stylesheet{\s1 heading 1;}{\s2 Title;}}\pard\s2 Law\par\pard\s1 Scope\par\pard All\par", ["Law", "Scope", "All"]),
        (
            r"{\mmath{\*\moMath{\mr E=}{\mf{\mfPr{\mtype bar}}{\mnum{\mr a}}{\mden{\msSup{\me{\mr c}}{\msup{\mr 2}}}}}}}\par",
            ["E=a/c^2"],
        ),
        (r"{\object\objemb{\*\objdata 0101}{\result Shown.}}\par", ["Shown."]),
        (r"\pard 10{\super 6} m\super 2\nosupersub , the 1{\super st}\par", ["10⁶ m², the 1st"]),
        (
            r"{\fonttbl{\f0 Arial;}{\f1\fcharset2 Symbol;}{\f2\fcharset2 Wingdings;}}{\f1 a\'b3}5 {\f1\u61538?} {\f2 \'fc}a",
            ["α≥5 β ✓a"],
        ),
        (r"\trowd\intbl A\cell B\cell\row Below\par\trowd\intbl C\cell D\cell\row", ["A | B", "Below", "C | D"]),
    ],
)
def test_rtf_is_read_as_word_shows_it(body: str, shown: list[str]) -> None:
    assert rtf(body) == shown


def test_bold_lines_of_rtf_that_stand_alone_are_headings() -> None:
    body = r"{\b\fs32 Lease}\par {\b 1. Rent}\par The rent is 1,150 pounds a month, payable in advance.\par {\b Due}: May.\par"
    document = parse_document("a.rtf", b"{\\rtf1\\ansi\\fs24 " + body.encode() + b"}")
    assert block(document, "The rent").heading == block(document, "Due").heading == ("Lease", "1. Rent")


def test_a_symbol_that_a_field_of_rtf_shows_is_read() -> None:
    fonts = r"{\fonttbl{\f0 Arial;}{\f3 Symbol;}}\f0 "
    field = r"{{\field{{\*\fldinst {}}}{{\fldrslt {}}}}}"
    body = (
        fonts + "a" + field.format(r'{SYMBOL 163 \\f "Symbol" \\s 10}', r"\f3\fs20") + "b" + field.format("SYMBOL 176", r"\'b0")
    )
    body += field.format(r"SYMBOL 8364 \\u", "?") + field.format('HYPERLINK "http://x"', "here")
    assert rtf(body) == ["a≤b°€here"]


def test_cells_of_rtf_that_are_merged_are_read_with_all_their_rows_and_columns() -> None:
    rows = (
        r"\trowd\trhdr\cellx2000\cellx5990\intbl Region\cell Sales\cell\row"
        r"\trowd\clvmgf\cellx2000\cellx4000\cellx6000\intbl North\cell May\cell 5\cell\row"
        r"\trowd\clvmrg\cellx2000\cellx4000\cellx6000\intbl\cell June\cell 6\cell\row"
        r"\trowd\clmgf\cellx2000\clmrg\cellx4000\cellx6000\intbl All\cell\cell 11\cell\row\pard After\par"
    )
    document = parse_document("a.rtf", f"{{\\rtf1{rows}}}".encode())
    assert texts(document) == ["Region | Sales\nNorth | May | 5", "June | 6", "All | 11", "After"]
    assert block(document, "June").heading == ("North", "Sales")
    assert block(document, "All").heading == ("Region | Sales",)


def test_a_table_of_rtf_within_a_cell_keeps_its_rows() -> None:
    row = r"\itap2 {}\nestcell {}\nestcell{{\*\nesttableprops\trowd\cellx1\cellx2\nestrow}}{{\nonesttables\par}}"
    inner = row.format("City", "Cups") + row.format("Riga", "2")
    body = rf"\trowd\cellx9\intbl Before\par {inner}\pard\intbl After\cell\row\pard End\par"
    assert rtf(body) == ["Before", "City | Cups\nRiga | 2", "After", "End"]


def test_rtf_groups_nested_too_deep_are_stopped() -> None:
    with pytest.raises(DocumentError, match="nested deeper"):
        rtf("{" * 10_000)


def test_a_sentence_runs_over_cues_and_each_cue_has_its_time() -> None:
    srt = (
        "1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>The rent is</i>\r\n\r\n2\r\n00:00:02,600 -->"
        " 00:00:04,000\r\n{\\an8}900 euros.\r\n"
    )
    document = parse_document("a.srt", srt.encode("cp1252"))
    assert document.text == "The rent is\n900 euros."
    assert sentence_spans(document.text) == [Span(0, len(document.text))]
    part = document.layout.place(Span(document.text.index("900"), len(document.text))).part
    assert part is not None and (part.kind, part.number, part.label) == ("cue", 2, "00:00:02.600 --> 00:00:04.000")


def test_times_without_leading_zeros_as_meeting_programs_write_them_are_read() -> None:
    vtt = (
        "WEBVTT\n\n6e2b1f0c-0d3a-4c1e-9a7b-2f5d8e1c4a90/12-0\n0:0:0.0 --> 0:0:3.540\n<v Jane Doe>Good morning everyone.</v>\n\n"
        "6e2b1f0c-0d3a-4c1e-9a7b-2f5d8e1c4a90/17-0\n0:1:5.2 --> 1:2:7.950\n<v Ann Lee>The budget is 900 euros.</v>\n"
    )
    document = parse_document("meeting.vtt", vtt.encode())
    assert texts(document) == ["Jane Doe: Good morning everyone.", "Ann Lee: The budget is 900 euros."]


def test_voices_of_webvtt_are_named_once_and_notes_are_not_shown() -> None:
    vtt = (
        "WEBVTT - title\n\nNOTE not shown\nat all\n\nSTYLE\n::cue{}\n\nid\n00:01.000 --> 00:02.000 align:start\n<v"
        " Ann>Tom &amp; I\n\n"
        "00:02.000 --> 00:03.000\n<v Ann>came.</v>\n\n00:03.000 --> 00:04.000\n<v.loud Bob>No.</v>\n"
    )
    assert texts(parse_document("a.vtt", vtt.encode())) == ["Ann: Tom & I\ncame.", "Bob: No."]
    with pytest.raises(DocumentError, match="no cue"):
        parse_document("a.vtt", b"WEBVTT\n")


def test_a_name_before_each_cue_of_a_meeting_is_a_voice_and_a_label_before_some_is_text() -> None:
    times = [f"00:0{n}.000 --> 00:0{n}.900" for n in range(1, 4)]
    meeting = ["Priya Nair: The fee is", "Priya Nair: 900 euros.", "Tom (he/him): Thanks."]
    film = ["ANN: The fee", "is 900", "euros."]
    cues = ["WEBVTT\n\n" + "\n\n".join(map("\n".join, zip(times, said, strict=True))) for said in (meeting, film)]
    shown = [texts(parse_document("a.vtt", one.encode())) for one in cues]
    assert shown == [["Priya Nair: The fee is\n900 euros.", "Tom (he/him): Thanks."], ["ANN: The fee\nis 900\neuros."]]


def test_captions_that_roll_up_are_read_once_and_what_is_heard_is_apart_from_what_is_said() -> None:
    times = ["00:00.1 --> 00:02.3", "00:02.3 --> 00:02.4", "00:02.4 --> 00:04.7", "00:04.7 --> 00:04.8", "00:04.8 --> 00:06.0"]
    said = [
        *(" \nso<00:00.3><c> today</c>", "so today\n ", "so today\nwe bake<00:02.9><c> rye</c>", "we bake rye\n "),
        "we bake rye\nfor an hour",
    ]
    vtt = "WEBVTT\n\n" + "\n\n".join(map("\n".join, zip(times, said, strict=True)))
    assert texts(parse_document("a.vtt", vtt.encode())) == ["so today\nwe bake rye\nfor an hour"]
    heard = "00:07.0 --> 00:08.0\n[DOOR SLAMS]\n\n00:08.1 --> 00:09.0\nit is done\n\n00:09.0 --> 00:10.0\n>> Is it?"
    assert texts(parse_document("a.vtt", f"WEBVTT\n\n{heard}".encode())) == ["[DOOR SLAMS]", "it is done", ">> Is it?"]


@pytest.mark.parametrize(
    ("path", "text", "heading"),
    [
        ("a.rst", "=====\nRules\n=====\n\nFees\n----\n\n.. include:: /etc/passwd\n\nThe fee is 5.\n", ("Rules", "Fees")),
        ("a.adoc", "= Rules\n:author: Ann\n\n== Fees\n\n// hidden\nThe fee is 5.\n", ("Rules", "Fees")),
        ("a.org", "#+title: All\n* Rules\n** TODO Fees :tag:\n# hidden\nThe fee is 5.\n", ("Rules", "Fees")),
        (
            "a.tex",
            (
                "\\title{All}\n\\begin{document}\n\\section{Rules}\n\\subsection*{Fees}\\label{f}\n% hidden\nThe fee is"
                " 5.\n\\end{document}\n"
            ),
            ("Rules", "Fees"),
        ),
    ],
)
def test_light_markup_is_its_own_text_under_its_headings(path: str, text: str, heading: tuple[str, ...]) -> None:
    document = parse_document(path, text.encode())
    assert document.text == text
    assert block(document, "The fee is 5.").heading == heading
    assert not any("hidden" in one or "passwd" in one for one in texts(document))


def test_tables_and_code_of_light_markup() -> None:
    document = parse_document(
        "a.org", b"| City | Cups |\n|------+------|\n| Riga | 2 |\n\n#+begin_src sh\nls\n* no heading\n#+end_src\n"
    )
    assert block(document, "Riga").heading == ("City | Cups",) and block(document, "Riga").kind == "row"
    assert texts(document, "code") == ["ls\n* no heading"]
    below = parse_document("a.org", b"* Heating\nIt is warm.\n| City | Cups |\n|------+------|\n| Riga | 2 |\n")
    assert [(b.kind, b.heading) for b in below.blocks] == [
        *(("heading", ("Heating",)), ("paragraph", ("Heating",))),
        ("row", ("Heating", "City | Cups")),
    ]


def test_comments_of_latex_end_what_is_quoted_and_its_tables_are_rows_under_the_names_of_their_columns() -> None:
    body = (
        "We saw 14 caves.% TODO check\nMost are 5\\% wide. % hm\n\\begin{itemize}\n\\item Banding % rings\n\\end{itemize}\n"
        "\\begin{tabular}{lr}\n\\toprule\nCave & \\textbf{Bats} \\\\\n\\midrule\nIce & 98 \\\\ % few\nMud & 7 \\\\[2pt]\n"
        "\\end{tabular}\n"
        "\\begin{align}\na &= b \\\\\nc &= d \\\\\n\\end{align}\n"
    )
    document = parse_document("a.tex", body.encode())
    assert texts(document) == [
        *("We saw 14 caves.", "Most are 5\\% wide.", "\\item Banding", "Cave & \\textbf{Bats} \\\\"),
        *("Ice & 98 \\\\ % few\nMud & 7 \\\\[2pt]", "a &= b \\\\\nc &= d \\\\"),
    ]
    assert block(document, "Mud").heading == ("Cave | Bats",) and block(document, "Mud").kind == "row"


@pytest.mark.parametrize("gap", ["", "\n  "])
def test_what_elements_of_xml_say_is_read_without_their_tags_under_what_names_them(gap: str) -> None:
    item = (
        "<item id='{0}'><name>{1}</name><price unit='EUR'>{2}</price><text>{1} is for sale. It <b>runs</b> well.</text></item>"
    )
    shop = f"<?xml version='1.0'?>{gap}<shop><!-- ours -->{item.format(1, 'Pump', 90)}{gap}{item.format(2, 'Fan', 7)}</shop>"
    document = parse_document("a.xml", shop.encode())
    assert document.text == shop
    said = block(document, "Fan is for sale")
    assert document.text[said.start : said.end] == "Fan is for sale. It <b>runs</b> well." and said.heading == ("name: Fan",)
    assert "<name>Fan</name><price unit='EUR'>7</price>" in texts(document) and "<item id='2'>" in texts(document)
    assert block(document, "ours").kind == "paragraph"


def test_xml_that_is_cut_off_or_hostile_loses_nothing_and_is_read_at_once() -> None:
    cut = b"<?xml version='1.0'?><a><b>One is here. Two is, too.</b><b>Three is"
    assert "Three is" in "".join(texts(parse_document("a.xml", cut)))
    long = "It is a long text. " * 400
    for body in (
        f"Begun <b/>{long}",
        f"Begun <b>so</b>{long}<c v='5'/>",
        "<b v='1'/><b v='2'/>",
        "<!-- Said --><b v='3'>4</b>",
    ):
        document = parse_document("a.xml", f"<?xml version='1.0'?><a of='9'>{body}</a>".encode())
        starts = [one.start for one in document.blocks]
        shown = " ".join(texts(document))
        assert starts == sorted(starts) and all(digit in shown for digit in "12345" if digit in body)
        assert "Begun" not in body or "Begun" in shown
    for mark in ("<!--", "<a ", "<a>", "</a>", "<![CDATA[", "&", "<a>x", "<" + "a" * 50_000):
        shown = "".join(texts(parse_document("a.xml", f"<?xml version='1.0'?>{mark * 20_000}end".encode()[:2_000_000])))
        assert shown.endswith("end") or mark.startswith("<aa")


def test_a_long_line_of_json_is_cut_between_its_entries() -> None:
    text = "[" + ",".join(f'{{"name": "Turbine {n}, east", "power": {n}}}' for n in range(200)) + "]"
    document = parse_document("a.json", text.encode())
    pieces = texts(document)
    assert document.text == text and max(map(len, pieces)) < 600 and "".join(pieces) == text
    assert all(piece.lstrip().startswith(("[", "{", '"')) for piece in pieces)
    with pytest.raises(DocumentError, match="nested brackets"):
        parse_document("a.json", b"[" * 5_000)


def test_an_object_of_json_stands_under_its_keys_and_its_first_entry() -> None:
    text = (
        '{\n  "list": [\n    {\n      "name": "Elm",\n      "site": "Riga"\n    },\n    {\n      "name": "Oak"\n    }\n  ]\n}\n'
    )
    document = parse_document("a.json", text.encode())
    assert block(document, "Riga").heading == ("list", "name: Elm")
    assert block(document, "Oak").heading == ("list", "name: Oak")
    assert '"list"' in "".join(texts(document))


def test_comments_of_source_code_are_prose_and_the_rest_is_lines() -> None:
    document = parse_document(
        "a.py", b'# The limit is five\n# since May.\nLIMIT = 5\n\ndef f():\n    """Says\n    hello."""\n    return 1\n'
    )
    kinds = [(b.kind, b.by_line) for b in document.blocks]
    assert kinds == [("paragraph", False), ("code", True), ("code", True), ("paragraph", False), ("code", True)]


@pytest.mark.parametrize(
    ("path", "text", "shown"),
    [
        ("a.py", '# Ours\n"""Says\nhello.\n"""\n# Why\nx = 1\n', ["# Ours", "Says\nhello.", "# Why", "x = 1"]),
        ("a.py", 'def f():\n    r"""Says hello."""\n', ["def f():", "Says hello."]),
        ("a.c", "/*\n * The pump\n * starts.\n */\n#define T 1\n", ["* The pump\n * starts.", "#define T 1"]),
        ("a.css", "/* The pump\n   starts. */\np { x: y }\n", ["The pump\n   starts.", "p { x: y }"]),
        ("a.sh", "/* is no comment\necho\n", ["is no comment", "echo"]),
    ],
)
def test_comments_of_several_lines_are_read_whole_and_without_the_signs_around_them(
    path: str, text: str, shown: list[str]
) -> None:
    assert [one.strip() for one in texts(parse_document(path, text.encode()))] == shown


def test_comments_that_do_not_end_are_read_line_by_line_and_at_once() -> None:
    for mark in ("/*", "<!--"):
        document = parse_document("a.css", f"{mark} a\n".encode() * 20_000)
        assert len(document.blocks) == 20_000


@pytest.mark.parametrize(
    ("path", "data", "parser"),
    [
        ("LICENSE", b"You may copy.\n", "text"),
        ("notes.2024", b"A note.\n", "text"),
        ("a.doc", b"{\\rtf1 Hello}", "rtf"),
        ("Offer of 3. May", docx(p("Tea")), "docx"),
        ("Inbox", b"From - Mon Jan 1 2026\nSubject: Hi\n\nHello\n", "mbox"),
        ("a.xls", b"<html><table><tr><td>a<td>b</table>", "html"),
        ("a.xls", b"a\tb\n1\t2\n", "csv"),
    ],
)
def test_a_file_is_read_by_its_content_where_that_says_more_than_its_ending(path: str, data: bytes, parser: str) -> None:
    assert parse_document(path, data).layout.parser == parser


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=("LF", "CRLF"))
@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("N\bNA\bAM\bME\bE", "NAME"),
        ("_\bn_\ba_\bm_\be and n\b_a\b_", "name and na"),
        ("_\bB\bBo_\bn", "Bon"),
        ("\x1b[mteh\b\bhe", "the"),
        ("\x1b[m\b\ba\b", "a"),
        ("a\b\x1b\x1bM \x9b1m", "a\b\x1b\x1bM \x9b1m"),
        ("a_\bb", "a_\bb"),
        ("\x1b[1;32mINFO\x1b[0m \x1b[38;2;1;2;3mport\x1b[m 80", "INFO port 80"),
        ("\x9b31mINFO\x1b[0m", "INFO"),
        ("\x1b]8;;http://x.org\x1b\\the pump\x1b]8;;\x1b\\ runs", "the pump runs"),
        ("\x1b]0;title\x07\x1b(B\x1b[?25lpump\x1b[2K", "pump"),
        ("Name\x1b[3CPrice", "Name   Price"),
        ("a \x1b", "a \x1b"),
    ],
)
def test_a_log_that_was_written_for_a_terminal_is_read_as_that_shows_it(written: str, shown: str, end: str) -> None:
    document = parse_document("a.log", f"First.{end}{written}{end}".encode())
    assert document.text == f"First.{end}{shown}{end}"
    assert document.layout.printed(Span(len(f"First.{end}"), len(document.text) - 1)) == "line 2"
    is_file = written == shown
    assert bool(document.encoding) == is_file and (document.layout.parser != "terminal") == is_file


def test_control_sequences_without_an_end_are_read_at_once() -> None:
    assert parse_document("a.log", b"\x1b[m\x1bPq1\x1b\\pump \x1bPq\nruns\x1b\\").text == "pump q\nruns"
    for mark in ("\x1b", "\x1b[1", "\x1b]8", "\x1bP", "a\b", "\x1b[9999C"):
        parse_document("a.txt", mark.encode() * 20_000 + b"end")


def test_old_and_binary_formats_are_refused_with_their_name() -> None:
    with pytest.raises(DocumentError, match=r"PowerPoint \(\.ppt\) 97 to 2003"):
        parse_document("a.ppt", compound({"PowerPoint Document": b"a"}))
    with pytest.raises(DocumentError, match="no known format"):
        parse_document("a.png", b"\x89PNG")


def test_navigation_is_never_quoted_and_rows_are_read_by_themselves() -> None:
    page = b"<nav><a href=/>Prices of all rooms</a></nav><table><tr><th>Room<th>Price<tr><td>Blue<td>90</table>"
    chunks = Chunker(lambda parts: [1] * len(parts)).chunks(parse_document("a.html", page))
    assert [kind.name for chunk in chunks for kind in chunk.kinds] == ["BOILERPLATE", "ROW", "ROW"]


SLACK = [
    {
        **{"type": "message", "user": "U1", "ts": "1709283122.000200", "user_profile": {"real_name": "Ann Lee"}},
        "text": "The <http://x.org/a|pump> is broken &amp; leaks. <@U2>, can you look? <!here>",
    },
    {"type": "message", "user": "U2", "ts": "1709283722.0002", "text": "In <#C1|ops>", "user_profile": {"display_name": "bo"}},
    {
        **{"type": "message", "bot_profile": {"name": "Build"}, "ts": "x", "text": "", "files": [{"name": "log.txt"}]},
        "attachments": [{"title": "Build 12", "text": "failed"}, None],
    },
    {"type": "message", "user": "U9", "ts": "1e99", "text": ""},
    {
        **{"type": "message", "user": "U2", "ts": "1709284322.0002", "text": ""},
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": "Pumps"}},
            {"elements": [{"type": "rich_text_section", "elements": [{"text": "Ask "}, {"type": "user", "user_id": "U1"}]}]},
        ],
    },
]
TELEGRAM = {
    **{"name": "Boats", "type": "private_group"},
    "messages": [
        {
            "type": "message",
            "date": "2024-03-01T09:12:00",
            "from": "Ravi",
            "text": ["See ", {"type": "link", "text": "x.org"}, "."],
        },
        {"type": "service", "date": "2024-03-01T09:13:00", "actor": "Mei", "text": ""},
        {
            **{"type": "message", "date": "2024-03-01T09:14:00", "from": "Mei", "text": "", "forwarded_from": "Jo"},
            **{"file_name": "offer.pdf", "poll": {"question": "When?", "answers": [{"text": "Now"}, {"text": "Later"}]}},
        },
    ],
}
DISCORD = {
    **{"guild": {"id": "1"}, "channel": {"name": "general"}},
    "messages": [
        {
            **{
                "timestamp": "2024-03-01T09:12:00.1+00:00",
                "content": "On heron.",
                "author": {"name": "mei", "nickname": "Mei"},
            },
            "attachments": [{"fileName": "a.png"}],
            "embeds": [{"title": "Build", "fields": [{"name": "State", "value": "failed"}]}],
        }
    ],
}


@pytest.mark.parametrize("indent", [None, 4])
@pytest.mark.parametrize(
    ("chat", "shown", "title"),
    [
        (
            SLACK,
            [
                "Ann Lee (2024-03-01 08:52 UTC): The pump is broken & leaks. @bo, can you look? @here",
                "bo (2024-03-01 09:02 UTC): In #ops",
                "Build: Build 12 – failed\n[log.txt]",
                "bo (2024-03-01 09:12 UTC): Pumps\nAsk @Ann Lee",
            ],
            "a",
        ),
        (
            TELEGRAM,
            [
                "Ravi (2024-03-01 09:12): See x.org.",
                "Mei (2024-03-01 09:14): Forwarded from Jo:\n[offer.pdf]\nWhen?\n- Now\n- Later",
            ],
            "Boats",
        ),
        (DISCORD, ["Mei (2024-03-01 09:12 UTC): On heron.\n[a.png]\nBuild\nState: failed"], "general"),
    ],
    ids=["Slack", "Telegram", "Discord"],
)
def test_an_exported_chat_is_read_message_by_message(chat: object, shown: list[str], title: str, indent: int | None) -> None:
    document = parse_document("a.json", json.dumps(chat, indent=indent).encode())
    assert texts(document) == shown and document.title == title
    assert document.layout.parts[0].printed == "message 1"


@pytest.mark.parametrize("indent", [None, 1])
def test_an_exported_account_is_read_chat_by_chat(indent: int | None) -> None:
    said = {"type": "message", "date": "2024-03-01T09:12:00", "from": "Jo", "text": "The key is at the kiosk."}
    account = {
        "about": "Here is the data you requested.",
        "personal_information": {"first_name": "Jo", "bio": "x" * 9_000},
        "chats": {"about": "All chats.", "list": [TELEGRAM, {"type": "personal_chat", "name": "Deleted", "messages": []}]},
        "left_chats": {"about": "Left.", "list": [{"name": "Rowing", "type": "public_supergroup", "messages": [said]}]},
    }
    document = parse_document("result.json", json.dumps(account, indent=indent).encode())
    assert texts(document, "heading") == ["Boats", "Rowing"] and document.title == "result"
    assert block(document, "See x.org").heading == ("Boats",)
    assert block(document, "Jo (2024-03-01 09:12): The key is at the kiosk.").heading == ("Rowing",)


@pytest.mark.parametrize(
    "data",
    [
        '{"room": {"type": "private_group"}, "messages": [{"text": "short"}], "about": "x"}',
        '[{"ts": "1709283122.000200", "text": "disk full", "host": "x"}]',
        '{"type": "message", "ts": "1709283122.0002", "a": 1}',
    ],
)
def test_other_json_with_times_is_no_chat(data: str) -> None:
    document = parse_document("a.json", data.encode())
    assert document.text == data and document.layout.parser == "structured"


def test_strings_of_words_in_json_are_prose_without_the_syntax_around_them() -> None:
    records = """[{"user": "U1", "text": "The pump is broken again. We wait for \\"Jon\\".", "ts": 17},
      {"title": "How long does it take?", "answer": "Two days, I think.", "tags": ["a b", "one of the rare words"],
      "open": true}]"""
    document = parse_document("chat.json", records.encode())
    chunks = Chunker(lambda texts: [len(text.split()) for text in texts]).chunks(document)
    assert [document.text[a:b] for chunk in chunks for a, b in chunk.sentences] == [
        *('[{"user": "U1"', "The pump is broken again.", 'We wait for \\"Jon\\".', '"ts": 17}'),
        *("How long does it take?", "Two days, I think.", '"tags": ["a b",', "one of the rare words", '"open": true}]'),
    ]


def test_keys_of_json_that_say_something_stay_and_what_only_begins_with_a_bracket_is_no_json() -> None:
    def sentences(name: str, text: str) -> list[str]:
        document = parse_document(name, text.encode())
        chunks = Chunker(lambda texts: [len(text.split()) for text in texts]).chunks(document)
        return [document.text[a:b] for chunk in chunks for a, b in chunk.sentences]

    hours = '{"monday": "from nine to five in the evening", "How do I reset my password?": "Click on the link in it."}'
    assert sentences("a.json", hours) == [
        *('"monday": "from nine to five in the evening"', "How do I reset my password?", "Click on the link in it.")
    ]
    settings = '[server]\nport = 8080\nmotd = "Welcome to the main server"\ntimeout = 30\n'
    assert sentences("a.toml", settings) == settings.split("\n")[:-1]
    parse_document("a.json", b'{"body": "' + b'\\"a\\": \\"b\\", ' * 20_000 + b'"}')  # at once


def test_comments_in_one_line_end_there_and_texts_that_yaml_folds_are_whole() -> None:
    document = parse_document(
        "a.py", b'def fare():\n    """The fare for some zones."""\n    # children are free\n    return 2\n'
    )
    assert [text.strip() for text in texts(document, "paragraph")] == ["The fare for some zones.", "# children are free"]
    document = parse_document("a.yaml", b"a: 1\nabout: >\n  It sends mail\n  every night.\nb: 2\nrun: |\n  make\n  test\n")
    assert [text.strip() for text in texts(document, "paragraph")] == ["It sends mail\n  every night."]


def test_simple_tables_of_restructuredtext_are_rows() -> None:
    rule = "======  =====  ====\n"
    table = f"{rule}Animal  Barks  Legs\n{rule}Dog     yes    4\nCat     no     4\n{rule}"
    document = parse_document("a.rst", f"These are ours:\n\n{table}\nNo more.\n".encode())
    assert block(document, "Cat     no").heading == ("Animal | Barks | Legs",)


def test_cells_of_a_notebook_are_markdown_under_one_anothers_headings_and_its_tables_are_rows() -> None:
    page = "<div><style>td {}</style><table><tr><th></th><th>name</th></tr><tr><th>0</th><td>Ann</td></tr></table></div>"
    frame = {"output_type": "execute_result", "data": {"text/html": [page], "text/plain": ["  name\n", "0  Ann"]}}
    cells = [
        {
            "cell_type": "markdown",
            "source": ["# Sales\r\n", "Below.\n", "\n", "| City | Sum |\n", "|---|---|\n", "| Rome | 4 |"],
        },
        {"cell_type": "markdown", "source": "Loading\n-------\n```python\n# no heading\n```\n* first\n* second"},
        {"cell_type": "code", "source": "df.head()", "outputs": [frame, {"data": {"text/plain": "x" * 100_001}}]},
        {"cell_type": "markdown", "source": "After it."},
    ]
    document = parse_document("a.ipynb", json.dumps({"cells": cells}).encode())
    assert (document.title, document.unread_part) == ("Sales", "of cell 3 the result after its first 100,000 characters")
    assert block(document, "Rome").heading == ("Sales", "City | Sum")
    assert block(document, "# no heading").kind == "code"
    assert block(document, "Ann").heading == ("Sales", "Loading", "| name")
    assert block(document, "After it.").heading == ("Sales", "Loading")
    assert {"* first", "* second"} <= {shown.strip() for shown in texts(document)}


@pytest.mark.parametrize("name", ["a.md", "a.txt", "a.json"])
def test_pictures_within_a_text_are_in_no_block(name: str) -> None:
    data = base64.b64encode(random.Random(5).randbytes(3_000)).decode()
    address = f"data:image/png;base64,{data}"
    shown = {
        "a.md": f"Before.\n\n![A cat]({address}) sleeps.\n\nAfter.\n\n[image1]: <{address}>\n",
        "a.txt": f"Before.\n{data}\nAfter.\n",
        "a.json": json.dumps(
            {"title": "Before.", "picture": f"data:image/png;name=a.png;base64,{data}", "note": "After."}, indent=1
        ),
    }[name]
    document = parse_document(name, shown.encode())
    read = [text.strip() for text in texts(document)]
    assert document.text == shown and not any("base64" in text or data[:60] in text for text in read)
    assert any("Before." in text for text in read) and any("After." in text for text in read)
    assert name != "a.md" or read == ["Before.", "A cat", "sleeps.", "After."]


def test_results_of_a_notebook_are_read_without_their_colours_and_errors_are_named() -> None:
    outputs = [
        {"output_type": "stream", "text": ["\x1b[1mLoss\x1b[0m: 0.5\n"]},
        {"output_type": "error", "ename": "KeyError", "evalue": "'size'", "traceback": ["\x1b[31mKeyError\x1b[0m", "at 5"]},
    ]
    notebook = {"cells": [{"cell_type": "code", "source": ["run()"], "outputs": outputs}]}
    assert texts(parse_document("a.ipynb", json.dumps(notebook).encode())) == ["run()", "Loss: 0.5", "KeyError: 'size'"]
