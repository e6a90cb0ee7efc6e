import io
import json
import logging
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from quotewise.api import logs, terminal
from quotewise.api.settings import Settings
from tests.api.running import running
from tests.conftest import WHY

FORGED = 'x\n{"level": "INFO", "message": "forged"}\x1b[2J\u202e'


def test_as_json_each_line_is_an_object_with_the_request_id_and_nothing_of_what_was_asked(library: Path) -> None:
    with running(library, QUOTEWISE_LOG_FORMAT="json") as service:
        client = service.client
        client.post("/ask", json={"question": WHY}, headers={"X-Request-ID": "mine"})
        client.get("/documents/%0Aforged%1B%5B2J?collection=secret")
        client.get("/health", headers={"X-Request-ID": "x\tforged"})
        service.send(b"GET /forged\x1b[2J HTTP/1.1\r\n\r\n\r\n")
        service.stop()
    lines: list[dict[str, Any]] = [json.loads(line) for line in service.stderr.splitlines()]
    assert all({"timestamp", "level", "logger", "message"} <= line.keys() for line in lines)
    asked, listed = [line for line in lines if line["logger"] == "quotewise.access"]
    assert {**asked, "ms": 0, "confidence": 0, "timestamp": ""} == {
        "timestamp": "",
        "level": "INFO",
        "logger": "quotewise.access",
        "message": "POST /ask 200",
        "method": "POST",
        "route": "/ask",
        "status": 200,
        "ms": 0,
        "request_id": "mine",
        "answered": True,
        "confidence": 0,
    }
    assert (listed["route"], listed["status"]) == ("/documents/{id}", 422)
    assert any(line["message"].startswith("listening on http://") for line in lines)
    for text in ("warning?", "secret", "forged", "\x1b"):
        assert text not in service.stderr


def test_as_text_each_line_has_the_question_where_it_is_asked_for(library: Path) -> None:
    with running(library, QUOTEWISE_LOG_LEVEL="info", QUOTEWISE_LOG_QUESTIONS="true") as service:
        service.client.post("/ask", json={"question": f"{WHY} {FORGED}"}, headers={"X-Request-ID": "mine"})
        service.stop()
    line = next(line for line in service.stderr.splitlines() if "quotewise.access" in line)
    assert "POST /ask 200 ms=" in line
    assert "request_id=mine answered=" in line
    assert f'question={WHY} x\\n{{"level": "INFO", "message": "forged"}}\\x1b[2J\\u202e' in line


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_burst_of_one_error_is_written_once_and_counted(log_format: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    written, now = io.StringIO(), 0.0
    monkeypatch.setattr(logging, "root", logging.RootLogger(logging.WARNING))
    monkeypatch.setattr(terminal, "errors", Console(stderr=True))
    monkeypatch.setattr(sys, "stderr", written)
    monkeypatch.setattr(logs, "monotonic", lambda: now)
    logs.install(Settings(log_format=log_format))
    handler = logging.root.handlers[0]
    log = logging.Logger("quotewise")
    log.addHandler(handler)

    def fail(times: int) -> list[str]:
        """The lines that so many failures write."""
        for number in range(times):
            try:
                raise OSError(f"unable to open {number}")
            except OSError:
                log.exception("unexpected error in request %s", f"id-{number}")
        lines = written.getvalue().splitlines()
        written.seek(0)
        written.truncate()
        return lines

    first = fail(1000)
    assert sum("unexpected error in request" in line for line in first) == 1
    assert sum("OSError: unable to open 0" in line for line in first) == 1
    assert not any("unable to open 1" in line for line in first)
    log.warning("another matter")
    assert any("another matter" in line for line in fail(0))
    now = 61.0
    again = fail(1)
    assert len(again) == 1, "without the traceback"
    assert "999" in again[0]
    assert "left_out" in again[0]
    now = 200.0
    fail(500)
    handler.close()
    last = fail(0)
    assert len(last) == 1
    assert "500" in last[0]
    assert len(handler._bursts) == 2  # type: ignore[attr-defined]


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_neither_a_message_nor_a_traceback_can_pass_for_another_line(log_format: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging, "root", logging.RootLogger(logging.WARNING))
    monkeypatch.setattr(terminal, "errors", Console(stderr=True))
    logs.install(Settings(log_format=log_format))
    formatter = logging.root.handlers[0].formatter
    assert formatter
    try:
        raise RuntimeError(FORGED)
    except RuntimeError:
        record = logging.LogRecord("quotewise", logging.ERROR, __file__, 1, "failed: %s", (FORGED,), sys.exc_info())
    written = formatter.format(record)
    assert "\x1b" not in written
    assert "\u202e" not in written
    if log_format == "json":
        assert "RuntimeError" in json.loads(written)["exc_info"]
        assert "\n" not in written
    else:
        first, *rest = written.split("\n")
        assert "failed: x\\n{" in first
        assert len(rest) > 3
        assert all(line.startswith("  ") for line in rest)
