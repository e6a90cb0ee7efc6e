"""A key that may use one collection meets the others neither as models nor over MCP."""

import shutil
from pathlib import Path
from typing import Any

import anyio
import httpx
import openai
import pytest
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

from quotewise.api.app import create_app
from quotewise.api.keys import Keys
from quotewise.api.service import Service
from quotewise.api.settings import Settings
from tests.api.conftest import NOTES, serving, wait_until_ready
from tests.conftest import WHY


def test_a_key_for_one_collection_meets_no_other_in_any_protocol(library: Path, tmp_path: Path) -> None:
    index = shutil.copytree(library, tmp_path / "index")
    _, secret = Keys(index).make("notes only", ["ask"], ["notes"], [], None)
    settings = Settings(index=index)
    with serving(create_app(lambda: Service.open(settings), settings)) as http:
        http.headers["Authorization"] = f"Bearer {secret}"
        wait_until_ready(http)
        seed = "b2b170137b3621de"
        with openai.OpenAI(base_url=f"{http.base_url}/v1", api_key=secret, max_retries=0) as client:
            assert [model.id for model in client.models.list()] == ["notes"]
            messages: Any = [{"role": "user", "content": WHY}]
            with pytest.raises(openai.PermissionDeniedError) as refused:
                client.chat.completions.create(model="default", messages=messages)
            assert "default" not in str(refused.value.body)
            assert client.chat.completions.create(model="notes", messages=messages, stream=False).choices
            with pytest.raises(openai.AuthenticationError) as unknown:
                client.with_options(api_key="qw_wrong").models.list()
            assert unknown.value.code == "invalid_api_key"

        async def walk() -> None:
            async with (
                httpx.AsyncClient(headers={"Authorization": f"Bearer {secret}"}, timeout=60) as keyed,
                Client(streamable_http_client(f"{http.base_url}/mcp", http_client=keyed)) as found,
            ):
                assert {resource.name for resource in (await found.list_resources()).resources} == set(NOTES)
                with pytest.raises(MCPError, match="no document"):
                    await found.read_resource(f"quotewise://documents/{seed}")
                assert (await found.call_tool("ask", {"question": WHY, "collection": "default"})).is_error
                assert not (await found.call_tool("ask", {"question": "Where was tea first drunk?"})).is_error

        anyio.run(walk)
        assert http.post("/mcp", json={}, headers={"Authorization": "Bearer x"}).status_code == 401
