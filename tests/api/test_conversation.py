from typing import Any

import httpx
import pytest

from tests.api.conftest import Refused

ASKED = {"question": "and who claimed it?"}
TURN = {"question": "How many people died in the Crocus City Hall attack?", "quotes": ["the deaths of 144 people"]}


def test_a_follow_up_is_answered_by_its_history(client: httpx.Client) -> None:
    found = client.post("/ask", json={**ASKED, "history": [TURN]}).raise_for_status().json()
    assert (found["question"], found["answered"]) == (ASKED["question"], True)
    assert "claimed responsibility" in found["citations"][0]["quote"]


def test_an_empty_history_is_none(client: httpx.Client) -> None:
    bare, empty = (client.post("/ask", json=body).raise_for_status().json() for body in (ASKED, {**ASKED, "history": []}))
    assert {**bare, "timings_ms": None, "request_id": None} == {**empty, "timings_ms": None, "request_id": None}


@pytest.mark.parametrize("turn", [{"question": "x" * 2000, "quotes": ["y" * 1000] * 10}, {"question": "🤷", "quotes": [""]}])
def test_fifty_turns_are_taken(client: httpx.Client, turn: dict[str, Any]) -> None:
    assert client.post("/ask", json={**ASKED, "history": [turn] * 50}).status_code == 200


@pytest.mark.parametrize(
    ("history", "field"),
    [
        ([TURN] * 51, "body.history"),
        ([TURN] * 1000, "body.history"),
        (TURN, "body.history"),
        ("why?", "body.history"),
        (None, "body.history"),
        (["why?"], "body.history.0"),
        ([TURN, {"question": " \n"}], "body.history.1.question"),
        ([{"question": ""}], "body.history.0.question"),
        ([{"question": "x" * 2001}], "body.history.0.question"),
        ([{"quotes": []}], "body.history.0.question"),
        ([{**TURN, "answer": "144"}], "body.history.0.answer"),
        ([{**TURN, "quotes": "144"}], "body.history.0.quotes"),
        ([{**TURN, "quotes": ["x"] * 11}], "body.history.0.quotes"),
        ([{**TURN, "quotes": ["x" * 20_001]}], "body.history.0.quotes.0"),
        ([{**TURN, "quotes": [5]}], "body.history.0.quotes.0"),
    ],
)
def test_a_history_that_is_none_is_refused_with_the_field(
    client: httpx.Client, refused: Refused, history: Any, field: str
) -> None:
    body = refused(client.post("/ask", json={**ASKED, "history": history}), 422, "invalid-request")
    assert field in [error["field"] for error in body["errors"]]


def test_a_history_over_the_limit_of_the_body_is_refused(client: httpx.Client, refused: Refused) -> None:
    turns = [{"question": "why?", "quotes": ["x" * 20_000] * 10}] * 6
    refused(client.post("/ask", json={**ASKED, "history": turns}), 413, "payload-too-large")


def test_a_lone_surrogate_in_a_turn_is_refused(client: httpx.Client, refused: Refused) -> None:
    body = b'{"question": "why?", "history": [{"question": "why?", "quotes": ["\\ud800"]}]}'
    refused(client.post("/ask", content=body, headers={"Content-Type": "application/json"}), 422, "invalid-request")
