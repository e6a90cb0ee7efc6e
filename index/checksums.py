"""A derived index on disk is used only if its checksums match: they say which change it reflects and how it was made."""

import json
import os
import secrets
import shutil
import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from quotewise.index.store import Change

CHECKSUMS = "checksums.json"
LOG = ".log"
"""The ending of files to which is only ever added; what follows their length in the checksums is not part of them."""


class Checksums:
    """The CRC-32 of files; of one that is as it was nothing is read again, of a log only what it has grown by."""

    def __init__(self) -> None:
        self._read: dict[Path, tuple[os.stat_result, int, int]] = {}

    def of(self, path: Path, length: int | None = None) -> list[int]:
        """The length of a file and the checksum of that much, or of ``length`` bytes of it."""
        now = path.stat()
        length = now.st_size if length is None else length
        before, done, crc = self._read.get(path, (now, 0, 0))
        grown = path.suffix == LOG and before.st_ino == now.st_ino and before.st_size < now.st_size and done <= length
        same = (before.st_ino, before.st_size, before.st_mtime_ns) == (
            now.st_ino,
            now.st_size,
            now.st_mtime_ns,
        ) and done == length
        if not (grown or same):
            done, crc = 0, 0
        with path.open("rb") as file:
            file.seek(done)
            while block := file.read(min(1 << 20, length - done)):
                crc, done = zlib.crc32(block, crc), done + len(block)
        self._read[path] = now, done, crc
        return [done, crc]

    def renamed(self, before: Path, after: Path) -> None:
        self._read[after] = self._read.pop(before)


def read_checksums(folder: Path, made_with: str, checksums: Checksums) -> tuple[Change, dict[str, int]] | None:
    """The last change that the files of a folder reflect, and their lengths.

    None when one is missing or damaged, or they were made otherwise. Those that were being changed may be of a later change.
    """
    try:
        stored = json.loads((folder / CHECKSUMS).read_text(encoding="utf-8"))
        files = {name: expected for name, expected in stored["files"].items() if name not in stored["changing"]}
        lengths = {name: int(length) for name, (length, _) in files.items()}
        intact = all(
            checksums.of(folder / name, lengths[name] if name.endswith(LOG) else None) == expected
            for name, expected in files.items()
        )
        change = Change(int(stored["seq"]), str(stored["stamp"]))
        return (change, lengths) if intact and stored["made_with"] == made_with else None
    except Exception:  # noqa: BLE001 - the file may hold anything
        return None


def write_checksums(
    folder: Path, change: Change, made_with: str, checksums: Checksums, outdated: Collection[Path] = ()
) -> None:
    """State that the files of a folder but for outdated ones reflect all changes up to this one, then remove those.

    Replaces the checksums in one step.
    """
    files = [path for path in folder.iterdir() if path.suffix != ".lock" and path.name[0] != "." and path.name != CHECKSUMS]
    current = {path.name: checksums.of(path) for path in files if path not in outdated}
    _replace(folder, {**change._asdict(), "made_with": made_with, "changing": [], "files": current})
    remove(*outdated)


def begin_changing(folder: Path, unchanged: Collection[str]) -> None:
    """State that all files but these may reflect later changes from now on, which can be applied again."""
    stored = json.loads((folder / CHECKSUMS).read_text(encoding="utf-8"))
    _replace(folder, {**stored, "changing": [name for name in stored["files"] if name not in unchanged]})


def _replace(folder: Path, stored: dict[str, Any]) -> None:
    draft = folder / f".{CHECKSUMS}.new"
    draft.unlink(missing_ok=True)
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
