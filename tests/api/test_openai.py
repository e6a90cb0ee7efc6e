import itertools
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import openai
import pytest

from quotewise.api.openai_models import ChatRequest
from quotewise.api.prompts import NOT_FOUND, POSSIBLE, SURE
from quotewise.api.settings import Settings
from quotewise.index.printable import MAX_BEGINNING
from tests.api.conftest import ready
from tests.npm import installed

OPEN_WEBUI = Path(__file__).with_name("open_webui.json")
VERCEL = Path(__file__).parent / "vercel"
UNSURE = "Who swept the floor?"
CAFE = "When did the cafe open, and who played billiards?"


@pytest.fixture(scope="module")
def service(eager: httpx.Client) -> Iterator[openai.OpenAI]:
    """The official client, at a service for which every quote answers."""
    with openai.OpenAI(base_url=f"{eager.base_url}/v1", api_key="none", max_retries=0) as client:
        yield client


@pytest.fixture(scope="module")
def shy(library: Path) -> Iterator[openai.OpenAI]:
    """The official client, at a service that never answers, and is reached under another address than it is asked at."""
    settings = Settings(index=library, threshold=1.0, public_url="https://quotes.example.org/docs/")
    with ready(settings) as http, openai.OpenAI(base_url=f"{http.base_url}/v1", api_key="none", max_retries=0) as client:
        yield client


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def assistant(content: Any, **rest: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": content, **rest}


def complete(service: openai.OpenAI, *messages: dict[str, Any], model: str = "notes", **rest: Any) -> Any:
    return service.chat.completions.create(model=model, messages=list(messages), **rest)  # type: ignore[call-overload]


def sure(said: dict[str, Any]) -> str:
    """How sure the quotes are, as the content says it."""
    return f"\n\n{POSSIBLE if said['state'] == 'possible' else SURE}: {said['confidence']:.0%}"


def check_marked(content: str, annotations: list[dict[str, Any]], citations: list[dict[str, Any]], base: str) -> None:
    """Each annotation marks the quote of a citation in the content, and links to where it stands in the source."""
    assert len(annotations) == len(citations)
    for number, (annotation, citation) in enumerate(zip(annotations, citations, strict=True), 1):
        assert annotation["type"] == "url_citation"
        marked = annotation["url_citation"]
        assert content[marked["start_index"] : marked["end_index"]] == citation["quote"]
        assert content[marked["end_index"] :].startswith(f" [{number}]")
        url = urlsplit(marked["url"])
        assert marked["url"].startswith(f"{base}/documents/{citation['document']['id']}/view?")
        version = citation["document"]["sha256"][:16]
        assert parse_qs(url.query) == {"start": [str(citation["start"])], "end": [str(citation["end"])], "sha256": [version]}
        assert marked["title"] == f"{citation['document']['path']}, {citation['place']}"


def test_the_content_is_quotes_with_numbers_that_annotations_mark_and_link(eager: httpx.Client, service: openai.OpenAI) -> None:
    found = complete(service, user(CAFE)).model_dump()
    (choice,) = found["choices"]
    said = found["quotewise"]
    assert (found["object"], found["model"], choice["finish_reason"]) == ("chat.completion", "notes", "stop")
    assert choice["message"]["content"] == f"{said['answer']}{sure(said)}"
    assert found["id"] == f"chatcmpl-{said['request_id']}"
    check_marked(said["answer"], choice["message"]["annotations"], said["citations"], str(eager.base_url).rstrip("/"))
    plain = eager.post("/ask", json={"question": CAFE, "collection": "notes"}).json()
    assert said["citations"] == plain["citations"]
    assert any(ord(character) > 0xFFFF for character in said["answer"]), "indices count code points"
    usage = found["usage"]
    assert usage["prompt_tokens"] > 5
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


@pytest.mark.parametrize("fixture", ["service", "shy"])
def test_a_stream_gives_the_same_in_parts(fixture: str, request: pytest.FixtureRequest) -> None:
    client = request.getfixturevalue(fixture)
    whole = complete(client, user(CAFE))
    chunks = [chunk.model_dump() for chunk in complete(client, user(CAFE), stream=True, stream_options={"include_usage": True})]
    *parts, last = chunks
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk["id"] for chunk in chunks}) == 1
    deltas = [part["choices"][0]["delta"] for part in parts]
    assert deltas[0]["role"] == "assistant"
    assert "".join(delta["content"] or "" for delta in deltas) == whole.choices[0].message.content
    (noted,) = [delta["annotations"] for delta in deltas if "annotations" in delta]
    assert noted == [annotation.model_dump() for annotation in whole.choices[0].message.annotations]
    (told,) = [part["quotewise"] for part in parts if "quotewise" in part]
    assert told["citations"] == whole.quotewise["citations"]
    assert [part["choices"][0]["finish_reason"] for part in parts] == [None] * (len(parts) - 1) + ["stop"]
    assert (last["choices"], last["usage"]["total_tokens"]) == ([], whole.usage.total_tokens)


