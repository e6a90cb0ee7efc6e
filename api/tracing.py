"""OpenTelemetry traces, if the environment asks for them: a span a request, by FastAPI, and one a stage of an answer."""

import os
import threading
import time
from collections.abc import Sequence

from fastapi.telemetry import TelemetryConfig
from opentelemetry import trace

from quotewise.index.errors import QuotewiseError
from quotewise.rag.answers import Answer

PROBES = ("/health", "/ready", "/metrics")
TELEMETRY: TelemetryConfig = {
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "exclude": lambda scope: scope.get("path") in PROBES,
}
_FLUSH_SECONDS = 2.0


class TracingError(QuotewiseError, code="tracing-unavailable"):
    """The environment asks for traces that cannot be sent."""


def install() -> None:
    """Send the traces of this process where the ``OTEL_*`` variables say, if they do. Raises TracingError.

    The variables are those of the OpenTelemetry specification; SDK and exporter read the rest of them.
    """
    env = os.environ.get
    endpoint = env("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or env("OTEL_EXPORTER_OTLP_ENDPOINT")
    exporter = env("OTEL_TRACES_EXPORTER") or ("otlp" if endpoint else "none")
    if exporter == "none" or env("OTEL_SDK_DISABLED", "").lower() == "true":
        return
    if exporter not in ("otlp", "console"):
        raise TracingError(f"OTEL_TRACES_EXPORTER is {exporter!r}; expected otlp, console or none")
    protocol = env("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or env("OTEL_EXPORTER_OTLP_PROTOCOL") or "http/protobuf"
    if exporter == "otlp" and protocol != "http/protobuf":
        raise TracingError(f"OTEL_EXPORTER_OTLP_PROTOCOL is {protocol!r}; expected http/protobuf")
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter
    except ModuleNotFoundError as error:
        raise TracingError("OTEL_* variables ask for traces, which need: pip install 'quotewise[opentelemetry]'") from error
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: env("OTEL_SERVICE_NAME") or "quotewise"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter() if exporter == "otlp" else ConsoleSpanExporter()))
    trace.set_tracer_provider(provider)


def flush() -> None:
    """Send the spans that are left, but wait for a collector that does not answer no longer than two seconds."""
    shutdown = getattr(trace.get_tracer_provider(), "shutdown", None)
    if shutdown:
        sending = threading.Thread(target=shutdown, daemon=True)
        sending.start()
        sending.join(_FLUSH_SECONDS)


def trace_answer(request_id: str, answer: Answer, stages: Sequence[str]) -> None:
    """Add the stages of a finished answer to the span of its request, without any of its text."""
    request = trace.get_current_span()
    if not request.is_recording():
        return
    request.set_attribute("quotewise.request_id", request_id)
    request.set_attribute("quotewise.answered", answer.answered)
    request.set_attribute("quotewise.confidence", answer.confidence)
    tracer = trace.get_tracer("quotewise")
    lengths = [round(getattr(answer.timings_ms, stage) * 1e6) for stage in stages]
    start = time.time_ns() - sum(lengths)
    for stage, length in zip(stages, lengths, strict=True):
        tracer.start_span(stage, start_time=start).end(start + length)
        start += length
