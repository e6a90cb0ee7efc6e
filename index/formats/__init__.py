"""The file formats that Quotewise reads. A format is one module of this package and an entry of ``FORMATS``.

The module is called after the parser and has

- ``VERSION: int``, raised by each change that makes another text of the same bytes, or any text of bytes that were refused:
  refused files are then parsed again, while those that were read keep their text until ``index --reread``;
- ``parse(data: bytes) -> Parsed``, which raises DocumentError where the bytes cannot be read, and PasswordError where they are
  encrypted;
- with pages ``parse(data, passwords, recognised)``, which takes the ``RecognisedPage``s of those without text, and
  ``scanned_pages(data, passwords) -> tuple[int, ...]``, which are those;
- with pages ``boxes(data: bytes, layout: Layout, span: Span) -> tuple[Box, ...]``: where a span of the text stands on its page,
  computed from the file when a citation is shown; and ``render(data, page, boxes, width) -> bytes``: the page as a PNG image.

The functions of a format that ``takes_passwords`` have those to try as their last argument.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from quotewise.index.errors import DocumentError, PasswordError
from quotewise.index.formats import sandbox
from quotewise.index.formats.parsed import Parsed
from quotewise.index.layout import Box, Layout
from quotewise.index.left_out import PASSWORD, kind_of
from quotewise.index.recognised import RecognisedPages
from quotewise.index.sentences import Span

_SECONDS, _BYTES_A_SECOND = 18.0, 500_000
"""What the parser of an isolated format may take for a small file, and what is added for a large one."""


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """What is known of files beside their bytes.

    ``passwords`` are tried on those that are encrypted; nothing is kept of them. ``recognised`` are the pages of scans.
    """

    passwords: tuple[str, ...] = field(default=(), repr=False)
    recognised: RecognisedPages | None = None

    def may_open(self, reason: str) -> bool:
        """Whether a file may be read with these that was refused for that reason, perhaps without them."""
        return bool(self.passwords) and kind_of(reason) == PASSWORD


NO_OPTIONS = ParseOptions()


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its parser, which is imported when the first file is parsed, and the media type of its files.

    ``content_types`` are accepted for uploads beside the media type. An ``isolated`` one, whose bytes are compressed, binary or
    read by a library in C, is parsed in a child process, so that no file can end or stop this one. With ``has_pages`` spans
    can be found on pages, which can be drawn. ``is_office`` files are decrypted before they are parsed.
    """

    parser: str
    media_type: str
    content_types: tuple[str, ...] = ()
    isolated: bool = False
    has_pages: bool = False
    takes_passwords: bool = False
    is_office: bool = False

    @property
    def version(self) -> int:
        """The version of the parser."""
        return _version(self.parser, self.isolated)

    def parse(self, data: bytes, options: ParseOptions = NO_OPTIONS) -> Parsed:
        """The text and structure of a file. Raises DocumentError where the bytes cannot be read."""
        try:
            parsed: Parsed = self._call(options, "parse", data)
        except PasswordError as error:
            raise DocumentError(self._locked(len(options.passwords))) from error
        return parsed

    def boxes(self, data: bytes, layout: Layout, span: Span, options: ParseOptions = NO_OPTIONS) -> tuple[Box, ...]:
        """Where a span of the text that the parser made of these bytes stands on its page; empty without pages."""
        return tuple(self._call(options, "boxes", data, layout, span)) if self.has_pages else ()

    def scanned_pages(self, data: bytes, options: ParseOptions = NO_OPTIONS) -> tuple[int, ...]:
        """The pages, from 1, that show something and have no text. Raises DocumentError."""
        return tuple(self._call(options, "scanned_pages", data)) if self.has_pages else ()

    def page_image(self, data: bytes, page: int, boxes: Sequence[Box], width: int, options: ParseOptions = NO_OPTIONS) -> bytes:
        """A page, from 1, as a PNG image with boxes marked. Raises DocumentError where there is no such page."""
        if not self.has_pages:
            raise DocumentError("has no pages that can be shown")
        image: bytes = self._call(options, "render", data, page, boxes, width)
        return image

    def _call(self, options: ParseOptions, name: str, data: bytes, *arguments: Any) -> Any:
        """The only way to a parser: in a child process with limits where its libraries or its work are at risk."""
        given = (*arguments, options.passwords) if self.takes_passwords else arguments
        if name == "parse" and self.has_pages and options.recognised:
            given = (*given, options.recognised.of(data))
        if self.isolated:
            locks = options.passwords if self.is_office else None
            seconds = _SECONDS + len(data) / _BYTES_A_SECOND
            return sandbox.call(_run, self.parser, name, locks, data, *given, seconds=seconds)
        return _run(self.parser, name, None, data, *given)

    def _locked(self, tried: int) -> str:
        if not (self.takes_passwords or self.is_office):
            return "needs a password, and files of its format are not decrypted; save it without one"
        if tried:
            return f"needs a password, and none of the {tried} in the password file opens it"
        return "needs a password; write it into a file, one a line, and name that: --password-file FILE"


