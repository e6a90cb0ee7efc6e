"""An engine for tests of the search index in Milvus, behind a proxy by which it can be down or slow."""

import os
import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Proxy:
    """A TCP proxy to a port of this machine."""

    def __init__(self, port: int) -> None:
        self.port, self.up, self.delay = port, True, 0.0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.uri = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self.up = False
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self.up:
                    threading.Thread(target=self._relay, args=(client,), daemon=True).start()
                else:
                    client.close()

    def _relay(self, client: socket.socket) -> None:
        with suppress(OSError), client, socket.create_connection(("127.0.0.1", self.port)) as engine:
            self._open |= {client, engine}
            while True:
                for ready in select.select([client, engine], [], [])[0]:
                    data = ready.recv(1 << 16)
                    if not data:
                        return
                    time.sleep(self.delay)
                    (engine if ready is client else client).sendall(data)


@contextmanager
def engine(folder: Path) -> Iterator[Proxy]:
    """The server on the port in ``MILVUS_TEST_PORT``, which reaches a program within its own network, or milvus-lite."""
    if port := os.environ.get("MILVUS_TEST_PORT"):
        proxy = Proxy(int(port))
        yield proxy
        proxy.close()
        return
    from milvus_lite.adapter.grpc.server import start_server_in_thread

    server, database, lite_port = start_server_in_thread(str(folder))
    proxy = Proxy(lite_port)
    yield proxy
    proxy.close()
    server.stop(grace=0).wait()
    database.close()
