import os
import resource
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import psutil

from quotewise.api.settings import Settings
from quotewise.index.connections import MAX_CONNECTIONS
from tests.api.conftest import Refused, ready
from tests.api.running import SERVE, running

RESTLESS = f"""if True:
    from anyio._backends._asyncio import WorkerThread
    WorkerThread.MAX_IDLE_TIME = 0.1  # seconds, in the place of ten, after which a thread is retired
    {SERVE}
"""


def test_threads_that_come_and_go_leave_no_descriptors(library: Path) -> None:
    with running(library, RESTLESS) as service, ThreadPoolExecutor(12) as threads:
        process = psutil.Process(service.process.pid)

        def burst() -> int:
            for response in list(threads.map(lambda _: service.client.get("/documents?collection=notes"), range(24))):
                assert response.status_code == 200
            time.sleep(0.2)
            return process.num_fds()

        # Of the clients' sockets, and of a pool that fills as chance has it: a file and its log for each connection.
        most = process.num_fds() + 12 + 2 * MAX_CONNECTIONS
        counts = [burst() for _ in range(8)]
        assert max(counts) <= most, counts


def test_a_service_that_runs_out_of_descriptors_is_not_ready_and_says_so(library: Path, refused: Refused) -> None:
    with ready(Settings(index=library)) as client, ExitStack() as held:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        held.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        resource.setrlimit(resource.RLIMIT_NOFILE, (psutil.Process().num_fds() + 300, hard))
        assert client.get("/ready").status_code == 200
        for _ in range(290):
            held.enter_context(Path(os.devnull).open())
        assert "file descriptors are open" in refused(client.get("/ready"), 503, "descriptors-exhausted")["detail"]
        assert client.get("/health").status_code == 200
