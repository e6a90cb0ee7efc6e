"""The files of a folder that were not read, or only in part, each with its reason and the kind of reason it is counted by."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

PASSWORD, NO_TEXT = "password", "no text layer"
_KINDS = {
    PASSWORD: r"password|encrypt|copy protect",
    NO_TEXT: NO_TEXT,
    "unknown format": r"no known format|which is not read",
    "too large": r"larger than",
    "empty": r"\bempty\b|\bblank\b|nothing to quote|no text\b",
    "limit": r"takes more than|needs more than|limit|too deep|nested deeper|more than [\d,]+",
    "not shown": r"invisible|outside the visible",
    "unknown characters": r"of which its fonts|U\+FFFD",
    "attachment": r"attached|attachment",
    "not accessible": r"symbolic link|cannot be (?:read|listed):|not valid UTF-8|same name as|vanished|not a regular file",
}
"""By what is in the reason, the first that fits; everything else is damage."""
DAMAGED = "damaged"


def kind_of(reason: str) -> str:
    """The kind by which a reason is counted."""
    return next((kind for kind, sign in _KINDS.items() if re.search(sign, reason, re.IGNORECASE)), DAMAGED)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that was not read and why, or with ``in_part`` which part of it was not, and why."""

    path: str
    reason: str
    in_part: bool = False
    kind: str = field(init=False, default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", kind_of(self.reason))


@dataclass(frozen=True, slots=True)
class Refusal:
    """That a parser, in this version, refused the bytes of this sha256, and why; it would do so again.

    ``parser`` is empty where it took too long, which it may not another time, and where there is none.
    """

    sha256: str
    parser: str
    reason: str


def counts(files: Iterable[LeftOut]) -> dict[str, int]:
    """How many files there are of each kind of reason, most first."""
    return dict(Counter(file.kind for file in files).most_common())


def unread_part(parsed: str | None, chunks: int) -> str | None:
    """Which part of a document with so many chunks cannot be quoted, and why."""
    return parsed or (None if chunks else "all of it, since it holds nothing to quote")
