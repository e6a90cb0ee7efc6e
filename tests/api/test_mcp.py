import json
import os
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, Resource, ResourceLink

from quotewise.api import mcp
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from quotewise.index.printable import MAX_BEGINNING
from tests.api.command_line import Run, check_complaint
from tests.api.conftest import NOTES, Refused, ready
from tests.conftest import SEED, SEEDS, WHY

MCP_PAGE = Path(mcp.__file__).with_name("MCP.md")
SEED_ID = "b2b170137b3621de"
QUOTEWISE = Path(sys.executable).with_name("quotewise")
Walk = Callable[[Client], Awaitable[None]]


def over_http(client: httpx.Client, walk: Walk, mode: str = "auto", query: str = "") -> None:
    async def connected() -> None:
        async with Client(f"{client.base_url}/mcp{query}", mode=mode) as found:
            await walk(found)

    anyio.run(connected)


def in_process(index: Path, walk: Walk, *only: str) -> None:
    async def connected() -> None:
        with Service.open(Settings(index=index)) as service:
            async with Client(mcp.local_server(service, only)) as found:
                await walk(found)

    anyio.run(connected)


def over_stdio(index: Path, walk: Walk, *options: str) -> None:
    kept = {name: os.environ.get(name, "") for name in ("PYTHONPATH", "HF_HUB_OFFLINE", "QUOTEWISE_READER")}
    environment = {"QUOTEWISE_INDEX": str(index), **kept}

    async def connected() -> None:
        async with Client(StdioServerParameters(command=str(QUOTEWISE), args=["mcp", *options], env=environment)) as found:
            await walk(found)

    anyio.run(connected)


async def called(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert isinstance(result, CallToolResult)
    assert not result.is_error, result.content
    found: dict[str, Any] = result.structured_content
    return found


async def refused(client: Client, tool: str, **arguments: Any) -> str:
    result = await client.call_tool(tool, arguments)
    assert isinstance(result, CallToolResult)
    assert (result.is_error, result.structured_content) == (True, None)
    (content,) = result.content
    assert content.type == "text"
    assert "Traceback" not in content.text
    return content.text


async def links(client: Client, tool: str, **arguments: Any) -> list[ResourceLink]:
    result = await client.call_tool(tool, arguments)
    return [content for content in result.content if isinstance(content, ResourceLink)]


async def pages(client: Client) -> list[list[Resource]]:
    """All pages of the list of documents, which is bounded lest it never ends."""
    found, cursor = [], None
    for _ in range(20):
        page = await client.list_resources(cursor=cursor)
        found.append(page.resources)
        if (cursor := page.next_cursor) is None:
            return found
    raise AssertionError("the list does not end")


async def everything(client: Client) -> None:
    """Ask, read around the citation, check it, and find its document among the resources."""
    tools = (await client.list_tools()).tools
    assert {tool.name for tool in tools} == {"ask", "search", "read_document", "verify_citation", "list_collections"}
    assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools)
    collections = (await called(client, "list_collections"))["collections"]
    assert {"default", "notes"} <= {collection["name"] for collection in collections}
    answer = await called(client, "ask", question=WHY)
    citation = answer["citations"][0]
    text = (SEEDS / SEED).read_bytes().decode()
    assert text[citation["start"] : citation["end"]] == citation["quote"]

    lines = {"document_id": citation["document"]["id"], "line_start": citation["line_start"], "line_end": citation["line_end"]}
    exactly = await called(client, "read_document", **lines, around=0)
    assert text[exactly["start"] : exactly["end"]] == exactly["text"]
    assert (exactly["line_start"], exactly["line_end"]) == (citation["line_start"], citation["line_end"])
    assert citation["quote"] in exactly["text"]
    around = await called(client, "read_document", **lines)
    assert exactly["text"] in around["text"] == text
    assert around["lines"] == around["line_end"] == len(text.splitlines())

    assert (await called(client, "verify_citation", **citation))["verdict"] == "valid"
    forged = {**citation, "quote": "Russia heeded the warning."}
    assert (await called(client, "verify_citation", **forged))["verdict"] == "changed"

    passages = (await called(client, "search", question="Where was tea first drunk?", collection="notes", top_k=1))["passages"]
    assert "China" in passages[0]["text"]

    (template,) = (await client.list_resource_templates()).resource_templates
    resources = [resource for page in await pages(client) for resource in page]
    assert {resource.name for resource in resources} == {SEED, *NOTES}
    uri = template.uri_template.format(id=citation["document"]["id"])
    assert uri in {resource.uri for resource in resources}
    (content,) = (await client.read_resource(uri)).contents
    assert content.model_dump()["text"] == text


