"""A derived index on disk is trusted only under its seal: which change it reflects, and the checksum of each file."""

import json
import shutil
import zlib
from pathlib import Path
from typing import NamedTuple

_NAME = "seal.json"


class Change(NamedTuple):
    """A change to a catalogue: its number, and a random stamp that tells it from one of the same number elsewhere."""

    seq: int
    stamp: str


UNCHANGED = Change(0, "")
"""Before the first change."""


def read_seal(folder: Path) -> Change | None:
    """The last change that the files of a folder reflect; None when any of them is missing or damaged."""
    try:
        seal = json.loads((folder / _NAME).read_text(encoding="utf-8"))
        whole = all(_checksum(folder / name) == crc for name, crc in seal["files"].items())
        return Change(int(seal["seq"]), str(seal["stamp"])) if whole else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_seal(folder: Path, change: Change, files: list[str]) -> None:
    """Vouch that these files of a folder reflect all changes up to this one. Replaces the seal in one step."""
    draft = folder / f"{_NAME}.new"
    checksums = {name: _checksum(folder / name) for name in files}
    draft.write_text(json.dumps({"seq": change.seq, "stamp": change.stamp, "files": checksums}), encoding="utf-8")
    draft.replace(folder / _NAME)


def clear(folder: Path) -> None:
    """Leave an empty folder, whatever stood there before."""
    if folder.is_dir():
        shutil.rmtree(folder, ignore_errors=True)
    else:
        folder.unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)


def _checksum(path: Path) -> int:
    crc = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            crc = zlib.crc32(block, crc)
    return crc
