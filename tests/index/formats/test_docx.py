"""A Word document is read as Word shows it with all changes accepted."""

from quotewise.index.errors import DocumentError
from tests.index.formats.files import block, docx, p, parse_document, relations, texts, zipped

_NUMBERED = '<w:numPr><w:ilvl w:val="{}"/><w:numId w:val="1"/></w:numPr>'


def read(body: str, **parts: str):  # noqa: ANN201
    return parse_document("a.docx", docx(body, **parts))


def test_only_accepted_changes_are_read_and_moved_text_once() -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    document = read(
        f"<w:p>{run.format('Rent is ')}<w:del><w:r><w:delText>900</w:delText></w:r></w:del>"
        f"<w:ins>{run.format('950')}</w:ins></w:p>"
        f"<w:p><w:moveFrom>{run.format('Moved.')}</w:moveFrom></w:p><w:p><w:moveTo>{run.format('Moved.')}</w:moveTo></w:p>"
        f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run.format('Joined ')}</w:p>{p('with this.')}"
        "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p/></w:tc></w:tr></w:tbl>"
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>Hidden</w:t></w:r></w:p>"
    )
    assert texts(document) == ["Rent is 950", "Moved.", "Joined with this."]


def test_headings_are_known_by_name_outline_level_and_inheritance() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Own"><w:name w:val="Own"/><w:basedOn w:val="Sub"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Sub"><w:name w:val="Sub"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>'
    )
    document = read(p("Miete", "berschrift1") + p("Höhe", "Own") + p("Sie beträgt 900 Euro."), styles=styles)
    assert block(document, "Sie beträgt").heading == ("Miete", "Höhe")
    assert document.title == "Miete"


