import random
from pathlib import Path

import pytest

from quotewise.eval.gold import GoldError
from quotewise.eval.training.synonyms import Synonyms, inflected


@pytest.fixture
def wordnet(tmp_path: Path) -> Path:
    """Three verbs of one sense, of which one is rare, and a noun of two senses that are used alike."""
    senses = ["found%2:41:00:: 01 1 9", "launch%2:41:00:: 01 1 5", "plant%2:41:00:: 01 1 1"]
    senses += ["bank%1:17:00:: 02 1 5", "slope%1:17:00:: 02 1 9", "bank%1:14:00:: 03 2 5"]
    (tmp_path / "index.sense").write_text("".join(line + "\n" for line in senses))
    (tmp_path / "data.verb").write_text("01 41 v 03 found 0 launch 0 plant 0 000 | set up\n")
    (tmp_path / "data.noun").write_text("  1 licence\n02 17 n 02 bank 0 slope 0 000 | land\n03 14 n 01 bank 0 000 | money\n")
    (tmp_path / "data.adj").write_text("")
    return tmp_path


def test_words_of_one_sense_are_replaced_by_usual_words_of_that_sense_in_the_same_form(wordnet: Path) -> None:
    synonyms = Synonyms(wordnet)
    found = {synonyms.paraphrased("Who founded the bank?", random.Random(seed)) for seed in range(20)}
    assert found == {"Who founded the bank?", "Who launched the bank?"}


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
        Synonyms(tmp_path)
