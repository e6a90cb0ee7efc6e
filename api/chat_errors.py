"""Problems in the shape that clients of OpenAI's API expect, for everything under ``/v1/``."""

import re
from collections.abc import Sequence

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

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


def response(
    status: int, code: str, detail: str, fields: Sequence[tuple[str, str]], headers: dict[str, str] | None
) -> JSONResponse:
    """A problem as OpenAI would put it; ``fields`` are those at fault, with what is wrong."""
    named = [(_param(field), wrong) for field, wrong in fields]
    error = Error(
        message="; ".join(f"{param}: {wrong}" for param, wrong in named) or detail,
        type=_TYPE_OF_STATUS.get(status, "invalid_request_error" if status < 500 else "server_error"),
        param=named[0][0] if named else "model" if code == "unknown-collection" else None,
        code=_CODE_OF.get(code, code.replace("-", "_")),
    )
    return JSONResponse(ErrorResponse(error=error).model_dump(), 400 if status == 422 else status, headers)


def _param(field: str) -> str:
    return re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", field.removeprefix("body."))
