"""A question and the turns before it into variants of the query, and the readings of both texts into one.

Variants retrieve and weigh passages, and say how a follow-up was taken; the answer stays a slice of a passage.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from quotewise.index.embedders import Embedder
from quotewise.index.sentences import sentence_spans
from quotewise.rag.readers import Reader, Reading

TURNS = 3
"""The last turns, which alone can be meant."""
_MAX_ADDED_WORDS = 24
"""Most words of earlier questions that are added to one."""
_MAX_ADDED_NAMES = 5
"""Most names of the last quote that are added."""
_MAX_QUOTE_CHARACTERS = 1000
"""Characters of a quote in which names are sought."""
_MIN_LOG_ODDS = -6.0
"""Log-odds of a question by itself below which they say nothing: chosen on the dialogues tagged ``dev``."""
_COMBINED_BONUS = 1.5
"""Log-odds by which the mean of both readings understates: makes follow-ups of ``dev`` as confident as written out."""
_CITED_PENALTY = 0.5
"""Log-odds taken off a sentence that was cited already; 0 to 1 did the same on ``dev``."""
_BARE_BONUS = 0.7
"""Log-odds of confidence by which a question is rather taken by itself, for new topics; 0.35 to 0.7 did the same on ``dev``."""
_WORD = re.compile(r"[^\W_](?:[\w+’'.,&/-]*[\w+])?")
_GAP = re.compile(r"[\s’'-]+")
_PRONOUN = re.compile(
    r"\b(?:he|him|his|she|her|hers|they|them|theirs?|it|its|this|that|these|those|there|then|ones?)\b", re.IGNORECASE
)
_LEAD = re.compile(
    r"(?:(?:and|but|so|or|ok|okay|well)\b[\s,]*)?(?:(?:what|how) about\s)?\s*"
    r"(?:(?:in|on|at|for|with|from|to|of|by|as|even)\s+)?(?:the\s+)?",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"\b(?:who|whom|whose|what|when|where|why|how|which|is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may)\b",
    re.IGNORECASE,
)
_MAX_PARTS = 4
"""Questions in one text that are answered one by one; more are one question."""
_PARTS = re.compile(
    r"(?<!\s)(?:\s*[,;]\s*|\s+)(?:and|also)\s+(?=(?:who|whom|whose|what|when|where|why|how|which)\b)|\?\s+(?=\w)|"
    r"\s*;\s*(?=(?:who|whom|whose|what|when|where|why|how|which)\b)|"
    r"(?<!\s)\s*[,;]\s*(?:and|also)\s+(?=(?:is|are|was|were|do|does|did|has|have|can|may|must|will)\s(?!known|said|\w+ed\b))",
    re.IGNORECASE,
)
_LONG = 60
"""Words from which on a text may be more than its questions; those of the sets have at most 50."""
STOP_WORDS = re.compile(
    r"(?:a|about|all|also|am|an|and|any|anything|are|as|at|be|been|but|by|can|come|could|did|do|does|done|else|even|"
    r"exactly|far|for|from|get|give|given|go|going|got|had|happen|happened|has|have|he|her|here|him|his|how|i|if|in|"
    r"into|is|it|its|just|least|long|look|made|make|many|may|me|might|more|most|much|my|no|not|of|on|one|ones|or|"
    r"other|our|out|really|said|same|say|she|so|some|something|still|such|tell|than|that|the|their|them|then|there|"
    r"these|they|thing|things|this|those|though|through|to|told|too|up|us|use|used|very|was|we|were|what|when|where|"
    r"which|while|who|whom|whose|why|will|with|would|yes|you|your)",
    re.IGNORECASE,
)
"""Words that say nothing of what a question is about."""


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of a conversation, and the quotes that answered it, none where nothing did."""

    question: str
    quotes: tuple[str, ...] = ()


def query_variants(question: str, history: Sequence[Turn], embedder: Embedder) -> tuple[str, ...]:
    """The question with the subject of the earlier ones, and that with the names of the last quote; none without history.

    "And DECnet?" becomes the earlier question with its most similar part replaced; any other question gets the words of the
    earlier ones, back to the last one that is self-contained.
    """
    recent = history[-TURNS:]
    if not recent:
        return ()
    standing = next((n for n in reversed(range(len(recent))) if _is_self_contained(recent[n].question)), 0)
    earlier = list(chain.from_iterable(_content_words(turn.question) for turn in recent[standing:]))
    informed = _substituted(question, recent[standing].question, embedder) or _expanded(question, earlier[-_MAX_ADDED_WORDS:])
    names = _names(recent[-1].quotes[0][:_MAX_QUOTE_CHARACTERS])[:_MAX_ADDED_NAMES] if recent[-1].quotes else []
    return informed, _expanded(informed, names)


def standalone(question: str, history: Sequence[Turn], embedder: Embedder) -> str:
    """A follow-up with the subject of the earlier questions, and any other question as it is."""
    return query_variants(question, history, embedder)[0] if history and not _is_self_contained(question) else question


