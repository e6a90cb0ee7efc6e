"""Knowledge distillation (Hinton, Vinyals and Dean, 2015): what trained readers make of the examples for another."""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np
import torch

from quotewise.eval.training.network import bare_tokenizer, computes_bfloat16, load_network
from quotewise.index.errors import ReaderError
from quotewise.index.onnx_model import load_model
from quotewise.index.unigram import WordPieces
from quotewise.rag.readers.span_model import marks, prompt_ids

_MAX_TOKENS = 512
_KEPT_AT_ONCE = 200
"""Readings between commits of the cache."""


@dataclass(frozen=True, slots=True)
class Taught:
    """The teacher's probabilities in the word pieces of an example: the targets of its student.

    ``start`` and ``end``, float16 (tokens,), each sum to 1, at 0 that there is no answer; ``evidence``, float32 (sentences,),
    that a sentence is evidence; ``answerable`` that the passage answers.
    """

    start: np.ndarray
    end: np.ndarray
    evidence: np.ndarray
    answerable: float


@dataclass(frozen=True, slots=True)
class _Model:
    """``logits`` of ids and types, each int64 (1, tokens): float32 (tokens, 3) and of answerability."""

    tokenizer: WordPieces
    fingerprint: str
    logits: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, float]]


class Teacher:
    """Readers of any tokenizer, of which the average teaches. Safe to use from many threads.

    Args:
        folders: as ``quotewise train export`` writes them, or of runs, whose networks PyTorch computes in bfloat16, or in
            float32 on a processor without it.
        cache: file that keeps what they read, so that an interrupted run goes on where it stopped, and another student
            learns of the same teachers without their reading it all again.

    Raises:
        ReaderError: a file is missing or damaged, or is no reader's.
    """

    def __init__(self, folders: Sequence[Path], cache: Path | None = None) -> None:
        self._models = [_model(folder) for folder in folders]
        self._cache = _Cache(cache) if cache else None

    def read(self, question: str, context: str, text: str, pieces: np.ndarray, sentence: np.ndarray) -> Taught:
        """Targets for a student.

        Args:
            question: of the example.
            context: title and headings of the passage.
            text: the part of the passage that the student sees.
            pieces: the characters of that text that each word piece of the student's input comes from, int64 (tokens, 2);
                (0, 0) for those outside of the passage.
            sentence: the sentence that each belongs to, -1 for none, int64 (tokens,).
        """
        each = [self._read(model, question, context, text, pieces, sentence) for model in self._models]
        start, end, evidence = (np.mean([getattr(one, name) for one in each], axis=0) for name in ("start", "end", "evidence"))
        return Taught(
            start.astype(np.float16), end.astype(np.float16), evidence, float(np.mean([one.answerable for one in each]))
        )

    def close(self) -> None:
        """Commit what the cache has not yet."""
        if self._cache:
            self._cache.close()

    def _read(self, model: _Model, question: str, context: str, text: str, pieces: np.ndarray, sentence: np.ndarray) -> Taught:
        prompt = prompt_ids(question, context, model.tokenizer)
        encoding = model.tokenizer.encode(text, add_special_tokens=False)
        passage = encoding.ids[: _MAX_TOKENS - len(prompt) - 1]
        ids = np.array([[*prompt, *passage, marks(model.tokenizer)[1]]], np.int64)
        types = np.ones_like(ids)
        types[0, : len(prompt)] = 0
        key = hashlib.sha256(model.fingerprint.encode() + ids.tobytes()).digest() if self._cache else b""
        kept = self._cache.get(key) if self._cache else None
        tokens, answerable = kept or model.logits(ids, types)
        if self._cache and kept is None:
            self._cache.put(key, tokens, answerable)
        return _taught(tokens, answerable, len(prompt), encoding.offsets[: len(passage)], text, pieces, sentence)


