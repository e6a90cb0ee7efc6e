"""What the service does, in numbers for Prometheus and lines of the log: answers, their stages, requests by route, queues."""

import asyncio
import logging
import time
from collections.abc import Iterator, Mapping
from typing import Any

from asgi_correlation_id import correlation_id
from fastapi import APIRouter, Request, Response
from fastapi.routing import iter_route_contexts
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from starlette.datastructures import State
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quotewise.api import logs, tracing
from quotewise.api.errors import ForbiddenError
from quotewise.index.errors import QuotewiseError
from quotewise.rag.answers import Answer

STAGES = ("embed", "search", "read")
_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
router = APIRouter()
_log = logging.getLogger("quotewise.access")
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


class RequestMetrics:
    """ASGI middleware around all others.

    In place of prometheus-fastapi-instrumentator 8.1, whose middleware takes a path that the router would redirect (``/ask/``,
    ``/documents/anything/``) for the name of a route, so that clients could add series without end; registers its gauge with
    the whole process; and matches every request against all routes a second time.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, log_questions: bool) -> None:
        self._app, self._metrics, self._log_questions = app, metrics, log_questions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, answered = time.perf_counter(), 500, logs.begin_fields()

        async def watched(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        with self._metrics.in_progress.track_inprogress():
            try:
                await self._app(scope, receive, watched)
            finally:
                self._observe(scope, status, time.perf_counter() - began, answered)

    def _observe(self, scope: Scope, status: int, seconds: float, answered: dict[str, Any]) -> None:
        method, route = scope["method"] if scope["method"] in _METHODS else "other", _template(scope)
        self._metrics.requests.labels(method, route, str(status)).inc()
        self._metrics.seconds.labels(method, route).observe(seconds)
        # The line holds nothing that the client chose but a valid request id, unless questions are to be logged.
        kept = {name: value for name, value in answered.items() if name != "question" or self._log_questions}
        fields = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
        level = logging.DEBUG if route in tracing.PROBES else logging.INFO
        _log.log(level, "%s %s %d", method, route, status, extra={**fields, "request_id": correlation_id.get(), **kept})


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """The metrics in the text format of Prometheus, or in OpenMetrics for clients that accept it."""
    if request.state.caller.collections is not None:
        raise ForbiddenError("these counts are of all collections, and this key sees only some")
    encode, media_type = choose_encoder(request.headers.get("accept", ""))
    # Not in the thread pool of the routes, which is full just when these numbers are wanted most.
    return Response(await asyncio.to_thread(encode, request.app.state.metrics.registry), media_type=media_type)


def _template(scope: Scope) -> str:
    """The template of the route of a request; ``unmatched`` for the paths of no route, which are without number."""
    root = scope.get("root_path", "")
    mount = root.removeprefix(scope.get("app_root_path", root))
    route, routes = scope.get("route"), scope["app"].routes
    if route is None and "endpoint" in scope:  # FastAPI sets no route for the plain ones of Starlette
        route = next((plain for plain in routes if getattr(plain, "endpoint", None) is scope["endpoint"]), None)
    elif route is None:  # refused before it came to the router, if there is one for it
        known = (context.original_route for context in iter_route_contexts(routes))
        route = next((one for one in known if one.matches(scope)[0] is Match.FULL), None)
    return mount + getattr(route, "path_format", getattr(route, "path", "")) or "unmatched"
