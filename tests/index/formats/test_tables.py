"""CSV and workbooks: rows are read with the names of their columns, and values as they are displayed."""

import pytest

from quotewise.index.documents import Document
from quotewise.index.formats.number_formats import BUILT_IN, displayed
from quotewise.index.sentences import Span
from tests.index.formats.files import block, parse_document, sheets_97, texts, xls, xlsx


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_csv_file_is_its_own_text_and_its_rows_have_the_names_of_the_columns(delimiter: str) -> None:
    rows = [["Name", "Price, net", "City"], ["Ann", "1,50", "Oslo"], ["Bob", "2,75", "Riga"]]
    data = "\r\n".join(delimiter.join(f'"{c}"' if delimiter in c else c for c in row) for row in rows)
    document = parse_document("a.csv", data.encode("cp1252"))
    assert document.text == data and block(document, "Bob").heading == ("Name | Price, net | City",)
    assert document.layout.place(Span(data.index("Bob"), len(data))).lines == (3, 3)


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        (["Item,2022,2023", "Rent,400,420", "Heat,90,95"], "Item | 2022 | 2023"),
        (["Country,1990,2000,2010", "Norway,4.2,4.5,4.9"], "Country | 1990 | 2000 | 2010"),
        ([",2022/23,2023/24", "Rent,400,420"], "| 2022/23 | 2023/24"),
        (["Maple,2001,2003", "Oak,2002,2004", "Fir,1995,1999"], None),
        (["Maple,2001,Varna", "Oak,2002,Malmo"], None),
    ],
)
def test_years_name_columns_of_other_numbers(rows: list[str], names: str | None) -> None:
    document = parse_document("a.csv", "\n".join(rows).encode())
    assert document.blocks[0].heading == ((names,) if names else ())


def test_quoted_line_breaks_titles_and_separator_lines_of_csv() -> None:
    document = parse_document("a.csv", b'sep=;\nAll prices;;\nItem;Note;Price\nPie;"warm;\nor cold";3\nTea;"5"" cup";2\n')
    assert texts(document)[0] == "All prices;;"
    assert 'Pie;"warm;\nor cold";3' in texts(document)
    assert block(document, "Pie").heading == ("Item | Note | Price",)
    assert block(document, "Tea").by_line and not block(document, "Pie").by_line
    assert "sep" not in "".join(texts(document))


def test_rows_of_a_workbook_are_parts_with_their_cells() -> None:
    sheet = (
        '<row r="1"><c r="B1" t="s"><v>0</v></c></row><row r="2"><c r="B2" t="inlineStr"><is><t>Team</t></is></c>'
        '<c r="C2" t="str"><v>Share'
        '</v></c></row><row r="3"><c r="B3" t="str"><v>Blues</v></c><c r="C3" s="1"><v>0.025</v></c></row>'
        '<row r="9"><c r="B9" t="b"><v>1</v></c></row>'
    )
    styles = (
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs><numFmts><numFmt numFmtId="164" formatCode="0.0%"/></numFmts>'
    )
    document = parse_document("a.xlsx", xlsx({"Budget": sheet, "Sheet2": ""}, ("All teams",), styles))
    assert texts(document) == ["Budget", "All teams", "Team | Share", "Blues | 2.5%", "TRUE"]
    row = block(document, "Blues")
    assert row.heading == ("Budget", "All teams", "Team | Share")
    place = document.layout.place(Span(row.start, row.end))
    assert place.part is not None and (place.part.kind, place.part.number, place.part.label) == ("row", 3, "Budget!B3:C3")


def sheet_of(*lines: str) -> Document:
    """A workbook of one sheet: rows of cells, which bars part, and of which ``=`` is a formula without a result."""
    rows = ""
    for number, line in enumerate(lines, 1):
        cells = [(f"{chr(65 + n)}{number}", text.strip()) for n, text in enumerate(line.split("|")) if text.strip()]
        shown = (f'<c r="{at}">{"<f>A1</f>" if t == "=" else f"<is><t>{t}</t></is>"}</c>' for at, t in cells)
        rows += f'<row r="{number}">{"".join(shown)}</row>'
    return parse_document("a.xlsx", xlsx({"Sheet1": rows}))


def test_tables_of_a_sheet_that_stand_side_by_side_are_read_one_by_one() -> None:
    document = sheet_of(
        "Income | | | Expenses", "Source | Amount | | Item | Amount", "Fees | 900 | | Rent | 700", "Gifts | 80 | | Post | 60"
    )
    assert texts(document)[:4] == ["Income", "Source | Amount", "Fees | 900", "Gifts | 80"]
    assert block(document, "Rent | 700").heading == ("Sheet1", "Expenses", "Item | Amount")
    place = document.layout.place(Span(document.text.index("Rent"), document.text.index("Rent") + 4))
    assert place.part is not None and place.part.label == "Sheet1!D3:E3"


