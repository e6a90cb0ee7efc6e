"""Presentations, OpenDocument files and e-books: in reading order, by slides, sheets and chapters."""

import pytest

from quotewise.index.errors import DocumentError
from quotewise.index.sentences import Span
from tests.index.formats.files import block, parse_document, relations, texts, zipped

_PPT = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_ONE, _TWO = "'1'", "'2'"
_ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name if name != "draw" else "drawing"}:1.0"'
    for name in ("office", "text", "table", "style", "draw", "presentation")
)


def shape(*paragraphs: str, kind: str | None = None) -> str:
    placeholder = "" if kind is None else f'<p:ph type="{kind}"/>'
    body = "".join(f"<a:p>{t if '<a:' in t else f'<a:r><a:t>{t}</a:t></a:r>'}</a:p>" for t in paragraphs)
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="1" name="x"/><p:nvPr>{placeholder}</p:nvPr></p:nvSpPr><p:txBody>{body}</p:txBody></p:sp>'
    )


def slide(*shapes: str, root: str = "sld") -> str:
    return f"<p:{root} {_PPT}><p:cSld><p:spTree>{''.join(shapes)}</p:spTree></p:cSld></p:{root}>"


def presented(*shapes: str) -> bytes:
    """A presentation of one slide."""
    members = {
        "ppt/presentation.xml": f"<p:presentation {_PPT}><p:sldId r:id='a'/></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations({"a": ("slide", "slides/slide1.xml")}),
        "ppt/slides/slide1.xml": slide(*shapes),
    }
    return zipped(members)


def test_slides_are_parts_with_titles_tables_groups_and_notes() -> None:
    numbered = "<a:pPr><a:buAutoNum type='alphaLcParenR'/></a:pPr><a:r><a:t>{}</a:t></a:r>"
    cell = "<a:tc{}><a:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></a:txBody></a:tc>"
    table = (
        "<p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tblPr firstRow='1'/>"
        f"<a:tr>{cell.format('', 'City')}{cell.format('', 'Cups')}</a:tr>"
        f"<a:tr>{cell.format(' gridSpan=' + _TWO, 'Riga')}{cell.format(' hMerge=' + _ONE, 'ghost')}</a:tr>"
        "</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
    )
    members = {
        "ppt/presentation.xml": f"<p:presentation {_PPT}><p:sldId r:id='b'/><p:sldId r:id='a'/></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations(
            {"a": ("slide", "slides/slide1.xml"), "b": ("slide", "slides/slide2.xml")}
        ),
        "ppt/slides/slide1.xml": slide(shape("Last"), table),
        "ppt/slides/slide2.xml": slide(
            "<p:grpSp>" + shape("In a group") + "</p:grpSp>",
            shape("The plan", kind="title"),
            shape(numbered.format("One"), numbered.format("Two"), kind="body"),
            shape("3", kind="sldNum"),
        ),
        "ppt/slides/_rels/slide2.xml.rels": relations({"n": ("notesSlide", "../notesSlides/n.xml")}),
        "ppt/notesSlides/n.xml": slide(shape("Say hello.", kind="body"), shape("1", kind="sldNum"), root="notes"),
    }
    document = parse_document("a.pptx", zipped(members))
    assert texts(document) == ["The plan", "In a group", "a) One", "b) Two", "3", "Say hello.", "Last", "City | Cups", "Riga"]
    assert block(document, "Say hello.").heading == ("The plan", "Notes") and block(document, "Say hello.").kind == "footnote"
    place = document.layout.place(Span(document.text.index("Last"), len(document.text)))
    assert place.page == 2


def test_a_line_in_the_largest_letters_is_the_title_of_a_slide_that_has_none_by_its_layout() -> None:
    def sized(text: str, size: int) -> str:
        return f"<a:r><a:rPr sz='{size}'/><a:t>{text}</a:t></a:r>"

    slides = [
        slide(shape("", kind="title"), shape(sized("We pay in June.", 1800)), shape(sized("Payment", 4400))),
        slide(shape(sized("of guests return", 1800)), shape(sized("87 %", 9600))),
        slide(shape(sized("Two", 2400), sized("lines", 2400)), shape(sized("Small", 1200))),
    ]
    members = {
        "ppt/presentation.xml": f"<p:presentation {_PPT}>{''.join(f'<p:sldId r:id={n!r}/>' for n in '012')}</p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations({n: ("slide", f"slides/slide{n}.xml") for n in "012"}),
        **{f"ppt/slides/slide{n}.xml": content for n, content in enumerate(slides)},
    }
    document = parse_document("a.pptx", zipped(members))
    assert texts(document) == ["Payment", "We pay in June.", "of guests return", "87 %", "Two", "lines", "Small"]
    assert block(document, "We pay").heading == ("Payment",) and texts(document, "heading") == ["Payment"]


