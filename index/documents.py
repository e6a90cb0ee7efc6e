"""A folder of files into documents: lists the files, reads them up to a size limit, and parses them by format."""

import errno
import hashlib
import os
import re
import stat
import time
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from quotewise.index.errors import AlteredError, DocumentError, FolderError, MissingFileError, translate_errors
from quotewise.index.formats import ENDINGS, NO_OPTIONS, ParseOptions, may_be_document
from quotewise.index.formats.contents import with_contents_as_navigation
from quotewise.index.formats.detection import detected
from quotewise.index.formats.embedded_data import without_embedded_data
from quotewise.index.formats.faq import with_questions_as_headings
from quotewise.index.formats.parsed import Block, Parsed
from quotewise.index.ignore_rules import IgnoreRules
from quotewise.index.layout import Layout
from quotewise.index.printable import printable
from quotewise.index.stamps import Stamp


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file.

    ``path`` is relative to the indexed folder, with ``/``, in Unicode's composed form (NFC). ``text`` is what offsets refer to
    (see ``Parsed``), ``sha256`` is of the bytes, and ``unread_part`` says which part of the file was not used, and why.
    """

    path: str
    text: str
    sha256: str
    encoding: str
    media_type: str
    title: str
    size_bytes: int
    metadata: Mapping[str, str]
    blocks: tuple[Block, ...]
    layout: Layout
    unread_part: str | None = None


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a folder: its path relative to that in composed form, and the reason if it cannot be indexed.

    ``is_document`` is whether its format is read; ``stamp`` is that of the file, None where there is none.
    """

    path: str
    problem: str | None = None
    is_document: bool = True
    stamp: Stamp | None = field(default=None, compare=False)


def find_files(folder: Path) -> Iterator[SourceFile]:
    """The files of a folder tree, sorted within each folder, without hidden and ignored ones (see ``IgnoreRules``).

    Files of other formats than are read have that for a problem.
    Links to folders are never followed. A link to a file is followed when the file is inside the folder; otherwise it has a
    problem, as have names that are not UTF-8. Of names that differ only in Unicode normalisation, the composed one (NFC) or
    else the first is taken; the others have a problem.

    Raises:
        FolderError: the folder does not exist or cannot be listed.
    """
    if not folder.is_dir():
        raise FolderError(f"{printable(str(folder))} is not a folder; give an existing folder of {ENDINGS} files")
    root, pending = folder.resolve(), [("", IgnoreRules())]
    while pending:
        within, rules = pending.pop()
        now = time.time()
        try:
            entries = sorted(os.scandir(folder / within), key=lambda entry: entry.name)
        except OSError as error:
            if not within:
                raise FolderError(f"cannot list {printable(str(folder))}: {error.strerror}") from error
            yield SourceFile(unicodedata.normalize("NFC", within[:-1]), f"folder cannot be listed: {error.strerror}")
            continue
        rules = rules.within(folder, within, {entry.name for entry in entries})
        doubles, folders = _doubles([entry.name for entry in entries]), []
        for entry in entries:
            path = within + entry.name
            problem = _link_problem(entry.path, root) if entry.is_symlink() else None
            if entry.name.startswith(".") or rules.match(path + "/" * entry.is_dir(follow_symlinks=False)):
                continue
            if entry.name in doubles:
                yield SourceFile(path, "has the same name as another but for how its characters are composed; rename one")
            elif entry.is_dir(follow_symlinks=False):
                folders.append((f"{path}/", rules))
            elif problem or not entry.is_dir():
                is_document = may_be_document(entry.name)
                if not path.isascii() and any("\ud800" <= c <= "\udfff" for c in path):
                    problem = "file name is not valid UTF-8; rename it"
                elif not is_document:
                    problem = problem or "has no known format"
                yield SourceFile(
                    unicodedata.normalize("NFC", path), problem, is_document, None if problem else _stamp(entry, now)
                )
        pending += reversed(folders)


def _stamp(entry: "os.DirEntry[str]", now: float) -> Stamp | None:
    try:
        return Stamp.of(entry.stat(), now)
    except OSError:  # it vanished
        return None


