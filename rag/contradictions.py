"""Quotes that contradict each other: sentences of two documents in nearly the same words, but for a number or a negation."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import combinations
from typing import Literal

from quotewise.index.sentences import sentence_spans
from quotewise.rag.followups import STOP_WORDS
from quotewise.rag.versions import is_number, is_number_or_name, is_version, negations

Difference = Literal["number", "negation"]
_TOKEN = re.compile(r"\w+(?:[-.,:/'’]\w+)*|[€$£¥%]")
_MAX_CHARACTERS = 4000
"""Of a quote that is compared: longer ones are tables and lists, whose rows differ in a number without contradiction."""


def contradictions(quotes: Sequence[tuple[str, str]]) -> Iterator[tuple[int, int, Difference]]:
    """The places of two quotes, each given with its document's id, and in what they differ; at most once a pair."""
    sentences = [[quote[slice(*span)] for span in sentence_spans(quote[:_MAX_CHARACTERS])] for _, quote in quotes]
    for one, other in combinations(range(len(quotes)), 2):
        if quotes[one][0] != quotes[other][0]:
            found = (difference(mine, theirs) for mine in sentences[one] for theirs in sentences[other])
            if first := next((kind for kind in found if kind), None):
                yield one, other, first


def difference(sentence: str, other: str) -> Difference | None:
    """In what two sentences differ that otherwise say the same; None where they agree, or are about something else.

    They are about the same where nearly all words are shared and no name differs but beside the number; where two numbers
    differ in two places, one of them may say what the sentence is about ("flat 12 costs 900 euros").
    """
    words, others = _TOKEN.findall(sentence), _TOKEN.findall(other)
    lower, lowers = ([word.lower() for word in some] for some in (words, others))
    if lower == lowers or not is_version(sentence, other):
        return None
    changed = [
        (words[a:b], others[c:d])
        for kind, a, b, c, d in SequenceMatcher(None, lower, lowers, False).get_opcodes()
        if kind != "equal"
    ]
    numbers = [any(map(is_number, mine)) and any(map(is_number, theirs)) for mine, theirs in changed]
    added = any(any(map(is_number, mine)) != any(map(is_number, theirs)) for mine, theirs in changed)
    names = any(
        is_number_or_name(word)
        for (mine, theirs), number in zip(changed, numbers, strict=True)
        for word in (*mine, *theirs)
        if not number and not STOP_WORDS.fullmatch(word)
    )
    if added or names:
        return None
    if sum(numbers) == 1:
        return "number"
    return "negation" if not any(numbers) and negations({*lower}) != negations({*lowers}) else None
