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


_CODE_ENDINGS = """
    .py .js .ts .jsx .tsx .java .c .h .cc .cpp .hpp .cs .go .rs .rb .php .sh .bash .ps1 .bat .sql .r .jl .lua .pl .swift .kt
    .scala .css .scss .el
"""
_UNREAD = """
    .png .jpg .jpeg .gif .webp .bmp .tif .tiff .heic .svg .ico .psd .mp3 .mp4 .wav .ogg .flac .mov .avi .mkv .webm .zip .gz .tgz
    .bz2 .xz .7z .rar .tar .exe .dll .so .dylib .bin .iso .dmg .o .a .class .jar .pyc .whl .ttf .otf .woff .woff2 .db .sqlite
    .sqlite3 .parquet .npy .npz .onnx .pt .safetensors .pickle .pkl .doc .ppt
"""
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
_TEXT, _CODE = Format("text", "text/plain"), Format("source_code", "text/plain")
_DATA = Format("structured", "text/plain")
_PAGE = Format("html", "text/html", ("application/xhtml+xml",))
FORMATS: Mapping[str, Format] = {
    ".txt": _TEXT,
    **dict.fromkeys((".md", ".markdown", ".mdown", ".mkd"), Format("markdown", "text/markdown")),
    **dict.fromkeys((".html", ".htm", ".xhtml"), _PAGE),
    **dict.fromkeys((".docx", ".docm", ".dotx"), Format("docx", f"{_OFFICE}.wordprocessingml.document")),
    **dict.fromkeys((".xlsx", ".xlsm", ".xltx"), Format("xlsx", f"{_OFFICE}.spreadsheetml.sheet")),
    **dict.fromkeys((".pptx", ".pptm", ".ppsx"), Format("pptx", f"{_OFFICE}.presentationml.presentation")),
    ".xls": Format("xls", "application/vnd.ms-excel"),
    **dict.fromkeys((".odt", ".ott"), Format("opendocument", f"{_OPEN}.text")),
    ".ods": Format("opendocument", f"{_OPEN}.spreadsheet"),
    ".odp": Format("opendocument", f"{_OPEN}.presentation"),
    ".epub": Format("epub", "application/epub+zip"),
    ".rtf": Format("rtf", "application/rtf", ("text/rtf",)),
    ".csv": Format("csv", "text/csv"),
    **dict.fromkeys((".tsv", ".tab"), Format("csv", "text/tab-separated-values")),
    ".srt": Format("subtitles", "application/x-subrip"),
    ".vtt": Format("subtitles", "text/vtt"),
    ".eml": Format("mail", "message/rfc822"),
    ".mbox": Format("mbox", "application/mbox"),
    ".msg": Format("msg", "application/vnd.ms-outlook"),
    ".ipynb": Format("ipynb", "application/x-ipynb+json"),
    **dict.fromkeys((".rst", ".rest"), Format("rst", "text/x-rst")),
    **dict.fromkeys((".adoc", ".asciidoc", ".asc"), Format("asciidoc", "text/asciidoc")),
    ".org": Format("org", "text/org"),
    **dict.fromkeys((".tex", ".latex"), Format("latex", "text/x-tex")),
    **dict.fromkeys((".json", ".geojson", ".jsonld"), Format("structured", "application/json")),
    **dict.fromkeys((".jsonl", ".ndjson"), Format("structured", "application/jsonl")),
    **dict.fromkeys((".yaml", ".yml"), Format("structured", "application/yaml")),
    **dict.fromkeys((".xml", ".rss", ".atom"), Format("structured", "application/xml", ("text/xml",))),
    **dict.fromkeys((".log", ".toml", ".ini", ".cfg", ".conf", ".env", ".properties", ".ics", ".vcf"), _DATA),
    **dict.fromkeys(_CODE_ENDINGS.split(), _CODE),
}
"""By the ending of the file name, in lower case."""
UNREAD_ENDINGS = frozenset(_UNREAD.split())
"""Of files that are no documents, or in formats that are not read."""
ENDINGS = "document, table, mail or text"
"""For messages: ``holds no document, table, mail or text files``."""
CONTENT_TYPES = tuple(dict.fromkeys(kind for known in FORMATS.values() for kind in (known.media_type, *known.content_types)))
"""Under which files can be uploaded."""


def format_of(path: str) -> Format | None:
    """The format of a file by the ending of its name, in any case; None for what is no document.

    A file with an unknown ending, or none, is read if it is text. ``detection.detected`` looks at the content too.
    """
    ending = PurePosixPath(path).suffix.lower()
    return None if ending in UNREAD_ENDINGS else FORMATS.get(ending, _TEXT)
