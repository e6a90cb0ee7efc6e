"""Text from strangers, such as file names, made safe to print."""

_BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
"""Letters and marks that show nothing."""


def printable(text: str) -> str:
    """The text in one line, safe for a terminal and a log: control and invisible characters, undecodable bytes are escaped."""
    shown = (c if c.isprintable() and c not in _BLANK else c.encode("unicode_escape", "surrogateescape").decode() for c in text)
    return "".join(shown)
