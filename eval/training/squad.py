"""A network and rows with their passage given into the figures of SQuAD 2.0, for the log of a training run."""

from collections.abc import Sequence

import numpy as np
import torch
from quotewise.eval.measures import auroc, best_squad2_f1, token_f1
from quotewise.eval.training.examples import titled
from quotewise.eval.training.network import SpanNetwork, padded
from quotewise.eval.training.rows import Row
from quotewise.rag.readers.span_model import MAX_ANSWER, marks, prompt_ids
from tokenizers import Tokenizer

_MAX_TOKENS = 512
"""Word pieces of an input: what the encoders have positions for."""


@torch.no_grad()  # type: ignore[untyped-decorator]
def gold_passage_figures(network: SpanNetwork, tokenizer: Tokenizer, rows: Sequence[Row]) -> dict[str, float]:
    """F1 of the answerable, and best overall F1 and AUROC by span margin, by answerability and by both as confidence."""
    network.eval()
    order = sorted(range(len(rows)), key=lambda i: len(rows[i].context))
    f1, margin, answerability = (np.zeros(len(rows)) for _ in range(3))
    device = network.span.weight.device
    for at in range(0, len(order), 16):
        batch = order[at : at + 16]
        prompts = [prompt_ids(rows[i].question, titled(rows[i].title), tokenizer) for i in batch]
        passages = tokenizer.encode_batch([rows[i].context for i in batch], add_special_tokens=False)
        texts = [[*p, *e.ids[: _MAX_TOKENS - len(p) - 1], marks(tokenizer)[1]] for p, e in zip(prompts, passages, strict=True)]
        ids, types, mask = padded(texts, [len(prompt) for prompt in prompts])
        with torch.autocast(device.type, torch.bfloat16):
            tokens, answerable = network(ids.to(device), types.to(device), mask.to(device))
        for i, prompt, passage, length, logits, sure in zip(
            batch, prompts, passages, map(len, texts), tokens.float().cpu().numpy(), answerable.float().tolist(), strict=True
        ):
            first, last, score = best_span(logits[len(prompt) : length - 1])
            text = rows[i].context[passage.offsets[first][0] : passage.offsets[last][1]]
            f1[i] = token_f1(text, rows[i].texts())
            margin[i], answerability[i] = score - logits[0, 0] - logits[0, 1], sure
    truth = np.array([bool(row.answers) for row in rows])
    figures = {"f1_answerable": float(f1[truth].mean())}
    for name, confidence in {"margin": margin, "answerable": answerability, "sum": margin / 2 + answerability}.items():
        figures[f"squad2_f1_{name}"] = best_squad2_f1(f1, truth, confidence)
        figures[f"auroc_{name}"] = auroc(confidence.tolist(), truth.tolist())
    return {name: round(value, 4) for name, value in figures.items()}


def best_span(logits: np.ndarray) -> tuple[int, int, float]:
    """First and last word piece, inclusive, of the best span of up to 30 word pieces, and its score.

    Args:
        logits: of a passage, float32 (word pieces, at least start and end).
    """
    scores = logits[:, 0][:, None] + logits[:, 1][None, :]
    allowed = np.triu(np.ones_like(scores, bool)) & ~np.triu(np.ones_like(scores, bool), MAX_ANSWER)
    first, last = np.unravel_index(np.argmax(np.where(allowed, scores, -np.inf)), scores.shape)
    return int(first), int(last), float(scores[first, last])
