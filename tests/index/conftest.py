"""Ways to meet what a test process does not meet by itself: a time limit, and a user who may not read everything."""

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import quotewise.index.local_store


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Fails rather than hangs."""

    def give_up(number: int, frame: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


@contextmanager
def ordinary_user(*owned: Path) -> Iterator[None]:
    """Root may read everything, so be nobody for a while, who owns these paths."""
    if os.geteuid() != 0:
        yield
        return
    for path in owned:
        os.chown(path, 65534, 65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that an ordinary user can reach, unlike those under ``tmp_path`` when root runs the tests."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers look for the changes of others at every search rather than every second."""
    monkeypatch.setattr(quotewise.index.local_store, "_CURRENT_SECONDS", 0)
