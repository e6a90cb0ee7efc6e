"""Settings from flags, ``QUOTEWISE_*`` environment variables and ``quotewise.toml``, in that order of precedence."""

import ipaddress
import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource
from quotewise.api.keys import Origin, Rate
from quotewise.index.embedders import DEFAULT_EMBEDDER
from quotewise.index.errors import QuotewiseError
from quotewise.index.ingest import DEFAULT_FILE_LIMIT
from quotewise.rag.pipeline import DEFAULT_QUOTES, DEFAULT_TOP_K
from quotewise.rag.readers.registry import AUTOMATIC
from quotewise.rag.retrieval import Method

MAX_TOP_K = 100
MAX_QUOTES = 3


def _listed(value: object) -> object:
    return [item.strip() for item in value.split(",") if item.strip()] if isinstance(value, str) else value


def _network(value: str) -> str:
    return str(ipaddress.ip_network(value, strict=False)) and value


Network = Annotated[str, AfterValidator(_network)]


class SettingsError(QuotewiseError):
    """A setting has a value that it cannot have."""

    code = "invalid-settings"


class Settings(BaseSettings):
    """Everything that can be set. ``quotewise settings`` lists the values in force and where each comes from."""

    FILE: ClassVar[str] = "quotewise.toml"
    PREFIX: ClassVar[str] = "QUOTEWISE_"
    model_config = SettingsConfigDict(env_prefix=PREFIX, toml_file=FILE, extra="forbid", frozen=True)

    index: Annotated[Path, Field(description="folder of the index")] = Path(".quotewise")
    collection: Annotated[str, Field(description="collection used where none is named")] = "default"
    host: Annotated[str, Field(description="address to listen on")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="port to listen on; 0 takes a free one")] = 8000
    embedder: Annotated[
        str, Field(description="embedder of new collections: the bundled one, or a sentence-transformers name or path")
    ] = DEFAULT_EMBEDDER
    chunk_tokens: Annotated[
        int | None, Field(ge=16, le=2000, description="longest chunk of new collections, in the embedder's tokens")
    ] = None
    max_file_bytes: Annotated[int, Field(ge=1, description="largest file that is indexed")] = DEFAULT_FILE_LIMIT
    public_url: Annotated[
        str | None,
        Field(pattern=r"^https?://[^\s?#]+$", description="address that links in answers lead to; by default the one asked"),
    ] = None
    max_body_bytes: Annotated[int, Field(ge=1, description="largest HTTP request body")] = 1_000_000
    body_seconds: Annotated[float, Field(gt=0, description="seconds within which a request body has to arrive")] = 10.0
    parallel: Annotated[
        int | None, Field(ge=1, description="questions answered side by side by a service; by default one a core")
    ] = None
    extract_seconds: Annotated[
        float, Field(gt=0, description="how long texts of a request's own are read; what is left then is called truncated")
    ] = 10.0
    queue: Annotated[int, Field(ge=0, description="questions that wait for their turn; more are refused")] = 32
    rate: Annotated[Rate, Field(description="most requests of a key, or of an address without one")] = "600/minute"
    cors_origins: Annotated[
        tuple[Origin, ...], NoDecode, BeforeValidator(_listed), Field(description="origins of pages that may use the service")
    ] = ()
    trusted_proxies: Annotated[
        tuple[Network, ...],
        NoDecode,
        BeforeValidator(_listed),
        Field(description="addresses of proxies that say for whom they ask, by X-Forwarded-For"),
    ] = ()
    max_uploads: Annotated[
        int, Field(ge=1, description="uploads that arrive, wait and are indexed at once; more are refused")
    ] = 8
    upload_seconds: Annotated[
        float, Field(ge=0, le=60, description="how long an upload is waited for before its answer is a job to ask for")
    ] = 5.0
    remembered_answers: Annotated[
        int, Field(ge=0, description="answers kept in memory for feedback on them; 0 takes no feedback")
    ] = 1000
    top_k: Annotated[
        int, Field(ge=1, le=MAX_TOP_K, description="chunks found for a question, of which those that stand out are read")
    ] = DEFAULT_TOP_K
    retrieval: Annotated[Method, Field(description="how passages are found: hybrid, dense or lexical")] = "hybrid"
    max_quotes: Annotated[int, Field(ge=1, le=MAX_QUOTES, description="most quotes in an answer")] = DEFAULT_QUOTES
    reader: Annotated[
        str,
        Field(
            description="auto, span, similarity, or the folder of a trained reader; auto is span, "
            "but similarity for an embedder of many languages"
        ),
    ] = AUTOMATIC
    threshold: Annotated[
        float | None, Field(ge=0, le=1, description="confidence below which nothing is answered; by default the reader's")
    ] = None
    threads: Annotated[
        int | None, Field(ge=1, description="texts embedded side by side while indexing; by default one a core")
    ] = None
    log_format: Annotated[Literal["text", "json"], Field(description="of the log on standard error: text or json")] = "text"
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"] | None,
        Field(description="debug, info (a line a request), warning or error; by default warning, for json info"),
    ] = None
    log_questions: Annotated[bool, Field(description="whether the lines of answered requests hold the question")] = False
    shutdown_seconds: Annotated[
        int, Field(ge=0, le=3600, description="how long running requests may take to finish when the service is told to stop")
    ] = 8

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags before environment before file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**flags: Any) -> Settings:
    """The settings in force; flags that are None count as not given.

    Raises:
        SettingsError: a value is not valid, or the file is no TOML.
    """
    try:
        return Settings(**_given(flags))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise SettingsError(f"the setting {name!r} is not valid: {first['msg']}; got {first['input']!r}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{Settings.FILE} is not valid TOML: {error}") from error


def origins() -> dict[str, str]:
    """Where the value of each setting comes from, flags apart: environment, file or default."""
    path = Path(Settings.FILE)
    in_file = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    environment = {name.upper() for name in os.environ}
    return {
        name: "environment" if f"{Settings.PREFIX}{name.upper()}" in environment else "file" if name in in_file else "default"
        for name in Settings.model_fields
    }


def _given(flags: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in flags.items() if value is not None}
