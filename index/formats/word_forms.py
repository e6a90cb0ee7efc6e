"""The fields of forms of Word 97, whose values stand in their data and in no text."""

from typing import Any

from quotewise.index.formats.numbering import W
from quotewise.index.formats.word_styles import is_on, value

Element = Any
_CHECKED, _UNCHECKED = "☒", "☐"


def form_value(begin: Element) -> str:
    """What the field that begins here shows: a box, or the chosen entry of a list; empty for other fields."""
    data = begin.find(f"{W}ffData")
    box, listed = (data.find(f"{W}{name}") if data is not None else None for name in ("checkBox", "ddList"))
    if box is not None:
        state = next((found for name in ("checked", "default") if (found := box.find(f"{W}{name}")) is not None), None)
        return _CHECKED if state is not None and is_on(state.get(f"{W}val") or "1") else _UNCHECKED
    if listed is not None:
        entries = [entry.get(f"{W}val") or "" for entry in listed.iterfind(f"{W}listEntry")]
        chosen = value(listed, "result") or value(listed, "default") or "0"
        return entries[int(chosen)] if chosen.isdecimal() and len(chosen) < 9 and int(chosen) < len(entries) else ""
    return ""
