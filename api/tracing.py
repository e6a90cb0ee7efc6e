"""OpenTelemetry traces, where the environment asks for them: a span a request, by FastAPI, and one a stage of an answer."""

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


class TracingError(QuotewiseError):
    """Traces are asked for, but cannot be sent."""

    code = "tracing-unavailable"


def install() -> None:
    """Send traces of this process to where ``OTEL_*`` variables say, if they do. Raises TracingError.

    The variables are those of the OpenTelemetry specification; SDK and exporter read the rest of them.
    """
    endpoint = os.environ.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    asked = os.environ.get("OTEL_TRACES_EXPORTER") or ("otlp" if endpoint else "none")
    if asked == "none" or os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return
    if asked not in ("otlp", "console"):
        raise TracingError(f"OTEL_TRACES_EXPORTER is {asked!r}; expected otlp, console or none")
    protocol = os.environ.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL")
    if asked == "otlp" and protocol not in (None, "", "http/protobuf"):
        raise TracingError(f"OTEL_EXPORTER_OTLP_PROTOCOL is {protocol!r}; expected http/protobuf")
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter
    except ModuleNotFoundError as error:
        raise TracingError("OTEL_* variables ask for traces, which need: pip install 'quotewise[opentelemetry]'") from error
    name = {} if os.environ.get("OTEL_SERVICE_NAME") else {SERVICE_NAME: "quotewise"}
    provider = TracerProvider(resource=Resource.create(name))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter() if asked == "otlp" else ConsoleSpanExporter()))
    trace.set_tracer_provider(provider)


def flush() -> None:
    """Send what has not been sent yet, but wait no longer for a collector that does not answer than two seconds."""
    shutdown = getattr(trace.get_tracer_provider(), "shutdown", None)
    if shutdown:
        sending = threading.Thread(target=shutdown, daemon=True)
        sending.start()
        sending.join(_FLUSH_SECONDS)


def trace_answer(request_id: str, answer: Answer, stages: Sequence[str]) -> None:
    """Add the stages of an answer that has just been given to the span of its request, without any of its text."""
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
