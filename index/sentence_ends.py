"""Signs that nupunkt mistakes for ends of sentences, or does not take for them, told by others."""

import re

_LABELLED = (
    r"pier|grade|class|vitamin|option|hall|gate|zone|platform|terminal|team|group|block|wing|building|appendix|annex|section"
    r"|part|exhibit|schedule|plan|route|line|ward|level|category|version|drive|type|berth|house|unit|flat|apartment|entrance|exit"
)
"""What is called by a letter."""
_FIRST_WORD = (
    r"The|This|That|These|Those|It|He|She|They|We|You|I|In|On|At|If|When|But|And|For|An|No|All|Both|Each|Every|Please|Do|There"
)
_LAST_LETTER = re.compile(rf"(?<=[a-z]) [A-Z](?=\.\s+(?:{_FIRST_WORD})\b)|(?:(?<=\s)|\A)(?:{_LABELLED}) [A-Z](?=\.\s+[A-Z])")
"""A letter that is a name and no initial of one."""
_DOT_NAME = re.compile(r"(?<=[a-z\d)][.!?] )\.(?=[a-z]{2,5}\b)")
_BAD_CHARACTER = re.compile(r"(?<=[.!?])\ufffd(?=\s)")
_GOES_ON = re.compile(r"[?!](?=[\"”’»)\]]{1,3}(?:[,;:][ \t]*\S|\s+[a-z]))")
"""The sign of a question or an exclamation within a sentence."""
_REFERENCE = re.compile(r"\[[#\w.*-]{1,40}\]_(?=[.!?])")
"""That of reStructuredText to a note."""
_DOTTED_DATE = re.compile(r"(?<![\d.])(?:\d{4}|\d{2})\. ?\d{1,2}\. ?\d{1,2}(?:\.(?=\s*[^\sA-Z]))?")
_ITEM = re.compile(r"(?:\b([a-z]{3,}|[^\W\d_]{5,})|[)\]\"”])[.!?;]\s+(\d{1,2}\.)(?=\s+[A-ZÀ-Þ])")
"""The number of an item of a list within a line, which is no sentence by itself."""
_NUMBERED = (
    "fig figs no nos art arts sec secs vol vols chap ch par pars para p pp eq eqs tab app cl col bk ed nr abs ziff kap abb pt"
)
_BEFORE_NUMBERS = frozenset(_NUMBERED.split())
_FIRST_ITEM = re.compile(r"(?<=:\s)1\.(?=\s+[^\W\d_])")


def with_ends_told(text: str) -> str:
    """A text of the same length, in which nupunkt sees the ends of sentences where they are."""
    text = _LAST_LETTER.sub(lambda found: f"{found[0][:-2]}x{found[0][-1].lower()}", text)
    text = _BAD_CHARACTER.sub('"', _DOT_NAME.sub("X", text))
    text = _REFERENCE.sub(_crossed, _GOES_ON.sub("x", text))
    text = _DOTTED_DATE.sub(lambda found: found[0].replace(".", "x"), text)
    return _FIRST_ITEM.sub("Xx", _ITEM.sub(_as_first_word, text))


def _as_first_word(item: re.Match[str]) -> str:
    if (item[1] or "").lower() in _BEFORE_NUMBERS:
        return item[0]
    return f"{item[0][: -len(item[2])]}X{'x' * (len(item[2]) - 1)}"


def _crossed(found: re.Match[str]) -> str:
    return "x" * len(found[0])
