"""Errors as RFC 9457 problem details: a stable ``type``, the offending field, and what would be accepted."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from quotewise.api import chat_errors
from quotewise.index.errors import QuotewiseError
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:quotewise:problem:"
_MOST_ERRORS = 20
_LONGEST_FIELD = 200
_MOST_PARAMETERS = 50
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

STATUS_OF_CODE = {
    "malformed-json": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "local-only": 403,
    "unknown-collection": 404,
    "unknown-document": 404,
    "unknown-job": 404,
    "unknown-request": 404,
    "not-found": 404,
    "method-not-allowed": 405,
    "request-timeout": 408,
    "embedder-mismatch": 409,
    "folder-read-only": 409,
    "path-taken": 409,
    "precondition-failed": 412,
    "payload-too-large": 413,
    "unsupported-media-type": 415,
    "invalid-request": 422,
    "too-many-requests": 429,
    "invalid-name": 422,
    "invalid-path": 422,
    "unreadable-document": 422,
    "internal-error": 500,
    "not-ready": 503,
    "cannot-start": 503,
    "index-locked": 503,
    "index-damaged": 503,
    "index-unavailable": 503,
    "index-rebuilding": 503,
    "document-damaged": 503,
    "descriptors-exhausted": 503,
    "index-missing": 503,
    "index-version": 503,
    "embedder-unavailable": 503,
    "reader-unavailable": 503,
    "keys-unavailable": 503,
    "folder-unavailable": 503,
    "overloaded": 503,
    "stopped": 503,
}
WHY_UNAVAILABLE = {
    "overloaded": "too many questions or uploads at once, or no turn in ten seconds; ask again",
    "not-ready": "the index is still being opened or the models loaded; ask again",
    "stopped": "the service is stopping; what was asked is not done",
    "index-locked": "another process is writing to the index, or its search is being brought up to date; ask again",
    "index-rebuilding": "the search is being made again from the catalogue; ask again",
    "cannot-start": "the index or a model cannot be used; mend that and start the service again",
    "index-unavailable": "the disk or its permissions stand in the way of the index",
    "index-damaged": "the catalogue is damaged; restore it from a backup, or index again",
    "index-missing": "the index is gone",
    "index-version": "the index was made by a newer version",
    "keys-unavailable": "the file of the keys cannot be read",
    "document-damaged": "the stored text of the document is damaged, and it is read again from its file when next indexed",
    "descriptors-exhausted": "the process can hardly open further files; raise its limit of open files",
    "folder-unavailable": "the folder of the collection is gone",
    "embedder-unavailable": "the embedder of the collection cannot be loaded",
    "reader-unavailable": "the reader cannot be loaded",
}
"""What each code of the status 503 means, of which only those that say so are over soon."""
_CODE_OF_STATUS = {
    400: "malformed-json",
    404: "not-found",
    405: "method-not-allowed",
    413: "payload-too-large",
    415: "unsupported-media-type",
    503: "overloaded",
}


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


class UnsupportedMediaTypeError(HTTPException):
    """A body of another type than JSON."""

    def __init__(self, found: str) -> None:
        super().__init__(415, f"the content type is {found or 'missing'}; expected application/json")


class ExcessError(HTTPException):
    """A body of more values than any request has."""

    def __init__(self, wrong: str) -> None:
        super().__init__(422, wrong)


def problem(
    path: str, code: str, detail: str, errors: list[FieldProblem] | None = None, headers: dict[str, str] | None = None
) -> JSONResponse:
    """A problem response for the request to ``path``, in OpenAI's shape where that is under its prefix."""
    return response(details(path, code, detail, errors), headers)