def combine_readings(bare: list[Reading], informed: list[Reading], history: Sequence[Turn], reader: Reader) -> list[Reading]:
    """The readings of the bare question, or the combined ones where the reader is more confident of them.

    Both are readings of the same passages. A combined sentence has the mean of its log-odds in both; a passage that only one
    text's reading includes keeps that one.
    """
    cited = list(chain.from_iterable(turn.quotes for turn in history[-TURNS:]))
    combined = [_combine(one, other, cited) for one, other in zip(bare, informed, strict=True)]
    by_itself, in_context = _log_odds(np.array([reader.confidence(bare), reader.confidence(combined)]))
    return combined if in_context > by_itself + _BARE_BONUS else bare


def _combine(bare: Reading, informed: Reading, cited: Sequence[str]) -> Reading:
    passage = bare.passage
    if not (bare.is_read and informed.is_read):
        return informed if informed.is_read else bare
    repeated = np.array([any(passage.slice(s).strip() in quote for quote in cited) for s in passage.sentences], float)
    both = np.maximum(_log_odds(bare.evidence), _MIN_LOG_ODDS), _log_odds(informed.evidence)
    log_odds = np.mean(both, axis=0) + _COMBINED_BONUS - _CITED_PENALTY * repeated
    possible = informed.evidence > 0  # a notice of copyright is excluded from a question that does not ask for it by itself
    return replace(informed, evidence=np.where(possible, 1 / (1 + np.exp(-log_odds)), 0).astype(np.float32))


def _log_odds(probability: np.ndarray) -> np.ndarray:
    inside = np.clip(probability.astype(float), 1e-12, 1 - 1e-7)
    log_odds: np.ndarray = np.log(inside) - np.log1p(-inside)
    return log_odds


def question_parts(question: str) -> tuple[str, ...]:
    """The questions that one text asks together, or it alone: "How long is the warranty, and who leads the team?" asks two.

    A part says enough by itself, or with the parts before it as earlier questions; "who wrote and who directed it" is one.
    """
    parts: list[str] = []
    for part in _PARTS.split(question):
        if parts and not (len(parts[-1].split()) > 2 and _content_words(parts[-1]) and _content_words(part)):
            return (question,)
        parts.append(f"{part.strip().rstrip(' ,;?')}?")
    return tuple(parts) if 1 < len(parts) <= _MAX_PARTS else (question,)


def separate_background(text: str) -> tuple[str, str]:
    """The questions of a long text, and what it says besides, such as a mail does; else the text, and nothing."""
    if len(text.split()) < _LONG:
        return text, ""
    asked: dict[bool, list[str]] = {True: [], False: []}
    for span in sentence_spans(text):
        sentence = text[slice(*span)].strip()
        asked[sentence.endswith(("?", "？", "؟"))].append(sentence)
    return (" ".join(asked[True]), " ".join(asked[False])) if all(asked.values()) else (text, "")


def _is_self_contained(question: str) -> bool:
    depends = _PRONOUN.search(question) or _is_fragment(question)
    return not depends and (len(_content_words(question)) >= 3 or bool(_names(question)))


def _is_fragment(question: str) -> bool:
    rest = _LEAD.sub("", question, count=1)
    return 0 < len(_content_words(rest)) <= 4 and not _CLAUSE.search(rest)


def _content_words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if not STOP_WORDS.fullmatch(word)]


def _names(text: str) -> list[str]:
    """Runs of words with capitals or of figures, but for the first word of the text."""
    names: list[str] = []
    last = -1
    for number, match in enumerate(_WORD.finditer(text)):
        word = match[0]
        if number == 0 or not (word[0].isupper() or word[0].isdigit()) or STOP_WORDS.fullmatch(word):
            continue
        if last >= 0 and _GAP.fullmatch(text, last, match.start()):
            names[-1] += text[last : match.end()]
        else:
            names.append(word)
        last = match.end()
    return names


def _expanded(question: str, words: Sequence[str]) -> str:
    known = {word.lower() for word in _WORD.findall(question)}
    new = [word for word in dict.fromkeys(words) if word.lower() not in known]
    return f"{question.rstrip(' ?.!')} {' '.join(new)}?" if new else question


def _substituted(fragment: str, earlier: str, embedder: Embedder) -> str | None:
    """The earlier question with the fragment in place of its most similar part; None where it is more than a fragment."""
    if not _is_fragment(fragment):
        return None
    new = _LEAD.sub("", fragment, count=1).rstrip(" ?.!")
    names = _names(earlier)
    is_name = new[:1].isupper() or new[:1].isdigit()
    parts = names if names and is_name else list(dict.fromkeys(names + _content_words(earlier)))[:_MAX_ADDED_WORDS]
    if not parts:
        return None
    vectors = embedder.encode_document([new, *parts])
    return earlier.replace(parts[int(np.argmax(vectors[1:] @ vectors[0]))], new, 1)
