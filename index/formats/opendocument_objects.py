"""What is embedded in an OpenDocument file (formulas, charts, sheets), and the values of cells that have no text."""

import re
from typing import Any

from quotewise.index.formats.archives import Archive, resolved
from quotewise.index.formats.number_formats import general

Element = Any
MATH = "{http://www.w3.org/1998/Math/MathML}math"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
LINK = "{http://www.w3.org/1999/xlink}href"
_TIME = re.compile(r"P(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d+)?S)?)")


def embedded(archive: Archive | None, link: Element) -> Element | None:
    """The root of an embedded object, which stands in a member of its own or, in flat files, where it is shown.

    Raises DocumentError where it cannot be read.
    """
    inside = next((child for child in link if isinstance(child.tag, str)), None)
    if inside is not None:
        return inside
    folder = resolved("", link.get(LINK) or "")
    path = f"{folder}/content.xml"
    return archive.tree(path) if archive is not None and folder and path in archive else None


def shown_value(cell: Element) -> str:
    """The value of a cell as it is kept for programs, which is all that some of them write."""
    kind = cell.get(f"{_OFFICE}value-type") or ""
    value = cell.get(f"{_OFFICE}value") or ""
    try:
        if kind == "percentage":
            return f"{general(float(value) * 100)}%"
        if kind in ("float", "currency"):
            return " ".join(filter(None, (general(float(value)), cell.get(f"{_OFFICE}currency"))))
    except (ValueError, OverflowError):
        return value
    if kind == "boolean":
        return (cell.get(f"{_OFFICE}boolean-value") or "").upper()
    if kind == "time":
        written = cell.get(f"{_OFFICE}time-value") or ""
        time = _TIME.fullmatch(written)
        return ":".join((part or "0").zfill(2) for part in time.groups()) if time else written
    if kind == "date":
        return (cell.get(f"{_OFFICE}date-value") or "").replace("T", " ")
    return cell.get(f"{_OFFICE}string-value") or ""
