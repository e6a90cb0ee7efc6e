"""The lines of all pages of a PDF into blocks: furniture, headings, paragraphs over columns and pages, lists, tables, notes."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from quotewise.index.formats.pdf_layout import (
    BULLET,
    Line,
    body_size,
    edge_rows,
    leadings,
    lines_of,
    main_turn,
    mark_rows,
    without_doubles,
)
from quotewise.index.formats.pdfium import Page, Segment

_EDGE_ROWS = 4
_EDGE, _NUMBER_EDGE = 0.15, 0.2
"""The part of a page's height above and below which a running header or footer stands, and a page number alone."""
_NEAR_PAGES = 2
_HEADER_SIZE = 1.25
"""Of the text's size: what is larger is a title, even where the next page has the same."""
_MANY_LETTERS = 25
_LITTLE_PICTURE = 0.25
_NUMBER = re.compile(
    r"(?:page|seite|p\.|[-–—•|(])?\s*(\d{1,5}|[ivxlc]{1,7})\s*(?:(?:of|/|von|sur|de)\s*\d{1,4})?\s*[-–—•|)]?", re.I
)
_PRINTED = re.compile(r"^(?:https?|file)://\S+$|\b(?:page|seite)? ?\d{1,4} ?(?:of|/|von) ?\d{1,4}$", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_ROMAN = re.compile(r"\b[ivxlc]+\b")
_ITEM = re.compile(
    rf"(?:{BULLET}(?:\s|(?=[A-Z]))|[(\[]?(?:\d{{1,3}}|[a-zA-Z]|[ivx]{{2,5}})[.)\]]{{1,2}}\s|\(\d{{1,3}}[a-z]?\)|\[\d{{1,3}}\]|§\s?\d)"
)
_SECTION = re.compile(r"(?:(?:[A-Z]\.)?\d{1,2}(?:\.\d{1,2}){0,4}\.?|[IVX]{1,5}\.|[A-Z]\.)\s+[A-Z]\w")
_CAPTION = re.compile(
    r"(?:fig(?:ure|\.)?|table|tab\.|chart|listing|algorithm|exhibit|abb(?:ildung|\.)|tabelle|tableau)\s*[\dIVX]+[a-z]?\s*[.:–—-]",
    re.I,
)
_NOTE = re.compile(r"(?:\d{1,3}|[*†‡§∗]{1,3})\s?[^\W\d]")
_TERMINAL = re.compile(r"[.!?:;…。！？؟]['\"’”»)\]\d]{0,4}\s*\Z")
_HYPHEN = re.compile(r"[^\W\d_]-\Z|[^\W\d_]\u2010\Z")
_HYPHENATED = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)+")
_LAST_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*[-\u2010]\Z")
_FIRST_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
_CJK = re.compile("[\u3000-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
_HEADING_CHARACTERS = 160
_BOLD_CHARACTERS = 100
_LEVELS = 6


@dataclass(slots=True)
class Draft:
    """A block before its text is put together; ``level`` counts from 1 for headings."""

    kind: str
    lines: list[Line]
    level: int = 0
    breaks: set[int] = field(default_factory=set)
    """Lines before which the printed line break is one of the text."""

    @property
    def text(self) -> str:
        """Its lines as printed."""
        return " ".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the outline: its title, depth from 1, and page or 0."""

    title: str
    level: int
    page: int


def drafts(pages: Sequence[Page], bookmarks: Sequence[Bookmark]) -> tuple[list[Draft], list[Draft]]:
    """The blocks of the text in reading order, and those of the headers and footers of its pages."""
    kept = [without_doubles(s for s in page.segments if not s.kind) for page in pages]
    furniture = _furniture(pages, kept)
    lines: list[Line] = []
    for segments in kept:
        lines += lines_of([s for s in segments if id(s) not in furniture])
    mark_rows(lines)
    body = body_size(lines)
    _choose_code(lines)
    blocks = _Grouping(body, leadings(lines)).blocks(lines)
    _name_headings(blocks, body, bookmarks, {page.number: page.height for page in pages})
    for page in pages:
        notes = [Draft(s.kind, [Line.of([s])]) for s in page.segments if s.kind in ("note", "field")]
        after = next((n for n in range(len(blocks), 0, -1) if blocks[n - 1].lines[-1].page <= page.number), 0)
        blocks[after:after] = notes
    return blocks, _furniture_blocks(kept, furniture)


def _choose_code(lines: Sequence[Line]) -> None:
    """Lines of typed letters are code where two follow each other, but not in a document that is typed as a whole."""
    typed = 2 * sum(len(line.text) for line in lines if line.mono) > sum(len(line.text) for line in lines)
    monos = [False, *(line.mono for line in lines), False]
    for number, line in enumerate(lines, 1):
        line.mono = line.mono and not typed and (monos[number - 1] or monos[number + 1])


@dataclass(slots=True)
class _Row:
    """What stands on one line at the edge of a page: as header, footer or margin."""

    name: str
    segments: list[Segment]
    words: str
    numbers: list[str]
    depth: float
    gap: float = 0.0
    """Distances from the edge and from the text further inside, as parts of the page's height and in heights of the row."""


def _furniture(pages: Sequence[Page], kept: Sequence[Sequence[Segment]]) -> dict[int, str]:
    """The running headers and footers by identity: rows at the edge that come again on a page near, and page numbers."""
    sizes = Counter[float]()
    for segments in kept:
        for segment in segments:
            sizes[segment.size] += len(segment.text)
    largest = _HEADER_SIZE * max(sizes, key=lambda size: (sizes[size], size), default=0.0)
    edges = [_edge_rows(page, segments) for page, segments in zip(pages, kept, strict=True)]
    found: dict[int, str] = {}
    for number, rows in enumerate(edges):
        near = [edges[n] for n in range(max(0, number - _NEAR_PAGES), min(len(edges), number + _NEAR_PAGES + 1)) if n != number]
        ended = set()
        for row in rows:
            again = row.segments[0].size <= largest and any(_is_again(row, other) for others in near for other in others)
            if row.name not in ended and (again or _is_page_number(row) or _is_printed(row)):
                found |= {id(segment): row.name for segment in row.segments}
            elif row.name != "margin":
                ended.add(row.name)  # what stands further inside is text
        left = [s for s in kept[number] if id(s) not in found]
        if not left and pages[number].pictured < _LITTLE_PICTURE:  # the page comes again as a whole
            for row in rows:
                if not _is_page_number(row):
                    found = {key: name for key, name in found.items() if key not in {id(s) for s in row.segments}}
    return found


def _edge_rows(page: Page, segments: Sequence[Segment]) -> list[_Row]:
    """The rows of the upper and the lower edge from outside, and what stands turned in the margins."""
    turn = main_turn(segments)
    height = page.width if turn % 2 else page.height
    upright = [s for s in segments if s.turn == turn]
    rows = []
    for name in ("header", "footer"):
        depth = {id(s): s.top / height if name == "header" else 1 - s.bottom / height for s in upright}
        outer = edge_rows([s for s in upright if depth[id(s)] < _NUMBER_EDGE], name == "footer")
        for row in outer[:_EDGE_ROWS]:
            near = depth[id(row[0])]
            here = {id(s) for s in row}
            inside = min((deep for key, deep in depth.items() if deep > near and key not in here), default=1.0)
            high = (row[0].bottom - row[0].top) / height
            rows.append(_row(name, row, near, (inside - near - high) / high if high else 0.0))
    for segment in segments:
        if segment.turn % 2 != turn % 2 and segment.turn < 4:
            extent = page.height if turn % 2 else page.width
            rows.append(_row("margin", [segment], min(segment.top, extent - segment.bottom) / extent))
    return rows


def _row(name: str, segments: list[Segment], depth: float, gap: float = 0.0) -> _Row:
    text = " ".join(s.text for s in sorted(segments, key=lambda s: s.left)).lower()
    return _Row(name, segments, _ROMAN.sub("#", _DIGITS.sub("#", text)), _DIGITS.findall(text), depth, gap)


def _is_again(row: _Row, other: _Row) -> bool:
    """Whether it is the same but for the number of the page, or for a few numbers where it has many words."""
    if row.name != other.name or row.words != other.words or row.depth > _EDGE or abs(row.depth - other.depth) > 0.03:
        return False
    letters = sum(c.isalpha() for c in row.words)
    changes = sum(a != b for a, b in zip(row.numbers, other.numbers, strict=False))
    return changes <= (1 if letters < _MANY_LETTERS else 3) and (letters > 2 or _is_page_number(row))


def _is_page_number(row: _Row) -> bool:
    text = row.segments[0].text.strip()
    alone = row.name != "margin" and len(row.segments) == 1 and row.gap > 0.4
    return alone and bool(_NUMBER.fullmatch(text)) and len(text) < 15


def _is_printed(row: _Row) -> bool:
    """Whether it is a line that browsers and printers write, has the number of the page, or stands in the outermost margin."""
    if row.depth > (_EDGE / 2 if row.name == "margin" else _EDGE):
        return False
    numbers = sum(segment.text.strip().isdecimal() and len(segment.text) < 5 for segment in (row.segments[0], row.segments[-1]))
    numbered = len(row.segments) in (2, 3) and numbers == 1 and row.gap > 1.2
    return row.name == "margin" or numbered or any(_PRINTED.search(segment.text) for segment in row.segments)


def _furniture_blocks(kept: Iterable[Sequence[Segment]], furniture: Mapping[int, str]) -> list[Draft]:
    blocks = []
    for segments in kept:
        for name in ("header", "footer", "margin"):
            lines = lines_of([s for s in segments if furniture.get(id(s)) == name])
            lines.sort(key=lambda line: (line.top, line.left) if name != "margin" else (0, 0))
            if lines:
                kind = "footer" if name == "margin" else name
                blocks.append(Draft(kind, lines, breaks=set(range(1, len(lines)))))
    return blocks


class _Grouping:
    """Lines into paragraphs, items, rows, captions and notes, and the sentence that a column or page divides together."""

    def __init__(self, body: float, leading: Mapping[float, float]) -> None:
        self._body, self._leading = body, leading
        self._blocks: list[Draft] = []
        self._open: Draft | None = None

    def blocks(self, lines: Sequence[Line]) -> list[Draft]:
        """The blocks of the lines."""
        before: Line | None = None
        for number, line in enumerate(lines):
            following = lines[number + 1] if number + 1 < len(lines) else None
            self._place(line, before, following)
            before = line
        return self._blocks

    def _place(self, line: Line, before: Line | None, following: Line | None) -> None:
        block = self._open
        if block is not None and before is not None:
            turned = before.page != line.page or line.new_column
            if line.row and before.row and not turned:
                block.lines.append(line)
                return
            if not line.row and turned and (unfinished := self._unfinished(line, following)) is not None:
                unfinished.lines.append(line)
                self._open = unfinished
                return
            if not line.row and not before.row and not turned and not self._begins(line, before, block):
                if block.kind == "code" or self._is_forced(line, before):
                    block.breaks.add(len(block.lines))
                block.lines.append(line)
                return
        self._open = Draft("table" if line.row else self._kind(line), [line])
        self._blocks.append(self._open)

    def _kind(self, line: Line) -> str:
        text = line.text
        if line.mono:
            return "code"
        if _CAPTION.match(text):
            return "caption"
        if line.size <= 0.92 * self._body and _NOTE.match(text):
            return "footnote"
        return "list-item" if _ITEM.match(text) else "paragraph"

    def _begins(self, line: Line, before: Line, block: Draft) -> bool:
        """Whether a line in the same column begins a block."""
        em = 0.85 * line.height
        if line.mono or before.mono:
            return line.mono != before.mono or line.bottom - before.bottom > 2.5 * line.height
        if _is_beside(line, before):
            return line.left - before.right > 4 * em
        if abs(line.size - before.size) > 0.08 * max(line.size, before.size) and not self._goes_on(line, before):
            return True
        if line.bold != before.bold and line.size < 1.15 * self._body and (line.bold or len(before.text) < _BOLD_CHARACTERS):
            return True
        distance = line.bottom - before.bottom
        if (
            distance > 1.3 * min(self._leading.get(line.size, 1.3 * line.height), 1.8 * line.height)
            or distance < -0.5 * line.height
        ):
            return True
        if _ITEM.match(line.text) and (
            block.kind == "list-item" or self._is_short(line, before) or _TERMINAL.search(before.text)
        ):
            return True
        if line.size <= 0.92 * self._body and _NOTE.match(line.text) and block.kind == "footnote":
            return True
        if block.kind == "list-item":
            return self._ends_item(line, before, block.lines)
        if line.segments[0].rtl:
            return self._is_ended(line, before)
        indented = line.left - before.left
        if 0.7 * em < indented < 8 * em and not _is_centred(line, before):
            hanging = len(block.lines) == 1 and not _TERMINAL.search(before.text) and not self._is_short(line, before)
            return not hanging
        if indented < -0.7 * em and len(block.lines) > 1 and not _is_centred(line, before):
            return True
        return self._is_ended(line, before)

    def _goes_on(self, line: Line, before: Line) -> bool:
        """Whether a line of another size is in the same sentence, as where the line before is in small capitals or code."""
        if not 0.8 < line.size / before.size < 1.25 or _NOTE.match(line.text) or line.bold != before.bold:
            return False
        usual = min(self._leading.get(size, 1.3 * line.height) for size in (line.size, before.size))
        near = line.bottom - before.bottom < 1.15 * max(usual, line.height)
        return near and not _TERMINAL.search(before.text) and not self._is_short(line, before)

    def _ends_item(self, line: Line, before: Line, lines: Sequence[Line]) -> bool:
        """Whether a line is no more of a list item, whose lines after the first stand further in or further out."""
        em = 0.85 * line.height
        if len(lines) > 1 and abs((line.left - line.low) - (lines[1].left - lines[1].low)) > 0.7 * em:
            return True
        out = len(lines) == 1 and line.left < lines[0].left + 0.3 * em
        return self._is_ended(line, before) or (out and self._is_short(line, before) and not line.text[0].islower())

    def _is_ended(self, line: Line, before: Line) -> bool:
        return bool(_TERMINAL.search(before.text)) and self._is_short(line, before)

    def _is_short(self, line: Line, before: Line) -> bool:
        """Whether the first word of a line would have had room at the end of the line before."""
        word = line.text.split(maxsplit=1)[0]
        width = (line.right - line.left) * len(word) / max(len(line.text), 1)
        room = before.left - before.low if before.segments[0].rtl else before.high - before.right
        return room > width + 0.9 * line.height

    def _is_forced(self, line: Line, before: Line) -> bool:
        return self._is_short(line, before) and not line.text[0].islower() and not _is_centred(line, before)

    def _unfinished(self, line: Line, following: Line | None) -> Draft | None:
        """The block above notes, captions and tables that goes on with the first line of a column."""
        if _ITEM.match(line.text) or _CAPTION.match(line.text):
            return None
        indented = following is not None and following.page == line.page and 0.7 * line.height < line.left - following.left
        for block in reversed(self._blocks[-12:]):
            end = block.lines[-1]
            if line.page - end.page > 1:
                return None
            alike = abs(end.size - line.size) <= (0.25 if line.text[0].islower() else 0.08) * line.size
            if block.kind not in ("paragraph", "list-item") or not alike:
                if block.kind == "paragraph" and len(block.text) > _HEADING_CHARACTERS:
                    return None
                continue
            text = end.text
            if _TERMINAL.search(text) or (end.bold != line.bold):
                return None
            full = end.segments[0].rtl or not self._is_short(line, end)
            lower = line.text[0].islower() or end.segments[-1].hyphen
            return block if lower or (full and not indented and len(block.lines) > 1) else None
        return None


def _is_beside(line: Line, before: Line) -> bool:
    """Whether a line is raised or lowered beside the one before, as an exponent is."""
    return min(line.bottom, before.bottom) - max(line.top, before.top) > 0.3 * min(line.height, before.height)


def _is_centred(line: Line, before: Line) -> bool:
    return abs(line.left + line.right - before.left - before.right) < line.height and line.left != before.left


def _name_headings(blocks: list[Draft], body: float, bookmarks: Sequence[Bookmark], heights: Mapping[int, float]) -> None:
    """Large, bold and bookmarked lines that stand alone are headings; the larger, the higher their level."""
    marked = {(_letters(mark.title), mark.page): mark.level for mark in bookmarks if _letters(mark.title)}
    large: Counter[float] = Counter()
    for block in blocks:
        if block.kind not in ("paragraph", "list-item") or len(block.text) > _HEADING_CHARACTERS:
            continue
        if not any(c.isalpha() for c in block.text):
            continue
        size = block.lines[0].size
        if level := marked.get((_letters(block.text), block.lines[0].page)):
            block.kind, block.level = "heading", level
        elif size >= 1.15 * body and block.kind == "paragraph" and not block.text.rstrip().endswith((",", ";")):
            large[size] += 1
            block.kind = "heading"
    ranks = {size: min(rank, _LEVELS) for rank, size in enumerate(sorted(large, reverse=True), 1)}
    lowest = min(max([*ranks.values(), *(block.level for block in blocks), 0]) + 1, _LEVELS)
    for number, block in enumerate(blocks):
        if block.kind == "heading":
            block.level = block.level or ranks[block.lines[0].size]
        elif _stands_out(block, body) and number + 1 < len(blocks):
            block.kind = "heading"
            numbers = _DIGITS.findall(block.text.split()[0]) if _SECTION.match(block.text) else []
            block.level = min(lowest + max(len(numbers) - 1, 0), _LEVELS + 1)
    for block in blocks:
        if block.kind == "heading":
            block.breaks.clear()


def _stands_out(block: Draft, body: float) -> bool:
    """Whether it is a bold or capital line of the size of the text, or a numbered one that is larger."""
    text = block.text
    if block.kind not in ("paragraph", "list-item") or len(block.lines) > 2 or len(text) > _BOLD_CHARACTERS:
        return False
    if sum(c.isalpha() for c in text) < 3 or text.rstrip()[-1] in ".,;!?…" or block.lines[0].size < 0.85 * body:
        return False
    bold = all(line.bold for line in block.lines)
    capital = text.isupper() and len(text.split()) > 1
    return (bold or capital or block.lines[0].size > 1.05 * body) and (block.kind == "paragraph" or bool(_SECTION.match(text)))


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalpha())


class Hyphens:
    """Decides what becomes of hyphens at the ends of lines by the words that the document writes with one."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._words = {word.casefold() for line in lines for s in line.segments for word in _HYPHENATED.findall(s.text)}

    def gap(self, before: Line, line: Line) -> tuple[bool, str]:
        """Whether the hyphen at the end of a line is dropped, and what stands between its text and that of the next."""
        end, start = before.segments[-1].text, line.segments[0].text
        if before.segments[-1].hyphen or _HYPHEN.search(end):
            left, right = _LAST_WORD.search(end), _FIRST_WORD.match(start)
            if not left or not right or not start[0].islower():
                return False, ""
            word = (left[0] + right[0]).casefold()
            return not ("-" in left[0][:-1] or len(left[0]) < 3 or word in self._words), ""
        if end[-1] in "-\u2013/" and end[-2:-1].isalnum() and start[0].isalnum():
            return False, ""
        return False, "" if _CJK.match(end[-1]) and _CJK.match(start[0]) else " "
