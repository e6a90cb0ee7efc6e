"""Word pieces of a Unigram vocabulary (Kudo 2018), as ``tokenizers`` makes them, in a third of its memory.

``tokenizers`` keeps such a vocabulary as a tree of hash tables: 94 MiB for 112,000 pieces, where two flat tables take 34.
Normalisation, offsets and special tokens remain those of ``tokenizers``; only the search for the best pieces is here.
"""

import json
from array import array
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any, Protocol

from tokenizers import Encoding, NormalizedString, PreTokenizedString, Token, Tokenizer

_WORDS = 8192
"""The pieces of so many words are kept, since most words of a text are common ones."""
_UNKNOWN_PENALTY = 10.0
"""The score of an unknown character lies so far below that of the rarest piece."""
_LONGEST_KEPT = 32


class WordPieces(Protocol):
    """What is used of a tokenizer."""

    def encode(self, sequence: str, *, add_special_tokens: bool = True) -> Encoding:
        """Ids, and the characters of the text that each comes from."""

    def encode_batch(self, input: list[str], *, add_special_tokens: bool = True) -> list[Encoding]:
        """Of several texts."""

    def encode_batch_fast(self, input: list[str], *, add_special_tokens: bool = True) -> list[Encoding]:
        """As ``encode_batch``, where offsets are not needed."""

    def token_to_id(self, token: str) -> int | None:
        """None where the vocabulary has no such piece."""


def load_word_pieces(described: bytes) -> WordPieces:
    """From the content of a ``tokenizer.json``, without padding and truncation. Raises Exception where it is none."""
    content = json.loads(described)
    if content["model"]["type"] == "Unigram":
        return UnigramTokenizer(content)
    tokenizer: Tokenizer = Tokenizer.from_buffer(described)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


class UnigramTokenizer:
    """Safe to use from many threads.

    Args:
        described: the content of a ``tokenizer.json`` of a Unigram model without byte fallback; its vocabulary is emptied.
    """

    def __init__(self, described: dict[str, Any]) -> None:
        vocabulary: list[tuple[str, float]] = described["model"]["vocab"]
        special = {token["id"] for token in described["added_tokens"]}
        # A text that spells the name of a special token has no such token.
        self._ids = {piece: number for number, (piece, _) in enumerate(vocabulary) if number not in special}
        self._scores = array("d", (score for _, score in vocabulary))
        self._longest = max(map(len, self._ids))
        self._unknown: int = described["model"]["unk_id"]
        self._unknown_score = min(self._scores) - _UNKNOWN_PENALTY
        self._tokens_of_common = lru_cache(maxsize=_WORDS)(self._pieces)
        del vocabulary[max(*special, self._unknown) + 1 :]
        self._around: Tokenizer = Tokenizer.from_str(json.dumps(described))
        self._around.no_padding()
        self._around.no_truncation()

    def encode(self, sequence: str, *, add_special_tokens: bool = True) -> Encoding:
        text = PreTokenizedString(sequence)
        text.normalize(self._normalize)
        self._around.pre_tokenizer.pre_tokenize(text)
        text.tokenize(self._tokens)
        return self._around.post_process(text.to_encoding(), None, add_special_tokens)

    def encode_batch(self, input: Sequence[str], *, add_special_tokens: bool = True) -> list[Encoding]:
        return [self.encode(text, add_special_tokens=add_special_tokens) for text in input]

    encode_batch_fast = encode_batch

    def token_to_id(self, token: str) -> int | None:
        number: int | None = self._around.token_to_id(token)
        return self._ids.get(token, number)

    def _normalize(self, text: NormalizedString) -> None:
        self._around.normalizer.normalize(text)

    def _tokens(self, word: str) -> list[Token]:
        return self._tokens_of_common(word) if len(word) <= _LONGEST_KEPT else self._pieces(word)

    def _pieces(self, word: str) -> list[Token]:
        """The pieces whose scores have the greatest sum (Viterbi); their offsets count bytes, as ``to_encoding`` expects."""
        size = len(word)
        best = [0.0] + [float("-inf")] * size
        into: list[tuple[int, int]] = [(0, 0)] * (size + 1)
        for start in range(size):
            reached, single = best[start], False
            for end in range(start + 1, min(start + self._longest, size) + 1):
                number = self._ids.get(word[start:end])
                if number is None:
                    continue
                single = single or end == start + 1
                if reached + self._scores[number] > best[end]:
                    best[end], into[end] = reached + self._scores[number], (number, start)
            if not single and reached + self._unknown_score > best[start + 1]:
                best[start + 1], into[start + 1] = reached + self._unknown_score, (self._unknown, start)
        pieces: list[tuple[int, int, int]] = []
        end = size
        while end:
            number, start = into[end]
            if number == self._unknown and pieces and pieces[-1][0] == self._unknown:
                pieces[-1] = self._unknown, start, pieces[-1][2]  # neighbours that are unknown are one piece
            else:
                pieces.append((number, start, end))
            end = start
        ends = [0, *accumulate(len(character.encode()) for character in word)]
        return [Token(number, word[start:end], (ends[start], ends[end])) for number, start, end in reversed(pieces)]
