"""The components of LangChain, LlamaIndex and Haystack, run by these libraries as their users would."""

import asyncio
import socket
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from quotewise.api.library import Library

TEA, LEASE = "Where was tea first drunk?", "Who pays for repairs of the roof?"
LOCAL = {"127.0.0.1", "::1", "localhost"}


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Haystack counts its use unless told not to; and nothing is looked up beyond this machine."""
    monkeypatch.setenv("HAYSTACK_TELEMETRY_ENABLED", "False")
    looked_up = socket.getaddrinfo

    def local(host: Any, *more: Any, **named: Any) -> Any:
        assert host in LOCAL, f"{host} is looked up"
        return looked_up(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", local)


@pytest.fixture(params=["folder", "service"])
def source(request: pytest.FixtureRequest) -> Library | str:
    if request.param == "folder":
        return cast(Library, request.getfixturevalue("library"))
    return str(request.getfixturevalue("client").base_url)


def check(metadata: dict[str, Any], docs: Path) -> None:
    """Raises unless a citation leads to its quote in the file."""
    text = (docs / metadata["path"]).read_text()
    assert (metadata["path"], metadata["title"]) == ("hot drinks/tea.md", "Tea")
    assert text[metadata["start"] : metadata["end"]] == metadata["quote"] == "Tea was first drunk in southwest China."
    assert (metadata["line_start"], metadata["line_end"], metadata["page"]) == (3, 3, None)
    if metadata["link"].startswith("http"):
        shown = httpx.get(metadata["link"])
        assert (shown.status_code, shown.headers["content-type"].split(";")[0]) == (200, "text/html")
    else:
        assert metadata["link"] == (docs / "hot drinks" / "tea.md").as_uri()
    assert metadata["place"] and metadata["heading"] == ["Tea"]
    assert metadata["state"] == "answer" and 0.5 <= metadata["confidence"] <= 1


def test_langchain_retrieves_quotes_and_nothing_where_nothing_answers(source: Library | str, docs: Path) -> None:
    pytest.importorskip("langchain_core")
    from quotewise.integrations import langchain

    retriever = langchain.QuotewiseRetriever(source=source, options={"max_quotes": 1})
    (document,) = retriever.invoke(TEA)
    assert document.page_content == document.metadata["quote"]
    check(document.metadata, docs)
    assert asyncio.run(retriever.ainvoke(TEA)) == [document]
    assert retriever.invoke("Who won the football match?") == []


def test_langchain_answers_in_a_chain_with_citations(source: Library | str, docs: Path) -> None:
    pytest.importorskip("langchain_core")
    from langchain_core.runnables import RunnableLambda

    from quotewise.integrations import langchain

    chain = langchain.QuotewiseChain(source=source, options={"max_quotes": 1})
    found = ({"input": RunnableLambda(str.strip)} | chain).invoke(f" {TEA} ")
    assert (found["input"], found["answer"]) == (TEA, "Tea was first drunk in southwest China. [1]")
    assert (found["answered"], found["state"]) == (True, "answer")
    check(found["context"][0].metadata, docs)
    nothing, lease = chain.batch(["Who won the football match?", LEASE])
    assert (nothing["answer"], nothing["context"]) == ("The documents do not answer this question.", [])
    assert (nothing["answered"], nothing["state"]) == (False, "none")
    assert lease["context"][0].metadata["path"] == "lease.txt"


def test_llama_index_retrieves_and_answers_with_source_nodes(source: Library | str, docs: Path) -> None:
    pytest.importorskip("llama_index.core")
    from quotewise.integrations import llama_index

    retriever, engine = (
        kind(source, max_quotes=1) for kind in (llama_index.QuotewiseRetriever, llama_index.QuotewiseQueryEngine)
    )
    (node,) = retriever.retrieve(TEA)
    check(node.metadata, docs)
    assert (node.text, node.node.start_char_idx) == (node.metadata["quote"], node.metadata["start"])
    assert "sha256" not in node.node.get_content(metadata_mode="llm")
    answer = engine.query(TEA)
    assert (str(answer), answer.source_nodes, answer.metadata["state"]) == (f"{node.text} [1]", [node], "answer")
    assert str(asyncio.run(engine.aquery(TEA))) == str(answer)
    nothing = engine.query("Who won the football match?")
    assert (str(nothing), nothing.source_nodes) == ("The documents do not answer this question.", [])
    assert nothing.metadata["answered"] is False
    assert retriever.retrieve("Who won the football match?") == []


def test_haystack_answers_in_a_pipeline(source: Library | str, docs: Path) -> None:
    pytest.importorskip("haystack")
    from haystack import Pipeline
    from haystack.components.builders import PromptBuilder

    from quotewise.integrations import haystack

    pipeline = Pipeline()
    pipeline.add_component("quotes", haystack.QuotewiseReader(source, {"max_quotes": 1}))
    pipeline.add_component("prompt", PromptBuilder("{% for one in documents %}{{one.content}}{% endfor %}", ["documents"]))
    pipeline.connect("quotes.documents", "prompt.documents")
    found = pipeline.run({"quotes": {"query": TEA}}, include_outputs_from={"quotes"})
    (answer,) = found["quotes"]["answers"]
    check(answer.meta, docs)
    assert (answer.query, answer.data, answer.document.content) == (TEA, answer.meta["quote"], answer.data)
    assert found["prompt"]["prompt"] == answer.data
    assert (found["quotes"]["answered"], found["quotes"]["reply"]) == (True, f"{answer.data} [1]")
    nothing = pipeline.run({"quotes": {"query": "Who won the football match?"}}, include_outputs_from={"quotes"})["quotes"]
    assert (nothing["answers"], nothing["documents"], nothing["answered"]) == ([], [], False)
    assert nothing["reply"] == "The documents do not answer this question."
    if isinstance(source, str):
        saved = Pipeline.loads(pipeline.dumps(), allowed_modules=[haystack.__name__])
        assert saved.run({"quotes": {"query": TEA}})["prompt"]["prompt"] == answer.data
