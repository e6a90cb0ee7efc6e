"""Errors as HTTP responses: RFC 9457 problem details, or the shape that a protocol registers for its path prefix."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from quotewise.api.errors import InternalError
from quotewise.index.errors import ERRORS, QuotewiseError

MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:quotewise:problem:"


class FieldProblem(BaseModel):
    """One field of a request that was not accepted."""

    field: str = Field(description="where it is, such as body.question", examples=["body.top_k"])
    problem: str = Field(description="what is wrong and what would be accepted")


class Problem(BaseModel):
    """Problem details as of RFC 9457."""

    type: str = Field(description="stable identifier of the kind of problem", examples=[f"{_TYPE}unknown-collection"])
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldProblem] = Field(default=[], description="the offending fields, for invalid requests")

    @property
    def code(self) -> str:
        """The last part of ``type``."""
        return self.type.removeprefix(_TYPE)


Shape = Callable[[Problem, Mapping[str, str]], JSONResponse]
_SHAPES: dict[str, Shape] = {}


def register_shape(prefix: str, shape: Shape) -> None:
    """Let a protocol shape every error of requests to paths under ``prefix``, by a function of the problem and the headers."""
    _SHAPES[prefix] = shape


def details(path: str, error: QuotewiseError) -> Problem:
    """The problem details of a request to ``path`` that ended in this error."""
    code = InternalError.code if error.status == 500 else error.code
    return Problem(
        type=_TYPE + code,
        title=code.replace("-", " ").capitalize().replace("json", "JSON"),
        status=error.status,
        detail=str(error),
        instance=path,
        errors=[FieldProblem(field=field, problem=wrong) for field, wrong in getattr(error, "fields", ())],
    )


def response(path: str, error: QuotewiseError) -> JSONResponse:
    """The response to a request to ``path`` that ended in this error."""
    problem = details(path, error)
    headers = {"Retry-After": "1"} if problem.status == 503 else {}
    headers |= getattr(error, "headers", {})
    shape = next((shape for prefix, shape in _SHAPES.items() if path.startswith(prefix)), _rfc9457)
    return shape(problem, headers)


def unexpected(request_id: str) -> InternalError:
    """The error to show for one that nothing foresaw: it discloses nothing but where the log says more."""
    return InternalError(f"an unexpected error; the log of the service says more under {request_id}")


def responses(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI responses of an operation that can end in the errors of these codes; each 503 with its explanation."""
    by_status: dict[int | str, list[str]] = {}
    for code in codes:
        status = ERRORS[code].status
        by_status.setdefault(status, []).append(f"{code}: {ERRORS[code].__doc__}" if status == 503 else code)
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": "; ".join(texts), "content": content} for status, texts in by_status.items()}


def _rfc9457(problem: Problem, headers: Mapping[str, str]) -> JSONResponse:
    return JSONResponse(problem.model_dump(), problem.status, headers, media_type=MEDIA_TYPE)
