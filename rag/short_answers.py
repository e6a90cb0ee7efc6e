"""Spans that a reader predicts into short answers as people mark them: whole dates, numbers, addresses and code."""

import re
from dataclasses import replace

from quotewise.index.lines import message_prefix
from quotewise.index.sentences import Span
from quotewise.rag.readers import AnswerSpan

_LEADING_SIGNS = re.compile(r"^[\s,;:，。；：、]+")
_TRAILING_SIGNS = re.compile(
    r"[\s,;:，。；：、！？]+$|(?<=[^\W\d_]{4})(?<!Corp)\.$|(?<=[\d²³%)\]])\.$|(?<=[^\W\d_]{3})[⁰¹²³⁴-⁹]+$"
)
"""A full stop after a short word may be one of an abbreviation; raised digits after a longer one are the mark of a note."""
_MONTH = r"(?:(?:Jan|Febr?|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)(?:[a-z]+|\.)?|May|June?|July?)"
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?\.?(?: of)? {_MONTH}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?)(?:,? \d{{4}})?(?!\w)"
)
_SIGN = re.compile(
    r"`[^`\n]{1,100}`|(?<!\S)--?[a-z][\w-]*(?:=[\w-]+)?|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|https?://[^\s<>\"')\]]*[\w/=]|\bv?\d+(?:[.,:]\d+)+(?:-[a-z]+\.?\d*)?%?"
    r"|(?<!\S)(?=\S*\d)(?=\S*[^\W\d_])(?=\w*[!#$&*~^])[\w!#$&*~^+-]{4,40}(?=[.,;:]?(?:\s|$))"
)
"""Code, options, addresses, numbers with signs in them, versions and passwords: a part of one answers nothing."""

_ASKS_NUMBER = re.compile(r"\bhow (?:many|much|old|tall|high|wide|deep|heavy|far|fast)\b", re.IGNORECASE)
_NUMBER = re.compile(
    r"\d|\b(?:no|none|nothing|zero|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundreds?|thousands?|[mb]illions?|dozens?|half|third|quarter|once|twice|both|single"
    r"|double|triple|couple|pair|few|several|many|most|all|every|majority|free)\b",
    re.IGNORECASE,
)
_TO_CLOSE = re.compile(r"[^()\n]{0,40}\)")


def lacks_number(question: str, answer: str, quote: str) -> bool:
    """Whether a question asks for a number and the answer has none, though its quote has one."""
    return not _NUMBER.search(answer) and _ASKS_NUMBER.search(question) is not None and any(map(str.isdigit, quote))


def whole_answer(answer: AnswerSpan, sentence: Span, text: str) -> AnswerSpan | None:
    """The answer of a sentence as a person would mark it; None where nothing of it is left.

    Dates, addresses, numbers and what is in brackets are whole; who said it and when, and signs that only divide or end
    sentences, are left out.
    """
    start, end = answer.span.start - sentence.start, answer.span.end - sentence.start
    for date in _DATE.finditer(text):
        if date.start() <= start and end <= date.end():
            start, end = date.span()
    for sign in _SIGN.finditer(text):
        if sign.start() < end and start < sign.end():
            start, end = min(start, sign.start()), max(end, sign.end())
    said = message_prefix(text)
    if start < said:
        start = said
    shown = text[start:end]
    if shown == text:
        return answer
    start += len(shown) - len(_LEADING_SIGNS.sub("", shown))
    end -= len(shown) - len(_TRAILING_SIGNS.sub("", shown))
    opens, closes = text[start:end].startswith("("), text[start:end].endswith(")")
    inside = text[start + opens : end - closes]
    if not ("(" in inside or ")" in inside):  # a bracket without the other one, or both around all of it
        start, end = start + opens, end - closes
    elif inside.count("(") > inside.count(")") and (closing := _TO_CLOSE.match(text, end)):
        end = closing.end()
    return replace(answer, span=Span(sentence.start + start, sentence.start + end)) if start < end else None
