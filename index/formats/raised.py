"""What stands above the line: exponents, so that 10⁶ is not read as 106, and marks of notes, which are no part of a word."""

import re

_RAISED = str.maketrans("0123456789+-−=n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼ⁿ")
_EXPONENT = re.compile(r"[\d+=n−-]{1,6}", re.ASCII)
_MARK = re.compile(r"\d{1,4}|[a-z]|[ivxl]{2,5}|[*†‡§]{1,3}", re.ASCII)


def raised(text: str) -> str:
    """Raised digits and signs as the characters that Unicode has for them; other raised text, such as ``st``, as it is."""
    return text.translate(_RAISED) if _EXPONENT.fullmatch(text.strip()) else text


def note_mark(text: str) -> str:
    """What refers to a note in square brackets, as in other formats; other text as it is."""
    mark = text.strip()
    return text.replace(mark, f"[{mark}]") if _MARK.fullmatch(mark) else text
