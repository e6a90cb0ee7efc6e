"""The readers by name, and the one that a collection or a text gets."""

import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from quotewise.index.embedders import Embedder
from quotewise.index.languages import detect_language
from quotewise.rag.defaults import AUTOMATIC
from quotewise.rag.readers import Reader
from quotewise.rag.readers.cascade import CascadeReader
from quotewise.rag.readers.similarity import SimilarityReader
from quotewise.rag.readers.span import SpanReader
from quotewise.rag.readers.span_model import DEEP_FOLDER, FAST_FOLDER

CASCADE, FAST, DEEP, SIMILARITY = "cascade", "fast", "deep", "similarity"
TRAINED: dict[str, Callable[[int | None], Reader]] = {
    FAST: partial(SpanReader, FAST_FOLDER),
    DEEP: partial(SpanReader, DEEP_FOLDER),
}
"""Readers of a number of threads: each is loaded once, and reads texts, too."""
OF_EMBEDDER: dict[str, Callable[[Embedder], Reader]] = {SIMILARITY: SimilarityReader}
"""Readers that work with the embedder of a collection; texts are read by a trained one instead."""
_ENGLISH = ("en", "")
"""Languages that ``fast`` and so ``cascade`` reads: they are also tried on what is too short to tell, or is code."""
_OTHER_SCRIPTS = "вопрос об ответственности правительства", "ερώτηση για την ευθύνη της κυβέρνησης"
"""Words in letters that an English vocabulary has too, but only one by one."""
_PIECES_PER_LETTER = 0.5


class Readers:
    """Gives each embedder and each text its reader, and loads each trained one once.

    Args:
        name: of ``TRAINED`` or ``OF_EMBEDDER``; the folder of another trained span reader; ``cascade`` of the trained ones; or
            ``auto``: ``deep`` for an embedder of many languages and for texts that are not English, else ``cascade``.
        threads: of a trained reader; by default one a core.
    """

    def __init__(self, name: str = AUTOMATIC, threads: int | None = None) -> None:
        self._name, self._threads = name, threads
        self._loaded: dict[str, Reader] = {}
        self._loading = threading.Lock()

    def __call__(self, embedder: Embedder | None = None, texts: Sequence[str] = ()) -> Reader:
        """The reader for an embedder, or without one that of texts, which is trained. Raises ReaderError if it cannot load."""
        if embedder and self._name in OF_EMBEDDER:
            return OF_EMBEDDER[self._name](embedder)
        if self._name == AUTOMATIC or self._name in OF_EMBEDDER:
            english = not is_multilingual(embedder) if embedder else detect_language(texts) in _ENGLISH
            return self._trained(CASCADE if english else DEEP, embedder)
        return self._trained(self._name, embedder)

    def _trained(self, name: str, embedder: Embedder | None) -> Reader:
        with self._loading:
            reader = self._load(name)
        return reader.fitted_to(embedder.name) if embedder and isinstance(reader, SpanReader | CascadeReader) else reader

    def _load(self, name: str) -> Reader:
        if name not in self._loaded and name == CASCADE:
            fast, deep = self._load(FAST), self._load(DEEP)
            assert isinstance(fast, SpanReader) and isinstance(deep, SpanReader)
            self._loaded[name] = CascadeReader(fast, deep)
        elif name not in self._loaded:
            self._loaded[name] = (TRAINED.get(name) or partial(SpanReader, Path(name)))(self._threads)
        return self._loaded[name]


def is_multilingual(embedder: Embedder) -> bool:
    """Whether the vocabulary of an embedder has words of other scripts, rather than at most their letters."""
    backwards = [text[::-1] for text in _OTHER_SCRIPTS]  # where no letter is known, nonsense is not split more than words are
    counts = zip(embedder.count_tokens(_OTHER_SCRIPTS), embedder.count_tokens(backwards), _OTHER_SCRIPTS, strict=True)
    return all(words < nonsense and words < _PIECES_PER_LETTER * len(text) for words, nonsense, text in counts)
