"""Zip files and XML within bounds: what grows beyond them is named, and nothing outside the file is ever read."""

import re
import zipfile
import zlib
from io import BytesIO
from typing import Any

from lxml import etree

from quotewise.index.errors import DocumentError, PasswordError

Element = Any
MEMBER_LIMIT = 80_000_000
"""Uncompressed bytes of one member."""
_NODE_LIMIT = 3_000_000
"""Tags and attributes of a tree: some 550 MB of memory, or 8,000 pages."""
TOTAL_LIMIT = 200_000_000
_MEMBERS_LIMIT = 20_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"
_STRICT = b"http://purl.oclc.org/ooxml/"
_STRICT_NAME = re.compile(_STRICT + rb"(\w+)")
"""The names of ISO/IEC 29500 Strict, which say the same as those that Office writes."""


class Archive:
    """A zip file whose members are read one by one, within ``MEMBER_LIMIT`` each and ``TOTAL_LIMIT`` together.

    Raises:
        DocumentError: the bytes are no zip file, it is encrypted, damaged or grows beyond the limits.
    """

    def __init__(self, data: bytes) -> None:
        if data.startswith(_OLE):
            if _ENCRYPTED in data:
                raise PasswordError
            raise DocumentError("is a file of an older version of Office under a newer ending; save it again in the new format")
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
            infos = self._zip.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError) as error:
            cut = data.startswith(b"PK\x03\x04")
            reason = "is damaged: its zip directory is missing, as in a file that was cut off" if cut else "is no zip file"
            raise DocumentError(reason) from error
        if len(infos) > _MEMBERS_LIMIT:
            raise DocumentError(f"holds {len(infos):,} members; at most {_MEMBERS_LIMIT:,} are read")
        self._infos = {info.filename.lstrip("/").replace("\\", "/"): info for info in infos}
        self._folded = {name.casefold(): name for name in self._infos}
        self._left = TOTAL_LIMIT

    @property
    def names(self) -> list[str]:
        """The members, in the order of the directory."""
        return list(self._infos)

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._folded

    def read(self, name: str) -> bytes:
        """The bytes of a member, by its name in any case. Raises DocumentError, also where there is none."""
        known = self._folded.get(name.casefold())
        if known is None:
            raise DocumentError(f"is damaged: it has no member {name[:200]}")
        info = self._infos[known]
        if info.flag_bits & 1:
            raise PasswordError
        limit = min(MEMBER_LIMIT, self._left)
        try:
            with self._zip.open(info) as file:
                data = file.read(limit + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError) as error:
            raise DocumentError(f"is damaged: its member {known[:200]} cannot be unpacked ({error})") from error
        if len(data) > limit:
            raise DocumentError(f"is stopped at a limit: its member {known[:200]} unpacks to more than {limit:,} bytes")
        self._left -= len(data)
        return data

    def tree(self, name: str) -> Element:
        """The root element of a member in XML. Raises DocumentError."""
        data = self.read(name)
        if _STRICT in data[:20_000]:
            data = _STRICT_NAME.sub(rb"http://schemas.openxmlformats.org/\1/2006", data)
        return xml_tree(data, name)

    def tree_or_none(self, name: str) -> Element | None:
        """The same, or None where there is no such member."""
        return self.tree(name) if name in self else None


def xml_tree(data: bytes, name: str) -> Element:
    """The root element of XML; entities are not resolved, and nothing is fetched. Raises DocumentError, which names it."""
    size = data.count(b"<") + data.count(b'="')
    if size > _NODE_LIMIT:
        raise DocumentError(f"is stopped at a limit: {name} has {size:,} tags and attributes; at most {_NODE_LIMIT:,} are read")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if "entit" in str(error).lower() and b"<!ENTITY" in data[:100_000]:
            raise DocumentError(f"is stopped at a limit: {name} declares XML entities that grow") from error
        raise not_xml(error, name) from error
    if root is None:
        raise DocumentError(f"is damaged: {name} is no XML")
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and any(True for _ in declared.iterentities()):
        raise DocumentError(f"is stopped at a limit: {name} declares XML entities, which are not resolved")
    return root


def not_xml(error: etree.XMLSyntaxError, name: str) -> DocumentError:
    """Why a member is not read as XML."""
    if "depth" in str(error).lower():
        return DocumentError(f"is stopped at a limit: {name} has elements that are nested deeper than 256")
    return DocumentError(f"is damaged: {name} is no XML ({str(error)[:120]})")


def relations(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    """The parts that a part of an Office file refers to, by id, each as the last word of its type and its path."""
    folder, _, name = part.rpartition("/")
    root = archive.tree_or_none(f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels")
    found: dict[str, tuple[str, str]] = {}
    for relation in root if root is not None else ():
        if isinstance(relation.tag, str) and relation.get("TargetMode") != "External":
            kind = (relation.get("Type") or "").rpartition("/")[2]
            found[relation.get("Id") or ""] = kind, resolved(folder, relation.get("Target") or "")
    return found


def resolved(folder: str, target: str) -> str:
    """A path inside an archive, relative to a folder in it."""
    steps = [] if target.startswith("/") else [step for step in folder.split("/") if step]
    for step in target.split("/"):
        if step == "..":
            del steps[-1:]
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)


def main_part(archive: Archive, usual: str, kind: str) -> str:
    """The part that an Office file says is its main one, or else the usual one of its kind. Raises DocumentError without."""
    named = (path for relation, path in relations(archive, "").values() if relation == "officeDocument")
    found = next((path for path in (next(named, usual), usual) if path in archive), None)
    if found is None:
        raise DocumentError(f"is no {kind}: it has no {usual}")
    return found


def document_properties(archive: Archive) -> tuple[str | None, dict[str, str]]:
    """The title of an Office file, and its author and subject."""
    try:
        root = archive.tree_or_none("docProps/core.xml")
    except DocumentError:
        return None, {}
    values = {
        e.tag.rpartition("}")[2]: (e.text or "").strip() for e in (root if root is not None else ()) if isinstance(e.tag, str)
    }
    entries = {name: values[key] for key, name in (("creator", "author"), ("subject", "subject")) if values.get(key)}
    return values.get("title") or None, entries
