"""The words of a collection in Tantivy: BM25 over the stems of its language, and over pairs of characters for Chinese,
Japanese and Korean."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import tantivy

from quotewise.index.store import Changes, Hit, IndexedChunk

_VERSION = 6
"""Of the analyzers: an index made by another version is made again."""
_LANGUAGES = {
    **{"ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fi": "finnish"},
    **{"fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian", "pt": "portuguese"},
    **{"ro": "romanian", "ru": "russian", "sv": "swedish", "ta": "tamil", "tr": "turkish"},
}
"""Those that Tantivy has a stemmer for, by ISO 639-1 code; it has no stop words for those in ``_WITHOUT_STOP_WORDS``."""
_WITHOUT_STOP_WORDS = ("ar", "el", "ro", "ta", "tr")
_SIGNS = {"+": "plus", "#": "sharp", ".": "dot", "-": "dash", "_": "underscore"}
_SIGNED = re.compile(r"(?<![^\W_])([^\W\d_][^\W_]{0,30})(\+{1,2}|#(?![0-9]))(?![^\W\d_+#])|\b([A-Z]{1,2})(-)(?=[\s.,;:?!)]|\Z)")
"""Names with signs behind them, such as C++, F# and the blood group A-."""
_JOINED = re.compile(r"(?<![\w.-])\.?[^\W_]{1,40}(?:[._-][^\W_]{1,40}){1,7}(?!\w)|(?<![\w.])\.[^\W\d_][^\W_]{1,40}")
_SHORT_NAME = 2
_NOTE_MARK = re.compile(r"(?<=[^\W\d_]{3})[⁰¹²³⁴-⁹]+")
_NAME_WORD = re.compile(r"[^\W_a-z]*[^\W_A-Z]+|[^\W_]+")
"""Words, also of a name such as ``EmployeeHandbook``."""
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003fffd]+")
"""Runs of kana, Han and Hangul, between whose words there are no spaces, or none before particles."""
_WRITER_BYTES = 64_000_000
_MAX_TERMS = 256


class LexicalIndex:
    """A Tantivy index of one document a chunk."""

    def __init__(self, index: tantivy.Index, language: str) -> None:
        self._index = index
        self._analyzer = _analyzer(language)
        index.register_tokenizer(analyzer_name(language), self._analyzer)

    @classmethod
    def create(cls, folder: Path, language: str) -> "LexicalIndex":
        return cls(tantivy.Index(_schema(language), str(folder)), language)

    @classmethod
    def open(cls, folder: Path, language: str) -> "LexicalIndex":
        """Raises ValueError when it was made otherwise, and what Tantivy raises."""
        index = tantivy.Index.open(str(folder))
        if index.schema != _schema(language):
            raise ValueError("the lexical index is of another version")
        return cls(index, language)

    def __len__(self) -> int:
        return int(self._index.searcher().num_docs)

    def search(self, query: str, limit: int, documents: Sequence[int] | np.ndarray | None) -> list[Hit]:
        """The best chunks for any of the words of a query, best first, of these documents only."""
        searched = list(dict.fromkeys(_terms(query, self._analyzer)))[:_MAX_TERMS]
        if not searched or limit <= 0:
            return []
        schema = self._index.schema
        queries = [(tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", term)) for term in searched]
        combined = tantivy.Query.boolean_query(queries)
        if documents is not None:
            within = tantivy.Query.const_score_query(_of_documents(schema, documents), 0.0)
            combined = tantivy.Query.boolean_query([(tantivy.Occur.Must, combined), (tantivy.Occur.Must, within)])
        searcher = self._index.searcher()
        best = searcher.search(combined, limit, count=False).hits
        ids = searcher.fast_field_values("chunk", [address for _, address in best])
        hits = [Hit(int(key), float(score)) for key, (score, _) in zip(ids, best, strict=True) if key is not None]
        return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))

    def update(self, changes: Changes) -> None:
        """Replace the chunks of the changed documents by those that they have now, and commit."""
        writer = self._index.writer(_WRITER_BYTES, num_threads=1)
        writer.garbage_collect_files()  # those of a commit that ended with its process have the names of the next one's
        if len(self):
            writer.delete_documents_by_query(_of_documents(self._index.schema, changes.documents))
        for chunk in changes.chunks():
            document = tantivy.Document()
            document.add_unsigned("chunk", chunk.id)
            document.add_unsigned("document", chunk.document)
            document.add_text("text", _stored_text(searched_text(chunk)))
            writer.add_document(document)
        writer.commit()
        writer.garbage_collect_files()
        writer.wait_merging_threads()
        self._index.reload()


