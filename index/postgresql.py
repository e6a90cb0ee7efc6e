"""The catalogue in a PostgreSQL database, which processes on several machines share: connections, tables, the writer's lock."""

import select
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cached_property, lru_cache
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus

from quotewise.index.catalogue import SqlCatalogue
from quotewise.index.connections import Database
from quotewise.index.errors import (
    CatalogueUnavailableError,
    DocumentError,
    IndexDamagedError,
    IndexLockedError,
)
from quotewise.index.postgresql_schema import newer, prepare
from quotewise.index.shared_records import PostgresSharedRecords

_CONNECTING: dict[str, Any] = {  # a server that is gone without a word is noticed within ten seconds
    "application_name": "quotewise",
    "client_encoding": "utf8",
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 10_000,
}
_LOCK_SECONDS = 10.0
"""How long a transaction waits for its turn."""
_PAUSE_SECONDS = 1.0
"""After the database could not be connected, until that is tried again: each attempt waits."""
_WRITER, _TRANSACTION = 0x51574953, 0x51574954
"""Advisory locks, each of a pair with the schema in which the tables are: of the one writer, and of one transaction."""
_MOST_REASON = 300


class PostgresDatabase(Database):
    """A database by a URL or other connection string of libpq; no message shows a password.

    In the thread that is the one writer, transactions run on the connection that holds the lock: where that is lost, and
    another may have become the writer, they fail.

    ``version`` is that of the tables for which this program writes; None before it is known.
    """

    NUMBERS = "SELECT value::bigint FROM json_array_elements_text(?::json)"
    NAMES = "SELECT value FROM json_array_elements_text(?::json)"
    DAYS = "day >= ? AND day <= ?"
    NOW = """to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')"""

    def __init__(self, url: str) -> None:
        try:
            given = conninfo_to_dict(url)
        except psycopg.Error:  # which would quote it
            raise CatalogueUnavailableError("the address of the catalogue is not one of PostgreSQL's") from None
        self._password = str(given.get("password") or "")
        self._address = make_conninfo(**{**_CONNECTING, **given})
        self._failure = (-_PAUSE_SECONDS, "")
        self._writer = threading.local()
        self.version: int | None = None
        place = f"{given.get('host') or 'localhost'}:{given.get('port') or 5432}"
        super().__init__(f"PostgreSQL at {place}/{given.get('dbname') or ''}")

    def rows(self, query: str, *values: Any) -> list[Any]:
        if any(isinstance(value, str) and "\0" in value for value in values):  # which no stored value has
            return []
        return super().rows(query, *values)

    @contextmanager
    def one_writer(self, seconds: float) -> Iterator[None]:
        """Be the one writer of all machines; may be nested. Raises IndexLockedError when another is, after so many seconds.

        Raises IndexVersionError where the tables were upgraded since they were opened.
        """
        if getattr(self._writer, "connection", None):
            yield
            return
        with self.connection() as connection:
            self._lock(connection, seconds)
            self._writer.connection = connection
            try:
                self._check_version(connection)
                yield
            finally:
                self._writer.connection = None
                with suppress(psycopg.Error):  # a connection that is lost has lost its locks
                    connection.execute("SELECT pg_advisory_unlock(?, hashtext(current_schema()))", (_WRITER,))

    def check(self) -> None:
        tables = self.rows("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1")
        for (table,) in tables:
            self.rows(f'SELECT count(t::text) FROM "{table}" t')

    def damage(self, reason: str) -> IndexDamagedError:
        return IndexDamagedError(
            f"the catalogue in {self.name} cannot be used ({reason}); nothing was changed: "
            "restore the database from a backup, or index again into another"
        )

    def _open(self) -> "_Connection":
        at, reason = self._failure
        if time.monotonic() - at < _PAUSE_SECONDS:
            raise CatalogueUnavailableError(reason)
        try:
            return _Connection.connect(self._address, autocommit=True)
        except psycopg.Error as error:
            self._failure = time.monotonic(), str(self._unavailable(error))
            raise

    def _taken(self) -> "_Connection | None":
        """A connection of the pool that the server has not closed meanwhile, which it says unasked."""
        while connection := super()._taken():
            with suppress(psycopg.Error, ValueError):
                said = select.poll()
                said.register(connection.fileno(), select.POLLIN)
                if not said.poll(0):
                    return connection  # type: ignore[no-any-return]
            connection.close()
        return None

    @contextmanager
    def _writing_connection(self) -> Iterator["_Connection"]:
        held = getattr(self._writer, "connection", None)
        if held is None:
            with self.connection() as connection:
                yield connection
        else:
            with self._errors():
                yield held

    def _begin(self, connection: "_Connection") -> None:
        """One transaction at a time, so that changes become visible in the order of their numbers."""
        connection.run(
            f"BEGIN; SET LOCAL lock_timeout = {_LOCK_SECONDS * 1000:.0f}; "
            f"SELECT pg_advisory_xact_lock({_TRANSACTION}, hashtext(current_schema()))"
        )

    def _roll_back(self, connection: "_Connection") -> None:
        with suppress(psycopg.Error):
            connection.execute("ROLLBACK")

    def _check_version(self, connection: "_Connection") -> None:
        if self.version is not None:
            [(version,)] = connection.execute("SELECT version FROM quotewise").fetchall()
            if version != self.version:
                raise newer(self.name, version, self.version)

    def _lock(self, connection: "_Connection", seconds: float) -> None:
        locked = IndexLockedError(f"another process is writing to {self.name}; try again when it is done")
        if not seconds:
            got = connection.execute("SELECT pg_try_advisory_lock(?, hashtext(current_schema()))", (_WRITER,)).fetchone()
            if got != (True,):
                raise locked
            return
        connection.execute(f"SET lock_timeout = {seconds * 1000:.0f}")
        try:
            connection.execute("SELECT pg_advisory_lock(?, hashtext(current_schema()))", (_WRITER,))
        except psycopg.errors.LockNotAvailable as error:
            raise locked from error
        finally:
            with suppress(psycopg.Error):
                connection.execute("RESET lock_timeout")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (psycopg.DataError, psycopg.errors.ProgramLimitExceeded) as error:
            raise DocumentError(f"is too large for the catalogue, or has what it cannot hold: {self._told(error)}") from error
        except (
            psycopg.errors.LockNotAvailable,
            psycopg.errors.DeadlockDetected,
            psycopg.errors.SerializationFailure,
        ) as error:
            raise IndexLockedError(f"{self.name} is in use by another writer; try again when it is done") from error
        except (
            psycopg.OperationalError,
            psycopg.InterfaceError,
            psycopg.errors.InsufficientPrivilege,
            psycopg.errors.ReadOnlySqlTransaction,
        ) as error:
            raise self._unavailable(error) from error
        except psycopg.Error as error:
            raise self.damage(self._told(error)) from error

    def _unavailable(self, error: psycopg.Error) -> CatalogueUnavailableError:
        return CatalogueUnavailableError(f"the catalogue in {self.name} cannot be used now: {self._told(error)}")

    def _told(self, error: psycopg.Error) -> str:
        told = " ".join(str(error).split())
        return (told.replace(self._password, "***") if self._password else told)[:_MOST_REASON]


