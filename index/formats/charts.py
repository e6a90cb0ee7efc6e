"""Charts and diagrams of Office files: their texts, and the values that the file keeps of a chart, as a table."""

from collections.abc import Mapping
from typing import Any

from quotewise.index.formats.archives import Archive
from quotewise.index.formats.composed import Composer
from quotewise.index.formats.number_formats import displayed
from quotewise.index.formats.tables import Cell

Element = Any
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
LINKS = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart", "{*}relIds"
"""The elements of a drawing that refer to a chart or a diagram."""
_MOST_ROWS = 10_000


def add_linked(composer: Composer, archive: Archive, related: Mapping[str, tuple[str, str]], link: Element) -> None:
    """Add what an element refers to, by the ``relations`` of the part that it stands in."""
    for name in ("id", "dm"):
        kind, path = related.get(link.get(f"{_R}{name}") or "", ("", ""))
        if kind == "chart" and path in archive:
            _add_chart(composer, archive.tree(path))
        elif kind == "diagramData" and path in archive:
            for paragraph in archive.tree(path).iter(f"{_A}p"):
                composer.add("".join(paragraph.itertext(f"{_A}t")), "item")


def _add_chart(composer: Composer, chart: Element) -> None:
    for title in chart.iter("{*}title"):
        composer.add(" ".join("".join(p.itertext(f"{_A}t")) for p in title.iter(f"{_A}p")), "caption")
    series = list(chart.iter("{*}ser"))
    names = ["".join(one.xpath("./*[local-name()='tx']//*[local-name()='v']/text()")) for one in series]
    points = [_points(one, "cat", "xVal") for one in series]
    values = [_points(one, "val", "yVal") for one in series]
    categories = next((known for known in points if known), {})
    rows = [[Cell("", is_header=True), *(Cell(name, is_header=True) for name in names)]]
    numbers = sorted({*categories, *(number for one in values for number in one)})[:_MOST_ROWS]
    rows += [[Cell(categories.get(n, "")), *(Cell(one.get(n, "")) for one in values)] for n in numbers]
    if numbers:
        composer.add_table(rows)


def _points(series: Element, *names: str) -> dict[int, str]:
    """The texts or values of a series by their number, as they are displayed."""
    found: dict[int, str] = {}
    for child in series:
        if isinstance(child.tag, str) and child.tag.rpartition("}")[2] in names:
            code = next((kept.text or "" for kept in child.iter("{*}formatCode")), "")
            for point in child.iter("{*}pt"):
                number = point.get("idx", "")
                if number.isdecimal() and len(number) < 7:
                    text, is_number = point.findtext("{*}v") or "", point.getparent().tag.endswith("}numCache")
                    found.setdefault(int(number), _shown(text, point.get("formatCode") or code) if is_number else text)
    return found


def _shown(value: str, code: str) -> str:
    try:
        return displayed(float(value), code)
    except (ValueError, OverflowError):
        return value
