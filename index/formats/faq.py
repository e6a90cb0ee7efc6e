"""The questions of a list of frequently asked ones into headings, under which their answers are found and read."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, pairwise
from typing import NamedTuple

from quotewise.index.formats.parsed import Block

_MARKED_LINE = re.compile(
    r"^[ \t>]*(?:(?P<item>[-*+])[ \t]+)?(?:"
    r"(?P<bold>\*\*|__|(?(item)[*_]|(?!)))(?:\d{1,3}[.)][ \t]+)?(?P<strong>[^\s*_][^\r\n]{1,200}?[?？])(?P=bold)"
    r"|(?:<details[^<>]{0,40}>[ \t]*)?<summary>(?:<(?:b|strong|h\d)>)?[ \t]*(?P<summary>[^<>\r\n]{2,200}\?)[ \t]*"
    r"(?:</(?:b|strong|h\d)>)?</summary>"
    r")[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
"""A line that is a question as a whole, in bold type, in italics as a list item, or the summary of what can be unfolded."""
_BOLD_ITEM = re.compile(
    r"^[ \t>]*[-*+•][ \t]+(?P<bold>\*\*|__)(?P<strong>[^\s*_][^\r\n*]{1,200}?[?？])(?P=bold)(?=[ \t]+\S)", re.MULTILINE
)
"""A list item that begins with a question in bold type, with the answer behind it."""
INVITATION = re.compile(
    r"\W*+(?:(?:click|tap|press)\b.*|(?:(?:expand|show|hide|toggle|view|read|see)\b(?:\W++(?:the|all|more|less|full)\b)*+\W*+)?"
    r"(?:(?:descriptions?|details?|code|answers?|solutions?|sources?|text|contents?|outputs?|hints?|more|all)\b)?\W*+)",
    re.IGNORECASE | re.DOTALL,
)
"""What only says that something is unfolded, and not what."""
_ASKS = (
    r"Q|Question|Frage|Pregunta|Pergunta|Domanda|Vraag|Fråga|Spørgsmål|Spørsmål|Kysymys|Pytanie|Otázka|Вопрос|Запитання|Soru"
    r"|Ｑ|问|問|问题|質問"
)
_ANSWERS = (
    r"A|Answer|Antwort|Respuesta|Resposta|Réponse|Risposta|Antwoord|Svar|Vastaus|Odpowiedź|Odpověď|Odpoveď|Ответ|Відповідь|Cevap"
    r"|Ａ|答|答案|回答"
)
_COUNT = r"[ \t\u00a0\u202f]?\d{0,3}[ \t]?(?:[:.)：．、）]|(?<=[ＱＡ])[ \t\u3000])"
_LEAD = r"[ \t>]*(?:[-*+][ \t]+)?(?:\*\*|__)?"
_Q = re.compile(
    rf"{_LEAD}(?:{_ASKS}){_COUNT}(?:\*\*|__)?[ \t\u3000]*(?P<question>[^\s*_].*)",
    re.IGNORECASE | re.DOTALL,
)
_A = re.compile(
    rf"{_LEAD}(?:(?:{_ANSWERS}){_COUNT}|(?-i:R)[ \t\u00a0\u202f]?\d{{0,3}}[ \t]?[:：.)]|<<(?!<)[ \t]*(?=\S))", re.IGNORECASE
)
_UNSURE_Q = re.compile(
    rf"{_LEAD}(?:[PDVQF][ \t\u00a0\u202f]?\d{{0,3}}[ \t]?[:：])(?:\*\*|__)?[ \t\u00a0]*(?P<question>[^\s*_].*)", re.DOTALL
)
"""What asks in Spanish, Italian, Dutch or Swedish where an answer stands below it."""
_SIGN_Q = re.compile(r"[ \t]*>>(?!>)[ \t]*(?P<question>[^\s>].*)", re.DOTALL)
_SIGN_A = re.compile(r"[ \t]*<<(?!<)")
_WITHIN = re.compile(
    r"(?:^|(?<=[\s.!?]))(?:\*\*|__)?(?:Q|Question|Frage)[ \t]?\d{0,3}[ \t]?[:.)](?:\*\*|__)?[ \t]+"
    r"(?P<question>[^\s*_][^\r\n]{1,300}?[?])(?:\*\*|__)?(?=[ \t]+(?:\*\*|__)?(?:A|Answer|Antwort)[ \t]?\d{0,3}[ \t]?[:.)])",
    re.MULTILINE,
)
"""A question and what introduces its answer in one line."""
_NUMBERED = re.compile(
    r"[ \t]{0,3}(?P<number>\d{1,3}(?:\.\d{1,3}){0,3}(?=[.):])|\d{1,3}(?:\.\d{1,3}){1,3})[.):]?[ \t]+(?P<question>[^\W\d_].*)",
    re.DOTALL,
)
_PLAIN = re.compile(r"(?![^:\r\n]{1,30}:\s)(?:[^\W\d_]|¿)")
"""A paragraph that is a question; not what somebody says, after a name, a dash or a quotation mark."""
_QUESTION_END = re.compile(r"[?？][*_\"”]*\s*$")
_UP_TO_QUESTION = re.compile(r"(?:[^\r\n]*(?:\r\n|\r|\n)){0,4}?[^\r\n]*[?？](?=[ \t]*(?:[\r\n]|$))")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_LETTER = re.compile(r"[^\W\d_]")
_MOST_LINES = 5
_MOST_CHARACTERS = 300
"""Of one question."""
_LONGEST_ABOVE = 150
"""Characters of a question of one line right above its answer."""
_FEWEST = 2
"""Questions of a document that make a list of them, where they are marked as such."""
_FEWEST_UNMARKED = 3
_LEAST_SHARE, _LEAST_SHARE_ABOVE = 0.1, 0.3
"""Share of the paragraphs that are questions, or have one as the first of their lines, where nothing else marks them."""


class _Paragraph(NamedTuple):
    """Lines without a blank one between them, without the spaces behind the last one."""

    start: int
    end: int
    text: str


class _Entry(NamedTuple):
    """A question at ``[start, end)`` of a text, without its mark in ``name``."""

    start: int
    end: int
    name: str


def with_questions_as_headings(text: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks of a text, of which paragraphs are divided at the questions of a list and stand under these.

    A question is the heading of what follows, up to the next question or the next section. Questions are marked (``Q:``, bold
    type, the summary of what can be unfolded), numbered, or paragraphs of their own that others answer.
    """
    if "?" not in text and "？" not in text:
        return tuple(blocks)
    entries = _entries(text, [block for block in blocks if block.kind in ("paragraph", "item")])
    return tuple(_divided(text, blocks, entries)) if entries else tuple(blocks)


