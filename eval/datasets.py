"""Published sets into rows, gold and corpora: span rows, SQuAD, ClapNQ, BEIR and long documents, plain or gzipped."""

import gzip
import hashlib
import json
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from zlib import crc32

import typer
from pydantic import BaseModel, Field

from quotewise.eval.gold import GoldError, GoldQuestion, GoldQuote, json_lines, load_gold
from quotewise.index.sentences import Span

_HELD_OUT = json.loads((Path(__file__).parent / "training" / "held_out.json").read_text(encoding="utf-8"))
Imported = Iterator[GoldQuestion | tuple[str, str]]
"""Gold questions and documents, each a path and its text, in any order."""


class _Answer(BaseModel):
    text: str
    start: int = Field(ge=0)
    start_guess: bool = False


class _SpanRow(BaseModel):
    id: str | int
    title: str = ""
    context: str = Field(min_length=1)
    question: str = Field(min_length=1)
    answers: list[_Answer]
    is_impossible: bool = False
    start_guess: bool = False
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A question about a context; ``answers`` are spans of the context, none where it does not answer.

    ``sure`` is False where the source gave only the text of the answer and that text occurs more than once. ``sentences`` is
    True where the answers are sentences that someone marked as evidence, rather than the shortest text that answers.
    """

    id: str
    title: str
    context: str
    question: str
    answers: tuple[Span, ...]
    sure: bool
    sentences: bool = False

    def texts(self) -> list[str]:
        """The distinct texts of the answers."""
        return list(dict.fromkeys(self.context[start:end] for start, end in self.answers))


def read_rows(path: Path) -> list[Row]:
    """The rows of a file of span rows. Raises GoldError where a line is none, or an answer is not where it says."""
    rows = []
    for number, row in json_lines(path, _SpanRow):
        spans = _spans(f"{path}:{number}", row.context, [(answer.start, answer.text) for answer in row.answers])
        sure = not row.start_guess and not any(answer.start_guess for answer in row.answers)
        answers = () if row.is_impossible else tuple(spans)
        rows.append(Row(str(row.id), row.title, row.context, row.question, answers, sure, row.kind == "sentences"))
    return rows


def held_out(name: str, rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """The rows of a set to train on, and those that no training sees: some titles, the last ones, or some documents."""
    titles, last = _HELD_OUT["titles"].get(name, ()), len(rows) - _HELD_OUT["last"].get(name, 0)
    part = _HELD_OUT["one document in"].get(name)
    parts: tuple[list[Row], list[Row]] = [], []
    for number, row in enumerate(rows):
        out = row.title in titles or number >= last or (part is not None and crc32(row.title.encode()) % part == 0)
        parts[out].append(row)
    return parts


def _spans(place: str, context: str, answers: Iterable[tuple[int, str]]) -> list[Span]:
    """Raises GoldError with the place where an answer is empty or does not stand where it says."""
    spans = []
    for start, text in answers:
        if not text or context[start : start + len(text)] != text:
            raise GoldError(f"{place}: the context has no {text!r} at {start}")
        spans.append(Span(start, start + len(text)))
    return spans


def path_of(context: str) -> str:
    """The file name of a context in a corpus: the same context has the same name in every set."""
    return hashlib.sha256(context.encode()).hexdigest()[:16] + ".txt"


def import_set(
    format: Annotated[str, typer.Argument(help="spans, held-out, squad, clapnq, longdocs or beir.", show_default=False)],
    source: Annotated[Path, typer.Argument(help="File or folder of the set.", show_default=False)],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for gold.jsonl and corpus/.")],
    also: Annotated[list[Path], typer.Option(metavar="FILE", help="Add the documents of this one, not its questions.")] = [],  # noqa: B006
) -> dict[str, Any]:
    """Turn a published set into a gold file and a folder of documents."""
    if format not in FORMATS:
        raise typer.BadParameter(f"there is no format {format!r}; there are {', '.join(FORMATS)}")
    for name in ("corpus", "gold.jsonl"):
        if (output / name).exists():
            raise GoldError(f"{output / name} exists already; give another folder, or remove it first")
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output) as unfinished:
        gold, corpus = Path(unfinished, "gold.jsonl"), Path(unfinished, "corpus")
        corpus.mkdir()
        questions = [question for path in (source, *also) for question in _imported(format, path, corpus) if path == source]
        gold.write_text("".join(f"{one.model_dump_json(exclude_defaults=True)}\n" for one in questions), encoding="utf-8")
        load_gold(gold)  # for what it refuses
        for path in (corpus, gold):
            path.rename(output / path.name)
    return {"questions": len(questions), "gold": str(output / "gold.jsonl"), "corpus": str(output / "corpus")}


def _imported(format: str, source: Path, corpus: Path) -> Iterator[GoldQuestion]:
    """The questions of a set; its documents are written to a folder."""
    try:
        for item in FORMATS[format](source):
            if isinstance(item, GoldQuestion):
                yield item
            elif Path(item[0]).name != item[0]:
                raise GoldError(f"{source}: {item[0]!r} is no name of a document")
            else:
                (corpus / item[0]).write_bytes(item[1].encode())
    except (OSError, EOFError, zlib.error, UnicodeError) as error:
        raise GoldError(f"cannot read {source} as {format}: {error}") from error
    except (KeyError, TypeError, IndexError, AttributeError, ValueError) as error:
        raise GoldError(f"{source} is not as {format} should be: {type(error).__name__} {error}") from error


def _question(id: str, question: str, context: str, spans: Iterable[Span], path: str = "", **fields: Any) -> GoldQuestion:
    path = path or path_of(context)
    quotes = [GoldQuote(path=path, quote=context[a:b], start=a, end=b) for a, b in dict.fromkeys(spans)]
    return GoldQuestion(id=id, question=question, answerable=bool(quotes), quotes=quotes, **fields)


def _span_rows(source: Path) -> Imported:
    return gold_of(read_rows(source))


def _held_out_rows(source: Path) -> Imported:
    """Those rows of a training set that no training sees, by the name of the file; their contexts are the corpus."""
    return gold_of(held_out(source.name.split(".")[0], read_rows(source))[1])


def gold_of(rows: Iterable[Row]) -> Imported:
    """Each row as its context and a gold question; the answers of sentence sets are no short ones."""
    known: Counter[str] = Counter()
    for row in rows:
        known[row.id] += 1  # annotators of one set numbered their questions alike
        id = row.id if known[row.id] == 1 else f"{row.id}, {known[row.id]}"
        yield path_of(row.context), row.context
        answers = [] if row.sentences else row.texts()
        tags = [row.title] if row.title else []
        yield _question(id, row.question, row.context, row.answers, answers=answers, tags=tags)


def _squad(source: Path) -> Imported:
    """SQuAD 1.1 and 2.0; each paragraph is a document."""
    data = source.read_bytes()
    for article in json.loads(gzip.decompress(data) if source.suffix == ".gz" else data)["data"]:
        for paragraph in article["paragraphs"]:
            context = paragraph["context"]
            yield path_of(context), context
            for item in paragraph["qas"]:
                answers = [] if item.get("is_impossible") else [(a["answer_start"], a["text"]) for a in item["answers"]]
                spans = _spans(f"{source}: {item['id']}", context, answers)
                texts = list(dict.fromkeys(text for _, text in answers))
                yield _question(item["id"], item["question"], context, spans, answers=texts, tags=[article["title"]])


def _clapnq(source: Path) -> Imported:
    """ClapNQ rows, of a file or of all files clapnq* of a folder; gold is every sentence that an annotator selected."""
    for path in sorted(source.glob("clapnq*.jsonl*")) if source.is_dir() else [source]:
        for _, row in json_lines(path, dict[str, Any]):
            text = row["passages"][0]["text"]
            yield path_of(text), text
            selected = dict.fromkeys(s for output in row["output"] for s in output["selected_sentences"] or [])
            spans = _spans(f"{path}: {row['id']}", text, [(max(text.find(s), 0), s) for s in selected])
            yield _question(row["id"], row["input"], text, spans)


def _longdocs(source: Path) -> Imported:
    """A folder with ``corpus/*.md`` and ``questions.jsonl``, whose rows have doc, question and answers."""
    texts = {path.stem: path.read_bytes().decode() for path in sorted((source / "corpus").glob("*.md"))}
    yield from ((f"{name}.md", text) for name, text in texts.items())
    for _, row in json_lines(_first(source, "questions.jsonl"), dict[str, Any]):
        name, answers = row["doc"], [(answer["start"], answer["text"]) for answer in row["answers"]]
        spans = _spans(f"{source}: {row['id']}", texts[name], answers)
        yield _question(row["id"], row["question"], texts[name], spans, f"{name}.md", tags=[name])


def _beir(source: Path) -> Imported:
    """A BEIR folder: ``corpus.jsonl``, ``queries.jsonl`` and ``qrels.tsv`` or ``qrels/test.tsv``, judged by documents."""
    for _, row in json_lines(_first(source, "corpus.jsonl"), dict[str, Any]):
        yield f"{row['_id']}.txt", f"{row['title']}\n\n{row['text']}" if row.get("title") else row["text"]
    relevant: dict[str, list[str]] = {}
    qrels = _first(source, "qrels.tsv", "qrels/test.tsv")
    data = qrels.read_bytes()
    for line in (gzip.decompress(data) if qrels.suffix == ".gz" else data).decode().splitlines()[1:]:
        query, document, score = line.split("\t") if line.strip() else ("", "", "0")
        if int(score) > 0:
            relevant.setdefault(query, []).append(f"{document}.txt")
    for _, row in json_lines(_first(source, "queries.jsonl"), dict[str, Any]):
        if documents := relevant.get(row["_id"]):
            yield GoldQuestion(id=row["_id"], question=row["text"], answerable=True, documents=documents)


def _first(folder: Path, *names: str) -> Path:
    for path in (folder / f"{name}{suffix}" for name in names for suffix in ("", ".gz")):
        if path.exists():
            return path
    raise GoldError(f"{folder} has no {' or '.join(names)}, plain or gzipped")


FORMATS: dict[str, Callable[[Path], Imported]] = {
    "spans": _span_rows,
    "held-out": _held_out_rows,
    "squad": _squad,
    "clapnq": _clapnq,
    "longdocs": _longdocs,
    "beir": _beir,
}


def titled(title: str) -> str:
    """A title as people write it, without the underscores of addresses."""
    return title.replace("_", " ").strip()
