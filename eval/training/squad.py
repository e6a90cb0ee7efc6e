"""A network and rows with their passage given into the figures of SQuAD 2.0, for the log of a training run."""

from collections.abc import Sequence

import numpy as np
import torch
from tokenizers import Tokenizer

from eval.measures import auroc, best_squad2_f1, token_f1
from eval.training.network import SpanNetwork
from eval.training.rows import Row
from rag.span_model import MAX_ANSWER


@torch.no_grad()  # type: ignore[untyped-decorator]
def gold_passage_figures(network: SpanNetwork, tokenizer: Tokenizer, rows: Sequence[Row]) -> dict[str, float]:
    """F1 of the answerable, and best overall F1 and AUROC by span margin, by answerability and by both as confidence."""
    network.eval()
    order = sorted(range(len(rows)), key=lambda i: len(rows[i].context))
    f1, margin, answerability = (np.zeros(len(rows)) for _ in range(3))
    tokenizer.enable_truncation(512, strategy="only_second")
    tokenizer.enable_padding()
    for at in range(0, len(order), 16):
        batch = order[at : at + 16]
        encodings = tokenizer.encode_batch([(rows[i].question, rows[i].context) for i in batch])
        inputs = [torch.tensor([getattr(e, name) for e in encodings]) for name in ("ids", "type_ids", "attention_mask")]
        with torch.autocast("cpu", torch.bfloat16):
            tokens, answerable = network(*inputs)
        for i, encoding, logits, sure in zip(
            batch, encodings, tokens.float().numpy(), answerable.float().tolist(), strict=True
        ):
            first, last, score = best_span(logits, np.array(encoding.type_ids) * np.array(encoding.attention_mask))
            text = rows[i].context[encoding.offsets[first][0] : encoding.offsets[last][1]]
            f1[i] = token_f1(text, rows[i].texts())
            margin[i], answerability[i] = score - logits[0, 0] - logits[0, 1], sure
    tokenizer.no_truncation()
    tokenizer.no_padding()
    truth = np.array([bool(row.answers) for row in rows])
    figures = {"f1_answerable": float(f1[truth].mean())}
    for name, confidence in {"margin": margin, "answerable": answerability, "sum": margin / 2 + answerability}.items():
        figures[f"squad2_f1_{name}"] = best_squad2_f1(f1, truth, confidence)
        figures[f"auroc_{name}"] = auroc(confidence.tolist(), truth.tolist())
    return {name: round(value, 4) for name, value in figures.items()}


def best_span(logits: np.ndarray, passage: np.ndarray) -> tuple[int, int, float]:
    """First and last word piece, inclusive, of the best span of up to 30 word pieces, and its score."""
    places = np.flatnonzero(passage)[:-1]
    scores = logits[places, 0][:, None] + logits[places, 1][None, :]
    allowed = np.triu(np.ones_like(scores, bool)) & ~np.triu(np.ones_like(scores, bool), MAX_ANSWER)
    first, last = np.unravel_index(np.argmax(np.where(allowed, scores, -np.inf)), scores.shape)
    return int(places[first]), int(places[last]), float(scores[first, last])
