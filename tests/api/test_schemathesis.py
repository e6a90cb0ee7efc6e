import re
import shutil
import subprocess
import sys
from pathlib import Path

from quotewise.api.callers import LOCAL
from quotewise.api.indexing import index_folder
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from tests.api.conftest import ready
from tests.conftest import SEEDS

ROOT = Path(__file__).parent.parent.parent
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")


def test_every_response_to_generated_requests_is_as_the_description_says(tmp_path: Path) -> None:
    """A small share of what ``schemathesis run`` does by ``schemathesis.toml``, over the quicker reader.

    Generated requests write to the folder of the collection, so that it is a copy.
    """
    settings = Settings(index=tmp_path / "index", reader="similarity")
    with Service.open(settings, create=True) as service:
        index_folder(service, LOCAL, shutil.copytree(SEEDS, tmp_path / "seeds"))
    with ready(settings) as client:
        command = [SCHEMATHESIS, "run", f"{client.base_url}/openapi.json", "--max-examples", "5", "--no-color"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    generated = re.search(r"(\d+) generated", done.stdout)
    assert done.returncode == 0, done.stdout[-20_000:]
    assert generated
    assert int(generated[1]) > 300