def test_the_usage_of_a_stream_is_told_only_on_request_and_the_end_is_marked(service: openai.OpenAI) -> None:
    asked = {"model": "notes", "messages": [user(CAFE)], "stream": True}
    lines = httpx.post(f"{service.base_url}chat/completions", json=asked, timeout=30).text.split("\n\n")
    assert lines[-2:] == ["data: [DONE]", ""]
    assert "usage" not in "".join(lines)


def test_where_nothing_answers_the_closest_passages_are_offered_as_such(shy: openai.OpenAI) -> None:
    found = complete(shy, user(CAFE)).model_dump()
    message, said = found["choices"][0]["message"], found["quotewise"]
    assert (said["answered"], said["citations"]) == (False, [])
    fixed, *passages = message["content"].split("\n", 1)
    assert (fixed, bool(passages)) == (NOT_FOUND, True)
    check_marked(message["content"], message["annotations"], said["closest"], "https://quotes.example.org/docs")


def test_a_passage_that_does_not_answer_is_offered_by_its_first_words(shy: openai.OpenAI) -> None:
    found = complete(shy, user("What is the tide table for?"), model="default").model_dump()
    message, closest = found["choices"][0]["message"], found["quotewise"]["closest"]
    assert 1 <= len(message["annotations"]) == len(closest) <= 3
    assert any(len(passage["quote"]) > MAX_BEGINNING for passage in closest)
    for annotation, passage in zip(message["annotations"], closest, strict=True):
        marked = annotation["url_citation"]
        begun = message["content"][marked["start_index"] : marked["end_index"]]
        assert len(begun) <= MAX_BEGINNING
        assert passage["quote"].startswith(begun)
        assert parse_qs(urlsplit(marked["url"]).query)["end"] == [str(passage["start"] + len(begun))]


def test_quotes_that_hardly_answer_are_followed_by_a_word_of_caution(service: openai.OpenAI) -> None:
    found = complete(service, user(UNSURE))
    content = found.choices[0].message.content
    assert found.quotewise["state"] == "possible"
    assert content == f"{found.quotewise['answer']}{sure(found.quotewise)}"
    parts = complete(service, user(UNSURE), stream=True)
    assert "".join(part.choices[0].delta.content or "" for part in parts) == content
    said = ChatRequest.model_validate({"model": "m", "messages": [user(UNSURE), assistant(content), user("And when?")]})
    assert [turn.quotes for turn in said.history()] == [tuple(one["quote"] for one in found.quotewise["citations"])]


def test_frontends_without_annotations_can_ask_for_links_in_the_content(service: openai.OpenAI) -> None:
    linked = complete(service, user(CAFE), extra_body={"quotewise": {"links": True}})
    message = linked.choices[0].message
    cited = [annotation.url_citation for annotation in message.annotations]
    links = "".join(f'\n[{number}]: {one.url} "{one.title}"' for number, one in enumerate(cited, 1))
    assert message.content == f"{linked.quotewise['answer']}{sure(linked.quotewise)}\n{links}"
    parts = complete(service, user(CAFE), stream=True, extra_headers={"Quotewise-Links": "true"})
    assert "".join(part.choices[0].delta.content or "" for part in parts) == message.content


