"""EPUB: the chapters in the order of the spine, each a part, by the walk over HTML.

A chapter without headings has those that the table of contents says stand in it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import unquote

from quotewise.index.errors import DocumentError
from quotewise.index.formats import html
from quotewise.index.formats.archives import Archive, resolved
from quotewise.index.formats.composed import Composer
from quotewise.index.formats.html_tree import read_tree
from quotewise.index.formats.page_encoding import decoded
from quotewise.index.formats.parsed import Parsed

VERSION = 5
Element = Any
_OPS, _XHTML = "{http://www.idpf.org/2007/ops}", "{http://www.w3.org/1999/xhtml}"
_MOST_BLOCKS_TO_A_HEADING = 8
_MOST_ENTRIES = 20_000
_LEVELS = 6
_FONT_SCRAMBLING = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of the table of contents: where it leads, and how deep it stands."""

    path: str
    place: str
    label: str
    level: int


def parse(data: bytes) -> Parsed:
    """Parse an e-book. Raises DocumentError, also where it is encrypted."""
    archive = Archive(data)
    package = _package(archive)
    folder = package.rpartition("/")[0]
    root = archive.tree(package)
    scrambled = _encrypted(archive)
    items = {item.get("id") or "": item for item in root.iterfind("{*}manifest/{*}item")}
    contents: dict[str, list[_Entry]] = {}
    for entry in islice(_contents(archive, folder, root, items), _MOST_ENTRIES):
        contents.setdefault(entry.path, []).append(entry)
    composer = Composer("epub", VERSION)
    number = 0
    for reference in root.iterfind("{*}spine/{*}itemref"):
        item = items.get(reference.get("idref") or "")
        path = resolved(folder, unquote(item.get("href") or "")) if item is not None else ""
        kind = item.get("media-type") or "" if item is not None else ""
        if path in scrambled:
            raise DocumentError("is encrypted, as shops protect their books; only its shop's programs can read it")
        if path not in archive or ("html" not in kind and not path.lower().endswith((".html", ".xhtml", ".htm", ".xml"))):
            if "image" not in kind:
                composer.problems.append(f"the chapter {path or reference.get('idref')}, which is missing or is no HTML")
            continue
        number += 1
        entries = contents.get(path, [])
        composer.part("chapter", number, entries[0].label if entries else "")
        try:
            page, damage = read_tree(decoded(archive.read(path)))
        except DocumentError as error:
            composer.problems.append(f"the chapter {path}, which {error}")
            continue
        if page is not None:
            has_headings = any(True for _ in _local(page, *(f"h{level}" for level in range(1, _LEVELS + 1))))
            if entries or has_headings:  # else it goes on with the chapter before
                composer.under()
            if entries and not has_headings and not _mark_headings(page, entries):
                composer.under(entries[0].label)
            html.walk(page, composer)
        if damage:
            composer.problems.append(f"of {path} {damage}")
    title = root.findtext("{*}metadata/{http://purl.org/dc/elements/1.1/}title")
    author = ", ".join(filter(None, (e.text for e in root.iter("{http://purl.org/dc/elements/1.1/}creator"))))
    return composer.finish(title, {"author": author})


def _package(archive: Archive) -> str:
    if "META-INF/container.xml" in archive:
        for file in archive.tree("META-INF/container.xml").iter("{*}rootfile"):
            path = unquote(file.get("full-path") or "")
            if path in archive:
                return path
    package = next((name for name in archive.names if name.lower().endswith(".opf")), None)
    if package is None:
        raise DocumentError("is no e-book: it has no package file (.opf)")
    return package


def _encrypted(archive: Archive) -> set[str]:
    """The members that are encrypted, fonts that are only scrambled left out."""
    root = archive.tree_or_none("META-INF/encryption.xml")
    found = set()
    for data in root.iter("{*}EncryptedData") if root is not None else ():
        method = data.find("{*}EncryptionMethod")
        if method is None or method.get("Algorithm") not in _FONT_SCRAMBLING:
            found |= {unquote(reference.get("URI") or "") for reference in data.iter("{*}CipherReference")}
    return found


def _contents(archive: Archive, folder: str, root: Element, items: dict[str, Element]) -> Iterator[_Entry]:
    """The table of contents, in its order."""
    spine = root.find("{*}spine")
    table = items.get(spine.get("toc") or "") if spine is not None else None
    for item in items.values():
        if "nav" in (item.get("properties") or "").split():
            table = item
    path = resolved(folder, unquote(table.get("href") or "")) if table is not None else ""
    if path not in archive:
        return
    try:
        contents = archive.tree(path)
    except DocumentError:
        try:
            contents, _ = read_tree(decoded(archive.read(path)))
        except DocumentError:
            return
    if contents is None:
        return
    base = path.rpartition("/")[0]
    lists = [nav for nav in _local(contents, "nav") if "toc" in (nav.get(f"{_OPS}type") or nav.get("epub:type") or "")]
    for link in (link for nav in lists or [contents] for link in _local(nav, "a")):
        depth = sum(1 for above in link.iterancestors() if above.tag in ("ol", f"{_XHTML}ol"))
        yield from _entry(base, link.get("href"), html.displayed(link), depth)
    for point in _local(contents, "navpoint"):
        target, label = (next((child for child in point if _name(child) == name), None) for name in ("content", "navlabel"))
        if target is not None and label is not None:
            depth = 1 + sum(1 for above in point.iterancestors() if _name(above) == "navpoint")
            yield from _entry(base, target.get("src"), " ".join("".join(label.itertext()).split()), depth)


def _entry(base: str, target: str | None, label: str, depth: int) -> Iterator[_Entry]:
    if target and label and not re.match(r"[a-z]+:", target, re.IGNORECASE):
        path, _, place = target.partition("#")
        yield _Entry(resolved(base, unquote(path)), unquote(place), label, min(max(depth, 1), _LEVELS))


def _mark_headings(page: Element, entries: list[_Entry]) -> bool:
    """Make headings of the paragraphs that entries of the table of contents name; whether there was any."""
    order = {element: number for number, element in enumerate(page.iter())}
    places = {element.get("id"): number for element, number in order.items() if element.get("id")}
    blocks = [block for block in _local(page, "p", "div") if sum(1 for _ in islice(_local(block, "p", "div"), 2)) == 1]
    ends = [order[block] + sum(1 for _ in block.iter()) for block in blocks]
    marked = False
    for entry in entries:
        first = bisect_right(ends, places.get(entry.place, 0))
        for block in blocks[first : first + _MOST_BLOCKS_TO_A_HEADING]:
            if _letters("".join(block.itertext())) == _letters(entry.label) != "":
                block.tag = f"{block.tag.rpartition('}')[0]}}}h{entry.level}".lstrip("}")
                marked = True
                break
    return marked


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _local(element: Element, *names: str) -> Iterator[Element]:
    """The elements of these names, in any namespace, within an element, which is one of them."""
    return (one for one in element.iter() if _name(one) in names)
