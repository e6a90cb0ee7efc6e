"""The widget in pages of other origins, and the files that it is made of."""

import gzip
import hashlib
import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

import quotewise.api
from quotewise.api.keys import Keys
from quotewise.api.settings import Settings
from tests.api.browser import check, example, opened
from tests.api.conftest import ready
from tests.conftest import WHY
from tests.http_server import served

STATIC = Path(quotewise.api.__path__[0]) / "static"
BUILT = STATIC / "quotewise-chat.js"
SOURCES = STATIC.parent / "widget"
MOST_BYTES = 60_000


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
        attributes = f'suggestions="{WHY}" heading="Help" theme="dark" forget'
        chat = f'<quotewise-chat endpoint="{self.service}" {key} {attributes}></quotewise-chat>'
        self.wfile.write(f"<!doctype html><html lang=en>{head}{script}<main>{chat}</main>".encode())


@contextmanager
def elsewhere(service: httpx.Client, port: int = 0, **own: str) -> Iterator[str]:
    """The address of a page on another origin that embeds the widget of a service."""
    handler = type("Page", (Elsewhere,), {"service": str(service.base_url).rstrip("/"), **own})
    with served(handler, port) as address:
        yield f"{address}/"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.usefixtures("default_reader")
def test_one_script_tag_embeds_the_widget_in_a_page_of_an_origin_that_is_allowed(browser: Browser, library: Path) -> None:
    """And in no other: the same page by another name of this machine is refused."""
    port = free_port()
    values: dict[str, Any] = {"index": library, "cors_origins": [f"http://127.0.0.1:{port}"]}
    with ready(Settings(**values)) as client, elsewhere(client, port) as address, opened(browser, client) as page:
        page.goto(address)
        page.click("text=" + WHY)
        expect(page.locator("blockquote").first).to_have_text(example(client)["citations"][0]["quote"])
        assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 2]
        assert page.locator("h2").first.evaluate("one => getComputedStyle(one).fontWeight") == "650"
        page.locator("a.reference").first.click()
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
        expect(page.locator("blockquote").first).to_be_visible()
        page.locator("a.reference").first.click()
        expect(page.locator("quotewise-source mark.quote").first).to_be_visible()
        check(page)
        page.goto(address.replace("127.0.0.1", "localhost"))
        page.click("text=" + WHY)
        expect(page.locator(".problem")).to_contain_text("does not answer this page")
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
    files = [SOURCES / name for name in names] + sorted((SOURCES / "src").rglob("*.ts"), key=str)
    sources = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    assert sources in BUILT.read_text(encoding="utf-8")[:200], "run npm ci && npm run build in api/widget"
    assert len(gzip.compress(BUILT.read_bytes())) <= MOST_BYTES
    assert '"resolved"' not in (SOURCES / "package-lock.json").read_text(encoding="utf-8")
