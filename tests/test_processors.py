"""The same answers on every processor: with and without the integer products that do not saturate."""

import json
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, numpy_helper

from quotewise.index.embedders import BUNDLED as EMBEDDER
from quotewise.index.embedders import Embedder
from quotewise.rag.pipeline import AskOptions, extract
from quotewise.rag.readers.span import SpanReader
from quotewise.rag.readers.span_model import FAST_FOLDER as READER

ROOT = Path(__file__).parent.parent
QUESTION = "Who built the lighthouse?"
TEXTS = (
    "Maria Keller built the lighthouse. The harbour was quiet.",
    "The harbour froze in winter.",
)
PROGRAM = """
import json, sys
from quotewise.index.embedders import load_embedder
from quotewise.index.onnx_model import instruction_set
from quotewise.rag.pipeline import AskOptions, extract
from quotewise.rag.readers.span import SpanReader
question, texts = json.load(sys.stdin)
vectors = load_embedder().encode_document(texts).tolist()
found = extract(SpanReader(), question, texts, AskOptions()).results
json.dump([instruction_set(), vectors, [one.answerability for one in found]], sys.stdout)
"""


def session(model: onnx.ModelProto, loaded: Path) -> onnxruntime.InferenceSession:
    """A session as ``load_model`` makes it; what it makes of the graph is written to a file."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(loaded)
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("folder", [EMBEDDER, READER], ids=["embedder", "reader"])
def test_where_products_saturate_the_weights_are_taken_as_unsigned_and_say_the_same(folder: Path, tmp_path: Path) -> None:
    model = onnx.load(folder / "model.onnx")
    ids = np.array([[101, 2040, 2328, 1996, 10171, 102, 3814, 16155, 2328, 1996, 10171, 102]])
    feed = {given.name: ids if given.name == "input_ids" else np.ones_like(ids) for given in model.graph.input}
    here = session(model, tmp_path / "here.onnx").run(None, feed)
    for tensor in model.graph.initializer:
        if tensor.name == "exact_product":  # what no product comes to, so that this processor seems to saturate
            tensor.CopyFrom(numpy_helper.from_array(np.array(-1, np.int32), tensor.name))
    there = session(model, tmp_path / "there.onnx").run(None, feed)
    graph = onnx.load(tmp_path / "there.onnx").graph
    signed = {tensor.name for tensor in graph.initializer if tensor.data_type == TensorProto.INT8}
    assert {node.op_type for node in graph.node if signed & set(node.input)} == {"Gather"}  # of the word embeddings
    assert not [node for node in graph.node if node.op_type == "If"]
    for a, b in zip(here, there, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-4)


@pytest.mark.skipif(shutil.which("qemu-x86_64") is None, reason="qemu-x86_64, of Debian's qemu-user, is not installed")
@pytest.mark.skipif(platform.machine() != "x86_64" or sys.platform != "linux", reason="it emulates for x86-64 on Linux only")
def test_a_processor_without_vnni_says_the_same(embedder: Embedder) -> None:
    done = subprocess.run(
        ["qemu-x86_64", "-cpu", "Haswell-noTSX", sys.executable, "-c", PROGRAM],
        input=json.dumps([QUESTION, TEXTS]),
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    processor, vectors, answerabilities = json.loads(done.stdout)
    assert processor == "x86_64 sse42 avx2"
    assert (embedder.encode_document(TEXTS) * vectors).sum(axis=1).min() >= 0.999
    here = [one.answerability for one in extract(SpanReader(), QUESTION, TEXTS, AskOptions()).results]
    np.testing.assert_allclose(answerabilities, here, atol=0.01)
