"""Texts into unit vectors, by the bundled int8 ONNX model or by any sentence-transformers model."""

import hashlib
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from tokenizers import Encoding

from quotewise.index.defaults import DEFAULT_EMBEDDER, MULTILINGUAL_EMBEDDER
from quotewise.index.errors import EmbedderError
from quotewise.index.languages import detect_language
from quotewise.index.onnx_model import load_model

_MODELS = Path(__file__).parent / "models"
BUNDLED = _MODELS / DEFAULT_EMBEDDER
_FOLDERS = {
    DEFAULT_EMBEDDER: BUNDLED,
    **dict.fromkeys(("multilingual", MULTILINGUAL_EMBEDDER), _MODELS / MULTILINGUAL_EMBEDDER),
}
"""The bundled embedders by the names that they are asked for by."""
_ENGLISH = ("en", "")
"""Languages of texts for the default embedder: also those too short to tell, such as code and names."""
_OTHER_SHARE = 0.25
"""Of the texts of a collection that are in other languages, from which it gets the embedder of many languages."""
_SAMPLE = 2000
"""Characters of a text by which its language is told, from its middle."""
_BATCH_TOKENS = 2048
"""Padded word pieces a batch: larger batches fall out of the cache (measured with ``quotewise bench embedders``)."""
_COUNTED_TOGETHER = 4096
"""Texts tokenized at a time, to hold the tokens of only so many."""


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The word pieces of a text in its context, without special tokens and up to the model's limit.

    ``vectors`` is float32 (tokens, dimension) with rows of length 1; ``offsets`` is int64 (tokens, 2), the ``[start, end)``
    of each in code points of the text.
    """

    vectors: np.ndarray
    offsets: np.ndarray


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

    def encode_document(self, texts: Sequence[str]) -> np.ndarray:
        """float32 (len(texts), dimension), rows of length 1."""

    def encode_query(self, text: str) -> np.ndarray:
        """float32 (dimension,), of length 1; not to be written to."""

    def encode_document_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """The word pieces of each text."""

    def encode_query_tokens(self, text: str) -> TokenVectors:
        """The word pieces of a question; not to be written to."""


class OnnxEmbedder(Embedder):
    """A BERT encoder exported by ``eval.training.export``, on ONNX Runtime. Safe to use from many threads.

    The vector of a text does not depend on the texts that it is encoded with. A model may have been trained with a prefix to
    each document and another to each query (``prefixes`` of its ``model.json``), which are no part of the text.

    Args:
        folder: holds ``model.onnx``, ``tokenizer.json`` and ``model.json``.
        threads: batches of documents encoded at the same time; by default one a core. A query uses one.

    Raises:
        EmbedderError: a file is missing or damaged; the message names it.
    """

    def __init__(self, folder: Path = BUNDLED, threads: int | None = None) -> None:
        model = load_model(folder, EmbedderError)
        self.name, self.dimension, self.max_tokens = (model.described[key] for key in ("name", "dimension", "max_tokens"))
        self.fingerprint = model.fingerprint
        self._model, self._tokenizer = model, model.tokenizer
        prefixes = model.described.get("prefixes", {})
        self._of_documents, self._of_queries = (
            self._tokenizer.encode(prefixes.get(kind, ""), add_special_tokens=False).ids for kind in ("document", "query")
        )
        self._threads = threads or os.cpu_count() or 1
        self._query = lru_cache(maxsize=256)(self._encode_query)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        counts: list[int] = []
        for first in range(0, len(texts), _COUNTED_TOGETHER):
            some = list(texts[first : first + _COUNTED_TOGETHER])
            counts += [len(encoding.ids) for encoding in self._tokenizer.encode_batch_fast(some, add_special_tokens=False)]
        return counts

    def encode_document(self, texts: Sequence[str]) -> np.ndarray:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for batch, sentences, _ in self._encode(self._tokenizer.encode_batch_fast(list(texts))):
            vectors[batch] = sentences
        return vectors

    def encode_document_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        encodings = self._tokenizer.encode_batch(list(texts))
        tokens: dict[int, TokenVectors] = {}
        for batch, _, vectors in self._encode(encodings):
            tokens.update((i, self._tokens(encodings[i], rows)) for i, rows in zip(batch, vectors, strict=True))
        return [tokens[i] for i in range(len(texts))]

    def encode_query(self, text: str) -> np.ndarray:
        return self._query(text)[0]

    def encode_query_tokens(self, text: str) -> TokenVectors:
        return self._query(text)[1]

    def _encode_query(self, text: str) -> tuple[np.ndarray, TokenVectors]:
        encoding = self._tokenizer.encode(text)
        sentences, tokens = self._run([encoding], self._of_queries)
        vector, pieces = sentences[0], self._tokens(encoding, tokens[0])
        vector.flags.writeable = pieces.vectors.flags.writeable = False
        return vector, pieces

    def _encode(self, encodings: list[Encoding]) -> Iterator[tuple[list[int], np.ndarray, np.ndarray]]:
        """Batches of the indices of encodings, each with what ``_run`` makes of it."""
        batches = _batches([self._length(encoding, self._of_documents) for encoding in encodings])

        def run(batch: list[int]) -> tuple[list[int], np.ndarray, np.ndarray]:
            return batch, *self._run([encodings[i] for i in batch], self._of_documents)

        return self._pool.map(run, batches) if len(batches) > 1 else map(run, batches)

    def _run(self, encodings: list[Encoding], prefix: list[int]) -> tuple[np.ndarray, np.ndarray]:
        """Vectors of the texts after a prefix, float32 (n, dimension), and of their tokens, float32 (n, longest, dimension)."""
        lengths = [self._length(encoding, prefix) for encoding in encodings]
        ids, mask = np.zeros((2, len(encodings), max(lengths)), np.int64)
        for i, (encoding, length) in enumerate(zip(encodings, lengths, strict=True)):
            first, *pieces, last = encoding.ids
            ids[i, :length] = [first, *[*prefix, *pieces][: length - 2], last]
            mask[i, :length] = 1
        sentences, tokens = self._model.session.run(None, {"input_ids": ids, "attention_mask": mask})
        return sentences, np.delete(tokens, slice(1, 1 + len(prefix)), axis=1) if prefix else tokens

    def _length(self, encoding: Encoding, prefix: list[int]) -> int:
        length: int = min(len(prefix) + len(encoding.ids), self.max_tokens)
        return length

    def _tokens(self, encoding: Encoding, vectors: np.ndarray) -> TokenVectors:
        last = min(len(encoding.ids), self.max_tokens - max(len(self._of_documents), len(self._of_queries))) - 1
        return TokenVectors(_unit(vectors[1:last]), np.array(encoding.offsets[1:last], np.int64).reshape(-1, 2))

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads, thread_name_prefix="embed")


class SentenceTransformerEmbedder(Embedder):
    """Any sentence-transformers model, by its name or path in that library. Needs the extra of that name.

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
        identity = (repr(self._model), self._model.prompts, self.max_tokens, sorted(self._model.tokenizer.get_vocab().items()))
        digest = hashlib.sha256(repr(identity).encode())
        for key, tensor in sorted(self._model.state_dict().items()):
            digest.update(key.encode() + tensor.detach().cpu().contiguous().numpy().tobytes())
        self.fingerprint = digest.hexdigest()
        self._lock = threading.Lock()  # every call sets the padding and truncation of the same tokenizer

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        with self._lock:
            encoded = self._model.tokenizer(list(texts), add_special_tokens=False, truncation=False, padding=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def encode_document(self, texts: Sequence[str]) -> np.ndarray:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return self._encode(self._model.encode_document, list(texts))

    def encode_query(self, text: str) -> np.ndarray:
        return self._encode(self._model.encode_query, text)

    def encode_document_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        if not texts:
            return []
        with self._lock:
            encoded = self._model.tokenizer(
                list(texts),
                truncation=True,
                max_length=self.max_tokens,
                padding=False,
                return_offsets_mapping=True,
                return_special_tokens_mask=True,
            )
            vectors = self._model.encode(list(texts), output_value="token_embeddings", show_progress_bar=False)
        tokens = []
        for rows, offsets, special in zip(vectors, encoded["offset_mapping"], encoded["special_tokens_mask"], strict=True):
            kept = np.array(special) == 0
            array = rows[: len(kept)].float().numpy()
            tokens.append(TokenVectors(_unit(array[kept]), np.array(offsets, np.int64).reshape(-1, 2)[kept]))
        return tokens

    def encode_query_tokens(self, text: str) -> TokenVectors:
        return self.encode_document_tokens([text])[0]

    def _encode(self, encode: Any, texts: list[str] | str) -> np.ndarray:
        with self._lock:
            return np.asarray(encode(texts, normalize_embeddings=True, show_progress_bar=False), np.float32)


def embedder_for(texts: Sequence[str]) -> str:
    """The name of the bundled embedder for a collection of documents like these."""
    parts = [text[len(text) // 3 :][:_SAMPLE] for text in texts]
    others = sum(detect_language([part]) not in _ENGLISH for part in parts)
    return MULTILINGUAL_EMBEDDER if others and others >= _OTHER_SHARE * len(texts) else DEFAULT_EMBEDDER


def load_embedder(name: str = DEFAULT_EMBEDDER, threads: int | None = None) -> Embedder:
    """A bundled embedder for its own name, and a sentence-transformers model for every other name or path.

    Raises:
        EmbedderError: it cannot be loaded.
    """
    return OnnxEmbedder(_FOLDERS[name], threads) if name in _FOLDERS else SentenceTransformerEmbedder(name)


def _unit(vectors: np.ndarray) -> np.ndarray:
    unit: np.ndarray = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
    return unit


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Indices grouped so that texts of like length share a batch of at most ``_BATCH_TOKENS`` padded word pieces."""
    batches: list[list[int]] = []
    for i in sorted(range(len(lengths)), key=lengths.__getitem__):
        if not batches or (len(batches[-1]) + 1) * lengths[i] > _BATCH_TOKENS:
            batches.append([])
        batches[-1].append(i)
    return batches
