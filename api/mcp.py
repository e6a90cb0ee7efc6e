"""The Model Context Protocol over the service: tools that ask, search, read and verify, and documents as resources."""

import json
import logging
import re
import uuid
from collections.abc import Callable
from importlib.metadata import version
from typing import Any, TypeVar

import anyio
import mcp_types as types
from fastapi import FastAPI
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.exceptions import MCPError
from pydantic import ValidationError
from quotewise.api import bodies, routes
from quotewise.api.app import create_app
from quotewise.api.keys import LOCAL
from quotewise.api.mcp_tools import TOOLS
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.index.errors import QuotewiseError
from quotewise.index.store import StoredDocument
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SCHEME = "quotewise://documents/"
_PAGE = 100
_LONGEST = 1_000_000
"""Characters of a resource, which is made into JSON in one piece; longer ones are read by lines."""
_Found = TypeVar("_Found")
_Context = ServerRequestContext[Any, Any]
_log = logging.getLogger("quotewise")


def server(reach: Callable[[Request | None], tuple[Service, Request]]) -> Server[Any]:
    """A server of these tools and of documents.

    Args:
        reach: the open service and a request that says who calls, by the HTTP request that a message came in, if it did.
            Raises HTTPException while the service is not ready.
    """

    async def list_tools(context: _Context, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(
            tools=[
                types.Tool(
                    name=name,
                    description=tool.description,
                    input_schema=tool.takes.model_json_schema(),
                    output_schema=tool.gives.model_json_schema(mode="serialization"),
                    annotations=types.ToolAnnotations(read_only_hint=True, open_world_hint=False),
                )
                for name, tool in TOOLS.items()
            ]
        )

    async def call_tool(context: _Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        if params.name not in TOOLS:
            raise MCPError(types.INVALID_PARAMS, f"there is no tool {params.name!r}; there are: {', '.join(TOOLS)}")
        tool = TOOLS[params.name]

        def called() -> types.CallToolResult:
            found = tool.call(tool.takes.model_validate(params.arguments or {}), *reach(context.request))
            given = found.model_dump(mode="json")
            text = types.TextContent(text=json.dumps(given, ensure_ascii=False))
            return types.CallToolResult(content=[text], structured_content=given)

        try:
            return await anyio.to_thread.run_sync(called)
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller and the log are told
            return types.CallToolResult(content=[types.TextContent(text=_told(error))], is_error=True)

    async def list_resources(context: _Context, params: types.PaginatedRequestParams | None) -> types.ListResourcesResult:
        cursor = params.cursor if params else None
        documents, following = await _foreseen(lambda: _documents(*reach(context.request), cursor))
        return types.ListResourcesResult(resources=list(map(_resource, documents)), next_cursor=following)

    async def list_templates(
        context: _Context, params: types.PaginatedRequestParams | None
    ) -> types.ListResourceTemplatesResult:
        described = "The text of a document, by the id that citations give."
        template = types.ResourceTemplate(name="document", uri_template=SCHEME + "{id}", description=described)
        return types.ListResourceTemplatesResult(resource_templates=[template])

    async def read_resource(context: _Context, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        uri = str(params.uri)

        def found() -> types.TextResourceContents:
            service, request = reach(context.request)
            document = routes.document_of(request, service, uri.removeprefix(SCHEME))
            if document.characters > _LONGEST:
                wrong = (
                    f"the document has {document.characters:,} characters; read up to {_LONGEST:,} by the tool read_document"
                )
                raise QuotewiseError(wrong)
            return types.TextResourceContents(
                uri=uri, mime_type=document.media_type, text=service.store.catalogue.text(document.id)
            )

        return types.ReadResourceResult(contents=[await _foreseen(found)])

    return Server(
        "quotewise",
        version=version("quotewise"),
        instructions="Answers are verbatim quotes of the documents: pass them on as they are, with their citations.",
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
    )


def over_http(settings: Settings) -> ASGIApp:
    """Streamable HTTP, without sessions: each request is answered by itself, in JSON. The door has seen to who asks."""
    served = server(_over_http)
    security = TransportSecuritySettings(enable_dns_rebinding_protection=False)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await Request(scope, receive).body()  # here, since the errors of a task group come wrapped
        except ClientDisconnect:
            return
        await bodies.check(body)
        waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Message:
            return waiting.pop() if waiting else await receive()

        manager = StreamableHTTPSessionManager(
            served,
            json_response=True,
            stateless=True,
            security_settings=security,
            max_request_body_size=settings.max_body_bytes,
        )
        async with manager.run():  # of one request, so that nothing has to be kept from start to end of the app
            await manager.handle_request(scope, again, send)

    return answer


def serve_stdio(service: Service) -> None:
    """Serve an open index on standard input and output until the input ends."""
    app = create_app(service, service.settings)
    app.state.service = service
    served = server(lambda _: (service, _in_process(app)))

    async def answer() -> None:
        async with stdio_server() as (messages, answers):
            await served.run(messages, answers, served.create_initialization_options())

    anyio.run(answer)


def _over_http(request: Request | None) -> tuple[Service, Request]:
    assert request is not None
    return routes.service_of(request), request


def _in_process(app: FastAPI) -> Request:
    """The request of who started this process, and may do what that user may."""
    state = {"id": uuid.uuid4().hex, "caller": LOCAL}
    return Request({"type": "http", "method": "POST", "path": "/mcp", "headers": [], "app": app, "state": state})


async def _foreseen(found: Callable[[], _Found]) -> _Found:
    """What is found, in a thread. Raises MCPError in the place of errors that the caller can mend."""
    try:
        return await anyio.to_thread.run_sync(found)
    except (QuotewiseError, HTTPException) as error:
        raise MCPError(types.INVALID_PARAMS, _told(error)) from error


def _documents(service: Service, request: Request, cursor: str | None) -> tuple[list[StoredDocument], str | None]:
    """A page of the documents of the caller's collections, and the cursor of the next."""
    names = [known.name for known in routes.collections(service, request).collections]
    if not names:
        return [], None
    name, _, offset = (cursor or f"{names[0]}/0").rpartition("/")
    if name not in names or not re.fullmatch("[0-9]{1,15}", offset):
        raise QuotewiseError("the cursor is not one that this server gave")
    found = service.store.catalogue.documents(name, int(offset), _PAGE)
    if len(found) == _PAGE:
        return found, f"{name}/{int(offset) + _PAGE}"
    following = names[names.index(name) + 1 :]
    return found, f"{following[0]}/0" if following else None


def _resource(document: StoredDocument) -> types.Resource:
    return types.Resource(
        uri=SCHEME + document.id,
        name=document.path,
        title=document.title,
        mime_type=document.media_type,
        size=document.size_bytes,
    )


def _told(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'arguments'}: {one['msg']}" for one in error.errors()[:5])
    if isinstance(error, HTTPException):
        return error.detail
    if isinstance(error, QuotewiseError):
        return str(error)
    _log.error("unexpected error in a tool", exc_info=error)
    return "an unexpected error; the log of the service says more"
