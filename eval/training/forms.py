"""Examples in the forms that people write in: messages, mails, lists, notes and entries instead of paragraphs of prose."""

import json
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from quotewise.index.sentences import Span, sentence_spans

if TYPE_CHECKING:
    from quotewise.eval.training.examples import Example

_TABLES = json.loads(Path(__file__).with_name("forms.json").read_text(encoding="utf-8"))
_NAMES, _SURNAMES = _TABLES["names"].split(), _TABLES["surnames"].split()
_BULLETS = ("- ", "* ", "• ", "– ", "{n}. ", "{n}) ", "[ ] ", "> - ", "+ ")
_DROPPED = re.compile(r"\b(?:the|a|an|is|are|was|were|has|have|had|it|its|their|his|her) ", re.IGNORECASE)
_FULL_STOP = re.compile(r"\.$")
_ASKED_FOR = re.compile(
    r"^(?:what|which) (?:is|was|are|were) (?:the |its |their )?(?P<key>[\w' -]{3,40}?) (?:of|for|in|at|on) (?:the )?"
    r"(?P<whose>[^?]{2,60})\?*$",
    re.IGNORECASE,
)
_ENTRIES = (
    "{key}: {value}",
    "{key} = {value}",
    "{key} | {value}",
    "**{key}:** {value}",
    "{key} .... {value}",
    "{key}\t{value}",
)
_ENTRIES_SHARE = 1 / 6
_LONGEST_VALUE = 60


class _Text:
    """A text that is put together, with where the parts of an older one come to stand in it."""

    def __init__(self) -> None:
        self.text = ""
        self._kept: list[tuple[Span, int]] = []

    def add(self, text: str) -> None:
        self.text += text

    def keep(self, old: str, span: Span) -> None:
        self._kept.append((span, len(self.text)))
        self.text += old[span.start : span.end]

    def moved(self, span: Span) -> Span | None:
        """Where a span of the old text is, if all of it was kept in one."""
        for kept, at in self._kept:
            if kept.start <= span.start and span.end <= kept.end:
                return Span(span.start - kept.start + at, span.end - kept.start + at)
        return None


def in_another_form(example: "Example", others: Sequence[str], chance: random.Random) -> "Example | None":
    """The example as messages, mail, list, notes or entries; None where its answers would not stand in it as a whole.

    Args:
        example: whose passage is prose.
        others: short answers of other questions, the values of further entries.
        chance: draws the form and what is added to it.
    """
    sentences = sentence_spans(example.passage)
    if not sentences or len(sentences) > 12 or "\n\n" in example.passage:
        return None
    if chance.random() < _ENTRIES_SHARE:
        return _as_entries(example, others, chance)
    made = chance.choice((_as_messages, _as_messages, _as_mail, _as_list, _as_notes))(example, sentences, chance)
    answers = [made.moved(answer) for answer in example.answers]
    if any(answer is None for answer in answers):
        return None
    return replace(example, passage=made.text, answers=tuple(answer for answer in answers if answer))


def _as_messages(example: "Example", sentences: Sequence[Span], chance: random.Random) -> _Text:
    """A dialogue in which each says some sentences; now and then somebody asks the question before."""
    people = chance.sample(_NAMES, chance.randint(2, 4))
    people = [f"{name} {chance.choice(_SURNAMES)}" for name in people] if chance.random() < 0.3 else people
    people = [name.lower() for name in people] if chance.random() < 0.2 else people
    clock, style = chance.randrange(7 * 60, 22 * 60), chance.choice(_STYLES)
    day, lower = f"{chance.randint(1, 28):02}/{chance.randint(1, 12):02}/20{chance.randint(15, 25)}", chance.random() < 0.4
    made, previous = _Text(), ""

    def message() -> None:
        nonlocal clock, previous
        clock = (clock + chance.choice((0, 1, 1, 2, 5, 40))) % (24 * 60)
        previous = chance.choice([name for name in people if name != previous])
        made.add("\n" * bool(made.text) + style.format(t=f"{clock // 60:02}:{clock % 60:02}", d=day, n=previous))

    asked = chance.random() < 0.3
    answering = [n for n, s in enumerate(sentences) if any(a.start < s.end and s.start < a.end for a in example.answers)]
    place = min(answering) if answering else chance.randrange(len(sentences))
    for number, sentence in enumerate(sentences):
        if asked and number == place:
            message()
            question = example.question.rstrip(" ?") + "?"
            made.add(question.lower() if lower else question[:1].upper() + question[1:])
            if not example.answers:
                message()
                made.add(chance.choice(_TABLES["no_answer"]))
        elif chance.random() < 0.3:
            message()
            made.add(chance.choice(_TABLES["small_talk"]))
        if number == 0 or (asked and number == place) or chance.random() < 0.75:
            message()
        else:
            made.add(". " if lower else " ")
        made.keep(_typed(example.passage, sentence, lower), _without_stop(example.passage, sentence, lower))
    return made


