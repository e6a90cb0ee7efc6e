"""The network of the span reader: an encoder over question and passage with linear heads, and its figures on a set."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import AttentionInterface, AutoConfig, AutoModel

from quotewise.eval.datasets import Row, titled
from quotewise.eval.measures import auroc, best_squad2_f1, token_f1
from quotewise.eval.training.restored import load_weights
from quotewise.rag.readers.span_model import MAX_ANSWER, marks, prompt_ids

_MAX_TOKENS = 512
"""Word pieces of an input: what the encoders have positions for."""


def _attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    **_: object,
) -> tuple[torch.Tensor, None]:
    """Scaled dot-product attention (Vaswani et al., NeurIPS 2017, section 3.2.1) as plain products, all in the input's type."""
    scores = torch.matmul(query * query.shape[-1] ** -0.5, key.transpose(2, 3))
    scores = scores if attention_mask is None else scores + attention_mask
    return torch.matmul(torch.softmax(scores, -1), value).transpose(1, 2), None


_PLAIN = "plain"
"""For training: with 12 heads of 32 and 160 word pieces it takes half the time of the flash kernel's backward pass in bf16."""
AttentionInterface.register(_PLAIN, _attend)


class SpanNetwork(torch.nn.Module):  # type: ignore[misc]
    """Encoder and heads for answer start, end, evidence (a logit each for every word piece) and answerability (of ``[CLS]``).

    Args:
        encoder: folder of the BERT encoder to start from, or of the MPNet encoder of a teacher.
        attention: implementation of BERT's attention.
    """

    def __init__(self, encoder: Path, attention: str = _PLAIN) -> None:
        super().__init__()
        self._typed = AutoConfig.from_pretrained(encoder).model_type == "bert"
        """Whether question and passage differ in their token types: MPNet has none, and only the eager attention."""
        self._plain = self._typed and attention == _PLAIN
        options = {"add_pooling_layer": False, "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
        kind = attention if self._typed else "eager"
        self.encoder = AutoModel.from_pretrained(encoder, dtype=torch.float32, attn_implementation=kind, **options)
        width = self.encoder.config.hidden_size
        self.span = torch.nn.Linear(width, 2)
        self.evidence = torch.nn.Linear(width, 1)
        self.answerable = torch.nn.Linear(width, 1)

    def forward(
        self, input_ids: torch.Tensor, token_type_ids: torch.Tensor, attention_mask: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits: (n, tokens, 3) of start, end and evidence, and (n,) of answerability; inputs are int64 (n, tokens)."""
        if attention_mask is not None and self._plain:
            device = input_ids.device.type
            type_of = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else torch.float32
            attention_mask = ((1 - attention_mask) * -1e4)[:, None, None, :].to(type_of)
        types = {"token_type_ids": token_type_ids} if self._typed else {}
        encoded = self.encoder(input_ids=input_ids, attention_mask=attention_mask, **types)
        hidden = encoded.last_hidden_state
        return torch.cat([self.span(hidden), self.evidence(hidden)], dim=2), self.answerable(hidden[:, 0]).squeeze(1)

    def freeze(self, layers: int) -> None:
        """Keep the word embeddings from learning, and with ``layers`` all embeddings and the first layers of the encoder."""
        self.encoder.embeddings.word_embeddings.requires_grad_(False)
        if layers:
            frozen = [self.encoder.embeddings, *self.encoder.encoder.layer[:layers]]
            # Every layer of MPNet reads the same bias for the distance of two word pieces.
            for part in (*frozen, getattr(self.encoder.encoder, "relative_attention_bias", None)):
                if part is not None:
                    part.requires_grad_(False)

    def logits(
        self, inputs: Sequence[Sequence[int] | np.ndarray], prompts: Sequence[int]
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Logits of ``forward``, float32 on the CPU, and the types, of inputs that begin with so many pieces of prompt."""
        ids, types, mask = padded(inputs, prompts)
        device = self.span.weight.device
        with torch.autocast(device.type, torch.bfloat16, enabled=computes_bfloat16(device.type)):
            tokens, answerable = self(ids.to(device), types.to(device), mask.to(device))
        return tokens.float().cpu(), answerable.float().cpu(), types


@cache
def computes_bfloat16(device: str) -> bool:
    """Whether a device computes bfloat16 itself: a processor that only emulates it takes six times as long as in float32."""
    return device != "cpu" or bool(torch.cpu.get_capabilities().get("avx512_bf16", False))


def load_network(weights: Sequence[Path], encoder: Path, rows: np.ndarray | None = None) -> SpanNetwork:
    """A trained network in float32, with the average of the weights of some runs (Wortsman et al., Model soups, ICML 2022).

    ``rows`` are those of its table of word pieces that stay, int64 (pieces,); None for all.
    """
    network = SpanNetwork(encoder, attention="eager")
    runs = [load_weights(path) for path in weights]
    shared = set.intersection(*(set(run) for run in runs))
    network.load_state_dict({key: torch.stack([run[key] for run in runs]).mean(dim=0) for key in shared}, strict=False)
    keep_rows(network.encoder, rows)
    return network.eval()  # type: ignore[no-any-return]


def keep_rows(encoder: Any, rows: np.ndarray | None) -> None:
    """Leave an encoder only these rows of its table of word pieces, int64 (pieces,); None for all."""
    if rows is not None:
        embedding = encoder.get_input_embeddings()
        embedding.weight = torch.nn.Parameter(embedding.weight.detach()[torch.from_numpy(rows)])


def bare_tokenizer(path: Path) -> Tokenizer:
    """A ``tokenizer.json`` that neither truncates nor pads."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def padded_length(length: int) -> int:
    """The multiple of 32 that a length is padded to, which bounds the number of shapes that kernels are made for."""
    return -(-length // 32) * 32


def padded(
    inputs: Sequence[Sequence[int] | np.ndarray], prompts: Sequence[int]
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """A batch: ids, types and mask, each int64 (inputs, tokens), of inputs that begin with so many pieces of prompt."""
    length = padded_length(max(map(len, inputs)))
    ids, types, mask = (torch.zeros(len(inputs), length, dtype=torch.long) for _ in range(3))
    for row, (pieces, prompt) in enumerate(zip(inputs, prompts, strict=True)):
        ids[row, : len(pieces)] = torch.as_tensor(pieces)
        types[row, prompt : len(pieces)] = 1
        mask[row, : len(pieces)] = 1
    return ids, types, mask


@torch.no_grad()  # type: ignore[untyped-decorator]
def gold_passage_figures(network: SpanNetwork, tokenizer: Tokenizer, rows: Sequence[Row]) -> dict[str, float]:
    """F1 of the answerable, and best overall F1 and AUROC by span margin, by answerability and by both as confidence."""
    network.eval()
    order = sorted(range(len(rows)), key=lambda i: len(rows[i].context))
    f1, margin, answerability = (np.zeros(len(rows)) for _ in range(3))
    for batch in (order[at : at + 16] for at in range(0, len(order), 16)):
        prompts = [prompt_ids(rows[i].question, titled(rows[i].title), tokenizer) for i in batch]
        passages = tokenizer.encode_batch([rows[i].context for i in batch], add_special_tokens=False)
        inputs = [[*p, *e.ids[: _MAX_TOKENS - len(p) - 1], marks(tokenizer)[1]] for p, e in zip(prompts, passages, strict=True)]
        tokens, answerability[batch], _ = network.logits(inputs, [len(prompt) for prompt in prompts])
        for i, prompt, passage, pieces, logits in zip(batch, prompts, passages, inputs, tokens.numpy(), strict=True):
            first, last, score = best_span(logits[len(prompt) : len(pieces) - 1])
            text = rows[i].context[passage.offsets[first][0] : passage.offsets[last][1]]
            f1[i] = token_f1(text, rows[i].texts())
            margin[i] = score - logits[0, 0] - logits[0, 1]
    truth = np.array([bool(row.answers) for row in rows])
    figures = {"f1_answerable": float(f1[truth].mean())}
    for name, confidence in {"margin": margin, "answerable": answerability, "sum": margin / 2 + answerability}.items():
        figures |= {f"squad2_f1_{name}": best_squad2_f1(f1, truth, confidence), f"auroc_{name}": auroc(confidence, truth)}
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
