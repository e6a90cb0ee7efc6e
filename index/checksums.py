"""A derived index on disk is trusted only under its seal: which change it reflects, and the checksum of each file."""

import json
import os
import secrets
import shutil
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

_NAME = "seal.json"


class Change(NamedTuple):
    """A change to a catalogue: its number, and a random stamp that tells it from one of the same number elsewhere."""

    seq: int
    stamp: str


UNCHANGED = Change(0, "")
"""Before the first change."""


def read_checksums(folder: Path) -> Change | None:
    """The last change that the files of a folder reflect; None when any of them is missing or damaged."""
    try:
        seal = json.loads((folder / _NAME).read_text(encoding="utf-8"))
        whole = all(_checksum(folder / name) == crc for name, crc in seal["files"].items())
        return Change(int(seal["seq"]), str(seal["stamp"])) if whole else None
    except Exception:  # noqa: BLE001 - there may be anything in its place
        return None


def write_checksums(folder: Path, change: Change) -> None:
    """Vouch that the files of a folder reflect all changes up to this one. Replaces the seal in one step."""
    draft = folder / f"{_NAME}.new"
    draft.unlink(missing_ok=True)
    files = [path.name for path in folder.iterdir() if path.suffix != ".lock" and path.name[0] != "." and path.name != _NAME]
    checksums = {name: _checksum(folder / name) for name in files}
    draft.write_text(json.dumps({"seq": change.seq, "stamp": change.stamp, "files": checksums}), encoding="utf-8")
    make_private([folder])
    draft.replace(folder / _NAME)


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """A new folder, hidden beside one whose place it takes when the context ends well, whatever stood there before.

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
        for left in (made, old):
            remove(left)


def remove(path: Path) -> None:
    """Remove a folder with all in it, or a file; what cannot be removed stays."""
    shutil.rmtree(path, ignore_errors=True)
    with suppress(OSError):
        path.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove the folders that ``replaced`` has left half made in a folder. Nobody else may be writing there."""
    for left in folder.glob(f".*.{'[0-9a-f]' * 16}.*"):
        if left.suffix in (".new", ".old"):
            remove(left)


def make_private(paths: Iterable[Path]) -> None:
    """Let only their owner use these files and folders, and what is in them; passes over what is not there."""
    for path in paths:
        within = [Path(parent, name) for parent, folders, files in os.walk(path) for name in folders + files]
        for one in (path, *within):
            with suppress(OSError):  # it is another's, or gone
                if one.lstat().st_mode & 0o077 and not one.is_symlink():
                    one.chmod(0o700 if one.is_dir() else 0o600)


def _checksum(path: Path) -> int:
    crc = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            crc = zlib.crc32(block, crc)
    return crc
