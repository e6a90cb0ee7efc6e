"""Text from strangers made safe for a terminal, and our values as it shows them."""

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from quotewise.api.schemas import Extracted
from quotewise.index.documents import printable
from quotewise.index.ingest import SyncReport
from quotewise.rag.answers import Answer, Citation
from quotewise.rag.passages import Passage
from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column, Table
from rich.text import Text

_SHOWN_REMOVED = 10
console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())  # in a pipe a quote is one line
errors = Console(stderr=True, highlight=False)
_OBEYED = re.compile("[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def show_json(value: Any) -> None:
    """Print JSON with readable Unicode but without anything that a terminal would obey."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    console.out(_OBEYED.sub(lambda match: f"\\u{ord(match[0]):04x}", text))


def file_name(name: str) -> str:
    """What to call a file named on the command line, where ``-`` is standard input."""
    return "standard input" if name == "-" else printable(name)


def shown(text: str, style: str = "") -> Text:
    """Text with its line breaks kept, and every other control character escaped."""
    return Text("\n".join(printable(line.replace("\t", "    ")) for line in text.splitlines()), style)


def tell(line: str) -> None:
    """Print a line, whatever it holds, as it is."""
    console.print(shown(line))


def show_answer(answer: Answer) -> None:
    """Quotes with where they stand, or the closest passages."""
    if answer.answered:
        console.print(Group(*(_cited(number, c) for number, c in enumerate(answer.citations, 1))))
    else:
        console.print("The documents do not say. The closest passages:")
        console.print(Group(*(_cited(number, c) for number, c in enumerate(answer.closest, 1))))
    console.print(Text(f"confidence {answer.confidence:.2f}, {answer.timings_ms.total:.0f} ms", "dim"))


def show_extracted(names: Sequence[str], extracted: Extracted) -> None:
    """The quotes of each file that answers with where they stand, and the files that do not."""
    for name, found in zip(names, extracted.results, strict=True):
        file = file_name(name)
        if found.answered:
            for number, quote in enumerate(found.quotes, 1):
                console.print(_numbered(number, shown(quote.quote), f"{file}, characters {quote.start}-{quote.end}"))
        verdict = "answers" if found.answered else "does not say"
        console.print(Text(f"{file} {verdict}, answerability {found.answerability:.2f}", "dim"))


def show_passages(passages: tuple[Passage, ...]) -> None:
    """Passages with where they stand."""
    for number, passage in enumerate(passages, 1):
        place = f"{passage.document.path}:{passage.line_start}"
        console.print(_numbered(number, shown(passage.text), place))


def show_report(report: SyncReport) -> None:
    """What a sync did, and every file that failed with its reason."""
    counts = {
        "added": len(report.added),
        "changed": len(report.changed),
        "removed": len(report.removed),
        "unchanged": len(report.unchanged),
        "failed": len(report.failed),
    }
    console.print(", ".join(f"{count:,} {name}" for name, count in counts.items()))
    if report.removed and not (report.added or report.changed or report.unchanged or report.failed):
        gone = ", ".join(printable(path) for path in report.removed[:_SHOWN_REMOVED])
        more = f" and {len(report.removed) - _SHOWN_REMOVED:,} more" if len(report.removed) > _SHOWN_REMOVED else ""
        errors.print(
            Text(f"the folder holds no documents any more; removed from the index: {gone}{more}", "yellow"), soft_wrap=True
        )
    for part in report.ignored:
        errors.print(Text(f"ignored of {printable(part.path)}: {printable(part.reason)}", "yellow"), soft_wrap=True)
    for failure in report.failed:
        kept = " (its last good version stays indexed)" if failure.path in report.kept else ""
        errors.print(Text(f"failed: {printable(failure.path)}: {failure.reason}{kept}", "yellow"), soft_wrap=True)


def show_table(columns: list[str], rows: list[list[str]]) -> None:
    """A plain table."""
    table = Table(*(Column(name, overflow="fold") for name in columns), box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(shown(cell) for cell in row))
    console.print(table)


@contextmanager
def progress() -> Iterator[Callable[[int, int, str], None]]:
    """A bar on standard error, where that is a terminal; it is told how many are done, of how many, and which is at hand."""
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, name: bar.update(task, completed=done, total=total, description=name[-40:])


def _cited(number: int, citation: Citation) -> RenderableType:
    quote = shown(citation.quote)
    place = f"{citation.document.path}:{citation.line_start}"
    return _numbered(number, quote, f"{place}, characters {citation.start}-{citation.end}", *citation.heading)


def _numbered(number: int, text: Text, place: str, *heading: str) -> RenderableType:
    source = printable(" > ".join([place, *heading]))
    # No Padding around it, which cuts what is longer than the line where nothing is to be wrapped.
    return Group(Text.assemble((f"[{number}] ", "bold"), text), Text.assemble("    ", (source, "dim cyan"), "\n"))
