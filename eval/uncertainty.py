"""Figures into intervals, and two runs of the same questions into what changed: bootstrap over the questions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from quotewise.eval.measures import MEASURES, Columns, Measure, columns
from quotewise.eval.runs import Estimate, Run

_RESAMPLES = 1000
_INTERVAL = (2.5, 97.5)
"""Percentiles of a 95% interval (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3)."""


def estimates(columns: Columns, measures: Sequence[Measure]) -> dict[str, Estimate]:
    """Each measure over the questions with its interval."""
    return {measure.name: _estimate(columns, measure) for measure in measures}


def _estimate(columns: Columns, measure: Measure) -> Estimate:
    value, count = measure(columns), measure.applies_to(columns)
    if np.isnan(value):
        return Estimate(value=None, low=None, high=None, questions=0)
    low, high = np.nanpercentile(_resampled(columns, measure), _INTERVAL)
    return Estimate(value=round(value, 4), low=round(float(low), 4), high=round(float(high), 4), questions=count)


def _resampled(columns: Columns, measure: Measure) -> np.ndarray:
    """float64 (resamples,): the measure over questions drawn with replacement, the same draws for as many questions."""
    chance = np.random.default_rng(0)
    count = len(columns["answerable"])
    if measure.of is None:
        values = columns[measure.column]
        applies = ~np.isnan(values)
        times = chance.multinomial(count, np.full(count, 1 / count), _RESAMPLES)[:, applies]
        found: np.ndarray = times @ values[applies] / np.where(times.any(axis=1), times.sum(axis=1), np.nan)
        return found
    draws = chance.integers(count, size=(_RESAMPLES, count))
    return np.array([measure({name: column[draw] for name, column in columns.items()}) for draw in draws])


@dataclass(frozen=True, slots=True)
class Difference:
    """How a measure moved from a baseline, with the 95% interval of the paired bootstrap.

    ``significant`` is whether the interval leaves out 0; ``loss`` whether it moved the wrong way as well.
    """

    measure: str
    before: float
    after: float
    low: float
    high: float
    lower_is_better: bool

    @property
    def significant(self) -> bool:
        return self.low > 0 or self.high < 0

    @property
    def loss(self) -> bool:
        return self.significant and (self.low > 0) == self.lower_is_better


def compare(before: Run, after: Run) -> list[Difference]:
    """How each measure that applies to both runs moved; both are of the same questions in the same order."""
    old, new = (columns([outcome.figures for outcome in run.outcomes]) for run in (before, after))
    found = []
    for measure in MEASURES:
        was, now = measure(old), measure(new)
        if not np.isnan(was) and not np.isnan(now):
            low, high = np.nanpercentile(_resampled(new, measure) - _resampled(old, measure), _INTERVAL)
            found.append(Difference(measure.name, was, now, float(low), float(high), measure.lower_is_better))
    return found
