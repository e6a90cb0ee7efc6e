"""Which files ``.gitignore`` and ``.quotewiseignore`` exclude, by git's rules: of nested ones the nearest decides."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore import GitIgnorePatternError

NAMES = (".gitignore", ".quotewiseignore")
MAX_BYTES = 100_000
"""What is read of each."""


@dataclass(frozen=True, slots=True)
class IgnoreRules:
    """The patterns that hold in a folder: each with the folder of its file, outermost first."""

    patterns: tuple[tuple[str, GitIgnoreSpec], ...] = ()

    def within(self, root: Path, folder: str, names: Collection[str]) -> Self:
        """What holds in a folder below ``root``, whose path ends with a slash, and which has files of these names."""
        rules = self
        for path in (root / folder / name for name in NAMES if name in names):
            with suppress(OSError):
                if path.is_file():
                    rules = rules.and_those(folder, path.read_bytes()[:MAX_BYTES])
        return rules

    def and_those(self, folder: str, data: bytes) -> Self:
        """These and those of a file in a folder; what is no valid pattern is none."""
        with suppress(ValueError, GitIgnorePatternError):
            spec = GitIgnoreSpec.from_lines(data.decode(errors="replace").splitlines())
            return type(self)((*self.patterns, (folder, spec)))
        return self

    def match(self, path: str) -> bool:
        """Whether a path is ignored; that of a folder ends with a slash."""
        for folder, spec in reversed(self.patterns):
            if (include := spec.check_file(path[len(folder) :]).include) is not None:
                return include
        return False