def test_open_webui_gets_sources_whose_dialog_shows_the_name_and_the_quote(service: openai.OpenAI) -> None:
    """As its 0.12.4 does: middleware.py passes events on and makes sources of annotations, Citations.svelte joins them."""
    sources = []
    for chunk in complete(service, user(CAFE), stream=True):
        if emitted := (chunk.model_extra or {}).get("event"):
            assert emitted["type"] == "source"
            sources.append(emitted["data"])
        for annotation in (chunk.choices[0].delta.model_extra or {}).get("annotations", []):
            url, title = annotation["url_citation"]["url"], annotation["url_citation"]["title"]
            sources.append({"source": {"name": title}, "document": [title], "metadata": [{"source": url, "name": title}]})
    shown: dict[str, tuple[str, list[str]]] = {}
    for source in sources:
        for document, metadata in zip(source["document"], source["metadata"], strict=True):
            address = metadata["source"]
            heading = metadata["name"] if metadata.get("external") else address
            shown.setdefault(address, (heading, []))[1].append(document)
    whole = complete(service, user(CAFE))
    titles = [annotation.url_citation.title for annotation in whole.choices[0].message.annotations]
    cited = [citation["quote"] for citation in whole.quotewise["citations"]]
    assert list(shown.values()) == [(title, [quote, title]) for title, quote in zip(titles, cited, strict=True)]
    assert whole.sources == [source for source in sources if "url" in source["source"]]


def test_a_recorded_exchange_of_open_webui_is_answered_as_it_was(eager: httpx.Client) -> None:
    for recorded in json.loads(OPEN_WEBUI.read_text(encoding="utf-8"))["exchange"]:
        response = eager.post("/v1/chat/completions", json={**recorded["request"], "model": "notes"}).raise_for_status()
        if recorded["request"]["stream"]:
            chunks = [json.loads(line[6:]) for line in response.text.splitlines() if line.startswith("data: {")]
            source, was = next(chunk["event"]["data"] for chunk in chunks if "event" in chunk), recorded["source"]["data"]
            assert source.keys() == was.keys()
            assert source["source"].keys() == was["source"].keys()
            assert source["metadata"][0].keys() == was["metadata"][0].keys()
            assert source["source"]["name"] == source["metadata"][0]["name"]
        else:
            told = json.loads(response.json()["choices"][0]["message"]["content"])
            assert told.keys() == recorded["answer"].keys()
            assert recorded["answer"] in (told, {"follow_ups": []})


TITLE = (
    '### Task:\nGenerate a title, 3 words.\nReturn JSON: { "title": "..." }\n<chat_history>\nUSER: When did the cafe open?\n'
)
TITLE += "ASSISTANT: The cafe opened in May. [1]\n</chat_history>"
TITLE_SCHEMA = {"type": "object", "properties": {"title": {"type": "string"}}}


def test_a_task_is_answered_as_a_message_a_stream_json_or_a_call(service: openai.OpenAI) -> None:
    told = '{"title": "Cafe open"}'
    as_json = {"type": "json_schema", "json_schema": {"name": "t", "schema": TITLE_SCHEMA}}
    for extra in ({}, {"response_format": as_json}, {"response_format": {"type": "json_object"}}):
        assert json.loads(complete(service, user(TITLE), **extra).choices[0].message.content)["title"].startswith("Cafe")
    parts = complete(service, user(TITLE), stream=True, stream_options={"include_usage": True})
    assert json.loads("".join(p.choices[0].delta.content or "" for p in parts if p.choices)).keys() == json.loads(told).keys()
    tool = {"type": "function", "function": {"name": "name_chat", "parameters": TITLE_SCHEMA}}
    for choice in ("required", {"type": "function", "function": {"name": "name_chat"}}):
        (chosen,) = complete(service, user(TITLE), tools=[tool], tool_choice=choice).choices
        (call,) = chosen.message.tool_calls
        assert (chosen.finish_reason, call.function.name) == ("tool_calls", "name_chat")
        assert json.loads(call.function.arguments)["title"].startswith("Cafe")


def test_a_question_at_the_end_of_pasted_context_is_asked(service: openai.OpenAI) -> None:
    pasted = "The soup of the day is leek soup. Is it hot?\n\n" * 80
    found = complete(service, user(f"{pasted}{CAFE}"))
    assert found.quotewise["question"] == CAFE
    assert found.quotewise["citations"] == complete(service, user(CAFE)).quotewise["citations"]


