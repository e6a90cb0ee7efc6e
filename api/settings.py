"""Settings from flags, ``QUOTEWISE_*`` environment variables and ``quotewise.toml``, in that order of precedence."""

import ipaddress
import os
import re
import tomllib
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from quotewise.api.keys import Origin, Rate
from quotewise.index.defaults import AUTOMATIC_EMBEDDER, DEFAULT_FILE_LIMIT, MULTILINGUAL_EMBEDDER
from quotewise.index.errors import QuotewiseError
from quotewise.rag.defaults import AUTOMATIC, DEFAULT_QUOTES, DEFAULT_TOP_K, Method

if TYPE_CHECKING:
    from collections.abc import Callable

    from quotewise.index.formats import ParseOptions
    from quotewise.index.recognised import RecognisedPages
    from quotewise.index.store import Catalogue, SearchIndex

MAX_TOP_K = 100
MAX_QUOTES = 3
_MOST_PASSWORDS = 100
"""Each of which takes up to 0.1 s to try on a file."""


def _listed(value: object) -> object:
    return [item.strip() for item in value.split(",") if item.strip()] if isinstance(value, str) else value


def _network(value: str) -> str:
    return str(ipaddress.ip_network(value, strict=False)) and value


Origins = Annotated[tuple[Origin, ...], NoDecode, BeforeValidator(_listed)]
Networks = Annotated[tuple[Annotated[str, AfterValidator(_network)], ...], NoDecode, BeforeValidator(_listed)]


def _embedder_name(name: str) -> str:
    return MULTILINGUAL_EMBEDDER if name == "multilingual" else name


def _database(url: str | None) -> str | None:
    if url is None:
        return None
    if not re.match("postgres(ql)?://", url):
        raise ValueError("should be a URL such as postgresql://user@host/database")
    if not find_spec("psycopg"):
        raise ValueError("needs: pip install 'quotewise[postgresql]'")
    return url


def without_password(value: str) -> str:
    """A value in which the password of a URL, if there is one, is hidden."""
    return re.sub(r"(://[^/@:\s]*:)[^/\s]*(?=@)|([?&](?:ssl)?password=)[^&\s]*", r"\1\2***", value)


class SettingsError(QuotewiseError, code="invalid-settings"):
    """A setting has a value that it cannot have."""


