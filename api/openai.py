"""OpenAI's chat completions over quotes: one model a collection, and the answer is quotes with numbers in brackets."""

import json
import time
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Request
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from quotewise.api import chat_errors, events, examples, routes, schemas
from quotewise.api.bodies import JsonRoute
from quotewise.api.openai_schemas import (
    CLOSEST,
    NOT_FOUND,
    Annotation,
    AnswerMessage,
    ChatCompletion,
    ChatRequest,
    Choice,
    Model,
    ModelList,
    UrlCitation,
    Usage,
)
from quotewise.api.service import Service
from quotewise.rag.answers import Answer, Citation, SearchResult

_ERRORS: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "the request cannot be answered", "model": chat_errors.ErrorResponse},
    "5XX": {"description": "the service cannot answer", "model": chat_errors.ErrorResponse},
}
_DIGITS = 16
"""Of the sha256 in a link, by which the page sees that a document has changed."""
_STREAM = {
    "description": "The answer, at once or in parts",
    "content": {
        events.MEDIA_TYPE: {
            "schema": {
                "type": "object",
                "properties": {"data": {"type": "string", "description": "a `chat.completion.chunk`, and last `[DONE]`"}},
                "required": ["data"],
            }
        }
    },
}
router = APIRouter(prefix="/v1", dependencies=[Depends(routes.json_only)], responses=_ERRORS, route_class=JsonRoute)


@router.post("/chat/completions", response_model=ChatCompletion, responses={200: _STREAM})
def complete(
    asked: Annotated[ChatRequest, Body(openapi_examples=examples.CHAT)], service: routes.Open, request: Request
) -> ChatCompletion | StreamingResponse:
    """Answer the last question of a conversation with quotes, as OpenAI's API would; with `stream` in parts."""
    model(asked.model, service, request)
    completion = _Completion(asked, service, request)
    steps = routes.steps_of(asked.question(), service, request)
    if asked.stream:
        return events.response(request, steps, completion.chunks, error_event=None)
    *_, answer = steps
    assert isinstance(answer, Answer)
    content, annotations = completion.written(answer)
    return ChatCompletion(
        **completion.head,
        choices=[Choice(message=AnswerMessage(content=content, annotations=annotations))],
        usage=completion.usage(content),
        quotewise=schemas.AskResponse.of(answer, request.state.id),
    )


@router.get("/models")
def models(service: routes.Open, request: Request) -> ModelList:
    """The collections, each of which is a model."""
    return ModelList(data=[Model(id=known.name) for known in routes.collections(service, request).collections])


@router.get("/models/{model}")
def model(
    name: Annotated[schemas.CollectionName, Path(alias="model", openapi_examples=examples.MODEL)],
    service: routes.Open,
    request: Request,
) -> Model:
    """A collection as a model."""
    return Model(id=service.store.catalogue.collection(routes.collection_of(request, service, name)).name)


class _Completion:
    """What an answer becomes, at once or in parts."""

    def __init__(self, asked: ChatRequest, service: Service, request: Request) -> None:
        self.head: dict[str, Any] = {
            "id": f"chatcmpl-{request.state.id}",
            "created": int(time.time()),
            "model": asked.model,
        }
        self._asked, self._service, self._request = asked, service, request
        self._base = (service.settings.public_url or str(request.base_url)).rstrip("/")
        self._cited = 0

    def written(self, answer: Answer) -> tuple[str, list[Annotation]]:
        """The whole content, and where its quotes stand in it."""
        shown = answer.citations if answer.answered else answer.closest
        content = "" if answer.answered else f"{NOT_FOUND}\n{CLOSEST}" if shown else NOT_FOUND
        annotations = []
        for number, citation in enumerate(shown, 1):
            content += "\n" if content else ""
            annotations.append(self._annotation(len(content), citation))
            content += f"{citation.quote} [{number}]"
        return content + self._links(annotations), annotations

    def usage(self, content: str) -> Usage:
        texts = [self._asked.messages[-1].text, content]
        prompt, completion = self._service.pipeline.embedder_of(self._asked.model).count_tokens(texts)
        return Usage(prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion)

    def chunks(self, step: events.Step) -> Iterable[bytes]:
        """The parts of a stream that a step makes known."""
        if isinstance(step, SearchResult):
            yield self._chunk({"role": "assistant", "content": ""})
        elif isinstance(step, Citation):
            self._cited += 1
            joint = "\n" if self._cited > 1 else ""
            yield self._chunk({"content": f"{joint}{step.quote} [{self._cited}]"})
        else:
            content, annotations = self.written(step)
            if rest := self._links(annotations) if step.answered else content:
                yield self._chunk({"content": rest})
            answer = schemas.AskResponse.of(step, self._request.state.id)
            noted = [annotation.model_dump() for annotation in annotations]
            yield self._chunk({"annotations": noted}, quotewise=answer.model_dump())
            yield self._chunk({}, "stop")
            if self._asked.stream_options and self._asked.stream_options.include_usage:
                yield self._data({"choices": [], "usage": self.usage(content).model_dump()})
            yield format_sse_event(data_str="[DONE]")

    def _annotation(self, start: int, citation: Citation) -> Annotation:
        document = citation.document
        place = f"start={citation.start}&end={citation.end}&sha256={document.sha256[:_DIGITS]}"
        url = f"{self._base}/documents/{document.id}/view?{place}"
        end = start + len(citation.quote)
        return Annotation(url_citation=UrlCitation(start_index=start, end_index=end, url=url, title=document.title))

    def _links(self, annotations: Sequence[Annotation]) -> str:
        if not self._asked.quotewise.links:
            return ""
        return "\n" + "".join(f"\n[{number}]: {one.url_citation.url}" for number, one in enumerate(annotations, 1))

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None, **extra: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return self._data({"choices": [choice], **extra})

    def _data(self, rest: dict[str, Any]) -> bytes:
        return format_sse_event(data_str=json.dumps({**self.head, "object": "chat.completion.chunk", **rest}))
