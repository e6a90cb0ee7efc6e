"""Questions and passages into pairs that no longer answer, by another name or number, an opposite or a negation, and questions
as people type them: misspelt, or as keywords."""

import json
import random
import re
from collections.abc import Callable, Iterable
from pathlib import Path

_NAME = re.compile(r"\b[A-Z][\w'’-]+(?:(?: (?:of|the|and|de|von|van))* [A-Z][\w'’-]+)*")
_NUMBER = re.compile(r"\b\d+(?:[.,]\d+)*\b")
_AUXILIARY = re.compile(r"\b(is|are|was|were|did|does|do|can|could|will|would|has|have|had|should)\b", re.IGNORECASE)
_OTHER_DIGIT = 0.3
"""Share of the longer numbers of which one digit is changed, rather than that they are replaced by one of a text."""
_TABLES = json.loads(Path(__file__).with_name("edits.json").read_text(encoding="utf-8"))
_FUNCTION_WORDS = set(_TABLES["function_words"].split())
_PAIRS = [pair.split() for pair in _TABLES["opposites"]]
_OPPOSITE = {a: b for pair in reversed(_PAIRS) for a, b in (pair[::-1], pair)}
"""Of a word in several pairs the first one counts."""


def listed_opposite(word: str, chance: random.Random) -> str | None:
    """The opposite of a word of the table that ships."""
    return _OPPOSITE.get(word)


def unanswerable(
    question: str,
    context: str,
    answers: list[str],
    elsewhere: str,
    chance: random.Random,
    opposite: Callable[[str, random.Random], str | None] = listed_opposite,
) -> str | None:
    """A question like this one that its context most likely does not answer, or None where no edit fits.

    The kinds are those that people use in SQuAD 2.0 (Rajpurkar et al., ACL 2018, table 2). Names are taken from the context,
    since those deceive best, or from ``elsewhere``; ``answers`` are texts that the question must not name; ``opposite`` is for
    words that the table lacks.
    """

    def swap() -> str | None:
        spans = [(match, _NUMBER) for match in _NUMBER.finditer(question)]
        spans += [(m, _NAME) for m in _NAME.finditer(question) if m.start() and m.group().lower() not in _FUNCTION_WORDS]
        if not spans:
            return None
        match, kind = chance.choice(spans)
        if kind is _NUMBER and len(match.group()) > 2 and chance.random() < _OTHER_DIGIT:
            return question[: match.start()] + _with_other_digit(match.group(), chance) + question[match.end() :]
        for source in chance.sample([context, context, elsewhere], 3):
            others = [
                other
                for other in _others(match.group(), kind, source)
                if _apart(other, answers)
                and other.lower() not in question.lower()
                and match.group().lower() not in other.lower()
            ]
            if others:
                return question[: match.start()] + chance.choice(others) + question[match.end() :]
        return None

    def oppose() -> str | None:
        words = [
            (match, other)
            for match in re.finditer(r"\w+", question)
            if (other := listed_opposite(match.group().lower(), chance) or opposite(match.group(), chance))
        ]
        match, other = chance.choice(words) if words else (None, "")
        return question[: match.start()] + other + question[match.end() :] if match else None

    def negate() -> str | None:
        match = _AUXILIARY.search(question)
        if match is None:
            return None
        if chance.random() < 0.3:
            return question[: match.end()] + " not" + question[match.end() :]
        verb = {"can": "ca", "will": "wo"}.get(match.group().lower(), match.group())
        return question[: match.start()] + verb + "n't" + question[match.end() :]

    edits: list[Callable[[], str | None]] = [swap, swap, oppose, oppose, negate]
    named = [answer for answer in answers if answer.lower() not in question.lower()]
    for edit in chance.sample(edits, len(edits)):
        edited = edit()
        if edited and edited != question and not any(answer.lower() in edited.lower() for answer in named):
            return edited
    return None


def contradicted(
    question: str, context: str, answers: list[str], title: str, elsewhere: str, chance: random.Random
) -> str | None:
    """The context about something else of the same kind: a name or number of the question replaced wherever it occurs.

    None where question and context share no name or number, or the title of the document or an answer has it too. Arguments as
    for ``unanswerable``.
    """
    shared = [
        (name, kind)
        for kind in (_NUMBER, _NAME)
        for name in dict.fromkeys(kind.findall(question))
        if question.find(name) > 0
        and name.lower() not in _FUNCTION_WORDS
        and re.search(rf"\b{re.escape(name)}\b", context)
        and name.lower() not in title.lower()
        and _apart(name, answers)
    ]
    if not shared:
        return None
    name, kind = chance.choice(shared)
    known = f"{question}\n{context}".lower()
    others = [other for other in _others(name, kind, elsewhere) if other.lower() not in known]
    other = chance.choice(others) if others else None
    return re.sub(rf"\b{re.escape(name)}\b", lambda _: other, context) if other else None


def _with_other_digit(number: str, chance: random.Random) -> str:
    at = chance.choice([i for i, character in enumerate(number) if character.isdigit()])
    other = chance.choice([digit for digit in "123456789" if digit != number[at]])
    return number[:at] + other + number[at + 1 :]


def _others(name: str, kind: re.Pattern[str], text: str) -> list[str]:
    """Names, or numbers of about as many digits, of a text, sorted."""
    return sorted(
        other
        for other in set(kind.findall(text))
        if other.lower() not in _FUNCTION_WORDS and (kind is _NAME or abs(len(other) - len(name)) <= 1)
    )


def _apart(name: str, answers: Iterable[str]) -> bool:
    """Whether neither holds the other."""
    return not any(name.lower() in answer.lower() or answer.lower() in name.lower() for answer in answers)


def misspelt(text: str, chance: random.Random) -> str:
    """A text with a typing error in about a third of its longer words: a letter lost, doubled or swapped."""
    words = text.split(" ")
    for i, word in enumerate(words):
        if len(word) > 4 and chance.random() < 0.35:
            at = chance.randrange(1, len(word) - 1)
            slip = chance.choice([word[at + 1 :], word[at] * 2 + word[at + 1 :], word[at + 1] + word[at] + word[at + 2 :]])
            words[i] = word[:at] + slip
    return " ".join(words)


def keywords(question: str) -> str:
    """The content words of a question, as people type them into a search box; the question itself where they are under two."""
    words = re.findall(r"[\w'’.-]*\w", question)
    words = [word for word in words if word.lower() not in _FUNCTION_WORDS and not _AUXILIARY.fullmatch(word)]
    return " ".join(words) if len(words) > 1 else question
