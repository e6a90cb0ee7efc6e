"""The words of a collection in Tantivy: BM25 over English stems, derived from the catalogue."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import tantivy
from quotewise.index.catalogue import IndexedChunk
from quotewise.index.checksums import UNCHANGED, Change, read_checksums, replaced, write_checksums
from quotewise.index.errors import IndexUnavailableError, border
from quotewise.index.store import Hit

_ANALYZER = "english-2"
"""Of this version: an index made by another is made again."""
_SIGNS = {"+": "plus", "#": "sharp", ".": "dot", "-": "dash", "_": "underscore"}
_SIGNED = re.compile(r"(?<![^\W_])([^\W\d_][^\W_]{0,30})(\+{1,2}|#(?![0-9]))(?![^\W\d_+#])")
_JOINED = re.compile(r"(?<![\w.-])\.?[^\W_]{1,40}(?:[._-][^\W_]{1,40}){1,7}(?!\w)|(?<![\w.])\.[^\W\d_][^\W_]{1,40}")
_SHORT_NAME = 2
_WRITER_BYTES = 64_000_000
_MAX_TERMS = 256


class LexicalIndex:
    """A Tantivy index of one document a chunk. Only the process that holds the index's lock may call ``update``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._index: tantivy.Index | None = None
        self.at = UNCHANGED
        self.reopen()

    def __len__(self) -> int:
        return int(self._index.searcher().num_docs) if self._index else 0

    def reset(self) -> None:
        """Let the next update start from nothing; until then the old words are searched."""
        self.at = UNCHANGED

    def reopen(self) -> None:
        """Open what is on disk. Where that cannot be, keep what is open to search, but as reflecting no change yet."""
        change = read_checksums(self.folder)
        if change is None:
            self.at = UNCHANGED
        elif change != self.at:
            try:
                with border(IndexUnavailableError):
                    self._index, self.at = _opened(self.folder), change
            except IndexUnavailableError:  # its writer has moved on since the seal was read, or it is of another version
                self.at = UNCHANGED

    @property
    def opened(self) -> bool:
        """Whether there is anything to search."""
        return self._index is not None

    def search(self, query: str, limit: int, documents: Sequence[int] | None) -> list[Hit]:
        """The best chunks for any of the words of a query, best first, of the given documents only."""
        words = list(dict.fromkeys(_ANALYZED.analyze(with_names(query))))[:_MAX_TERMS]
        index = self._index
        if index is None or not words or limit <= 0:
            return []
        schema = index.schema
        terms = [(tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", word)) for word in words]
        wanted = tantivy.Query.boolean_query(terms)
        if documents is not None:
            within = tantivy.Query.const_score_query(_of_documents(schema, documents), 0.0)
            wanted = tantivy.Query.boolean_query([(tantivy.Occur.Must, wanted), (tantivy.Occur.Must, within)])
        searcher = index.searcher()
        found = searcher.search(wanted, limit, count=False).hits
        ids = searcher.fast_field_values("chunk", [address for _, address in found])
        hits = [Hit(int(key), float(score)) for key, (score, _) in zip(ids, found, strict=True) if key is not None]
        return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))

    def update(self, changed: Sequence[int], chunks: Iterable[IndexedChunk], change: Change) -> None:
        """Forget the chunks of the changed documents, add what they have now, and seal the result on disk.

        While it reflects no change it starts afresh, in a new folder, so ``changed`` must then be all documents.
        """
        if self.at == UNCHANGED or self._index is None:
            with replaced(self.folder) as folder:
                index = tantivy.Index(_schema(), str(folder))
                _register(index)
                _write(index, folder, (), chunks, change)
            index = _opened(self.folder)
        else:
            index = self._index
            _write(index, self.folder, changed, chunks, change)
        self._index, self.at = index, change


def with_names(text: str) -> str:
    """A text in which names with signs in them are words too: ``C++`` is one and no C, ``node-js`` is one beside its parts."""
    joined = [_spelled(name[0]) for name in _JOINED.finditer(text)]
    signed = _SIGNED.sub(_signed, text) if "+" in text or "#" in text else text
    return " ".join([signed, *joined]) if joined else signed


def _signed(name: re.Match[str]) -> str:
    word = _spelled(name[0])
    return f"{word} " if len(name[1]) <= _SHORT_NAME else f"{name[1]} {word} "


def _spelled(name: str) -> str:
    return "".join(_SIGNS.get(character, character) for character in name)


def _write(index: tantivy.Index, folder: Path, stale: Sequence[int], chunks: Iterable[IndexedChunk], change: Change) -> None:
    writer = index.writer(_WRITER_BYTES, num_threads=1)
    if stale:
        writer.delete_documents_by_query(_of_documents(index.schema, stale))
    for chunk in chunks:
        document = tantivy.Document()
        document.add_unsigned("chunk", chunk.id)
        document.add_unsigned("document", chunk.document)
        document.add_text("text", with_names(chunk.text))
        writer.add_document(document)
    writer.commit()
    writer.garbage_collect_files()
    writer.wait_merging_threads()
    index.reload()
    write_checksums(folder, change)


def _opened(folder: Path) -> tantivy.Index:
    index = tantivy.Index.open(str(folder))
    if index.schema != _schema():
        raise IndexUnavailableError("the index of the words is of another version")
    _register(index)
    return index


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("chunk", fast=True)
    builder.add_unsigned_field("document", indexed=True, fast=True)
    builder.add_text_field("text", tokenizer_name=_ANALYZER, index_option="freq")
    return builder.build()


def _analyzer() -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (
        tantivy.Filter.remove_long(64),
        tantivy.Filter.lowercase(),
        tantivy.Filter.ascii_fold(),
        tantivy.Filter.stopword("english"),
        tantivy.Filter.stemmer("english"),
    ):
        builder = builder.filter(step)
    return builder.build()


def _of_documents(schema: tantivy.Schema, rows: Sequence[int]) -> tantivy.Query:
    return tantivy.Query.term_set_query(schema, "document", list(rows))


def _register(index: tantivy.Index) -> None:
    index.register_tokenizer(_ANALYZER, _ANALYZED)


_ANALYZED = _analyzer()
