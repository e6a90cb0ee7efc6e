"""The requests of OpenAI's chat completions, the question of a conversation, and the shape of errors."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi.responses import JSONResponse
from pydantic import BaseModel, BeforeValidator, Field

from quotewise.api.chat_tasks import Task, recognise
from quotewise.api.errors import InvalidRequestError
from quotewise.api.problems import Problem
from quotewise.api.prompts import question_in, quotes_in
from quotewise.api.requests import MAX_QUESTION, MAX_TURNS, CollectionName, Strict, UnicodeText
from quotewise.rag.followups import Turn

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


class JsonSchema(BaseModel):
    """The schema of a JSON response."""

    schema_: dict[str, Any] | None = Field(default=None, alias="schema")


class ResponseFormat(BaseModel):
    """Quotes are text; the answer to a task is JSON where it is asked for."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchema | None = None


class Function(BaseModel):
    """A function, whose arguments are the answer to a task; others have no effect."""

    name: str = Field(max_length=MAX_QUESTION)
    parameters: dict[str, Any] | None = None


class Tool(BaseModel):
    """A function, or anything else, which has no effect."""

    type: str | None = None
    function: Function | None = None


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
    tools: Annotated[list[Tool], Field(max_length=MAX_PARTS, fail_fast=True)] | None = None
    tool_choice: Literal["none", "auto", "required"] | Tool | None = None
    response_format: ResponseFormat | None = None
    modalities: Annotated[list[Literal["text"]], Field(max_length=MAX_PARTS, fail_fast=True)] | None = None
    quotewise: Options = Options()

    def question(self) -> str:
        """The question in the last message. Raises InvalidRequestError where that is no question of the user."""
        question = question_in(self._prompt())
        if self._function() is not None:
            raise _invalid("tool_choice", "a question is answered with quotes; should be none or auto")
        if self.response_format and self.response_format.type != "text":
            raise _invalid("response_format.type", "a question is answered with quotes; should be text")
        if len(question) > MAX_QUESTION:
            raise _invalid(
                f"messages.{len(self.messages) - 1}.content", f"should have a question of 1 to {MAX_QUESTION:,} characters"
            )
        return question

    def task(self) -> tuple[Task, str | None] | None:
        """The task that the last message is, instead of a question, and the function that its answer has to call.

        Some frontends give it, such as to summarise the conversation, as a message of the system.
        """
        function = self._function()
        demanded = self.response_format.json_schema if self.response_format else None
        schema = function.parameters if function else demanded.schema_ if demanded else None
        is_json = bool(self.response_format and self.response_format.type != "text")
        *earlier, last = self.messages
        system = "\n".join(message.text for message in earlier if message.role in _DIRECTING)
        history = self.history()
        prompt = last.text if history and last.role in _DIRECTING else self._prompt()
        task = recognise(system, prompt, history, schema, is_json or function is not None)
        return (task, function.name if function else None) if task else None

    def _prompt(self) -> str:
        last = len(self.messages) - 1
        if all(message.role != "user" for message in self.messages):
            raise _invalid("messages", "should have a message of the user")
        if self.messages[last].role != "user":
            raise _invalid(f"messages.{last}.role", "the last message should be the user's")
        prompt = self.messages[last].text
        if not prompt.strip():
            raise _invalid(f"messages.{last}.content", f"should be a question of 1 to {MAX_QUESTION:,} characters")
        return prompt

    def _function(self) -> Function | None:
        """The function that has to be called."""
        choice, functions = self.tool_choice, [tool.function for tool in self.tools or () if tool.function]
        if isinstance(choice, Tool):
            name = choice.function.name if choice.function else ""
            return next((function for function in functions if function.name == name), Function(name=name))
        return (functions[0] if functions else Function(name="")) if choice == "required" else None

    def history(self) -> tuple[Turn, ...]:
        """The latest turns before the question: a question of the user, and the quotes of the response to it."""
        turns: list[Turn] = []
        for message in self.messages[:-1]:
            if message.role == "user" and message.text.strip():
                turns.append(Turn(question_in(message.text)[:MAX_QUESTION], ()))
            elif message.role == "assistant" and turns:
                turns[-1] = Turn(turns[-1].question, quotes_in(message.text))
        return tuple(turns[-MAX_TURNS:])


_DIRECTING = ("system", "developer")
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


def _invalid(field: str, wrong: str) -> InvalidRequestError:
    return InvalidRequestError(f"body.{field}: {wrong}", [(f"body.{field}", wrong)])
