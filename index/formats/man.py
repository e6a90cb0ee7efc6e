"""Manual pages in the macros man and mdoc: as they are printed, each option with what it does."""

import re
from collections.abc import Callable, Sequence
from functools import partial

from quotewise.index.encodings import decode
from quotewise.index.formats.composed import Composer
from quotewise.index.formats.parsed import Parsed
from quotewise.index.formats.roff import UNCLOSED, arguments, printed, requests

VERSION = 1
_LINE_BREAK = re.compile(r"\r\n|\n|\r")
_FONTS = frozenset(("B", "I", "SM", "SB", "R"))
_ALTERNATING = frozenset(("BR", "BI", "IR", "IB", "RB", "RI"))
_SECTIONS = {"SH": 1, "Sh": 1, "SS": 2, "Ss": 2}
_PARAGRAPHS = frozenset(("PP", "P", "LP", "Pp", "sp", "RS", "RE", "HP", "Lp", "El", "Bl", "AT", "UC", "ad", "ne", "bp"))
_AS_WRITTEN = frozenset(("nf", "EX", "Bd", "TS", "Vb"))
_FILLED = frozenset(("fi", "EE", "Ed", "TE", "Ve"))
_MARGINS = "TH Dt Dd Os nr rm rr ta ti in ft ll hy nh na ad fam lt pl so mso cs ev tr IX PD DT YS UE ME ie el br Ns Sm"
_PAGES = "Bk Ek ec eo cc c2 als rn ch wh it em nop do pm ss vs ps lg bd uf ul cu ce rj po mk rt hw hc po tm ab ex"
_UNSHOWN = frozenset((*_MARGINS.split(), *_PAGES.split()))
_ENCLOSED = {
    **dict.fromkeys(("Op", "Oo"), ("[", "]")),
    **dict.fromkeys(("Dq", "Do"), ("“", "”")),
    **dict.fromkeys(("Sq", "So", "Ql", "Qq"), ("‘", "’")),
    **dict.fromkeys(("Pq", "Po"), ("(", ")")),
    **dict.fromkeys(("Brq", "Bro"), ("{", "}")),
    **dict.fromkeys(("Aq", "Ao"), ("<", ">")),
}
_BEGUN = frozenset(("Oo", "Do", "So", "Po", "Bro", "Ao"))
_ENDED = {"Oc": "]", "Dc": "”", "Sc": "’", "Pc": ")", "Brc": "}", "Ac": ">"}
_CALLABLE = "Ar Pa Cm Ev Sy Em Li Nm Ic Va Vt Fn Fa Ft Dv Er Ad An Tn No Lk Mt In Cd Xr Fl St Ux Bx Nx Ox Fx At Rs Re"
_PLAIN = frozenset(_CALLABLE.split())
_CLOSING, _OPENING = frozenset(".,:;)]?!"), frozenset("([")
_LONGEST_TITLE = 200


def parse(data: bytes) -> Parsed:
    """Parse a manual page. Raises DocumentError when the bytes are no text."""
    text, _, damage = decode(data)
    composer = Composer("man", VERSION)
    if damage:
        composer.problems.append(damage)
    page = _Page(composer)
    page.read(_LINE_BREAK.split(text.removeprefix("\ufeff")))
    return composer.finish(page.title)


