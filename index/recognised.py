"""What OCR read on the pages of scans: lines with their boxes and confidence, kept by the file's sha256, page by page."""

import hashlib
import json
import shutil
from collections.abc import Collection
from dataclasses import astuple, dataclass
from pathlib import Path

from quotewise.index.layout import Box


@dataclass(frozen=True, slots=True)
class RecognisedLine:
    """A line of a page as it was recognised, with the recogniser's confidence in it, from 0 to 1."""

    text: str
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class RecognisedPage:
    """The lines of a page, from 1, from top to bottom."""

    number: int
    lines: tuple[RecognisedLine, ...]

    @property
    def confidence(self) -> float:
        """The mean over its characters; 0 without any."""
        characters = sum(len(line.text) for line in self.lines)
        return sum(len(line.text) * line.confidence for line in self.lines) / max(characters, 1)


class RecognisedPages:
    """The pages that were recognised so far, in a folder of the index: a file each, so that an interrupted run goes on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, data: bytes) -> tuple[RecognisedPage, ...]:
        """Those of the file with these bytes."""
        folder = self._of(data)
        pages = (_page(path) for path in folder.glob("*.json")) if folder.is_dir() else ()
        return tuple(sorted(filter(None, pages), key=lambda page: page.number))

    def put(self, data: bytes, page: RecognisedPage) -> None:
        """Keep a page."""
        folder = self._of(data)
        folder.mkdir(0o700, parents=True, exist_ok=True)
        draft = folder / f"{page.number}.new"
        draft.write_text(json.dumps([(line.text, line.confidence, *astuple(line.box)) for line in page.lines]))
        draft.replace(folder / f"{page.number}.json")

    def keep_only(self, digests: Collection[str]) -> None:
        """Forget the files that have none of these sha256."""
        for folder in self._folder.iterdir() if self._folder.is_dir() else ():
            if folder.name not in digests:
                shutil.rmtree(folder, ignore_errors=True)

    def _of(self, data: bytes) -> Path:
        return self._folder / hashlib.sha256(data).hexdigest()


def _page(path: Path) -> RecognisedPage | None:
    """A page that ``put`` wrote; None where it is damaged, so that it is recognised again."""
    try:
        lines = [RecognisedLine(text, Box(*box), float(score)) for text, score, *box in json.loads(path.read_bytes())]
        return RecognisedPage(int(path.stem), tuple(lines))
    except (OSError, ValueError, TypeError):
        return None
