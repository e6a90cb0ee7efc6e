"""Conversations of the widget in a real browser: kept, found again, saved as files; and what an answer shows and is told."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from quotewise.api.callers import LOCAL
from quotewise.api.feedback import Feedback
from quotewise.api.indexing import index_folder
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.eval.gold import gold_from_feedback
from tests.api.browser import ask, check, opened
from tests.api.conftest import ready

FILES = {
    "lease-2023.md": "# Lease\n\nThe monthly rent of the mill is 840 euros.\n\nThe garden belongs to **the tenant** alone.\n",
    "lease-2024.md": "# Lease\n\nThe monthly rent of the mill is 910 euros.\n\nA deposit is a sum that secures the rent.\n",
    "prices.md": "# Prices\n\n| article | price |\n| --- | --- |\n| kettle | 30 euros |\n| teapot | 45 euros |\n\n"
    "## Sales\n\n| | 2023 | 2024 |\n| --- | --- | --- |\n| Zembla | 30 million | 77 million |\n",
    "boiler.md": "# Boiler\n\n1. Open the **green** valve.\n2. Press it.\n\n```sh\nboiler --start --pressure 2\n```\n",
    "odd \u202efdp.md": "The \u202eevil\u202c <b>postman</b> <script>alert(1)</script> rings twice at the mill.\n",
}
RENT = "What is the monthly rent of the mill?"
PHONE = {"width": 380, "height": 700}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, Path]]:
    """A service of these files, and its index."""
    folder = tmp_path_factory.mktemp("desk")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    settings = Settings(index=tmp_path_factory.mktemp("index"), rate="1000000/minute")
    with Service.open(settings, create=True) as service:
        index_folder(service, LOCAL, folder)
    with ready(settings) as client:
        yield client, settings.index


@pytest.fixture
def page(browser: Browser, desk: tuple[httpx.Client, Path]) -> Iterator[Page]:
    with opened(browser, desk[0], viewport={"width": 1300, "height": 700}, reduced_motion="reduce") as page:
        page.goto("/")
        yield page


def check_light_and_dark(page: Page) -> None:
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        check(page)


def test_before_a_question_the_page_says_what_is_there_and_asks_what_is_answered(page: Page) -> None:
    welcome = page.locator("quotewise-chat .welcome")
    expect(welcome).to_contain_text("5 documents to ask.")
    check_light_and_dark(page)
    welcome.get_by_text("What is a deposit?").click()
    expect(page.locator("blockquote").first).to_have_text("A deposit is a sum that secures the rent.")


def test_documents_that_differ_are_shown_as_such_and_quotes_as_they_read_with_their_exact_text_a_click_away(page: Page) -> None:
    turn = ask(page, RENT)
    expect(turn.locator(".differ")).to_have_text("Two documents differ: quotes 1 and 2 say the same with another figure.")
    turn = ask(page, "What does the teapot cost?")
    expect(turn.locator("blockquote th")).to_have_text(["article", "price"])
    cells = turn.locator("blockquote td")
    expect(cells.filter(has_text="45 euros")).to_be_visible()
    turn.get_by_role("button", name="Exact text of quote 1").click()
    expect(turn.locator("blockquote").first).to_contain_text("| teapot | 45 euros |")
    turn = ask(page, "What were the sales of Zembla in 2024?")
    expect(turn.locator("blockquote .above > *")).to_have_text(["", "2023", "2024"])
    for question, element, exact in (
        ("Which valve is to be opened?", "li", "Open the **green** valve."),
        ("boiler --start --pressure", "pre", "boiler --start --pressure 2"),
    ):
        turn = ask(page, question)
        quote = turn.locator("blockquote").first
        expect(quote.locator(element)).to_be_visible()
        turn.get_by_role("button", name="Exact text of quote 1").click()
        expect(quote).to_contain_text(exact)
        expect(quote.locator(element)).to_have_count(0)
    turn = ask(page, "Who rings twice at the mill?")
    quote = turn.locator("blockquote").filter(has_text="rings twice").first
    expect(quote).to_contain_text("<script>alert(1)</script>")
    assert quote.locator(".control").count() == 2
    expect(turn.locator(".after")).to_be_in_viewport()
    check_light_and_dark(page)


def test_a_question_that_is_too_long_is_kept_and_counted_and_the_last_ones_come_back(page: Page) -> None:
    box = page.locator("quotewise-chat textarea")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/ask") else None)
    box.fill("rent " * 380)
    expect(page.locator(".counter")).to_have_text("1,899 of 2,000")
    box.fill("rent 🍤 " * 300)
    page.keyboard.press("Enter")
    expect(page.locator(".counter")).to_contain_text("2,099 characters; at most 2,000")
    assert (len(box.input_value()), asked) == (2100, [])
    check_light_and_dark(page)
    for question in (RENT, "Who has the garden?"):
        ask(page, question)
    page.keyboard.press("ArrowUp")
    expect(box).to_have_value("Who has the garden?")
    page.keyboard.press("ArrowUp")
    expect(box).to_have_value(RENT)
    page.keyboard.type("x")
    page.keyboard.press("ArrowUp")
    expect(box).to_have_value(RENT + "x")


def test_a_follow_up_says_how_it_was_taken_and_is_asked_as_it_stands(page: Page) -> None:
    ask(page, "What does the teapot cost?")
    turn = ask(page, "and the kettle?")
    expect(turn.locator(".meant q")).to_have_text("What does the kettle cost?")
    with page.expect_request("**/ask") as request:
        turn.get_by_text("Ask it as it stands").click()
    assert request.value.post_data_json == {"question": "and the kettle?"}


def test_the_right_passage_is_marked_in_the_source_and_kept_as_feedback(page: Page, desk: tuple[httpx.Client, Path]) -> None:
    turn = ask(page, RENT)
    turn.locator("[aria-label='Not helpful']").click()
    expect(turn.locator(".correction")).to_be_in_viewport(ratio=1)
    turn.get_by_label("Quote 1", exact=True).check()
    check_light_and_dark(page)
    page.locator("quotewise-documents a", has_text="lease-2023").click()
    sentence = page.locator("quotewise-source .text p", has_text="The garden belongs")
    right = page.get_by_role("button", name="This is the right passage")
    expect(right).to_be_disabled()
    before = sentence.bounding_box()
    sentence.click(click_count=3)
    expect(right).to_be_enabled()
    assert sentence.bounding_box() == before  # else another word lies under the pointer than the one that was aimed at
    right.click()
    expect(turn.locator(".correction")).to_contain_text("The right passage is kept:")
    expect(page.locator("quotewise-source .marking")).to_contain_text("The right passage is kept: The garden belongs to")
    assert sentence.bounding_box() == before
    with Service.open(Settings(index=desk[1])) as service:
        [(_, content)] = service.store.catalogue.feedback("default")
        [gold], _ = gold_from_feedback(service.store.catalogue, "default")
    feedback = Feedback.model_validate_json(content)
    assert (feedback.helpful, feedback.wrong_quotes) == (False, (1,))
    assert (gold.question, [one.quote for one in gold.quotes]) == (RENT, ["The garden belongs to **the tenant** alone."])


def test_conversations_are_found_renamed_saved_deleted_and_brought_back(page: Page) -> None:
    ask(page, RENT)
    page.click("text=New conversation")
    ask(page, "Who has the garden?")
    page.click("[aria-label=Conversations]")
    names = page.locator("quotewise-conversations .name bdi")
    assert names.all_text_contents() == ["Who has the garden?", RENT]
    check_light_and_dark(page)
    page.get_by_label("Search conversations").fill("840 EUROS")
    expect(names).to_have_text([RENT])
    expect(page.locator("quotewise-conversations .found")).to_have_text("The monthly rent of the mill is 840 euros.")
    page.get_by_label(f"Rename: {RENT}").click()
    page.keyboard.type("The mill")
    page.keyboard.press("Enter")
    expect(names).to_have_text(["The mill"])
    with page.expect_download() as saved:
        page.get_by_label("Save as JSON: The mill").click()
    assert saved.value.suggested_filename == "The-mill.json"
    [turn] = json.loads(saved.value.path().read_text())["turns"]
    assert turn["question"] == RENT
    first = turn["citations"][0]
    text = FILES[first["document"]["path"]]
    assert text[first["start"] : first["end"]] == first["quote"]
    assert len(first["document"]["sha256"]) == 64
    with page.expect_download() as saved:
        page.get_by_label("Save as Markdown: The mill").click()
    written = saved.value.path().read_text()
    assert written.startswith("# The mill\n")
    assert all(part in written for part in (f"\n{first['quote']}\n", first["document"]["sha256"], first["link"]))
    page.evaluate("window.print = () => { window.printed = true; }")
    page.get_by_label("Print: The mill").click()
    page.wait_for_function("window.printed")
    page.emulate_media(media="print")
    expect(page.locator("quotewise-chat h3")).to_have_text(RENT)
    expect(page.locator("quotewise-chat .printed")).to_contain_text("The mill")
    expect(page.locator("quotewise-chat textarea")).to_be_hidden()
    page.emulate_media(media="screen")
    page.click("[aria-label=Conversations]")
    page.get_by_label("Delete: The mill").click()
    expect(names).to_have_text(["Who has the garden?"])
    page.get_by_text("Undo").click()
    page.keyboard.press("Escape")
    expect(page.locator("[aria-label=Conversations][aria-expanded=false]")).to_be_focused()
    page.keyboard.press("Enter")
    names.get_by_text("The mill").click()
    expect(page.locator("quotewise-chat h3")).to_have_text(RENT)


def test_a_link_to_an_answer_asks_the_same_question_after_the_same_and_once(
    browser: Browser, desk: tuple[httpx.Client, Path]
) -> None:
    options = {"permissions": ["clipboard-read", "clipboard-write"], "viewport": PHONE, "reduced_motion": "reduce"}
    with opened(browser, desk[0], **options) as page:
        page.goto("/?collection=default")
        ask(page, "What does the teapot cost?")
        turn = ask(page, "and the kettle?")
        quotes = turn.locator("blockquote").all_text_contents()
        turn.get_by_role("button", name="Copy the link to this question").click()
        expect(turn.get_by_role("button", name="The link is copied.")).to_be_visible()
        check_light_and_dark(page)
        page.goto(page.evaluate("navigator.clipboard.readText()"))
        turn = page.locator("quotewise-chat article")
        turn.locator(".after").wait_for()
        assert turn.locator("blockquote").all_text_contents() == quotes
        assert page.url.endswith("/?collection=default")
        page.reload()
        expect(turn).to_have_count(1)


def test_what_was_asked_only_of_some_documents_says_so_in_the_conversation_and_in_its_files(page: Page) -> None:
    page.get_by_label("Ask only this document: lease-2023.md").click()
    turn = ask(page, RENT)
    page.get_by_label("Ask all documents").click()
    expect(turn.get_by_text("Only in lease-2023.md")).to_be_visible()
    ask(page, "and the deposit?")
    page.click("[aria-label=Conversations]")
    with page.expect_download() as saved:
        page.get_by_label(f"Save as Markdown: {RENT}").click()
    written = saved.value.path().read_text()
    assert f"## {RENT}\n\nOnly in lease-2023.md\n\n" in written
    assert "## and the deposit?\n\nTaken with the questions before as: “What" in written
    with page.expect_download() as saved:
        page.get_by_label(f"Save as JSON: {RENT}").click()
    assert [turn["documents"] for turn in json.loads(saved.value.path().read_text())["turns"]] == [["lease-2023.md"], []]


def test_a_conversation_opens_at_its_last_turn_or_at_the_one_that_was_sought_and_fits_the_window(page: Page) -> None:
    questions = [RENT, "Who has the garden?", "What does the teapot cost?", "How is the boiler started?"]
    for question in questions:
        ask(page, question)
    page.reload()
    expect(page.locator("quotewise-chat h3", has_text=questions[-1])).to_be_in_viewport()
    page.click("[aria-label=Conversations]")
    page.get_by_label("Search conversations").fill("garden")
    page.locator("quotewise-conversations .name").click()
    expect(page.locator("quotewise-chat h3", has_text=questions[1])).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollHeight === innerHeight")


def test_a_store_that_is_full_or_newer_or_emptied_by_another_tab_loses_nothing_that_is_shown(page: Page) -> None:
    newer = 'localStorage.setItem(`quotewise-conversation:${location.origin}/:x`, \'{"version": 2, "conversation": {}}\')'
    page.evaluate(newer)
    page.evaluate("localStorage.setItem(`quotewise-conversation:${location.origin}/:y`, '{')")
    page.evaluate("for (let n = 1 << 22; n; n >>= 1) try { localStorage.setItem(`x${n}`, 'x'.repeat(n)) } catch {}")
    turn = ask(page, RENT)
    expect(page.locator(".notice")).to_contain_text("this conversation is not kept")
    expect(turn.locator("blockquote").first).to_be_visible()
    page.evaluate(
        "Object.keys(localStorage).filter(name => name.startsWith('x')).forEach(name => localStorage.removeItem(name))"
    )
    ask(page, "Who has the garden?")
    expect(page.locator(".notice")).to_have_count(0)
    other = page.context.new_page()
    other.goto("/")
    other.click("[aria-label=Conversations]")
    expect(other.locator("quotewise-conversations")).to_contain_text("1 conversation of a newer version")
    other.get_by_label(f"Delete: {RENT}").click()
    expect(page.locator(".notice")).to_contain_text("deleted in another tab")
    ask(page, "Who rings at the mill?")
    expect(other.locator("quotewise-conversations .name bdi")).to_have_text([RENT])
    assert page.evaluate("localStorage.getItem(`quotewise-conversation:${location.origin}/:x`)")
