"""The source view of a text: the quote that its address names, however long, hostile or changed the document is."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from quotewise.api.app import create_app
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.index.embedders import Embedder
from quotewise.index.ingest import Sync
from quotewise.index.local_store import LocalStore
from tests.api.browser import ask, opened, text_of, without_breaks
from tests.api.conftest import Refused, ready, serving, wait_until_ready
from tests.conftest import WHY

HOSTILE_NAME = "evil <img src=x onerror=alert(1)>.txt"
HOSTILE = (
    "X <script>alert(1)</script>\n\nThe hostile crab <img src=x onerror=alert(2)> eats \u202eatsap\u202c and "
    "\x1b[31mred\x1b[0m\x07 seaweed, wrote a\u0301 \U0001f990 &amp; \u2066friend\u2069.\n"
)


def test_addresses_of_no_place_say_so_and_mark_nothing(page: Page, client: httpx.Client, refused: Refused) -> None:
    [document] = client.get("/documents").json()["documents"]
    wrong = {
        "?start=2000&end=99999": "The address names characters 2,000 to 99,999, but this document has 2,471 characters.",
        "?start=-1&end=5": "no possible range",
        "?start=9&end=5": "no possible range",
        "?start=x&end=": "no possible range",
        "?start=7": "no possible range",
    }
    for asked, told in wrong.items():
        page.goto(f"/documents/{document['id']}/view{asked}")
        expect(page.locator(".problem")).to_contain_text(told)
        expect(page.locator(".line").first).to_contain_text("The U.S. provided")
        assert page.locator("mark").count() == 0
    page.goto(f"/documents/{document['id']}/view")
    expect(page.locator(".line").first).to_be_visible()
    assert page.locator("mark, .problem").count() == 0
    page.goto("/documents/0123456789abcdef/view")
    expect(page.locator(".problem")).to_have_text("This document is not in the index, or no longer.")
    for malformed in ("zz", "0123456789ABCDEF", "0123456789abcdef0", "..%2f..%2fetc%2fpasswd", "%00", "%2e%2e"):
        refused(client.get(f"/documents/{malformed}/view"), 404, "not-found")
    for traversal in ("../app.py", "..%2fapp.py", "%2e%2e/app.py", "%252e%252e/app.py", "/etc/passwd"):
        refused(client.get(f"/static/{traversal}"), 404, "not-found")


def test_a_quote_that_is_no_longer_in_its_document_is_not_marked(page: Page) -> None:
    page.goto("/")
    turn = ask(page, WHY)
    page.route("**/text", lambda route: route.fulfill(body="Another text. " * 200, content_type="text/plain; charset=utf-8"))
    turn.locator("a.reference").first.click()
    expect(page.locator("quotewise-source .problem")).to_contain_text("has changed since it was quoted")
    assert page.locator("quotewise-source mark").count() == 0


def test_a_link_says_when_its_document_has_changed_since_it_was_made(page: Page, client: httpx.Client) -> None:
    [document] = client.get("/documents").json()["documents"]
    address = f"/documents/{document['id']}/view?start=861&end=1274"
    for sha256 in ("", f"&sha256={document['sha256'][:16]}", f"&sha256={document['sha256']}"):
        page.goto(address + sha256)
        page.locator("mark.quote").first.wait_for()
        assert page.locator(".problem").count() == 0
    page.goto(f"{address}&sha256=0123456789abcdef")
    expect(page.locator(".problem")).to_contain_text("This document has changed since the link was made")
    expect(page.locator(".line").first).to_contain_text("The U.S. provided")
    assert page.locator("mark").count() == 0


def test_a_text_is_cut_before_or_after_a_line_break_of_two_characters(page: Page, client: httpx.Client) -> None:
    [document] = client.get("/documents").json()["documents"]
    line = "x" * 98
    page.route("**/text", lambda route: route.fulfill(body=f"{line}\r\n" * 200, content_type="text/plain; charset=utf-8"))
    page.goto(f"/documents/{document['id']}/view?start=10099&end=10150")
    expect(page.locator("mark.quote")).to_have_text("x" * 50)
    assert set(page.locator(".line").all_text_contents()) == {line}
    expect(page.locator(".line").first).to_have_attribute("data-line", "62")


def test_of_a_text_of_twenty_megabytes_only_what_is_near_the_quote_is_on_the_page(browser: Browser, library: Path) -> None:
    """The text takes the place of that of an indexed document, since indexing as much takes minutes."""
    settings = Settings(index=library)
    app = create_app(lambda: Service.open(settings), settings)
    line = "Nobody 🍤 here tells cafe\u0301 anything of note.\r\n"
    quote = "The treasure 🎱 lies\r\nbeneath the lighthouse."
    before = "\ufeff" + line * 300_000
    text = before + quote + "\r\n" + line * 120_000
    assert len(text.encode()) > 20_000_000
    app.router.routes.insert(0, Route("/documents/{id}/text", lambda request: PlainTextResponse(text)))
    with serving(app) as client, opened(browser, client) as page:
        wait_until_ready(client)
        [document] = client.get("/documents").json()["documents"]
        page.goto(f"/documents/{document['id']}/view?start={len(before)}&end={len(before) + len(quote)}")
        page.locator("mark.quote").first.wait_for()
        assert text_of(page, "mark.quote") == without_breaks(quote)
        lines = page.locator(".line")
        assert lines.filter(has=page.locator("mark.quote")).first.get_attribute("data-line") == "300001"
        rows = lines.count()
        assert rows < 1000
        place = page.locator("mark.quote").first.bounding_box()
        page.get_by_text("More above").evaluate("one => one.click()")
        expect(lines.first).not_to_have_attribute("data-line", re.compile("^2999"))
        assert lines.count() > rows
        moved = page.locator("mark.quote").first.bounding_box()
        assert place
        assert moved
        assert abs(moved["y"] - place["y"]) < 2


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[httpx.Client]:
    """A service of one document that is made of what would be obeyed if it were not shown as text."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / HOSTILE_NAME).write_text(HOSTILE, encoding="utf-8")
    store = LocalStore(folder / "index", create=True)
    Sync(store, embedder).run(folder)
    store.close()
    with ready(Settings(index=folder / "index", threshold=0.0)) as client:
        yield client


