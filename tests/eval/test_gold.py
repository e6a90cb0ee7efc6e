from collections import Counter
from pathlib import Path

import pytest

from eval.gold import GoldError, load_gold
from tests.conftest import SEED, SEEDS, WHY

SEED_GOLD = Path(__file__).parent.parent.parent / "eval" / "gold" / "seeds.jsonl"
LINE = '{"id": "%s", "question": "q", "answerable": true, "quotes": [{"path": "a.txt", "quote": "abc", "start": 0, "end": 3}]}'


def test_the_seed_gold_set_quotes_its_document_exactly_and_has_every_kind_of_question() -> None:
    text = (SEEDS / SEED).read_bytes().decode()
    questions = load_gold(SEED_GOLD)
    for quote in (quote for question in questions for quote in question.quotes):
        assert (quote.path, text[quote.start : quote.end]) == (SEED, quote.quote)
    tags = Counter(tag for question in questions for tag in question.tags)
    assert len(questions) >= 40
    assert questions[0].question == WHY
    assert tags["unanswerable"] == sum(not question.answerable for question in questions) >= 14
    assert all(tags[kind] for kind in ("fact", "why", "how", "paraphrase", "two-sentence", "misspelt"))


@pytest.mark.parametrize(
    ("second_line", "complaint"),
    [
        ("{", "gold.jsonl:2: : Invalid JSON"),
        ('{"id": "b", "question": "q"}', "gold.jsonl:2: answerable: Field required"),
        ('{"id": "b", "question": "q", "answerable": true}', "an answerable question has quotes"),
        (LINE.replace('"end": 3', '"end": 4') % "b", "the quote has 3 characters, start and end say 4"),
        (LINE % "a", "gold.jsonl:2: the id 'a' stands on an earlier line"),
        (LINE.replace('"question"', '"qestion"') % "b", "gold.jsonl:2: "),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, second_line: str, complaint: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(f"{LINE % 'a'}\n{second_line}\n", encoding="utf-8")
    with pytest.raises(GoldError) as caught:
        load_gold(path)
    assert complaint in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"\n \n", b"\xff\xfe\xfa"])
def test_an_empty_or_binary_gold_file_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(data)
    with pytest.raises(GoldError):
        load_gold(path)
