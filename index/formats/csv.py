"""CSV and TSV: the decoded file itself, row by row; each row is read with the names of the columns."""

import re
from collections import Counter
from collections.abc import Iterator

from quotewise.index.encodings import decode
from quotewise.index.formats.parsed import Block, Parsed
from quotewise.index.formats.tables import column_names
from quotewise.index.layout import Layout
from quotewise.index.sentences import Span

VERSION = 3
_DELIMITERS = ",;\t|"
_SAMPLE = 50
_PREAMBLE = 10
_LONG_ROW = 400
_QUOTED = r'"(?:[^"]|""){0,20000}+"[ ]*+(?=[%s\r\n]|\Z)'
_SEPARATOR_LINE = re.compile(r"\ufeff?sep=(.)[ \t]*(?:\r\n|\r|\n)", re.IGNORECASE)
"""Which tells Excel the delimiter, and which it does not show."""


def parse(data: bytes) -> Parsed:
    """Parse a table of values with delimiters. Raises DocumentError when the bytes are no text."""
    text, encoding, damage = decode(data)
    start, delimiter = _told(text)
    records = _records(text, start, delimiter)
    first: list[Span] = []
    for record in records:
        first.append(record)
        if len(first) == _SAMPLE:
            break
    head = [_fields(text[slice(*record)], delimiter) for record in first]
    above = _preamble(head)
    names = column_names(head[above : above + 3])
    trail = (names,) if names else ()
    blocks = [Block(record.start, record.end, (), False, False) for record in first[:above]]
    blocks += _rows(text, first[above:], trail)
    blocks += _rows(text, records, trail)
    return Parsed(text, tuple(blocks), Layout.of("csv", VERSION, text), encoding=encoding, unread_part=damage)


def rows(text: str, start: int = 0) -> Iterator[tuple[Span, list[Span]]]:
    """The records of a table from ``start`` on, each with its cells, without the quotes around them."""
    delimiter = _told(text)[1]
    for record in _records(text, start, delimiter):
        yield record, [Span(record.start + begin, record.start + end) for begin, end in _cells(text[slice(*record)], delimiter)]


def _told(text: str) -> tuple[int, str]:
    """Where the table starts, and its delimiter."""
    told = _SEPARATOR_LINE.match(text)
    start = told.end() if told else 0
    return start, told[1] if told and told[1] in _DELIMITERS else _delimiter(text, start)


def _rows(text: str, records: "Iterator[Span] | list[Span]", trail: tuple[str, ...]) -> Iterator[Block]:
    """The rows as blocks: short ones together, and each one by itself that is long or has several lines."""
    start = end = -1
    for record in records:
        several = any(c in "\r\n" for c in text[slice(*record)]) if record.end - record.start < _LONG_ROW else True
        if several:
            if start >= 0:
                yield Block(start, end, trail, True, kind="row")
            yield Block(record.start, record.end, trail, False, kind="row")
            start = -1
            continue
        start = record.start if start < 0 else start
        end = record.end
    if start >= 0:
        yield Block(start, end, trail, True, kind="row")


def _delimiter(text: str, start: int) -> str:
    """The sign that cuts most rows into as many fields as the first one, of which there are several."""

    def fit(delimiter: str) -> tuple[float, int]:
        counts: Counter[int] = Counter()
        for number, record in enumerate(_records(text, start, delimiter)):
            counts[len(_fields(text[slice(*record)], delimiter))] += 1
            if number == _SAMPLE:
                break
        width, share = max(counts.items(), key=lambda item: (item[0] > 1, item[1]), default=(1, 0))
        return (share / max(1, counts.total()) if width > 1 else 0.0), width

    fits = {delimiter: fit(delimiter) for delimiter in _DELIMITERS}
    return max(_DELIMITERS, key=lambda delimiter: (round(fits[delimiter][0], 1), fits[delimiter][1]))


def _records(text: str, start: int, delimiter: str) -> Iterator[Span]:
    """The rows; a line break within quotes does not end one."""
    sign = re.escape(delimiter)
    field = rf"(?:[ ]*+{_QUOTED % sign}|[^{sign}\r\n]*+)"
    record = re.compile(rf"{field}(?:{sign}{field})*+")
    position = start
    while position < len(text):
        found = record.match(text, position)
        end = found.end() if found else position
        if text[position:end].strip(delimiter + " \t\ufeff"):
            yield Span(position, end)
        position = end
        while position < len(text) and text[position] in "\r\n":
            position += 1
        if position == end and position < len(text):
            position += 1


def _fields(record: str, delimiter: str) -> list[str]:
    return [
        record[start:end].replace('""', '"') if record[start - 1 : start] == '"' else record[start:end].strip("\ufeff ")
        for start, end in _cells(record, delimiter)
    ]


def _cells(record: str, delimiter: str) -> Iterator[tuple[int, int]]:
    """Where the cells of a record stand in it, without the quotes around them."""
    sign = re.escape(delimiter)
    for field in re.finditer(rf"(?:\A|{sign})(?:[ ]*+({_QUOTED % sign})|([^{sign}]*+))", record[:20_000]):
        if field[1]:
            yield field.start(1) + 1, field.start(1) + len(field[1].rstrip(" ")) - 1
        else:
            yield field.span(2)


def _preamble(head: list[list[str]]) -> int:
    """How many rows stand above the names of the columns: titles and notes that fill one field only."""
    width = max(Counter(map(len, head)).items(), key=lambda item: (item[0] > 1, item[1]), default=(1, 0))[0]
    for number, fields in enumerate(head[:_PREAMBLE]):
        if width == 1 or sum(map(bool, fields)) > 1:
            return number
    return 0
