"""How far a sync is in bytes, and the time that is left: that of parsing by bytes, that of embedding by characters."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from quotewise.index.formats import ending_of, format_of
from quotewise.index.printable import printable

_CHARACTERS_A_BYTE, _COMPRESSED = 1.0, 0.2
"""The text in a byte of a file of text, and of one that is compressed, before the first of its ending is parsed."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far a sync is: of how many bytes of files, with the path at work, and the seconds left, None while unknown."""

    done_bytes: int
    total_bytes: int
    path: str
    seconds_left: float | None


Progress = Callable[[Step], None]
"""Called with each step, often; an exception from it ends the sync, which keeps what is committed."""


@dataclass(slots=True)
class _Ratio:
    """How much of one thing there was for so much of another."""

    of: float = 0.0
    to: float = 0.0

    def add(self, of: float, to: float) -> None:
        self.of += of
        self.to += to

    def times(self, amount: float) -> float:
        return self.to / self.of * amount if self.of else 0.0


@dataclass(slots=True)
class _Waiting:
    """A file that is parsed: its characters that are to be embedded, and how many of them are."""

    characters: int
    embedded: int = 0


class Work:
    """The files that a sync has to do, by size in bytes, and what of them is done: each is parsed, then some embedded together.

    ``clock`` gives seconds.
    """

    def __init__(self, sizes: Mapping[str, int], progress: Progress, clock: Callable[[], float] = time.monotonic) -> None:
        self._sizes, self._progress, self._clock = sizes, progress, clock
        self._total, self._done, self._since = sum(sizes.values()), 0, clock()
        self._unparsed: Counter[str] = Counter()
        for path, size in sizes.items():
            self._unparsed[ending_of(path)] += size
        self._waiting: dict[str, _Waiting] = {}
        self._seconds_a_byte, self._seconds_a_character = _Ratio(), _Ratio()
        self._characters_a_byte: defaultdict[str, _Ratio] = defaultdict(_Ratio)

    def begin(self, path: str) -> None:
        """Name the file that is read next."""
        self._lap()
        self._tell(path)

    def done(self, path: str) -> None:
        """A file needs no more work: it is unchanged, or cannot be read."""
        self._unparsed[ending_of(path)] -= self._sizes[path]
        self._done += self._sizes[path]
        self._tell(path)

    def parsed(self, path: str, characters: int) -> None:
        """The file at work was parsed, and so many characters of it are to be embedded."""
        size = self._sizes[path]
        self._unparsed[ending_of(path)] -= size
        self._waiting[path] = _Waiting(characters)
        self._seconds_a_byte.add(size, self._lap())
        self._characters_a_byte[ending_of(path)].add(size, characters)
        self._tell(path)

    def embedded(self, characters: int) -> None:
        """So many more characters of the files that were parsed are embedded, in the order of the files."""
        self._seconds_a_character.add(characters, self._lap())
        at_work = ""
        for path, file in self._waiting.items():
            some = min(characters, file.characters - file.embedded)
            file.embedded += some
            characters -= some
            at_work = path
            if not characters:
                break
        self._tell(at_work)

    def committed(self, path: str) -> None:
        """A file that was parsed is done, whatever of it was embedded."""
        del self._waiting[path]
        self._done += self._sizes[path]
        self._tell(path)

    def _seconds_left(self) -> float | None:
        if not self._seconds_a_character.of:
            return None
        waiting = sum(file.characters - file.embedded for file in self._waiting.values())
        expected = sum(self._expected(ending, size) for ending, size in self._unparsed.items())
        parsing = self._seconds_a_byte.times(self._unparsed.total())
        return parsing + self._seconds_a_character.times(waiting + expected)

    def _expected(self, ending: str, size: int) -> float:
        """The characters to embed in the files of an ending that are not parsed yet."""
        if self._characters_a_byte[ending].of:
            return self._characters_a_byte[ending].times(size)
        known = format_of(f"a{ending}")
        return size * (_COMPRESSED if known and known.isolated else _CHARACTERS_A_BYTE)

    def _lap(self) -> float:
        began, self._since = self._since, self._clock()
        return self._since - began

    def _tell(self, path: str) -> None:
        done = self._done + sum(
            int(self._sizes[path] * file.embedded / file.characters) for path, file in self._waiting.items() if file.characters
        )
        self._progress(Step(done, self._total, printable(path), self._seconds_left()))