def test_a_hostile_document_is_text_everywhere(browser: Browser, hostile: httpx.Client) -> None:
    with opened(browser, hostile, permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto("/")
        for text in ("<script>alert(1)</script>", HOSTILE_NAME):
            expect(page.locator("quotewise-documents li")).to_contain_text(text)
        question = "what does the hostile crab eat <script>alert(3)</script> \u202e?"
        turn = ask(page, question)
        expect(turn.locator("h3")).to_have_text(question)
        [citation, *_] = hostile.post("/ask", json={"question": question}).json()["citations"]
        assert "\u202e" in citation["quote"]
        assert "\x1b" in citation["quote"]
        assert turn.locator("blockquote").first.text_content() == citation["quote"]
        controls = turn.locator("blockquote >> nth=0 >> .control")
        names = ["U+202E", "U+202C", "ESC", "ESC", "BEL", "U+2066", "U+2069"]
        assert [one.get_attribute("data-name") for one in controls.all()] == names
        assert controls.evaluate_all("all => all.every(one => getComputedStyle(one).unicodeBidi === 'isolate')")
        turn.locator("button[part=copy]").first.click()
        expect(turn.locator("button[part=copy]").first).to_have_attribute("aria-label", "Copied quote 1")
        assert page.evaluate("navigator.clipboard.readText()").startswith(citation["quote"] + "\n\n— ")
        turn.locator("a.reference").first.click()
        page.locator("quotewise-source mark.quote").first.wait_for()
        assert text_of(page, "quotewise-source mark.quote") == without_breaks(citation["quote"])
        page.goto(turn.locator("a.reference").first.get_attribute("href") or "")
        page.locator("mark.quote").first.wait_for()
        assert text_of(page, ".line p") == without_breaks(HOSTILE)
        expect(page.locator("h2")).to_have_text("X <script>alert(1)</script>")
        expect(page.locator("header .muted")).to_contain_text(HOSTILE_NAME)
        assert page.locator("img, .line script").count() == 0
