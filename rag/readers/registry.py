"""The readers by name, and the one that a collection gets."""

import threading
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path

from quotewise.index.embedders import Embedder
from quotewise.rag.readers import Reader
from quotewise.rag.readers.similarity import SimilarityReader
from quotewise.rag.readers.span import SpanReader
from quotewise.rag.readers.span_model import BUNDLED

AUTOMATIC, SPAN, SIMILARITY = "auto", "span", "similarity"
TRAINED: dict[str, Callable[[int | None], Reader]] = {SPAN: partial(SpanReader, BUNDLED)}
"""Readers of a number of threads: each is loaded once, and reads texts, too."""
OF_EMBEDDER: dict[str, Callable[[Embedder], Reader]] = {SIMILARITY: SimilarityReader}
"""Readers that work with the embedder of a collection; texts are read by ``span`` instead."""
_OTHER_SCRIPTS = "вопрос об ответственности правительства", "ερώτηση για την ευθύνη της κυβέρνησης"
"""Words in letters that an English vocabulary has too, but only one by one."""
_PIECES_PER_LETTER = 0.5


class Readers:
    """Gives each embedder its reader, and loads the trained one once.

    Args:
        name: of ``TRAINED`` or ``OF_EMBEDDER``; the folder of another trained span reader; or ``auto``: ``span``, but
            ``similarity`` for an embedder of many languages, which the bundled span reader does not read.
        threads: of a trained reader; by default one a core.
    """

    def __init__(self, name: str = AUTOMATIC, threads: int | None = None) -> None:
        self._name = name
        trained = SPAN if name == AUTOMATIC or name in OF_EMBEDDER else name
        load = TRAINED.get(trained) or partial(SpanReader, Path(trained))
        self._trained = lru_cache(maxsize=1)(partial(load, threads))
        self._loading = threading.Lock()

    def __call__(self, embedder: Embedder | None = None) -> Reader:
        """The reader for an embedder; without one that of texts, which is trained. Raises ReaderError where it cannot load."""
        if embedder:
            name = SIMILARITY if self._name == AUTOMATIC and is_multilingual(embedder) else self._name
            if name in OF_EMBEDDER:
                return OF_EMBEDDER[name](embedder)
        with self._loading:
            return self._trained()


def is_multilingual(embedder: Embedder) -> bool:
    """Whether the vocabulary of an embedder has words of other scripts, rather than at most their letters."""
    backwards = [text[::-1] for text in _OTHER_SCRIPTS]  # where no letter is known, nonsense is not split more than words are
    counts = zip(embedder.count_tokens(_OTHER_SCRIPTS), embedder.count_tokens(backwards), _OTHER_SCRIPTS, strict=True)
    return all(words < nonsense and words < _PIECES_PER_LETTER * len(text) for words, nonsense, text in counts)