def response(body: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    """A response with these problem details."""
    if body.status == 503:
        headers = {"Retry-After": "1", **(headers or {})}
    if body.instance.startswith(chat_errors.PREFIX):
        code = body.type.removeprefix(_TYPE)
        return chat_errors.response(body.status, code, body.detail, [(e.field, e.problem) for e in body.errors], headers)
    return JSONResponse(body.model_dump(), body.status, headers, media_type=MEDIA_TYPE)


def details(path: str, code: str, detail: str, errors: list[FieldProblem] | None = None) -> Problem:
    """The body of a problem response for the request to ``path``."""
    return Problem(
        type=_TYPE + code,
        title=code.replace("-", " ").capitalize().replace("json", "JSON"),
        status=STATUS_OF_CODE[code],
        detail=detail,
        instance=path,
        errors=errors or [],
    )


def details_of(path: str, error: QuotewiseError) -> Problem:
    """The body of the response to a request to ``path`` that failed with this error."""
    return details(path, error.code if error.code in STATUS_OF_CODE else "internal-error", str(error))


def unforeseen(path: str, request_id: str) -> JSONResponse:
    """The problem of an error that nothing foresaw, which tells nothing of the inside."""
    return problem(path, "internal-error", f"an unexpected error; the log of the service says more under {request_id}")


def responses(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI entries for these problems."""
    by_status: dict[int | str, list[str]] = {}
    for code in codes:
        by_status.setdefault(STATUS_OF_CODE[code], []).append(code)
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    described = {status: "; ".join(map(_described, names)) for status, names in by_status.items()}
    return {status: {"description": text, "content": {MEDIA_TYPE: schema}} for status, text in described.items()}


def _described(code: str) -> str:
    return f"{code}: {WHY_UNAVAILABLE[code]}" if code in WHY_UNAVAILABLE else code


def install(app: FastAPI) -> None:
    """Answer every error of an app with problem details."""

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        path = request.url.path
        if any(e["type"] == "json_invalid" for e in error.errors()):
            reason = error.errors()[0].get("ctx", {}).get("error", "it cannot be parsed")
            return problem(path, "malformed-json", f"the body is not JSON: {reason}")
        first = error.errors()[:_MOST_ERRORS]
        errors = [FieldProblem(field=_field(e["loc"]), problem=e["msg"]) for e in first]
        detail = "; ".join(f"{e.field}: {e.problem}" for e in errors[:5])
        return problem(path, "invalid-request", detail, errors)

    @app.exception_handler(QuotewiseError)
    async def known(request: Request, error: QuotewiseError) -> JSONResponse:
        return response(details_of(request.url.path, error))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        code = _CODE_OF_STATUS.get(error.status_code, "invalid-request")
        detail = error.detail
        if error.status_code == 400:
            detail = "the body is not JSON: it is not UTF-8, nested too deep or holds too long a number"
        if detail == HTTPStatus(error.status_code).phrase:
            detail = f"{request.method} {request.url.path} is not part of this service; see /openapi.json"
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = _allowed(request)
        if isinstance(error, ExcessError):
            return problem(request.url.path, code, f"body: {detail}", [FieldProblem(field="body", problem=detail)])
        return problem(request.url.path, code, detail, headers=headers)


def _allowed(request: Request) -> str:
    """The methods of all routes of an address, where the router tells those of the first."""
    scopes = {method: {**request.scope, "method": method} for method in _METHODS}
    matches = {method: any(r.matches(scope)[0] is Match.FULL for r in request.app.routes) for method, scope in scopes.items()}
    return ", ".join(method for method, matched in matches.items() if matched)


def _field(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location))[:_LONGEST_FIELD]


class SizeLimit:
    """ASGI middleware that refuses to read bodies of more than ``limit`` bytes, by declared length or as they arrive.

    What is put is a document, which may have ``uploads`` bytes. Of a query no more than its length is looked at.
    """

    def __init__(self, app: ASGIApp, limit: int, uploads: int) -> None:
        self._app = app
        self._limit = limit
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("query_string", b"").count(b"&") >= _MOST_PARAMETERS:
            wrong = f"should have at most {_MOST_PARAMETERS} parameters"
            await problem(scope["path"], "invalid-request", f"query: {wrong}", [FieldProblem(field="query", problem=wrong)])(
                scope, receive, send
            )
            return
        limit = self._uploads if scope.get("method") == "PUT" else self._limit
        declared = dict(scope.get("headers", ())).get(b"content-length", b"")
        seen = int(declared) if declared.isdigit() and int(declared) > limit else 0

        async def bounded() -> Message:
            nonlocal seen
            message = await receive() if seen <= limit else {}
            seen += len(message.get("body", b""))
            if seen > limit:
                raise HTTPException(413, f"the body is larger than {limit:,} bytes")
            return message

        await self._app(scope, bounded if scope["type"] == "http" else receive, send)
