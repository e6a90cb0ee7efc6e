"""A small folder, as a library and as a service that runs."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import quotewise
from quotewise.api.callers import LOCAL
from quotewise.api.indexing import index_folder
from quotewise.api.library import Library
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from tests.api.conftest import openapi, ready  # noqa: F401 - a fixture


@pytest.fixture(scope="session")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("integrations") / "docs"
    (folder / "hot drinks").mkdir(parents=True)
    (folder / "hot drinks" / "tea.md").write_text("# Tea\n\nTea was first drunk in southwest China. It is hot.\n")
    (folder / "lease.txt").write_text(
        "The tenant pays the rent on the first day.\nThe landlord pays for repairs of the roof.\n"
    )
    return folder


@pytest.fixture(scope="session")
def library(docs: Path) -> Iterator[Library]:
    with quotewise.open(docs, reader="fast") as library:
        yield library


@pytest.fixture(scope="session")
def client(docs: Path) -> Iterator[httpx.Client]:
    """A service of the folder."""
    settings = Settings(index=docs.parent / "served", reader="fast")
    with Service.open(settings, create=True) as service:
        index_folder(service, LOCAL, docs)
    with ready(settings) as client:
        yield client