def _entries(text: str, blocks: Sequence[Block]) -> list[_Entry]:
    paragraphs = [one for block in blocks for one in _paragraphs(text, block.start, block.end)]
    marked = {line.start(): _entry(*line.span(), line["strong"] or line["summary"]) for line in _MARKED_LINE.finditer(text)}
    marked |= {item.start(): _entry(*item.span(), item["strong"]) for item in _BOLD_ITEM.finditer(text)}
    for n, paragraph in enumerate(paragraphs):
        if entry := _after_q(paragraph, paragraphs[n + 1 : n + 2]):
            marked[entry.start] = entry
    marked |= {one.start(): _entry(*one.span(), one["question"]) for one in _WITHIN.finditer(text)}
    if len(marked) >= _FEWEST:
        return _apart(sorted(marked.values()))
    for found in (_numbered(paragraphs), _plain(paragraphs), _above(paragraphs)):
        if len(found) >= _FEWEST_UNMARKED:
            return found
    return []


def _paragraphs(text: str, start: int, end: int) -> Iterator[_Paragraph]:
    """The paragraphs of a part of a text, divided before answers, too."""
    first: int | None = None
    lines = (line for line in _LINE.finditer(text, start, end) if line[0])
    for line, following in pairwise(chain(lines, [None])):
        if not line or not line[0].strip():
            continue
        first = line.start() if first is None else first
        below = following[0] if following else ""
        is_divided = any(one.match(below) for one in (_A, _Q, _UNSURE_Q)) or (
            _NUMBERED.match(below) and _NUMBERED.match(text, first, line.end())
        )
        if is_divided or not below.strip():
            shown = text[first : line.end()].rstrip()
            yield _Paragraph(first, first + len(shown), shown)
            first = None


def _after_q(paragraph: _Paragraph, following: Sequence[_Paragraph]) -> _Entry | None:
    """The question after a ``Q:``: all of the paragraph before an answer or if it asks, else its first line if that asks."""
    answer = following[0].text if following else ""
    unsure = _SIGN_Q if _SIGN_A.match(answer) else _UNSURE_Q if _A.match(answer) else None
    asked = _Q.match(paragraph.text) or (unsure.match(paragraph.text) if unsure else None)
    if not asked:
        return None
    answered = _A.match(answer) is not None
    if (answered or _QUESTION_END.search(paragraph.text)) and _is_short(asked["question"]):
        return _entry(paragraph.start, paragraph.end, asked["question"])
    return _first_lines(paragraph, _Q)


def _first_lines(paragraph: _Paragraph, mark: re.Pattern[str]) -> _Entry | None:
    """The question that the first lines of a paragraph are, which its answer follows at once."""
    asked = _UP_TO_QUESTION.match(paragraph.text)
    question = mark.match(asked[0]) if asked else None
    if asked and question and _is_short(question["question"]):
        return _entry(paragraph.start, paragraph.start + len(asked[0]), question["question"])
    return None


