"""Entries of lists of questions: what stands below a question that is asked in the same words is its answer."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from quotewise.index.boilerplate import SentenceKind
from quotewise.rag.readers import Reading
from quotewise.rag.rows import Row

_EVIDENCE = 0.7
"""At least that of what stands below the question: not more, since a reply may also be that nobody knows."""
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_MARK = re.compile(r"(?:q|question|frage)?\d{0,3}")
_FEWEST_WORDS = 3
_QUESTION_END = re.compile(r"[?？][\W_]*$")


def with_asked_entries(question: str, readings: Sequence[Reading]) -> list[Reading]:
    """The readings, with more evidence for the answers of entries whose question is this one, but for marks as ``Q1:``."""
    asked = _words(question)
    return [_raised(asked, reading) for reading in readings] if len(asked) >= _FEWEST_WORDS else list(readings)


def _raised(asked: list[str], reading: Reading) -> Reading:
    passage = reading.passage
    texts = [passage.slice(sentence) for sentence in passage.sentences]
    are_questions = [_QUESTION_END.search(text) is not None for text in texts]
    found = [
        number + 1
        for number in range(len(texts) - 1)
        if are_questions[number] and not are_questions[number + 1] and _is_asked(texts[number], asked)
    ]
    found += [n for n, kind in enumerate(passage.kinds) if kind is SentenceKind.ROW and _is_row_of(texts[n], asked)]
    evidence = reading.evidence.copy()
    evidence[found] = np.where(evidence[found] > 0, np.maximum(evidence[found], _EVIDENCE), 0)
    return replace(reading, evidence=evidence) if found else reading


def _is_asked(text: str, asked: list[str]) -> bool:
    words = _words(text)
    mark = words[: len(words) - len(asked)]
    return words[len(mark) :] == asked and len(mark) < 2 and all(map(_MARK.fullmatch, mark))


def _is_row_of(text: str, asked: list[str]) -> bool:
    cells = [text[slice(*cell)] for cell in Row.of(text, ()).cells] if "?" in text else []
    return len(cells) > 1 and any(_is_asked(cell, asked) for cell in cells[:-1])


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
