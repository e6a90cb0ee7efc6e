"""A quote of a PDF on its page, beside its text: marked, turned, on a phone, and what is said where there is no picture."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from playwright.sync_api import Route as Routed

from tests.api.browser import ask, check, opened, text_of
from tests.api.conftest import indexed
from tests.index.formats.pdf_files import Line, Pdf, column
from tests.index.formats.pdf_files import Page as PdfPage

RENT = "The rent of the mill is 840 euros a month."
QUESTION = "What is the rent of the mill?"
WIDE: dict[str, Any] = {"viewport": {"width": 1600, "height": 800}}
PHONE: dict[str, Any] = {"viewport": {"width": 380, "height": 700}}
LEASE = Pdf(
    [
        PdfPage([Line("The landlord is Nadia Fontaine of Lisbon.")]),
        PdfPage([*column("The tenant keeps the garden and mends what breaks. " * 4, y=100), Line(RENT, y=600)]),
        PdfPage([Line("Pets are welcome in the house.")]),
        PdfPage([Line("Signed in May by both.")]),
    ],
    labels="0 << /S /r >> 1 << /S /D >>",
).write()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages") / "docs"
    folder.mkdir()
    (folder / "lease.pdf").write_bytes(LEASE)
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[httpx.Client]:
    with indexed(folder) as client:
        yield client


@pytest.fixture(scope="module")
def address(client: httpx.Client) -> str:
    """Of the source view with the rent marked."""
    [citation] = client.post("/ask", json={"question": QUESTION, "max_quotes": 1}).json()["citations"]
    return f"/documents/{citation['document']['id']}/view?start={citation['start']}&end={citation['end']}"


def picture(page: Page, name: str) -> Locator:
    """The picture of a page, once it is drawn."""
    found = page.get_by_role("img", name=name, exact=True)
    expect(found).to_be_visible()
    return found


def yellow(found: Locator) -> float:
    """How many thousandths of a picture are marked."""
    share: float = found.evaluate(
        """canvas => {
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            let marked = 0;
            for (let i = 0; i < data.length; i += 4) marked += data[i] > 240 && data[i + 2] < 150;
            return 4000 * marked / data.length;
        }"""
    )
    return share


def test_a_quote_is_marked_on_its_page_beside_its_text_and_pages_are_turned(browser: Browser, client: httpx.Client) -> None:
    with opened(browser, client, **WIDE) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url.split("?")[0]) if "/pages/" in request.url else None)
        page.goto("/")
        turn = ask(page, QUESTION)
        expect(turn.locator("figcaption").first).to_contain_text("lease.pdf, page 2 (1)")
        turn.locator("a.reference").first.click()
        shown = picture(page, "Page 2 of lease.pdf, with the quote marked")
        assert 1 < yellow(shown) < 30
        expect(page.locator("quotewise-source header p")).to_contain_text("page 2 (1)")
        page.goto(turn.locator("a.reference").first.get_attribute("href") or "")
        shown = picture(page, "Page 2 of lease.pdf, with the quote marked")
        place, scroller = shown.bounding_box(), page.locator(".sheet").bounding_box()
        assert place and scroller
        assert scroller["y"] < place["y"] + place["height"] * 600 / 792 < scroller["y"] + scroller["height"]
        expect(page.locator("mark.quote").first).to_be_in_viewport()
        assert RENT in text_of(page, "mark.quote")
        page.click("[aria-label='Next page']")
        assert yellow(picture(page, "Page 3 of lease.pdf")) == 0
        expect(page.locator("[data-part='page 3']")).to_have_text("page 3 (2)")
        expect(page.locator("[data-part='page 3']")).to_be_in_viewport()
        page.get_by_role("region", name="Picture of the page").focus()
        page.keyboard.press("ArrowRight")
        picture(page, "Page 4 of lease.pdf")
        page.keyboard.press("ArrowRight")
        expect(page.locator("[aria-label='Next page']")).to_have_attribute("aria-disabled", "true")
        page.get_by_role("spinbutton").fill("99")
        page.keyboard.press("Enter")
        expect(page.get_by_role("spinbutton")).to_have_value("4")
        page.get_by_role("spinbutton").fill("2")
        page.keyboard.press("Enter")
        picture(page, "Page 2 of lease.pdf, with the quote marked")
        expect(page.locator("quotewise-page [role=status]")).to_have_text("Page 2 of 4")
        assert sorted(asked[-4:])[-1].endswith("/pages/4.png")
        assert all(asked.count(one) <= 2 for one in asked)  # once in the chat, once at its own address


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            {"status": 503, "json": {"detail": "too many at once"}},
            "too many at once",
        ),
        ({"status": 502, "body": "<h1>Bad gateway</h1>"}, "The service answered with status 502."),
        ({"body": b"", "content_type": "image/png"}, "The picture of page 2 came damaged or empty."),
        ({"body": LEASE, "content_type": "image/png"}, "The picture of page 2 came damaged or empty."),
        (None, "does not answer."),
    ],
)
def test_a_page_without_a_picture_says_why_and_can_be_asked_for_again(
    browser: Browser, client: httpx.Client, address: str, answer: dict[str, Any] | None, told: str
) -> None:
    with opened(browser, client, **WIDE) as page:

        def refuse(route: Routed) -> None:
            if answer is None:
                route.abort()
            else:
                route.fulfill(**answer)

        page.route("**/pages/*.png*", refuse)
        page.goto(address)
        expect(page.get_by_role("alert")).to_contain_text("Page 2 cannot be shown:")
        expect(page.get_by_role("alert")).to_contain_text(told)
        expect(page.locator("mark.quote").first).to_be_visible()
        check(page)
        page.unroute("**/pages/*.png*")
        page.click("text=Try again")
        picture(page, "Page 2 of lease.pdf, with the quote marked")


def test_a_file_that_is_no_longer_the_one_indexed_has_no_picture_but_its_text(
    browser: Browser, client: httpx.Client, address: str, folder: Path
) -> None:
    (folder / "lease.pdf").write_bytes(LEASE + b"\n")
    try:
        with opened(browser, client, **WIDE) as page:
            page.goto(address)
            expect(page.get_by_role("alert")).to_contain_text("is no longer the one indexed")
            assert RENT in text_of(page, "mark.quote")
    finally:
        (folder / "lease.pdf").write_bytes(LEASE)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_the_page_comes_first_and_the_text_is_one_touch_away(
    browser: Browser, client: httpx.Client, address: str, scheme: str
) -> None:
    with opened(browser, client, color_scheme=scheme, reduced_motion="reduce", **PHONE) as page:
        page.goto(address)
        shown = picture(page, "Page 2 of lease.pdf, with the quote marked")
        expect(page.locator(".text")).to_be_hidden()
        check(page)
        page.click("text=Text")
        expect(shown).to_be_hidden()
        expect(page.locator("mark.quote").first).to_be_in_viewport()
        check(page)
        page.get_by_role("button", name="Page", exact=True).click()
        expect(shown).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 380
        page.set_viewport_size(WIDE["viewport"])
        expect(page.locator(".text")).to_be_visible()
        check(page)
