import re

import pytest

from quotewise.index.formats.parsed import Block
from tests.index.formats.files import parse_document, texts

ROWS = [("Turbine", "Power", "Site"), ("Maple", "117 kW", "Varna"), ("Old Oak", "124 kW", "Malmo"), ("Fir", "75 kW", "Graz")]
PIPES = "".join(" | ".join(row) + "\n" for row in ROWS)
TABS = "".join("\t".join(row) + "\r\n" for row in ROWS)
WIDE = "".join(f"  {a:<12}{b:<10}{c}\n" for a, b, c in ROWS)
RULED = "Name   Room   Floor\n-----  -----  -----\nMei    Red    first\nOmar   Blue   second\n"
GAPS = "Item    Qty   Price\nSoap      2    1.50\nTowel          4.00\nBrush     1    2.20\n"
BOXED = "│ Item │ Price │\n├──────┼───────┤\n│ Soap │  1.50 │\n┃ Wood ┃  2.20 ┃\n"
DUTIES = "Name | Role\nMei | Clerk\nOmar | Chair\n"


def rows_of(text: str, blocks: tuple[Block, ...]) -> list[tuple[str, tuple[str, ...]]]:
    return [(text[block.start : block.end], block.heading) for block in blocks if block.kind == "row"]


NAMES = "Turbine | Power | Site"
TABLES = [(PIPES, NAMES), (TABS, NAMES), (WIDE, NAMES), (GAPS, "Item | Qty | Price"), (DUTIES, "Name | Role")]


@pytest.mark.parametrize(
    ("path", "table", "names"),
    [
        ("a.txt", RULED, "Name | Room | Floor"),
        ("a.txt", BOXED, "Item | Price"),
        ("a.txt", "Code   Meaning\n-----  -------\n0      fine\n", "Code | Meaning"),
        *((path, *table) for path in ("a.txt", "a.md") for table in TABLES),
    ],
)
def test_the_rows_of_a_table_without_markup_are_read_with_the_names_of_its_columns(path: str, table: str, names: str) -> None:
    text = f"These are ours.\n\n{table}\nAsk at the desk.\n"
    document = parse_document(path, text.encode())
    assert rows_of(text, document.blocks) == [(table, (names,))]
    covered = "".join(text[block.start : block.end] for block in document.blocks)
    assert re.findall(r"\w+", covered) == re.findall(r"\w+", text)


@pytest.mark.parametrize(
    "text",
    [
        "Phone\t555 0142\nFax\t555 0143\nEmail\tdesk\n",
        "Hello  there.  This is\nprose  with 2  spaces\nall  over  it.\n",
        "ls | grep x\n",
        "Omar\tHaddad\tsales\nMei\tLin\tservice\nAda\tQuill\tarchive\n",
        "2024-03-01  INFO  started\n2024-03-01  INFO  stopped\n2024-03-02  INFO  started\n",
    ],
)
def test_lines_without_names_of_columns_are_no_table(text: str) -> None:
    assert rows_of(text, parse_document("a.txt", text.encode()).blocks) == []


def test_a_list_of_links_with_names_is_no_table() -> None:
    items = "".join(f"* {name} ([[mailto:{name}@x.org|{name}@x.org]])\n" for name in ("Bo", "Jon", "Ann", "Lu"))
    document = parse_document("a.mediawiki", f"The editors are:\n\n{items}".encode())
    assert not texts(document, "row") and "Lu" in texts(document)[-1]