@pytest.mark.parametrize(
    ("shown", "expected", "unread"),
    [("10", ["One"], "slide 2, which is hidden"), ("01", ["Two"], "slide 1, which is hidden"), ("00", ["One", "Two"], None)],
)
def test_hidden_slides_are_reported_and_not_read_unless_all_are(shown: str, expected: list[str], unread: str | None) -> None:
    slides = [
        slide(shape(name)).replace("<p:sld ", f"<p:sld show='{s}' ") for name, s in zip(("One", "Two"), shown, strict=True)
    ]
    members = {
        "ppt/presentation.xml": f"<p:presentation {_PPT}><p:sldId r:id='0'/><p:sldId r:id='1'/></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations({str(n): ("slide", f"slides/slide{n}.xml") for n in range(2)}),
        **{f"ppt/slides/slide{n}.xml": content for n, content in enumerate(slides)},
    }
    styles = "".join(
        f"<style:style style:name='dp{n}' style:family='drawing-page'><style:drawing-page-properties"
        f" presentation:visibility='{'visible' if s == '1' else 'hidden'}'/></style:style>"
        for n, s in enumerate(shown)
    )
    frames = "".join(
        f"<draw:page draw:style-name='dp{n}'><draw:frame><draw:text-box>"
        f"<text:p>{name}</text:p></draw:text-box></draw:frame></draw:page>"
        for n, name in enumerate(("One", "Two"))
    )
    opened = odf(f"<office:presentation>{frames}</office:presentation>", styles)
    for document in (parse_document("a.pptx", zipped(members)), parse_document("a.odp", opened)):
        assert texts(document) == expected and document.unread_part == unread
        assert document.layout.place(Span(0, 3)).page == (2 if expected == ["Two"] else 1)


def odf(body: str, styles: str = "", meta: str = "", shared: str = "", **members: str) -> bytes:
    content = (
        f"<office:document-content {_ODF}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body>{body}</office:body></office:document-content>"
    )
    members |= {"styles.xml": shared} if shared else {}
    return zipped({"content.xml": content, "META-INF/manifest.xml": meta, **members})


def test_an_opendocument_text_is_read_with_its_lists_notes_and_tables_and_without_deleted_text() -> None:
    styles = (
        '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="a"'
        ' style:num-suffix=")"/>'
        "</text:list-style>"
    )
    body = (
        "<office:text><text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>"
        '<text:h text:outline-level="1">Rent</text:h><text:p>It\n  is<text:s text:c="2"/>900<text:tab/>Euro.'
        '<text:note text:note-class="footnote">'
        "<text:note-citation>1</text:note-citation><text:note-body><text:p>Since May.</text:p></text:note-body>"
        "</text:note></text:p>"
        '<text:list text:style-name="L1"><text:list-item><text:p>One</text:p></text:list-item><text:list-item>'
        "<text:p>Two</text:p>"
        "</text:list-item></text:list><table:table><table:table-header-rows><table:table-row><table:table-cell>"
        "<text:p>City</text:p>"
        "</table:table-cell><table:table-cell><text:p>Cups</text:p></table:table-cell></table:table-row>"
        "</table:table-header-rows>"
        "<table:table-row><table:table-cell><text:p>Riga</text:p></table:table-cell><table:table-cell><text:p>2"
        "</text:p></table:table-cell>"
        "</table:table-row></table:table></office:text>"
    )
    document = parse_document("a.odt", odf(body, styles))
    assert texts(document) == ["Rent", "It is 900 Euro.[1]", "a) One", "b) Two", "City | Cups\nRiga | 2", "[1] Since May."]
    assert block(document, "Riga").heading == ("Rent", "City | Cups")


