import json
from pathlib import Path

import pytest

from api.service import Service
from eval.gold import GoldError, load_gold
from eval.harness import check_quotes, evaluate
from eval.measures import totals
from tests.conftest import SEED
from tests.eval.test_gold import SEED_GOLD


def test_the_seed_gold_set_is_answered_at_least_as_well_as_when_this_was_written(seeds: Service) -> None:
    found = totals(list(evaluate(load_gold(SEED_GOLD), seeds)))
    assert found["first quote right"] >= FIRST_QUOTE_RIGHT
    assert found["citations that verify"] == 1.0


def test_a_gold_quote_that_does_not_stand_in_the_corpus_is_refused(seeds: Service, tmp_path: Path) -> None:
    for path, complaint in ((SEED, "does not stand at 0-3"), ("gone.txt", "the corpus has no document 'gone.txt'")):
        gold = tmp_path / "gold.jsonl"
        quote = {"path": path, "quote": "abc", "start": 0, "end": 3}
        gold.write_text(json.dumps({"id": "a", "question": "q", "answerable": True, "quotes": [quote]}), encoding="utf-8")
        with pytest.raises(GoldError, match=complaint):
            check_quotes(load_gold(gold), seeds)


FIRST_QUOTE_RIGHT = 0.85
