import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quotewise.index.formats import FORMATS, format_of
from quotewise.index.formats.markdown import parse as parse_markdown
from quotewise.index.formats.parsed import Block
from quotewise.index.formats.text import parse as parse_text
from quotewise.index.sentences import sentence_spans
from tests.index.texts import LINE_ENDS, encodings, examples, markdown_texts

FRONT_MATTER = re.compile(r"---[ \t]*(?:\r\n|\r|\n)(.*?)(?:\r\n|\r|\n)(?:---|\.\.\.)[ \t]*(?:\r\n|\r|\n|\Z)", re.DOTALL)
HIDDEN = re.compile(r"(?s:<!--.*?-->)|\[ref\]: http://example.org|(?:```|~~~)[^\r\n`]*")


def headings(markdown: str) -> list[tuple[str, tuple[str, ...]]]:
    parsed = parse_markdown(markdown.encode())
    return [(parsed.text[block.start : block.end].strip(), block.heading) for block in parsed.blocks]


@pytest.mark.parametrize("end", LINE_ENDS, ids=("LF", "CRLF", "CR"))
def test_a_first_line_that_looks_like_a_title_is_the_title_of_a_text(end: str) -> None:
    assert parse_text(f"{end}  Russia warned {end}{end}The warning was too general.".encode()).title == "Russia warned"

    assert parse_text(f"Minutes: May{end}======={end}Ann came.".encode()).title == "Minutes: May"


@pytest.mark.parametrize(
    "text",
    [
        "Only one line",
        "A sentence ends.\n\nMore.",
        "Word " * 60 + "\n\nMore.",
        "  \n ",
        "A line of prose that goes on in the\nnext line.",
        "usage: yq [options]\n\nMore.",
        "$ yq -y\n\nMore.",
        "1\n00:00:04,000 --> 00:00:07,500\nHello.",
        "[2024-03-01 09:12] Ravi: hello\n\nMore.",
        "- an item\n\nMore.",
        "-----\n\nMore.",
    ],
)
def test_a_first_line_that_looks_like_prose_is_no_title(text: str) -> None:
    assert parse_text(text.encode()).title is None


def test_headings_of_both_styles_form_trails() -> None:
    markdown = (
        "Before.\n\n# One #\n\nOf one.\n\nTwo\nlines\n---\n\n- # In a list\n\n  Item.\n\n#### Deep **bold** [link](x) `code`\n"
        "\nOf deep.\n\n## Other\nOf other.\n\nTop\n===\n\nOf top.\n\n#NoHeading\n\n    # indented"
    )
    assert headings(markdown) == [
        ("Before.", ()),
        ("One", ("One",)),
        ("Of one.", ("One",)),
        ("Two\nlines", ("One",)),
        ("In a list", ("In a list",)),
        ("Item.", ("In a list",)),
        ("Deep **bold** [link](x) `code`", ("In a list", "Deep bold link code")),
        ("Of deep.", ("In a list", "Deep bold link code")),
        ("Other", ("In a list", "Other")),
        ("Of other.", ("In a list", "Other")),
        ("Top", ("Top",)),
        ("Of top.", ("Top",)),
        ("#NoHeading", ("Top",)),
        ("# indented", ("Top",)),
    ]


@examples(100)
@given(st.lists(st.one_of(st.integers(1, 6), st.just(0)), max_size=12), st.sampled_from(LINE_ENDS))
def test_a_trail_is_the_last_heading_of_each_level_above(levels: list[int], end: str) -> None:
    lines, trail, expected = ["Start."], {}, [("Start.", ())]  # type: tuple[list[str], dict[int, str], list[tuple[str, tuple[str, ...]]]]
    for number, level in enumerate(levels):
        if level:
            trail = {depth: name for depth, name in trail.items() if depth < level} | {level: f"Head {number}"}
            lines.append(f"{'#' * level} Head {number}")
        else:
            lines.append(f"Text {number}.")
            expected.append((f"Text {number}.", tuple(trail.values())))
    found = headings((end * 2).join(lines))
    assert [(text, trail) for text, trail in found if not text.startswith("Head")] == expected
    assert [text for text, _ in found if text.startswith("Head")] == [line.strip("# ") for line in lines if "#" in line]
    assert all(text in trail for text, trail in found if text.startswith("Head"))


