"""Questions in other words and as people misspell them: phrases that mean the same, and misspellings that people made."""

import csv
import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from quotewise.eval.gold import GoldError
from quotewise.index.embedders import load_embedder

_GROUPS: list[list[str]] = [
    group.split(" | ") for group in json.loads(Path(__file__).with_name("phrases.json").read_text(encoding="utf-8"))
]
_LIKE = 0.5
"""Least cosine of two phrases of a table made by machine translation: below it stand pairs such as "matter" and "subject"."""
_TYPED = "codespell"
"""Source of the errors of people who type; those of others are of children, or of corrections by machine."""
_REPLACED, _MISSPELT = 0.4, 0.35
"""Shares of the phrases that have others, and of the longer words that people misspell."""
_ASKS = re.compile(r"wh|how", re.IGNORECASE)
"""What phrases begin with that stand first in a question; elsewhere they join clauses."""
_LONGEST = 6


class Phrases:
    """Phrases in place of each other, of a table that ships and, from a folder, of tables that do not.

    Args:
        folder: holds ``meteor_paraphrases.tsv.gz`` (a phrase, another, score) and ``typos.tsv.gz`` (misspelling, correction,
            sources); None for the table that ships alone.

    Raises:
        GoldError: a file is missing or damaged.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._same: dict[str, set[str]] = defaultdict(set)
        self._typos: dict[str, list[str]] = defaultdict(list)
        for group in _GROUPS:
            for phrase in group:
                self._same[phrase] |= {other for other in group if other != phrase}
        if folder is None:
            return
        for one, other in _alike([(row[0], row[1]) for row in _rows(folder / "meteor_paraphrases.tsv.gz")]):
            self._same[one].add(other)
            self._same[other].add(one)
        for typo, correction, sources in _rows(folder / "typos.tsv.gz"):
            if _TYPED in sources and correction.isalpha() and len(correction) > 3:
                self._typos[correction.lower()].append(typo)

    def paraphrased(self, question: str, chance: random.Random) -> str:
        """The question with some of the phrases that have others replaced, the longest ones first."""
        parts = re.findall(r"[\w'’-]+|[^\w'’-]+", question)
        made, at = list[str](), 0
        while at < len(parts):
            for end in range(min(len(parts), at + 2 * _LONGEST - 1), at, -1):
                phrase = "".join(parts[at:end])
                known = phrase if at else phrase[:1].lower() + phrase[1:]
                others = None if at and _ASKS.match(known) else self._same.get(known)
                if others and chance.random() < _REPLACED:
                    other = chance.choice(sorted(others))
                    made.append(other if at else phrase[:1] + other[1:] if phrase[:1] == other[:1] else other.capitalize())
                    at = end
                    break
            else:
                made.append(parts[at])
                at += 1
        return "".join(made)

    def misspelt(self, text: str, chance: random.Random) -> str:
        """The text with a third of its longer words as people were seen to misspell them."""

        def other(match: re.Match[str]) -> str:
            typos = self._typos.get(match.group().lower())
            return chance.choice(typos) if typos and chance.random() < _MISSPELT else match.group()

        return re.sub(r"\b[A-Za-z]{4,}\b", other, text)


def _alike(pairs: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    texts = sorted({phrase for pair in pairs for phrase in pair})
    rows = dict(zip(texts, np.asarray(load_embedder().encode_document(texts)), strict=True))
    return (pair for pair in pairs if rows[pair[0]] @ rows[pair[1]] >= _LIKE)


def _rows(path: Path) -> Iterable[list[str]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, EOFError, ValueError) as error:
        raise GoldError(f"cannot read the table {path}: {error}") from error
