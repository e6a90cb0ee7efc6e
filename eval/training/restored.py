"""The weights of an exported reader, from eight bits back into floats, to train on from or to average with."""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from safetensors.torch import load_file

_HEADS = ("span", "evidence")
_INPUTS = ("attention.self.query", "attention.self.key", "attention.self.value")
_LAYER = (*_INPUTS, "attention.output.dense", "intermediate.dense", "output.dense")


def load_weights(source: Path) -> dict[str, torch.Tensor]:
    """Weights of a ``SpanNetwork`` in float32.

    Args:
        source: ``model.safetensors`` of a run, or the folder of an exported reader. The latter lacks a table of word pieces in
            four bits, which is the encoder's own.
    """
    if not source.is_dir():
        return {key: value.float() for key, value in load_file(source).items()}
    graph = onnx.load(source / "model.onnx").graph
    constants = {constant.name: numpy_helper.to_array(constant) for constant in graph.initializer}
    weights = {name: value for name, value in constants.items() if name.endswith((".weight", ".bias"))}
    products = [node for node in graph.node if node.op_type == "If"]
    layers = [f"encoder.encoder.layer.{number}" for number in range((len(products) - len(_HEADS)) // len(_LAYER))]
    names = [*(f"{layer}.{part}" for layer in layers for part in _LAYER), *_HEADS]
    for name, node in zip(names, products, strict=True):
        stored, product = node.output[0].removesuffix("_columns"), node.attribute[0].g.node[-1]
        weight = constants[f"{stored}_weight"] * constants[f"{stored}_scale"]
        smoothing = constants.get(f"{product.input[0].removesuffix('_q')}_smoothing")
        weights[f"{name}.weight"] = (weight if smoothing is None else weight * smoothing[:, None]).T
    for number, layer in enumerate(layers):
        biases = np.split(constants[f"attention_bias_{number}"], len(_INPUTS))
        weights |= {f"{layer}.{part}.bias": bias for part, bias in zip(_INPUTS, biases, strict=True)}
    tables = [value for name, value in constants.items() if name.endswith(("embedding_table", "embedding_scale"))]
    if tables:
        weights["encoder.embeddings.word_embeddings.weight"] = tables[0] * tables[1]
    return {name: torch.from_numpy(np.array(value, np.float32)) for name, value in weights.items()}
