import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from quotewise.eval.datasets import FORMATS, import_set, path_of
from quotewise.eval.gold import GoldError, load_gold

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
    assert import_set(format, source(tmp_path / "in", FILES[format], zipped), [], tmp_path / "out") >= 1
    gold = load_gold(tmp_path / "out" / "gold.jsonl")
    texts = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "out" / "corpus").iterdir()}
    assert list(gold.complaints(texts.get)) == []
    first = gold.questions[0]
    assert first.answerable
    assert first.documents == (["d.txt"] if format == "beir" else [])
    assert all(quote.quote.startswith("Ada Lovelace") for quote in first.quotes)
    assert [question.answerable for question in gold.questions[1:]] == ([False] if format in ("squad", "clapnq") else [])


def test_documents_of_another_source_join_the_corpus_without_its_questions(tmp_path: Path) -> None:
    other = ROW | {"id": "2", "context": "Nothing to see.", "answers": [{"text": "Nothing", "start": 0}]}
    paths = [source(tmp_path / name, {"rows.jsonl": lines(row)}) for name, row in (("a", ROW), ("b", other))]
    assert import_set("spans", paths[0], paths[1:], tmp_path / "out") == 1
    found = {path.name for path in (tmp_path / "out" / "corpus").iterdir()}
    assert found == {path_of(CONTEXT), path_of("Nothing to see.")}
    with pytest.raises(GoldError, match="exists already"):
        import_set("spans", paths[0], [], tmp_path / "out")


@pytest.mark.parametrize(
    ("format", "files", "complaint"),
    [
        ("squad", {"set.json": "{"}, "is not as squad should be"),
        ("squad", {"set.json": '{"data": [{"paragraphs": [{}]}]}'}, "is not as squad should be: KeyError"),
        ("squad", {"set.json": FILES["squad"]["set.json"].replace('start": 0', 'start": 5')}, "does not stand where it says"),
        ("clapnq", {"set.jsonl": lines(CLAPNQ) + "{\n"}, "set.jsonl:2: "),
        ("beir", {"set/corpus.jsonl": ""}, "has no qrels.tsv or qrels/test.tsv, plain or gzipped"),
        ("beir", FILES["beir"] | {"set/corpus.jsonl": lines({"_id": "../../x", "text": "a"})}, "is no name of a document"),
        ("beir", FILES["beir"] | {"set/queries.jsonl": ""}, "holds no questions"),
        ("longdocs", {"set/corpus/ada.md": ""}, "is not as longdocs should be"),
        ("spans", {"set.jsonl": "{}"}, "set.jsonl:1: "),
    ],
)
def test_a_source_of_another_shape_is_refused(tmp_path: Path, format: str, files: dict[str, str], complaint: str) -> None:
    with pytest.raises(GoldError) as caught:
        import_set(format, source(tmp_path / "in", files), [], tmp_path / "out")
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("format", "name", "questions"),
    [("clapnq", "eval", 293), ("longdocs", "eval/longdocs", 252), ("beir", "eval/scifact", 300)],
)
def test_the_shared_sets_are_read_whole(tmp_path: Path, format: str, name: str, questions: int) -> None:
    folder = SHARED / "data" / name
    if not folder.exists():
        pytest.skip("the shared data sets are not here")
    assert import_set(format, folder, [], tmp_path / "out") == questions
