"""The numbers of lists that Word and LibreOffice do not write into the text but count."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
Element = Any
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"))
_ROMAN_SMALL = ((9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_LEVELS = 9


def formatted(number: int, kind: str) -> str:
    """A number as a kind of numbering of Office writes it; an empty text for bullets."""
    if kind in ("bullet", "none"):
        return ""
    if kind in ("lowerLetter", "upperLetter") and number > 0:
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if number < 1_000 else str(number)
        return letters.upper() if kind == "upperLetter" else letters
    if kind in ("lowerRoman", "upperRoman"):
        return roman(number).upper() if kind == "upperRoman" else roman(number)
    return f"{number:02d}" if kind == "decimalZero" else str(number)


def roman(number: int) -> str:
    """A number as lower case Roman numerals."""
    if not 0 < number < 4_000:
        return str(number)
    written = ""
    for value, letters in _ROMAN + _ROMAN_SMALL:
        written += letters * (number // value)
        number %= value
    return written


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list counts: from where, in which numbers, and in which words around them."""

    start: int = 1
    kind: str = "decimal"
    pattern: str = ""
    restarts_after: int | None = None
    is_legal: bool = False


@dataclass(slots=True)
class Numbering:
    """The lists of a Word document, and how far each has counted."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    """The abstract list of each list by their ids; lists that share one count on."""
    starts: dict[tuple[str, int], int] = field(default_factory=dict)
    _counts: dict[str, list[int | None]] = field(default_factory=dict)
    _overridden: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def read(cls, root: Element | None) -> "Numbering":
        """The lists of ``word/numbering.xml``."""
        numbering = cls()
        if root is None:
            return numbering
        for abstract in root.iterfind(f"{W}abstractNum"):
            levels = {_integer(level.get(f"{W}ilvl")): _level(level) for level in abstract.iterfind(f"{W}lvl")}
            numbering.levels[abstract.get(f"{W}abstractNumId") or ""] = levels
        for listed in root.iterfind(f"{W}num"):
            number = listed.get(f"{W}numId") or ""
            reference = listed.find(f"{W}abstractNumId")
            numbering.lists[number] = reference.get(f"{W}val") or "" if reference is not None else ""
            for override in listed.iterfind(f"{W}lvlOverride"):
                start = override.find(f"{W}startOverride")
                if start is not None:
                    numbering.starts[number, _integer(override.get(f"{W}ilvl"))] = _integer(start.get(f"{W}val"), 1)
        return numbering

    def mark(self, number: str, depth: int) -> str | None:
        """Count one item of a list, and give its mark: an empty text for a bullet, None where there is no such list."""
        abstract = self.lists.get(number)
        if abstract is None or not 0 <= depth < _LEVELS:
            return None
        levels: Mapping[int, Level] = self.levels.get(abstract, {})
        level = levels.get(depth, Level(pattern=f"%{depth + 1}."))
        counts = self._counts.setdefault(abstract, [None] * _LEVELS)
        override = (number, depth)
        if override in self.starts and override not in self._overridden:
            self._overridden.add(override)
            counts[depth] = self.starts[override]
        else:
            before = counts[depth]
            counts[depth] = level.start if before is None else before + 1
        for deeper in range(depth + 1, _LEVELS):
            restarts = levels.get(deeper, Level()).restarts_after
            if restarts is None or (restarts and depth < restarts):
                counts[deeper] = None
        if level.kind in ("bullet", "none") and "%" not in level.pattern:
            return "" if level.kind == "bullet" else level.pattern.strip()

        def number_of(place: re.Match[str]) -> str:
            of = int(place[1]) - 1
            known = levels.get(of, Level())
            count = counts[of] if counts[of] is not None else known.start
            return formatted(count or 0, "decimal" if level.is_legal and of < depth else known.kind)

        return re.sub(r"%([1-9])", number_of, level.pattern).strip()


def _level(level: Element) -> Level:
    def value(name: str) -> str | None:
        found = level.find(f"{W}{name}")
        text: str | None = found.get(f"{W}val") if found is not None else None
        return text

    restart = value("lvlRestart")
    return Level(
        _integer(value("start"), 1),
        value("numFmt") or "decimal",
        value("lvlText") or "",
        _integer(restart) if restart is not None else None,
        level.find(f"{W}isLgl") is not None,
    )


def _integer(text: str | None, otherwise: int = 0) -> int:
    return int(text) if text and re.fullmatch(r"-?\d{1,9}", text) else otherwise