def _run(parser: str, name: str, passwords: Sequence[str] | None, data: bytes, *arguments: Any) -> Any:
    """What a function of a parser returns for a file, which is decrypted first where ``passwords`` are given."""
    if passwords is not None and data.startswith(OLE):
        from quotewise.index.formats.encryption import decrypted  # only in the child

        data = decrypted(data, passwords)
    function: Callable[..., Any] = getattr(import_module(f"{__name__}.{parser}"), name)
    return function(data, *arguments)


@cache
def _version(parser: str, isolated: bool) -> int:
    if isolated:  # its libraries are not imported here
        return sandbox.call(_version, parser, False)
    version: int = import_module(f"{__name__}.{parser}").VERSION
    return version


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How files of streams begin: those of Office 97, of Outlook, and encrypted ones of newer Office."""
_CODE_ENDINGS = """
    .py .js .ts .jsx .tsx .java .c .h .cc .cpp .hpp .cs .go .rs .rb .php .sh .bash .ps1 .bat .sql .r .jl .lua .pl .swift .kt
    .scala .css .scss .less .sass .el .mjs .cjs .mts .cts .pyi .pyx .cxx .hh .hxx .dart .groovy .gradle .kts .proto .graphql
    .gql .vue .svelte .ex .exs .erl .zig .m .mm .vb .fs .hs .clj .nim .ml .tcl .awk .zsh .fish .cmake .mk .dockerfile .sol
"""
_SETTINGS_ENDINGS = """
    .toml .ini .cfg .conf .cnf .tf .tfvars .hcl .nomad .service .timer .socket .mount .target .desktop
"""
_XML_ENDINGS = (
    ".xml .rss .atom .nxml .dbk .docbook .tei .fb2 .opml .gpx .kml .ttml .dfxp .dita .ditamap .xlf .xliff .tmx .plist"
)
_CODE_NAMES = """
    brewfile containerfile dockerfile gemfile gnumakefile jenkinsfile justfile makefile procfile rakefile vagrantfile
"""
CODE_NAMES = frozenset(_CODE_NAMES.split())
"""Of files without an ending, in lower case."""
_UNREAD = """
    .png .jpg .jpeg .gif .webp .bmp .tif .tiff .heic .svg .ico .psd .mp3 .mp4 .wav .ogg .flac .mov .avi .mkv .webm .zip .gz .tgz
    .bz2 .xz .7z .rar .tar .exe .dll .so .dylib .bin .iso .dmg .o .a .class .jar .pyc .whl .ttf .otf .woff .woff2 .db .sqlite
    .sqlite3 .parquet .npy .npz .onnx .pt .safetensors .pickle .pkl .ppt
