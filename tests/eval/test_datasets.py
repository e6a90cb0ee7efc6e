import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from quotewise.eval.datasets import FORMATS, Row, held_out, import_set, path_of, read_rows
from quotewise.eval.gold import SEEDS as SEED_GOLD
from quotewise.eval.gold import GoldError, load_gold
from quotewise.index.sentences import Span
from tests.conftest import SHARED

CONTEXT = "Ada Lovelace wrote the first program. It computed Bernoulli numbers."
ROW = {"id": "1", "title": "Ada", "context": CONTEXT, "question": "who?", "answers": [{"text": "Ada Lovelace", "start": 0}]}
PARAGRAPH = {
    "context": CONTEXT,
    "qas": [
        {"id": "1", "question": "who?", "answers": [{"text": "Ada Lovelace", "answer_start": 0}]},
        {"id": "2", "question": "when?", "is_impossible": True, "answers": []},
    ],
}
CLAPNQ = {
    "id": "1",
    "input": "who wrote it",
    "passages": [{"title": "Ada", "text": CONTEXT}],
    "output": [{"selected_sentences": ["Ada Lovelace wrote the first program."]}],
}


def lines(*rows: Any) -> str:
    return "\n".join(map(json.dumps, rows)) + "\n"


FILES: dict[str, dict[str, str]] = {
    "spans": {"set.jsonl": lines(ROW)},
    "held-out": {"wikiqa_sent.jsonl": lines(ROW, ROW | {"question": "when?", "answers": []})},
    "squad": {"set.json": json.dumps({"version": "v2.0", "data": [{"title": "Ada", "paragraphs": [PARAGRAPH]}]})},
    "clapnq": {"set.jsonl": lines(CLAPNQ, CLAPNQ | {"id": "2", "output": [{"selected_sentences": None}]})},
    "longdocs": {
        "set/corpus/ada.md": CONTEXT,
        "set/questions.jsonl": lines({"id": "1", "doc": "ada", "question": "who?", "answers": ROW["answers"]}),
    },
    "beir": {
        "set/corpus.jsonl": lines({"_id": "d", "title": "Ada", "text": CONTEXT}),
        "set/queries.jsonl": lines({"_id": "1", "text": "a claim"}, {"_id": "2", "text": "one that nobody judged"}),
        "set/qrels.tsv": "query-id\tcorpus-id\tscore\n1\td\t1\n",
    },
}


@pytest.fixture(params=[False, True], ids=["plain", "gzipped"])
def zipped(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def source(folder: Path, files: dict[str, str], zipped: bool = False) -> Path:
    for name, text in files.items():
        path = folder / (f"{name}.gz" if zipped and "json" in name else name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    [found] = folder.iterdir()
    return found


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_becomes_gold_questions_whose_quotes_stand_in_the_corpus(
    tmp_path: Path, format: str, zipped: bool
) -> None:
    assert import_set(format, source(tmp_path / "in", FILES[format], zipped), tmp_path / "out")["questions"] >= 1
    gold = load_gold(tmp_path / "out" / "gold.jsonl")
    texts = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "out" / "corpus").iterdir()}
    assert list(gold.complaints(texts.get)) == []
    first = gold.questions[0]
    assert first.answerable
    assert first.documents == (["d.txt"] if format == "beir" else [])
    assert all(quote.quote.startswith("Ada Lovelace") for quote in first.quotes)
    assert [question.answerable for question in gold.questions[1:]] == (
        [False] if format in ("held-out", "squad", "clapnq") else []
    )


def test_held_out_rows_are_never_trained_on_and_none_is_lost() -> None:
    titles = ["Construction", "Rivers", "Fresno,_California"] * 200
    rows = [Row(str(number), title, "c", "q", (), True) for number, title in enumerate(titles)]
    for name, out in {"squad2_train_a": 400, "nq_open_oracle_dev": 400, "quac_first_turn": 600, "my_own": 0}.items():
        trained, kept = held_out(name, rows)
        assert len(kept) == out
        assert sorted([*trained, *kept], key=lambda row: int(row.id)) == rows
    assert {row.title for row in held_out("squad2_train_a", rows)[0]} == {"Rivers"}


def test_documents_of_another_source_join_the_corpus_without_its_questions(tmp_path: Path) -> None:
    other = ROW | {"id": "2", "context": "Nothing to see.", "answers": [{"text": "Nothing", "start": 0}]}
    paths = [source(tmp_path / name, {"rows.jsonl": lines(row)}) for name, row in (("a", ROW), ("b", other))]
    assert import_set("spans", paths[0], tmp_path / "out", paths[1:])["questions"] == 1
    found = {path.name for path in (tmp_path / "out" / "corpus").iterdir()}
    assert found == {path_of(CONTEXT), path_of("Nothing to see.")}
    with pytest.raises(GoldError, match="exists already"):
        import_set("spans", paths[0], tmp_path / "out")