async def every_mistake(client: Client) -> None:
    """What a model can get wrong comes back in words that help it on."""
    assert "question" in await refused(client, "ask", question=" ")
    assert "question" in await refused(client, "ask")
    assert "folders" in await refused(client, "ask", question=WHY, folders=["notes"])
    assert "there is no collection 'nowhere'" in await refused(client, "search", question=WHY, collection="nowhere")
    seed = (await client.list_resources()).resources[0].uri.rpartition("/")[2]
    assert "10 lines" in await refused(client, "read_document", document_id=seed, line_start=11)
    assert "10 lines" in await refused(client, "read_document", document_id=seed, line_start=3, line_end=2**53)
    assert "before" in await refused(client, "read_document", document_id=seed, line_start=3, line_end=2)
    assert "line_start" in await refused(client, "read_document", document_id=seed, line_start=0)
    assert "there is no document" in await refused(client, "read_document", document_id="0" * 16)
    assert "document_id" in await refused(client, "read_document", document_id="../../etc/passwd")
    assert "sha256" in await refused(client, "verify_citation", quote="x", start=0, end=1, document={"path": "/etc/passwd"})
    assert "answer" in await refused(client, "answer")
    for failing in (
        client.read_resource("quotewise://documents/0000000000000000"),
        client.read_resource("file:///etc/passwd"),
        client.list_resources(cursor="elsewhere/0"),
        client.list_resources(cursor="default/-1"),
    ):
        with pytest.raises(MCPError):
            await failing


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_a_client_over_http_asks_reads_verifies_and_finds_documents(client: httpx.Client, mode: str) -> None:
    over_http(client, everything, mode)


def test_a_client_over_standard_input_gets_the_same(library: Path) -> None:
    async def both(client: Client) -> None:
        await everything(client)
        await every_mistake(client)

    over_stdio(library, both)


def test_mistakes_over_http_are_told_in_words(client: httpx.Client) -> None:
    over_http(client, every_mistake)


async def only_notes(client: Client) -> None:
    """Whatever is asked for, there are no documents but the notes."""
    question = {"question": "Where was tea first drunk?"}
    assert "China" in (await called(client, "ask", **question))["answer"]
    for tool in ("ask", "search"):
        assert "may not use that collection" in await refused(client, tool, **question, collection="default")
    assert {resource.name for page in await pages(client) for resource in page} == {*NOTES}
    assert "there is no document" in await refused(client, "read_document", document_id=SEED_ID)
    with pytest.raises(MCPError):
        await client.read_resource(f"quotewise://documents/{SEED_ID}")


def test_the_tools_can_be_limited_to_a_collection(client: httpx.Client, library: Path) -> None:
    over_http(client, only_notes, query="?collection=notes")
    in_process(library, only_notes, "notes")


async def managing(client: Client) -> None:
    """Make, rename and delete a collection and a document of it."""
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    destructive = {name for name, tool in tools.items() if tool.annotations and tool.annotations.destructive_hint}
    assert destructive == {"delete_document", "delete_collection"}
    added = {"collection": "leases", "path": "lease.md", "text": "The rent of the mill is 840 euros."}
    await called(client, "add_document", **added)
    assert "there is" in await refused(client, "add_document", **added)
    document = await called(client, "add_document", **{**added, "text": "The rent of the mill is 910 euros.", "replace": True})
    moved = await called(client, "rename_document", document_id=document["id"], path="mill/lease.md")
    assert (moved["collection"], moved["path"], moved["sha256"]) == ("leases", "mill/lease.md", document["sha256"])
    assert "ending" in await refused(client, "rename_document", document_id=moved["id"], path="lease")
    assert "there is no document" in await refused(client, "delete_document", document_id=document["id"])
    await called(client, "rename_collection", collection="leases", name="contracts")
    question = {"question": "What is the rent of the mill?", "threshold": 0}
    found = await called(client, "ask", **question, collections=["contracts", "default"], filter={"paths": ["mill/lease.md"]})
    assert "910 euros" in found["answer"]
    removed = await called(client, "delete_document", document_id=found["citations"][0]["document"]["id"])
    assert removed == {"collection": "contracts", "path": "mill/lease.md"}
    assert "come from a folder" in await refused(client, "delete_collection", collection="default")
    await called(client, "delete_collection", collection="contracts")
    assert [one["name"] for one in (await called(client, "list_collections"))["collections"]] == ["default"]


async def reading_only(client: Client) -> None:
    """What is not offered is not done either, since a document may tell a model to try."""
    assert "manage" in await refused(client, "delete_document", document_id=SEED_ID)
    assert "manage" in await refused(client, "delete_collection", collection="notes")
    assert "manage" in await refused(client, "add_document", collection="notes", path="a.txt", text="x")


def test_documents_and_collections_are_changed_only_where_a_client_asks_for_that(
    client: httpx.Client, library: Path, run: Run, tmp_path: Path
) -> None:
    over_http(client, reading_only)
    in_process(library, reading_only)
    index = tmp_path / "index"
    assert run("index", SEEDS).code == 0
    over_stdio(index, managing, "--manage")
    with ready(Settings(index=index)) as service:
        over_http(service, managing, query="?manage=true")