def test_links_lead_to_the_host_that_was_asked(eager: httpx.Client) -> None:
    asked = {"model": "notes", "messages": [user(CAFE)]}
    found = eager.post("/v1/chat/completions", json=asked, headers={"Host": "localhost:1234"}).json()
    assert found["choices"][0]["message"]["annotations"][0]["url_citation"]["url"].startswith(
        "http://localhost:1234/documents/"
    )


def test_earlier_turns_are_read_from_the_messages() -> None:
    def turns(*messages: dict[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
        request = ChatRequest.model_validate({"model": "m", "messages": [*messages, user("And then?")]})
        assert request.question() == "And then?"
        return [(turn.question, turn.quotes) for turn in request.history()]

    system = {"role": "system", "content": "Be brief."}
    quoted = 'It says [2] here.\nTwice. [1]\nAnd [1] so on [2]\n\n[1]: http://x/1 "a.pdf, page 1"\n[2]: http://x/2'
    assert turns(system, user("Who?"), assistant(quoted)) == [("Who?", ("It says [2] here.\nTwice.", "And [1] so on"))]
    unanswered = assistant(f"{NOT_FOUND}\nA passage. [1]")
    assert turns(user([{"type": "text", "text": "Who?"}]), unanswered) == [("Who?", ())]
    assert turns(user("Who?"), user("Why?"), assistant(None), assistant("Of other make.")) == [("Who?", ()), ("Why?", ())]
    assert turns(assistant("Hello! [1]"), user(" "), user("x" * 3000)) == [("x" * 2000, ())]
    assert turns(user("Who?"), assistant("".join(f"Q{n} [{n}]\n" for n in range(1, 99)))) == [
        ("Who?", tuple(f"Q{n}" for n in range(1, 11)))
    ]


def test_a_task_may_be_the_last_message_of_the_system(service: openai.OpenAI) -> None:
    quoted = complete(service, user(CAFE)).choices[0].message.content
    task = "Summarize the discussion briefly in 200 words or less to use as a prompt for future context."
    summary = complete(service, user(CAFE), assistant(quoted), {"role": "system", "content": task}).choices[0].message.content
    assert summary and quoted.startswith(summary.split("\n")[0][:20])
    with pytest.raises(openai.BadRequestError, match="the last message should be the user's"):
        complete(service, user(CAFE), assistant(quoted), {"role": "system", "content": "Be brief."})


def test_of_a_thousand_turns_the_last_fifty_count(service: openai.OpenAI) -> None:
    earlier = itertools.chain.from_iterable((user(f"Question {n}?"), assistant(f"Quote {n}. [1]")) for n in range(1000))
    messages = [*earlier, user(CAFE)]
    assert complete(service, *messages).choices[0].message.content
    turns = ChatRequest.model_validate({"model": "notes", "messages": messages}).history()
    assert [turn.question for turn in turns] == [f"Question {n}?" for n in range(950, 1000)]


def test_parameters_that_change_no_quote_are_passed_over(service: openai.OpenAI) -> None:
    tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
    plain = complete(service, user(CAFE))
    given = complete(
        service,
        {"role": "developer", "content": "Be brief.", "name": "d"},
        user([{"type": "text", "text": CAFE}]),
        n=1,
        temperature=2,
        top_p=0.1,
        max_tokens=1,
        max_completion_tokens=1,
        stop=["opened"],
        seed=7,
        user="u",
        presence_penalty=1,
        tools=[tool],
        tool_choice="auto",
        response_format={"type": "text"},
        stream=False,
    )
    assert given.choices[0].message.content == plain.choices[0].message.content


IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,"}}
AUDIO = {"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}
CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "system", "content": "Be brief."}, assistant("Hello.")]}, "messages"),
        ({"messages": [user("Who?"), assistant("He.")]}, "messages[1].role"),
        ({"messages": [user(" ")]}, "messages[0].content"),
        ({"messages": [user("x" * 2001)]}, "messages[0].content"),
        ({"messages": [user([{"type": "text", "text": "What is this?"}, IMAGE])]}, "messages[0].content[1].type"),
        ({"messages": [user([AUDIO])]}, "messages[0].content[0].type"),
        ({"messages": [user("Who?"), assistant(None, tool_calls=[CALL]), user("Why?")]}, "messages[1].tool_calls"),
        ({"messages": [user("Who?"), {"role": "tool", "content": "1", "tool_call_id": "c"}]}, "messages[1].role"),
        ({"messages": [user("\ud800")]}, "messages[0].content[0].text"),
        ({"n": 5}, "n"),
        ({"n": 0}, "n"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"response_format": {"type": "json_object"}}, "response_format.type"),
        ({"modalities": ["text", "audio"]}, "modalities[1]"),
        ({"model": None}, "model"),
        ({"stream": "yes"}, "stream"),
    ],
)
def test_what_cannot_be_answered_is_refused_by_the_name_of_the_field(
    eager: httpx.Client, asked: dict[str, Any], param: str
) -> None:
    body = json.dumps({"model": "notes", "messages": [user("Who?")], **asked})
    response = eager.post("/v1/chat/completions", content=body, headers={"Content-Type": "application/json"})
    error = response.json()["error"]
    assert (response.status_code, error["type"], error["param"]) == (400, "invalid_request_error", param)
    assert param in error["message"]
    assert error["code"] == "invalid_request"


