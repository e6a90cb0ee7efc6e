"""The command line: typer commands over the same service as HTTP; errors are one line on stderr and a non-zero code."""

import io
import json
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from quotewise.api import schemas, terminal
from quotewise.api.keys import Key, Keys
from quotewise.api.service import Service
from quotewise.api.settings import Settings, load_settings, origins
from quotewise.index.documents import printable, read_file
from quotewise.index.encodings import decode
from quotewise.index.errors import DocumentError, QuotewiseError
from quotewise.index.ingest import SyncReport, checked_files
from quotewise.index.integrity import check as check_integrity
from quotewise.index.onnx_model import instruction_set
from quotewise.index.store import Filter
from quotewise.rag.pipeline import AskOptions
from quotewise.rag.pipeline import extract as extract_quotes
from quotewise.rag.readers.registry import Readers
from quotewise.rag.verification import CollectionSource, FolderSource, Source, Verdict, verify

app = typer.Typer(
    name="quotewise",
    help="Answers questions about a folder of documents in the documents' own words.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

IndexDir = Annotated[Path | None, typer.Option("--index", "-i", metavar="DIR", help="Folder of the index.")]
CollectionName = Annotated[str | None, typer.Option("--collection", "-c", metavar="NAME", help="Collection to use.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Prefix = Annotated[str, typer.Option("--path-prefix", metavar="TEXT", help="Look only at paths that start so.")]
TopK = Annotated[int | None, typer.Option("--top-k", metavar="N", help="Chunks to retrieve.")]
Moved = Annotated[bool, typer.Option("--moved", help="The collection's folder has moved to FOLDER.")]
Embedder = Annotated[
    str | None, typer.Option("--embedder", metavar="NAME", help="For a new collection: a sentence-transformers name or path.")
]
ChunkTokens = Annotated[int | None, typer.Option("--chunk-tokens", metavar="N", help="For a new collection.")]
FileLimit = Annotated[int | None, typer.Option("--max-file-bytes", metavar="N", help="Largest file that is indexed.")]
Reader = Annotated[
    str | None, typer.Option("--reader", metavar="NAME", help="auto, span, similarity, or the folder of a trained reader.")
]
MaxQuotes = Annotated[int | None, typer.Option("--max-quotes", metavar="N", help="Most quotes.")]
Threshold = Annotated[float | None, typer.Option("--threshold", metavar="P", help="Least confidence of an answer, 0 to 1.")]


@app.command()
def serve(
    folder: Annotated[Path | None, typer.Argument(help="Folder to index before listening.", show_default=False)] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    index: IndexDir = None,
    collection: CollectionName = None,
    embedder: Embedder = None,
    chunk_tokens: ChunkTokens = None,
    max_file_bytes: FileLimit = None,
    reader: Reader = None,
    threshold: Threshold = None,
    moved: Moved = False,
    empty: Annotated[bool, typer.Option("--empty", help="Where there is no index, begin an empty one, for uploads.")] = False,
    as_json: Json = False,
) -> None:
    """Index FOLDER, if one is given, and answer questions over HTTP."""
    settings = load_settings(
        index=index,
        collection=collection,
        host=host,
        port=port,
        embedder=embedder,
        chunk_tokens=chunk_tokens,
        max_file_bytes=max_file_bytes,
        reader=reader,
        threshold=threshold,
    )
    from quotewise.api import server

    server.prepare(settings)
    if folder is not None:
        checked_files(folder, may_be_empty=settings.index.exists())
    # Every mistake before the port is taken, and the port before a folder is indexed, which may take long.
    with _opened(settings, empty or folder is not None) as service:
        service.load_reader()
        if folder is not None:
            service.check(folder, moved)
        with server.bound(settings.host, settings.port) as listener:
            report = _sync(service, folder, moved) if folder is not None else None
            service.warm()
            server.listen(listener)  # only now, so that until then clients are refused instead of kept waiting
            _tell_address(settings, listener, report, as_json)
            server.serve(service, listener)


def _tell_address(settings: Settings, listener: socket.socket, report: SyncReport | None, as_json: bool) -> None:
    from quotewise.api import server

    url = server.url(listener)
    if as_json:
        terminal.show_json({"url": url, "indexed": asdict(report) if report else None})
    elif report:
        terminal.show_report(report)
    if not (server.is_local(listener) or Keys(settings.index).any()):
        notice = "there is no key yet, so only this machine is answered; make one: quotewise keys make NAME"
        terminal.errors.print(notice, soft_wrap=True)
    terminal.errors.print(f"listening on {url}", markup=False, soft_wrap=True)


@app.command()
def index(
    folder: Annotated[Path, typer.Argument(help="Folder of .txt and .md files.", show_default=False)],
    index: IndexDir = None,
    collection: CollectionName = None,
    embedder: Embedder = None,
    chunk_tokens: ChunkTokens = None,
    max_file_bytes: FileLimit = None,
    moved: Moved = False,
    as_json: Json = False,
) -> None:
    """Index FOLDER: add what is new, replace what changed, remove what vanished."""
    settings = load_settings(
        index=index, collection=collection, embedder=embedder, chunk_tokens=chunk_tokens, max_file_bytes=max_file_bytes
    )
    with _opened(settings, create=True) as service:
        report = _sync(service, folder, moved)
    if as_json:
        terminal.show_json(asdict(report))
    else:
        terminal.show_report(report)
    if report.failed and not (report.added or report.changed or report.unchanged):
        raise QuotewiseError(f"none of the {len(report.failed)} files could be indexed")


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="A question.", show_default=False)],
    index: IndexDir = None,
    collection: CollectionName = None,
    top_k: TopK = None,
    max_quotes: MaxQuotes = None,
    path_prefix: Prefix = "",
    reader: Reader = None,
    threshold: Threshold = None,
    as_json: Json = False,
) -> None:
    """Answer QUESTION with quotes, or say that the documents do not."""
    settings = load_settings(
        index=index, collection=collection, top_k=top_k, max_quotes=max_quotes, reader=reader, threshold=threshold
    )
    _checked(question)
    with _opened(settings) as service:
        options = AskOptions(settings.top_k, settings.max_quotes, Filter(path_prefix))
        answer = service.pipeline.ask(question, settings.collection, options)
    if as_json:
        terminal.show_json(schemas.AskResponse.of(answer, "command-line").model_dump())
    else:
        terminal.show_answer(answer)


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="A question or some words.", show_default=False)],
    index: IndexDir = None,
    collection: CollectionName = None,
    top_k: TopK = None,
    path_prefix: Prefix = "",
    as_json: Json = False,
) -> None:
    """Show the passages closest to QUESTION."""
    settings = load_settings(index=index, collection=collection, top_k=top_k)
    _checked(question)
    with _opened(settings) as service:
        found = service.pipeline.search(question, settings.collection, AskOptions(settings.top_k, where=Filter(path_prefix)))
    if as_json:
        terminal.show_json([schemas.Passage.of(passage).model_dump() for passage in found.passages])
    else:
        terminal.show_passages(found.passages)


