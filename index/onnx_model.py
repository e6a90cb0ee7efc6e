"""A folder of ``model.json``, ``model.onnx`` and ``tokenizer.json`` into a model that runs on ONNX Runtime.

Which integer instructions it runs depends on the processor, the results do not: see ``eval.training.export``.
"""

import ctypes
import hashlib
import json
import platform
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Condition
from typing import TYPE_CHECKING, Any

from cachetools import cached
from faiss.loader import supported_instruction_sets

from quotewise.index.errors import QuotewiseError
from quotewise.index.unigram import WordPieces, load_word_pieces

if TYPE_CHECKING:
    import onnxruntime

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
    """A checked model. ``described`` is ``model.json``; ``fingerprint`` identifies the weights and the vocabulary."""

    described: dict[str, Any]
    tokenizer: WordPieces
    fingerprint: str
    make_session: Callable[[], "onnxruntime.InferenceSession"]
    """Makes the session once, for whichever thread first asks for it."""

    @property
    def session(self) -> "onnxruntime.InferenceSession":
        """Runs the model; made when it is first asked for, and raises as ``load_model`` where the weights cannot be used."""
        return self.make_session()


def load_model(folder: Path, error: type[QuotewiseError]) -> OnnxModel:
    """Check and load a model that runs each batch on one thread.

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
    hasher = hashlib.sha256(data)
    if hasher.hexdigest() != described.get("sha256"):
        raise error(f"{folder / 'model.onnx'} is damaged: its sha256 is not that of model.json; install again")
    vocabulary = loaded("tokenizer.json", Path.read_bytes)
    tokenizer = loaded("tokenizer.json", lambda path: load_word_pieces(vocabulary))
    hasher.update(vocabulary)
    weights = [data]

    @cached({}, condition=Condition())
    def make_session() -> "onnxruntime.InferenceSession":
        session: onnxruntime.InferenceSession = loaded("model.onnx", lambda _: _session(weights[0]))
        weights.clear()
        return session

    return OnnxModel(described, tokenizer, hasher.hexdigest(), make_session)


def _session(data: bytes) -> "onnxruntime.InferenceSession":
    import onnxruntime  # here, since a sync that finds nothing to embed needs neither this nor the session

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    # Batches differ in shape, so a memory plan for the first shape only wastes memory.
    options.enable_mem_pattern = False
    # The exported graph is fused already, in the ways that were measured to be faster; basic also folds constants.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    with suppress(AttributeError):  # Only glibc has it: 30 MiB of what loading needed would stay with the process.
        ctypes.CDLL(None).malloc_trim(0)
    return session
