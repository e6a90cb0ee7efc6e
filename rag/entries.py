"""Entries that are asked for by name: what stands below a question in the same words, the row and column of a table."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from quotewise.index.boilerplate import SentenceKind
from quotewise.index.lexical import terms
from quotewise.index.lines import message_prefix
from quotewise.rag.candidates import QUESTION_END, QUESTION_START, asked_terms
from quotewise.rag.passages import Passage
from quotewise.rag.readers import Reading
from quotewise.rag.readers.calibration import asks_whether, with_odds_times
from quotewise.rag.rows import Row
from quotewise.rag.sections import of_sections
from quotewise.rag.versions import negations

_EVIDENCE = 0.7
"""At least that of what stands below the question, or in the row: not more, since it may also be that nobody knows."""
_ABSENT_EVIDENCE = 0.02
"""At most that of the rows of a table of which the one asked for has an empty cell in the column asked for."""
_OTHER_QUESTION_ODDS = 0.2
"""What is left of the odds of a sentence that asks something else."""
_OTHER_YEAR_ODDS = 0.2
"""What is left of the odds of what stands under the date of another year than the one that is asked about."""
_OTHER_SUBJECT_ODDS = 0.2
"""What is left of the odds of what other documents say than the one whose subject the question names."""
_OF_DOCUMENTS = frozenset(
    terms(
        "about agreement api appendix article asked book brochure catalogue changelog changes chapter contract copy "
        "description doc docs document documentation draft faq final form frequently guide guideline guidelines guides "
        "handbook help history how howto index information install installation instruction instructions introducing "
        "introduction lease letter licence license list log mail mails manual manuals meeting memo minutes news "
        "newsletter note notes notice on overview page paper part plan policies policy presentation price prices "
        "questions readme reference release releases report reports rules service sheet slides specification standard "
        "summary table terms text to tools transcript tutorial user users utilities utils version welcome what wiki"
    )
)
"""What titles say of the kind of a document, not of its subject."""
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_ASKING_WAY = re.compile(
    r"\b(?:who|whom|whose|what|when|where|why|which|how(?: (?:many|much|long|old|far|often|large|big|tall|high|deep|fast))?"
    r"|can|do|does|did|is|are|may|must|should|will)\b",
    re.IGNORECASE,
)
"""The first of these words of a question tells how it asks."""
_MARK = re.compile(r"(?:q|question|frage)?\d{0,3}")
_SPEAKER = re.compile(r"[^\W\d_][^:?\r\n]{0,40}: +")
_UNKNOWING = re.compile(
    r"\b(?:no idea|dunno|not sure|no clue|(?:don['’]?t|do not) know|(?:ask|let me check|good question)\b"
    r"|(?:['’]ll|will) (?:find out|check|ask))",
    re.IGNORECASE,
)
"""What is said in place of an answer."""
_FIELDS = re.compile(r'[{\[\s]*"[^"]{1,60}"\s*:')
"""Fields of a record in JSON, such as the time of a message."""
_SIGNS_BEFORE = re.compile(r"^[\W_]+")
_SAID_BEFORE = re.compile(r"^.*[.!:;,…] +(?=\S)", re.DOTALL)
_FEWEST_WORDS = 3
_COPYRIGHT = frozenset(terms("copyright ©"))
_HOLDING = frozenset(terms("copyright © right rights hold holder holds own owner owns reserve reserved notice"))
_COPYRIGHT_SIGN = re.compile(r"©|\([cC]\)")
"""What stands for the word in a notice."""


def with_asked_entries(question: str, readings: Sequence[Reading]) -> list[Reading]:
    """The readings, with more evidence for what a question names, and less for what stands beside it.

    More has the answer of an entry whose question is this one, but for marks as ``Q1:``; the row of a table if the question
    names it, a column of it, and nothing else; what a section is asked for by its headings. Less have rows where that cell is
    empty, the headings of other releases, what stands under the date of another year, and what is of another subject.
    """
    asked, named = _words(question), asked_terms(question)
    readings = _of_named_subjects(named, readings)
    return [_raised(question, asked, named, reading) for reading in readings] if len(asked) >= _FEWEST_WORDS else readings


def _of_named_subjects(named: frozenset[str], readings: Sequence[Reading]) -> list[Reading]:
    """The readings, with less evidence in those that have none of the names which the question shares with titles.

    A name is all of a title but for what kind of document it is, such as in "zlib FAQ".
    """
    subjects = {subject for reading in readings if len(subject := _subject(reading.passage)) == 1 and subject <= named}
    if not subjects:
        return list(readings)
    wanted = frozenset[str]().union(*subjects)
    return [
        replace(reading, evidence=with_odds_times(reading.evidence, _OTHER_SUBJECT_ODDS))
        if wanted.isdisjoint(_told(reading.passage))
        else reading
        for reading in readings
    ]


def _subject(passage: Passage) -> frozenset[str]:
    words = (term for term in terms(_BETWEEN_WORDS.sub(" ", passage.document.title)) if len(term) > 1 and not term.isdigit())
    return frozenset(words) - _OF_DOCUMENTS


def _told(passage: Passage) -> frozenset[str]:
    return frozenset(terms(f"{passage.context} {passage.document.path} {passage.text}"))


def _raised(question: str, asked: list[str], named: frozenset[str], reading: Reading) -> Reading:
    passage = reading.passage
    texts = [passage.slice(sentence) for sentence in passage.sentences]
    are_questions = [QUESTION_END.search(text) is not None for text in texts]
    known = frozenset(terms(" ".join((passage.document.title, *passage.heading[:-1])))) if reading.is_read else frozenset[str]()
    asks = [
        number
        for number, is_question in enumerate(are_questions)
        if is_question and (_is_asked(texts[number], asked) or _asks_the_same(texts[number], question, named, known))
    ]
    follows = [next((n for n in range(number + 1, len(texts)) if not _FIELDS.match(texts[n])), number) for number in asks]
    found = [number for number in follows if not are_questions[number]]
    rows = [number for number, kind in enumerate(passage.kinds) if kind is SentenceKind.ROW]
    found += [number for number in rows if _is_row_of(texts[number], asked)]
    if named & _COPYRIGHT:
        notices = [number for number, kind in enumerate(passage.kinds) if kind is SentenceKind.NOTICE]
        about = named - _HOLDING - frozenset(terms(passage.document.title))
        found += [n for n in notices if _COPYRIGHT_SIGN.search(texts[n]) and about <= frozenset(terms(texts[n]))]
    media_type = passage.document.media_type
    tabular = {n: Row.of(texts[n], passage.heading, media_type) for n in rows if reading.is_read}
    found += [number for number, row in tabular.items() if row.is_asked_for(named, known)]
    absent = [n for n in tabular if n not in found] if any(row.lacks(named) for row in tabular.values()) else []
    if reading.is_read and passage.heading:
        told, other = of_sections(question, named, passage, texts)
        found, absent = [*found, *told], [*absent, *other]
    evidence = reading.evidence.copy()
    other_year = reading.is_read and _is_of_other_year(question, passage)
    if other_year:
        evidence = with_odds_times(evidence, _OTHER_YEAR_ODDS)
    evidence[found] = np.where(evidence[found] > 0, np.maximum(evidence[found], _EVIDENCE), 0)
    evidence[absent] = np.minimum(evidence[absent], _ABSENT_EVIDENCE)
    changed = bool(found or absent or other_year)
    for number in (number for number, is_question in enumerate(are_questions) if is_question and evidence[number] > 0):
        own = evidence[number]
        if _asks_else(texts[number], named):
            evidence[number], changed = with_odds_times(own, _OTHER_QUESTION_ODDS), True
        elif number + 1 not in found and _is_answered(texts[number : number + 2]) and evidence[number + 1] > 0:
            evidence[number + 1] = max(evidence[number + 1], own)
            evidence[number], changed = with_odds_times(own, _OTHER_QUESTION_ODDS), True
    return replace(reading, evidence=evidence) if changed else reading


def _is_of_other_year(question: str, passage: Passage) -> bool:
    """Whether title and headings name years, and neither they nor the passage any that the question names."""
    asked, told = {*_YEAR.findall(question)}, {*_YEAR.findall(passage.context)}
    return bool(asked and told) and not asked & (told | {*_YEAR.findall(passage.text)})


def _is_answered(texts: Sequence[str]) -> bool:
    """Whether a question and what follows it are said in a dialogue."""
    spoken = [_SPEAKER.match(text) is not None or message_prefix(text) > 0 for text in texts]
    return spoken == [True, True] and not (QUESTION_END.search(texts[1]) or _UNKNOWING.search(texts[1]))


def _asks_else(text: str, named: frozenset[str]) -> bool:
    """Whether a question names mostly what is not asked."""
    of_text = asked_terms(_SPEAKER.sub("", text[message_prefix(text) :], count=1))
    asks = QUESTION_START.match(text) or asks_whether(_SIGNS_BEFORE.sub("", text))
    return bool(asks) and 2 * len(of_text & named) < len(of_text)


def _is_asked(text: str, asked: list[str]) -> bool:
    """Whether a line asks this, but for who asked when, what was said before in the message, and a mark as ``Q1:``."""
    said = message_prefix(text)
    words = _words(_SAID_BEFORE.sub("", text[said:]) if said else text)
    mark = words[: len(words) - len(asked)]
    return words[len(mark) :] == asked and len(mark) < 2 and all(map(_MARK.fullmatch, mark))


def _asks_the_same(text: str, question: str, named: frozenset[str], known: frozenset[str]) -> bool:
    """Whether a question asks for the same, and more only of what the title and the headings above say already."""
    ways = _ASKING_WAY.search(text), _ASKING_WAY.search(question)
    if not (ways[0] and ways[1]) or ways[0][0].lower() != ways[1][0].lower():
        return False
    before, begun = text[: ways[0].start()], text[ways[0].start() :]
    if not all(map(_MARK.fullmatch, _words(before))) or negations(set(_words(begun))) != negations(set(_words(question))):
        return False
    in_order = [[term for term in dict.fromkeys(terms(asking)) if term in named] for asking in (begun, question)]
    return bool(named) and in_order[0] == in_order[1] and asked_terms(begun) - known <= named <= asked_terms(begun)


def _is_row_of(text: str, asked: list[str]) -> bool:
    cells = [text[slice(*cell)] for cell in Row.of(text, ()).cells] if "?" in text else []
    return len(cells) > 1 and any(_is_asked(cell, asked) for cell in cells[:-1])


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