@app.command()
def extract(
    question: Annotated[str, typer.Argument(help="A question.", show_default=False)],
    files: Annotated[
        list[str] | None, typer.Argument(help="Files of text; - is standard input.", show_default="standard input")
    ] = None,
    max_quotes: MaxQuotes = None,
    reader: Reader = None,
    threshold: Threshold = None,
    as_json: Json = False,
) -> None:
    """Find quotes that answer QUESTION in each of FILES, without an index."""
    settings = load_settings(max_quotes=max_quotes, reader=reader, threshold=threshold)
    _checked(question)
    began = time.perf_counter()
    names = files or ["-"]
    texts = [_text(name, settings.max_file_bytes) for name in names]
    text_reader = Readers(settings.reader, settings.threads)()
    loaded = time.perf_counter()
    options = AskOptions(max_quotes=settings.max_quotes, threshold=settings.threshold)
    extracted = schemas.Extracted.of(extract_quotes(text_reader, question, texts, options))
    if as_json:
        timings = schemas.ExtractTimings.since(began, loaded)
        shape = schemas.ExtractResponse(**dict(extracted), timings_ms=timings, request_id="command-line")
        terminal.show_json(shape.model_dump())
    else:
        terminal.show_extracted(names, extracted)


@app.command()
def status(
    index: IndexDir = None,
    as_json: Json = False,
) -> None:
    """Show the collections of the index, and what the processor can."""
    settings = load_settings(index=index)
    with _opened(settings) as service:
        found = [
            (c, schemas.Collection.of(c, service.store.catalogue.size(c.name))) for c in service.store.catalogue.collections()
        ]
    if as_json:
        listed = [{**shape.model_dump(), "root": collection.root} for collection, shape in found]
        terminal.show_json({"collections": listed, "default": settings.collection, "processor": instruction_set()})
    else:
        rows = [[s.name, f"{s.documents:,}", f"{s.chunks:,}", s.embedder, c.root] for c, s in found]
        terminal.show_table(["collection", "documents", "chunks", "embedder", "folder"], rows)
        terminal.tell(f"processor: {instruction_set()}")


@app.command()
def check(index: IndexDir = None, as_json: Json = False) -> None:
    """Read the whole index and look for damage; the exit code is 1 if there is any."""
    with _opened(load_settings(index=index)) as service:
        findings = list(check_integrity(service.store))
    if as_json:
        terminal.show_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            terminal.tell(f"{'sound  ' if finding.sound else 'damaged'} {finding.part}: {finding.detail}")
    if not all(finding.sound for finding in findings):
        raise typer.Exit(1)


