"""What a chart in an Office file says is read as a table, whatever workbook is kept inside the file."""

import zipfile
from io import BytesIO

import pytest

from quotewise.index.formats.archives import Archive
from tests.index.formats.files import block, parse_document, relations, texts, xlsx, zipped

_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DGM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
_LINKS = f'<c:chart xmlns:c="{_C}" r:id="r1"/><dgm:relIds xmlns:dgm="{_DGM}" r:dm="r2"/>'


def _cached(kind: str, code: str, values: list[str]) -> str:
    points = "".join(f'<c:pt idx="{n}"><c:v>{value}</c:v></c:pt>' for n, value in enumerate(values))
    return f"<c:{kind}><c:formatCode>{code}</c:formatCode>{points}</c:{kind}>"


def _series(name: str, code: str, values: list[str]) -> str:
    months = _cached("numCache", "mmm\\ yyyy", ["45292", "45323"])
    named = f"<c:tx><c:strRef><c:strCache><c:pt idx='0'><c:v>{name}</c:v></c:pt></c:strCache></c:strRef></c:tx>"
    return f"<c:ser>{named}<c:cat>{months}</c:cat><c:val>{_cached('numCache', code, values)}</c:val></c:ser>"


CHART = (
    f'<c:chartSpace xmlns:c="{_C}" xmlns:a="{_A}"><c:title><a:p><a:r><a:t>Orders by month</a:t></a:r></a:p></c:title>'
    f"{_series('Orders', '#,##0', ['1250.0', '1400.0'])}{_series('Returned', '0%', ['0.04', '0.055'])}</c:chartSpace>"
)
DIAGRAM = f'<d xmlns:a="{_A}"><a:p><a:r><a:t>Order, pack, send</a:t></a:r></a:p></d>'
RELATED = {"r1": ("chart", "chart1.xml"), "r2": ("diagramData", "data1.xml")}


def _presentation() -> dict[str, str | bytes]:
    frame = f"<p:graphicFrame><a:graphic>{_LINKS}</a:graphic></p:graphicFrame>"
    return {
        "ppt/presentation.xml": f'<p:presentation xmlns:p="{_P}" xmlns:r="{_R}"><p:sldId r:id="s"/></p:presentation>',
        "ppt/_rels/presentation.xml.rels": relations({"s": ("slide", "slide1.xml")}),
        "ppt/slide1.xml": f'<p:sld xmlns:p="{_P}" xmlns:a="{_A}" xmlns:r="{_R}"><p:cSld><p:spTree>{frame}</p:spTree></p:cSld>'
        "</p:sld>",
        "ppt/_rels/slide1.xml.rels": relations(RELATED),
        "ppt/chart1.xml": CHART,
        "ppt/data1.xml": DIAGRAM,
    }


def _document() -> dict[str, str | bytes]:
    return {
        "word/document.xml": f'<w:document xmlns:w="{_W}" xmlns:r="{_R}"><w:body><w:p><w:r><w:drawing>{_LINKS}</w:drawing>'
        "</w:r></w:p></w:body></w:document>",
        "word/_rels/document.xml.rels": relations(RELATED),
        "word/chart1.xml": CHART,
        "word/data1.xml": DIAGRAM,
    }


@pytest.mark.parametrize(("path", "members"), [("a.pptx", _presentation()), ("a.docx", _document())])
def test_charts_and_diagrams_are_read_as_they_are_displayed(path: str, members: dict[str, str | bytes]) -> None:
    document = parse_document(path, zipped(members))
    rows = "| Orders | Returned\nJan 2024 | 1,250 | 4%\nFeb 2024 | 1,400 | 6%"
    assert texts(document) == ["Orders by month", rows, "Order, pack, send"]
    assert block(document, "Feb 2024").heading == ("| Orders | Returned",)


def test_a_chart_in_a_cell_of_a_table_stands_after_it() -> None:
    cells = "".join(
        f"<w:tc><w:p><w:r>{inside}</w:r></w:p></w:tc>" for inside in ("<w:t>North</w:t>", f"<w:drawing>{_LINKS}</w:drawing>")
    )
    body = f"<w:tbl><w:tr>{cells}</w:tr></w:tbl><w:p><w:r><w:t>The end.</w:t></w:r></w:p>"
    document = f'<w:document xmlns:w="{_W}" xmlns:r="{_R}"><w:body>{body}</w:body></w:document>'
    read = texts(parse_document("a.docx", zipped({**_document(), "word/document.xml": document})))
    assert [read[0], read[1], read[-2:]] == ["North", "Orders by month", ["Order, pack, send", "The end."]]


def test_a_chart_in_a_header_is_looked_up_among_the_parts_of_the_header() -> None:
    header = f'<w:hdr xmlns:w="{_W}" xmlns:r="{_R}"><w:p><w:r><w:drawing>{_LINKS}</w:drawing></w:r></w:p></w:hdr>'
    body = "<w:p><w:r><w:t>The text.</w:t></w:r></w:p>"
    members: dict[str, str | bytes] = {
        "word/document.xml": f'<w:document xmlns:w="{_W}" xmlns:r="{_R}"><w:body>{body}</w:body></w:document>',
        "word/_rels/document.xml.rels": relations({"r1": ("header", "header1.xml")}),
        "word/header1.xml": header,
        "word/_rels/header1.xml.rels": relations({"r1": ("chart", "chart1.xml")}),
        "word/chart1.xml": CHART,
    }
    read = texts(parse_document("a.docx", zipped(members)))
    assert read[:2] == ["The text.", "Orders by month"]
    assert read[2].startswith("| Orders | Returned")


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_the_workbook_of_a_chart_does_not_make_a_workbook_of_the_presentation(compression: int) -> None:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in _presentation().items():
            archive.writestr(name, content)
        archive.writestr("ppt/embeddings/Microsoft_Excel_Sheet1.xlsx", xlsx({"Sheet1": ""}))
        archive.comment = b"a comment " * 50
    assert Archive(file.getvalue())
    document = parse_document("a.pptx", file.getvalue())
    assert "Orders by month" in document.text
    assert parse_document("renamed.docx", file.getvalue()).media_type == document.media_type
