"""What is measured of answers against gold, each measure in one place with its source.

``judge`` gives the figures of one question, NaN where one does not apply; ``MEASURES`` says what is made of those of many.
"""

import collections
import re
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from quotewise.eval.gold import GoldQuestion
from quotewise.index.sentences import Span, sentence_spans

NAN = float("nan")
Columns = Mapping[str, np.ndarray]
"""The figures of many questions, float64 (questions,) each, by name."""


@dataclass(frozen=True, slots=True)
class Place:
    """A span of the document at a path."""

    path: str
    start: int
    end: int

    def overlaps(self, other: "Place") -> bool:
        return self.path == other.path and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Answered:
    """What a system said to a question: ``passages`` and ``quotes``, best first, also those it was not sure enough to show.

    ``verified`` is the share of its citations that verify, NaN without any.
    """

    confidence: float
    passages: tuple[Place, ...]
    quotes: tuple[Place, ...]
    short_answer: str
    verified: float


def judge(question: GoldQuestion, answer: Answered, threshold: float, text_of: Callable[[str], str]) -> dict[str, float]:
    """The figures of a question, by the names that ``MEASURES`` reads; ``text_of`` gives the text of a document."""
    gold = [Place(quote.path, *quote.span) for quote in question.quotes]
    right = [any(quote.overlaps(one) for one in gold) for quote in answer.quotes]
    shown = bool(answer.quotes) and answer.confidence >= threshold
    first = right[:1] == [True]
    figures = {
        "answerable": float(question.answerable),
        "confidence": answer.confidence,
        "right": float(first),
        "shown": float(shown),
        "handled": float(shown and first if question.answerable else not shown),
        "verified": answer.verified,
    }
    if gold:
        figures |= {"first": float(first), "any": float(any(right)), "shown right": float(shown and first)}
        figures |= sentences(gold, answer.quotes, text_of) | characters(gold, answer.quotes)
    if question.answers:
        figures["f1"] = token_f1(answer.short_answer, question.answers)
        figures["exact"] = float(any(normalized(answer.short_answer) == normalized(one) for one in question.answers))
    return figures


def failed(question: GoldQuestion) -> dict[str, float]:
    """The figures of a question that got no answer at all: wrong in all that it could have been right in.

    Its confidence is 0 where it could be answered and 1 where it could not, so that no failure makes AUROC better.
    """
    if question.documents and not question.quotes:
        return {"answerable": 1.0}
    silent = float(question.answerable)
    asked = (_OF_QUOTES if question.quotes else ()) + (("f1", "exact") if question.answers else ())
    wrong = dict.fromkeys(("right", "handled", *asked), 0.0)
    return {"answerable": silent, "confidence": 1 - silent, "shown": 1 - silent} | wrong


def sentences(gold: Sequence[Place], quotes: Sequence[Place], text_of: Callable[[str], str]) -> dict[str, float]:
    """Precision, recall and F1 of the quoted sentences against those that hold a gold quote."""
    documents = {place.path: _sentence_spans(text_of(place.path)) for place in [*gold, *quotes]}
    wanted, got = (_sentences_of(places, documents) for places in (gold, quotes))
    return _precision_recall(len(wanted & got), len(got), len(wanted), "sentence")


_sentence_spans = lru_cache(maxsize=256)(sentence_spans)


def _sentences_of(places: Sequence[Place], documents: Mapping[str, Sequence[Span]]) -> set[tuple[str, Span]]:
    return {(p.path, s) for p in places for s in documents[p.path] if s.start < p.end and p.start < s.end}


def characters(gold: Sequence[Place], quotes: Sequence[Place]) -> dict[str, float]:
    """Precision, recall and intersection over union of characters (Smith and Troynikov, Evaluating Chunking, Chroma 2024)."""
    wanted, got = _merged(gold), _merged(quotes)
    both = sum(max(0, min(a.end, b.end) - max(a.start, b.start)) for a in wanted for b in got if a.path == b.path)
    of_wanted, of_got = (sum(place.end - place.start for place in places) for places in (wanted, got))
    found = _precision_recall(both, of_got, of_wanted, "character")
    del found["character F1"]
    return found | {"character IoU": both / (of_wanted + of_got - both)}


def _precision_recall(both: int, got: int, wanted: int, of: str) -> dict[str, float]:
    precision, recall = both / got if got else 0.0, both / wanted if wanted else 0.0
    f1 = 2 * precision * recall / (precision + recall) if both else 0.0
    return {f"{of} precision": precision, f"{of} recall": recall, f"{of} F1": f1}


