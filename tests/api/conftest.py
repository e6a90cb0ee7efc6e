"""Real HTTP for the tests: a service of the seeds and of some notes, on a port of its own."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from jsonschema import Draft202012Validator

from quotewise.api.app import create_app
from quotewise.api.callers import LOCAL
from quotewise.api.indexing import index_folder
from quotewise.api.middleware.client_timeout import ClientTimeoutProtocol
from quotewise.api.server import bound
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.index.defaults import DEFAULT_EMBEDDER
from quotewise.index.embedders import Embedder
from quotewise.index.ingest import Sync
from quotewise.index.local_store import LocalStore
from quotewise.index.store import Collection
from tests.api.command_line import pipe, run, seeded  # noqa: F401 - fixtures
from tests.conftest import SEEDS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NOTES = {
    "drinks/coffee.txt": "Coffee was first brewed in Yemen. Sufi monks drank it to stay awake at night.\n",
    "drinks/tea.md": (
        "---\nauthor: Smith\nyear: 2019\n---\n# Tea\n\n## History\n\nTea was first drunk in southwest China. "
        "It reached Portugal in the sixteenth century.\n\n## Making\n\nGreen tea is brewed at eighty degrees."
    ),
    "games/chess.md": "---\nauthor: Jones\n---\n# Chess\n\nChess came to Persia from India.\n",
    "games/café 🍤.txt": (
        "The cafe\u0301 🍤 opened its doors in 1911.\r\n\r\nIts regulars 👨\u200d👩 played billiards until dawn.\r\n"
        "Nobody there ever played dominoes. 🎱 The owner sold it in 1954."
    ),
}
UNLIMITED = "1000000/minute"
Refused = Callable[[httpx.Response, int, str], dict[str, Any]]


@contextmanager
def serving(app: FastAPI) -> Iterator[httpx.Client]:
    """The app on a free port, from start to end of its life."""
    with bound("127.0.0.1", 0) as listener:
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(app, http=ClientTimeoutProtocol, log_config=None))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            # Without the certificates, which take 50 ms to read for each client.
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            with httpx.Client(base_url=address, timeout=30, verify=False) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def ready(settings: Settings, opened: Callable[[Settings], Service] = Service.open) -> Iterator[httpx.Client]:
    """A service by these settings, once it is ready."""
    with serving(create_app(lambda: opened(settings), settings)) as client:
        wait_until_ready(client)
        yield client


@contextmanager
def indexed(folder: Path) -> Iterator[httpx.Client]:
    """A service of a folder, all of whose files are read, for which every quote answers."""
    settings = Settings(index=folder.parent / "index", reader="similarity", threshold=0)
    with Service.open(settings, create=True) as service:
        assert index_folder(service, LOCAL, folder).failed == ()
    with ready(settings) as client:
        yield client


def wait_until_ready(client: httpx.Client) -> None:
    wait_until(lambda: client.get("/ready").status_code == 200)


def wait_until(met: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """Released each time that a service, started from now on, has lost the connection to a client."""
    released = threading.Semaphore(0)

    class Watched(ClientTimeoutProtocol):
        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            released.release()

    monkeypatch.setattr(f"{__name__}.ClientTimeoutProtocol", Watched)
    return released


@pytest.fixture(scope="session")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("notes")
    for path, text in NOTES.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(text.encode())
    return folder


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder, notes: Path) -> Path:
    """An index of the seeds as ``default``, of the notes, and of nothing by another embedder; not to be written to."""
    folder = tmp_path_factory.mktemp("library")
    store = LocalStore(folder, create=True)
    Sync(store, embedder).run(SEEDS, "default")
    Sync(store, embedder).run(notes, "notes")
    store.catalogue.add_collection(Collection("foreign", str(notes), DEFAULT_EMBEDDER, "0" * 64, embedder.dimension, 200))
    store.close()
    return folder


@pytest.fixture(scope="session")
def eager(library: Path) -> Iterator[httpx.Client]:
    """A service for which every quote answers."""
    with ready(Settings(index=library, threshold=0.0, rate=UNLIMITED)) as client:
        yield client


@pytest.fixture(scope="session")
def client(library: Path) -> Iterator[httpx.Client]:
    """A service of the library with default settings, but for the rate, which many tests together would reach."""
    with ready(Settings(index=library, rate=UNLIMITED)) as client:
        yield client


@pytest.fixture(scope="session")
def started_browser() -> "Iterator[tuple[Browser, asyncio.AbstractEventLoop | None]]":
    """A browser, and the event loop that drives it, which seems to run in this thread as long as the browser does."""
    from tests.api.browser import launched

    with launched() as browser:
        loop = asyncio._get_running_loop()
        asyncio._set_running_loop(None)
        yield browser, loop
        asyncio._set_running_loop(loop)


@pytest.fixture
def browser(started_browser: "tuple[Browser, asyncio.AbstractEventLoop | None]") -> "Iterator[Browser]":
    """The browser of all tests of this process; others may run event loops of their own between those that use it."""
    browser, loop = started_browser
    asyncio._set_running_loop(loop)
    yield browser
    asyncio._set_running_loop(None)


@pytest.fixture
def page(browser: "Browser", client: httpx.Client) -> "Iterator[Page]":
    """A page of the service (see ``tests.api.browser.opened``)."""
    from tests.api.browser import opened

    with opened(browser, client) as page:
        yield page


@pytest.fixture(scope="session")
def openapi(client: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").raise_for_status().json()
    return found


@pytest.fixture(scope="session")
def refused(openapi: dict[str, Any]) -> Refused:
    """Check that a response is a problem of this status and kind, as the service documents it; returns its body."""

    def check(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
        assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json"), response.text
        body: dict[str, Any] = response.json()
        conform(body, {"$ref": "#/components/schemas/Problem"}, openapi)
        assert (body["type"], body["status"]) == (f"urn:quotewise:problem:{code}", status)
        assert body["instance"] == response.url.path
        assert body["detail"]
        assert response.headers["x-request-id"]
        operation = openapi["paths"].get(response.url.path, {}).get(response.request.method.lower())
        if operation and status != 500:
            assert "application/problem+json" in operation["responses"][str(status)]["content"]
        return body

    return check


def conform(value: Any, schema: dict[str, Any], openapi: dict[str, Any]) -> None:
    """Raises when a value is not as a schema of the description says."""
    Draft202012Validator({**schema, "components": openapi["components"]}).validate(value)
