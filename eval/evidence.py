"""Held-out parts of training sets into figures of the evidence that a reader quotes of a passage that it is given."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from quotewise.eval.datasets import Row, gold_of, held_out, read_rows
from quotewise.eval.gold import GoldQuestion
from quotewise.eval.measures import MEASURES, NAN, Region, SystemAnswer, estimate, judge, reliability
from quotewise.eval.training.examples import Corpus
from quotewise.rag.defaults import AUTOMATIC
from quotewise.rag.pipeline import AskOptions, extract
from quotewise.rag.readers.registry import Readers

EVIDENCE_SETS = ("wikiqa_sent", "selqa_sent", "multirc_sent_dev", "cuad", "evidence_inference_sent", "ml_no_norquad")
"""Search queries, questions on Wikipedia, questions that several sentences answer, contracts, clinical trials, Norwegian."""
_SHOWN = ("evidence word F1", "first quote right", "calibration error", "AUROC of confidence", "accuracy at the threshold")


def measure_evidence(
    data: Annotated[Path, typer.Argument(help="Folder of the training sets.", show_default=False)],
    reader: Annotated[str, typer.Option(help="auto, fast, deep, or a reader's folder.")] = AUTOMATIC,
    limit: Annotated[int, typer.Option(min=1, help="Most questions of a set, drawn the same each time.")] = 100,
) -> Iterator[dict[str, Any]]:
    """Measure the sentences that a reader quotes of a passage that it is given, over sets of evidence that no training sees.

    A row for each set, with 95% intervals and the bins of its reliability diagram, and one with the means over the sets. Where
    no question is unanswerable by design, each is asked again of the likest passage that does not answer it.
    """
    readers, means = Readers(reader), []
    for name in EVIDENCE_SETS:
        items = list(gold_of(_drawn(held_out(name, read_rows(data / f"{name}.jsonl.gz"))[1], limit)))
        pairs = zip(items[::2], items[1::2], strict=True)  # a passage, then its question
        figures = [_read(question, passage, readers) for passage, question in pairs]
        estimates = {measure.name: estimate(measure, figures) for measure in MEASURES if measure.name in _SHOWN}
        found = {name: [one.value, one.low, one.high] for name, one in estimates.items() if one.value is not None}
        means.append({name: values[0] for name, values in found.items()})
        yield {"set": name, "questions": len(figures), "estimates": found, "reliability": reliability(figures)}
    shared = {key: [one[key] for one in means if key in one] for key in _SHOWN}
    yield {"set": "mean", "estimates": {key: round(float(np.mean(values)), 4) for key, values in shared.items() if values}}


def _drawn(rows: Sequence[Row], limit: int) -> Iterator[Row]:
    corpus = None if any(not row.answers for row in rows) else Corpus(rows)
    for row in random.Random(0).sample(rows, min(limit, len(rows))):
        yield row
        for context, title in corpus.confusable(row.question, row.texts(), row.context)[:1] if corpus else ():
            yield replace(row, title=title, context=context, answers=())


def _read(
    question: GoldQuestion | tuple[str, str], passage: GoldQuestion | tuple[str, str], readers: Readers
) -> dict[str, float]:
    """The figures of a question about a text."""
    assert isinstance(question, GoldQuestion) and not isinstance(passage, GoldQuestion)
    path, text = passage
    reader = readers(texts=[text])
    [found] = extract(reader, question.question, [text], AskOptions()).results
    quotes = tuple(Region(path, quote.start, quote.end) for quote in found.quotes)
    short = found.short_answer.text if found.short_answer else ""
    answer = SystemAnswer(found.answerability, (Region(path, 0, len(text)),), quotes, short, NAN)
    return judge(question, answer, reader.threshold, lambda path: text)