def _numbered(paragraphs: Sequence[_Paragraph]) -> list[_Entry]:
    """Numbered questions, and what is numbered likewise between them, if most are followed by what answers them."""
    found: dict[int, list[_Entry]] = {}
    for paragraph in paragraphs:
        if number := _NUMBERED.match(paragraph.text):
            whole = _entry(paragraph.start, paragraph.end, number["question"]) if _is_short(number["question"]) else None
            entry = _first_lines(paragraph, _NUMBERED) or whole
            found.setdefault(number["number"].count("."), []).extend([entry] if entry else [])
    asking = {level: sum(_QUESTION_END.search(one.name) is not None for one in entries) for level, entries in found.items()}
    lists = [entries for level, entries in found.items() if 2 * asking[level] >= len(entries) and asking[level] >= _FEWEST]
    return _answered(sorted(one for entries in lists for one in entries), paragraphs)


def _plain(paragraphs: Sequence[_Paragraph]) -> list[_Entry]:
    """Paragraphs that are questions, if there are enough of them among the others, most of which are answered."""
    entries = [
        _entry(paragraph.start, paragraph.end, paragraph.text)
        for paragraph in paragraphs
        if _QUESTION_END.search(paragraph.text)
        and _PLAIN.match(paragraph.text)
        and not paragraph.text[0].islower()
        and _is_short(paragraph.text)
        and len(re.findall(r"[.!?？]\s", paragraph.text)) < 3
    ]
    return _answered(entries, paragraphs) if len(entries) >= _LEAST_SHARE * len(paragraphs) else []


def _above(paragraphs: Sequence[_Paragraph]) -> list[_Entry]:
    """Questions of one line with their answers on the lines right below, if many of the paragraphs are such."""
    entries = []
    for paragraph in paragraphs:
        question, _, answer = paragraph.text.partition("\n")
        is_question = _QUESTION_END.search(question) and _PLAIN.match(question) and not question[0].islower()
        begun = answer.lstrip(" \t")[:1]
        if is_question and begun and not begun.islower() and begun not in "\"“„«'-–—" and len(question) <= _LONGEST_ABOVE:
            entries.append(_entry(paragraph.start, paragraph.start + len(question.rstrip()), question))
    return _answered(entries, paragraphs) if len(entries) >= _LEAST_SHARE_ABOVE * len(paragraphs) else []


def _answered(entries: Sequence[_Entry], paragraphs: Sequence[_Paragraph]) -> list[_Entry]:
    """The entries that words stand below which are no entry; none if they are few of all, as in a form to be filled in."""
    starts = {one.start for one in entries}
    following = {one.start: other for one, other in pairwise(paragraphs)}
    whole = {one.start: one for one in paragraphs}

    def is_answered(entry: _Entry) -> bool:
        own, other = whole[entry.start], following.get(entry.start)
        if entry.end < own.end:
            return _LETTER.search(own.text, entry.end - own.start) is not None
        return other is not None and other.start not in starts and _LETTER.search(other.text) is not None

    answered = [one for one in entries if is_answered(one)]
    return answered if 3 * len(answered) >= len(entries) else []


def _apart(entries: Sequence[_Entry]) -> list[_Entry]:
    """The entries that do not begin within the one before them, as a line in bold type within a question does."""
    return [one for before, one in pairwise([_Entry(0, 0, ""), *entries]) if one.start >= before.end]


def _is_short(question: str) -> bool:
    return len(question) <= _MOST_CHARACTERS and len(question.splitlines()) <= _MOST_LINES


def _entry(start: int, end: int, name: str) -> _Entry:
    marked = _Q.match(name)  # as in bold type
    return _Entry(start, end, " ".join((marked["question"] if marked else name).split()).strip("*_ "))


def _divided(text: str, blocks: Sequence[Block], entries: Sequence[_Entry]) -> Iterator[Block]:
    section: tuple[str, ...] = ()
    question: tuple[str, ...] = ()
    starts = [entry.start for entry in entries]
    for block in blocks:
        if block.heading[: len(section)] != section or block.kind == "heading":
            question = ()
        section = block.heading
        start = block.start
        inside = slice(bisect_left(starts, block.start), bisect_left(starts, block.end))
        for entry in entries[inside] if block.kind in ("paragraph", "item") else ():
            if text[start : entry.start].strip():
                yield replace(block, start=start, end=entry.start, heading=block.heading + question)
            question = (entry.name,)
            yield Block(entry.start, entry.end, block.heading + question, keep_with_next=True, kind="heading")
            start = entry.end
        if text[start : block.end].strip():
            yield replace(block, start=start, heading=block.heading + question)
