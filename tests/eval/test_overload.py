from pathlib import Path
from typing import Any

import psutil
from quotewise.api.settings import Settings
from quotewise.eval.overload import overload

from tests.api.conftest import library, notes, ready  # noqa: F401 - fixtures
from tests.conftest import WHY


def test_far_past_what_it_can_serve_a_service_refuses_quickly_stays_alive_and_recovers(library: Path) -> None:  # noqa: F811
    with ready(Settings(index=library, parallel=1, queue=3)) as client:
        found: Any = overload(psutil.Process(), client.base_url.port or 0, [WHY], times=20, seconds=1, count=3)
    assert found["failed"] == 0, found
    assert found["refused"] > 0
    assert found["answered_per_second"] > 0
    assert found["over"]["refusal_p95_ms"] < 8000, "they waited for a turn"
    assert found["health"]["failed"] == 0
    assert found["resident_mib"]["most"] - found["resident_mib"]["before"] < 100
    assert found["one_client_after"]["answers_per_second"] > 0
