"""The average weights of some runs as a Hugging Face question-answering model."""

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import AutoConfig, AutoTokenizer, BertForQuestionAnswering


def hugging_face(weights: Sequence[Path], encoder: Path, target: Path) -> Path:
    """Write encoder, start and end head and tokenizer to a folder, and return it; the other heads have no place there."""
    network = BertForQuestionAnswering(AutoConfig.from_pretrained(encoder))
    runs = [load_file(path) for path in weights]
    of_run = {key: torch.stack([run[key].float() for run in runs]).mean(dim=0) for key in runs[0]}
    renamed = {f"bert.{key.removeprefix('encoder.')}": value for key, value in of_run.items() if key.startswith("encoder.")}
    renamed |= {f"qa_outputs.{part}": of_run[f"span.{part}"] for part in ("weight", "bias")}
    missing = network.load_state_dict(renamed, strict=False)
    if missing.missing_keys:
        raise RuntimeError(f"{weights[0]} has no {missing.missing_keys}")
    network.save_pretrained(target)
    AutoTokenizer.from_pretrained(encoder).save_pretrained(target)
    return target
