import shutil
from pathlib import Path
from typing import Any

import psutil
from quotewise.api.settings import Settings
from quotewise.eval.soak import soak

from tests.api.conftest import library, notes, ready  # noqa: F401 - fixtures
from tests.conftest import WHY


def test_a_minute_of_a_soak_tells_what_was_answered_and_what_the_service_holds(library: Path, tmp_path: Path) -> None:  # noqa: F811
    log = tmp_path / "log"
    log.write_text("line\n")
    settings = Settings(index=shutil.copytree(library, tmp_path / "index"), reader="similarity", extract_seconds=0.2)
    with ready(settings) as client:
        [row] = list(soak(psutil.Process(), client.base_url.port or 0, [WHY], log, minutes=1, busy=2, idle=0))
    found: Any = row
    assert found["answers"].keys() <= {"200", "201", "202", "204", "400", "403", "404", "422", "503"}
    assert sum(found["answers"].values()) > 60
    assert found["log_bytes"] == 5
    assert found["threads"] > 1
    assert found["health"]["failed"] == 0
