"""The files of a folder into documents and chunks: which have to be read at all, and what of them cannot be."""

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from quotewise.index.chunking import Chunk
from quotewise.index.defaults import DEFAULT_FILE_LIMIT
from quotewise.index.documents import Document, SourceFile, find_files, parse_document
from quotewise.index.embedding import unindexed
from quotewise.index.errors import DocumentError, TimeLimitError, translate_errors
from quotewise.index.folders import read_inside, stamp_inside
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
    """How the files of a folder are read.

    ``limit`` is the size of the largest one in bytes. With ``again`` unchanged files are parsed, too, which is of use after a
    parser got better, and those at the paths ``again_at`` in any case. Files that have the same of the ``stamps`` as when they
    were last read are not opened.
    """

    limit: int = DEFAULT_FILE_LIMIT
    options: ParseOptions = NO_OPTIONS
    again: bool = False
    again_at: frozenset[str] = frozenset()
    stamps: Stamps = field(default_factory=Stamps)


class FileReader:
    """Reads the files of a folder, and keeps account of those that are not read.

    ``unchanged`` are paths, ``failed`` what could not be read, ``unfinished`` what was written to while it was,
    ``refusals`` what a parser refused, by path, and ``new_stamps`` those of files that were read, as text, by path.

    Args:
        folder: the folder.
        reading: how its files are read.
        indexed: the sha256 of the documents of the folder by path.
        refused: what parsers refused before, by path.
        stamps: those that the files of the documents had when they were read, as text, by path.
        chunks: divides a document.
    """

    def __init__(
        self,
        folder: Path,
        reading: Reading,
        indexed: Mapping[str, str],
        refused: Mapping[str, Refusal],
        stamps: Mapping[str, str],
        chunks: Callable[[Document], list[Chunk]],
    ) -> None:
        self._folder, self._reading, self._indexed, self._refused = folder, reading, indexed, refused
        self._known_stamps, self._chunks = stamps, chunks
        self._read_stamps: dict[str, Stamp | None] = {}
        self.unchanged: list[str] = []
        self.failed: list[Failure] = []
        self.unfinished: list[Failure] = []
        self.refusals: dict[str, Refusal] = {}
        self.new_stamps: dict[str, str] = {}

    def is_known(self, file: SourceFile) -> bool:
        """Whether a file is unchanged, or one that its parser has refused, or cannot be read; it is then reported as such."""
        path, stamps = file.path, self._reading.stamps
        refusal, indexed = self._refused.get(path), self._indexed.get(path)
        if self._reading.again or path in self._reading.again_at or not (refusal or indexed):
            return False
        if not refusal and self._is_as_indexed(file):
            stamps.keep(path, file.stamp)
        elif not stamps.is_unchanged(path, file.stamp):
            try:
                with translate_errors(unindexed):
                    data = read_inside(self._folder, path, self._reading.limit)
            except DocumentError as error:
                self.failed.append(Failure(path, str(error)))
                return True
            sha256 = hashlib.sha256(data).hexdigest()
            if refusal and sha256 != refusal.sha256:
                refusal = None
            if refusal and (
                refusal.parser != (parser_of(path, data) or None) or self._reading.options.may_open(refusal.reason)
            ):
                return False
            if not refusal and sha256 != indexed:
                return False
            if refusal:
                stamps.keep(path, file.stamp)
            else:
                self._keep(path, file.stamp)
        if refusal:
            self.refusals[path] = refusal
            self.failed.append(Failure(path, refusal.reason))
        else:
            self.unchanged.append(path)
        return True

    def _is_as_indexed(self, file: SourceFile) -> bool:
        """Whether a file has the stamp with which its document was read, by whichever process, and is not too large now."""
        stamp = file.stamp
        return stamp is not None and stamp.size <= self._reading.limit and str(stamp) == self._known_stamps.get(file.path)

    def read(self, path: str) -> tuple[Document, list[Chunk]] | None:
        """The document of a file and its chunks, or None where it cannot be one; read again if it was written to meanwhile."""
        reason = ""
        for _ in range(_READINGS):
            stamp, read = stamp_inside(self._folder, path), None
            self.refusals.pop(path, None)
            try:
                read = self._parsed(path)
            except DocumentError as error:
                reason = str(error)
            if finished := stamp_inside(self._folder, path) == stamp:
                break
        if finished and path in self.refusals:
            self._reading.stamps.keep(path, stamp)
        elif finished:
            self._read_stamps[path] = stamp
        elif read:
            self.unfinished.append(Failure(path, "what was written to it while it was read; index it again"))
        else:
            reason += "; it was written to while it was read: index it again"
        if not read:
            self.failed.append(Failure(path, reason))
        return read

    def _parsed(self, path: str) -> tuple[Document, list[Chunk]]:
        with translate_errors(unindexed):
            data = read_inside(self._folder, path, self._reading.limit)
            try:
                document = parse_document(path, data, self._reading.options)
            except DocumentError as error:
                parser = "" if isinstance(error, TimeLimitError) else parser_of(path, data)
                self.refusals[path] = Refusal(hashlib.sha256(data).hexdigest(), parser, str(error))
                raise
            return document, self._chunks(document)

    def committed(self, path: str) -> None:
        """A document that was read is in the catalogue, and is unchanged as long as its file has the same stamp."""
        self._keep(path, self._read_stamps.get(path))

    def _keep(self, path: str, stamp: Stamp | None) -> None:
        self._reading.stamps.keep(path, stamp)
        if stamp and stamp.settled:
            self.new_stamps[path] = str(stamp)


def sample_texts(folder: Path, limit: int, options: ParseOptions = NO_OPTIONS) -> list[str]:
    """The texts of some documents of a folder, by which the embedder of a new collection is chosen.

    Args:
        folder: lists its files evenly; those that cannot be read are passed over.
        limit: the size of the largest file that is read, in bytes.
        options: how files are parsed.
    """
    files = [file for file in find_files(folder) if file.is_document and not file.problem] if folder.is_dir() else []
    texts: list[str] = []
    for file in files[:: max(1, len(files) // _SAMPLED_DOCUMENTS)][:_SAMPLED_DOCUMENTS]:
        with suppress(DocumentError, OSError), translate_errors(unindexed):
            texts.append(parse_document(file.path, read_inside(folder, file.path, limit), options).text)
    return texts
