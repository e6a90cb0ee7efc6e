"""What the service does, in numbers for Prometheus: answers and their stages, requests by route, the queues and the index."""

from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.datastructures import State

from quotewise.api import logs, tracing
from quotewise.index.errors import QuotewiseError
from quotewise.rag.answers import Answer

STAGES = ("embed", "search", "read")
_SECONDS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each, of use to nobody
_answers = Counter("quotewise_answers", "Questions, by whether the documents answer them.", ["answered"], registry=None)
_stages = Histogram("quotewise_stage_seconds", "Stages of an answer.", ["stage"], registry=None, buckets=_SECONDS)
for _answered in ("true", "false"):
    _answers.labels(_answered)


def observe_answer(answer: Answer, request_id: str) -> None:
    """Count, trace and log an answer, whatever the protocol; to be called in the context of its request."""
    _answers.labels(str(answer.answered).lower()).inc()
    for stage in STAGES:
        _stages.labels(stage).observe(getattr(answer.timings_ms, stage) / 1000)
    tracing.trace_answer(request_id, answer, STAGES)
    logs.add_fields(answered=answer.answered, confidence=round(answer.confidence, 4), question=answer.question)


class Metrics(Collector):
    """The metrics of one app, and those of the process; ``state`` is the app's, which holds its service and its slots."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.registry = registry = CollectorRegistry()
        self.requests = Counter("quotewise_requests", "Requests.", ["method", "route", "status"], registry=registry)
        about = "To the end of the response."
        self.seconds = Histogram("quotewise_request_seconds", about, ["method", "route"], registry=registry, buckets=_SECONDS)
        self.in_progress = Gauge("quotewise_requests_in_progress", "Requests not yet answered in full.", registry=registry)
        ProcessCollector(registry=registry)
        for collector in (_answers, _stages, self):
            registry.register(collector)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """What is read only when it is asked for."""
        queues = getattr(self._state, "slots", {}).items()
        yield _family("waiting", "Requests that wait for their turn.", "queue", {name: slots.waiting for name, slots in queues})
        yield _family("working", "Requests at work.", "queue", {name: slots.working for name, slots in queues})
        service = getattr(self._state, "service", None)
        catalogue = service.store.catalogue if service else None
        try:
            sizes = {c.name: catalogue.size(c.name) for c in catalogue.collections()} if catalogue else {}
        except QuotewiseError:  # requests report it; here it only means that the service is not ready
            catalogue, sizes = None, {}
        yield GaugeMetricFamily("quotewise_ready", "Whether questions are answered.", value=catalogue is not None)
        for what in ("documents", "chunks"):
            counts = {name: getattr(size, what) for name, size in sizes.items()}
            yield _family(what, f"{what.capitalize()} indexed.", "collection", counts)


def _family(name: str, about: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"quotewise_{name}", about, labels=[label])
    for labelled, value in values.items():
        family.add_metric([labelled], value)
    return family
