from collections.abc import Iterator
from itertools import product
from typing import Any

import httpx
import pytest

from quotewise.index.errors import ERRORS
from tests.api.conftest import conform

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
Operation = tuple[str, str, dict[str, Any]]
ROUTES = {
    "POST /ask",
    "POST /search",
    "POST /extract",
    "POST /extract/batch",
    "GET /documents",
    "GET /documents/{id}",
    "GET /documents/{id}/text",
    "GET /documents/{id}/place",
    "GET /documents/{id}/structure",
    "POST /verify",
    "GET /collections",
    "GET /overview",
    "GET /health",
    "GET /ready",
    "GET /jobs/{id}",
    "POST /v1/chat/completions",
    "GET /v1/models",
    "GET /v1/models/{model}",
}
WRITING = {
    "PUT /collections/{collection}/documents/{path}",
    "PATCH /collections/{collection}/documents/{path}",
    "DELETE /collections/{collection}/documents/{path}",
    "PATCH /collections/{collection}",
    "DELETE /collections/{collection}",
    "POST /feedback",
    "GET /documents/{id}/pages/{page}.png",
}
"""Their examples are tried where they may write, or there is a PDF, in their own tests."""
OPENAI_ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}}}


@pytest.fixture(scope="module")
def operations(openapi: dict[str, Any]) -> list[Operation]:
    return [(method.upper(), path, found) for path, item in openapi["paths"].items() for method, found in item.items()]


def examples(described: dict[str, Any]) -> list[Any]:
    return [example["value"] for example in described.get("examples", {}).values()]


