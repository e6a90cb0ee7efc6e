"""The escapes, special characters and requests of roff, in which manual pages are written."""

import re
from collections.abc import Iterator, Mapping, Sequence

_SPECIAL = {
    "lq": "“", "rq": "”", "oq": "‘", "cq": "’", "aq": "'", "dq": '"', "em": "—", "en": "–", "hy": "-", "bu": "•", "co": "©",
    "rg": "®", "tm": "™", "rs": "\\", "ga": "`", "ha": "^", "ti": "~", "mu": "×", "de": "°", "12": "½", "14": "¼", "34": "¾",
    "Fo": "«", "Fc": "»", "eu": "€", "Eu": "€", "Po": "£", "Ye": "¥", "ct": "¢", "sc": "§", "dg": "†", "dd": "‡", "->": "→",
    "<-": "←", "<=": "≤", ">=": "≥", "!=": "≠", "+-": "±", "mi": "−", "sl": "/", "ul": "_", "or": "|", "ba": "|", "at": "@",
    "sh": "#", "Do": "$", "lB": "[", "rB": "]", "lC": "{", "rC": "}", "la": "⟨", "ra": "⟩", "ss": "ß", "ae": "æ", "AE": "Æ",
    "o/": "ø", "O/": "Ø", ":a": "ä", ":o": "ö", ":u": "ü", ":A": "Ä", ":O": "Ö", ":U": "Ü", "'e": "é", "'a": "á", "'o": "ó",
    "`e": "è", "`a": "à", "^e": "ê", ",c": "ç", "~n": "ñ", "oA": "Å", "oa": "å", "L\"": "“", "R\"": "”", "C`": "`", "C'": "'",
}  # fmt: skip
_SIGNS = {"-": "-", "e": "\\", "\\": "\\", " ": " ", "~": " ", "0": " ", "'": "´", "`": "`", ".": ".", "t": "\t"}
_ESCAPE = re.compile(
    r"\\(?:[\"#](?P<comment>.*)"
    r"|f(?:\([^\s\\]{2}|\[[^\]\\]{0,40}\]|[^\s\\(\[])"
    r"|s(?:[-+]?\d{1,2}|[-+]?\(\d\d|\[[^\]]{0,9}\])"
    r"|\*(?:\((?P<string>\S{2})|\[(?P<long_string>[^\]\\]{0,60})\]|(?P<short_string>[^\s(\[\\]))"
    r"|\((?P<two>[^\s\\]{2}|[A-Z]\")"
    r"|\[(?P<name>[^\]\\]{1,60})\]"
    r"|[nkgmMFYV](?:\(\S{2}|\[[^\]\\]{0,60}\]|[^\s(\[\\])"
    r"|[hvwlLDXZbxoSHRBAN]'(?P<quoted>[^'\\]{0,200})'"
    r"|(?P<sign>.)|\Z)",
    re.DOTALL,
)
_CHARACTER = re.compile(r"u([0-9A-F]{4,6})")
_ARGUMENT = re.compile(r'[ \t]*(?:"((?:[^"]|"")*+)"?|((?:\\.|[^ \t\\])++\\?|\\))')
_REQUEST = re.compile(r"[.'][ \t]*(?P<name>[^ \t\\\"]{1,20}|\\\")?[ \t]*(?P<rest>.*)", re.DOTALL)
_CONDITION = re.compile(
    r"(?:!?(?:[oentvF]\b|[rdcm][ \t]*\S+|\\n(?:\(..|\[[^\]]*\]|.)[^ \t\\{]*|'[^']*'[^']*'|\([^()]*\)|[\d<>=:&+-]+))?"
    r"[ \t]*(?P<rest>.*)",
    re.DOTALL,
)
_SAME = re.compile(r"(!?)'([^']*)'([^']*)'")
_DEFINITIONS = frozenset(("de", "de1", "dei", "am", "ami", "ig"))
UNCLOSED = "\\"
"""In place of a request: what stands behind is not closed, so that the lines after it were left out."""
_DEPTH_LIMIT = 100
_LONGEST_STRING = 200


