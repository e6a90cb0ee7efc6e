"""OpenAI's chat completions over quotes: a model is a collection, and the content is quotes with numbers in brackets."""

import json
import re
import time
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from fastapi.sse import format_sse_event

from quotewise.api import events, problems
from quotewise.api.links import view_url
from quotewise.api.openai_models import ChatRequest, error_response
from quotewise.api.prompts import NOT_FOUND, POSSIBLE, SURE
from quotewise.api.requests import CollectionName
from quotewise.api.responses import AskResponse, to_python
from quotewise.api.routes import REFUSALS, Called, json_only
from quotewise.api.service import Service, Step
from quotewise.index.printable import printable
from quotewise.rag.answers import Answer, Citation, SearchResult, Timings
from quotewise.rag.followups import standalone
from quotewise.rag.pipeline import AskOptions

_PREFIX = "/v1"
_ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}}}
_ERRORS: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "the request cannot be answered", "content": _ERROR},
    "5XX": {"description": "the service cannot answer", "content": _ERROR},
}
problems.register_shape(f"{_PREFIX}/", error_response)
_DEFAULT: dict[str, Any] = {"default": {"summary": "The default collection", "value": "default"}}
Links = Annotated[
    bool, Header(alias="Quotewise-Links", description="as `quotewise.links`, for frontends that add headers but no fields")
]
router = APIRouter(prefix=_PREFIX, dependencies=[Depends(json_only)], responses=REFUSALS | _ERRORS)


@router.post("/chat/completions")
def complete(body: ChatRequest, call: Called, request: Request, links: Links = False) -> Response:
    """Answer the last question of a conversation with quotes, as OpenAI's API would; with `stream` in parts."""
    service, caller, request_id = call
    name = service.existing_collection(caller, body.model)
    base = service.settings.public_url or str(request.base_url)
    completion = _Completion(body, service, request_id, base, links or body.quotewise.links)
    if found := body.task():
        task, function = found
        content = task.answer(
            lambda question, turns: standalone(question, turns, service.embedder_of(name)),
            lambda: service.overview(caller, name).questions,
        )
        if body.stream:
            return StreamingResponse(completion.task_chunks(content, function), media_type=events.MEDIA_TYPE)
        return JSONResponse(completion.task(content, function))
    question, options = body.question(), AskOptions(history=body.history())
    if body.stream:
        steps = service.stream(caller, question, name, options, request_id)
        return events.response(request.url.path, request_id, steps, completion.chunks, error_event=None)
    return JSONResponse(completion.whole(service.ask(caller, question, name, options, request_id)))


@router.get("/models")
def models(call: Called) -> Response:
    """The collections, each of which is a model."""
    return JSONResponse({"object": "list", "data": [_model(c.name) for c in call.service.collections(call.caller).collections]})


@router.get("/models/{model}")
def model(name: Annotated[CollectionName, Path(alias="model", openapi_examples=_DEFAULT)], call: Called) -> Response:
    """A collection as a model."""
    return JSONResponse(_model(call.service.existing_collection(call.caller, name)))


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "quotewise"}


def _cited(answer: Answer) -> Sequence[Citation]:
    """The quotes, or the beginnings of the closest passages."""
    return answer.citations if answer.answered else [passage.begun() for passage in answer.closest]


def _link_title(place: str) -> str:
    """A place as the title of a link in Markdown."""
    escaped = re.sub(r'([\\"])', r"\\\1", printable(place))
    return f'"{escaped}"'


