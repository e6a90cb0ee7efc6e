"""The widget and the pages, in a real browser against a real service, under the pages' own content security policy."""

import gzip
import hashlib
import json
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from playwright.sync_api import Route as Routed
from starlette.responses import PlainTextResponse
from starlette.routing import Route

import quotewise.api
from quotewise.api.app import create_app
from quotewise.api.keys import Keys
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.index.embedders import Embedder
from quotewise.index.ingest import Sync
from quotewise.index.local_store import LocalStore
from tests.api.conftest import Refused, ready, serving, wait_until_ready
from tests.conftest import SEED, WHY

CHROMIUM = shutil.which("chromium")
STATIC = Path(quotewise.api.__path__[0]) / "static"
BUILT = STATIC / "quotewise-chat.js"
SOURCES = STATIC.parent / "widget"
MOST_BYTES = 60_000
SILENT = "how deep is the ocean trench of Mars?"
HOSTILE_NAME = "evil <img src=x onerror=alert(1)>.txt"
HOSTILE = (
    "X <script>alert(1)</script>\n\nThe hostile crab <img src=x onerror=alert(2)> eats \u202eatsap\u202c and "
    "\x1b[31mred\x1b[0m\x07 seaweed, wrote a\u0301 \U0001f990 &amp; \u2066friend\u2069.\n"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        expect.set_options(timeout=30_000)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, client: httpx.Client) -> Iterator[Page]:
    """A page of the service; at the end nothing has been asked of another host, and nothing has gone wrong in it."""
    with opened(browser, client) as page:
        yield page


@contextmanager
def opened(browser: Browser, client: httpx.Client, **options: Any) -> Iterator[Page]:
    context = browser.new_context(base_url=str(client.base_url), **options)
    context.set_default_timeout(30_000)
    asked, wrong = [], []
    context.on("request", lambda request: asked.append(request.url))
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    context.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
    context.on("console", lambda message: wrong.append(message.text) if "Content Security Policy" in message.text else None)
    yield context.new_page()
    context.close()
    assert not [url for url in asked if not url.startswith(("http://127.0.0.1:", "http://localhost:"))]
    assert not wrong


def ask(page: Page, question: str) -> Locator:
    """Ask, and give the turn once it is finished."""
    page.fill("quotewise-chat textarea", question)
    page.keyboard.press("Enter")
    turn = page.locator("quotewise-chat article").last
    turn.locator(".after, .problem").first.wait_for()
    return turn


def text_of(page: Page, selector: str) -> str:
    """What these elements hold, whatever is drawn of it."""
    return "".join(page.locator(selector).all_text_contents())


def without_breaks(text: str) -> str:
    return re.sub(r"[\r\n]", "", text)


