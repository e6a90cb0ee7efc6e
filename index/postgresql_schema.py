"""The tables of a catalogue in PostgreSQL, as the steps that make each version from the one before: files, and functions."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quotewise.index.errors import (
    CatalogueUnavailableError,
    IndexDamagedError,
    IndexLockedError,
    IndexMissingError,
    IndexVersionError,
)

if TYPE_CHECKING:
    from quotewise.index.postgresql import PostgresDatabase

_STEPS: tuple[str | Callable[[Any], None], ...] = ("postgresql_v1.sql",)
"""What makes a catalogue of version n from one of version n - 1, in ``tables/`` or with a connection; version 0 is none."""
_UPGRADE_SECONDS = 10.0
"""How long an upgrade waits for the one writer, which may be another that upgrades."""
_TABLES = {"documents", "chunks", "collections", "keys", "jobs"}


def prepare(database: "PostgresDatabase", create: bool, upgrade: bool) -> None:
    """Make or upgrade the tables if need be, in one transaction; once others upgrade them, nobody here writes.

    Raises:
        IndexMissingError: there are none, and ``create`` is false.
        IndexDamagedError: there are tables of another program.
        IndexVersionError: they were made by a newer version.
        CatalogueUnavailableError: the database cannot hold them, or they are of an older version and ``upgrade`` is false, or
            somebody is writing to them.
    """
    current = len(_STEPS)
    version = _version(database, current)
    if version == 0 and not create:
        raise IndexMissingError(f"there is no catalogue in {database.name}; make one with: quotewise index FOLDER")
    if version < current:
        if version and not upgrade:
            raise CatalogueUnavailableError(f"the catalogue in {database.name} is to be upgraded first")
        try:
            with database.one_writer(_UPGRADE_SECONDS):
                _upgrade(database, _version(database, current))  # perhaps another process has done it meanwhile
        except IndexLockedError as error:
            raise CatalogueUnavailableError(
                f"the tables of {database.name} are of version {version} and become {current} when no other process is writing"
            ) from error
    database.version = current


def _upgrade(database: "PostgresDatabase", version: int) -> None:
    with database.transaction() as connection:
        for step in _STEPS[version:]:
            if isinstance(step, str):
                connection.run((Path(__file__).parent / "tables" / step).read_text(encoding="utf-8"))
            else:
                step(connection)
        connection.execute("DELETE FROM quotewise")
        connection.execute("INSERT INTO quotewise VALUES (?)", (len(_STEPS),))


def _version(database: "PostgresDatabase", current: int) -> int:
    """That of the tables, 0 where there are none."""
    [(schema, encoding)] = database.rows("SELECT current_schema(), current_setting('server_encoding')")
    if schema is None:
        raise CatalogueUnavailableError(f"{database.name} needs a schema in its search_path that exists and may be used")
    if encoding != "UTF8":
        raise CatalogueUnavailableError(f"{database.name} needs the encoding UTF8; it has {encoding}")
    query = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
    tables = {table for (table,) in database.rows(query)}
    if "quotewise" not in tables:
        if tables & _TABLES:
            raise IndexDamagedError(f"{database.name} has tables of another program; choose another database or schema")
        return 0
    versions = [version for (version,) in database.rows("SELECT version FROM quotewise")]
    if len(versions) != 1 or versions[0] < 1:
        raise database.damage(f"its table quotewise has {len(versions)} rows")
    if versions[0] > current:
        raise newer(database.name, versions[0], current)
    return int(versions[0])


def newer(name: str, version: int, current: int) -> IndexVersionError:
    """The error for tables that a newer version of this program has made, perhaps while this one ran."""
    return IndexVersionError(
        f"the catalogue in {name} has version {version}, newer than the {current} that this Quotewise reads; upgrade it"
    )
