"""The gaps between the words of a line that part cells of a table: wide ones, and narrow ones that stand below each other."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

NARROWEST = 0.45
"""The narrowest gap between cells, in em."""
_SPACE = 0.35
"""The widest usual space between words, in em."""
_WIDER = 1.6
"""Times the usual space of its line."""
_TIGHTEST, _HARDLY = 0.3, 1.1
"""The same in lines of several cells."""
_NEAR, _LEVEL = 0.1, 0.5
"""How far apart edges may be that are one, in em, and lines that are one, in heights."""
_REACH = 5.0
"""Heights of a line in which the lines stand that tell."""
_LINES = 2
_MOST = 1_000_000
"""Pairs of gaps of a page that are compared: more are those of a drawing."""
_LEADER, _JUSTIFIED, _ALIKE = 5.0, 2.5, 0.8
"""The widest gap before the dots of a leader, and of a justified line, in em, and the share of it that its narrowest has."""
_AFTER_SENTENCE = 2.2
"""Times the space between the words of a loose line, at most, that after a sentence is."""
_MARK = re.compile(r"[\W_]|(?:\d{1,3}|[^\W\d_])[.)]")
_SIGN = re.compile(r"[-–—−+=×·/|~<>≤≥:*&]{1,2}")


def part_cells(words: Sequence[str], boxes: Any, beside: Any, wide: Any) -> Any:
    """Which gaps between one word and the next part cells, ``(n - 1,)`` of bool, of words with ``boxes`` in ``(n, 4)``.

    ``beside`` says which words stand on the line of the word before, at any distance, and ``wide`` which of them so far that
    they are in another cell, unless the gap is in a leader or in a justified line. A narrow gap parts cells if it is wider
    than the spaces of its line, and gaps of two lines near begin or end there, or are before numbers that end there. In a
    line without a space of the usual width, as in loose type, that has to hold for half of its gaps; in one with cells, gaps
    may be narrower. A sign alone is a cell or goes with the words on both sides.
    """
    gaps = _Gaps(words, boxes, beside)
    wide = wide & ~gaps.in_leader()
    if np.count_nonzero(wide) > 2:
        wide &= ~gaps.in_justified_line()
    chosen = gaps.open(wide)
    asked = chosen[~wide[chosen]]
    if not len(chosen):
        return wide
    parted = wide.copy()
    if len(asked):
        parted[asked] = gaps.aligned(asked, chosen)
    parted &= wide | gaps.are_enough(parted, ~wide)
    if len(tight := gaps.tight(parted)):
        parted[tight] = gaps.aligned(tight, np.flatnonzero(parted))
        asked = np.concatenate([asked, tight])
    for n in asked.tolist():
        if gaps.divides_sign(n, parted):
            parted[n] = False
    return parted


class _Gaps:
    """The gaps between words, of which each has the number of the word before; ``widths`` are in em."""

    def __init__(self, words: Sequence[str], boxes: Any, beside: Any) -> None:
        self._words, self._boxes, self._beside = words, boxes, beside
        self._left, _, self._right, _ = boxes.T
        high = np.maximum(boxes[:, 3] - boxes[:, 1], 0.1)
        self._em = 0.85 * np.minimum(high[1:], high[:-1])
        self.widths = (self._left[1:] - self._right[:-1]) / self._em

    def in_leader(self) -> Any:
        """Which gaps are before dots."""
        self._dots = np.array([word[0] in ".\u2026" and not word.strip(".\u2026") for word in self._words])
        self._inside = self._beside & ~self._dots[1:] & ~self._dots[:-1]
        first = np.append(True, ~self._beside[1:])
        self._starts, self._line = np.flatnonzero(first), np.cumsum(first) - 1
        self._space = self._by_line(np.minimum, self.widths, self._inside, np.inf)
        self._letter = (self._right - self._left) / np.array([len(word) for word in self._words])
        return self._dots[1:] & (self.widths < _LEADER)

    def in_justified_line(self) -> Any:
        """Which gaps are in a line of words with the same space, though not the same step, from each to the next.

        The space after a sentence may be wider. Lines of less than four words, of numbers, and in a font of one width are none.
        """
        steps = self._left[1:] - self._left[:-1]
        usual = self._beside & np.array([word[-1] not in ".:?!" for word in self._words[:-1]])
        (narrowest, widest), (shortest, longest), (thinnest, thickest) = (
            (self._by_line(np.minimum, some, usual, np.inf), self._by_line(np.maximum, some, usual, -np.inf))
            for some in (self.widths, steps, self._letter[1:])
        )
        numbers = np.array([word[-1].isdigit() for word in self._words[1:]])
        count, of_numbers = (self._by_line(np.add, some, usual, 0) for some in (usual, numbers))
        alike = (narrowest > _ALIKE * widest) & (self.widths < np.where(usual, 1, _AFTER_SENTENCE) * widest + 0.01)
        one_width = thickest <= 1.05 * thinnest
        several = (count >= 3) & (2 * of_numbers < count)
        return self._inside & alike & (widest < _JUSTIFIED) & several & (longest > 1.2 * shortest) & ~one_width

    def open(self, wide: Any) -> Any:
        """The wide gaps and those that may part cells, but none after the mark of an item."""
        wider = (self.widths > NARROWEST) & (self.widths >= _WIDER * np.minimum(self._space, _SPACE))
        wider &= ~self._is_letter()
        first = np.concatenate([[True], ~self._beside])
        found = np.flatnonzero(self._inside & (wide | wider)).tolist()
        return np.array([n for n in found if not (first[n] and _MARK.fullmatch(self._words[n]))], int)

    def tight(self, parted: Any) -> Any:
        """The gaps that are hardly wider than the spaces of their line, in lines of several cells."""
        narrow = self._inside & ~parted
        count, cells = (self._by_line(np.add, some, self._inside, 0) for some in (narrow, parted))
        usual = np.where(count > 1, self._space, _SPACE)
        in_contents = self._by_line(np.logical_or, self._dots[1:], self._beside, False).astype(bool)
        wider = narrow & (cells > 0) & ~in_contents & (self.widths > np.maximum(_TIGHTEST, _HARDLY * usual))
        return np.flatnonzero(wider & ~self._is_letter())

    def aligned(self, asked: Any, chosen: Any) -> Any:
        """Which of the gaps ``asked`` stand below or above others, of the ``chosen``, on lines near.

        A gap after the same word at the same place tells nothing: so begin lines of prose and of code.
        """
        if len(asked) * len(chosen) > _MOST:
            return np.zeros(len(asked), bool)
        one, other = asked + 1, chosen + 1
        near = (_NEAR * self._em[asked])[:, None]
        begins = abs(self._left[one][:, None] - self._left[other]) < near
        ends = abs(self._right[asked][:, None] - self._right[chosen]) < near
        values = [np.array([self._words[n][-1].isdigit() for n in some.tolist()]) for some in (one, other)]
        closes = (abs(self._right[one][:, None] - self._right[other]) < near) & values[0][:, None] & values[1]
        middle, high = (self._boxes[:, 1] + self._boxes[:, 3]) / 2, self._boxes[:, 3] - self._boxes[:, 1]
        distance = abs(middle[one][:, None] - middle[other]) / high[one][:, None]
        same = (begins | ends | closes) & (distance > _LEVEL) & (distance < _REACH)
        lines = np.zeros(len(asked), int)
        for row in np.flatnonzero(same.sum(1) >= _LINES).tolist():
            found = zip(chosen[same[row]].tolist(), (begins & ends)[row][same[row]].tolist(), strict=True)
            word = self._words[asked[row]]
            lines[row] = len({self._line[n] for n, is_both in found if not is_both or self._words[n] != word})
        return lines >= _LINES

    def are_enough(self, parted: Any, narrow: Any) -> Any:
        """Which gaps are in a line with a space of the usual width, or one of whose narrow gaps half are parted."""
        narrow = self._inside & narrow
        count, cells = (self._by_line(np.add, some, narrow, 0) for some in (narrow, parted))
        return (self._space <= _SPACE) | (2 * cells >= count)

    def divides_sign(self, number: int, parted: Any) -> bool:
        """Whether a gap would part a sign from the word on one side and not from that on the other."""
        joined = self._beside & ~parted
        before, after = number > 0 and joined[number - 1], number + 1 < len(joined) and joined[number + 1]
        signs = [bool(_SIGN.fullmatch(word)) for word in self._words[number : number + 2]]
        return bool((before and signs[0]) or (after and signs[1]))

    def _is_letter(self) -> Any:
        """Which gaps are one letter of a font of one width."""
        return (abs(self._letter[:-1] / self._em - self.widths) < 0.02) & (
            abs(self._letter[1:] / self._em - self.widths) < 0.02
        )

    def _by_line(self, function: Any, values: Any, some: Any, initial: float) -> Any:
        """What a function makes of the values of some gaps of each line, for each gap."""
        return function.reduceat(np.where(some, values, initial), self._starts)[self._line]
