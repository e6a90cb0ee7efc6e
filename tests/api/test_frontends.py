"""What the code of LibreChat and AnythingLLM sent, as it was recorded, is answered as it was."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from quotewise.api.callers import LOCAL
from quotewise.api.indexing import index_folder
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from tests.api.conftest import ready

RECORDED = json.loads(Path(__file__).with_name("frontends.json").read_text(encoding="utf-8"))["exchange"]
DOCUMENTS = {
    "pump.md": (
        "# Pump P4\n\n## Warranty\n\nThe pump P4 has a warranty of four years. The warranty ends when the seal is broken.\n\n"
        "## Care\n\nClean the filter of the pump every two weeks. The pump weighs 12 kilograms.\n"
    ),
    "lease.txt": (
        "Lease of the mill\n\nThe monthly rent of the mill is 840 euros. It is due on the first day of each month.\n"
        "The tenant may give notice of three months.\n"
    ),
    "minutes.txt": (
        "Minutes of the board, 3 May\n\nThe board decided to buy the pump P4 for the mill. "
        "Ms Okafor voted against it because of the price.\n"
    ),
}


@pytest.fixture(scope="module")
def pump(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("pump")
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text)
    settings = Settings(index=tmp_path_factory.mktemp("index"), rate="1000000/minute")
    with Service.open(settings, create=True) as service:
        index_folder(service, LOCAL, folder)
    with ready(settings) as client:
        yield client


def content_of(response: httpx.Response, streamed: bool) -> str:
    """The content as these frontends put it together: until a reason to finish comes, of choices alone."""
    if not streamed:
        whole: str = response.json()["choices"][0]["message"]["content"]
        return whole
    content = ""
    for line in response.text.splitlines():
        if line.startswith("data: {") and (choices := json.loads(line[6:])["choices"]):
            content += choices[0]["delta"].get("content") or ""
            if choices[0]["finish_reason"]:
                break
    return content


def comparable(content: str) -> str:
    """Without what differs from one service or processor to another: its address, and how sure it is."""
    return re.sub(r"\d+%", "?%", re.sub(r"https?://[^/]*", "", content))


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda one: f"{one['frontend']} {one['content'][:30]}")
def test_a_recorded_request_of_a_frontend_is_answered_as_it_was(pump: httpx.Client, recorded: dict[str, Any]) -> None:
    request = recorded["request"]
    response = pump.post("/v1/chat/completions", json=request, headers=recorded["headers"]).raise_for_status()
    content = content_of(response, bool(request.get("stream")))
    assert comparable(content) == comparable(recorded["content"])
    places = re.findall(r"^\[\d\]: (\S+) \"[\w.]+, lines? [\d–]+\"$", content, re.MULTILINE)
    assert all(pump.get(httpx.URL(place).raw_path.decode()).status_code == 200 for place in places)
    assert len(places) == len(re.findall(r"^\[\d\]: ", content, re.MULTILINE))
