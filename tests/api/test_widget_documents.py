"""The list of documents beside the chat, and how the pages look on a narrow screen and to who cannot see them."""

import re
import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Route as Routed

from tests.api.browser import ask, check, opened
from tests.conftest import WHY

SILENT = "how deep is the ocean trench of Mars?"


def test_documents_are_listed_filtered_and_shown_beside_the_chat(page: Page) -> None:
    page.goto("/")
    page.select_option("quotewise-documents select", "notes")
    expect(page.locator("quotewise-documents li")).to_have_count(4)
    page.fill("quotewise-documents input", "TEA")
    expect(page.locator("quotewise-documents li")).to_have_count(1)
    expect(page.locator("quotewise-documents [role=status]")).to_have_text("1 document match.")
    page.click("quotewise-documents li a")
    expect(page.locator("quotewise-source h2")).to_have_text("Tea")
    expect(page.locator("quotewise-source .heading").first).to_have_text("Tea")
    expect(ask(page, "where did tea reach in the sixteenth century?").locator("mark.short").first).to_have_text("Portugal")
    page.reload()
    expect(page.locator("quotewise-documents select")).to_have_value("notes")
    expect(page.locator("quotewise-chat article")).to_have_count(1)


def test_chosen_documents_alone_are_asked_and_a_link_asks_them_again(page: Page) -> None:
    page.goto("/?collection=notes")
    page.get_by_role("button", name="Ask only this document: games/chess.md").click()
    expect(page.locator("quotewise-chat .only")).to_contain_text("Only in games/chess.md")
    check(page)
    expect(ask(page, "where was tea first drunk?").locator("figcaption").first).to_contain_text("games/chess.md")
    page.get_by_role("button", name="Ask only this document: drinks/tea.md").press("Enter")
    expect(page.locator("quotewise-chat .only")).to_contain_text("Only in 2 documents")
    page.click("[aria-label='Ask all documents']")
    expect(page.locator("quotewise-documents [aria-pressed=true]")).to_have_count(0)
    page.goto("/?collection=notes&only=games/chess.md&q=where+was+tea+first+drunk")
    expect(page.locator("quotewise-chat figcaption").first).to_contain_text("games/chess.md")
    expect(page.locator("quotewise-documents [aria-pressed=true]")).to_have_count(1)


def test_a_plain_search_lists_passages_within_limits_each_one_click_from_its_place(page: Page) -> None:
    page.goto("/?collection=notes")
    page.get_by_role("button", name="Search the passages").click()
    page.keyboard.type("where does tea come from")
    page.keyboard.press("Enter")
    found = page.locator("quotewise-results li")
    expect(found.first).to_contain_text("Tea was first drunk in southwest China.")
    page.click("text=Limit the search")
    check(page)
    page.get_by_label("Folder").fill("games")
    page.get_by_label("Field of the metadata").fill("author")
    page.get_by_label("Its value").fill("Jones")
    page.keyboard.press("Enter")
    expect(page.locator("quotewise-results [role=status]")).to_have_text("1 passage, closest first.")
    found.locator("a").click()
    expect(page.locator("quotewise-source .text")).to_contain_text("Chess came to Persia")
    expect(page.locator("quotewise-source mark.quote").first).to_be_visible()


def test_an_address_of_no_document_is_a_page_that_says_so(page: Page) -> None:
    response = page.goto("/documents/gone/view")
    assert response and response.status == 404
    expect(page.locator("quotewise-source")).to_contain_text("This document is not in the index, or no longer.")


def test_however_fast_a_list_is_filtered_lengthened_and_left_each_of_its_documents_is_there_once(page: Page) -> None:
    """The lists are answered here, since indexing thousands of documents takes minutes."""
    asked: list[tuple[str, int]] = []
    total = 2500

    def listed(route: Routed) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(route.request.url).query).items()}
        offset, name = int(query["offset"]), query.get("collection", "default")
        asked.append((name, offset))
        paths = [f"{name} {n}.txt" for n in range(offset, min(offset + int(query["limit"]), total))]
        rows = [{"id": "0" * 16, "path": path, "title": path[:-4], "sha256": "0" * 64, "characters": 1} for path in paths]
        time.sleep(0.05)
        route.fulfill(json={"documents": rows, "total": total})

    page.route(re.compile(r"/documents\?"), listed)
    page.goto("/")
    items = page.locator("quotewise-documents li")
    expect(items).to_have_count(100)
    page.get_by_text("Show more").evaluate("one => { one.click(); one.click(); }")
    expect(items).to_have_count(300)
    page.locator("quotewise-documents input").press_sequentially("default 24")
    status = page.locator("quotewise-documents [role=status]")
    expect(status).to_have_text("111 documents match.")
    assert sorted(asked) == [("default", offset) for offset in (0, 100, 200, 300, 1300, 2300)]
    page.fill("quotewise-documents input", "")
    page.locator("quotewise-documents select").evaluate(
        """one => ["notes", "default", "notes"].reduce((before, name) => before.then(() => {
            one.value = name;
            one.dispatchEvent(new Event("change"));
            return one.getRootNode().host.updateComplete;
        }), Promise.resolve())"""
    )
    expect(items.first).to_have_text("notes 0.txt")
    page.get_by_text("Show more").click()
    expect(items).to_have_count(200)
    assert items.all_inner_texts() == [f"notes {n}.txt" for n in range(200)]


def test_on_a_narrow_screen_the_source_lies_over_the_chat(browser: Browser, client: httpx.Client) -> None:
    with opened(browser, client, viewport={"width": 360, "height": 640}) as page:
        page.goto("/")
        turn = ask(page, WHY)
        expect(page.locator("quotewise-documents li")).to_be_hidden()
        above = page.locator("quotewise-chat .turns").bounding_box()
        assert above
        assert above["y"] < 60, "one bar"
        turn.locator("a.reference").first.click()
        page.locator("quotewise-source mark.quote").first.wait_for()
        box, chat = page.locator("quotewise-source").bounding_box(), page.locator("quotewise-chat").bounding_box()
        assert box == chat
        expect(turn).to_be_hidden()
        page.click("[aria-label='Close the source']")
        expect(turn).to_be_visible()
        page.click("quotewise-documents button")
        page.click("quotewise-documents li a")
        expect(page.locator("quotewise-source .line").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_violation(browser: Browser, client: httpx.Client, scheme: str) -> None:
    with opened(browser, client, color_scheme=scheme, reduced_motion="reduce") as page:
        page.goto("/")
        page.wait_for_selector("quotewise-documents li")
        check(page)
        ask(page, SILENT)
        ask(page, WHY).locator("a.reference").first.click()
        page.locator("quotewise-source mark.quote").first.wait_for()
        check(page)
        page.set_viewport_size({"width": 380, "height": 700})
        check(page)
        page.goto("/documents/b2b170137b3621de/view?start=861&end=1274")
        page.locator("mark.quote").first.wait_for()
        check(page)
        page.goto("/documents/b2b170137b3621de/view?start=861&end=12740")
        page.locator(".problem").wait_for()
        check(page)
