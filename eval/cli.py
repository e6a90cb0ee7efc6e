"""The commands ``quotewise eval``, ``bench`` and ``train``: functions of modules that are imported when they are called.

What a function returns, or yields row by row, is printed as JSON.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup

from quotewise.api import terminal
from quotewise.api.cli_options import CollectionName, IndexDir, Json
from quotewise.api.settings import load_settings
from quotewise.index.errors import QuotewiseError


class _Printed(TyperCommand):
    def invoke(self, ctx: Any) -> None:
        result = super().invoke(ctx)
        if isinstance(result, Iterator):
            for row in result:
                terminal.console.out(json.dumps(row), highlight=False)
        elif result is not None:
            terminal.show_json(result)


class _Lazy(TyperGroup):
    functions: ClassVar[dict[str, str]]

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.functions)

    def get_command(self, ctx: Any, name: str) -> Any:
        if name not in self.functions:
            return None
        module, function = self.functions[name].split(":")
        command = typer.Typer(rich_markup_mode=None, add_completion=False)
        command.command(name, cls=_Printed)(getattr(import_module(f"quotewise.eval.{module}"), function))
        return typer.main.get_command(command)


class _Eval(_Lazy):
    functions: ClassVar = {
        "run": "cli:run",
        "check": "cli:check",
        "export-feedback": "cli:export_feedback",
        "import": "datasets:import_set",
        "passages": "figures:read_passages",
        "evidence": "evidence:measure_evidence",
        "peers": "peers.comparison:compare_peers",
        "figures": "figures:measure_figures",
    }

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """What is no command is an argument of ``run``."""
        known = not args or args[0] in (*self.functions, "--help")
        return super().parse_args(ctx, args if known else ["run", *args])


class _Bench(_Lazy):
    functions: ClassVar = {
        "load": "bench.load:bench_load",
        "overload": "bench.load:bench_overload",
        "replicas": "bench.replicas:bench_replicas",
        "soak": "bench.soak:bench_soak",
        "kills": "bench.kills:bench_kills",
        "open-webui": "bench.open_webui:bench_open_webui",
        "index": "bench.growth:bench_index",
        "search": "bench.growth:bench_search",
        "engines": "bench.engines:bench_engines",
        "parsing": "bench.parsing:bench_parsing",
        "serving": "bench.models:bench_serving",
        "embedders": "bench.models:bench_embedders",
        "reading": "bench.models:bench_reading",
    }


class _Train(_Lazy):
    functions: ClassVar = {
        "reader": "training.train:train_reader",
        "vocabulary": "training.vocabulary:make_vocabulary",
        "export": "training.export:export_reader",
        "export-embedder": "training.export:export_embedder",
        "calibrate": "training.calibration:calibrate",
    }


def add_commands(app: typer.Typer) -> None:
    """Add the groups to the command line."""
    groups = {
        "eval": (_Eval, "Measure the answers to gold questions: quotewise eval GOLD --corpus DIR"),
        "bench": (_Bench, "Measure speed, memory and robustness."),
        "train": (_Train, "Train, export and calibrate readers, and export the embedder."),
    }
    for name, (cls, text) in groups.items():
        app.add_typer(typer.Typer(cls=cls, help=text, no_args_is_help=True, rich_markup_mode=None), name=name)


Gold = Annotated[Path, typer.Argument(help="Gold questions, as JSON lines, plain or gzipped.", show_default=False)]


def run(
    gold: Gold,
    corpus: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder that the questions are about.")] = None,
    url: Annotated[str | None, typer.Option(help="Ask a service at this address instead.")] = None,
    reader: Annotated[str | None, typer.Option(help="auto, span, similarity, or a reader's folder.")] = None,
    threshold: Annotated[float | None, typer.Option(min=0, max=1, help="Confidence below which nothing is answered.")] = None,
    top_k: Annotated[int | None, typer.Option(metavar="N", help="Chunks to retrieve.")] = None,
    retrieval: Annotated[str | None, typer.Option(help="hybrid, dense or lexical.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Save the run; an interrupted one resumes.")
    ] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a report for a browser.")] = None,
    baseline: Annotated[Path | None, typer.Option(metavar="FILE", help="Compare with a saved run of the same gold.")] = None,
    guard: Annotated[list[str], typer.Option(metavar="MEASURE", help="Exit with 1 if this one has lost significantly.")] = [],  # noqa: B006
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds that a service may take for an answer.")] = 30,
    as_json: Json = False,
) -> None:
    """Put the questions of GOLD to a folder or a running service, and measure the answers."""
    from quotewise.eval.clients import Client, in_process
    from quotewise.eval.gold import load_gold
    from quotewise.eval.measures import compare
    from quotewise.eval.report import render, show_differences, show_run
    from quotewise.eval.run import RunConfig, check_baseline, evaluate, load_run, threshold_of

    if (corpus is None) == (url is None):
        raise typer.BadParameter("give either --corpus, a folder to index, or --url, of a running service")
    if url is not None and (reader or top_k or retrieval):
        raise typer.BadParameter("--reader, --top-k and --retrieval are settings of the service at --url; start it with them")
    if output is not None and (output.is_dir() or not output.parent.is_dir()):
        raise typer.BadParameter(f"--output is a file in a folder that exists, not {output}")
    before = load_run(baseline) if baseline else None
    check_baseline(before, guard)
    questions = load_gold(gold)
    settings = load_settings(reader=reader, threshold=threshold, top_k=top_k, retrieval=retrieval)
    with ExitStack() as stack:
        client = stack.enter_context(in_process(corpus, settings)) if corpus else Client.over_http(str(url), timeout)
        located = questions.located(client.text)
        least = threshold if threshold is not None else threshold_of(located, client)
        config = RunConfig.of(located, client, least, settings if corpus else None)
        check_baseline(before, guard, config)
        progress = stack.enter_context(terminal.progress())
        after = evaluate(located, client, config, output, lambda done, total: progress(done, total, "questions"))
    differences = compare(before.figures, after.figures) if before else {}
    changed = after.changed(before) if before else []
    if html:
        html.write_text(render(after, differences, changed), encoding="utf-8")
    if as_json:
        terminal.show_json(after.to_json())
    else:
        show_run(after)
        if before:
            show_differences(differences, changed)
    if absent := set(guard) - set(differences):
        raise QuotewiseError(f"this run has no {', '.join(sorted(absent))}, so that it cannot be guarded")
    if lost := [name for name, difference in differences.items() if difference.loss and name in guard]:
        raise QuotewiseError(f"significant loss against {baseline}: {', '.join(lost)}")


def check(gold: Gold, corpus: Annotated[Path, typer.Option(metavar="DIR", help="Folder that it is about.")]) -> None:
    """Check that each quote of GOLD stands in its document; every complaint is a line on standard error."""
    from quotewise.eval.gold import GoldError, load_gold
    from quotewise.rag.verification import FolderSource, ReadOnce

    questions = load_gold(gold)
    source = ReadOnce(FolderSource(corpus, load_settings().max_file_bytes), None)

    def text_of(path: str) -> str | None:
        try:
            return source.read(path).slice(0, 2**62)
        except QuotewiseError:
            return None

    complaints = list(questions.complaints(text_of))
    for complaint in complaints:
        terminal.errors.print(terminal.shown(complaint), soft_wrap=True)
    if complaints:
        raise GoldError(f"{len(complaints)} of the quotes and documents of {gold} are not in {corpus}")
    answerable = sum(question.answerable for question in questions.questions)
    terminal.tell(f"{len(questions.questions):,} questions, {answerable:,} answerable, every quote in its place")


def export_feedback(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Gold file to write; by default standard output.")
    ] = None,
    index: IndexDir = None,
    collection: CollectionName = None,
) -> None:
    """Turn the feedback on answers into gold questions; what no question can be made of is counted on standard error."""
    from quotewise.eval.gold import gold_from_feedback
    from quotewise.index.local_store import LocalStore

    settings = load_settings(index=index, collection=collection)
    store = LocalStore(settings.index, catalogue=settings.catalogue)
    try:
        questions, left_out = gold_from_feedback(store.catalogue, settings.collection)
    finally:
        store.close()
    for why, count in left_out.items():
        terminal.errors.print(f"{count:,} left out: {why}", soft_wrap=True)
    if not questions:
        raise QuotewiseError(f"there is no feedback on {settings.collection!r} that a gold question can be made of")
    lines = [json.dumps(question.model_dump(mode="json", exclude_defaults=True)) for question in questions]
    if output:
        output.write_text("\n".join(lines) + "\n", encoding="utf-8")
        terminal.tell(f"{len(lines):,} questions in {output}")
    else:
        terminal.console.out("\n".join(lines))
