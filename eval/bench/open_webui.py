"""Open WebUI, as it comes from PyPI, on a service: the model, the answer, the dialog of its source, and its log."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from quotewise.eval.bench.servers import free_port, serving
from quotewise.index.errors import QuotewiseError

_DOCUMENT = "# Pump P4\n\nThe pump P4 has a warranty of four years. The warranty ends when the seal is broken.\n"
_QUESTION, _QUOTE, _NAME = (
    "How long is the warranty of the pump?",
    "The pump P4 has a warranty of four years.",
    "pump.md, line 3",
)
_SETTINGS = {
    "USE_SLIM_DOCKER": "true",
    "OFFLINE_MODE": "true",
    "WEBUI_AUTH": "false",
    "WEBUI_SECRET_KEY": "of an empty folder that is gone after the run",
    "ENABLE_OLLAMA_API": "false",
    "OPENAI_API_KEY": "none",
}
_START_SECONDS = 300.0


def bench_open_webui(
    program: Annotated[Path, typer.Argument(help="The program open-webui, in a virtual environment of its own.")],
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write a picture of the dialog, as PNG.")
    ] = None,
) -> dict[str, Any]:
    """Ask by Open WebUI, unchanged; the exit code is 1 where the source does not show the quote, or its log has a warning.

    Install it with its slim requirements, which its wheel has: `pip install -r requirements-slim.txt`, then
    `pip install --no-deps open-webui`.
    """
    if not program.is_file() or not (chromium := shutil.which("chromium")):
        raise QuotewiseError(f"this needs the program open-webui, not {program}, and chromium")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "documents").mkdir()
        (folder / "documents" / "pump.md").write_text(_DOCUMENT, encoding="utf-8")
        frontend, log = free_port(), folder / "open-webui.log"
        command = [program, "serve", "--host", "127.0.0.1", "--port", frontend]
        with serving(folder / "documents") as service:
            settings = {**_SETTINGS, "DATA_DIR": str(folder / "data"), "OPENAI_API_BASE_URL": f"{service.url}/v1"}
            with _running(command, log, f"http://127.0.0.1:{frontend}/health", settings):
                started = log.stat().st_size
                seen = _seen(chromium, f"http://127.0.0.1:{frontend}/", picture)
                time.sleep(5)  # for the title, tags and follow-ups, which it asks for after the answer
        said = log.read_bytes()[started:].decode(errors="replace").splitlines()
    warnings = [line for line in said if " | WARNING " in line or " | ERROR " in line or "Traceback" in line]
    report = {**seen, "warnings": warnings}
    if warnings or not all(seen.values()):
        raise QuotewiseError(f"Open WebUI did not show the answer as it should: {report}")
    return report


def _seen(chromium: str, address: str, picture: Path | None) -> dict[str, Any]:
    """What a person sees: the model, the answer, and in the dialog of its source the place and the quote."""
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(60_000)
        page.goto(address)
        page.locator("#chat-input").wait_for()
        page.get_by_role("dialog").get_by_role("button").last.click()  # what is new in it
        page.locator("#chat-input").click()
        page.keyboard.type(_QUESTION)
        page.keyboard.press("Enter")
        page.get_by_text(_QUOTE).first.wait_for()
        model = page.locator("#model-selector-model-button").first.get_attribute("aria-label") or ""
        page.get_by_role("button", name=f"View source: {_NAME}").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_text(_QUOTE).wait_for()
        shown = dialog.inner_text()
        if picture:
            page.screenshot(path=picture)
        browser.close()
    return {"model": model.rpartition(": ")[2], "names_the_place": _NAME in shown, "shows_the_quote": _QUOTE in shown}


@contextmanager
def _running(command: list[Any], log: Path, ready: str, settings: dict[str, str]) -> Iterator[None]:
    """A program from when it answers at ``ready`` until it is no longer needed; what it says goes into ``log``."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            list(map(str, command)), stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **settings}
        )
        try:
            _wait(lambda: process.poll() is not None or _answers(ready))
            if process.poll() is not None:
                raise QuotewiseError(f"{command[0]} ended: {log.read_text(errors='replace')[-500:]}")
            yield
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def _wait(met: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not met():
        if time.monotonic() > deadline:
            raise QuotewiseError(f"a program did not answer within {_START_SECONDS:.0f} seconds")
        time.sleep(0.5)
