"""Published sets into gold files: ``python -m eval.sets squad2_dev_a ../shared/data --output runs/squad2_dev_a``.

Writes ``gold.jsonl`` and the folder ``corpus``, for ``quotewise eval gold.jsonl --corpus corpus``.
"""

import argparse
import gzip
import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from eval.gold import GoldQuestion, GoldQuote
from eval.training.rows import Row, read_rows
from index.errors import QuotewiseError


def path_of(context: str) -> str:
    """The file name of a context in a corpus: the same context has the same name in every set."""
    return hashlib.sha256(context.encode()).hexdigest()[:16] + ".txt"


def write_corpus(contexts: Iterable[str], folder: Path) -> None:
    """Each distinct context as a text file."""
    folder.mkdir(parents=True, exist_ok=True)
    for context in dict.fromkeys(contexts):
        (folder / path_of(context)).write_bytes(context.encode())


def gold_of(row: Row) -> GoldQuestion:
    """A span row as a gold question."""
    path = path_of(row.context)
    quotes = [GoldQuote(path=path, quote=row.context[a:b], start=a, end=b) for a, b in dict.fromkeys(row.answers)]
    return GoldQuestion(
        id=row.id, question=row.question, answerable=bool(quotes), quotes=quotes, answers=row.texts(), tags=[row.title]
    )


def squad2_dev_a(data: Path, corpus: Path) -> Iterator[GoldQuestion]:
    """SQuAD 2.0 questions over the contexts of their own articles and of those of squad2_train_a."""
    rows = read_rows(data / "eval/squad2_dev_a.jsonl.gz")
    write_corpus((row.context for row in [*rows, *read_rows(data / "train/squad2_train_a.jsonl.gz")]), corpus)
    return map(gold_of, rows)


def clapnq_dev_a(data: Path, corpus: Path) -> Iterator[GoldQuestion]:
    """Search questions over the passages of all of them; gold is every sentence that an annotator selected."""
    found = [row for kind in ("answerable", "unanswerable") for row in _lines(data / f"eval/clapnq_dev_a_{kind}.jsonl.gz")]
    write_corpus((row["passages"][0]["text"] for row in found), corpus)
    for row in found:
        text = row["passages"][0]["text"]
        selected = dict.fromkeys(s for output in row["output"] for s in output["selected_sentences"] or [])
        quotes = [GoldQuote(path=path_of(text), quote=s, start=text.index(s), end=text.index(s) + len(s)) for s in selected]
        yield GoldQuestion(id=row["id"], question=row["input"], answerable=bool(quotes), quotes=quotes)


def longdocs(data: Path, corpus: Path) -> Iterator[GoldQuestion]:
    """Questions about three long Markdown documents."""
    shutil.copytree(data / "eval/longdocs/corpus", corpus, dirs_exist_ok=True)
    texts = {path.stem: path.read_bytes().decode() for path in corpus.glob("*.md")}
    for row in _lines(data / "eval/longdocs/questions.jsonl.gz"):
        path, spans = f"{row['doc']}.md", [(a["start"], a["start"] + len(a["text"])) for a in row["answers"]]
        quotes = [GoldQuote(path=path, quote=texts[row["doc"]][a:b], start=a, end=b) for a, b in spans]
        yield GoldQuestion(id=row["id"], question=row["question"], answerable=True, quotes=quotes, tags=[row["doc"]])


SETS: dict[str, Callable[[Path, Path], Iterator[GoldQuestion]]] = {
    "squad2_dev_a": squad2_dev_a,
    "clapnq_dev_a": clapnq_dev_a,
    "longdocs": longdocs,
}


def _lines(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a published set as a gold file and its corpus.")
    parser.add_argument("set", choices=SETS)
    parser.add_argument("data", type=Path, help="folder that has eval/ and train/")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    try:
        questions = list(SETS[arguments.set](arguments.data, arguments.output / "corpus"))
    except (QuotewiseError, OSError) as error:
        parser.exit(1, f"{parser.prog}: {error}\n")
    lines = [question.model_dump_json() for question in questions]
    (arguments.output / "gold.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
