"""Questions into sentences that announce or repeat them, and answer nothing: what a passage says in the words of a question."""

import random
import re
from string import capwords

from quotewise.eval.training.edits import keywords

_SEVERAL = re.compile(
    r"^(?:what|which) (?P<verb>is|are|was|were) (?:the |some of the |some |its |their )?(?P<what>[^?]{8,90}?)\W*$",
    re.IGNORECASE,
)
_AUXILIARY = "is|are|was|were|did|does|do|can|could|will|would|has|have|had|should"
_INVERTED = re.compile(
    rf"^(?P<asked>why|how|when|where|what|whom|(?:which|what|how (?:many|much|long|far|old)) [\w' -]{{3,40}}?) "
    rf"(?P<verb>{_AUXILIARY}) (?P<rest>[^?]{{4,120}})$",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    rf"^(?P<what>(?:who (?!(?:{_AUXILIARY})\b)|(?:what|which|how many) (?!(?:{_AUXILIARY})\b)[\w'-]+ (?!d(?:id|oes|o)\b))"
    r"\w[^?]{6,100})$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^ (?:the|an?) ")
_NO_SUBJECT = {"the", "a", "an", "be", "been", "not", "of"}
_OF_SEVERAL = (
    "There are several {what}.",
    "There are many {what}, and opinions on them differ.",
    "While much is known about other things, there are also significant {what}.",
    "Here are some of the {what}.",
    "The {what} are described below.",
    "Much has been written about the {what}.",
    "That being said, there are {what} that are worth knowing.",
    "The {what} matter to many people.",
)
_OF_ONE = (
    "The {what} is described below.",
    "Much has been written about the {what}.",
    "This part is about the {what}.",
    "The {what} has long been discussed.",
    "Not everybody agrees on the {what}.",
    "Let us now turn to the {what}.",
)
_OF_CLAUSES = (
    "This section looks at {what}.",
    "Many people have asked {what}.",
    "It is worth asking {what}.",
    "We will come back to {what} later.",
    "There has been some debate about {what}.",
    "Before that, one should understand {what}.",
    "The author also explains {what}.",
)
_OF_QUESTIONS = (
    "{what}? This comes up often.",
    "The question “{what}?” is a frequent one.",
    "So {what}?",
    "Some readers ask: {what}?",
)
_HEADING = 0.2
_QUOTED = 0.25


def announcement(question: str, passage: str, chance: random.Random) -> str:
    """A sentence, or a heading with its blank line, that has the words of an English question, and no answer.

    Args:
        question: as its author wrote it.
        passage: where the subject of the question is looked for, which tells how far it reaches: "why did Russia ignore it"
            becomes "why Russia did ignore it" if the passage names Russia.
        chance: draws the form.
    """
    plain = question.strip().rstrip(" ?.:;")
    kind = chance.random()
    if kind < _HEADING:
        words = keywords(plain)
        return chance.choice((capwords(words), words.capitalize(), f"## {words.capitalize()}")) + "\n\n"
    several, clause = _SEVERAL.match(plain), _clause(plain, passage)
    if kind < _HEADING + _QUOTED or not (several or clause):
        asked = plain[:1].upper() + plain[1:]
        return chance.choice(_OF_QUESTIONS).format(what=asked).replace("So " + asked[:1], "So " + asked[:1].lower()) + " "
    if several and (clause is None or chance.random() < 0.7):
        form = chance.choice(_OF_SEVERAL if several["verb"].lower() in ("are", "were") else _OF_ONE)
        return form.format(what=several["what"]) + " "
    return chance.choice(_OF_CLAUSES).format(what=clause) + " "


def _clause(question: str, passage: str) -> str | None:
    """The question as a subordinate clause, or None where it is not known how far its subject reaches."""
    if subject := _SUBJECT.match(question):
        return _lowered(subject["what"])
    inverted = _INVERTED.match(question)
    if inverted is None:
        return None
    words, known = inverted["rest"].split(" "), _bare(passage)
    for end in range(min(len(words) - 1, 6), 0, -1):
        if words[end - 1].lower() not in _NO_SUBJECT and _ARTICLE.sub(" ", _bare(" ".join(words[:end]))) in known:
            return f"{_lowered(inverted['asked'])} {' '.join(words[:end])} {inverted['verb'].lower()} {' '.join(words[end:])}"
    return None


def _bare(text: str) -> str:
    return " ".join(["", *re.findall(r"\w+", text.lower()), ""])


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
