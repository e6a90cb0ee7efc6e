"""The page in Firefox as Debian ships it, spoken to by WebDriver BiDi, since playwright drives only a Firefox of its own."""

import itertools
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import WHY

FIREFOX = shutil.which("firefox-esr")
Send = Callable[..., Any]
CHAT = "document.querySelector('quotewise-chat').shadowRoot"
SOURCE = f"{CHAT}.querySelector('quotewise-source')?.shadowRoot"
ENTER = "\ue007"


@pytest.fixture
def send(tmp_path: Path) -> Iterator[Send]:
    """Sends a command to a browser and returns its result; one that fails raises."""
    if FIREFOX is None:
        pytest.skip("there is no firefox-esr here: apt-get install firefox-esr")
    client = pytest.importorskip("websockets.sync.client")
    command = [FIREFOX, "--headless", "--no-remote", "--profile", str(tmp_path), "--remote-debugging-port=0", "about:blank"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr
            found = next(filter(None, (re.search(r"ws://\S+", line) for line in process.stderr)))
            with client.connect(f"{found[0].rstrip('/')}/session", max_size=None) as socket:
                ids = itertools.count(1)

                def send(method: str, **params: Any) -> Any:
                    number = next(ids)
                    socket.send(json.dumps({"id": number, "method": method, "params": params}))
                    while (message := json.loads(socket.recv(60))).get("id") != number:
                        pass  # an event
                    assert message["type"] == "success", message
                    return message["result"]

                send("session.new", capabilities={})
                yield send
        finally:
            process.terminate()
            process.wait(20)


def test_a_question_is_typed_answered_and_shown_in_its_source_in_firefox_at_the_size_of_a_phone(
    send: Send, client: httpx.Client
) -> None:
    context = send("browsingContext.getTree")["contexts"][0]["context"]

    def until(condition: str) -> Any:
        """The value of an expression, once it is true."""
        waiting = f"""new Promise((resolve, reject) => {{
            const end = Date.now() + 50000;
            const look = () => {{
                const found = {condition};
                if (found) resolve(found);
                else if (Date.now() > end) reject(new Error(document.body.innerText));
                else setTimeout(look, 20);
            }};
            look();
        }})"""
        result = send("script.evaluate", expression=waiting, target={"context": context}, awaitPromise=True)
        assert result["type"] == "success", result
        return result["result"].get("value")

    send("browsingContext.setViewport", context=context, viewport={"width": 380, "height": 700})
    send("browsingContext.navigate", context=context, url=f"{client.base_url}/", wait="complete")
    until(f"{CHAT}?.activeElement?.matches('textarea')")
    keys = [{"type": kind, "value": key} for key in [*WHY, ENTER] for kind in ("keyDown", "keyUp")]
    send("input.performActions", context=context, actions=[{"type": "key", "id": "keys", "actions": keys}])
    quote = until(f"{CHAT}.querySelector('.after') && {CHAT}.querySelector('blockquote').textContent")
    assert quote == client.post("/ask", json={"question": WHY}).json()["citations"][0]["quote"]
    until(f"({CHAT}.querySelector('a.reference').click(), true)")
    assert until(f"{SOURCE}?.querySelector('mark.quote')?.textContent") in quote
    assert until("document.documentElement.scrollWidth") <= 380
    until(f"({SOURCE}.querySelector('[aria-label=\"Close the source\"]').click(), true)")
    until(f"({CHAT}.querySelector('[aria-label=Conversations]').click(), true)")
    until(
        f"{CHAT}.querySelector('quotewise-conversations')?.shadowRoot.querySelector('.name')?.textContent.includes({json.dumps(WHY)})"
    )
