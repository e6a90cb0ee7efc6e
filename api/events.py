"""An answer as server-sent events, each sent as soon as its data is known."""

import logging
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import closing
from typing import Any

from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode
from starlette.concurrency import iterate_in_threadpool

from quotewise.api import problems
from quotewise.api.responses import StreamedAnswer, StreamedEnd, StreamedPassages, to_json
from quotewise.api.service import Step
from quotewise.index.errors import QuotewiseError
from quotewise.rag.answers import Citation, SearchResult
from quotewise.rag.passages import Passage

MEDIA_TYPE = "text/event-stream"
EVENTS: dict[str, type] = {
    "passages": StreamedPassages,
    "citation": Citation,
    "answer": StreamedAnswer,
    "done": StreamedEnd,
    "error": problems.Problem,
}
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_log = logging.getLogger("quotewise")


def schemas() -> dict[str, Any]:
    """The JSON schema of each event's data, and of what it refers to, for /openapi.json."""
    models: list[tuple[str, JsonSchemaMode, TypeAdapter[Any]]]
    models = [(name, "serialization", TypeAdapter(model)) for name, model in EVENTS.items()]
    definitions: dict[str, Any] = TypeAdapter.json_schemas(models, ref_template="#/components/schemas/{model}")[1]["$defs"]
    return definitions


def accepted(accept: str) -> bool:
    """Whether the header ``Accept`` prefers events, named as such, to JSON."""
    quality = dict(map(_media_range, accept.lower().split(",")))
    events = quality.get(MEDIA_TYPE, 0.0)
    json = quality.get("application/json")
    others = max(quality.get("application/*", 0.0), quality.get("*/*", 0.0))
    return events > 0 and (events >= others if json is None else events > json)


def response(
    path: str,
    request_id: str,
    steps: Iterator[Step],
    to_events: Callable[[Step], Iterable[bytes]],
    error_event: str | None = "error",
) -> StreamingResponse:
    """The events of all steps, and of an error of the request to ``path``.

    The first step is taken at once, so that its error becomes an ordinary response. When the client
    disconnects, the work is cancelled at the end of the current step.
    """
    first = next(steps)

    async def events() -> AsyncIterator[bytes]:
        with closing(steps):  # type: ignore[type-var]
            try:
                for event in to_events(first):
                    yield event
                async for step in iterate_in_threadpool(steps):
                    for event in to_events(step):
                        yield event
            except Exception as error:  # noqa: BLE001 - whatever it is, the client and the log get to know
                yield format_sse_event(event=error_event, data_str=_error(path, request_id, error))

    return StreamingResponse(events(), media_type=MEDIA_TYPE, headers=_HEADERS)


def answer_events(path: str, request_id: str, steps: Iterator[Step]) -> StreamingResponse:
    """The events of ``POST /ask``: ``passages``, each ``citation``, ``answer`` and ``done``, or ``error``."""
    places: dict[tuple[str, int, int], int] = {}

    def place(of: Passage | Citation) -> tuple[str, int, int]:
        return of.document.id, of.start, of.end

    def to_events(step: Step) -> Iterator[bytes]:
        if isinstance(step, SearchResult):
            places.update((place(passage), number) for number, passage in enumerate(step.passages))
            yield _event("passages", StreamedPassages(step.passages))
        elif isinstance(step, Citation):
            yield _event("citation", step)
        else:
            yield _event("answer", StreamedAnswer.of(step, closest=[places[place(citation)] for citation in step.closest]))
            yield _event("done", StreamedEnd(step.timings_ms, request_id))

    return response(path, request_id, steps, to_events)


def _event(name: str, data: Any) -> bytes:
    return format_sse_event(event=name, data_str=to_json(data).decode())


def _error(path: str, request_id: str, error: Exception) -> str:
    if not isinstance(error, QuotewiseError) or error.status == 500:
        _log.error("unexpected error in the stream of request %s", request_id, exc_info=error)
        error = problems.unexpected(request_id)
    return bytes(problems.response(path, error).body).decode()


def _media_range(accepted: str) -> tuple[str, float]:
    """A media range and its quality, by default 1."""
    media_type, _, parameters = accepted.partition(";")
    quality = re.search(r"(?:^|;)\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*(?:;|$)", parameters)
    return media_type.strip(), float(quality[1]) if quality else 1.0
