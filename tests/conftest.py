"""The real things that tests share: the bundled embedder, and an index of the seeds."""

import os
import shutil
import sys

os.environ["HF_HUB_OFFLINE"] = "1"

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import hypothesis
import pytest

import quotewise.index.embedders
import quotewise.rag.readers.span_model
from quotewise.api.callers import LOCAL
from quotewise.api.indexing import index_folder
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.index.embedders import BUNDLED, Embedder, load_embedder
from quotewise.index.errors import QuotewiseError
from quotewise.index.ingest import Sync
from quotewise.index.local_store import LocalStore
from quotewise.index.onnx_model import OnnxModel, load_model
from quotewise.index.sync_report import SyncReport
from quotewise.rag.defaults import AUTOMATIC
from quotewise.rag.readers.span_model import DEEP_FOLDER
from tests.postgres_server import PostgresServer, missing, running_postgres

# The tests start some hundred processes, each of which would compile the package again, a second of processor time each.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# Of whoever runs the tests.
for name in os.environ.keys() - {"QUOTEWISE_FLIPS"}:
    if name.startswith(("QUOTEWISE_", "OTEL_")):
        del os.environ[name]
# The default reads with two models: each service takes a second longer to start, and each question three times as long.
os.environ["QUOTEWISE_READER"] = "fast"

# The machine may be busy, and the checkout not to be written to.
hypothesis.settings.register_profile(
    "anywhere", deadline=None, database=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("anywhere")

SEEDS = Path(__file__).parent.parent / "seeds"
SEED = "000_7929c3090c429e95.txt"
SHARED = Path(__file__).parent.parent.parent / "shared"
WHY = "why did Russia ignore the warning?"


def writable_copy(source: Path, target: Path) -> Path:
    """The files of a folder in a new one, which may be changed even where the checkout may not."""
    target.mkdir()
    for path in source.iterdir():
        shutil.copyfile(path, target / path.name)
    return target


@pytest.fixture(scope="session", autouse=True)
def loaded_once() -> Iterator[None]:
    """Each bundled model is checked and loaded once a process, however many services, pipelines and commands use it.

    Hundreds of them do, and a model is nothing that a test could change; copies of models are loaded by whom they are for.
    """
    once, bundled = cache(load_model), (BUNDLED.parent, DEEP_FOLDER.parent)

    def load(folder: Path, error: type[QuotewiseError]) -> OnnxModel:
        return (once if folder.parent in bundled else load_model)(folder, error)

    with pytest.MonkeyPatch.context() as patched:
        for module in (quotewise.index.embedders, quotewise.rag.readers.span_model):
            patched.setattr(module, "load_model", load)
        yield


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return load_embedder()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LocalStore]:
    store = LocalStore(tmp_path / "index", create=True)
    yield store
    store.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    folder.mkdir()
    return folder


@pytest.fixture
def default_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """What starts from now on reads as it does for a user who chooses no reader."""
    monkeypatch.delenv("QUOTEWISE_READER")


@pytest.fixture
def sync(store: LocalStore, embedder: Embedder, folder: Path) -> Callable[..., SyncReport]:
    """Index ``folder`` into ``store``."""

    def run(**options: object) -> SyncReport:
        return Sync(store, embedder).run(folder, **options)  # type: ignore[arg-type]

    return run


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this test process."""
    if reason := missing():
        pytest.skip(reason)
    with running_postgres() as server:
        yield server


@pytest.fixture
def database(postgres: PostgresServer) -> str:
    """The URL of an empty schema."""
    return postgres.new_schema()


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service over the seeds, with the default reader; not to be written to."""
    service = Service.open(Settings(index=tmp_path_factory.mktemp("seeds"), reader=AUTOMATIC), create=True)
    index_folder(service, LOCAL, SEEDS)
    yield service
    service.store.close()
