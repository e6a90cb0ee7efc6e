import random
from pathlib import Path

import pytest

from quotewise.eval.gold import GoldError
from quotewise.eval.training.wordnet import WordNet, inflected


@pytest.fixture
def wordnet(tmp_path: Path) -> Path:
    """Three verbs of one sense, of which one is rare, a noun of two senses used alike, and a verb with its opposite."""
    senses = ["found%2:41:00:: 01 1 9", "launch%2:41:00:: 01 1 5", "plant%2:41:00:: 01 1 1"]
    senses += ["bank%1:17:00:: 02 1 5", "slope%1:17:00:: 02 1 9", "bank%1:14:00:: 03 2 5"]
    senses += ["praise%2:32:00:: 04 1 9", "criticize%2:32:00:: 05 1 9"]
    (tmp_path / "index.sense").write_text("".join(line + "\n" for line in senses))
    (tmp_path / "data.verb").write_text(
        "01 41 v 03 found 0 launch 0 plant 0 000 | set up\n"
        "04 32 v 01 praise 0 001 ! 05 v 0101 01 + 08 00 | laud\n05 32 v 01 criticize 0 001 ! 04 v 0101 | blame\n"
    )
    (tmp_path / "data.adv").write_text("")
    (tmp_path / "data.noun").write_text("  1 licence\n02 17 n 02 bank 0 slope 0 000 | land\n03 14 n 01 bank 0 000 | money\n")
    (tmp_path / "data.adj").write_text("")
    return tmp_path


def test_words_of_one_sense_are_replaced_by_usual_words_of_that_sense_in_the_same_form(wordnet: Path) -> None:
    known = WordNet(wordnet)
    found = {known.paraphrased("Who founded the bank?", random.Random(seed)) for seed in range(20)}
    assert found == {"Who founded the bank?", "Who launched the bank?"}


def test_an_opposite_keeps_the_form_of_the_word(wordnet: Path) -> None:
    chance = random.Random(0)
    found = [WordNet(wordnet).opposite(word, chance) for word in ("praised", "criticizing", "found")]
    assert found == ["criticized", "praising", None]


@pytest.mark.parametrize(
    ("stem", "ending", "form"),
    [
        *[("try", "s", "tries"), ("try", "ed", "tried"), ("play", "s", "plays"), ("launch", "s", "launches")],
        *[("use", "ed", "used"), ("use", "ing", "using"), ("see", "ing", "seeing"), ("house", "es", "houses")],
    ],
)
def test_endings_follow_the_spelling(stem: str, ending: str, form: str) -> None:
    assert inflected(stem, ending) == form


def test_a_folder_without_wordnet_is_named(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="WordNet"):
        WordNet(tmp_path)
