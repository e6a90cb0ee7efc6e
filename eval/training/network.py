"""The network of the span reader: a BERT encoder over question and passage, and what it says of each word piece."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModel


class SpanNetwork(torch.nn.Module):  # type: ignore[misc]
    """Encoder and heads for answer start, end, evidence (a logit each for every word piece) and answerability (of ``[CLS]``).

    Args:
        encoder: folder of the BERT encoder to start from, or its configuration.
        attention: implementation of attention, ``sdpa`` to train, ``eager`` to export.
    """

    def __init__(self, encoder: Path, attention: str = "sdpa") -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(
            encoder,
            attn_implementation=attention,
            add_pooling_layer=False,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        width = self.encoder.config.hidden_size
        self.span = torch.nn.Linear(width, 2)
        self.evidence = torch.nn.Linear(width, 1)
        self.answerable = torch.nn.Linear(width, 1)

    def forward(
        self, input_ids: torch.Tensor, token_type_ids: torch.Tensor, attention_mask: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits: (n, tokens, 3) of start, end and evidence, and (n,) of answerability; inputs are int64 (n, tokens)."""
        encoded = self.encoder(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids)
        hidden = encoded.last_hidden_state
        return torch.cat([self.span(hidden), self.evidence(hidden)], dim=2), self.answerable(hidden[:, 0]).squeeze(1)


def padded(
    inputs: Sequence[Sequence[int] | np.ndarray], prompts: Sequence[int]
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """A batch for the network: ids, types and mask, each int64 (inputs, tokens), of inputs whose first pieces are a prompt.

    The length is a multiple of 32, which bounds the number of shapes that kernels are made for.
    """
    length = padded_length(max(map(len, inputs)))
    ids, types, mask = (torch.zeros(len(inputs), length, dtype=torch.long) for _ in range(3))
    for row, (pieces, prompt) in enumerate(zip(inputs, prompts, strict=True)):
        ids[row, : len(pieces)] = torch.as_tensor(pieces)
        types[row, prompt : len(pieces)] = 1
        mask[row, : len(pieces)] = 1
    return ids, types, mask


def padded_length(length: int) -> int:
    """The multiple of 32 that a length is padded to."""
    return -(-length // 32) * 32
