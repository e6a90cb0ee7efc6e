"""The trained reader over retrieved passages, and which reader a collection gets."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import numpy as np
from quotewise.index.embedders import Embedder
from quotewise.index.sentences import Span
from quotewise.rag.passages import Passage
from quotewise.rag.readers import AnswerSpan, Calibration, Reader, Reading
from quotewise.rag.readers.similarity import SimilarityReader
from quotewise.rag.readers.span_model import BUNDLED, SpanModel, TextReading
from quotewise.rag.retrieval import Question

AUTOMATIC, SPAN, SIMILARITY = "auto", "span", "similarity"
_OTHER_SCRIPTS = "вопрос об ответственности правительства", "ερώτηση για την ευθύνη της κυβέρνησης"
"""Words in letters that an English vocabulary has too, but only one by one."""
_PIECES_PER_LETTER = 0.5
_WORTH_READING = 0.75
"""Least standing of a passage beside the best one that was found. On 900 held-out questions this and the next read 51% of what
was found, for 1.5 points fewer first quotes that are right and the same AUROC; 0.7 would read 60% for 1.0."""
_EARLY_STOP_PROBABILITY = 0.6
"""Evidence of a sentence at which no further passage is read."""


class SpanReader:
    """Reads question and passage together for the exact span that answers, or none (Devlin et al., NAACL 2019, section 4.3).

    Args:
        folder: of the model, with ``calibration.json``.
        threads: batches read at the same time; by default one a core.
        calibration: in place of the model's own.

    Raises:
        ReaderError: a file is missing, damaged or of another version; the message names it.
    """

    def __init__(self, folder: Path = BUNDLED, threads: int | None = None, calibration: Calibration | None = None) -> None:
        self.model = SpanModel(folder, threads)
        self.name: str = self.model.described["name"]
        self._calibration = calibration or Calibration.load(folder / "calibration.json", "passages")
        self.threshold = self._calibration.threshold
        self._pool = ThreadPoolExecutor(self.model.threads, thread_name_prefix="passage")

    def read(self, question: Question, passages: Sequence[Passage]) -> list[Reading]:
        """One reading a passage, in the same order; passages that hardly can have the answer are not read, and no evidence.

        These are the ones found with much less likeness and a much lower rank than others, and those left when a sentence
        is likely enough.
        """
        futures = {n: self._pool.submit(self.read_all, question, [passages[n]]) for n in _select_passages(passages)}
        try:
            return read_until_sure(passages, lambda number: futures[number].result()[0])
        finally:
            for future in futures.values():
                future.cancel()

    def read_all(self, question: Question, passages: Sequence[Passage]) -> list[Reading]:
        """One reading a passage, whatever the others say."""
        read = read_passages(self.model, question.text, passages)
        retrieved = [np.tile(np.array([p.similarity, 60 * p.score], np.float32), (len(p.sentences), 1)) for p in passages]
        features = [np.hstack([logits(one), found]) for one, found in zip(read, retrieved, strict=True)]
        answers = [answer_spans(passage, one) for passage, one in zip(passages, read, strict=True)]
        return self._calibration.readings(question.text, passages, features, answers)

    def confidence(self, readings: Sequence[Reading]) -> float:
        """The calibrated probability that the first quote of these readings answers the question."""
        return self._calibration.probability(readings)


def read_until_sure(passages: Sequence[Passage], read: Callable[[int], Reading]) -> list[Reading]:
    """One reading a passage, in the same order: passages that stand out are read, likeliest first, until one is sure.

    Args:
        passages: as they were found.
        read: the reading of a passage by its number; it is asked in a fixed order, so that an answer hangs on no race.
    """
    readings = [_unread(passage) for passage in passages]
    for number in _select_passages(passages):
        readings[number] = read(number)
        if readings[number].evidence.max(initial=0) >= _EARLY_STOP_PROBABILITY:
            break
    return readings


def _select_passages(passages: Sequence[Passage]) -> list[int]:
    """The numbers of the passages that stand out among all, the likeliest first."""
    if not passages:
        return []
    found = np.array([(max(p.similarity, 0.0), p.score) for p in passages])
    standing = (found / np.maximum(found.max(axis=0), 1e-9)).mean(axis=1)
    return [int(i) for i in np.argsort(-standing, kind="stable") if standing[i] >= _WORTH_READING * standing.max()]


def _unread(passage: Passage) -> Reading:
    count = len(passage.sentences)
    return Reading(passage, np.zeros((count, 0), np.float32), np.zeros(count, np.float32), (None,) * count)


def read_passages(
    model: SpanModel, question: str, passages: Sequence[Passage], wanted: Callable[[], bool] = lambda: True
) -> list[TextReading]:
    """One reading a passage, in offsets of the passage's text, as long as ``wanted`` says yes."""
    local = [[Span(s.start - p.start, s.end - p.start) for s in p.sentences] for p in passages]
    contexts = [passage.context for passage in passages]
    return model.read(question, [passage.text for passage in passages], local, contexts, wanted)


def logits(reading: TextReading) -> np.ndarray:
    """float32 (sentences, 3): margin, answerability, evidence."""
    return np.stack([reading.margin, reading.answerable, reading.evidence], axis=1)


def answer_spans(passage: Passage, reading: TextReading) -> tuple[AnswerSpan | None, ...]:
    """The spans of a reading as spans of the document."""
    return tuple(
        AnswerSpan(Span(span.start + passage.start, span.end + passage.start), float(share)) if span else None
        for span, share in zip(reading.spans, reading.share, strict=True)
    )


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

    def __call__(self, embedder: Embedder) -> Reader:
        """The reader for an embedder. Raises ReaderError where it cannot be loaded."""
        if self._name == SIMILARITY or (self._name == AUTOMATIC and is_multilingual(embedder)):
            return SimilarityReader(embedder)
        return self.trained()

    def trained(self) -> SpanReader:
        """The trained reader of ``folder``. Raises ReaderError where it cannot be loaded, and tries again the next time."""
        with self._loading:
            return self._trained()


def is_multilingual(embedder: Embedder) -> bool:
    """Whether the vocabulary of an embedder has words of other scripts, rather than at most their letters."""
    backwards = [text[::-1] for text in _OTHER_SCRIPTS]  # where no letter is known, nonsense is not split more than words are
    counts = zip(embedder.count_tokens(_OTHER_SCRIPTS), embedder.count_tokens(backwards), _OTHER_SCRIPTS, strict=True)
    return all(words < nonsense and words < _PIECES_PER_LETTER * len(text) for words, nonsense, text in counts)
