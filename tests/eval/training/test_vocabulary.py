import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from quotewise.eval.gold import GoldError
from quotewise.eval.training.vocabulary import kept_pieces, rows_of, shrunk

PIECES = {"<s>": 0.0, "<unk>": 0.0, "▁the": -2.0, "▁light": -5.0, "house": -5.5, "▁lighthouse": -6.0, "▁Leuchtturm": -7.0}
LETTERS = dict.fromkeys("▁abcdefghijklmnopqrstuvwxyzL", -9.0)


@pytest.fixture
def full(tmp_path: Path) -> Path:
    tokenizer = Tokenizer(models.Unigram(list({**PIECES, **LETTERS}.items()), unk_id=1, byte_fallback=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.add_special_tokens(["<s>"])
    tokenizer.save(str(tmp_path / "full.json"))
    return tmp_path / "full.json"


def described(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def test_a_smaller_vocabulary_keeps_letters_and_what_is_used_and_splits_the_rest(full: Path, tmp_path: Path) -> None:
    ids = Tokenizer.from_file(str(full)).get_vocab()
    used = Counter({ids["▁lighthouse"]: 9, ids["▁Leuchtturm"]: 1})
    kept = kept_pieces(described(full), used, len(LETTERS) + 4)
    small = tmp_path / "small.json"
    small.write_text(json.dumps(shrunk(described(full), kept)), encoding="utf-8")
    tokenizer = Tokenizer.from_file(str(small))
    assert tokenizer.encode("the lighthouse").tokens == ["▁the", "▁lighthouse"]
    assert "".join(tokenizer.encode("Leuchtturm").tokens) == "▁Leuchtturm"
    assert len(tokenizer.encode("Leuchtturm").tokens) > 2
    rows = rows_of(full, small)
    assert [ids[piece] for piece in tokenizer.encode("the lighthouse").tokens] == rows[
        tokenizer.encode("the lighthouse").ids
    ].tolist()


def test_a_vocabulary_of_other_pieces_or_of_another_model_is_refused(full: Path, tmp_path: Path) -> None:
    other = described(full)
    other["model"]["vocab"].append(["▁phare", -7.0])
    (tmp_path / "other.json").write_text(json.dumps(other), encoding="utf-8")
    with pytest.raises(GoldError, match="▁phare"):
        rows_of(full, tmp_path / "other.json")
    with pytest.raises(GoldError, match="WordPiece"):
        kept_pieces({**other, "model": {"type": "WordPiece", "vocab": {}}}, Counter(), 10)
