"""The commands that look after an index, its settings and its API keys."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from quotewise.api import terminal
from quotewise.api.callers import LOCAL
from quotewise.api.cli_options import CollectionName, IndexDir, Json, opened, settings_of
from quotewise.api.keys import Key, Keys
from quotewise.api.responses import to_python
from quotewise.api.settings import Settings, load_settings, origins
from quotewise.index.errors import QuotewiseError

admin = typer.Typer()
key_commands = typer.Typer(help="Make, list and revoke API keys.", no_args_is_help=True, rich_markup_mode=None)
admin.add_typer(key_commands, name="keys")


@admin.command()
def status(context: typer.Context, index: IndexDir = None, as_json: Json = False) -> None:
    """Show the collections of the index, the files of their folders that were not read, and what the processor can."""
    with opened(settings_of(context)) as service:
        known, catalogue = service.collections(LOCAL), service.store.catalogue
        folders = [collection.root for collection in catalogue.collections()]
        left_out = [catalogue.left_out(collection.name) for collection in known.collections]
    if as_json:
        listed = to_python(known)
        for collection, folder, files in zip(listed["collections"], folders, left_out, strict=True):
            collection["root"], collection["left_out"] = folder, [asdict(file) for file in files]
        terminal.show_json(listed)
    else:
        rows = [
            [c.name, f"{c.documents:,}", f"{len(files):,}", f"{c.chunks:,}", c.embedder, folder]
            for c, folder, files in zip(known.collections, folders, left_out, strict=True)
        ]
        terminal.show_table(["collection", "documents", "left out", "chunks", "embedder", "folder"], rows)
        for files in left_out:
            terminal.show_left_out(files)
        terminal.tell(f"processor: {known.processor}")


@admin.command("check")
def check_index(context: typer.Context, index: IndexDir = None, as_json: Json = False) -> None:
    """Read the whole index and look for damage; the exit code is 1 if there is any."""
    from quotewise.index.integrity import check

    with opened(settings_of(context)) as service:
        findings = list(check(service.store))
    if as_json:
        terminal.show_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            terminal.tell(f"{'sound  ' if finding.sound else 'damaged'} {finding.part}: {finding.detail}")
    if not all(finding.sound for finding in findings):
        raise typer.Exit(1)


@admin.command()
def rm(
    context: typer.Context,
    paths: Annotated[list[str] | None, typer.Argument(help="Documents to remove, by path.", show_default=False)] = None,
    index: IndexDir = None,
    collection: CollectionName = None,
    everything: Annotated[bool, typer.Option("--all", help="Remove the collection with all its documents.")] = False,
    as_json: Json = False,
) -> None:
    """Remove documents, or with --all a collection, from the index; the files stay."""
    settings = settings_of(context)
    if bool(paths) == everything:
        raise QuotewiseError("name the documents to remove, or give --all to remove the collection")
    with opened(settings) as service:
        removed = service.unindex(LOCAL, paths)
    if as_json:
        terminal.show_json({"removed": removed})
    else:
        terminal.tell(f"{len(removed):,} removed from {settings.collection}")


@admin.command("settings")
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
        terminal.tell(f"\nSet by flag, by {Settings.PREFIX}<SETTING>, or in {Settings.FILE}, in that order.")


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
        terminal.note(f"the key {key.id}; it is not shown again. Send it as: Authorization: Bearer KEY")


@key_commands.command("list")
def list_keys(index: IndexDir = None, as_json: Json = False) -> None:
    """List all keys, also those that are revoked."""
    listed = [_shown_key(key) for key in Keys(load_settings(index=index).index).all()]
    if as_json:
        terminal.show_json(listed)
    else:
        columns = ["id", "name", "scopes", "collections", "origins", "rate", "created", "revoked"]
        rows = [[", ".join(key[c]) if isinstance(key[c], list) else key[c] or "" for c in columns] for key in listed]
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
