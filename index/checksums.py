"""A derived index on disk is used only if its checksums match: they say which change it reflects and how it was made."""

import json
import os
import secrets
import shutil
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from quotewise.index.store import Change

CHECKSUMS = "checksums.json"


def read_checksums(folder: Path, made_with: str) -> Change | None:
    """The last change that the files of a folder reflect; None when one is missing or damaged, or they were made otherwise."""
    try:
        stored = json.loads((folder / CHECKSUMS).read_text(encoding="utf-8"))
        intact = all(_checksum(folder / name) == crc for name, crc in stored["files"].items())
        return Change(int(stored["seq"]), str(stored["stamp"])) if intact and stored["made_with"] == made_with else None
    except Exception:  # noqa: BLE001 - the file may hold anything
        return None


def write_checksums(folder: Path, change: Change, made_with: str) -> None:
    """State that the files of a folder reflect all changes up to this one. Replaces the checksums in one step."""
    draft = folder / f"{CHECKSUMS}.new"
    draft.unlink(missing_ok=True)
    files = [
        path.name for path in folder.iterdir() if path.suffix != ".lock" and path.name[0] != "." and path.name != CHECKSUMS
    ]
    stored = {**change._asdict(), "made_with": made_with, "files": {name: _checksum(folder / name) for name in files}}
    draft.write_text(json.dumps(stored), encoding="utf-8")
    make_private([folder])
    draft.replace(folder / CHECKSUMS)


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """A new hidden folder beside ``folder``, which replaces it, or whatever is at its path, on exit without an error.

    A process that dies meanwhile leaves what ``sweep`` removes, and at worst no folder.
    """
    for above in reversed([path for path in folder.parents if not path.exists()]):
        above.mkdir(0o700, exist_ok=True)
    made, old = (folder.with_name(f".{folder.name}.{secrets.token_hex(8)}.{kind}") for kind in ("new", "old"))
    made.mkdir(0o700)
    try:
        yield made
        with suppress(FileNotFoundError):
            folder.rename(old)
        made.rename(folder)
    finally:
        remove(made, old)


def remove(*paths: Path) -> None:
    """Remove folders with their content, or files; what cannot be removed stays."""
    for path in paths:
        shutil.rmtree(path, ignore_errors=True)
        with suppress(OSError):
            path.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove the unfinished folders that ``replaced`` has left in a folder. Nobody else may be writing there."""
    remove(*(path for path in folder.glob(f".*.{'[0-9a-f]' * 16}.*") if path.suffix in (".new", ".old")))


def make_private(paths: Iterable[Path]) -> None:
    """Set modes 700 and 600 on folders, files and what is in them; missing ones are ignored."""
    for path in paths:
        within = [Path(parent, name) for parent, folders, files in os.walk(path) for name in folders + files]
        for entry in (path, *within):
            with suppress(OSError):  # another user owns it, or it was removed
                if entry.lstat().st_mode & 0o077 and not entry.is_symlink():
                    entry.chmod(0o700 if entry.is_dir() else 0o600)


def _checksum(path: Path) -> int:
    crc = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            crc = zlib.crc32(block, crc)
    return crc