@pytest.mark.parametrize("last", ["Gifts | 80 | | 60 | 50", "Gifts | 80"])
def test_an_empty_column_within_a_table_does_not_divide_it(last: str) -> None:
    document = sheet_of("Source | May | | June | July", "Fees | 900 | | 700 | 600", last)
    assert "Fees | 900 | 700 | 600" in texts(document)


def test_rows_of_a_sheet_have_the_title_of_their_section_and_the_names_above_a_blank_row() -> None:
    document = sheet_of(
        "Article no. | Name | Price | Stock?",
        "Hoses",
        "A1 | Long | 52 | 3",
        "Pumps",
        "B1 | Deep | 90 | 1",
        "",
        "C1 | Flat | 70 | 2",
    )
    names = "Article no. | Name | Price | Stock?"
    assert block(document, "A1").heading == ("Sheet1", "Hoses", names) and block(document, "C1").heading == ("Sheet1", names)
    assert block(document, "B1").heading == ("Sheet1", "Pumps", names)


def test_names_that_come_again_below_another_title_begin_another_table() -> None:
    names = "Shop | Sales | Staff"
    document = sheet_of("North", names, "Leeds | 120 | 5", "York | 98 | 4", "South", names, "Kent | 143 | 6")
    assert block(document, "Leeds").heading == ("Sheet1", "North", names)
    assert block(document, "Kent").heading == ("Sheet1", "South", names)


def test_formulas_whose_results_a_workbook_does_not_hold_are_reported() -> None:
    document = sheet_of("Loan | Rate", "House | =", "Car | =")
    assert document.unread_part is not None and "results of formulas of the sheet Sheet1 (2)" in document.unread_part


def test_cells_of_a_sheet_that_are_merged_are_read_with_all_their_rows_and_columns() -> None:
    lines = ("A Region B 2023 D 2024", "B Sales C Costs D Profit E Tax", "A North B 1 C 2 D 3 E 4", "B 5 C 6 D 7 E 8")
    rows = ""
    for number, line in enumerate(lines, 1):
        cells = zip(line.split()[::2], line.split()[1::2], strict=True)
        rows += f'<row r="{number}">{"".join(f"""<c r="{at}{number}" t="str"><v>{text}</v></c>""" for at, text in cells)}</row>'
    merged = "".join(f'<mergeCell ref="{ref}"/>' for ref in ("A1:A2", "B1:C1", "D1:E1", "A3:A4"))
    document = parse_document("a.xlsx", xlsx({"Sheet1": f"{rows}</sheetData><mergeCells>{merged}</mergeCells><sheetData>"}))
    assert block(document, "5 | 6").heading == ("Sheet1", "North", "2023 Sales | Costs | 2024 Profit | Tax")
    assert texts(document) == ["Region | 2023 | 2024", "Sales | Costs | Profit | Tax", "North | 1 | 2 | 3 | 4", "5 | 6 | 7 | 8"]


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ((",2024,,2025,", "Region,Sales,Costs,Sales,Costs"), "Region | 2024 Sales | 2024 Costs | 2025 Sales | 2025 Costs"),
        (("Region,Spring,,Autumn,", ",May,June,Sept,Oct"), "Region | Spring May | June | Autumn Sept | Oct"),
        (("Region,,Spring,,Autumn", ",a,b,c,d"), "Region | | Spring | | Autumn"),
        (("Region,Note,,Cost,", "Riga,far,off,low,cheap"), "Region | Note | | Cost"),
    ],
)
def test_names_over_several_columns_need_not_be_merged(lines: tuple[str, str], names: str) -> None:
    document = parse_document("a.csv", "\n".join((*lines, "North,1,2,3,4", "South,5,6,7,8")).encode())
    assert block(document, "South").heading == (names,)


def test_names_over_several_columns_stand_before_each_name_that_comes_again() -> None:
    cells = "<tr><td><td colspan=4>Sales<tr><td><td colspan=2>2024<td colspan=2>2025<tr><td>Region<td>H1<td>H2<td>H1<td>H2"
    page = f"<table>{cells}<tr><td>Riga<td>1<td>2<td>3<td>4<tr><td>Oslo<td>5<td>6<td>7<td>8</table>"
    names = "Region | Sales 2024 H1 | Sales 2024 H2 | Sales 2025 H1 | Sales 2025 H2"
    assert block(parse_document("a.html", page.encode()), "Oslo").heading == (names,)