_STYLES = (
    "[{t}] {n}: ",
    "{d}, {t} - {n}: ",
    "{n}: ",
    "{t} {n}: ",
    "[{d} {t}] {n}: ",
    "{t} <{n}> ",
    "<{n}> ",
    "**{n}:** ",
    "{n} ({t}): ",
)


def _typed(text: str, span: Span, lower: bool) -> str:
    """The text, of which a sentence has only small letters where that is asked for and keeps its length."""
    small = text[span.start : span.end].lower()
    return text[: span.start] + small + text[span.end :] if lower and len(small) == span.end - span.start else text


def _without_stop(text: str, span: Span, lower: bool) -> Span:
    return Span(span.start, span.end - (lower and _FULL_STOP.search(text, span.start, span.end) is not None))


def _as_mail(example: "Example", sentences: Sequence[Span], chance: random.Random) -> _Text:
    sender, to = (f"{name} {chance.choice(_SURNAMES)}" for name in chance.sample(_NAMES, 2))
    made = _Text()
    if chance.random() < 0.6:
        made.add(f"From: {sender}\nTo: {to}\nSubject: {example.context or 'Question'}\n\n")
    made.add(f"{chance.choice(('Hi', 'Dear', 'Hello'))} {to.split()[0]},\n\n")
    if chance.random() < 0.4:
        made.add(
            chance.choice(("thanks for your mail. ", "sorry for the late reply. ", "I hope you are well. ", "quick update: "))
        )
    _kept(example, sentences, chance, made, (" ", " ", " ", "\n\n"))
    made.add(f"\n\n{chance.choice(('Best', 'Regards', 'Cheers', 'Best regards', 'Thanks'))},\n{sender.split()[0]}")
    if chance.random() < 0.3:
        made.add(f"\n\n-- \n{sender}\nPhone +{chance.randint(30, 49)} {chance.randint(10, 99)} {chance.randint(1000, 999999)}")
    return made


def _as_list(example: "Example", sentences: Sequence[Span], chance: random.Random) -> _Text:
    made, bullet, lower = _Text(), chance.choice(_BULLETS), chance.random() < 0.2
    if chance.random() < 0.5:
        made.add(
            chance.choice((f"{example.context or 'Notes'}:", "Key points:", "In short:", "Minutes", "To remember:")) + "\n\n"
        )
    for number, sentence in enumerate(sentences, 1):
        made.add("\n" * (number > 1) + bullet.format(n=number))
        made.keep(
            _typed(example.passage, sentence, lower), _without_stop(example.passage, sentence, lower or chance.random() < 0.5)
        )
    return made


def _as_notes(example: "Example", sentences: Sequence[Span], chance: random.Random) -> _Text:
    """Sentences without their articles and auxiliaries, but for those within the answers."""
    made, share = _Text(), chance.choice((0.5, 0.9))
    gap = chance.choice(("\n", "; ", "\n- ", ". "))
    for number, sentence in enumerate(sentences):
        made.add(gap if number else "")
        at, end = sentence.start, _without_stop(example.passage, sentence, True).end
        for word in _DROPPED.finditer(example.passage, sentence.start, end):
            if chance.random() < share and not any(a.start < word.end() and word.start() < a.end for a in example.answers):
                made.keep(example.passage, Span(at, word.start()))
                at = word.end()
        made.keep(example.passage, Span(at, end))
    return made


def _kept(example: "Example", sentences: Sequence[Span], chance: random.Random, made: _Text, gaps: Sequence[str]) -> None:
    for number, sentence in enumerate(sentences):
        made.add(chance.choice(gaps) if number else "")
        made.keep(example.passage, sentence)


def _as_entries(example: "Example", others: Sequence[str], chance: random.Random) -> "Example | None":
    """A record of what "What is the height of the tower?" asks for, among other entries; without it, no answer."""
    found = _ASKED_FOR.match(example.question)
    value = example.passage[slice(*example.answers[0])] if example.answers else ""
    if not found or len(value) > _LONGEST_VALUE or "\n" in value or len(others) < 4:
        return None
    entry, cased = (
        chance.choice(_ENTRIES),
        chance.choice((str, str.capitalize, str.lower, lambda key: key.lower().replace(" ", "_"))),
    )
    values = [other for other in others if other != value and len(other) <= _LONGEST_VALUE]
    keys = [key for key in _TABLES["keys"] if key not in found["key"].lower()]
    keys = chance.sample(keys, min(chance.randint(2, 6), len(values)))
    values = chance.sample(values, len(keys))
    lines = [entry.format(key=cased(key), value=other) for key, other in zip(keys, values, strict=True)]
    title = chance.choice((f"{found['whose']}\n", f"# {found['whose']}\n\n", ""))
    context = example.context if title else found["whose"]
    if not value:
        return replace(example, passage=title + "\n".join(lines), context=context, sentences=False)
    place = chance.randint(0, len(lines))
    own = entry.format(key=cased(found["key"]), value=value)
    start = len(title) + sum(map(len, lines[:place])) + place + len(own) - len(value)
    text = title + "\n".join(chain(lines[:place], [own], lines[place:]))
    return replace(example, passage=text, answers=(Span(start, start + len(value)),), context=context, sentences=False)