class Settings(BaseSettings):
    """Everything that can be set. ``quotewise settings`` lists the values in force and where each comes from."""

    FILE: ClassVar[str] = "quotewise.toml"
    PREFIX: ClassVar[str] = "QUOTEWISE_"
    model_config = SettingsConfigDict(env_prefix=PREFIX, toml_file=FILE, extra="forbid", frozen=True)

    index: Path = Field(default=Path(".quotewise"), description="folder of the index")
    catalogue: Annotated[str | None, AfterValidator(_database)] = Field(
        default=None,
        repr=False,
        description="of several machines: a PostgreSQL database, such as postgresql://user@host/name; by default a file",
    )
    uploads: Path | None = Field(
        default=None, description="folder of the files of uploads, which machines share; by default in that of the index"
    )
    search_index: Literal["local", "milvus"] = Field(default="local", description="what searches: local files or Milvus")
    milvus_uri: str | None = Field(default=None, description="of a Milvus server, such as http://127.0.0.1:19530, or FILE.db")
    collection: str = Field(default="default", description="collection used where none is named")
    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8000, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    workers: int = Field(
        default=1, ge=1, le=64, description="processes that serve; more than one share a catalogue in a database"
    )
    embedder: Annotated[str, AfterValidator(_embedder_name)] = Field(
        default=AUTOMATIC_EMBEDDER,
        description="of new collections: all-MiniLM-L6-v2 (English), multilingual, a sentence-transformers name or path, or "
        "auto: by the language of their first documents",
    )
    chunk_tokens: int | None = Field(
        default=None, ge=16, le=2000, description="longest chunk of new collections, in tokens of the embedder"
    )
    language: str | None = Field(
        default=None, pattern="^[a-z]{2}$", description="of the collection that is indexed, ISO 639-1; detected by default"
    )
    max_file_bytes: int = Field(default=DEFAULT_FILE_LIMIT, ge=1, description="largest file that is indexed")
    password_file: Path | None = Field(
        default=None, description="file of passwords, one a line, that are tried on encrypted PDF and Office files"
    )
    public_url: str | None = Field(
        default=None, pattern=r"^https?://[^\s?#]+$", description="base of links in answers; by default that of the request"
    )
    max_body_bytes: int = Field(default=1_000_000, ge=1, description="largest HTTP request body")
    body_seconds: float = Field(default=10.0, gt=0, description="seconds within which a request body has to arrive")
    parallel: int | None = Field(default=None, ge=1, description="questions answered at the same time; by default one a core")
    extract_seconds: float = Field(
        default=10.0, gt=0, description="how long the texts of a request are read; what is left then is called truncated"
    )
    queue: int = Field(default=32, ge=0, description="questions that wait for their turn; more are refused")
    rate: Rate = Field(  # the library that would validate the default takes long to load
        default="600/minute", validate_default=False, description="most requests of a key, or of an address without one"
    )
    cors_origins: Origins = Field(default=(), description="origins of pages that may use the service")
    trusted_proxies: Networks = Field(default=(), description="addresses of proxies whose X-Forwarded-For names the client")
    max_uploads: int = Field(default=8, ge=1, description="uploads that arrive, wait or are indexed at once; more are refused")
    upload_seconds: float = Field(
        default=5.0, ge=0, le=60, description="how long an upload is waited for before it is answered with a job"
    )
    remembered_answers: int = Field(
        default=1000, ge=0, description="answers kept in memory for feedback on them; 0 takes no feedback"
    )
    top_k: int = Field(default=DEFAULT_TOP_K, ge=1, le=MAX_TOP_K, description="chunks retrieved for a question")
    retrieval: Method = Field(default="hybrid", description="how passages are found: hybrid, dense or lexical")
    max_quotes: int = Field(default=DEFAULT_QUOTES, ge=1, le=MAX_QUOTES, description="most quotes in an answer")
    reader: str = Field(
        default=AUTOMATIC,
        description="fast, deep, cascade of both, similarity, a reader's folder, or auto: cascade, deep if multilingual",
    )
    threshold: float | None = Field(
        default=None, ge=0, le=1, description="confidence below which nothing is answered; by default the reader's"
    )
    threads: int | None = Field(default=None, ge=1, description="texts embedded at the same time; by default one a core")
    log_format: Literal["text", "json"] = Field(default="text", description="of the log on standard error: text or json")
    log_level: Literal["debug", "info", "warning", "error"] | None = Field(
        default=None, description="debug, info (a line a request), warning or error; by default warning, for json info"
    )
    log_questions: bool = Field(default=False, description="whether the lines of answered requests hold the question")
    shutdown_seconds: int = Field(
        default=8, ge=0, le=3600, description="how long running requests may take to finish when the service is told to stop"
    )

    def search_index_type(self) -> "Callable[[Path, Catalogue], SearchIndex]":
        """What makes the search index. Raises SettingsError where that needs what is not there."""
        from quotewise.index.search_index import LocalSearchIndex

        if self.search_index == "local":
            return LocalSearchIndex
        if self.milvus_uri is None:
            raise SettingsError("the search index 'milvus' needs milvus_uri, such as http://127.0.0.1:19530")
        try:
            from quotewise.index.milvus import MilvusSearchIndex
        except ModuleNotFoundError as error:
            raise SettingsError("the search index 'milvus' needs: pip install 'quotewise[milvus]'") from error
        return partial(MilvusSearchIndex, self.milvus_uri)

    def parse_options(self, folder: Path | None = None) -> "ParseOptions":
        """What the settings tell the parsers of the files in a folder, which must not hold the passwords.

        Raises SettingsError where the file of passwords cannot be read, or would be indexed.
        """
        from quotewise.index.formats import ParseOptions

        path = self.password_file
        if path is None:
            return ParseOptions(recognised=self.recognised_pages)
        if folder is not None and path.resolve().is_relative_to(folder.resolve()):
            raise SettingsError(f"the password file {path} is in the folder that is indexed; keep it elsewhere")
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not in UTF-8"  # which would quote the bytes
            raise SettingsError(f"the password file {path} cannot be read: {reason}") from None
        if len(lines) > _MOST_PASSWORDS:
            raise SettingsError(f"the password file {path} holds {len(lines):,} lines; at most {_MOST_PASSWORDS} are tried")
        return ParseOptions(tuple(filter(None, lines)), self.recognised_pages)

    @property
    def recognised_pages(self) -> "RecognisedPages":
        """What OCR read on the pages of scans."""
        from quotewise.index.recognised import RecognisedPages

        return RecognisedPages(self.index / "ocr")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        *_: Any,
        **__: Any,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags before environment before file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**flags: Any) -> Settings:
    """The settings in force; a flag that is None counts as not given.

    Raises:
        SettingsError: a value is not valid, or the file is not TOML.
    """
    try:
        return Settings(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        got = without_password(repr(first["input"]))
        raise SettingsError(f"the setting {name!r} is not valid: {first['msg']}; got {got}") from None
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
