"""Headings that a page does not mark as such: for screen readers, called titles, or questions before their answers."""

import re
from itertools import islice
from typing import Any

from quotewise.index.formats.html_elements import local_name

Element = Any
_QUESTION = re.compile(r"(?:^|[\s_-])question(?:$|[\s_-])", re.IGNORECASE)
_ANSWER = re.compile(r"(?:^|[\s_-])answer(?:$|[\s_-])", re.IGNORECASE)
_SHORT_QUESTION = re.compile(r"(?:^|[\s_-])q(?:$|\s)")
_SHORT_ANSWER = re.compile(r"(?:^|[\s_-])a(?:$|\s)")
_LONGEST_QUESTION = 300
_QUESTION_ELEMENTS = 40
_QUESTION_PARTS = frozenset(["td", "th", "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "button", "dt", "summary"])
_TITLE_NAME = re.compile(r"(?:^|[\s_-])(?:title|heading|headline)(?:$|\s)", re.IGNORECASE)
_LONGEST_TITLE = 100
_INLINE = frozenset(("a", "span", "b", "strong", "em", "i", "u", "small", "code", "img", "svg", "path", "br", "button"))
_SPOKEN_HEADINGS = frozenset(("div", "p", "span", "strong", "b", "a"))
_LEVELS = frozenset("123456")


def _is_short(question: Element) -> bool:
    """Whether a question is one that may be a heading, and no message in a forum."""
    few = sum(1 for _ in islice(question.iterdescendants(), _QUESTION_ELEMENTS)) < _QUESTION_ELEMENTS
    is_told = few and next(question.iter("pre", "ul", "ol", "table", "blockquote"), None) is None
    return is_told and sum(map(len, question.itertext())) <= _LONGEST_QUESTION


def mark_headings(root: Element) -> None:
    """Make headings of the elements that say so to screen readers, and of those called titles of what follows."""
    for element in root.xpath(".//*[@role='heading']"):
        level = element.get("aria-level") or ""
        if local_name(element) in _SPOKEN_HEADINGS:
            element.tag = f"h{level if level in _LEVELS else 2}"
    for element in root.xpath(".//*[(self::div or self::p) and (contains(@class, 'itle') or contains(@class, 'eading'))]"):
        if _TITLE_NAME.search(element.get("class")) and _heads_sibling(element):
            element.tag = "h6"


def _heads_sibling(title: Element) -> bool:
    """Whether an element is short, has no blocks within it, and stands before another one that has text."""
    following = title.getnext()
    text = "".join(islice(title.itertext(), _QUESTION_ELEMENTS)).strip()
    is_inline = all(isinstance(one.tag, str) and local_name(one) in _INLINE for one in title.iterdescendants())
    is_title = 0 < len(text) <= _LONGEST_TITLE and text[-1] not in ".,;" and any(sign.isalpha() for sign in text)
    return is_title and is_inline and following is not None and any(part.strip() for part in islice(following.itertext(), 20))


def mark_questions(root: Element) -> None:
    """Make headings of the elements that the author calls questions, each before one called its answer, also of table rows."""
    short = root.xpath(".//*[(self::div or self::p) and contains(@class, 'q')]")
    called = [(one, _SHORT_QUESTION, _SHORT_ANSWER) for one in short]
    called += [(one, _QUESTION, _ANSWER) for one in root.xpath(".//*[contains(@class, 'uestion')]")]
    for element, asks, answers in called:
        following = element.getnext() if asks.search(element.get("class")) else None
        if following is None or not answers.search(following.get("class") or "") or not _is_short(element):
            continue
        if local_name(element) == "tr":
            for table in islice(element.iterancestors("table", "{*}table"), 1):
                table.set("role", "presentation")
        for inner in element.iterdescendants():
            if isinstance(inner.tag, str) and local_name(inner) in _QUESTION_PARTS:
                inner.tag, inner.tail = "span", f" {inner.tail or ''}"
        element.tag = "h6"
