"""The command line: commands over the use cases; an error is one line on standard error and a non-zero exit code."""

import io
import json
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, replace
from functools import partial
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from quotewise.api import terminal
from quotewise.api.callers import LOCAL
from quotewise.api.cli_admin import admin
from quotewise.api.cli_options import STORE, Json, Moved, Output, command, opened
from quotewise.api.cli_questions import Question, questions
from quotewise.api.settings import Settings
from quotewise.index.errors import QuotewiseError
from quotewise.index.printable import printable

if TYPE_CHECKING:
    from quotewise.api import requests
    from quotewise.api.service import Service
    from quotewise.index.files import Files
    from quotewise.index.stamps import Stamps
    from quotewise.index.sync_report import SyncReport
    from quotewise.index.workers import Workers

COMMANDS = "quotewise.commands"
"""Entry points of this group add the commands of other packages; each is a function of ``app``."""
_FIRST = ("serve", "index", "ask", "search", "chat")
_LEFT_OUT = 3
"""The exit code of ``index --strict`` where a file was not read, or only in part."""


class _Ordered(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:
        """Those that are used most first."""
        return [*_FIRST, *(name for name in super().list_commands(ctx) if name not in _FIRST)]


app = typer.Typer(
    name="quotewise",
    cls=_Ordered,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def options(
    version_wanted: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version, and exit.", is_eager=True, callback=lambda value: _show_version(value)
        ),
    ] = False,
) -> None:
    """Answers questions about a folder of documents in the documents' own words."""


app.add_typer(questions)
app.add_typer(admin)


@command(
    *(app, "serve", "host", "port", "workers", *STORE, "collection", "embedder", "chunk_tokens"),
    *("max_file_bytes", "password_file", "reader", "threshold"),
)
def serve(
    settings: Settings,
    folder: Annotated[Path | None, typer.Argument(help="Folder to index before listening.", show_default=False)] = None,
    moved: Moved = False,
    watch: Annotated[bool, typer.Option("--watch", help="Index changes of FOLDER as they come.")] = False,
    ocr: Annotated[bool, typer.Option("--ocr", help="Recognise the text of scanned pages of FOLDER meanwhile.")] = False,
    empty: Annotated[bool, typer.Option("--empty", help="Begin an empty index also where --index names none.")] = False,
    as_json: Json = False,
) -> None:
    """Index FOLDER, if one is given, and answer questions over HTTP; documents can be added on the page."""
    if watch and folder is None:
        raise QuotewiseError("--watch needs the FOLDER to watch")
    if settings.workers > 1 and (watch or ocr or not settings.catalogue):
        raise QuotewiseError(
            f"{settings.workers} workers need a catalogue that they share, --catalogue postgresql://…, and no --watch or --ocr"
        )
    if ocr:
        from quotewise.index.recognition import check_installed

        check_installed()
        if folder is None:
            raise QuotewiseError("--ocr needs the FOLDER whose scanned pages are read")
    from quotewise.api import server
    from quotewise.api.indexing import check_folder
    from quotewise.api.keys import Keys
    from quotewise.api.logs import LogStream
    from quotewise.index.files import FolderFiles, is_address
    from quotewise.index.ingest import checked_files, find_collection
    from quotewise.index.stamps import Stamps
    from quotewise.index.sync_report import SyncReport

    server.prepare(settings)
    if settings.log_format == "json":
        terminal.errors.file = LogStream()
    if folder is not None and is_address(str(folder)):
        raise QuotewiseError("serve takes a folder; index the bucket by itself (quotewise index s3://…), then serve the index")
    files = checked_files(FolderFiles(folder), may_be_empty=True)[0] if folder is not None else []
    is_empty = not any(file.is_document for file in files)
    # Every mistake before the port is taken, and the port before a folder is indexed, which may take long.
    with opened(settings, empty or folder is not None or settings.index == Settings.model_fields["index"].default) as service:
        service.load_reader()
        begins = is_empty and find_collection(service.store.catalogue, settings.collection) is None
        if begins:
            terminal.note(f"{folder or settings.collection} holds no documents yet; add some on the page")
            service = replace(service, folder=folder)
        elif folder is not None:
            check_folder(service, LOCAL, folder, moved)
        with server.bound(settings.host, settings.port) as listener:
            stamps = Stamps()
            report = _index(service, folder, moved, stamps=stamps) if folder is not None and not begins else None
            service.warm()
            server.listen(listener)  # only now, so that until then clients are refused instead of kept waiting
            url = server.url(listener)
            if as_json:
                terminal.show_json({"url": url, "indexed": report and terminal.report_json(report)})
            elif report:
                terminal.show_report(report)
            with closing(Keys(settings.index, settings.catalogue)) as keys:
                is_open = server.is_local(listener) or keys.exist()
            if not is_open:
                terminal.note("there is no key yet, so only this machine is answered; make one: quotewise keys make NAME")
            terminal.note(f"listening on {url}")
            if folder is not None and (watch or ocr):
                from quotewise.api.watching import FolderWatch, ScanReading

                if watch:
                    FolderWatch(service, folder, stamps, report or SyncReport.nothing()).start()
                if ocr:
                    ScanReading(service, folder).start()
            (server.serve if settings.workers == 1 else server.serve_by_workers)(service, listener)


