"""A run of an evaluation as JSON: what was asked of what, with which settings and models, and how each question went."""

import hashlib
import importlib.metadata
import json
import platform
import resource
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import psutil
from pydantic import BaseModel, ConfigDict, ValidationError
from quotewise.api.settings import Settings
from quotewise.eval.gold import GoldQuestion, GoldSet
from quotewise.eval.measures import MEASURES
from quotewise.index import embedders
from quotewise.index.errors import QuotewiseError
from quotewise.index.onnx_model import instruction_set
from quotewise.rag.readers import span_model

FORMAT = 1
_PACKAGES = ("quotewise", "numpy", "onnxruntime", "faiss-cpu", "tantivy", "nupunkt", "langchain-text-splitters")
Kind = Literal["right", "retrieval missed it", "reader missed it", "wrongly silent", "wrongly answered", "failed"]


class RunError(QuotewiseError):
    """A saved run cannot be read, or is not of the same gold set."""

    code = "invalid-run"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Quoted(_Frozen):
    """A quote ``[start, end)`` of a document, the passage it was taken from, and the spans that answer."""

    path: str
    start: int
    end: int
    passage: tuple[int, int]
    highlights: list[tuple[int, int]]


class Outcome(_Frozen):
    """How one question went.

    ``passages`` are the places that were found, best first, ``gold_passages`` those that hold the gold quotes, or the lines
    around one that was not retrieved. ``figures`` are what ``eval.measures`` reads; ``failure`` is why there is no answer.
    """

    gold: GoldQuestion
    kind: Kind
    confidence: float | None = None
    quotes: list[Quoted] = []
    short_answer: str | None = None
    passages: list[tuple[str, int, int]] = []
    gold_passages: list[tuple[str, int, int]] = []
    timings_ms: dict[str, float] = {}
    figures: dict[str, float] = {}
    failure: str | None = None


class Estimate(_Frozen):
    """A figure with its 95% interval, None where it does not apply, and the number of questions it is of."""

    value: float | None
    low: float | None
    high: float | None
    questions: int


class Head(_Frozen):
    """What a run is of; two runs compare if their gold is the same, and one can be gone on with if all of it is."""

    format: Literal[1] = 1
    gold: str
    gold_sha256: str
    corpus_sha256: str
    asked: str
    threshold: float
    settings: dict[str, Any]
    versions: dict[str, str]
    models: dict[str, str]
    machine: dict[str, Any]


class Run(_Frozen):
    """A finished run. ``seconds`` are those of asking ``asked_now`` questions, those of a run that was cut off not counted.

    ``overhead`` is the share of them that the harness took, ``measuring_seconds`` what the intervals took after that.

    ``passages`` has the text of every passage that a quote or gold quote stands in, by path and offsets.
    """

    head: Head
    started: str
    asked_now: int
    seconds: float
    measuring_seconds: float
    index_seconds: float | None
    peak_mib: float | None
    overhead: float
    estimates: dict[str, Estimate]
    by_tag: dict[str, dict[str, Estimate]]
    latency_ms: dict[str, dict[str, float]]
    outcomes: list[Outcome]
    passages: dict[str, str]

    @property
    def questions_per_second(self) -> float:
        return self.asked_now / self.seconds if self.seconds else 0.0


def load_run(path: Path) -> Run:
    """A saved run. Raises RunError where the file is none."""
    try:
        return Run.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        first = error.errors()[0] if isinstance(error, ValidationError) else None
        reason = f"{'.'.join(map(str, first['loc']))}: {first['msg']}" if first else error
        raise RunError(f"{path} is no saved run of this version: {reason}") from error


