"""A document's text in a readable form: headings, lists, tables and code, with the offsets of the text, and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.browser import check, opened, text_of, without_breaks
from tests.api.conftest import indexed
from tests.index.formats.files import docx, p, xlsx, zipped

HEADING = '<w:style w:type="paragraph" w:styleId="h1"><w:name w:val="heading 1"/></w:style>'
TABLE = "".join(
    f"<w:tr>{''.join(f'<w:tc>{p(cell)}</w:tc>' for cell in row)}</w:tr>"
    for row in (("Room", "Rent"), ("Attic", "300 euros"), ("Cellar", "90 euros"))
)
ROWS = (("Item", "Price"), ("Boat 🛶", "480 euros"), ("Oar", "30 euros"))
CELLS = ["".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) for row in ROWS]
HTML = """<title>Guide</title><script>alert(1)</script><h1>Guide to the mill</h1>
<p>Open <b>daily</b>.<p>&lt;script&gt;alert(2)&lt;/script&gt;<img src="http://203.0.113.9/x.png" onerror="alert(3)">
<ul><li>Flour 🌾<li>Bran</ul><table><tr><th>Day<th>Hours
<tr><td>Monday<td>9 to 5<tr><td>Sunday<td>closed</table><pre>turn(\n  wheel)</pre><iframe src="http://203.0.113.9/"></iframe>"""
MARKDOWN = """---
author: Smith
---
# Tea 🍵