"""


def _isolated(parser: str, media_type: str, *content_types: str, **more: bool) -> Format:
    return Format(parser, media_type, content_types, isolated=True, **more)


def _office(parser: str, kind: str) -> Format:
    return _isolated(parser, f"application/vnd.openxmlformats-officedocument.{kind}", is_office=True)


def _open_document(kind: str) -> Format:
    return _isolated("opendocument", f"application/vnd.oasis.opendocument.{kind}", takes_passwords=True)


_TEXT, _CODE = Format("text", "text/plain"), Format("source_code", "text/plain")
_DATA = Format("structured", "text/plain")
_PAGE = _isolated("html", "text/html", "application/xhtml+xml")
FORMATS: Mapping[str, Format] = {
    ".txt": _TEXT,
    **dict.fromkeys((".md", ".markdown", ".mdown", ".mkd", ".mdx", ".qmd", ".rmd"), Format("markdown", "text/markdown")),
    **dict.fromkeys((".html", ".htm", ".xhtml"), _PAGE),
    **dict.fromkeys((".docx", ".docm", ".dotx"), _office("docx", "wordprocessingml.document")),
    **dict.fromkeys((".xlsx", ".xlsm", ".xltx"), _office("xlsx", "spreadsheetml.sheet")),
    **dict.fromkeys((".pptx", ".pptm", ".ppsx"), _office("pptx", "presentationml.presentation")),
    **dict.fromkeys((".doc", ".dot"), _isolated("doc", "application/msword", is_office=True)),
    ".xls": _isolated("xls", "application/vnd.ms-excel", is_office=True),
    **dict.fromkeys((".odt", ".ott", ".fodt"), _open_document("text")),
    **dict.fromkeys((".ods", ".ots", ".fods"), _open_document("spreadsheet")),
    **dict.fromkeys((".odp", ".otp", ".fodp"), _open_document("presentation")),
    ".odg": _open_document("graphics"),
    ".pdf": _isolated("pdf", "application/pdf", has_pages=True, takes_passwords=True),
    ".epub": _isolated("epub", "application/epub+zip"),
    ".rtf": _isolated("rtf", "application/rtf", "text/rtf"),
    ".csv": Format("csv", "text/csv"),
    **dict.fromkeys((".tsv", ".tab"), Format("csv", "text/tab-separated-values")),
    ".srt": Format("subtitles", "application/x-subrip"),
    ".vtt": Format("subtitles", "text/vtt"),
    **dict.fromkeys((".ics", ".ical"), Format("ics", "text/calendar")),
    **dict.fromkeys((".vcf", ".vcard"), Format("vcf", "text/vcard", ("text/x-vcard",))),
    **dict.fromkeys((".eml", ".emlx", ".mht", ".mhtml"), _isolated("mail", "message/rfc822", takes_passwords=True)),
    ".mbox": _isolated("mbox", "application/mbox", takes_passwords=True),
    ".msg": _isolated("msg", "application/vnd.ms-outlook", takes_passwords=True),
    ".tnef": _isolated("winmail", "application/ms-tnef", "application/vnd.ms-tnef", takes_passwords=True),
    ".ipynb": Format("ipynb", "application/x-ipynb+json"),
    **dict.fromkeys((".man", ".mdoc", ".roff", ".troff"), _isolated("man", "text/troff")),
    **dict.fromkeys((".rst", ".rest"), Format("rst", "text/x-rst")),
    **dict.fromkeys((".adoc", ".asciidoc", ".asc"), Format("asciidoc", "text/asciidoc")),
    ".org": Format("org", "text/org"),
    **dict.fromkeys((".tex", ".latex"), Format("latex", "text/x-tex")),
    **dict.fromkeys(
        (".json", ".geojson", ".jsonld", ".jsonc", ".json5", ".har", ".tfstate"), Format("structured", "application/json")
    ),
    **dict.fromkeys((".jsonl", ".ndjson"), Format("structured", "application/jsonl")),
    **dict.fromkeys((".yaml", ".yml"), Format("yaml_text", "application/yaml")),
    **dict.fromkeys(_XML_ENDINGS.split(), Format("structured", "application/xml", ("text/xml",))),
    **dict.fromkeys((".log", ".env", ".properties"), _DATA),
    **dict.fromkeys(_SETTINGS_ENDINGS.split(), Format("ini", "text/plain")),
    **dict.fromkeys(_CODE_ENDINGS.split(), _CODE),
}
"""By the ending of the file name, in lower case."""
CHAT_EXPORT = _isolated("chat_export", "application/json")
"""Told by the content of files whose ending is that of JSON."""
UNREAD_ENDINGS = frozenset(_UNREAD.split())
"""Of files that are no documents, or in formats that are not read."""
ENDINGS = "document, table, mail or text"
"""For messages: ``holds no document, table, mail or text files``."""
CONTENT_TYPES = tuple(dict.fromkeys(kind for known in FORMATS.values() for kind in (known.media_type, *known.content_types)))
"""Under which files can be uploaded."""


def shown_format(media_type: str) -> Format | None:
    """The format with pages that can be shown of documents of a media type, which are told by content; None for others."""
    return next((known for known in FORMATS.values() if known.has_pages and known.media_type == media_type), None)


def ending_of(path: str) -> str:
    """The ending of a file's name with its dot, in lower case; empty where there is none, as for a name that begins with it."""
    stem, _, ending = path.rpartition("/")[2].rpartition(".")
    return f".{ending.lower()}" if stem and ending else ""


def may_be_document(path: str) -> bool:
    """Whether a file of this name is opened: its format is known or, for files of old PowerPoint, seen in the content."""
    return ending_of(path) == ".ppt" or format_of(path) is not None


def format_of(path: str) -> Format | None:
    """The format of a file by the ending of its name, in any case; None for what is no document.

    A file with an unknown ending, or none, is read if it is text. ``detection.detected`` looks at the content too.
    """
    ending = ending_of(path)
    if not ending and path.rpartition("/")[2].lower() in CODE_NAMES:
        return _CODE
    return None if ending in UNREAD_ENDINGS else FORMATS.get(ending, _TEXT)
