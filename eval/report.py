"""A run as people read it: tables in the terminal, and one HTML file that needs nothing else."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import get_args

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from quotewise.api import terminal
from quotewise.eval.measures import Estimate, confidences, risk_coverage
from quotewise.eval.run import BY_TAG, ErrorType, Outcome, Run

_BIDIRECTIONAL = (*range(0x7F, 0xA0), 0x61C, *range(0x200E, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_VISIBLE = {code: chr(0x2400 + code) for code in range(0x20) if code not in b"\t\n\r"} | {
    code: f"[U+{code:04X}]" for code in _BIDIRECTIONAL
}
"""Control characters that would act on a page instead of showing, and what shows them."""
_CURVE_POINTS = 200


def show_run(run: Run) -> None:
    """The figures with their intervals, the latency, and how many questions went wrong in which way."""
    heads = ["measure", "first quote right, by tag"]
    parts = [run.estimates, {tag: figures["first quote right"] for tag, figures in run.by_tag.items()}]
    for head, estimates in zip(heads, parts, strict=True):
        if rows := [[name, *_cells(one)] for name, one in estimates.items() if one.value is not None]:
            terminal.show_table([head, "value", "95% interval", "questions"], rows)
            terminal.console.print()
    if bins := [[f"{one['confidence']:.2f}", f"{one['right']:.2f}", f"{one['questions']}"] for one in run.reliability]:
        terminal.show_table(["reliability: confidence", "share right", "questions"], bins)
        terminal.console.print()
    latency = [[stage, *(f"{value:.1f}" for value in values)] for stage, values in run.latency_ms.items()]
    terminal.show_table(["milliseconds", "p50", "p95", "p99"], latency)
    counts = _counts(run)
    memory = f", {run.summary.peak_mib:,} MiB at most" if run.summary.peak_mib else ""
    terminal.console.print(f"\n{', '.join(f'{count:,} {name}' for name, count in counts.items())}")
    speed = run.summary.asked / max(run.summary.seconds, 1e-3)
    terminal.console.print(f"{speed:.1f} questions a second{memory}, threshold {run.config.threshold:g}")
    for outcome in run.outcomes:
        if outcome.failure:
            terminal.errors.print(terminal.shown(f"failed: {outcome.gold.id}: {outcome.failure}", "yellow"), soft_wrap=True)


def show_differences(differences: Mapping[str, Estimate], changed: Sequence[tuple[Outcome, Outcome]]) -> None:
    """How each measure moved, and the questions of another error type than before."""
    rows = [[name, *_moved(one)] for name, one in differences.items()]
    terminal.console.print()
    terminal.show_table(["measure", "baseline", "now", "change", ""], rows)
    terminal.console.print(f"\n{len(changed)} questions changed")
    rows = [[after.gold.question, before.error_type, after.error_type] for before, after in changed]
    terminal.show_table(["question", "baseline", "now"], rows)


def _counts(run: Run) -> dict[str, int]:
    counts = Counter(outcome.error_type for outcome in run.outcomes)
    return {name: counts[name] for name in get_args(ErrorType) if counts[name]}


def _moved(one: Estimate) -> list[str]:
    verdict = "LOSS" if one.loss else "gain" if one.significant else "within chance"
    value = one.value or 0.0
    return [f"{one.before:.3f}", f"{one.before + value:.3f}", f"{value:+.3f}", f"{verdict} ({one.low:+.3f} to {one.high:+.3f})"]


def _cells(one: Estimate) -> tuple[str, str, str]:
    return f"{one.value:.3f}", f"{one.low:.3f} to {one.high:.3f}", str(one.questions)


def render(run: Run, differences: Mapping[str, Estimate] | None = None, changed: Sequence[tuple[Outcome, Outcome]] = ()) -> str:
    """The report as HTML; ``differences`` and ``changed`` are those to a baseline."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        finalize=lambda value: value.translate(_VISIBLE) if isinstance(value, str) else value,
    )
    coverage, risk = risk_coverage(*confidences(run.figures))
    every = max(1, len(coverage) // _CURVE_POINTS)
    return environment.get_template("report.html.j2").render(
        run=run,
        counts=_counts(run),
        by_tag=BY_TAG,
        differences=differences or {},
        moved=_moved,
        changed=changed,
        curve=list(zip(coverage[::every].tolist(), risk[::every].tolist(), strict=True)),
        pieces_of=lambda outcome, *passage: list(_pieces(outcome, *passage)),
    )


def _pieces(outcome: Outcome, path: str, start: int, end: int, text: str) -> Iterator[tuple[str, set[str]]]:
    """A passage in pieces, each with its marks, of ``quote``, ``highlight`` and ``gold``."""
    quotes = outcome.response.citations
    marks = [(quote.document.path, quote.start, quote.end, "quote") for quote in quotes]
    marks += [(quote.document.path, span.start, span.end, "highlight") for quote in quotes for span in quote.highlights]
    marks += [(quote.path, *quote.span, "gold") for quote in outcome.gold.quotes]
    inside = [(max(a, start), min(b, end), name) for other, a, b, name in marks if other == path and a < end and start < b]
    for a, b in pairwise(sorted({start, end, *(edge for *edges, _ in inside for edge in edges)})):
        yield text[a - start : b - start], {name for first, last, name in inside if first <= a and b <= last}
