"""A run: every gold question put to a client and judged, saved as JSON Lines, from which an interrupted run resumes."""

import hashlib
import importlib.metadata
import json
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from quotewise.api.settings import Settings
from quotewise.eval.clients import AskingError, Client, Response
from quotewise.eval.gold import GoldQuestion, GoldSet, reason
from quotewise.eval.measures import (
    MEASURES,
    NAN,
    Estimate,
    Region,
    SystemAnswer,
    estimate,
    failed,
    gold_regions,
    judge,
    reliability,
)
from quotewise.eval.processes import machine, peak_mib
from quotewise.index import embedders
from quotewise.index.errors import QuotewiseError
from quotewise.rag.readers import span_model

_PACKAGES = ("quotewise", "numpy", "onnxruntime", "faiss-cpu", "tantivy", "nupunkt", "langchain-text-splitters")
_SETTINGS = {"top_k", "max_quotes", "reader", "retrieval", "embedder", "chunk_tokens"}
BY_TAG = ("first quote right", "answered and right", "correct abstention rate", "accuracy at the threshold")
ErrorType = Literal["correct", "wrong answer", "reader error", "retrieval error", "wrong abstention", "failed"]
Progress = Callable[[int, int], None]
"""Called after each question with the number done and the number in all."""


class RunError(QuotewiseError):
    """A saved run cannot be read, or is not of the same gold set."""

    code = "invalid-run"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RunConfig(_Frozen):
    """What a run is of; two runs compare if their gold is the same, and one resumes another if all of it is."""

    format: Literal[2] = 2
    gold: str
    gold_sha256: str
    corpus_sha256: str
    client: str
    threshold: float
    settings: dict[str, Any]
    versions: dict[str, str]
    models: dict[str, str]
    machine: dict[str, Any]

    @classmethod
    def of(cls, gold: GoldSet, client: Client, threshold: float, settings: Settings | None = None) -> "RunConfig":
        """The configuration of a run; ``settings`` are those of a service in this process."""
        corpus = "\n".join(f"{path}\t{sha256}" for path, sha256 in sorted(client.documents().items()))
        own = [Path(settings.reader)] if settings and Path(settings.reader).is_dir() else []
        folders = [embedders.BUNDLED, span_model.FAST_FOLDER, span_model.DEEP_FOLDER, *own] if settings else []
        models = {folder.name: json.loads((folder / "model.json").read_text(encoding="utf-8"))["sha256"] for folder in folders}
        return cls(
            gold=gold.path.name,
            gold_sha256=gold.sha256,
            corpus_sha256=hashlib.sha256(corpus.encode()).hexdigest(),
            client=client.name,
            threshold=threshold,
            settings=settings.model_dump(mode="json", include=_SETTINGS) if settings else {},
            versions={"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in _PACKAGES},
            models=models,
            machine=machine(),
        )


class Outcome(_Frozen):
    """How one question went: its ``figures`` by ``measures.judge``, or in ``failure`` why there is no answer.

    ``texts`` are the passages with a quote, and those with a gold quote or the lines around it, as path, start, end and text.
    """

    gold: GoldQuestion
    error_type: ErrorType
    response: Response = Response()
    texts: list[tuple[str, int, int, str]] = []
    figures: dict[str, float] = {}
    failure: str | None = None


class Summary(_Frozen):
    """The last line of a saved run: the questions asked since it was started or resumed, and the index."""

    asked: int
    seconds: float
    index_seconds: float | None
    peak_mib: int | None


@dataclass(frozen=True)
class Run:
    """A finished run; everything else follows from its outcomes."""

    config: RunConfig
    outcomes: list[Outcome]
    summary: Summary

    @cached_property
    def figures(self) -> list[dict[str, float]]:
        return [outcome.figures for outcome in self.outcomes]

    @cached_property
    def estimates(self) -> dict[str, Estimate]:
        """Each measure with its interval."""
        return {measure.name: estimate(measure, self.figures) for measure in MEASURES}

    @cached_property
    def reliability(self) -> list[dict[str, float]]:
        """The bins of the reliability diagram: ``questions``, mean ``confidence`` and the share ``right`` of each."""
        return reliability(self.figures)

    @cached_property
    def by_tag(self) -> dict[str, dict[str, Estimate]]:
        """Some measures of the questions of each tag."""
        tags = sorted({tag for outcome in self.outcomes for tag in outcome.gold.tags})
        of_tag = {tag: [outcome.figures for outcome in self.outcomes if tag in outcome.gold.tags] for tag in tags}
        measures = [measure for measure in MEASURES if measure.name in BY_TAG]
        return {tag: {m.name: estimate(m, figures) for m in measures} for tag, figures in of_tag.items()}

    @cached_property
    def latency_ms(self) -> dict[str, list[float]]:
        """The 50th, 95th and 99th percentile of each stage."""
        timings = [outcome.response.timings_ms for outcome in self.outcomes if outcome.response.timings_ms]
        stages = {stage: [one[stage] for one in timings] for stage in (timings[0] if timings else {})}
        return {stage: np.percentile(values, (50, 95, 99)).round(2).tolist() for stage, values in stages.items()}

    def to_json(self) -> dict[str, Any]:
        """All but the texts of passages."""
        return {
            "config": self.config.model_dump(mode="json"),
            "summary": self.summary.model_dump(mode="json"),
            "estimates": {name: asdict(one) for name, one in self.estimates.items()},
            "reliability": self.reliability,
            "latency_ms": self.latency_ms,
            "outcomes": [outcome.model_dump(mode="json", exclude={"texts"}) for outcome in self.outcomes],
        }

    def changed(self, baseline: "Run") -> list[tuple[Outcome, Outcome]]:
        """The outcomes of another error type than in the baseline, before and after."""
        pairs = zip(baseline.outcomes, self.outcomes, strict=True)
        return [(before, after) for before, after in pairs if before.error_type != after.error_type]


def load_run(path: Path) -> Run:
    """A saved run. Raises RunError where the file is none."""
    try:
        config, *outcomes, summary = path.read_bytes().splitlines()
        loaded = [Outcome.model_validate_json(line) for line in outcomes]
        return Run(RunConfig.model_validate_json(config), loaded, Summary.model_validate_json(summary))
    except (OSError, ValueError) as error:
        complaint = reason(error) if isinstance(error, ValidationError) else error
        raise RunError(f"{path} is no saved run of this version: {complaint}") from error


def check_baseline(baseline: Run | None, guards: Sequence[str], config: RunConfig | None = None) -> None:
    """Raises RunError where a measure cannot be guarded, or the baseline is of another gold set than a configuration."""
    names = [measure.name for measure in MEASURES]
    if baseline is None:
        if guards:
            raise RunError("--guard needs a --baseline to compare with")
        return
    for guard in guards:
        if guard not in names:
            raise RunError(f"there is no measure {guard!r}; there are {', '.join(names)}")
        if baseline.estimates[guard].value is None:
            raise RunError(f"the baseline has no {guard!r}, so that it cannot be guarded")
    old = baseline.config
    if config and old.gold_sha256 != config.gold_sha256:
        raise RunError(
            f"the baseline is a run of another gold set, {old.gold} with sha256 {old.gold_sha256[:12]}…; "
            f"this one is {config.gold} with {config.gold_sha256[:12]}…"
        )


def evaluate(
    gold: GoldSet, client: Client, config: RunConfig, output: Path | None = None, progress: Progress = lambda done, total: None
) -> Run:
    """Ask each question and judge the answer; with ``output`` save the run there.

    Until it is finished its lines are in ``output`` + ``.part``. Questions that have an outcome there, of a run with the same
    configuration, are not asked again unless they failed. Raises UnreachableError where there is no service any more.
    """
    part = output.with_name(f"{output.name}.part") if output else None
    outcomes = _interrupted(part, config) if part else {}
    lines: list[BaseModel] = [config, *outcomes.values()]

    def append(*lines: BaseModel, mode: str = "a") -> None:
        if part:
            with part.open(mode, encoding="utf-8") as file:
                file.writelines(f"{line.model_dump_json()}\n" for line in lines)

    append(*lines, mode="w")
    started, asked = time.perf_counter(), 0
    for number, question in enumerate(gold.questions, 1):
        if question.id not in outcomes:
            try:
                outcome = _asked(question, client, config.threshold)
            except AskingError as error:
                outcome = Outcome(gold=question, error_type="failed", figures=failed(question), failure=str(error))
            append(outcome)
            outcomes[question.id], asked = outcome, asked + 1
        progress(number, len(gold.questions))
    seconds, peak = round(time.perf_counter() - started, 3), None if client.index_seconds is None else peak_mib()
    summary = Summary(asked=asked, seconds=seconds, index_seconds=client.index_seconds, peak_mib=peak)
    append(summary)
    if part and output:
        part.replace(output)
    return Run(config, [outcomes[question.id] for question in gold.questions], summary)


def _interrupted(part: Path, config: RunConfig) -> dict[str, Outcome]:
    """The outcomes that an interrupted run of the same configuration left, up to a line that was cut off."""
    first, *lines = part.read_bytes().split(b"\n") if part.exists() else [b""]
    outcomes: dict[str, Outcome] = {}
    for line in lines if first == config.model_dump_json().encode() else []:
        try:
            outcome = Outcome.model_validate_json(line)
        except ValidationError:
            break
        if outcome.error_type != "failed":
            outcomes[outcome.gold.id] = outcome
    return outcomes


def threshold_of(gold: GoldSet, client: Client) -> float:
    """The confidence below which a service answers nothing, as its first answer says. Raises AskingError."""
    return client.ask(gold.questions[0].question, None).threshold


def _asked(question: GoldQuestion, client: Client, threshold: float) -> Outcome:
    if question.judges_retrieval_only:
        response = client.search(question.question)
    else:  # with a threshold of 0, so that quotes below the threshold can be judged as well
        response = client.ask(question.question, 0.0, question.turns())
    citations = response.citations + response.closest
    answer = SystemAnswer(
        response.confidence or 0.0,
        tuple(excerpt.region for excerpt in response.passages),
        tuple(excerpt.region for excerpt in response.citations),
        response.short_answer.text if response.short_answer else "",
        client.verified(citations) / len(citations) if citations else NAN,
    )

    def text_of(path: str) -> str:
        return client.text(path) or ""

    figures = judge(question, answer, threshold, text_of)
    quoted = [next((p for p in answer.passages if p.overlaps(quote)), quote) for quote in answer.quotes]
    golds = [_passage_of(gold, answer.passages, text_of(gold.path)) for gold in gold_regions(question)]
    texts = [(one.path, one.start, one.end, text_of(one.path)[one.start : one.end]) for one in dict.fromkeys(quoted + golds)]
    error_type = _error_type(question, figures, answer.passages)
    return Outcome(gold=question, error_type=error_type, response=response, texts=texts, figures=figures)


def _error_type(question: GoldQuestion, figures: dict[str, float], passages: Sequence[Region]) -> ErrorType:
    if question.judges_retrieval_only:
        return "correct" if figures["recall@10"] else "retrieval error"
    if figures["handled"]:
        return "correct"
    if not question.answerable:
        return "wrong answer"
    if not any(passage.overlaps(gold) for passage in passages for gold in gold_regions(question)):
        return "retrieval error"
    return "wrong abstention" if figures["first"] else "reader error"


def _passage_of(gold: Region, passages: Sequence[Region], text: str) -> Region:
    """The retrieved passage that holds a gold quote, or the lines around it."""
    end = text.find("\n", gold.end)
    lines = Region(gold.path, text.rfind("\n", 0, gold.start) + 1, len(text) if end < 0 else end)
    return next((p for p in passages if p.path == gold.path and p.start <= gold.start and gold.end <= p.end), lines)