def test_an_opendocument_sheet_shows_its_values_and_repeats_no_empty_rows() -> None:
    def row(*cells: str, times: int = 1) -> str:
        shown = "".join(f"<table:table-cell>{f'<text:p>{c}</text:p>' if c else ''}</table:table-cell>" for c in cells)
        return f'<table:table-row table:number-rows-repeated="{times}">{shown}</table:table-row>'

    rows = row("Item", "Share") + row("Tea", "2.5%") + row("", times=1048000) + row("End")
    sheet = f'<table:table table:name="Costs">{rows}</table:table>'
    document = parse_document("a.ods", odf(f"<office:spreadsheet>{sheet}</office:spreadsheet>"))
    assert texts(document) == ["Costs", "Item | Share", "Tea | 2.5%", "End"]


def table(*rows: tuple[str, ...]) -> str:
    """A table of OpenDocument of the contents of its cells."""
    cells = ["".join(f"<table:table-cell>{cell}</table:table-cell>" for cell in row) for row in rows]
    return f"<table:table>{''.join(f'<table:table-row>{row}</table:table-row>' for row in cells)}</table:table>"


def note(text: str) -> str:
    cited = f"<text:note-citation>1</text:note-citation><text:note-body><text:p>{text}</text:p></text:note-body>"
    return f'<text:note text:note-class="footnote">{cited}</text:note>'


def test_the_controls_of_a_form_of_opendocument_show_their_values_and_states() -> None:
    form = 'xmlns:form="urn:oasis:names:tc:opendocument:xmlns:form:1.0"'
    controls = (
        '<form:text form:id="c1" form:value="Bob" form:current-value="Alice"/><form:password form:id="c5" form:value="secret"/>'
        '<form:checkbox form:id="c2" form:label="Owns a boat" form:current-state="checked"/>'
        '<form:radio form:id="c3" form:label="Full member"/><form:listbox xml:id="c4"><form:option form:label="Red"/>'
        '<form:option form:label="Blue" form:current-selected="true"/></form:listbox>'
    )
    drawn = "".join(f'<text:p>{name} <draw:control draw:control="c{n}"/></text:p>' for n, name in enumerate("NBFCX", 1))
    body = f"<office:text><office:forms {form}><form:form>{controls}</form:form></office:forms>{drawn}</office:text>"
    assert texts(parse_document("a.odt", odf(body))) == ["N Alice", "B ☒ Owns a boat", "F ☐ Full member", "C Blue", "X"]


def test_a_cell_of_an_opendocument_text_has_its_items_and_boxes_and_its_notes_and_comments_come_once() -> None:
    level = '<text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>'
    items = '<text:list text:style-name="L">{}{}</text:list>'.format(
        *(f"<text:list-item><text:p>{text}</text:p></text:list-item>" for text in ("two", "three"))
    )
    box = "<text:p><draw:frame><draw:text-box><text:p>boxed</text:p></draw:text-box></draw:frame>5</text:p>"
    comment = "<office:annotation><text:p>Sure?</text:p></office:annotation>"
    riga = f"<text:p>Riga{note('Since May.')}</text:p>"
    rows = ("<text:p>City</text:p>", "<text:p>Cups</text:p>"), (riga, items), (comment, box)
    styles = f'<text:list-style style:name="L">{level}</text:list-style>'
    document = parse_document("a.odt", odf(f"<office:text>{table(*rows)}</office:text>", styles))
    assert texts(document) == ["City | Cups\nRiga[1] | 1. two 2. three\n| 5 boxed", "[1] Since May.", "Sure?"]


def test_headings_of_opendocument_have_the_numbers_that_are_counted() -> None:
    levels = (
        '<text:outline-level-style text:level="1" style:num-format="A"/>'
        '<text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2" style:num-suffix=")"/>'
        '<text:outline-level-style text:level="3" style:num-format="" text:display-levels="3"/>'
    )
    heading = '<text:h text:outline-level="{}">x</text:h>'
    body = "".join(map(heading.format, (1, 2, 2, 3, 1, 2))) + '<text:h text:is-list-header="true">x</text:h>'
    outline = f"<text:outline-style>{levels}</text:outline-style>"
    document = parse_document("a.odt", odf(f"<office:text>{body}</office:text>", outline))
    assert texts(document) == ["A x", "A.1) x", "A.2) x", "x", "B x", "B.1) x", "x"]


