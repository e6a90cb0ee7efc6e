import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from tests.api.running import SERVE, running

RESTLESS = f"""if True:
    from anyio._backends._asyncio import WorkerThread
    WorkerThread.MAX_IDLE_TIME = 0.1  # seconds, in the place of ten, after which a thread is retired
    {SERVE}
"""


def test_threads_that_come_and_go_leave_no_descriptors(library: Path) -> None:
    with running(library, RESTLESS) as service, ThreadPoolExecutor(24) as threads:
        process = psutil.Process(service.process.pid)

        def burst() -> int:
            for response in list(threads.map(lambda _: service.client.get("/documents?collection=notes"), range(48))):
                assert response.status_code == 200
            time.sleep(0.3)
            return process.num_fds()

        burst()
        counts = [burst() for _ in range(5)]
        assert counts[-1] - counts[0] <= 2, counts
