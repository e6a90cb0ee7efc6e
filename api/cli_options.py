"""The options that several commands have, and what commands do with them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotewise.api.settings import Settings, load_settings

if TYPE_CHECKING:
    from quotewise.api.service import Service

IndexDir = Annotated[Path | None, typer.Option("--index", "-i", metavar="DIR", help="Folder of the index.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
CollectionName = Annotated[str | None, typer.Option("--collection", "-c", metavar="NAME", help="Collection to use.")]
Prefix = Annotated[str, typer.Option("--path-prefix", metavar="TEXT", help="Look only at paths that start so.")]
TopK = Annotated[int | None, typer.Option("--top-k", metavar="N", help="Chunks to retrieve.")]
Moved = Annotated[bool, typer.Option("--moved", help="The collection's folder has moved to FOLDER.")]
Embedder = Annotated[
    str | None, typer.Option("--embedder", metavar="NAME", help="For a new collection: a sentence-transformers name or path.")
]
ChunkTokens = Annotated[int | None, typer.Option("--chunk-tokens", metavar="N", help="For a new collection.")]
Language = Annotated[
    str | None,
    typer.Option("--language", metavar="CODE", help="ISO 639-1 code of the language; detected by default."),
]
FileLimit = Annotated[int | None, typer.Option("--max-file-bytes", metavar="N", help="Largest file that is indexed.")]
PasswordFile = Annotated[
    Path | None,
    typer.Option("--password-file", metavar="FILE", help="Passwords of encrypted PDF and Office files, one a line."),
]
Reader = Annotated[
    str | None, typer.Option("--reader", metavar="NAME", help="auto, span, similarity, or the folder of a trained reader.")
]
MaxQuotes = Annotated[int | None, typer.Option("--max-quotes", metavar="N", help="Most quotes.")]
Threshold = Annotated[float | None, typer.Option("--threshold", metavar="P", help="Least confidence of an answer, 0 to 1.")]


def settings_of(context: typer.Context) -> Settings:
    """The settings in force, among them the options of the command that have the name of a setting. Raises SettingsError."""
    return load_settings(**{name: value for name, value in context.params.items() if name in Settings.model_fields})


def opened(settings: Settings, create: bool = False) -> "Service":
    """The open service. Raises what ``Service.open`` does."""
    from quotewise.api.service import Service  # here, since it takes most of the time that a command needs to start

    return Service.open(settings, create)
