"""The file formats that Quotewise reads. A format is one module of this package and an entry of ``FORMATS``.

The module is called after the parser and has

- ``VERSION: int``, raised by each change that makes another text of the same bytes;
- ``parse(data: bytes) -> Parsed``, which raises DocumentError where the bytes cannot be read;
- optionally ``boxes(data: bytes, layout: Layout, span: Span) -> tuple[Box, ...]``: where a span of the text stands on its
  page, computed from the file when a citation is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePosixPath
from typing import Protocol, cast

from quotewise.index.formats.parsed import Parsed
from quotewise.index.layout import Box, Layout
from quotewise.index.sentences import Span


class _Parser(Protocol):
    def parse(self, data: bytes) -> Parsed: ...


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its parser, which is imported when the first file is parsed, and the media type of its files.

    ``content_types`` are accepted for uploads beside the media type.
    """

    parser: str
    media_type: str
    content_types: tuple[str, ...] = ()

    def parse(self, data: bytes) -> Parsed:
        """The text and structure of a file. Raises DocumentError where the bytes cannot be read."""
        return cast(_Parser, import_module(f"{__name__}.{self.parser}")).parse(data)

    def boxes(self, data: bytes, layout: Layout, span: Span) -> tuple[Box, ...]:
        """Where a span of the text that the parser made of these bytes stands on its page; empty without pages."""
        boxes = getattr(import_module(f"{__name__}.{self.parser}"), "boxes", None)
        return tuple(boxes(data, layout, span)) if boxes else ()


FORMATS: Mapping[str, Format] = {
    ".txt": Format("text", "text/plain"),
    ".md": Format("markdown", "text/markdown"),
}
"""By the ending of the file name, in lower case."""
ENDINGS = " or ".join(filter(None, (", ".join([*FORMATS][:-1]), [*FORMATS][-1])))
"""For messages: ``.txt or .md``."""
CONTENT_TYPES = tuple(dict.fromkeys(kind for known in FORMATS.values() for kind in (known.media_type, *known.content_types)))
"""Under which files can be uploaded."""


def format_of(path: str) -> Format | None:
    """The format of a file by the ending of its name, in any case, or None."""
    return FORMATS.get(PurePosixPath(path).suffix.lower())