@pytest.mark.parametrize("fence", ["```", "~~~~", "```python title=x"])
def test_a_hash_in_a_fence_is_no_heading_and_a_fence_is_read_by_lines(fence: str) -> None:
    mark = fence.split("python")[0]
    data = f"# Real\n\n{fence}\n# comment\nx = 1\n{mark}\n\n> {fence}\n> # quoted\n> {mark}\n\n{fence}\n# open".encode()
    parsed = parse_markdown(data)
    assert [(parsed.text[b.start : b.end], b.heading, b.by_line) for b in parsed.blocks] == [
        ("Real", ("Real",), True),
        ("# comment\nx = 1\n", ("Real",), True),
        ("> # quoted\n", ("Real",), True),
        ("# open", ("Real",), True),
    ]


def test_a_line_that_only_resembles_the_end_of_an_open_fence_is_code() -> None:
    assert headings("```\ncode\n```` x") == [("code\n```` x", ())]


def test_a_definition_that_no_link_uses_or_that_has_a_title_is_prose() -> None:
    shown = "[Kitchen]: <Tuesday, Goran>\n[Cover]: https://a.org/b (Policy 7781 with Allgard)\n[Doctor]: mailto:a@b.org\n"
    titled = '[m]: https://a.org/m.pdf "The manual, 3rd edition"\n'
    hidden = "[Plan]: /plan.pdf 'A plan'\n[//]: # (a comment)\n[x]: http://a.b/c\n"
    document = parse_markdown(f"See [this][m] and [Plan].\n\n{shown}{titled}{hidden}".encode())
    assert [document.text[b.start : b.end] for b in document.blocks] == ["See [this][m] and [Plan].\n", shown + titled]


def test_comments_rules_and_link_definitions_are_no_prose_and_tables_are_read_by_rows() -> None:
    parsed = parse_markdown(
        b"<!-- hidden -->\n\nProse.\n\n***\n\n[a]: http://b\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n<p>Html</p>\n"
    )
    assert [(parsed.text[b.start : b.end].strip(), b.by_line) for b in parsed.blocks] == [
        ("Prose.", False),
        ("| x | y |\n|---|---|\n| 1 | 2 |", True),
        ("<p>Html</p>", False),
    ]


@pytest.mark.parametrize("end", LINE_ENDS, ids=("LF", "CRLF", "CR"))
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_front_matter_gives_title_and_metadata_as_written_and_is_no_prose(end: str, codec: str) -> None:
    lines = ["---", "title: 'The Warning: a story'", "date: 2024-03-22", "version: 1.10", "draft: no", "tags: [a, b]", "---"]
    parsed = parse_markdown(end.join([*lines, "", "# Head", "", "Text."]).encode(codec))
    assert parsed.title == "The Warning: a story"
    assert parsed.metadata == {"title": "The Warning: a story", "date": "2024-03-22", "version": "1.10", "draft": "no"}
    assert [(parsed.text[b.start : b.end], b.heading) for b in parsed.blocks] == [
        ("Head", ("Head",)),
        ("Text.", ("Head",)),
    ]


def test_what_stands_in_an_admonition_is_prose_and_other_indented_lines_are_code() -> None:
    parsed = parse_markdown(b'!!! note "Hours"\n\n    It opens\n    at ten.\n\n    It shuts.\n\nRun:\n\n    a = 1\n')
    assert [block.kind for block in parsed.blocks] == ["paragraph", "paragraph", "paragraph", "code"]
    spans = [sentence_spans(parsed.text, block.start, block.end) for block in parsed.blocks[:2]]
    assert [parsed.text[a:b] for one in spans for a, b in one] == ['"Hours"', "It opens\n    at ten.", "It shuts."]


