"""Line numbers at the margin, as in the transcripts of courts and in bills, hidden from what reads the text."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from quotewise.index.speakers import speaker_mark

_NUMBERED = re.compile(r"(?P<margin>[ \t]{0,12}(?P<number>\d{1,4}))(?:[ \t]+(?P<text>\S.*))?", re.DOTALL)
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_MAY_BE = re.compile(r"(?:\A|[\r\n])[ \t]{0,12}\d{1,4}[ \t]+\S")
_SAID = re.compile(r"(?:[QA][.:]?[ \t]|(?:THE|M[RS]{1,2}\.?|BY|DR\.)[ ][^a-z\r\n:]{1,40}:(?:\s|\Z))")
_SIGN = re.compile(r"[.!?:;…][\"'”’»)]*\Z")
_WITHIN = re.compile(r"[.!?:;…]")
_FEWEST_LINES = 5
"""With numbers, where nobody is named who speaks."""
_FULL = 0.8
"""Of the longest line: the width that a line and the first word of the next have at least, where prose goes on."""
_GOING_ON = 0.3
"""Least share of the lines that are full and end no sentence."""
_NARROWEST = 40
"""Characters of the longest line of prose."""


def without_margins(text: str) -> str:
    """A text of the same length, in which the numbers of lines are spaces, and so are blank lines between numbered ones.

    Numbers that go up by one are those of lines where it is told who speaks, or where prose goes on from line to line.
    """
    if len(list(islice(_MAY_BE.finditer(text), 2))) < 2:
        return text
    pieces: list[str] = []
    end = 0
    for lines, hidden in _runs(text):
        if _are_lines_of_prose([line for line in lines if line]):
            for start, stop in hidden:
                pieces += (text[end:start], " " * (stop - start))
                end = stop
    return "".join((*pieces, text[end:])) if pieces else text


def _runs(text: str) -> Iterator[tuple[list[str], list[tuple[int, int]]]]:
    """The runs of lines whose numbers go up by one, with the places of their margins and of blank lines between them."""
    lines, hidden, blank = list[str](), list[tuple[int, int]](), list[tuple[int, int]]()
    last = -1
    for found in _LINE.finditer(text):
        shown = found[0].rstrip()
        if not shown:
            blank.append(found.span())
            continue
        match = _NUMBERED.fullmatch(shown)
        number = int(match["number"]) if match else -1
        if lines and (not match or number != last + 1):
            yield lines, hidden
            lines, hidden = [], []
        if match:
            hidden += (blank if lines else []) + [(found.start(), found.start() + match.end("margin"))]
            lines.append(match["text"] or "")
        last, blank = number, []
    if lines:
        yield lines, hidden


def _are_lines_of_prose(texts: Sequence[str]) -> bool:
    said = sum(bool(_SAID.match(text) or speaker_mark(text)) for text in texts)
    if said > 1 or (said and len(texts) >= _FEWEST_LINES):
        return True
    if len(texts) < _FEWEST_LINES:
        return False
    width = max(map(len, texts))
    pairs = list(pairwise(texts))
    wrapped = [
        (one, other)
        for one, other in pairs
        if len(one) + 1 + len(other.split()[0]) >= _FULL * width and not _SIGN.search(one[-4:])
    ]
    if all(text[0].islower() for text in texts) and not any(map(_WITHIN.search, texts)):
        return False  # entries of a list
    small = [(one, other) for one, other in pairs if other[0].islower()]
    return width >= _NARROWEST and len(wrapped) >= _GOING_ON * len(pairs) and bool(small) and {*small} <= {*wrapped}
