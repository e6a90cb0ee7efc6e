"""The reader that ships as a Hugging Face question-answering model, its int8 weights as floats."""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from transformers import AutoConfig, AutoTokenizer, BertForQuestionAnswering

from quotewise.rag.readers.span_model import FAST_FOLDER

_ATTENTION = ("attention.self.query", "attention.self.key", "attention.self.value")
_LAYER = (*_ATTENTION, "attention.output.dense", "intermediate.dense", "output.dense")
"""The linear layers of one layer of BERT, in the order of the graph."""


def hugging_face(encoder: Path, target: Path, reader: Path = FAST_FOLDER) -> Path:
    """Write encoder, start and end head and tokenizer to a folder, and return it; the other heads have no place there."""
    network = BertForQuestionAnswering(AutoConfig.from_pretrained(encoder))
    missing = network.load_state_dict(_floats(reader / "model.onnx"), strict=False).missing_keys
    if missing:
        raise RuntimeError(f"{reader / 'model.onnx'} has no {missing}")
    network.save_pretrained(target)
    AutoTokenizer.from_pretrained(encoder).save_pretrained(target)
    return target


def _floats(path: Path) -> dict[str, torch.Tensor]:
    """The weights before ``eval.training.export`` quantized them, but for the rounding."""
    graph = onnx.load(path).graph
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    floats = {name.replace("encoder.", "bert.", 1): value for name, value in stored.items() if name.startswith("encoder.")}
    table, scale = (next(v for n, v in stored.items() if n.endswith(end)) for end in ("embedding_table", "embedding_scale"))
    floats["bert.embeddings.word_embeddings.weight"] = table * scale
    choices = [node for node in graph.node if node.op_type == "If"]  # of signed weights or the same as unsigned ones
    products = [helper.get_node_attr_value(node, "then_branch").node[0] for node in choices]
    layers = range(len(products) // len(_LAYER))
    names = [f"bert.encoder.layer.{layer}.{part}" for layer in layers for part in _LAYER] + ["qa_outputs"]
    for name, node in zip(names, products, strict=False):  # after the span's comes the head of evidence
        weight = stored[node.input[1]] * stored[node.input[3]]
        smoothing = stored.get(f"{node.input[0].removesuffix('_q')}_smoothing")
        floats[f"{name}.weight"] = (weight if smoothing is None else weight * smoothing[:, None]).T
    for layer in layers:
        biases = np.split(stored[f"attention_bias_{layer}"], 3)
        floats |= {f"bert.encoder.layer.{layer}.{part}.bias": bias for part, bias in zip(_ATTENTION, biases, strict=True)}
    floats["qa_outputs.bias"] = stored["span.bias"]
    return {name: torch.tensor(value, dtype=torch.float32) for name, value in floats.items()}
