"""OCR: the text of scanned pages by rapidocr, an optional package, page by page."""

import logging
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any

from quotewise.index.errors import QuotewiseError
from quotewise.index.formats import NO_OPTIONS, ParseOptions
from quotewise.index.formats.detection import detected
from quotewise.index.layout import Box
from quotewise.index.recognised import RecognisedLine, RecognisedPage, RecognisedPages

INSTALLATION = "pip install 'quotewise[ocr]'"
_WIDTH = 1600
"""Pixels across a page: some 190 in an inch of paper."""


class RecognitionError(QuotewiseError, code="no-ocr"):
    """Text cannot be recognised."""


def check_installed() -> None:
    """Raises RecognitionError where rapidocr is not installed."""
    if find_spec("rapidocr") is None:
        raise RecognitionError(f"OCR needs rapidocr: {INSTALLATION}")


def recognise(
    path: str,
    data: bytes,
    pages: RecognisedPages,
    options: ParseOptions = NO_OPTIONS,
    progress: Callable[[int, int, str], None] = lambda done, total, name: None,
) -> bool:
    """Read the scanned pages of a file that were not read before, which takes seconds each, and keep each at once.

    Args:
        path: the path of the file.
        data: its bytes.
        pages: where they are kept.
        options: the passwords that it may need.
        progress: takes how many pages are done, of how many, and the path.

    Returns: whether there are any now.

    Raises:
        RecognitionError: rapidocr is not installed.
        DocumentError: the file cannot be read.
    """
    check_installed()
    known = detected(path, data)
    if known is None or not known.has_pages:
        return False
    scanned = known.scanned_pages(data, options)
    done = {page.number for page in pages.of(data)}
    for count, number in enumerate(scanned):
        progress(count, len(scanned), path)
        if number not in done:
            pages.put(data, RecognisedPage(number, _lines(known.page_image(data, number, (), _WIDTH, options), number)))
    return bool(scanned)


def _lines(image: bytes, page: int) -> tuple[RecognisedLine, ...]:
    width, height = (int.from_bytes(image[at : at + 4], "big") for at in (16, 20))  # of a PNG file
    found = _engine()(image)
    if found.boxes is None:
        return ()
    lines = []
    for corners, text, score in zip(found.boxes.tolist(), found.txts, found.scores, strict=True):
        across, down = [x / width for x, _ in corners], [y / height for _, y in corners]
        box = Box(page, *(min(max(side, 0.0), 1.0) for side in (min(across), min(down), max(across), max(down))))
        if text.strip():
            lines.append(RecognisedLine(" ".join(text.split()), box, float(score)))
    return tuple(lines)


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return RapidOCR(params={"Global.log_level": "error"})
