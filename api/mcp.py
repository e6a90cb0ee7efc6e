"""The Model Context Protocol over the service: tools that ask, search, read, verify and manage, and documents as resources."""

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self, get_type_hints
from uuid import uuid4

import mcp_types as types
from anyio.to_thread import run_sync
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
from mcp.server.mcpserver.tools import Tool
from mcp.server.mcpserver.utilities.func_metadata import ArgModelBase
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.exceptions import MCPError
from pydantic import Field, TypeAdapter, model_validator
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from quotewise.api import mcp_changes, requests, responses
from quotewise.api.callers import LOCAL, Caller
from quotewise.api.errors import InvalidRequestError
from quotewise.api.links import view_url
from quotewise.api.routes import Call, answer, call_of, find_passages
from quotewise.api.running_service import RunningService
from quotewise.api.service import Service
from quotewise.index.errors import QuotewiseError, UnknownDocumentError
from quotewise.index.files import is_address
from quotewise.index.store import StoredDocument
from quotewise.rag.answers import Citation
from quotewise.rag.passages import Passage
from quotewise.rag.verification import Verification

_SCHEME = "quotewise://documents/"
_PAGE = 100
_MAX_RESOURCE = 1_000_000
"""Characters of a resource, which is sent as JSON in one piece; longer documents are read by lines."""
_INSTRUCTIONS = "Answers are verbatim quotes of the documents: pass them on as they are, with their citations."
CallOf = Callable[[Any], Call]
"""The call of the HTTP request of a message, which is None over stdio."""


class ReadRequest(requests.Strict):
    """Which lines of a document to read."""

    document_id: requests.DocumentId = Field(description="as in a citation")
    line_start: int = Field(default=1, ge=1, le=2**53, description="first line, from 1, as in a citation")
    line_end: int | None = Field(default=None, ge=1, le=2**53, description="last line; by default the first")
    around: int = Field(default=10, ge=0, le=1000, description="lines to add before and after")

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.line_end is not None and self.line_end < self.line_start:
            raise ValueError("line_end should not be before line_start")
        return self


class VerifyRequest(requests.Claim):
    """A citation to check, as another tool returned it."""

    collection: requests.CollectionName | None = None


class CollectionsRequest(requests.Strict):
    """Nothing needs to be said."""


def ask(body: requests.AskRequest, call: Call) -> responses.AskResponse:
    """Answer a question in the documents' own words: verbatim quotes, each with a citation of where it stands.

    Where `state` is `none` the documents do not say, and `closest` has the beginnings of passages that come nearest; where
    it is `possible` the quotes are more likely not to answer than to answer.
    """
    found = answer(body, call)
    return replace(found, closest=tuple(passage.begun() for passage in found.closest))


def search(body: requests.SearchRequest, call: Call) -> responses.SearchResponse:
    """The passages of the documents closest to a question or some words, whether they answer it or not."""
    return find_passages(body, call)


def read_document(body: ReadRequest, call: Call) -> responses.Excerpt:
    """Read lines of a document, such as those around a citation."""
    last = body.line_end or body.line_start
    return call.service.read_lines(call.caller, body.document_id, body.line_start, last, body.around)


def verify_citation(body: VerifyRequest, call: Call) -> Verification:
    """Whether a quote still stands in its file where its citation says: valid, changed or missing."""
    return call.service.verify(call.caller, [body.value()], body.collection)[0]


def list_collections(body: CollectionsRequest, call: Call) -> responses.CollectionList:
    """The collections of documents, which the other tools can be limited to by name."""
    return call.service.collections(call.caller)


_READING = (ask, search, read_document, verify_citation, list_collections)
_READING_NAMES = {function.__name__ for function in _READING}


