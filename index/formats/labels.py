"""The labels of plain text that stand above their values, such as offices above names, into headings of these."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from typing import NamedTuple

from quotewise.index.formats.parsed import Block
from quotewise.index.lines import is_rule, is_title
from quotewise.index.sentences import line_starts
from quotewise.index.signatures import is_signature

_LONGEST_LABEL, _LABEL_WORDS = 40, 5
_LONGEST_VALUE, _VALUE_LINES = 60, 2
_FEWEST = 2
"""Labels, each with its value, right after each other."""
_PROSE_WORDS = 3
"""Most words of a line that is no sentence though it ends as one does."""
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
_ITEM = re.compile(r"(?:[-*+•–—>$#|]|\d{1,3}[.)]|\(?[a-z]\))\s")
_NO_LABEL = re.compile(r"[\d@:;,|=<>{}\[\]\\]|\.{3}|\w\.$")
_GAP = re.compile(r" {3,}|\t")


class _Paragraph(NamedTuple):
    """Lines between blank ones, without white space around them, at ``[start, end)`` of a text."""

    start: int
    end: int
    lines: tuple[str, ...]


def with_labels_as_headings(text: str, blocks: Sequence[Block], first: int) -> tuple[Block, ...]:
    """The blocks of a text, of which paragraphs are divided at labels that are above one value each; none is before ``first``.

    A label is a line by itself that ends with a colon, or one of short lines of which every second one is a name, a number or
    the like. What is below the last value does not stand under its label.
    """
    return tuple(part for block in blocks for part in _divided(text, block, first))


def capital_labels(lines: Sequence[str]) -> set[int]:
    """The lines by number, without white space around them, that are in capitals above a value of one line, as others near."""
    edges = [number for number, line in enumerate(["", *lines, ""]) if not line]
    pairs = [above if below - above == 3 else -1 for above, below in pairwise(edges) if below - above > 1]
    found = set()
    for is_label, run in groupby(pairs, lambda n: n >= 0 and _is_capital_label(lines[n], lines[n + 1])):
        numbers = list(run)
        if is_label and len(numbers) >= _FEWEST and not any(is_signature("", lines[n], lines[n + 1]) for n in numbers):
            found.update(numbers)
    return found


def _is_capital_label(line: str, value: str) -> bool:
    letters = [c for c in line if c.isalpha()]
    is_label = len(letters) > 2 and "".join(letters).isupper() and len(line) <= _LONGEST_LABEL and not _GAP.search(line)
    is_short = is_label and len(line.split()) <= _LABEL_WORDS and not _NO_LABEL.search(line)
    return is_short and not is_rule(value) and not value.isupper() and _is_value(value) and not _GAP.search(value)


def _divided(text: str, block: Block, first: int) -> Iterator[Block]:
    start = block.start
    if block.kind == "paragraph" and not block.by_line:
        for label, value in _labelled(_paragraphs(text, max(block.start, first), block.end)):
            name = " ".join(label.lines[0].split()).rstrip(": ")
            if text[start : label.start].strip():
                yield replace(block, start=start, end=label.start)
            trail = (*block.heading, name)
            yield Block(label.start, label.end, trail, by_line=True, keep_with_next=True, kind="heading")
            yield replace(block, start=label.end, end=value.end, heading=trail)
            start = value.end
    if start == block.start or text[start : block.end].strip():
        yield replace(block, start=start)


def _paragraphs(text: str, start: int, end: int) -> list[_Paragraph]:
    edges = [*(start + offset for offset in line_starts(text[start:end])), end]
    found: list[_Paragraph] = []
    lines: list[tuple[int, str]] = []
    for a, b in [*pairwise(edges), (end, end)]:
        shown = text[a:b].strip()
        if shown:
            lines.append((a + text[a:b].index(shown), shown))
        elif lines:
            last, line = lines[-1]
            found.append(_Paragraph(lines[0][0], last + len(line), tuple(line for _, line in lines)))
            lines = []
    return found


def _labelled(paragraphs: Sequence[_Paragraph]) -> Iterator[tuple[_Paragraph, _Paragraph]]:
    """The labels, each with its value, in the order of the text."""
    number = 0
    while number < len(paragraphs):
        if pairs := _with_colon(paragraphs, number):
            number += 2 * len(pairs)
        else:
            last = next((n for n in range(number, len(paragraphs)) if not _is_short(paragraphs[n])), len(paragraphs))
            pairs = _alternating(paragraphs[number:last])
            number = max(last, number + 1)
        yield from pairs


def _with_colon(paragraphs: Sequence[_Paragraph], number: int) -> list[tuple[_Paragraph, _Paragraph]]:
    """The labels that end with a colon, from a paragraph on; none if these are few."""
    pairs = []
    for place in range(number, len(paragraphs) - 1, 2):
        label, value = paragraphs[place : place + 2]
        if not _is_label_with_colon(label) or not _is_value_of_label(value):
            break
        pairs.append((label, value))
    return pairs if len(pairs) >= _FEWEST else []


def _is_label_with_colon(paragraph: _Paragraph) -> bool:
    line = paragraph.lines[0]
    is_short = len(paragraph.lines) == 1 and len(line) <= _LONGEST_LABEL and len(line.split()) <= _LABEL_WORDS
    return is_short and line[-1] in ":：" and not line[0].islower() and not _NO_LABEL.search(line[:-1])


def _is_value_of_label(paragraph: _Paragraph) -> bool:
    shown = " ".join(paragraph.lines)
    is_short = len(paragraph.lines) <= _VALUE_LINES and len(shown) <= _VALUE_LINES * _LONGEST_VALUE
    return is_short and shown[-1] not in ":：" and not is_rule(shown)


def _is_short(paragraph: _Paragraph) -> bool:
    return len(paragraph.lines) == 1 and _is_value(paragraph.lines[0])


def _is_value(line: str) -> bool:
    is_sentence = bool(_SENTENCE_END.search(line)) and len(line.split()) > _PROSE_WORDS
    return len(line) <= _LONGEST_VALUE and not is_sentence and line[-1] not in ":：,;" and not _ITEM.match(line)


def _alternating(paragraphs: Sequence[_Paragraph]) -> list[tuple[_Paragraph, _Paragraph]]:
    """Short lines as labels and values by turns, if they look so; there may be a title above."""
    lines = [one.lines[0] for one in paragraphs]
    begin = len(lines) % 2
    labels, values = lines[begin::2], lines[begin + 1 :: 2]
    if len(labels) < _FEWEST or len({*labels}) < len(labels) or not all(map(_is_plain_label, labels)):
        return []
    if 2 * sum(map(_is_special, values)) < len(values):
        return []
    if any(is_signature("", label, value) for label, value in zip(labels, values, strict=True)):
        return []
    return list(zip(paragraphs[begin::2], paragraphs[begin + 1 :: 2], strict=True))


def _is_plain_label(line: str) -> bool:
    is_short = len(line) <= _LONGEST_LABEL and len(line.split()) <= _LABEL_WORDS
    return is_short and line[0].isupper() and not _NO_LABEL.search(line) and is_title(line) and not _is_special(line)


def _is_special(line: str) -> bool:
    """Whether a line has a number or an address, or is a name of several words."""
    words = line.split()
    is_name = len(words) > 1 and all(word[0].isupper() for word in words)
    return is_name or any(c.isdigit() or c == "@" for c in line)
