"""Text of unknown origin made safe for a terminal, and our values as it shows them."""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group, RenderableType
from rich.text import Text

from quotewise.index.errors import DocumentError
from quotewise.index.left_out import LeftOut, counts
from quotewise.index.printable import beginning, printable
from quotewise.index.sync_report import Cost, SyncReport

if TYPE_CHECKING:
    from quotewise.index.progress import Step
    from quotewise.rag.answers import Extractions

_SHOWN_REMOVED = 10
_SHOWN_LEFT_OUT = 20
_WORD = 12
"""Characters of a word that a table does not break, such as a day or an id."""
console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())  # in a pipe a quote is one line
errors = Console(stderr=True, highlight=False)
_CONTROLS = re.compile("[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def show_json(value: Any) -> None:
    """Print a dataclass or JSON value with readable Unicode but without control characters."""
    if is_dataclass(value):
        from quotewise.api.responses import to_python  # here, since the types of the responses take long to load

        value = to_python(value)
    text = json.dumps(value, ensure_ascii=False, indent=2)
    console.out(_CONTROLS.sub(lambda match: f"\\u{ord(match[0]):04x}", text))


def file_name(name: str) -> str:
    """What to call a file named on the command line, where ``-`` is standard input."""
    return "standard input" if name == "-" else printable(name)


def shown(text: str, style: str = "") -> Text:
    """Text with its line breaks kept, and every other control character escaped."""
    return Text("\n".join(printable(line.replace("\t", "    ")) for line in text.splitlines()), style)


def local_time(moment: str) -> str:
    """A moment in ISO 8601 in the time zone of this machine, to the minute."""
    return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")


def tell(line: str) -> None:
    """Print a line without interpreting markup."""
    console.print(shown(line))


def note(line: str) -> None:
    """Print a line on standard error."""
    errors.print(shown(line), soft_wrap=True)


def show_answer(answer: Mapping[str, Any]) -> None:
    """Quotes with where they stand, or the closest passages, of a response of ``POST /ask``."""
    if not answer["answered"]:
        console.print("The documents do not say. The closest passages:")
    elif answer["state"] == "possible":
        console.print("Possibly an answer:")
    if answer["interpretation"]:
        console.print(Text.assemble("understood as: ", shown(answer["interpretation"]), style="dim"))
    shown_citations = answer["citations"] if answer["answered"] else map(_begun, answer["closest"])
    console.print(Group(*map(_cited, shown_citations)))
    for contradiction in answer["contradictions"]:
        first, second = contradiction["citations"]
        console.print(Text(f"[{first}] and [{second}] differ", "yellow"))
    console.print(Text(f"confidence {answer['confidence']:.2f}, {answer['timings_ms']['total']:.0f} ms", "dim"))


def show_extracted(names: Sequence[str], extractions: "Extractions") -> None:
    """The quotes of each file that answers with where they stand, and the files that do not."""
    for name, extraction in zip(names, extractions.results, strict=True):
        file = file_name(name)
        if extraction.answered:
            for number, quote in enumerate(extraction.quotes, 1):
                console.print(_numbered(number, shown(quote.quote), f"{file}, characters {quote.start}-{quote.end}"))
        verdict = "answers" if extraction.answered else "does not say"
        console.print(Text(f"{file} {verdict}, answerability {extraction.answerability:.2f}", "dim"))


def show_passages(passages: Sequence[Mapping[str, Any]]) -> None:
    """Passages of a response of ``POST /search`` with where they stand."""
    for number, passage in enumerate(passages, 1):
        console.print(_numbered(number, shown(passage["text"]), f"{passage['document']['path']}, {passage['place']}"))


def report_json(report: SyncReport) -> dict[str, Any]:
    """What a sync did as JSON: with how many files were not read, or only in part, of each kind of reason."""
    return {**asdict(report), "left_out": counts(report.left_out)}


def show_left_out(files: Sequence[LeftOut]) -> None:
    """How many files were not read of each kind of reason, and the first of each with their reasons."""
    for kind, count in counts(files).items():
        tell(f"{count:,} not read, or only in part: {kind}")
        alike = [file for file in files if file.kind == kind]
        for file in alike[:_SHOWN_LEFT_OUT]:
            tell(f"    {printable(file.path)}: {file.reason}{' (in part)' if file.in_part else ''}")
        if len(alike) > _SHOWN_LEFT_OUT:
            tell(f"    and {len(alike) - _SHOWN_LEFT_OUT:,} more, which --json lists")


def show_report(report: SyncReport) -> None:
    """What a sync did, and every file that failed with its reason."""
    counts = {name: len(getattr(report, name)) for name in ("added", "changed", "removed", "unchanged", "failed")}
    if report.unread:
        counts["of formats that are not read"] = len(report.unread)
    console.print(", ".join(f"{count:,} {name}" for name, count in counts.items()))
    if report.removed and not (report.added or report.changed or report.unchanged or report.failed):
        _warn(f"the folder holds no documents any more; removed from the index: {_some(report.removed)}")
    complaints = list(_complaints(report))
    unnamed = max(len(report.unread) - _SHOWN_LEFT_OUT, 0)
    if report.cost:
        _show_cost(report.cost, report.left_out)
    for line in complaints[: len(complaints) - unnamed]:
        _warn(line)
    if unnamed:
        _warn(f"not read: {unnamed:,} more files, which --json lists")


def _show_cost(cost: Cost, left_out: Sequence[LeftOut]) -> None:
    """What the workers did and took, and how many files were not read, or only in part, of each kind of reason."""
    rate = f"{cost.documents / max(cost.seconds, 0.01):,.1f} documents a second"
    done = f"{cost.documents:,} documents, {cost.chunks:,} chunks, {cost.bytes:,} bytes"
    console.print(f"{done} in {cost.seconds:,.1f} s, {rate}; {cost.workers} workers, {cost.worker_seconds:,.1f} s of work")
    for kind, count in counts(left_out).items():
        tell(f"{count:,} not read, or only in part: {kind}")


def show_table(columns: list[str], rows: list[list[str]]) -> None:
    """A plain table without the columns that are empty; where their words are wider than the terminal, a line for each cell."""
    from rich.table import Column, Table

    filled = [n for n in range(len(columns)) if n == 0 or not rows or any(row[n] for row in rows)]
    widths = {n: max(len(columns[n]), *(min(len(word), _WORD) for row in rows for word in row[n].split()), 0) for n in filled}
    if sum(width + 2 for width in widths.values()) > console.width + 2:
        for number, row in enumerate(rows):
            tell("\n" * (number > 0) + "\n".join(f"{columns[n]}: {row[n]}" for n in filled if row[n]))
        return
    heads = (Column(columns[n], overflow="fold", min_width=width) for n, width in widths.items())
    table = Table(*heads, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(shown(row[n]) for n in filled))
    console.print(table)


@contextmanager
def progress() -> Iterator[Callable[[int, int, str], None]]:
    """A bar on standard error, where that is a terminal; the function takes how many are done, of how many, and a name."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, name: bar.update(task, completed=done, total=total, description=name[-40:])


@contextmanager
def sync_progress() -> Iterator[Callable[["Step"], None]]:
    """A bar of the bytes that are done on standard error, where that is a terminal, with the file at work."""
    if not errors.is_terminal:
        yield lambda step: None
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    columns = (BarColumn(), DownloadColumn(), TextColumn("{task.fields[left]}"), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("", total=None, left="")

        def show(step: "Step") -> None:
            left = "-:--:--" if step.seconds_left is None else str(timedelta(seconds=round(step.seconds_left)))
            bar.update(task, completed=step.done_bytes, total=step.total_bytes, description=step.path[-40:], left=left)

        yield show


def note_changes(report: SyncReport, before: SyncReport) -> None:
    """What a sync changed, and what it could not read that the one before could, on standard error."""
    for done, paths in (("added", report.added), ("changed", report.changed), ("removed", report.removed)):
        if paths:
            note(f"{len(paths):,} {done}: {_some(paths)}")
    if report.removed and not (report.added or report.changed or report.unchanged):
        note("the folder holds no documents any more")
    known = set(_complaints(before))
    for line in _complaints(report):
        if line not in known:
            note(line)


def _warn(line: str) -> None:
    errors.print(Text(line, "yellow"), soft_wrap=True)


def _some(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _SHOWN_REMOVED:,} more" if len(paths) > _SHOWN_REMOVED else ""
    return ", ".join(map(printable, paths[:_SHOWN_REMOVED])) + more


def _complaints(report: SyncReport) -> Iterator[str]:
    """A line for each file that was not read, or only in part."""
    for part in report.ignored:
        yield f"ignored of {printable(part.path)}: {printable(part.reason)}"
    for failure in report.failed:
        kept = " (its last good version stays indexed)" if failure.path in report.kept else ""
        yield f"failed: {printable(failure.path)}: {failure.reason}{kept}"
    for file in report.unread:
        yield f"not read: {printable(file.path)}: {file.reason}"


def _begun(passage: Mapping[str, Any]) -> Mapping[str, Any]:
    quote = beginning(passage["quote"])
    return {**passage, "quote": quote, "end": passage["start"] + len(quote)}


def _cited(citation: Mapping[str, Any]) -> RenderableType:
    place = f"{citation['document']['path']}, {citation['place']}, characters {citation['start']}-{citation['end']}"
    return _numbered(citation["id"], shown(citation["quote"]), place, *citation["heading"])


def _numbered(number: int, text: Text, place: str, *heading: str) -> RenderableType:
    source = printable(" > ".join([place, *heading]))
    # No Padding around it, which cuts what is longer than the line where nothing is to be wrapped.
    return Group(Text.assemble((f"[{number}] ", "bold"), text), Text.assemble("    ", (source, "dim cyan"), "\n"))


def read_text(name: str, limit_bytes: int) -> str:
    """The text of a file or of standard input, decoded as the indexer does. Raises DocumentError, which names the file."""
    from quotewise.index.documents import read_file
    from quotewise.index.encodings import decode

    try:
        if name == "-":
            return decode(_standard_input(limit_bytes))[0]
        if not Path(name).exists():
            raise DocumentError("does not exist")
        return decode(read_file(Path(name), limit_bytes))[0]
    except DocumentError as error:
        raise DocumentError(f"{file_name(name)} {error}") from error


def _standard_input(limit_bytes: int) -> bytes:
    data = sys.stdin.buffer.read(limit_bytes + 1)
    if not data:
        raise DocumentError("is empty")
    if len(data) > limit_bytes:
        raise DocumentError(f"is larger than {limit_bytes:,} bytes; raise max_file_bytes to read it")
    return data
