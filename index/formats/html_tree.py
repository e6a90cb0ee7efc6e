"""The tree of an HTML page, within limits. Nothing is fetched."""

import re
from html import unescape
from typing import Any

from lxml import etree

from quotewise.index.errors import DocumentError

Element = Any
"""``lxml.etree._Element``, which has no types."""
_PAGE_LIMIT = 20_000_000
_TAG_LIMIT = 1_500_000
_DEPTH_LIMIT = 2_048
"""Of libxml2."""
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_XML_ENTITIES = frozenset(("amp", "lt", "gt", "quot", "apos"))
_XML_HEAD = re.compile(r"<\?xml[^>]*\?>\s*(?:<!--.*?-->\s*)*(?:<!DOCTYPE[^>\[]*>)?", re.DOTALL)
_FORMATTING = re.compile(r"</?(?:font|b|i|u|s|em|strong|span|small|big|center|tt|a|strike|blink)(?:\s[^<>]*)?>", re.IGNORECASE)


def read_tree(text: str) -> tuple[Element | None, str | None]:
    """The tree of a page, and what was not read of it, if its elements are nested too deep."""
    tags = text.count("<", 0, _PAGE_LIMIT)
    limit = _PAGE_LIMIT if tags <= _TAG_LIMIT else _PAGE_LIMIT * _TAG_LIMIT // tags
    if len(text) > limit:
        root, _ = read_tree(text[:limit])
        return root, f"what follows the first {limit:,} characters of the page"
    if text.lstrip().startswith("<?xml") and (xhtml := _xhtml(text)) is not None:
        return xhtml, None
    root, line = _parsed(text)
    if line is not None:  # most often by formatting that is opened again and again, and never closed
        root, line = _parsed(_FORMATTING.sub("", text))
    damage = f"what follows line {line:,}, where elements are nested deeper than {_DEPTH_LIMIT:,}" if line is not None else None
    if damage and (root is None or not "".join(root.itertext()).strip()):
        raise DocumentError(f"cannot be parsed: elements are nested deeper than {_DEPTH_LIMIT:,}")
    return root, damage


def _xhtml(text: str) -> Element | None:
    """The tree of a page that is XML, where an element can be closed as it is opened; None where it is not."""
    text = _ENTITY.sub(lambda found: unescape(found[0]) if found[1] not in _XML_ENTITIES else found[0], text.lstrip())
    text = _XML_HEAD.sub("", text, count=1)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def _parsed(text: str) -> tuple[Element | None, int | None]:
    parser = etree.HTMLParser(huge_tree=True, no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        root = None
    if root is not None:
        root.extend(list(root.itersiblings()))  # What follows the end of the page is displayed, too.
    limits = [error for error in parser.error_log if error.type_name == "ERR_RESOURCE_LIMIT"]
    return root, limits[0].line if limits else None
