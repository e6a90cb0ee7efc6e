"""Logs that were written for a terminal, coloured or overstruck, as the text that a terminal shows.

The marks are taken out of the text, whose lines stay; its layout then names this parser, since it is not the file itself.
Plain text is not read so: it stays the decoded file.
"""

import re
from itertools import islice

VERSION = 1
_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)(?P<parameters>[0-?]{0,60})[ -/]{0,8}(?P<final>[@-~])"
    r"|\x1b\][^\x07\x1b\r\n]{0,2000}(?:\x07|\x1b\\)|\x1b[PX^_][^\x1b\r\n]{0,2000}\x1b\\|\x1b[ -/]{1,8}[0-~]|\x1b[0-Z\\^-~]"
)
"""Control sequences, strings and shifts (ECMA-48, chapters 5.3 to 5.6), of which links and titles of windows are not shown."""
_COLOURED = re.compile(r"\x1b(?:\[[0-?]{0,60}[ -/]{0,8}[@-~]|\]\d)")
_OVERSTRUCK = re.compile(r"([^\s_])\x08\1|_\x08[^\s_]|[^\s_]\x08_")
_FEWEST_OVERSTRUCK = 2
"""Letters; a single backspace is a fault of a text."""
_STRUCK = re.compile(r"[^\r\n]*\x08[^\r\n]*")
_FORWARD = "C"
_WIDEST_GAP = 200


def shown(text: str) -> str:
    """The text without control sequences, and with the last of the letters that are struck over each other.

    A text without any such sequence or letter is left as it is, whatever other control characters it has.
    """
    is_coloured = "\x1b" in text and _COLOURED.search(text)
    is_struck = "\x08" in text and len(list(islice(_OVERSTRUCK.finditer(text), _FEWEST_OVERSTRUCK))) == _FEWEST_OVERSTRUCK
    if not (is_coloured or is_struck):
        return text
    text = _SEQUENCE.sub(_gap, text)
    return _STRUCK.sub(lambda line: _last_struck(line[0]), text) if "\x08" in text else text


def _gap(sequence: re.Match[str]) -> str:
    """The spaces over which a sequence moves to the right."""
    if sequence["final"] != _FORWARD:
        return ""
    columns = sequence["parameters"]
    return " " * min(int(columns[:4]) if columns.isdecimal() else 1, _WIDEST_GAP)


def _last_struck(line: str) -> str:
    """A line in which a backspace lets the next character take the place of the one before; an underline takes none."""
    cells: list[str] = []
    place = 0
    for character in line:
        if character == "\x08":
            place = max(0, place - 1)
        elif place == len(cells):
            cells.append(character)
            place += 1
        else:
            if character != "_":
                cells[place] = character
            place += 1
    return "".join(cells)