@command(
    app,
    "index",
    *STORE,
    "collection",
    "embedder",
    "chunk_tokens",
    "language",
    "max_file_bytes",
    "password_file",
)
def index(
    settings: Settings,
    folder: Annotated[str, typer.Argument(help="Folder of documents, or s3://BUCKET/PREFIX.", show_default=False)],
    moved: Moved = False,
    reread: Annotated[bool, typer.Option("--reread", help="Parse unchanged files too, as after an upgrade.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 if any file is not read, or only in part.")] = False,
    ocr: Annotated[
        bool, typer.Option("--ocr", help="Then recognise the text of scanned pages, seconds a page; goes on if interrupted.")
    ] = False,
    on: Annotated[Literal["ray"] | None, typer.Option("--on", help="Parse and embed by workers on Ray.")] = None,
    ray_address: Annotated[
        str | None, typer.Option("--ray-address", metavar="HOST:PORT", help="Of a cluster; by default Ray starts here.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, metavar="N", help="Workers on Ray; by default one a core.")
    ] = None,
) -> Output:
    """Index FOLDER: add what is new, replace what changed, remove what vanished."""
    if on is None and (ray_address or workers):
        raise typer.BadParameter("--ray-address and --workers are for --on ray")
    if ocr:
        from quotewise.index.recognition import check_installed

        check_installed()
    from quotewise.index.files import files_at
    from quotewise.index.workers import RayWorkers, check_installed

    if on:
        check_installed()
    files, on_ray = files_at(folder), RayWorkers(ray_address, workers) if on else None
    with opened(settings, create=True) as service:
        report = _index(service, files, moved, reread, workers=on_ray)
        for later in _recognised(service, files) if ocr else ():
            report = report.followed_by(later)

    in_vain = report.failed and not (report.added or report.changed or report.unchanged)
    complaint = f"none of the {len(report.failed)} files could be indexed" if in_vain else ""
    code = _LEFT_OUT if strict and report.left_out else 0
    return Output(terminal.report_json(report), partial(terminal.show_report, report), code, complaint)


@command(app, "extract", "max_quotes", "reader", "threshold")
def extract(
    settings: Settings,
    question: Question,
    files: Annotated[
        list[str] | None, typer.Argument(help="Files of text; - is standard input.", show_default="standard input")
    ] = None,
) -> Output:
    """Find quotes that answer QUESTION in each of FILES, without an index."""
    from quotewise.api.questions import check_question
    from quotewise.api.responses import ExtractResponse, ExtractTimings
    from quotewise.rag import pipeline
    from quotewise.rag.readers.registry import Readers

    check_question(question)
    began = time.perf_counter()
    names = files or ["-"]
    texts = [terminal.read_text(name, settings.max_file_bytes) for name in names]
    reader = Readers(settings.reader, settings.threads)(None, texts)
    loaded = time.perf_counter()
    options = pipeline.AskOptions(max_quotes=settings.max_quotes, threshold=settings.threshold)
    result = pipeline.extract(reader, question, texts, options)
    response = ExtractResponse.of(result, timings_ms=ExtractTimings.since(began, loaded), request_id="command-line")
    return Output(response, partial(terminal.show_extracted, names, result))


@command(app, "verify", "index", "collection", "password_file")
def verify_citations(
    settings: Settings,
    citations: Annotated[
        typer.FileText, typer.Argument(help="What `ask --json` printed, or a list of citations; - is standard input.")
    ],
    folder: Annotated[
        Path | None, typer.Option("--folder", metavar="DIR", help="Check against these files instead of the index.")
    ] = None,
) -> Output:
    """Check that quotes still stand where they were found; the exit code is 1 if any does not."""
    from quotewise.rag.verification import FolderSource, Verdict, verify

    claims = [claim.value() for claim in _claims(citations)]
    if folder is None:
        with opened(settings) as service:
            results = service.verify(LOCAL, claims)
    elif folder.is_dir():
        source = FolderSource(folder, settings.max_file_bytes, settings.parse_options())
        results = [verify(claim, source) for claim in claims]
    else:
        raise QuotewiseError(f"{printable(str(folder))} is not a folder")
    rows = [[r.verdict, f"{c.path} {c.start}-{c.end}", r.place, r.reason] for c, r in zip(claims, results, strict=True)]
    show = partial(terminal.show_table, ["verdict", "citation", "place", "reason"], rows)
    return Output([asdict(result) for result in results], show, any(r.verdict is not Verdict.VALID for r in results))


@command(app, "mcp", *STORE, "collection", "reader", "threshold")
def serve_mcp(
    settings: Settings,
    only: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Limit the tools to this collection; may be repeated.")
    ] = None,
    manage: Annotated[bool, typer.Option("--manage", help="Also offer tools that add, rename and delete documents.")] = False,
) -> None:
    """Answer a program's questions over standard input and output, by the Model Context Protocol."""
    with opened(settings) as service:
        from quotewise.api.mcp import local_server

        local_server(service, only or [], manage).run("stdio")


