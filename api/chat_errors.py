"""Problems in the shape that clients of OpenAI's API expect, for everything under ``/v1/``."""

import re
from collections.abc import Mapping

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from quotewise.api import problems
from quotewise.api.problems import Problem

PREFIX = "/v1/"
_TYPE_OF_STATUS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_CODE_OF = {
    "unauthorized": "invalid_api_key",
    "unknown-collection": "model_not_found",
    "too-many-requests": "rate_limit_exceeded",
}


class Error(BaseModel):
    """What went wrong; ``param`` is the field at fault, such as ``messages[0].content[1].type``."""

    message: str
    type: str
    param: str | None
    code: str = Field(examples=["model_not_found"])


class ErrorResponse(BaseModel):
    """An error."""

    error: Error


def response(problem: Problem, headers: Mapping[str, str]) -> JSONResponse:
    """A problem in the shape of OpenAI's errors."""
    named = [(_param(wrong.field), wrong.problem) for wrong in problem.errors]
    error = Error(
        message="; ".join(f"{param}: {wrong}" for param, wrong in named) or problem.detail,
        type=_TYPE_OF_STATUS.get(problem.status, "invalid_request_error" if problem.status < 500 else "server_error"),
        param=named[0][0] if named else "model" if problem.code == "unknown-collection" else None,
        code=_CODE_OF.get(problem.code, problem.code.replace("-", "_")),
    )
    return JSONResponse(ErrorResponse(error=error).model_dump(), 400 if problem.status == 422 else problem.status, headers)


def _param(field: str) -> str:
    return re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", field.removeprefix("body."))


problems.register_shape(PREFIX, response)
