"""The JSON shapes of OpenAI's chat completions, and what a conversation in them asks."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, BeforeValidator, Field
from quotewise.api import schemas

NOT_FOUND = "The documents do not answer this question."
CLOSEST = "The closest passages:"
MAX_MESSAGES = 4000
MAX_PARTS = 100


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
        list[TextPart],
        Field(default=[], max_length=MAX_PARTS, fail_fast=True),
        BeforeValidator(_parts, json_schema_input_type=str | list[TextPart] | None),
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
    messages: Annotated[list[Message], Field(min_length=1, max_length=MAX_MESSAGES, fail_fast=True)]
    stream: bool | None = Field(default=None, strict=True)
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None
    tool_choice: Literal["none", "auto"] | None = None
    response_format: ResponseFormat | None = None
    modalities: Annotated[list[Literal["text"]], Field(max_length=MAX_PARTS, fail_fast=True)] | None = None
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