def _show_version(wanted: bool) -> None:
    if wanted:
        terminal.tell(f"quotewise {version('quotewise')}")
        raise typer.Exit


def _add_commands() -> None:
    added = {group.name for group in app.registered_groups}
    for entry_point in entry_points(group=COMMANDS):
        if entry_point.name not in added:
            entry_point.load()(app)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; every error becomes one line on stderr and a non-zero exit code."""
    if sys.stdin is None:  # it was closed
        sys.stdin = io.TextIOWrapper(io.BytesIO())
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that knows less than Unicode shows the rest escaped
    try:
        arguments = sys.argv[1:] if arguments is None else arguments
        own = {registered.name for group in (app, questions, admin) for registered in group.registered_commands}
        if not arguments or arguments[0] not in own:  # the search takes longer than other commands need to start
            _add_commands()
        code = app(arguments or ["--help"], standalone_mode=False, prog_name="quotewise")
    except (typer.Abort, KeyboardInterrupt):
        code = 130
    except QuotewiseError as error:
        code = _print_error(str(error), 1)
    except typer.TyperException as error:
        code = _print_error(error.format_message(), 2)
    except ModuleNotFoundError as error:
        code = _print_error(f"this command needs the package {error.name}: pip install 'quotewise[eval]', or [dev]", 1)
    except OSError as error:
        code = _print_error(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "), 1)
    sys.exit(code or 0)


def _print_error(message: str, code: int) -> int:
    terminal.errors.print(terminal.shown(f"quotewise: {' '.join(message.split())}"), soft_wrap=True)
    return code


def _index(
    service: "Service",
    folder: "Path | Files",
    moved: bool,
    again: bool = False,
    stamps: "Stamps | None" = None,
    workers: "Workers | None" = None,
) -> "SyncReport":
    from quotewise.api.indexing import index_folder

    with terminal.sync_progress() as progress:
        return index_folder(service, LOCAL, folder, moved, progress, again, stamps, workers=workers)


def _recognised(service: "Service", folder: "Files") -> Iterator["SyncReport"]:
    from quotewise.api.indexing import recognise_scans

    with terminal.progress() as progress:
        yield from recognise_scans(service, LOCAL, folder, progress)


def _claims(file: Any) -> "list[requests.Claim]":
    from pydantic import TypeAdapter, ValidationError

    from quotewise.api.requests import Claim

    try:
        content = json.load(file)
        return TypeAdapter(list[Claim]).validate_python(content["citations"] if isinstance(content, dict) else content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"][1:]))
        raise QuotewiseError(f"this is no citation as `ask --json` prints it: {place}: {first['msg']}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise QuotewiseError(f"expected the JSON that `ask --json` prints, or a list of its citations: {error}") from error
