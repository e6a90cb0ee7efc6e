from collections import Counter
from pathlib import Path

import pytest

from quotewise.eval.gold import SEEDS as SEED_GOLD
from quotewise.eval.gold import GoldError, load_gold
from tests.conftest import SEED, SEEDS, WHY

LINE = '{"id": "%s", "question": "q", "answerable": true, "quotes": [{"path": "a.txt", "quote": "abc", "start": 0, "end": 3}]}'


def test_the_seed_gold_set_quotes_its_document_exactly_and_has_every_kind_of_question() -> None:
    text = (SEEDS / SEED).read_bytes().decode()
    questions = load_gold(SEED_GOLD).questions
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
        ("{", "gold.jsonl:2: Invalid JSON"),
        ('{"id": "b", "question": "q"}', "gold.jsonl:2: answerable: Field required"),
        ('{"id": "b", "question": "q", "answerable": true}', "an answerable question has quotes"),
        (LINE.replace('"end": 3', '"end": 4') % "b", "the quote has 3 characters, start and end say 4"),
        (LINE % "a", "gold.jsonl:2: the id 'a' is on line 1 too"),
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


TEXT = "The bridge fell in March. Nobody was hurt. The bridge fell in March."
QUESTION = '{"id": "%s", "question": "when?", "answerable": true, "quotes": [{"path": "%s", "quote": "%s"%s}]}'


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (QUESTION % ("a", "b.txt", "Nobody", ""), "a: the corpus has no document 'b.txt'"),
        (
            QUESTION % ("a", "a.txt", "Nobody was harmed.", ""),
            "a: a.txt does not have the quote 'Nobody was harmed.'; the nearest is '. Nobody was hurt.' at 24-42",
        ),
        (QUESTION % ("a", "a.txt", "¿¿¿", ""), "the nearest is nothing like it"),
        (QUESTION % ("a", "a.txt", "bridge fell", ""), "stands at 4-15 and 47-58 of a.txt; say which with start and end"),
        (QUESTION % ("a", "a.txt", "Nobody", ', "start": 0, "end": 6'), "stands at 26-32 of a.txt, not at 0-6"),
        ('{"id": "a", "question": "q", "answerable": true, "documents": ["b.txt"]}', "a: the corpus has no document 'b.txt'"),
    ],
)
def test_a_quote_that_is_not_where_it_should_be_is_named_with_its_line(tmp_path: Path, line: str, complaint: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(f"{QUESTION % ('fine', 'a.txt', 'Nobody', '')}\n\n{line}\n", encoding="utf-8")
    gold = load_gold(path)
    [found] = gold.complaints({"a.txt": TEXT}.get)
    column = (
        line.index('["b.txt"]' if '["b.txt"]' in line else '"b.txt"' if "b.txt" in line else line.partition('"quote": ')[2]) + 1
    )
    assert found.startswith(f"{path}:3:{column}: ")
    assert complaint in found
    with pytest.raises(GoldError, match=r"gold\.jsonl:3:\d+: "):
        gold.located({"a.txt": TEXT}.get)


def test_the_column_is_that_of_the_quote_at_fault_whatever_the_strings_before_it_hold(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    line = r'{"id":"a","question":"who said \"quote\": \\","answerable":true,"quotes":[{"path":"a.txt","quote":"Nobody"},'
    line += '{"quote" : "nowhere","path":"a.txt"}]}'
    path.write_text(line, encoding="utf-8")
    [found] = load_gold(path).complaints({"a.txt": TEXT}.get)
    column = line.index('"nowhere"') + 1
    assert found.startswith(f"{path}:1:{column}: ")
    path.write_text('{"id": "a", }', encoding="utf-8")
    with pytest.raises(GoldError, match=r"gold\.jsonl:1:13: Invalid JSON"):
        load_gold(path)


def test_a_quote_that_stands_once_needs_no_offsets(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(QUESTION % ("a", "a.txt", "Nobody", ""), encoding="utf-8")
    [question] = load_gold(path).located({"a.txt": TEXT}.get).questions
    assert question.quotes[0].span == (26, 32)
