"""Texts into unit vectors, by the bundled int8 ONNX model or by any sentence-transformers model."""

import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from index.errors import EmbedderError

BUNDLED = Path(__file__).parent / "models" / "all-MiniLM-L6-v2"
DEFAULT_EMBEDDER = "all-MiniLM-L6-v2"
_BATCH_TOKENS = 2048
"""Padded word pieces a batch: larger batches fall out of the cache (measured with ``python -m eval.benchmarks``)."""


class Embedder(Protocol):
    """Turns texts into vectors whose inner product is their cosine similarity.

    ``fingerprint`` is equal for two embedders exactly when they make the same vectors. ``max_tokens`` counts the special
    tokens of the model; what is beyond it is not seen.
    """

    name: str
    fingerprint: str
    dimension: int
    max_tokens: int

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of word pieces of each text, without special tokens and without truncation."""
        ...

    def encode_document(self, texts: Sequence[str]) -> np.ndarray:
        """float32 (len(texts), dimension), rows of length 1."""
        ...

    def encode_query(self, text: str) -> np.ndarray:
        """float32 (dimension,), of length 1."""
        ...


class OnnxEmbedder:
    """A BERT encoder exported by ``index.export``, on ONNX Runtime. Safe to use from many threads.

    Args:
        folder: holds ``model.onnx``, ``tokenizer.json`` and ``model.json``.
        threads: batches of documents encoded at the same time; by default one a core. A query uses one.

    Raises:
        EmbedderError: a file is missing or damaged; the message names it.
    """

    def __init__(self, folder: Path = BUNDLED, threads: int | None = None) -> None:
        described = _loaded(folder / "model.json", lambda path: json.loads(path.read_text(encoding="utf-8")))
        self.name: str = described["name"]
        self.dimension: int = described["dimension"]
        self.max_tokens: int = described["max_tokens"]
        data = _loaded(folder / "model.onnx", Path.read_bytes)
        self.fingerprint = hashlib.sha256(data).hexdigest()
        if self.fingerprint != described["sha256"]:
            raise EmbedderError(f"{folder / 'model.onnx'} is damaged: its sha256 is not that of model.json; install again")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        # Batches differ in shape, so planning memory by the first one's shape only wastes it.
        options.enable_mem_pattern = False
        self._session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        self._tokenizer = _loaded(folder / "tokenizer.json", lambda path: Tokenizer.from_file(str(path)))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._threads = threads or os.cpu_count() or 1
        self._remembered = lru_cache(maxsize=256)(self._query)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of word pieces of each text, without special tokens and without truncation."""
        return [len(e.ids) for e in self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]

    def encode_document(self, texts: Sequence[str]) -> np.ndarray:
        """float32 (len(texts), dimension), rows of length 1; the row of a text does not depend on the other texts."""
        rows = [self._ids(encoding.ids) for encoding in self._tokenizer.encode_batch_fast(list(texts))]
        vectors = np.empty((len(rows), self.dimension), np.float32)
        batches = list(_batches([len(row) for row in rows]))

        def encode(batch: list[int]) -> None:
            vectors[batch] = self._run([rows[i] for i in batch])

        if len(batches) > 1:
            list(self._pool.map(encode, batches))
        else:
            for batch in batches:
                encode(batch)
        return vectors

    def encode_query(self, text: str) -> np.ndarray:
        """float32 (dimension,), of length 1; not to be written to."""
        return self._remembered(text)

    def _query(self, text: str) -> np.ndarray:
        vector: np.ndarray = self._run([self._ids(self._tokenizer.encode(text).ids)])[0]
        vector.flags.writeable = False
        return vector

    def _ids(self, ids: list[int]) -> list[int]:
        return ids if len(ids) <= self.max_tokens else [*ids[: self.max_tokens - 1], ids[-1]]

    def _run(self, rows: list[list[int]]) -> np.ndarray:
        shape = (len(rows), max(map(len, rows)))
        ids, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = row
            mask[i, : len(row)] = 1
        output: np.ndarray = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return output

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads, thread_name_prefix="embed")


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, by the name or path that the library takes. Needs the extra of that name.

    Raises:
        EmbedderError: the library is not installed or the model cannot be loaded.
    """

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError:
            raise EmbedderError(
                f"the embedder {name!r} needs sentence-transformers; pip install 'quotewise[sentence-transformers]', "
                f"or use {DEFAULT_EMBEDDER!r}"
            ) from None
        try:
            self._model = SentenceTransformer(name, device="cpu")
        except Exception as error:  # the library raises whatever its hub client, torch or the file system raise
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise EmbedderError(f"cannot load the sentence-transformers model {name!r}: {reason}") from error
        self.name = name
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self.max_tokens = int(self._model.max_seq_length or 512)
        digest = hashlib.sha256()
        for key, tensor in sorted(self._model.state_dict().items()):
            digest.update(key.encode() + tensor.detach().cpu().contiguous().numpy().tobytes())
        self.fingerprint = digest.hexdigest()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of word pieces of each text, without special tokens and without truncation."""
        encoded = self._model.tokenizer(list(texts), add_special_tokens=False, truncation=False, padding=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def encode_document(self, texts: Sequence[str]) -> np.ndarray:
        """float32 (len(texts), dimension), rows of length 1."""
        return self._encode(self._model.encode_document, list(texts)).reshape(-1, self.dimension)

    def encode_query(self, text: str) -> np.ndarray:
        """float32 (dimension,), of length 1."""
        return self._encode(self._model.encode_query, text)

    @staticmethod
    def _encode(encode: Any, texts: list[str] | str) -> np.ndarray:
        return np.asarray(encode(texts, normalize_embeddings=True, show_progress_bar=False), np.float32)


def load_embedder(name: str = DEFAULT_EMBEDDER, threads: int | None = None) -> Embedder:
    """The bundled embedder for its own name, and a sentence-transformers model for every other name or path.

    Raises:
        EmbedderError: it cannot be loaded.
    """
    return OnnxEmbedder(BUNDLED, threads) if name == DEFAULT_EMBEDDER else SentenceTransformerEmbedder(name)


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Indices grouped so that texts of like length share a batch of at most ``_BATCH_TOKENS`` padded word pieces."""
    batches: list[list[int]] = []
    for i in sorted(range(len(lengths)), key=lengths.__getitem__):
        if not batches or (len(batches[-1]) + 1) * lengths[i] > _BATCH_TOKENS:
            batches.append([])
        batches[-1].append(i)
    return batches


def _loaded(path: Path, load: Any) -> Any:
    try:
        return load(path)
    except Exception as error:  # tokenizers raises bare Exception
        raise EmbedderError(f"cannot load the model file {path}: {error}") from error
