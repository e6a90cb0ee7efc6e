"""A question and texts into what the bundled network says of them: the best span and the evidence of each sentence."""

import os
import unicodedata
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from quotewise.index.errors import ReaderError
from quotewise.index.onnx_model import OnnxModel, load_model
from quotewise.index.sentences import Span
from tokenizers import Encoding, Tokenizer

BUNDLED = Path(__file__).parent.parent / "models" / "quotewise-reader"
_MAX_QUESTION = 96
"""Word pieces of a question that are read: its first ones."""
_MAX_CONTEXT = 40
"""Word pieces of a passage's title and headings that are read: the last ones, which are closest to it."""
_MARKS = (("[CLS]", "[SEP]"), ("<s>", "</s>"))
"""What begins and what separates the parts of an input, in the vocabularies of BERT and of XLM-RoBERTa."""
_OVERLAP = 64
"""Word pieces that neighbouring windows of a long text share."""
MAX_ANSWER = 30
"""Longest span in word pieces, as is usual for SQuAD (Devlin et al., NAACL 2019, released code)."""
_ABSENT = -20.0
"""Logit of what is not there to be read."""


@dataclass(frozen=True, slots=True)
class TextReading:
    """What the network says of a text and a question, for each of the text's sentences.

    All float32 (sentences,), in logits: ``margin`` is how far the best span that starts in the sentence is above no answer
    in this window of the text, ``share`` (no logit) the probability of that span among all of the window, ``answerable`` that
    the window answers, ``evidence`` that the sentence does. ``spans`` are those best spans, in code
    points of the text, None where the sentence has no word piece. A span ends in the sentence in which it starts. Where
    ``complete`` is false not all of the text was read, and sentences that were not have no span.
    """

    margin: np.ndarray
    share: np.ndarray
    answerable: np.ndarray
    evidence: np.ndarray
    spans: tuple[Span | None, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class _Window:
    """The word pieces ``[first, last)`` of text number ``text``."""

    text: int
    first: int
    last: int


class SpanModel:
    """The trained reader on ONNX Runtime. Safe to use from many threads.

    Args:
        folder: holds ``model.onnx``, ``tokenizer.json``, ``model.json``, made by ``quotewise train export``.
        threads: windows read at the same time; by default one a core.

    Raises:
        ReaderError: a file is missing, damaged or of another version; the message names it.
    """

    def __init__(self, folder: Path = BUNDLED, threads: int | None = None) -> None:
        model: OnnxModel = load_model(folder, ReaderError)
        self.described = model.described
        self._session, self.tokenizer = model.session, model.tokenizer
        self.threads = threads or os.cpu_count() or 1
        if not isinstance(model.described.get("name"), str) or not isinstance(model.described.get("window"), int):
            raise ReaderError(f"{folder / 'model.json'} describes no reader: it should have a name and a window")
        self._window: int = model.described["window"]
        self._reads_context = model.described.get("context") is True
        try:
            self._stop = marks(self.tokenizer)[1]
        except ReaderError as error:
            raise ReaderError(f"{folder / 'tokenizer.json'}: {error}") from error

    def read(
        self,
        question: str,
        texts: Sequence[str],
        sentences: Sequence[Sequence[Span]],
        contexts: Sequence[str] | None = None,
        wanted: Callable[[], bool] = lambda: True,
    ) -> list[TextReading]:
        """One reading a text. A text is read alike in any company.

        Args:
            question: at most its first 96 word pieces are read.
            texts: each is read in windows if it is long.
            sentences: ascending, disjoint spans of each text.
            contexts: to each text the title and headings that it stands under, which help to read it and are never quoted.
            wanted: asked before each window; once it says no, nothing further is read.
        """
        known = contexts if contexts and self._reads_context else [""] * len(texts)
        prompts = {context: prompt_ids(question, context, self.tokenizer) for context in set(known)}
        encodings = self.tokenizer.encode_batch(list(texts), add_special_tokens=False)
        windows = [
            _Window(number, first, last)
            for number, (encoding, context) in enumerate(zip(encodings, known, strict=True))
            for first, last in _windows(len(encoding.ids), self._window - len(prompts[context]) - 1)
        ]
        readings = [_Reading(*of_text) for of_text in zip(texts, encodings, sentences, strict=True)]
        ids_of = [encoding.ids for encoding in encodings]
        inputs = [(prompts[known[w.text]], ids_of[w.text][w.first : w.last]) for w in windows]

        def run(parts: tuple[list[int], list[int]]) -> tuple[np.ndarray, float] | None:
            return self._run(*parts) if wanted() else None

        logits = list(self._pool.map(run, inputs) if len(inputs) > 1 else map(run, inputs))
        for window, (prompt, _), read in zip(windows, inputs, logits, strict=True):
            if read is None:
                readings[window.text].complete = False
            else:
                tokens, answerable = read
                readings[window.text].add(window, tokens[0], tokens[len(prompt) : -1], answerable)
        return [reading.finish() for reading in readings]

    def _run(self, prompt: list[int], passage: list[int]) -> tuple[np.ndarray, float]:
        """Of prompt and passage: logits float32 (word pieces with the special ones, 3), and of answerability."""
        ids = np.array([[*prompt, *passage, self._stop]], np.int64)
        types = np.ones_like(ids)
        types[0, : len(prompt)] = 0
        tokens, answerable = self._session.run(None, {"input_ids": ids, "token_type_ids": types})
        return tokens[0], float(answerable[0])

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self.threads, thread_name_prefix="read")


