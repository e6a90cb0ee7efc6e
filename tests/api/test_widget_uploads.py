"""Documents are added, replaced and removed on the page, from an empty index on, by mouse and by keyboard."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Route as Routed

from quotewise.api.service import Service
from quotewise.api.settings import Settings
from tests.api.browser import ask, check, opened
from tests.api.conftest import UNLIMITED, ready, wait_until
from tests.api.test_widget_pages import LEASE, QUESTION, RENT

LARGEST = 100_000
FOCUSED = """() => {
    let one = document.activeElement;
    while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
    return one === document.body ? "" : one.getAttribute("aria-label") || one.innerText || one.localName;
}"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    index = tmp_path_factory.mktemp("uploads") / "index"
    settings = Settings(index=index, reader="similarity", threshold=0, max_file_bytes=LARGEST, rate=UNLIMITED)
    with ready(settings, partial(Service.open, create=True)) as client:
        yield client


@pytest.fixture
def client(service: httpx.Client) -> httpx.Client:
    """A service whose collections hold nothing."""
    for name in [one["name"] for one in service.get("/collections").json()["collections"]]:
        for path in paths(service, name):
            service.delete(f"/collections/{name}/documents/{quote(path)}").raise_for_status()
    return service


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lease.pdf").write_bytes(LEASE)
    return tmp_path


def paths(client: httpx.Client, name: str = "default") -> list[str]:
    response = client.get("/documents", params={"collection": name, "limit": 1000})
    return [] if response.status_code == 404 else [one["path"] for one in response.json()["documents"]]


def drop(page: Page, *files: Path) -> None:
    """Drop files or folders onto the middle of the page, as the system would."""
    expect(page.get_by_role("button", name="Add documents")).to_be_visible()
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": list(map(str, files)), "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 700, "y": 300, "data": data})


def press_until(page: Page, key: str, name: str) -> None:
    """Move the focus by a key until it is on what is called so."""
    passed: list[str] = []
    while len(passed) < 60:
        passed.append(page.evaluate(FOCUSED))
        if name in passed[-1]:
            return
        page.keyboard.press(key)
    raise AssertionError(f"{name} is not among {passed}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_from_an_empty_index_to_a_cited_answer_about_a_pdf_by_mouse_alone_or_by_keyboard_alone(
    browser: Browser, client: httpx.Client, folder: Path, scheme: str
) -> None:
    with opened(browser, client, color_scheme=scheme, reduced_motion="reduce") as page:
        page.goto("/")
        expect(page.get_by_text("Drop documents here to begin")).to_be_visible()
        check(page)
        if scheme == "light":
            drop(page, folder / "lease.pdf")
        else:
            page.on("filechooser", lambda _: None)  # which are let through while nobody listens, and listening takes time
            press_until(page, "Shift+Tab", "Add documents")
            with page.expect_file_chooser() as chooser:
                page.keyboard.press("Enter")
            chooser.value.set_files(folder / "lease.pdf")
        expect(page.get_by_text("1 document added.")).to_be_visible()
        expect(page.locator("quotewise-documents li[data-id]")).to_contain_text("lease.pdf")
        check(page)
        if scheme == "light":
            turn = ask(page, QUESTION)
            turn.locator("a.reference").first.click()
        else:
            press_until(page, "Tab", "Question")
            page.keyboard.type(QUESTION)
            page.keyboard.press("Enter")
            page.locator("quotewise-chat article .after").wait_for()
            press_until(page, "Shift+Tab", "1 lease.pdf")
            assert page.get_by_role("link", name="1 lease.pdf", exact=True).count()
            page.keyboard.press("Enter")
        expect(page.locator("quotewise-source mark.quote").first).to_have_text(RENT)


def test_a_folder_is_added_with_its_paths_and_what_is_refused_says_why_among_the_good_ones(
    browser: Browser, client: httpx.Client, folder: Path
) -> None:
    inner = folder / "house" / "deep"
    inner.mkdir(parents=True)
    for name in (".hidden.txt", "a <b>bold & 50% #1?.txt", "right\u202eleft.txt", "image.png", "large.txt"):
        (inner / name).write_text("The mill stands by the river." + "x" * (LARGEST if name == "large.txt" else 0))
    (inner / "empty.pdf").write_bytes(b"")
    with opened(browser, client) as page:
        page.goto("/")
        expect(page.get_by_text("Drop documents here to begin")).to_be_visible()
        drop(page, folder / "lease.pdf", folder / "house")
        expect(page.get_by_text("2 documents added, 4 not.")).to_be_visible()
        assert paths(client) == ["house/deep/a <b>bold & 50% #1?.txt", "lease.pdf"]
        rows = page.locator("quotewise-uploads li")
        expect(rows.filter(has_text="large.txt")).to_contain_text("Split it.")
        expect(rows.filter(has_text="image.png")).to_contain_text("ending in")
        expect(rows.filter(has_text="left.txt")).to_contain_text("invisible character U+202E")
        assert rows.filter(has_text="left.txt").locator("[data-name='U+202E']").count()
        check(page)
        expect(page.locator("quotewise-documents li[data-id]").first).to_contain_text("<b>bold")


