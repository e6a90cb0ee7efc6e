"""What the service does, in numbers for Prometheus: requests by route, answers by stage, the queue and the index."""

import asyncio
import time
from collections.abc import Iterator

from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from quotewise.api import logs, tracing
from quotewise.api.keys import ForbiddenError
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.index.errors import QuotewiseError
from quotewise.rag.answers import Answer
from starlette.datastructures import State
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_STAGES = ("embed", "search", "read")
_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_SECONDS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
router = APIRouter()
disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each, of use to nobody


class Metrics:
    """The counts of one app; ``state`` is the app's, where its service and its queues are found."""

    def __init__(self, state: State) -> None:
        self.registry = own = CollectorRegistry()
        self.requests = Counter("quotewise_requests", "Requests.", ["method", "route", "status"], registry=own)
        self.seconds = Histogram(
            "quotewise_request_seconds",
            "To the end of the response.",
            ["method", "route"],
            registry=own,
            buckets=_SECONDS,
        )
        self.in_progress = Gauge("quotewise_requests_in_progress", "Requests not yet answered in full.", registry=own)
        self.answers = Counter(
            "quotewise_answers", "Questions, by whether the documents answer them.", ["answered"], registry=own
        )
        self.stages = Histogram("quotewise_stage_seconds", "Stages of an answer.", ["stage"], registry=own, buckets=_SECONDS)
        for answered in ("true", "false"):
            self.answers.labels(answered)
        ProcessCollector(registry=own)
        own.register(_Gauges(state))


class _Gauges(Collector):
    """What is read when it is asked for: how long the queues are, and how much is indexed."""

    def __init__(self, state: State) -> None:
        self._state = state

    def collect(self) -> Iterator[GaugeMetricFamily]:
        waiting = GaugeMetricFamily("quotewise_waiting", "Requests that wait for their turn.", labels=["lane"])
        working = GaugeMetricFamily("quotewise_working", "Requests at work.", labels=["lane"])
        for name, lane in getattr(self._state, "lanes", {}).items():
            waiting.add_metric([name], lane.waiting)
            working.add_metric([name], lane.working)
        service: Service | None = getattr(self._state, "service", None)
        store = service.store if service else None
        try:
            sizes = {known.name: store.catalogue.size(known.name) for known in store.catalogue.collections()} if store else {}
        except QuotewiseError:  # that of a request tells; here it is no more than not ready
            store, sizes = None, {}
        ready = GaugeMetricFamily("quotewise_ready", "Whether questions are answered.", value=store is not None)
        documents = GaugeMetricFamily("quotewise_documents", "Documents indexed.", labels=["collection"])
        chunks = GaugeMetricFamily("quotewise_chunks", "Chunks indexed.", labels=["collection"])
        for name, size in sizes.items():
            documents.add_metric([name], size.documents)
            chunks.add_metric([name], size.chunks)
        yield from (waiting, working, ready, documents, chunks)


class Observed:
    """ASGI middleware around all others that counts, times and logs each request by the template of its route."""

    def __init__(self, app: ASGIApp, metrics: Metrics, log_questions: bool) -> None:
        self._app = app
        self._metrics = metrics
        self._log_questions = log_questions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with self._metrics.in_progress.track_inprogress():
            try:
                await self._app(scope, receive, watched)
            finally:
                self._tell(scope, status, time.perf_counter() - began)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        method, route = scope["method"] if scope["method"] in _METHODS else "other", _template(scope)
        self._metrics.requests.labels(method, route, str(status)).inc()
        self._metrics.seconds.labels(method, route).observe(seconds)
        state = scope.get("state", {})
        fields = {"ms": round(seconds * 1000, 1), "request_id": state.get("id")}
        if answer := state.get("answer"):
            fields |= {"answered": answer.answered, "confidence": round(answer.confidence, 4)}
            if self._log_questions:
                fields["question"] = answer.question
        logs.access(route in tracing.PROBES, method, route, status, **fields)


def install(app: FastAPI, settings: Settings) -> None:
    """Count what an app does, and show it at ``/metrics``; to be called after all middleware that is to be inside."""
    app.state.metrics = Metrics(app.state)
    app.include_router(router)
    app.add_middleware(Observed, metrics=app.state.metrics, log_questions=settings.log_questions)


def observe_answer(request: Request, answer: Answer) -> None:
    """Count, trace and log an answer, whichever protocol it was asked for in; to be called within the request."""
    request.state.answer = answer
    metrics: Metrics = request.app.state.metrics
    metrics.answers.labels(str(answer.answered).lower()).inc()
    for stage in _STAGES:
        metrics.stages.labels(stage).observe(getattr(answer.timings_ms, stage) / 1000)
    tracing.trace_answer(request.state.id, answer, _STAGES)


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """The counts in the text format of Prometheus, or in OpenMetrics for who asks for it."""
    if request.state.caller.collections is not None:
        raise ForbiddenError("these counts are of all collections, and this key sees only some")
    encode, media_type = choose_encoder(request.headers.get("accept", ""))
    # Not in the thread pool of the routes, which is full just when these numbers are wanted most.
    return Response(await asyncio.to_thread(encode, request.app.state.metrics.registry), media_type=media_type)


def _template(scope: Scope) -> str:
    """Of the route that a request was for; paths that none has, of which there is no end, are one."""
    root = scope.get("root_path", "")
    mount = root.removeprefix(scope.get("app_root_path", root))
    route = scope.get("route")
    if route is None and "endpoint" in scope:  # as FastAPI leaves it for the plain routes of Starlette
        route = next((one for one in scope["app"].routes if getattr(one, "endpoint", None) is scope["endpoint"]), None)
    return mount + getattr(route, "path_format", getattr(route, "path", "")) or "unmatched"