class _Completion:
    """The response to a request, at once or in parts; links in the content begin with ``base``."""

    def __init__(self, body: ChatRequest, service: Service, request_id: str, base: str, with_links: bool) -> None:
        self._head: dict[str, Any] = {"id": f"chatcmpl-{request_id}", "created": int(time.time()), "model": body.model}
        self._body, self._service, self._request_id, self._base = body, service, request_id, base
        self._with_links = with_links

    def whole(self, answer: Answer) -> dict[str, Any]:
        """The response with the whole answer."""
        content, annotations = self._content(answer)
        message = {"role": "assistant", "content": content, "refusal": None, "annotations": annotations}
        sources = [self._source(citation) for citation in _cited(answer)]
        return self._whole(message, content, quotewise=self._answer(answer), sources=sources)

    def task(self, content: str, function: str | None) -> dict[str, Any]:
        """The response with the answer to a task, as the arguments of a function where one has to be called."""
        nothing = Answer("", False, 0.0, 0.0, None, (), (), None, Timings(0, 0, 0, 0))
        finish_reason = "tool_calls" if function is not None else "stop"
        return self._whole(self._task_message(content, function), content, finish_reason, quotewise=self._answer(nothing))

    def task_chunks(self, content: str, function: str | None) -> Iterator[bytes]:
        """The same as a stream."""
        yield self._chunk(self._task_message(content, function))
        yield self._chunk({}, "tool_calls" if function is not None else "stop")
        yield from self._closing(content)

    def chunks(self, step: Step) -> Iterator[bytes]:
        """The parts of a stream that a step completes."""
        if isinstance(step, SearchResult):
            yield self._chunk({"role": "assistant", "content": ""})
        elif isinstance(step, Citation):
            separator = "\n" if step.id > 1 else ""
            yield self._chunk(
                {"content": f"{separator}{step.quote} [{step.id}]"}, event={"type": "source", "data": self._source(step)}
            )
        else:
            content, annotations = self._content(step)
            if rest := self._end(step, annotations) if step.answered else content:
                yield self._chunk({"content": rest})
            for citation in () if step.answered else _cited(step):
                yield self._chunk({}, event={"type": "source", "data": self._source(citation)})
            yield self._chunk({"annotations": annotations}, quotewise=self._answer(step))
            yield self._chunk({}, "stop")
            yield from self._closing(content)

    def _content(self, answer: Answer) -> tuple[str, list[dict[str, Any]]]:
        """The whole content, and where its quotes stand in it."""
        content = "" if answer.answered else NOT_FOUND
        annotations = []
        for citation in _cited(answer):
            content += "\n" if content else ""
            annotations.append(self._annotation(len(content), citation))
            content += f"{citation.quote} [{citation.id}]"
        return content + self._end(answer, annotations), annotations

    def _answer(self, answer: Answer) -> Any:
        return to_python(AskResponse.of(answer, passages=None, request_id=self._request_id))

    def _usage(self, content: str) -> dict[str, int]:
        texts = [self._body.messages[-1].text, content]
        prompt, completion = self._service.embedder_of(self._body.model).count_tokens(texts)
        return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}

    def _annotation(self, start: int, citation: Citation) -> dict[str, Any]:
        document = citation.document
        url = view_url(self._base, document, citation.start, citation.end)
        end = start + len(citation.quote)
        marked = {"start_index": start, "end_index": end, "url": url, "title": document.at(citation.place)}
        return {"type": "url_citation", "url_citation": marked}

    def _end(self, answer: Answer, annotations: Sequence[dict[str, Any]]) -> str:
        """What follows the quotes: how sure they are, and links."""
        word = POSSIBLE if answer.state == "possible" else SURE
        sure = f"\n\n{word}: {answer.confidence:.0%}" if answer.answered else ""
        if not self._with_links:
            return sure
        links = ((number, note["url_citation"]) for number, note in enumerate(annotations, 1))
        return f"{sure}\n" + "".join(f"\n[{number}]: {link['url']} {_link_title(link['title'])}" for number, link in links)

    def _source(self, citation: Citation) -> dict[str, Any]:
        """A citation as Open WebUI has it, whose dialog shows the name, with a link, and the quote."""
        name, url = citation.document.at(citation.place), view_url(self._base, citation.document, citation.start, citation.end)
        marked = {"source": url, "source_url": url, "name": name, "external": True}  # else it shows the address as the name
        return {"source": {"name": name, "url": url}, "document": [citation.quote], "metadata": [marked]}

    def _task_message(self, content: str, function: str | None) -> dict[str, Any]:
        if function is None:
            return {"role": "assistant", "content": content}
        called = {"name": function, "arguments": content}
        return {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"index": 0, "id": "call_0", "type": "function", "function": called}],
        }

    def _whole(self, message: dict[str, Any], content: str, finish_reason: str = "stop", **extra: Any) -> dict[str, Any]:
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish_reason}
        return {**self._head, "object": "chat.completion", "choices": [choice], "usage": self._usage(content), **extra}

    def _closing(self, content: str) -> Iterator[bytes]:
        if self._body.stream_options and self._body.stream_options.include_usage:
            yield self._data({"choices": [], "usage": self._usage(content)})
        yield format_sse_event(data_str="[DONE]")

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None, **extra: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return self._data({"choices": [choice], **extra})

    def _data(self, rest: dict[str, Any]) -> bytes:
        return format_sse_event(data_str=json.dumps({**self._head, "object": "chat.completion.chunk", **rest}))
