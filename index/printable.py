"""Text from strangers, such as file names, made safe and short enough to print."""

_BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
"""Letters and marks that show nothing."""
MAX_BEGINNING = 300
"""Characters of a passage that is offered where nothing answers, in a chat and in a terminal."""


def printable(text: str) -> str:
    """The text in one line, safe for a terminal and a log: control and invisible characters, undecodable bytes are escaped."""
    if text.isascii() and text.isprintable():
        return text
    shown = (c if c.isprintable() and c not in _BLANK else c.encode("unicode_escape", "surrogateescape").decode() for c in text)
    return "".join(shown)


def beginning(text: str) -> str:
    """The first whole words of a text, at most ``MAX_BEGINNING`` characters; all of a text that is no longer."""
    if len(text) <= MAX_BEGINNING:
        return text
    return (text[: MAX_BEGINNING + 1].rpartition(" ")[0] or text[:MAX_BEGINNING]).rstrip()
