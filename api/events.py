"""An answer as server-sent events, each sent as soon as what it tells is known."""

import logging
import re
from collections.abc import AsyncIterator, Callable, Generator, Iterable
from contextlib import closing
from typing import Any

from fastapi import Request
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic import BaseModel
from quotewise.api import examples, problems, schemas
from quotewise.index.errors import QuotewiseError
from quotewise.rag.answers import Answer, Citation, SearchResult
from starlette.concurrency import iterate_in_threadpool

MEDIA_TYPE = "text/event-stream"


def _described(event: str, model: str) -> dict[str, Any]:
    data = {
        "type": "string",
        "contentMediaType": "application/json",
        "contentSchema": {"$ref": f"#/components/schemas/{model}"},
    }
    return {"type": "object", "properties": {"event": {"const": event}, "data": data}, "required": ["event", "data"]}


Step = SearchResult | Citation | Answer
Steps = Generator[Step, None, None]
EVENTS: dict[str, type[BaseModel]] = {
    "passages": schemas.StreamedPassages,
    "citation": schemas.Citation,
    "answer": schemas.StreamedAnswer,
    "done": schemas.StreamedEnd,
    "error": problems.Problem,
}
RESPONSE: dict[str, Any] = {
    "description": "The answer, at once or as events",
    "content": {
        MEDIA_TYPE: {
            "schema": {"oneOf": [_described(name, model.__name__) for name, model in EVENTS.items()]},
            "example": examples.EVENTS,
        }
    },
}
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_log = logging.getLogger("quotewise")


def wanted(request: Request) -> bool:
    """Whether a request asks for events: by name, and not for JSON by name just as much."""
    quality = dict(map(_ranged, request.headers.get("accept", "").lower().split(",")))
    events = quality.get(MEDIA_TYPE, 0.0)
    json = quality.get("application/json")
    others = max(quality.get("application/*", 0.0), quality.get("*/*", 0.0))
    return events > 0 and (events >= others if json is None else events > json)


def response(
    request: Request, steps: Steps, written: Callable[[Step], Iterable[bytes]], error_event: str | None = "error"
) -> StreamingResponse:
    """What ``written`` makes of each step. Takes the first step at once, so that its error is an ordinary problem.

    A client that goes away stops the work at the end of the step that is being done.
    """
    first = next(steps)

    async def events() -> AsyncIterator[bytes]:
        with closing(steps):
            try:
                for event in written(first):
                    yield event
                async for step in iterate_in_threadpool(steps):
                    for event in written(step):
                        yield event
            except Exception as error:  # noqa: BLE001 - whatever it is, the client and the log are told
                yield format_sse_event(event=error_event, data_str=_told(request, error))

    return StreamingResponse(events(), media_type=MEDIA_TYPE, headers=_HEADERS)


def answer_events(request: Request, steps: Steps) -> StreamingResponse:
    """The events of ``POST /ask``: ``passages``, each ``citation``, ``answer`` and ``done``, or ``error``."""
    passages: list[schemas.Passage] = []
    cited = 0

    def written(step: Step) -> Iterable[bytes]:
        nonlocal cited
        if isinstance(step, SearchResult):
            passages.extend(map(schemas.Passage.of, step.passages))
            yield _event("passages", schemas.StreamedPassages(passages=passages))
        elif isinstance(step, Citation):
            cited += 1
            yield _event("citation", schemas.Citation.of(cited, step))
        else:
            yield _event("answer", schemas.StreamedAnswer.of(step, passages))
            timings = schemas.Timings.of(step.timings_ms)
            yield _event("done", schemas.StreamedEnd(timings_ms=timings, request_id=request.state.id))

    return response(request, steps, written)


def _event(name: str, data: BaseModel) -> bytes:
    return format_sse_event(event=name, data_str=data.model_dump_json())


def _told(request: Request, error: Exception) -> str:
    if isinstance(error, QuotewiseError) and error.code in problems.STATUS_OF_CODE:
        told = problems.problem(request.url.path, error.code, str(error))
    else:
        _log.error("unexpected error in the stream of request %s", request.state.id, exc_info=error)
        told = problems.unforeseen(request.url.path, request.state.id)
    return bytes(told.body).decode()


def _ranged(accepted: str) -> tuple[str, float]:
    """A media range and its quality, 1 where none is given."""
    media_type, _, parameters = accepted.partition(";")
    found = re.search(r"(?:^|;)\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*(?:;|$)", parameters)
    return media_type.strip(), float(found[1]) if found else 1.0