def test_a_name_that_is_taken_is_replaced_only_when_told_and_a_deletion_can_be_undone(
    browser: Browser, client: httpx.Client, folder: Path
) -> None:
    client.put("/collections/default/documents/tea.md", content="Tea came from China.").raise_for_status()
    (folder / "tea.md").write_text("Tea came from Assam.")
    with opened(browser, client) as page:
        page.goto("/")
        row = page.locator("quotewise-documents li[data-id]")
        expect(row).to_contain_text("tea.md")
        drop(page, folder / "tea.md")
        expect(page.get_by_text("There is a document of this name already.")).to_be_visible()
        page.locator("quotewise-uploads").get_by_role("button", name="Replace: tea.md").click()
        expect(page.get_by_text("1 document added.")).to_be_visible()
        [document] = client.get("/documents").json()["documents"]
        assert "Assam" in client.get(f"/documents/{document['id']}/text").text
        page.get_by_role("button", name="Close", exact=True).click()
        for undone in (True, False):
            row.hover()
            page.get_by_role("button", name="Delete: tea.md").click()
            expect(row).to_have_count(0)
            assert page.evaluate(FOCUSED) == "Undo"
            if undone:
                page.keyboard.press("Enter")
                expect(row).to_be_visible()
        assert paths(client) == ["tea.md"]
        page.reload()
        wait_until(lambda: paths(client) == [])


def test_five_hundred_files_are_added_although_the_connection_is_lost_in_the_middle(
    browser: Browser, client: httpx.Client, folder: Path
) -> None:
    """The service is answered for, since indexing so many takes minutes."""
    seen: list[str] = []

    def put(route: Routed) -> None:
        seen.append(route.request.url)
        if len(seen) == 7:
            route.fulfill(status=503, headers={"Retry-After": "0"}, json={"detail": "too many"})
        elif 75 < len(seen) <= 78:
            route.abort()
        else:
            route.fulfill(status=201, json={})

    many = folder / "many"
    many.mkdir()
    for n in range(500):
        (many / f"{n}.txt").write_text(f"File {n}.")
    with opened(browser, client) as page:
        page.route("**/collections/**", put)
        page.goto("/")
        expect(page.get_by_text("Drop documents here to begin")).to_be_visible()
        with page.expect_file_chooser() as chooser:
            page.click("text=Add a folder")
        chooser.value.set_files(many)
        expect(page.get_by_text("497 documents added, 3 not.")).to_be_visible()
        assert page.locator("quotewise-uploads li").count() == 50
        expect(page.locator("quotewise-uploads .refusal").first).to_contain_text("connection was lost")
        page.click("text=Try all again")
        expect(page.get_by_text("500 documents added.")).to_be_visible()
        assert len(set(seen)) == 500


def test_in_a_collection_without_documents_a_question_says_to_add_some_and_how_to_embed_the_chat_is_told(
    browser: Browser, client: httpx.Client, folder: Path
) -> None:
    with opened(browser, client) as page:
        page.goto("/?collection=planned")
        expect(page.get_by_text("Drop documents here to begin")).to_be_visible()
        page.fill("quotewise-chat textarea", QUESTION)
        page.keyboard.press("Enter")
        expect(page.locator("quotewise-chat .problem")).to_have_text(
            "There are no documents here yet. Add some and wait until they are read; then ask."
        )
        drop(page, folder / "lease.pdf")
        expect(page.get_by_text("1 document added.")).to_be_visible()
        page.get_by_role("button", name="Ask again").click()
        expect(page.locator("quotewise-chat blockquote").first).to_contain_text(RENT)
        page.get_by_text("Put this chat on another page").click()
        command, element = page.locator("quotewise-documents details pre").all()
        expect(command).to_have_text("quotewise keys make page --browser --origin https://PAGE -c planned")
        expect(element).to_contain_text(f'<quotewise-chat endpoint="{client.base_url}/" collection="planned" api-key="KEY">')
        page.locator("quotewise-documents details").get_by_label("Copy", exact=True).first.click()
        expect(page.locator("quotewise-documents details").get_by_label("Copied", exact=True)).to_have_count(1)
        check(page)


def test_a_collection_is_named_renamed_asked_with_another_and_deleted(
    browser: Browser, client: httpx.Client, folder: Path
) -> None:
    with opened(browser, client) as page:
        page.goto("/")
        page.get_by_role("button", name="New collection").click()
        page.keyboard.type("leases")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Drop documents here to begin")).to_be_visible()
        drop(page, folder / "lease.pdf")
        expect(page.locator("quotewise-documents li[data-id]")).to_contain_text("lease.pdf")
        assert paths(client, "leases") == ["lease.pdf"]
        expect(ask(page, QUESTION).locator("blockquote").first).to_contain_text(RENT)
        assert "collection=leases" in page.url
        page.locator("quotewise-documents li[data-id]").hover()
        page.get_by_role("button", name="Rename: lease.pdf").click()
        page.get_by_label("New path of the document").fill("house/lease.pdf")
        page.keyboard.press("Enter")
        expect(page.locator("quotewise-documents li[data-id]")).to_contain_text("house/lease.pdf")
        page.get_by_role("button", name="Rename the collection").click()
        page.keyboard.type("contracts")
        page.keyboard.press("Enter")
        expect(page.locator("quotewise-documents select")).to_have_value("contracts")
        assert paths(client, "contracts") == ["house/lease.pdf"]
        check(page)
        client.put("/collections/default/documents/tea.md", content="Tea came from China.").raise_for_status()
        page.reload()
        page.get_by_role("button", name="Ask several collections").click()
        page.get_by_role("checkbox", name="default").check()
        expect(page.locator("quotewise-chat .only")).to_contain_text("In the collections contracts, default")
        check(page)
        expect(ask(page, "where did tea come from?").locator("blockquote").first).to_contain_text("Tea came from China.")
        page.get_by_role("button", name="Delete the collection").click()
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("quotewise-documents select")).to_have_value("contracts")
        page.get_by_role("button", name="Delete the collection").click()
        page.reload()
        wait_until(lambda: paths(client, "contracts") == [])
