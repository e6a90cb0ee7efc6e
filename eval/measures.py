"""The measures of answers against gold, each in one place with its source, with bootstrap intervals and paired comparison.

``judge`` gives the figures of one question; ``MEASURES`` says what is made of those of many.
"""

import re
import string
import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from quotewise.eval.gold import GoldQuestion
from quotewise.index.sentences import sentence_spans

NAN = float("nan")
Figures = Sequence[Mapping[str, float]]
"""What ``judge`` says of each of some questions."""
_WORD = re.compile(r"\w+")
_RESAMPLES = 1000
_INTERVAL = (2.5, 97.5)
"""Percentiles of a 95% interval (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3)."""


@dataclass(frozen=True, slots=True, order=True)
class Region:
    """``[start, end)`` of the document at a path."""

    path: str
    start: int
    end: int

    def overlaps(self, other: "Region") -> bool:
        return self.path == other.path and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class SystemAnswer:
    """The answer of a system: ``passages`` and ``quotes``, best first, also those below its threshold.

    ``verified`` is the share of its citations that verify, NaN without any.
    """

    confidence: float
    passages: tuple[Region, ...]
    quotes: tuple[Region, ...]
    short_answer: str
    verified: float


def gold_regions(question: GoldQuestion) -> list[Region]:
    return [Region(quote.path, *quote.span) for quote in question.quotes]


def judge(question: GoldQuestion, answer: SystemAnswer, threshold: float, text_of: Callable[[str], str]) -> dict[str, float]:
    """The figures of a question by the columns of ``MEASURES``, without those that do not apply."""
    figures = {"answerable": float(question.answerable)} | retrieval(question, answer.passages)
    if question.judges_retrieval_only:
        return figures
    gold = gold_regions(question)
    correct = [any(quote.overlaps(region) for region in gold) for quote in answer.quotes]
    shown = bool(answer.quotes) and answer.confidence >= threshold
    first = correct[:1] == [True]
    figures |= {
        "confidence": answer.confidence,
        "right": float(first),
        "shown": float(shown),
        "abstained": float(not shown),
        "handled": float(shown and first if question.answerable else not shown),
        "verified": answer.verified,
    }
    if gold:
        figures |= {"first": float(first), "any": float(any(correct)), "shown right": float(shown and first)}
        figures |= sentences(gold, answer.quotes, text_of) | characters(gold, answer.quotes)
        figures |= evidence_words(gold, answer.quotes, text_of)
    if question.answers:
        figures["f1"] = token_f1(answer.short_answer, question.answers)
        figures["exact"] = float(any(normalized(answer.short_answer) == normalized(gold) for gold in question.answers))
    return {name: value for name, value in figures.items() if value == value}


def failed(question: GoldQuestion) -> dict[str, float]:
    """The figures of a question without any answer: wrong in all, with a confidence that does not improve AUROC either."""
    nothing = Region("", 0, 0)
    worst = SystemAnswer(float(not question.answerable), (), () if question.answerable else (nothing,), "", NAN)
    return judge(question, worst, 0.5, lambda path: "")


def sentences(gold: Sequence[Region], quotes: Sequence[Region], text_of: Callable[[str], str]) -> dict[str, float]:
    """Precision, recall and F1 of the quoted sentences against those that hold a gold quote."""

    def of(regions: Sequence[Region]) -> set[Any]:
        return {(r.path, s) for r in regions for s in _spans_of(text_of(r.path)) if s.start < r.end and r.start < s.end}

    shares = _overlap(of(gold), of(quotes))
    return {f"sentence {name}": shares[name] for name in ("precision", "recall", "F1")}


def evidence_words(gold: Sequence[Region], quotes: Sequence[Region], text_of: Callable[[str], str]) -> dict[str, float]:
    """F1 of the words of the quotes, by their places, against those of the sentences that hold a gold quote."""
    touched = [(r, s) for r in gold for s in _spans_of(text_of(r.path)) if s.start < r.end and r.start < s.end]

    def of(regions: Sequence[Region]) -> set[Any]:
        return {(r.path, word.start()) for r in regions for word in _WORD.finditer(text_of(r.path), r.start, r.end)}

    return {"evidence word F1": _overlap(of([Region(r.path, *s) for r, s in touched]), of(quotes))["F1"]}


def characters(gold: Sequence[Region], quotes: Sequence[Region]) -> dict[str, float]:
    """Precision, recall and intersection over union of characters (Smith and Troynikov, Evaluating Chunking, Chroma 2024)."""
    relevant, quoted = ({(r.path, at) for r in regions for at in range(r.start, r.end)} for regions in (gold, quotes))
    shares = _overlap(relevant, quoted)
    return {f"character {name}": shares[name] for name in ("precision", "recall", "IoU")}


_spans_of = lru_cache(maxsize=256)(sentence_spans)