Tea was **first** drunk in `China`, says [Ann](http://203.0.113.9/).

- black
- ![green](http://203.0.113.9/x.png)

| Tea | Price |
|-----|------:|
| Oolong | 5 |

```sh
brew --hot <b>tea</b>
```
"""
EPUB = {
    "META-INF/container.xml": "<container><rootfiles><rootfile full-path='a.opf'/></rootfiles></container>",
    "a.opf": "<package xmlns='http://www.idpf.org/2007/opf'><metadata/><manifest><item id='a' href='a.xhtml' "
    "media-type='application/xhtml+xml'/></manifest><spine><itemref idref='a'/></spine></package>",
    "a.xhtml": "<html xmlns='http://www.w3.org/1999/xhtml'><body><h1>The Sea</h1><p>She left at dawn.</p></body></html>",
}
FILES = {
    "guide.html": HTML.encode(),
    "tea.md": MARKDOWN.encode(),
    "rules.docx": docx(p("House rules", "h1") + p("The bursar signs all cheques.") + f"<w:tbl>{TABLE}</w:tbl>", styles=HEADING),
    "book.xlsx": xlsx({"Costs": "".join(f'<row r="{n}">{cells}</row>' for n, cells in enumerate(CELLS, 1))}),
    "prices.csv": b'Name;Price\n"Tea; green";5 euros\nCoffee;7 euros\n',
    "talk.vtt": b"WEBVTT\n\n00:12:04.000 --> 00:12:09.500\nThe ferry leaves\n\n00:12:10.000 --> 00:12:12.000\nat noon.\n",
    "sea.epub": zipped(EPUB),
    "plain.txt": b"# not a heading\n\n- no item\n",
}
SHOWN = {
    "guide.html": (
        [("1", "Guide to the mill")],
        ["Flour 🌾", "Bran"],
        [["Day", "Hours"], ["Monday", "9 to 5"], ["Sunday", "closed"]],
    ),
    "tea.md": ([("1", "Tea 🍵")], ["black", "green"], [["Tea", "Price"], ["Oolong", "5"]]),
    "rules.docx": ([("1", "House rules")], [], [["Room", "Rent"], ["Attic", "300 euros"], ["Cellar", "90 euros"]]),
    "book.xlsx": ([("1", "Costs")], [], [["Item", "Price"], ["Boat 🛶", "480 euros"], ["Oar", "30 euros"]]),
    "prices.csv": ([], [], [["Name", "Price"], ["Tea; green", "5 euros"], ["Coffee", "7 euros"]]),
    "talk.vtt": ([], [], []),
    "sea.epub": ([("1", "The Sea")], [], []),
    "plain.txt": ([], [], []),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reading") / "docs"
    folder.mkdir()
    for path, data in FILES.items():
        (folder / path).write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[httpx.Client]:
    with indexed(folder) as client:
        yield client


@pytest.fixture(scope="module")
def documents(client: httpx.Client) -> dict[str, str]:
    """The ids of the documents by path."""
    return {found["path"]: found["id"] for found in client.get("/documents").json()["documents"]}


def runs(page: Page) -> list[tuple[int, str]]:
    """What each element holds that says where in the text it begins, in units of UTF-16."""
    found = page.locator(".text [data-start]").evaluate_all(
        "all => all.map(one => [Number(one.dataset.start), one.textContent])"
    )
    return [(start, held) for start, held in found]


@pytest.mark.parametrize("path", FILES)
def test_a_document_is_shown_as_it_reads_by_the_offsets_of_its_text(
    browser: Browser, client: httpx.Client, documents: dict[str, str], path: str
) -> None:
    text = client.get(f"/documents/{documents[path]}/text").text
    units = text.encode("utf-16-le")
    headings, items, rows = SHOWN[path]
    with opened(browser, client) as page:
        page.goto(f"/documents/{documents[path]}/view?start=0&end={len(text)}")
        page.locator(".text [data-start]").first.wait_for()
        assert page.locator(".heading").evaluate_all("all => all.map(one => one.className.at(-1))") == [h[0] for h in headings]
        assert page.locator(".heading").all_inner_texts() == [h[1] for h in headings]
        assert page.locator("li").all_inner_texts() == items
        assert [row.split("\t") for row in page.locator("tr").all_inner_texts()] == rows
        assert page.locator(".text :is(img, script, iframe, a, b)").count() == 0
        for start, held in runs(page):
            assert units[2 * start :].startswith(held.encode("utf-16-le"))
        marked = "".join(text_of(page, ".text .quote").split())
        assert marked in "".join(text.split()) or path == "tea.md"  # of which the signs between blocks are not on the page
        if path != "plain.txt":
            page.click("text=Plain text")
        assert without_breaks(text_of(page, ".line .quote")) == without_breaks(text)


def test_the_times_of_a_recording_stand_beside_what_is_said(page: Page, documents: dict[str, str]) -> None:
    page.goto(f"/documents/{documents['talk.vtt']}/view?start=0&end=9")
    lines = page.locator(".line")
    expect(lines).to_have_count(2)
    assert lines.evaluate_all("all => all.map(one => one.dataset.line)") == ["00:12:04", "00:12:10"]
    expect(page.locator("quotewise-source header p")).to_contain_text("00:12:04")


def test_what_is_selected_is_copied_with_its_place_and_a_link_that_marks_it(
    browser: Browser, client: httpx.Client, documents: dict[str, str]
) -> None:
    text = client.get(f"/documents/{documents['book.xlsx']}/text").text
    with opened(browser, client, permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto(f"/documents/{documents['book.xlsx']}/view")
        page.get_by_role("cell", name="480 euros").dblclick(position={"x": 14, "y": 14})
        page.click("[aria-label='Copy selection and reference']")
        expect(page.locator("[aria-label=Copied]")).to_be_visible()
        quote, reference, link = page.evaluate("navigator.clipboard.readText()").strip().replace("\n\n", "\n").split("\n")
        assert (quote, reference) == ("480", "— book.xlsx, sheet Costs, A2:B2")
        start = text.index("480")
        assert f"start={start}&end={start + 3}&" in link
        page.goto(link)
        expect(page.locator("td mark.quote")).to_have_text("480")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_any_form(
    browser: Browser, client: httpx.Client, documents: dict[str, str], scheme: str
) -> None:
    with opened(browser, client, color_scheme=scheme, viewport={"width": 380, "height": 700}) as page:
        for path in ("guide.html", "tea.md", "book.xlsx", "talk.vtt"):
            page.goto(f"/documents/{documents[path]}/view?start=0&end=9")
            page.locator(".quote").first.wait_for(state="attached")
            check(page)
            assert page.evaluate("document.documentElement.scrollWidth") == 380


def test_a_file_that_has_changed_is_shown_by_lines(
    page: Page, client: httpx.Client, documents: dict[str, str], folder: Path
) -> None:
    address = f"/documents/{documents['tea.md']}"
    heading = {"kind": "heading", "start": 24, "end": 29, "level": 1, "cells": [], "marks": []}
    assert client.get(f"{address}/structure").json()["blocks"][1] == heading
    assert client.get(f"{address}/structure?start=25&end=26").json()["blocks"] == [heading]
    (folder / "tea.md").write_text(MARKDOWN + "\nMore.\n")
    try:
        assert client.get(f"{address}/structure").json() == {"parts": [], "blocks": []}
        page.goto(f"{address}/view")
        expect(page.locator(".line").nth(3)).to_have_text("# Tea 🍵")
    finally:
        (folder / "tea.md").write_text(MARKDOWN)
