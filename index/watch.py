"""The changes of a folder, as the system tells of them."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event

from watchfiles import Change, watch

from quotewise.index.ignore_rules import NAMES

_QUIET_MS, _LONGEST_MS = 100, 500
"""How long nothing changes before a change is told, and how long that is waited for."""
_LOOK_MS = 1_000
"""How often it is looked whether the folder is still the same, which no system tells."""


def watched(folder: Path, index: Path, stop: Event, polling: bool = False) -> Iterator[bool]:
    """Whether a document may have changed since the last time: at once when one did, otherwise every second.

    The first is True, as soon as changes are noticed. What is hidden is no document, nor is what is in the folder of the index.
    Ends when it is told to, or when the folder is gone or another one by now.

    Raises:
        OSError: the system cannot tell of changes, or the folder cannot be watched.
    """
    root, own = folder.resolve(), index.resolve()

    def concerns(change: Change, name: str) -> bool:
        path = Path(name)
        if path == root or path.is_relative_to(own):
            return False
        *folders, last = path.relative_to(root).parts if path.is_relative_to(root) else path.parts
        return not any(part.startswith(".") for part in folders) and (not last.startswith(".") or last in NAMES)

    identity, first = _identity(root), True
    for changes in watch(
        root,
        watch_filter=concerns,
        debounce=_LONGEST_MS,
        step=_QUIET_MS,
        stop_event=stop,
        rust_timeout=_LOOK_MS,
        yield_on_timeout=True,
        force_polling=polling or None,
        raise_interrupt=False,
    ):
        yield first or bool(changes)
        first = False
        if _identity(root) != identity:
            return


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
