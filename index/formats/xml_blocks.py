"""XML into blocks: what elements say as paragraphs without their tags, and short values together with theirs."""

import re
from dataclasses import dataclass, replace

from quotewise.index.formats.parsed import Block

_BEGINS = re.compile(r"[\ufeff\s]*(?:<\?xml\b|<!DOCTYPE\b|<(?P<root>[A-Za-z_][\w.:-]*+)[\s>])")
_TOKEN = re.compile(
    r"<!--(?P<comment>(?:(?!-->).)*)-->|<!\[CDATA\[(?P<data>(?:(?!\]\]>).)*)\]\]>|<!DOCTYPE[^<>\[\]]*\[[^\]]{0,5000}\]\s*>|<[?!][^<>]*>"
    r"|</(?P<closed>[\w.:-]++)\s*+>|<(?P<opened>[A-Za-z_][\w.:-]*+)(?P<attributes>[^<>]*?)(?P<empty>/?)>|(?P<text>[^<]+|<)",
    re.DOTALL,
)
_DATA = "<![CDATA[", "]]>"
_PAIRS = (("<!--", "-->"), _DATA)
_SAID = frozenset(("title", "description", "summary", "text", "p", "para", "content", "body", "note", "li", "item", "entry"))
"""Elements whose names say nothing of what they hold."""
_PROSE_END = re.compile(r"[.!?…][\"'”’)]*(?:<[^<>]*>)*\Z")
_MANY_WORDS = 12
_VISIBLE = re.compile(r"[^\W_]")
_FEWEST_WORDS = 4
"""Of a text that is read as prose."""
_LONGEST_MIXED = 5_000
"""Characters of a text with elements in it that is one paragraph."""
_TOGETHER = 300
"""Characters of values that are one block."""
_LABEL = 120
_LABELS = 3
_DEPTH_LIMIT = 1_000


@dataclass(slots=True)
class _Element:
    """An open element: where its tag and its content begin, what names it, and which blocks are in it."""

    name: str
    start: int
    content: int
    first_block: int
    has_attributes: bool = False
    has_text: bool = False
    has_elements: bool = False
    label: str = ""


def is_xml(text: str) -> bool:
    """Whether a text is XML as a whole, rather than lines of which the first begins like a tag, and ends what it begins."""
    begins = _BEGINS.match(text)
    if any(text.rfind(opens) > text.rfind(closes) for opens, closes in _PAIRS):
        return False
    return begins is not None and (not begins["root"] or text.rstrip().endswith(f"</{begins['root']}>"))


def xml_blocks(text: str) -> tuple[Block, ...] | None:
    """The blocks of a text in XML; None where its elements are nested too deep.

    Each stands under the first short values of the elements around it, such as a title.
    """
    blocks: list[Block] = []
    opened = [_Element("", 0, 0, 0)]
    for token in _TOKEN.finditer(text):
        top = opened[-1]
        if token["opened"] and not token["empty"]:
            _holds_element(blocks, text, opened)
            if len(opened) > _DEPTH_LIMIT:
                return None
            opened.append(_Element(token["opened"], token.start(), token.end(), len(blocks), "=" in token["attributes"]))
        elif token["opened"]:
            _holds_element(blocks, text, opened)
            if "=" in token["attributes"]:
                _add(blocks, text, *token.span(), opened)
        elif token["closed"]:
            depth = next(
                (n for n in range(len(opened) - 1, max(0, len(opened) - 9), -1) if opened[n].name == token["closed"]), 0
            )
            while depth and len(opened) > depth:
                _close(blocks, text, opened, *token.span())
        else:
            kind = "comment" if token["comment"] else "data" if token["data"] else "text"
            if token[kind] and _VISIBLE.search(token[kind]):
                top.has_text = top.has_text or kind != "comment"
                _add(blocks, text, *token.span(kind), opened, is_value=False)
    while len(opened) > 1:
        _close(blocks, text, opened, len(text), len(text))
    return tuple(blocks)


def _holds_element(blocks: list[Block], text: str, opened: list[_Element]) -> None:
    """Note that the innermost element has an element in it, so that its tag is no part of a value but a block before that."""
    one = opened[-1]
    one.has_elements = True
    if one.has_attributes:
        one.has_attributes = False
        within = blocks[one.first_block :]
        del blocks[one.first_block :]
        _add(blocks, text, one.start, one.content, opened[:-1] or opened)
        blocks += within


def _close(blocks: list[Block], text: str, opened: list[_Element], start: int, end: int) -> None:
    """End the innermost element, whose content ends at ``start`` and whose tag ends at ``end``."""
    one = opened[-1]
    is_long = start - one.content > _LONGEST_MIXED
    if one.has_text and (not one.has_elements or not is_long):
        del blocks[one.first_block :]
        inner = text[one.content : start]
        first, last = start - len(inner.lstrip()), one.content + len(inner.rstrip())
        first += len(_DATA[0]) * text.startswith(_DATA[0], first)
        last -= len(_DATA[1]) * text.endswith(_DATA[1], first, last)
        shown = text[first:last]
        words = len(shown.split(maxsplit=_MANY_WORDS))
        is_told = (
            words >= _MANY_WORDS or one.name.lower() in _SAID or bool(_PROSE_END.search(shown, max(0, len(shown) - _LABEL)))
        )
        is_prose = is_told and words >= _FEWEST_WORDS
        opened.pop()
        if len(opened) > 1 and not opened[-1].label and not one.has_elements:
            opened[-1].label = f"{one.name}: {' '.join(shown.split())}"[:_LABEL]
        if is_prose:
            _add(blocks, text, first, last, opened, is_value=False)
        else:
            _add(blocks, text, one.start, end, opened)
    else:
        opened.pop()
        if one.has_attributes and len(blocks) == one.first_block:
            _add(blocks, text, one.start, one.content, opened)


def _add(blocks: list[Block], text: str, start: int, end: int, opened: list[_Element], is_value: bool = True) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if not _VISIBLE.search(text, start, end):
        return
    heading = tuple(one.label for one in opened if one.label)[-_LABELS:]
    if is_value and blocks and len(blocks) > opened[-1].first_block and blocks[-1].kind == "code":
        last = blocks[-1]
        if last.heading == heading and end - last.start <= _TOGETHER and not text[last.end : start].strip():
            blocks[-1] = replace(last, end=end, by_line="\n" in text[last.start : end])
            return
    blocks.append(Block(start, end, heading, is_value and "\n" in text[start:end], kind="code" if is_value else "paragraph"))
