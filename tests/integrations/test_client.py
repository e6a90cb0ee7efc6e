"""The clients of Python and of TypeScript, against a service that runs."""

import asyncio
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from quotewise.index.errors import QuotewiseError
from quotewise.integrations.client import AsyncClient, Client, ServiceError
from quotewise.integrations.generation import WRITTEN
from quotewise.integrations.operations import Citation, DocumentFilter, Job, StoredDocument, StreamedAnswer, StreamedEnd
from tests.npm import installed

TEA, QUOTE = "Where was tea first drunk?", "Tea was first drunk in southwest China."
TYPESCRIPT = Path(__file__).parent.parent.parent / "integrations" / "typescript"


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.suffix)
def test_both_are_what_the_openapi_document_makes(path: Path, openapi: dict[str, Any]) -> None:
    run = "curl localhost:8000/openapi.json | python -m quotewise.integrations.generation"
    assert path.read_text(encoding="utf-8") == WRITTEN[path](openapi), run


def test_answers_are_values_whose_citations_verify(client: httpx.Client) -> None:
    with Client(str(client.base_url)) as service:
        answer = service.ask(TEA, max_quotes=1, filter=DocumentFilter(path_prefix="hot drinks/"))
        (citation,) = answer.citations
        assert (answer.state, citation.quote, citation.document.path) == ("answer", QUOTE, "hot drinks/tea.md")
        assert [result.verdict for result in service.verify_citations(answer.citations).results] == ["valid"]
        assert service.text(citation.document.id, start=citation.start, end=citation.end) == QUOTE
        assert httpx.get(service.link(citation)).headers["content-type"].startswith("text/html")
        assert service.search(TEA).passages[0].document == citation.document


def test_answers_come_as_events_too_and_may_be_awaited(client: httpx.Client) -> None:
    async def asked() -> tuple[Any, list[Any]]:
        async with AsyncClient(str(client.base_url)) as service:
            return await service.ask(TEA, max_quotes=1), [event async for event in service.ask_events(TEA, max_quotes=1)]

    answer, events = asyncio.run(asked())
    with Client(str(client.base_url)) as service:
        assert [type(event) for event in service.ask_events(TEA, max_quotes=1)] == [type(event) for event in events]
    assert [event for event in events if isinstance(event, Citation)] == list(answer.citations)
    (verdict,) = [event for event in events if isinstance(event, StreamedAnswer)]
    assert (verdict.confidence, verdict.state) == (answer.confidence, answer.state)
    assert isinstance(events[-1], StreamedEnd)


def test_documents_are_put_and_deleted_at_paths_as_people_write_them(client: httpx.Client) -> None:
    with Client(str(client.base_url)) as service:
        put = service.put("uploads", "häuser/50% #1?.txt", b"The house has three floors.")
        while isinstance(put, Job) and put.document is None:
            put = service.job(put.id)
        document = put if isinstance(put, StoredDocument) else put.document
        assert document and document.path == "häuser/50% #1?.txt"
        assert [found.path for found in service.documents(collection="uploads", limit=5).documents] == [document.path]
        with pytest.raises(ServiceError) as changed:
            service.delete("uploads", document.path, if_match=f'"{"0" * 64}"')
        assert changed.value.problem.status == 412
        assert not isinstance(service.delete("uploads", document.path), StoredDocument)


def test_errors_carry_the_problem(client: httpx.Client) -> None:
    async def refused() -> None:
        async with AsyncClient(str(client.base_url)) as service:
            await service.ask(TEA, top_k=0)

    with Client(str(client.base_url)) as service:
        with pytest.raises(ServiceError, match="there is no collection 'nowhere'") as unknown:
            service.ask(TEA, collection="nowhere")
        with pytest.raises(ServiceError, match="nowhere"):
            next(service.ask_events(TEA, collection="nowhere"))
    problem = unknown.value.problem
    assert (problem.type, problem.status, problem.instance) == ("urn:quotewise:problem:unknown-collection", 404, "/ask")
    with pytest.raises(ServiceError) as invalid:
        asyncio.run(refused())
    assert [error.field for error in invalid.value.problem.errors] == ["body.top_k"]
    with Client("http://127.0.0.1:9") as nobody, pytest.raises(QuotewiseError, match="does not answer"):
        nobody.health()


@pytest.fixture(scope="session")
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the client of TypeScript and a program that uses it, type-checked and compiled."""
    folder = installed(TYPESCRIPT, request, tmp_path_factory)
    shutil.copyfile(Path(__file__).with_name("ask.ts"), folder / "src" / "ask.ts")
    done = subprocess.run(["node_modules/.bin/tsc"], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout
    return folder / "dist" / "ask.js"


def test_the_client_of_typescript_asks_streams_and_rejects_with_the_problem(client: httpx.Client, built: Path) -> None:
    command = ["node", built, str(client.base_url), TEA]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    with Client(str(client.base_url)) as service:
        answer = service.ask(TEA, max_quotes=1)
        assert found["quotes"] == found["streamed"] == [citation.quote for citation in answer.citations] == [QUOTE]
        assert found["link"] == service.link(answer.citations[0])
    assert (found["text"], found["events"]) == (QUOTE, ["passages", "citation", "answer", "done"])
    assert (found["verdicts"], found["put"], found["removed"]) == (["valid"], "häuser/50% #2?.txt", True)
    assert (found["problem"]["status"], found["problem"]["type"]) == (404, "urn:quotewise:problem:unknown-collection")
    assert found["unreachable"] == 0