class Journal:
    """The outcomes of a run that is under way, kept so that a run that was cut off goes on.

    Args:
        path: of the file, or None to keep nothing.
        head: of the run; what another run left there is dropped.
    """

    def __init__(self, path: Path | None, head: Head) -> None:
        self._path = path
        self.done: dict[str, Outcome] = {}
        if path is None:
            return
        first, *rest = path.read_bytes().split(b"\n") if path.exists() else [b""]
        if first == head.model_dump_json().encode():
            for line in rest:
                try:
                    outcome = Outcome.model_validate_json(line)
                except ValidationError:
                    break  # it was cut off here
                if outcome.kind != "failed":  # what failed is asked again
                    self.done[outcome.gold.id] = outcome
        lines = [head.model_dump_json(), *(outcome.model_dump_json() for outcome in self.done.values())]
        part = path.with_name(path.name + ".new")
        part.write_text("\n".join(lines) + "\n", encoding="utf-8")
        part.replace(path)

    def add(self, outcome: Outcome) -> None:
        self.done[outcome.gold.id] = outcome
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(outcome.model_dump_json() + "\n")

    def close(self) -> None:
        """The run is finished: nothing is left to go on with."""
        if self._path is not None:
            self._path.unlink()


def head_of(gold: GoldSet, asked: str, documents: Mapping[str, str], threshold: float, settings: Settings | None) -> Head:
    """The head of a run.

    Args:
        gold: what is asked.
        asked: the name of the service.
        documents: the sha256 of each of its documents by path.
        threshold: the confidence below which nothing counts as answered.
        settings: of a service in this process, None for one elsewhere.
    """
    kept = {"top_k", "max_quotes", "reader", "retrieval", "embedder", "chunk_tokens"}
    corpus = "\n".join(f"{path}\t{sha256}" for path, sha256 in sorted(documents.items()))
    return Head(
        gold=gold.path.name,
        gold_sha256=gold.sha256,
        corpus_sha256=hashlib.sha256(corpus.encode()).hexdigest(),
        asked=asked,
        threshold=threshold,
        settings=settings.model_dump(mode="json", include=kept) if settings else {},
        versions=_versions(),
        models=_models(settings.reader) if settings else {},
        machine=_machine(),
    )


def check_same_gold(head: Head, baseline: Run) -> None:
    """Raises RunError where a baseline is of another gold set."""
    if head.gold_sha256 != baseline.head.gold_sha256:
        raise RunError(
            f"the baseline is a run of another gold set, {baseline.head.gold} with sha256 {baseline.head.gold_sha256[:12]}…; "
            f"this one is {head.gold} with {head.gold_sha256[:12]}…"
        )


def check_guards(guards: Sequence[str], baseline: Run | None) -> None:
    """Raises RunError where there is nothing to guard a measure by, or no such measure."""
    names = [measure.name for measure in MEASURES]
    if guards and baseline is None:
        raise RunError("--guard needs a --baseline to compare with")
    for guard in guards:
        if guard not in names:
            raise RunError(f"there is no measure {guard!r}; there are {', '.join(names)}")
        if baseline and baseline.estimates[guard].value is None:
            raise RunError(f"the baseline has no {guard!r}, so that it cannot be guarded")


def changed(before: Run, after: Run) -> list[tuple[Outcome, Outcome]]:
    """The questions that went another way, before and after."""
    pairs = zip(before.outcomes, after.outcomes, strict=True)
    return [(old, new) for old, new in pairs if old.kind != new.kind]


def peak_mib() -> int:
    """The most resident memory this process has had; unlike ``ru_maxrss`` not what the process that started it had."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="utf-8").splitlines() if status.exists() else []
    high = next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), None)
    return round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss if high is None else high) / 1024)


def _versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in _PACKAGES}


def _models(reader: str) -> dict[str, str]:
    """The sha256 of the bundled models, and of another reader in a folder."""
    folders = [embedders.BUNDLED, span_model.BUNDLED, *([Path(reader)] if Path(reader).is_dir() else [])]
    found = {folder.name: json.loads((folder / "model.json").read_text(encoding="utf-8")) for folder in folders}
    return {name: str(one["sha256"]) for name, one in found.items()}


def _machine() -> dict[str, Any]:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.processor())
    memory = round(psutil.virtual_memory().total / (1 << 30))
    system = f"{platform.system()} {platform.machine()}"
    return {
        "processor": model,
        "instruction_set": instruction_set(),
        "cores": psutil.cpu_count() or 1,
        "memory_gib": memory,
        "system": system,
    }
