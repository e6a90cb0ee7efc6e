"""The commands ``quotewise keys``: make, list and revoke API keys."""

from pathlib import Path
from typing import Annotated, Any

import typer
from quotewise.api import terminal
from quotewise.api.keys import Key, Keys
from quotewise.api.settings import load_settings
from quotewise.index.errors import QuotewiseError

IndexDir = Annotated[Path | None, typer.Option("--index", "-i", metavar="DIR", help="Folder of the index.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
key_commands = typer.Typer(help="Make, list and revoke API keys.", no_args_is_help=True, rich_markup_mode=None)


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
