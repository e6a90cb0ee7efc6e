"""The requests of OpenAI's chat completions, the question of a conversation, and the shape of errors."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi.responses import JSONResponse
from pydantic import BaseModel, BeforeValidator, Field

from quotewise.api.errors import InvalidRequestError
from quotewise.api.problems import Problem
from quotewise.api.requests import MAX_QUESTION, MAX_TEXT, MAX_TURN_QUOTES, MAX_TURNS, CollectionName, Strict, UnicodeText
from quotewise.rag.followups import Turn

NOT_FOUND = "The documents do not answer this question."
CLOSEST = "The closest passages:"
POSSIBLE = "This is possibly an answer."
MAX_MESSAGES = 4000
MAX_PARTS = 100


class TextPart(BaseModel):
    """A part of a message; images, audio and files are not read."""

    type: Literal["text"]
    text: UnicodeText


def _parts(content: object) -> object:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content or []


class Message(BaseModel):
    """A message of the conversation; those of the system are ignored."""

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
        """The text of all parts."""
        return "\n".join(part.text for part in self.content)


class StreamOptions(BaseModel):
    """What a stream holds besides the answer."""

    include_usage: bool | None = Field(default=None, strict=True)


class ResponseFormat(BaseModel):
    """Quotes are text."""

    type: Literal["text"]


class Options(Strict):
    """Options beyond OpenAI's parameters; ``links`` makes each ``[1]`` of the content a link, in Markdown."""

    links: bool = Field(default=False, strict=True)


class ChatRequest(BaseModel):
    """A conversation whose last message is the user's question; other parameters than these have no effect."""

    model: CollectionName = Field(description="a collection")
    messages: Annotated[list[Message], Field(min_length=1, max_length=MAX_MESSAGES, fail_fast=True)]
    stream: bool | None = Field(default=None, strict=True)
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None
    tool_choice: Literal["none", "auto"] | None = None
    response_format: ResponseFormat | None = None
    modalities: Annotated[list[Literal["text"]], Field(max_length=MAX_PARTS, fail_fast=True)] | None = None
    quotewise: Options = Options()

    def question(self) -> str:
        """The last message. Raises InvalidRequestError where that is no question of the user."""
        last = len(self.messages) - 1
        if all(message.role != "user" for message in self.messages):
            raise _invalid("messages", "should have a message of the user")
        if self.messages[last].role != "user":
            raise _invalid(f"messages.{last}.role", "the last message should be the user's")
        question = self.messages[last].text
        if not question.strip() or len(question) > MAX_QUESTION:
            raise _invalid(f"messages.{last}.content", f"should be a question of 1 to {MAX_QUESTION:,} characters")
        return question

    def history(self) -> tuple[Turn, ...]:
        """The latest turns before the question: a question of the user, and the quotes of the response to it."""
        turns: list[Turn] = []
        for message in self.messages[:-1]:
            if message.role == "user" and message.text.strip():
                turns.append(Turn(message.text.strip()[:MAX_QUESTION], ()))
            elif message.role == "assistant" and turns:
                turns[-1] = Turn(turns[-1].question, _quotes(message.text))
        return tuple(turns[-MAX_TURNS:])


_TYPE_OF_STATUS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_CODE_OF = {
    "unauthorized": "invalid_api_key",
    "unknown-collection": "model_not_found",
    "too-many-requests": "rate_limit_exceeded",
}


def error_response(problem: Problem, headers: Mapping[str, str]) -> JSONResponse:
    """A problem in the shape of OpenAI's errors."""
    fields = [(re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", e.field.removeprefix("body.")), e.problem) for e in problem.errors]
    error = {
        "message": "; ".join(f"{field}: {wrong}" for field, wrong in fields) or problem.detail,
        "type": _TYPE_OF_STATUS.get(problem.status, "invalid_request_error" if problem.status < 500 else "server_error"),
        "param": fields[0][0] if fields else "model" if problem.code == "unknown-collection" else None,
        "code": _CODE_OF.get(problem.code, problem.code.replace("-", "_")),
    }
    return JSONResponse({"error": error}, 400 if problem.status == 422 else problem.status, headers)


def _quotes(content: str) -> tuple[str, ...]:
    """The quotes of an answer in the form that ``openai`` gives it; the closest passages are none."""
    quotes: list[str] = []
    start = 0
    for number in range(1, MAX_TURN_QUOTES + 1):
        mark = re.compile(rf" \[{number}\](?:\n|$)").search(content, start)
        if mark is None or content.startswith(NOT_FOUND):
            break
        quotes.append(content[start : mark.start()])
        start = mark.end()
    return tuple(quote for quote in quotes if len(quote) <= MAX_TEXT)


def _invalid(field: str, wrong: str) -> InvalidRequestError:
    return InvalidRequestError(f"body.{field}: {wrong}", [(f"body.{field}", wrong)])
