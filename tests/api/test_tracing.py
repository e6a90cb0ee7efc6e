import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from quotewise.api import tracing
from quotewise.api.cli import main
from tests.api.running import running
from tests.conftest import WHY
from tests.http_server import served

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.fixture
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """An OpenTelemetry collector: its address, and what it was sent."""
    received: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            received.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

    with served(Collector) as address:
        yield address, received


def test_a_request_and_the_stages_of_its_answer_are_spans_of_the_callers_trace_without_the_question(
    library: Path, collector: tuple[str, list[bytes]]
) -> None:
    endpoint, received = collector
    with running(library, OTEL_EXPORTER_OTLP_ENDPOINT=endpoint, OTEL_EXPORTER_OTLP_COMPRESSION="none") as service:
        headers = {"traceparent": f"00-{TRACE}-{PARENT}-01", "X-Request-ID": "mine"}
        answer = service.client.post("/ask", json={"question": WHY}, headers=headers).json()
        assert service.stop() == 0  # what is not sent yet is sent now
    resources = [found for body in received for found in ExportTraceServiceRequest.FromString(body).resource_spans]
    spans = {span.name: span for found in resources for scope in found.scope_spans for span in scope.spans}
    assert spans.keys() == {"POST /ask", "embed", "search", "read"}
    assert {span.trace_id.hex() for span in spans.values()} == {TRACE}
    request = spans.pop("POST /ask")
    assert request.parent_span_id.hex() == PARENT
    attributes = {attribute.key: attribute.value.string_value for attribute in request.attributes}
    assert (attributes["quotewise.request_id"], attributes["http.route"]) == ("mine", "/ask")
    for stage, span in spans.items():
        assert span.parent_span_id == request.span_id
        lasted = (span.end_time_unix_nano - span.start_time_unix_nano) / 1e6
        assert lasted == pytest.approx(answer["timings_ms"][stage], abs=0.01)
        assert request.start_time_unix_nano <= span.start_time_unix_nano
        assert span.end_time_unix_nano <= request.end_time_unix_nano
    assert not any(b"Russia" in body for body in received)


def test_traces_without_the_extra_are_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "otlp")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(SystemExit, match="1"):
        main(["serve", "--port", "0"])
    assert capsys.readouterr().err == (
        "quotewise: OTEL_* variables ask for traces, which need: pip install 'quotewise[opentelemetry]'\n"
    )


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("OTEL_TRACES_EXPORTER", "zipkin", "'zipkin'; expected otlp, console or none"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "'grpc'; expected http/protobuf"),
    ],
)
def test_what_cannot_be_sent_to_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, complaint: str) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv(name, value)
    with pytest.raises(tracing.TracingError, match=complaint):
        tracing.install()


@pytest.mark.parametrize("off", [{"OTEL_TRACES_EXPORTER": "none"}, {"OTEL_SDK_DISABLED": "true"}])
def test_the_variables_that_turn_traces_off_do(monkeypatch: pytest.MonkeyPatch, off: dict[str, str]) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    for name, value in off.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    tracing.install()
