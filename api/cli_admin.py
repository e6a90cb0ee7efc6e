"""The commands that look after an index, its settings and its API keys."""

import sys
from contextlib import closing
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from quotewise.api import terminal
from quotewise.api.callers import LOCAL
from quotewise.api.cli_options import CATALOGUE, STORE, Output, command, opened
from quotewise.api.keys import Key, Keys
from quotewise.api.settings import Settings, origins, without_password
from quotewise.index.errors import QuotewiseError

admin = typer.Typer()


class _ListByDefault(TyperGroup):
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Without a command, but perhaps with options, the keys are listed."""
        named = args and (not args[0].startswith("-") or args[0] == "--help")
        return super().parse_args(ctx, args if named else ["list", *args])


key_commands = typer.Typer(cls=_ListByDefault, help="Make, list (by default) and revoke API keys.", rich_markup_mode=None)
admin.add_typer(key_commands, name="keys")
collection_commands = typer.Typer(help="Rename and remove collections of uploads.", rich_markup_mode=None)
admin.add_typer(collection_commands, name="collections")
_KEY_COLUMNS = ["id", "name", "scopes", "collections", "origins", "rate", "created", "revoked"]


@command(admin, "status", *STORE)
def status(settings: Settings) -> Output:
    """Show the collections of the index, the files of their folders that were not read, and what the processor can."""
    with opened(settings) as service:
        known, catalogue = service.collections(LOCAL), service.store.catalogue
        folders = [collection.root for collection in catalogue.collections()]
        left_out = [catalogue.left_out(collection.name) for collection in known.collections]
        recalls = [service.store.search_index.recall(collection.name) for collection in known.collections]
    from quotewise.api.responses import to_python

    listed = to_python(known)
    for collection, folder, files, recall in zip(listed["collections"], folders, left_out, recalls, strict=True):
        collection["root"], collection["left_out"] = folder, [asdict(file) for file in files]
        collection["recall_of_exact_search"] = recall or 1.0

    def show() -> None:
        rows = [
            [c.name, f"{c.documents:,}", f"{len(files):,}", f"{c.chunks:,}", c.embedder, folder]
            for c, folder, files in zip(known.collections, folders, left_out, strict=True)
        ]
        terminal.show_table(["collection", "documents", "left out", "chunks", "embedder", "folder"], rows)
        for files in left_out:
            terminal.show_left_out(files)
        for collection, recall in zip(known.collections, recalls, strict=True):
            if recall is not None:
                terminal.tell(f"vectors of {collection.name}: quantised, recall@10 of exact search {recall:.3f}")
        terminal.tell(f"processor: {known.processor}")

    return Output(listed, show)


@command(admin, "check", *STORE)
def check_index(settings: Settings) -> Output:
    """Read the whole index and look for damage; the exit code is 1 if there is any."""
    from quotewise.index.integrity import check

    with opened(settings) as service:
        findings = list(check(service.store))
    lines = [f"{'sound  ' if finding.sound else 'damaged'} {finding.part}: {finding.detail}" for finding in findings]
    is_sound = all(finding.sound for finding in findings)
    return Output([asdict(finding) for finding in findings], partial(terminal.tell, "\n".join(lines)), not is_sound)


@command(admin, "migrate", *CATALOGUE)
def migrate_catalogue(settings: Settings) -> Output:
    """Move the catalogue of the index, a file, into the empty PostgreSQL database of --catalogue; stop its services before."""
    if settings.catalogue is None:
        raise QuotewiseError("name the database to move the catalogue into: --catalogue postgresql://…")
    from quotewise.index.migration import migrate

    with closing(Keys(settings.index)) as keys:
        keys.all()  # which moves those of a keys.json to the catalogue
    with terminal.progress() as progress:
        migrated = asdict(migrate(settings.index, settings.catalogue, progress))
    told = ", ".join(f"{number:,} {name}" for name, number in migrated.items())
    return Output(migrated, partial(terminal.tell, f"moved to {without_password(settings.catalogue)}: {told}"))


@command(admin, "rm", *STORE, "collection")
def rm(
    settings: Settings,
    paths: Annotated[list[str] | None, typer.Argument(help="Documents to remove, by path.", show_default=False)] = None,
    everything: Annotated[bool, typer.Option("--all", help="Remove the collection with all its documents.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before that; needed where nobody can be asked.")] = False,
) -> Output:
    """Remove documents, or with --all a collection, from the index; the files stay."""
    from quotewise.api.changes import unindex

    if bool(paths) == everything:
        raise QuotewiseError("name the documents to remove, or give --all to remove the collection")
    with opened(settings) as service:
        if everything and not yes:
            documents = service.documents(LOCAL, settings.collection, limit=0).total
            _confirm(f"collection {settings.collection} with its {documents:,} documents from the index", "--all")
        removed = unindex(service, LOCAL, paths)
    done = f"{len(removed):,} removed from {settings.collection}"
    return Output({"removed": removed}, partial(terminal.tell, done))


@command(collection_commands, "rename", *CATALOGUE)
def rename_collection(
    settings: Settings,
    name: Annotated[str, typer.Argument(help="The collection.", show_default=False)],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Its new name.", show_default=False)],
) -> Output:
    """Give a collection of uploads another name, also in the keys that are limited to it."""
    from quotewise.api import changes

    with opened(settings) as service:
        changes.rename_collection(service, LOCAL, name, new)
    return Output({"name": new}, partial(terminal.tell, f"{name} is {new} now"))


@command(collection_commands, "rm", *CATALOGUE)
def remove_collection(
    settings: Settings,
    name: Annotated[str, typer.Argument(help="The collection.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before; needed where nobody can be asked.")] = False,
) -> Output:
    """Remove a collection of uploads with its documents and their files."""
    from quotewise.api import changes

    with opened(settings) as service:
        if not yes:
            _confirm(f"collection {name}, its {service.documents(LOCAL, name, limit=0).total:,} documents and their files")
        changes.remove_collection(service, LOCAL, name)
    return Output({"removed": name}, partial(terminal.tell, f"{name} is removed"))


@command(admin, "settings")
def list_settings(settings: Settings) -> Output:
    """List every setting: its value, where that comes from, and what it is for."""
    comes_from, values = origins(), settings.model_dump(mode="json")
    values |= {name: without_password(value) for name, value in values.items() if isinstance(value, str)}
    described = {name: field.description or "" for name, field in Settings.model_fields.items()}

    def show() -> None:
        rows = [[name, str(values[name]), comes_from[name], about] for name, about in described.items()]
        terminal.show_table(["setting", "value", "from", "about"], rows)
        terminal.tell(f"\nSet by flag, by {Settings.PREFIX}<SETTING>, or in {Settings.FILE}, in that order.")

    listed = {name: {"value": values[name], "from": comes_from[name], "about": about} for name, about in described.items()}
    return Output(listed, show)


@command(key_commands, "make", *CATALOGUE)
def make_key(
    settings: Settings,
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
) -> Output:
    """Make a key, and show its secret this once; from the first key on, the service refuses all requests without one."""
    if browser != bool(origin):
        raise QuotewiseError("a browser key takes --browser and at least one --origin https://…; other keys take neither")
    with closing(Keys(settings.index, settings.catalogue)) as keys:
        is_first = not keys.exist()
        key, secret = keys.make(name, scope or ["ask"], collection or [], origin or [], rate)
    if is_first:
        terminal.note(
            "from now on requests without a key are refused, also those of this machine and of the page, which asks for it"
        )

    def show() -> None:
        terminal.console.print(secret, markup=False, soft_wrap=True)
        where = settings.catalogue or settings.index.absolute()
        terminal.note(f"the key {key.id} of {where}; it is not shown again. Send it as: Authorization: Bearer KEY")

    return Output({**_listed(key), "key": secret}, show)


@command(key_commands, "list", *CATALOGUE)
def list_keys(settings: Settings) -> Output:
    """List all keys, also those that are revoked."""
    with closing(Keys(settings.index, settings.catalogue)) as keys:
        listed = list(map(_listed, keys.all()))
    rows = [[_cell(column, key[column]) for column in _KEY_COLUMNS] for key in listed]
    return Output(listed, partial(terminal.show_table, _KEY_COLUMNS, rows))


@command(key_commands, "revoke", *CATALOGUE)
def revoke_key(
    settings: Settings, key_id: Annotated[str, typer.Argument(metavar="ID", help="As keys list shows it.", show_default=False)]
) -> Output:
    """Revoke a key; a running service refuses it at once."""
    with closing(Keys(settings.index, settings.catalogue)) as keys:
        key = keys.revoke(key_id)
        none_left = all(one.revoked for one in keys.all())
    left = "; no key is left, so that every request is refused until you make one" if none_left else ""
    return Output(_listed(key), partial(terminal.tell, f"{key.id} ({key.name}) is revoked{left}"))


def _cell(column: str, value: Any) -> str:
    if value and column in ("created", "revoked"):
        return terminal.local_time(value)
    return ", ".join(value) if isinstance(value, list) else value or ""


def _confirm(what: str, cause: str = "this") -> None:
    """Raises QuotewiseError unless the user at the terminal agrees to remove something."""
    if not sys.stdin.isatty():
        raise QuotewiseError(f"{cause} removes the {what}; without a terminal to ask at, that needs --yes")
    if not typer.confirm(f"Remove the {what}?", err=True):
        raise QuotewiseError("nothing was removed")


def _listed(key: Key) -> dict[str, Any]:
    return key.model_dump(mode="json", exclude={"digest"})