def analyzer_name(language: str) -> str:
    """The name of the analyzer for an ISO 639-1 code, with its version; without a stemmer it is the same for all."""
    return f"{_LANGUAGES.get(language or 'en', 'plain')}-{_VERSION}"


def terms(text: str, language: str = "en") -> list[str]:
    """What a text is searched by: the stems of its words but for stop words, and its names with signs in them."""
    return _terms(text, _analyzer(language))


def stored_terms(chunk: IndexedChunk, language: str) -> list[str]:
    """What a chunk is found by, as often as it is in it."""
    found: list[str] = _analyzer(language).analyze(_stored_text(searched_text(chunk)))
    return found


def searched_text(chunk: IndexedChunk) -> str:
    """The text of a chunk after those words of its document's name that it does not have itself."""
    said = {*_words(chunk.text)}
    unsaid = [word for word in dict.fromkeys(_words(chunk.name)) if word not in said]
    return f"{' '.join(unsaid)} {chunk.text}" if unsaid else chunk.text


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _NAME_WORD.findall(text)]


def _stored_text(text: str) -> str:
    return _CJK.sub(lambda run: f" {' '.join((*run[0], *_bigrams(run[0])))} ", with_names(text))


def _terms(text: str, analyzer: tantivy.TextAnalyzer) -> list[str]:
    spaced = _CJK.sub(lambda run: f" {' '.join(_bigrams(run[0]) or run[0])} ", with_names(text))
    found: list[str] = analyzer.analyze(spaced)
    return found


def with_names(text: str) -> str:
    """A text in which names with signs in them are words too: ``C++`` is one and no C, ``node-js`` is one beside its parts.

    Raised digits behind a word of three letters, which are a mark of a note, are no part of it.
    """
    text = _NOTE_MARK.sub(" ", text)
    joined = [_spelled(name[0]) for name in _JOINED.finditer(text)]
    signed = _SIGNED.sub(_signed, text) if any(sign in text for sign in "+#-") else text
    return " ".join([signed, *joined]) if joined else signed


def _signed(name: re.Match[str]) -> str:
    word = _spelled(name[0])
    return f"{word} " if len(name[1] or name[3]) <= _SHORT_NAME else f"{name[1]} {word} "


def _spelled(name: str) -> str:
    return "".join(_SIGNS.get(character, character) for character in name)


def _bigrams(run: str) -> list[str]:
    return [run[first : first + 2] for first in range(len(run) - 1)]


def _of_documents(schema: tantivy.Schema, documents: Sequence[int] | np.ndarray) -> tantivy.Query:
    return tantivy.Query.term_set_query(schema, "document", np.asarray(documents).tolist())


def _schema(language: str) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("chunk", fast=True)
    builder.add_unsigned_field("document", indexed=True, fast=True)
    builder.add_text_field("text", tokenizer_name=analyzer_name(language), index_option="freq")
    return builder.build()


@cache
def _analyzer(language: str) -> tantivy.TextAnalyzer:
    name, fold = _LANGUAGES.get(language or "en"), tantivy.Filter.ascii_fold()
    steps = [tantivy.Filter.stemmer(name)] if name else []
    if name and language not in _WITHOUT_STOP_WORDS:
        steps.insert(0, tantivy.Filter.stopword(name))
    # The stemmers and stop words of other languages than English expect accents.
    steps = [fold, *steps] if name == "english" else [*steps, fold]
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (tantivy.Filter.remove_long(64), tantivy.Filter.lowercase(), *steps):
        builder = builder.filter(step)
    return builder.build()
