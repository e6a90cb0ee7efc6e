"""Which sentences say the same, and which are versions of one: alike, but for a number, a name, a negation or another word."""

import re
from collections.abc import Collection, Sequence
from difflib import SequenceMatcher

from quotewise.index.boilerplate import SentenceKind
from quotewise.index.lexical import terms
from quotewise.rag.candidates import Candidate, bare, is_heading
from quotewise.rag.followups import STOP_WORDS

_DUPLICATE_OVERLAP = 0.8
"""Share of the words of the shorter sentence that are in the longer one, from which on both say the same."""
_VERSION_OVERLAP = 0.6
"""Share of the words of the longer sentence that are in the shorter one, from which on they are versions of one."""
_VERSION_WORDS = 5
_SPELLING = 0.8
"""Likeness of two words, from 0 to 1, from which on one is another spelling or form of the other."""
_WORD = re.compile(r"\w+(?:[-.,:/'’]\w+)*")
_LABEL = re.compile(r"[^:：|\n]{1,45}(?=[:：]\s*\S)")
_NEGATION = {"no", "not", "never", "none", "neither", "nor", "without", "cannot", "except", "unless"}
_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen"
    " nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million half third quarter"
    " zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig fünfzig hundert tausend"
    " deux trois quatre cinq sept huit neuf dix onze douze quinze vingt trente cinquante cent mille"
    " dos tres cuatro cinco seis siete ocho nueve diez doce veinte treinta ciento mil"
)
_NUMBER_WORDS = frozenset(_NUMBERS.split())
_MAY = "may"
"""A month whose name is a stop word otherwise."""


def is_duplicate(sentence: str, other: str) -> bool:
    """Whether a sentence says the same as another one: nearly all its words are shared, and nothing stands for something else.

    That is a number, a name, a negation, or a word in the place of another one that is no other spelling of it.
    """
    words, others = _WORD.findall(sentence), _WORD.findall(other)
    new, known = ({word.lower() for word in some} for some in (words, others))
    shorter = min(len(new), len(known))
    if not shorter:
        return sentence == other
    if len(new & known) < _DUPLICATE_OVERLAP * shorter or negations(new) != negations(known):
        return False
    if any(is_number_or_name(word) and word.lower() not in known for word in words[1:]):
        return False
    return not _has_replaced([word.lower() for word in words], [word.lower() for word in others])


def _has_replaced(words: Sequence[str], others: Sequence[str]) -> bool:
    """Whether words of one sentence stand in the place of unlike ones of the other."""
    changes = SequenceMatcher(None, words, others, autojunk=False).get_opcodes()
    return any(
        _unlike(words[a:b], others[c:d]) and _unlike(others[c:d], words[a:b])
        for kind, a, b, c, d in changes
        if kind == "replace"
    )


def _unlike(words: Collection[str], others: Collection[str]) -> bool:
    """Whether one of the words that tell something is like none of the others."""
    return any(
        all(SequenceMatcher(None, word, other, autojunk=False).ratio() < _SPELLING for other in others)
        for word in words
        if word == _MAY or is_number(word) or (terms(word) and not STOP_WORDS.fullmatch(word))
    )


def negations(words: set[str]) -> set[str]:
    """The negations among lower-case words."""
    return {
        "not" if word.endswith(("n't", "n’t")) else word for word in words if word in _NEGATION or word.endswith(("n't", "n’t"))
    }


def is_number_or_name(word: str) -> bool:
    """Whether a word is a number or a name, as far as its letters show."""
    return is_number(word) or word[:1].isupper()


def is_number(word: str) -> bool:
    """Whether a word has a digit, or is the name of a number in English, German, French or Spanish."""
    return any(character.isdigit() for character in word) or word.lower() in _NUMBER_WORDS


def is_version(sentence: str, other: str) -> bool:
    """Whether nearly all words of two sentences are the same, and not few."""
    return _shared_words(sentence, other, _VERSION_WORDS)


def _shared_words(sentence: str, other: str, least: int) -> bool:
    words, others = ({word.lower() for word in _WORD.findall(some)} for some in (sentence, other))
    longer = max(len(words), len(others))
    return longer >= least and len(words & others) >= _VERSION_OVERLAP * longer


def are_versions(asked: frozenset[str], best: Candidate, other: Candidate) -> bool:
    """Whether another sentence answers a question with the terms ``asked`` in the words or in the place of the best one.

    It has all that the best one has of what the question names. A short one, a row under the same names of columns and what
    alone stands under the same heading must be of another document, and have that with its document's title and headings.
    """
    is_other_document = best.passage.document.id != other.passage.document.id
    kind = other.passage.kinds[other.position]
    if not is_other_document and best.span == other.span:
        return False
    if kind is SentenceKind.PROSE and is_version(other.text, best.text):
        return asked & best.terms <= other.terms
    if not is_other_document or kind is not best.passage.kinds[best.position]:
        return False
    return _is_in_its_place(best, other) and asked & _all_terms(best) <= _all_terms(other)


def _is_in_its_place(best: Candidate, other: Candidate) -> bool:
    if best.row and other.row:
        return best.row.names == other.row.names != () and _first_cell(best) == _first_cell(other) != ""
    if (label := _LABEL.match(best.text)) and (label_too := _LABEL.match(other.text)):
        is_like = _words(label[0]) == _words(label_too[0]) != []
    else:
        is_like = _shared_words(best.text, other.text, _VERSION_WORDS - 2) or _stand_alone(best, other)
    return is_like and not (best.heads or other.heads)


def _all_terms(one: Candidate) -> frozenset[str]:
    return one.terms | frozenset(terms(one.passage.context))


def _first_cell(one: Candidate) -> str:
    return one.text[slice(*one.row.cells[0])].strip().casefold() if one.row and one.row.cells else ""


def _stand_alone(*some: Candidate) -> bool:
    """Whether sentences stand under the same heading, each with no other beside it."""
    headings = [_words(one.passage.heading[-1]) if one.passage.heading else [] for one in some]
    return headings[0] != [] and all(heading == headings[0] for heading in headings) and all(map(_stands_alone, some))


def _stands_alone(one: Candidate) -> bool:
    names = [bare(name) for name in one.passage.heading]
    beside = (one.passage.slice(span) for n, span in enumerate(one.passage.sentences) if n != one.position)
    return all(is_heading(sentence, names) for sentence in beside)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]
