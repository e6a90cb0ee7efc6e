"""Errors as HTTP responses: RFC 9457 problem details, or the shape that a protocol registers for its path prefix."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from quotewise.api.errors import (
    InternalError,
    InvalidRequestError,
    MalformedJsonError,
    MethodNotAllowedError,
    NotFoundError,
    RequestError,
)
from quotewise.index.errors import ERRORS, QuotewiseError
from starlette.exceptions import HTTPException
from starlette.routing import Match

MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:quotewise:problem:"
_MAX_FIELDS = 20
_MAX_FIELD_NAME = 200
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


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


def install(app: FastAPI) -> None:
    """Shape every error of an app."""

    @app.exception_handler(QuotewiseError)
    async def known(request: Request, error: QuotewiseError) -> JSONResponse:
        return response(request.scope["path"], error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return response(request.scope["path"], _validation_error(error))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        return response(request.scope["path"], _framework_error(request, error))


def _validation_error(error: RequestValidationError) -> RequestError:
    wrong = error.errors()
    if any(e["type"] == "json_invalid" for e in wrong):
        return MalformedJsonError(f"the body is not JSON: {wrong[0].get('ctx', {}).get('error', 'it cannot be parsed')}")
    fields = [(".".join(map(str, e["loc"]))[:_MAX_FIELD_NAME], e["msg"]) for e in wrong[:_MAX_FIELDS]]
    return InvalidRequestError("; ".join(f"{field}: {message}" for field, message in fields[:5]), fields)


def _framework_error(request: Request, error: HTTPException) -> QuotewiseError:
    """An error of FastAPI or Starlette as one of ours. FastAPI wraps what reading the body raises."""
    if isinstance(error.__cause__, QuotewiseError):
        return error.__cause__
    if error.status_code == 400:
        return MalformedJsonError("the body is not JSON: it is not UTF-8, nested too deep or holds too long a number")
    detail = error.detail
    if detail == HTTPStatus(error.status_code).phrase:
        detail = f"{request.method} {request.url.path} is not part of this service; see /openapi.json"
    if error.status_code == 405:
        return MethodNotAllowedError(detail, headers={"Allow": _allowed_methods(request)})
    return NotFoundError(detail) if error.status_code == 404 else InvalidRequestError(detail)


def _allowed_methods(request: Request) -> str:
    """The methods of all routes of an address; Starlette names those of the first only."""
    scopes = {method: {**request.scope, "method": method} for method in _METHODS}
    matches = {method: any(r.matches(scope)[0] is Match.FULL for r in request.app.routes) for method, scope in scopes.items()}
    return ", ".join(method for method, matched in matches.items() if matched)


def _rfc9457(problem: Problem, headers: Mapping[str, str]) -> JSONResponse:
    return JSONResponse(problem.model_dump(), problem.status, headers, media_type=MEDIA_TYPE)
