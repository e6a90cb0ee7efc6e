"""Fit the similarity reader: ``python -m eval.calibration ../shared/data/train`` writes ``rag/similarity.json``.

Fitted on questions that neither the seed gold set nor any report uses, over whole corpora, with and without the passage
that answers in them. The threshold withholds at most one in twenty of the first quotes that are right.
"""

import argparse
import gzip
import hashlib
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from index.embedded import EmbeddedStore
from index.embedders import Embedder, load_embedder
from index.store import Filter
from index.sync import Sync
from rag.answering import DEFAULT_TOP_K
from rag.passages import Passage
from rag.readers import Calibration, SimilarityReader, confidence_features
from rag.retrieval import Question, retrieve

_SETS = {"squad2_train_a": 1600, "nq_open_oracle_dev": 1000, "fairytaleqa_val": 500}
"""Questions drawn from each training set."""
_RIGHT_ANSWERS_GIVEN = 0.95


@dataclass(frozen=True, slots=True)
class Example:
    """The sentences retrieved for a question: float32 (n, 3) features, and which of them answer, bool (n,)."""

    features: np.ndarray
    right: np.ndarray


def examples(path: Path, limit: int, embedder: Embedder) -> Iterator[Example]:
    """Retrieve for questions of a span file over the corpus of its contexts.

    Where no question is unanswerable by design, half of them lose the passage that answers.
    """
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows: list[dict[str, Any]] = [json.loads(line) for line in file]
    names = {row["context"]: hashlib.sha256(row["context"].encode()).hexdigest()[:16] + ".txt" for row in rows}
    without_gold = not any(row["is_impossible"] for row in rows)
    chance = random.Random(0)
    with tempfile.TemporaryDirectory() as corpus, tempfile.TemporaryDirectory() as index:
        for context, name in names.items():
            Path(corpus, name).write_bytes(context.encode())
        store = EmbeddedStore(Path(index), create=True)
        Sync(store, embedder).run(Path(corpus))
        reader = SimilarityReader(embedder, Calibration((0.0,) * 4, (0.0,) * 3, 0.0))
        for row in chance.sample(rows, min(limit, len(rows))):
            question = Question(row["question"], embedder.encode_query(row["question"]))
            passages = retrieve(store, "default", question, DEFAULT_TOP_K, Filter())
            if without_gold and chance.random() < 0.5:
                passages = [passage for passage in passages if passage.document.path != names[row["context"]]]
            if passages:
                yield Example(reader.features(question, passages), _right(row, names[row["context"]], passages))
        store.close()


def _right(row: dict[str, Any], path: str, passages: Sequence[Passage]) -> np.ndarray:
    spans = [] if row["is_impossible"] else [(a["start"], a["start"] + len(a["text"])) for a in row["answers"]]
    return np.array(
        [
            passage.document.path == path and any(start < s.end and s.start < end for start, end in spans)
            for passage in passages
            for s in passage.sentences
        ]
    )


def fit(data: Sequence[Example]) -> Calibration:
    """Logistic regression of sentences being right, then of the first sentence being right."""
    sentences = LogisticRegression(C=1e3).fit(
        np.concatenate([example.features for example in data]), np.concatenate([example.right for example in data])
    )
    firsts, right = [], []
    for example in data:
        probabilities = sentences.predict_proba(example.features)[:, 1]
        order = np.argsort(-probabilities)
        firsts.append(confidence_features(probabilities[order])[:2])
        right.append(bool(example.right[order[0]]))
    first = LogisticRegression(C=1e3).fit(firsts, right)
    of_right = first.predict_proba(np.array(firsts)[right])[:, 1]
    return Calibration(
        sentence=_weights(sentences),
        confidence=_weights(first),
        threshold=round(float(np.quantile(of_right, 1 - _RIGHT_ANSWERS_GIVEN)), 3),
    )


def _weights(fitted: LogisticRegression) -> tuple[float, ...]:
    return tuple(round(float(weight), 4) for weight in (*fitted.coef_[0], *fitted.intercept_))


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the similarity reader.")
    parser.add_argument("data", type=Path, help="folder of the training sets")
    parser.add_argument("--output", type=Path, default=Path("rag/similarity.json"))
    arguments = parser.parse_args()
    embedder = load_embedder()
    data = [
        example for name, limit in _SETS.items() for example in examples(arguments.data / f"{name}.jsonl.gz", limit, embedder)
    ]
    calibration = fit(data)
    fitted = {
        "sentence": calibration.sentence,
        "confidence": calibration.confidence,
        "threshold": calibration.threshold,
        "fitted_on": {"questions": len(data), "sets": list(_SETS), "embedder": embedder.name},
    }
    arguments.output.write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
