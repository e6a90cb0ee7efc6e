"""A bounded pool of connections to one SQLite file, shared by any number of threads."""

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from quotewise.index.errors import IndexLockedError

MAX_CONNECTIONS = 8
"""Open at once; a query takes milliseconds, so that more threads than this wait for hardly longer."""
_WAIT_SECONDS = 10.0
"""For a connection, and for a lock of the file."""
_IDLE_SECONDS = 60.0
"""A connection unused for so long is closed when another comes back."""


class ConnectionPool:
    """Connections in autocommit mode, the last one used first, so that those beyond need stay idle and are closed.

    A thread must not take a second connection while it holds one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places = threading.BoundedSemaphore(MAX_CONNECTIONS)
        self._changing = threading.Lock()
        self._idle: deque[tuple[float, sqlite3.Connection]] = deque()
        self._closed = False

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """A connection for as long as the context lasts. Raises sqlite3.Error, and IndexLockedError when all stay in use."""
        if not self._places.acquire(timeout=_WAIT_SECONDS):
            raise IndexLockedError(f"all {MAX_CONNECTIONS} connections to {self._path} are in use; try again")
        try:
            with self._changing:
                connection = self._idle.pop()[1] if self._idle else None
            connection = connection or self._open()
            try:
                yield connection
            except BaseException:
                if connection.in_transaction:
                    connection.close()
                else:
                    self._give_back(connection)
                raise
            self._give_back(connection)
        finally:
            self._places.release()

    def close(self) -> None:
        """Close all that are idle, and each that is in use once it is given back."""
        with self._changing:
            self._closed = True
            while self._idle:
                self._idle.pop()[1].close()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False)
        connection.text_factory = partial(str, encoding="utf-8", errors="replace")  # whose digest tells that it is damaged
        try:
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
        return connection

    def _give_back(self, connection: sqlite3.Connection) -> None:
        now = time.monotonic()
        with self._changing:
            if self._closed:
                connection.close()
                return
            self._idle.append((now, connection))
            while now - self._idle[0][0] > _IDLE_SECONDS:
                self._idle.popleft()[1].close()
