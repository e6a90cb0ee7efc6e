"""Fit the readers' probabilities: ``python -m quotewise.eval.calibration ../shared/data/train``.

Writes ``calibration.json`` beside the trained reader, with ``--reader similarity`` ``rag/readers/similarity.json``. Fitted on
questions that neither training, nor the seed gold set, nor any report uses, over whole corpora, with and without the passage
that answers in them, and with a share of misspelt questions.
"""

import argparse
import json
import random
import tempfile
from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
from quotewise.eval.datasets import path_of, write_corpus
from quotewise.eval.training.edits import misspelt
from quotewise.eval.training.held_out import held_out
from quotewise.eval.training.rows import Row, read_rows
from quotewise.index.embedders import Embedder, load_embedder
from quotewise.index.ingest import Sync
from quotewise.index.local_store import LocalStore
from quotewise.index.store import Filter
from quotewise.rag.passages import Passage
from quotewise.rag.pipeline import DEFAULT_TOP_K
from quotewise.rag.readers import Reader, Reading
from quotewise.rag.readers.calibration import Calibration, confidence_features
from quotewise.rag.readers.registry import SIMILARITY, SPAN
from quotewise.rag.readers.similarity import SimilarityReader
from quotewise.rag.readers.span import SpanReader, read_until_sure
from quotewise.rag.readers.span_model import BUNDLED
from quotewise.rag.retrieval import Query, retrieve
from quotewise.rag.selection import select_quotes
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

_SETS = (
    *("squad2_train_a", "nq_open_oracle_dev", "tydiqa_en", "timeqa_human"),
    *("fairytaleqa_val", "selqa_sent", "evidence_inference_sent"),
)
_LIMIT = 240
"""Questions drawn from each set, so that no kind outweighs the others."""
_CORPUS = 700
"""Contexts of the corpus of a set: those of the questions drawn and others."""
_MISSPELT_SHARE = 0.1
"""Of the questions, since people misspell and the sets do not."""
_SIMILARITY_THRESHOLD = 0.01
"""The similarity reader tells questions off the subject from the others, but hardly what is answered from what is not, so that
it speaks nearly always."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question, what was retrieved for it, and which sentences of each passage answer, bool (sentences,)."""

    question: str
    passages: list[Passage]
    right: list[np.ndarray]


@dataclass(frozen=True, slots=True)
class _Judged:
    """The features of all sentences of a case, float32 (sentences, features), and which are right, bool (sentences,)."""

    features: np.ndarray
    right: np.ndarray


def cases(path: Path, limit: int, embedder: Embedder) -> Iterator[Case]:
    """Retrieve for held-out questions of a span file over the corpus of its contexts.

    Where few questions are unanswerable by design, half of all lose the passage that answers. Other passages in which the
    answer stands word for word are left out: whether they answer is not known.
    """
    every = read_rows(path)
    _, rows = held_out(path.name.removesuffix(".jsonl.gz"), every)
    without_gold = sum(not row.answers for row in rows) < len(rows) / 4
    chance = random.Random(0)
    drawn = chance.sample(rows, min(limit, len(rows)))
    others = chance.sample(every, len(every))
    contexts = list(dict.fromkeys(row.context for row in (*drawn, *others)))[:_CORPUS]
    with tempfile.TemporaryDirectory() as corpus, tempfile.TemporaryDirectory() as index:
        write_corpus(contexts, Path(corpus))
        store = LocalStore(Path(index), create=True)
        Sync(store, embedder).run(Path(corpus))
        for row in drawn:
            text = misspelt(row.question, chance) if chance.random() < _MISSPELT_SHARE else row.question
            passages = retrieve(store, "default", [Query(text, embedder.encode_query(text))], DEFAULT_TOP_K, Filter())
            if without_gold and chance.random() < 0.5:
                passages = [passage for passage in passages if passage.document.path != path_of(row.context)]
            passages = [passage for passage in passages if _known(row, passage)]
            if passages:
                yield Case(text, passages, [_right(row, passage) for passage in passages])
        store.close()


