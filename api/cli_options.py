"""Commands as functions of the settings that return what to print, with an option for each setting that they name."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quotewise.api import terminal
from quotewise.api.settings import Settings, load_settings
from quotewise.index.errors import QuotewiseError

if TYPE_CHECKING:
    from quotewise.api.service import Service

IndexDir = Annotated[Path | None, typer.Option("--index", "-i", metavar="DIR", help="Folder of the index.")]
CollectionName = Annotated[str | None, typer.Option("--collection", "-c", metavar="NAME", help="Collection to use.")]
CATALOGUE = ("index", "catalogue")
STORE = (*CATALOGUE, "search_index", "milvus_uri")
"""The settings by which an index is found."""
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Moved = Annotated[bool, typer.Option("--moved", help="The collection's folder has moved to FOLDER.")]


@dataclass(frozen=True, slots=True)
class Output:
    """What a command prints: ``value`` as JSON, or text for people by ``show``; and how it ends."""

    value: Any
    show: Callable[[], None]
    code: int = 0
    complaint: str = ""


def command(group: typer.Typer, name: str, *settings: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add a command to a group: a function of the settings in force and of arguments of its own.

    It has an option for each of the named settings and, where the function returns an ``Output``, ``--json``.
    """

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(function)
        own = list(signature.parameters.values())[1:]
        options = [_keyword(setting, _option(setting), None) for setting in settings]
        prints = signature.return_annotation is Output
        if prints:
            options.append(_keyword("as_json", Json, False))

        @wraps(function)
        def run(**values: Any) -> None:
            flags = {setting: values.pop(setting) for setting in settings}
            as_json = prints and values.pop("as_json")
            output = function(load_settings(**flags), **values)
            if as_json:
                terminal.show_json(output.value)
            elif prints:
                output.show()
            if prints and output.complaint:
                raise QuotewiseError(output.complaint)
            if prints and output.code:
                raise typer.Exit(output.code)

        run.__signature__ = inspect.Signature([*own, *options])  # type: ignore[attr-defined]
        group.command(name)(run)
        return function

    return add


def opened(settings: Settings, create: bool = False) -> "Service":
    """The open service. Raises what ``Service.open`` does."""
    from quotewise.api.service import Service  # here, since it takes most of the time that a command needs to start

    return Service.open(settings, create)


def _keyword(name: str, annotation: Any, default: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _option(setting: str) -> Any:
    if setting in ("index", "collection"):
        return IndexDir if setting == "index" else CollectionName
    field = Settings.model_fields[setting]
    return Annotated[field.annotation | None, typer.Option(help=field.description)]  # type: ignore[operator]
