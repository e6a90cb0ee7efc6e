"""What is said in a transcript of plain text stands under the name of who says it, and the time is no part of it."""

import pytest

from tests.index.formats.files import parse_document

TEAMS = (
    "Meeting: Budget\n0:0:3.210 --> 0:0:7.900\nOkafor, Blessing\nTravel is frozen.\n0:0:8.100 --> 0:0:14.330\nLindgren, Mats\n"
    "I would cut the printing.\n"
)
ZOOM = "Board call\n\n00:00:05 Ann Berg\nTravel is frozen.\n\n00:00:09 Leo Park\nI would cut the printing.\n"
OTTER = "Board call\n\nAnn Berg  0:32\nTravel is frozen.\n\nLeo Park  0:40\nI would cut the printing.\n"
BRACKETS = "[Speaker 1] 00:00\nTravel is frozen.\n[Speaker 2] 00:04\nI would cut the printing.\n\nThe call has ended.\n"


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        (TEAMS, "Okafor, Blessing", "Lindgren, Mats"),
        (ZOOM, "Ann Berg", "Leo Park"),
        (OTTER, "Ann Berg", "Leo Park"),
        (BRACKETS, "Speaker 1", "Speaker 2"),
        (BRACKETS.replace("\n", "\r\n"), "Speaker 1", "Speaker 2"),
    ],
)
def test_a_name_heads_what_is_said(text: str, first: str, second: str) -> None:
    document = parse_document("a.txt", text.encode())
    said = {document.text[one.start : one.end].strip(): one for one in document.blocks}
    assert said["Travel is frozen."].heading == (first,) and said["I would cut the printing."].heading == (second,)
    assert said.get("The call has ended.", document.blocks[0]).heading in ((), (first,))
    assert all(one.kind == "navigation" for shown, one in said.items() if ":" in shown and "Meeting" not in shown)


@pytest.mark.parametrize(
    "text",
    [
        "10:00 Registration\nHall A\n10:30 Opening speech\nHall B\n11:00 Break\nFoyer\n",
        "Yoga   18:00\nRoom 3\n\nPilates   19:00\nRoom 4\n",
        "1\n00:00:01.000 --> 00:00:04.000\nThe oven holds sixty\nloaves a day.\n\n"
        "2\n00:00:05.000 --> 00:00:07.000\nWe fire it\nwith wood.\n",
    ],
)
def test_other_times_are_no_transcript(text: str) -> None:
    assert all(one.kind == "paragraph" and one.heading == () for one in parse_document("a.txt", text.encode()).blocks)
