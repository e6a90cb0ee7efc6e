"""The trained reader over passages: reads question and passage together for the exact span that answers, or none."""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from copy import copy
from itertools import chain
from pathlib import Path

import numpy as np

from quotewise.index.boilerplate import SentenceKind
from quotewise.index.sentences import Span
from quotewise.rag.passages import Passage
from quotewise.rag.readers import AnswerSpan, Reading, always
from quotewise.rag.readers.calibration import Calibration, load_calibrations
from quotewise.rag.readers.span_model import FAST_FOLDER, SpanModel, TextReading

_MIN_STANDING_RATIO = 0.75
"""Least standing of a passage beside the best one that was retrieved. On 900 held-out questions this and the next read 51% of
what was retrieved, for 1.5 points fewer first quotes that are right and the same AUROC; 0.7 would read 60% for 1.0."""
_FEWEST_READ = 4
"""Passages that are read in any case: in a folder of a few short documents the best one stands out by chance."""
_EARLY_STOP_PROBABILITY = 0.6
"""Evidence of a sentence at which no further passage is read."""


class SpanReader:
    """Predicts the span that answers, or none (Devlin et al., NAACL 2019, section 4.3), and the evidence of each sentence.

    Args:
        folder: of the model, with ``calibration.json``.
        threads: windows read at the same time; by default one a core.
        calibration: in place of the model's own.

    Raises:
        ReaderError: a file is missing, damaged or of another version; the message names it.
    """

    def __init__(self, folder: Path = FAST_FOLDER, threads: int | None = None, calibration: Calibration | None = None) -> None:
        self.model = SpanModel(folder, threads)
        self.name: str = self.model.described["name"]
        self._calibrations = {} if calibration else load_calibrations(folder / "calibration.json", "passages", "texts")
        self._of_retrieved = calibration or self._calibrations["passages"]
        self._of_texts = calibration or self._calibrations["texts"]
        self.threshold = self._of_retrieved.threshold

    def fitted_to(self, embedder: str) -> "SpanReader":
        """The same reader with the calibration for passages that this embedder retrieves, where it has one."""
        reader = copy(self)
        reader._of_retrieved = self._calibrations.get(f"passages of {embedder}", self._of_retrieved)
        reader.threshold = reader._of_retrieved.threshold
        return reader

    def read(self, question: str, passages: Sequence[Passage], keep_reading: Callable[[], bool] = always) -> list[Reading]:
        """One reading a passage, in the same order; of retrieved ones, those that hardly can have the answer are not read.

        These are the ones retrieved with much less similarity and a much lower rank than others, and those left when a
        sentence is likely enough.
        """
        if not all(passage.is_retrieved for passage in passages):
            return self.read_all(question, passages, keep_reading)
        unrelated = self._of_retrieved.unrelated
        return read_until_sure(
            passages, lambda numbers: self._read(question, [passages[n] for n in numbers], keep_reading), unrelated
        )

    def read_all(self, question: str, passages: Sequence[Passage], keep_reading: Callable[[], bool] = always) -> list[Reading]:
        """One reading a passage, whatever the others say."""
        return list(self._read(question, passages, keep_reading))

    def confidence(self, readings: Sequence[Reading]) -> float:
        """The calibrated probability that the first quote of these readings answers the question."""
        return self._calibration([reading.passage for reading in readings]).probability(readings)

    def _read(
        self, question: str, passages: Sequence[Passage], keep_reading: Callable[[], bool]
    ) -> Generator[Reading, None, None]:
        units = [_units(passage) for passage in passages]
        contexts = [passage.context for passage, parts in zip(passages, units, strict=True) for _ in parts]
        texts, sentences = (
            zip(*((text, spans) for parts in units for _, text, spans in parts), strict=True) if units else ((), ())
        )
        with closing(self.model.read(question, texts, sentences, contexts, keep_reading)) as readings:
            for passage, parts in zip(passages, units, strict=True):
                yield self._reading(question, passage, _joined([(start, next(readings)) for start, _, _ in parts]))

    def _reading(self, question: str, passage: Passage, text: TextReading) -> Reading:
        features = text.scores
        if passage.is_retrieved:
            retrieved = np.array([passage.similarity, passage.rank_score], np.float32)
            features = np.hstack([features, np.tile(retrieved, (len(features), 1))])
        answers = _moved(text.answers, passage.start)
        return self._calibration([passage]).reading(question, passage, features, answers, text.complete)

    def _calibration(self, passages: Sequence[Passage]) -> Calibration:
        return self._of_retrieved if all(passage.is_retrieved for passage in passages) else self._of_texts