class _Page:
    """One manual page as it is read: the words of its paragraph so far, and the tag above them."""

    def __init__(self, composer: Composer) -> None:
        self._composer = composer
        self._strings: dict[str, str] = {}
        self._words: list[str] = []
        self._tag = ""
        self._waits: Callable[[str], None] | None = None
        self._is_filled = True
        self._name = ""
        self.title: str | None = None

    def read(self, lines: Sequence[str]) -> None:
        for name, rest in requests(lines, self._strings):
            if name in _SECTIONS:
                self._end()
                self._is_filled = True
                shown = self._inline(rest) if name[1].islower() else self._joined(arguments(rest))
                if shown:
                    self._composer.add(shown, "heading", _SECTIONS[name])
                else:
                    self._waits = partial(self._composer.add, kind="heading", level=_SECTIONS[name])
            elif name in ("TH", "Dt"):
                given = [printed(one, self._strings) for one in arguments(rest)]
                self.title = f"{given[0]}({given[1]})"[:_LONGEST_TITLE] if len(given) > 1 else " ".join(given) or None
            elif name in ("TP", "TQ", "IP", "It"):
                self._tagged(name, rest)
            elif name in _PARAGRAPHS:
                self._end()
                if name in ("PP", "P", "LP", "Pp"):
                    self._tag = ""
            elif name in _AS_WRITTEN or name in _FILLED:
                self._end()
                self._is_filled = name in _FILLED
            elif name == "so":
                self._composer.problems.append(f"the page {' '.join(arguments(rest))[:_LONGEST_TITLE]}, which is included")
            elif name == UNCLOSED:
                self._composer.problems.append(f"the lines after {rest[:_LONGEST_TITLE]!r}, which is not closed")
            elif not name:
                self._text(printed(rest, self._strings) if rest.strip() else None)
            elif name in _FONTS:
                self._text(self._joined(arguments(rest)))
            elif name in _ALTERNATING:
                self._text(printed("".join(arguments(rest)), self._strings))
            elif name in ("SY", "OP"):
                shown = self._joined(arguments(rest))
                self._text(f"[{shown}]" if name == "OP" else shown)
            elif name in ("UR", "MT"):
                self._text(self._joined(arguments(rest)[:1]))
            elif name not in _UNSHOWN:
                is_known = name in _PLAIN or name in _ENCLOSED or name in _ENDED or name == "Nd"
                self._text(self._inline(f"{name} {rest}" if is_known else rest))
        self._end()

    def _tagged(self, name: str, rest: str) -> None:
        """Begin an item, whose tag stands behind the request or, as in man, in the next line."""
        self._end(keeps_tag=name == "TQ")
        if name == "It":
            self._tag = self._inline(rest)
        elif name == "IP":
            given = arguments(rest)
            self._tag = printed(given[0], self._strings).strip() if given else ""
        else:
            above = self._tag if name == "TQ" else ""

            def wait(text: str) -> None:
                self._tag = f"{above}, {text}" if above else text

            self._waits = wait

    def _text(self, text: str | None) -> None:
        if text is None:
            self._end()
        elif self._waits and text.strip():
            waits, self._waits = self._waits, None
            waits(text.strip())
        elif text.strip():
            self._words.append(text.rstrip() if not self._is_filled else text.strip())

    def _end(self, keeps_tag: bool = False) -> None:
        """Add the paragraph so far, with the tag above it."""
        words, tag = self._words, self._tag
        self._words = []
        if keeps_tag and not words:
            return
        self._tag = ""
        if not self._is_filled and words:
            self._composer.add("\n".join(filter(None, (tag, *words))), "code")
        elif tag in ("•", "-", "o", "*", "+", "–", "—"):
            self._composer.add(" ".join(words), "item")
        else:
            self._composer.add("\n".join(filter(None, (tag, " ".join(words)))), "item" if tag else "paragraph")

    def _joined(self, given: Sequence[str]) -> str:
        return printed(" ".join(given), self._strings).strip()

    def _inline(self, rest: str) -> str:
        """A line of mdoc as it is printed: options with a dash, what is optional in brackets."""
        shown: list[str] = []
        ends: list[str] = []
        is_tight = True
        flag = False
        words = arguments(rest)
        number = 0
        while number < len(words):
            word = words[number]
            number += 1
            text = printed(word, self._strings)
            if word == "Ns":
                is_tight, flag = True, False
            elif word == "Ta":
                is_tight = False
            elif word in _ENCLOSED:
                shown += ("" if is_tight else " ", _ENCLOSED[word][0])
                is_tight = True
                if word not in _BEGUN:
                    ends.append(_ENCLOSED[word][1])
            elif word in _ENDED:
                shown.append(_ENDED[word])
                is_tight = False
            elif word == "Xr" and number < len(words):
                section = words[number + 1] if number + 1 < len(words) else ""
                shown += ("" if is_tight else " ", words[number], f"({section})" if section.isalnum() else section)
                number += 2
                is_tight = False
            elif word == "Nm":
                named = words[number] if number < len(words) and words[number] not in _PLAIN and words[number].isalnum() else ""
                self._name = self._name or named
                if not named:
                    shown += ("" if is_tight else " ", self._name)
                    is_tight = False
            elif word == "Nd":
                shown.append(" – ")
                is_tight = True
            elif word in _PLAIN:
                flag = word == "Fl"
                if word == "Ar" and (number == len(words) or words[number] in _CLOSING):
                    shown += ("" if is_tight else " ", "file ...")
            elif text:
                is_sign = len(text) == 1 and text in _CLOSING
                if is_sign and number == len(words):
                    shown += reversed(ends)
                    ends = []
                shown += ("" if is_tight or is_sign else " ", f"-{text}" if flag and not is_sign else text)
                is_tight = text in _OPENING
        return "".join((*shown, *reversed(ends))).strip()
