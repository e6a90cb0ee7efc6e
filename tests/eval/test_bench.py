import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from quotewise.api.settings import Settings
from quotewise.eval.bench import engines, sizes
from quotewise.eval.bench.engines import bench_engines
from quotewise.eval.bench.growth import bench_index, bench_search
from quotewise.eval.bench.kills import bench_kills
from quotewise.eval.bench.load import Load, highest_rate, load, overload
from quotewise.eval.bench.models import bench_reading
from quotewise.eval.bench.parsing import bench_parsing
from quotewise.eval.bench.servers import BenchError, Server
from quotewise.eval.bench.soak import soak
from quotewise.eval.peers.comparison import PeerError
from tests.api.conftest import ready
from tests.conftest import SEEDS, WHY
from tests.eval.conftest import flawed
from tests.index.formats.files import docx, p
from tests.index.formats.pdf_files import Line, Page, Pdf
from tests.postgres_server import PostgresServer


def test_a_filled_store_is_measured_at_rest_searched_written_and_compacted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "in_own_process", lambda function, *arguments: function(*arguments))  # which takes seconds
    monkeypatch.setattr(sizes, "_SEARCHES", 60)
    monkeypatch.setattr(sizes, "_UPLOADS", 5)
    small, large, growth = bench_index(SEEDS, "60,120")
    assert (small["chunks"], large["chunks"]) == (60, 120) and large["compaction"]["seconds"] > 0
    assert set(small["stages_ms"]) == set(growth["grows_with_chunks_to_the_power_of"])
    assert 0 < large["upload"]["written_kb"] < 2 * small["upload"]["written_kb"]
    assert all(times["count"] > 0 < large["disk_mib"]["catalogue"] for times in large["searches_ms"].values())
    [row] = bench_search(SEEDS, "60")
    assert row["recall_at_10_of_exact"] == 1.0
    assert {"vectors", "words", "passages", "vectors of 2%", "words of 2%", "counts", "ask"} <= row["stages_ms"].keys()


def test_engines_are_given_the_same_passages_and_measured_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "in_own_process", lambda function, *arguments: function(*arguments))  # which takes seconds
    monkeypatch.setattr(engines, "_SEARCHES", 20)
    monkeypatch.setattr(engines, "_WRITING_SECONDS", 0.3)
    rows = list(bench_engines(SEEDS, 60, ["quotewise", "haystack-in-memory", "milvus-lite"]))
    assert [row["chunks"] for row in rows] == [60] * 3
    assert all(row["vectors"]["recall_at_10_of_exact"] == 1.0 for row in rows)
    assert all(row["words"]["first_holds_them"] > 0.8 and row["writing"]["the last is found"] for row in rows)
    assert all(row["writing"]["a document"]["count"] > 0 < row["writing"]["searches"]["count"] for row in rows)
    with pytest.raises(typer.BadParameter, match="--engine elastic is none of quotewise, haystack-in-memory"):
        next(bench_engines(SEEDS, 60, ["elastic"]))
    monkeypatch.setitem(sys.modules, "lancedb", None)
    with pytest.raises(PeerError, match=r"^lancedb failed: ModuleNotFoundError: import of lancedb halted"):
        next(bench_engines(SEEDS, 60, ["lancedb"]))


def test_what_was_acknowledged_outlives_kills_whole_and_found() -> None:
    [outcome] = bench_kills(6)
    assert outcome["losses"] == []
    assert outcome["kills"] == {"service": 4, "indexing": 2}
    assert outcome["during_a_change"] > 0


def test_reading_is_compared_with_its_lower_bound() -> None:
    assert bench_reading(SEEDS, passages=2, pieces=50)["times_the_floor"] > 0