def _units(passage: Passage) -> list[tuple[int, str, list[Span]]]:
    """The texts of a passage that are read one by one: where each starts in it, and its sentences."""
    if len(passage.units) == 1:
        return [(0, passage.text, [Span(s.start - passage.start, s.end - passage.start) for s in passage.sentences])]
    units: list[tuple[int, str, list[Span]]] = []
    for numbers in passage.units:
        sentences = [passage.sentences[number] for number in numbers]
        start = sentences[0].start
        text = passage.slice(Span(start, sentences[-1].end))
        is_row = passage.kinds[numbers[0]] is SentenceKind.ROW
        spans = [Span(s.start - start, s.end - start) for s in sentences]
        units.append((start - passage.start, _with_bars(text) if is_row else text, spans))
    return units


def _with_bars(row: str) -> str:
    """A row of values as a row of a table, of the same length: the reader knows those better than rows of CSV."""
    sign = next((sign for sign in "|\t;," if sign in row), "|")
    return row.replace(sign, "|")


def _joined(parts: Sequence[tuple[int, TextReading]]) -> TextReading:
    """The readings of the parts of a passage, with where each starts in it, as one."""
    answers = tuple(chain.from_iterable(_moved(part.answers, start) for start, part in parts))
    return TextReading(np.concatenate([part.scores for _, part in parts]), answers, all(part.complete for _, part in parts))


def _moved(answers: tuple[tuple[AnswerSpan, ...], ...], by: int) -> tuple[tuple[AnswerSpan, ...], ...]:
    return tuple(tuple(AnswerSpan(Span(s.span.start + by, s.span.end + by), s.probability) for s in spans) for spans in answers)


def read_until_sure(
    passages: Sequence[Passage], read: Callable[[list[int]], Generator[Reading, None, None]], unrelated: float = 0.0
) -> list[Reading]:
    """One reading a passage, in the same order: passages that stand out are read, likeliest first, until one is sure.

    Args:
        passages: as they were retrieved.
        read: the readings of passages by their numbers, in that order, so that an answer depends on no race; closed early.
        unrelated: the cosine of a question and a passage that have nothing in common.
    """
    readings = [_unread(passage) for passage in passages]
    numbers = _select_passages(passages, unrelated)
    with closing(read(numbers)) as ordered:
        for number, reading in zip(numbers, ordered, strict=True):
            readings[number] = reading
            if reading.evidence.max(initial=0) >= _EARLY_STOP_PROBABILITY:
                break
    return readings


def _select_passages(passages: Sequence[Passage], unrelated: float) -> list[int]:
    """The numbers of the passages that stand out among all, and of a few in any case, the likeliest first."""
    if not passages:
        return []
    scores = np.array([(max(p.similarity - unrelated, 0.0), p.score) for p in passages])
    standing = (scores / np.maximum(scores.max(axis=0), 1e-9)).mean(axis=1)
    likeliest = np.argsort(-standing, kind="stable").tolist()
    least = _MIN_STANDING_RATIO * standing.max()
    return [number for rank, number in enumerate(likeliest) if rank < _FEWEST_READ or standing[number] >= least]


def _unread(passage: Passage) -> Reading:
    count = len(passage.sentences)
    return Reading(passage, np.zeros((count, 0), np.float32), np.zeros(count, np.float32), ((),) * count, is_read=False)
