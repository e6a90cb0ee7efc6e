"""A run into what people read: a table in the terminal, and one HTML file that needs nothing else."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from quotewise.api import terminal
from quotewise.eval.measures import calibration_bins, columns, risk_coverage
from quotewise.eval.runs import Estimate, Kind, Outcome, Run
from quotewise.eval.uncertainty import Difference

KINDS: tuple[Kind, ...] = ("right", "wrongly answered", "reader missed it", "retrieval missed it", "wrongly silent", "failed")
_ACTING = (*range(0x7F, 0xA0), 0x61C, *range(0x200E, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_VISIBLE = {code: chr(0x2400 + code) for code in range(0x20) if code not in b"\t\n\r"} | {
    code: f"[U+{code:04X}]" for code in _ACTING
}
"""Characters that would act on a page or a terminal instead of showing, and what shows them."""
_CURVE_POINTS = 200
"""Points drawn of a risk-coverage curve."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of a passage that is marked in one way: the names of its marks, of ``quote``, ``highlight`` and ``gold``."""

    text: str
    marks: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage with its marks, and where it stands."""

    place: str
    pieces: tuple[Piece, ...]


def show_run(run: Run) -> None:
    """The figures with their intervals, the latency, and how many questions went wrong in which way."""
    rows = [[name, *_cells(one), str(one.questions)] for name, one in run.estimates.items() if one.value is not None]
    terminal.show_table(["measure", "value", "95% interval", "questions"], rows)
    terminal.console.print()
    tags = [
        [tag, *(_cells(found["first quote right"])), str(found["first quote right"].questions)]
        for tag, found in run.by_tag.items()
        if found["first quote right"].value is not None
    ]
    if tags:
        terminal.show_table(["first quote right, by tag", "value", "95% interval", "questions"], tags)
        terminal.console.print()
    stages = [[stage, *(f"{value:.1f}" for value in found.values())] for stage, found in run.latency_ms.items()]
    terminal.show_table(["milliseconds", "p50", "p95", "p99"], stages)
    counts = Counter(outcome.kind for outcome in run.outcomes)
    summary = [f"{counts[kind]:,} {kind}" for kind in KINDS if counts[kind]]
    speed = f"{run.questions_per_second:.1f} questions a second"
    memory = f", {run.peak_mib:,.0f} MiB at the most" if run.peak_mib is not None else ""
    terminal.console.print(f"\n{', '.join(summary)}\n{speed}{memory}, threshold {run.head.threshold:g}")
    for outcome in run.outcomes:
        if outcome.failure:
            terminal.errors.print(terminal.shown(f"failed: {outcome.gold.id}: {outcome.failure}", "yellow"), soft_wrap=True)


def show_differences(found: Sequence[Difference], changed: Sequence[tuple[Outcome, Outcome]]) -> None:
    """How each measure moved, and the questions that went another way than before."""
    rows = [
        [one.measure, f"{one.before:.3f}", f"{one.after:.3f}", f"{one.after - one.before:+.3f}", _verdict(one)] for one in found
    ]
    terminal.console.print()
    terminal.show_table(["measure", "baseline", "now", "change", ""], rows)
    terminal.console.print(f"\n{len(changed)} questions changed")
    terminal.show_table(
        ["question", "baseline", "now"], [[after.gold.question, old.kind, after.kind] for old, after in changed]
    )


def _verdict(one: Difference) -> str:
    interval = f"({one.low:+.3f} to {one.high:+.3f})"
    return f"{'LOSS' if one.loss else 'gain'} {interval}" if one.significant else f"within chance {interval}"


def _cells(one: Estimate) -> tuple[str, str]:
    return f"{one.value:.3f}", f"{one.low:.3f} to {one.high:.3f}"


def render(run: Run, found: Sequence[Difference], changed: Sequence[tuple[Outcome, Outcome]]) -> str:
    """The report as HTML; ``found`` and ``changed`` are empty without a baseline."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        finalize=lambda value: value.translate(_VISIBLE) if isinstance(value, str) else value,
    )
    table = columns([outcome.figures for outcome in run.outcomes])
    asked = ~np.isnan(table["confidence"])
    confidence, right = table["confidence"][asked], table["right"][asked]
    coverage, risk = risk_coverage(confidence, right) if asked.any() else (np.array([]), np.array([]))
    every = max(1, len(coverage) // _CURVE_POINTS)
    return environment.get_template("report.html.j2").render(
        run=run,
        kinds=KINDS,
        counts=Counter(outcome.kind for outcome in run.outcomes),
        differences=found,
        verdict=_verdict,
        changed=changed,
        bins=calibration_bins(confidence, right) if asked.any() else [],
        curve=list(zip(coverage[::every].tolist(), risk[::every].tolist(), strict=True)),
        passages_of=lambda outcome: list(_shown(outcome, run)),
    )


def _shown(outcome: Outcome, run: Run) -> Iterator[Shown]:
    """Each passage that has a quote or a gold quote, the quotes' first, in its order, with all marks that lie in it."""
    marks = [(q.path, q.start, q.end, "quote") for q in outcome.quotes]
    marks += [(q.path, *highlight, "highlight") for q in outcome.quotes for highlight in q.highlights]
    marks += [(q.path, *q.span, "gold") for q in outcome.gold.quotes]
    for path, start, end in dict.fromkeys([*((q.path, *q.passage) for q in outcome.quotes), *outcome.gold_passages]):
        inside = [(first - start, last - start, name) for other, first, last, name in marks if other == path]
        text = run.passages[f"{path}:{start}-{end}"]
        yield Shown(f"{path}, characters {start}-{end}", tuple(_pieces(text, inside)))


def _pieces(text: str, marks: Sequence[tuple[int, int, str]]) -> Iterator[Piece]:
    edges = sorted({0, len(text)} | {min(max(edge, 0), len(text)) for a, b, _ in marks for edge in (a, b)})
    for start, end in pairwise(edges):
        names = dict.fromkeys(name for a, b, name in marks if a <= start and end <= b)
        yield Piece(text[start:end], " ".join(names))