@app.command("verify")
def verify_citations(
    citations: Annotated[
        typer.FileText, typer.Argument(help="What `ask --json` printed, or a list of citations; - is standard input.")
    ],
    folder: Annotated[
        Path | None, typer.Option("--folder", metavar="DIR", help="Check against these files instead of the index.")
    ] = None,
    index: IndexDir = None,
    collection: CollectionName = None,
    as_json: Json = False,
) -> None:
    """Check that quotes still stand where they were found; the exit code is 1 if any does not."""
    settings = load_settings(index=index, collection=collection)
    claims = _claims(citations)
    if folder is not None:
        if not folder.is_dir():
            raise QuotewiseError(f"{printable(str(folder))} is not a folder")
        results = _verified(claims, FolderSource(folder, settings.max_file_bytes))
    else:
        with _opened(settings) as service:
            results = _verified(claims, CollectionSource(service.store, settings.collection, settings.max_file_bytes))
    if as_json:
        terminal.show_json([result.model_dump() for result in results])
    else:
        rows = [[r.verdict, f"{c.document.path} {c.start}-{c.end}", r.reason] for c, r in zip(claims, results, strict=True)]
        terminal.show_table(["verdict", "citation", "reason"], rows)
    if any(result.verdict != Verdict.VALID.value for result in results):
        raise typer.Exit(1)


@app.command()
def rm(
    paths: Annotated[list[str] | None, typer.Argument(help="Documents to remove, by path.", show_default=False)] = None,
    index: IndexDir = None,
    collection: CollectionName = None,
    everything: Annotated[bool, typer.Option("--all", help="Remove the collection with all its documents.")] = False,
    as_json: Json = False,
) -> None:
    """Remove documents, or with --all a collection, from the index; the files stay."""
    settings = load_settings(index=index, collection=collection)
    if bool(paths) == everything:
        raise QuotewiseError("name the documents to remove, or give --all to remove the collection")
    name = settings.collection
    with _opened(settings) as service:
        removed = list(dict.fromkeys(paths or [])) or sorted(service.store.catalogue.digests(name))
        for path in paths or []:
            service.store.catalogue.document_at(name, path)
        with service.store.writing():
            if everything:
                service.store.remove_collection(name)
            else:
                service.store.catalogue.remove(name, removed)
                service.store.publish(name)
    if as_json:
        terminal.show_json({"removed": removed})
    else:
        terminal.console.print(f"{len(removed):,} removed from {name}")


@app.command("mcp")
def serve_mcp(
    index: IndexDir = None, collection: CollectionName = None, reader: Reader = None, threshold: Threshold = None
) -> None:
    """Answer a program's questions over standard input and output, by the Model Context Protocol."""
    settings = load_settings(index=index, collection=collection, reader=reader, threshold=threshold)
    with _opened(settings) as service:
        from quotewise.api.mcp import serve_stdio

        serve_stdio(service)


@app.command("settings")
def list_settings(as_json: Json = False) -> None:
    """List every setting: its value, where that comes from, and what it is for."""
    settings, comes_from = load_settings(), origins()
    values = settings.model_dump(mode="json")
    described = {name: field.description or "" for name, field in Settings.model_fields.items()}
    if as_json:
        terminal.show_json(
            {name: {"value": values[name], "from": comes_from[name], "about": about} for name, about in described.items()}
        )
    else:
        rows = [[name, str(values[name]), comes_from[name], about] for name, about in described.items()]
        terminal.show_table(["setting", "value", "from", "about"], rows)
        terminal.console.print(f"\nSet by flag, by {Settings.PREFIX}<SETTING>, or in {Settings.FILE}, in that order.")


