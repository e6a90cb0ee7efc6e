"""Fit the similarity reader: ``python -m eval.calibration ../shared/data/train`` writes ``rag/similarity.json``.

Fitted on questions that neither the seed gold set nor any report uses, over whole corpora, with and without the passage
that answers in them, and with a share of misspelt questions.
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
from scipy.optimize import minimize
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
_MISSPELT_SHARE = 0.2
"""Of the questions, since people misspell and the training sets do not."""
_THRESHOLD = 0.02
"""To withhold a right quote is held to be 49 times as bad as to show a wrong one, which the reader of it sees through. The
confidence of this reader tells questions off the subject from the others, but hardly what is answered from what is not.
"""


@dataclass(frozen=True, slots=True)
class Example:
    """The sentences retrieved for a question: float32 (n, features), and which of them answer, bool (n,)."""

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
        reader = SimilarityReader(embedder, Calibration((), (), 0.0))
        for row in chance.sample(rows, min(limit, len(rows))):
            text = misspelt(row["question"], chance) if chance.random() < _MISSPELT_SHARE else row["question"]
            question = Question(text, embedder.encode_query(text))
            passages = retrieve(store, "default", question, DEFAULT_TOP_K, Filter())
            if without_gold and chance.random() < 0.5:
                passages = [passage for passage in passages if passage.document.path != names[row["context"]]]
            if passages:
                yield Example(reader.features(question, passages), _right(row, names[row["context"]], passages))
        store.close()


def misspelt(text: str, chance: random.Random) -> str:
    """A text with a slip of the fingers in about a third of its longer words: a letter lost, doubled or swapped."""
    words = text.split(" ")
    for i, word in enumerate(words):
        if len(word) > 4 and chance.random() < 0.35:
            at = chance.randrange(1, len(word) - 1)
            slip = chance.choice([word[at + 1 :], word[at] * 2 + word[at + 1 :], word[at + 1] + word[at] + word[at + 2 :]])
            words[i] = word[:at] + slip
    return " ".join(words)


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
    """Fit which sentence of a question is right, then how sure that is, then whether the first one is right."""
    direction = _ranking(data)
    scores = [example.features @ direction for example in data]
    sentences = LogisticRegression(C=1e3).fit(np.concatenate(scores)[:, None], np.concatenate([e.right for e in data]))
    scale, bias = sentences.coef_[0][0], sentences.intercept_[0]
    firsts, right = [], []
    for example, score in zip(data, scores, strict=True):
        order = np.argsort(-score)
        firsts.append(confidence_features(1 / (1 + np.exp(-(score[order] * scale + bias))))[:2])
        right.append(bool(example.right[order[0]]))
    first = LogisticRegression(C=1e3).fit(firsts, right)
    return Calibration(
        sentence=_rounded([*direction * scale, bias]),
        confidence=_rounded([*first.coef_[0], *first.intercept_]),
        threshold=_THRESHOLD,
    )


def _ranking(data: Sequence[Example]) -> np.ndarray:
    """Conditional logistic regression: weights that raise the right sentences of a question above its others."""
    answered = [example for example in data if example.right.any()]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = 0.05 * weights @ weights, 0.1 * weights
        for example in answered:
            logits = example.features @ weights
            share = np.exp(logits - logits.max())
            of_right = share * example.right
            total -= np.log(of_right.sum() / share.sum())
            slope = slope - (of_right / of_right.sum() - share / share.sum()) @ example.features
        return total, slope

    fitted: np.ndarray = minimize(loss, np.ones(answered[0].features.shape[1]), jac=True).x
    return fitted


def _rounded(weights: Sequence[float]) -> tuple[float, ...]:
    return tuple(round(float(weight), 4) for weight in weights)


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
