"""What reStructuredText, AsciiDoc and Markdown write over several lines: directives, literal blocks, tables by cells, terms."""

import pytest

from quotewise.index.chunking import block_spans
from quotewise.index.documents import Document
from tests.index.formats.files import block, parse_document, texts


def shown(document: Document, kind: str) -> list[str]:
    return [document.text[a:b] for one in document.blocks if one.kind == kind for a, b in block_spans(document.text, one)]


def test_directives_of_rst_are_no_text_and_what_they_say_is() -> None:
    rst = (
        "Pump\n====\n\n..\n   Ours only.\n\n.. Ours, too:\n   not shown.\n\n.. note::\n\n   It is loud.\n\n"
        ".. warning:: Do not touch\n   the pump. It is hot.\n\n"
        ".. code-block:: sh\n   :linenos:\n\n   make\n\n   make install\n\n"
        "* Run this::\n\n    start 5\n\n    stop\n\n* Go home.\n\n.. toctree::\n   :maxdepth: 2\n\n   Second part <second>\n\n"
        ".. versionadded:: 3.5\n\n.. [1] Since May.\n"
    )
    document = parse_document("a.rst", rst.encode())
    assert shown(document, "paragraph") == ["It is loud.", "Do not touch\n   the pump.", "It is hot.", ".. versionadded:: 3.5"]
    assert shown(document, "code") == ["make", "make install", "start 5", "stop"]
    assert shown(document, "item") == ["Run this::", "Go home."] and shown(document, "footnote") == ["[1] Since May."]
    assert texts(document, "navigation") == ["   Second part <second>"]


def test_rows_of_the_tables_of_rst_directives_are_whole_and_stand_under_their_columns() -> None:
    rst = (
        ".. list-table:: Delights\n   :widths: 1 2\n   :header-rows: 1\n\n   * - Treat\n     - Price\n   * - Albatross\n"
        "     - 2.99\n   * - Ripple\n     - 1.99, with\n       sugar\n\n"
        '.. csv-table::\n   :header: "Food", "Price, net"\n\n   "Tea", 5\n   "Milk", 7\n\nThe end.\n'
    )
    document = parse_document("a.rst", rst.encode())
    assert shown(document, "row") == [
        *("* - Treat\n     - Price", "* - Albatross\n     - 2.99", "* - Ripple\n     - 1.99, with\n       sugar"),
        *('"Tea", 5', '"Milk", 7'),
    ]
    assert block(document, "Ripple").heading == ("Treat | Price",)
    assert block(document, "Milk").heading == ("Food | Price, net",)
    assert texts(document, "caption") == ["Delights"] and texts(document)[-1] == "The end."


def test_rows_of_asciidoc_that_have_a_line_for_each_cell_are_whole_and_stand_under_their_columns() -> None:
    table = '[cols="1,2a,1"]\n.Modes\n|===\n|Name |What it does |Default\n\n'
    table += "|`safe`\n|Reads no files.\nIt writes some.\n|_on_\n\n"
    adoc = f"= Doc\n\n{table}|`fast`\na|Runs.\n|_off_\n|===\n\n////\nOurs only.\n////\n\n.Note well\nThe end.\n"
    document = parse_document("a.adoc", adoc.encode())
    assert shown(document, "row") == [
        *("|Name |What it does |Default", "|`safe`\n|Reads no files.\nIt writes some.\n|_on_", "|`fast`\na|Runs.\n|_off_"),
    ]
    assert block(document, "`fast`").heading == ("Doc", "Name | What it does | Default")
    assert shown(document, "caption") == ["Modes", "Note well"] and shown(document, "paragraph") == ["The end."]


def test_what_does_not_end_in_rst_or_asciidoc_is_read_at_once_and_nothing_is_lost() -> None:
    for path, text in (
        ("a.rst", ".. note::\n" * 5_000 + "\nend"),
        ("a.rst", "x::\n\n y::\n\n" * 5_000 + "end"),
        ("a.adoc", "|===\n|a\n" * 5_001 + "end"),
        ("a.adoc", ".A\n" * 5_000 + "|===\nend"),
    ):
        assert "end" in texts(parse_document(path, text.encode()))[-1]


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=("LF", "CRLF"))
def test_terms_and_summaries_of_markdown_head_what_they_stand_for(end: str) -> None:
    terms = "Lien\n: A right to keep.\n\n*Escrow*\n:   Money that\n    others hold.\n:   Once more.\n\nAll: of it.\n:) Yes\n\n"
    parts = (
        "<details>\n<summary><b>Installing on Mars</b></summary>\n\nTake a rocket.\n\n</details>\n\nAnd back.\n\n"
        "<details><summary>Click to expand</summary>\n\nFree.\n\n</details>\n\n"
        "<p>Before.</p><details><summary>A</summary>In A.</details>\n<details><summary>B</summary>In B.</details>\nAfter.\n"
    )
    document = parse_document("a.md", f"# Terms\n\n{terms}{parts}".replace("\n", end).encode())
    shown = ["A right to keep.", f"Money that{end}    others hold.", "Once more.", "All: of", "Take a", "And back.", "Free."]
    shown += ["Before.", "In A.", "In B.", "After."]
    trails = [block(document, one).heading[1:] for one in shown]
    assert trails == [("Lien",), ("Escrow",), ("Escrow",), (), ("Installing on Mars",), (), (), (), ("A",), ("B",), ()]
    assert texts(document, "heading") == ["Terms", "Lien", "*Escrow*", "Installing on Mars", "A", "B"]
    assert {*shown[:3]} <= {one.strip() for one in texts(document)}


def test_rows_of_mediawiki_are_whole_and_stand_under_their_columns() -> None:
    table = (
        'See below.\n{| class="wikitable"\n|+ Prices of 2024\n! scope="col" | Plan !! Price\n|-\n| Basic || 5 €\n'
        '|- style="x"\n| Pro\n| style="y" | 12 €\n|}\nAsk us.\n{| not closed\n| x\n\n'
        "City | Cups | Age\n---|---|---\nRiga | 2 | 1\nOslo | 3 | 4\nRome | 4 | 5\nas {|y} says.\n\n?!\n"
    )
    document = parse_document("a.wiki", f"== Costs ==\n\n{table}".encode())
    assert shown(document, "row")[1:3] == ["| Basic || 5 €", '| Pro\n| style="y" | 12 €']
    assert block(document, "Riga").kind == "row" and texts(document)[-1].strip() == "?!"
    assert block(document, "Pro").heading == ("Costs", "Plan | Price") and texts(document, "caption") == ["Prices of 2024\n"]
    assert block(document, "Ask us.").kind == block(document, "See below.").kind == block(document, "| x").kind == "paragraph"