class _Reading:
    """Gathers the windows of one text: each sentence is judged in the first window that has all of it.

    One that is too long for that is judged in the window with its best span, of those that have at least as much of it as
    neighbours share.
    """

    def __init__(self, text: str, encoding: Encoding, sentences: Sequence[Span]) -> None:
        self._text = text
        self._sentences = sentences
        self._offsets = np.array(encoding.offsets, np.int64).reshape(-1, 2)
        self._words = np.array([-1 if word is None else word for word in encoding.word_ids], np.int64)
        self._first = np.searchsorted(self._offsets[:, 1], [s.start for s in sentences], "right")
        self._last = np.searchsorted(self._offsets[:, 0], [s.end for s in sentences])
        count = len(sentences)
        self.complete = True
        self._limit = np.zeros(len(self._offsets), np.int64)
        for first, last in zip(self._first, self._last, strict=True):
            self._limit[first:last] = last
        self._seen = np.zeros(count, int)
        self._margin, self._answerable, self._evidence = (np.full(count, _ABSENT, np.float32) for _ in range(3))
        self._share = np.zeros(count, np.float32)
        self._spans: list[Span | None] = [None] * count

    def add(self, window: _Window, null: np.ndarray, tokens: np.ndarray, answerable: float) -> None:
        limits = self._limit[window.first : window.last]
        ends, scores = _best_ends(np.where(limits[:, None] > 0, tokens, _ABSENT), limits - window.first)
        nothing = float(null[0] + null[1])
        every = _log_sum(tokens[:, 0]) + _log_sum(tokens[:, 1])
        reached = range(int(np.searchsorted(self._last, window.first, "right")), int(np.searchsorted(self._first, window.last)))
        for number in reached:
            first, last = self._first[number], self._last[number]
            a, b = max(first, window.first) - window.first, min(last, window.last) - window.first
            whole = b - a == last - first
            seen = b - a if whole else min(b - a, _OVERLAP)
            if seen <= 0 or seen < self._seen[number] or (whole and seen == self._seen[number]):
                continue
            start = a + int(np.argmax(scores[a:b]))
            best = float(scores[start])
            if seen == self._seen[number] and best - nothing <= self._margin[number]:
                continue
            self._seen[number] = seen
            self._margin[number], self._share[number] = best - nothing, np.exp(best - every)
            self._answerable[number], self._evidence[number] = answerable, tokens[a:b, 2].mean()
            self._spans[number] = self._span(window.first + start, window.first + int(ends[start]), self._sentences[number])

    def finish(self) -> TextReading:
        return TextReading(self._margin, self._share, self._answerable, self._evidence, tuple(self._spans), self.complete)

    def _span(self, start: int, end: int, sentence: Span) -> Span:
        """Code points of the whole words that the pieces ``start`` to ``end``, inclusive, belong to, with their accents."""
        while start > 0 and self._words[start - 1] == self._words[start]:
            start -= 1
        while end + 1 < len(self._words) and self._words[end + 1] == self._words[end]:
            end += 1
        stop, limit = int(self._offsets[end, 1]), sentence.end
        while stop < limit and unicodedata.category(self._text[stop]) == "Mn":  # which the tokenizer drops
            stop += 1
        return Span(max(int(self._offsets[start, 0]), sentence.start), min(stop, limit))


def marks(tokenizer: Tokenizer) -> tuple[int, int]:
    """The ids of the word pieces that begin an input and separate its parts. Raises ReaderError where there are none."""
    for first, separator in _MARKS:
        begin, separate = tokenizer.token_to_id(first), tokenizer.token_to_id(separator)
        if begin is not None and separate is not None:
            return begin, separate
    raise ReaderError(f"the tokenizer is not that of a reader: it should have one of {_MARKS}")


def prompt_ids(question: str, context: str, tokenizer: Tokenizer) -> list[int]:
    """The word pieces that stand before a passage in an input: the question and, where there is one, its context.

    ``context`` is the title and the headings that the passage stands under; nothing of it can be quoted.
    """
    first, separator = marks(tokenizer)
    ids = [first, *tokenizer.encode(question, add_special_tokens=False).ids[:_MAX_QUESTION], separator]
    told = tokenizer.encode(context, add_special_tokens=False).ids[-_MAX_CONTEXT:]
    return [*ids, *told, separator] if told else ids


def _windows(length: int, room: int) -> list[tuple[int, int]]:
    """As few windows as cover so many word pieces with overlap, all of about the same size."""
    if length <= room:
        return [(0, length)] if length else []
    count = -(-(length - _OVERLAP) // (room - _OVERLAP))
    starts = np.linspace(0, length - room, count).round().astype(int)
    return [(int(first), int(first) + room) for first in starts]


def _best_ends(tokens: np.ndarray, limits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """To each start, the best end within reach and before its limit, and the score of that span."""
    count = len(tokens)
    padded = np.append(tokens[:, 1], np.full(MAX_ANSWER - 1, -np.inf, np.float32))
    reachable = np.lib.stride_tricks.sliding_window_view(padded, MAX_ANSWER)
    steps = np.arange(MAX_ANSWER)
    reachable = np.where((steps == 0) | (steps < (limits - np.arange(count))[:, None]), reachable, -np.inf)
    best = reachable.argmax(axis=1)
    return np.arange(count) + best, tokens[:, 0] + reachable[np.arange(count), best]


def _log_sum(values: np.ndarray) -> float:
    peak = values.max()
    return float(peak + np.log(np.exp(values - peak).sum()))
