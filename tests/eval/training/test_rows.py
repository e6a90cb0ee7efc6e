import gzip
import json
from pathlib import Path

import pytest
from quotewise.eval.gold import GoldError
from quotewise.eval.training.held_out import held_out
from quotewise.eval.training.rows import Row, read_rows
from quotewise.index.sentences import Span

CONTEXT = "🌉 The bridge fell in March, and the tower in March too."
ROW = {
    "id": 7,
    "title": "Bridges",
    "context": CONTEXT,
    "question": "When did the bridge fall?",
    "answers": [{"text": "March", "start": 21}],
}


def written(folder: Path, *lines: object, name: str = "rows.jsonl") -> Path:
    path = folder / name
    text = "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz"])
def test_rows_have_their_answers_as_spans_of_the_context(tmp_path: Path, name: str) -> None:
    twice = ROW | {"answers": [ROW["answers"][0], ROW["answers"][0], {"text": "in March", "start": 18}]}  # type: ignore[index]
    impossible = ROW | {"is_impossible": True}
    guessed = ROW | {"answers": [{"text": "March", "start": 21, "start_guess": True}]}
    rows = read_rows(written(tmp_path, ROW, twice, impossible, guessed, name=name))
    assert rows[0] == Row("7", "Bridges", CONTEXT, "When did the bridge fall?", (Span(21, 26),), True)
    assert rows[1].texts() == ["March", "in March"]
    assert rows[2].answers == ()
    assert [row.sure for row in rows] == [True, True, True, False]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (ROW | {"answers": [{"text": "March", "start": 20}]}, "no 'March' at 20"),
        (ROW | {"answers": [{"text": "March", "start": 2100}]}, "no 'March' at 2100"),
        (ROW | {"answers": [{"text": "March", "start": -1}]}, "answers.0.start"),
        (ROW | {"answers": [{"text": "", "start": 3}]}, "no '' at 3"),
        (ROW | {"question": ""}, "question"),
        (ROW | {"context": None}, "context"),
        ({"id": "1"}, "context"),
        ([ROW], "object"),
        (json.dumps(ROW)[:-9], "JSON"),
        ("", "JSON"),
    ],
)
def test_a_line_that_is_no_row_is_named_by_file_and_number(tmp_path: Path, wrong: object, message: str) -> None:
    path = written(tmp_path, ROW, wrong)
    with pytest.raises(GoldError) as caught:
        read_rows(path)
    assert str(caught.value).startswith(f"{path}:2: ")
    assert message in str(caught.value)


@pytest.mark.parametrize("damage", ["missing", "cut", "flipped", "not gzip", "not text"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, damage: str) -> None:
    path = written(tmp_path, *[ROW | {"id": number} for number in range(99)], name="rows.jsonl.gz")
    data = path.read_bytes()
    path.unlink()
    spoilt = {"cut": data[: len(data) // 2], "flipped": data[:60] + b"\xff" * 20 + data[80:], "not gzip": b"{}\n"}
    if damage != "missing":
        path.write_bytes(spoilt.get(damage, gzip.compress(b"\xff\xfe\n")))
    with pytest.raises(GoldError, match=r"rows\.jsonl\.gz"):
        read_rows(path)


def test_held_out_rows_are_never_trained_on_and_none_is_lost() -> None:
    titles = ["Construction", "Rivers", "Fresno,_California"] * 200
    rows = [Row(str(number), title, "c", "q", (), True) for number, title in enumerate(titles)]
    for name, out in {"squad2_train_a": 400, "nq_open_oracle_dev": 400, "quac_first_turn": 600, "my_own": 0}.items():
        trained, kept = held_out(name, rows)
        assert len(kept) == out
        assert sorted([*trained, *kept], key=lambda row: int(row.id)) == rows
    assert {row.title for row in held_out("squad2_train_a", rows)[0]} == {"Rivers"}
