"""The content lines of calendars and cards (RFC 5545 and 6350): unfolded into components of properties with values."""

import quopri
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from quotewise.index.encodings import decode
from quotewise.index.formats import text
from quotewise.index.formats.page_encoding import decoded_as
from quotewise.index.formats.parsed import Parsed

_FOLD = re.compile(rb"(?:\r\n|\n|\r(?!\n))[ \t]")
_LINE_BREAK = re.compile(r"\r\n|\n|\r")
_WIDE = (b"\xff\xfe", b"\xfe\xff")
"""How UTF-16 begins, which is unfolded when it is decoded."""
_PROPERTY = re.compile(
    r"\s*(?:(?P<group>[\w-]{1,40})\.)?(?P<name>[A-Za-z][\w-]{0,60})(?P<parameters>(?:;(?:\"[^\"]*+\"|[^\":])*+)?):"
)
_PARAMETER = re.compile(r";(?P<name>[^=;]+)(?:=(?P<value>(?:\"[^\"]*+\"|[^;\"])*+))?")
_ESCAPE = re.compile(r"\\([\\,;:nN\"])")
_CARET = re.compile(r"\^([n^'])")
_DEPTH_LIMIT = 8
_ENCODED = frozenset(("B", "BASE64"))
_DATA = re.compile(r"data:[\w.+-]{0,80}[/;,]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Property:
    """``TEL;TYPE=home:555 0142``; names are in capitals, ``group`` is ``item1`` of ``item1.TEL``."""

    name: str
    parameters: Mapping[str, str]
    raw: str
    group: str = ""

    @property
    def text(self) -> str:
        """The value without escapes."""
        return unescaped(self.raw)

    @property
    def is_binary(self) -> bool:
        return self.parameters.get("ENCODING", "").upper() in _ENCODED or bool(_DATA.match(self.raw))

    def fields(self, sign: str = ";") -> list[str]:
        """The parts of a value that has several, such as a name or an address."""
        parts = re.findall(rf"{sign}((?:[^\\{sign}]|\\.|\\\Z)*+)", sign + self.raw, re.DOTALL)
        return [unescaped(part).strip() for part in parts]


@dataclass(frozen=True, slots=True)
class Component:
    """What stands between ``BEGIN:`` and ``END:`` of a name."""

    name: str
    properties: list[Property] = field(default_factory=list)
    parts: list["Component"] = field(default_factory=list)

    def first(self, *names: str) -> Property | None:
        """The first property of the first of these names that has any with a value."""
        found = ({one.name: one for one in reversed(self.properties) if one.raw.strip()}.get(name) for name in names)
        return next((one for one in found if one), None)

    def all(self) -> Iterator["Component"]:
        """This one and all that are in it, in the order of the file."""
        yield self
        for part in self.parts:
            yield from part.all()


def read(data: bytes) -> tuple[Component, str | None]:
    """The components of a file as parts of one without a name, and which bytes were no text. Raises DocumentError.

    Components that are not closed, or closed twice, are read: one ends where another of its name begins, unless that is the
    card of an agent. Those nested deeper than the limit stand beside each other.
    """
    shown, _, damage = decode(data if data.startswith(_WIDE) else _FOLD.sub(b"", data))
    if data.startswith(_WIDE):
        shown = re.sub(r"(?:\r\n|\n|\r)[ \t]", "", shown)
    root = Component("")
    opened = [root]
    for one in _properties(_LINE_BREAK.split(shown.removeprefix("\ufeff"))):
        if one.name == "BEGIN":
            component = Component(one.raw.strip().upper())
            if not (opened[-1].properties and opened[-1].properties[-1].name == "AGENT"):
                del opened[_depth(opened, component.name) :]
            opened[-1].parts.append(component)
            if len(opened) < _DEPTH_LIMIT:
                opened.append(component)
        elif one.name == "END":
            del opened[_depth(opened, one.raw.strip().upper()) :]
        else:
            opened[-1].properties.append(one)
    return root, damage


def read_as_text(data: bytes, problem: str) -> Parsed:
    """A file that has the ending of such a format and is plain text; the document says so. Raises DocumentError."""
    parsed = text.parse(data)
    return replace(parsed, unread_part="; ".join(filter(None, (problem, parsed.unread_part))))


def _depth(opened: Sequence[Component], name: str) -> int:
    return next((depth for depth in range(len(opened) - 1, 0, -1) if opened[depth].name == name), len(opened))


def unescaped(value: str) -> str:
    r"""A value in which ``\n`` is a line break and ``\,`` a comma."""
    return _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def _properties(lines: Sequence[str]) -> Iterator[Property]:
    """The properties; lines that are none go on with the value above, whose line breaks were not escaped."""
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        found = _PROPERTY.match(line)
        if not found:
            continue
        parameters = dict(_parameters(found["parameters"] or ""))
        value = line[found.end() :]
        if parameters.get("ENCODING", "").upper() == "QUOTED-PRINTABLE":
            pieces = [value]
            while pieces[-1].endswith("=") and number < len(lines):
                pieces[-1] = pieces[-1][:-1]
                pieces.append(lines[number])
                number += 1
            value = _unquoted("".join(pieces), parameters.get("CHARSET", "utf-8"))
        elif number < len(lines) and found["name"].upper() not in ("BEGIN", "END"):
            first = number
            while number < len(lines) and not _PROPERTY.match(lines[number]):
                number += 1
            if any(map(str.strip, lines[first:number])):
                value = "\\n".join((value, *lines[first:number]))
        yield Property(found["name"].upper(), parameters, value, (found["group"] or "").lower())


def _parameters(text: str) -> Iterator[tuple[str, str]]:
    """The parameters of a property; several types are one value, and those of vCard 2.1 have no name."""
    types: list[str] = []
    for found in _PARAMETER.finditer(text):
        name, value = found["name"].strip().upper(), found["value"]
        if value is None:
            if name == "QUOTED-PRINTABLE" or name in _ENCODED:
                yield "ENCODING", name
            else:
                types.append(name.lower())
            continue
        value = _CARET.sub(lambda caret: {"n": "\n", "'": '"'}.get(caret[1], "^"), value.replace('"', "").strip())
        if name == "TYPE":
            types += [one.strip().lower() for one in value.split(",")]
        else:
            yield name, value
    if types:
        yield "TYPE", ",".join(types)


def _unquoted(value: str, charset: str) -> str:
    """A quoted-printable value; its line breaks are those of its text."""
    data = quopri.decodestring(value.encode("utf-8", "replace"))
    text = decoded_as(data, charset)
    text = data.decode("utf-8", "replace") if text is None else text
    return text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")
