"""A derived index on disk is trusted only under its seal: which change it reflects, and the checksum of each file."""

import json
import zlib
from pathlib import Path

_NAME = "seal.json"


def read_seal(folder: Path) -> int | None:
    """The number of the last change that the files of a folder reflect; None when any is missing, added to or damaged."""
    try:
        seal = json.loads((folder / _NAME).read_text(encoding="utf-8"))
        return int(seal["seq"]) if all(_checksum(folder / name) == crc for name, crc in seal["files"].items()) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_seal(folder: Path, seq: int, files: list[str]) -> None:
    """Vouch that these files of a folder reflect all changes up to ``seq``. Replaces the seal in one step."""
    draft = folder / f"{_NAME}.new"
    checksums = {name: _checksum(folder / name) for name in files}
    draft.write_text(json.dumps({"seq": seq, "files": checksums}), encoding="utf-8")
    draft.replace(folder / _NAME)


def _checksum(path: Path) -> int:
    crc = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            crc = zlib.crc32(block, crc)
    return crc