@pytest.mark.parametrize("end", LINE_ENDS, ids=("LF", "CRLF", "CR"))
def test_front_matter_may_be_toml(end: str) -> None:
    lines = ["+++", 'title = "The Warning"', "date = 2024-03-22", "draft = true", "[more]", "a = 1", "+++", "", "Text."]
    parsed = parse_markdown(end.join(lines).encode())
    assert parsed.metadata == {"title": "The Warning", "date": "2024-03-22"}
    assert [parsed.text[b.start : b.end] for b in parsed.blocks] == ["Text."]


@pytest.mark.parametrize(
    "front",
    [
        "+++\nnot toml\n+++\n",
        "+++\na = " + "[" * 5000 + "\n+++\n",
        "---\n[not closed\n---\n",
        "---\n- a list\n---\n",
        "---\ntitle: &a [*a]\n? [x]\n: y\n---\n",
        "---\nno: end\n",
        "---\n" + "[" * 5000 + "\n---\n",
        "---\ntitle: \x07\n---\n",
        "---\nbig: " + "x" * 20_000 + "\n---\n",
    ],
)
def test_broken_front_matter_is_text(front: str) -> None:
    parsed = parse_markdown(f"{front}\n# Head\n\nThe text.".encode())
    assert parsed.metadata == {}
    assert parsed.title == "Head" or parsed.blocks[0].heading == ()
    assert parsed.text[parsed.blocks[-1].start : parsed.blocks[-1].end] == "The text."


@pytest.mark.parametrize(
    ("front", "title"),
    [
        (r'title: "Hello \ud83d\ude00"', "Hello 😀"),
        (r'title: "\ud83d alone \ude00"', "\ufffd alone \ufffd"),
        (r'"\ud83d\ude00": "😀 \ud83d\ude00"', None),
    ],
    ids=["a pair", "halves", "a key"],
)
def test_escaped_surrogates_are_joined_as_json_means_them_and_halves_replaced(front: str, title: str | None) -> None:
    parsed = parse_markdown(f"---\n{front}\n---\nText.".encode())
    assert parsed.title == title
    assert parsed.unread_part is None
    assert (title is None) == (parsed.metadata == {"😀": "😀 😀"})


@pytest.mark.parametrize(
    ("front", "reason"),
    [
        (r'title: "\UFFFFFFFF"', "OverflowError"),
        (r'title: "\U00110000"', "ValueError"),
        (f"%YAML 1.{'1' * 5000}\n--- a", "ValueError: Exceeds the limit"),
        (f"a: {'[' * 8000}", "nested deeper than 32"),
        ("- " * 8000, "nested deeper than 32"),
        ("a: [", "ParserError"),
        (f"a: {'b' * 20_000}", "longer than 16,384 characters"),
    ],
    ids=["too large a number", "no character", "version", "brackets", "lists", "broken", "long"],
)
def test_front_matter_that_yaml_cannot_use_is_text_and_the_reason_is_reported(front: str, reason: str) -> None:
    parsed = parse_markdown(f"---\n{front}\n---\nText.".encode())
    assert parsed.metadata == {}
    assert reason in (parsed.unread_part or "")
    assert parsed.text[parsed.blocks[-1].start :].rstrip().endswith("Text.")


def test_a_title_without_front_matter_is_the_first_heading_over_text() -> None:
    assert parse_markdown(b"Intro.\n\n# One *two*\n\nText.\n\n# Three\n\nMore.").title == "One two"
    assert parse_markdown(b"Text only.").title is None


@pytest.mark.parametrize("value", ["|\n  one\n  two", '"one\\ttwo"', '"  one two  "'])
def test_a_title_is_one_line_of_text(value: str) -> None:
    assert parse_markdown(f"---\ntitle: {value}\n---\nText.".encode()).title == "one two"


