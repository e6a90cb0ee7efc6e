"""The readers by name, and which one a collection gets."""

import threading
from functools import lru_cache
from pathlib import Path

from quotewise.index.embedders import Embedder
from quotewise.rag.readers import Reader
from quotewise.rag.readers.similarity import SimilarityReader
from quotewise.rag.readers.span import SpanReader
from quotewise.rag.readers.span_model import BUNDLED

AUTOMATIC, SPAN, SIMILARITY = "auto", "span", "similarity"
_OTHER_SCRIPTS = "вопрос об ответственности правительства", "ερώτηση για την ευθύνη της κυβέρνησης"
"""Words in letters that an English vocabulary has too, but only one by one."""
_PIECES_PER_LETTER = 0.5


class Readers:
    """Gives each embedder its reader, loading the trained one once.

    Args:
        name: ``similarity``; ``span``, the bundled one; the folder of another trained reader; or ``auto``: the bundled one, but
            ``similarity`` for an embedder of many languages, which the bundled one does not read.
        threads: batches read at the same time; by default one a core.
    """

    def __init__(self, name: str = AUTOMATIC, threads: int | None = None) -> None:
        self._name = name
        self.folder = BUNDLED if name in (AUTOMATIC, SPAN, SIMILARITY) else Path(name)
        self._loading = threading.Lock()
        self._trained = lru_cache(maxsize=1)(lambda: SpanReader(self.folder, threads))

    def __call__(self, embedder: Embedder | None = None) -> Reader:
        """The reader for an embedder; without one that of texts, which is trained. Raises ReaderError where it cannot load."""
        if embedder and (self._name == SIMILARITY or (self._name == AUTOMATIC and is_multilingual(embedder))):
            return SimilarityReader(embedder)
        with self._loading:
            return self._trained()


def is_multilingual(embedder: Embedder) -> bool:
    """Whether the vocabulary of an embedder has words of other scripts, rather than at most their letters."""
    backwards = [text[::-1] for text in _OTHER_SCRIPTS]  # where no letter is known, nonsense is not split more than words are
    counts = zip(embedder.count_tokens(_OTHER_SCRIPTS), embedder.count_tokens(backwards), _OTHER_SCRIPTS, strict=True)
    return all(words < nonsense and words < _PIECES_PER_LETTER * len(text) for words, nonsense, text in counts)
