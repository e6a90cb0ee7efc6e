"""Knowledge distillation (Hinton, Vinyals and Dean, 2015): what an exported reader makes of the examples for another."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from quotewise.index.errors import ReaderError
from quotewise.index.onnx_model import OnnxModel, load_model
from quotewise.rag.readers.span_model import marks, prompt_ids

_MAX_TOKENS = 512


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


class Teacher:
    """Readers of any tokenizer, on ONNX Runtime, of which the average teaches. Safe to use from many threads.

    Args:
        folders: as ``quotewise train export`` writes them.

    Raises:
        ReaderError: a file is missing or damaged, or is no reader's.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._models = [load_model(folder, ReaderError) for folder in folders]

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
        each = [_read(model, question, context, text, pieces, sentence) for model in self._models]
        start, end, evidence = (np.mean([getattr(one, name) for one in each], axis=0) for name in ("start", "end", "evidence"))
        return Taught(
            start.astype(np.float16), end.astype(np.float16), evidence, float(np.mean([one.answerable for one in each]))
        )


def _read(model: OnnxModel, question: str, context: str, text: str, pieces: np.ndarray, sentence: np.ndarray) -> Taught:
    prompt = prompt_ids(question, context, model.tokenizer)
    encoding = model.tokenizer.encode(text, add_special_tokens=False)
    passage = encoding.ids[: _MAX_TOKENS - len(prompt) - 1]
    ids = np.array([[*prompt, *passage, marks(model.tokenizer)[1]]], np.int64)
    types = np.ones_like(ids)
    types[0, : len(prompt)] = 0
    [tokens], [answerable] = model.session.run(None, {"input_ids": ids, "token_type_ids": types})
    inside = tokens[len(prompt) : -1]
    offsets = np.array(encoding.offsets[: len(passage)], np.int64).reshape(-1, 2)
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