def _merged(places: Sequence[Place]) -> list[Place]:
    """Overlapping places as one."""
    merged: list[Place] = []
    for place in sorted(places, key=lambda place: (place.path, place.start)):
        if merged and merged[-1].path == place.path and place.start < merged[-1].end:
            merged[-1] = Place(place.path, merged[-1].start, max(merged[-1].end, place.end))
        else:
            merged.append(place)
    return merged


def retrieval(questions: Sequence[GoldQuestion], passages: Sequence[Sequence[Place]]) -> list[dict[str, float]]:
    """Recall at 1, 5 and 10, reciprocal rank and nDCG at 10 of each question, by trec_eval through ir-measures.

    Relevant is the first passage that overlaps a gold quote, or nothing that was found where none does; for questions that are
    judged by documents, the documents.
    """
    import ir_measures
    from ir_measures import RR, R, nDCG

    names = {R @ 1: "recall@1", R @ 5: "recall@5", R @ 10: "recall@10", RR @ 10: "MRR@10", nDCG @ 10: "nDCG@10"}
    qrels: dict[str, dict[str, int]] = {}
    run: dict[str, dict[str, float]] = {}
    for question, ranked in zip(questions, passages, strict=True):
        if question.answerable:
            gold = [Place(quote.path, *quote.span) for quote in question.quotes]
            qrels[question.id] = dict.fromkeys([_first(one, ranked) for one in _merged(gold)] or question.documents, 1)
            found = dict.fromkeys(_name(place) if gold else place.path for place in ranked)
            run[question.id] = {name: 1 / rank for rank, name in enumerate(found, 1)}
    figures: dict[str, dict[str, float]] = {question.id: {} for question in questions}
    for metric in ir_measures.iter_calc(list(names), qrels, {key: value for key, value in run.items() if value}):
        figures[metric.query_id][names[metric.measure]] = metric.value
    return [figures[q.id] or (dict.fromkeys(names.values(), 0.0) if q.answerable else {}) for q in questions]


def _first(gold: Place, ranked: Sequence[Place]) -> str:
    return next((_name(passage) for passage in ranked if passage.overlaps(gold)), f"not found: {_name(gold)}")


def _name(place: Place) -> str:
    return f"{place.path}:{place.start}-{place.end}"


def auroc(scores: Sequence[float] | np.ndarray, positive: Sequence[bool] | np.ndarray) -> float:
    """Probability that a positive scores above a negative, ties half (Hanley and McNeil, Radiology 1982); NaN without both."""
    from scipy.stats import rankdata

    truth = np.asarray(positive, bool)
    of_positive, of_negative = int(truth.sum()), int((~truth).sum())
    if not of_positive or not of_negative:
        return NAN
    ranks = rankdata(scores)[truth].sum()
    return float((ranks - of_positive * (of_positive + 1) / 2) / (of_positive * of_negative))


def calibration_bins(confidence: np.ndarray, right: np.ndarray, bins: int = 10) -> list[tuple[int, float, float]]:
    """Questions, mean confidence and share right of each equal-width bin that holds any (Guo et al., ICML 2017, section 2)."""
    of_bin = np.minimum((confidence * bins).astype(int), bins - 1)
    held = [of_bin == one for one in range(bins) if (of_bin == one).any()]
    return [(int(inside.sum()), float(confidence[inside].mean()), float(right[inside].mean())) for inside in held]


def calibration_error(confidence: Sequence[float] | np.ndarray, right: Sequence[bool] | np.ndarray) -> float:
    """Expected calibration error over ten equal-width bins (Guo et al., ICML 2017, eq. 3)."""
    found = calibration_bins(np.asarray(confidence, float), np.asarray(right, float))
    return sum(count * abs(sure - share) for count, sure, share in found) / len(confidence)


