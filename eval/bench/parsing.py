"""How fast files are parsed, and how fast a page with a quote is drawn, on one core."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from quotewise.index.documents import parse_document
from quotewise.index.formats import sandbox
from quotewise.index.formats.detection import detected
from quotewise.index.sentences import Span

_WORDS_A_PAGE = 300
"""For formats that have no pages: those of a printed page of prose."""
_SECONDS = 300.0
_IMAGES = 5
_WIDTH = 1000
Files = Annotated[list[Path], typer.Argument(metavar="FILE...", exists=True, dir_okay=False, show_default=False)]


def bench_parsing(
    files: Files, times: Annotated[int, typer.Option(min=1, help="How often each is parsed; the fastest counts.")] = 3
) -> Iterator[dict[str, Any]]:
    """Parse files without boxes, and draw pages with a quote marked; by processor time, which other work changes little.

    Pages are those of the file or, in formats without pages, 300 words each.
    """
    for path in files:
        yield {"file": path.name, **sandbox.call(_measured, path.name, path.read_bytes(), times, seconds=_SECONDS)}


def _measured(name: str, data: bytes, times: int) -> dict[str, Any]:
    """The figures of a file, in the process that parses it."""
    seconds = []
    for _ in range(times):
        started = time.process_time()
        document = parse_document(name, data)
        seconds.append(time.process_time() - started)
    pages = int(document.metadata.get("pages") or max(1, len(document.text.split()) // _WORDS_A_PAGE))
    least = max(min(seconds), 1e-6)
    row: dict[str, Any] = {"pages": pages, "milliseconds": round(least * 1000, 1), "pages_per_second": round(pages / least)}
    found = detected(name, data)
    if found and found.has_pages:
        images = []
        for block in document.blocks[:: max(1, len(document.blocks) // _IMAGES)][:_IMAGES]:
            span = Span(block.start, min(block.end, block.start + 200))
            started = time.process_time()
            boxes = found.boxes(data, document.layout, span)
            found.page_image(data, document.layout.place(span).page or 1, boxes, _WIDTH)
            images.append(time.process_time() - started)
        row["slowest_page_image_ms"] = round(max(images) * 1000)
    return row
