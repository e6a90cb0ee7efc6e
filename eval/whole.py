"""Retrieval as the embedder's published figures have it: one vector a document, cut where the embedder's reach ends."""

from pathlib import Path
from typing import Any

import numpy as np
from quotewise.eval.gold import load_gold
from quotewise.eval.measures import MEASURES, Place, columns, retrieval
from quotewise.eval.uncertainty import estimates
from quotewise.index.embedders import load_embedder

_DEPTH = 100


def rank_whole(gold: Path, corpus: Path) -> dict[str, Any]:
    """nDCG@10, MRR@10 and recall@10 of the bundled embedder alone over questions that are judged by documents."""
    embedder = load_embedder()
    paths = sorted(corpus.iterdir())
    vectors = embedder.encode_document([path.read_text(encoding="utf-8") for path in paths])
    questions = load_gold(gold).questions
    ranked = []
    for question in questions:
        best = np.argsort(-(vectors @ embedder.encode_query(question.question)), kind="stable")[:_DEPTH]
        ranked.append([Place(paths[i].name, 0, 1) for i in best])
    figures = columns([found | {"answerable": 1.0} for found in retrieval(questions, ranked)])
    found = estimates(figures, [measure for measure in MEASURES if measure.name in ("nDCG@10", "MRR@10", "recall@10")])
    return {
        "questions": len(questions),
        "estimates": {name: [estimate.value, estimate.low, estimate.high] for name, estimate in found.items()},
    }