def risk_coverage(confidence: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Share answered and share wrong of those, float64 (questions,) each, the surest first (El-Yaniv and Wiener, JMLR 2010)."""
    order = np.argsort(-confidence, kind="stable")
    count = np.arange(1, len(order) + 1)
    return count / len(order), np.cumsum(1 - right[order]) / count


def normalized(text: str) -> str:
    """Lower case, no punctuation, no articles, single spaces: as in the official script of SQuAD."""
    text = "".join(character for character in text.lower() if character not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def token_f1(predicted: str, golds: Sequence[str]) -> float:
    """The best token F1 against any gold text, as in the official script of SQuAD 2.0 (Rajpurkar et al., ACL 2018)."""
    return max((_f1(normalized(predicted).split(), normalized(gold).split()) for gold in golds), default=0.0)


def _f1(predicted: list[str], gold: list[str]) -> float:
    if not predicted or not gold:
        return float(predicted == gold)
    same = sum((collections.Counter(predicted) & collections.Counter(gold)).values())
    return 2 * same / (len(predicted) + len(gold))


def best_squad2_f1(f1: np.ndarray, answerable: np.ndarray, confidence: np.ndarray) -> float:
    """The F1 over all questions at the best threshold, as the official script's ``best_f1``."""
    order = np.argsort(-confidence)
    gains = np.where(answerable, f1, -1.0)[order]
    start = float((~answerable).sum())
    return float(max(start, start + np.cumsum(gains).max()) / len(f1)) if len(f1) else NAN


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of many questions: a mean where it has only a ``column``, and otherwise what ``of`` makes of all columns.

    ``only_answerable`` says of which questions, where it is not of all that have the column.
    """

    name: str
    column: str = ""
    of: Callable[[Columns], float] | None = None
    lower_is_better: bool = False
    only_answerable: bool | None = None

    def __call__(self, columns: Columns) -> float:
        """NaN where it does not apply to any question."""
        if self.of is not None:
            return self.of(columns)
        values = columns[self.column]
        values = values[~np.isnan(values)]
        return float(values.mean()) if len(values) else NAN

    def applies_to(self, columns: Columns) -> int:
        """How many questions have what it is made of."""
        has = ~np.isnan(columns[self.column or "confidence"])
        return int((has if self.only_answerable is None else has & (columns["answerable"] == self.only_answerable)).sum())


def _of_confidence(measure: Callable[[np.ndarray, np.ndarray], float], truth: str) -> Callable[[Columns], float]:
    def of(columns: Columns) -> float:
        asked = ~np.isnan(columns["confidence"])
        return measure(columns["confidence"][asked], columns[truth][asked]) if asked.any() else NAN

    return of


def _silent(answerable: bool) -> Callable[[Columns], float]:
    def of(columns: Columns) -> float:
        shown = columns["shown"][(columns["answerable"] == answerable) & ~np.isnan(columns["shown"])]
        return float(1 - shown.mean()) if len(shown) else NAN

    return of


MEASURES = (
    *(Measure(name, name) for name in ("recall@1", "recall@5", "recall@10", "MRR@10", "nDCG@10")),
    Measure("first quote right", "first"),
    Measure("any quote right", "any"),
    Measure("short answer F1", "f1"),
    Measure("short answer exact match", "exact"),
    *(Measure(f"sentence {name}", f"sentence {name}") for name in ("precision", "recall", "F1")),
    *(Measure(f"character {name}", f"character {name}") for name in ("precision", "recall", "IoU")),
    Measure("answered and right", "shown right"),
    Measure("rightly silent", of=_silent(False), only_answerable=False),
    Measure("wrongly silent", of=_silent(True), lower_is_better=True, only_answerable=True),
    Measure("accuracy at the threshold", "handled"),
    Measure("AUROC of confidence", of=_of_confidence(auroc, "answerable")),
    Measure(
        "AURC",
        of=_of_confidence(lambda sure, right: float(risk_coverage(sure, right)[1].mean()), "right"),
        lower_is_better=True,
    ),
    Measure("calibration error", of=_of_confidence(calibration_error, "right"), lower_is_better=True),
    Measure("citations that verify", "verified"),
)
"""``first quote right`` and what follows it to the sentences and characters hold at whatever confidence; the threshold decides
only what is called answered, silent or accuracy. AURC is the area under the risk-coverage curve (Geifman et al., ICLR 2019)."""
_OF_QUOTES = tuple(
    one.column
    for one in MEASURES
    if one.column in ("first", "any", "shown right") or one.column.startswith(("sentence", "char"))
)
COLUMNS = tuple(dict.fromkeys(["answerable", "confidence", "right", "shown", *(one.column for one in MEASURES if one.column)]))


def columns(figures: Sequence[Mapping[str, float]]) -> dict[str, np.ndarray]:
    """The figures of many questions by column, NaN where a question has none."""
    return {name: np.array([one.get(name, NAN) for one in figures], float) for name in COLUMNS}
