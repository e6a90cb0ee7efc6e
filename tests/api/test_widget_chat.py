"""The conversation of the widget, in a real browser: questions, quotes, follow-ups, feedback, and what goes wrong."""

import json
import re
from functools import partial
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Route as Routed

from quotewise.api.responses import StreamedAnswer
from tests.api.browser import ask, example, opened, text_of, without_breaks
from tests.conftest import SEED, WHY

SILENT = "how deep is the ocean trench of Mars?"


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
        document = {"id": "0" * 16, "path": "a.txt", "title": "a", "sha256": "0" * 64, "media_type": "text/plain"}
        place = {"start": 0, "end": 9, "place": "line 1", "page": None, "heading": [], "highlights": []}
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
        turn.locator("button[part=copy]").first.click()
        expect(turn.locator("button[part=copy]").first).to_have_attribute("aria-label", "Copied quote 1")
        citation = example(client)["citations"][0]
        link = turn.locator("a.reference").first.get_attribute("href")
        expected = f"{citation['quote']}\n\n— {SEED}, {citation['place']}\n{link}\n"
        assert page.evaluate("navigator.clipboard.readText()") == expected
        turn.locator("a.reference").first.click()
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
        ("answer", {key: answer[key] for key in answer.keys() & StreamedAnswer.__dataclass_fields__}),
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
    expect(page.locator("blockquote").first).to_be_visible()


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
        (None, "does not answer."),
    ],
)
def test_what_goes_wrong_is_told_in_the_words_of_the_service(page: Page, response: dict[str, Any] | None, told: str) -> None:
    page.goto("/")
    page.route("**/ask", lambda route: route.fulfill(**response) if response else route.abort())
    expect(ask(page, WHY).locator(".problem")).to_contain_text(told)
    expect(page.get_by_role("button", name="Ask again")).to_be_visible()


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

    page.route(re.compile(r"/(ask|overview|collections|documents(\?.*|/\w+(/(text|structure|place\?.*))?)?)$"), guard)
    page.goto("/")
    expect(page.locator("quotewise-chat #key")).to_be_focused()
    expect(page.locator("#key")).to_have_count(1)
    expect(ask(page, WHY).locator(".problem")).to_have_text("This needs a key that is in force.")
    page.locator("quotewise-chat #key").fill("qw_wrong")
    page.keyboard.press("Enter")
    page.wait_for_function("sessionStorage.length > 0")
    page.locator("quotewise-chat #key").fill("qw_right")
    page.keyboard.press("Enter")
    expect(page.locator("blockquote").first).to_be_visible()
    expect(page.locator("quotewise-documents li")).to_have_count(1)
    key = page.evaluate("sessionStorage.getItem('quotewise-key:' + new URL('.', location))")
    page.evaluate("sessionStorage.removeItem('quotewise-key:' + new URL('.', location))")
    page.reload()
    expect(page.locator("#key")).to_be_in_viewport()  # though a conversation is shown, at whose end it would not be seen
    page.fill("#key", key)
    page.keyboard.press("Enter")
    expect(page.locator("quotewise-documents li")).to_have_count(1)
    page.goto(page.locator("a.reference").first.get_attribute("href") or "")
    expect(page.locator("mark.quote").first).to_be_visible()


def test_the_tags_of_a_flag_are_not_shown_by_name_but_those_that_no_flag_has_are(page: Page) -> None:
    page.goto("/")
    page.route("**/ask", lambda route: route.abort())
    tag = "\U000e0067"
    turn = ask(page, f"\U0001f3f4{tag * 5}\U000e007f and \U0001f3f4{tag * 12} and {tag}?")
    assert [len(one) for one in turn.locator("h3 .control").all_text_contents()] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("locale", "language", "silent", "line"),
    [
        ("de-AT", "de", "Die Dokumente sagen dazu nichts.", "Zeile "),
        ("zh-CN", "zh", "文档中没有说明。", "行 "),
        ("it-IT", "en", "The documents do not say.", "line "),
    ],
)
def test_the_texts_are_in_the_language_of_the_browser_where_there_are_any(
    browser: Browser, client: httpx.Client, locale: str, language: str, silent: str, line: str
) -> None:
    with opened(browser, client, locale=locale) as page:
        page.goto("/?collection=notes")
        turn = ask(page, SILENT)
        expect(turn.locator(".verdict")).to_contain_text(silent)
        expect(turn.locator("figcaption").first).to_contain_text(line)
        assert page.locator("html").get_attribute("lang") == page.locator("quotewise-chat").get_attribute("lang") == language
        page.locator("quotewise-chat").evaluate("chat => { chat.lang = 'fr'; }")
        expect(turn.locator(".verdict")).to_contain_text("Les documents ne le disent pas.")
