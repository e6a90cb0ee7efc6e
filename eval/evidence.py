"""Held-out parts of training sets into figures of the evidence that a reader quotes of a passage that it is given."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from quotewise.eval.datasets import FORMATS
from quotewise.eval.gold import GoldQuestion
from quotewise.eval.measures import MEASURES, NAN, Region, SystemAnswer, estimate, judge, reliability
from quotewise.rag.pipeline import AskOptions, extract
from quotewise.rag.readers.registry import AUTOMATIC, Readers

EVIDENCE_SETS = ("wikiqa_sent", "selqa_sent", "multirc_sent_dev", "cuad", "evidence_inference_sent", "ml_no_norquad")
"""Search queries, questions on Wikipedia, questions that several sentences answer, contracts, clinical trials, Norwegian."""
_SHOWN = ("evidence word F1", "first quote right", "calibration error", "AUROC of confidence", "accuracy at the threshold")


def measure_evidence(
    data: Annotated[Path, typer.Argument(help="Folder of the training sets.", show_default=False)],
    reader: Annotated[str, typer.Option(help="auto, fast, deep, or a reader's folder.")] = AUTOMATIC,
    limit: Annotated[int, typer.Option(min=1, help="Most questions of a set, drawn the same each time.")] = 100,
) -> Iterator[dict[str, Any]]:
    """Measure the sentences that a reader quotes of a passage that it is given, over sets of evidence that no training sees.

    A row for each set, with 95% intervals and the bins of its reliability diagram, and one with the means over the sets.
    """
    readers, means = Readers(reader), []
    for name in EVIDENCE_SETS:
        items = list(FORMATS["held-out"](data / f"{name}.jsonl.gz"))
        questions = [item for item in items if isinstance(item, GoldQuestion)]
        passages = [item for item in items if not isinstance(item, GoldQuestion)]  # each before its question
        drawn = random.Random(0).sample(range(len(questions)), min(limit, len(questions)))
        figures = [_read(questions[number], *passages[number], readers) for number in drawn]
        estimates = {measure.name: estimate(measure, figures) for measure in MEASURES if measure.name in _SHOWN}
        found = {name: [one.value, one.low, one.high] for name, one in estimates.items() if one.value is not None}
        means.append({name: values[0] for name, values in found.items()})
        yield {"set": name, "questions": len(drawn), "estimates": found, "reliability": reliability(figures)}
    shared = {key: [one[key] for one in means if key in one] for key in _SHOWN}
    yield {"set": "mean", "estimates": {key: round(float(np.mean(values)), 4) for key, values in shared.items() if values}}


def _read(question: GoldQuestion, path: str, text: str, readers: Readers) -> dict[str, float]:
    """The figures of a question about a text."""
    reader = readers(texts=[text])
    [found] = extract(reader, question.question, [text], AskOptions()).results
    quotes = tuple(Region(path, quote.start, quote.end) for quote in found.quotes)
    short = found.short_answer.text if found.short_answer else ""
    answer = SystemAnswer(found.answerability, (Region(path, 0, len(text)),), quotes, short, NAN)
    return judge(question, answer, reader.threshold, lambda path: text)
