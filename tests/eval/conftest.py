"""What the tests of eval share: clients over the seeds, a run of the seed gold set, and a service with faults."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx
import pytest
from filelock import FileLock

import quotewise.eval.measures
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.eval.clients import Client, in_process
from quotewise.eval.gold import SEEDS as SEED_GOLD
from quotewise.eval.gold import GoldSet, load_gold
from quotewise.eval.run import Run, RunConfig, evaluate, load_run, threshold_of
from quotewise.rag.defaults import AUTOMATIC
from tests.api.command_line import run  # noqa: F401 - a fixture
from tests.api.conftest import library, notes, ready  # noqa: F401 - fixtures
from tests.conftest import SEEDS
from tests.http_server import served

quotewise.eval.measures._RESAMPLES = 200  # a fifth of them; bootstraps took a third of the time of these tests


def run_of(gold: GoldSet, client: Client, output: Path | None = None, threshold: float = 0.0) -> Run:
    located = gold.located(client.text)
    return evaluate(located, client, RunConfig.of(located, client, threshold), output)


@pytest.fixture(scope="session")
def local() -> Iterator[Client]:
    with in_process(SEEDS, Settings()) as client:
        yield client


@pytest.fixture(scope="session")
def seed_run(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Run:
    """Of the default reader, by the first process of pytest-xdist that needs it."""
    folder = tmp_path_factory.getbasetemp()
    path = (folder if worker_id == "master" else folder.parent) / "seeds.run.jsonl"
    with FileLock(f"{path}.lock"):
        if not path.exists():
            gold = load_gold(SEED_GOLD)
            with in_process(SEEDS, Settings(reader=AUTOMATIC)) as client:
                run_of(gold, client, path, threshold_of(gold, client))
    return load_run(path)


@contextmanager
def flawed(service: str, breaks: Callable[[str], int | None]) -> Iterator[str]:
    """A server that hands requests on to a service, except that ``breaks`` of the body may say with which status to fail."""

    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status = breaks(body.decode())
            if status is None:
                found = httpx.request(self.command, service + self.path, content=body, headers=dict(self.headers), timeout=60)
                status, content, kind = found.status_code, found.content, found.headers["Content-Type"]
            else:
                content, kind = b"<h1>no</h1>", "text/html"
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = handle_one  # noqa: N815 - the names that http.server calls

    with served(Handler) as address:
        yield address


@pytest.fixture(scope="session")
def url(tmp_path_factory: pytest.TempPathFactory, seeds: Service) -> Iterator[str]:
    settings = Settings(index=shutil.copytree(seeds.settings.index, tmp_path_factory.mktemp("http") / "index"))
    with ready(settings) as client:
        yield str(client.base_url).rstrip("/")
