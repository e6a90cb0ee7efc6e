"""Questions and passages into pairs that no longer answer, by another name or number, an opposite or a negation, and questions
as people type them: misspelt, or only their telling words."""

import random
import re

_NAME = re.compile(r"\b[A-Z][\w'’-]+(?:(?: (?:of|the|and|de|von|van))* [A-Z][\w'’-]+)*")
_NUMBER = re.compile(r"\b\d+(?:[.,]\d+)*\b")
_ASKING = {"what", "who", "whom", "whose", "which", "when", "where", "why", "how", "in", "on", "at", "the", "of", "to", "for"}
_ASKING |= {"after", "before", "by", "from", "with", "is", "was", "are", "were", "did", "does", "do", "a", "an", "besides"}
_AUXILIARY = re.compile(r"\b(is|are|was|were|did|does|do|can|could|will|would|has|have|had|should)\b", re.IGNORECASE)
_OPPOSITES = """
most least; more less; first last; before after; early late; earlier later; increase decrease; increased decreased;
largest smallest; larger smaller; largest shortest; highest lowest; higher lower; high low; large small; big little; long short;
longest shortest; good bad; best worst; better worse; old new; oldest newest; older younger; north south; northern southern;
east west; eastern western; begin end; began ended; start stop; started stopped; open closed; opened closed; win lose;
won lost; rise fall; rose fell; gain lose; gained lost; maximum minimum; majority minority; major minor; many few;
above below; inside outside; with without; include exclude; included excluded; always never; male female; men women;
man woman; father mother; son daughter; king queen; brother sister; positive negative; public private; strong weak;
stronger weaker; fast slow; faster slower; allow prevent; allowed prevented; allows prevents; accept reject;
accepted rejected; agree disagree; agreed disagreed; buy sell; bought sold; create destroy; created destroyed; cause prevent;
caused prevented; causes prevents; enter leave; entered left; import export; internal external; legal illegal; near far;
possible impossible; present absent; rich poor; right wrong; same different; similar different; support oppose;
supported opposed; supports opposes; successful unsuccessful; top bottom; upper lower; victory defeat; wide narrow;
hot cold; dry wet; heavy light; common rare; popular unpopular; known unknown; modern ancient; founded dissolved;
built demolished; joined left; born died; summer winter; morning evening; day night; war peace; love hate; help hinder;
"""
_OPPOSITE: dict[str, str] = {}
for _pair in _OPPOSITES.split(";"):
    if _pair.strip():
        _a, _b = _pair.split()
        _OPPOSITE.setdefault(_a, _b)
        _OPPOSITE.setdefault(_b, _a)


def unanswerable(question: str, context: str, answers: list[str], elsewhere: str, chance: random.Random) -> str | None:
    """A question like the given one that its context most likely does not answer, or None where no edit fits.

    The kinds are those that people use in SQuAD 2.0 (Rajpurkar et al., ACL 2018, table 2).

    Args:
        question: a question that the context answers.
        context: where replacements are taken from, since names that stand in the passage deceive best.
        answers: texts that are not to be named in the question.
        elsewhere: another text of the same kind, for replacements that the context does not have.
        chance: the source of randomness.
    """
    edits = [_swap, _swap, _oppose, _oppose, _negate]
    for edit in chance.sample(edits, len(edits)):
        edited = edit(question, context, answers, elsewhere, chance)
        if edited and edited != question and not any(_names(edited, a) and not _names(question, a) for a in answers):
            return edited
    return None


def _names(question: str, answer: str) -> bool:
    return answer.lower() in question.lower()


def _swap(question: str, context: str, answers: list[str], elsewhere: str, chance: random.Random) -> str | None:
    spans = [(match, _NUMBER) for match in _NUMBER.finditer(question)]
    spans += [(match, _NAME) for match in _NAME.finditer(question) if match.start() and match.group().lower() not in _ASKING]
    if not spans:
        return None
    match, kind = chance.choice(spans)
    for source in chance.sample([context, context, elsewhere], 3):
        others = {
            found
            for found in kind.findall(source)
            if found.lower() not in _ASKING
            and found.lower() not in question.lower()
            and match.group().lower() not in found.lower()
            and not any(found.lower() in answer.lower() or answer.lower() in found.lower() for answer in answers)
            and (kind is _NAME or abs(len(found) - len(match.group())) <= 1)
        }
        if others:
            other: str = chance.choice(sorted(others))
            return question[: match.start()] + other + question[match.end() :]
    return None


def _oppose(question: str, context: str, answers: list[str], elsewhere: str, chance: random.Random) -> str | None:
    words = [match for match in re.finditer(r"\w+", question) if match.group().lower() in _OPPOSITE]
    if not words:
        return None
    match = chance.choice(words)
    return question[: match.start()] + _OPPOSITE[match.group().lower()] + question[match.end() :]


def _negate(question: str, context: str, answers: list[str], elsewhere: str, chance: random.Random) -> str | None:
    match = _AUXILIARY.search(question)
    if match is None:
        return None
    if chance.random() < 0.3:
        return question[: match.end()] + " not" + question[match.end() :]
    verb = {"can": "ca", "will": "wo"}.get(match.group().lower(), match.group())
    return question[: match.start()] + verb + "n't" + question[match.end() :]


def misspelt(text: str, chance: random.Random) -> str:
    """A text with a slip of the fingers in about a third of its longer words: a letter lost, doubled or swapped."""
    words = text.split(" ")
    for i, word in enumerate(words):
        if len(word) > 4 and chance.random() < 0.35:
            at = chance.randrange(1, len(word) - 1)
            slip = chance.choice([word[at + 1 :], word[at] * 2 + word[at + 1 :], word[at + 1] + word[at] + word[at + 2 :]])
            words[i] = word[:at] + slip
    return " ".join(words)


def keywords(question: str) -> str:
    """The telling words of a question, as people type them into a search box; the question itself where they are under two."""
    words = [
        word for word in re.findall(r"[\w'’.-]*\w", question) if word.lower() not in _ASKING and not _AUXILIARY.fullmatch(word)
    ]
    return " ".join(words) if len(words) > 1 else question


def contradicted(
    question: str, context: str, answers: list[str], title: str, elsewhere: str, chance: random.Random
) -> str | None:
    """The context about something else of the same kind: a name or number of the question is another one wherever it stands.

    None where question and context share no name or number, or the title or an answer has it too. Arguments as for
    ``unanswerable``; ``title`` is that of the context's document.
    """
    shared = [
        (found, kind)
        for kind in (_NUMBER, _NAME)
        for found in dict.fromkeys(kind.findall(question))
        if question.find(found) > 0
        and found.lower() not in _ASKING
        and re.search(rf"\b{re.escape(found)}\b", context)
        and found.lower() not in title.lower()
        and not any(found.lower() in answer.lower() or answer.lower() in found.lower() for answer in answers)
    ]
    if not shared:
        return None
    found, kind = chance.choice(shared)
    others = {
        other
        for other in kind.findall(elsewhere)
        if other.lower() not in _ASKING
        and other.lower() not in question.lower()
        and other.lower() not in context.lower()
        and (kind is _NAME or abs(len(other) - len(found)) <= 1)
    }
    if not others:
        return None
    other = chance.choice(sorted(others))
    return re.sub(rf"\b{re.escape(found)}\b", lambda _: other, context)
