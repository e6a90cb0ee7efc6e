import re
import shutil
import subprocess
import sys
from pathlib import Path

from quotewise.api.settings import Settings
from quotewise.index.embedders import Embedder
from quotewise.index.ingest import Sync
from quotewise.index.local_store import LocalStore

from tests.api.conftest import ready
from tests.conftest import SEEDS, writable_copy

ROOT = Path(__file__).parent.parent.parent
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")


def test_every_response_to_generated_requests_is_as_the_description_says(
    notes: Path, tmp_path: Path, embedder: Embedder
) -> None:
    """A small share of what ``schemathesis run`` does by ``schemathesis.toml``, over the quicker reader.

    In folders of its own, since some of the requests write documents.
    """
    settings = Settings(index=tmp_path / "index", reader="similarity")
    store = LocalStore(settings.index, create=True)
    Sync(store, embedder).run(writable_copy(SEEDS, tmp_path / "seeds"), "default")
    Sync(store, embedder).run(Path(shutil.copytree(notes, tmp_path / "notes")), "notes")
    store.close()
    with ready(settings) as client:
        command = [SCHEMATHESIS, "run", f"{client.base_url}/openapi.json", "--max-examples", "5", "--no-color"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    generated = re.search(r"(\d+) generated", done.stdout)
    assert done.returncode == 0, done.stdout[-20_000:]
    assert generated
    assert int(generated[1]) > 300
