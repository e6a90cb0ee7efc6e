"""Every format: blocks are disjoint spans of the text, each visible character is in one, and a file makes one text only."""

import csv
import io
import re
from collections.abc import Callable
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotewise.index.chunking import Chunker
from quotewise.index.errors import DocumentError
from quotewise.index.formats import FORMATS
from quotewise.index.layout import OF_LINES
from quotewise.index.sentences import Span
from tests.index.formats.files import docx, p, parse_document, xlsx

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn")), min_size=1, max_size=12)
LINES = st.lists(WORDS, min_size=1, max_size=6)


def _csv(lines: list[str]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows([lines, lines[::-1], lines])
    return file.getvalue().encode()


def _html(lines: list[str]) -> bytes:
    tags = ("p", "h1", "li", "div", "pre", "td", "th", "span")
    return "".join(f"<{tags[n % 8]}>{escape(line)}<table><tr>" for n, line in enumerate(lines)).encode()


def _xlsx(lines: list[str]) -> bytes:
    cells = "".join(f'<c t="inlineStr"><is><t>{escape(line)}</t></is></c>' for line in lines)
    return xlsx({"A": f'<row r="1">{cells}</row><row r="2">{cells}</row><row r="9">{cells}</row>'})


def _rtf(lines: list[str]) -> bytes:
    units = "\\par ".join("".join(f"\\u{ord(c)}?" for c in line if ord(c) < 65_536) for line in lines)
    return f"{{\\rtf1 {units}}}".encode()


FILES: dict[str, Callable[[list[str]], bytes]] = {
    "a.html": _html,
    "a.docx": lambda lines: docx("".join(p(escape(line)) for line in lines)),
    "a.xlsx": _xlsx,
    "a.csv": _csv,
    "a.rtf": _rtf,
    "a.vtt": lambda lines: "".join(f"00:0{n}.000 --> 00:0{n + 1}.000\n{line}\n\n" for n, line in enumerate(lines)).encode(),
    "a.eml": lambda lines: ("Subject: x\nContent-Type: text/plain; charset=utf-8\n\n" + "\n\n".join(lines)).encode(),
}


@pytest.mark.parametrize("path", FILES)
@given(lines=LINES)
def test_quotes_are_slices_and_a_file_makes_the_same_text_twice(path: str, lines: list[str]) -> None:
    data = FILES[path](lines)
    try:
        document, again = parse_document(path, data), parse_document(path, data)
    except DocumentError:
        return
    assert document == again
    assert bool(document.encoding) == (document.layout.parser in OF_LINES)
    covered = 0
    for block in document.blocks:
        assert covered <= block.start < block.end <= len(document.text)
        assert not re.search(r"[^\W_]", document.text[covered : block.start])
        covered = block.end
    starts = [part.start for part in document.layout.parts]
    assert starts == sorted(set(starts)) and all(start < len(document.text) for start in starts)
    for chunk in Chunker(lambda parts: [len(part) for part in parts]).chunks(document):
        for sentence in chunk.sentences:
            assert document.text[sentence.start : sentence.end].strip()
            assert document.layout.place(Span(*sentence)).lines[0] >= 1


@pytest.mark.parametrize("path", sorted({f"a{ending}" for ending in FORMATS}))
@given(data=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_read_or_refused(path: str, data: bytes) -> None:
    try:
        document = parse_document(path, data)
    except DocumentError as error:
        assert str(error)
    else:
        assert all(block.start <= block.end <= len(document.text) for block in document.blocks)


@pytest.mark.parametrize("path", FILES)
@given(place=st.floats(0, 1), byte=st.integers(0, 255))
def test_a_damaged_file_is_read_or_refused(path: str, place: float, byte: int) -> None:
    data = bytearray(FILES[path](["First words", "Second words", "Third words"]))
    data[int(place * (len(data) - 1))] = byte
    for damaged in (bytes(data), bytes(data[: int(place * len(data))])):
        try:
            parse_document(path, damaged)
        except DocumentError as error:
            assert str(error)
