"""The files of a collection into documents and chunks: which have to be read at all, and what of them cannot be."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np

from quotewise.index.chunking import Chunk
from quotewise.index.defaults import DEFAULT_FILE_LIMIT
from quotewise.index.documents import Document, SourceFile, parse_document
from quotewise.index.embedding import unindexed
from quotewise.index.errors import DocumentError, TimeLimitError, translate_errors
from quotewise.index.files import File, Files
from quotewise.index.formats import NO_OPTIONS, ParseOptions
from quotewise.index.formats.detection import parser_of
from quotewise.index.left_out import Refusal
from quotewise.index.stamps import Stamp, Stamps
from quotewise.index.sync_report import Failure

_SAMPLED_DOCUMENTS = 8
_READINGS = 3
"""How often a file is read that is written to meanwhile."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the files of a collection are read.

    ``limit`` is the size of the largest one in bytes. With ``again`` unchanged files are parsed, too, which is of use after a
    parser got better, and those at the paths ``again_at`` in any case. Files that have the same of the ``stamps`` as when they
    were last read are not opened.
    """

    limit: int = DEFAULT_FILE_LIMIT
    options: ParseOptions = NO_OPTIONS
    again: bool = False
    again_at: frozenset[str] = frozenset()
    stamps: Stamps = field(default_factory=Stamps)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a file: the sha256 of its document, and what a parser refused of it; either or both."""

    sha256: str | None
    refusal: Refusal | None

    def still_of(self, path: str, data: bytes, options: ParseOptions) -> "Known | None":
        """What of it holds for a file with these bytes: that it is refused, or else indexed; None where it is another."""
        sha256, refusal = hashlib.sha256(data).hexdigest(), self.refusal
        if refusal and sha256 == refusal.sha256:
            again = refusal.parser != (parser_of(path, data) or None) or options.may_open(refusal.reason)
            return None if again else Known(None, refusal)
        return Known(sha256, None) if sha256 == self.sha256 else None


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What reading a file came to: its document with its chunks, what of it is ``known`` already, or the ``reason`` for none.

    ``stamp`` is that of what was read, ``finished`` whether it was not written to meanwhile, ``refusal`` what a parser refused,
    and ``vectors``, float32 (chunks, dimension), are there where the reader made them.
    """

    path: str
    reason: str = ""
    document: Document | None = None
    chunks: Sequence[Chunk] = ()
    known: Known | None = None
    stamp: Stamp | None = None
    finished: bool = True
    refusal: Refusal | None = None
    vectors: np.ndarray | None = None


def read_document(
    files: Files, path: str, reading: Reading, chunks: Callable[[Document], list[Chunk]], known: Known | None = None
) -> ReadFile:
    """Read and parse a file and divide it, again if it was written to meanwhile, unless its bytes are those that are known."""
    for _ in range(_READINGS):
        file = files.file(path)
        read = _parsed(file, path, reading, chunks, known)
        if file.is_as_read():
            return replace(read, stamp=file.stamp)
    if read.document:
        return replace(read, stamp=file.stamp, finished=False)
    reason = f"{read.reason}; it was written to while it was read: index it again"
    return ReadFile(path, reason, stamp=file.stamp, finished=False, refusal=read.refusal)


def _parsed(
    file: File, path: str, reading: Reading, chunks: Callable[[Document], list[Chunk]], known: Known | None
) -> ReadFile:
    refusal = None
    try:
        with translate_errors(unindexed):
            data = file.read(reading.limit)
            if known and (same := known.still_of(path, data, reading.options)):
                return ReadFile(path, known=same)
            try:
                document = parse_document(path, data, reading.options)
            except DocumentError as error:
                parser = "" if isinstance(error, TimeLimitError) else parser_of(path, data)
                refusal = Refusal(hashlib.sha256(data).hexdigest(), parser, str(error))
                raise
            return ReadFile(path, document=document, chunks=chunks(document))
    except DocumentError as error:
        return ReadFile(path, str(error), refusal=refusal)


class FileReader:
    """Keeps account of the files of a collection: of those that are not read, and those that are.

    ``unchanged`` are paths, ``failed`` what could not be read, ``unfinished`` what was written to while it was,
    ``refusals`` what a parser refused, by path, and ``new_stamps`` those of files that were read, as text, by path.

    Args:
        files: the files.
        reading: how they are read.
        indexed: the sha256 of the documents of the collection by path.
        refused: what parsers refused before, by path.
        stamps: those that the files of the documents had when they were read, as text, by path.
    """

    def __init__(
        self,
        files: Files,
        reading: Reading,
        indexed: Mapping[str, str],
        refused: Mapping[str, Refusal],
        stamps: Mapping[str, str],
    ) -> None:
        self._files, self._reading, self._indexed, self._refused = files, reading, indexed, refused
        self._known_stamps = stamps
        self._read_stamps: dict[str, Stamp | None] = {}
        self.unchanged: list[str] = []
        self.failed: list[Failure] = []
        self.unfinished: list[Failure] = []
        self.refusals: dict[str, Refusal] = {}
        self.new_stamps: dict[str, str] = {}

    def known(self, path: str) -> Known | None:
        """What is known of the file at a path; None where that is nothing, or where it is to be read again."""
        refusal, indexed = self._refused.get(path), self._indexed.get(path)
        if self._reading.again or path in self._reading.again_at or not (refusal or indexed):
            return None
        return Known(indexed, refusal)

    def has_known_stamp(self, file: SourceFile) -> bool:
        """Whether a file is unchanged, or one that its parser has refused, by its stamp; it is then reported as such."""
        known = self.known(file.path)
        if known is None:
            return False
        if not known.refusal and self._is_as_indexed(file):
            self._reading.stamps.keep(file.path, file.stamp)
        elif not self._reading.stamps.is_unchanged(file.path, file.stamp):
            return False
        self._set_aside(file.path, known.refusal)
        return True

    def _is_as_indexed(self, file: SourceFile) -> bool:
        """Whether a file has the stamp with which its document was read, by whichever process, and is not too large now."""
        stamp = file.stamp
        return stamp is not None and stamp.size <= self._reading.limit and str(stamp) == self._known_stamps.get(file.path)

    def take(self, read: ReadFile) -> Document | None:
        """Keep account of a file that was read; its document, or None where it has none or is indexed already."""
        path = read.path
        if read.known:
            self._keep_known(path, read.known, read.stamp if read.finished else None)
            return None
        if read.refusal:
            self.refusals[path] = read.refusal
        if read.refusal and read.finished:
            self._reading.stamps.keep(path, read.stamp)
        elif read.finished:
            self._read_stamps[path] = read.stamp
        elif read.document:
            self.unfinished.append(Failure(path, "what was written to it while it was read; index it again"))
        if not read.document:
            self.failed.append(Failure(path, read.reason))
        return read.document

    def committed(self, path: str) -> None:
        """A document that was read is in the catalogue, and is unchanged as long as its file has the same stamp."""
        self._keep(path, self._read_stamps.get(path))

    def _keep_known(self, path: str, known: Known, stamp: Stamp | None) -> None:
        if known.refusal:
            self._reading.stamps.keep(path, stamp)
        else:
            self._keep(path, stamp)
        self._set_aside(path, known.refusal)

    def _set_aside(self, path: str, refusal: Refusal | None) -> None:
        if refusal:
            self.refusals[path] = refusal
            self.failed.append(Failure(path, refusal.reason))
        else:
            self.unchanged.append(path)

    def _keep(self, path: str, stamp: Stamp | None) -> None:
        self._reading.stamps.keep(path, stamp)
        if stamp and stamp.settled:
            self.new_stamps[path] = str(stamp)


def sample_texts(files: Files, limit: int, options: ParseOptions = NO_OPTIONS) -> list[str]:
    """The texts of some documents, by which the embedder of a new collection is chosen.

    Args:
        files: some of these, evenly; those that cannot be read are passed over.
        limit: the size of the largest file that is read, in bytes.
        options: how files are parsed.
    """
    found = [file for file in files.find() if file.is_document and not file.problem] if files.are_there() else []
    texts: list[str] = []
    for file in found[:: max(1, len(found) // _SAMPLED_DOCUMENTS)][:_SAMPLED_DOCUMENTS]:
        with suppress(DocumentError, OSError), translate_errors(unindexed):
            texts.append(parse_document(file.path, files.file(file.path).read(limit), options).text)
    return texts