def test_the_client_raises_the_errors_that_it_has_for_ours(service: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        complete(service, user(CAFE), model="nowhere", stream=True)
    assert (unknown.value.code, unknown.value.param, unknown.value.status_code) == ("model_not_found", "model", 404)
    with pytest.raises(openai.NotFoundError):
        service.models.retrieve("nowhere")
    with pytest.raises(openai.BadRequestError):
        complete(service, user(CAFE), n=5)
    with pytest.raises(openai.ConflictError):
        complete(service, user(CAFE), model="foreign")
    with pytest.raises(openai.NotFoundError):
        service.embeddings.create(model="notes", input="x")


def test_every_refusal_under_the_prefix_has_the_shape(eager: httpx.Client) -> None:
    for response, status in (
        (eager.get("/v1/nothing"), 404),
        (eager.get("/v1/chat/completions"), 405),
        (eager.post("/v1/chat/completions", content="{", headers={"Content-Type": "application/json"}), 400),
        (eager.post("/v1/chat/completions", content="{}", headers={"Content-Type": "text/plain"}), 415),
        (eager.post("/v1/chat/completions", json={"x": "x" * 1_000_000}), 413),
    ):
        assert response.status_code == status
        assert response.headers["content-type"] == "application/json"
        assert response.json()["error"].keys() == {"message", "type", "param", "code"}


def test_each_collection_is_a_model(service: openai.OpenAI) -> None:
    assert {model.id for model in service.models.list()} == {"default", "foreign", "notes"}
    assert service.models.retrieve("notes").model_dump(include={"id", "object", "owned_by"}) == {
        "id": "notes",
        "object": "model",
        "owned_by": "quotewise",
    }


@pytest.fixture(scope="session")
def vercel(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the Vercel SDK, kept from one run of the tests to the next where pytest has a cache."""
    return installed(VERCEL, request, tmp_path_factory)


def test_the_vercel_sdk_reads_answers_streams_and_errors(eager: httpx.Client, vercel: Path) -> None:
    def asked(model: str) -> dict[str, Any]:
        command = ["node", "ask.mjs", f"{eager.base_url}/v1", model, CAFE]
        done = subprocess.run(command, cwd=vercel, capture_output=True, text=True, check=True, timeout=60)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    turns = [{"question": "What happened?", "quotes": ["Nothing."]}]
    plain = eager.post("/ask", json={"question": CAFE, "collection": "notes", "history": turns}).json()
    found = asked("notes")
    assert found["text"] == "".join(found["parts"]) == f"{plain['answer']}{sure(plain)}"
    assert (found["finishReason"], found["streamedFinishReason"]) == ("stop", "stop")
    assert found["outputTokens"][0] == found["outputTokens"][1] > 0
    refused = asked("nowhere")
    assert (refused["name"], refused["statusCode"]) == ("AI_APICallError", 404)
    assert "there is no collection 'nowhere'" in refused["message"]