@examples(300)
@given(markdown_texts, encodings)
@example("a\n===\n\n# b\n- - - - - - - - - - - - - - - - - - - - - - - - - deep\n", "utf-8")
@example("<!-- hidden --> shown\n\n<!-- not closed\n\nshown too", "utf-8")
def test_blocks_are_ascending_and_disjoint_and_hold_every_visible_character(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    parsed = parse_markdown(data)
    assert data.decode(parsed.encoding) == parsed.text
    edges = [0, *(edge for block in parsed.blocks for edge in (block.start, block.end)), len(parsed.text)]
    assert edges == sorted(edges)
    for block in parsed.blocks:
        assert block.start < block.end
    covered = {position for block in parsed.blocks for position in range(block.start, block.end)}
    if parsed.metadata:
        covered |= set(range(FRONT_MATTER.match(parsed.text).end()))  # type: ignore[union-attr]
    for hidden in HIDDEN.finditer(parsed.text):
        covered |= set(range(*hidden.span()))
    lost = "".join(c if c.isalnum() and position not in covered else " " for position, c in enumerate(parsed.text))
    assert all(mark.isdecimal() for mark in lost.split())  # of numbered items that have no text


@pytest.mark.parametrize("end", LINE_ENDS, ids=("LF", "CRLF", "CR"))
@pytest.mark.parametrize("rule", ["---", "-", "===", "=", "-----------"])
def test_a_paragraph_above_a_rule_is_prose(rule: str, end: str) -> None:
    for paragraph in (
        "The roof will be repaired in May.",
        f"The surplus was 4,300 euros.{end}Nobody spoke",
        "One word after another " * 6,
    ):
        found = headings(end.join(["# Minutes", "", paragraph, rule, "After."]))
        assert found[1:] == [(paragraph.strip(), ("Minutes",)), ("After.", ("Minutes",))]


def test_what_stands_in_brackets_before_a_colon_is_prose_unless_it_gives_an_address_a_name() -> None:
    prose = (
        "[Tent]: Ingrid\n[Catering]: Bashir\n[Fee]: 3.50\n[Room]: #4\n[Contact]: ann@example.org\n[Web]: example.org\n"
        "[^town]: Gdynia\n[^2]: https://example.org"
    )
    definitions = (
        '[a]: http://example.org "Title"\n[b]: <x y>\n[guide]: docs/guide.md\n[top]: #top\n[//]: # (hidden)\n[w]: www.x.org'
    )
    assert headings(f"{prose}\n") == [(prose, ())]
    assert headings(f"See the [guide] at the [top].\n\n{definitions}\n\n{prose}") == [
        ("See the [guide] at the [top].", ()),
        (prose, ()),
    ]
    assert headings("Before.\n[a]: http://b\nAfter.") == [("Before.", ()), ("After.", ())]


@pytest.mark.parametrize(
    ("markdown", "title"),
    [
        ("## Sponsors\n\nAnn.\n\n# yq\n\nA tool.\n\n# More", "yq"),
        ("## Sponsors\n\nAnn.", None),
        ("```\n# usage: yq [options]\n```\n\n## Sponsors", None),
        ("Ann.\n\nThe *yq* tool\n===\n\nText.", "The yq tool"),
        ('<p align="center"><h1>\n<img src="x"> yq <b>4</b></h1></p>\n\n## Sponsors', "yq 4"),
        ("---\ntitle: Given\n---\n\n# Head", "Given"),
        ("The roof will be repaired.\n===\n\nText.", None),
    ],
)
def test_the_title_of_markdown_is_given_or_its_first_heading_of_the_first_level(markdown: str, title: str | None) -> None:
    assert parse_markdown(markdown.encode()).title == title


@pytest.mark.parametrize("end", LINE_ENDS, ids=("LF", "CRLF", "CR"))
def test_a_line_in_bold_type_above_text_is_a_heading(end: str) -> None:
    lines = [
        "# Hall",
        "",
        "**Opening hours**",
        "",
        "From nine.",
        "",
        "__Fees:__",
        "5 euros.",
        "***Staff***",
        "Ann.",
        "",
        "# Other",
        "",
        "X.",
    ]
    assert headings(end.join(lines)) == [
        ("Hall", ("Hall", "Opening hours")),
        ("Opening hours", ("Hall", "Opening hours")),
        ("From nine.", ("Hall", "Opening hours")),
        ("Fees", ("Hall", "Fees")),
        ("5 euros.", ("Hall", "Fees")),
        ("Staff", ("Hall", "Staff")),
        ("Ann.", ("Hall", "Staff")),
        ("Other", ("Other",)),
        ("X.", ("Other",)),
    ]


@pytest.mark.parametrize(
    "markdown",
    [
        "**Note:** closed in May.",
        "**WARNING:**\n\nDo not open.",
        "**The hall is closed in May.**\n\nAsk Ann.",
        "**Ann Lee**\n\n**Bob Ode**",
        "- **Fees**\n\n  5 euros.",
        "> **Fees**\n> 5 euros.",
        "Yours\n\n**Ann Lee**",
        "**Fees**\n\n# Other",
        "**Author: Ann Lee**\n\nText.",
        f"**{'many words ' * 8}**\n\nText.",
        "    **code**\n\nText.",
        "Please bring\n**your passport**\nto the office.",
        "The key is with the\n**Caretaker**\nMonday is best.",
    ],
)
def test_a_line_in_bold_type_that_is_more_or_less_than_a_heading_is_prose(markdown: str) -> None:
    assert not [name for name, trail in headings(markdown) if trail not in ((), ("Other",))]


@pytest.mark.parametrize("end", LINE_ENDS, ids=("LF", "CRLF", "CR"))
def test_comments_and_names_of_paragraphs_of_obsidian_are_not_shown(end: str) -> None:
    note = """\
# Boats

The pier is closed. %% ask Tom %% It opens in May. ^pier-1

%%%
A title.
%%%

%%NAME%% is what is shown.

%%
A draft. Do not publish.

- secret
%%
Before.
%% one line %%
After %% within %% it. %%last%%

- The crane is blue. ^37066d
- The ferry is red.

^list-id

Growth was 5%% in May and 6%% in June, or 2 ^3.

```
%%
x ^y
```

%% not closed
The end."""
    assert [text for text, _ in headings(note.replace("\n", end))] == [
        *(
            "Boats",
            "The pier is closed.",
            "It opens in May.",
            f"%%%{end}A title.{end}%%%",
            "%%NAME%% is what is shown.",
            "Before.",
            "After %% within %% it.",
        ),
        *("- The crane is blue.", "- The ferry is red.", "Growth was 5%% in May and 6%% in June, or 2 ^3."),
        *(f"%%{end}x ^y", f"%% not closed{end}The end."),
    ]


def test_a_heading_above_another_stands_with_what_is_under_that_one() -> None:
    assert headings("# A\n\n## B\n\nText.\n\n## C\n\n# D") == [
        ("A", ("A", "B")),
        ("B", ("A", "B")),
        ("Text.", ("A", "B")),
        ("C", ("A", "C")),
        ("D", ("D",)),
    ]


def test_formats_go_by_the_ending_of_the_name_in_any_case() -> None:
    assert format_of("a/B.TXT") is FORMATS[".txt"]
    assert format_of("notes.Md") is FORMATS[".md"]
    assert [format_of(name) for name in ("a.png", "a.txt.zip", "song.MP3")] == [None] * 3
    assert all(format_of(name) is FORMATS[".txt"] for name in ("LICENSE", ".txt", "a.txt~", "a.txt/b", "notes.2024"))


def test_a_text_is_one_block() -> None:
    assert parse_text("Größe\r\n\r\nx".encode()).blocks == (Block(0, 10),)