class _Cache:
    """Logits by a digest of their input, in SQLite, since the keys come from many threads and a run may be killed."""

    def __init__(self, path: Path) -> None:
        self._connection, self._lock, self._new = sqlite3.connect(path, check_same_thread=False), Lock(), 0
        self._connection.execute("CREATE TABLE IF NOT EXISTS readings (key BLOB PRIMARY KEY, tokens BLOB, answerable REAL)")

    def get(self, key: bytes) -> tuple[np.ndarray, float] | None:
        with self._lock:
            row = self._connection.execute("SELECT tokens, answerable FROM readings WHERE key = ?", (key,)).fetchone()
        return (np.frombuffer(row[0], np.float16).reshape(-1, 3).astype(np.float32), row[1]) if row else None

    def put(self, key: bytes, tokens: np.ndarray, answerable: float) -> None:
        values = key, tokens.astype(np.float16).tobytes(), float(answerable)
        with self._lock:
            self._connection.execute("INSERT OR REPLACE INTO readings VALUES (?, ?, ?)", values)
            self._new += 1
            if self._new % _KEPT_AT_ONCE == 0:
                self._connection.commit()

    def close(self) -> None:
        with self._lock:
            self._connection.commit()
            self._connection.close()


def _model(folder: Path) -> _Model:
    if (folder / "model.onnx").exists():
        model = load_model(folder, ReaderError)

        def of_graph(ids: np.ndarray, types: np.ndarray) -> tuple[np.ndarray, float]:
            [tokens], [answerable] = model.session.run(None, {"input_ids": ids, "token_type_ids": types})
            return tokens, float(answerable)

        return _Model(model.tokenizer, model.fingerprint, of_graph)
    weights = folder / "model.safetensors"
    try:
        network, tokenizer = load_network([weights], folder), bare_tokenizer(folder / "tokenizer.json")
        for module in network.modules():
            if isinstance(module, torch.nn.Linear) and computes_bfloat16("cpu"):
                module.to(torch.bfloat16)  # once: autocast would do so for each input, a fifth of the time
        fingerprint = hashlib.sha256(weights.read_bytes()).hexdigest()
    except Exception as reason:  # tokenizers and safetensors raise bare exceptions
        raise ReaderError(f"{folder} has neither an exported reader nor a run's network: {reason}") from reason

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def of_network(ids: np.ndarray, types: np.ndarray) -> tuple[np.ndarray, float]:
        tokens, answerable, _ = network.logits([*ids], [int(np.argmax(types[0]))])
        return tokens[0, : ids.shape[1]].numpy(), float(answerable[0])

    return _Model(tokenizer, fingerprint, of_network)


def _taught(
    tokens: np.ndarray,
    answerable: float,
    prompt: int,
    encoded: Sequence[tuple[int, int]],
    text: str,
    pieces: np.ndarray,
    sentence: np.ndarray,
) -> Taught:
    inside = tokens[prompt:-1]
    offsets = np.array(encoded, np.int64).reshape(-1, 2)
    begins = np.array([_first_letter(text, start, end) for start, end in offsets.tolist()], np.int64)
    read = np.flatnonzero(pieces[:, 1] > 0)
    # The word piece of the student that holds the first and the last letter of each of the teacher's.
    starts = read[np.clip(np.searchsorted(pieces[read, 1], begins, "right"), 0, len(read) - 1)]
    ends = read[np.clip(np.searchsorted(pieces[read, 0], offsets[:, 1]) - 1, 0, len(read) - 1)]
    evidence = np.zeros(int(sentence.max()) + 1, np.float32)
    for number in range(len(evidence)):
        of_sentence = inside[sentence[starts] == number, 2]
        evidence[number] = _sigmoid(of_sentence.mean()) if len(of_sentence) else 0.0
    edges = [_distribution(tokens[0, side], inside[:, side], places, len(pieces)) for side, places in enumerate((starts, ends))]
    return Taught(edges[0], edges[1], evidence, float(_sigmoid(answerable)))


def _distribution(null: float, logits: np.ndarray, places: np.ndarray, size: int) -> np.ndarray:
    likely = np.exp(np.array([null, *logits]) - max(null, logits.max(initial=null)))
    target = np.zeros(size)
    np.add.at(target, [0, *places], likely / likely.sum())
    return target.astype(np.float16)


def _first_letter(text: str, start: int, end: int) -> int:
    """Where a word piece begins that may have the space before it."""
    return start + len(text[start:end]) - len(text[start:end].lstrip()) if text[start:end].strip() else start


def _sigmoid(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit)))