def test_files_are_parsed_and_their_pages_drawn(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(Pdf([Page([Line("The rent is 40 euros.")]), Page([Line("It is due in May.")])]).write())
    (tmp_path / "a.docx").write_bytes(docx(p("whales " * 900)))
    pdf, word = bench_parsing([tmp_path / "a.pdf", tmp_path / "a.docx"], times=1)
    assert (pdf["pages"], word["pages"]) == (2, 3)
    assert min(pdf["pages_per_second"], word["pages_per_second"], pdf["slowest_page_image_ms"]) > 0


def test_every_request_is_timed_until_its_answer_and_failures_are_counted_by_kind(url: str) -> None:
    with flawed(url, lambda body: 500 if "(0)" in body or "(1)" in body else None) as broken:
        found = load(broken, [WHY], rate=20, seconds=1)
    assert 5 <= found.requests <= 40
    assert 0 < found.p50_ms <= found.p95_ms <= found.p99_ms <= found.longest_ms
    assert found.failures == {"500": 2}
    assert not found.keeps(1e6)


def test_the_time_that_a_request_waits_for_a_stalled_service_counts() -> None:
    """Answers one request at a time, 50 ms each: at 40 a second the queue grows, though each answer takes 50 ms."""
    stop = threading.Event()

    def answer(listener: socket.socket) -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                time.sleep(0.05)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")

    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        listener.settimeout(20)
        thread = threading.Thread(target=answer, args=(listener,))
        thread.start()
        found = load(f"http://127.0.0.1:{listener.getsockname()[1]}", [WHY], rate=40, seconds=1)
        stop.set()
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    assert found.longest_ms > 5 * 50


def test_without_a_service_there_is_no_load() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(BenchError, match="answered none of"):
        load(address, [WHY], rate=5, seconds=1)
    with pytest.raises(BenchError, match="is not the address of a service"):
        load("nonsense", [WHY], rate=5, seconds=1)


@given(st.floats(0.1, 1000))
def test_the_highest_rate_is_found_within_a_tenth(true: float) -> None:
    def measure(rate: float) -> Load:
        late = 10.0 if rate <= true else 1000.0
        return Load(rate, 1, 1, rate, late, late, late, late, {})

    found = highest_rate(100, measure)
    assert found == 0 if true < 1 else found <= true <= found * 1.1


def test_far_past_what_it_can_serve_a_service_refuses_quickly_stays_alive_and_recovers(library: Path, tmp_path: Path) -> None:
    with ready(Settings(index=library, parallel=1, queue=3)) as client:
        server = Server(psutil.Process(), str(client.base_url).rstrip("/"), tmp_path)
        result = overload(server, [WHY], times=20, seconds=1, requests=3)
    assert result["failed"] == 0, result
    assert result["refused"] > 0
    assert result["answered_per_second"] > 0
    assert result["over"]["refusal_p95_ms"] < 8000, "they waited for a turn"
    assert result["health"]["failed"] == 0
    assert result["resident_mib"]["most"] - result["resident_mib"]["before"] < 100
    assert result["one_client_after"]["requests_per_second"] > 0


def test_a_minute_of_a_soak_tells_what_was_answered_and_what_the_service_holds(library: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("line\n")
    settings = Settings(index=shutil.copytree(library, tmp_path / "index"), reader="similarity", extract_seconds=0.2)
    with ready(settings) as client:
        server = Server(psutil.Process(), str(client.base_url).rstrip("/"), log)
        [row] = soak(server, [WHY], minutes=1, busy=2, idle=0)
    assert row["answers"].keys() <= {"200", "201", "202", "204", "400", "403", "404", "422", "503"}
    assert sum(row["answers"].values()) > 60
    assert row["log_bytes"] == 5
    assert row["threads"] > 1
    assert row["health"]["failed"] == 0


def test_services_that_share_a_catalogue_are_measured_beside_one_of_its_own(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from quotewise.eval.bench import replicas

    @contextmanager
    def started(target: Path, QUOTEWISE_UPLOADS: str, QUOTEWISE_CATALOGUE: str | None = None) -> Iterator[Server]:  # noqa: N803
        """In this process, which takes less time to start."""
        with ready(Settings(index=target, uploads=Path(QUOTEWISE_UPLOADS), catalogue=QUOTEWISE_CATALOGUE)) as client:
            yield Server(psutil.Process(), str(client.base_url), target)

    monkeypatch.setattr(replicas, "started", started)
    monkeypatch.setattr(replicas, "_STATISTICS_SECONDS", 0.0)
    monkeypatch.setattr(replicas, "in_own_process", lambda function, *arguments: function(*arguments))
    address = f"postgresql://tester@127.0.0.1:{postgres.port}/postgres"
    rows = list(replicas.bench_replicas(address, SEEDS, replicas=2, clients=2, requests=2))
    assert [(row["catalogue"], row["services"]) for row in rows] == [("file", 1), ("postgresql", 1), ("postgresql", 2)]
    assert all(row["answers_per_second"] > 0 < row["processor_ms_per_answer"] and row["upload_seen_ms"] > 0 for row in rows)
    assert not postgres.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'quotewise_bench%'")