def _overlap(relevant: set[Any], quoted: set[Any]) -> dict[str, float]:
    shared, every = len(relevant & quoted), len(relevant | quoted)
    return {
        "precision": shared / max(1, len(quoted)),
        "recall": shared / max(1, len(relevant)),
        "F1": 2 * shared / max(1, len(relevant) + len(quoted)),
        "IoU": shared / max(1, every),
    }


def _merged(regions: Sequence[Region]) -> list[Region]:
    """Overlapping regions joined."""
    merged: list[Region] = []
    for region in sorted(regions):
        if merged and merged[-1].path == region.path and region.start < merged[-1].end:
            region = Region(region.path, merged[-1].start, max(merged.pop().end, region.end))
        merged.append(region)
    return merged


def retrieval(question: GoldQuestion, ranked: Sequence[Region]) -> dict[str, float]:
    """Recall at 1, 5 and 10, reciprocal rank and nDCG at 10, by trec_eval through ir-measures; nothing if unanswerable.

    Relevant is the first passage that overlaps each gold quote; in questions judged by documents, the documents.
    """
    import ir_measures
    from ir_measures import RR, R, nDCG

    if not question.answerable:
        return {}
    names = {R @ 1: "recall@1", R @ 5: "recall@5", R @ 10: "recall@10", RR @ 10: "MRR@10", nDCG @ 10: "nDCG@10"}
    gold = _merged(gold_regions(question))
    keys = dict.fromkeys(str(region) if gold else region.path for region in ranked)
    relevant = [
        next((str(r) for r in ranked if r.overlaps(region)), f"missed {region}") for region in gold
    ] or question.documents
    run = {"q": {key: 1 / rank for rank, key in enumerate(keys, 1)}} if keys else {}
    values = ir_measures.iter_calc(list(names), {"q": dict.fromkeys(relevant, 1)}, run)
    return dict.fromkeys(names.values(), 0.0) | {names[metric.measure]: metric.value for metric in values}


def auroc(scores: Sequence[float] | np.ndarray, positive: Sequence[bool] | np.ndarray) -> float:
    """Probability that a positive scores above a negative, ties half (Hanley and McNeil, Radiology 1982); NaN without both."""
    from sklearn.metrics import roc_auc_score

    positive = np.asarray(positive, bool)
    return NAN if positive.all() or not positive.any() else float(roc_auc_score(positive, scores))


class Bin(NamedTuple):
    """The questions of a range of confidence: how many, how confident on average, and which share of them is right."""

    questions: int
    confidence: float
    right: float


def calibration_bins(confidence: np.ndarray, right: np.ndarray, bins: int = 10) -> list[Bin]:
    """Each non-empty equal-width bin of a reliability diagram (Guo et al., ICML 2017, section 2)."""
    of_bin = np.minimum((confidence * bins).astype(int), bins - 1)
    members = [of_bin == number for number in np.unique(of_bin)]
    return [Bin(int(one.sum()), float(confidence[one].mean()), float(right[one].mean())) for one in members]


def reliability(figures: Figures) -> list[dict[str, float]]:
    """The bins of the reliability diagram of some questions, as JSON has them."""
    bins = calibration_bins(*confidences(figures))
    return [{name: round(value, 4) for name, value in one._asdict().items()} for one in bins]


def confidences(figures: Figures) -> tuple[np.ndarray, np.ndarray]:
    """Confidence and whether it is right, float64 (questions,) each, of the questions that have both."""
    known = [(one["confidence"], one["right"]) for one in figures if "right" in one]
    confidence, right = np.array(known).reshape(-1, 2).T
    return confidence, right


