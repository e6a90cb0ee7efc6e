"""A real browser on the pages of a real service, under the pages' own content security policy, for the tests of the widget."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.conftest import WHY

CHROMIUM = shutil.which("chromium")


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser; without one the test is skipped."""
    if CHROMIUM is None:
        pytest.skip("there is no chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        expect.set_options(timeout=30_000)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, client: httpx.Client, **options: Any) -> Iterator[Page]:
    """A page of the service; at the end nothing has been asked of another host, and nothing has gone wrong in it."""
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
    assert not wrong, wrong


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


def check(page: Page) -> None:
    """That axe finds nothing serious."""
    found = Axe().run(page).response["violations"]
    serious = [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]
    assert not serious, serious
