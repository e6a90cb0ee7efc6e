"""Gold questions and a service into a run: ask every question, check every citation, judge every answer."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

import numpy as np
from quotewise.api import responses
from quotewise.eval.clients import Asked, AskingError
from quotewise.eval.gold import GoldQuestion, GoldSet
from quotewise.eval.measures import MEASURES, Answered, Place, columns, failed, judge, retrieval
from quotewise.eval.runs import Head, Journal, Kind, Outcome, Quoted, Run, peak_mib
from quotewise.eval.uncertainty import estimates
from quotewise.rag.answers import Citation
from quotewise.rag.passages import Passage

STAGES = ("embed", "search", "read", "total")
_PERCENTILES = (50, 95, 99)
_PROBES = 5
Progress = Callable[[int, int], None]
"""Called after each question with the number done and the number in all."""


def evaluate(gold: GoldSet, asked: Asked, head: Head, journal: Journal, index_seconds: float | None, progress: Progress) -> Run:
    """Ask each question that the journal has no outcome of, and measure all.

    Raises:
        UnreachableError: there is no service any more; the journal keeps what was done.
    """
    began, started, waited, asked_now = datetime.now(UTC), time.perf_counter(), 0.0, 0
    for number, question in enumerate(gold.questions, 1):
        if question.id not in journal.done:
            before = time.perf_counter()
            try:
                found = _answer(asked, question)
                waited += time.perf_counter() - before
                outcome = _outcome(question, found, head.threshold, asked)
            except AskingError as error:
                waited += time.perf_counter() - before
                outcome = Outcome(gold=question, kind="failed", figures=failed(question), failure=str(error))
            journal.add(outcome)
            asked_now += 1
        progress(number, len(gold.questions))
    seconds = time.perf_counter() - started
    peak = peak_mib()
    outcomes = _with_retrieval([journal.done[question.id] for question in gold.questions])
    tags = sorted({tag for question in gold.questions for tag in question.tags})
    of_all = estimates(columns([one.figures for one in outcomes]), MEASURES)
    of_tags = {tag: estimates(columns([o.figures for o in outcomes if tag in o.gold.tags]), MEASURES) for tag in tags}
    return Run(
        head=head,
        started=began.isoformat(timespec="seconds"),
        asked_now=asked_now,
        seconds=round(seconds, 3),
        measuring_seconds=round(time.perf_counter() - started - seconds, 3),
        index_seconds=index_seconds,
        peak_mib=peak if index_seconds is not None else None,
        overhead=round(1 - waited / seconds, 4) if asked_now else 0.0,
        estimates=of_all,
        by_tag=of_tags,
        latency_ms=_latency(outcomes),
        outcomes=outcomes,
        passages=dict(_passages(outcomes, asked)),
    )


def threshold_of(gold: GoldSet, asked: Asked) -> float:
    """The confidence below which a service answers nothing, as it says with its first answer to a question.

    Raises:
        AskingError: it answers none of the first few.
    """
    for question in gold.questions[:_PROBES]:
        try:
            return asked.ask(question.question, None).threshold
        except AskingError as error:
            failure = error
    raise failure


def _answer(asked: Asked, question: GoldQuestion) -> responses.AskResponse | responses.SearchResponse:
    if question.documents and not question.quotes:
        return asked.search(question.question)
    return asked.ask(question.question, 0.0, question.turns())  # so that quotes that are not sure enough can be judged as well


def _outcome(
    question: GoldQuestion, found: responses.AskResponse | responses.SearchResponse, threshold: float, asked: Asked
) -> Outcome:
    passages = [(p.document.path, p.start, p.end) for p in found.passages or ()]
    timings = asdict(found.timings_ms)
    if isinstance(found, responses.SearchResponse):
        return Outcome(gold=question, kind="right", passages=passages, timings_ms=timings, figures={"answerable": 1.0})
    quotes = [_quoted(citation, found.passages or []) for citation in found.citations]
    citations = found.citations + found.closest
    short = found.short_answer.text if found.short_answer else None
    answer = Answered(
        found.confidence,
        tuple(Place(*passage) for passage in passages),
        tuple(Place(quote.path, quote.start, quote.end) for quote in quotes),
        short or "",
        asked.verified(list(citations)) / len(citations) if citations else float("nan"),
    )
    figures = judge(question, answer, threshold, lambda path: asked.text(path) or "")
    golds = [Place(quote.path, *quote.span) for quote in question.quotes]
    return Outcome(
        gold=question,
        kind=_kind(question, figures, golds, answer.passages),
        confidence=found.confidence,
        quotes=quotes,
        short_answer=short,
        passages=passages,
        gold_passages=[_around(gold, answer.passages, asked.text(gold.path) or "") for gold in golds],
        timings_ms=timings,
        figures={name: value for name, value in figures.items() if not np.isnan(value)},
    )


def _quoted(citation: Citation, passages: Sequence[Passage]) -> Quoted:
    path = citation.document.path
    inside = ((p.start, p.end) for p in passages if p.document.path == path and p.start <= citation.start < p.end)
    return Quoted(
        path=path,
        start=citation.start,
        end=citation.end,
        passage=next(inside, (citation.start, citation.end)),
        highlights=[(highlight[0], highlight[1]) for highlight in citation.highlights],
    )


def _kind(question: GoldQuestion, figures: dict[str, float], golds: Sequence[Place], passages: Sequence[Place]) -> Kind:
    if figures["handled"]:
        return "right"
    if not question.answerable:
        return "wrongly answered"
    if not any(passage.overlaps(gold) for passage in passages for gold in golds):
        return "retrieval missed it"
    return "wrongly silent" if figures["first"] else "reader missed it"


def _with_retrieval(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The same with the figures of retrieval, which are made for all at the same time."""
    passages = [[Place(*passage) for passage in outcome.passages] for outcome in outcomes]
    figures = retrieval([outcome.gold for outcome in outcomes], passages)
    found = []
    for outcome, more in zip(outcomes, figures, strict=True):
        missed = outcome.gold.documents and not outcome.gold.quotes and outcome.kind != "failed" and not more["recall@10"]
        kind: Kind = "retrieval missed it" if missed else outcome.kind
        found.append(outcome.model_copy(update={"figures": outcome.figures | more, "kind": kind}))
    return found


def _latency(outcomes: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    """Percentiles of the milliseconds of each stage."""
    timed = [outcome.timings_ms for outcome in outcomes if outcome.timings_ms]
    return {
        stage: {f"p{p}": round(float(np.percentile([one[stage] for one in timed], p)), 2) for p in _PERCENTILES}
        for stage in STAGES
        if timed
    }


def _passages(outcomes: Sequence[Outcome], asked: Asked) -> Iterator[tuple[str, str]]:
    """The text of each passage that is to be shown, by its place."""
    for outcome in outcomes:
        for path, start, end in [*((quote.path, *quote.passage) for quote in outcome.quotes), *outcome.gold_passages]:
            yield f"{path}:{start}-{end}", (asked.text(path) or "")[start:end]


def _around(gold: Place, passages: Sequence[Place], text: str) -> tuple[str, int, int]:
    for one in passages:
        if one.path == gold.path and one.start <= gold.start and gold.end <= one.end:
            return one.path, one.start, one.end
    end = text.find("\n", gold.end)
    return gold.path, text.rfind("\n", 0, gold.start) + 1, len(text) if end < 0 else end
