"""The streams of an OLE2 file (Compound File Binary, [MS-CFB]): the names of those that are in no folder, without a library."""

import struct
from collections.abc import Iterator

_NONE = 0xFFFFFFFA
"""From which on a number is of no sector."""
_MOST_SECTORS = 20_000
"""Of a directory."""
_ENTRY = 128
_IN_HEADER = 109
"""The numbers of sectors of the allocation table that the header holds."""


def root_names(data: bytes) -> frozenset[str]:
    """The names of the streams and folders at the top of a file; empty where its directory is damaged.

    A document may hold whole files of other programs, whose streams are in folders of it or in its bytes.
    """
    try:
        directory = b"".join(_directory(data))
        return frozenset(_children(directory))
    except (struct.error, ValueError):
        return frozenset()


def _directory(data: bytes) -> Iterator[bytes]:
    (shift,) = struct.unpack_from("<H", data, 30)
    if shift not in (9, 12):
        raise ValueError(shift)
    size = 1 << shift
    (number,) = struct.unpack_from("<I", data, 48)
    table = list(struct.unpack_from(f"<{_IN_HEADER}I", data, 76)) + list(_further_sectors(data, size))
    seen: set[int] = set()
    while number < _NONE and number not in seen and len(seen) < _MOST_SECTORS:
        seen.add(number)
        yield data[(number + 1) * size : (number + 2) * size]
        place, within = divmod(number, size // 4)
        if place >= len(table):
            return
        (number,) = struct.unpack_from("<I", data, (table[place] + 1) * size + 4 * within)


def _further_sectors(data: bytes, size: int) -> Iterator[int]:
    """The sectors of the allocation table of a large file that its header does not name."""
    (number,) = struct.unpack_from("<I", data, 68)
    seen: set[int] = set()
    while number < _NONE and number not in seen and (number + 2) * size <= len(data):
        seen.add(number)
        *sectors, number = struct.unpack_from(f"<{size // 4}I", data, (number + 1) * size)
        yield from sectors


def _children(directory: bytes) -> Iterator[str]:
    count = len(directory) // _ENTRY
    waiting = [struct.unpack_from("<I", directory, 76)[0]]
    seen: set[int] = set()
    while waiting:
        number = waiting.pop()
        if number >= count or number in seen:
            continue
        seen.add(number)
        start = number * _ENTRY
        length, _, _, left, right = struct.unpack_from("<HBBII", directory, start + 64)
        yield directory[start : start + min(max(length - 2, 0), 62)].decode("utf-16-le", "replace")
        waiting += (left, right)
