"""Which files ``.gitignore`` and ``.quotewiseignore`` exclude, by git's rules: of nested ones the nearest decides."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore import GitIgnorePatternError

NAMES = (".gitignore", ".quotewiseignore")
_MAX_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class IgnoreRules:
    """The patterns that hold in a folder: each with the folder of its file, outermost first."""

    patterns: tuple[tuple[str, GitIgnoreSpec], ...] = ()

    def within(self, root: Path, folder: str, names: Collection[str]) -> Self:
        """What holds in a folder below ``root``, whose path ends with a slash, and which has files of these names."""
        patterns = list(self.patterns)
        for path in (root / folder / name for name in NAMES if name in names):
            with suppress(OSError, ValueError, GitIgnorePatternError):
                if path.is_file():
                    lines = path.read_bytes()[:_MAX_BYTES].decode(errors="replace").splitlines()
                    patterns.append((folder, GitIgnoreSpec.from_lines(lines)))
        return type(self)(tuple(patterns))

    def match(self, path: str) -> bool:
        """Whether a path is ignored; that of a folder ends with a slash."""
        for folder, spec in reversed(self.patterns):
            if (include := spec.check_file(path[len(folder) :]).include) is not None:
                return include
        return False
