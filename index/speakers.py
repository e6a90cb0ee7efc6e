"""Finds the names of speakers before or above what they say, in plays, film scripts, debates and hearings."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_LEAD = r"[ \t>\u00a0\u200e\u200f\ufeff]*+"
_WORD = r"[^\W\d_][\w'’-]{0,24}"
_SHORT = "(?:M[rRxX]|M[rR]?[sS]|[DS][rR]|Prof|Sen|Rep|Gen|Col|Capt|Hon|Rev|S[tT]|Abg|Sra|M|Mme)"
_ASIDE = r"(?:,[ ][^.:\r\n,]{1,40}|[ ][(\[][^()\[\]\r\n]{1,60}[)\]])"
"""How or to whom something is said: ``FAUST (am Pult).``"""
_DIRECTED = re.compile(
    rf"{_LEAD}[*_]{{0,3}}(?P<name>(?:{_SHORT}\.[ ]){{0,2}}{_WORD}(?:[ ]{_WORD}){{0,4}}?)"
    rf"(?:[ ]of[ ]{_WORD}(?:[ ]{_WORD}){{0,2}}|[ ]pro[ ]tempore)?{_ASIDE}{{0,2}}\.[*_]{{0,3}}"
    r"(?:[ \t]*[-–—]+[ \t]*|[ \t]+)(?:[\[(][^\[\]()\r\n]{1,80}[\])][ \t]+)?(?=\S)"
)
_ABOVE = re.compile(
    rf"[ \t]*+[*_]{{0,3}}(?P<name>{_WORD}\.?(?:[ ](?:&[ ])?{_WORD}\.?){{0,3}}(?:[ ]#?\d{{1,2}})?)"
    r"(?P<how>(?:[ ]?\([^()\r\n]{1,40}\)){0,2})[*_]{0,3}[ \t]*[\r\n]*"
)
_CONTINUED = re.compile(r"\((?:CONT['’]?D|V\. ?O\.|O\. ?S\.|O\. ?C\.|CONTINUED|OFF)\.?\)", re.IGNORECASE)
_PREFIX = re.compile(r"(?:Ma?c|De|Di|La|Le|Van|Von|Fitz|[OD]['’])(?=[^\W\d_])")
"""With small letters in names that are otherwise capital."""
_TITLES = """
    mr mrs ms mx miss dr prof sir lord lady dame the acting senator sen representative rep madam rev gen col capt hon herr
    frau abg m mme mlle sr sra don doña dom san st first second third de la du des von van der and und et y e
"""
_ANSWERS = "yes no yeah ok okay maybe sure ja nein oui non si sí sim não hi hello thanks note"
_SECTIONS = """
    abstract actions agenda appendix assessment background budget conclusion conclusions decision decisions description
    discussion example examples facts findings history introduction methods name notes objective objectives options outlook
    overview purpose recommendation recommendations references requirements results risks scope status summary synopsis usage