def test_hidden_text_of_opendocument_is_left_out_and_paragraphs_in_the_style_of_a_heading_are_one() -> None:
    styles = (
        '<style:style style:name="H" style:default-outline-level="2"/><style:style style:name="P" style:parent-style-name="H"/>'
    )
    body = (
        '<text:p text:style-name="P">Terms</text:p><text:section text:display="none"><text:p>no</text:p></text:section>'
        '<text:p>Net<text:hidden-text text:is-hidden="true">no</text:hidden-text>.</text:p>'
    )
    document = parse_document("a.odt", odf(f"<office:text>{body}</office:text>", styles))
    assert texts(document) == ["Terms", "Net."] and block(document, "Net.").heading == ("Terms",)


def test_bold_lines_of_opendocument_that_stand_alone_are_headings() -> None:
    fo = 'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    bold = f'<style:text-properties {fo} fo:font-weight="bold"/>'
    styles = "".join(
        f'<style:style style:name="{name}" style:family="{family}">{bold}</style:style>'
        for name, family in (("B", "paragraph"), ("T", "text"))
    )
    document = parse_document(
        "a.odt",
        odf(
            '<office:text><text:p text:style-name="B">Rent</text:p><text:p>It is 1,150 pounds a month, in advance.</text:p>'
            '<text:p><text:span text:style-name="T">Pets</text:span></text:p><text:p>None may be kept without consent.</text:p>'
            '<text:p><text:span text:style-name="T">Note</text:span> this.</text:p></office:text>',
            styles,
        ),
    )
    assert block(document, "It is").heading == ("Rent",) and block(document, "None").heading == ("Pets",)
    assert block(document, "Note").kind == "paragraph"


def test_raised_digits_of_opendocument_are_no_part_of_the_number_before_them() -> None:
    styles = '<style:style style:name="T"><style:text-properties style:text-position="super 58%"/></style:style>'
    body = '<office:text><text:p>10<text:span text:style-name="T">6</text:span></text:p></office:text>'
    assert texts(parse_document("a.odt", odf(body, styles))) == ["10⁶"]


def test_cells_of_an_opendocument_sheet_without_text_show_their_values_and_comments_say_about_which_they_are() -> None:
    kinds = (
        'float" office:value="5.5',
        'percentage" office:value="0.125',
        'currency" office:currency="EUR" office:value="3',
        'date" office:date-value="2024-03-01T10:00:00',
        'time" office:time-value="PT9H05M00S',
        'boolean" office:boolean-value="true',
        'string" office:string-value="Riga',
    )
    values = "".join(f'<table:table-cell office:value-type="{kind}"/>' for kind in kinds)
    cell = "<office:annotation><text:p>Sure?</text:p></office:annotation><text:p>Tea</text:p>"
    second = f"<table:table-cell/><table:table-cell>{cell}</table:table-cell>"
    rows = f"<table:table-row>{values}</table:table-row><table:table-row>{second}</table:table-row>"
    document = parse_document("a.ods", odf(f"<office:spreadsheet><table:table>{rows}</table:table></office:spreadsheet>"))
    shown = "5.5 | 12.5% | 3 EUR | 2024-03-01 10:00:00 | 09:05:00 | TRUE | Riga"
    assert "\n".join(texts(document)) == f"1\n{shown}\n| Tea\nB2: Sure?"


def test_rows_of_an_opendocument_sheet_are_read_with_the_cell_that_is_merged_over_them() -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<table:table-cell {properties}><text:p>{text}</text:p></table:table-cell>"

    over_two = 'table:number-rows-spanned="2"'
    first = f"{cell('North', over_two)}{cell('Tea')}{cell('5')}"
    lines = (f"{cell('Area')}{cell('Item')}{cell('Cups')}", first, f"<table:covered-table-cell/>{cell('Ink')}{cell('6')}")
    rows = "".join(f"<table:table-row>{line}</table:table-row>" for line in lines)
    document = parse_document("a.ods", odf(f"<office:spreadsheet><table:table>{rows}</table:table></office:spreadsheet>"))
    assert block(document, "Ink | 6").heading == ("1", "North", "Item | Cups")


