import csv
import gzip
import random
from pathlib import Path

import pytest

from quotewise.eval.gold import GoldError
from quotewise.eval.training.phrases import Phrases

QUESTION = "How many people were killed in the shooting?"


def table(path: Path, *rows: tuple[str, ...]) -> None:
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter="\t", lineterminator="\n").writerows(rows)


def test_phrases_stand_for_each_other_and_a_question_keeps_its_form(tmp_path: Path) -> None:
    table(tmp_path / "meteor_paraphrases.tsv.gz", ("shores", "coast", "0.1"), ("place", "rise", "0.1"))
    table(tmp_path / "typos.tsv.gz", ("shoting", "shooting", "birkbeck,codespell"), ("peepl", "people", "birkbeck"))
    phrases = Phrases(tmp_path)
    made = {phrases.paraphrased(QUESTION, random.Random(seed)) for seed in range(200)}
    assert {QUESTION, "How many lives were lost in the shooting?"} <= made
    assert all(text[0].isupper() and text.endswith("?") for text in made)
    others = " ".join(phrases.paraphrased("Which shores rise?", random.Random(seed)) for seed in range(50))
    assert "coast" in others and "place" not in others  # which the embedder finds unlike
    assert {phrases.misspelt(QUESTION, random.Random(seed)) for seed in range(50)} == {
        QUESTION,
        QUESTION.replace("shooting", "shoting"),
    }


def test_what_asks_in_the_middle_of_a_question_stays() -> None:
    asked = "what did he do when he heard who it was?"
    made = {Phrases().paraphrased(asked, random.Random(seed)) for seed in range(100)}
    assert all("when he heard who" in text for text in made)


def test_a_folder_without_the_tables_is_named(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match=r"meteor_paraphrases\.tsv\.gz"):
        Phrases(tmp_path)