def calibration_error(confidence: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error over ten equal-width bins (Guo et al., ICML 2017, eq. 3)."""
    return sum(count * abs(sure - share) for count, sure, share in calibration_bins(confidence, right)) / len(confidence)


def risk_coverage(confidence: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coverage and risk, float64 (questions,) each, by falling confidence (El-Yaniv and Wiener, JMLR 2010)."""
    order = np.argsort(-confidence, kind="stable")
    count = np.arange(1, len(order) + 1)
    return count / len(order), np.cumsum(1 - right[order]) / count


def normalized(text: str) -> str:
    """Lower case, no punctuation, no articles, single spaces: as in the official script of SQuAD."""
    text = "".join(character for character in text.lower() if character not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def token_f1(predicted: str, golds: Sequence[str]) -> float:
    """The best token F1 against any gold text, as in the official script of SQuAD 2.0 (Rajpurkar et al., ACL 2018)."""
    words, *others = [Counter(normalized(text).split()) for text in (predicted, *golds)]
    shares = (2 * (words & gold).total() / (words.total() + gold.total()) if words or gold else 1.0 for gold in others)
    return max(shares, default=0.0)


def best_squad2_f1(f1: np.ndarray, answerable: np.ndarray, confidence: np.ndarray) -> float:
    """The F1 over all questions at the best threshold, as the official script's ``best_f1``."""
    gains = np.where(answerable, f1, -1.0)[np.argsort(-confidence)]
    abstaining = float((~answerable).sum())
    return float(max(abstaining, abstaining + np.cumsum(gains).max()) / len(f1))


@dataclass(frozen=True, slots=True)
class Measure:
    """A statistic of the columns of many questions, by default their mean.

    It is of the questions that have all its columns, and with ``answerable`` only of those that are or are not.
    """

    name: str
    columns: tuple[str, ...]
    of: Callable[..., float] = np.mean
    lower_is_better: bool = False
    answerable: bool | None = None

    def values(self, *runs: Figures) -> list[np.ndarray]:
        """The columns of each run, float64 (questions,) each, of the questions that the measure applies to in all runs."""
        names = ("answerable", *self.columns)
        table = np.array([[figures.get(name, NAN) for figures in run] for run in runs for name in names])
        applies = ~np.isnan(table).any(axis=0)
        if self.answerable is not None:
            applies &= table[0] == self.answerable
        return [row[applies] for number, row in enumerate(table) if number % len(names)]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measure with its 95% interval and the number of questions it is of; None and 0 where it does not apply.

    Of a difference to a baseline, which has the value ``before``, the interval is that of the paired bootstrap; it is
    ``significant`` if the interval leaves out 0.
    """

    value: float | None
    low: float
    high: float
    questions: int
    before: float = NAN
    lower_is_better: bool = False

    @property
    def significant(self) -> bool:
        return self.low > 0 or self.high < 0

    @property
    def loss(self) -> bool:
        return self.significant and (self.low > 0) == self.lower_is_better


def estimate(measure: Measure, figures: Figures) -> Estimate:
    """The measure over the figures of some questions, with the interval of the bootstrap over them."""
    values = measure.values(figures) if figures else [np.array([])]
    value = float(measure.of(*values)) if len(values[0]) else NAN
    low, high = _interval(measure.of, values, measure.of is np.mean) if value == value else (NAN, NAN)
    return Estimate(round(value, 4) if value == value else None, round(low, 4), round(high, 4), len(values[0]))


def compare(before: Figures, after: Figures) -> dict[str, Estimate]:
    """How far each measure that applies to both runs moved; both are of the same questions in the same order."""
    differences = {}
    for measure in MEASURES:
        values, width = measure.values(before, after), len(measure.columns)

        def difference(*values: np.ndarray, of: Callable[..., Any] = measure.of, width: int = width, **axis: int) -> Any:
            return of(*values[width:], **axis) - of(*values[:width], **axis)

        if len(values[0]) and (moved := float(difference(*values))) == moved:
            low, high = _interval(difference, values, measure.of is np.mean)
            old = float(measure.of(*values[:width]))
            differences[measure.name] = Estimate(moved, low, high, len(values[0]), old, measure.lower_is_better)
    return differences


def _interval(statistic: Callable[..., Any], values: Sequence[np.ndarray], vectorized: bool) -> tuple[float, float]:
    from scipy.stats import bootstrap

    if len(values[0]) < 2:
        return (float(statistic(*values)),) * 2
    options = {"paired": True, "vectorized": vectorized, "n_resamples": _RESAMPLES, "method": "percentile", "rng": 0}
    with warnings.catch_warnings(action="ignore"):  # of resamples without any positive, which have no AUROC
        low, high = np.nanpercentile(bootstrap(values, statistic, **options).bootstrap_distribution, _INTERVAL)
    return float(low), float(high)


MEASURES = (
    *(Measure(name, (name,)) for name in ("recall@1", "recall@5", "recall@10", "MRR@10", "nDCG@10")),
    Measure("first quote right", ("first",)),
    Measure("any quote right", ("any",)),
    Measure("short answer F1", ("f1",)),
    Measure("short answer exact match", ("exact",)),
    *(Measure(f"sentence {name}", (f"sentence {name}",)) for name in ("precision", "recall", "F1")),
    Measure("evidence word F1", ("evidence word F1",)),
    *(Measure(f"character {name}", (f"character {name}",)) for name in ("precision", "recall", "IoU")),
    Measure("answered and right", ("shown right",)),
    Measure("correct abstention rate", ("abstained",), answerable=False),
    Measure("wrong abstention rate", ("abstained",), answerable=True, lower_is_better=True),
    Measure("accuracy at the threshold", ("handled",)),
    Measure("AUROC of confidence", ("confidence", "answerable"), auroc),
    Measure("AURC", ("confidence", "right"), lambda *v: float(risk_coverage(*v)[1].mean()), lower_is_better=True),
    Measure("calibration error", ("confidence", "right"), calibration_error, lower_is_better=True),
    Measure("citations that verify", ("verified",)),
)
"""``first quote right`` and what follows it to the characters hold at any confidence; the threshold decides only what is
called answered, abstention or accuracy. AURC is the area under the risk-coverage curve (Geifman et al., ICLR 2019)."""