def test_a_hidden_sheet_of_an_opendocument_is_reported_and_not_quoted() -> None:
    sheets = "".join(
        f'<table:table table:name="{name}" table:style-name="{style}"><table:table-row><table:table-cell>'
        f"<text:p>Of {name}</text:p></table:table-cell></table:table-row></table:table>"
        for name, style in (("Costs", "ta1"), ("Rates", "ta2"))
    )
    styles = "".join(
        f'<style:style style:name="{name}" style:family="table"><style:table-properties table:display="{shown}"/></style:style>'
        for name, shown in (("ta1", "true"), ("ta2", "false"))
    )
    document = parse_document("a.ods", odf(f"<office:spreadsheet>{sheets}</office:spreadsheet>", styles))
    assert texts(document) == ["Costs", "Of Costs"] and document.unread_part == "the sheet Rates, which is hidden"


def test_hidden_rows_and_columns_of_an_opendocument_sheet_are_reported_and_not_quoted() -> None:
    def row(number: int, attributes: str = "") -> str:
        cells = "".join(f"<table:table-cell><text:p>{c}{number}</text:p></table:table-cell>" for c in "ABC")
        return f"<table:table-row {attributes}>{cells}</table:table-row>"

    filtered = 'table:visibility="filter"'
    hidden, folded = 'table:visibility="collapse"', row(5, 'table:visibility="collapse"')
    sheet = (
        f'<table:table table:name="Costs"><table:table-column/><table:table-column {hidden}/><table:table-column/>'
        f"{row(1)}{row(2)}{row(3, hidden)}{row(4, filtered)}"
        f"<table:table-row-group>{folded}</table:table-row-group></table:table>"
    )
    document = parse_document("a.ods", odf(f"<office:spreadsheet>{sheet}</office:spreadsheet>"))
    assert "\n".join(texts(document, "row")).split("\n") == [f"A{n} | C{n}" for n in (1, 2, 4, 5)]
    assert document.unread_part == "row 3 and column B of the sheet Costs, which are hidden"


def test_margins_that_libreoffice_puts_into_every_sheet_are_no_text() -> None:
    header = "<style:header><text:p><text:sheet-name>???</text:sheet-name></text:p></style:header>"
    footer = "<style:footer><text:p>Page <text:page-number>1</text:page-number></text:p></style:footer>"
    own = "<style:footer><text:p>Draft for the board, page <text:page-number>1</text:page-number></text:p></style:footer>"
    styles = f"<office:document-styles {_ODF}>{header}{footer}{own}</office:document-styles>"
    sheet = odf(f"<office:spreadsheet>{table(('<text:p>Tea</text:p>',))}</office:spreadsheet>", shared=styles)
    assert texts(parse_document("a.ods", sheet)) == ["1", "Tea", "Draft for the board, page 1"]


def test_formulas_charts_and_sheets_within_an_opendocument_file_are_read() -> None:
    def shown(number: int) -> str:
        return f'<draw:frame><draw:object xmlns:x="http://www.w3.org/1999/xlink" x:href="./Object {number}"/></draw:frame>'

    def within(body: str) -> str:
        return f"<office:document-content {_ODF}><office:body>{body}</office:body></office:document-content>"

    math = "<math xmlns='http://www.w3.org/1998/Math/MathML'><mfrac><mi>a</mi><mi>b</mi></mfrac></math>"
    values = table(("<text:p/>", "<text:p>Cups</text:p>"), ("<text:p>Riga</text:p>", "<text:p>2</text:p>"))
    names = 'xmlns:chart="urn:oasis:names:tc:opendocument:xmlns:chart:1.0"'
    title = f"<chart:chart {names}><chart:title><text:p>Trade</text:p></chart:title>{values}</chart:chart>"
    chart, sheet = f"<office:chart>{title}</office:chart>", f"<office:spreadsheet>{values}</office:spreadsheet>"
    objects = (math, within(chart), within(sheet))
    shows = f"<text:p>{shown(1)}</text:p><text:p>{shown(2)}</text:p>"
    body = f"<office:text><text:p>It is {shown(0)}.</text:p>{shows}</office:text>"
    document = parse_document("a.odt", odf(body, **{f"Object {n}/content.xml": text for n, text in enumerate(objects)}))
    assert texts(document) == ["It is (a)/(b).", "Trade", "| Cups\nRiga | 2", "| Cups\nRiga | 2"]


