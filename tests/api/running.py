"""The real ``quotewise serve`` as a process of its own, or a program in its place, with what it writes to stderr kept."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import httpx

from tests.api.conftest import wait_until

SERVE = "import sys; from quotewise.api.cli import main; main(['serve', '--port', sys.argv[1]])"


@dataclass
class Running:
    """A service that runs, and how to speak to it; ``stderr`` is known once it has ended."""

    process: subprocess.Popen[bytes]
    client: httpx.Client
    port: int
    index: Path
    stderr: str = ""

    def send(self, request: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(request)
            return connection.recv(1000)

    def stop(self) -> int:
        """Tell it to, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)


@contextmanager
def running(index: Path, program: str = SERVE, **environment: str) -> Iterator[Running]:
    """A program that serves an index on the port it is given, once it is ready; killed at the end, or after two minutes."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    given = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    given |= {"QUOTEWISE_INDEX": str(index), **environment}
    command = [sys.executable, "-c", program, str(port)]
    with TemporaryFile() as stderr, subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=stderr, env=given) as process:
        service = Running(process, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, verify=False), port, index)
        killer = threading.Timer(120, process.kill)
        killer.start()
        try:
            with service.client:
                wait_until(lambda: _ready(service.client))
                yield service
        finally:
            killer.cancel()
            process.kill()
            process.wait()
            stderr.seek(0)
            service.stderr = stderr.read().decode()


def _ready(client: httpx.Client) -> bool:
    try:
        return client.get("/ready").status_code == 200
    except httpx.ConnectError:
        return False