@pytest.mark.parametrize(
    ("format", "files", "complaint"),
    [
        ("squad", {"set.json": "{"}, "is not as squad should be"),
        ("squad", {"set.json": '{"data": [{"paragraphs": [{}]}]}'}, "is not as squad should be: KeyError"),
        (
            "squad",
            {"set.json": FILES["squad"]["set.json"].replace('start": 0', 'start": 5')},
            "the context has no 'Ada Lovelace' at 5",
        ),
        ("clapnq", {"set.jsonl": lines(CLAPNQ) + "{\n"}, "set.jsonl:2: "),
        ("beir", {"set/corpus.jsonl": ""}, "has no qrels.tsv or qrels/test.tsv, plain or gzipped"),
        ("beir", FILES["beir"] | {"set/corpus.jsonl": lines({"_id": "../../x", "text": "a"})}, "is no name of a document"),
        ("beir", FILES["beir"] | {"set/queries.jsonl": ""}, "holds no questions"),
        ("longdocs", {"set/corpus/ada.md": ""}, "has no questions.jsonl"),
        ("spans", {"set.jsonl": "{}"}, "set.jsonl:1: "),
    ],
)
def test_a_source_of_another_shape_is_refused(tmp_path: Path, format: str, files: dict[str, str], complaint: str) -> None:
    with pytest.raises(GoldError) as caught:
        import_set(format, source(tmp_path / "in", files), tmp_path / "out")
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("format", "name", "questions"),
    [("clapnq", "eval", 293), ("longdocs", "eval/longdocs", 252), ("beir", "eval/scifact", 300)],
)
def test_the_shared_sets_are_read_whole(tmp_path: Path, format: str, name: str, questions: int) -> None:
    folder = SHARED / "data" / name
    if not folder.exists():
        pytest.skip("the shared data sets are not here")
    assert import_set(format, folder, tmp_path / "out")["questions"] == questions


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data sets are not here")
def test_the_dialogues_on_squad_quote_the_documents_of_the_import(tmp_path: Path) -> None:
    import_set("spans", SHARED / "data" / "eval" / "squad2_dev_a.jsonl.gz", tmp_path)
    texts = {path.name: path.read_bytes().decode() for path in (tmp_path / "corpus").iterdir()}
    assert list(load_gold(SEED_GOLD.with_name("dialogues_squad.jsonl")).complaints(texts.get)) == []


BRIDGES = "🌉 The bridge fell in March, and the tower in March too."
BRIDGE = {
    "id": 7,
    "title": "Bridges",
    "context": BRIDGES,
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
    twice = BRIDGE | {"answers": [BRIDGE["answers"][0], BRIDGE["answers"][0], {"text": "in March", "start": 18}]}  # type: ignore[index]
    impossible = BRIDGE | {"is_impossible": True}
    guessed = BRIDGE | {"answers": [{"text": "March", "start": 21, "start_guess": True}]}
    rows = read_rows(written(tmp_path, BRIDGE, twice, impossible, guessed, name=name))
    assert rows[0] == Row("7", "Bridges", BRIDGES, "When did the bridge fall?", (Span(21, 26),), True)
    assert rows[1].texts() == ["March", "in March"]
    assert rows[2].answers == ()
    assert [row.sure for row in rows] == [True, True, True, False]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (BRIDGE | {"answers": [{"text": "March", "start": 20}]}, "no 'March' at 20"),
        (BRIDGE | {"answers": [{"text": "March", "start": 2100}]}, "no 'March' at 2100"),
        (BRIDGE | {"answers": [{"text": "March", "start": -1}]}, "answers.0.start"),
        (BRIDGE | {"answers": [{"text": "", "start": 3}]}, "no '' at 3"),
        (BRIDGE | {"question": ""}, "question"),
        (BRIDGE | {"context": None}, "context"),
        ({"id": "1"}, "context"),
        ([BRIDGE], "object"),
        (json.dumps(BRIDGE)[:-9], "JSON"),
    ],
)
def test_a_line_that_is_no_row_is_named_by_file_and_number(tmp_path: Path, wrong: object, message: str) -> None:
    path = written(tmp_path, BRIDGE, wrong)
    with pytest.raises(GoldError) as caught:
        read_rows(path)
    assert str(caught.value).startswith(f"{path}:2: ")
    assert message in str(caught.value)


@pytest.mark.parametrize("damage", ["missing", "cut", "flipped", "not gzip", "not text"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, damage: str) -> None:
    path = written(tmp_path, *[BRIDGE | {"id": number} for number in range(99)], name="rows.jsonl.gz")
    data = path.read_bytes()
    path.unlink()
    spoilt = {"cut": data[: len(data) // 2], "flipped": data[:60] + b"\xff" * 20 + data[80:], "not gzip": b"{}\n"}
    if damage != "missing":
        path.write_bytes(spoilt.get(damage, gzip.compress(b"\xff\xfe\n")))
    with pytest.raises(GoldError, match=r"rows\.jsonl\.gz"):
        read_rows(path)
