"""The vocabulary of a multilingual encoder into a smaller one: ``quotewise train vocabulary ENCODER DATA tokenizer.json``.

Of the 118 million parameters of multilingual-e5-small 96 are the vectors of its 250,002 word pieces. The pieces left out are
split into the ones that stay, and every single character stays.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from tokenizers import Tokenizer

from quotewise.eval.datasets import read_rows
from quotewise.eval.gold import GoldError

_LEAST_COUNT = 2
_ROWS = 1_000
"""Of each set whose pieces are counted."""


def make_vocabulary(
    encoder: Annotated[Path, typer.Argument(help="Folder of the encoder.", show_default=False)],
    data: Annotated[Path, typer.Argument(help="Folder of the training sets.", show_default=False)],
    target: Annotated[Path, typer.Argument(help="tokenizer.json to write.", show_default=False)],
    pieces: Annotated[int, typer.Option(help="Word pieces to keep.")] = 112_000,
) -> None:
    """Choose the word pieces that stay: single characters, then those of the training sets, then the most frequent of all."""
    source = json.loads((encoder / "tokenizer.json").read_text(encoding="utf-8"))
    tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    counts: Counter[int] = Counter()
    for path in sorted(data.glob("*.jsonl.gz")):
        rows = read_rows(path)[:_ROWS]
        texts = [*dict.fromkeys(row.context for row in rows), *(row.question for row in rows)]
        for encoding in tokenizer.encode_batch_fast(texts, add_special_tokens=False):
            counts.update(encoding.ids)
    target.write_text(json.dumps(shrunk(source, kept_pieces(source, counts, pieces)), ensure_ascii=False), encoding="utf-8")


def kept_pieces(tokenizer: dict[str, Any], counts: Counter[int], most: int) -> list[int]:
    """The ids of the word pieces that stay, ascending.

    Args:
        tokenizer: the content of a ``tokenizer.json`` of the model Unigram.
        counts: how often each piece occurs in typical texts.
        most: so many stay, but all special and single characters in any case.
    """
    vocabulary = _vocabulary(tokenizer)
    special = {token["id"] for token in tokenizer["added_tokens"]}
    kept = special | {i for i, (piece, _) in enumerate(vocabulary) if len(piece.lstrip("▁")) <= 1}
    used = [i for i, count in counts.most_common() if count >= _LEAST_COUNT]
    frequent = sorted(range(len(vocabulary)), key=lambda i: -vocabulary[i][1])
    for piece in (*used, *frequent):
        if len(kept) >= most:
            break
        kept.add(piece)
    return sorted(kept)


def shrunk(tokenizer: dict[str, Any], kept: Sequence[int]) -> dict[str, Any]:
    """The tokenizer with only the pieces of these ids, ascending; the special ones come first, so that theirs stay."""
    vocabulary = _vocabulary(tokenizer)
    return {**tokenizer, "model": {**tokenizer["model"], "vocab": [vocabulary[i] for i in kept]}}


def rows_of(full: Path, small: Path) -> np.ndarray:
    """The rows of the embedding table of one ``tokenizer.json`` for the pieces of another, int64 (pieces of ``small``,).

    Raises:
        GoldError: the other one has a piece that the first has not.
    """
    of_full = Tokenizer.from_file(str(full)).get_vocab()
    of_small = Tokenizer.from_file(str(small)).get_vocab()
    missing: Iterable[str] = of_small.keys() - of_full.keys()
    for piece in sorted(missing):
        raise GoldError(f"{small} has the word piece {piece!r}, which {full} has not")
    return np.array([of_full[piece] for piece in sorted(of_small, key=of_small.__getitem__)], np.int64)


def _vocabulary(tokenizer: dict[str, Any]) -> list[tuple[str, float]]:
    if tokenizer["model"]["type"] != "Unigram":
        raise GoldError(f"the tokenizer has a model of the type {tokenizer['model']['type']}; it should be Unigram")
    vocabulary: list[tuple[str, float]] = tokenizer["model"]["vocab"]
    return vocabulary
