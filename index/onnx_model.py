"""A folder of ``model.json``, ``model.onnx`` and ``tokenizer.json`` into a model that runs on ONNX Runtime.

Which integer instructions it runs depends on the processor, the results do not: see ``eval.training.export``.
"""

import ctypes
import hashlib
import json
import platform
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnxruntime
from faiss.loader import supported_instruction_sets

from quotewise.index.errors import QuotewiseError
from quotewise.index.unigram import WordPieces, load_word_pieces

FORMAT = 1
"""Version of the folder's layout; other versions are refused."""

_INSTRUCTION_SETS = ("SSE42", "AVX2", "AVX512F", "AVX512VNNI", "AVX512BF16", "ASIMD", "ASIMDDP", "SVE")
"""The detectable ones among those that decide which integer instructions run."""


def instruction_set() -> str:
    """The processor's architecture and instruction sets, such as ``x86_64 sse42 avx2``; AVX-VNNI and AMX cannot be detected."""
    supported = supported_instruction_sets()
    return " ".join([platform.machine(), *(name.lower() for name in _INSTRUCTION_SETS if name in supported)])


@dataclass(frozen=True, slots=True)
class OnnxModel:
    """A loaded model. ``described`` is ``model.json``; ``fingerprint`` identifies the weights and the vocabulary."""

    described: dict[str, Any]
    session: onnxruntime.InferenceSession
    tokenizer: WordPieces
    fingerprint: str


def load_model(folder: Path, error: type[QuotewiseError]) -> OnnxModel:
    """Load a model that runs each batch on one thread.

    Raises:
        error: a file is missing, damaged or of another version; the message names it.
    """

    def loaded(name: str, load: Any) -> Any:
        try:
            return load(folder / name)
        except Exception as reason:  # tokenizers raises bare Exception
            raise error(f"cannot load the model file {folder / name}: {reason}") from reason

    described = loaded("model.json", lambda path: dict(json.loads(path.read_text(encoding="utf-8"))))
    if described.get("format") != FORMAT:
        raise error(f"{folder / 'model.json'} has format {described.get('format')!r}; this version reads {FORMAT}")
    data = loaded("model.onnx", Path.read_bytes)
    if hashlib.sha256(data).hexdigest() != described.get("sha256"):
        raise error(f"{folder / 'model.onnx'} is damaged: its sha256 is not that of model.json; install again")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    # Batches differ in shape, so a memory plan for the first shape only wastes memory.
    options.enable_mem_pattern = False
    # The exported graph is fused already, in the ways that were measured to be faster; basic also folds constants.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    session = loaded("model.onnx", lambda _: onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"]))
    vocabulary = loaded("tokenizer.json", Path.read_bytes)
    tokenizer = loaded("tokenizer.json", lambda path: load_word_pieces(vocabulary))
    with suppress(AttributeError):  # Only glibc has it: 30 MiB of what loading needed would stay with the process.
        ctypes.CDLL(None).malloc_trim(0)
    return OnnxModel(described, session, tokenizer, hashlib.sha256(data + vocabulary).hexdigest())
