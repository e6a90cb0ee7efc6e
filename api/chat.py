"""OpenAI's chat completions over quotes: one model a collection, and the answer is quotes with numbers in brackets."""

import json
import re
import time
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Depends, Path, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic import BaseModel, BeforeValidator, Field

from api import chat_errors, examples, routes, schemas, streaming
from api.service import Service
from rag.answering import SearchResult
from rag.answers import Answer, Citation

NOT_FOUND = "The documents do not answer this question."
CLOSEST = "The closest passages:"
_ERRORS: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "the request cannot be answered", "model": chat_errors.ErrorResponse},
    "5XX": {"description": "the service cannot answer", "model": chat_errors.ErrorResponse},
}
_STREAM = {
    "description": "The answer, at once or in parts",
    "content": {
        streaming.MEDIA_TYPE: {
            "schema": {
                "type": "object",
                "properties": {"data": {"type": "string", "description": "a `chat.completion.chunk`, and last `[DONE]`"}},
                "required": ["data"],
            }
        }
    },
}
router = APIRouter(prefix="/v1", dependencies=[Depends(routes.json_only)], responses=_ERRORS)


class TextPart(BaseModel):
    """A part of a message; images, audio and files are not read."""

    type: Literal["text"]
    text: schemas.UnicodeText


def _parts(content: object) -> object:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content or []


class Message(BaseModel):
    """A message of the conversation; those of the system are passed over."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Annotated[
        list[TextPart], BeforeValidator(_parts, json_schema_input_type=str | list[TextPart] | None), Field(default=[])
    ]
    tool_calls: list[Any] | None = Field(default=None, max_length=0)
    function_call: None = None

    @property
    def text(self) -> str:
        return "\n".join(part.text for part in self.content)


class StreamOptions(BaseModel):
    """What else is streamed."""

    include_usage: bool | None = Field(default=None, strict=True)


class ResponseFormat(BaseModel):
    """Quotes are text."""

    type: Literal["text"]


class Options(schemas.Strict):
    """What is asked for beyond OpenAI's parameters; ``links`` makes each ``[1]`` of the content a link, in Markdown."""

    links: bool = Field(default=False, strict=True)


class ChatRequest(BaseModel):
    """A conversation whose last message is the user's question; other parameters than these have no effect."""

    model: schemas.CollectionName = Field(description="a collection")
    messages: list[Message] = Field(min_length=1)
    stream: bool | None = Field(default=None, strict=True)
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None
    tool_choice: Literal["none", "auto"] | None = None
    response_format: ResponseFormat | None = None
    modalities: list[Literal["text"]] | None = None
    quotewise: Options = Options()

    def question(self) -> schemas.AskRequest:
        """What is asked, and what was before. Raises RequestValidationError."""
        last = len(self.messages) - 1
        if all(message.role != "user" for message in self.messages):
            raise _invalid(("messages",), "should have a message of the user")
        if self.messages[last].role != "user":
            raise _invalid(("messages", last, "role"), "the last message should be the user's")
        asked = self.messages[last].text
        if not asked.strip() or len(asked) > schemas.MAX_QUESTION:
            limit = f"should be a question of 1 to {schemas.MAX_QUESTION:,} characters"
            raise _invalid(("messages", last, "content"), limit)
        return schemas.AskRequest(question=asked, collection=self.model, history=_history(self.messages[:last]))


class UrlCitation(BaseModel):
    """The quote that is ``[start_index, end_index)`` of the content, in Unicode code points, and where it stands."""

    start_index: int
    end_index: int
    url: str
    title: str


class Annotation(BaseModel):
    """A quote of the content."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class AnswerMessage(BaseModel):
    """Quotes, each followed by its number, or that there are none and the closest passages."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation]


class Choice(BaseModel):
    """The one answer."""

    index: Literal[0] = 0
    message: AnswerMessage
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class Usage(BaseModel):
    """Word pieces of the question and of the content, as the collection's embedder counts them."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatCompletion(BaseModel):
    """An answer; ``quotewise`` is all that ``POST /ask`` says."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    quotewise: schemas.AskResponse


class Model(BaseModel):
    """A collection."""

    id: str
    object: Literal["model"] = "model"
    created: Literal[0] = 0
    owned_by: Literal["quotewise"] = "quotewise"


class ModelList(BaseModel):
    """All collections."""

    object: Literal["list"] = "list"
    data: list[Model]


@router.post("/chat/completions", response_model=ChatCompletion, responses={200: _STREAM})
def complete(
    asked: Annotated[ChatRequest, Body(openapi_examples=examples.CHAT)], service: routes.Open, request: Request
) -> ChatCompletion | StreamingResponse:
    """Answer the last question of a conversation with quotes, as OpenAI's API would; with `stream` in parts."""
    model(asked.model, service, request)
    completion = _Completion(asked, service, request)
    steps = routes.steps_of(asked.question(), service, request)
    if asked.stream:
        return streaming.response(request, steps, completion.chunks, error_event=None)
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
    return Model(id=service.store.collection(routes.collection_of(request, service, name)).name)


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
        prompt, completion = self._service.answerer.embedder_of(self._asked.model).count_tokens(texts)
        return Usage(prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion)

    def chunks(self, step: streaming.Step) -> Iterable[bytes]:
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
        url = f"{self._base}/documents/{document.id}/view?start={citation.start}&end={citation.end}"
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


def _history(messages: Sequence[Message]) -> list[schemas.HistoryTurn]:
    """The latest turns: a question of the user, and the quotes of what was said to it."""
    turns: list[schemas.HistoryTurn] = []
    for message in messages:
        text = message.text
        if message.role == "user" and text.strip():
            turns.append(schemas.HistoryTurn(question=text.strip()[: schemas.MAX_QUESTION]))
        elif message.role == "assistant" and turns:
            turns[-1] = schemas.HistoryTurn(question=turns[-1].question, quotes=_quotes(text))
    return turns[-schemas.MAX_TURNS :]


def _quotes(content: str) -> list[str]:
    """The quotes of an answer as ``_Completion.written`` puts them; closest passages are none."""
    quotes: list[str] = []
    start = 0
    for number in range(1, schemas.MAX_QUOTED + 1):
        found = re.compile(rf" \[{number}\](?:\n|$)").search(content, start)
        if found is None or content.startswith(NOT_FOUND):
            break
        quotes.append(content[start : found.start()])
        start = found.end()
    return [quote for quote in quotes if len(quote) <= schemas.MAX_TEXT]


def _invalid(place: tuple[str | int, ...], wrong: str) -> RequestValidationError:
    return RequestValidationError([{"type": "value_error", "loc": ("body", *place), "msg": wrong}])
