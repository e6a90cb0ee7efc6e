"""The commands ``quotewise eval`` and ``quotewise bench``, which an entry point adds to the command line of ``api``."""

import json
import random
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from quotewise.api import terminal
from quotewise.api.cli import CollectionName, IndexDir, Json
from quotewise.api.settings import load_settings
from quotewise.index.errors import QuotewiseError
from typer.core import TyperGroup

SEED_GOLD = Path(__file__).parent / "gold" / "seeds.jsonl"


class _WithDefault(TyperGroup):
    """A group in which what is no command is an argument of its command ``run``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        known = not args or args[0] in (*self.commands, "--help")
        return super().parse_args(ctx, args if known else ["run", *args])


commands = typer.Typer(
    cls=_WithDefault,
    help="Measure the answers to gold questions: quotewise eval GOLD --corpus DIR",
    no_args_is_help=True,
    rich_markup_mode=None,
)
benchmarks = typer.Typer(help="Measure speed and memory.", no_args_is_help=True, rich_markup_mode=None)


def add_commands(app: typer.Typer) -> None:
    """Add ``eval`` and ``bench`` to the command line."""
    app.add_typer(commands, name="eval")
    app.add_typer(benchmarks, name="bench")


Gold = Annotated[Path, typer.Argument(help="Gold questions, as JSON lines, plain or gzipped.", show_default=False)]
Corpus = Annotated[Path | None, typer.Option("--corpus", metavar="DIR", help="Folder that the questions are about.")]


@commands.command("run")
def run(
    gold: Gold,
    corpus: Corpus = None,
    url: Annotated[str | None, typer.Option("--url", help="Ask a service at this address instead.")] = None,
    reader: Annotated[str | None, typer.Option("--reader", help="auto, span, similarity, or a reader's folder.")] = None,
    threshold: Annotated[
        float | None, typer.Option("--threshold", min=0, max=1, help="Confidence below which nothing counts as answered.")
    ] = None,
    top_k: Annotated[int | None, typer.Option("--top-k", metavar="N", help="Chunks to retrieve.")] = None,
    retrieval: Annotated[str | None, typer.Option("--retrieval", help="hybrid, dense or lexical.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Save the run as JSON; one that was cut off goes on.")
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a report that a browser shows.")] = None,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", metavar="FILE", help="Compare with a saved run of the same questions.")
    ] = None,
    guard: Annotated[
        list[str] | None, typer.Option("--guard", metavar="MEASURE", help="Exit with 1 if this measure has lost significantly.")
    ] = None,
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds that a service may take for an answer.")] = 30,
    as_json: Json = False,
) -> None:
    """Ask the questions of GOLD, of a folder or of a running service, and measure the answers."""
    from quotewise.eval.clients import InProcess, OverHttp, indexed
    from quotewise.eval.gold import load_gold
    from quotewise.eval.harness import evaluate, threshold_of
    from quotewise.eval.report import render, show_differences, show_run
    from quotewise.eval.runs import Journal, changed, check_guards, check_same_gold, head_of, load_run
    from quotewise.eval.uncertainty import compare

    if (corpus is None) == (url is None):
        raise typer.BadParameter("give either --corpus, a folder to index, or --url, of a running service")
    if url is not None and (reader or top_k or retrieval):
        raise typer.BadParameter("--reader, --top-k and --retrieval are settings of the service at --url; start it with them")
    if output is not None and (output.is_dir() or not output.parent.is_dir()):
        raise typer.BadParameter(f"--output is a file in a folder that exists, not {output}")
    before = load_run(baseline) if baseline else None
    check_guards(guard or [], before)
    loaded = load_gold(gold)
    settings = load_settings(reader=reader, threshold=threshold, top_k=top_k, retrieval=retrieval)
    with ExitStack() as stack:
        index_seconds = None
        if corpus is not None:
            started = time.perf_counter()
            service = stack.enter_context(indexed(corpus, settings))
            index_seconds = round(time.perf_counter() - started, 3)
            service.warm()
            asked: InProcess | OverHttp = InProcess(service)
        else:
            asked = OverHttp(str(url), timeout)
        located = loaded.located(asked.text)
        least = threshold if threshold is not None else threshold_of(located, asked)
        head = head_of(located, asked.name, asked.documents(), least, settings if corpus is not None else None)
        if before is not None:
            check_same_gold(head, before)
        journal = Journal(output.with_name(f"{output.name}.part") if output else None, head)
        with terminal.progress() as progress:
            found = evaluate(
                located, asked, head, journal, index_seconds, lambda done, total: progress(done, total, "questions")
            )
    if output:
        output.write_text(found.model_dump_json() + "\n", encoding="utf-8")
    journal.close()
    moved = compare(before, found) if before else []
    others = changed(before, found) if before else []
    if html:
        html.write_text(render(found, moved, others), encoding="utf-8")
    if as_json:
        terminal.show_json(found.model_dump(mode="json", exclude={"passages"}))
    else:
        show_run(found)
        if before:
            show_differences(moved, others)
    gone = set(guard or []) - {one.measure for one in moved}
    if gone:
        raise QuotewiseError(f"this run has no {', '.join(sorted(gone))}, so that it cannot be guarded")
    lost = [one.measure for one in moved if one.loss and one.measure in (guard or [])]
    if lost:
        raise QuotewiseError(f"significant loss against {baseline}: {', '.join(lost)}")


@commands.command("check")
def check(gold: Gold, corpus: Annotated[Path, typer.Option("--corpus", metavar="DIR", help="Folder it is about.")]) -> None:
    """Check that each quote of GOLD stands in its document; every complaint is a line on standard error."""
    from quotewise.eval.gold import GoldError, load_gold
    from quotewise.rag.verification import FolderSource

    loaded = load_gold(gold)
    source = FolderSource(corpus, load_settings().max_file_bytes)
    texts: dict[str, str | None] = {}

    def text_of(path: str) -> str | None:
        if path not in texts:
            try:
                texts[path] = source.read(path).text
            except QuotewiseError:
                texts[path] = None
        return texts[path]

    complaints = list(loaded.complaints(text_of))
    for complaint in complaints:
        terminal.errors.print(terminal.shown(complaint), soft_wrap=True)
    if complaints:
        raise GoldError(f"{len(complaints)} of the quotes and documents of {gold} are not in {corpus}")
    answerable = sum(question.answerable for question in loaded.questions)
    terminal.tell(f"{len(loaded.questions):,} questions, {answerable:,} answerable, every quote in its place")


@commands.command("new")
def new(
    gold: Annotated[Path, typer.Argument(help="Gold file to write or add to.", show_default=False)],
    index: IndexDir = None,
    collection: CollectionName = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Draw the passages in the order of this number.")] = None,
) -> None:
    """Draft gold questions in the terminal: read a passage of the index, type a question, mark the quote."""
    from quotewise.eval.drafting import draft
    from quotewise.index.local_store import LocalStore

    settings = load_settings(index=index, collection=collection)
    store = LocalStore(settings.index)
    try:
        documents = store.documents(settings.collection)
        texts = [(document.path, store.text(document.id)) for document in documents]
        written = draft(gold, texts, lambda prompt: input(f"{prompt}> "), terminal.tell, random.Random(seed))
    finally:
        store.close()
    terminal.tell(f"{written} questions added to {gold}")


@commands.command("export-feedback")
def export_feedback(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Gold file to write; by default standard output.")
    ] = None,
    index: IndexDir = None,
    collection: CollectionName = None,
) -> None:
    """Turn the feedback on answers into gold questions; what no question can be made of is counted on standard error."""
    from quotewise.eval.feedback import gold_of
    from quotewise.index.local_store import LocalStore

    settings = load_settings(index=index, collection=collection)
    store = LocalStore(settings.index)
    try:
        found = gold_of(store, settings.collection)
    finally:
        store.close()
    for reason, count in found.left_out.items():
        terminal.errors.print(f"{count:,} left out: {reason}", soft_wrap=True)
    if not found.questions:
        raise QuotewiseError(f"there is no feedback on {settings.collection!r} that a gold question can be made of")
    lines = [json.dumps(question.model_dump(mode="json", exclude_defaults=True)) for question in found.questions]
    if output:
        output.write_text("\n".join(lines) + "\n", encoding="utf-8")
        terminal.tell(f"{len(lines):,} questions in {output}")
    else:
        terminal.console.out("\n".join(lines))


@commands.command("import")
def import_published(
    format: Annotated[str, typer.Argument(help="spans, squad, clapnq, longdocs or beir.", show_default=False)],
    source: Annotated[Path, typer.Argument(help="File or folder of the set.", show_default=False)],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for gold.jsonl and corpus/.")],
    also: Annotated[
        list[Path] | None, typer.Option("--also", metavar="FILE", help="Add the documents of this one, not its questions.")
    ] = None,
) -> None:
    """Turn a published set into a gold file and a folder of documents."""
    from quotewise.eval.datasets import FORMATS, import_set

    if format not in FORMATS:
        raise typer.BadParameter(f"there is no format {format!r}; there are {', '.join(FORMATS)}")
    count = import_set(format, source, also or [], output)
    terminal.tell(f"{count:,} questions in {output / 'gold.jsonl'}, their documents in {output / 'corpus'}")


Sizes = Annotated[str, typer.Option("--sizes", metavar="N,N", help="Chunks of each corpus.")]


@benchmarks.command("load")
def bench_load(
    url: Annotated[str, typer.Option("--url", help="Address of a service.", show_default=False)],
    rate: Annotated[
        float | None, typer.Option("--rate", min=0.01, help="Questions a second; by default the highest rate is sought.")
    ] = None,
    seconds: Annotated[float, typer.Option("--seconds", min=1, max=600, help="How long each rate is kept up.")] = 20,
    limit: Annotated[float, typer.Option("--p95", metavar="MS", min=1, help="What p95 is to stay under.")] = 500,
    gold: Annotated[Path, typer.Option("--gold", metavar="FILE", help="Where the questions are from.")] = SEED_GOLD,
    as_json: Json = False,
) -> None:
    """Put questions to a service at a given rate, whether or not earlier ones are answered, and measure the latency."""
    from quotewise.eval.gold import load_gold
    from quotewise.eval.load import Load, highest_rate, load

    questions = [question.question for question in load_gold(gold).questions]
    found: list[Load] = []

    def measure(rate: float) -> Load:
        found.append(load(url, questions, rate, seconds))
        if not as_json:
            one = found[-1]
            failed = f", {sum(one.failures.values())} failed: {one.failures}" if one.failures else ""
            terminal.console.print(
                f"{one.rate:.2f} a second ({one.sent_per_second:.2f} sent): p50 {one.p50_ms:.0f} ms, "
                f"p95 {one.p95_ms:.0f} ms, p99 {one.p99_ms:.0f} ms{failed}"
            )
        return found[-1]

    best = highest_rate(limit, measure) if rate is None else rate if measure(rate).keeps(limit) else 0.0
    if as_json:
        terminal.show_json({"rates": [asdict(one) for one in found], "highest_rate": best, "p95_limit_ms": limit})
    elif rate is None:
        terminal.console.print(f"highest rate with p95 within {limit:g} ms: {best:.2f} a second")


@benchmarks.command("index")
def bench_index(sizes: Sizes = "1000,10000,100000", as_json: Json = False) -> None:
    """Index growing corpora of made-up text, and say by stage how the time grows."""
    from quotewise.eval import growth

    _show_growth(growth.bench_index, sizes, as_json)


@benchmarks.command("search")
def bench_search(sizes: Sizes = "1000,10000,100000", as_json: Json = False) -> None:
    """Search growing corpora, and say by stage how the time grows, and what the vector index misses of exact search."""
    from quotewise.eval import growth

    _show_growth(growth.bench_search, sizes, as_json)


def _show_growth(bench: Callable[..., dict[str, Any]], sizes: str, as_json: bool) -> None:
    try:
        chosen = [int(size) for size in sizes.split(",")]
    except ValueError as error:
        raise typer.BadParameter(f"--sizes is numbers with commas between, such as 1000,10000, not {sizes!r}") from error
    if min(chosen) < 1:
        raise typer.BadParameter("--sizes are at least 1")

    def report(row: dict[str, Any]) -> None:
        if not as_json:
            stages = ", ".join(f"{stage} {ms:,.2f} ms" for stage, ms in row["stages_ms"].items())
            others = ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in row.items() if name != "stages_ms")
            terminal.console.print(f"{others}: {stages}")

    found = bench(chosen, report)
    if as_json:
        terminal.show_json(found)
    elif found["grows_with_chunks_to_the_power_of"]:
        powers = ", ".join(f"{stage} {power}" for stage, power in found["grows_with_chunks_to_the_power_of"].items())
        terminal.console.print(f"time grows with the number of chunks to the power of: {powers}")


@benchmarks.command("serving")
def bench_serving(
    folder: Annotated[Path, typer.Option("--folder", metavar="DIR", help="Folder to serve.")] = Path("seeds"),
    gold: Annotated[Path, typer.Option("--gold", metavar="FILE", help="Where the questions are from.")] = SEED_GOLD,
    requests: Annotated[int, typer.Option("--requests", min=1, help="Requests of each client.")] = 300,
) -> None:
    """Start-up, memory and latency of a service, with one client and with four."""
    from quotewise.eval import benchmarks

    terminal.show_json(benchmarks.bench_serving(folder, gold, requests))


@benchmarks.command("overload")
def bench_overload(
    folder: Annotated[Path, typer.Option("--folder", metavar="DIR", help="Folder to serve.")] = Path("seeds"),
    gold: Annotated[Path, typer.Option("--gold", metavar="FILE", help="Where the questions are from.")] = SEED_GOLD,
    times: Annotated[float, typer.Option("--times", min=1, help="How many times as much as it can serve.")] = 3,
    seconds: Annotated[float, typer.Option("--seconds", min=1, help="How long that is kept up.")] = 60,
) -> None:
    """Ask more of a service than it can answer: refusals, /health, memory, and latency before and after."""
    from quotewise.eval import overload

    terminal.show_json(overload.bench_overload(folder, gold, times, seconds))


@benchmarks.command("soak")
def bench_soak(
    folder: Annotated[Path, typer.Option("--folder", metavar="DIR", help="Folder to serve.")] = Path("seeds"),
    gold: Annotated[Path, typer.Option("--gold", metavar="FILE", help="Where the questions are from.")] = SEED_GOLD,
    minutes: Annotated[int, typer.Option("--minutes", min=1, help="How long.")] = 30,
) -> None:
    """Mixed traffic, uploads, hostile requests and idle phases: a JSON line a minute of what the service holds."""
    from quotewise.eval import soak

    soak.bench_soak(folder, gold, minutes, lambda row: terminal.console.out(json.dumps(row), highlight=False))


@benchmarks.command("kills")
def bench_kills(
    count: Annotated[int, typer.Option("--kills", min=1, help="Processes to kill.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="Another gives other moments.")] = 0,
) -> None:
    """Kill uploads, indexing runs, key changes and services at random moments; the exit code is 1 if anything is lost."""
    from quotewise.eval import kills

    with terminal.progress() as report:
        found = kills.bench_kills(count, seed, lambda number, outcome: report(number, count, f"{len(outcome.losses)} lost"))
    terminal.show_json(asdict(found))
    if found.losses:
        raise typer.Exit(1)


@benchmarks.command("embedders")
def bench_embedders(
    spans: Annotated[Path, typer.Argument(help="Gzipped JSON lines with a context each.", show_default=False)],
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Take only so many documents.")] = None,
) -> None:
    """Index the contexts of a file with the bundled embedder, and through sentence-transformers."""
    from quotewise.eval import benchmarks

    terminal.show_json(benchmarks.bench_indexing(spans, limit))


@benchmarks.command("reading")
def bench_reading(
    folder: Annotated[Path, typer.Option("--folder", metavar="DIR", help="Folder of .txt files.")] = Path("seeds"),
    passages: Annotated[int, typer.Option("--passages", min=1)] = 10,
    pieces: Annotated[int, typer.Option("--pieces", min=1, help="Word pieces of each passage.")] = 200,
) -> None:
    """Read passages for a question, against the floor of the integer products alone."""
    from quotewise.eval import benchmarks

    terminal.show_json(benchmarks.bench_reading(folder, passages, pieces))
