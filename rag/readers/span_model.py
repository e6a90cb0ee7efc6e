"""The trained network: a question and texts into the best span and the evidence of each sentence."""

import os
import re
import unicodedata
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from tokenizers import Encoding

from quotewise.index.errors import ReaderError
from quotewise.index.onnx_model import OnnxModel, load_model
from quotewise.index.sentences import Span
from quotewise.index.unigram import WordPieces
from quotewise.rag.readers import AnswerSpan, always, likeliest_first

_MODELS = Path(__file__).parent.parent / "models"
FAST_FOLDER, DEEP_FOLDER = _MODELS / "quotewise-reader", _MODELS / "quotewise-reader-deep"
_MAX_QUESTION = 96
"""Word pieces of a question that are read: its first ones."""
_MAX_CONTEXT = 40
"""Word pieces of a passage's title and headings that are read: the last ones, which are closest to it."""
_MARKS = (("<s>", "</s>"), ("[CLS]", "[SEP]"))
"""What begins and what separates the parts of an input: of XLM-RoBERTa and MPNet, whose vocabulary has BERT's, too; of BERT."""
_STRIDE = 64
"""Word pieces that neighbouring windows of a long text share."""
MAX_ANSWER = 30
"""Longest span in word pieces, as is usual for SQuAD (Devlin et al., NAACL 2019, released code)."""
UNSPACED = re.compile("[\u0e00-\u0edf\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
"""Letters of Thai, Lao, Burmese, Khmer, Japanese and Chinese, which are written without spaces between words."""
_SPANS = 5
"""Spans of a sentence that are kept: with eight the short answer was no better."""
_ABSENT = -20.0
"""Logit of what is not there to be read."""


@dataclass(frozen=True, slots=True)
class TextReading:
    """What the network predicts for each sentence of a text.

    ``scores`` are logits float32 (sentences, 3): ``null_score_diff``, how far the best span of the sentence is above no answer
    in this window of the text; that the window answers; that the sentence is evidence. ``answers`` are its likeliest spans, at
    most five, the likeliest first, in code points of the text, with their probability among all of the window; none where the
    sentence has no word piece, or was not read, which is so only where ``complete`` is false.
    """

    scores: np.ndarray
    answers: tuple[tuple[AnswerSpan, ...], ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class _Window:
    """What the network predicts for the word pieces ``[first, last)`` of a text.

    ``tokens`` are logits float32 (word pieces, 3): of a span that starts, of one that ends, of evidence. ``null`` is the
    score of no answer, ``total`` the logarithm of the sum over all spans.
    """

    first: int
    last: int
    tokens: np.ndarray
    null: float
    total: float
    answerable: float


class SpanModel:
    """The trained reader on ONNX Runtime. Safe to use from many threads.

    Args:
        folder: holds ``model.onnx``, ``tokenizer.json``, ``model.json``, made by ``quotewise train export``.
        threads: windows read at the same time; by default one a core.

    Raises:
        ReaderError: a file is missing, damaged or of another version; the message names it.
    """

    def __init__(self, folder: Path = FAST_FOLDER, threads: int | None = None) -> None:
        model: OnnxModel = load_model(folder, ReaderError)
        self.described = model.described
        self._session, self.tokenizer = model.session, model.tokenizer
        self._pool = ThreadPoolExecutor(threads or os.cpu_count() or 1, thread_name_prefix="read")
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
        keep_reading: Callable[[], bool] = always,
    ) -> Generator[TextReading, None, None]:
        """One reading a text, in order; closing the generator cancels the rest. A text is read alike in any company.

        Args:
            question: at most its first 96 word pieces are read.
            texts: each is read in windows if it is long.
            sentences: ascending, disjoint spans of each text.
            contexts: to each text the title and headings that it stands under, which help to read it and are never quoted.
            keep_reading: called before each window; once it returns False, nothing further is read.
        """
        known = contexts if contexts and self._reads_context else [""] * len(texts)
        prompts = {context: prompt_ids(question, context, self.tokenizer) for context in set(known)}
        encodings = self.tokenizer.encode_batch(list(texts), add_special_tokens=False)

        def run(prompt: list[int], ids: list[int], first: int, last: int) -> _Window | None:
            return self._run(prompt, ids[first:last], first) if keep_reading() else None

        futures = [
            [
                self._pool.submit(run, prompts[context], encoding.ids, *edges)
                for edges in _window_edges(len(encoding.ids), self._window - len(prompts[context]) - 1)
            ]
            for encoding, context in zip(encodings, known, strict=True)
        ]
        try:
            for text, encoding, spans, of_text in zip(texts, encodings, sentences, futures, strict=True):
                windows = [future.result() for future in of_text]
                yield _text_reading(text, encoding, spans, [window for window in windows if window], all(windows))
        finally:
            for future in chain.from_iterable(futures):
                future.cancel()

    def _run(self, prompt: list[int], pieces: list[int], first: int) -> _Window:
        ids = np.array([[*prompt, *pieces, self._stop]], np.int64)
        types = np.ones_like(ids)
        types[0, : len(prompt)] = 0
        [tokens], [answerable] = self._session.run(None, {"input_ids": ids, "token_type_ids": types})
        null, inside = float(tokens[0, 0] + tokens[0, 1]), tokens[len(prompt) : -1]
        total = _log_sum(inside[:, 0]) + _log_sum(inside[:, 1])
        return _Window(first, first + len(pieces), inside, null, total, float(answerable))


def _text_reading(
    text: str, encoding: Encoding, sentences: Sequence[Span], windows: Sequence[_Window], complete: bool
) -> TextReading:
    """Each sentence is judged in the first window that has all of it.

    One that is too long for that is judged in the window with its best span, of those that have at least as much of it as
    neighbours share.
    """
    offsets = np.array(encoding.offsets, np.int64).reshape(-1, 2)
    firsts = np.searchsorted(offsets[:, 1], [s.start for s in sentences], "right").tolist()
    lasts = np.searchsorted(offsets[:, 0], [s.end for s in sentences]).tolist()
    all_scores = np.full((len(sentences), 3), _ABSENT, np.float32)
    answers: list[tuple[AnswerSpan, ...]] = [()] * len(sentences)
    for number, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
        judged: tuple[int, float] | None = None
        for window in windows:
            a, b = max(first, window.first) - window.first, min(last, window.last) - window.first
            is_whole = b - a == last - first
            seen = b - a if is_whole else min(b - a, _STRIDE)
            if seen <= 0:
                continue
            spans = _best_spans(window.tokens[a:b])
            null_score_diff = spans[0][2] - window.null
            if judged and (seen < judged[0] or (seen == judged[0] and (is_whole or null_score_diff <= judged[1]))):
                continue
            judged = seen, null_score_diff
            all_scores[number] = null_score_diff, window.answerable, window.tokens[a:b, 2].mean()
            likely: dict[Span, float] = {}
            for start, end, score in spans:
                pieces = offsets[window.first + a + start, 0], offsets[window.first + a + end, 1]
                span = _word_span(text, Span(int(pieces[0]), int(pieces[1])), sentences[number])
                if span.start < span.end:  # the same words may be several spans of word pieces
                    likely[span] = likely.get(span, 0.0) + float(np.exp(score - window.total))
            answers[number] = likeliest_first(likely)
    return TextReading(all_scores, tuple(answers), complete)


def _best_spans(tokens: np.ndarray) -> list[tuple[int, int, float]]:
    """The first and the last piece, inclusive, of the best spans of so many pieces at most, and their scores, best first."""
    scores = tokens[:, 0, None] + tokens[None, :, 1]
    lengths = np.arange(len(tokens))[None, :] - np.arange(len(tokens))[:, None]
    scores[(lengths < 0) | (lengths >= MAX_ANSWER)] = -np.inf
    best = np.argpartition(-scores, min(_SPANS, scores.size) - 1, axis=None)[:_SPANS]
    ordered = sorted((-float(scores.flat[place]), int(place)) for place in best)
    return [(*divmod(place, len(tokens)), -negative) for negative, place in ordered if negative < np.inf]


def _word_span(text: str, pieces: Span, sentence: Span) -> Span:
    """The whole words that word pieces belong to, with their accents; letters of a script without spaces are words."""
    start, end = max(pieces.start, sentence.start), min(pieces.end, sentence.end)
    while start < end and text[start].isspace():  # which a piece of SentencePiece begins with
        start += 1
    while start > sentence.start and _is_inside_word(text, start):
        start -= 1
    while end < sentence.end and _is_inside_word(text, end):
        end += 1
    return Span(start, end)


def _is_inside_word(text: str, position: int) -> bool:
    before, after = text[position - 1], text[position]
    if unicodedata.category(after) == "Mn":  # which some tokenizers drop
        return True
    if unicodedata.category(before) == "Mn":
        before = "x"
    return before.isalnum() and after.isalnum() and not UNSPACED.match(before) and not UNSPACED.match(after)


def marks(tokenizer: WordPieces) -> tuple[int, int]:
    """The ids of the word pieces that begin an input and separate its parts. Raises ReaderError where there are none."""
    for first, separator in _MARKS:
        begin, separate = tokenizer.token_to_id(first), tokenizer.token_to_id(separator)
        if begin is not None and separate is not None:
            return begin, separate
    raise ReaderError(f"the tokenizer is not that of a reader: it should have one of {_MARKS}")


def prompt_ids(question: str, context: str, tokenizer: WordPieces) -> list[int]:
    """The word pieces that stand before a passage in an input: the question and, where there is one, its context.

    ``context`` is the title and the headings that the passage stands under; nothing of it can be quoted.
    """
    first, separator = marks(tokenizer)
    ids = [first, *tokenizer.encode(question, add_special_tokens=False).ids[:_MAX_QUESTION], separator]
    told = tokenizer.encode(context, add_special_tokens=False).ids[-_MAX_CONTEXT:]
    return [*ids, *told, separator] if told else ids


def _window_edges(length: int, room: int) -> list[tuple[int, int]]:
    """As few windows as cover so many word pieces with overlap, all of about the same size."""
    if length <= room:
        return [(0, length)] if length else []
    count = -(-(length - _STRIDE) // (room - _STRIDE))
    starts = np.linspace(0, length - room, count).round().astype(int)
    return [(int(first), int(first) + room) for first in starts]


def _log_sum(values: np.ndarray) -> float:
    peak = values.max()
    return float(peak + np.log(np.exp(values - peak).sum()))