def test_cells_of_an_old_workbook_that_are_merged_are_read_with_all_their_rows_and_columns() -> None:
    words = "Region 2023 - 2024 -|- Sales Costs Sales Tax|North 1 2 3 4|- 5 6 7 8"
    cells = {(r, c): word for r, line in enumerate(words.split("|")) for c, word in enumerate(line.split()) if word != "-"}
    merged = ((0, 1, 0, 0), (0, 0, 1, 2), (0, 0, 3, 4), (2, 3, 0, 0))
    document = parse_document("a.xls", xls(sheets_97(("Costs", False, cells, merged))))
    assert block(document, "5 | 6").heading == ("Costs", "North", "2023 Sales | Costs | 2024 Sales | Tax")


def test_hidden_rows_and_columns_of_a_workbook_are_reported_and_not_quoted() -> None:
    def row(number: int, texts: str, attributes: str = "") -> str:
        cells = "".join(
            f'<c r="{c}{number}" t="str"><v>{c}{number}{text}</v></c>' for c, text in zip("ABCD", texts, strict=False)
        )
        return f'<row r="{number}" {attributes}>{cells}</row>'

    rows = row(1, "abcd") + row(2, "abcd") + row(3, "abcd", 'hidden="1"') + row(4, "abcd", 'ht="0" customHeight="1"')
    rows += row(5, "abcd", 'hidden="1" outlineLevel="1"') + row(6, "abcd", 'hidden="1"')  # folded, filtered
    columns = '<cols><col min="2" max="2" hidden="1"/><col min="4" max="9" width="0"/></cols>'
    filtered = '<autoFilter ref="A6:D6"><filterColumn colId="0"/></autoFilter>'
    document = parse_document("a.xlsx", xlsx({"Costs": rows}, around=(columns, filtered)))
    assert [text.split(" | ") for text in "\n".join(texts(document, "row")).split("\n")] == [
        [f"A{n}a", f"C{n}c"] for n in (1, 2, 5, 6)
    ]
    assert document.unread_part == "rows 3 to 4 and columns B, D of the sheet Costs, which are hidden"


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheets_of_a_workbook_are_reported_and_not_quoted(state: str) -> None:
    row = '<row r="1"><c r="A1" t="str"><v>{}</v></c></row>'
    sheets = {"Costs": row.format("Tea"), "Rates": row.format("Secret")}
    document = parse_document("a.xlsx", xlsx(sheets, hidden={"Rates": state}))
    assert texts(document) == ["Costs", "Tea"] and document.unread_part == "the sheet Rates, which is hidden"
    old = [(name, name == "Rates", {(0, 0): "Tea" if name == "Costs" else "Secret"}, ()) for name in sheets]
    document = parse_document("a.xls", xls(sheets_97(*old)))
    assert texts(document) == ["Costs", "Tea"] and document.unread_part == "the sheet Rates, which is hidden"
    assert texts(parse_document("a.xlsx", xlsx(sheets, hidden=dict.fromkeys(sheets, state))))[1::2] == ["Tea", "Secret"]


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (0.025, "0.0%", "2.5%"),
        (0.025, "0%", "3%"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (-1599.99, "$#,##0.00;[Red]($#,##0.00)", "($1,599.99)"),
        (-5, "#,##0.00 [$€-407]", "-5.00 €"),
        (1234567, '0.0,,"M"', "1.2M"),
        (198000000, "0.00E+00", "1.98E+08"),
        (2.5, "# ?/?", "2 1/2"),
        (7, "000", "007"),
        (0, '0;-0;"none"', "none"),
        (0.5, ".00", ".50"),
        (45000, BUILT_IN[14], "2023-03-15"),
        (45000.75, "dd.mm.yyyy hh:mm", "15.03.2023 18:00"),
        (39219.18068, '"At "h:mm AM/PM" on "dddd mmmm d", "yyyy', "At 4:20 AM on Thursday May 17, 2007"),
        (1.5, "[h]:mm", "36:00"),
        (1, "yyyy-mm-dd", "1900-01-01"),
        (4155550100, "General", "4155550100"),
        (0.1 + 0.2, "General", "0.3"),
        ("n/a", '0.00;-0.00;0;"("@")"', "(n/a)"),
        (True, "General", "TRUE"),
    ],
)
def test_a_value_is_written_as_its_format_displays_it(value: float | str, code: str, shown: str) -> None:
    assert displayed(value, code) == shown


def test_ten_million_cells_are_stopped_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quotewise.index.formats.xlsx.CELL_LIMIT", 20)
    monkeypatch.setattr("quotewise.index.formats.sandbox._serving", True)  # parsed here, where the limit is lower
    rows = "".join(f'<row r="{n}"><c><v>{n}</v></c><c><v>1</v></c></row>' for n in range(1, 100))
    document = parse_document("a.xlsx", xlsx({"Sheet1": rows}))
    assert "1 | 1" in document.text and "more than 20 cells" in str(document.unread_part)