def example_requests(method: str, path: str, operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The URL and body of each combination of the examples of an operation; a required part without one is an error."""
    parameters = [p for p in operation.get("parameters", []) if p["required"]]
    bodies = examples(operation["requestBody"]["content"]["application/json"]) if "requestBody" in operation else [None]
    for *values, body in product(*map(examples, parameters), bodies):
        names = (parameter["name"] for parameter in parameters)
        yield path.format(**dict(zip(names, values, strict=True))), {} if body is None else {"json": body}


def test_every_reason_for_a_503_is_told_apart_and_explained(operations: list[Operation]) -> None:
    explained = "; ".join(o["responses"]["503"]["description"] for _, _, o in operations if "503" in o["responses"])
    # An index that is missing or newer shows when the service starts, as cannot-start.
    unavailable = {code for code, error in ERRORS.items() if error.status == 503} - {"index-missing", "index-version"}
    assert len(unavailable) > 10
    for code in unavailable:
        assert f"{code}: {ERRORS[code].__doc__}" in explained


def test_the_description_has_every_route_and_says_what_each_does(operations: list[Operation]) -> None:
    assert {f"{method} {path}" for method, path, _ in operations} == ROUTES | WRITING
    for method, path, operation in operations:
        assert operation["summary"], (method, path)
        assert len(operation["description"]) > 20, (method, path)


def test_every_error_is_described_as_problem_details(operations: list[Operation]) -> None:
    for method, path, operation in operations:
        errors = {status: found for status, found in operation["responses"].items() if status >= "400"}
        if path.startswith("/v1/"):
            assert {status: found["content"] for status, found in errors.items()} == {"4XX": OPENAI_ERROR, "5XX": OPENAI_ERROR}
            continue
        assert all(found["content"] == PROBLEM and found["description"] for found in errors.values()), (method, path)
        expected = set() if path == "/health" else {"503"} if path == "/ready" else {"404", "422", "503"}
        expected -= {"404"} if path.startswith("/extract") else set()  # these look nothing up
        expected -= {"404"} if method == "PUT" else set()  # this makes what is not there
        expected |= {"400", "413", "415"} if method in ("POST", "PATCH") else set()
        expected |= {"409"} if path.startswith("/collections/") else set()
        expected |= {"412"} if path.endswith("/{path}") else set()
        assert expected <= set(errors), (method, path)


def test_the_two_ways_in_which_an_answer_comes_are_described(openapi: dict[str, Any]) -> None:
    described = openapi["paths"]["/ask"]["post"]["responses"]["200"]["content"]
    assert described.keys() == {"application/json", "text/event-stream"}
    assert described["application/json"]["schema"] == {"$ref": "#/components/schemas/AskResponse"}
    for event in described["text/event-stream"]["schema"]["oneOf"]:
        reference = event["properties"]["data"]["contentSchema"]["$ref"]
        assert reference.removeprefix("#/components/schemas/") in openapi["components"]["schemas"]


def test_nothing_is_left_of_the_validation_errors_that_the_service_never_sends(openapi: dict[str, Any]) -> None:
    assert "ValidationError" not in str(openapi)


def test_every_example_request_gets_the_response_that_is_described(
    client: httpx.Client, openapi: dict[str, Any], operations: list[Operation]
) -> None:
    replayed = set()
    for method, path, operation in operations:
        if f"{method} {path}" in WRITING:
            continue
        for url, body in example_requests(method, path, operation):
            response = client.request(method, url, **body)
            assert response.status_code == 200, (url, response.text)
            media_type = response.headers["content-type"].split(";")[0]
            schema = operation["responses"]["200"]["content"][media_type]["schema"]
            conform(response.json() if media_type == "application/json" else response.text, schema, openapi)
            replayed.add(f"{method} {path}")
    assert replayed == ROUTES - {"GET /jobs/{id}"}  # of which there is none yet


def test_the_examples_show_what_they_are_there_to_show(client: httpx.Client, openapi: dict[str, Any]) -> None:
    asked = examples(openapi["paths"]["/ask"]["post"]["requestBody"]["content"]["application/json"])
    assert client.post("/ask", json=asked[0]).json()["answered"]
    assert any("filter" in request and "max_quotes" in request for request in asked)
    for request in examples(openapi["paths"]["/v1/chat/completions"]["post"]["requestBody"]["content"]["application/json"]):
        assert client.post("/v1/chat/completions", json=request).json()["quotewise"]["answered"]
    for request in examples(openapi["paths"]["/search"]["post"]["requestBody"]["content"]["application/json"]):
        assert client.post("/search", json=request).json()["passages"]
    for request in examples(openapi["paths"]["/extract"]["post"]["requestBody"]["content"]["application/json"]):
        assert client.post("/extract", json=request).json()["results"][0]["quotes"]
    for request in examples(openapi["paths"]["/verify"]["post"]["requestBody"]["content"]["application/json"]):
        verdicts = [result["verdict"] for result in client.post("/verify", json=request).json()["results"]]
        assert verdicts == ["valid"] * len(verdicts)


def test_the_example_answer_is_a_possible_answer_whose_quotes_stand_in_the_seeds(
    client: httpx.Client, openapi: dict[str, Any]
) -> None:
    described = openapi["paths"]["/ask"]["post"]["responses"]["200"]["content"]["application/json"]
    example = described["example"]
    conform(example, described["schema"], openapi)
    real = client.post("/ask", json={"question": example["question"]}).json()
    assert example.keys() == real.keys()
    assert example["answer"] == "\n".join(f"{c['quote']} [{c['id']}]" for c in example["citations"])
    for citation in example["citations"]:
        assert citation.keys() == real["citations"][0].keys()
        document = client.get(f"/documents/{citation['document']['id']}").json()
        assert citation["document"].items() <= document.items()
        text = client.get(f"/documents/{document['id']}/text").text
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        line = 1 + text.count("\n", 0, citation["start"])
        assert (citation["line_start"], citation["line_end"]) == (line, line + citation["quote"].count("\n"))
    verified = client.post("/verify", json={"citations": example["citations"]}).json()["results"]
    assert {result["verdict"] for result in verified} == {"valid"}