class PostgresCatalogue(SqlCatalogue):
    """A catalogue in the current schema of a PostgreSQL database, whose tables are made or upgraded there if need be.

    Raises:
        CatalogueUnavailableError: the database does not answer, or refuses (also raised by every method); or its tables are of
            an older version and ``upgrade`` is false, or another process is writing to them.
        IndexMissingError: it has no catalogue, and ``create`` is false.
        IndexDamagedError: it has tables of another program.
        IndexVersionError: it was made by a newer version, or upgraded by one since (also raised by ``one_writer``).
    """

    _database: PostgresDatabase

    def __init__(self, url: str, create: bool = False, upgrade: bool = True) -> None:
        super().__init__(PostgresDatabase(url))
        try:
            prepare(self._database, create, upgrade)
        except BaseException:
            self.close()
            raise

    @cached_property
    def shared(self) -> PostgresSharedRecords:
        return PostgresSharedRecords(self._database)

    def one_writer(self, seconds: float) -> AbstractContextManager[None]:
        return self._database.one_writer(seconds)


class _Connection(psycopg.Connection[Any]):
    """A connection that executes statements as SQLite's does, in which a ``?`` stands for each value."""

    @property
    def in_transaction(self) -> bool:
        """Whether it is anything but ready for a statement."""
        return self.info.transaction_status != TransactionStatus.IDLE

    def execute(self, query: Any, values: Any = None, **how: Any) -> Any:  # type: ignore[override]
        return super().execute(_translated(query), values or (), **how)

    def executemany(self, query: str, rows: Iterable[Sequence[Any]]) -> None:
        self.cursor().executemany(_translated(query), rows)

    def run(self, statements: str) -> None:
        """Execute any number of statements without values."""
        super().execute(statements.encode(), prepare=False)


@lru_cache(1000)
def _translated(query: str) -> bytes:
    return query.replace("%", "%%").replace("?", "%s").encode()
