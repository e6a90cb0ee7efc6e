import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

import quotewise.index.connections
from quotewise.index.connections import MAX_CONNECTIONS, SqliteDatabase
from quotewise.index.errors import IndexLockedError


def test_connections_are_bounded_used_last_first_and_closed_when_idle_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotewise.index.connections, "_WAIT_SECONDS", 0.05)
    pool = SqliteDatabase(tmp_path / "a.sqlite")
    with ExitStack() as held:
        seen = [held.enter_context(pool.connection()) for _ in range(MAX_CONNECTIONS)]
        with pytest.raises(IndexLockedError, match="all 8 connections"), pool.connection():
            pass
    with pool.connection() as first:
        assert first is seen[0]  # which was given back last
        monkeypatch.setattr(quotewise.index.connections, "_IDLE_SECONDS", 0.0)
    assert len(pool._idle) == 1
    with pool.connection() as again:
        assert again is first
        pool.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        again.execute("SELECT 1")


def test_threads_that_come_and_go_share_connections(tmp_path: Path) -> None:
    pool = SqliteDatabase(tmp_path / "a.sqlite")
    seen: set[int] = set()

    def query() -> None:
        with pool.connection() as connection:
            seen.add(id(connection))
            assert connection.execute("SELECT 1").fetchone() == (1,)

    for _ in range(5):
        with ThreadPoolExecutor(20) as threads:
            list(threads.map(lambda _: query(), range(40)))
    assert 1 <= len(seen) <= MAX_CONNECTIONS
    pool.close()


def test_a_connection_whose_transaction_was_left_open_is_never_used_again(tmp_path: Path) -> None:
    pool = SqliteDatabase(tmp_path / "a.sqlite")
    with pytest.raises(RuntimeError), pool.connection() as first:
        first.execute("BEGIN IMMEDIATE")
        raise RuntimeError
    with pool.connection() as second:
        assert second is not first
        second.execute("BEGIN IMMEDIATE")
        second.execute("ROLLBACK")
    pool.close()