def test_results_over_http_link_to_the_page_of_each_place(client: httpx.Client) -> None:
    async def linked(mcp_client: Client) -> None:
        found = await called(mcp_client, "ask", question=WHY)
        shown = await links(mcp_client, "ask", question=WHY)
        assert [link.title for link in shown] == [f"{SEED}, {citation['place']}" for citation in found["citations"]]
        page = httpx.URL(shown[0].uri)
        span = {"start": str(found["citations"][0]["start"]), "end": str(found["citations"][0]["end"])}
        assert span.items() <= dict(page.params).items()
        assert client.get(page).headers["content-type"].startswith("text/html")
        assert page.path == f"/documents/{SEED_ID}/view"
        assert len(await links(mcp_client, "search", question=WHY, top_k=1)) == 1
        assert await links(mcp_client, "read_document", document_id=SEED_ID) == []

    over_http(client, linked)


def test_where_nothing_answers_a_model_gets_the_beginnings_of_passages(client: httpx.Client) -> None:
    async def unanswered(client: Client) -> None:
        found = await called(client, "ask", question=WHY, threshold=1)
        (begun,) = found["closest"]
        (whole,) = (await called(client, "search", question=WHY))["passages"]
        assert whole["text"].startswith(begun["quote"])
        assert begun["end"] - begun["start"] == len(begun["quote"]) <= MAX_BEGINNING < len(whole["text"])

    over_http(client, unanswered)


def test_results_without_a_service_link_to_the_line_of_the_file(library: Path) -> None:
    async def to_files(client: Client) -> None:
        first, *_ = await links(client, "ask", question=WHY)
        assert (first.uri, first.mime_type) == (f"{(SEEDS / SEED).as_uri()}#L3", "text/plain")
        named, *_ = await links(client, "search", question="When did the café open?", collection="notes")
        assert "games/caf%C3%A9%20%F0%9F%8D%A4.txt#L1" in named.uri

    in_process(library, to_files)


def test_documents_are_listed_a_page_at_a_time(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    async def listed(client: Client) -> None:
        assert [[resource.name for resource in page] for page in await pages(client)] == [[SEED], [], paths[:2], paths[2:], []]

    paths = sorted(NOTES)
    monkeypatch.setattr(mcp, "_PAGE", 2)
    over_http(client, listed)


def test_the_command_prints_nothing_but_the_protocol_and_ends_with_its_input(library: Path) -> None:
    done = subprocess.run(
        [QUOTEWISE, "mcp", "--index", library], input=b"no JSON\n", capture_output=True, timeout=60, check=True
    )
    assert all(line.startswith(b'{"jsonrpc":"2.0"') for line in done.stdout.splitlines())
    assert b"Traceback" not in done.stderr


def test_the_command_says_in_one_line_that_there_is_no_index(tmp_path: Path) -> None:
    done = subprocess.run([QUOTEWISE, "mcp", "--index", tmp_path / "none"], capture_output=True, timeout=60, input=b"")
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (1, b"", 1)


@pytest.mark.parametrize("block", re.findall("```json\n(.*?)```", MCP_PAGE.read_text(encoding="utf-8"), re.DOTALL))
def test_the_settings_of_clients_are_json_that_starts_the_command_or_names_its_address(block: str, run: Run) -> None:
    ((_, servers),) = json.loads(block).items()
    for server in servers.values():
        if "url" in server:
            assert httpx.URL(server["url"]).path == "/mcp"
            continue
        assert (server["command"], server["args"][:3]) == ("uvx", ["--from", "/PATH/TO/quotewise", "quotewise"])
        check_complaint(run(*server["args"][3:]), "there is no index in /PATH/TO/.quotewise")


INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}
ACCEPTED = {"Accept": "application/json, text/event-stream"}


def test_web_pages_do_not_reach_a_service_without_keys(client: httpx.Client) -> None:
    assert client.post("/mcp", json=INITIALIZE, headers=ACCEPTED).status_code == 200
    for page in ({"Host": "rebound.example.org"}, {"Origin": "https://www.example.org"}):
        assert client.post("/mcp", json=INITIALIZE, headers={**ACCEPTED, **page}).status_code == 403


def test_a_body_that_is_too_large_gets_a_problem_whether_or_not_it_says_so(client: httpx.Client, refused: Refused) -> None:
    for body in (b" " * 1_000_001, (b" " * 65_536 for _ in range(20))):
        response = client.post("/mcp", content=body, headers={**ACCEPTED, "Content-Type": "application/json"})
        refused(response, 413, "payload-too-large")


def test_there_is_no_stream_to_hold_open(client: httpx.Client) -> None:
    assert client.get("/mcp", headers={"Accept": "text/event-stream"}).status_code == 405
    assert client.delete("/mcp").status_code == 405