def create_server(call_of: CallOf) -> MCPServer:
    """A server of the tools and of documents; ``call_of`` takes the HTTP request of a message, which is None over stdio."""

    async def list_for_caller(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        """Here, since the SDK lists the same tools and resources to everybody, on one page."""
        try:
            if ctx.method == "resources/list":
                return await run_sync(_documents, call_of(ctx.request), (ctx.params or {}).get("cursor"))
            found = await call_next(ctx)
            if ctx.method == "tools/list" and not call_of(ctx.request).caller.has_scope("manage"):
                assert isinstance(found, dict)  # as it is sent
                return {**found, "tools": [tool for tool in found["tools"] if tool["name"] in _READING_NAMES]}
            return found
        except QuotewiseError as error:
            raise MCPError(types.INVALID_PARAMS, str(error)) from error

    server = MCPServer(
        "quotewise",
        version=version("quotewise"),
        instructions=_INSTRUCTIONS,
        log_level="WARNING",
        tools=[_tool(function, call_of) for function in (*_READING, *mcp_changes.TOOLS)],
        middleware=[list_for_caller],
    )

    @server.resource(_SCHEME + "{id}", name="document")
    def document(context: Context, id: str) -> str:
        """The text of a document, by the id that citations give."""
        try:
            service, caller, _ = call_of(context.request_context.request)
            stored = service.document(caller, id)
            if stored.characters > _MAX_RESOURCE:
                limit = f"read up to {_MAX_RESOURCE:,} by the tool read_document"
                raise ResourceError(f"the document has {stored.characters:,} characters; {limit}")
            return "".join(service.text(caller, id))
        except UnknownDocumentError as error:
            raise ResourceNotFoundError(str(error)) from error
        except QuotewiseError as error:
            raise ResourceError(str(error)) from error

    return server


def _limited_call(request: Request) -> Call:
    """The call of an HTTP request, limited as its address says: ``collection=NAME``, and ``manage=true`` to change anything."""
    call = call_of(request)
    names = tuple(request.query_params.getlist("collection"))
    for name in names:
        call.caller.require_access(name)
    manages = request.query_params.get("manage") == "true"
    if manages:
        call.caller.require("manage")
    return call._replace(caller=_limited(call.caller, names, manages))


def _limited(caller: Caller, only: Sequence[str], manages: bool) -> Caller:
    """A caller with ``only`` some collections, and who may change nothing unless a client wants that.

    Documents are read by the model that calls the tools, and one of them may tell it to delete the others.
    """
    scopes = caller.scopes if manages or not caller.has_scope("ask") else ("ask",)
    return replace(caller, scopes=scopes, collections=tuple(only) or caller.collections)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Streamable HTTP without sessions: each request is answered on its own, in JSON, after the middleware authenticated it."""
    _server.streamable_http_app(
        json_response=True,
        stateless_http=True,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        max_request_body_size=sys.maxsize,  # since ``BodyLimits`` comes first
    )
    manager = _server.session_manager
    async with manager.run():  # for one request, so that nothing runs between requests
        await manager.handle_request(scope, receive, send)


def local_server(service: Service, only: Sequence[str] = (), manages: bool = False) -> MCPServer:
    """A server of an open index, or of ``only`` some of its collections, for the user of this process.

    With ``manages`` its tools also change documents and collections. Raises UnknownCollectionError.
    """
    caller = _limited(LOCAL, [service.existing_collection(LOCAL, name) for name in only], manages)
    return create_server(lambda _: Call(service, caller, uuid4().hex))


def _tool(function: Callable[..., Any], call_of: CallOf) -> Tool:
    """A tool whose arguments are the fields of the request ``body``, and whose result is the JSON of the returned value."""
    hints = get_type_hints(function)
    request: type[requests.Strict] = hints["body"]

    def run(context: Context, **arguments: Any) -> types.CallToolResult:
        request = context.request_context.request
        try:
            call = call_of(request)
            value = function(arguments["body"], call)
            links = _links(value, call, request)
        except QuotewiseError as error:
            raise ToolError(str(error)) from error
        text = types.TextContent(text=responses.to_json(value).decode())
        return types.CallToolResult(content=[text, *links], structured_content=responses.to_python(value))

    tool = Tool.from_function(
        run,
        name=function.__name__,
        description=function.__doc__,
        annotations=types.ToolAnnotations(
            read_only_hint=function in _READING, destructive_hint=function.__name__.startswith("delete"), open_world_hint=False
        ),
        structured_output=False,
    )
    in_one_piece = {"model_dump_one_level": lambda self: {"body": self}}
    metadata = tool.fn_metadata
    metadata.arg_model = type(request.__name__, (request, ArgModelBase), in_one_piece)
    metadata.output_schema = TypeAdapter(hints["return"]).json_schema(mode="serialization")
    tool.parameters = metadata.arg_model.model_json_schema()
    return tool


def _links(value: Any, call: Call, request: Request | None) -> list[types.ResourceLink]:
    """A link to the place of each citation or passage of a result, which the user of a client can follow."""
    if isinstance(value, responses.AskResponse):
        cited: Sequence[Citation | Passage] = value.citations or value.closest
    else:
        cited = value.passages if isinstance(value, responses.SearchResponse) else ()
    if not cited:
        return []
    settings = call.service.settings
    base = settings.public_url or (str(request.base_url) if request else None)
    if base is None and (running := RunningService.on(settings.index)):
        base = running.url
    return [_link(one, base, call) for one in cited]


def _link(cited: Citation | Passage, base: str | None, call: Call) -> types.ResourceLink:
    """To the page of a service at ``base``; without one to the line of the file; without that to the document's text."""
    document, media_type = cited.document, "text/html"
    if base:
        uri = view_url(base, document, cited.start, cited.end)
    else:
        root = call.service.store.catalogue.collection(call.service.document(call.caller, document.id).collection).root
        file = Path(root, document.path)
        is_there = not is_address(root) and file.is_file()
        uri = f"{file.as_uri()}#L{cited.line_start}" if is_there else _SCHEME + document.id
        media_type = document.media_type if is_there else "text/plain"
    return types.ResourceLink(uri=uri, name=document.path, title=document.at(cited.place), mime_type=media_type)


def _documents(call: Call, cursor: str | None) -> types.ListResourcesResult:
    """A page of the documents of the caller's collections; the cursor names a collection and an offset."""
    names = [known.name for known in call.service.collections(call.caller).collections]
    if not names:
        return types.ListResourcesResult(resources=[])
    name, _, offset = (cursor or f"{names[0]}/0").rpartition("/")
    if name not in names or not re.fullmatch("[0-9]{1,15}", offset):
        raise InvalidRequestError("the cursor is not from this server")
    documents = call.service.documents(call.caller, name, int(offset), _PAGE).documents
    following: str | None
    if len(documents) == _PAGE:
        following = f"{name}/{int(offset) + _PAGE}"
    else:
        following = next((f"{later}/0" for later in names[names.index(name) + 1 :]), None)
    return types.ListResourcesResult(resources=list(map(_resource, documents)), next_cursor=following)


def _resource(document: StoredDocument) -> types.Resource:
    uri, size = _SCHEME + document.id, document.size_bytes
    return types.Resource(uri=uri, name=document.path, title=document.title, mime_type="text/plain", size=size)


_server = create_server(_limited_call)
