"""Entries that are asked for by name: what stands below a question in the same words, the row and column of a table."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from quotewise.index.boilerplate import SentenceKind
from quotewise.index.lexical import terms
from quotewise.rag.candidates import asked_terms
from quotewise.rag.readers import Reading
from quotewise.rag.rows import Row

_EVIDENCE = 0.7
"""At least that of what stands below the question, or in the row: not more, since it may also be that nobody knows."""
_ABSENT_EVIDENCE = 0.02
"""At most that of the rows of a table of which the one asked for has an empty cell in the column asked for."""
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_MARK = re.compile(r"(?:q|question|frage)?\d{0,3}")
_FEWEST_WORDS = 3
_QUESTION_END = re.compile(r"[?？][\W_]*$")


def with_asked_entries(question: str, readings: Sequence[Reading]) -> list[Reading]:
    """The readings, with more evidence for the answers of entries whose question is this one, but for marks as ``Q1:``, and for
    rows of tables if the question names one, a column of it, and nothing else; less where that cell is empty."""
    asked, named = _words(question), asked_terms(question)
    return [_raised(asked, named, reading) for reading in readings] if len(asked) >= _FEWEST_WORDS else list(readings)


def _raised(asked: list[str], named: frozenset[str], reading: Reading) -> Reading:
    passage = reading.passage
    texts = [passage.slice(sentence) for sentence in passage.sentences]
    are_questions = [_QUESTION_END.search(text) is not None for text in texts]
    found = [
        number + 1
        for number in range(len(texts) - 1)
        if are_questions[number] and not are_questions[number + 1] and _is_asked(texts[number], asked)
    ]
    rows = [number for number, kind in enumerate(passage.kinds) if kind is SentenceKind.ROW]
    found += [number for number in rows if _is_row_of(texts[number], asked)]
    context = frozenset(terms(" ".join((passage.document.title, *passage.heading[:-1])))) if rows else frozenset[str]()
    tabular = {n: Row.of(texts[n], passage.heading) for n in rows if reading.is_read}
    found += [number for number, row in tabular.items() if row.is_asked_for(named, context)]
    absent = [n for n in tabular if n not in found] if any(row.lacks(named) for row in tabular.values()) else []
    evidence = reading.evidence.copy()
    evidence[found] = np.where(evidence[found] > 0, np.maximum(evidence[found], _EVIDENCE), 0)
    evidence[absent] = np.minimum(evidence[absent], _ABSENT_EVIDENCE)
    return replace(reading, evidence=evidence) if found or absent else reading


def _is_asked(text: str, asked: list[str]) -> bool:
    words = _words(text)
    mark = words[: len(words) - len(asked)]
    return words[len(mark) :] == asked and len(mark) < 2 and all(map(_MARK.fullmatch, mark))


def _is_row_of(text: str, asked: list[str]) -> bool:
    cells = [text[slice(*cell)] for cell in Row.of(text, ()).cells] if "?" in text else []
    return len(cells) > 1 and any(_is_asked(cell, asked) for cell in cells[:-1])


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
