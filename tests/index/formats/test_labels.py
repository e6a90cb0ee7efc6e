"""A label of a plain text heads the value that stands below it."""

import pytest

from tests.index.formats.files import parse_document

OFFICES = "The club\n\nRuth chairs the meetings of the club.\n\nTreasurer\n\nLeo Park\n\nSecretary\n\nAnn Boyd\n"
CODES = "Wi-Fi\n\nPassword\n\nbluewhale-77\n\nNetwork\n\nVillaGuest\n"
CAST = "CAST\n\nHAMLET\nJoss Rowe\n\nOPHELIA\nMina Tal\n\nGHOST\nSir Alec Doone\n"
FORM = "Blood group:\n\n    0 negative\n\nMove-in date:\n\n1 May\n\nThe form is kept for three years at the office.\n"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (OFFICES, {"Leo Park": "Treasurer", "Ann Boyd": "Secretary", "Ruth chairs the meetings of the club.": None}),
        (CODES, {"bluewhale-77": "Password", "VillaGuest": "Network"}),
        (CAST, {"Joss Rowe": "HAMLET", "Mina Tal": "OPHELIA", "Sir Alec Doone": "GHOST", "CAST": None}),
        (FORM, {"0 negative": "Blood group", "1 May": "Move-in date", "The form is kept for three years at the office.": None}),
        (FORM.replace("\n", "\r\n"), {"0 negative": "Blood group", "1 May": "Move-in date"}),
    ],
)
def test_a_label_above_a_value_is_its_heading(text: str, values: dict[str, str | None]) -> None:
    document = parse_document("a.txt", text.encode())
    found = {
        value: (block.heading[-1] if block.heading else None)
        for block in document.blocks
        for value in values
        if value in document.text[block.start : block.end]
    }
    assert found == values
    assert " ".join(document.text[block.start : block.end] for block in document.blocks).split() == text.split()


@pytest.mark.parametrize(
    "text",
    [
        "Ann Boyd\n\nLeo Park\n\nRuth Low\n\nJoss Rowe\n",
        "Berlin\n\nParis\n\nRome\n\nOslo\n",
        "Do this:\n\n    make\n\nThen wait until it has ended.\n",
        "Yours sincerely\n\nLEO PARK\nTreasurer\n\nANN BOYD\nSecretary\n",
        "HAMLET\nWho is there, and what do you want?\n\nGHOST\nI am your father and come by night.\n",
    ],
)
def test_names_and_sentences_below_each_other_are_no_labels(text: str) -> None:
    assert all(block.heading == () for block in parse_document("a.txt", text.encode()).blocks)
