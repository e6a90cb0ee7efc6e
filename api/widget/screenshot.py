"""Makes the README's picture of the page: ``python api/widget/screenshot.py``, with the extra ``dev`` and a Chromium."""

import shutil
import sys
import tempfile
import threading
from io import BytesIO
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from quotewise.api.app import create_app
from quotewise.api.callers import LOCAL
from quotewise.api.indexing import index_folder
from quotewise.api.server import bound, url
from quotewise.api.service import Service
from quotewise.api.settings import Settings

HERE = Path(__file__).parent
PICTURE = HERE / "screenshot.png"
SEEDS = HERE.parent.parent / "seeds"


def picture(page: Page, address: str) -> bytes:
    """The example question answered, and the source open beside it."""
    page.goto(address)
    page.fill("quotewise-chat textarea", "why did Russia ignore the warning?")
    page.keyboard.press("Enter")
    page.click("quotewise-chat .reference")
    page.wait_for_selector("quotewise-source mark.quote")
    page.mouse.move(0, 0)
    return page.screenshot()


def main() -> None:
    """Index the seeds, serve them, and take the picture."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        settings = Settings(index=Path(folder))
        service = Service.open(settings, create=True)
        index_folder(service, LOCAL, SEEDS)
        service.warm()
        listener = bound("127.0.0.1", 0)
        server = uvicorn.Server(uvicorn.Config(create_app(lambda: service, settings), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            Image.open(BytesIO(picture(page, url(listener)))).quantize(128).save(PICTURE, optimize=True)
            browser.close()
        finally:
            server.should_exit = True
            thread.join()
    sys.stdout.write(f"{PICTURE}: {PICTURE.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
