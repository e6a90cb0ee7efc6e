"""Spans that a reader predicts into short answers as people mark them: whole dates, numbers, addresses and code."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from quotewise.index.lines import message_prefix
from quotewise.index.sentences import Span
from quotewise.rag.readers import AnswerSpan
from quotewise.rag.readers.span_model import UNSPACED

_LEADING_SIGNS = re.compile(r"^[\s,;:，。；：、]+")
_TRAILING_SIGNS = re.compile(
    r"(?<![\s,;:，。；：、！？])[\s,;:，。；：、！？]+$|(?<=[^\W\d_]{4})(?<!Corp)\.$|(?<=[\d²³%)\]])\.$|(?<=[^\W\d_]{3})[⁰¹²³⁴-⁹]+$"
)
"""A full stop after a short word may be one of an abbreviation; raised digits after a longer one are the mark of a note.

Here and in ``_SIGN`` what is repeated begins where it has no like before it, else each place of a long run is a beginning.
"""
_MONTH = r"(?:(?:Jan|Febr?|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)(?:[a-z]+|\.)?|May|June?|July?)"
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?\.?(?: of)? {_MONTH}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?)(?:,? \d{{4}})?(?!\w)"
    rf"|\b(?:\d{{4}}([-/])\d{{1,2}}\1\d{{1,2}}|{_MONTH} ?(?:to|until|through|and|[-–—]) ?{_MONTH})(?!\w)"
)
_IN_DATE = re.compile(
    rf"(?:in|on)\s+(?=(?:the )?(?:{_MONTH}(?!\w)|\d{{4}}(?!\w)|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}(?!\w)))",
    re.IGNORECASE,
)
_SIGN = re.compile(
    r"`[^`\n]{1,100}`|(?<!\S)--?[a-z][\w-]*(?:=[\w-]+)?|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
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
_WORD = re.compile(rf"{UNSPACED.pattern}|(?:(?!{UNSPACED.pattern})[^\W_]|(?<=\w)[.,'’](?=\w))+")
_ARTICLES = {"a", "an", "the"}
_WHOLE = 0.5
"""What being exactly the span that answers counts beside the F1 of its words."""


def likeliest_answer(spans: Sequence[AnswerSpan], sentence: Span, text: str) -> AnswerSpan | None:
    """The span of a sentence that is expected to be most like what answers; None without spans.

    That is the one of least risk (Kumar and Byrne, Minimum Bayes-Risk Decoding, NAACL 2004): each of the spans is what answers
    with its probability, and the F1 of the words that it shares with another one, articles aside, is how much of that it says.
    One that runs from an answer to another one is none. The ``probability`` of what is returned is the F1 expected of it.
    """
    if len(spans) < 2:
        return spans[0] if spans else None
    starts = [sentence.start + word.start() for word in _WORD.finditer(text) if word[0].lower() not in _ARTICLES]
    words = {one.span: (bisect_left(starts, one.span.start), bisect_left(starts, one.span.end)) for one in spans}

    def expected(span: Span) -> float:
        return sum(one.probability * _likeness(words[span], words[one.span]) for one in spans)

    possible = [one for one in spans if not _joins_answers(one, spans)]
    best = max(possible, key=lambda one: expected(one.span) + _WHOLE * one.probability)
    return AnswerSpan(best.span, min(expected(best.span), 1.0))


def _likeness(words: tuple[int, int], others: tuple[int, int]) -> float:
    """The F1 of two spans ``[first, last)`` of words."""
    shared = min(words[1], others[1]) - max(words[0], others[0])
    return 1.0 if words == others else 2 * max(0, shared) / max(1, words[1] - words[0] + others[1] - others[0])


def _joins_answers(one: AnswerSpan, spans: Sequence[AnswerSpan]) -> bool:
    """Whether a span holds two likelier ones that do not overlap."""
    inside = [
        other.span
        for other in spans
        if other.probability > one.probability and one.span.start <= other.span.start and other.span.end <= one.span.end
    ]
    return bool(inside) and min(span.end for span in inside) <= max(span.start for span in inside)


def lacks_number(question: str, answer: str, quote: str) -> bool:
    """Whether a question asks for a number and the answer has none, though its quote has one."""
    return not _NUMBER.search(answer) and _ASKS_NUMBER.search(question) is not None and any(map(str.isdigit, quote))


def whole_answer(answer: AnswerSpan, sentence: Span, text: str) -> AnswerSpan | None:
    """The answer of a sentence as a person would mark it; None where nothing of it is left.

    Dates, addresses, numbers and what is in brackets are whole; who said it and when, signs that only divide or end
    sentences, and ``in`` or ``on`` before a date are left out.
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
    if (before := _IN_DATE.match(text, start)) and before.end() < end:
        start = before.end()
    opens, closes = text[start:end].startswith("("), text[start:end].endswith(")")
    inside = text[start + opens : end - closes]
    if not ("(" in inside or ")" in inside):  # a bracket without the other one, or both around all of it
        start, end = start + opens, end - closes
    elif inside.count("(") > inside.count(")") and (closing := _TO_CLOSE.match(text, end)):
        end = closing.end()
    return replace(answer, span=Span(sentence.start + start, sentence.start + end)) if start < end else None