def _known(row: Row, passage: Passage) -> bool:
    text = passage.text.casefold()
    return passage.document.path == path_of(row.context) or not any(row.context[a:b].casefold() in text for a, b in row.answers)


def _right(row: Row, passage: Passage) -> np.ndarray:
    gold = passage.document.path == path_of(row.context)
    return np.array([gold and any(a < s.end and s.start < b for a, b in row.answers) for s in passage.sentences], bool)


Read = Sequence[Sequence[Reading]]
"""The readings of each case."""


def fit_sentences(data: Sequence[Case], readings: Read) -> tuple[float, ...]:
    """Weights by which the right sentences of a question come first, and by which their odds are right."""
    judged = [
        _Judged(np.concatenate([r.features for r in read]), np.concatenate(case.right))
        for case, read in zip(data, readings, strict=True)
    ]
    direction = _ranking(judged)
    scores = [one.features @ direction for one in judged]
    sentences = LogisticRegression(C=1e3).fit(np.concatenate(scores)[:, None], np.concatenate([one.right for one in judged]))
    return _rounded([*direction * sentences.coef_[0][0], sentences.intercept_[0]])


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a reader says first to a question: the features of its confidence, float64 (features,), and whether it is right."""

    features: np.ndarray
    right: bool


def outcomes(
    data: Sequence[Case], readings: Read, sentence: tuple[float, ...], early_stop: bool = True
) -> list[_Outcome | None]:
    """The outcome of each question as it is served, by default by reading until one is sure; None where nothing is quoted."""
    unsure = Calibration(sentence, (), 0.0)
    found: list[_Outcome | None] = []
    for case, read in zip(data, readings, strict=True):
        scored = [unsure.reading(case.question, r.passage, r.features, r.answers) for r in read]
        served = read_until_sure(case.passages, partial(_of_numbers, scored)) if early_stop else scored
        seen = confidence_features(served)
        found.append(None if seen is None else _Outcome(seen, _first_right(case, served)))
    return found


def _of_numbers(readings: Sequence[Reading], numbers: Sequence[int]) -> Generator[Reading, None, None]:
    yield from (readings[number] for number in numbers)


def fit_confidence(sentence: tuple[float, ...], found: Sequence[_Outcome | None]) -> Calibration:
    """How likely the first quote is right; its threshold is yet to be chosen."""
    known = [outcome for outcome in found if outcome is not None]
    fitted = LogisticRegression(C=1e3, max_iter=1000).fit([o.features[:-1] for o in known], [o.right for o in known])
    return Calibration(sentence, _rounded([*fitted.coef_[0], *fitted.intercept_]), 0.0)


def choose_threshold(calibration: Calibration, kinds: Sequence[tuple[Sequence[Case], Sequence[_Outcome | None]]]) -> float:
    """The threshold at which most is correct, averaged over the kinds: right at or above it, or below it where nothing answers.

    A wrong answer and a wrong silence cost the same. A first quote that is wrong where another one is right counts as wrong
    above and below. The mean hardly changes around its best, so that the least threshold within a point of it is taken: what
    is shown can be checked, and what is withheld cannot.
    """
    thresholds = np.arange(0.05, 0.95, 0.05)
    shares = []
    for cases_of_kind, found in kinds:
        sure = np.array([0.0 if o is None else calibration.confidence_of(o.features) for o in found])
        right = np.array([o is not None and o.right for o in found])
        absent = np.array([not any(one.any() for one in case.right) for case in cases_of_kind])
        shares.append([(np.where(sure >= t, right, absent)).mean() for t in thresholds])
    correct = np.mean(shares, axis=0)
    return round(float(thresholds[int(np.argmax(correct >= correct.max() - 0.01))]), 2)


def _first_right(case: Case, readings: Sequence[Reading]) -> bool:
    first = select_quotes(case.question, readings, 3)[0]
    at = next(i for i, passage in enumerate(case.passages) if passage is first.passage)
    inside = [first.span.start <= s.start < first.span.end for s in first.passage.sentences]
    return bool(np.any(case.right[at] & inside))


def _ranking(data: Sequence[_Judged]) -> np.ndarray:
    """Conditional logistic regression: weights that raise the right sentences of a question above its others."""
    answered = [judged for judged in data if judged.right.any()]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = 0.05 * weights @ weights, 0.1 * weights
        for judged in answered:
            logits = judged.features @ weights
            share = np.exp(logits - logits.max())
            of_right = share * judged.right
            total -= np.log(of_right.sum() / share.sum())
            slope = slope - (of_right / of_right.sum() - share / share.sum()) @ judged.features
        return total, slope

    fitted: np.ndarray = minimize(loss, np.ones(answered[0].features.shape[1]), jac=True).x
    return fitted


def _rounded(weights: Sequence[float]) -> tuple[float, ...]:
    return tuple(round(float(weight), 4) for weight in weights)


def _alone(data: Sequence[Case], readings: Read) -> tuple[list[Case], list[list[Reading]]]:
    """Each passage as a case of its own."""
    pairs = [
        (Case(case.question, [passage], [right]), [reading])
        for case, read in zip(data, readings, strict=True)
        for passage, right, reading in zip(case.passages, case.right, read, strict=True)
    ]
    return [case for case, _ in pairs], [read for _, read in pairs]


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the probabilities of a reader.")
    parser.add_argument("data", type=Path, help="folder of the training sets")
    parser.add_argument("--reader", choices=[SPAN, SIMILARITY], default=SPAN)
    parser.add_argument("--folder", type=Path, default=BUNDLED, help="folder of the trained reader")
    parser.add_argument("--limit", type=int, default=_LIMIT, help="most questions of each set")
    arguments = parser.parse_args()
    embedder = load_embedder()
    target, reader = _unfitted(arguments.reader, arguments.folder, embedder)
    kinds = [list(cases(arguments.data / f"{name}.jsonl.gz", arguments.limit, embedder)) for name in _SETS]
    data = list(chain.from_iterable(kinds))
    read = reader.read_all if isinstance(reader, SpanReader) else reader.read
    readings = [read(case.question, case.passages) for case in data]
    passages = _fitted(kinds, data, readings, early_stop=arguments.reader == SPAN)
    if arguments.reader == SIMILARITY:
        passages = replace(passages, threshold=_SIMILARITY_THRESHOLD)
    fitted: dict[str, object] = {"passages": asdict(passages)}
    if arguments.reader == SPAN:
        logits = [[replace(reading, features=reading.features[:, :3]) for reading in read] for read in readings]
        alone, alone_read = _alone(data, logits)
        texts = fit_confidence(sentence := fit_sentences(data, logits), outcomes(alone, alone_read, sentence))
        fitted["texts"] = asdict(replace(texts, threshold=passages.threshold))
    fitted["fitted_on"] = {"questions": len(data), "sets": _SETS, "embedder": embedder.name}
    target.write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")


def _fitted(kinds: Sequence[list[Case]], data: Sequence[Case], readings: Read, early_stop: bool) -> Calibration:
    sentence = fit_sentences(data, readings)
    found = outcomes(data, readings, sentence, early_stop)
    calibration = fit_confidence(sentence, found)
    edges = np.cumsum([0, *map(len, kinds)])
    of_kind = [(cases, found[a:b]) for cases, (a, b) in zip(kinds, pairwise(edges), strict=True)]
    return replace(calibration, threshold=choose_threshold(calibration, of_kind))


def _unfitted(name: str, folder: Path, embedder: Embedder) -> tuple[Path, Reader]:
    if name == SIMILARITY:
        target = Path("rag/readers/similarity.json")
        return target, SimilarityReader(embedder, Calibration((0.0,) * 3, (), 0.0))
    return folder / "calibration.json", SpanReader(folder, calibration=Calibration((0.0,) * 6, (), 0.0))


if __name__ == "__main__":
    main()