def printed(text: str, strings: Mapping[str, str]) -> str:
    """What is printed of a line: without its escapes and comments, with its strings and special characters."""
    if "\\" not in text:
        return text

    def shown(found: re.Match[str]) -> str:
        string = found["string"] or found["long_string"] or found["short_string"]
        if string is not None:
            return strings.get(string, _SPECIAL.get(string, ""))
        if found["two"] is not None:
            return _SPECIAL.get(found["two"], "")
        if found["name"] is not None:
            code = _CHARACTER.match(found["name"])
            known = int(code[1], 16) if code else 0
            return chr(known) if 0 < known < 0x110000 and not 0xD800 <= known < 0xE000 else _SPECIAL.get(found["name"], "")
        if found["quoted"] is not None and found[0][1] == "N" and found["quoted"].isdecimal():
            return chr(int(found["quoted"][:3])) if 32 <= int(found["quoted"][:3]) < 256 else ""
        return _SIGNS.get(found["sign"] or "", "")

    return _ESCAPE.sub(shown, text)


def arguments(rest: str) -> list[str]:
    """The arguments of a request; those between quotation marks have spaces."""
    rest = rest.split('\\"', 1)[0]
    return [found[2] or (found[1] or "").replace('""', '"') for found in _ARGUMENT.finditer(rest)]


def _is_true(condition: str) -> bool:
    """Whether a condition holds for a terminal; of those that compare, only the ones of texts are known."""
    if texts := _SAME.match(condition):
        return (texts[2] == texts[3]) != bool(texts[1])
    return condition[:1] == "n" or condition[:2] == "!t"


def requests(lines: Sequence[str], strings: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The lines as requests with what stands behind them, or as texts under an empty name.

    Definitions of macros are left out; of conditions only what is for a terminal is taken, and strings are kept.
    """
    end: str | None = None
    opened: str | None = None
    was_taken = True
    skipped = number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        while line.endswith("\\") and not line.endswith("\\\\") and number < len(lines) and len(line) < 10_000:
            line = line[:-1] + lines[number]
            number += 1
        if end is not None:
            end = None if line.startswith(end) else end
            continue
        if skipped:
            skipped += line.count("\\{") - line.count("\\}")
            continue
        opened = line
        found = _REQUEST.fullmatch(line) if line[:1] in (".", "'") else None
        if not found:
            yield "", line.replace("\\}", "")
            continue
        name, rest = (found["name"] or "").removesuffix("\\}"), found["rest"]
        for _ in range(_DEPTH_LIMIT):
            if name not in ("if", "ie", "el", "while"):
                break
            is_taken = not was_taken if name == "el" else _is_true(rest)
            body = _CONDITION.fullmatch(rest) if name != "el" else None
            was_taken = is_taken or name == "el"
            rest = body["rest"] if body else rest
            if not is_taken:
                skipped = max(0, rest.count("\\{") - rest.count("\\}"))
                name = ""
                break
            inner = _REQUEST.fullmatch(rest.replace("\\{", "", 1).strip(" \\"))
            if not inner or rest[:1] not in (".", "'", "\\"):
                name, rest = "", rest.replace("\\{", "").strip(" \\")
                break
            name, rest = inner["name"] or "", inner["rest"]
        if name in _DEFINITIONS:
            given = arguments(rest)
            end = f".{given[-1]}" if len(given) > 1 else ".."
        elif name in ("ds", "as"):
            string, _, value = rest.partition(" ")
            strings[string] = printed(value.removeprefix('"'), strings)[:_LONGEST_STRING]
        elif name and name[:1] not in ("\\", "}"):
            yield name, rest
    if opened is not None and (end is not None or skipped):
        yield UNCLOSED, opened