"""
"""Of reports, which come again in the report on each matter."""
_NO_NAMES, _BESIDE_NAMES, _NO_SPEAKERS = (frozenset(words.split()) for words in (_ANSWERS, _TITLES, _SECTIONS))
_ITEM = re.compile(r"[ \t>]*(?:[-*+•]|\d{1,3}[.)]|\([a-z\d]\))[ \t]")
_ROMAN = frozenset("IVXLC")
ENDS = re.compile(r"[.!?…:;–—)\]\"'”’»*_-]\s*$")
"""Of a line after which no sentence goes on."""
LONGEST_END = 40
_FEW_LETTERS = 3
_ABBREVIATED = 8
"""Most letters of a name such as ``Ham.`` that is told by two speeches; a longer one is by three."""
_NAME_WORDS, _LONGEST_NAME = 3, 24
"""Most words and letters of a name that is no capitals."""
_INDENT = 4
"""By so many columns a name in a film script stands to the right of what is said."""


@dataclass(frozen=True, slots=True)
class Speakers:
    """Who speaks in a text: names that are no capitals, and the lines, by number, that name who says what stands below."""

    cast: frozenset[str] = frozenset()
    above: frozenset[int] = frozenset()


def speakers_of(lines: Sequence[str]) -> Speakers:
    """The speakers of a text of these lines."""
    return Speakers(_cast(lines), _named_above(lines))


def speaker_mark(line: str, cast: frozenset[str] = frozenset()) -> int:
    """The characters of a line up to what is said, where it begins with a name and a full stop; else 0.

    A name is in capitals, as in ``Mr. VAN DYKE.``, or is one of ``cast``.
    """
    found = _DIRECTED.match(line) if "." in line else None
    if not found or not _begins(line[found.end() :]) or _is_shouted(line[found.end() :]):
        return 0
    return found.end() if found["name"] in cast or _is_capital(found["name"]) else 0


def _cast(lines: Sequence[str]) -> frozenset[str]:
    """The names in a text that stand before what is said twice or more, though they are no capitals: ``Ham.``, ``Oph.``

    The line above each has ended, or else it could be the last word of a sentence.
    """
    counts: Counter[str] = Counter()
    for number, line in enumerate(lines):
        if number and not (not lines[number - 1].strip(" \t>\r\n") or ENDS.search(lines[number - 1][-LONGEST_END:])):
            continue
        found = _DIRECTED.match(line) if "." in line else None
        name = found["name"] if found else ""
        if found and _may_be_name(name):
            counts[name] += _begins(line[found.end() :])
    names = frozenset(name for name, count in counts.items() if count > 1 + (len(name) > _ABBREVIATED))
    return names if len(names) > 1 else frozenset()


def _may_be_name(name: str) -> bool:
    words = name.replace(".", " ").split()
    is_short = len(words) <= _NAME_WORDS and len(name) <= _LONGEST_NAME
    return is_short and all(word[0].isupper() for word in words) and name.casefold() not in _NO_NAMES


def _named_above(lines: Sequence[str]) -> frozenset[int]:
    """The lines of a text, by number, that name in capitals who says what stands right below.

    Such a line has a full stop, says how it is spoken, stands far to the right of what is said, or comes again.
    """
    found: dict[int, str] = {}
    sure: set[int] = set()
    for number, line in enumerate(lines[:-1]):
        below = lines[number + 1]
        if (number and lines[number - 1].strip(" \t>\r\n")) or not below.strip(" \t>\r\n"):
            continue
        above = _ABOVE.fullmatch(line)
        if not above or not _is_capital(above["name"].rstrip(".")) or _is_all_capital(below):
            continue
        if above["name"].casefold() in _NO_SPEAKERS:
            continue
        indent, indent_below = _indent(line), _indent(below)
        if indent_below > indent and not above["name"].endswith("."):
            continue  # a heading, as in a manual page
        if above["name"].endswith(".") or _CONTINUED.search(above["how"]):
            sure.add(number)
        if _ITEM.match(below) or not ENDS.search(_last_line(lines, number + 1)[-LONGEST_END:]):
            continue  # a heading or a title
        found[number] = above["name"]
        if indent - indent_below >= _INDENT and indent >= 2 * _INDENT:
            sure.add(number)
    repeated = {name for name, count in Counter(found.values()).items() if count > 1}
    if len(repeated) > 1 or sure:
        sure |= {number for number, name in found.items() if name in repeated}
    return frozenset(sure)


def _last_line(lines: Sequence[str], number: int) -> str:
    """The last line of the paragraph with a line."""
    last = next((n for n in range(number, len(lines)) if not lines[n].strip(" \t>\r\n")), len(lines))
    return lines[last - 1]


def _indent(line: str) -> int:
    return len(line[: len(line) - len(line.lstrip())].expandtabs())


def _begins(said: str) -> bool:
    first = next((c for c in said if c.isalnum()), "a")
    return not first.islower() and not first.isdecimal()


def _is_shouted(said: str) -> bool:
    """Whether a line of prose is in capitals throughout, as in licences, so that capitals name nobody."""
    return _is_all_capital(said) and sum(map(str.isalpha, said)) > _FEW_LETTERS


def _is_all_capital(line: str) -> bool:
    letters = [c for c in line if c.isalpha()]
    return bool(letters) and all(c.isupper() for c in letters)


def _is_capital(name: str) -> bool:
    """Whether a name has a word in capitals, and other words are titles or particles."""
    words = name.replace(".", " ").split()
    rest = [word for word in words if not _is_capital_word(word)]
    return (
        len(rest) < len(words) and all(word.casefold() in _BESIDE_NAMES for word in rest) and not set("".join(words)) <= _ROMAN
    )


def _is_capital_word(word: str) -> bool:
    letters = "".join(filter(str.isalpha, _PREFIX.sub("", word, count=1)))
    return len(letters) > 1 and letters.isupper()