def test_lists_and_headings_have_the_numbers_that_word_counts() -> None:
    levels = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for n, (kind, text) in enumerate((("decimal", "%1."), ("lowerLetter", "(%2)"), ("upperRoman", "%1.%3")))
    )
    numbering = (
        f'<w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    depths = (0, 1, 1, 2, 0, 1)
    document = read("".join(p("x", properties=_NUMBERED.format(depth)) for depth in depths), numbering=numbering)
    assert texts(document, "item") == ["1. x", "(a) x", "(b) x", "1.I x", "2. x", "(a) x"]


def test_merged_cells_are_read_once_and_rows_with_their_header() -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"

    begin, go_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    table = (
        f"<w:tbl><w:tr>{cell('Team')}{cell('City')}{cell('Cups')}</w:tr>"
        f"<w:tr>{cell('Blues', begin)}{cell('Riga')}{cell('1')}</w:tr>"
        f"<w:tr>{cell('', go_on)}{cell('Oslo')}{cell('2')}</w:tr></w:tbl>"
    )
    document = read(table)
    assert texts(document) == ["Team | City | Cups\nBlues | Riga | 1", "Oslo | 2"]
    assert block(document, "Oslo").heading == ("Blues", "City | Cups")


def test_cells_merged_as_word_97_did_and_rows_that_begin_further_right_keep_their_columns() -> None:
    def cell(text: str, merge: str = "") -> str:
        return f"<w:tc><w:tcPr>{merge}</w:tcPr>{p(text)}</w:tc>"

    def row(*cells: str, properties: str = "") -> str:
        return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"

    begin, go_on = '<w:hMerge w:val="restart"/>', "<w:hMerge/>"
    skipped = '<w:gridBefore w:val="1"/>'
    table = (
        row(cell("Item"), cell("May"), cell("June"))
        + row(cell("Drinks", begin), cell("", go_on), cell("", go_on))
        + row(cell("Tea"), cell("1"), cell("2"))
        + row(cell("3"), cell("4"), properties=skipped)
    )
    document = read(f"<w:tbl>{table}</w:tbl>")
    assert texts(document) == ["Item | May | June", "Drinks\nTea | 1 | 2\n| 3 | 4"]
    assert block(document, "Tea").heading == ("Drinks", "Item | May | June")


def test_a_table_in_one_of_many_cells_leaves_the_rows_around_it_whole() -> None:
    def table(*rows: tuple[str, ...]) -> str:
        lines = ("".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows)
        return f"<w:tbl>{''.join(f'<w:tr>{line}</w:tr>' for line in lines)}</w:tbl>"

    inner = table((p("May"), p("June")), (p("1"), p("2")))
    document = read(table((p("Item"), p("Sold")), (p("Tea"), f"{p('By month:')}{inner}{p('')}"), (p("Ink"), p("3"))))
    assert texts(document) == ["Item | Sold\nTea | By month: May June 1 2\nInk | 3"]
    assert texts(read(table((p("Left"), inner + p(""))))) == ["Left", "May | June\n1 | 2"]


def test_raised_digits_are_no_part_of_the_number_before_them() -> None:
    raised = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>{}</w:t></w:r>'
    plain = "<w:r><w:t>{}</w:t></w:r>"
    body = plain.format("10") + raised.format("6") + plain.format(" of the 1") + raised.format("st")
    assert texts(read(f"<w:p>{body}</w:p>")) == ["10⁶ of the 1st"]


def test_notes_comments_headers_and_text_boxes_are_tagged() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>In the box.</w:t></w:r></w:p></w:txbxContent>"
    body = (
        '<w:p><w:r><w:t>See</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
        f"<w:p><w:r><mc:AlternateContent><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict>"
        "</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    notes = f'<w:footnote w:id="0">{p("separator")}</w:footnote><w:footnote w:id="2">{p("A note.")}</w:footnote>'
    comments = f'<w:comment w:id="1" w:author="Ann">{p("Why?")}</w:comment>'
    document = read(body, footnotes=notes, comments=comments, header=p("Draft"), footer=p("Page 1"))
    assert [(b.kind, document.text[b.start : b.end]) for b in document.blocks] == [
        ("paragraph", "See[1]"),
        ("paragraph", "In the box."),
        ("footnote", "[1] A note."),
        ("footnote", "Why?"),
        ("header", "Draft"),
        ("footer", "Page 1"),
    ]
    assert block(document, "Why?").heading == ("Comments", "Ann")


def test_strict_names_formulas_and_symbols_are_read() -> None:
    body = (
        "<w:p><w:r><w:t>E=</w:t></w:r><m:oMath><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:r><m:t>b</m:t>"
        "</m:r></m:den></m:f>"
        '</m:oMath><w:r><w:sym w:font="Symbol" w:char="F061"/></w:r>'
        '<w:r><w:sym w:char="F0E0"/><w:noBreakHyphen/><w:softHyphen/><w:t>x</w:t><w:tab/><w:t>y</w:t></w:r></w:p>'
    )
    assert texts(read(body)) == ["E=(a)/(b)α→\u2011x y"]
    strict = (
        f'<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:body>{p("Strict.")}</w:body></w:document>'
    )
    assert texts(parse_document("s.docx", zipped({"word/document.xml": strict}))) == ["Strict."]


def test_another_main_part_is_found_and_external_parts_are_not_fetched() -> None:
    name = "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'"
    members = {
        "_rels/.rels": relations({"a": ("officeDocument", "/doc/main.xml")}),
        "doc/main.xml": f"<w:document {name}><w:body>{p('Here.')}<w:altChunk/></w:body></w:document>",
    }
    document = parse_document("a.docx", zipped(members))
    assert texts(document) == ["Here."] and "inside it" in str(document.unread_part)


def test_a_damaged_part_is_named_and_the_others_are_read() -> None:
    assert texts(read(p("Text."), comments="<w:comment>")) == ["Text."]
    assert "comments" in str(read(p("Text."), comments="<w:comment>").unread_part)
    try:
        read("<w:p>")
    except DocumentError as error:
        assert "is damaged" in str(error)


def test_a_symbol_that_a_field_shows_is_read() -> None:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    def field(instruction: str, result: str = "") -> str:
        return f"{mark('begin')}<w:r><w:instrText>{instruction}</w:instrText></w:r>{mark('separate')}{result}{mark('end')}"

    shown = [field(f"SYMBOL {what}") for what in ("163 \\f &quot;Symbol&quot; \\s 12", "0xB0", "8364 \\u")]
    again, page = field("SYMBOL 97 \\f Symbol", "<w:r><w:t>q</w:t></w:r>"), field("PAGE", "<w:r><w:t>7</w:t></w:r>")
    simple = '<w:fldSimple w:instr=" SYMBOL 179 \\f Symbol"/>'
    document = parse_document("a.docx", docx(f"<w:p>{''.join(shown)}{again}{page}{simple}</w:p>"))
    assert document.text == "≤°€α7≥"


def bold(text: str, size: int = 22) -> str:
    return f'<w:p><w:r><w:rPr><w:b/><w:sz w:val="{size}"/></w:rPr><w:t>{text}</w:t></w:r></w:p>'


def plain(text: str) -> str:
    return f'<w:p><w:r><w:rPr><w:sz w:val="22"/></w:rPr><w:t>{text}</w:t></w:r></w:p>'


def test_lines_that_are_set_as_headings_are_some_without_the_style_of_one() -> None:
    document = read(
        bold("Lease of a flat", 32)
        + plain("This lease is made between Anna Holm and Peter Svensson on 3 March.")
        + bold("2. Rent")
        + plain("The rent is 1,150 pounds a month, payable on the first day of the month.")
        + bold("Keys")
        + "<w:tbl>"
        + "".join(f"<w:tr><w:tc>{plain(a)}</w:tc><w:tc>{plain(b)}</w:tc></w:tr>" for a, b in (("Door", "2"), ("Cellar", "1")))
        + "</w:tbl>"
        + bold("We will pay 2,310 pounds in full settlement.")
        + plain("The payment will reach your account within ten days.")
    )
    assert block(document, "The rent is").heading == ("Lease of a flat", "2. Rent")
    assert block(document, "Door").heading == ("Lease of a flat", "Keys")
    assert block(document, "We will pay").kind == "paragraph" and document.title == "Lease of a flat"


def test_capital_and_numbered_paragraphs_are_headings_and_the_name_below_a_letter_is_none() -> None:
    document = read(
        plain("BACKGROUND")
        + plain("The client runs a chain of cafés and has its machines serviced.")
        + plain("1. Duties")
        + plain("1.1 The employee works as a bookkeeper.")
        + plain("Yours sincerely,")
        + bold("Thomas Reid")
        + plain("Claims Manager")
    )
    assert block(document, "The client").heading == ("BACKGROUND",)
    assert block(document, "1.1 The").heading == ("BACKGROUND", "1. Duties")
    assert block(document, "Thomas Reid").kind == "paragraph"


def test_bold_lines_below_each_other_and_documents_in_bold_type_have_no_headings() -> None:
    address = read(bold("Mill House") + bold("14 Mill Lane") + bold("York") + plain("We wait for you there on Monday at ten."))
    assert {b.kind for b in address.blocks} == {"paragraph"}
    whole = read(bold("The rent rises") + plain("in May") + bold("The deposit stays the same") + plain("for now"))
    assert {b.kind for b in whole.blocks} == {"paragraph"}


def test_cells_of_several_paragraphs_side_by_side_in_one_row_are_no_table() -> None:
    cells = (plain("Brightwater Ltd") + plain("7 Dock Road"), plain("Invoice no.: 318") + plain("Date: 6 June"))
    row = "".join(f"<w:tc>{cell}</w:tc>" for cell in cells)
    document = read(f"<w:tbl><w:tr>{row}</w:tr></w:tbl>{plain('Pay within 30 days.')}")
    assert texts(document)[:4] == ["Brightwater Ltd", "7 Dock Road", "Invoice no.: 318", "Date: 6 June"]


def test_remarks_quotations_captions_entries_of_contents_and_lines_below_a_rule_head_nothing() -> None:
    lines = (
        "“Clause of the old lease”",
        "[Job Title]",
        "NOTE:",
        "Figure 2. Parts of the lock",
        "Chapter 12 – 28, 30, 34, 39",
        '"operation":"SET"',
        "Portland, OR 97201",
        "Oslo, 3. mai 2021",
        "Table of Contents",
    )
    said = plain("The tenant keeps the flat clean and pays for what is broken in it by guests.")
    document = read(bold("1. Keys") + said + "".join(bold(line.replace('"', "&quot;")) + said for line in lines))
    assert {b.heading for b in document.blocks} == {("1. Keys",)}
    signed = read(
        plain("I have read this lease and agree to it.") + plain("____________________") + bold("NAME OF TENANT") + said
    )
    assert not any(b.heading for b in signed.blocks)
    style = '<w:pPr><w:outlineLvl w:val="0"/></w:pPr>'
    listed = read(bold("Rent") + said + bold("Keys") + said + f"<w:p>{style}<w:r><w:t>Rent</w:t></w:r></w:p>{said}")
    assert [b.heading for b in listed.blocks] == [(), (), ("Keys",), ("Keys",), ("Rent",), ("Rent",)]


def test_the_box_of_a_flow_chart_heads_nothing() -> None:
    box = f'<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><w:txbxContent>{bold("A child falls ill")}'
    document = read(
        f"{box}</w:txbxContent></v:shape></w:pict></w:r></w:p>{plain('The school tells the parents of it on the day.')}"
    )
    assert texts(document)[0] == "A child falls ill" and not any(b.heading for b in document.blocks)


def test_boxes_and_lists_of_old_forms_show_their_state() -> None:
    def field(data: str, result: str = "") -> str:
        begin = f'<w:fldChar w:fldCharType="begin"><w:ffData>{data}</w:ffData></w:fldChar>'
        shown = f'<w:fldChar w:fldCharType="separate"/><w:t>{result}</w:t><w:fldChar w:fldCharType="end"/>'
        return f"<w:r>{begin}{shown}</w:r>"

    entries = '<w:listEntry w:val="Junior"/><w:listEntry w:val="Senior"/>'
    fields = [
        field('<w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox>'),
        field('<w:checkBox><w:default w:val="1"/><w:checked w:val="0"/></w:checkBox>'),
        field('<w:checkBox><w:default w:val="1"/></w:checkBox>'),
        field(f'<w:ddList><w:result w:val="1"/>{entries}</w:ddList>'),
        field(f"<w:ddList>{entries}</w:ddList>", "Guest"),
        field(f'<w:ddList><w:result w:val="7"/>{entries}</w:ddList>'),
        field("<w:textInput/>", "Ann"),
    ]
    body = "<w:p>" + "<w:r><w:tab/></w:r>".join(fields) + "</w:p>"
    assert texts(parse_document("form.docx", docx(body))) == ["☒ ☐ ☒ Senior Guest Ann"]


def test_a_drop_cap_is_the_first_letter_of_the_paragraph_below_it() -> None:
    cap = '<w:p><w:pPr><w:framePr w:dropCap="drop" w:lines="3"/></w:pPr><w:r><w:t>D</w:t></w:r></w:p>'
    assert texts(parse_document("a.docx", docx(p("Before.") + cap + p("rop caps are large.")))) == [
        "Before.",
        "Drop caps are large.",
    ]