def test_an_opendocument_file_may_be_one_file_of_xml() -> None:
    meta = '<office:meta><dc:title xmlns:dc="http://purl.org/dc/elements/1.1/">Rent</dc:title></office:meta>'
    body = "<office:body><office:text><text:p>It is 900 Euro.</text:p></office:text></office:body>"
    document = parse_document("a.fodt", f'<?xml version="1.0"?><office:document {_ODF}>{meta}{body}</office:document>'.encode())
    assert texts(document) == ["It is 900 Euro."] and document.title == "Rent"


def test_encrypted_files_need_a_password() -> None:
    names = "EncryptedPackage".encode("utf-16-le")
    encrypted = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + names
    for path in ("a.docx", "b.xlsx", "c.pptx"):
        with pytest.raises(DocumentError, match="needs a password"):
            parse_document(path, encrypted)


def test_chapters_of_an_e_book_come_in_the_order_of_the_spine() -> None:
    container = "<container><rootfiles><rootfile full-path='OPS/a.opf'/></rootfiles></container>"
    package = (
        "<package xmlns='http://www.idpf.org/2007/opf' xmlns:dc='http://purl.org/dc/elements/1.1/'><metadata>"
        "<dc:title>The Sea</dc:title>"
        "<dc:creator>Ann</dc:creator></metadata><manifest><item id='b' href='b%20c.xhtml'"
        " media-type='application/xhtml+xml'/><item id='a' "
        "href='a.xhtml' media-type='application/xhtml+xml'/><item id='n' href='n.ncx'"
        " media-type='application/x-dtbncx+xml'/></manifest>"
        "<spine toc='n'><itemref idref='b'/><itemref idref='a'/></spine></package>"
    )
    ncx = (
        "<ncx><navMap><navPoint><navLabel><text>Chapter One</text></navLabel><content src='b%20c.xhtml#x'/>"
        "</navPoint></navMap></ncx>"
    )
    page = (
        "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><head><title/></head><body><h1>{}</h1>"
        "<p>{}</p></body></html>"
    )
    members = {
        "META-INF/container.xml": container,
        "OPS/a.opf": package,
        "OPS/n.ncx": ncx,
        "OPS/a.xhtml": page.format("Two", "He left."),
        "OPS/b c.xhtml": page.format("One", "She came."),
    }
    document = parse_document("a.epub", zipped(members))
    assert texts(document) == ["One", "She came.", "Two", "He left."] and document.title == "The Sea"
    part = document.layout.place(Span(5, 9)).part
    assert part is not None and (part.kind, part.number, part.label) == ("chapter", 1, "Chapter One")


def test_a_chapter_without_headings_has_those_of_the_table_of_contents() -> None:
    pages = {
        "a": "<p id='x'>PART ONE</p><p>She came.</p><div><p id='y'>The sea</p></div><p>He left.</p>",
        "b": "<p>It rained.</p>",
        "c": "<p><img src='title.png'/></p><p>They met.</p>",
    }
    manifest = "".join(f"<item id='{name}' href='{name}.html' media-type='application/xhtml+xml'/>" for name in pages)
    manifest += "<item id='n' href='n.html' properties='nav' media-type='application/xhtml+xml'/>"
    spine = "".join(f"<itemref idref='{name}'/>" for name in pages)
    link = "<li><a href='{}'>{}</a>{}</li>"
    entries = link.format("a.html#x", "Part One", f"<ol>{link.format('a.html#y', 'The Sea', '')}</ol>")
    entries += link.format("c.html", "The End", "")
    nav = f"<nav epub:type='toc'><ol>{entries}</ol></nav><nav epub:type='landmarks'><a href='b.html'>Start</a></nav>"
    members = {
        "a.opf": f"<package><manifest>{manifest}</manifest><spine>{spine}</spine></package>",
        "n.html": f"<html xmlns='http://www.w3.org/1999/xhtml' xmlns:epub='http://www.idpf.org/2007/ops'>{nav}</html>",
        **{f"{name}.html": f"<html><body>{body}</body></html>" for name, body in pages.items()},
    }
    document = parse_document("a.epub", zipped(members))
    assert texts(document, "heading") == ["PART ONE", "The sea"]
    headings = {document.text[b.start : b.end]: b.heading for b in document.blocks if b.kind == "paragraph"}
    assert headings == {
        "She came.": ("PART ONE",),
        "He left.": ("PART ONE", "The sea"),
        "It rained.": ("PART ONE", "The sea"),
        "They met.": ("The End",),
    }
