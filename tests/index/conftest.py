"""Ways to meet what a test process does not meet by itself: a time limit, a full disk, a user who may not read everything."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
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


@dataclass(frozen=True)
class SmallDisk:
    """A file system of a few megabytes, which anybody may write to."""

    folder: Path

    def fill(self, spare: int = 0) -> None:
        """Leave so many bytes."""
        with suppress(OSError), open(self.folder / "filler", "wb", buffering=0) as filler:
            while True:
                filler.write(bytes(4096))
        os.truncate(self.folder / "filler", (self.folder / "filler").stat().st_size - spare)

    def clear(self) -> None:
        (self.folder / "filler").unlink()


@pytest.fixture
def small_disk() -> Iterator[SmallDisk]:
    """A file system in memory, which only root can mount."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        place = Path(folder) / "disk"
        place.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", "size=6m,mode=777", "tmpfs", place]
        mounted = shutil.which("mount") and subprocess.run(command, capture_output=True, check=False).returncode == 0
        if not mounted:
            pytest.skip("no file system can be mounted here")
        yield SmallDisk(place)
        subprocess.run(["umount", "--lazy", place], check=True)


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
