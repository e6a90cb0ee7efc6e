"""A SQLite file behind a bounded pool of connections, shared by any number of threads; its errors become ours."""

import hashlib
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from quotewise.index.errors import DocumentError, IndexDamagedError, IndexLockedError, IndexUnavailableError

MAX_CONNECTIONS = 8
"""Open at once. A query takes milliseconds, so more threads than this hardly wait longer."""
_WAIT_SECONDS = 10.0
"""For a connection, and for a lock of the file."""
_IDLE_SECONDS = 60.0
"""A connection unused for so long is closed when another is returned."""
_DAMAGE = {getattr(sqlite3, f"SQLITE_{code}") for code in ("ERROR", "CORRUPT", "NOTADB", "CONSTRAINT", "MISMATCH")}


class Database:
    """Queries and transactions over pooled connections in autocommit mode.

    The pool is last in, first out, so that connections beyond need become idle and are closed. A thread must not take a second
    connection while it holds one. All methods raise IndexDamagedError, IndexLockedError, IndexUnavailableError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._slots = threading.BoundedSemaphore(MAX_CONNECTIONS)
        self._mutex = threading.Lock()
        self._idle: deque[tuple[float, sqlite3.Connection]] = deque()
        self._closed = False

    def rows(self, query: str, *values: Any) -> list[Any]:
        """All rows of a query."""
        with self.connection() as connection:
            try:
                return connection.execute(query, values).fetchall()
            except UnicodeEncodeError:  # a name with lone surrogates, which no stored value has
                return []

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction, committed on exit and rolled back on any error. Raises DocumentError too."""
        with self.connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException as error:
                if connection.in_transaction:  # SQLite itself rolls back on a full disk
                    connection.execute("ROLLBACK")
                if isinstance(error, UnicodeEncodeError):
                    raise DocumentError("holds lone surrogates, which are no Unicode text") from error
                raise

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """A connection of the pool."""
        if not self._slots.acquire(timeout=_WAIT_SECONDS):
            raise IndexLockedError(f"all {MAX_CONNECTIONS} connections to {self.path} are in use; try again")
        try:
            with self._errors():
                with self._mutex:
                    connection = self._idle.pop()[1] if self._idle else None
                connection = connection or self._open()
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

    def damage(self, reason: str) -> IndexDamagedError:
        """The error that names this file as damaged."""
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

    def _return(self, connection: sqlite3.Connection) -> None:
        now = time.monotonic()
        with self._mutex:
            if self._closed or connection.in_transaction:
                connection.close()
                return
            self._idle.append((now, connection))
            while now - self._idle[0][0] > _IDLE_SECONDS:
                self._idle.popleft()[1].close()

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
