from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from quotewise.api.app import create_app
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.index.errors import IndexDamagedError
from tests.api.conftest import serving, wait_until_ready
from tests.conftest import SEED, SEEDS, WHY

Samples = dict[tuple[str, ...], float]


@pytest.fixture
def app(library: Path) -> FastAPI:
    settings = Settings(index=library)
    return create_app(lambda: Service.open(settings), settings)


@pytest.fixture
def watched(app: FastAPI) -> Iterator[httpx.Client]:
    with serving(app) as client:
        wait_until_ready(client)
        yield client


def samples(client: httpx.Client) -> Samples:
    """Each sample by its name and the values of its labels."""
    text = client.get("/metrics").raise_for_status().text
    return {(s.name, *s.labels.values()): s.value for family in plain(text) for s in family.samples}


def routes(found: Samples) -> set[str]:
    return {key[2] for key in found if key[0] == "quotewise_requests_total"}


def test_questions_are_counted_by_whether_they_are_answered_and_timed_by_stage(watched: httpx.Client) -> None:
    before = samples(watched)
    assert {key[1] for key in before if key[0] == "quotewise_answers_total"} == {"true", "false"}
    answer = watched.post("/ask", json={"question": WHY, "threshold": 0}).json()
    watched.post("/ask", json={"question": WHY, "threshold": 1})
    watched.post("/ask", json={"question": ""})
    watched.post("/ask", content=b" " * 1_000_001)
    grown = {key: value - before.get(key, 0) for key, value in samples(watched).items()}
    assert (grown["quotewise_answers_total", "true"], grown["quotewise_answers_total", "false"]) == (1, 1)
    assert grown["quotewise_requests_total", "POST", "/ask", "200"] == 2
    assert grown["quotewise_requests_total", "POST", "/ask", "422"] == 1
    assert grown["quotewise_requests_total", "POST", "/ask", "413"] == 1
    assert grown["quotewise_request_seconds_count", "POST", "/ask"] == 4
    assert before["quotewise_requests_in_progress",] == 1  # the one that reads this
    for stage in ("embed", "search", "read"):
        assert grown["quotewise_stage_seconds_count", stage] == 2
        assert grown["quotewise_stage_seconds_sum", stage] >= answer["timings_ms"][stage] / 1000 - 1e-9
    assert grown["quotewise_request_seconds_sum", "POST", "/ask"] >= grown["quotewise_stage_seconds_sum", "read"]


def test_the_index_is_measured_when_it_is_asked_for(watched: httpx.Client) -> None:
    listed = watched.get("/collections").json()["collections"]
    found = samples(watched)
    assert found["quotewise_ready",] == 1
    for collection in listed:
        for what in ("documents", "chunks"):
            assert found[f"quotewise_{what}", collection["name"]] == collection[what]
    assert found["process_resident_memory_bytes",] > 1e6


def test_the_queue_is_read_from_the_slots_of_the_app(app: FastAPI, watched: httpx.Client) -> None:
    app.state.slots = {"questions": SimpleNamespace(waiting=3, working=2)}
    found = samples(watched)
    assert (found["quotewise_waiting", "questions"], found["quotewise_working", "questions"]) == (3, 2)


def test_every_route_is_counted_by_its_template_and_all_other_paths_and_methods_as_one(
    watched: httpx.Client, openapi: dict[str, Any]
) -> None:
    for path in openapi["paths"]:
        watched.request("PATCH", path)
    for number in range(10):
        watched.get(f"/documents/{number:016x}")
        watched.get(f"/no/such/{number}%0A")
        watched.request(f"X{number}", "/ask")
    found = samples(watched)
    assert routes(found) == {*openapi["paths"], "unmatched"}
    assert {key[1] for key in found if key[0] == "quotewise_requests_total"} <= {"GET", "PATCH", "other"}
    assert found["quotewise_requests_total", "GET", "/documents/{id}", "404"] == 10
    assert found["quotewise_requests_total", "GET", "unmatched", "404"] == 10


def test_what_is_mounted_or_no_route_of_fastapi_is_counted_by_where(app: FastAPI, watched: httpx.Client) -> None:
    inner = FastAPI()
    inner.get("/{name}")(lambda name: name)
    app.mount("/inner", inner)
    app.mount("/files", StaticFiles(directory=SEEDS))
    app.add_route("/plain/{name}", lambda request: Response())
    for path in ("/inner/x", f"/files/{SEED}", "/plain/x"):
        watched.get(path).raise_for_status()
    assert {"/inner/{name}", "/files", "/plain/{name}"} <= routes(samples(watched))


def test_metrics_come_as_openmetrics_for_who_prefers_it_and_are_not_in_the_description(
    watched: httpx.Client, openapi: dict[str, Any]
) -> None:
    response = watched.get("/metrics", headers={"Accept": "application/openmetrics-text;version=1.0.0"})
    assert response.headers["content-type"].startswith("application/openmetrics-text")
    assert "quotewise_answers" in {family.name for family in openmetrics(response.text)}
    assert "/metrics" not in openapi["paths"]


def test_metrics_are_there_before_the_service_is_ready(library: Path) -> None:
    def failing() -> Service:
        raise IndexDamagedError("the catalogue is damaged")

    with serving(create_app(failing, Settings(index=library))) as client:
        assert samples(client)["quotewise_ready",] == 0


def test_an_index_that_breaks_later_does_not_take_the_metrics_with_it(
    tmp_path: Path, watched: httpx.Client, app: FastAPI
) -> None:
    settings = Settings(index=tmp_path / "index")
    app.state.service.store.close()
    app.state.service = broken = Service.open(settings, create=True)
    broken.store.close()
    next(settings.index.glob("catalogue.sqlite")).write_bytes(b"no database" * 1000)
    found = samples(watched)
    assert found["quotewise_ready",] == 0
    assert not any(key[0] == "quotewise_documents" for key in found)
