"""EPUB: the chapters in the order of the spine, each a part, by the walk over HTML."""

import re
from typing import Any
from urllib.parse import unquote

from quotewise.index.errors import DocumentError
from quotewise.index.formats import html
from quotewise.index.formats.archives import Archive, resolved
from quotewise.index.formats.composed import Composer
from quotewise.index.formats.page_encoding import decoded
from quotewise.index.formats.parsed import Parsed

VERSION = 3
Element = Any
_FONT_SCRAMBLING = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


def parse(data: bytes) -> Parsed:
    """Parse an e-book. Raises DocumentError, also where it is encrypted."""
    archive = Archive(data)
    package = _package(archive)
    folder = package.rpartition("/")[0]
    root = archive.tree(package)
    scrambled = _encrypted(archive)
    items = {item.get("id") or "": item for item in root.iterfind("{*}manifest/{*}item")}
    labels = _labels(archive, folder, root, items)
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
        composer.under()
        composer.part("chapter", number, labels.get(path, ""))
        try:
            page, damage = html.read_tree(decoded(archive.read(path)))
        except DocumentError as error:
            composer.problems.append(f"the chapter {path}, which {error}")
            continue
        if page is not None:
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


def _labels(archive: Archive, folder: str, root: Element, items: dict[str, Element]) -> dict[str, str]:
    """What the table of contents calls each chapter, by its path."""
    spine = root.find("{*}spine")
    table = items.get(spine.get("toc") or "") if spine is not None else None
    for item in items.values():
        if "nav" in (item.get("properties") or "").split():
            table = item
    path = resolved(folder, unquote(table.get("href") or "")) if table is not None else ""
    labels: dict[str, str] = {}
    if path not in archive:
        return labels
    try:
        contents = archive.tree(path)
    except DocumentError:
        try:
            contents, _ = html.read_tree(decoded(archive.read(path)))
        except DocumentError:
            return labels
    base = path.rpartition("/")[0]
    links = contents.iter("{*}a", "a") if contents is not None else ()
    entries = [(link.get("href") or "", html.displayed(link)) for link in links]
    for point in contents.iter("{*}navPoint", "navpoint") if contents is not None else ():
        content, label = point.find("{*}content"), point.find("{*}navLabel")
        if content is not None and label is not None:
            entries.append((content.get("src") or "", "".join(label.itertext()).strip()))
    for target, label in entries:
        if not re.match(r"[a-z]+:", target, re.IGNORECASE):
            labels.setdefault(resolved(base, unquote(target.partition("#")[0])), label)
    return labels
