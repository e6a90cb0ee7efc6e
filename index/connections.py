"""A database behind a bounded pool of connections, for any number of threads, and SQLite as one; its errors become ours."""

import hashlib
import sqlite3
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from quotewise.index.errors import DocumentError, IndexDamagedError, IndexLockedError, IndexUnavailableError

MAX_CONNECTIONS = 8
"""Open at once. A query takes milliseconds, so more threads than this hardly wait longer."""
_WAIT_SECONDS = 10.0
"""For a connection, and for a lock of the file."""
_IDLE_SECONDS = 60.0
"""A connection unused for so long is closed when another is returned."""
_DAMAGE = {getattr(sqlite3, f"SQLITE_{code}") for code in ("ERROR", "CORRUPT", "NOTADB", "CONSTRAINT", "MISMATCH")}
_DAY = "[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]"


class Database(ABC):
    """Queries and transactions over pooled connections in autocommit mode; a ``?`` stands for each value.

    The pool is last in, first out, so that connections beyond need become idle and are closed. A thread must not take a second
    connection within a transaction. All methods raise IndexDamagedError, IndexLockedError, IndexUnavailableError.

    ``name`` is how messages call it. ``NUMBERS`` and ``NAMES`` are queries of the items of a list in JSON, ``DAYS`` is the
    condition on the table of metadata that a value begins with a day between two bounds, ``NOW`` the time of the database in
    ISO 8601, in UTC to the second: those of processes on several machines may differ.
    """

    NUMBERS: ClassVar[str]
    NAMES: ClassVar[str]
    DAYS: ClassVar[str]
    NOW: ClassVar[str]

    def __init__(self, name: str) -> None:
        self.name = name
        self._slots = threading.BoundedSemaphore(MAX_CONNECTIONS)
        self._mutex = threading.Lock()
        self._idle: deque[tuple[float, Any]] = deque()
        self._closed = False

    def rows(self, query: str, *values: Any) -> list[Any]:
        """All rows of a query."""
        with self.connection() as connection:
            try:
                return connection.execute(query, values).fetchall()  # type: ignore[no-any-return]
            except UnicodeEncodeError:  # a name with lone surrogates, which no stored value has
                return []

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """A connection in a transaction, committed on exit and rolled back on any error. Raises DocumentError too."""
        with self._writing_connection() as connection:
            self._begin(connection)
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException as error:
                self._roll_back(connection)
                if isinstance(error, UnicodeEncodeError):
                    raise DocumentError("holds lone surrogates, which are no Unicode text") from error
                raise

    @contextmanager
    def connection(self) -> Iterator[Any]:
        """A connection of the pool."""
        if not self._slots.acquire(timeout=_WAIT_SECONDS):
            raise IndexLockedError(f"all {MAX_CONNECTIONS} connections to {self.name} are in use; try again")
        try:
            with self._errors():
                connection = self._taken() or self._open()
                try:
                    yield connection
                finally:
                    self._return(connection)
        finally:
            self._slots.release()

    def close(self) -> None:
        """Close all idle connections, and each that is in use once it is returned."""
        with self._mutex:
            self._closed = True
            while self._idle:
                self._idle.pop()[1].close()

    @abstractmethod
    def check(self) -> None:
        """Read everything, or as much as shows whether it is sound. Raises IndexDamagedError at the first fault."""

    @abstractmethod
    def damage(self, reason: str) -> IndexDamagedError:
        """The error that names this database as damaged."""

    @abstractmethod
    def _open(self) -> Any: ...

    @abstractmethod
    def _begin(self, connection: Any) -> None:
        """Begin a transaction that waits for its turn to write."""

    @abstractmethod
    def _roll_back(self, connection: Any) -> None: ...

    @abstractmethod
    def _errors(self) -> AbstractContextManager[None]:
        """Turns what connections raise into our errors."""

    def _writing_connection(self) -> AbstractContextManager[Any]:
        return self.connection()

    def _taken(self) -> Any | None:
        with self._mutex:
            return self._idle.pop()[1] if self._idle else None

    def _return(self, connection: Any) -> None:
        now = time.monotonic()
        with self._mutex:
            if self._closed or connection.in_transaction:
                connection.close()
                return
            self._idle.append((now, connection))
            while now - self._idle[0][0] > _IDLE_SECONDS:
                self._idle.popleft()[1].close()


class SqliteDatabase(Database):
    """A file."""

    NUMBERS = NAMES = "SELECT value FROM json_each(?)"
    DAYS = f"value >= ? AND value <= ? AND (value GLOB '{_DAY}' OR value GLOB '{_DAY}[^0-9]*')"
    NOW = "strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now')"

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path

    def check(self) -> None:
        faults = self.rows("PRAGMA integrity_check(1)")
        if faults != [("ok",)]:
            raise self.damage(str(faults[0][0]))

    def damage(self, reason: str) -> IndexDamagedError:
        return IndexDamagedError(
            f"the catalogue {self.path} cannot be used ({reason}); nothing was changed: "
            "restore it from a backup, or move the index folder away and index again"
        )

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False)
        connection.text_factory = partial(str, encoding="utf-8", errors="replace")  # the digest of the row reports the damage
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def _begin(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")

    def _roll_back(self, connection: sqlite3.Connection) -> None:
        if connection.in_transaction:  # SQLite itself rolls back on a full disk
            connection.execute("ROLLBACK")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DataError as error:
            raise DocumentError(f"is too large for the catalogue: {error}") from error
        except sqlite3.Error as error:
            kind = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF  # without a code: text that is no UTF-8
            if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise IndexLockedError(f"{self.path} is in use by another writer; try again when it is done") from error
            if kind not in _DAMAGE:
                raise IndexUnavailableError(f"the catalogue {self.path} cannot be used now: {error}") from error
            raise self.damage(str(error)) from error


def digest(*values: object) -> bytes:
    """16 bytes of the sha256 of values and their lengths, by which a bit flipped on disk is detected."""
    hasher = hashlib.sha256()
    for value in values:
        data = value if isinstance(value, bytes) else str(value).encode()
        hasher.update(len(data).to_bytes(8, "big") + data)
    return hasher.digest()[:16]


def is_intact(row: Sequence[Any], first: int = 1) -> bool:
    """Whether the values of a row from the ``first`` on have the digest that it begins with."""
    return bool(row[0] == digest(*row[first:]))
