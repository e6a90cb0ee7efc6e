"""The file formats that Quotewise reads. A format is one module of this package and an entry of ``FORMATS``.

The module is called after the parser and has

- ``VERSION: int``, raised by each change that makes another text of the same bytes;
- ``parse(data: bytes) -> Parsed``, which raises DocumentError where the bytes cannot be read;
- with pages ``boxes(data: bytes, layout: Layout, span: Span) -> tuple[Box, ...]``: where a span of the text stands on its page,
  computed from the file when a citation is shown; and ``render(data, page, boxes, width) -> bytes``: the page as a PNG image.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePosixPath
from typing import Any

from quotewise.index.errors import DocumentError
from quotewise.index.formats import sandbox
from quotewise.index.formats.parsed import Parsed
from quotewise.index.layout import Box, Layout
from quotewise.index.sentences import Span

_SECONDS, _BYTES_A_SECOND = 18.0, 500_000
"""What the parser of an isolated format may take for a small file, and what is added for a large one."""


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its parser, which is imported when the first file is parsed, and the media type of its files.

    ``content_types`` are accepted for uploads beside the media type. An ``isolated`` one, whose bytes are compressed, binary or
    read by a library in C, is parsed in a child process, so that no file can end or stop this one. With ``has_pages`` spans
    can be found on pages, which can be drawn.
    """

    parser: str
    media_type: str
    content_types: tuple[str, ...] = ()
    isolated: bool = False
    has_pages: bool = False

    def parse(self, data: bytes) -> Parsed:
        """The text and structure of a file. Raises DocumentError where the bytes cannot be read."""
        parsed: Parsed = self._call("parse", data)
        return parsed

    def boxes(self, data: bytes, layout: Layout, span: Span) -> tuple[Box, ...]:
        """Where a span of the text that the parser made of these bytes stands on its page; empty without pages."""
        return tuple(self._call("boxes", data, layout, span)) if self.has_pages else ()

    def page_image(self, data: bytes, page: int, boxes: Sequence[Box], width: int) -> bytes:
        """A page, from 1, as a PNG image with boxes marked. Raises DocumentError where there is no such page."""
        if not self.has_pages:
            raise DocumentError("has no pages that can be shown")
        image: bytes = self._call("render", data, page, boxes, width)
        return image

    def _call(self, name: str, data: bytes, *arguments: Any) -> Any:
        """The only way to a parser: in a child process with limits where its libraries or its work are at risk."""
        if self.isolated:
            return sandbox.call(_run, self.parser, name, data, *arguments, seconds=_SECONDS + len(data) / _BYTES_A_SECOND)
        return _run(self.parser, name, data, *arguments)


def _run(parser: str, name: str, *arguments: Any) -> Any:
    function: Callable[..., Any] = getattr(import_module(f"{__name__}.{parser}"), name)
    return function(*arguments)


_CODE_ENDINGS = """
    .py .js .ts .jsx .tsx .java .c .h .cc .cpp .hpp .cs .go .rs .rb .php .sh .bash .ps1 .bat .sql .r .jl .lua .pl .swift .kt
    .scala .css .scss .el
"""
_UNREAD = """
    .png .jpg .jpeg .gif .webp .bmp .tif .tiff .heic .svg .ico .psd .mp3 .mp4 .wav .ogg .flac .mov .avi .mkv .webm .zip .gz .tgz
    .bz2 .xz .7z .rar .tar .exe .dll .so .dylib .bin .iso .dmg .o .a .class .jar .pyc .whl .ttf .otf .woff .woff2 .db .sqlite
    .sqlite3 .parquet .npy .npz .onnx .pt .safetensors .pickle .pkl .doc .ppt
"""


def _isolated(parser: str, media_type: str, *content_types: str) -> Format:
    return Format(parser, media_type, content_types, isolated=True)


_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
_TEXT, _CODE = Format("text", "text/plain"), Format("source_code", "text/plain")
_DATA = Format("structured", "text/plain")
_PAGE = _isolated("html", "text/html", "application/xhtml+xml")
FORMATS: Mapping[str, Format] = {
    ".txt": _TEXT,
    **dict.fromkeys((".md", ".markdown", ".mdown", ".mkd"), Format("markdown", "text/markdown")),
    **dict.fromkeys((".html", ".htm", ".xhtml"), _PAGE),
    **dict.fromkeys((".docx", ".docm", ".dotx"), _isolated("docx", f"{_OFFICE}.wordprocessingml.document")),
    **dict.fromkeys((".xlsx", ".xlsm", ".xltx"), _isolated("xlsx", f"{_OFFICE}.spreadsheetml.sheet")),
    **dict.fromkeys((".pptx", ".pptm", ".ppsx"), _isolated("pptx", f"{_OFFICE}.presentationml.presentation")),
    ".xls": _isolated("xls", "application/vnd.ms-excel"),
    **dict.fromkeys((".odt", ".ott"), _isolated("opendocument", f"{_OPEN}.text")),
    ".ods": _isolated("opendocument", f"{_OPEN}.spreadsheet"),
    ".odp": _isolated("opendocument", f"{_OPEN}.presentation"),
    ".pdf": Format("pdf", "application/pdf", isolated=True, has_pages=True),
    ".epub": _isolated("epub", "application/epub+zip"),
    ".rtf": _isolated("rtf", "application/rtf", "text/rtf"),
    ".csv": Format("csv", "text/csv"),
    **dict.fromkeys((".tsv", ".tab"), Format("csv", "text/tab-separated-values")),
    ".srt": Format("subtitles", "application/x-subrip"),
    ".vtt": Format("subtitles", "text/vtt"),
    ".eml": _isolated("mail", "message/rfc822"),
    ".mbox": _isolated("mbox", "application/mbox"),
    ".msg": _isolated("msg", "application/vnd.ms-outlook"),
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


def shown_format(media_type: str) -> Format | None:
    """The format with pages that can be shown of documents of a media type, which are told by content; None for others."""
    return next((known for known in FORMATS.values() if known.has_pages and known.media_type == media_type), None)


def may_be_document(path: str) -> bool:
    """Whether a file of this name is opened: its format is known or, for files of the oldest Office, seen in the content."""
    return PurePosixPath(path).suffix.lower() in (".doc", ".ppt") or format_of(path) is not None


def format_of(path: str) -> Format | None:
    """The format of a file by the ending of its name, in any case; None for what is no document.

    A file with an unknown ending, or none, is read if it is text. ``detection.detected`` looks at the content too.
    """
    ending = PurePosixPath(path).suffix.lower()
    return None if ending in UNREAD_ENDINGS else FORMATS.get(ending, _TEXT)
