"""A catalogue from its file into a PostgreSQL database, whole or not at all, row by row as it is, so that indexes go on."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

from quotewise.index.catalogue import SqliteCatalogue
from quotewise.index.errors import (
    DocumentError,
    IndexDamagedError,
    IndexLockedError,
    IndexMissingError,
    IndexUnavailableError,
    QuotewiseError,
)
from quotewise.index.postgresql import PostgresCatalogue
from quotewise.index.printable import printable
from quotewise.index.schema import MOVED_FILE, SQLITE_FILE

_TABLES = (
    *("collections", "documents", "texts", "layouts", "chunks", "stamps", "feedback", "keys", "left_out", "refusals"),
    "changes",
)
"""Those whose rows are copied, each after what it refers to; ``metadata`` follows from ``documents``."""
_NUMBERED = {"collections": "id", "documents": "row", "changes": "seq", "feedback": "row", "keys": "row"}
"""The columns that the database numbers."""
_NAMED = {"collections": "name", "keys": "id", "feedback": "id"}
_METADATA = r"""
INSERT INTO metadata (collection, key, value, document) SELECT d.collection, m.key, m.value, d.row FROM documents d,
    json_each_text(regexp_replace(d.metadata, '(?<!\\)((?:\\\\)*)\\u0000', '\1', 'g')::json) m
"""
"""As the trigger on ``documents`` does, row by row and so more slowly for each."""
_WAIT_SECONDS, _LOCK_SECONDS = 1.0, 3.0
"""For other users of the file, and for a writer of the database."""
_ROWS = 1000
"""Between two times that progress is told."""
_SHOWN = 3


class MigrationError(QuotewiseError, code="cannot-migrate"):
    """The database has a catalogue already, or cannot hold this one."""


@dataclass(frozen=True, slots=True)
class Migrated:
    """How much the database holds of what was in the file."""

    collections: int
    documents: int
    chunks: int
    keys: int
    feedback: int


def migrate(folder: Path, url: str, progress: Callable[[int, int, str], None] = lambda done, total, name: None) -> Migrated:
    """Move the catalogue of an index folder into an empty PostgreSQL schema, in one transaction, and rename its file.

    Ids, keys of rows and the log of changes stay, so that search indexes, citations and API keys hold. One that is interrupted
    has moved nothing, or all but the name of the file, and is repeated. ``progress`` takes how many rows are copied, of how
    many, and the table.

    Raises:
        IndexMissingError: there is no catalogue in the folder, or not any more.
        IndexDamagedError: it is damaged, or some of its documents are.
        IndexLockedError: another process uses the file, or writes to the database.
        MigrationError: the database has another catalogue already, or cannot hold a value of this one.
        CatalogueUnavailableError, IndexVersionError: the database cannot be used.
    """
    path = folder / SQLITE_FILE
    if not path.exists():
        was_moved = f"; it was moved to a database, and {MOVED_FILE} is what was left" if (folder / MOVED_FILE).exists() else ""
        raise IndexMissingError(f"there is no {SQLITE_FILE} in {folder}{was_moved}")
    _check(path)
    with _taken(path) as source, closing(PostgresCatalogue(url, create=True)) as target:
        with target.one_writer(_LOCK_SECONDS):
            if not _is_there(source, target):
                try:
                    _copy(source, target, progress)
                except DocumentError as error:
                    raise MigrationError(f"nothing was moved: what is in {path} {error}") from error
        migrated = Migrated(*(_count(source, field.name) for field in fields(Migrated)))
        path.replace(path.with_name(MOVED_FILE))
    return migrated


def _check(path: Path) -> None:
    """Raises IndexDamagedError where anything is damaged, and brings the tables up to date."""
    with closing(SqliteCatalogue(path)) as catalogue:
        catalogue.check()
        catalogue.api_keys()
        for collection in catalogue.collections():
            if damaged := catalogue.damaged(collection.name):
                more = f" and {len(damaged) - _SHOWN:,} more" if len(damaged) > _SHOWN else ""
                raise IndexDamagedError(
                    f"in the collection {collection.name!r} {', '.join(map(printable, damaged[:_SHOWN]))}{more} are damaged; "
                    "nothing was moved: index its folder again, or remove them (quotewise rm), and move it then"
                )


@contextmanager
def _taken(path: Path) -> Iterator[sqlite3.Connection]:
    """The file for this process alone. Raises IndexLockedError where another has it open, even if it does nothing."""
    try:
        with closing(sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None)) as connection:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # else somebody can open it between the next two
            connection.execute("PRAGMA journal_mode = DELETE")  # which SQLite refuses while anybody else is connected
            connection.execute("BEGIN EXCLUSIVE")
            yield connection
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise IndexLockedError(f"{path} is in use; stop the services and commands that use it, and move it then") from error
        raise IndexUnavailableError(f"the catalogue {path} cannot be read: {error}") from error


def _is_there(source: sqlite3.Connection, target: PostgresCatalogue) -> bool:
    """Whether the database holds what the file does, since it was moved before. Raises MigrationError where it has another."""
    rows = target._database.rows
    names = {table: {name for (name,) in rows(f"SELECT {column} FROM {table}")} for table, column in _NAMED.items()}
    if not any(names.values()):
        return False
    last = source.execute("SELECT seq, stamp FROM changes ORDER BY seq DESC LIMIT 1").fetchall()
    follows = all(rows("SELECT 1 FROM changes WHERE seq = ? AND stamp = ?", *change) for change in last)
    [(revision,)] = source.execute("SELECT coalesce(max(revision), 0) FROM keys")
    known = (
        names[table].issuperset(name for (name,) in source.execute(f"SELECT {column} FROM {table}"))
        for table, column in _NAMED.items()
    )
    if follows and target.api_keys_revision() >= revision and all(known):
        return True
    raise MigrationError(f"{target._database.name} has a catalogue already, which is another; name an empty database or schema")


def _copy(source: sqlite3.Connection, target: PostgresCatalogue, progress: Callable[[int, int, str], None]) -> None:
    total, done = sum(_count(source, table) for table in _TABLES), 0
    with target._database.transaction() as connection:
        connection.execute("ALTER TABLE documents DISABLE TRIGGER USER")
        connection.execute("DELETE FROM changes")  # of collections that were removed
        for table in _TABLES:
            progress(done, total, table)
            columns = ", ".join(f'"{name}"' for _, name, *_ in source.execute(f"PRAGMA table_info({table})"))
            with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copying:
                for row in source.execute(f"SELECT {columns} FROM {table}"):
                    copying.write_row(row)
                    done += 1
                    if done % _ROWS == 0:
                        progress(done, total, table)
        connection.run(_METADATA)
        connection.execute("ALTER TABLE documents ENABLE TRIGGER USER")
        for table, column in _NUMBERED.items():
            last = f"pg_get_serial_sequence('{table}', '{column}')"
            connection.execute(f"SELECT setval({last}, greatest(?, nextval({last})))", (_last_number(source, table, column),))


def _last_number(source: sqlite3.Connection, table: str, column: str) -> int:
    """The highest that was ever given, also to rows that are gone, whose numbers are not used again."""
    [(given,)] = source.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?", (table,))
    [(kept,)] = source.execute(f"SELECT coalesce(max({column}), 0) FROM {table}")
    return max(int(given), int(kept))


def _count(source: sqlite3.Connection, table: str) -> int:
    return int(source.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