key_commands = typer.Typer(help="Make, list and revoke API keys.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(key_commands, name="keys")


@key_commands.command("make")
def make_key(
    name: Annotated[str, typer.Argument(help="Whose it is, or what for.", show_default=False)],
    scope: Annotated[list[str] | None, typer.Option(help="ask, or manage, which may ask too.", show_default="ask")] = None,
    collection: Annotated[
        list[str] | None, typer.Option("--collection", "-c", metavar="NAME", help="Only for this one; may be repeated.")
    ] = None,
    browser: Annotated[bool, typer.Option("--browser", help="For pages, where every visitor can read it.")] = False,
    origin: Annotated[
        list[str] | None, typer.Option(metavar="URL", help="Of a page that may use a browser key; may be repeated.")
    ] = None,
    rate: Annotated[str | None, typer.Option(metavar="RATE", help="Most requests, such as 60/minute.")] = None,
    index: IndexDir = None,
    as_json: Json = False,
) -> None:
    """Make a key, and show its secret this once."""
    if browser != bool(origin):
        raise QuotewiseError("a browser key takes --browser and at least one --origin https://…; other keys take neither")
    kept = Keys(load_settings(index=index).index)
    key, secret = kept.make(name, scope or ["ask"], collection or [], origin or [], rate)
    if as_json:
        terminal.show_json({**_shown_key(key), "key": secret})
    else:
        terminal.console.print(secret, markup=False, soft_wrap=True)
        terminal.errors.print(f"the key {key.id}; it is not shown again. Send it as: Authorization: Bearer KEY", soft_wrap=True)


@key_commands.command("list")
def list_keys(index: IndexDir = None, as_json: Json = False) -> None:
    """List all keys, also those that are revoked."""
    listed = [_shown_key(key) for key in Keys(load_settings(index=index).index).all()]
    if as_json:
        terminal.show_json(listed)
    else:
        columns = ["id", "name", "scopes", "collections", "origins", "rate", "created", "revoked"]
        rows = [[", ".join(one[c]) if isinstance(one[c], list) else one[c] or "" for c in columns] for one in listed]
        terminal.show_table(columns, rows)


@key_commands.command("revoke")
def revoke_key(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="As keys list shows it.", show_default=False)],
    index: IndexDir = None,
    as_json: Json = False,
) -> None:
    """Revoke a key; a running service refuses it at once."""
    key = Keys(load_settings(index=index).index).revoke(key_id)
    if as_json:
        terminal.show_json(_shown_key(key))
    else:
        terminal.tell(f"{key.id} ({key.name}) is revoked")


def _shown_key(key: Key) -> dict[str, Any]:
    return key.model_dump(mode="json", exclude={"digest"})


COMMANDS = "quotewise.commands"
"""Entry points of this group add commands of other packages; each is a function that takes ``app``."""


def _add_commands() -> None:
    added = {group.name for group in app.registered_groups}
    for entry_point in entry_points(group=COMMANDS):
        if entry_point.name not in added:
            entry_point.load()(app)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; every error becomes one line on stderr and a non-zero exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that knows less than Unicode shows the rest escaped
    try:
        given = sys.argv[1:] if arguments is None else arguments
        own = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
        if not given or given[0] not in own:  # the search for entry points takes longer than other commands need to start
            _add_commands()
        code = app(given or ["--help"], standalone_mode=False, prog_name="quotewise")
    except typer.Abort:
        code = 130
    except QuotewiseError as error:
        code = _complain(str(error), 1)
    except typer.TyperException as error:
        code = _complain(error.format_message(), 2)
    except ModuleNotFoundError as error:
        code = _complain(f"this command needs the package {error.name}: pip install 'quotewise[eval]', or [dev]", 1)
    except KeyboardInterrupt:
        code = 130
    except OSError as error:
        code = _complain(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "), 1)
    sys.exit(code or 0)


def _complain(message: str, code: int) -> int:
    terminal.errors.print(terminal.shown(f"quotewise: {' '.join(message.split())}"), soft_wrap=True)
    return code


@contextmanager
def _opened(settings: Settings, create: bool = False) -> Iterator[Service]:
    service = Service.open(settings, create)
    try:
        yield service
    finally:
        service.store.close()


def _sync(service: Service, folder: Path, moved: bool) -> SyncReport:
    with terminal.progress() as report:
        return service.sync(folder, moved, report)


def _text(name: str, limit_bytes: int) -> str:
    """The text of a file, read and decoded as the indexer does. Raises DocumentError, which names the file."""
    try:
        if name == "-":
            return decode(_standard_input(limit_bytes))[0]
        if not Path(name).exists():
            raise DocumentError("does not exist")
        return decode(read_file(Path(name), limit_bytes))[0]
    except DocumentError as error:
        raise DocumentError(f"{terminal.file_name(name)} {error}") from error


def _standard_input(limit_bytes: int) -> bytes:
    data = sys.stdin.buffer.read(limit_bytes + 1)
    if not data:
        raise DocumentError("is empty")
    if len(data) > limit_bytes:
        raise DocumentError(f"is larger than {limit_bytes:,} bytes; raise max_file_bytes to read it")
    return data


def _checked(question: str) -> None:
    try:
        schemas.Asked(question=question)
    except ValidationError as error:
        first = error.errors()[0]
        raise QuotewiseError(f"{first['loc'][0]}: {first['msg']}") from error


def _claims(file: Any) -> list[schemas.Claim]:
    try:
        found = json.load(file)
        listed = found["citations"] if isinstance(found, dict) else found
        return [schemas.Claim.model_validate(claim) for claim in listed]
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise QuotewiseError(f"this is no citation as `ask --json` prints it: {place}: {first['msg']}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise QuotewiseError(f"expected the JSON that `ask --json` prints, or a list of its citations: {error}") from error


def _verified(claims: list[schemas.Claim], source: Source) -> list[schemas.Verification]:
    return [schemas.Verification.of(verify(claim.value(), source)) for claim in claims]
