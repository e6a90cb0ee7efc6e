"""Services that share a catalogue in PostgreSQL: whichever is asked, the answer is the same; and what they do without it."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import psutil
import pytest

pytest.importorskip("psycopg", reason="the extra postgresql is not installed")

from quotewise.api.app import create_app
from quotewise.api.callers import LOCAL
from quotewise.api.indexing import index_folder
from quotewise.api.jobs import Jobs
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from tests.api.command_line import Run
from tests.api.conftest import Refused, serving, wait_until
from tests.api.running import SERVE, Running, running
from tests.conftest import SEEDS, WHY, writable_copy
from tests.postgres_server import PASSWORD, USER, PostgresServer

QUESTION = {"question": WHY}
RATE = 5
AN_HOUR_AHEAD = f"""
import datetime, time
real = time.time
time.time = lambda: real() + 3600

class Ahead(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return super().now(tz) + datetime.timedelta(hours=1)

datetime.datetime = Ahead
{SERVE}
"""


@pytest.fixture(scope="module")
def url(postgres: PostgresServer) -> str:
    return postgres.new_schema()


@pytest.fixture(scope="module")
def replicas(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Running]]:
    """Two processes, each with an index folder of its own; the clock of the second is an hour ahead."""
    folder = tmp_path_factory.mktemp("replicas")
    settings = Settings(index=folder / "a", reader="similarity", threshold=0, catalogue=url)
    with Service.open(settings, create=True) as service:
        index_folder(service, LOCAL, writable_copy(SEEDS, folder / "seeds"))
    shared = {"QUOTEWISE_CATALOGUE": url, "QUOTEWISE_READER": "similarity", "QUOTEWISE_UPLOADS": str(folder / "uploads")}
    shared |= {"QUOTEWISE_THRESHOLD": "0"}
    with (
        running(folder / "a", **shared, QUOTEWISE_UPLOAD_SECONDS="0") as a,
        running(folder / "b", AN_HOUR_AHEAD, **shared) as b,
    ):
        yield a, b


def eventually(read: Callable[[], httpx.Response], met: Callable[[httpx.Response], bool]) -> httpx.Response:
    deadline = time.monotonic() + 20
    while not met(response := read()):
        assert time.monotonic() < deadline, response.text
        time.sleep(0.05)
    return response


def test_what_one_is_sent_the_other_answers(replicas: tuple[Running, Running]) -> None:
    a, b = replicas
    answers = [replica.client.post("/ask", json=QUESTION).json() for replica in replicas]
    assert answers[0]["citations"] and answers[0]["citations"] == answers[1]["citations"]

    uploaded = a.client.put("/collections/default/documents/bridge.txt", content="The bridge of Avignon fell in 1660.")
    job = uploaded.json()
    assert (uploaded.status_code, uploaded.headers["Location"]) == (202, f"/jobs/{job['id']}")
    done = eventually(lambda: b.client.get(f"/jobs/{job['id']}"), lambda response: response.json()["state"] == "done").json()
    assert done["document"]["path"] == "bridge.txt" and done == a.client.get(f"/jobs/{job['id']}").json()
    asked = {"question": "When did the bridge of Avignon fall?"}
    found = eventually(lambda: b.client.post("/ask", json=asked), lambda response: "1660" in response.text)
    assert found.json()["citations"][0]["document"]["path"] == "bridge.txt"

    refused = a.client.put("/collections/default/documents/broken.pdf", content=b"%PDF-1.7\n").json()
    failed = eventually(lambda: b.client.get(f"/jobs/{refused['id']}"), lambda response: response.json()["state"] == "failed")
    assert failed.json()["problem"]["type"].endswith("unreadable-document")

    given = a.client.post("/ask", json=QUESTION, headers={"X-Request-ID": "asked-of-a"})
    feedback = {"request_id": given.headers["X-Request-ID"], "helpful": True}
    assert b.client.post("/feedback", json=feedback).status_code == 201
    assert b.client.delete("/collections/default/documents/bridge.txt").status_code == 204
    eventually(lambda: a.client.post("/ask", json=asked), lambda response: "1660" not in response.text)


def test_a_clock_that_is_an_hour_ahead_changes_neither_dates_nor_jobs_nor_locks(
    replicas: tuple[Running, Running], url: str
) -> None:
    from quotewise.index.postgresql import PostgresCatalogue

    a, b = replicas
    told = parsedate_to_datetime(b.client.get("/health").headers["Date"])
    assert told > datetime.now(UTC) + timedelta(minutes=50), "it is ahead"
    path, documents = "/collections/default/documents/clock.txt", {}
    for here, there, text in ((b, a, "The clock of Zembla is fast."), (a, b, "The clock of Zembla is slow.")):
        sent = here.client.put(path, content=text)
        assert sent.status_code in (200, 201, 202), sent.text
        if sent.status_code == 202:
            at = f"/jobs/{sent.json()['id']}"
            told_there = eventually(lambda: there.client.get(at), lambda response: response.status_code == 200).json()  # noqa: B023
            assert told_there["state"] in ("queued", "running", "done")
            eventually(lambda: there.client.get(at), lambda response: response.json()["state"] == "done")  # noqa: B023
        listed = there.client.get("/documents").json()["documents"]
        documents[text] = next(document for document in listed if document["path"] == "clock.txt")
        asked = here.client.post("/ask", json=QUESTION)
        feedback = {"request_id": asked.headers["X-Request-ID"], "helpful": True}
        assert there.client.post("/feedback", json=feedback).status_code == 201
    for document in documents.values():
        assert abs(datetime.fromisoformat(document["indexed_at"]) - datetime.now(UTC)) < timedelta(minutes=5)
    with closing(PostgresCatalogue(url)) as catalogue:
        with catalogue.one_writer(5):
            refused = b.client.put(path, content="It stands still.")
            assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (503, "index-locked"), refused.text
        assert b.client.put(path, content="It stands still.").status_code == 200
        assert catalogue.document_at("default", "clock.txt").characters == len("It stands still.")
    assert b.client.delete(path).status_code == 204


def test_keys_hold_and_their_requests_are_counted_at_both(replicas: tuple[Running, Running], url: str, run: Run) -> None:
    made = run("keys", "make", "someone", "--rate", f"{RATE}/hour", "--json", "--catalogue", url).json
    bearer = {"Authorization": f"Bearer {made['key']}"}
    assert [replica.client.get("/collections").status_code for replica in replicas] == [401, 401]
    answered = [replicas[n % 2].client.get("/collections", headers=bearer) for n in range(RATE + 2)]
    assert [response.status_code for response in answered] == [200] * RATE + [429] * 2
    assert 0 < int(answered[-1].headers["Retry-After"]) <= 2 * 3600
    run("keys", "revoke", made["id"], "--catalogue", url)
    assert [replica.client.get("/collections", headers=bearer).status_code for replica in replicas] == [401, 401]


def test_while_the_database_is_down_requests_are_refused_and_afterwards_answered(
    replicas: tuple[Running, Running], url: str, postgres: PostgresServer, run: Run
) -> None:
    key = run("keys", "make", "admin", "--scope", "manage", "--json", "--catalogue", url).json["key"]
    bearer = {"Authorization": f"Bearer {key}"}
    client = replicas[0].client
    assert client.post("/ask", json=QUESTION, headers=bearer).status_code == 200
    postgres.stop()
    try:
        for response in (
            client.post("/ask", json=QUESTION, headers=bearer),
            client.put("/collections/default/documents/b.txt", content="It is so.", headers=bearer),
        ):
            assert (response.status_code, response.headers["Content-Type"]) == (503, "application/problem+json")
            assert response.headers["Retry-After"]
        assert (client.get("/health").status_code, client.get("/ready").status_code) == (200, 503)
    finally:
        postgres.start()
    eventually(lambda: client.get("/ready"), lambda response: response.status_code == 200)
    assert client.post("/ask", json=QUESTION, headers=bearer).status_code == 200


def test_a_service_that_starts_before_its_database_is_ready_as_soon_as_it_can_be(
    postgres: PostgresServer, tmp_path: Path, refused: Refused
) -> None:
    schema = postgres.new_schema().rpartition("%3D")[2]
    postgres.execute(f"GRANT ALL ON SCHEMA {schema} TO {USER}")
    settings = Settings(index=tmp_path, reader="similarity", threshold=0, catalogue=postgres.url(schema, USER, PASSWORD))
    with Service.open(settings, create=True) as service:
        index_folder(service, LOCAL, SEEDS)
    postgres.stop()
    with serving(create_app(lambda: Service.open(settings), settings)) as client:
        try:
            wait_until(lambda: "catalogue-unavailable" in client.get("/ready").text)
            told = refused(client.get("/ready"), 503, "catalogue-unavailable")
            assert told["detail"] == "the service is not ready; its log says why", "strangers are told no more"
        finally:
            postgres.start()
        wait_until(lambda: client.get("/ready").status_code == 200)
        assert client.post("/ask", json=QUESTION).json()["citations"]


def test_the_command_line_says_in_one_line_why_a_database_cannot_be_used(run: Run, postgres: PostgresServer) -> None:
    schema = postgres.new_schema().rpartition("%3D")[2]
    for url in (postgres.url(schema, USER, "wrong-one"), "postgresql://u:wrong-one@127.0.0.1:9/d", "mysql://u:wrong-one@h/d"):
        for command in (["status"], ["ask", WHY], ["keys", "list"], ["index", SEEDS], ["serve"]):
            outcome = run(*command, "--catalogue", url)
            assert (outcome.code, outcome.out) == (1, "")
            assert outcome.err.count("\n") == 1
            assert "wrong-one" not in outcome.err


def test_the_password_of_the_database_is_not_listed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTEWISE_CATALOGUE", "postgresql://user:s3cret@s3cret@db/name?password=s3cret&sslpassword=s3cret")
    listed = run("settings", "--json").json["catalogue"]["value"]
    assert listed == "postgresql://user:***@db/name?password=***&sslpassword=***"
    assert "s3cret" not in repr(Settings())


def test_keys_of_a_database_that_does_not_answer_open_nothing(tmp_path: Path, refused: Refused) -> None:
    settings = Settings(index=tmp_path, catalogue="postgresql://127.0.0.1:9/none")
    with serving(create_app(lambda: Service.open(settings), settings)) as client:
        refused(client.get("/collections"), 503, "keys-unavailable")
        assert client.get("/health").status_code == 200


def test_the_jobs_of_a_process_that_has_ended_have_failed(postgres: PostgresServer, tmp_path: Path) -> None:
    from quotewise.index.postgresql import PostgresCatalogue

    catalogue = PostgresCatalogue(postgres.new_schema(), create=True)
    told = '{"collection": "default", "path": "a.txt", "state": "running"}'
    catalogue.shared.put_job("a", told, finished=False)
    jobs = Jobs(1, catalogue.shared)
    assert jobs.get("a").state == "running"
    catalogue._database.rows("UPDATE jobs SET told = told - interval '1 minute' RETURNING id")
    assert jobs.get("a").state == "failed"
    assert "has ended" in str(jobs.get("a").outcome)
    catalogue.close()


SERVE_BY_WORKERS = """
import sys; from quotewise.api.cli import main
main(["serve", FOLDER, "--workers", "2", "--port", sys.argv[1]])
"""


def test_workers_of_one_command_answer_alike_and_one_that_dies_is_replaced(postgres: PostgresServer, tmp_path: Path) -> None:
    program = SERVE_BY_WORKERS.replace("FOLDER", repr(str(writable_copy(SEEDS, tmp_path / "seeds"))))
    environment = {"QUOTEWISE_CATALOGUE": postgres.new_schema(), "QUOTEWISE_READER": "similarity"}
    with running(tmp_path / "index", program, **environment, QUOTEWISE_UPLOAD_SECONDS="0") as service:

        def send(method: str, path: str, content: str | None = None) -> httpx.Response:
            """Over a connection of its own, which any of the workers may take."""
            return httpx.request(method, f"http://127.0.0.1:{service.port}/{path}", content=content, timeout=30)

        def workers() -> list[psutil.Process]:
            living = (p for p in psutil.Process(service.process.pid).children() if p.status() != psutil.STATUS_ZOMBIE)
            return [process for process in living if "spawn_main" in str(process.cmdline())]

        job = send("PUT", "collections/default/documents/a.txt", "The keeper of Zembla is away.").json()["id"]
        eventually(lambda: send("GET", f"jobs/{job}"), lambda response: response.json()["state"] == "done")
        assert {send("GET", f"jobs/{job}").status_code for _ in range(10)} == {200}
        killed, other = workers()
        killed.kill()
        wait_until(lambda: len(workers()) == 2 and killed not in workers())
        assert other in workers()
        assert service.stop() == 0


def test_a_catalogue_is_moved_into_a_database_and_answers_as_before(run: Run, tmp_path: Path, database: str) -> None:
    seeds = writable_copy(SEEDS, tmp_path / "seeds")
    run("index", seeds)
    key = run("keys", "make", "someone", "--json").json["id"]
    before = run("ask", WHY, "--local", "--json").json["citations"]
    assert "name the database to move" in run("migrate").err
    moved = run("migrate", "--catalogue", database, "--json").json
    assert (moved["collections"], moved["keys"]) == (1, 1) and moved["documents"] == len(list(SEEDS.iterdir()))
    shared = ("--catalogue", database)
    assert run("ask", WHY, "--local", "--json", *shared).json["citations"] == before
    assert [listed["id"] for listed in run("keys", "list", "--json", *shared).json] == [key]
    report = run("index", seeds, "--json", *shared).json
    assert (report["added"], len(report["unchanged"])) == ([], moved["documents"])
    again = run("migrate", *shared)
    assert (again.code, again.out, again.err.count("\n")) == (1, "", 1)
    assert "it was moved to a database" in again.err
    for command in (["keys", "make", "another"], ["index", seeds], ["ask", WHY, "--local"]):
        forgotten = run(*command)
        assert (forgotten.code, forgotten.out, forgotten.err.count("\n")) == (1, "", 1)
        assert "was moved to a database; name it by --catalogue" in forgotten.err