def _doubles(names: Sequence[str]) -> set[str]:
    """The names that another one takes precedence over, which has the same composed form."""
    if all(map(str.isascii, names)):
        return set()
    taken: dict[str, str] = {}
    for name in sorted(names):
        composed = unicodedata.normalize("NFC", name)
        if name == composed or composed not in taken:
            taken[composed] = name
    return set(names) - set(taken.values())


def _link_problem(path: str, root: Path) -> str | None:
    try:
        target = Path(path).resolve(strict=True)
    except FileNotFoundError:
        return "symbolic link to nothing"
    except (OSError, RuntimeError):
        return "symbolic link that loops"
    return None if target.is_relative_to(root) else "symbolic link that leaves the folder"


def read_file(path: Path | str, limit_bytes: int, folder: int | None = None) -> bytes:
    """The bytes of a regular file of at most ``limit_bytes``. With the descriptor of its folder, links are not followed.

    Raises:
        MissingFileError: it is missing, or no regular file.
        DocumentError: it is unreadable, empty or too large.
        OSError: with a folder, that it is a link.
    """

    def open_without_blocking(path: str, flags: int) -> int:
        flags |= getattr(os, "O_NONBLOCK", 0)  # a named pipe would block until it has a writer
        return os.open(path, flags if folder is None else flags | os.O_NOFOLLOW, dir_fd=folder)

    try:
        with open(path, "rb", opener=open_without_blocking) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise MissingFileError("is not a regular file")
            size = os.fstat(file.fileno()).st_size
            data = b"" if size > limit_bytes else file.read(size + 1)
    except FileNotFoundError:
        raise MissingFileError("vanished before it could be read") from None
    except OSError as error:
        if folder is not None and error.errno == errno.ELOOP:
            raise
        if error.errno == errno.EISDIR:
            raise MissingFileError("cannot be read: is a folder") from error
        raise DocumentError(f"cannot be read: {error.strerror or error}") from error
    if max(size, len(data)) > limit_bytes:
        raise AlteredError(f"is larger than {limit_bytes:,} bytes; raise max_file_bytes to index it")
    if not data:
        raise AlteredError("is empty")
    return data


def parse_document(path: str, data: bytes, options: ParseOptions = NO_OPTIONS) -> Document:
    """Parse the bytes of the file at ``path``, relative to the indexed folder.

    Raises:
        DocumentError: the bytes are no text, or blank, or the format is unknown.
    """
    file_format = detected(path, data)
    if file_format is None:
        raise DocumentError(f"has no known format; expected {ENDINGS}")
    with translate_errors(lambda reason: DocumentError(f"cannot be parsed: {reason}")):
        parsed = file_format.parse(data, options)
    if not parsed.text.strip():
        raise DocumentError(f"has nothing to read but {parsed.unread_part}" if parsed.unread_part else "is blank")
    return Document(
        path=unicodedata.normalize("NFC", path),
        text=parsed.text,
        sha256=hashlib.sha256(data).hexdigest(),
        encoding=parsed.encoding,
        media_type=file_format.media_type,
        title=parsed.title or _title_of(PurePosixPath(path).stem),
        size_bytes=len(data),
        metadata=parsed.metadata,
        blocks=_shown_blocks(parsed),
        layout=parsed.layout,
        unread_part=parsed.unread_part,
    )


def _shown_blocks(parsed: Parsed) -> tuple[Block, ...]:
    blocks = with_contents_as_navigation(parsed.text, without_embedded_data(parsed.text, parsed.blocks))
    return with_questions_as_headings(parsed.text, blocks)


def _title_of(stem: str) -> str:
    """A file name as a title: underscores and dashes between words become spaces if the name has no spaces."""
    if any(c.isspace() for c in stem):
        return stem
    joined = "_" if "_" in stem else "-" if stem.count("-") > 1 else ""
    return re.sub(rf"(?<=[^\W_]){joined}(?=[^\W_])", " ", stem) if joined and not re.search(r"\d[-_]\d", stem) else stem