def example(client: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = client.post("/ask", json={"question": WHY}).json()
    return found


def test_the_example_is_answered_by_quotes_that_lead_to_their_place_is_kept_and_followed_up(
    page: Page, client: httpx.Client
) -> None:
    page.goto("/")
    turn = ask(page, WHY)
    citations = example(client)["citations"]
    citation, quotes = citations[0], [one["quote"] for one in citations]
    assert turn.locator("blockquote").all_text_contents() == quotes
    text = client.get(f"/documents/{citation['document']['id']}/text").text
    spans = [sorted((span["start"], span["end"]) for span in one["highlights"]) for one in citations]
    marked = [text[start:end] for of_quote in spans for start, end in of_quote]
    assert turn.locator("mark").all_text_contents() == marked
    expect(turn.locator(".verdict")).to_contain_text("Likely an answer")
    expect(turn.locator("figcaption").first).to_contain_text(f"{SEED}, line")
    link = turn.locator("a.reference").first
    document = citation["document"]
    span = f"start={citation['start']}&end={citation['end']}"
    address = f"/documents/{document['id']}/view?{span}&sha256={document['sha256'][:16]}"
    assert (link.get_attribute("href") or "").endswith(address)
    link.click()
    page.locator("quotewise-source mark.quote").first.wait_for()
    assert text_of(page, "quotewise-source mark.quote") == without_breaks(citation["quote"])
    expect(page.locator("quotewise-source mark.quote").first).to_be_in_viewport()
    page.reload()
    assert page.locator("blockquote").all_text_contents() == quotes
    with page.expect_request("**/ask") as request:
        ask(page, "and who claimed it?")
    assert request.value.post_data_json == {
        "question": "and who claimed it?",
        "history": [{"question": WHY, "quotes": quotes}],
    }
    assert page.locator("quotewise-chat article").count() == 2
    page.click("text=New conversation")
    page.reload()
    assert page.locator("quotewise-chat article").count() == 0


def test_the_service_is_told_the_last_turns_that_it_looks_at_without_quotes_of_great_length(page: Page) -> None:
    def answer(route: Routed) -> None:
        quotes = ["long " * 500, *(f"Quote {number}." for number in range(4))]
        document = {"id": "0" * 16, "path": "a.txt", "title": "a", "sha256": "0" * 64}
        place = {"start": 0, "end": 9, "line_start": 1, "line_end": 1, "page": None, "heading": [], "highlights": []}
        citations = [{"quote": quote, "document": document, **place} for quote in quotes]
        verdict = {"answered": True, "confidence": 1, "short_answer": None, "closest": [], "request_id": "1"}
        route.fulfill(json={"citations": citations, **verdict})

    page.route("**/ask", answer)
    page.goto("/")
    for number in range(4):
        ask(page, f"question {number}?")
    with page.expect_request("**/ask") as request:
        ask(page, "question 4?")
    quotes = ["Quote 0.", "Quote 1.", "Quote 2."]
    told = [{"question": f"question {number}?", "quotes": quotes} for number in (1, 2, 3)]
    assert request.value.post_data_json == {"question": "question 4?", "history": told}


def test_all_of_it_can_be_done_with_the_keyboard_alone(page: Page) -> None:
    def focused() -> str:
        return str(
            page.evaluate(
                """() => {
                    let one = document.activeElement;
                    while (one.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
                    return one.ariaLabel ?? one.textContent.trim();
                }"""
            )
        )

    def press_until(key: str, wanted: str) -> None:
        for _ in range(30):
            if focused().startswith(wanted):
                return
            page.keyboard.press(key)
        raise AssertionError(f"{key} never reaches {wanted}")

    page.goto("/?collection=notes")
    page.wait_for_selector("quotewise-documents li")
    assert focused() == "Question"
    page.keyboard.type(SILENT)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=The documents do not say.")
    passages = page.locator(".closest figure").count()
    assert passages > 1
    press_until("Shift+Tab", "1")
    cited = focused()
    assert page.evaluate("getComputedStyle(document.activeElement.shadowRoot.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_selector("quotewise-source mark.quote")
    first = text_of(page, "mark.quote")
    press_until("Tab", "Next quote")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "first => document.querySelector('quotewise-chat').shadowRoot.querySelector('quotewise-source')"
        ".shadowRoot.querySelector('mark.quote')?.textContent !== first",
        arg=first,
    )
    press_until("Shift+Tab", "Previous quote")
    page.keyboard.press("Enter")
    press_until("Tab", "Text of the document")
    page.keyboard.press("Escape")
    expect(page.locator("quotewise-source")).to_have_count(0)
    assert focused() == cited
    press_until("Tab", "Helpful")
    press_until("Tab", "Question")
    press_until("Tab", "Skip to the question")


def test_what_the_documents_do_not_say_is_said_with_the_closest_passages(page: Page, client: httpx.Client) -> None:
    page.goto("/")
    turn = ask(page, SILENT)
    closest = client.post("/ask", json={"question": SILENT}).json()["closest"]
    expect(turn.locator(".verdict")).to_contain_text("The documents do not say.")
    assert turn.locator("blockquote").all_text_contents() == [one["quote"] for one in closest]
    expect(page.locator("quotewise-chat > [role=status], quotewise-chat .unseen")).to_contain_text("close passage")


def test_a_quote_is_copied_exactly_with_its_reference(browser: Browser, client: httpx.Client) -> None:
    with opened(browser, client, permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto("/")
        turn = ask(page, WHY)
        turn.locator("button[part=copy]").click()
        expect(turn.locator("button[part=copy]")).to_have_attribute("aria-label", "Copied quote 1")
        [citation] = example(client)["citations"]
        link = turn.locator("a.reference").get_attribute("href")
        expected = f"{citation['quote']}\n\n— {SEED}, lines 3–5\n{link}\n"
        assert page.evaluate("navigator.clipboard.readText()") == expected
        turn.locator("a.reference").click()
        page.click("quotewise-source [aria-label='Copy quote and reference']")
        expect(page.locator("quotewise-source [aria-label=Copied]")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == expected


def streamed(client: httpx.Client, route: Routed) -> None:
    """The real answer as the events of the streaming protocol."""
    asked = {**route.request.post_data_json, "include_passages": True}
    answer = client.post("/ask", json=asked).json()
    passages = answer.pop("passages")
    spans = [(passage["document"]["id"], passage["start"]) for passage in passages]
    closest = [spans.index((one["document"]["id"], one["start"])) for one in answer["closest"]]
    events = [
        ("passages", {"passages": passages}),
        *(("citation", citation) for citation in answer["citations"]),
        ("answer", {key: answer[key] for key in ("question", "answered", "confidence", "threshold", "short_answer")}),
        ("done", {"timings_ms": answer["timings_ms"], "request_id": answer["request_id"]}),
    ]
    events[-2][1]["closest"] = closest
    assert route.request.headers["accept"] == "text/event-stream"
    body = ": hello\r\n\r\n" + "".join(f"event: {name}\r\ndata: {json.dumps(data)}\r\n\r\n" for name, data in events)
    route.fulfill(body=body, headers={"Content-Type": "text/event-stream; charset=utf-8"})


def test_a_stream_of_events_shows_what_the_whole_answer_shows(page: Page, client: httpx.Client) -> None:
    page.goto("/")
    whole = [ask(page, question).inner_text() for question in (WHY, SILENT)]
    page.click("text=New conversation")
    page.route("**/ask", partial(streamed, client))
    assert [ask(page, question).inner_text() for question in (WHY, SILENT)] == whole


def test_an_answer_that_does_not_come_can_be_stopped_and_asked_for_again(page: Page) -> None:
    page.goto("/")
    page.route("**/ask", lambda route: None)
    page.fill("quotewise-chat textarea", WHY)
    page.keyboard.press("Enter")
    expect(page.locator(".progress")).to_have_text("Searching…")
    page.reload()
    expect(page.locator("quotewise-chat article")).to_contain_text("Stopped.")
    page.click("text=Ask again")
    page.click("[aria-label=Stop]")
    expect(page.locator("quotewise-chat article")).to_contain_text("Stopped.")
    page.unroute("**/ask")
    page.click("text=Ask again")
    expect(page.locator("blockquote")).to_have_count(1)


@pytest.mark.parametrize(
    ("response", "told"),
    [
        (
            {
                "status": 429,
                "headers": {"Retry-After": "7", "Content-Type": "application/problem+json"},
                "body": json.dumps(
                    {"type": "urn:quotewise:problem:rate-limited", "detail": "too many questions", "status": 429}
                ),
            },
            "too many questions. Try again in 7 seconds.",
        ),
        ({"status": 502, "body": "<h1>Bad gateway</h1>", "content_type": "text/html"}, "The service answered with status 502."),
        (
            {"body": 'event: error\ndata: {"detail": "the reader is gone"}\n\n', "content_type": "text/event-stream"},
            "the reader is gone.",
        ),
        ({"body": "event: passages\n", "content_type": "text/event-stream"}, "The connection was lost"),
        (None, "does not answer, or not to this page."),
    ],
)
def test_what_goes_wrong_is_told_in_the_words_of_the_service(page: Page, response: dict[str, Any] | None, told: str) -> None:
    page.goto("/")
    page.route("**/ask", lambda route: route.fulfill(**response) if response else route.abort())
    expect(ask(page, WHY).locator(".problem")).to_contain_text(told)
    expect(page.locator("text=Ask again")).to_be_visible()


def test_a_thumb_is_sent_once_with_the_request_it_is_about(page: Page) -> None:
    given: list[Any] = []
    page.route(
        "**/feedback", lambda route: (given.append(route.request.post_data_json), route.fulfill(status=201, json={"id": 1}))
    )
    page.goto("/")
    with page.expect_response("**/ask") as response:
        turn = ask(page, WHY)
    turn.locator("[aria-label='Not helpful']").click()
    expect(turn.locator("[aria-pressed=true]")).to_have_attribute("aria-label", "Not helpful")
    assert given == [{"request_id": response.value.headers["x-request-id"], "helpful": False}]
    page.unroute("**/feedback")
    page.route("**/feedback", lambda route: route.fulfill(status=404, json={"type": "urn:quotewise:problem:unknown-request"}))
    turn.locator("[aria-label='Helpful']").click()
    expect(turn).to_contain_text("Feedback on this answer is not taken.")


def test_a_service_that_asks_for_a_key_is_given_one(page: Page, client: httpx.Client) -> None:
    problem = {"type": "urn:quotewise:problem:unauthorized", "detail": "a key is needed", "status": 401}

    def guard(route: Routed) -> None:
        if route.request.headers.get("authorization") == "Bearer qw_right":
            route.continue_()
        else:
            route.fulfill(status=401, json=problem, content_type="application/problem+json")

    page.route(re.compile(r"/(ask|collections|documents(\?.*|/\w+(/text)?)?)$"), guard)
    page.goto("/")
    ask(page, WHY)
    page.locator("quotewise-chat #key").fill("qw_wrong")
    page.keyboard.press("Enter")
    page.wait_for_function("sessionStorage.length > 0")
    page.locator("quotewise-chat #key").fill("qw_right")
    page.keyboard.press("Enter")
    expect(page.locator("blockquote")).to_have_count(1)
    expect(page.locator("quotewise-documents li")).to_have_count(1)
    page.goto(page.locator("a.reference").get_attribute("href") or "")
    expect(page.locator("mark.quote").first).to_be_visible()


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
    turn.locator("a.reference").click()
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


def test_the_tags_of_a_flag_are_not_shown_by_name_but_those_that_no_flag_has_are(page: Page) -> None:
    page.goto("/")
    page.route("**/ask", lambda route: route.abort())
    tag = "\U000e0067"
    turn = ask(page, f"\U0001f3f4{tag * 5}\U000e007f and \U0001f3f4{tag * 12} and {tag}?")
    assert [len(one) for one in turn.locator("h3 .control").all_text_contents()] == [1, 1, 1, 1]


def test_a_text_of_twenty_megabytes_opens_at_its_quote_without_a_wait(browser: Browser, library: Path) -> None:
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
        waited = page.evaluate("performance.now() - performance.getEntriesByType('resource').at(-1).responseEnd")
        assert text_of(page, "mark.quote") == without_breaks(quote)
        lines = page.locator(".line")
        assert lines.filter(has=page.locator("mark.quote")).first.get_attribute("data-line") == "300001"
        rows = lines.count()
        assert rows < 1000
        assert waited < 2000
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


def check(page: Page) -> None:
    """That axe finds nothing serious."""
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_violation(browser: Browser, client: httpx.Client, scheme: str) -> None:
    with opened(browser, client, color_scheme=scheme, reduced_motion="reduce") as page:
        page.goto("/")
        page.wait_for_selector("quotewise-documents li")
        check(page)
        ask(page, SILENT)
        ask(page, WHY).locator("a.reference").click()
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


def test_on_a_narrow_screen_the_source_lies_over_the_chat(browser: Browser, client: httpx.Client) -> None:
    with opened(browser, client, viewport={"width": 360, "height": 640}) as page:
        page.goto("/")
        turn = ask(page, WHY)
        expect(page.locator("quotewise-documents li")).to_be_hidden()
        turn.locator("a.reference").click()
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


def test_documents_are_listed_filtered_and_shown_beside_the_chat(page: Page) -> None:
    page.goto("/")
    page.select_option("quotewise-documents select", "notes")
    expect(page.locator("quotewise-documents li")).to_have_count(4)
    page.fill("quotewise-documents input", "TEA")
    expect(page.locator("quotewise-documents li")).to_have_count(1)
    expect(page.locator("quotewise-documents [role=status]")).to_have_text("1 document match.")
    page.click("quotewise-documents li a")
    expect(page.locator("quotewise-source h2")).to_have_text("Tea")
    expect(page.locator("quotewise-source .line").nth(4)).to_contain_text("# Tea")
    expect(ask(page, "where did tea reach in the sixteenth century?").locator("mark.short").first).to_have_text("Portugal")
    page.reload()
    expect(page.locator("quotewise-documents select")).to_have_value("notes")
    expect(page.locator("quotewise-chat article")).to_have_count(1)


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


class Elsewhere(BaseHTTPRequestHandler):
    """A page of another origin with one script tag, under a policy that allows no style but its own."""

    service = key = style = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        allowed = f"script-src {self.service}; connect-src {self.service}; style-src 'nonce-own'"
        self.send_header("Content-Security-Policy", f"default-src 'none'; {allowed}")
        self.end_headers()
        head = f"<title>Elsewhere</title><style nonce=own>{self.style}</style>"
        script = f"<script src='{self.service}/static/quotewise-chat.js' async></script>"
        key = f'api-key="{self.key}"' if self.key else ""
        chat = (
            f'<quotewise-chat endpoint="{self.service}" {key} suggestions="{WHY}" heading="Help" theme="dark"></quotewise-chat>'
        )
        self.wfile.write(f"<!doctype html><html lang=en>{head}{script}<main>{chat}</main>".encode())

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def elsewhere(service: httpx.Client, port: int = 0, **own: str) -> Iterator[str]:
    """The address of a page on another origin that embeds the widget of a service."""
    handler = type("Page", (Elsewhere,), {"service": str(service.base_url).rstrip("/"), **own})
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_one_script_tag_embeds_the_widget_in_a_page_of_an_origin_that_is_allowed(browser: Browser, library: Path) -> None:
    """And in no other: the same page by another name of this machine is refused."""
    port = free_port()
    values: dict[str, Any] = {"index": library, "cors_origins": [f"http://127.0.0.1:{port}"]}
    with ready(Settings(**values)) as client, elsewhere(client, port) as address, opened(browser, client) as page:
        page.goto(address)
        page.click("text=" + WHY)
        expect(page.locator("blockquote")).to_have_text(example(client)["citations"][0]["quote"])
        assert page.locator("h2").first.evaluate("one => getComputedStyle(one).fontWeight") == "650"
        page.click("a.reference")
        expect(page.locator("quotewise-source mark.quote").first).to_be_visible()
        page.goto(address.replace("127.0.0.1", "localhost"))
        page.click("text=" + WHY)
        expect(page.locator(".problem")).to_be_visible()
        assert page.locator("blockquote").count() == 0


def test_a_browser_key_opens_the_widget_in_pages_of_its_origin_alone(browser: Browser, library: Path, tmp_path: Path) -> None:
    index = shutil.copytree(library, tmp_path / "index")
    port = free_port()
    _, key = Keys(index).make("site", origins=[f"http://127.0.0.1:{port}"])
    with (
        ready(Settings(index=index)) as client,
        elsewhere(client, port, key=key) as address,
        opened(browser, client, reduced_motion="reduce") as page,
    ):
        page.goto(address)
        page.click("text=" + WHY)
        expect(page.locator("blockquote")).to_have_count(1)
        page.click("a.reference")
        expect(page.locator("quotewise-source mark.quote").first).to_be_visible()
        check(page)
        page.goto(address.replace("127.0.0.1", "localhost"))
        page.click("text=" + WHY)
        expect(page.locator(".problem")).to_contain_text("does not answer, or not to this page")
        assert page.locator("blockquote").count() == 0
        check(page)


def test_the_page_that_embeds_the_widget_says_how_it_looks(browser: Browser, client: httpx.Client) -> None:
    style = """
        quotewise-chat { --quotewise-accent: rgb(1, 2, 3); block-size: 20rem; }
        quotewise-chat::part(send) { border-radius: 17px; }
    """
    with elsewhere(client, style=style) as address, opened(browser, client) as page:
        page.goto(address)
        send = page.locator("quotewise-chat [part=send]")
        expect(send).to_have_css("background-color", "rgb(1, 2, 3)")
        expect(send).to_have_css("border-radius", "17px")
        expect(page.locator("quotewise-chat")).to_have_css("block-size", "320px")


def test_the_pages_send_their_policy_and_files_are_fetched_again_only_when_they_changed(client: httpx.Client) -> None:
    for address in ("/", "/documents/b2b170137b3621de/view"):
        response = client.get(address)
        assert response.headers["content-security-policy"].startswith(
            "default-src 'none'; script-src 'self'; style-src 'self'; "
        )
        assert response.headers["content-type"].startswith("text/html")
        assert not re.search(r"<style|style=|<script>|\bon\w+=|https?:", response.text)
    script = client.get("/static/quotewise-chat.js")
    assert script.headers["content-encoding"] == "gzip"
    again = client.get("/static/quotewise-chat.js", headers={"If-None-Match": script.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_built_file_is_of_these_sources_and_small() -> None:
    names = ["package-lock.json", "package.json", "tsconfig.json", "vite.config.js"]
    files = [SOURCES / name for name in names] + sorted((SOURCES / "src").iterdir())
    sources = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    assert sources in BUILT.read_text(encoding="utf-8")[:200], "run npm ci && npm run build in api/widget"
    assert len(gzip.compress(BUILT.read_bytes())) <= MOST_BYTES
    assert '"resolved"' not in (SOURCES / "package-lock.json").read_text(encoding="utf-8")


def test_the_page_is_usable_within_a_second_of_a_cold_load(browser: Browser, client: httpx.Client) -> None:
    with opened(browser, client) as page:
        page.goto("/", wait_until="commit")
        page.wait_for_selector("quotewise-chat textarea:focus")
        usable = page.evaluate("performance.now()")
        page.wait_for_selector("quotewise-documents li")
        print(f"usable after {usable:.0f} ms, documents listed after {page.evaluate('performance.now()'):.0f} ms")  # noqa: T201
        assert usable < 1000
